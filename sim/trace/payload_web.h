// SPDX-License-Identifier: GPL-3.0-or-later
// The web front end of a mail server. What browser and page say to each other is told by AccessCommand and AccessReply.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/id.h"
#include "sim/trace/ids.h"

namespace mailtrek::trace {

struct PageOpened {  // the page on event.node opened a mailbox of its server for who logged in: page and mailbox are two things
    static constexpr std::string_view kType = "page-opened";
    ConnectionId connection;  // of the browser
    TextId mailbox;
    template <class F>
    void fields(F&& f) const {
        f("connection", connection);
        f("mailbox", mailbox);
    }
};

}  // namespace mailtrek::trace

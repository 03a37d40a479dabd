// SPDX-License-Identifier: GPL-3.0-or-later
// One thing that happened. `cause` is the event that brought it about; `mail` the letter it serves.
#pragma once

#include "sim/trace/payload.h"

namespace mailtrek::trace {

struct Event {
    EventId cause;
    Instant at;
    NodeId node;  // where
    MailId mail;
    Payload payload;
};
static_assert(sizeof(Event) <= 64, "records are small and of fixed size");

}  // namespace mailtrek::trace

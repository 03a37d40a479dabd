// SPDX-License-Identifier: GPL-3.0-or-later
// The line protocol: one command in, one line out. Times are microseconds of simulated time since the start.
//   CFG key=value ...   CALL <t> <name> <fd|-> [<n>]   IN <t> <hex>   NEXT <t>   RUN <t>   POLL <fd>   INFO <fd>
#pragma once

#include <string>
#include <string_view>

#include "app/mailtrek-tcp-driver/sockets.h"
#include "app/mailtrek-tcp-driver/table.h"

namespace mailtrek::driver {

class Driver {
public:
    Driver();
    // The answer, without the end of the line.
    std::string hear(std::string_view line);

private:
    std::string configure(std::string_view rest);
    std::string callSocket(std::string_view rest);
    std::string arrive(std::string_view rest);

    Table m_table;
    Sockets& m_sockets;
};

}  // namespace mailtrek::driver

// SPDX-License-Identifier: GPL-3.0-or-later
// What the routing protocols have in common towards their host.
#pragma once

#include <cstdint>

namespace mailtrek::routing {

// What brought an input about. It comes back with everything that follows from it; the machine itself makes nothing of it.
using Tag = std::uint64_t;
inline constexpr Tag kNoTag = ~Tag{0};

struct TableComputed {};  // an action: ask routes()

}  // namespace mailtrek::routing

// SPDX-License-Identifier: GPL-3.0-or-later
// Which nodes can reach each other at all, as the network is drawn: switches join links to segments, routers join segments, hosts join nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/scenario/scenario.h"

namespace mailtrek::scenario {

class Reach {
public:
    explicit Reach(const Scenario& scenario);
    bool connected(NodeId a, NodeId b) const;

private:
    std::vector<std::vector<std::uint32_t>> m_parts;  // by NodeId: the connected parts it touches, in order
};

}  // namespace mailtrek::scenario

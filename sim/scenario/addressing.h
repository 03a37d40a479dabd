// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses for every interface: one subnet per segment (links joined by switches are one segment), stub segments of a router from one aggregated prefix, out of
// 10.0.0.0/8. A router's own address is its loopback.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"

namespace mailtrek::scenario {

struct Interface {  // of one end of a link; nothing at a switch
    wire::Ipv4Address address;
    wire::Ipv4Prefix prefix;
};

struct Addresses {
    std::vector<std::array<Interface, 2>> links;            // by LinkId, by end
    std::vector<wire::Ipv4Address> loopbacks;               // by NodeId; 0 for all but routers
    std::vector<std::vector<wire::Ipv4Prefix>> aggregates;  // by NodeId: what a router announces for its stub segments
    std::vector<std::vector<wire::Ipv4Address>> ofNode;     // by NodeId, the loopback first, then in order of links
};

Addresses assignAddresses(const Scenario& scenario);

// What the addresses given by hand contradict: each other, or the subnet of their segment. Nothing when assignAddresses can keep them all.
struct AddressProblem {
    NodeId node;
    std::string message;
};
std::vector<AddressProblem> addressProblems(const Scenario& scenario);

// The addresses under which a host is known to others: those on segments with a router, or all when there is none.
std::vector<wire::Ipv4Address> publicAddresses(const Scenario& scenario, const Addresses& addresses, NodeId node);

}  // namespace mailtrek::scenario

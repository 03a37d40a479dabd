// SPDX-License-Identifier: GPL-3.0-or-later
// Two providers and five routers between them: r1 - r2 - r5 is the way, r1 - r3 - r4 - r5 the spare one.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "sim/trace/view.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {

struct RoadMap {
    std::string router{};    // more keys of every router
    std::string r2{};        // and of r2 alone
    std::string backbone{};  // more keys of the link r2-r5
    std::string attachment{"100 kB"};
    std::string timeline{};
    std::string spare{"5"};  // cost of r1-r3
    std::string text() const {
        std::string out =
            "mailtrek: 1\nseed: 7\nnodes:\n  ana-pc: { kind: pc, user: ana@norte.example }\n  luis-pc: { kind: pc, user: luis@sur.example }\n"
            "  norte: { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }\n  sur: { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }\n"
            "  dns: { kind: dns-server }\n";
        for (int i = 1; i <= 5; ++i) out += fmt::format("  r{}: {{ kind: router{}{} }}\n", i, router, i == 2 ? r2 : "");
        out += "links:\n  - { between: [ana-pc, norte] }\n  - { between: [norte, r1] }\n  - { between: [dns, r1] }\n  - { between: [sur, r5] }\n  - { between: [luis-pc, sur] }\n";
        out += fmt::format("  - {{ name: a, between: [r1, r2], rate: 2 Mbit/s, delay: 10 ms }}\n  - {{ name: b, between: [r2, r5], rate: 2 Mbit/s, delay: 10 ms{} }}\n", backbone);
        out += fmt::format(
            "  - {{ name: c, between: [r1, r3], cost: {}, rate: 2 Mbit/s, delay: 10 ms }}\n  - {{ name: d, between: [r3, r4], delay: 10 ms }}\n  - {{ name: e, between: [r4, r5], "
            "delay: 10 ms }}\n",
            spare);
        out += fmt::format(
            "timeline:\n  - {{ at: 1 ms, send: {{ id: carta, from: ana@norte.example, to: [luis@sur.example], text: hola, attach: [ {{ name: f.bin, size: {} }} ] }} }}\n",
            attachment);
        return out + timeline;
    }
    trace::Recording run() const { return simulate(scenarioOf(text())); }
};

inline NodeId nodeNamed(const trace::Recording& recording, std::string_view name) {
    for (std::uint32_t i = 0; i < recording.cast().nodes.size(); ++i)
        if (recording.cast().nodes[i].name == name) return NodeId{i};
    throw std::runtime_error(std::string(name));
}

// The next hop of a router towards a node, by the longest prefix that holds one of its addresses, as the view after `cursor` events has it; empty without one.
inline std::string nextHop(const trace::Recording& recording, std::uint64_t cursor, std::string_view router, std::string_view to) {
    const trace::View view = trace::ViewIndex(recording).at(cursor);
    const std::vector<wire::Ipv4Address>& addresses = recording.cast().nodes[nodeNamed(recording, to).index()].addresses;
    const trace::RouteChanged* best = nullptr;
    for (const auto& [prefix, route] : view.nodes[nodeNamed(recording, router).index()]->routes)
        if (std::ranges::any_of(addresses, [p = prefix](wire::Ipv4Address a) { return p.contains(a); }) && (best == nullptr || prefix.length > best->destination.length))
            best = &route;
    if (best == nullptr) return {};
    return best->nextHop.valid() ? recording.cast().nodes[best->nextHop.index()].name : std::string(to);
}

inline std::size_t stored(const trace::Recording& recording, std::string_view mailbox = "luis@sur.example") {
    std::size_t count = 0;
    for (const auto& [id, mail] : eventsOf<trace::MailStored>(recording)) count += recording.text(mail.mailbox) == mailbox;
    return count;
}
inline bool delivered(const trace::Recording& recording) { return stored(recording) > 0; }

}  // namespace mailtrek::run::test

// SPDX-License-Identifier: GPL-3.0-or-later
// The guards on networks of many routers under random cuts, crashes, losses and routes by hand: fold, bookkeeping, determinism; and when it is quiet again, routers agree.
#include <gtest/gtest.h>

#include "sim/kernel/dice.h"
#include "tests/run/packet_ledger.h"
#include "tests/run/routing_kit.h"

namespace mailtrek::run::test {
namespace {

class RandomRouters {
public:
    explicit RandomRouters(std::uint64_t seed) : m_seed(seed) {}

    std::string text() {
        const std::uint64_t routers = 3 + pick(6);
        std::string out = fmt::format("mailtrek: 1\nseed: {}\ndefaults: {{ mail: {{ retry: [5 min, 30 min], give-up: 2 h }} }}\nnodes:\n", m_seed);
        out +=
            "  ana: { kind: pc, user: ana@norte.example }\n  norte: { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }\n"
            "  sur: { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }\n  dns: { kind: dns-server }\n  sw: { kind: switch }\n";
        const std::string all = pick(3) == 0 ? "distance-vector" : "link-state";
        for (std::uint64_t i = 0; i < routers; ++i) out += fmt::format("  r{}: {{ kind: router, routing: {} }}\n", i, pick(12) == 0 ? "static" : all);
        out += "links:\n  - { between: [ana, norte] }\n  - { between: [norte, r0] }\n  - { between: [dns, r0] }\n";
        out += fmt::format("  - {{ between: [sur, r{}] }}\n", routers - 1);
        for (std::uint64_t i = 1; i < routers; ++i) link(out, pick(i), i);
        for (std::uint64_t more = pick(routers); more > 0; --more) {
            const std::uint64_t a = pick(routers), b = pick(routers);
            if (a != b) link(out, a, b);
        }
        for (std::uint64_t i = 0; i < routers; ++i)
            if (pick(4) == 0) out += fmt::format("  - {{ name: l{}, between: [r{}, sw] }}\n", m_links++, i);
        if (out.find(", sw]") == std::string::npos) out += fmt::format("  - {{ name: l{}, between: [r0, sw] }}\n", m_links++);
        out += "timeline:\n";
        for (std::uint64_t i = 0; i < 3; ++i) {
            const std::uint64_t at = 1 + pick(100'000), size = 1 + pick(60'000);
            out += fmt::format("  - {{ at: {} ms, send: {{ id: m{}, from: ana@norte.example, to: [luis@sur.example], text: x, attach: [ {{ name: f, size: {} B }} ] }} }}\n", at, i,
                               size);
        }
        for (std::uint64_t i = 2 + pick(6); i > 0; --i) trouble(out, routers);
        return out;
    }

private:
    std::uint64_t pick(std::uint64_t bound) { return below(draw(m_seed, Purpose::messageId, m_drawn++), bound); }
    void link(std::string& out, std::uint64_t a, std::uint64_t b) {
        const std::uint64_t cost = 1 + pick(3), delay = 1 + pick(40);
        out += fmt::format("  - {{ name: l{}, between: [r{}, r{}], cost: {}, delay: {} ms, rate: 2 Mbit/s }}\n", m_links++, a, b, cost, delay);
    }
    void trouble(std::string& out, std::uint64_t routers) {
        const std::uint64_t at = pick(120'000), later = at + 1 + pick(120'000), l = pick(m_links), r = pick(routers), other = pick(routers);
        switch (pick(6)) {
            case 0: out += fmt::format("  - {{ at: {} ms, cut: l{} }}\n  - {{ at: {} ms, restore: l{} }}\n", at, l, later, l); break;
            case 1: out += fmt::format("  - {{ at: {} ms, cut: l{} }}\n", at, l); break;
            case 2: out += fmt::format("  - {{ at: {} ms, stop: r{} }}\n  - {{ at: {} ms, start: r{} }}\n", at, r, later, r); break;
            case 3: out += fmt::format("  - {{ at: {} ms, set: {{ link: l{}, loss: {} % }} }}\n", at, l, 1 + pick(100)); break;
            case 4: out += fmt::format("  - {{ at: {} ms, set: {{ node: r{}, routes: [ {{ to: sur, via: r{} }} ] }} }}\n", at, r, other); break;
            default: out += fmt::format("  - {{ at: {} ms, stop: sw }}\n  - {{ at: {} ms, start: sw }}\n", at, later); break;
        }
    }

    std::uint64_t m_seed, m_drawn = 0, m_links = 0;
};

std::uint64_t carried(const trace::View& view) {
    std::uint64_t packets = 0;
    for (const auto& link : view.links)
        for (const trace::LinkEndView& end : link->ends) packets += end.packets.size();
    return packets;
}

TEST(RoutingGuards, FoldAndBooksHoldUnderAnyTrouble) {
    for (std::uint64_t seed = 0; seed < sweep(60); ++seed) {
        const std::string text = RandomRouters(seed).text();
        Simulation simulation(scenarioOf(text));
        PacketLedger ledger(simulation.recording());
        trace::View folded = trace::initialView(simulation.recording());
        std::uint64_t slices = 0;
        for (bool over = false; !over;) {
            over = simulation.advance(1 + seed % 53);
            const trace::Recording& recording = simulation.recording();
            for (; folded.events < recording.size();) trace::apply(folded, {folded.events}, recording.event({folded.events}), recording);
            const trace::View live = simulation.snapshot();
            ASSERT_EQ(trace::difference(folded, live, recording).value_or(""), "") << seed << " at " << toSeconds(simulation.now()) << " s\n" << text;
            const bool audit = over || ++slices % 20 == 0;  // of all packets so far: takes its time
            ASSERT_EQ(audit ? ledger.balance(carried(live)) : "", "") << seed << "\n" << text;
        }
        Simulation again(scenarioOf(text), {.sink = trace::Sink::hash});
        while (!again.advance(10'000)) {}
        ASSERT_EQ(again.traceHash(), simulation.traceHash()) << seed;
    }
}

TEST(RoutingGuards, CausesComeBeforeWhatTheyBringAbout) {
    for (std::uint64_t seed = 100; seed < 100 + sweep(40); ++seed) {
        const trace::Recording recording = simulate(scenarioOf(RandomRouters(seed).text()));
        for (std::uint64_t i = 0; i < recording.size(); ++i) {
            const trace::Event& event = recording.event({i});
            ASSERT_TRUE(!event.cause.valid() || event.cause.value < i) << seed;
        }
    }
}

}  // namespace
}  // namespace mailtrek::run::test

// SPDX-License-Identifier: GPL-3.0-or-later
// Small scenarios from a seed, as the text of a file: providers, routers, lossy links, letters (some to nowhere), cuts and crashes, readers.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "sim/kernel/dice.h"

namespace mailtrek::test {

class RandomScenario {
public:
    explicit RandomScenario(std::uint64_t seed) : m_seed(seed) {}

    std::string text() {
        m_servers = 1 + pick(3);
        m_routers = 1 + pick(4);
        std::string out = fmt::format("mailtrek: 1\ntitle: Random {}\nseed: {}\n", m_seed, m_seed);
        out += fmt::format("defaults:\n  tcp: {{ congestion: {}, sack: {}, timestamps: {}, delayed-ack: {}, loss-detection: {}, nagle: {} }}\n", oneOf({"reno", "newreno", "cubic"}), flag(), flag(), flag(),
                           oneOf({"rack", "dupack"}), flag());
        out += fmt::format("  mail: {{ retry: [{} min, 30 min], give-up: {} h }}\n", 1 + pick(20), 2 + pick(6));
        return out + nodes() + links() + timeline();
    }

private:
    std::uint64_t pick(std::uint64_t bound) { return below(draw(m_seed, Purpose::messageId, m_drawn++), bound); }
    bool chance(std::uint64_t percent) { return pick(100) < percent; }
    const char* flag() { return chance(50) ? "true" : "false"; }
    const char* oneOf(std::initializer_list<const char*> choices) { return choices.begin()[pick(choices.size())]; }

    std::string nodes() {
        std::string out = "nodes:\n";
        for (std::uint64_t s = 0; s < m_servers; ++s) {
            out += fmt::format("  d{0}: {{ kind: pc, user: u{0}@s{0}.example }}\n  f{0}: {{ kind: phone, user: v{0}@s{0}.example{1} }}\n", s, chance(30) ? ", online: false" : "");
            const std::string quota = chance(30) ? fmt::format("{} kB", 1 + pick(30)) : "";
            out += fmt::format("  s{0}: {{ kind: mail-server, domains: [s{0}.example], mailboxes: {{ u{0}: {{}}, v{0}: {{{1}}} }}", s, quota.empty() ? "" : " quota: " + quota + " ");
            if (chance(20)) out += fmt::format(", aliases: {{ info@s{0}.example: [u{0}@s{0}.example, v{1}@s{1}.example] }}", s, pick(m_servers));
            if (chance(20)) out += fmt::format(", lists: {{ todos@s{0}.example: [v{0}@s{0}.example, u{1}@s{1}.example, nadie@s{1}.example] }}", s, pick(m_servers));
            out += " }\n";
        }
        for (std::uint64_t r = 0; r < m_routers; ++r) out += fmt::format("  r{}: {{ kind: router }}\n", r);
        return out;
    }

    std::string link(const std::string& a, const std::string& b) {
        std::string out = fmt::format("  - {{ name: {0}-{1}, between: [{0}, {1}], rate: {2} Mbit/s, delay: {3} ms", a, b, 1 + pick(100), pick(60));
        if (chance(40)) out += fmt::format(", loss: {} %", 1 + pick(15));
        if (chance(20)) out += fmt::format(", corrupt: {} %", 1 + pick(5));
        if (chance(20)) out += fmt::format(", duplicate: {} %", 1 + pick(10));
        if (chance(20)) out += fmt::format(", jitter: {} ms", 1 + pick(20));
        if (chance(20)) out += fmt::format(", reorder: {{ share: {} %, by: {} ms }}", 1 + pick(10), 1 + pick(30));
        if (chance(30)) out += fmt::format(", queue: {} packets", 1 + pick(12));
        return out + " }\n";
    }

    std::string links() {
        std::string out = "links:\n";
        for (std::uint64_t r = 1; r < m_routers; ++r) out += link(fmt::format("r{}", pick(r)), fmt::format("r{}", r));
        for (std::uint64_t s = 0; s < m_servers; ++s) {
            const std::uint64_t r = pick(m_routers);
            out += link(fmt::format("s{}", s), fmt::format("r{}", r)) + link(fmt::format("d{}", s), fmt::format("r{}", pick(m_routers)));
            out += link(fmt::format("f{}", s), fmt::format("s{}", s));
            m_serverLinks += fmt::format("{}s{}-r{}", s == 0 ? "" : " ", s, r);
        }
        return out;
    }

    std::string serverLink() {
        std::uint64_t skip = pick(m_servers);
        std::size_t at = 0;
        while (skip-- > 0) at = m_serverLinks.find(' ', at) + 1;
        return m_serverLinks.substr(at, m_serverLinks.find(' ', at) - at);
    }

    std::string recipient() {
        const std::uint64_t s = pick(m_servers);
        switch (pick(8)) {
            case 0: return fmt::format("nadie@s{}.example", s);
            case 1: return "alguien@nowhere.example";
            case 2:
            case 3: return fmt::format("u{0}@s{0}.example", s);
            default: return fmt::format("v{0}@s{0}.example", s);
        }
    }

    std::string timeline() {
        std::string out = "timeline:\n";
        const std::uint64_t letters = 1 + pick(4);
        for (std::uint64_t i = 0; i < letters; ++i) {
            std::string to = recipient();
            if (chance(40)) {
                if (const std::string second = recipient(); second != to) to += ", " + second;
            }
            out += fmt::format("  - {{ at: {0} ms, send: {{ id: m{1}, from: u{2}@s{2}.example, to: [{3}], subject: Letter {1}, text: \"Hello {1}\"", pick(5000), i, pick(m_servers), to);
            if (chance(50)) out += fmt::format(", attach: [ {{ name: f.bin, size: {} B }} ]", 1 + pick(60000));
            out += " } }\n";
        }
        if (chance(40)) {
            const std::string name = serverLink();
            const std::uint64_t at = pick(4000);
            out += fmt::format("  - {{ at: {} ms, cut: {} }}\n", at, name);
            if (chance(70)) out += fmt::format("  - {{ at: {} ms, restore: {} }}\n", at + 1 + pick(100'000), name);
        }
        if (chance(40)) {
            const std::uint64_t s = pick(m_servers);
            const std::uint64_t at = pick(4000);
            out += fmt::format("  - {{ at: {} ms, stop: s{} }}\n", at, s);
            if (chance(70)) out += fmt::format("  - {{ at: {} ms, start: s{} }}\n", at + 1 + pick(5'000'000), s);
        }
        const std::uint64_t reader = pick(m_servers);
        out += fmt::format("  - {{ at: 1 h, online: f{} }}\n  - {{ at: 1 h, read: {{ on: f{} }} }}\n", reader, reader);
        if (chance(30)) out += fmt::format("  - {{ at: 2 h, delete: {{ on: f{} }} }}\n", reader);
        return out;
    }

    std::uint64_t m_seed;
    std::uint64_t m_drawn = 0;
    std::uint64_t m_servers = 1;
    std::uint64_t m_routers = 1;
    std::string m_serverLinks;
};

}  // namespace mailtrek::test

// SPDX-License-Identifier: GPL-3.0-or-later
// Small scenarios from a seed, as the text of a file: providers with phones and PCs, routers and switches in between, links on which all goes wrong that can (bursts, small
// MTUs, queues that act early), routers that say nothing, pings, letters
// (some to nowhere, to a full mailbox, to an alias or a list), and a timeline of cuts, crashes, lost packets and readers.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "sim/kernel/dice.h"

namespace mailtrek::test {

class RandomScenario {
public:
    explicit RandomScenario(std::uint64_t seed) : m_seed(seed) {}

    std::string text() {
        m_servers = 1 + pick(3);
        std::string out = Line{"mailtrek: 1\ntitle: Random {}\nseed: {}\n", m_seed, m_seed}.text;
        if (chance(10)) out += Line{"until: {} min\n", 1 + pick(200)}.text;
        out += "defaults:\n";
        if (chance(30)) out += Line{"  link: {{ mtu: {} B }}\n", oneOf({"576", "1006", "1280", "9000"})}.text;
        out += Line{"  tcp: {{ congestion: {}, sack: {}, timestamps: {}, delayed-ack: {}, loss-detection: {}, nagle: {}, window-scaling: {}, receive-buffer: {} kB }}\n",
                    oneOf({"reno", "newreno", "cubic"}),
                    flag(),
                    flag(),
                    flag(),
                    oneOf({"rack", "dupack"}),
                    flag(),
                    flag(),
                    oneOf({"4", "30", "1000"})}
                   .text;
        out += Line{"  mail: {{ retry: [{}, 30 min], give-up: {} h }}\n", oneOf({"5 s", "1 min", "7 min", "20 min"}), 2 + pick(6)}.text;
        out += nodes();
        out += links();
        out += timeline();
        return out;
    }

private:
    // Made with braces, so that the draws among its parts come in the order in which they stand, whichever compiler builds it.
    struct Line {
        template <class... Parts>
        explicit Line(fmt::format_string<Parts...> form, Parts&&... parts) : text(fmt::format(form, std::forward<Parts>(parts)...)) {}
        std::string text;
    };

    std::uint64_t pick(std::uint64_t bound) { return below(draw(m_seed, Purpose::messageId, m_drawn++), bound); }
    bool chance(std::uint64_t percent) { return pick(100) < percent; }
    const char* flag() { return chance(50) ? "true" : "false"; }
    const char* oneOf(std::initializer_list<const char*> choices) { return choices.begin()[pick(choices.size())]; }
    const std::string& oneOf(const std::vector<std::string>& choices) { return choices[pick(choices.size())]; }
    std::string user(char letter) { return Line{"{0}{1}@s{1}.example", letter, pick(m_servers)}.text; }

    // --- nodes ---
    std::string nodes() {
        std::string out = "nodes:\n";
        const std::uint64_t middle = pick(4);
        for (std::uint64_t i = 0; i < middle; ++i) {
            const bool isSwitch = chance(30);
            m_middle.push_back(Line{"{}{}", isSwitch ? "w" : "r", i}.text);
            std::string more = isSwitch || chance(85) ? "" : oneOf({", icmp: off", ", icmp: old-style"});
            if (!isSwitch && chance(5)) more += Line{", corrupt: {{ words-swapped: {} }}", 1 + pick(3)}.text;
            if (!isSwitch) m_routers.push_back(m_middle.back());
            out += Line{"  {}: {{ kind: {}{} }}\n", m_middle.back(), isSwitch ? std::string("switch") : router(), more}.text;
        }
        for (std::uint64_t s = 0; s < m_servers; ++s) out += provider(s);
        if (chance(40)) {
            m_dns = true;
            out += "  dns: { kind: dns-server }\n";
        }
        return out;
    }

    // Mostly all of one protocol, so that they reach each other. With dice of their own: what else a seed gives does not depend on them.
    std::string router() {
        const auto die = [this](std::uint64_t bound) { return below(draw(m_seed, Purpose::mxOrder, m_routersDrawn++), bound); };
        if (m_routing.empty()) m_routing = die(3) == 0 ? "distance-vector" : "link-state";
        std::string routing = m_routing;
        if (die(10) == 0) routing = std::array{"link-state", "distance-vector", "static"}[die(3)];
        std::string out = "router, routing: " + routing;
        const std::uint64_t horizon = die(6), triggered = die(2);
        if (routing == "distance-vector" && horizon < 3)
            out += Line{", rip: {{ split-horizon: {}, triggered-updates: {} }}", std::array{"poisoned-reverse", "simple", "off"}[horizon], triggered != 0 ? "true" : "false"}.text;
        return out;
    }

    // With dice of its own, as above.
    std::string reader() {
        const std::uint64_t die = below(draw(m_seed, Purpose::mxOrder, 1'000'000 + m_readersDrawn++), 5);
        return die == 0 ? ", reads-with: pop3" : die == 1 ? ", reads-with: pop3-delete" : die == 2 ? ", reads-with: webmail" : "";
    }

    std::string provider(std::uint64_t s) {
        std::string out = Line{"  d{0}: {{ kind: pc, user: u{0}@s{0}.example{2} }}\n  f{0}: {{ kind: phone, user: v{0}@s{0}.example{1}{3} }}\n", s,
                               chance(20) ? ", online: false" : "", reader(), reader()}
                              .text;
        const std::string quota = chance(40) ? Line{" quota: {} kB ", 1 + pick(30)}.text : "";
        out += Line{"  s{0}: {{ kind: mail-server, domains: [s{0}.example], mailboxes: {{ u{0}: {{}}, v{0}: {{{1}}} }}", s, quota}.text;
        if (chance(20)) out += Line{", aliases: {{ info@s{0}.example: [u{0}@s{0}.example, {1}] }}", s, user('v')}.text;
        if (chance(20)) out += Line{", lists: {{ todos@s{0}.example: [v{0}@s{0}.example, {1}, {2}] }}", s, user('u'), user('n')}.text;
        const bool smarthost = s > 0 && chance(15);
        if (smarthost) out += Line{", smarthost: s{}", pick(s)}.text;
        out += policy(s, smarthost || (s == 0 && m_servers > 1));
        if (chance(15)) out += Line{", backup-for: [s{}.example]", (s + 1) % m_servers}.text;
        if (chance(10)) out += ", one-shot: true";
        return out + " }\n";
    }

    // With dice of their own, as routers.
    std::string policy(std::uint64_t s, bool relays) {
        auto die = [this, s, n = 0u](std::uint64_t bound) mutable { return below(draw(m_seed, Purpose::messageId, s, n++), bound); };
        std::string keys = relays ? ", relay: open" : "";
        if (die(5) == 0) keys += Line{", greylist: {} min", 1 + die(40)}.text;
        if (die(5) == 0) keys += std::array{", spf: mark", ", spf: reject"}[die(2)];
        if (die(6) == 0) keys += Line{", rate-limit: {} per min", 1 + die(4)}.text;
        if (die(3) == 0) keys += ", dkim: sign";
        if (die(4) == 0) keys += std::array{", dmarc: mark", ", dmarc: reject"}[die(2)];
        if (die(6) == 0) keys += ", dsn: off";
        return keys.empty() ? "" : ", policy: {" + keys.substr(1) + " }";
    }

    // --- links ---
    std::string impairments() {
        std::string out;
        if (chance(15))
            out += Line{", loss: {{ model: gilbert-elliott, p: {} %, r: {} %, good: {} %, bad: {} % }}", 1 + pick(10), 5 + pick(60), pick(3), 20 + pick(81)}.text;
        else if (chance(40))
            out += Line{", loss: {} %", 1 + pick(chance(20) ? 60 : 12)}.text;
        if (chance(20)) out += Line{", corrupt: {} %", 1 + pick(8)}.text;
        if (chance(20)) out += Line{", duplicate: {} %", 1 + pick(15)}.text;
        if (chance(20)) out += chance(50) ? Line{", jitter: {} ms", 1 + pick(20)}.text : Line{", jitter: {{ up-to: {} ms, keep-order: false }}", 1 + pick(20)}.text;
        if (chance(20)) out += Line{", reorder: {{ share: {} %, by: {} ms }}", 1 + pick(15), 1 + pick(30)}.text;
        if (chance(40)) out += Line{", queue: {}", queue()}.text;
        return out;
    }

    std::string queue() {
        const std::string size = chance(50) ? Line{"{} packets", 1 + pick(12)}.text : Line{"{} B", 600 + pick(9000)}.text;
        switch (pick(4)) {
            case 0: return Line{"{{ model: red, size: {}, weight: {} %, gentle: {} }}", size, 1 + pick(60), flag()}.text;
            case 1: return Line{"{{ model: codel, size: {}, target: {} ms, interval: {} ms }}", size, 1 + pick(10), 10 + pick(100)}.text;
            default: return size;
        }
    }

    std::string link(const std::string& a, const std::string& b) {
        m_links.push_back(Line{"l{}", m_links.size()}.text);
        m_linkEnds.push_back(b);
        std::string out = Line{"  - {{ name: {}, between: [{}, {}], rate: {} kbit/s, delay: {} ms{}",
                               m_links.back(),
                               a,
                               b,
                               chance(20) ? 64 + pick(900) : 1000 + pick(99'000),
                               pick(60),
                               impairments()}
                              .text;
        if (chance(a[0] == 'r' && b[0] == 'r' ? 70 : 15))
            out += Line{", mtu: {} B", chance(10) ? oneOf({"68", "296", "65536"}) : oneOf({"576", "576", "1006", "1492", "9000"})}.text;
        if (chance(10)) out += Line{", rules: [ {{ lose: {{ {}: [{}, {}], towards: {} }} }} ]", oneOf({"data-segment", "packet"}), 1 + pick(6), 7 + pick(20), b}.text;
        return out + " }\n";
    }

    std::string links() {
        std::string out = "links:\n";
        for (std::size_t i = 1; i < m_middle.size(); ++i) out += link(m_middle[pick(i)], m_middle[i]);
        if (m_middle.size() > 2 && chance(50)) out += link(m_middle[0], m_middle[2]);
        for (std::uint64_t s = 0; s < m_servers; ++s) {
            const std::string server = Line{"s{}", s}.text;
            if (!m_middle.empty())
                out += link(server, oneOf(m_middle));
            else
                for (std::uint64_t other = 0; other < s; ++other) out += link(Line{"s{}", other}.text, server);  // servers do not forward: all know each other
            out += link(Line{"d{}", s}.text, m_middle.empty() || chance(50) ? server : oneOf(m_middle));
            out += link(Line{"f{}", s}.text, server);
            if (m_dns && m_middle.empty()) out += link("dns", server);
        }
        if (m_dns && !m_middle.empty()) out += link("dns", oneOf(m_middle));
        return out;
    }

    // --- timeline ---
    std::string recipient() {
        switch (pick(12)) {
            case 0: return user('n');  // nobody there
            case 1: return "alguien@nowhere.example";
            case 2: return Line{"info@s{}.example", pick(m_servers)}.text;
            case 3: return Line{"todos@s{}.example", pick(m_servers)}.text;
            case 4: return Line{"postmaster@s{}.example", pick(m_servers)}.text;
            case 5:
            case 6:
            case 7: return user('u');
            default: return user('v');
        }
    }

    std::string letter(std::uint64_t i) {
        std::string to = recipient();
        for (int more = 0; more < 2; ++more)
            if (const std::string next = recipient(); chance(30) && to.find(next) == std::string::npos) to += ", " + next;
        std::string out =
            Line{"  - {{ at: {0} ms, send: {{ id: m{1}, from: {2}, to: [{3}], subject: Letter {1}, text: \"Hello {1}\"", pick(5000), i, user(chance(70) ? 'u' : 'v'), to}.text;
        if (chance(15)) out += Line{", envelope-from: {}", user('n')}.text;  // notices to it come to nothing
        if (chance(50)) out += Line{", attach: [ {{ name: f.bin, size: {} B }} ]", 1 + pick(chance(30) ? 90'000 : 9'000)}.text;
        return out + " } }\n";
    }

    std::string meanwhile() {
        const std::uint64_t at = pick(chance(50) ? 4000 : 4'000'000), later = at + 1 + pick(chance(50) ? 5000 : 5'000'000);
        const auto pair = [&](const char* first, const char* second, const std::string& name, std::uint64_t percent) {
            return Line{"  - {{ at: {} ms, {}: {} }}\n", at, first, name}.text + (chance(percent) ? Line{"  - {{ at: {} ms, {}: {} }}\n", later, second, name}.text : "");
        };
        const std::uint64_t s = pick(m_servers), l = pick(m_links.size());
        switch (pick(12)) {
            case 0: return pair("cut", "restore", m_links[l], 70);
            case 1: return pair("stop", "start", Line{"s{}", s}.text, 70);
            case 2: return pair("stop", "start", m_middle.empty() || chance(30) ? Line{"d{}", s}.text : oneOf(m_middle), 70);
            case 3: return pair("offline", "online", Line{"{}{}", chance(50) ? "d" : "f", s}.text, 80);
            case 4: return Line{"  - {{ at: {} ms, set: {{ link: {}, delay: {} ms, rate: {} kbit/s{} }} }}\n", at, m_links[l], pick(90), 50 + pick(20'000), impairments()}.text;
            case 5: {
                const char* what = oneOf({"data-segment", "mail-segment", "packet"});
                return Line{"  - {{ at: {} ms, lose: {{ link: {}, towards: {}, {}: {} }} }}\n", at, m_links[l], m_linkEnds[l], what, 1 + pick(20)}.text;
            }
            case 6: return Line{"  - {{ at: {} ms, set: {{ node: s{}, mailboxes: {{ v{}: {{ quota: {} B }} }} }} }}\n", at, s, s, 1 + pick(20'000)}.text;
            case 7:
                return m_dns ? Line{"  - {{ at: {} ms, fail: {{ dns: dns, with: {}, for: {} s }} }}\n", at, oneOf({"servfail", "nxdomain", "silence", "truncate"}), 1 + pick(3000)}
                                   .text
                             : "";
            case 8: return probe(at);
            case 9: return probe(at);
            case 10: return Line{"  - {{ at: {} ms, set: {{ link: {}, mtu: {} B }} }}\n", at, m_links[l], oneOf({"576", "1006", "1500", "9000"})}.text;
            default: return Line{"  - {{ at: {} ms, {}: {{ on: {}{} }} }}\n", at, oneOf({"read", "delete", "empty", "print"}), chance(50) ? "d" : "f", s}.text;
        }
    }

    std::string probe(std::uint64_t at) {
        const std::string from = !m_routers.empty() && chance(30) ? oneOf(m_routers) : Line{"{}{}", oneOf({"d", "s"}), pick(m_servers)}.text;
        const std::string to = chance(10) ? "10.77.7.7" : !m_routers.empty() && chance(30) ? oneOf(m_routers) : Line{"{}{}", oneOf({"d", "f", "s"}), pick(m_servers)}.text;
        if (chance(30)) return Line{"  - {{ at: {} ms, traceroute: {{ from: {}, to: {}, max-hops: {}, count: {} }} }}\n", at, from, to, 1 + pick(8), 1 + pick(2)}.text;
        return Line{
            "  - {{ at: {} ms, ping: {{ from: {}, to: {}, count: {}, size: {} B, interval: {} ms }} }}\n", at, from, to, 1 + pick(4), pick(chance(50) ? 200 : 8000), 1 + pick(2000)}
            .text;
    }

    std::string timeline() {
        std::string out = "timeline:\n";
        const std::uint64_t letters = 1 + pick(4), troubles = pick(6), reader = pick(m_servers);
        for (std::uint64_t i = 0; i < letters; ++i) out += letter(i);
        for (std::uint64_t i = 0; i < troubles; ++i) out += meanwhile();
        out += Line{"  - {{ at: 1 h, online: f{} }}\n  - {{ at: 1 h, read: {{ on: f{} }} }}\n", reader, reader}.text;
        if (chance(30)) out += Line{"  - {{ at: 2 h, delete: {{ on: f{} }} }}\n", reader}.text;
        return out;
    }

    std::uint64_t m_seed;
    std::uint64_t m_drawn = 0;
    std::uint64_t m_servers = 1;
    std::string m_routing;  // of most routers
    std::uint64_t m_routersDrawn = 0;
    std::uint64_t m_readersDrawn = 0;
    bool m_dns = false;
    std::vector<std::string> m_middle;    // routers and switches
    std::vector<std::string> m_routers;   // of these
    std::vector<std::string> m_links;     // names
    std::vector<std::string> m_linkEnds;  // the second end of each
};

// How many random scenarios a property is shown on: `usual`, or as many as MAILTREK_SWEEP says.
inline std::uint64_t sweep(std::uint64_t usual) {
    const char* wanted = std::getenv("MAILTREK_SWEEP");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
}

}  // namespace mailtrek::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/run/random_providers.h"

#include <fmt/format.h>

#include "tests/run/random_run.h"

namespace mailtrek::test {

std::string RandomProviders::text() {
    m_providers = 2 + pick(3);
    for (std::uint64_t p = 0; p < m_providers; ++p) {
        m_smarthost.push_back(chance(12) ? other(p) : p);
        m_backup.push_back(chance(30) ? other(p) : p);
    }
    std::string out = fmt::format("mailtrek: 1\ntitle: Providers {0}\nseed: {0}\n", m_seed);
    if (chance(8)) {
        const std::uint64_t minutes = 1 + pick(300);
        out += fmt::format("until: {} min\n", minutes);
    }
    const std::string first = oneOf({"1 min", "5 min", "15 min", "30 min"});
    const std::uint64_t giveUp = 1 + pick(6), hops = 6 + pick(20);
    const std::string delay = chance(30) ? ", delay-notice: 30 min" : "";
    out += fmt::format("defaults:\n  mail: {{ retry: [{}, 30 min], give-up: {} h, hop-limit: {}{} }}\n", first, giveUp, hops, delay);
    out += nodes();
    out += links();
    out += "timeline:\n";
    const std::uint64_t letters = 2 + pick(6), troubles = pick(9);
    for (std::uint64_t i = 0; i < letters; ++i) out += letter(i);
    for (std::uint64_t i = 0; i < troubles; ++i) out += meanwhile();
    return out;
}

std::uint64_t RandomProviders::other(std::uint64_t provider) { return (provider + 1 + pick(m_providers - 1)) % m_providers; }

std::string RandomProviders::someone(std::initializer_list<const char*> locals, std::uint64_t provider) {
    const std::string local = oneOf(locals);
    return address(local, provider);
}

std::string RandomProviders::address(const std::string& local, std::uint64_t provider) const { return fmt::format("{}@p{}.example", local, provider); }

// --- nodes -------------------------------------------------------------------------------------------------------------------------

std::string RandomProviders::nodes() {
    const std::uint64_t routers = 1 + pick(3);
    std::string out = "nodes:\n";
    for (std::uint64_t i = 0; i < routers; ++i) {
        m_routers.push_back(fmt::format("r{}", i));
        out += fmt::format("  r{}: {{ kind: router }}\n", i);
    }
    for (std::uint64_t p = 0; p < m_providers; ++p) out += provider(p);
    return out + names();
}

// a has a PC, b a phone and perhaps a small mailbox, c nothing but a mailbox.
std::string RandomProviders::provider(std::uint64_t p) {
    const std::string tls = oneOf({"", "", "", "", ", tls: require", ", tls: implicit", ", tls: off"});
    const std::string reads = oneOf({"", ", reads-with: pop3", ", reads-with: pop3-delete", ", reads-with: pop3-delete"});
    std::string out = fmt::format("  d{0}: {{ kind: pc, user: a@p{0}.example{1} }}\n  f{0}: {{ kind: phone, user: b@p{0}.example{2} }}\n", p, tls, reads);
    std::string quota;
    if (chance(45)) {
        const std::uint64_t octets = 500 + pick(20'000);
        quota = fmt::format(" quota: {} B ", octets);
    }
    out += fmt::format("  s{0}: {{ kind: mail-server, domains: [p{0}.example], mailboxes: {{ a: {{}}, b: {{{1}}}, c: {{}} }}", p, quota);
    out += forwards(p);
    if (m_smarthost[p] != p) out += fmt::format(", smarthost: s{}", m_smarthost[p]);
    if (m_backup[p] != p) out += fmt::format(", backup-for: [p{}.example]", m_backup[p]);
    if (chance(m_smarthost[p] != p ? 25 : 6)) out += ", one-shot: true";
    out += certificate();
    return out + policy(p) + " }\n";
}

// `chain` leads from provider to provider, and now and then back to where it began; `vuelta` comes straight back.
std::string RandomProviders::forwards(std::uint64_t p) {
    std::string aliases, lists;
    const std::uint64_t next = (p + 1) % m_providers;
    if (chance(45)) aliases += fmt::format(", {}: [{}]", address("chain", p), next != 0 || chance(40) ? address("chain", next) : address("c", next));
    if (chance(20)) aliases += fmt::format(", {0}: [{0}, {1}]", address("c", p), someone({"a", "b", "nadie"}, other(p)));  // keeps a copy
    if (chance(20)) aliases += fmt::format(", {}: [{}, {}]", address("info", p), address("a", p), someone({"info", "b", "postmaster"}, other(p)));
    if (chance(10)) aliases += fmt::format(", {}: [{}]", address("jefe", p), someone({"postmaster", "todos-owner", "nadie", "jefe"}, p));
    if (chance(15)) {
        const std::string where = chance(50) ? address("a", p) : address("c", other(p));
        aliases += fmt::format(", \"*@p{}.example\": [{}]", p, where);
    }
    if (chance(35)) {
        const std::string far = someone({"a", "todos", "nadie", "chain", "info"}, other(p));
        const std::string near = someone({"a", "nadie", "info", "c"}, p);
        lists = fmt::format("{}: [{}, {}, {}]", address("todos", p), address("b", p), far, near);
    }
    std::string out;
    if (!aliases.empty()) out += fmt::format(", aliases: {{ {} }}", aliases.substr(2));
    if (!lists.empty()) out += fmt::format(", lists: {{ {} }}", lists);
    return out;
}

std::string RandomProviders::certificate() {
    return oneOf({"", "", "", "", "", "", "", "", ", tls: { expired: true }", ", tls: { self-signed: true }", ", tls: { unavailable: true }", ", tls: { name: x.example }"});
}

std::string RandomProviders::policy(std::uint64_t p) {
    std::string keys;
    for (std::uint64_t q = 0; q < m_providers; ++q)
        if (q != p && m_smarthost[q] == p && chance(60)) keys = ", relay: open";
    if (chance(25)) {
        const std::uint64_t seconds = 1 + pick(2400);
        keys += fmt::format(", greylist: {} s", seconds);
    }
    if (chance(35)) keys += ", spf: " + oneOf({"mark", "reject"});
    if (chance(20)) {
        const std::uint64_t letters = 1 + pick(4);
        keys += fmt::format(", rate-limit: {} per min", letters);
    }
    if (chance(25)) keys += ", starttls: " + oneOf({"offer", "offer", "require"});
    return keys.empty() ? "" : ", policy: {" + keys.substr(1) + " }";
}

// A zone by hand: who takes the mail (now and then nobody, or everybody alike), who may send it, and how long all this lasts.
std::string RandomProviders::zone(std::uint64_t p) {
    if (chance(40)) return fmt::format("p{}.example: auto", p);
    const std::string ttl = oneOf({"20 s", "10 min", "1 h"});
    std::string records = fmt::format("{{ type: SOA, minimum: {} }}", oneOf({"10 s", "5 min"}));
    const std::string noMailServer = m_names == Names::one ? "dns" : fmt::format("n{}", p);
    if (chance(4)) return fmt::format("p{}.example: [ {}, {{ type: MX, host: {} }} ]", p, records, noMailServer);
    const bool none = chance(4);
    if (none) records += ", { type: MX, host: \".\" }";
    if (!none && !chance(6)) records += fmt::format(", {{ type: MX, preference: 10, host: s{}, ttl: {} }}", p, ttl);
    if (!none && chance(10)) records += fmt::format(", {{ type: MX, preference: 5, host: {} }}", chance(50) ? noMailServer : "gone.nowhere.example");
    for (std::uint64_t q = 0; q < m_providers; ++q)
        if (!none && q != p && m_backup[q] == p) records += fmt::format(", {{ type: MX, preference: {}, host: s{} }}", oneOf({"10", "20", "20"}), q);
    if (chance(80))
        records += fmt::format(", {{ type: TXT, text: \"{}\" }}",
                               oneOf({"v=spf1 mx -all", "v=spf1 mx -all", "v=spf1 mx ~all", "v=spf1 -all", "v=spf1 ip4:10.0.0 -all", "v=spf1 include:p0.example -all"}));
    if (chance(20)) records += fmt::format(", {{ type: A, host: s{} }}", p);
    return fmt::format("p{}.example: [ {} ]", p, records);
}

std::string RandomProviders::names() {
    m_names = static_cast<Names>(pick(4));
    std::string out;
    const auto server = [&](const std::string& name, const std::string& keys) {
        m_nameServers.push_back(name);
        out += fmt::format("  {}: {{ kind: dns-server{} }}\n", name, keys);
    };
    if (m_names == Names::undrawn) return "";
    if (m_names == Names::one) {
        std::string zones = "nomail.example: [ { type: MX, host: \".\" } ]";
        for (std::uint64_t p = 0; p < m_providers; ++p)
            if (chance(50)) zones += ", " + zone(p);
        const bool two = chance(30);
        server("dns", ", zones: { " + zones + " }");
        if (two) server("dns2", ", zones: { " + zones + " }");
        return out;
    }
    if (m_names == Names::delegated) server("res", ", role: recursive");
    if (m_names == Names::delegated && chance(25)) server("res2", ", role: recursive");
    server("root", ", role: authoritative, zones: { \".\": [] }");
    if (chance(60)) server("tld", ", role: authoritative, zones: { example: [], nomail.example: [ { type: MX, host: \".\" } ] }");
    for (std::uint64_t p = 0; p < m_providers; ++p) {
        if (chance(5)) continue;  // forgotten: nobody finds it
        const std::string zones = zone(p);
        server(fmt::format("n{}", p), ", role: authoritative, zones: { " + zones + " }");
        if (chance(40)) server(fmt::format("x{}", p), ", role: authoritative, zones: { " + zones + " }");
    }
    return out;
}

// --- links -------------------------------------------------------------------------------------------------------------------------

std::string RandomProviders::impairments() {
    std::string out;
    if (chance(25)) {
        const std::uint64_t percent = 1 + pick(chance(15) ? 50 : 8);
        out += fmt::format(", loss: {} %", percent);
    }
    if (chance(10)) out += ", duplicate: 3 %";
    if (chance(10)) out += ", corrupt: 1 %";
    if (chance(10)) out += ", jitter: 5 ms";
    return out;
}

std::string RandomProviders::link(const std::string& a, const std::string& b) {
    m_links.push_back(fmt::format("l{}", m_links.size()));
    const std::uint64_t delay = pick(40);
    const std::string rate = oneOf({"512 kbit/s", "10 Mbit/s", "100 Mbit/s"});
    return fmt::format("  - {{ name: {}, between: [{}, {}], rate: {}, delay: {} ms{} }}\n", m_links.back(), a, b, rate, delay, impairments());
}

std::string RandomProviders::links() {
    std::string out = "links:\n";
    for (std::size_t i = 1; i < m_routers.size(); ++i) out += link(m_routers[i - 1], m_routers[i]);
    if (m_routers.size() > 2) out += link(m_routers.front(), m_routers.back());
    for (std::uint64_t p = 0; p < m_providers; ++p) {
        out += link(fmt::format("s{}", p), oneOf(m_routers));
        out += link(fmt::format("d{}", p), fmt::format("s{}", p));
        out += link(fmt::format("f{}", p), fmt::format("s{}", p));
    }
    for (const std::string& server : m_nameServers) out += link(server, oneOf(m_routers));
    return out;
}

// --- timeline ----------------------------------------------------------------------------------------------------------------------

std::string RandomProviders::recipient() {
    const std::string local = oneOf({"a", "a", "b", "b", "b", "c", "chain", "chain", "info", "todos", "todos", "nadie", "postmaster", "jefe", "todos-owner"});
    if (local == "nadie" && chance(30)) return oneOf({"x@nomail.example", "x@nowhere.example", "x@deep.p0.example"});
    return address(local, pick(m_providers));
}

std::string RandomProviders::letter(std::uint64_t i) {
    const std::uint64_t at = pick(chance(60) ? 4000 : 5'400'000), p = pick(m_providers);
    const std::string from = someone({"a", "a", "b"}, p);
    std::string to = recipient();
    for (std::uint64_t more = pick(4); more > 0; --more)
        if (const std::string next = recipient(); to.find(next) == std::string::npos) to += ", " + next;
    std::string extras;
    if (chance(10)) extras += ", envelope-from: " + someone({"nadie", "a", "todos"}, pick(m_providers));
    if (chance(45)) {
        const std::uint64_t size = 1 + pick(chance(15) ? 60'000 : 6'000);
        extras += fmt::format(", attach: [ {{ name: f.bin, size: {} B }} ]", size);
    }
    return fmt::format("  - {{ at: {} ms, send: {{ id: m{}, from: {}, to: [{}], subject: Letter {}, text: Hola{} }} }}\n", at, i, from, to, i, extras);
}

std::string RandomProviders::pair(const std::string& first, const std::string& second, const std::string& whom) {
    const std::uint64_t at = pick(chance(50) ? 3000 : 5'400'000), later = at + 1 + pick(chance(50) ? 4000 : 3'600'000);
    std::string out = fmt::format("  - {{ at: {} ms, {}: {} }}\n", at, first, whom);
    if (chance(85)) out += fmt::format("  - {{ at: {} ms, {}: {} }}\n", later, second, whom);
    return out;
}

std::string RandomProviders::meanwhile() {
    const std::uint64_t p = pick(m_providers), at = pick(chance(50) ? 3000 : 5'400'000), what = pick(12);
    switch (what) {
        case 0:
        case 1: return pair("stop", "start", fmt::format("s{}", p));
        case 2: return m_nameServers.empty() ? "" : pair("stop", "start", oneOf(m_nameServers));
        case 3: return pair("stop", "start", oneOf(m_routers));
        case 4: return pair("cut", "restore", oneOf(m_links));
        case 5:
        case 6: {
            if (m_nameServers.empty()) return "";
            const std::string server = oneOf(m_nameServers), how = oneOf({"servfail", "nxdomain", "silence", "truncate"});
            const std::uint64_t seconds = 1 + pick(4000);
            return fmt::format("  - {{ at: {} ms, fail: {{ dns: {}, with: {}, for: {} s }} }}\n", at, server, how, seconds);
        }
        case 7: {
            const std::uint64_t quota = 1 + pick(9000);
            const std::string box = oneOf({"a", "b", "b"});
            return fmt::format("  - {{ at: {} ms, set: {{ node: s{}, mailboxes: {{ {}: {{ quota: {} B }} }} }} }}\n", at, p, box, quota) +
                   fmt::format("  - {{ at: {} ms, set: {{ node: s{}, mailboxes: {{ {}: {{}} }} }} }}\n", at + 2'400'000, p, box);
        }
        case 8: {
            const std::string policy =
                oneOf({"greylist: off", "greylist: 600 s", "spf: off", "spf: reject", "rate-limit: 1 per min", "relay: open", "relay: deny", "starttls: require", "starttls: off"});
            return fmt::format("  - {{ at: {} ms, set: {{ node: s{}, policy: {{ {} }} }} }}\n", at, p, policy);
        }
        case 9: return pair("offline", "online", fmt::format("{}{}", oneOf({"d", "f"}), p));
        default: return reading();
    }
}

std::string RandomProviders::reading() {
    const std::uint64_t at = pick(7'200'000), p = pick(m_providers);
    const std::string verb = oneOf({"read", "read", "delete", "empty"}), device = oneOf({"d", "f"});
    return fmt::format("  - {{ at: {} ms, {}: {{ on: {}{} }} }}\n", at, verb, device, p);
}

}  // namespace mailtrek::test

namespace mailtrek::run::test {

scenario::Scenario randomProviders(std::uint64_t seed) {
    const std::string text = mailtrek::test::RandomProviders(seed).text();
    try {
        return scenarioOf(text);
    } catch (const std::runtime_error& problem) { throw std::runtime_error(fmt::format("random providers {} cannot be read:\n{}{}", seed, problem.what(), text)); }
}

}  // namespace mailtrek::run::test

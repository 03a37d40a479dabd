// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/scenario/builder.h"

namespace mailtrek::scenario {
namespace {

const std::vector<std::string> kActions{"send",    "cut",  "restore", "set",   "lose",  "stop", "start", "online",
                                        "offline", "read", "delete",  "empty", "print", "fail", "ping",  "traceroute"};

// `over` where it says something, otherwise `base`.
LinkChange merged(LinkChange base, const LinkChange& over) {
    const auto take = [](auto& target, const auto& value) {
        if (value) target = value;
    };
    take(base.rate, over.rate);
    take(base.delay, over.delay);
    take(base.jitter, over.jitter);
    take(base.loss, over.loss);
    take(base.corrupt, over.corrupt);
    take(base.duplicate, over.duplicate);
    take(base.queue, over.queue);
    take(base.reorder, over.reorder);
    take(base.reorderBy, over.reorderBy);
    return base;
}

}  // namespace

void Builder::readTimeline(const Node_& timeline) {
    m_reader.list(timeline, "timeline", [&](const Node_& item) { readEntry(item); });
}

void Builder::readEntry(const Node_& value) {
    Map map(m_reader, value, "a timeline entry");
    if (!map.valid()) return;
    Instant at = kStart;
    if (const auto when = map.require("at")) at = kStart + m_reader.duration(*when, "at");
    std::vector<std::string> found;
    for (const std::string& kind : kActions)
        if (map.take(kind)) found.push_back(kind);
    if (found.size() != 1) {
        const bool unknown = map.node().size() > found.size() + (map.has("at") ? 1 : 0);  // which is reported
        if (found.empty() && unknown) return;
        return m_reader.error(value, fmt::format("a timeline entry does exactly one thing: {}", fmt::join(kActions, ", ")));
    }
    const std::string kind = found.front();
    const Node_ what = *map.take(kind);
    if (kind == "send") return readSend(what, at);
    if (kind == "ping" || kind == "traceroute") return addEntry(value, {at, kind, readProbe(kind, what)});
    addEntry(value, {at, kind, readAction(kind, what)});
}

void Builder::addEntry(const Node_& where, Entry entry) {
    if (m_scenario.timeline.size() == kMaxEntries) m_reader.error(where, fmt::format("more than {} timeline entries, repeats included", kMaxEntries));
    if (m_scenario.timeline.size() < kMaxEntries) m_scenario.timeline.push_back(std::move(entry));
}

// Where a probe goes: to a node, or to an address that may be nobody's.
void Builder::readTarget(const Node_& value, Probe& probe) {
    if (value.IsScalar() && !m_nodes.contains(value.Scalar()))
        if (const auto address = wire::parseIpv4Address(value.Scalar())) {
            probe.address = *address;
            return;
        }
    probe.to = nodeNamed(value, "to");
}

Probe Builder::readProbe(const std::string& kind, const Node_& value) {
    Probe probe;
    const bool ping = kind == "ping";
    probe.program = ping ? trace::Program::ping : trace::Program::traceroute;
    probe.count = ping ? 4 : 1;
    probe.interval = std::chrono::seconds(1);
    probe.size = ping ? 56 : 32;
    Map map(m_reader, value, kind);
    if (const auto node = map.require("from")) probe.from = nodeNamed(*node, "from");
    if (const auto target = map.require("to")) readTarget(*target, probe);
    for (const NodeId id : {probe.from, probe.to})
        if (id.valid() && m_scenario.nodes[id.index()].kind == NodeKind::switchNode)
            m_reader.error(value, fmt::format("{}: the switch '{}' has no address", kind, m_scenario.nodes[id.index()].name));
    const auto time = [&](std::string_view key, Duration& target) {
        map.with(key, [&](const Node_& v) {
            const std::size_t errors = m_reader.diagnostics().errors();
            target = m_reader.duration(v, key);
            if (target <= Duration::zero() && m_reader.diagnostics().errors() == errors) m_reader.error(v, fmt::format("{} must be more than 0", key));
        });
    };
    map.with("count", [&](const Node_& v) { probe.count = static_cast<std::uint16_t>(m_reader.whole(v, "count", 1, ping ? 10'000 : 10)); });
    if (ping) time("interval", probe.interval);
    time("timeout", probe.timeout);
    map.with("size", [&](const Node_& v) {
        const Bytes size = m_reader.bytes(v, "size");
        if (size > Bytes{65507}) return m_reader.error(v, "size must be at most 65507 B: with its headers the packet has 65535");
        probe.size = static_cast<std::uint32_t>(size.count);
    });
    if (!ping) map.with("max-hops", [&](const Node_& v) { probe.maxHops = static_cast<std::uint8_t>(m_reader.whole(v, "max-hops", 1, 64)); });
    return probe;
}

Action Builder::readAction(const std::string& kind, const Node_& value) {
    const auto node = [&](auto make, bool device) -> Action {
        const NodeId id = nodeNamed(value, kind);
        if (id.valid() && device && !isDevice(m_scenario.nodes[id.index()].kind))
            m_reader.error(value, fmt::format("{}: '{}' is no device (a server is stopped and started)", kind, m_scenario.nodes[id.index()].name));
        return make(id);
    };
    if (kind == "cut") return Cut{linkNamed(value, kind)};
    if (kind == "restore") return Restore{linkNamed(value, kind)};
    if (kind == "set") return readSet(value);
    if (kind == "lose") return readLose(value);
    if (kind == "stop") return node([](NodeId id) { return Stop{id}; }, false);
    if (kind == "start") return node([](NodeId id) { return Start{id}; }, false);
    if (kind == "online") return node([](NodeId id) { return Online{id, true}; }, true);
    if (kind == "offline") return node([](NodeId id) { return Online{id, false}; }, true);
    if (kind == "fail") return readFail(value);
    return readPerson(kind, value);
}

Action Builder::readFail(const Node_& value) {
    static const std::vector<std::string> kWays{"servfail", "nxdomain", "silence", "truncate"};
    Fail fail;
    Map map(m_reader, value, "fail");
    if (const auto dns = map.require("dns")) {
        fail.dns = nodeNamed(*dns, "dns");
        if (fail.dns.valid() && m_scenario.nodes[fail.dns.index()].kind != NodeKind::dnsServer)
            m_reader.error(*dns, fmt::format("fail: '{}' is no dns-server", m_scenario.nodes[fail.dns.index()].name));
    }
    if (const auto with = map.require("with")) fail.with = static_cast<dns::FailureMode>(1 + m_reader.choice(*with, "with", kWays));
    if (const auto lasts = map.require("for")) fail.lasts = m_reader.duration(*lasts, "for");
    return fail;
}

Action Builder::readPerson(const std::string& kind, const Node_& value) {
    Person person;
    person.does = kind == "read" ? PersonDoes::read : kind == "delete" ? PersonDoes::remove : kind == "empty" ? PersonDoes::empty : PersonDoes::print;
    Map map(m_reader, value, kind);
    if (const auto on = map.require("on")) {
        person.on = nodeNamed(*on, "on");
        if (person.on.valid()) {
            const Node& node = m_scenario.nodes[person.on.index()];
            if (!isDevice(node.kind) || node.user.empty()) m_reader.error(*on, fmt::format("on: '{}' is no device with a user", node.name));
        }
    }
    map.with("mail", [&](const Node_& v) {
        person.mail = m_reader.text(v, "mail");
        m_mailNames.emplace_back(person.mail, v);
    });
    return person;
}

LinkChange Builder::readLinkChange(Map& map) {
    net::LinkSettings read;
    readLinkSettings(map, read);
    LinkChange change;
    if (map.has("rate")) change.rate = read.rate;
    if (map.has("delay")) change.delay = read.delay;
    if (map.has("jitter")) change.jitter = {read.jitter, read.jitterReorders};
    if (map.has("loss")) change.loss = {read.loss, read.bursts};
    if (map.has("corrupt")) change.corrupt = read.corrupt;
    if (map.has("duplicate")) change.duplicate = read.duplicate;
    if (map.has("queue")) change.queue = read.queue;
    if (map.has("reorder")) {
        change.reorder = read.reorder;
        change.reorderBy = read.reorderBy;
    }
    return change;
}

Action Builder::readSet(const Node_& value) {
    Map map(m_reader, value, "set");
    const auto link = map.take("link"), node = map.take("node");
    if (!map.valid()) return SetNode{};
    if (link.has_value() == node.has_value()) {
        m_reader.error(value, "set names one of link: and node:");
        map.pairs();  // what else may stand here depends on it
        return SetNode{};
    }
    if (map.node().size() == 1) m_reader.error(value, "set changes nothing");
    if (link) return readSetLink(map, *link);
    return readSetNode(map, *node);
}

SetLink Builder::readSetLink(Map& map, const Node_& link) {
    map.call("set of a link");
    SetLink set;
    set.link = linkNamed(link, "link");
    set.changes[0] = set.changes[1] = readLinkChange(map);
    map.with("mtu", [&](const Node_& v) { set.mtu = readMtu(v); });
    for (const std::string_view fixed : {"cost", "tap", "strip-starttls", "rules"})
        map.with(fixed, [&](const Node_& v) { m_reader.unsupported(v, fmt::format("changing {} of a link while it runs", fixed)); });
    for (const int direction : {0, 1}) {
        map.with(direction == 0 ? "forward" : "backward", [&](const Node_& v) {
            Map one(m_reader, v, direction == 0 ? "forward" : "backward");
            LinkChange& change = set.changes[static_cast<std::size_t>(direction)];
            change = merged(change, readLinkChange(one));
        });
    }
    return set;
}

SetNode Builder::readSetNode(Map& map, const Node_& node) {
    map.call("set of a node");
    SetNode set;
    set.node = nodeNamed(node, "node");
    const Node* target = set.node.valid() ? &m_scenario.nodes[set.node.index()] : nullptr;
    const auto belongs = [&](const Node_& v, std::string_view key, NodeKind kind, std::string_view whose) {
        if (target != nullptr && target->kind != kind) m_reader.error(v, fmt::format("{}: only a {} has them", key, whose));
        return target != nullptr && target->kind == kind;
    };
    map.with("routes", [&](const Node_& v) {
        set.routes = readRoutes(v);
        belongs(v, "routes", NodeKind::router, "router");
    });
    map.with("icmp", [&](const Node_& v) {
        set.icmp = readIcmp(v);
        if (target != nullptr && target->kind == NodeKind::switchNode) m_reader.error(v, "icmp: a switch sends none");
    });
    map.with("tcp", [&](const Node_& v) { m_reader.unsupported(v, "changing tcp of a node while it runs"); });
    map.with("policy", [&](const Node_& v) {
        if (!belongs(v, "policy", NodeKind::mailServer, "mail server")) return;
        Node changed = *target;
        readPolicy(v, changed);
        set.openRelay = changed.openRelay;
        if (v.IsMap() && v["starttls"]) set.startTls = changed.startTls;
    });
    map.with("mailboxes", [&](const Node_& v) {
        if (!belongs(v, "mailboxes", NodeKind::mailServer, "mail server")) return;
        Node changed = *target;
        changed.mailboxes.clear();
        readMailboxes(v, changed);
        std::set<std::string> known;
        for (const Mailbox& box : target->mailboxes) known.insert(lowered(box.address));
        for (const Mailbox& box : changed.mailboxes)
            if (!known.contains(lowered(box.address))) m_reader.error(v, fmt::format("there is no mailbox '{}' on '{}'", box.address, target->name));
        set.quotas = changed.mailboxes;
    });
    return set;
}

Action Builder::readLose(const Node_& value) {
    Lose lose;
    Map map(m_reader, value, "lose");
    if (const auto link = map.require("link")) lose.link = linkNamed(*link, "link");
    lose.directions = {true, true};
    map.with("towards", [&](const Node_& v) {
        if (!lose.link.valid()) return;
        if (const auto direction = directionTowards(v, m_scenario.links[lose.link.index()])) lose.directions = {*direction == 0, *direction == 1};
    });
    map.with("connection", [&](const Node_& v) { lose.connection = connectionNamed(v); });
    const auto count = [&](std::string_view key, std::optional<std::int64_t>& target) {
        map.with(key, [&](const Node_& v) {
            target = v.IsScalar() && v.Scalar() == "-1" && key == "mail-segment" ? -1 : static_cast<std::int64_t>(m_reader.whole(v, key, 1, 1'000'000'000));
        });
    };
    count("data-segment", lose.dataSegment);
    count("mail-segment", lose.mailSegment);
    count("packet", lose.packet);
    map.with("transmission", [&](const Node_& v) { lose.transmission = static_cast<std::uint32_t>(m_reader.whole(v, "transmission", 1, 1000)); });
    return lose;
}

void Builder::checkMailNames() {
    std::vector<std::string> names;
    for (const auto& [name, where] : m_mails)
        if (names.size() < 1000) names.push_back(name);
    for (const auto& [name, where] : m_mailNames)
        if (!m_mails.contains(name)) m_reader.error(where, fmt::format("there is no mail '{}'{}", name, didYouMean(name, names)));
}

}  // namespace mailtrek::scenario

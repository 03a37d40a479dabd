// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/builder.h"
#include "sim/scenario/document.h"

namespace mailtrek::scenario {
namespace {

const std::vector<std::string> kKinds{"pc", "laptop", "phone", "tablet", "printer", "mail-server", "dns-server", "router", "switch"};  // in the order of NodeKind

bool isNodeName(std::string_view name) {
    return !name.empty() && name.size() <= 63 &&
           std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_'; });
}

}  // namespace

void Builder::readNodes(const Node_& nodes) {
    Map map(m_reader, nodes, "nodes");
    for (const auto& [key, value] : map.pairs()) {
        std::string problem;
        const auto range = parseRange(key.Scalar(), problem);
        if (!problem.empty()) m_reader.error(key, problem);
        if (!range) {
            if (problem.empty()) readNode(key.Scalar(), key, value);
            continue;
        }
        if (m_scenario.nodes.size() + range->last - range->first >= kMaxNodes) {
            m_reader.error(key, fmt::format("more than {} nodes", kMaxNodes));
            return;
        }
        for (std::uint64_t n = range->first; n <= range->last && !(n > range->first && m_reader.diagnostics().failed()); ++n) {
            m_reader.number = n;
            readNode(fmt::format("{}{}{}", range->before, n, range->after), key, value);
        }
        m_reader.number.reset();
    }
    if (m_scenario.nodes.size() > kMaxNodes) m_reader.error(nodes, fmt::format("more than {} nodes", kMaxNodes));
}

void Builder::readNode(const std::string& name, const Node_& key, const Node_& value) {
    if (!isNodeName(name)) return m_reader.error(key, fmt::format("'{}' is no name for a node (letters, digits, '-', '.', '_', at most 63)", name));
    if (m_nodes.contains(name)) return m_reader.error(key, fmt::format("there are two nodes '{}'", name));
    Map map(m_reader, value, "a node");
    if (!map.valid()) return;
    Node node;
    node.name = name;
    node.tcp = m_tcp;
    if (const auto kind = map.require("kind")) node.kind = static_cast<NodeKind>(m_reader.choice(*kind, "kind", kKinds));
    map.with("label", [&](const Node_& v) { node.label = m_reader.localized(v, "label"); });
    map.with("address", [&](const Node_& v) { node.address = m_reader.address(v, "address"); });
    map.with("tcp", [&](const Node_& v) { readTcp(v, node.tcp); });
    map.with("position", [&](const Node_& v) {
        std::vector<double> xy;
        m_reader.list(v, "position", [&](const Node_& item) { xy.push_back(m_reader.real(item, "position")); });
        if (v.IsSequence() && xy.size() != 2) m_reader.error(v, "position is [x, y]");
        if (xy.size() == 2) node.position = {xy[0], xy[1]};
    });
    if (isDevice(node.kind)) readDevice(map, node);
    if (node.kind == NodeKind::mailServer) readServer(map, node);
    if (node.kind == NodeKind::dnsServer) map.with("zones", [&](const Node_& v) { readZones(v, node); });
    const NodeId id{static_cast<std::uint32_t>(m_scenario.nodes.size())};
    if (node.kind == NodeKind::router) {
        map.with("routing", [&](const Node_& v) {
            const std::size_t way = m_reader.choice(v, "routing", {"link-state", "static", "distance-vector"});
            node.learnsRoutes = way == 0;
            if (way == 2) m_reader.unsupported(v, "routing: distance-vector (link-state and static are)");
        });
        map.with("routes", [&](const Node_& v) { m_later.emplace_back([this, v, id] { m_scenario.nodes[id.index()].routes = readRoutes(v); }); });
        map.with("corrupt", [&](const Node_& v) { m_reader.unsupported(v, "a router that damages packets in its memory"); });
    }
    m_nodes.emplace(name, id);
    m_nodeMarks.push_back(key);
    m_scenario.nodes.push_back(std::move(node));
}

void Builder::readDevice(Map& map, Node& node) {
    map.with("user", [&](const Node_& v) { node.user = m_reader.mailAddress(v, "user"); });
    map.with("online", [&](const Node_& v) { node.online = m_reader.boolean(v, "online"); });
    map.with("reads-with", [&](const Node_& v) {
        if (m_reader.choice(v, "reads-with", {"imap", "pop3", "pop3-delete", "webmail"}) != 0) m_reader.unsupported(v, "reading with anything but imap");
    });
    if (node.kind == NodeKind::printer) map.with("prints", [&](const Node_& v) { node.prints = m_reader.boolean(v, "prints"); });
}

void Builder::readServer(Map& map, Node& node) {
    map.with("domains", [&](const Node_& v) { m_reader.list(v, "domains", [&](const Node_& item) { node.domains.push_back(m_reader.domain(item, "domains")); }); });
    map.with("mailboxes", [&](const Node_& v) { readMailboxes(v, node); });
    map.with("aliases", [&](const Node_& v) { node.aliases = readForwards(v, node, "aliases"); });
    map.with("lists", [&](const Node_& v) { node.lists = readForwards(v, node, "lists"); });
    map.with("backup-for", [&](const Node_& v) { m_reader.list(v, "backup-for", [&](const Node_& item) { node.backupFor.push_back(m_reader.domain(item, "backup-for")); }); });
    const NodeId id{static_cast<std::uint32_t>(m_scenario.nodes.size())};
    map.with("smarthost", [&](const Node_& v) {
        m_later.emplace_back([this, v, id] {
            const NodeId host = nodeNamed(v, "smarthost");
            if (host.valid() && (host == id || m_scenario.nodes[host.index()].kind != NodeKind::mailServer)) m_reader.error(v, "smarthost must be another mail server");
            m_scenario.nodes[id.index()].smarthost = host;
        });
    });
    map.with("one-shot", [&](const Node_& v) { node.oneShot = m_reader.boolean(v, "one-shot"); });
    map.with("policy", [&](const Node_& v) { readPolicy(v, node); });
}

void Builder::readPolicy(const Node_& policy, Node& node) {
    Map map(m_reader, policy, "policy");
    const auto notYet = [&](std::string_view key, std::string_view what) {
        map.with(key, [&](const Node_& v) {
            if (!v.IsScalar() || v.Scalar() != "off") m_reader.unsupported(v, what);
        });
    };
    notYet("greylist", "greylisting (only 'off' is)");
    notYet("spf", "SPF (only 'off' is)");
    notYet("starttls", "STARTTLS (only 'off' is)");
    notYet("rate-limit", "a rate limit");
    map.with("relay", [&](const Node_& v) { node.openRelay = m_reader.choice(v, "relay", {"deny", "open"}) == 1; });
}

void Builder::readMailboxes(const Node_& mailboxes, Node& node) {
    Map map(m_reader, mailboxes, "mailboxes");
    for (const auto& [key, value] : map.pairs()) {
        std::string problem;
        const auto range = parseRange(key.Scalar(), problem);
        if (!problem.empty()) m_reader.error(key, problem);
        std::optional<Bytes> quota;
        if (!value.IsNull()) {
            Map box(m_reader, value, "a mailbox");
            box.with("quota", [&](const Node_& v) { quota = m_reader.bytes(v, "quota"); });
        }
        if (node.domains.empty()) {
            m_reader.error(key, "a mailbox needs a server with 'domains:'");
            continue;
        }
        const auto add = [&](const std::string& name) {
            const std::string address = name.find('@') == std::string::npos ? name + "@" + node.domains.front() : name;
            const bool ours = std::any_of(node.domains.begin(), node.domains.end(), [&](const std::string& d) { return domainOf(address) == domainOf("@" + d); });
            const bool twice = std::any_of(node.mailboxes.begin(), node.mailboxes.end(), [&](const Mailbox& m) { return m.address == address; });
            if (!ours)
                m_reader.error(key, fmt::format("mailbox '{}' is of no domain of this server", address));
            else if (twice)
                m_reader.error(key, fmt::format("there are two mailboxes '{}'", address));
            else
                node.mailboxes.push_back({address, quota});
        };
        const std::string name = m_reader.text(key, "mailbox");
        if (problem.empty() && !range) {
            const std::string probe = name.find('@') == std::string::npos ? name + "@x" : name;
            if (m_reader.mailAddress(YAML::Node(probe), "mailbox").empty()) continue;
            add(name);
        }
        if (range && range->last - range->first >= 1'000'000)
            m_reader.error(key, "more than 1,000,000 mailboxes");
        else if (range)
            for (std::uint64_t n = range->first; n <= range->last; ++n) add(fmt::format("{}{}{}", range->before, n, range->after));
    }
}

std::map<std::string, std::vector<std::string>> Builder::readForwards(const Node_& value, const Node& node, std::string_view what) {
    std::map<std::string, std::vector<std::string>> forwards;
    Map map(m_reader, value, what);
    for (const auto& [key, targets] : map.pairs()) {
        const bool catchAll = key.Scalar().starts_with("*@");
        const std::string name = catchAll ? "*@" + m_reader.domain(YAML::Node(key.Scalar().substr(2)), what) : m_reader.mailAddress(key, what);
        const bool ours = std::any_of(node.domains.begin(), node.domains.end(), [&](const std::string& d) { return domainOf(name) == domainOf("@" + d); });
        if (!name.empty() && !ours) m_reader.error(key, fmt::format("'{}' is of no domain of this server", name));
        forwards[name] = m_reader.mailAddresses(targets, what);
    }
    return forwards;
}

void Builder::readZones(const Node_& zones, Node& node) {
    Map map(m_reader, zones, "zones");
    for (const auto& [key, records] : map.pairs()) {
        dns::ZoneFact zone{m_reader.domain(key, "zone"), {}};
        m_reader.list(records, "a zone", [&](const Node_& item) {
            static const std::vector<std::string> kTypes{"A", "MX", "TXT", "CNAME", "NS", "PTR"};
            static constexpr std::array kValues{dns::Type::a, dns::Type::mx, dns::Type::txt, dns::Type::cname, dns::Type::ns, dns::Type::ptr};
            Map record(m_reader, item, "a record");
            dns::RecordFact fact;
            record.with("name", [&](const Node_& v) { fact.name = m_reader.text(v, "name"); });
            if (const auto type = record.require("type")) fact.type = kValues[m_reader.choice(*type, "type", kTypes)];
            record.with("preference", [&](const Node_& v) { fact.preference = static_cast<std::uint16_t>(m_reader.whole(v, "preference", 0, 65535)); });
            record.with("host", [&](const Node_& v) { fact.host = m_reader.text(v, "host"); });
            record.with("address", [&](const Node_& v) { fact.address = m_reader.address(v, "address"); });
            record.with("text", [&](const Node_& v) { fact.text = m_reader.text(v, "text"); });
            record.with("ttl", [&](const Node_& v) { fact.ttl = static_cast<std::uint32_t>(m_reader.duration(v, "ttl") / std::chrono::seconds{1}); });
            zone.records.push_back(std::move(fact));
        });
        node.zones.push_back(std::move(zone));
    }
}

std::vector<StaticRoute> Builder::readRoutes(const Node_& routes) {
    std::vector<StaticRoute> all;
    m_reader.list(routes, "routes", [&](const Node_& item) {
        Map map(m_reader, item, "a route");
        StaticRoute route;
        if (const auto to = map.require("to")) route.to = nodeNamed(*to, "to");
        if (const auto via = map.require("via")) route.via = nodeNamed(*via, "via");
        if (route.to.valid() && route.via.valid()) all.push_back(route);
    });
    return all;
}

void Builder::readTcp(const Node_& value, transport::TcpSettings& tcp) {
    using transport::Congestion;
    Map map(m_reader, value, "tcp");
    const auto flag = [&](std::string_view key, bool& target) { map.with(key, [&](const Node_& v) { target = m_reader.boolean(v, key); }); };
    const auto time = [&](std::string_view key, Duration& target) {
        map.with(key, [&](const Node_& v) {
            target = m_reader.duration(v, key);
            if (target <= Duration::zero()) m_reader.error(v, fmt::format("{} must be more than 0", key));
        });
    };
    map.with("congestion", [&](const Node_& v) { tcp.congestion = static_cast<Congestion>(m_reader.choice(v, "congestion", {"reno", "newreno", "cubic"})); });
    map.with("loss-detection", [&](const Node_& v) { tcp.lossDetection = static_cast<transport::LossDetection>(m_reader.choice(v, "loss-detection", {"rack", "dupack"})); });
    flag("sack", tcp.sack);
    flag("timestamps", tcp.timestamps);
    flag("window-scaling", tcp.windowScaling);
    flag("delayed-ack", tcp.delayedAck);
    flag("nagle", tcp.nagle);
    map.with("ecn", [&](const Node_& v) {
        if (m_reader.boolean(v, "ecn")) m_reader.unsupported(v, "ecn: true");
    });
    map.with("initial-window", [&](const Node_& v) { tcp.initialWindow = static_cast<std::uint32_t>(m_reader.whole(v, "initial-window", 1, 10)); });
    time("min-rto", tcp.minRto);
    time("initial-rto", tcp.initialRto);
    time("connect-timeout", tcp.connectTimeout);
    map.with("receive-buffer", [&](const Node_& v) {
        const Bytes size = m_reader.bytes(v, "receive-buffer");
        if (size < Bytes{1460} || size > Bytes{1'000'000'000})
            m_reader.error(v, "receive-buffer must be 1460 B to 1 GB");
        else
            tcp.receiveBuffer = static_cast<std::uint32_t>(size.count);
    });
}

NodeId Builder::nodeNamed(const Node_& value, std::string_view what) {
    const std::string name = m_reader.text(value, what);
    if (!value.IsScalar()) return {};
    if (const auto found = m_nodes.find(name); found != m_nodes.end()) return found->second;
    m_reader.error(value, fmt::format("{}: there is no node '{}'{}", what, name, didYouMean(name, nodeNames())));
    return {};
}

std::vector<std::string> Builder::nodeNames() const {
    std::vector<std::string> names;
    for (const Node& node : m_scenario.nodes) {
        if (names.size() == 1000) break;
        names.push_back(node.name);
    }
    return names;
}

void Builder::resolveNodes() {
    for (const auto& later : m_later) later();
    m_later.clear();
}

}  // namespace mailtrek::scenario

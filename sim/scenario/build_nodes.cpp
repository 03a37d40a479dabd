// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <set>

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
        forRange(*range, value, [&, &key = key, &value = value](std::uint64_t n) { readNode(fmt::format("{}{}{}", range->before, n, range->after), key, value); });
    }
    if (m_scenario.nodes.size() > kMaxNodes) m_reader.error(nodes, fmt::format("more than {} nodes", kMaxNodes));
}

// Every number of the range in turn; what is wrong with the first is not said again of the others.
void Builder::forRange(const Range& range, const Node_& value, const std::function<void(std::uint64_t)>& each) {
    m_repeated += sizeOf(value) * (range.last - range.first + 1);
    if (m_repeated > kMaxRepeated) return m_reader.error(value, fmt::format("ranges repeat more than {} values", kMaxRepeated));
    const std::size_t errors = m_reader.diagnostics().errors();
    for (std::uint64_t n = range.first; n <= range.last; ++n) {
        m_reader.number = n;
        m_reader.diagnostics().mute(m_reader.diagnostics().errors() > errors);
        each(n);
    }
    m_reader.diagnostics().mute(false);
    m_reader.number.reset();
}

// Reads names of nodes inside nodes once all are known; "{n}" means then what it means now.
void Builder::later(std::function<void()> read) {
    m_later.emplace_back([this, number = m_reader.number, read = std::move(read)] {
        m_reader.number = number;
        read();
        m_reader.number.reset();
    });
}

void Builder::readNode(const std::string& name, const Node_& key, const Node_& value) {
    if (!isNodeName(name)) return m_reader.error(key, fmt::format("'{}' is no name for a node (letters, digits, '-', '.', '_', at most 63)", name));
    if (m_nodes.contains(name)) return m_reader.error(key, fmt::format("there are two nodes '{}'", name));
    Map map(m_reader, value, "a node");
    Node node;
    node.name = name;
    node.tcp = m_tcp;
    const std::size_t errors = m_reader.diagnostics().errors();
    if (const auto kind = map.require("kind")) node.kind = static_cast<NodeKind>(m_reader.choice(*kind, "kind", kKinds));
    const bool known = map.valid() && m_reader.diagnostics().errors() == errors;
    if (known) map.call(fmt::format("a {}", kKinds[static_cast<std::size_t>(node.kind)]));
    map.with("label", [&](const Node_& v) { node.label = m_reader.localized(v, "label"); });
    map.with("address", [&](const Node_& v) {
        node.address = m_reader.address(v, "address");
        if (known && node.kind == NodeKind::switchNode) m_reader.error(v, "address: a switch has none");
        m_addressMarks.emplace(name, v);
    });
    map.with("tcp", [&](const Node_& v) { readTcp(v, node.tcp); });
    map.with("icmp", [&](const Node_& v) {
        node.icmp = readIcmp(v);
        if (known && node.kind == NodeKind::switchNode) m_reader.error(v, "icmp: a switch sends none");
    });
    map.with("position", [&](const Node_& v) {
        std::vector<double> xy;
        m_reader.list(v, "position", [&](const Node_& item) { xy.push_back(m_reader.real(item, "position")); });
        if (v.IsSequence() && xy.size() != 2) m_reader.error(v, "position is [x, y]");
        if (xy.size() == 2) node.position = {xy[0], xy[1]};
    });
    if (known)
        readKind(map, node);
    else
        map.pairs();  // which keys belong here nobody can tell
    const NodeId id{static_cast<std::uint32_t>(m_scenario.nodes.size())};
    m_nodes.emplace(name, id);
    m_nodeMarks.push_back(key);
    m_scenario.nodes.push_back(std::move(node));
}

net::IcmpMode Builder::readIcmp(const Node_& value) { return static_cast<net::IcmpMode>(m_reader.choice(value, "icmp", {"on", "old-style", "off"})); }

void Builder::readKind(Map& map, Node& node) {
    if (isDevice(node.kind)) readDevice(map, node);
    if (node.kind == NodeKind::mailServer) readServer(map, node);
    if (node.kind == NodeKind::dnsServer) readNameServer(map, node);
    if (node.kind == NodeKind::router) readRouter(map, node);
}

void Builder::readRouter(Map& map, Node& node) {
    const NodeId id{static_cast<std::uint32_t>(m_scenario.nodes.size())};
    map.with("routing", [&](const Node_& v) {
        node.routing = static_cast<Routing>(m_reader.choice(v, "routing", {"link-state", "distance-vector", "static"}));  // in the order of Routing
    });
    map.with("rip", [&](const Node_& v) { readRip(v, node); });
    map.with("routes", [&](const Node_& v) { later([this, v, id] { m_scenario.nodes[id.index()].routes = readRoutes(v); }); });
    map.with("corrupt", [&](const Node_& v) {
        Map corrupt(m_reader, v, "corrupt");
        if (const auto words = corrupt.require("words-swapped")) node.wordsSwapped = static_cast<std::uint32_t>(m_reader.whole(*words, "words-swapped", 1, 1'000'000'000));
    });
}

void Builder::readRip(const Node_& value, Node& node) {
    if (node.routing != Routing::distanceVector) m_reader.error(value, "rip: only a router with `routing: distance-vector` speaks it");
    Map map(m_reader, value, "rip");
    map.with("split-horizon", [&](const Node_& v) {  // in the order of SplitHorizon
        node.rip.splitHorizon = static_cast<SplitHorizon>(m_reader.choice(v, "split-horizon", {"poisoned-reverse", "simple", "off"}));
    });
    map.with("triggered-updates", [&](const Node_& v) { node.rip.triggeredUpdates = m_reader.boolean(v, "triggered-updates"); });
}

void Builder::readDevice(Map& map, Node& node) {
    map.with("user", [&](const Node_& v) { node.user = m_reader.mailAddress(v, "user"); });
    map.with("online", [&](const Node_& v) { node.online = m_reader.boolean(v, "online"); });
    map.with("reads-with", [&](const Node_& v) {
        node.readsWith = static_cast<ReadsWith>(m_reader.choice(v, "reads-with", {"imap", "pop3", "pop3-delete", "webmail"}));  // in the order of ReadsWith
        if (node.readsWith == ReadsWith::webmail && node.kind == NodeKind::printer) m_reader.error(v, "reads-with: a printer has no browser: imap, pop3 or pop3-delete");
    });
    map.with("tls", [&](const Node_& v) { readDeviceTls(v, node); });
    if (node.kind == NodeKind::printer) map.with("prints", [&](const Node_& v) { node.prints = m_reader.boolean(v, "prints"); });
    map.with("checks", [&](const Node_& v) { readChecks(v, node); });
}

void Builder::readServer(Map& map, Node& node) {
    map.with("domains", [&](const Node_& v) {
        m_reader.list(v, "domains", [&](const Node_& item) {
            const std::string domain = m_reader.domain(item, "domains");
            if (!domain.empty() && servesDomain(node, lowered(domain))) m_reader.error(item, fmt::format("domains: '{}' stands there twice", domain));
            if (!domain.empty()) node.domains.push_back(domain);
        });
    });
    map.with("mailboxes", [&](const Node_& v) { readMailboxes(v, node); });
    map.with("aliases", [&](const Node_& v) { node.aliases = readForwards(v, node, "aliases"); });
    map.with("lists", [&](const Node_& v) { node.lists = readForwards(v, node, "lists"); });
    map.with("list-footer", [&](const Node_& v) { node.listFooter = m_reader.prose(v, "list-footer"); });
    map.with("backup-for", [&](const Node_& v) {
        m_reader.list(v, "backup-for", [&](const Node_& item) {
            if (std::string domain = m_reader.domain(item, "backup-for"); !domain.empty()) node.backupFor.push_back(std::move(domain));
        });
    });
    const NodeId id{static_cast<std::uint32_t>(m_scenario.nodes.size())};
    map.with("smarthost", [&](const Node_& v) {
        later([this, v, id] {
            const NodeId host = nodeNamed(v, "smarthost");
            if (host.valid() && (host == id || m_scenario.nodes[host.index()].kind != NodeKind::mailServer)) m_reader.error(v, "smarthost must be another mail server");
            m_scenario.nodes[id.index()].smarthost = host;
        });
    });
    map.with("one-shot", [&](const Node_& v) { node.oneShot = m_reader.boolean(v, "one-shot"); });
    map.with("policy", [&](const Node_& v) {
        const PolicyChange policy = readPolicy(v);
        node.openRelay = policy.openRelay.value_or(false);
        node.startTls = policy.startTls.value_or(StartTls::off);
        policy.applyTo(node.policy);
    });
    map.with("tls", [&](const Node_& v) { readServerTls(v, node); });
}

void Builder::readMailboxes(const Node_& mailboxes, Node& node) {
    Map map(m_reader, mailboxes, "mailboxes");
    std::set<std::string> known;
    for (const auto& [key, value] : map.pairs()) {
        std::optional<Bytes> quota;
        if (!value.IsNull()) {
            Map box(m_reader, value, "a mailbox");
            box.with("quota", [&](const Node_& v) { quota = m_reader.bytes(v, "quota"); });
        }
        if (node.domains.empty()) {
            m_reader.error(key, "a mailbox needs a server with 'domains:'");
            continue;
        }
        const auto add = [&, &key = key](const std::string& name) {
            const std::string address = m_reader.mailAddress(name.find('@') == std::string::npos ? name + "@" + node.domains.front() : name, key, "mailbox");
            if (address.empty()) return;
            if (!servesDomain(node, domainOf(address)))
                m_reader.error(key, fmt::format("mailbox '{}' is of no domain of this server", address));
            else if (!known.insert(lowered(address)).second)
                m_reader.error(key, fmt::format("there are two mailboxes '{}'", address));
            else
                node.mailboxes.push_back({address, quota});
        };
        std::string problem;
        const auto range = parseRange(key.Scalar(), problem);
        if (!problem.empty()) {
            m_reader.error(key, problem);
        } else if (!range) {
            add(withNumber(key.Scalar(), m_reader.number));
        } else if (m_mailboxes += range->last - range->first; m_mailboxes > kMaxMailboxes) {
            m_reader.error(key, fmt::format("more than {} mailboxes", kMaxMailboxes));
        } else {
            const std::size_t errors = m_reader.diagnostics().errors();
            for (std::uint64_t n = range->first; n <= range->last && m_reader.diagnostics().errors() == errors; ++n) add(fmt::format("{}{}{}", range->before, n, range->after));
        }
    }
}

std::map<std::string, std::vector<std::string>> Builder::readForwards(const Node_& value, const Node& node, std::string_view what) {
    std::map<std::string, std::vector<std::string>> forwards;
    Map map(m_reader, value, what);
    for (const auto& [key, targets] : map.pairs()) {
        const bool catchAll = key.Scalar().starts_with("*@");
        const std::string name = catchAll ? "*@" + m_reader.domain(withNumber(key.Scalar().substr(2), m_reader.number), key, what) : m_reader.mailAddress(key, what);
        if (name.size() > 2 && !servesDomain(node, domainOf(name))) m_reader.error(key, fmt::format("'{}' is of no domain of this server", name));
        forwards[name] = m_reader.mailAddresses(targets, what);
    }
    return forwards;
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
            const std::size_t errors = m_reader.diagnostics().errors();
            target = m_reader.duration(v, key);
            if (target <= Duration::zero() && m_reader.diagnostics().errors() == errors) m_reader.error(v, fmt::format("{} must be more than 0", key));
        });
    };
    map.with("congestion", [&](const Node_& v) { tcp.congestion = static_cast<Congestion>(m_reader.choice(v, "congestion", {"reno", "newreno", "cubic"})); });
    map.with("loss-detection", [&](const Node_& v) { tcp.lossDetection = static_cast<transport::LossDetection>(m_reader.choice(v, "loss-detection", {"rack", "dupack"})); });
    flag("sack", tcp.sack);
    flag("timestamps", tcp.timestamps);
    flag("window-scaling", tcp.windowScaling);
    flag("delayed-ack", tcp.delayedAck);
    flag("nagle", tcp.nagle);
    flag("ecn", tcp.ecn);
    flag("tail-loss-probe", tcp.tailLossProbe);
    flag("keep-alive", tcp.keepAlive);
    time("keep-alive-after", tcp.keepAliveAfter);
    time("user-timeout", tcp.userTimeout);
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

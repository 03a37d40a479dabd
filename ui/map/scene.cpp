// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/scene.h"

#include <algorithm>
#include <type_traits>

#include "ui/map/graph.h"

namespace mailtrek::ui {
namespace {

template <class E>
concept HasConnection = requires(const E& e) {
    { e.connection } -> std::convertible_to<ConnectionId>;
};

NodeState stateOf(const trace::NodeView& node) {
    if (!node.running) return NodeState::crashed;
    return node.online ? NodeState::normal : NodeState::offline;
}

bool isRouter(const trace::CastNode& n) { return n.kind == trace::NodeKind::router; }

constexpr std::size_t kMostEnds = 24;

// Links that the roads between servers use now. Others between routers are spare.
std::vector<bool> linksInUse(const Moment& m) {
    const trace::Cast& cast = m.recording.cast();
    std::vector<bool> used(cast.links.size(), false);
    std::vector<std::size_t> ends;
    bool anyRoutes = false;
    for (std::size_t i = 0; i < cast.nodes.size() && i < m.view.nodes.size(); ++i) { anyRoutes = anyRoutes || !m.view.nodes[i]->routes.empty(); }
    // Servers before devices: these hang by those.
    for (const bool devices : {false, true})
        for (std::size_t i = 0; i < cast.nodes.size(); ++i)
            if (!isRouter(cast.nodes[i]) && cast.nodes[i].kind != trace::NodeKind::switchNode && isDevice(cast.nodes[i].kind) == devices && ends.size() < kMostEnds)
                ends.push_back(i);
    for (std::size_t i = 0; i < cast.links.size(); ++i) {
        const bool backbone = isRouter(cast.nodes[cast.links[i].first.index()]) && isRouter(cast.nodes[cast.links[i].second.index()]);
        used[i] = !anyRoutes || !backbone;
    }
    if (!anyRoutes) return used;
    for (const std::size_t a : ends)
        for (const std::size_t b : ends)
            if (a != b)
                for (const trace::LinkEnd e : wayOf(m.recording, m.view, NodeId{static_cast<std::uint32_t>(a)}, NodeId{static_cast<std::uint32_t>(b)}))
                    used[e.link().index()] = true;
    return used;
}

std::vector<ShownLink> shownLinks(const Moment& m, const std::vector<bool>& used) {
    const trace::Cast& cast = m.recording.cast();
    std::vector<ShownLink> links(cast.links.size());
    for (std::size_t i = 0; i < links.size(); ++i) {
        links[i].lossy = cast.links[i].randomLoss || cast.links[i].scriptedLoss;
        links[i].tapped = cast.links[i].tapped;
        if (i >= m.view.links.size()) continue;
        const trace::LinkView& link = *m.view.links[i];
        links[i].lossy = links[i].lossy || link.ends[0].loss.perBillion > 0 || link.ends[1].loss.perBillion > 0;
        links[i].state = !link.up ? LinkState::cut : used[i] ? LinkState::normal : LinkState::spare;
    }
    return links;
}

std::vector<ShownStores> shownStores(const Moment& m, const MapLayout& layout) {
    std::vector<ShownStores> stores(layout.zones.size());
    for (std::size_t z = 0; z < layout.zones.size(); ++z) {
        const PlacedZone& zone = layout.zones[z];
        if (!zone.server.valid()) continue;
        std::size_t queued = 0;
        if (zone.server.index() < m.view.queues.size() && m.view.queues[zone.server.index()]) queued = m.view.queues[zone.server.index()]->size();
        if (zone.sends || queued > 0) stores[z].queued = static_cast<int>(queued);
        for (const auto& [address, box] : m.view.mailboxes) {
            if (box->node != zone.server) continue;
            if (box->messages.empty() && !zone.receives) continue;
            ShownMailbox shown;
            shown.address = QString::fromStdString(address);
            shown.owner = shown.address.section('@', 0, 0);
            shown.letters = static_cast<int>(box->messages.size());
            for (const trace::StoredView& letter : box->messages) shown.unread += (letter.flags & 1) == 0 ? 1 : 0;
            shown.hasQuota = box->quota > 0;
            if (shown.hasQuota) shown.filled = static_cast<double>(box->used) / static_cast<double>(box->quota);
            stores[z].mailboxes.push_back(shown);
        }
        // Boxes with letters first; the map has room for a few, the mailbox card shows all.
        std::stable_sort(stores[z].mailboxes.begin(), stores[z].mailboxes.end(), [](const ShownMailbox& a, const ShownMailbox& b) { return a.letters > b.letters; });
    }
    return stores;
}

}  // namespace

ConnectionId connectionOf(const trace::Event& event) {
    return std::visit(
        [](const auto& e) {
            if constexpr (HasConnection<std::decay_t<decltype(e)>>)
                return e.connection;
            else
                return ConnectionId{};
        },
        event.payload);
}

std::vector<trace::LinkEnd> wayOf(const trace::Recording& recording, const trace::View& view, NodeId from, NodeId to) {
    const trace::Cast& cast = recording.cast();
    std::vector<trace::LinkEnd> way;
    if (!from.valid() || !to.valid() || to.index() >= cast.nodes.size() || cast.nodes[to.index()].addresses.empty()) return {};
    const wire::Ipv4Address goal = cast.nodes[to.index()].addresses.front();
    trace::LinkEnd came;
    for (NodeId at = from; at != to;) {
        if (way.size() > 64 || at.index() >= view.nodes.size()) return {};
        trace::LinkEnd next;
        int best = -1;
        for (const auto& [prefix, route] : view.nodes[at.index()]->routes)
            if (prefix.contains(goal) && route.via.valid() && static_cast<int>(prefix.length) > best) {
                best = prefix.length;
                next = route.via;
            }
        if (!next.valid()) {  // hosts and switches report no tables: a neighbour, else the only other link
            std::vector<trace::LinkEnd> out;
            for (std::uint32_t l = 0; l < cast.links.size(); ++l) {
                const trace::CastLink& link = cast.links[l];
                if (link.first != at && link.second != at) continue;
                const trace::LinkEnd end = trace::LinkEnd::of(LinkId{l}, link.first == at ? 0 : 1);
                if ((link.first == at ? link.second : link.first) == to) next = end;
                if (!came.valid() || came.link() != LinkId{l}) out.push_back(end);
            }
            if (!next.valid() && out.size() == 1) next = out.front();
        }
        if (!next.valid() || next.link().index() >= cast.links.size()) return {};
        way.push_back(next);
        came = next;
        const trace::CastLink& link = cast.links[next.link().index()];
        at = next.direction() == 0 ? link.second : link.first;
    }
    return way;
}

double glyphHeight(const Look& look) { return look.between(28, 42); }

const std::vector<bool>& RoadsInUse::at(const Moment& m) {
    if (m_recording == &m.recording && m_nodes == m.view.nodes && m_used.size() == m.recording.cast().links.size()) return m_used;
    m_recording = &m.recording;
    m_nodes = m.view.nodes;
    m_used = linksInUse(m);
    return m_used;
}

StillScene stillScene(const Moment& m, const MapLayout& layout) {
    RoadsInUse roads;
    return stillScene(m, layout, roads);
}

StillScene stillScene(const Moment& m, const MapLayout& layout, RoadsInUse& roads) {
    const trace::Cast& cast = m.recording.cast();
    StillScene scene;
    scene.nodes.resize(cast.nodes.size());
    for (std::size_t i = 0; i < scene.nodes.size() && i < m.view.nodes.size(); ++i) scene.nodes[i].state = stateOf(*m.view.nodes[i]);
    scene.links = shownLinks(m, roads.at(m));
    scene.stores = shownStores(m, layout);
    if (!m.focus) return scene;
    const trace::Event& event = m.recording.event(*m.focus);
    if (event.node.valid() && event.node.index() < scene.nodes.size()) scene.active = event.node.index();
    const ConnectionId c = connectionOf(event);
    if (!c.valid() || c.index() >= m.view.connections.size() || !m.view.connections[c.index()]) return scene;
    const trace::ConnectionView& connection = *m.view.connections[c.index()];
    const auto give = [&](NodeId node, Role role) {
        if (node.valid() && node.index() < scene.nodes.size() && cast.nodes[node.index()].kind == trace::NodeKind::mailServer) scene.nodes[node.index()].role = role;
    };
    give(connection.client, Role::client);
    give(connection.server, Role::server);
    return scene;
}

}  // namespace mailtrek::ui

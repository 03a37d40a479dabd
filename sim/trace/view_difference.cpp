// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "sim/trace/view.h"

namespace mailtrek::trace {
namespace {

using Difference = std::optional<std::string>;

std::string nodeName(const Recording& recording, std::size_t node) {
    return node < recording.cast().nodes.size() ? recording.cast().nodes[node].name : fmt::format("node {}", node);
}
std::string linkName(const Recording& recording, std::size_t link) {
    return link < recording.cast().links.size() ? recording.cast().links[link].name : fmt::format("link {}", link);
}

auto facts(const RouteChanged& r) { return std::tuple(r.destination, r.nextHop, r.via, r.cost, r.source, r.alternative); }
auto facts(const TravellingPacket& p) { return std::tuple(p.packet, p.queuedAt, p.start, p.arrival, p.size, p.ttl, p.congestionMark); }
auto facts(const LinkEndView& e) { return std::tuple(e.rate, e.delay, e.loss, e.queuePackets, e.mtu, e.queue, e.bursty); }
auto facts(const QueueEntryView& q) { return std::tuple(q.mail, q.recipientIndex, q.message, q.attempts, q.nextTry); }
auto facts(const StoredView& m) { return std::tuple(m.uid, m.mail, m.message, m.size, m.flags); }

Difference nodesDiffer(const View& a, const View& b, const Recording& recording) {
    if (a.nodes.size() != b.nodes.size()) return fmt::format("{} nodes against {}", a.nodes.size(), b.nodes.size());
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        const NodeView &x = *a.nodes[i], &y = *b.nodes[i];
        if (x.running != y.running) return fmt::format("{} is {}running in the first only", nodeName(recording, i), x.running ? "" : "not ");
        if (x.online != y.online) return fmt::format("{} is {}online in the first only", nodeName(recording, i), x.online ? "" : "not ");
        const auto same = [](const auto& p, const auto& q) { return p.first == q.first && facts(p.second) == facts(q.second); };
        if (!std::ranges::equal(x.routes, y.routes, same)) return fmt::format("the routes of {} differ ({} against {})", nodeName(recording, i), x.routes.size(), y.routes.size());
        if (!std::ranges::equal(x.alternatives, y.alternatives, same))
            return fmt::format("the routes of equal cost of {} differ ({} against {})", nodeName(recording, i), x.alternatives.size(), y.alternatives.size());
        if (x.copies != y.copies) return fmt::format("the copies of letters on {} differ ({} against {})", nodeName(recording, i), x.copies.size(), y.copies.size());
        if (x.known != y.known) return fmt::format("what {} knows of its mailbox differs ({} letters against {})", nodeName(recording, i), x.known.size(), y.known.size());
        if (x.waiting != y.waiting) return fmt::format("the packets that wait for ARP in {} differ ({} against {})", nodeName(recording, i), x.waiting.size(), y.waiting.size());
        if (x.blocked != y.blocked) return fmt::format("the blocked ports of {} differ ({} against {})", nodeName(recording, i), x.blocked.size(), y.blocked.size());
        if (x.adjacencies != y.adjacencies) return fmt::format("the adjacencies of {} differ ({} against {})", nodeName(recording, i), x.adjacencies.size(), y.adjacencies.size());
    }
    return std::nullopt;
}

Difference endsDiffer(const LinkEndView& x, const LinkEndView& y, const std::string& where) {
    if (facts(x) != facts(y)) return fmt::format("the settings of {} differ", where);
    if (x.packets.size() != y.packets.size()) return fmt::format("{} carries {} packets against {}", where, x.packets.size(), y.packets.size());
    for (std::size_t i = 0; i < x.packets.size(); ++i)
        if (facts(x.packets[i]) != facts(y.packets[i]))
            return fmt::format("{}: packet {} ({} to {}) against packet {} ({} to {})", where, x.packets[i].packet.value, x.packets[i].start.time_since_epoch().count(),
                               x.packets[i].arrival.time_since_epoch().count(), y.packets[i].packet.value, y.packets[i].start.time_since_epoch().count(),
                               y.packets[i].arrival.time_since_epoch().count());
    return std::nullopt;
}

Difference linksDiffer(const View& a, const View& b, const Recording& recording) {
    if (a.links.size() != b.links.size()) return fmt::format("{} links against {}", a.links.size(), b.links.size());
    for (std::size_t i = 0; i < a.links.size(); ++i) {
        if (a.links[i]->up != b.links[i]->up) return fmt::format("link {} is up in one only", linkName(recording, i));
        for (std::size_t d = 0; d < 2; ++d)
            if (auto found = endsDiffer(a.links[i]->ends[d], b.links[i]->ends[d], fmt::format("link {} direction {}", linkName(recording, i), d))) return found;
    }
    return std::nullopt;
}

Difference connectionsDiffer(const View& a, const View& b) {
    for (std::size_t i = 0; i < std::min(a.connections.size(), b.connections.size()); ++i) {
        if (!a.connections[i] || !b.connections[i]) continue;
        const ConnectionView &x = *a.connections[i], &y = *b.connections[i];
        if (std::tuple(x.client, x.server, x.clientPort, x.serverPort) != std::tuple(y.client, y.server, y.clientPort, y.serverPort))
            return fmt::format("connection {}: its ends differ", i);
        for (std::size_t s = 0; s < 2; ++s) {
            const TcpSideView &p = x.sides[s], &q = y.sides[s];
            const auto differ = [&](std::string_view what, std::uint64_t u, std::uint64_t w) { return fmt::format("connection {} side {}: {} {} against {}", i, s, what, u, w); };
            if (p.state != q.state) return fmt::format("connection {} side {}: {} against {}", i, s, name(p.state), name(q.state));
            if (p.state == TcpState::closed) continue;
            const bool opening = p.state == TcpState::synSent || p.state == TcpState::synReceived;  // the window is told of when it opens
            if (!opening && p.cwnd != q.cwnd) return differ("cwnd", p.cwnd, q.cwnd);
            if (!opening && p.ssthresh != q.ssthresh) return differ("ssthresh", p.ssthresh, q.ssthresh);
            if (p.secured != q.secured) return differ("secured", p.secured ? 1 : 0, q.secured ? 1 : 0);
            if (p.sent != q.sent) return differ("sent up to", p.sent, q.sent);
            if (p.received != q.received) return differ("octets received", p.received, q.received);
            if (p.segments != q.segments) return differ("segments", p.segments, q.segments);
            if (p.retransmits != q.retransmits) return differ("retransmits", p.retransmits, q.retransmits);
            if (p.srttMicros != q.srttMicros) return differ("srtt", p.srttMicros, q.srttMicros);
        }
    }
    return std::nullopt;
}

Difference queuesDiffer(const View& a, const View& b, const Recording& recording) {
    if (a.queues.size() != b.queues.size()) return fmt::format("{} queues against {}", a.queues.size(), b.queues.size());
    const auto sorted = [](const auto& queue) {
        std::vector<decltype(facts(std::declval<QueueEntryView>()))> all;
        if (queue)
            for (const QueueEntryView& entry : *queue) all.push_back(facts(entry));
        std::ranges::sort(all);
        return all;
    };
    for (std::size_t i = 0; i < a.queues.size(); ++i) {
        const auto x = sorted(a.queues[i]), y = sorted(b.queues[i]);
        if (x != y) return fmt::format("the queue of {} differs ({} entries against {})", nodeName(recording, i), x.size(), y.size());
    }
    return std::nullopt;
}

Difference mailboxesDiffer(const View& a, const View& b) {
    if (a.mailboxes.size() != b.mailboxes.size()) return fmt::format("{} mailboxes against {}", a.mailboxes.size(), b.mailboxes.size());
    for (auto x = a.mailboxes.begin(), y = b.mailboxes.begin(); x != a.mailboxes.end(); ++x, ++y) {
        if (x->first != y->first) return fmt::format("mailbox {} against {}", x->first, y->first);
        const MailboxView &p = *x->second, &q = *y->second;
        if (p.node != q.node || p.quota != q.quota || p.used != q.used)
            return fmt::format("mailbox {}: {} of {} used against {} of {}", x->first, p.used, p.quota, q.used, q.quota);
        const auto same = [](const StoredView& m, const StoredView& n) { return facts(m) == facts(n); };
        if (!std::ranges::equal(p.messages, q.messages, same))
            return fmt::format("mailbox {}: its messages differ ({} against {})", x->first, p.messages.size(), q.messages.size());
    }
    return std::nullopt;
}

Difference mailsDiffer(const View& a, const View& b) {
    if (a.mails.empty() || b.mails.empty()) return std::nullopt;
    if (a.mails.size() != b.mails.size()) return fmt::format("{} mails against {}", a.mails.size(), b.mails.size());
    const auto recipient = [](const RecipientView& r) {
        return std::tuple(r.address, r.fate, r.decided, r.copies, r.reads, r.attempts, r.storedAt, r.readAt, r.noticeAt, r.refusedAt, r.hops, r.stored);
    };
    for (std::size_t i = 0; i < a.mails.size(); ++i) {
        if (!a.mails[i] != !b.mails[i]) return fmt::format("mail {} is in one only", i);
        if (!a.mails[i]) continue;
        const MailView &x = *a.mails[i], &y = *b.mails[i];
        if (x.composedOn != y.composedOn || x.milestones != y.milestones) return fmt::format("mail {}: its milestones differ", i);
        if (!std::ranges::equal(x.recipients, y.recipients, {}, recipient, recipient)) return fmt::format("mail {}: its recipients differ", i);
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> difference(const View& a, const View& b, const Recording& recording) {
    if (a.events != b.events) return fmt::format("{} events against {}", a.events, b.events);
    if (auto found = nodesDiffer(a, b, recording)) return found;
    if (auto found = linksDiffer(a, b, recording)) return found;
    if (auto found = connectionsDiffer(a, b)) return found;
    if (auto found = queuesDiffer(a, b, recording)) return found;
    if (auto found = mailboxesDiffer(a, b)) return found;
    return mailsDiffer(a, b);
}

}  // namespace mailtrek::trace

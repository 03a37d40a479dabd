// SPDX-License-Identifier: GPL-3.0-or-later
// The fold: one event into the view. What an event does not touch stays shared with every other view.
#include "sim/trace/view.h"

#include <algorithm>
#include <type_traits>

namespace mailtrek::trace {
namespace {

// The value behind the pointer, ours alone from here on.
template <class T>
T& own(std::shared_ptr<const T>& shared) {
    if (!shared)
        shared = std::make_shared<T>();
    else if (shared.use_count() > 1)
        shared = std::make_shared<T>(*shared);
    return const_cast<T&>(*shared);  // made by make_shared<T>, and nobody else holds it
}

template <class T, class Tag>
T& at(std::vector<std::shared_ptr<const T>>& all, Id<Tag> id) {
    if (all.size() <= id.index()) all.resize(id.index() + 1);
    return own(all[id.index()]);
}

template <class E, class... Others>
inline constexpr bool isOneOf = (std::is_same_v<E, Others> || ...);
// Facts about a moment; the world is the same before and after.
template <class E>
inline constexpr bool changesNothing = isOneOf<E, PacketDuplicated, TimelineApplied, LsaChanged, RoutingUpdateSent, DnsQuery, DnsReferral, DnsRejected, DnsTimedOut, SmtpCommand,
                                               SmtpReply, AccessCommand, AccessReply, AttemptFailed, MailboxFull, SenderChecked, PolicyApplied, DeviceWaits, PacketFragmented,
                                               PacketReassembled, IcmpReceived, PathMtuChanged, ProbeSent, ProbeAnswered, ProbeLost, ProbeEnded, RunEnded, ArpAsked, ArpAnswered,
                                               ArpLearned, ArpFailed, StationLearned, FrameFlooded, TlsStarted, TlsRecord, TlsFailed, TapHeard, PageOpened>;

void remove(std::vector<TravellingPacket>& packets, PacketId packet) {
    const auto found = std::ranges::find(packets, packet, &TravellingPacket::packet);
    if (found != packets.end()) packets.erase(found);
}

bool usesSequence(const SegmentFacts& segment) { return (segment.flags & 3) != 0; }  // SYN and FIN take a place of their own

class Fold {
public:
    Fold(View& view, EventId id, const Event& event, const Recording& recording) : v(view), m_id(id), e(event), r(recording) {}

    // --- network ---
    void operator()(const PacketSent& p) {
        waitsNoMore(p.packet);
        end(p.via).packets.push_back({p.packet, e.at, p.start, p.arrival, p.size, p.ttl, p.congestionMark});
    }
    void operator()(const PacketDelivered& p) { remove(end(p.via).packets, p.packet); }
    void operator()(const PacketDropped& p) {
        if (p.onLink && p.queued)
            remove(end(p.via).packets, p.packet);
        else
            waitsNoMore(p.packet);
    }
    void operator()(const PacketCorrupted& p) {
        if (p.via.valid()) replace(p.via, p.packet, p.damaged);  // else in a router's memory
    }
    void operator()(const PacketAltered& p) { replace(p.via, p.packet, p.altered); }
    void operator()(const PacketReplanned& p) {
        auto& packets = end(p.via).packets;
        const auto found = std::ranges::find(packets, p.packet, &TravellingPacket::packet);
        if (found == packets.end()) return;
        found->start = p.start;
        found->arrival = p.arrival;
    }
    void operator()(const PacketMarked& p) {
        auto& packets = end(p.via).packets;
        const auto found = std::ranges::find(packets, p.packet, &TravellingPacket::packet);
        if (found != packets.end()) found->congestionMark = true;  // else it is about to be sent, marked
    }
    void operator()(const LinkChanged& p) { at(v.links, p.link).up = p.change == LinkChange::restored; }
    void operator()(const LinkConfigured& p) {
        LinkEndView& side = end(p.via);
        side.rate = p.rate;
        side.delay = p.delay;
        side.loss = p.loss;
        side.queuePackets = p.queuePackets;
        side.mtu = p.mtu;
        side.queue = p.queue;
        side.bursty = p.bursty;
    }
    void operator()(const NodeChanged& p) {
        NodeView& node = at(v.nodes, e.node);
        switch (p.change) {
            case NodeChange::stopped:
                node.running = false;
                node.blocked.clear();
                break;
            case NodeChange::started: node.running = true; break;
            case NodeChange::offline: node.online = false; break;
            case NodeChange::online: node.online = true; break;
        }
    }
    void operator()(const RouteChanged& p) {
        NodeView& node = at(v.nodes, e.node);
        const bool gone = !p.nextHop.valid() && !p.via.valid();
        if (p.alternative == 0 && gone) node.routes.erase(p.destination);
        if (p.alternative == 0 && !gone) node.routes[p.destination] = p;
        if (p.alternative != 0 && gone) node.alternatives.erase({p.destination, p.alternative});
        if (p.alternative != 0 && !gone) node.alternatives[{p.destination, p.alternative}] = p;
    }
    void operator()(const PacketWaits& p) { at(v.nodes, e.node).waiting.insert(p.packet); }
    void operator()(const PortChanged& p) {
        auto& blocked = at(v.nodes, e.node).blocked;
        if (p.blocked)
            blocked.insert(p.via);
        else
            blocked.erase(p.via);
    }
    void operator()(const AdjacencyChanged& p) {
        auto& adjacencies = at(v.nodes, e.node).adjacencies;
        if (p.to == AdjacencyState::down)
            adjacencies.erase({p.via, p.neighbour});
        else
            adjacencies[{p.via, p.neighbour}] = p.to;
    }

    // --- TCP ---
    void operator()(const ConnectionOpened& p) {
        ConnectionView& connection = at(v.connections, p.connection);
        connection = {p.client, p.server, p.clientPort, p.serverPort, e.at, {}};
    }
    void operator()(const TcpStateChanged& p) {
        TcpSideView& it = side(p.connection, p.side);
        if (p.from == TcpState::closed) it = {};  // a life of its own, also after a crash in the middle of an earlier one
        it.state = p.to;
        if (p.to == TcpState::established && p.side == Side::client && at(v.connections, p.connection).serverPort == 25) reach(Milestone::connected);
    }
    void operator()(const SegmentSent& p) { sent(p); }
    void operator()(const SegmentRetransmitted& p) {
        ++side(p.connection, p.side).retransmits;
        sent(p);
    }
    void operator()(const SegmentReceived& p) {
        TcpSideView& receiver = side(p.connection, p.side);
        receiver.received = std::max(receiver.received, p.inOrder);
        if (p.arrival != Arrival::outsideWindow) receiver.acknowledged = std::max(receiver.acknowledged, p.acknowledgment);
    }
    void operator()(const WindowChanged& p) {
        TcpSideView& sender = side(p.connection, p.side);
        sender.cwnd = p.cwnd;
        sender.ssthresh = p.ssthresh;
    }
    void operator()(const RttMeasured& p) {
        TcpSideView& sender = side(p.connection, p.side);
        sender.srttMicros = p.smoothedMicros;
        sender.rtoMicros = p.rtoMicros;
    }
    void operator()(const TimerExpired& p) {
        if (p.timer == TcpTimer::retransmission) ++side(p.connection, p.side).timeouts;
    }
    void operator()(const ConnectionEnded& p) { side(p.connection, p.side).ended = p.reason; }
    void operator()(const TlsSecured& p) { side(p.connection, p.side).secured = true; }

    // --- mail ---
    void operator()(const DnsAnswer& p) {
        if (p.type == DnsType::mx && p.rcode == 0 && p.answers > 0 && !p.onBehalf) reach(Milestone::mxFound);
    }
    void operator()(const SmtpContent& p) {
        if (p.protocol == DialogueProtocol::smtp) reach(Milestone::underWay);
    }
    void operator()(const MailComposed& p) {
        if (!e.mail.valid()) return;
        MailView& mail = at(v.mails, e.mail);
        mail = {e.node, p, {}, {}};
        mail.recipients.resize(p.recipients);
        std::vector<std::string> addresses = splitAddresses(r.text(p.to));
        addresses.resize(p.recipients);
        for (std::size_t i = 0; i < p.recipients; ++i) mail.recipients[i].address = std::move(addresses[i]);
        reach(Milestone::composed);
    }
    void operator()(const MailAccepted& p) {
        if (p.stage == Stage::relay) return;
        reach(Milestone::handedOver);
        // The first server speaks for all recipients of the transaction; it has refused the others one by one.
        each(kAllRecipients, [](RecipientView& recipient) {
            if (!recipient.decided) decide(recipient, MailFate::queued);
        });
    }
    void operator()(const MailQueued& p) {
        auto& queue = at(v.queues, e.node);
        const auto found = find(queue, p.recipient, p.recipientIndex, p.message);
        if (found != queue.end() && p.attempts > 0) {
            found->attempts = p.attempts;
            found->nextTry = p.nextTry;
        } else {
            queue.push_back({e.mail, p.recipient, p.message, p.recipientIndex, p.attempts, p.nextTry});
        }
    }
    void operator()(const MailDequeued& p) {
        auto& queue = at(v.queues, e.node);
        const auto found = find(queue, p.recipient, p.recipientIndex, p.message);
        if (found != queue.end()) queue.erase(found);
        if (queue.empty()) v.queues[e.node.index()] = nullptr;
    }
    void operator()(const AttemptStarted& p) {
        each(p.recipientIndex, [](RecipientView& recipient) { ++recipient.attempts; });
    }
    void operator()(const RecipientRefused& p) {
        each(p.recipientIndex, [this](RecipientView& recipient) {
            recipient.refusedAt = e.at;
            decide(recipient, MailFate::refused);
        });
    }
    void operator()(const MailStored& p) {
        MailboxView& box = mailbox(p.mailbox);
        box.node = e.node;
        box.used += p.size;
        box.messages.push_back({p.uid, e.mail, p.message, p.size, 0, 0});
        reach(Milestone::stored);
        each(p.recipientIndex, [&](RecipientView& recipient) {
            ++recipient.copies;
            if (!recipient.storedAt) recipient.storedAt = e.at;
            recipient.hops = p.hops;
            recipient.stored = p.message;
            decide(recipient, MailFate::delivered);
        });
    }
    void operator()(const MailboxOpened& p) {
        MailboxView& box = mailbox(p.mailbox);
        box.node = e.node;
        box.quota = p.quota;
    }
    void operator()(const MailboxRemoved& p) {
        MailboxView& box = mailbox(p.mailbox);
        if (std::erase_if(box.messages, [&](const StoredView& m) { return m.uid == p.uid; }) > 0) box.used -= p.size;
    }
    void operator()(const MailboxAdded& p) {
        MailboxView& box = mailbox(p.mailbox);
        box.used += p.size;
        box.messages.push_back({p.uid, e.mail, p.message, p.size, p.flags, 0});
    }
    void operator()(const FlagsChanged& p) {
        if (StoredView* message = stored(p.mailbox, p.uid)) message->flags = p.flags;
    }
    void operator()(const MailFetched& p) { at(v.nodes, e.node).copies.push_back({p.uid, e.mail, p.message}); }
    void operator()(const MailRead& p) {
        if (p.local && p.action == ReadAction::remove) std::erase_if(at(v.nodes, e.node).copies, [&](const CopyView& copy) { return copy.uid == p.uid; });
        if (p.action != ReadAction::read) return;
        if (StoredView* message = stored(p.mailbox, p.uid)) ++message->reads;
        reach(Milestone::read);
        each(p.recipientIndex, [this](RecipientView& recipient) {
            ++recipient.reads;
            if (!recipient.readAt) recipient.readAt = e.at;
            decide(recipient, MailFate::read);
        });
    }
    void operator()(const NoticeIssued& p) {
        if (p.kind != NoticeKind::failed) return;
        each(p.recipientIndex, [this](RecipientView& recipient) {
            if (!recipient.noticeAt) recipient.noticeAt = e.at;
            decide(recipient, MailFate::bounced);
        });
    }
    void operator()(const MailDiscarded& p) {
        each(p.recipientIndex, [](RecipientView& recipient) { decide(recipient, MailFate::discarded); });
    }

    template <class E>
    requires changesNothing<E>
    void operator()(const E&) {}

private:
    void waitsNoMore(PacketId packet) {
        if (e.node.index() < v.nodes.size() && v.nodes[e.node.index()]->waiting.contains(packet)) at(v.nodes, e.node).waiting.erase(packet);
    }
    LinkEndView& end(LinkEnd via) { return at(v.links, via.link()).ends[static_cast<std::size_t>(via.direction())]; }
    void replace(LinkEnd via, PacketId packet, PacketId by) {
        auto& packets = end(via).packets;
        const auto found = std::ranges::find(packets, packet, &TravellingPacket::packet);
        if (found != packets.end()) found->packet = by;
    }
    TcpSideView& side(ConnectionId id, Side which) { return at(v.connections, id).sides[static_cast<std::size_t>(which)]; }
    MailboxView& mailbox(TextId address) { return own(v.mailboxes[std::string(r.text(address))]); }
    StoredView* stored(TextId address, std::uint32_t uid) {
        MailboxView& box = mailbox(address);
        const auto found = std::ranges::find(box.messages, uid, &StoredView::uid);
        return found == box.messages.end() ? nullptr : &*found;
    }
    void sent(const SegmentFacts& p) {
        TcpSideView& sender = side(p.connection, p.side);
        ++sender.segments;
        sender.sent = std::max(sender.sent, std::uint64_t{p.sequence} + p.length + (usesSequence(p) ? 1 : 0));
    }
    std::vector<QueueEntryView>::iterator find(std::vector<QueueEntryView>& queue, TextId recipient, std::uint16_t index, MessageId message) const {
        return std::ranges::find_if(queue,
                                    [&](const QueueEntryView& q) { return q.mail == e.mail && q.recipientIndex == index && q.recipient == recipient && q.message == message; });
    }
    void reach(Milestone milestone) {
        if (!e.mail.valid()) return;
        auto& reached = at(v.mails, e.mail).milestones[static_cast<std::size_t>(milestone)];
        if (!reached) reached = m_id;
    }
    template <class F>
    void each(std::uint16_t index, F&& change) {
        if (!e.mail.valid()) return;
        auto& recipients = at(v.mails, e.mail).recipients;
        for (std::size_t i = 0; i < recipients.size(); ++i)
            if (index == kAllRecipients || index == i) change(recipients[i]);
    }
    // The furthest that it came: read, stored, a notice, a discard; between a refusal and the queue, what came first.
    static void decide(RecipientView& recipient, MailFate fate) {
        const auto rank = [](MailFate f) {
            switch (f) {
                case MailFate::queued: return 0;
                case MailFate::refused: return 1;
                case MailFate::discarded: return 2;
                case MailFate::bounced: return 3;
                case MailFate::delivered: return 4;
                case MailFate::read: return 5;
            }
            return 0;
        };
        if (!recipient.decided || rank(fate) > rank(recipient.fate)) recipient.fate = fate;
        recipient.decided = true;
    }

    View& v;
    EventId m_id;
    const Event& e;
    const Recording& r;
};

}  // namespace

View initialView(const Recording& recording) {
    View view;
    for (std::size_t i = 0; i < recording.cast().nodes.size(); ++i) view.nodes.push_back(std::make_shared<NodeView>());
    for (std::size_t i = 0; i < recording.cast().links.size(); ++i) view.links.push_back(std::make_shared<LinkView>());
    view.queues.resize(recording.cast().nodes.size());
    return view;
}

void apply(View& view, EventId id, const Event& event, const Recording& recording) {
    std::visit(Fold(view, id, event, recording), event.payload);
    ++view.events;
    view.now = event.at;
}

std::vector<std::string> splitAddresses(std::string_view text) {
    std::vector<std::string> found;
    std::string current;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\' && i + 1 < text.size()) {
            current += c;
            current += text[++i];
            continue;
        }
        if (c == '"') quoted = !quoted;
        if (c == ',' && !quoted) {
            found.push_back(std::move(current));
            current.clear();
            continue;
        }
        if (c != ' ' || !current.empty()) current += c;
    }
    if (!current.empty()) found.push_back(std::move(current));
    return found;
}

}  // namespace mailtrek::trace

// SPDX-License-Identifier: GPL-3.0-or-later
// Which events count for which metric. What a metric means stands in metric_table.cpp, and at length in the scenario format.
#include <algorithm>

#include "sim/run/metrics.h"

namespace mailtrek::run {

using namespace trace;

namespace {

constexpr std::uint8_t kRst = 4;  // RFC 9293 3.1, as in SegmentFacts::flags
constexpr std::uint16_t kSmtpPort = 25;

std::size_t index(Side side) { return side == Side::client ? 0 : 1; }

bool withoutTimeout(RetransmitReason reason) {
    switch (reason) {
        case RetransmitReason::thirdDuplicateAck:
        case RetransmitReason::sackHole:
        case RetransmitReason::partialAck:
        case RetransmitReason::rack:
        case RetransmitReason::tailLossProbe:
        case RetransmitReason::rescue:
        case RetransmitReason::pathMtu:
        case RetransmitReason::simultaneousOpen: return true;
        case RetransmitReason::timeout:
        case RetransmitReason::synTimeout:
        case RetransmitReason::finTimeout: return false;
    }
    return false;
}

// The metric that counts a loss on a link, next to link.drops.
std::optional<Metric> kindOfLoss(DropReason reason) {
    switch (reason) {
        case DropReason::queueFull:
        case DropReason::red:
        case DropReason::codel: return Metric::linkQueueDrops;
        case DropReason::noise:
        case DropReason::burst:
        case DropReason::rule:
        case DropReason::removed: return Metric::linkLossDrops;
        case DropReason::linkDown:
        case DropReason::nodeDown: return Metric::linkDownDrops;
        case DropReason::ipChecksum:
        case DropReason::ttlExpired:
        case DropReason::noRoute:
        case DropReason::tooBig:
        case DropReason::notForUs:
        case DropReason::tcpChecksum:
        case DropReason::udpChecksum:
        case DropReason::icmpChecksum:
        case DropReason::unresolved:
        case DropReason::arpQueue:
        case DropReason::frameChecksum:
        case DropReason::filtered:
        case DropReason::malformed:
        case DropReason::portClosed:
        case DropReason::reassembly: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

struct MetricFold::Fold {
    MetricFold& fold;
    EventId id;
    const Event& event;

    MetricWhere here() const { return {.node = event.node, .link = {}, .connection = {}, .packet = {}, .mail = event.mail}; }
    MetricWhere on(ConnectionId connection) const { return {.node = event.node, .link = {}, .connection = connection, .packet = {}, .mail = event.mail}; }
    MetricWhere of(PacketId packet, LinkEnd via) const { return {.node = event.node, .link = via.link(), .connection = {}, .packet = packet, .mail = event.mail}; }
    void add(Metric metric, const MetricWhere& where, MetricValue amount = 1) const { fold.m_additions.push_back({metric, amount, where}); }

    // --- network ---
    // ARP packets are none of IP's.
    bool isArp(PacketId packet) const { return fold.m_arp.contains(packet.value); }
    void arp(PacketId packet) const { fold.m_arp.insert(packet.value); }
    // Another packet in the place of one that has been seen, or beside it.
    void likewise(PacketId packet, PacketId as) const {
        fold.markSeen(packet);
        if (isArp(as)) arp(packet);
    }
    // A packet that no link has seen yet: sent by its origin, or a fragment made here (RFC 791 3.2). The first fragment at the origin stands for the packet.
    void countNew(PacketId packet, const MetricWhere& where) const {
        if (isArp(packet)) return;
        const PacketRecord* record = fold.m_store == nullptr ? nullptr : &fold.m_store->packet(packet);
        const bool fragment = record != nullptr && (record->packet.ip.moreFragments || record->packet.ip.fragmentOffset != 0);
        if (fragment) add(Metric::ipFragments, where);
        if (!fragment || (record->packet.ip.fragmentOffset == 0 && record->origin == event.node)) add(Metric::ipPackets, where);
    }
    void operator()(const PacketSent& e) const {
        const MetricWhere where = of(e.packet, e.via);
        add(Metric::linkPackets, where);
        add(Metric::linkBytes, where, e.size);
        if (!fold.leavesOrigin(e.packet)) return;
        countNew(e.packet, where);
        if (fold.m_expired.contains(event.cause)) add(Metric::icmpTimeExceeded, where);  // RFC 792: sent because that packet was discarded
    }
    void operator()(const PacketDelivered& e) const {
        if (!isArp(e.packet)) add(Metric::ipHops, of(e.packet, e.via));
    }
    void operator()(const PacketDropped& e) const {
        const MetricWhere where = of(e.packet, e.via);
        if (e.onLink) {
            add(Metric::linkDrops, where);
            if (const auto kind = kindOfLoss(e.reason)) add(*kind, where);
            if (!e.queued && fold.leavesOrigin(e.packet)) countNew(e.packet, where);  // refused by the first queue on its way
            return;
        }
        if (e.reason == DropReason::ttlExpired || e.reason == DropReason::reassembly) fold.m_expired.insert(id);
        if (e.reason == DropReason::ttlExpired) add(Metric::ipTtlExpired, where);
        if (e.reason == DropReason::noRoute) add(Metric::ipUnreachable, where);
        if (e.reason == DropReason::tcpChecksum) add(Metric::tcpChecksumErrors, where);
    }
    void operator()(const PacketCorrupted& e) const {
        likewise(e.damaged, e.packet);  // it goes on in the place of the original
        if (e.via.valid()) add(Metric::linkCorrupted, of(e.packet, e.via));
    }
    void operator()(const PacketAltered& e) const { likewise(e.altered, e.packet); }
    void operator()(const PacketDuplicated& e) const { likewise(e.copy, e.packet); }
    void operator()(const FrameFlooded& e) const {
        for (std::uint32_t i = 0; i < e.copies; ++i) likewise({e.first.value + i}, e.packet);
    }
    void operator()(const ArpAsked& e) const { arp(e.packet); }
    void operator()(const ArpAnswered& e) const { arp(e.packet); }
    void operator()(const ArpLearned&) const {}
    void operator()(const ArpFailed&) const {}
    void operator()(const PacketWaits&) const {}
    void operator()(const StationLearned&) const {}
    void operator()(const PortChanged&) const {}
    void operator()(const AdjacencyChanged&) const {}
    void operator()(const LsaChanged&) const {}
    void operator()(const RoutingUpdateSent& e) const { add(Metric::routingUpdates, {.node = event.node, .link = e.via.link(), .connection = {}, .packet = e.packet, .mail = {}}); }
    void operator()(const RouteChanged& e) const {
        if (event.at > kStart && e.alternative == 0) add(Metric::routingChanges, here());  // the first tables are no change
    }

    // --- TCP ---
    void operator()(const ConnectionOpened& e) const { fold.connection(e.connection) = {.serverPort = e.serverPort, .established = false, .delivered = {}}; }
    void operator()(const TcpStateChanged& e) const {
        Connection& connection = fold.connection(e.connection);
        if (e.to != TcpState::established || e.side != Side::client || connection.established) return;
        connection.established = true;
        add(Metric::tcpConnections, on(e.connection));
        if (connection.serverPort == kSmtpPort) add(Metric::smtpConnections, on(e.connection));
        if (connection.serverPort == 587 || connection.serverPort == 465) add(Metric::smtpSubmissions, on(e.connection));  // RFC 8314 3.3
    }
    void segment(const SegmentFacts& e) const {
        add(Metric::tcpSegments, on(e.connection));
        if (e.length > 0) add(Metric::tcpDataSegments, on(e.connection));
        if (e.flags & kRst) add(Metric::tcpResets, on(e.connection));
    }
    void operator()(const SegmentSent& e) const { segment(e); }
    void operator()(const SegmentRetransmitted& e) const {
        segment(e);
        add(Metric::tcpRetransmits, on(e.connection));
        if (withoutTimeout(e.reason)) add(Metric::tcpFastRetransmits, on(e.connection));
    }
    void operator()(const SegmentReceived& e) const {
        if (e.duplicateAck) add(Metric::tcpDuplicateAcks, on(e.connection));
        if (!e.connection.valid()) return;
        std::uint64_t& delivered = fold.connection(e.connection).delivered[index(e.side)];
        if (e.inOrder <= delivered) return;
        add(Metric::tcpBytesDelivered, on(e.connection), static_cast<MetricValue>(e.inOrder - delivered));
        delivered = e.inOrder;
    }
    void operator()(const TimerExpired& e) const {
        if (e.timer == TcpTimer::retransmission) add(Metric::tcpTimeouts, on(e.connection));
    }

    // --- DNS and SMTP ---
    void operator()(const DnsQuery& e) const {
        add(Metric::dnsQueries, here());
        if (e.type == DnsType::mx && e.attempt == 1 && e.reason == DnsReason::asked) add(Metric::dnsMxQueries, here());
    }
    void operator()(const DnsAnswer& e) const {
        if (e.rcode != 0 && !e.onBehalf) add(Metric::dnsFailures, here());
    }
    void operator()(const DnsReferral&) const {}
    void operator()(const DnsRejected&) const {}
    void operator()(const DnsTimedOut&) const { add(Metric::dnsFailures, here()); }
    void operator()(const SmtpCommand& e) const { add(Metric::smtpCommands, on(e.connection)); }
    void operator()(const SmtpReply& e) const {
        if (e.code / 100 == 4) add(Metric::smtpReplies4xx, on(e.connection));
        if (e.code / 100 == 5) add(Metric::smtpReplies5xx, on(e.connection));
        if (e.code == 354 && e.protocol == DialogueProtocol::smtp) add(Metric::smtpDataTransfers, on(e.connection));
    }

    // --- mail ---
    void operator()(const MailComposed& e) const {
        if (!e.notice) add(Metric::mailSent, here());
    }
    void operator()(const MailStored&) const { add(Metric::mailStored, here()); }
    void operator()(const MailQueued& e) const {
        if (fold.m_waiting.emplace(event.node, event.mail, e.recipientIndex, e.recipient).second) add(Metric::mailQueued, here());
    }
    void operator()(const MailDequeued& e) const {
        if (fold.m_waiting.erase({event.node, event.mail, e.recipientIndex, e.recipient}) > 0) add(Metric::mailQueued, here(), -1);
    }
    void operator()(const AttemptStarted& e) const {
        if (e.attempt > 1) add(Metric::mailRetries, here());
    }
    void operator()(const MailRead& e) const {
        switch (e.action) {
            case ReadAction::read: return add(Metric::mailRead, here());
            case ReadAction::print: return add(Metric::mailPrinted, here());
            case ReadAction::remove: return;
        }
    }
    void operator()(const NoticeIssued& e) const {
        add(Metric::mailNotices, here());
        if (e.kind == NoticeKind::failed) add(Metric::mailBounced, here());
    }

    // --- what no metric counts; spelt out, so that a new kind of event must decide ---
    void operator()(const LinkChanged&) const {}
    void operator()(const LinkConfigured&) const {}
    void operator()(const NodeChanged&) const {}
    void operator()(const PacketReplanned&) const {}
    void operator()(const TimelineApplied&) const {}
    void operator()(const WindowChanged&) const {}
    void operator()(const RttMeasured&) const {}
    void operator()(const ConnectionEnded&) const {}
    void operator()(const SmtpContent&) const {}
    void operator()(const AccessCommand&) const {}
    void operator()(const AccessReply&) const {}
    void operator()(const PageOpened&) const {}
    void operator()(const MailAccepted&) const {}
    void operator()(const AttemptFailed&) const {}
    void operator()(const RecipientRefused&) const {}
    void operator()(const MailboxFull&) const {}
    void operator()(const MailboxOpened&) const {}
    void operator()(const MailboxRemoved&) const {}
    void operator()(const MailboxAdded&) const {}  // mail.stored counts deliveries
    void operator()(const MailFetched&) const {}   // mail.read counts readings by a person
    void operator()(const MailKnown&) const {}     // nor this
    void operator()(const DeviceMoved&) const {}
    void operator()(const FlagsChanged&) const {}
    void operator()(const MailDiscarded&) const {}
    void operator()(const SenderChecked&) const {}
    void operator()(const PolicyApplied&) const {}
    void operator()(const DeviceWaits&) const {}
    void operator()(const PacketFragmented&) const {}
    void operator()(const PacketReassembled&) const {}
    void operator()(const PacketMarked&) const {}
    void operator()(const IcmpReceived&) const {}
    void operator()(const PathMtuChanged&) const {}
    void operator()(const ProbeSent&) const {}
    void operator()(const ProbeAnswered&) const {}
    void operator()(const ProbeLost&) const {}
    void operator()(const ProbeEnded&) const {}
    void operator()(const TlsStarted&) const {}
    void operator()(const TlsRecord&) const {}
    void operator()(const TlsSecured&) const {}
    void operator()(const TlsFailed&) const {}
    void operator()(const TapHeard&) const {}
    void operator()(const RunEnded&) const {}
};

std::span<const MetricFold::Addition> MetricFold::apply(EventId id, const Event& event) {
    m_additions.clear();
    m_additions.push_back({Metric::simEvents, 1, {}});
    if (event.at > m_end) {
        m_additions.push_back({Metric::simEndTime, (event.at - m_end).count(), {}});
        m_end = event.at;
    }
    std::visit(Fold{*this, id, event}, event.payload);
    return m_additions;
}

MetricFold::Connection& MetricFold::connection(ConnectionId id) {
    if (!id.valid()) return m_nowhere = {};
    if (id.index() >= m_connections.size()) m_connections.resize(id.index() + 1);
    return m_connections[id.index()];
}

bool MetricFold::leavesOrigin(PacketId id) {
    if (!id.valid() || (id.index() < m_seenPackets.size() && m_seenPackets[id.index()])) return false;
    markSeen(id);
    return true;
}

void MetricFold::markSeen(PacketId id) {
    if (!id.valid()) return;
    if (id.index() >= m_seenPackets.size()) m_seenPackets.resize(std::max<std::size_t>(id.index() + 1, m_seenPackets.size() * 2));
    m_seenPackets[id.index()] = true;
}

}  // namespace mailtrek::run

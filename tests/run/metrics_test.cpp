// SPDX-License-Identifier: GPL-3.0-or-later
// Which events count for which metric, told with recordings written by hand.
#include "sim/run/metrics.h"

#include <gtest/gtest.h>

#include "tests/run/script.h"

namespace mailtrek::run {
namespace {

using namespace test;
using namespace trace;

MetricValue total(const Script& script, Metric metric) { return countMetrics(script.recording).value(metric); }

TEST(Metrics, TableNamesEveryMetricOfTheFormat) {
    const std::string_view names =
        "tcp.connections tcp.segments tcp.data-segments tcp.retransmits tcp.fast-retransmits tcp.timeouts tcp.duplicate-acks tcp.checksum-errors tcp.resets tcp.bytes-delivered "
        "ip.packets ip.hops ip.ttl-expired ip.fragments ip.unreachable icmp.time-exceeded link.packets link.drops link.queue-drops link.loss-drops link.down-drops link.corrupted "
        "link.bytes routing.updates routing.changes dns.queries dns.mx-queries dns.failures smtp.connections smtp.submissions smtp.commands smtp.replies-4xx smtp.replies-5xx "
        "smtp.data-transfers mail.sent mail.stored mail.bounced mail.queued mail.read mail.retries mail.notices mail.printed sim.events sim.end-time";
    std::string listed;
    for (const MetricInfo& metric : metricTable()) {
        listed += std::string(listed.empty() ? "" : " ") + std::string(metric.name);
        EXPECT_FALSE(metric.meaning.empty() || metric.meaningEs.empty()) << metric.name;
    }
    EXPECT_EQ(listed, names);
}

TEST(Metrics, SegmentsAndRetransmissions) {
    Script s;
    s.sent(kRelay, Side::client, 0, 0, false, 2);
    s.sent(kRelay, Side::client, 1, 100);
    s.resent(kRelay, RetransmitReason::thirdDuplicateAck);
    s.resent(kRelay, RetransmitReason::tailLossProbe);
    s.resent(kRelay, RetransmitReason::timeout);
    s.resent(kRelay, RetransmitReason::synTimeout, 0);
    s.sent(kRelay, Side::server, 1, 0, false, 4);
    s.add(TimerExpired{.connection = kRelay, .timer = TcpTimer::retransmission});
    s.add(TimerExpired{.connection = kRelay, .timer = TcpTimer::delayedAck});
    EXPECT_EQ(total(s, Metric::tcpSegments), 7);
    EXPECT_EQ(total(s, Metric::tcpDataSegments), 4);
    EXPECT_EQ(total(s, Metric::tcpRetransmits), 4);
    EXPECT_EQ(total(s, Metric::tcpFastRetransmits), 2);
    EXPECT_EQ(total(s, Metric::tcpTimeouts), 1);
    EXPECT_EQ(total(s, Metric::tcpResets), 1);
    EXPECT_EQ(total(s, Metric::simEvents), 9);
}

TEST(Metrics, BytesDeliveredAreCountedOnceInEachDirection) {
    Script s;
    s.received(kRelay, Side::server, 100);
    s.received(kRelay, Side::server, 100);
    s.received(kRelay, Side::server, 250);
    s.received(kRelay, Side::client, 40);
    EXPECT_EQ(total(s, Metric::tcpBytesDelivered), 290);
}

TEST(Metrics, ConnectionsCountWhenTheClientIsEstablished) {
    Script s;
    s.opened(kSubmission, kPc, kNorte, 587);
    s.opened(kRelay, kNorte, kSur, 25);
    s.state(kSubmission, Side::server, TcpState::established);
    EXPECT_EQ(total(s, Metric::tcpConnections), 0);
    s.state(kSubmission, Side::client, TcpState::established);
    s.state(kRelay, Side::client, TcpState::established);
    EXPECT_EQ(total(s, Metric::tcpConnections), 2);
    EXPECT_EQ(total(s, Metric::smtpConnections), 1);
    EXPECT_EQ(total(s, Metric::smtpSubmissions), 1);
}

TEST(Metrics, PacketsLeaveTheirOriginOnce) {
    Script s;
    const PacketId packet = s.packet(kRelay);
    const PacketId copy = s.packet(kRelay);
    const PacketId refused = s.packet(kRelay);
    const LinkEnd first = LinkEnd::of(kAccess, 0), second = LinkEnd::of(kBackbone, 0);
    s.add(PacketSent{.packet = packet, .via = first, .size = 1500});
    s.add(PacketDelivered{.packet = packet, .via = first, .size = 1500});
    s.add(PacketSent{.packet = packet, .via = second, .size = 1500});
    s.add(PacketDuplicated{.packet = packet, .copy = copy, .via = second});
    s.add(PacketSent{.packet = copy, .via = second, .size = 1500});
    s.add(PacketDropped{.packet = refused, .via = first, .size = 40, .reason = DropReason::queueFull, .onLink = true, .queued = false});
    EXPECT_EQ(total(s, Metric::ipPackets), 2);
    EXPECT_EQ(total(s, Metric::ipHops), 1);
    EXPECT_EQ(total(s, Metric::linkPackets), 3);
    EXPECT_EQ(total(s, Metric::linkBytes), 4500);
    EXPECT_EQ(total(s, Metric::linkQueueDrops), 1);
}

TEST(Metrics, FragmentsAreNoPacketsOfTheirOwn) {
    Script s;
    const auto fragment = [&](std::uint16_t offset, bool more) {
        PacketRecord record{.packet = {}, .connection = {}, .origin = kNorte};
        record.packet.ip.fragmentOffset = offset;
        record.packet.ip.moreFragments = more;
        s.add(PacketSent{.packet = s.recording.mutableStore().addPacket(record), .via = LinkEnd::of(kBackbone, 0), .size = 576});
    };
    s.on(kNorte);
    fragment(0, true);
    fragment(69, false);
    s.on(kSur);  // cut again by a router
    fragment(0, true);
    fragment(30, true);
    EXPECT_EQ(total(s, Metric::ipFragments), 4);
    EXPECT_EQ(total(s, Metric::ipPackets), 1);
}

TEST(Metrics, EveryLossOnALinkHasItsKind) {
    Script s;
    const auto lose = [&](DropReason reason, bool onLink) {
        s.add(PacketDropped{.packet = s.packet(kRelay), .via = LinkEnd::of(kBackbone, 1), .size = 40, .reason = reason, .onLink = onLink, .queued = true});
    };
    for (const DropReason reason :
         {DropReason::queueFull, DropReason::noise, DropReason::burst, DropReason::rule, DropReason::removed, DropReason::linkDown, DropReason::nodeDown}) {
        lose(reason, true);
    }
    for (const DropReason reason : {DropReason::ttlExpired, DropReason::noRoute, DropReason::tcpChecksum, DropReason::ipChecksum}) lose(reason, false);
    EXPECT_EQ(total(s, Metric::linkDrops), 7);
    EXPECT_EQ(total(s, Metric::linkQueueDrops), 1);
    EXPECT_EQ(total(s, Metric::linkLossDrops), 4);
    EXPECT_EQ(total(s, Metric::linkDownDrops), 2);
    EXPECT_EQ(total(s, Metric::ipTtlExpired), 1);
    EXPECT_EQ(total(s, Metric::ipUnreachable), 1);
    EXPECT_EQ(total(s, Metric::tcpChecksumErrors), 1);
}

TEST(Metrics, TimeExceededIsThePacketThatAnExpiredOneBringsAbout) {
    Script s;
    const EventId expired = s.add(PacketDropped{.packet = s.packet({}), .via = LinkEnd::of(kBackbone, 0), .size = 40, .reason = DropReason::ttlExpired});
    s.add(PacketSent{.packet = s.packet({}), .via = LinkEnd::of(kBackbone, 1), .size = 56}, expired);
    s.add(PacketSent{.packet = s.packet({}), .via = LinkEnd::of(kBackbone, 1), .size = 56});
    EXPECT_EQ(total(s, Metric::icmpTimeExceeded), 1);
}

TEST(Metrics, FirstRoutesAreNoChange) {
    Script s;
    s.add(RouteChanged{});
    s.at(2s).add(RouteChanged{});
    EXPECT_EQ(total(s, Metric::routingChanges), 1);
}

TEST(Metrics, DnsAndSmtp) {
    Script s;
    s.add(DnsQuery{.type = DnsType::mx, .attempt = 1});
    s.add(DnsQuery{.type = DnsType::mx, .attempt = 2});
    s.add(DnsQuery{.type = DnsType::a, .attempt = 1});
    for (const DnsReason own : {DnsReason::onBehalf, DnsReason::referral, DnsReason::alias}) s.add(DnsQuery{.type = DnsType::mx, .attempt = 1, .reason = own});
    s.add(DnsReferral{});
    s.add(DnsRejected{});
    s.add(DnsAnswer{.type = DnsType::mx, .rcode = 3});
    s.add(DnsAnswer{.type = DnsType::mx, .rcode = 2, .onBehalf = true});
    s.add(DnsAnswer{.type = DnsType::a, .rcode = 0});
    s.add(DnsTimedOut{});
    s.command(kRelay, "DATA", DialogueProtocol::smtp);
    s.reply(kRelay, 354, DialogueProtocol::smtp);
    s.reply(kSubmission, 354, DialogueProtocol::submission);
    s.reply(kRelay, 451, DialogueProtocol::smtp);
    s.reply(kSubmission, 550, DialogueProtocol::submission);
    EXPECT_EQ(total(s, Metric::dnsQueries), 6) << "what the resolver asks on its own, too";
    EXPECT_EQ(total(s, Metric::dnsMxQueries), 1);
    EXPECT_EQ(total(s, Metric::dnsFailures), 2);
    EXPECT_EQ(total(s, Metric::smtpCommands), 1);
    EXPECT_EQ(total(s, Metric::smtpDataTransfers), 1);
    EXPECT_EQ(total(s, Metric::smtpReplies4xx), 1);
    EXPECT_EQ(total(s, Metric::smtpReplies5xx), 1);
}

TEST(Metrics, QueuedIsWhatStillWaits) {
    Script s;
    const TextId luis = s.text("luis@sur.example"), eva = s.text("eva@sur.example");
    s.add(MailQueued{.recipient = luis, .recipientIndex = 0, .attempts = 0});
    s.add(MailQueued{.recipient = eva, .recipientIndex = 1, .attempts = 0});
    s.add(AttemptStarted{.recipient = luis, .recipientIndex = 0, .attempt = 1});
    s.add(MailQueued{.recipient = luis, .recipientIndex = 0, .attempts = 1});
    s.add(AttemptStarted{.recipient = luis, .recipientIndex = 0, .attempt = 2});
    EXPECT_EQ(total(s, Metric::mailQueued), 2);
    s.add(MailDequeued{.recipient = luis, .recipientIndex = 0});
    s.add(MailDequeued{.recipient = luis, .recipientIndex = 0});
    EXPECT_EQ(total(s, Metric::mailQueued), 1);
    EXPECT_EQ(total(s, Metric::mailRetries), 1);
}

TEST(Metrics, LettersNoticesReadings) {
    Script s;
    s.add(MailComposed{.recipients = 1});
    s.add(MailComposed{.recipients = 1, .notice = true});
    s.add(MailStored{});
    s.add(MailRead{.action = ReadAction::read});
    s.add(MailRead{.action = ReadAction::print});
    s.add(MailRead{.action = ReadAction::remove});
    s.add(NoticeIssued{.kind = NoticeKind::failed});
    s.add(NoticeIssued{.kind = NoticeKind::delayed});
    EXPECT_EQ(total(s, Metric::mailSent), 1);
    EXPECT_EQ(total(s, Metric::mailStored), 1);
    EXPECT_EQ(total(s, Metric::mailRead), 1);
    EXPECT_EQ(total(s, Metric::mailPrinted), 1);
    EXPECT_EQ(total(s, Metric::mailBounced), 1);
    EXPECT_EQ(total(s, Metric::mailNotices), 2);
}

TEST(Metrics, EndTimeIsTheLastEvent) {
    Script s;
    s.at(3s).add(RunEnded{});
    s.at(5ns).add(RunEnded{});
    EXPECT_EQ(total(s, Metric::simEndTime), 3'000'000'000);
}

MetricValue narrowed(const Script& s, std::string_view text) {
    const auto query = parseMetricQuery(text, s.recording.cast());
    EXPECT_TRUE(query.ok()) << (query.ok() ? "" : query.error().message);
    if (!query) return -1;
    return evaluate(std::vector{*query}, s.recording).front();
}

TEST(Narrowing, ByConnectionIsByClientServerAndPort) {
    Script s;
    s.opened(kSubmission, kPc, kNorte, 587);
    s.opened(kRelay, kNorte, kSur, 25);
    s.opened({2}, kNorte, kSur, 25);  // a second one between the same two: summed
    s.opened({3}, kSur, kNorte, 25);
    for (const ConnectionId id : {kSubmission, kRelay, ConnectionId{2}, ConnectionId{3}}) s.resent(id, RetransmitReason::timeout);
    EXPECT_EQ(narrowed(s, "tcp.retransmits"), 4);
    EXPECT_EQ(narrowed(s, "tcp.retransmits{connection: norte>sur:25}"), 2);
    EXPECT_EQ(narrowed(s, " tcp.retransmits { connection : ana-pc > norte : 587 } "), 1);
    EXPECT_EQ(narrowed(s, "tcp.retransmits{connection: sur>norte:25}"), 1);
    EXPECT_EQ(narrowed(s, "tcp.retransmits{connection: sur>norte:587}"), 0);
}

TEST(Narrowing, ByLinkNodeAndMail) {
    Script s;
    s.opened(kRelay, kNorte, kSur, 25);
    const auto lose = [&](LinkId link, ConnectionId connection) {
        s.add(PacketDropped{.packet = s.packet(connection), .via = LinkEnd::of(link, 1), .size = 40, .reason = DropReason::noise, .onLink = true, .queued = true});
    };
    s.on(kNorte).of(kCarta);
    lose(kBackbone, kRelay);
    lose(kAccess, kSubmission);
    s.on(kSur).of(kOtra);
    lose(kBackbone, {});
    EXPECT_EQ(narrowed(s, "link.drops{link: backbone}"), 2);
    EXPECT_EQ(narrowed(s, "link.drops{link: backbone, node: sur}"), 1);
    EXPECT_EQ(narrowed(s, "link.drops{mail: carta}"), 2);
    EXPECT_EQ(narrowed(s, "link.drops{connection: norte>sur:25}"), 1);
}

TEST(Narrowing, MistakesAreSaidInWords) {
    const Script s;
    const auto wrong = [&](std::string_view text) {
        const auto query = parseMetricQuery(text, s.recording.cast());
        return query.ok() ? std::string("nothing wrong") : query.error().message;
    };
    EXPECT_EQ(wrong("tcp.retransmit"), "there is no metric 'tcp.retransmit'");
    EXPECT_EQ(wrong(""), "there is no metric ''");
    EXPECT_EQ(wrong("tcp.retransmits{node: este}"), "there is no node 'este'");
    EXPECT_EQ(wrong("link.drops{link: nowhere}"), "there is no link 'nowhere'");
    EXPECT_EQ(wrong("tcp.retransmits{mail: postal}"), "there is no mail 'postal'");
    EXPECT_EQ(wrong("tcp.retransmits{link: backbone}"), "tcp.retransmits cannot be narrowed by link");
    EXPECT_EQ(wrong("tcp.retransmits{connection: norte-sur:25}"), "'norte-sur:25' is no connection: write client>server:port");
    EXPECT_EQ(wrong("tcp.retransmits{connection: norte>sur:99999}"), "'99999' is no port");
    EXPECT_EQ(wrong("tcp.retransmits{connection: norte>sur:}"), "'' is no port");
    EXPECT_EQ(wrong("tcp.retransmits{node: sur"), "'tcp.retransmits{node: sur' lacks its closing brace");
    EXPECT_EQ(wrong("tcp.retransmits{}"), "'': write key: value inside the braces");
    EXPECT_EQ(wrong("tcp.retransmits{node: sur, node: norte}"), "the same restriction stands twice");
    EXPECT_EQ(wrong("tcp.retransmits{colour: red}"), "a metric can be narrowed by connection, link, node or mail, not by 'colour'");
}

}  // namespace
}  // namespace mailtrek::run

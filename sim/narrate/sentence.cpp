// SPDX-License-Identifier: GPL-3.0-or-later
// Which sentence an event gets, and what goes into its blanks.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sim/narrate/catalogue.h"
#include "sim/narrate/facts.h"

namespace mailtrek::narrate {
namespace {

using namespace trace;

// The last word of the key that tells of a connection to this port.
std::string_view serviceAt(std::uint16_t port) {
    switch (port) {
        case 25: return "smtp";
        case 587:
        case 465: return "submission";
        case 143:
        case 993:
        case 110:
        case 995: return "mailbox";
        case 443: return "page";
        default: return "other";
    }
}
constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kAck = 16;

std::string text(std::uint64_t n) { return fmt::format("{}", n); }

// A protocol line in one line of at most 60 octets, cut at a whole character.
std::string shortened(std::string_view line) {
    line = line.substr(0, line.find_first_of("\r\n"));
    constexpr std::size_t kMost = 60;
    if (line.size() <= kMost) return std::string(line);
    std::size_t end = kMost;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    return std::string(line.substr(0, end)) + "…";
}

std::string verbOf(std::string_view line) {
    std::string verb(line.substr(0, line.find_first_of(" \r\n")));
    std::ranges::transform(verb, verb.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return verb;
}

std::string addressIn(std::string_view line) {
    const auto open = line.find('<'), close = line.find('>', open == std::string_view::npos ? 0 : open);
    return open == std::string_view::npos || close == std::string_view::npos ? std::string() : std::string(line.substr(open + 1, close - open - 1));
}

std::string rateText(BitRate rate) {
    const std::uint64_t bits = rate.bitsPerSecond;
    if (bits % 1'000'000'000 == 0) return fmt::format("{} Gbit/s", bits / 1'000'000'000);
    if (bits % 1'000'000 == 0) return fmt::format("{} Mbit/s", bits / 1'000'000);
    if (bits % 1'000 == 0) return fmt::format("{} kbit/s", bits / 1'000);
    return fmt::format("{} bit/s", bits);
}

std::string percentText(Share share, Language language) {
    std::string number = fmt::format("{:.4f}", static_cast<double>(share.perBillion) / 1e7);
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
    if (language == Language::es) std::ranges::replace(number, '.', ',');
    return number + " %";
}

std::string tlsKey(const TlsSecured& p) {
    if (p.side == Side::server) return "tls-secured.server";
    return p.verdict == TlsVerdict::trusted ? "tls-secured.trusted" : "tls-secured.untrusted";
}

std::string tlsKey(const TlsFailed& p) {
    if (p.told) return "tls-failed.told";
    return p.verdict != TlsVerdict::unchecked && p.verdict != TlsVerdict::trusted ? "tls-failed.certificate" : "tls-failed.other";
}

// What a browser wants, by method and path: "GET /mail/7".
std::string httpKey(std::string_view line) {
    const bool post = line.starts_with("POST ");
    const std::string_view path = line.substr(std::min(line.size(), line.find(' ') + 1));
    if (path == "/") return "front";
    if (path == "/login" || path == "/logout" || path == "/compose") return std::string(path.substr(1));
    if (post && (path.ends_with("/delete") || path.ends_with("/delete-all"))) return "delete";
    if (path == "/mail" || path.starts_with("/mail?")) return "list";
    if (!path.starts_with("/mail/")) return "other";
    return path.find("/part/") == std::string_view::npos ? "letter" : "part";
}

std::string httpReplyKey(std::string_view line) {
    if (line.starts_with("200 ")) return "page";
    if (line.starts_with("303 ")) return "elsewhere";
    return line.starts_with("403 ") ? "refused" : "other";
}

class Sentence {
public:
    Sentence(const Recording& recording, EventId id, Level level, Language language)
        : r(recording), m_level(level), m_language(language), f(recording, id, level, language), e(recording.event(id)), m_node(f.node(e.node)) {}

    // --- network ---
    std::string operator()(const PacketSent& p) const { return say("packet-sent", {{"node", m_node}, {"what", f.what(p.packet)}, {"peer", f.node(farEnd(p.via))}}); }
    std::string operator()(const PacketReplanned& p) const { return say("packet-replanned", {{"what", f.what(p.packet)}, {"link", f.link(p.via.link())}}); }
    std::string operator()(const PacketDelivered& p) const { return say("packet-delivered", {{"node", m_node}, {"what", f.what(p.packet)}, {"peer", f.node(nearEnd(p.via))}}); }
    std::string operator()(const PacketDropped& p) const {
        std::string key(name(p.reason));
        if (key.ends_with("-checksum")) key = "checksum";
        if (!p.told && (p.reason == DropReason::tooBig || p.reason == DropReason::ttlExpired)) key += ".silent";
        return say("packet-dropped." + key, {{"node", m_node}, {"what", f.what(p.packet)}, {"link", f.link(p.via.link())}});
    }
    std::string operator()(const PacketCorrupted& p) const {
        if (!p.via.valid()) return say("packet-corrupted.memory", {{"node", m_node}, {"what", f.what(p.damaged)}});
        return say("packet-corrupted", {{"what", f.what(p.damaged)}, {"link", f.link(p.via.link())}});
    }
    std::string operator()(const PacketAltered& p) const { return say("packet-altered", {{"link", f.link(p.via.link())}, {"removed", std::string(r.text(p.removed))}}); }
    std::string operator()(const PacketDuplicated& p) const { return say("packet-duplicated", {{"what", f.what(p.copy)}, {"link", f.link(p.via.link())}}); }
    std::string operator()(const PacketFragmented& p) const { return say("packet-fragmented", {{"node", m_node}, {"what", f.what(p.packet)}, {"pieces", text(p.pieces)}}); }
    std::string operator()(const PacketReassembled& p) const { return say("packet-reassembled", {{"node", m_node}, {"what", f.what(p.packet)}, {"pieces", text(p.pieces)}}); }
    std::string operator()(const PacketMarked& p) const { return say("packet-marked", {{"what", f.what(p.packet)}, {"link", f.link(p.via.link())}}); }
    std::string operator()(const LinkChanged& p) const { return say(fmt::format("link-changed.{}", name(p.change)), {{"link", f.link(p.link)}}); }
    std::string operator()(const LinkConfigured& p) const {
        return say("link-configured", {{"link", f.link(p.via.link())},
                                       {"rate", rateText(p.rate)},
                                       {"delay", durationText(p.delay, m_language)},
                                       {"loss", percentText(p.loss, m_language)},
                                       {"mtu", text(p.mtu)}});
    }
    std::string operator()(const NodeChanged& p) const {
        if (p.change != NodeChange::stopped) return say(fmt::format("node-changed.{}", name(p.change)), {{"node", m_node}});
        const bool server = e.node.valid() && e.node.index() < r.cast().nodes.size() && r.cast().nodes[e.node.index()].kind == NodeKind::mailServer;
        return say(server ? "node-changed.stopped.server" : "node-changed.stopped.other", {{"node", m_node}});
    }
    std::string operator()(const DeviceMoved& p) const {
        const char* key = !p.to.valid() ? "alone" : !p.from.valid() ? "found" : p.lost ? "lost" : "better";
        return say(fmt::format("device-moved.{}", key), {{"node", m_node}, {"before", f.link(p.from.link())}, {"link", f.link(p.to.link())}});
    }
    std::string operator()(const RouteChanged& p) const {
        const Blanks blanks{{"node", m_node}, {"destination", f.destination(p.destination)}};
        if (!p.via.valid() && !p.nextHop.valid()) return say(p.alternative == 0 ? "route-changed.gone" : "route-changed.one-less", blanks);
        Blanks more = blanks;
        more.emplace_back("next", f.node(p.nextHop.valid() ? p.nextHop : farEnd(p.via)));
        if (p.alternative > 0) return say("route-changed.also", more);
        if (const auto* adjacency = f.cause<AdjacencyChanged>(); adjacency != nullptr && adjacency->reason == AdjacencyReason::silence) {
            more.emplace_back("peer", f.node(adjacency->neighbour));
            return say("route-changed.silence", more);
        }
        const LinkChanged* link = f.cause<LinkChanged>();
        if (link == nullptr) return say("route-changed.new", more);
        more.emplace_back("link", f.link(link->link));
        return say(link->change == LinkChange::cut ? "route-changed.cut" : "route-changed.restored", more);
    }
    std::string operator()(const AdjacencyChanged& p) const {
        Blanks blanks{{"node", m_node}, {"peer", f.node(p.neighbour)}, {"link", f.link(p.via.link())}};
        if (p.to == AdjacencyState::full) return say("adjacency-changed.full", blanks);
        if (p.reason == AdjacencyReason::silence) return say("adjacency-changed.silence", blanks);
        if (p.reason == AdjacencyReason::carrier) return say("adjacency-changed.carrier", blanks);
        if (p.reason == AdjacencyReason::oneWay) return say("adjacency-changed.one-way", blanks);
        blanks.emplace_back("from", name(p.from));
        blanks.emplace_back("to", name(p.to));
        return say("adjacency-changed.other", blanks);
    }
    std::string operator()(const LsaChanged& p) const {
        return say(fmt::format("lsa-changed.{}", name(p.change)), {{"node", m_node}, {"origin", f.node(p.origin)}, {"links", text(p.links)}});
    }
    std::string operator()(const RoutingUpdateSent& p) const {
        const char* key = p.entries == 0 ? "request" : p.protocol == RouteSource::distanceVector ? "distance-vector" : "link-state";
        return say(fmt::format("routing-update-sent.{}", key), {{"node", m_node}, {"peer", f.node(farEnd(p.via))}, {"entries", text(p.entries)}});
    }
    std::string operator()(const TimelineApplied& p) const {
        const std::string kind(r.text(p.kind));
        const std::string key = "timeline-applied." + kind;
        return say(catalogue(m_language).contains(key) ? key : "timeline-applied", {{"kind", kind}});
    }

    // --- switches and ARP ---
    std::string operator()(const ArpAsked& p) const {
        const char* key = p.poll ? "poll" : p.attempt > 1 ? "again" : "first";
        return say(fmt::format("arp-asked.{}", key), {{"node", m_node}, {"target", f.destination(p.target)}, {"address", wire::toString(p.target.address)}});
    }
    std::string operator()(const ArpAnswered& p) const { return say("arp-answered", {{"node", m_node}, {"asker", f.destination(p.asker)}}); }
    std::string operator()(const ArpLearned& p) const {
        return say(p.released > 0 ? "arp-learned.released" : "arp-learned.noted",
                   {{"node", m_node}, {"neighbour", f.destination(p.address)}, {"address", wire::toString(p.address.address)}, {"mac", wire::toString(p.station)}});
    }
    std::string operator()(const PacketWaits& p) const { return say("packet-waits", {{"node", m_node}, {"what", f.what(p.packet)}, {"target", f.destination(p.target)}}); }
    std::string operator()(const ArpFailed& p) const {
        return say("arp-failed", {{"node", m_node}, {"target", f.destination(p.target)}, {"address", wire::toString(p.target.address)}});
    }
    std::string operator()(const StationLearned& p) const {
        return say(p.moved ? "station-learned.moved" : "station-learned.new",
                   {{"node", m_node}, {"neighbour", p.neighbour.valid() ? f.node(p.neighbour) : wire::toString(p.station)}, {"link", f.link(p.via.link())}});
    }
    std::string operator()(const FrameFlooded& p) const { return say(fmt::format("frame-flooded.{}", name(p.reason)), {{"node", m_node}, {"what", f.what(p.packet)}}); }
    std::string operator()(const PortChanged& p) const { return say(p.blocked ? "port-changed.blocked" : "port-changed.open", {{"node", m_node}, {"link", f.link(p.via.link())}}); }

    // --- ICMP ---
    std::string operator()(const IcmpReceived& p) const {
        std::string key(name(p.effect));
        if (p.effect == IcmpEffect::pathMtu && p.mtu == 0) key += ".old";
        return say("icmp-received." + key, {{"node", m_node}, {"from", f.node(p.from)}, {"mtu", text(p.mtu)}});
    }
    std::string operator()(const PathMtuChanged& p) const {
        return say(p.reason == MtuReason::raised ? "path-mtu-changed.raised" : "path-mtu-changed.lowered",
                   {{"node", m_node}, {"destination", f.destination(p.destination)}, {"mtu", text(p.mtu)}});
    }
    std::string operator()(const ProbeSent& p) const {
        return say(fmt::format("probe-sent.{}", name(p.program)),
                   {{"node", m_node}, {"destination", f.destination(p.destination)}, {"sequence", text(p.sequence)}, {"ttl", text(p.ttl)}});
    }
    std::string operator()(const ProbeAnswered& p) const {
        std::string key(name(p.program));
        if (p.program == Program::ping)
            key += p.reply != ProbeReply::echo ? ".error" : m_level >= Level::tcp ? ".deep" : "";
        else if (p.reply != ProbeReply::ttlExpired)
            key += p.reply == ProbeReply::portUnreachable || p.reply == ProbeReply::echo ? ".end" : ".error";
        const std::string_view reply = p.reply == ProbeReply::echo ? name(ProbeReply::other) : name(p.reply);
        return say("probe-answered." + key, {{"node", m_node},
                                             {"from", f.destination(p.from)},
                                             {"address", wire::toString(p.from.address)},
                                             {"sequence", text(p.sequence)},
                                             {"ttl", text(p.ttl)},
                                             {"time", durationText(p.roundTrip, m_language)},
                                             {"reply", fill(m_language, fmt::format("reply.{}", reply))}});
    }
    std::string operator()(const ProbeLost& p) const {
        const char* key = p.program == Program::traceroute ? "traceroute" : m_level >= Level::tcp ? "ping.deep" : "ping";
        return say(fmt::format("probe-lost.{}", key), {{"node", m_node},
                                                       {"destination", f.destination(p.destination)},
                                                       {"sequence", text(p.sequence)},
                                                       {"ttl", text(p.ttl)},
                                                       {"waited", durationText(p.waited, m_language)}});
    }
    std::string operator()(const ProbeEnded& p) const {
        const char* key = p.program == Program::ping ? "ping" : p.hops > 0 ? "traceroute.reached" : "traceroute.lost";
        return say(fmt::format("probe-ended.{}", key),
                   {{"node", m_node}, {"destination", f.destination(p.destination)}, {"sent", text(p.sent)}, {"answered", text(p.answered)}, {"hops", text(p.hops)}});
    }

    // --- TCP ---
    std::string operator()(const ConnectionOpened& p) const {
        const std::string_view key = serviceAt(p.serverPort);
        return say(fmt::format("connection-opened.{}", key), {{"node", m_node}, {"peer", f.node(p.server)}, {"port", text(p.serverPort)}});
    }
    std::string operator()(const TcpStateChanged& p) const {
        const Blanks blanks{{"node", m_node}, {"peer", f.peer(p.connection, e.node)}, {"from", std::string(name(p.from))}, {"to", std::string(name(p.to))}};
        return say(p.to == TcpState::established ? "tcp-state.established" : "tcp-state.other", blanks);
    }
    std::string operator()(const SegmentSent& p) const {
        const CastConnection* known = f.connection(p.connection);
        const Blanks blanks{
            {"node", m_node}, {"number", text(p.number)}, {"length", text(p.length)}, {"ack", text(p.acknowledgment)}, {"port", text(known ? known->serverPort : 0)}};
        const std::string_view key = segmentKey(p);
        return key == "ack" ? acknowledgment(p, blanks) : say(fmt::format("segment-sent.{}", key), blanks);
    }
    std::string operator()(const SegmentRetransmitted& p) const {
        const TimerExpired* timer = f.cause<TimerExpired>(2);
        return say(fmt::format("segment-retransmitted.{}", name(p.reason)),
                   {{"node", m_node}, {"what", f.what(p)}, {"peer", f.peer(p.connection, e.node)}, {"waited", durationText(timer ? timer->waited : Duration{}, m_language)}});
    }
    std::string operator()(const SegmentReceived& p) const {
        const std::string key = p.duplicateAck ? "duplicate-ack" : std::string(name(p.arrival));
        return say("segment-received." + key, {{"node", m_node}, {"length", text(p.length)}, {"ack", text(p.acknowledgment)}});
    }
    std::string operator()(const WindowChanged& p) const {
        return say(fmt::format("window-changed.{}", name(p.reason)), {{"node", m_node}, {"cwnd", sizeText(p.cwnd, m_language)}});
    }
    std::string operator()(const RttMeasured& p) const {
        const auto time = [this](std::uint32_t micros) { return durationText(std::chrono::microseconds(micros), m_language); };
        return say("rtt-measured", {{"node", m_node}, {"sample", time(p.sampleMicros)}, {"rto", time(p.rtoMicros)}});
    }
    std::string operator()(const TimerExpired& p) const {
        return say(fmt::format("timer-expired.{}", name(p.timer)), {{"node", m_node}, {"waited", durationText(p.waited, m_language)}, {"peer", f.peer(p.connection, e.node)}});
    }
    std::string operator()(const ConnectionEnded& p) const {
        const CastConnection* known = f.connection(p.connection);
        return say(fmt::format("connection-ended.{}", name(p.reason)), {{"node", m_node}, {"peer", f.peer(p.connection, e.node)}, {"port", text(known ? known->serverPort : 0)}});
    }

    // --- TLS, and who listens ---
    std::string operator()(const TlsStarted& p) const {
        return say(p.side == Side::client ? "tls-started.client" : "tls-started.server", {{"node", m_node}, {"peer", f.peer(p.connection, e.node)}});
    }
    std::string operator()(const TlsRecord& p) const { return say(fmt::format("tls-record.{}", name(p.kind)), {{"node", m_node}, {"size", sizeText(p.size, m_language)}}); }
    std::string operator()(const TlsSecured& p) const { return say(tlsKey(p), {{"node", m_node}, {"peer", f.peer(p.connection, e.node)}, {"problem", problemText(p.verdict)}}); }
    std::string operator()(const TlsFailed& p) const {
        return say(tlsKey(p), {{"node", m_node}, {"peer", f.peer(p.connection, e.node)}, {"problem", problemText(p.verdict)}, {"why", std::string(r.text(p.why))}});
    }
    std::string operator()(const TapHeard& p) const {
        const CastConnection* known = f.connection(p.connection);
        return say(fmt::format("tap-heard.{}", name(p.kind)), {{"link", f.link(p.via.link())},
                                                               {"line", shortened(r.text(p.line))},
                                                               {"size", sizeText(p.size, m_language)},
                                                               {"client", f.node(known != nullptr ? known->client : NodeId{})},
                                                               {"server", f.node(known != nullptr ? known->server : NodeId{})},
                                                               {"port", text(known != nullptr ? known->serverPort : 0)}});
    }

    // --- DNS ---
    std::string operator()(const DnsQuery& p) const {
        return say(fmt::format("dns-query.{}", questionKey(p)),
                   {{"node", m_node}, {"name", std::string(r.text(p.name))}, {"type", typeText(p.type)}, {"peer", f.node(p.server)}, {"zone", zoneText(p.zone)}});
    }
    std::string operator()(const DnsAnswer& p) const {
        const std::string_view records = r.text(p.records);
        const std::string_view first = records.substr(0, records.find(','));
        const auto space = first.find(' ');
        const std::string host(space == std::string_view::npos ? first : first.substr(space + 1));
        const char* key = "other";
        if (p.onBehalf) {
            key = p.rcode == 3 ? "no-such-name" : p.rcode != 0 ? "failed" : p.answers == 0 ? "none" : "records";
            return say(fmt::format("dns-found.{}", key), {{"node", m_node}, {"name", std::string(r.text(p.name))}, {"records", shortened(records)}, {"type", typeText(p.type)}});
        }
        if (p.rcode == 3)
            key = "no-such-name";
        else if (p.rcode != 0)
            key = "failed";
        else if (p.answers == 0)
            key = "none";
        else if (p.type == DnsType::mx)
            key = host == "." || host.empty() ? "null-mx" : "mx";
        else if (p.type == DnsType::a)
            key = "a";
        return say(fmt::format("dns-answer.{}", key),
                   {{"node", m_node}, {"name", std::string(r.text(p.name))}, {"host", host}, {"records", shortened(records)}, {"type", typeText(p.type)}});
    }
    std::string operator()(const DnsReferral& p) const {
        return say("dns-referral", {{"peer", f.node(p.server)}, {"zone", zoneText(p.zone)}, {"servers", shortened(r.text(p.servers))}});
    }
    std::string operator()(const DnsRejected& p) const {
        return say(fmt::format("dns-rejected.{}", name(p.flaw)), {{"node", m_node}, {"peer", f.node(p.server)}, {"name", std::string(r.text(p.name))}});
    }
    std::string operator()(const DnsTimedOut& p) const { return say("dns-timed-out", {{"node", m_node}, {"name", std::string(r.text(p.name))}}); }

    // --- dialogues ---
    std::string operator()(const SmtpCommand& p) const {
        const std::string_view line = r.text(p.line);
        std::string verb = verbOf(line);
        const std::string address = addressIn(line);
        if (verb == "MAIL" && address.empty()) verb = "NULL";
        if (!catalogue(m_language).contains("smtp-command." + verb)) verb = "other";
        return say("smtp-command." + verb, {{"node", m_node}, {"peer", f.peer(p.connection, e.node)}, {"address", address}, {"line", shortened(line)}});
    }
    std::string operator()(const SmtpReply& p) const { return say("smtp-reply." + replyKey(p), {{"node", m_node}, {"code", text(p.code)}}); }
    std::string operator()(const SmtpContent& p) const {
        const std::uint32_t segments = m_level >= Level::tcp ? f.contentSegments(p.connection) : 0;
        if (segments > 1) return say("smtp-content.segments", {{"segments", text(segments)}});
        return say("smtp-content.size", {{"node", m_node}, {"size", sizeText(p.size, m_language)}});
    }
    std::string operator()(const AccessCommand& p) const {
        std::string_view line = r.text(p.line);
        if (p.protocol == DialogueProtocol::pop3) return pop3(p, line);
        if (p.protocol == DialogueProtocol::http)
            return say("http-command." + httpKey(line), {{"node", m_node}, {"peer", f.peer(p.connection, e.node)}, {"line", shortened(line)}});
        const auto tag = line.find(' ');
        std::string verb = tag == std::string_view::npos ? std::string("other") : verbOf(line.substr(tag + 1));
        if (verb == "UID") verb = verbOf(line.substr(std::min(line.size(), tag + 5)));
        if (!catalogue(m_language).contains("access-command." + verb)) verb = "other";
        return say("access-command." + verb, {{"node", m_node}, {"peer", f.peer(p.connection, e.node)}, {"line", shortened(line)}});
    }
    std::string operator()(const AccessReply& p) const {
        const std::string_view line = r.text(p.line);
        const std::string key = p.protocol == DialogueProtocol::http ? "http-reply." + httpReplyKey(line) : "access-reply";
        return say(key, {{"node", m_node}, {"line", shortened(line)}});
    }
    std::string operator()(const PageOpened& p) const { return say("page-opened", {{"node", m_node}, {"reader", reader(p.mailbox)}}); }

    // --- mail ---
    std::string operator()(const MailComposed& p) const {
        if (p.notice) return say("mail-composed.notice", {{"node", m_node}, {"reader", f.reader()}});
        const Blanks blanks{{"person", Facts::personOf(r.text(p.from))}, {"reader", f.reader()}, {"count", text(p.recipients)}};
        return say(p.recipients > 1 ? "mail-composed.many" : "mail-composed.one", blanks);
    }
    std::string operator()(const MailAccepted& p) const {
        const Blanks blanks{{"node", m_node}, {"peer", f.node(p.from)}, {"person", f.personAt(p.from)}, {"reader", f.reader()}};
        switch (p.stage) {
            case Stage::submission: return say(p.recipients > 1 ? "mail-accepted.submission-many" : "mail-accepted.submission", blanks);
            case Stage::relay: return say("mail-accepted.relay", blanks);
            case Stage::local: return say("mail-accepted.local", blanks);
        }
        return {};
    }
    std::string operator()(const MailQueued& p) const {
        return say(p.attempts > 0 ? "mail-queued.again" : "mail-queued.first",
                   {{"node", m_node}, {"reader", reader(p.recipient)}, {"clock", clockText(p.nextTry, m_language).substr(0, clockLength(p.nextTry))}});
    }
    std::string operator()(const MailDequeued& p) const { return say("mail-dequeued", {{"node", m_node}, {"reader", reader(p.recipient)}}); }
    std::string operator()(const AttemptStarted& p) const { return say("attempt-started", {{"node", m_node}, {"domain", std::string(r.text(p.domain))}}); }
    std::string operator()(const AttemptFailed& p) const {
        return say(fmt::format("attempt-failed.{}", name(p.kind)), {{"node", m_node}, {"code", text(p.code)}, {"reader", reader(p.recipient)}});
    }
    std::string operator()(const RecipientRefused& p) const {
        const Blanks blanks{{"reader", p.recipientIndex == kAllRecipients ? f.reader() : reader(p.recipient)}, {"code", text(p.code)}, {"detail", shortened(r.text(p.detail))}};
        return say(p.code > 0 ? "recipient-refused.code" : "recipient-refused.other", blanks);
    }
    std::string operator()(const MailStored& p) const { return say("mail-stored", {{"node", m_node}, {"reader", reader(p.mailbox)}}); }
    std::string operator()(const MailboxFull& p) const { return say("mailbox-full", {{"reader", reader(p.mailbox)}, {"size", sizeText(p.size, m_language)}}); }
    std::string operator()(const MailboxOpened& p) const {
        return say(p.quota > 0 ? "mailbox-opened.limited" : "mailbox-opened.unlimited",
                   {{"node", m_node}, {"reader", reader(p.mailbox)}, {"quota", sizeText(p.quota, m_language)}});
    }
    std::string operator()(const MailboxRemoved& p) const {
        return say("mailbox-removed", {{"node", m_node}, {"reader", reader(p.mailbox)}, {"size", sizeText(p.size, m_language)}});
    }
    std::string operator()(const MailboxAdded& p) const { return say("mailbox-added", {{"node", m_node}, {"reader", reader(p.mailbox)}, {"folder", shortened(r.text(p.folder))}}); }
    std::string operator()(const FlagsChanged& p) const {
        const char* key = p.flags & 8 ? "deleted" : p.flags & 1 ? "seen" : "other";
        return say(fmt::format("flags-changed.{}", key), {{"node", m_node}});
    }
    std::string operator()(const MailRead& p) const {
        return say(fmt::format("mail-read.{}{}", name(p.action), p.local ? "-local" : ""), {{"node", m_node}, {"person", f.personAt(e.node)}, {"device", f.deviceAt(e.node)}});
    }
    std::string operator()(const MailFetched&) const { return say("mail-fetched", {{"node", m_node}, {"device", f.deviceAt(e.node)}}); }
    std::string operator()(const MailKnown& p) const {
        const std::string key = p.as != KnownAs::unread ? std::string(name(p.as)) : p.told ? "told" : "found";
        return say("mail-known." + key, {{"node", m_node}, {"peer", f.peer(p.connection, e.node)}});
    }
    std::string operator()(const NoticeIssued& p) const {
        return say(fmt::format("notice-issued.{}", name(p.kind)), {{"node", m_node}, {"person", reader(p.to)}, {"reader", recipient(p.recipientIndex)}});
    }
    std::string operator()(const MailDiscarded& p) const { return say("mail-discarded", {{"node", m_node}, {"reader", reader(p.recipient)}}); }
    std::string operator()(const SenderChecked& p) const {
        if (p.check == SenderCheck::dmarc && r.text(p.domain).empty()) return say("sender-checked.dmarc.nobody", {{"node", m_node}});
        return say(fmt::format("sender-checked.{}.{}", name(p.check), name(p.result)), {{"node", m_node}, {"client", f.node(p.client)}, {"domain", std::string(r.text(p.domain))}});
    }
    std::string operator()(const PolicyApplied& p) const {
        const Duration wait = p.until == kNever ? Duration{} : p.until - e.at;
        return say(fmt::format("policy-applied.{}", name(p.policy)),
                   {{"node", m_node}, {"client", f.node(p.client)}, {"wait", durationText(wait, m_language)}, {"address", std::string(r.text(p.recipient))}});
    }
    std::string operator()(const DeviceWaits& p) const {
        const std::string_view why = r.text(p.why);
        const std::string_view what = r.text(p.what);
        std::string key(what == "send" || what == "check" ? what : "read");
        if (why == "network-lost")
            key = "moved-" + key;
        else if (why == "offline")
            key = "offline-" + key;
        else if (why == "no-server" || why == "no-tls" || why == "bad-certificate" || why == "tls-failed")
            key = why;
        else if (p.final)
            key += "-final";
        return say("device-waits." + key, {{"node", m_node}, {"person", f.personAt(e.node)}});
    }
    std::string operator()(const RunEnded& p) const { return say(p.byLimit ? "run-ended.limit" : "run-ended.done", {}); }

private:
    std::string pop3(const AccessCommand& p, std::string_view line) const {
        const std::string verb = verbOf(line);
        const std::string key = "pop3-command." + (catalogue(m_language).contains("pop3-command." + verb) ? verb : "other");
        const auto gap = line.find(' ');
        const std::string argument(gap == std::string_view::npos ? std::string_view{} : line.substr(gap + 1));
        return say(key, {{"node", m_node}, {"peer", f.peer(p.connection, e.node)}, {"argument", shortened(argument)}, {"line", shortened(line)}});
    }
    // The story may have words of its own, and so may all that stands above TCP.
    std::string say(const std::string& key, const Blanks& blanks) const {
        if (m_level == Level::story && catalogue(m_language).contains(key + ".story")) return fillSentence(m_language, key + ".story", blanks);
        if (m_level < Level::tcp && catalogue(m_language).contains(key + ".simple")) return fillSentence(m_language, key + ".simple", blanks);
        return fillSentence(m_language, key, blanks);
    }
    // Told by the segment it asks for, as its picture shows it, where that is known.
    std::string acknowledgment(const SegmentFacts& p, Blanks blanks) const {
        if (p.side == Side::client && p.sequence <= 1 && p.acknowledgment <= 1) return say("segment-sent.ack-first", blanks);
        const std::uint32_t number = f.asked(p);
        if (number == 0) return say("segment-sent.ack", blanks);
        std::ranges::find(blanks, "number", [](const auto& b) { return b.first; })->second = text(number);
        const auto* heard = e.cause.valid() ? std::get_if<SegmentReceived>(&r.event(e.cause).payload) : nullptr;
        return say(heard != nullptr && heard->arrival == Arrival::outOfOrder ? "segment-sent.ack-repeated" : "segment-sent.ack-segment", blanks);
    }
    std::string problemText(TlsVerdict verdict) const { return fill(m_language, fmt::format("tls-problem.{}", name(verdict))); }
    std::string reader(TextId address) const { return Facts::personOf(r.text(address)); }
    std::string recipient(std::uint16_t index) const {
        const MailComposed* letter = f.letter();
        const auto to = letter ? splitAddresses(r.text(letter->to)) : std::vector<std::string>{};
        return index < to.size() ? Facts::personOf(to[index]) : f.reader();
    }
    static std::size_t clockLength(Instant t) { return clockText(t, Language::en).size() - 7; }  // hours and minutes
    // Who asks a server as one of its zone tells whom; otherwise "the DNS" is asked.
    std::string questionKey(const DnsQuery& p) const {
        switch (p.reason) {
            case DnsReason::asked:
            case DnsReason::onBehalf:
            case DnsReason::referral: break;
            case DnsReason::alias:
            case DnsReason::serverAddress:
            case DnsReason::serverFailed:
            case DnsReason::lame:
            case DnsReason::withoutEdns:
            case DnsReason::truncated: return std::string(name(p.reason));
            case DnsReason::timedOut: return p.zone.valid() ? "again-peer" : "again";
        }
        if (p.attempt > 1) return "again";
        if (p.zone.valid()) return r.text(p.zone) == "." ? "root" : "zone";
        return p.type == DnsType::mx ? "mx" : p.type == DnsType::a ? "a" : "other";
    }
    std::string zoneText(TextId zone) const { return zone.valid() ? std::string(r.text(zone)) : std::string(); }
    static std::string typeText(DnsType type) {
        std::string word(name(type));
        std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        return word;
    }
    NodeId farEnd(LinkEnd via) const { return endOf(via, 1 - via.direction()); }
    NodeId nearEnd(LinkEnd via) const { return endOf(via, via.direction()); }
    NodeId endOf(LinkEnd via, int which) const {
        if (!via.valid() || via.link().index() >= r.cast().links.size()) return {};
        const CastLink& link = r.cast().links[via.link().index()];
        return which == 0 ? link.first : link.second;
    }
    static const char* segmentKey(const SegmentFacts& p) {
        if (p.flags & kRst) return "rst";
        if (p.flags & kSyn) return p.flags & kAck ? "syn-ack" : "syn";
        if (p.length > 0) return p.mailContent ? "content" : "data";
        return p.flags & kFin ? "fin" : "ack";
    }
    // What the reply answers: the nearest command among its causes.
    std::string replyKey(const SmtpReply& p) const {
        if (p.code >= 500) return "permanent";
        if (p.code >= 400) return "transient";
        const auto* before = p.code == 220 ? f.cause<SmtpCommand>() : nullptr;
        if (before != nullptr && before->connection == p.connection && verbOf(r.text(before->line)) == "STARTTLS") return "STARTTLS";
        if (p.code == 220) return "greeting";
        if (p.code == 221) return "QUIT";
        if (p.code == 354) return "DATA";
        if (p.code == 235) return "AUTH";
        if (p.code >= 300) return "more";
        for (EventId at = e.cause; at.valid(); at = r.event(at).cause) {
            if (const auto* content = std::get_if<SmtpContent>(&r.event(at).payload); content && content->connection == p.connection) return "content";
            const auto* command = std::get_if<SmtpCommand>(&r.event(at).payload);
            if (command == nullptr || command->connection != p.connection) continue;
            std::string verb = verbOf(r.text(command->line));
            if (verb == "HELO") verb = "EHLO";
            return verb == "EHLO" || verb == "MAIL" || verb == "RCPT" ? verb : "done";
        }
        return "done";
    }

    const Recording& r;
    Level m_level;
    Language m_language;
    Facts f;
    const Event& e;
    std::string m_node;
};

}  // namespace

std::string sentence(const Recording& recording, EventId id, Level level, Language language) {
    return std::visit(Sentence(recording, id, level, language), recording.event(id).payload);
}

}  // namespace mailtrek::narrate

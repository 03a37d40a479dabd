// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/narrate/facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/narrate/catalogue.h"

namespace mailtrek::narrate {
namespace {

constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kAck = 16;
constexpr std::uint16_t kDomain = 53;  // DNS
constexpr std::uint16_t kTraceroute = 33434;
constexpr std::uint8_t kEchoReply = 0, kEchoRequest = 8;  // RFC 792

bool isDevice(trace::NodeKind kind) {
    switch (kind) {
        case trace::NodeKind::pc:
        case trace::NodeKind::laptop:
        case trace::NodeKind::phone:
        case trace::NodeKind::tablet:
        case trace::NodeKind::printer: return true;
        case trace::NodeKind::mailServer:
        case trace::NodeKind::dnsServer:
        case trace::NodeKind::router:
        case trace::NodeKind::switchNode: return false;
    }
    return false;
}

// A label that begins with what the thing is takes its article: "Móvil de Luis" is "el móvil de Luis". Empty: it begins with something else.
std::string withArticle(const std::string& label) {
    static constexpr std::pair<std::string_view, std::string_view> kThings[] = {
        {"PC", "el PC"},           {"Ordenador", "el ordenador"}, {"Portátil", "el portátil"},   {"Móvil", "el móvil"},     {"Teléfono", "el teléfono"},
        {"Tableta", "la tableta"}, {"Tablet", "la tableta"},      {"Impresora", "la impresora"}, {"Escáner", "el escáner"}, {"Navegador", "el navegador"},
        {"Webmail", "el webmail"}, {"Sobremesa", "el sobremesa"}};
    const std::string first = label.substr(0, label.find(' '));
    for (const auto& [word, spoken] : kThings) {
        if (first == word || first == spoken.substr(3)) return std::string(spoken) + label.substr(first.size());
    }
    return {};
}

}  // namespace

std::string Facts::node(NodeId id) const {
    std::string text = nodeText(r, id, m_language);
    if (text.empty()) return fill(m_language, "a-node");
    if (!isDevice(r.cast().nodes[id.index()].kind)) return text;
    if (m_language == Language::es)
        if (std::string spoken = withArticle(text); !spoken.empty()) return spoken;
    return kAsWritten + text;
}

std::string Facts::deviceAt(NodeId id) const {
    if (!id.valid() || id.index() >= r.cast().nodes.size()) return fill(m_language, "a-node");
    const trace::CastNode& cast = r.cast().nodes[id.index()];
    if (cast.user.empty() || !isDevice(cast.kind)) return node(id);
    switch (cast.kind) {
        case trace::NodeKind::laptop: return fill(m_language, "device.laptop");
        case trace::NodeKind::phone: return fill(m_language, "device.phone");
        case trace::NodeKind::tablet: return fill(m_language, "device.tablet");
        case trace::NodeKind::printer: return fill(m_language, "device.printer");
        case trace::NodeKind::pc:
        case trace::NodeKind::mailServer:
        case trace::NodeKind::dnsServer:
        case trace::NodeKind::router:
        case trace::NodeKind::switchNode: return fill(m_language, "device.pc");
    }
    return {};
}

std::string Facts::personOf(std::string_view address) {
    std::string name(address.substr(0, address.rfind('@')));
    if (const auto end = name.find_first_of("._+-"); end != std::string::npos && end > 0) name.resize(end);
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
    const bool latin1 = name.size() > 1 && name[0] == '\xc3' && static_cast<unsigned char>(name[1]) >= 0xa0 && name[1] != '\xb7' && name[1] != '\xbf';  // U+00E0 to U+00FE
    if (latin1) name[1] = static_cast<char>(name[1] - 0x20);
    return name;
}

std::string Facts::personAt(NodeId device) const {
    if (!device.valid() || device.index() >= r.cast().nodes.size()) return fill(m_language, "somebody");
    const std::string& user = r.cast().nodes[device.index()].user;
    return user.empty() ? node(device) : personOf(user);
}

std::string Facts::link(LinkId id) const {
    const bool known = id.valid() && id.index() < r.cast().links.size();
    return fill(m_language, "link", {{"name", known ? r.cast().links[id.index()].name : "?"}});
}

const trace::MailComposed* Facts::letter() const {
    const MailId mail = event().mail;
    if (!mail.valid()) return nullptr;
    for (std::uint64_t i = 0; i < r.size(); ++i) {
        const trace::Event& e = r.event({i});
        if (e.mail == mail)
            if (const auto* composed = std::get_if<trace::MailComposed>(&e.payload)) return composed;
    }
    return nullptr;
}

std::string Facts::reader() const {
    const trace::MailComposed* composed = letter();
    const std::vector<std::string> to = composed ? trace::splitAddresses(r.text(composed->to)) : std::vector<std::string>{};
    return to.empty() ? fill(m_language, "somebody") : personOf(to.front());
}

const trace::CastConnection* Facts::connection(ConnectionId id) const {
    const auto& known = r.cast().connections;
    return id.valid() && id.index() < known.size() ? &known[id.index()] : nullptr;
}

std::string Facts::peer(ConnectionId id, NodeId of) const {
    const trace::CastConnection* known = connection(id);
    return known == nullptr ? fill(m_language, "somebody") : node(known->client == of ? known->server : known->client);
}

std::string Facts::destination(wire::Ipv4Prefix prefix) const {
    // A whole subnet is named by the first host in it that is no router.
    const std::uint32_t mask = prefix.length == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix.length);
    for (const trace::CastNode& candidate : r.cast().nodes) {
        if (prefix.length < 32 && candidate.kind == trace::NodeKind::router) continue;
        const auto inside = [&](wire::Ipv4Address a) { return (a.value & mask) == (prefix.address.value & mask); };
        if (prefix.length > 0 && std::ranges::any_of(candidate.addresses, inside)) return node(NodeId{static_cast<std::uint32_t>(&candidate - r.cast().nodes.data())});
    }
    return prefix.length == 32 ? wire::toString(prefix.address) : wire::toString(prefix);
}

std::string Facts::what(const trace::SegmentFacts& segment) const {
    if (m_level < trace::Level::tcp) return fill(m_language, "what.piece");
    if (segment.number > 0) return fill(m_language, "what.segment", {{"number", fmt::format("{}", segment.number)}});
    if (segment.flags & kRst) return fill(m_language, "what.rst");
    if (segment.flags & kSyn) return fill(m_language, segment.flags & kAck ? "what.syn-ack" : "what.syn");
    if (segment.flags & kFin) return fill(m_language, "what.fin");
    return fill(m_language, segment.length > 0 ? "what.data" : "what.ack");
}

std::optional<trace::SegmentFacts> Facts::segmentOf(PacketId packet) const {
    for (trace::EventId at = m_id; at.valid(); at = r.event(at).cause) {
        const trace::Payload& payload = r.event(at).payload;
        if (const auto* sent = std::get_if<trace::SegmentSent>(&payload)) return sent->packet == packet ? std::optional<trace::SegmentFacts>(*sent) : std::nullopt;
        if (const auto* again = std::get_if<trace::SegmentRetransmitted>(&payload)) return again->packet == packet ? std::optional<trace::SegmentFacts>(*again) : std::nullopt;
        // A damaged packet or a copy has an id of its own; it carries what the first one carried.
        if (const auto* damaged = std::get_if<trace::PacketCorrupted>(&payload); damaged && damaged->damaged == packet) packet = damaged->packet;
        if (const auto* altered = std::get_if<trace::PacketAltered>(&payload); altered && altered->altered == packet) packet = altered->packet;
        if (const auto* copied = std::get_if<trace::PacketDuplicated>(&payload); copied && copied->copy == packet) packet = copied->packet;
        if (const auto* flooded = std::get_if<trace::FrameFlooded>(&payload); flooded && packet >= flooded->first && packet.value - flooded->first.value < flooded->copies)
            packet = flooded->packet;
    }
    // Taken away by a cut or a crash: the cause tells of that and not of the segment.
    for (std::uint64_t i = m_id.value; i-- > 0;) {
        const trace::Payload& payload = r.event({i}).payload;
        if (const auto* sent = std::get_if<trace::SegmentSent>(&payload); sent && sent->packet == packet) return *sent;
        if (const auto* again = std::get_if<trace::SegmentRetransmitted>(&payload); again && again->packet == packet) return *again;
    }
    return std::nullopt;
}

std::string Facts::what(PacketId packet) const {
    if (m_level < trace::Level::tcp) return fill(m_language, "what.piece");
    if (!packet.valid() || packet.index() >= r.store().packets()) return fill(m_language, "what.packet");
    const wire::Packet& octets = r.store().packet(packet).packet;
    if (const wire::ArpPacket* arp = octets.arp()) return fill(m_language, arp->operation == wire::kArpRequest ? "what.arp-request" : "what.arp-reply");
    if (octets.ip.moreFragments || octets.ip.fragmentOffset != 0) return fill(m_language, "what.fragment");
    if (const wire::IcmpHeader* icmp = octets.icmp())
        return fill(m_language, icmp->type == kEchoRequest ? "what.echo-request" : icmp->type == kEchoReply ? "what.echo-reply" : "what.icmp");
    if (trace::isRouting(octets)) return fill(m_language, trace::isRoutine(r, m_id) ? "what.hello" : "what.routing-update");
    if (const wire::UdpHeader* udp = octets.udp()) {
        if (udp->destinationPort == kDomain) return fill(m_language, "what.dns-query");
        if (udp->sourcePort == kDomain) return fill(m_language, "what.dns-answer");
        if (udp->destinationPort >= kTraceroute && udp->destinationPort < kTraceroute + 1024) return fill(m_language, "what.probe");
    }
    if (const auto segment = segmentOf(packet)) return what(*segment);
    const wire::TcpHeader* tcp = octets.tcp();
    if (tcp == nullptr) return fill(m_language, "what.packet");
    trace::SegmentFacts plain;
    plain.length = static_cast<std::uint16_t>(octets.payload.size());
    plain.flags = static_cast<std::uint8_t>((tcp->flags.fin ? kFin : 0) | (tcp->flags.syn ? kSyn : 0) | (tcp->flags.rst ? kRst : 0) | (tcp->flags.ack ? kAck : 0));
    return what(plain);
}

std::uint32_t Facts::asked(const trace::SegmentFacts& ack) const {
    constexpr std::uint64_t kLookBack = 20'000;  // events: far more than a window of segments brings about
    std::uint32_t next = 0;
    const std::uint64_t end = m_id.value > kLookBack ? m_id.value - kLookBack : 0;
    for (std::uint64_t i = m_id.value; i-- > end;) {
        const auto* sent = std::get_if<trace::SegmentSent>(&r.event({i}).payload);
        if (sent == nullptr || sent->connection != ack.connection || sent->side == ack.side || sent->number == 0) continue;
        if (sent->sequence == ack.acknowledgment) return sent->number;
        if (sent->sequence + sent->length == ack.acknowledgment) next = sent->number + 1;
        if (sent->sequence < ack.acknowledgment) break;
    }
    return next;
}

std::uint32_t Facts::contentSegments(ConnectionId id) const {
    std::uint32_t count = 0;
    for (std::uint64_t i = m_id.value + 1; i < r.size(); ++i) {
        const trace::Payload& payload = r.event({i}).payload;
        const auto* reply = std::get_if<trace::SmtpReply>(&payload);
        if (reply != nullptr && reply->connection == id) break;
        const auto* sent = std::get_if<trace::SegmentSent>(&payload);
        if (sent != nullptr && sent->connection == id && sent->mailContent) ++count;
    }
    return count;
}

}  // namespace mailtrek::narrate

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/trace/journey.h"

#include <algorithm>
#include <type_traits>

namespace mailtrek::trace {
namespace {

using Maybe = std::optional<Level>;

template <class E, class... Others>
inline constexpr bool isOneOf = (std::is_same_v<E, Others> || ...);
template <class E>
inline constexpr bool story = isOneOf<E, MailComposed, MailStored, MailFetched, MailRead, NoticeIssued, MailboxFull, DeviceWaits, NodeChanged, LinkChanged, MailDiscarded,
                                      RecipientRefused, ProbeAnswered, ProbeLost, ProbeEnded, PacketAltered, PageOpened, DeviceMoved>;
template <class E>
inline constexpr bool ofMail =
    isOneOf<E, DnsQuery, DnsAnswer, DnsReferral, DnsRejected, DnsTimedOut, ConnectionOpened, AttemptFailed, MailboxRemoved, MailboxAdded, TlsSecured, TlsFailed>;
template <class E>
inline constexpr bool ofDialogue = isOneOf<E, SmtpCommand, SmtpReply, SmtpContent, AccessCommand, AccessReply, FlagsChanged, TlsStarted>;
template <class E>
inline constexpr bool ofTcp = isOneOf<E, SegmentSent, SegmentRetransmitted, ConnectionEnded, IcmpReceived, PathMtuChanged, TlsRecord>;
template <class E>
inline constexpr bool ofPackets =
    isOneOf<E, PacketDelivered, PacketCorrupted, PacketDuplicated, PacketFragmented, PacketReassembled, PacketMarked, ProbeSent, FrameFlooded, ArpAsked, ArpAnswered, PacketWaits>;
template <class E>
inline constexpr bool neverAStep =
    isOneOf<E, PacketSent, PacketReplanned, RoutingUpdateSent, TimelineApplied, TcpStateChanged, SegmentReceived, RttMeasured, MailDequeued, AttemptStarted, MailboxOpened>;

struct LevelOf {
    const Recording& recording;
    EventId id;
    const Event& event;

    template <class E>
    requires story<E> Maybe operator()(const E&) const { return Level::story; }
    template <class E>
    requires ofMail<E> Maybe operator()(const E&) const { return Level::mail; }
    template <class E>
    requires ofDialogue<E> Maybe operator()(const E&) const { return Level::dialogue; }
    template <class E>
    requires ofTcp<E> Maybe operator()(const E&) const { return Level::tcp; }
    Maybe operator()(const SenderChecked& e) const { return e.refuses || e.result == CheckResult::fail ? Level::story : Level::mail; }
    Maybe operator()(const PolicyApplied& e) const { return e.policy == Policy::greylistOver || e.policy == Policy::signedLetter ? Level::mail : Level::story; }
    // What routers say to each other is a matter of level 5, and what they say all day of none.
    Maybe ofPacket(PacketId packet, Level otherwise) const {
        if (!packet.valid() || packet.index() >= recording.store().packets()) return otherwise;
        const wire::Packet& octets = recording.store().packet(packet).packet;
        if (octets.arp() != nullptr) return Level::ip;
        if (!isRouting(octets)) return otherwise;
        return isRoutine(recording, id) ? std::nullopt : Maybe(Level::ip);
    }
    // A datagram that ends with an ICMP message is told of by the program that hears it (traceroute, a resolver).
    Maybe operator()(const PacketDropped& e) const {
        const bool heardOf = e.told && e.packet.index() < recording.store().packets() && recording.store().packet(e.packet).packet.udp() != nullptr;
        const bool otherStation = e.reason == DropReason::filtered;  // a copy of a frame, where nobody wants it
        return ofPacket(e.packet, heardOf || otherStation ? Level::ip : Level::story);
    }
    template <class E>
    requires ofPackets<E> Maybe operator()(const E& e) const { return ofPacket(e.packet, Level::ip); }
    Maybe operator()(const AdjacencyChanged& e) const {
        const bool matters = e.from == AdjacencyState::full || e.to == AdjacencyState::full || e.to == AdjacencyState::down;
        return matters && event.at != kStart ? Maybe(Level::ip) : std::nullopt;
    }
    Maybe operator()(const LsaChanged& e) const { return e.reason == LsaReason::refresh ? std::nullopt : Maybe(Level::ip); }
    Maybe operator()(const ArpLearned&) const { return Level::ip; }
    Maybe operator()(const ArpFailed&) const { return Level::ip; }
    Maybe operator()(const StationLearned&) const { return Level::ip; }
    Maybe operator()(const PortChanged&) const { return event.at == kStart ? std::nullopt : Maybe(Level::ip); }
    template <class E>
    requires neverAStep<E> Maybe operator()(const E&) const { return std::nullopt; }

    // Handed to the sender's own server; between servers the storing that follows tells the story.
    Maybe operator()(const MailAccepted& e) const { return e.stage == Stage::submission ? Level::story : Level::mail; }
    // What a device learns first is what its user sees; that others have read or deleted it is a detail.
    Maybe operator()(const MailKnown& e) const { return e.as == KnownAs::unread ? Level::story : Level::mail; }
    Maybe operator()(const MailQueued& e) const { return e.attempts > 0 ? Maybe(Level::mail) : std::nullopt; }
    Maybe operator()(const RunEnded& e) const { return e.byLimit ? Maybe(Level::story) : std::nullopt; }
    // The tables that are filled and the settings that are told before anything happens are no story.
    Maybe operator()(const RouteChanged&) const { return event.at == kStart ? std::nullopt : Maybe(Level::ip); }
    Maybe operator()(const LinkConfigured&) const { return event.at == kStart ? std::nullopt : Maybe(Level::mail); }
    Maybe operator()(const TimerExpired& e) const {
        switch (e.timer) {
            case TcpTimer::retransmission:
            case TcpTimer::tailLossProbe:
            case TcpTimer::persist:
            case TcpTimer::keepAlive:
            case TcpTimer::user:
            case TcpTimer::connect: return Level::tcp;
            case TcpTimer::delayedAck:
            case TcpTimer::reordering:
            case TcpTimer::finWait:
            case TcpTimer::timeWait: return std::nullopt;
        }
        return std::nullopt;
    }
    // What an eavesdropper has in his hands is a story; how he comes by it, line by line, is not.
    Maybe operator()(const TapHeard& e) const {
        switch (e.kind) {
            case TapKind::password:
            case TapKind::letter:
            case TapKind::sealed: return Level::story;
            case TapKind::connection: return Level::mail;
            case TapKind::line: return Level::dialogue;
            case TapKind::record: return Level::tcp;
        }
        return std::nullopt;
    }
    // A cut of the window is a decision; its growth is a curve.
    Maybe operator()(const WindowChanged& e) const {
        switch (e.reason) {
            case WindowReason::fastRetransmit:
            case WindowReason::timeout:
            case WindowReason::idleRestart:
            case WindowReason::ecn:
            case WindowReason::spuriousUndo: return Level::tcp;
            case WindowReason::opened:
            case WindowReason::slowStart:
            case WindowReason::congestionAvoidance:
            case WindowReason::recovery:
            case WindowReason::recoveryExit: return std::nullopt;
        }
        return std::nullopt;
    }
};

Counted countedAs(const Payload& payload) {
    if (std::holds_alternative<DnsQuery>(payload)) return Counted::question;
    if (std::holds_alternative<SmtpCommand>(payload) || std::holds_alternative<SmtpReply>(payload) || std::holds_alternative<AccessCommand>(payload) ||
        std::holds_alternative<AccessReply>(payload))
        return Counted::line;
    if (std::holds_alternative<SegmentSent>(payload) || std::holds_alternative<SegmentRetransmitted>(payload)) return Counted::segment;
    if (std::holds_alternative<PacketDelivered>(payload)) return Counted::hop;
    return Counted::event;
}

// What happens to the world serves no letter, and every letter feels it.
bool ofTheWorld(const Payload& payload) {
    return std::holds_alternative<NodeChanged>(payload) || std::holds_alternative<LinkChanged>(payload) || std::holds_alternative<LinkConfigured>(payload) ||
           std::holds_alternative<RouteChanged>(payload) || std::holds_alternative<DeviceMoved>(payload);
}

constexpr std::array<std::string_view, kLevels> kNames{"story", "mail", "dialogue", "tcp", "ip"};

}  // namespace

std::string_view name(Level level) { return kNames[static_cast<std::size_t>(level) - 1]; }

std::optional<Level> levelNamed(std::string_view word) {
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (word == kNames[i] || (word.size() == 1 && word[0] == static_cast<char>('1' + i))) return static_cast<Level>(i + 1);
    return std::nullopt;
}

std::optional<Level> stepLevel(const Recording& recording, EventId id) {
    const Event& event = recording.event(id);
    return std::visit(LevelOf{recording, id, event}, event.payload);
}

bool isRouting(const wire::Packet& packet) {
    constexpr std::uint8_t kOspf = 89;
    constexpr std::uint16_t kRip = 520;
    const wire::UdpHeader* udp = packet.udp();
    return udp != nullptr ? udp->destinationPort == kRip : packet.ip.protocol == kOspf && packet.tcp() == nullptr && packet.icmp() == nullptr;
}

PacketId packetOf(const Payload& payload) {
    return std::visit(
        [](const auto& e) {
            if constexpr (requires { PacketId{e.packet}; })
                return e.packet;
            else
                return PacketId{};
        },
        payload);
}

bool isRoutine(const Recording& recording, EventId id) {
    const PacketId packet = packetOf(recording.event(id).payload);
    if (!packet.valid() || packet.index() >= recording.store().packets() || !isRouting(recording.store().packet(packet).packet)) return false;
    for (EventId at = id; at.valid(); at = recording.event(at).cause) {  // to the event that tells what was sent: packets of other kinds have none
        const Payload& payload = recording.event(at).payload;
        if (const auto* update = std::get_if<RoutingUpdateSent>(&payload)) return update->reason == UpdateReason::periodic;
        if (!packetOf(payload).valid()) return true;
    }
    return true;
}

bool changesHands(const Payload& payload) {
    return std::holds_alternative<MailComposed>(payload) || std::holds_alternative<MailAccepted>(payload) || std::holds_alternative<MailStored>(payload) ||
           std::holds_alternative<MailFetched>(payload) || std::holds_alternative<MailRead>(payload) || std::holds_alternative<NoticeIssued>(payload);
}

bool Journey::extend() {
    const std::size_t before = m_steps.size();
    for (; m_seen < m_recording->size(); ++m_seen) {
        const EventId id{m_seen};
        const Event& event = m_recording->event(id);
        if (m_mail.valid() && event.mail != m_mail && (event.mail.valid() || !ofTheWorld(event.payload))) continue;
        if (const auto level = stepLevel(*m_recording, id)) m_steps.push_back({id, *level, countedAs(event.payload)});
    }
    return m_steps.size() != before;
}

std::size_t Journey::stepsWithin(std::uint64_t events) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(m_steps, EventId{events}, {}, &Step::event) - m_steps.begin());
}

std::vector<JourneyRow> Journey::rows(Level level, const std::function<bool(const JourneyRow&)>& opened, std::size_t steps) const {
    std::vector<JourneyRow> rows;
    addRows(rows, 0, std::min(steps, m_steps.size()), level, opened);
    return rows;
}

void Journey::addRows(std::vector<JourneyRow>& rows, std::size_t from, std::size_t to, Level level, const std::function<bool(const JourneyRow&)>& opened) const {
    std::size_t i = from;
    while (i < to) {
        if (m_steps[i].level <= level) {
            rows.push_back({m_steps[i].event, m_steps[i].event, static_cast<std::uint8_t>(static_cast<int>(m_steps[i].level) - 1), false, {}});
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < to && m_steps[end].level > level) ++end;
        rows.push_back(foldOf(i, end, level));
        if (opened && opened(rows.back())) {
            Level inside = Level::ip;  // as deep as it takes to see anything
            for (std::size_t k = i; k < end; ++k) inside = std::min(inside, m_steps[k].level);
            addRows(rows, i, end, inside, opened);
        }
        i = end;
    }
}

JourneyRow Journey::foldOf(std::size_t from, std::size_t to, Level level) const {
    JourneyRow row{m_steps[from].event, m_steps[to - 1].event, static_cast<std::uint8_t>(level), true, {}};
    for (std::size_t i = from; i < to; ++i) ++row.counts[static_cast<std::size_t>(m_steps[i].counted)];
    return row;
}

}  // namespace mailtrek::trace

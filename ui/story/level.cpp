// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/story/level.h"

#include <type_traits>
#include <variant>

namespace mailtrek::ui {
namespace {

// The first level at which an event of this kind is a stop; 6: never one by itself.
template <class E>
constexpr int kFirstLevel = 6;
template <>
constexpr int kFirstLevel<trace::MailComposed> = 1;
template <>
constexpr int kFirstLevel<trace::MailAccepted> = 1;
template <>
constexpr int kFirstLevel<trace::MailStored> = 1;
template <>
constexpr int kFirstLevel<trace::MailRead> = 1;
template <>
constexpr int kFirstLevel<trace::NoticeIssued> = 1;
template <>
constexpr int kFirstLevel<trace::MailboxFull> = 1;
template <>
constexpr int kFirstLevel<trace::DeviceWaits> = 1;
template <>
constexpr int kFirstLevel<trace::NodeChanged> = 1;
template <>
constexpr int kFirstLevel<trace::MailDiscarded> = 1;
template <>
constexpr int kFirstLevel<trace::LinkChanged> = 1;
template <>
constexpr int kFirstLevel<trace::PacketDropped> = 1;
template <>
constexpr int kFirstLevel<trace::DnsQuery> = 2;
template <>
constexpr int kFirstLevel<trace::DnsAnswer> = 2;
template <>
constexpr int kFirstLevel<trace::DnsTimedOut> = 2;
template <>
constexpr int kFirstLevel<trace::ConnectionOpened> = 2;
template <>
constexpr int kFirstLevel<trace::AttemptFailed> = 2;
template <>
constexpr int kFirstLevel<trace::RecipientRefused> = 2;
template <>
constexpr int kFirstLevel<trace::SmtpCommand> = 3;
template <>
constexpr int kFirstLevel<trace::SmtpReply> = 3;
template <>
constexpr int kFirstLevel<trace::SmtpContent> = 3;
template <>
constexpr int kFirstLevel<trace::AccessCommand> = 3;
template <>
constexpr int kFirstLevel<trace::AccessReply> = 3;
template <>
constexpr int kFirstLevel<trace::SegmentSent> = 4;
template <>
constexpr int kFirstLevel<trace::SegmentRetransmitted> = 4;
template <>
constexpr int kFirstLevel<trace::TimerExpired> = 4;
template <>
constexpr int kFirstLevel<trace::ConnectionEnded> = 4;
template <>
constexpr int kFirstLevel<trace::PacketDelivered> = 5;
template <>
constexpr int kFirstLevel<trace::RouteChanged> = 5;

bool changesHands(const trace::Payload& payload) {
    return std::holds_alternative<trace::MailComposed>(payload) || std::holds_alternative<trace::MailAccepted>(payload) || std::holds_alternative<trace::MailStored>(payload) ||
           std::holds_alternative<trace::MailRead>(payload) || std::holds_alternative<trace::NoticeIssued>(payload);
}

}  // namespace

std::optional<Level> levelNamed(const QString& name) {
    for (int i = 1; i <= kLevels; ++i)
        if (nameOf(static_cast<Level>(i)) == name || name == QString::number(i)) return static_cast<Level>(i);
    return std::nullopt;
}

QString nameOf(Level level) {
    switch (level) {
        case Level::story: return QStringLiteral("story");
        case Level::mail: return QStringLiteral("mail");
        case Level::dialogue: return QStringLiteral("dialogue");
        case Level::tcp: return QStringLiteral("tcp");
        case Level::ip: return QStringLiteral("ip");
    }
    return {};
}

bool visibleAt(const trace::Recording& recording, trace::EventId id, Level level) {
    const trace::Event& event = recording.event(id);
    const int first = std::visit([](const auto& e) { return kFirstLevel<std::decay_t<decltype(e)>>; }, event.payload);
    // The tables that are filled before the first packet, and settings that a cut brings along, are no story.
    if (event.at == kStart && std::holds_alternative<trace::RouteChanged>(event.payload)) return false;
    return first <= static_cast<int>(level);
}

bool BeatList::extend() {
    const std::size_t before = m_beats.size();
    for (; m_seen < m_recording->size(); ++m_seen) {
        const trace::EventId id{m_seen};
        const trace::Event& event = m_recording->event(id);
        // Links crossed one after the other: packets that travel side by side count once.
        if (const auto* sent = std::get_if<trace::PacketSent>(&event.payload); sent && event.at >= m_lastArrival) {
            ++m_legs;
            m_lastArrival = sent->arrival;
        }
        if (!visibleAt(*m_recording, id, m_level)) continue;
        m_beats.push_back({m_seen + 1, event.at, changesHands(event.payload), std::max(1, m_legs)});
        m_legs = 0;
    }
    return m_beats.size() != before;
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/story/level.h"

namespace mailtrek::ui {

std::optional<Level> levelNamed(const QString& name) {
    for (int i = 1; i <= kLevels; ++i)
        if (nameOf(static_cast<Level>(i)) == name || name == QString::number(i)) return static_cast<Level>(i);
    return std::nullopt;
}

QString nameOf(Level level) {
    const std::string_view word = trace::name(level);
    return QString::fromLatin1(word.data(), static_cast<qsizetype>(word.size()));
}

bool visibleAt(const trace::Recording& recording, trace::EventId id, Level level) { return trace::isStep(recording, id, level); }

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
        m_beats.push_back({m_seen + 1, event.at, trace::changesHands(event.payload), std::max(1, m_legs)});
        m_legs = 0;
    }
    return m_beats.size() != before;
}

}  // namespace mailtrek::ui

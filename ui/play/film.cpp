// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/play/film.h"

#include <algorithm>

#include "sim/trace/journey.h"
#include "ui/story/chosen.h"

namespace mailtrek::ui {
namespace {

constexpr int kFrame = 16;              // ms
constexpr ScreenTime kMostAtOnce{100};  // a stalled window goes on where it was, it does not jump

}  // namespace

Film::Film(QObject* parent) : QObject(parent), m_playback([this](Instant t) { return m_recording ? m_recording->cursorAt(t) : 0; }) {
    m_timer.setInterval(kFrame);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Film::tick);
}

Film::~Film() = default;

void Film::setRecording(const trace::Recording* recording) {
    m_timer.stop();
    m_recording = recording;
    m_views.reset();
    m_traffic.reset();
    m_beats.reset();
    m_selection = {};
    m_furthest = 0;
    m_playback.setBeats({}, 0, kStart);
    m_playback.reset();
    if (recording) {
        m_views = std::make_unique<trace::ViewIndex>(*recording);
        m_traffic = std::make_unique<Traffic>(*recording);
        rebuildBeats();
    }
    m_playback.reset();
    Q_EMIT opened();
    Q_EMIT motion();
}

void Film::rebuildBeats() {
    m_beats = std::make_unique<BeatList>(*m_recording, m_level);
    recordingGrew();
}

void Film::recordingGrew() {
    if (!m_recording) return;
    m_traffic->extend();
    m_beats->extend();
    std::vector<Instant> instants;
    instants.reserve(m_recording->size());
    for (std::uint64_t i = 0; i < m_recording->size(); ++i) {
        const Instant at = m_recording->at({i});
        if (instants.empty() || at != instants.back()) instants.push_back(at);
    }
    m_scale = StripScale(instants, m_recording->end());
    m_letters = m_views->at(m_recording->size()).mails;
    const bool moving = m_playback.moving();
    m_playback.setBeats(m_beats->beats(), m_recording->size(), m_recording->end());
    if (moving) m_timer.start();
    Q_EMIT grew();
}

void Film::setLevel(Level level) {
    if (level == m_level) return;
    m_level = level;
    if (m_recording) {
        rebuildBeats();
        m_playback.pause();
        afterCommand();
    }
    Q_EMIT levelSet();
}

void Film::setReducedMotion(bool reduced) { m_playback.setReducedMotion(reduced); }

void Film::setPace(Pace pace, double factor) {
    m_playback.setPace(pace);
    m_playback.setFactor(factor);
    Q_EMIT motion();
}

std::optional<trace::EventId> Film::focus() const {
    const trace::EventId chosen = m_selection.event;
    if (chosen.valid() && m_chosenAt == cursor() && chosen.value + 1 == cursor()) return chosen;
    const std::ptrdiff_t b = m_playback.beat();
    if (b < 0) return std::nullopt;
    return trace::EventId{m_playback.beats()[static_cast<std::size_t>(b)].cursor - 1};
}

Moment Film::moment() const {
    const std::ptrdiff_t b = m_playback.beat();
    const std::uint64_t oldest = b >= 2 ? m_playback.beats()[static_cast<std::size_t>(b - 2)].cursor : 0;
    const bool several = m_recording->cast().mails.size() > 1;
    return Moment{*m_recording, view(), *m_traffic, now(), focus(), oldest, m_level, several ? followedMail() : MailId{}, m_playback.moving(), m_selection.packet};
}

std::optional<trace::EventId> Film::asked() const {
    if (m_selection.event.valid() && m_chosenAt == cursor()) return m_selection.event;
    return focus();
}

void Film::select(Selection wanted) {
    if (m_recording && wanted.event != m_selection.event) {
        wanted.packet = wanted.event.valid() && wanted.event.value < m_recording->size() ? trace::packetOf(m_recording->event(wanted.event).payload) : PacketId{};
        m_chosenAt = cursor();
    } else if (m_recording && (wanted.packet != m_selection.packet || (wanted == m_selection && wanted.packet.valid()))) {  // the same again: there may be more to tell of it now
        wanted.event = tellingOf(*m_recording, wanted.packet, cursor());
        m_chosenAt = cursor();
    }
    if (wanted == m_selection) return;
    m_selection = wanted;
    Q_EMIT selected();
}

void Film::selectEvent(trace::EventId event) {
    m_chosenAt = cursor();
    if (event == m_selection.event) return Q_EMIT selected();
    Selection wanted = m_selection;
    wanted.event = event;
    select(wanted);
}

MailId Film::followedMail() const {
    if (m_selection.mail.valid()) return m_selection.mail;
    return m_recording && !m_recording->cast().mails.empty() ? MailId{0} : MailId{};
}

ConnectionId Film::followedConnection() const {
    if (m_selection.connection.valid()) return m_selection.connection;
    if (!m_recording) return {};
    constexpr std::uint64_t kLookBack = 5000;
    for (std::uint64_t i = cursor(), n = 0; i > 0 && n < kLookBack; --i, ++n) {
        const ConnectionId c = connectionOf(m_recording->event({i - 1}));
        if (c.valid()) return c;
    }
    return {};
}

std::array<std::optional<trace::EventId>, trace::kMilestones> Film::milestones() const {
    const MailId mail = followedMail();
    if (!mail.valid() || mail.index() >= m_letters.size() || !m_letters[mail.index()]) return {};
    return m_letters[mail.index()]->milestones;
}

void Film::play() {
    if (m_playback.atEnd()) m_playback.reset();
    m_playback.play();
    afterCommand();
}
void Film::pause() {
    m_playback.pause();
    afterCommand();
}
void Film::step() {
    m_playback.step();
    afterCommand();
}
void Film::back() {
    m_playback.back();
    afterCommand();
}
void Film::hop() {
    m_playback.hop();
    afterCommand();
}
void Film::reset() {
    m_playback.reset();
    afterCommand();
}
void Film::toEnd() {
    m_playback.toEnd();
    afterCommand();
}
void Film::seek(std::uint64_t cursor) {
    m_playback.seek(cursor);
    afterCommand();
}
void Film::seekTime(Instant t) {
    m_playback.seekTime(t);
    afterCommand();
}

void Film::goTo(trace::EventId event) {
    if (!m_recording || event.value >= m_recording->size()) return;
    m_playback.seek(event.value + 1);
    m_furthest = std::max(m_furthest, cursor());
    selectEvent(event);
    afterCommand();
}

void Film::afterCommand() {
    m_ran = m_playback.moving() || m_ticking;
    m_furthest = std::max(m_furthest, m_playback.cursor());
    if (m_playback.moving()) {
        if (!m_timer.isActive()) {
            m_clock.start();
            m_timer.start();
        }
    } else {
        m_timer.stop();
    }
    Q_EMIT moved();
    if (m_playback.moving() != m_wasMoving) {
        m_wasMoving = m_playback.moving();
        Q_EMIT motion();
    }
}

void Film::tick() {
    const ScreenTime elapsed{std::min<qint64>(m_clock.restart(), kMostAtOnce.count())};
    m_ticking = true;
    m_playback.advance(elapsed);
    afterCommand();
    m_ticking = false;
}

}  // namespace mailtrek::ui

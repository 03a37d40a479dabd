// SPDX-License-Identifier: GPL-3.0-or-later
// What all panels share: the recording, the place in it, the level, and the one selection. Panels read it and tell it commands; none
// knows another. A timer runs only while something moves.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>

#include "sim/trace/view.h"
#include "ui/map/scene.h"
#include "ui/play/playback.h"
#include "ui/play/strip_scale.h"

namespace mailtrek::ui {

struct Selection {  // choose a thing anywhere and it is chosen everywhere
    NodeId node;
    PacketId packet;
    ConnectionId connection;
    MailId mail;
    trace::EventId event;  // what is told of the packet, or another step of the journey
    friend bool operator==(const Selection&, const Selection&) = default;
};

class Film : public QObject {
    Q_OBJECT

public:
    explicit Film(QObject* parent = nullptr);
    ~Film() override;

    // Not owned; must outlive its use here. Null: nothing is open.
    void setRecording(const trace::Recording* recording);
    const trace::Recording* recording() const { return m_recording; }
    void recordingGrew();  // after events were appended

    Level level() const { return m_level; }
    void setLevel(Level level);
    void setReducedMotion(bool reduced);
    void setPace(Pace pace, double factor);

    const Playback& playback() const { return m_playback; }
    const Traffic& traffic() const { return *m_traffic; }
    const StripScale& scale() const { return m_scale; }
    const trace::View& view() const { return m_views->at(m_playback.cursor()); }  // REQUIRES: recording()
    std::uint64_t cursor() const { return m_playback.cursor(); }
    Instant now() const { return m_playback.now(); }
    bool ranHere() const { return m_ran; }                 // by playing or stepping, not by a jump
    std::uint64_t furthest() const { return m_furthest; }  // how far the class has been
    Moment moment() const;                                 // REQUIRES: recording()
    std::optional<trace::EventId> focus() const;           // the event that was gone to, else the last visible one
    std::optional<trace::EventId> asked() const;           // what "why?" is about: what was chosen here, else the focus

    const Selection& selection() const { return m_selection; }
    // A packet brings the event that tells of it, an event its packet.
    void select(Selection selection);
    void selectEvent(trace::EventId event);
    MailId followedMail() const;              // the selected one, else the first
    ConnectionId followedConnection() const;  // the selected one, else that of the last event that has one

    // When the followed letter reaches its milestones in the whole recording, seen or not.
    std::array<std::optional<trace::EventId>, trace::kMilestones> milestones() const;

    void play();
    void pause();
    void togglePlay() { playback().playing() ? pause() : play(); }
    void step();
    void back();
    void hop();
    void reset();
    void toEnd();
    void seek(std::uint64_t cursor);
    void seekTime(Instant t);
    void goTo(trace::EventId event);  // right after it, and chooses it

Q_SIGNALS:
    void opened();    // another recording
    void grew();      // more of the same
    void moved();     // another place in it
    void levelSet();  // seen otherwise
    void selected();
    void motion();  // playing or standing

private:
    void afterCommand();
    void tick();
    void rebuildBeats();

    const trace::Recording* m_recording = nullptr;
    std::unique_ptr<trace::ViewIndex> m_views;
    std::unique_ptr<Traffic> m_traffic;
    std::unique_ptr<BeatList> m_beats;
    StripScale m_scale;
    Playback m_playback;
    Level m_level = Level::mail;
    Selection m_selection;
    std::uint64_t m_chosenAt = 0;                                   // where the film stood when it was chosen
    std::vector<std::shared_ptr<const trace::MailView>> m_letters;  // as they end
    std::uint64_t m_furthest = 0;
    QTimer m_timer;
    QElapsedTimer m_clock;
    bool m_wasMoving = false;
    bool m_ran = false;
    bool m_ticking = false;
};

}  // namespace mailtrek::ui

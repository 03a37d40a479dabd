// SPDX-License-Identifier: GPL-3.0-or-later
// The window: regions, commands, language and look. What it shows comes from the film; what it opens, from the session.
#pragma once

#include <QMenu>
#include <QTranslator>
#include <QWidget>
#include <array>
#include <functional>
#include <vector>

#include "ui/look/kit.h"
#include "ui/map/map_view.h"
#include "ui/parts/milestone_bar.h"
#include "ui/parts/narration_line.h"
#include "ui/parts/pane.h"
#include "ui/parts/time_strip.h"
#include "ui/parts/top_bar.h"
#include "ui/parts/transport_bar.h"
#include "ui/window/actions.h"

namespace mailtrek::ui {

class WhyCard;

class MainWindow : public QWidget {
    Q_OBJECT

public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    // Not owned; null shows nothing. `file` gives the number in front of the title ("04").
    void showRecording(const trace::Recording* recording, const QString& file);

    // Parts that lie over the window: all of it, or a corner of the map.
    enum class Overlay : std::uint8_t { whole, corner };
    void addOverlay(Part* part, Overlay place);
    void setRecent(const QStringList& files, std::function<void(const QString&)> openFile);

    Kit& kit() { return m_kit; }
    Film& film() { return m_film; }
    Actions& actions() { return *m_actions; }
    MapView& map() { return *m_map; }
    NarrationLine& narration() { return *m_narration; }
    TransportBar& transport() { return *m_transport; }
    TimeStrip& strip() { return *m_strip; }
    MilestoneBar& milestones() { return *m_milestones; }
    Pane& upper() { return *m_upper; }
    Pane& lower() { return *m_lower; }
    WhyCard& why() { return *m_why; }

    // Whether a real mail program can take the place of a device.
    void setServes(bool serves) { m_serves = serves; }

    void setTheme(ThemeKind kind);
    void setSpanish(bool spanish);
    void setPresenter(bool on);
    void setReducedMotion(bool on);
    bool spanish() const { return m_spanish; }
    ThemeKind theme() const { return m_theme; }
    const Look& look() const { return m_look; }
    // "map", "ladder", ...: brings that panel forward; false when there is none of that name.
    bool showView(const QString& name);

Q_SIGNALS:
    void openRequested();
    void galleryRequested();
    void serveRequested(mailtrek::NodeId device);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void buildPanes();
    void connectActions();
    void arrange();
    void refreshLook();
    void retitle();
    void showMenu();
    void fillRecent(QMenu& menu);
    void fillDevices(QMenu& menu);
    void popUp(QMenu& menu, const QAction* from);  // at the button that shows it
    void showWhy();
    void showPanel(const QString& name);
    void intoOrOut();
    void onLevel();
    void onSelected();

    Look m_look;
    ThemeKind m_theme = ThemeKind::light;
    bool m_spanish = false;
    bool m_serves = false;
    QTranslator m_translator;
    QTranslator m_qtTranslator;
    Kit m_kit;
    Film m_film;
    Actions* m_actions;
    TopBar* m_top;
    MilestoneBar* m_milestones;
    MapView* m_map;
    Pane* m_upper;
    Pane* m_lower;
    std::array<int, 2> m_shown{};  // the panels that they show, upper and lower
    WhyCard* m_why;
    NarrationLine* m_narration;
    TimeStrip* m_strip;
    TransportBar* m_transport;
    QString m_file;
    NodeId m_chosen;  // the machine whose card has been brought forward
    std::vector<std::pair<Part*, Overlay>> m_overlays;
    QStringList m_recent;
    std::function<void(const QString&)> m_openFile;
    std::optional<Level> m_before;  // the level to go back out to
};

}  // namespace mailtrek::ui

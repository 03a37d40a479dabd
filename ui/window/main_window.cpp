// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/main_window.h"

#include <QApplication>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QMenu>
#include <QRegularExpression>
#include <QToolTip>
#include <utility>

#include "ui/map/graph.h"
#include "ui/panels/journey_panel.h"
#include "ui/panels/ladder.h"
#include "ui/panels/mailbox_card.h"
#include "ui/panels/why_card.h"
#include "ui/story/words.h"
#include "ui/window/dialogs.h"
#include "ui/window/regions.h"

namespace mailtrek::ui {

MainWindow::MainWindow(QWidget* parent) : QWidget(parent), m_kit(m_look.theme) {
    setObjectName(QStringLiteral("mailtrek"));
    setMinimumSize(640, 360);
    QApplication::setCursorFlashTime(0);  // nothing blinks, and an idle window sleeps
    m_actions = new Actions(this);
    m_top = new TopBar(m_film, *m_actions, m_kit, this);
    m_milestones = new MilestoneBar(m_film, this);
    m_map = new MapView(m_film, this);
    m_upper = new Pane(this);
    m_lower = new Pane(this);
    m_why = new WhyCard(m_film, this);
    m_narration = new NarrationLine(m_film, this);
    m_strip = new TimeStrip(m_film, this);
    m_transport = new TransportBar(m_film, *m_actions, m_kit, this);
    buildPanes();
    connectActions();
    onLevel();
    m_actions->themes[0]->setChecked(true);
    resize(1280, 720);
    refreshLook();
    retitle();
}

MainWindow::~MainWindow() { m_film.disconnect(); }

void MainWindow::buildPanes() {
    for (Pane* pane : {m_upper, m_lower}) {
        pane->add(new JourneyPanel(m_film), [] { return tr("Journey"); });
        pane->add(new Ladder(m_film), [] { return tr("Ladder"); });
        pane->add(new MailboxCard(m_film), [] { return tr("Mailbox"); });
    }
    m_upper->setObjectName(QStringLiteral("upperPane"));
    m_lower->setObjectName(QStringLiteral("lowerPane"));
    m_lower->setCurrent(m_lower->indexOf(QStringLiteral("mailboxes")));
    m_shown = {m_upper->current(), m_lower->current()};
    for (Pane* pane : {m_upper, m_lower})
        connect(pane, &Pane::currentChanged, this, [this, pane](int index) {
            const int before = std::exchange(m_shown[pane == m_lower ? 1 : 0], index);
            Pane* other = pane == m_lower ? m_upper : m_lower;
            if (other->current() == index) other->setCurrent(before);  // never the same twice
        });
}

void MainWindow::connectActions() {
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(m_actions->reset, [this] { m_film.reset(); });
    on(m_actions->back, [this] { m_film.back(); });
    on(m_actions->play, [this] { m_film.togglePlay(); });
    on(m_actions->step, [this] { m_film.step(); });
    on(m_actions->hop, [this] { m_film.hop(); });
    on(m_actions->end, [this] { m_film.toEnd(); });
    on(m_actions->into, [this] { intoOrOut(); });
    on(m_actions->out, [this] {
        const int level = static_cast<int>(m_film.level());
        if (level > 1) m_actions->levels[static_cast<std::size_t>(level) - 2]->trigger();
    });
    for (std::size_t i = 0; i < m_actions->levels.size(); ++i)
        on(m_actions->levels[i], [this, i] {
            m_film.setLevel(static_cast<Level>(i + 1));
            m_top->arrange();
        });
    for (std::size_t i = 0; i < m_actions->paces.size(); ++i)
        on(m_actions->paces[i], [this, i] {
            m_film.setPace(Actions::paceOf(i), Actions::factorOf(i));
            m_actions->pace->setText(m_actions->paces[i]->text());
        });
    for (std::size_t i = 0; i < m_actions->themes.size(); ++i) on(m_actions->themes[i], [this, i] { setTheme(static_cast<ThemeKind>(i)); });
    on(m_actions->text, [this](bool shown) {
        m_narration->setShown(shown);
        m_map->setCalloutsShown(shown);
    });
    on(m_actions->language, [this] { setSpanish(!m_spanish); });
    on(m_actions->presenter, [this](bool presenting) { setPresenter(presenting); });
    on(m_actions->reducedMotion, [this](bool reduced) { setReducedMotion(reduced); });
    on(m_actions->fullScreen, [this](bool full) { full ? showFullScreen() : showNormal(); });
    on(m_actions->zoomIn, [this] { m_map->zoomIn(); });
    on(m_actions->zoomOut, [this] { m_map->zoomOut(); });
    on(m_actions->fit, [this] { m_map->fit(); });
    on(m_actions->details, [this](bool shown) { m_map->setDetailsShown(shown); });
    on(m_actions->nextThing, [this] { m_map->chooseNext(1); });
    on(m_actions->lastThing, [this] { m_map->chooseNext(-1); });
    on(m_actions->nextMilestone, [this] { m_milestones->go(1); });
    on(m_actions->lastMilestone, [this] { m_milestones->go(-1); });
    on(m_actions->menu, [this] { showMenu(); });
    connect(&m_film, &Film::levelSet, this, &MainWindow::onLevel);
    connect(&m_film, &Film::selected, this, &MainWindow::onSelected);
    connect(&m_film, &Film::opened, this, [this] { m_chosen = {}; });
    for (QAction* panel : m_actions->panels) on(panel, [this, panel] { showPanel(panel->objectName()); });
    on(m_actions->open, [this] { Q_EMIT openRequested(); });
    on(m_actions->recent, [this] {
        QMenu menu(this);
        menu.setFont(m_look.font(Type::control));
        fillRecent(menu);
        popUp(menu, m_actions->recent);
    });
    on(m_actions->gallery, [this] { Q_EMIT galleryRequested(); });
    on(m_actions->why, [this] { showWhy(); });
    on(m_actions->help, [this] { makeHelp(m_look, this)->show(); });
    on(m_actions->shortcuts, [this] { makeShortcuts(*m_actions, m_look, this)->show(); });
    on(m_actions->about, [this] { makeAbout(m_look, this)->show(); });
    on(m_actions->quit, [this] { close(); });
}

// One level deeper here, then out again to where it was.
void MainWindow::intoOrOut() {
    const auto level = static_cast<std::size_t>(m_film.level());
    const std::optional<Level> before = m_before;
    if (!before && level == kLevels) return;
    const Level here = m_film.level();
    m_actions->levels[before ? static_cast<std::size_t>(*before) - 1 : level]->trigger();
    m_before = before ? std::nullopt : std::optional(here);
    m_actions->showDeeper(m_before.has_value());
    m_actions->into->setEnabled(m_before || m_film.level() != Level::ip);
}

void MainWindow::onLevel() {
    const auto level = static_cast<std::size_t>(m_film.level());
    m_actions->levels[level - 1]->setChecked(true);
    m_before.reset();  // whoever chooses a level is no longer inside
    m_actions->showDeeper(false);
    m_actions->out->setEnabled(level > 1);
    m_actions->into->setEnabled(level < kLevels);
}

// A click on a server or device brings its card into sight.
void MainWindow::onSelected() {
    const NodeId node = m_film.selection().node;
    if (node == m_chosen || !m_film.recording()) return;
    m_chosen = node;
    if (!node.valid() || node.index() >= m_film.recording()->cast().nodes.size()) return;
    const trace::NodeKind kind = m_film.recording()->cast().nodes[node.index()].kind;
    const int card = m_upper->indexOf(QStringLiteral("mailboxes"));
    if ((kind != trace::NodeKind::mailServer && !isDevice(kind)) || (m_lower->isVisibleTo(this) && m_lower->current() == card)) return;
    m_why->closeCard();
    m_upper->setCurrent(card);
}

void MainWindow::showWhy() {
    const auto asked = m_film.asked();
    if (!m_film.recording() || !asked) return;
    m_film.pause();
    m_why->ask(*asked);
}

// Brings the panel forward and gives it the keyboard: in the lower pane when that is where it already is.
void MainWindow::showPanel(const QString& name) {
    Pane* pane = m_lower->isVisibleTo(this) && m_lower->current() == m_lower->indexOf(name) ? m_lower : m_upper;
    if (pane == m_upper) m_why->closeCard();
    pane->setCurrent(pane->indexOf(name));
    pane->panel(pane->current())->setFocus();
}

void MainWindow::showMenu() {
    QMenu menu(this);
    menu.setFont(m_look.font(Type::control));
    menu.addAction(m_actions->gallery);
    menu.addAction(m_actions->open);
    if (!m_recent.isEmpty()) {
        QMenu* recent = menu.addMenu(tr("Recent"));
        recent->setFont(menu.font());
        fillRecent(*recent);
    }
    menu.addSeparator();
    QMenu* view = menu.addMenu(tr("View"));
    view->setFont(menu.font());
    for (QAction* a : m_actions->panels) view->addAction(a);
    view->addSeparator();
    for (QAction* a : m_actions->themes) view->addAction(a);
    view->addSeparator();
    for (QAction* a : {m_actions->presenter, m_actions->fullScreen, m_actions->reducedMotion, m_actions->zoomIn, m_actions->zoomOut, m_actions->fit, m_actions->details,
                       m_actions->nextThing, m_actions->lastThing})
        view->addAction(a);
    QMenu* run = menu.addMenu(tr("Run"));
    run->setFont(menu.font());
    for (QAction* a : {m_actions->reset, m_actions->back, m_actions->play, m_actions->step, m_actions->hop, m_actions->into, m_actions->out, m_actions->end,
                       m_actions->nextMilestone, m_actions->lastMilestone, m_actions->why})
        run->addAction(a);
    run->addSeparator();
    for (QAction* a : m_actions->paces) run->addAction(a);
    QMenu* devices = menu.addMenu(tr("With a real mail program"));
    devices->setFont(menu.font());
    fillDevices(*devices);
    devices->setEnabled(m_serves && !devices->isEmpty());
    menu.addAction(m_actions->language->toolTip(), m_actions->language->shortcut(), m_actions->language, [this] { m_actions->language->trigger(); });
    menu.addSeparator();
    for (QAction* a : {m_actions->help, m_actions->shortcuts, m_actions->about, m_actions->quit}) menu.addAction(a);
    popUp(menu, m_actions->menu);
}

void MainWindow::fillRecent(QMenu& menu) {
    for (const QString& file : m_recent) menu.addAction(QFileInfo(file).fileName(), this, [this, file] { m_openFile(file); })->setToolTip(file);
    menu.setToolTipsVisible(true);
}

// In whose place it may stand.
void MainWindow::fillDevices(QMenu& menu) {
    if (!m_film.recording()) return;
    const auto& nodes = m_film.recording()->cast().nodes;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].user.empty()) continue;
        QString name = nodeText(nodes[i], m_spanish);
        menu.addAction(name.replace('&', QStringLiteral("&&")) + QStringLiteral("…"), this, [this, i] { Q_EMIT serveRequested(NodeId{i}); });
    }
}

void MainWindow::popUp(QMenu& menu, const QAction* from) {
    QPoint at = mapToGlobal(QPoint(8, 48));
    for (const Button* b : findChildren<Button*>(from->objectName()))
        if (b->isVisible() && !b->visibleRegion().isEmpty()) at = b->mapToGlobal(QPoint(0, b->height()));
    menu.exec(at);
}

void MainWindow::addOverlay(Part* part, Overlay place) {
    m_overlays.emplace_back(part, place);
    part->setLook(m_look);
    arrange();
}

void MainWindow::setRecent(const QStringList& files, std::function<void(const QString&)> openFile) {
    m_recent = files;
    m_openFile = std::move(openFile);
    m_actions->recent->setEnabled(!m_recent.isEmpty());
}

void MainWindow::showRecording(const trace::Recording* recording, const QString& file) {
    m_file = file;
    m_before.reset();
    m_actions->showDeeper(false);
    m_film.setRecording(recording);
    retitle();
}

void MainWindow::retitle() {
    QString number, title;
    if (const trace::Recording* r = m_film.recording()) {
        title = QString::fromStdString(m_spanish ? r->cast().title.es : r->cast().title.en);
        const auto match = QRegularExpression(QStringLiteral("^(\\d\\d)[_-]")).match(QFileInfo(m_file).fileName());
        if (match.hasMatch()) number = match.captured(1);
        if (title.isEmpty()) title = QFileInfo(m_file).completeBaseName();
    }
    m_top->setScenario(number, title);
    setWindowTitle(title.isEmpty() ? QStringLiteral("Mailtrek") : QStringLiteral("%1 – Mailtrek").arg(title));
}

void MainWindow::setTheme(ThemeKind kind) {
    m_theme = kind;
    m_actions->themes[static_cast<std::size_t>(kind)]->setChecked(true);
    refreshLook();
}

void MainWindow::setPresenter(bool on) {
    m_look.presenter = on;
    m_actions->presenter->setChecked(on);
    refreshLook();
}

void MainWindow::setReducedMotion(bool on) {
    m_look.reducedMotion = on;
    m_actions->reducedMotion->setChecked(on);
    m_film.setReducedMotion(on);
    refreshLook();
}

void MainWindow::setSpanish(bool spanish) {
    m_spanish = spanish;
    setSpanishNow(spanish);
    qApp->removeTranslator(&m_translator);
    qApp->removeTranslator(&m_qtTranslator);
    if (spanish) {
        if (m_translator.load(QStringLiteral(":/i18n/mailtrek_es.qm"))) qApp->installTranslator(&m_translator);
        if (m_qtTranslator.load(QStringLiteral("qtbase_es"), QLibraryInfo::path(QLibraryInfo::TranslationsPath))) qApp->installTranslator(&m_qtTranslator);
    }
    QEvent change(QEvent::LanguageChange);
    QApplication::sendEvent(this, &change);
    for (QWidget* child : findChildren<QWidget*>()) {
        QEvent again(QEvent::LanguageChange);
        QApplication::sendEvent(child, &again);
        child->update();
    }
}

void MainWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        m_actions->retranslate();
        for (QAction* pace : m_actions->paces)
            if (pace->isChecked()) m_actions->pace->setText(pace->text());
        retitle();
        m_narration->follow();
        m_top->arrange();
        m_transport->arrange();
    }
    QWidget::changeEvent(event);
}

void MainWindow::refreshLook() {
    m_look.theme = themeOf(m_theme);
    m_look.scale = scaleFor(size(), m_look.presenter);
    m_kit.setTheme(m_look.theme);
    QApplication::setPalette(paletteOf(m_look.theme));
    QToolTip::setPalette(paletteOf(m_look.theme));
    QToolTip::setFont(m_look.font(Type::control));
    setFont(m_look.font(Type::control));
    m_map->setLook(m_look);
    for (Part* part : std::initializer_list<Part*>{m_top, m_milestones, m_upper, m_lower, m_why, m_narration, m_strip, m_transport}) part->setLook(m_look);
    for (const auto& [part, place] : m_overlays) part->setLook(m_look);
    for (QAction* pace : m_actions->paces)
        if (pace->isChecked()) m_actions->pace->setText(pace->text());
    arrange();
}

void MainWindow::arrange() {
    const Regions r = regionsOf(size(), m_look, true);
    m_top->setGeometry(r.top);
    m_milestones->setGeometry(r.journey);
    m_map->setGeometry(r.map);
    m_upper->setGeometry(r.upper);
    m_why->setGeometry(r.upper);
    m_lower->setGeometry(r.lower);
    m_lower->setVisible(!r.lower.isNull());
    m_narration->setGeometry(r.narration);
    m_strip->setGeometry(r.strip);
    m_transport->setGeometry(r.transport);
    for (const auto& [part, place] : m_overlays) {
        if (place == Overlay::whole)
            part->setGeometry(rect());
        else
            part->move(r.map.left() + static_cast<int>(m_look.px(16)), r.map.bottom() - part->height() - static_cast<int>(m_look.px(12)));
    }
}

void MainWindow::resizeEvent(QResizeEvent*) { refreshLook(); }

bool MainWindow::showView(const QString& name) {
    if (name == QLatin1String("map")) return true;
    if (name == QLatin1String("why")) {
        showWhy();
        return true;
    }
    if (m_upper->indexOf(name) < 0) return false;
    m_upper->setCurrent(m_upper->indexOf(name));
    return true;
}

}  // namespace mailtrek::ui

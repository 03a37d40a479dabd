// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/desk.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMimeData>
#include <QSettings>
#include <QTextStream>
#include <QUrl>

#include "ui/look/system_motion.h"
#include "ui/open/diagnostics_dialog.h"
#include "ui/open/serve_dialog.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

constexpr int kMostRecent = 8;

void complain(const QString& text) { QTextStream(stderr) << text << '\n'; }

}  // namespace

Desk::Desk(Library library, const QString& folder, bool remember) : m_session(std::move(library)), m_folder(folder), m_remember(remember) {
    m_gallery = new Gallery(m_window.actions(), m_window.kit(), &m_window);
    m_progress = new ProgressCard(m_session, m_window.kit(), &m_window);
    m_window.addOverlay(m_gallery, MainWindow::Overlay::whole);
    m_window.addOverlay(m_progress, MainWindow::Overlay::corner);
    m_window.addAction(m_progress->cancelAction());
    m_window.setAcceptDrops(true);
    m_window.installEventFilter(this);
    m_gallery->hide();
    connectAll();
    m_window.setSpanish(QLocale::system().language() == QLocale::Spanish);
    if (remember) readSettings();
}

Desk::~Desk() {
    if (m_remember) writeSettings();
    m_window.showRecording(nullptr, {});
}

void Desk::connectAll() {
    connect(&m_session, &Session::aboutToClose, this, [this] { m_window.showRecording(nullptr, {}); });
    connect(&m_session, &Session::opened, this, [this] {
        m_window.showRecording(m_session.recording(), m_session.path());
        showGallery(false);
    });
    connect(&m_session, &Session::grew, this, [this] { m_window.film().recordingGrew(); });
    connect(&m_session, &Session::failed, this, &Desk::onFailed);
    connect(&m_window.film(), &Film::moved, this, &Desk::noteSeen);
    connect(&m_window.map(), &MapView::menuWanted, this, &Desk::showMachineMenu);
    connect(m_gallery, &Gallery::picked, this, &Desk::open);
    connect(&m_window, &MainWindow::galleryRequested, this, [this] { showGallery(!galleryShown()); });
    connect(&m_window, &MainWindow::serveRequested, this, &Desk::serve);
    m_window.setServes(!m_session.library().serveProgram.isEmpty());
    connect(&m_window, &MainWindow::openRequested, this, &Desk::chooseFile);
}

bool Desk::open(const QString& path) {
    if (!m_session.open(path)) return false;
    const QString whole = QFileInfo(path).absoluteFilePath();
    m_recent.removeAll(whole);
    m_recent.prepend(whole);
    if (m_recent.size() > kMostRecent) m_recent.resize(kMostRecent);
    m_window.setRecent(m_recent, [this](const QString& file) { open(file); });
    return true;
}

void Desk::showMachineMenu(NodeId machine, QPoint at) {
    m_window.film().pause();
    QMenu* menu = makeMachineMenu(m_window.film().moment(), machine, m_session.added() > 0, !m_session.library().serveProgram.isEmpty(), &m_window);
    menu->setFont(m_window.look().font(Type::control));
    for (QMenu* part : menu->findChildren<QMenu*>()) part->setFont(menu->font());
    connect(menu, &QMenu::triggered, this, [this, machine](QAction* action) {
        if (action->data().canConvert<Probe>())
            probe(action->data().value<Probe>());
        else if (action->objectName() == QLatin1String("serve"))
            serve(machine);
        else
            takeBack();
    });
    menu->popup(at);
}

// The run is computed anew with the probe in it; up to here it is the same, so the film stands where it stood, and goes on.
void Desk::probe(Probe probe) {
    Film& film = m_window.film();
    const std::uint64_t cursor = film.cursor();
    probe.at = film.now() + Duration(1);
    if (!m_session.add(probe)) return;
    film.seek(cursor);
    film.step();
}

void Desk::takeBack() {
    Film& film = m_window.film();
    const Instant now = film.now();
    if (m_session.open(m_session.path())) film.seekTime(now);
}

// What comes of it is a scenario file of its own, which is then opened.
void Desk::serve(NodeId device) {
    const trace::Recording* recording = m_session.recording();
    if (recording == nullptr) return;
    auto* dialog = new ServeDialog({m_session.library().serveProgram,
                                    QFileInfo(m_session.path()).absoluteFilePath(),
                                    QString::fromStdString(recording->cast().nodes[device.index()].name),
                                    nodeText(recording->cast().nodes[device.index()], m_window.spanish()),
                                    {},
                                    m_window.spanish()},
                                   m_window.look(), &m_window);
    connect(dialog, &ServeDialog::saved, this, &Desk::open);
    dialog->show();
}

// A lesson is seen when the class has been at its end.
void Desk::noteSeen() {
    if (!m_session.recording() || !m_window.film().playback().atEnd()) return;
    const QString whole = QFileInfo(m_session.path()).absoluteFilePath();
    if (m_seen.contains(whole)) return;
    m_seen.append(whole);
    m_gallery->setSeen(m_seen);
}

void Desk::onFailed(const QString& path, const std::vector<Diagnostic>& diagnostics, bool unreadable) {
    m_exit = unreadable ? kExitFile : kExitInput;
    if (m_quiet) {
        for (const Diagnostic& d : diagnostics)
            complain(d.line > 0 ? QStringLiteral("%1:%2:%3: %4 %5").arg(path).arg(d.line).arg(d.column).arg(d.error ? "error:" : "warning:", d.message)
                                : QStringLiteral("%1: %2 %3").arg(path, d.error ? "error:" : "warning:", d.message));
        return;
    }
    makeDiagnostics(path, diagnostics, unreadable, m_window.look(), &m_window)->show();
}

void Desk::showGallery(bool shown) {
    if (shown && m_gallery->cards() == 0) fillGallery(m_folder);
    m_window.film().pause();
    m_gallery->setVisible(shown);
    m_window.transport().setResting(shown);
    if (shown) {
        m_gallery->raise();
        m_gallery->setFocus();
    } else {
        m_window.map().setFocus();
    }
}

void Desk::fillGallery(const QString& folder) {
    std::vector<ScenarioCard> cards;
    if (m_session.library().describe)
        for (const QFileInfo& file : QDir(folder).entryInfoList({"*.yaml", "*.yml"}, QDir::Files, QDir::Name))
            if (auto card = m_session.library().describe(file.absoluteFilePath())) cards.push_back(std::move(*card));
    m_gallery->setCards(std::move(cards));
}

void Desk::chooseFile() {
    const QString start = m_recent.isEmpty() ? m_folder : QFileInfo(m_recent.front()).absolutePath();
    auto* dialog = new QFileDialog(&m_window, tr("Open a scenario"), start, tr("Scenarios (*.yaml *.yml);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setFont(m_window.look().font(Type::control));
    dialog->resize(m_window.size() * 0.7);
    connect(dialog, &QFileDialog::fileSelected, this, &Desk::open);
    dialog->open();
}

bool Desk::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::DragEnter) {
        auto* drag = static_cast<QDragEnterEvent*>(event);
        const bool file = drag->mimeData()->hasUrls() && drag->mimeData()->urls().size() == 1 && drag->mimeData()->urls().front().isLocalFile();
        drag->setAccepted(file);
        return file;
    }
    if (event->type() == QEvent::Drop) {
        auto* drop = static_cast<QDropEvent*>(event);
        drop->acceptProposedAction();
        open(drop->mimeData()->urls().front().toLocalFile());
        return true;
    }
    return QObject::eventFilter(watched, event);
}

void Desk::readSettings() {
    const QSettings s;
    if (const auto theme = themeNamed(s.value("theme").toString())) m_window.setTheme(*theme);
    if (s.contains("spanish")) m_window.setSpanish(s.value("spanish").toBool());
    if (s.contains("reducedMotion") ? s.value("reducedMotion").toBool() : systemReducesMotion()) m_window.setReducedMotion(true);
    if (s.value("presenter").toBool()) m_window.setPresenter(true);
    if (const auto level = levelNamed(s.value("level").toString())) m_window.film().setLevel(*level);
    if (s.contains("geometry")) m_window.restoreGeometry(s.value("geometry").toByteArray());
    if (!s.value("text", true).toBool()) m_window.actions().text->trigger();
    if (s.value("details").toBool()) m_window.actions().details->trigger();
    if (const auto pace = s.value("pace", 2).toUInt(); pace < m_window.actions().paces.size()) m_window.actions().paces[pace]->trigger();
    m_window.upper().setCurrent(s.value("upperPane", m_window.upper().current()).toInt());
    m_window.lower().setCurrent(s.value("lowerPane", m_window.lower().current()).toInt());
    m_seen = s.value("seen").toStringList();
    m_gallery->setSeen(m_seen);
    m_recent = s.value("recent").toStringList();
    m_window.setRecent(m_recent, [this](const QString& file) { open(file); });
}

void Desk::writeSettings() {
    QSettings s;
    s.setValue("theme", nameOf(m_window.theme()));
    s.setValue("spanish", m_window.spanish());
    s.setValue("reducedMotion", m_window.look().reducedMotion);
    s.setValue("presenter", m_window.look().presenter);
    s.setValue("level", nameOf(m_window.film().level()));
    s.setValue("geometry", m_window.saveGeometry());
    s.setValue("recent", m_recent);
    s.setValue("seen", m_seen);
    s.setValue("text", m_window.actions().text->isChecked());
    s.setValue("details", m_window.actions().details->isChecked());
    for (std::size_t i = 0; i < m_window.actions().paces.size(); ++i)
        if (m_window.actions().paces[i]->isChecked()) s.setValue("pace", static_cast<uint>(i));
    s.setValue("upperPane", m_window.upper().current());
    s.setValue("lowerPane", m_window.lower().current());
}

void Desk::applyOptions(const Options& options) {
    if (options.spanish) m_window.setSpanish(*options.spanish);
    if (options.theme) m_window.setTheme(*options.theme);
    if (options.level) m_window.film().setLevel(*options.level);
    if (options.pace) m_window.actions().paces[*options.pace == Pace::trueScale ? 6 : 2]->trigger();
    if (options.presenter) m_window.setPresenter(true);
}

std::optional<int> Desk::begin(const Options& options) {
    const bool drawing = !options.screenshot.isEmpty();
    m_quiet = true;
    applyOptions(options);
    const QFileInfo file(options.path);
    const bool folder = !options.path.isEmpty() && file.isDir();
    if (folder) m_folder = options.path;
    if (!options.path.isEmpty() && !folder && !open(options.path)) return m_exit;
    if (options.path.isEmpty() || folder || options.view == QLatin1String("gallery")) showGallery(true);
    if (drawing) return drawPicture(options);
    if (!galleryShown() && !m_window.showView(options.view)) {
        complain(tr("there is no view '%1' yet").arg(options.view));
        return kExitUsage;
    }
    if (options.at) m_window.film().seekTime(*options.at);
    m_quiet = false;
    return std::nullopt;
}

int Desk::drawPicture(const Options& options) {
    m_session.finish();
    if (options.view != QLatin1String("gallery") && !galleryShown() && !m_window.showView(options.view)) {
        complain(tr("there is no view '%1' yet").arg(options.view));
        return kExitUsage;
    }
    m_window.resize(options.size);
    m_window.grab();  // lays everything out
    if (options.at && m_session.recording()) m_window.film().seekTime(*options.at);
    if (options.view == QLatin1String("why")) m_window.showView(options.view);  // about where it stands now
    if (!m_window.grab().toImage().save(options.screenshot)) {
        complain(tr("%1 could not be written").arg(options.screenshot));
        return kExitFile;
    }
    return 0;
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
// The window with what belongs to it: the session, the gallery, recent files, settings, and the picture for --screenshot.
#pragma once

#include <QObject>
#include <QStringList>

#include "ui/open/gallery.h"
#include "ui/open/session.h"
#include "ui/window/machine_menu.h"
#include "ui/window/main_window.h"
#include "ui/window/options.h"
#include "ui/window/progress_card.h"

namespace mailtrek::ui {

class Desk : public QObject {
    Q_OBJECT

public:
    // `folder` holds the scenarios of the gallery. Without `remember` no settings are read or written (screenshots, tests).
    Desk(Library library, const QString& folder, bool remember);
    ~Desk() override;

    // What the command line asks for. An exit code when the program shall end at once (0: picture drawn), nothing when it goes on.
    std::optional<int> begin(const Options& options);
    bool open(const QString& path);
    void showGallery(bool shown);
    bool galleryShown() const { return m_gallery->isVisibleTo(&m_window); }

    MainWindow& window() { return m_window; }
    Session& session() { return m_session; }
    Gallery& gallery() { return *m_gallery; }
    const QStringList& recent() const { return m_recent; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void connectAll();
    void fillGallery(const QString& folder);
    void chooseFile();
    void noteSeen();
    void showMachineMenu(NodeId machine, QPoint at);
    void probe(Probe probe);
    void takeBack();
    void serve(NodeId device);
    void readSettings();
    void writeSettings();
    void applyOptions(const Options& options);
    int drawPicture(const Options& options);
    void onFailed(const QString& path, const std::vector<Diagnostic>& diagnostics, bool unreadable);

    Session m_session;
    MainWindow m_window;
    Gallery* m_gallery;
    ProgressCard* m_progress;
    QString m_folder;
    QStringList m_recent;
    QStringList m_seen;  // files that were opened and watched
    bool m_remember;
    bool m_quiet = false;  // no dialogs: errors go to stderr
    int m_exit = 0;
};

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
// What is open: one run, simulated in slices between the frames, watched meanwhile. What was open stays open when another file fails.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>

#include "ui/open/run_source.h"

namespace mailtrek::ui {

class Session : public QObject {
    Q_OBJECT

public:
    explicit Session(Library library, QObject* parent = nullptr);
    ~Session() override;

    // False: `failed` has been emitted and nothing has changed.
    bool open(const QString& path);
    // Simulates anew with one probe more; what comes before it is the same. False: there is nothing to add it to.
    bool add(const Probe& probe);
    int added() const { return m_added; }  // probes since the file was opened
    void cancel();                         // what has been simulated stays
    // Simulates to the end before it returns (screenshots).
    void finish();

    const trace::Recording* recording() const { return m_run ? &m_run->recording() : nullptr; }
    const QString& path() const { return m_path; }
    bool running() const { return m_timer.isActive(); }
    Instant now() const { return m_run ? m_run->now() : kStart; }
    // 0 to 1 of the longest it may take.
    double progress() const;
    const std::vector<Diagnostic>& warnings() const { return m_warnings; }
    const Library& library() const { return m_library; }

Q_SIGNALS:
    void aboutToClose();  // the recording is about to go away
    void opened();
    void grew();
    void finished();
    void failed(const QString& path, const std::vector<mailtrek::ui::Diagnostic>& diagnostics, bool unreadable);

private:
    void take(std::unique_ptr<RunSource> run, Instant atLeast);
    bool work(int milliseconds);
    void slice();

    Library m_library;
    std::unique_ptr<RunSource> m_run;
    QString m_path;
    int m_added = 0;
    std::vector<Diagnostic> m_warnings;
    QTimer m_timer;
    QElapsedTimer m_sinceGrew;
};

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
// A real mail program takes part: starts `mailtrek-cli serve` for one device, shows what to type into the mail program and who comes and goes, and hands over the session
// when it is ended.
#pragma once

#include <QDialog>
#include <QProcess>

#include "ui/look/look.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace mailtrek::ui {

struct ServeOrder {
    QString program;   // mailtrek-cli
    QString scenario;  // the file
    QString device;    // whose mail program it is
    QString label;     // as the map calls it
    QStringList more;  // further words for the command line
    bool spanish = false;
    friend bool operator==(const ServeOrder&, const ServeOrder&) = default;
};

class ServeDialog : public QDialog {
    Q_OBJECT

public:
    ServeDialog(ServeOrder order, const Look& look, QWidget* parent);
    ~ServeDialog() override;

    bool serving() const { return m_process.state() != QProcess::NotRunning; }
    // Where the session is going to be kept: a file beside the scenario, which does not exist yet.
    static QString freshFile(const QString& scenario);

    void start();
    void end();  // and watch what happened
    void done(int result) override;

Q_SIGNALS:
    void saved(const QString& path);  // the session, as a scenario file

private:
    void choosePlace();
    void onOutput();
    void onFinished(int exitCode, QProcess::ExitStatus status);
    void say(const QString& text);
    void askToEnd();
    void setServing(bool serving);

    ServeOrder m_order;
    QProcess m_process;
    bool m_watch = false;   // somebody wants to see the session
    bool m_asked = false;   // to end: a second time would make it end without saving
    bool m_closed = false;  // nobody looks at this window any more
    QLabel* m_intro;
    QWidget* m_choices;
    QComboBox* m_pace;
    QLineEdit* m_place;
    QPlainTextEdit* m_text;
    QPushButton *m_begin, *m_end;
};

}  // namespace mailtrek::ui

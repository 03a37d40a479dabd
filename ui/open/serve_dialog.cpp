// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/open/serve_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace mailtrek::ui {
namespace {

constexpr int kMostLines = 2000;
constexpr int kPatienceMs = 3000;

}  // namespace

ServeDialog::ServeDialog(ServeOrder order, const Look& look, QWidget* parent) : QDialog(parent), m_order(std::move(order)) {
    setObjectName(QStringLiteral("serve"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("A real mail program in the place of %1").arg(m_order.label));
    setFont(look.font(Type::control));

    m_intro =
        new QLabel(tr("The servers of this scenario will answer on this computer (127.0.0.1). A mail program that you set up with the addresses shown here takes the place of "
                      "%1: what it sends crosses the simulated network.")
                       .arg(m_order.label));
    m_intro->setWordWrap(true);
    m_pace = new QComboBox;
    m_pace->addItem(tr("as slow as the clock on the wall"), QStringLiteral("real"));
    m_pace->addItem(tr("without waiting for the network"), QStringLiteral("fast"));
    m_pace->setObjectName(QStringLiteral("pace"));
    m_place = new QLineEdit(QDir::toNativeSeparators(freshFile(m_order.scenario)));
    m_place->setObjectName(QStringLiteral("place"));
    auto* choose = new QPushButton(tr("Choose…"));
    auto* place = new QHBoxLayout;
    place->addWidget(m_place, 1);
    place->addWidget(choose);
    m_choices = new QWidget;
    auto* form = new QFormLayout(m_choices);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("Time passes"), m_pace);
    form->addRow(tr("The session is kept in"), place);
    m_text = new QPlainTextEdit;
    m_text->setReadOnly(true);
    m_text->setFont(look.font(Type::bytes));
    m_text->setMaximumBlockCount(kMostLines);
    m_text->hide();

    auto* buttons = new QDialogButtonBox;
    m_begin = buttons->addButton(tr("Begin"), QDialogButtonBox::ActionRole);
    m_end = buttons->addButton(tr("End and watch"), QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Close)->setText(tr("Close"));
    m_begin->setObjectName(QStringLiteral("begin"));
    m_end->setObjectName(QStringLiteral("end"));
    m_begin->setDefault(true);
    choose->setAutoDefault(false);
    m_begin->setFocus();
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_intro);
    layout->addWidget(m_choices);
    layout->addWidget(m_text, 1);
    layout->addStretch();
    layout->addWidget(buttons);
    resize(static_cast<int>(look.px(880)), static_cast<int>(look.px(240)));
    setServing(false);

    connect(choose, &QPushButton::clicked, this, &ServeDialog::choosePlace);
    connect(m_begin, &QPushButton::clicked, this, &ServeDialog::start);
    connect(m_end, &QPushButton::clicked, this, &ServeDialog::end);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    connect(&m_process, &QProcess::readyRead, this, &ServeDialog::onOutput);
    connect(&m_process, &QProcess::finished, this, &ServeDialog::onFinished);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart) return;
        say(tr("%1 could not be started: %2").arg(m_order.program, m_process.errorString()));
        setServing(false);
    });
}

// It saves what there is when it is asked to end, which takes no time worth mentioning.
ServeDialog::~ServeDialog() {
    if (!serving()) return;
    m_process.disconnect(this);
    askToEnd();
    if (!m_process.waitForFinished(kPatienceMs)) m_process.kill();
    m_process.waitForFinished(kPatienceMs);
}

QString ServeDialog::freshFile(const QString& scenario) {
    const QFileInfo file(scenario);
    QString folder = file.absolutePath();  // attachments are looked for beside the file
    if (!QFileInfo(folder).isWritable()) folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    for (int n = 1;; ++n) {
        const QString path = QStringLiteral("%1/%2-session-%3.yaml").arg(folder, file.completeBaseName()).arg(n);
        if (!QFileInfo::exists(path)) return path;
    }
}

void ServeDialog::choosePlace() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Keep the session in"), m_place->text(), tr("Scenarios (*.yaml *.yml);;All files (*)"));
    if (!path.isEmpty()) m_place->setText(QDir::toNativeSeparators(path));
}

void ServeDialog::start() {
    if (serving()) return;
    m_text->clear();
    m_asked = m_watch = false;
    setServing(true);
    QStringList words{QStringLiteral("serve"),  m_order.scenario,
                      QStringLiteral("--as"),   m_order.device,
                      QStringLiteral("--pace"), m_pace->currentData().toString(),
                      QStringLiteral("--save"), QDir::fromNativeSeparators(m_place->text()),
                      QStringLiteral("--lang"), m_order.spanish ? QStringLiteral("es") : QStringLiteral("en")};
    m_process.start(m_order.program, words + m_order.more);
}

void ServeDialog::end() {
    m_watch = true;
    m_end->setEnabled(false);
    askToEnd();
}

void ServeDialog::askToEnd() {
    if (serving() && !std::exchange(m_asked, true)) m_process.terminate();
}

// Closing ends the session too; it is kept and not shown.
void ServeDialog::done(int result) {
    m_closed = true;
    askToEnd();
    QDialog::done(result);
}

void ServeDialog::onOutput() { say(QString::fromUtf8(m_process.readAll())); }

void ServeDialog::onFinished(int exitCode, QProcess::ExitStatus status) {
    onOutput();
    setServing(false);
    if (m_closed) return;
    if (status == QProcess::CrashExit || exitCode != 0) return say(tr("The session is over (code %1).").arg(exitCode));
    if (!m_watch) return;
    const QString path = QDir::fromNativeSeparators(m_place->text());
    accept();
    Q_EMIT saved(path);
}

void ServeDialog::say(const QString& text) {
    QStringList lines = text.split('\n');
    lines.erase(std::remove_if(lines.begin(), lines.end(), [](const QString& line) { return line.isEmpty() || line.startsWith(QLatin1String("Ctrl-C")); }), lines.end());
    if (!lines.isEmpty()) m_text->appendPlainText(lines.join('\n'));  // what ends it here is the button
}

void ServeDialog::setServing(bool serving) {
    m_choices->setEnabled(!serving);
    m_begin->setEnabled(!serving);
    m_end->setEnabled(serving);
    if (serving && m_text->isHidden()) {
        m_text->show();
        resize(width(), width() * 9 / 16);
    }
}

}  // namespace mailtrek::ui

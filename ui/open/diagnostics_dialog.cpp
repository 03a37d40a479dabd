// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/open/diagnostics_dialog.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace mailtrek::ui {
namespace {

struct DiagnosticWords {
    Q_DECLARE_TR_FUNCTIONS(DiagnosticWords)
};

constexpr qsizetype kMostOfALine = 160;

}  // namespace

QString diagnosticsText(const QString& path, const std::vector<Diagnostic>& diagnostics, bool unreadable) {
    const QString name = QFileInfo(path).fileName().toHtmlEscaped();
    QString text = unreadable ? DiagnosticWords::tr("<h3>%1 could not be read</h3>").arg(name) : DiagnosticWords::tr("<h3>%1 is no scenario yet</h3>").arg(name);
    for (const Diagnostic& d : diagnostics) {
        const QString kind = d.error ? QStringLiteral("error:") : QStringLiteral("warning:");  // not translated (scenario format, Errors)
        const QString place = d.line > 0 ? DiagnosticWords::tr("line %1, column %2").arg(d.line).arg(d.column) + QStringLiteral(" · ") : QString();
        text += QStringLiteral("<p>%1<b>%2</b> %3</p>").arg(place, kind, d.message.toHtmlEscaped());
        if (d.lineText.isEmpty()) continue;
        const QString mark = QString(std::max(0, std::min<int>(d.column - 1, kMostOfALine)), ' ') + '^';
        text += QStringLiteral("<pre>%1\n%2</pre>").arg(d.lineText.left(kMostOfALine).toHtmlEscaped(), mark);
    }
    return text;
}

QDialog* makeDiagnostics(const QString& path, const std::vector<Diagnostic>& diagnostics, bool unreadable, const Look& look, QWidget* parent) {
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("diagnostics"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(DiagnosticWords::tr("This file cannot be opened"));
    dialog->setFont(look.font(Type::control));
    auto* text = new QTextBrowser;
    text->document()->setDefaultStyleSheet(QStringLiteral("pre { font-family: '%1'; }").arg(QString::fromLatin1(kByteFamily)));
    text->setHtml(diagnosticsText(path, diagnostics, unreadable));
    text->setFrameShape(QFrame::NoFrame);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(text);
    layout->addWidget(buttons);
    dialog->resize(static_cast<int>(look.px(860)), static_cast<int>(look.px(480)));
    return dialog;
}

}  // namespace mailtrek::ui

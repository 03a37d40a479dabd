// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/dialogs.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace mailtrek::ui {
namespace {

struct DialogWords {
    Q_DECLARE_TR_FUNCTIONS(DialogWords)
};

QDialog* frame(const QString& title, QWidget* content, const Look& look, QWidget* parent) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setFont(look.font(Type::control));
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(content);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    layout->addWidget(buttons);
    dialog->resize(static_cast<int>(look.px(720)), static_cast<int>(look.px(520)));
    return dialog;
}

QDialog* page(const QString& title, const QString& html, const Look& look, QWidget* parent) {
    auto* text = new QTextBrowser;
    text->setOpenExternalLinks(false);
    text->setHtml(html);
    text->setFrameShape(QFrame::NoFrame);
    return frame(title, text, look, parent);
}

}  // namespace

QString helpText() {
    return DialogWords::tr(
        "<h2>What you see</h2>"
        "<p>Mailtrek has computed what really happens to a letter, byte by byte. You watch the recording: forwards, backwards, as often as you like. Looking changes nothing.</p>"
        "<p><b>The map</b> shows machines and links in the order of the journey. What is bright moves or was lost. The ring marks who acts now. Point at anything to learn what it "
        "is; click a machine to see its "
        "mailboxes, right-click it (or press the menu key) to send a ping or a traceroute from there, now: the run is computed anew with it, and what was before stays as it "
        "was.</p>"
        "<p><b>The line below</b> says what happens and why. <b>Why?</b> follows the causes back.</p>"
        "<p><b>On the right</b>: <b>Journey</b> lists the steps of the letter, and what a level hides as counts that open; <b>Ladder</b> shows what two machines say to each "
        "other, and when; "
        "<b>Mailbox</b> shows what lies on the chosen machine. What you choose in one place is chosen everywhere.</p>"
        "<p><b>With a real mail program</b> (menu, or a right click on a device): the servers answer on this computer, and the mail program that you set up takes the place of the "
        "device. The session becomes a scenario of its own that you can watch.</p>"
        "<h2>Moving</h2>"
        "<p><b>Step</b> goes to the next visible event, <b>Back</b> to the state before, <b>Hop</b> to where the letter next changes hands. <b>Play</b> goes on by itself. Drag "
        "along the time strip to go anywhere.</p>"
        "<h2>Levels</h2>"
        "<p>1 tells the story, 2 servers, DNS and queues, 3 the dialogue of the programs, 4 TCP, 5 the network below. It is one and the same run: a level only hides.</p>"
        "<h2>Losses</h2>"
        "<p>A lost packet falls off its link, with a cross and the reason, and lies there until it has been sent again and arrived.</p>");
}

QString shortcutText(const Actions& actions) {
    QString rows;
    for (const QAction* action : actions.all()) {
        if (action->shortcut().isEmpty()) continue;
        rows += QStringLiteral("<tr><td><b>%1</b>&nbsp;&nbsp;</td><td>%2&nbsp;&nbsp;</td><td>%3</td></tr>")
                    .arg(action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped(), action->text().toHtmlEscaped(), action->toolTip().toHtmlEscaped());
    }
    return QStringLiteral("<table cellpadding='3'>%1</table>").arg(rows);
}

QDialog* makeHelp(const Look& look, QWidget* parent) { return page(DialogWords::tr("Help"), helpText(), look, parent); }

QDialog* makeShortcuts(const Actions& actions, const Look& look, QWidget* parent) { return page(DialogWords::tr("Shortcuts"), shortcutText(actions), look, parent); }

QString aboutText() {
    const QString font = textFamilyMissing() ? DialogWords::tr("<p>The font Inter is not installed (package fonts-inter): DejaVu Sans takes its place.</p>") : QString();
    return DialogWords::tr(
               "<h2>Mailtrek %1</h2>"
               "<p>Watch a letter travel hop by hop: a simulator of e-mail delivery for the classroom.</p>"
               "<p>Free software under the GNU General Public License, version 3 or later. It comes with absolutely no warranty. The text of the licence is in the file "
               "LICENSE.</p>"
               "<p>IPv4 only: IPv6, multicast routing and BGP are not simulated.</p>")
               .arg(QCoreApplication::applicationVersion()) +
           font +
           DialogWords::tr(
               "<h3>Built with</h3>"
               "<p>Qt %1 (LGPL-3.0), yaml-cpp (MIT), {fmt} (MIT), CLI11 (BSD-3-Clause), JSON for Modern C++ (MIT). "
               "Typefaces: Inter (OFL-1.1), DejaVu (Bitstream Vera licence). Packet colours: Okabe and Ito.</p>")
               .arg(QString::fromLatin1(qVersion()));
}

QDialog* makeAbout(const Look& look, QWidget* parent) { return page(DialogWords::tr("About Mailtrek"), aboutText(), look, parent); }

}  // namespace mailtrek::ui

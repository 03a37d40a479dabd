// SPDX-License-Identifier: GPL-3.0-or-later
// A real mail program in the place of a device: the window around `mailtrek-cli serve`, with the real one.
#include <gtest/gtest.h>

#include <QFile>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include "app/mailtrek/library.h"
#include "ui/open/serve_dialog.h"
#include "ui/story/words.h"
#include "ui/window/desk.h"

namespace mailtrek::ui {
namespace {

const QStringList kAnyPorts{"--smtp", "0", "--submission", "0", "--pop3", "0", "--imap", "0"};

// A copy of the first lesson, in a folder that may be written to.
struct Place {
    Place() { QFile::copy(MAILTREK_SOURCE_DIR "/scenarios/01_primera_carta.yaml", scenario()); }
    QString scenario() const { return folder.filePath("carta.yaml"); }
    QTemporaryDir folder;
};

QString textOf(const ServeDialog& dialog) { return dialog.findChild<QPlainTextEdit*>()->toPlainText(); }

bool waitFor(const std::function<bool()>& holds) { return QTest::qWaitFor(holds, 15000); }

// The port that the dialog shows for this service.
quint16 portIn(const ServeDialog& dialog, const QString& service) {
    const QRegularExpression line(QStringLiteral("^\\s+%1\\s+127\\.0\\.0\\.1\\s+(\\d+)").arg(service), QRegularExpression::MultilineOption);
    return static_cast<quint16>(line.match(textOf(dialog)).captured(1).toUInt());
}

TEST(Serve, ShowsWhatToTypeInAndHandsOverTheSession) {
    const Place place;
    auto* dialog = new ServeDialog({MAILTREK_CLI, place.scenario(), "ana-pc", "Ana's PC", kAnyPorts, false}, Look{}, nullptr);
    QSignalSpy saved(dialog, &ServeDialog::saved);
    dialog->show();
    dialog->start();
    ASSERT_TRUE(waitFor([&] { return portIn(*dialog, "imap") != 0; })) << textOf(*dialog).toStdString();
    EXPECT_TRUE(textOf(*dialog).contains("ana@norte.example"));
    EXPECT_FALSE(textOf(*dialog).contains("Ctrl-C")) << "here it is a button";
    QTcpSocket program;  // somebody comes in
    program.connectToHost(QStringLiteral("127.0.0.1"), portIn(*dialog, "imap"));
    ASSERT_TRUE(waitFor([&] { return program.canReadLine(); })) << textOf(*dialog).toStdString();
    EXPECT_TRUE(program.readLine().startsWith("* OK"));
    dialog->findChild<QPushButton*>("end")->click();
    ASSERT_TRUE(waitFor([&] { return saved.count() == 1; }));
    const QString path = saved[0][0].toString();
    EXPECT_EQ(path, place.folder.filePath("carta-session-1.yaml"));
    EXPECT_TRUE(simulatorLibrary().open(path).run) << "the session is a scenario";
}

TEST(Serve, SaysWhyItCannot) {
    const Place place;
    auto* dialog = new ServeDialog({MAILTREK_CLI, place.scenario(), "nobody", "Nobody", kAnyPorts, true}, Look{}, nullptr);
    dialog->start();
    ASSERT_TRUE(waitFor([&] { return !dialog->serving(); }));
    EXPECT_TRUE(textOf(*dialog).contains("nobody")) << textOf(*dialog).toStdString();
    EXPECT_TRUE(dialog->findChild<QPushButton*>("begin")->isEnabled()) << "another try";
    dialog->close();
    auto* none = new ServeDialog({place.folder.filePath("no-such-program"), place.scenario(), "ana-pc", "Ana's PC", {}, false}, Look{}, nullptr);
    none->start();
    ASSERT_TRUE(waitFor([&] { return textOf(*none).contains("no-such-program"); }));
    EXPECT_TRUE(none->findChild<QPushButton*>("begin")->isEnabled());
    none->close();
}

TEST(Serve, ClosingKeepsTheSessionAndShowsNothing) {
    const Place place;
    auto* dialog = new ServeDialog({MAILTREK_CLI, place.scenario(), "ana-pc", "Ana's PC", kAnyPorts, false}, Look{}, nullptr);
    QSignalSpy saved(dialog, &ServeDialog::saved), gone(dialog, &QObject::destroyed);
    dialog->show();
    dialog->start();
    ASSERT_TRUE(waitFor([&] { return portIn(*dialog, "smtp") != 0; }));
    dialog->close();
    ASSERT_TRUE(waitFor([&] { return gone.count() == 1; }));
    EXPECT_EQ(saved.count(), 0);
    EXPECT_TRUE(QFile::exists(place.folder.filePath("carta-session-1.yaml")));
}

TEST(Serve, IsOfferedForDevicesOfPeople) {
    const Place place;
    Library library = simulatorLibrary();
    library.serveProgram = MAILTREK_CLI;
    Desk desk(library, {}, false);
    ASSERT_TRUE(desk.open(place.scenario()));
    desk.session().finish();
    const auto& nodes = desk.session().recording()->cast().nodes;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
        QMenu* menu = makeMachineMenu(desk.window().film().moment(), NodeId{i}, false, true, &desk.window());
        EXPECT_EQ(menu->findChild<QAction*>("serve") != nullptr, !nodes[i].user.empty()) << nodes[i].name;
        delete menu;
    }
    QMenu* without = makeMachineMenu(desk.window().film().moment(), NodeId{0}, false, false, &desk.window());
    if (const QAction* serve = without->findChild<QAction*>("serve")) { EXPECT_FALSE(serve->isEnabled()); }
    delete without;
    Q_EMIT desk.window().serveRequested(NodeId{0});
    auto* dialog = desk.window().findChild<ServeDialog*>();
    ASSERT_TRUE(dialog);
    EXPECT_TRUE(dialog->windowTitle().contains(nodeText(nodes[0], false)));
    EXPECT_EQ(dialog->findChild<QLineEdit*>("place")->text(), place.folder.filePath("carta-session-1.yaml"));
    dialog->close();
}

}  // namespace
}  // namespace mailtrek::ui

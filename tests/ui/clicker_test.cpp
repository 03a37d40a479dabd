// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody who clicks, types, drags, scrolls and resizes without sense, by seeded dice. The window must survive and stay consistent. A few hundred actions
// always; MAILTREK_CLICKS=5000 for more, MAILTREK_CLICK_SEED for others.
#include <gtest/gtest.h>

#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QDropEvent>
#include <QMenu>
#include <QMimeData>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>
#include <QWheelEvent>
#include <random>

#include "app/mailtrek/library.h"
#include "ui/window/desk.h"

namespace mailtrek::ui {
namespace {

class Clicker {
public:
    Clicker(Desk& desk, std::uint32_t seed, const QStringList& files) : m_desk(desk), m_dice(seed), m_files(files) {
        // Menus and dialogs that wait for an answer get one, or are closed.
        m_closer.setInterval(3);
        QObject::connect(&m_closer, &QTimer::timeout, [this] {
            if (QWidget* popup = QApplication::activePopupWidget()) {
                const int keys = static_cast<int>(m_dice() % 4);
                for (int i = 0; i < keys && popup->isVisible(); ++i) QTest::keyClick(popup, Qt::Key_Down);
                if (m_dice() % 2 == 0)
                    popup->close();
                else
                    QTest::keyClick(popup, Qt::Key_Return);
            } else if (QWidget* modal = QApplication::activeModalWidget()) {
                modal->close();
            }
        });
        m_closer.start();
    }

    QString act() {
        switch (m_dice() % 12) {
            case 0:
            case 1:
            case 2: return key();
            case 3:
            case 4: return click();
            case 5: return drag();
            case 6: return wheel();
            case 7: return trigger();
            case 8: return resize();
            case 9: return m_dice() % 3 == 0 ? open() : trigger();
            case 10: return m_dice() % 4 == 0 ? drop() : click();
            default: return look();
        }
    }

private:
    int upTo(int n) { return n <= 0 ? 0 : static_cast<int>(m_dice() % static_cast<std::uint32_t>(n)); }

    QWidget* anyWidget() {
        QList<QWidget*> all;
        for (QWidget* top : QApplication::topLevelWidgets()) {
            if (!top->isVisible()) continue;
            all << top;
            for (QWidget* child : top->findChildren<QWidget*>())
                if (child->isVisible() && !child->size().isEmpty()) all << child;
        }
        return all.isEmpty() ? &m_desk.window() : all[upTo(static_cast<int>(all.size()))];
    }

    QPoint somewhere(const QWidget* w) { return {upTo(w->width()), upTo(w->height())}; }

    QString key() {
        static const QList<Qt::Key> keys{Qt::Key_Right, Qt::Key_Left, Qt::Key_Up,     Qt::Key_Down, Qt::Key_Space, Qt::Key_Home, Qt::Key_End,      Qt::Key_Return, Qt::Key_Tab,
                                         Qt::Key_1,     Qt::Key_2,    Qt::Key_3,      Qt::Key_4,    Qt::Key_5,     Qt::Key_W,    Qt::Key_T,        Qt::Key_D,      Qt::Key_N,
                                         Qt::Key_P,     Qt::Key_F1,   Qt::Key_Escape, Qt::Key_Plus, Qt::Key_Minus, Qt::Key_0,    Qt::Key_Question, Qt::Key_F5,     Qt::Key_PageDown,
                                         Qt::Key_G,     Qt::Key_L,    Qt::Key_M,      Qt::Key_X,    Qt::Key_F10,   Qt::Key_R};
        static const QList<Qt::KeyboardModifiers> modifiers{Qt::NoModifier, Qt::NoModifier, Qt::NoModifier, Qt::ShiftModifier, Qt::ControlModifier, Qt::AltModifier};
        QWidget* focus = QApplication::focusWidget();
        QWidget* w = focus && upTo(3) > 0 ? focus : anyWidget();
        const Qt::Key k = keys[upTo(static_cast<int>(keys.size()))];
        const Qt::KeyboardModifiers m = modifiers[upTo(static_cast<int>(modifiers.size()))];
        const QString what = QStringLiteral("key %1 on %2").arg(QKeySequence(static_cast<int>(k) | static_cast<int>(m)).toString(), w->objectName());
        QTest::keyClick(w, k, m);
        return what;
    }

    QString click() {
        QWidget* w = anyWidget();
        const QPoint at = somewhere(w);
        const QString what = QStringLiteral("click on %1 at %2,%3").arg(w->objectName()).arg(at.x()).arg(at.y());
        QTest::mouseClick(w, upTo(6) == 0 ? Qt::RightButton : Qt::LeftButton, Qt::NoModifier, at);
        return what;
    }

    QString drag() {
        QPointer<QWidget> w = anyWidget();
        const QString what = QStringLiteral("drag on %1").arg(w->objectName());
        QTest::mousePress(w, Qt::LeftButton, Qt::NoModifier, somewhere(w));
        for (int i = 0; i < 4 && w; ++i) {
            const QPointF at = somewhere(w);
            QMouseEvent move(QEvent::MouseMove, at, w->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(w, &move);
        }
        if (w) QTest::mouseRelease(w, Qt::LeftButton, Qt::NoModifier, somewhere(w));
        return what;
    }

    QString wheel() {
        QWidget* w = anyWidget();
        const QString what = QStringLiteral("wheel on %1").arg(w->objectName());
        const QPointF at = somewhere(w);
        QWheelEvent event(at, w->mapToGlobal(at), {}, {0, upTo(2) == 0 ? 120 : -120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(w, &event);
        return what;
    }

    QString trigger() {
        const auto& all = m_desk.window().actions().all();
        QAction* action = all[static_cast<std::size_t>(upTo(static_cast<int>(all.size())))];
        const QString what = QStringLiteral("action ") + action->objectName();
        action->trigger();
        return what;
    }

    QString resize() {
        static const QList<QSize> sizes{{640, 360}, {800, 600}, {1024, 640}, {1280, 720}, {1600, 900}, {1920, 1080}, {400, 900}, {2000, 400}};
        const QSize size = sizes[upTo(static_cast<int>(sizes.size()))];
        m_desk.window().showNormal();
        m_desk.window().resize(size);
        return QStringLiteral("resize to %1x%2").arg(size.width()).arg(size.height());
    }

    QString open() {
        const QString& file = m_files[upTo(static_cast<int>(m_files.size()))];
        m_desk.open(file);
        return QStringLiteral("open ") + file;
    }

    QString drop() {
        QMimeData data;
        const QString& file = m_files[upTo(static_cast<int>(m_files.size()))];
        data.setUrls({QUrl::fromLocalFile(file)});
        QDropEvent event(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_desk.window(), &event);
        return QStringLiteral("drop ") + file;
    }

    QString look() {
        switch (m_dice() % 4) {
            case 0: m_desk.window().setTheme(static_cast<ThemeKind>(upTo(kThemes))); return QStringLiteral("theme");
            case 1: m_desk.window().setSpanish(upTo(2) == 0); return QStringLiteral("language");
            case 2: m_desk.window().setPresenter(upTo(2) == 0); return QStringLiteral("presenter");
            default: QTest::qWait(20); return QStringLiteral("wait");
        }
    }

    Desk& m_desk;
    std::mt19937 m_dice;
    QStringList m_files;
    QTimer m_closer;
};

void expectConsistent(Desk& desk) {
    MainWindow& window = desk.window();
    const Film& film = window.film();
    if (film.recording()) {
        EXPECT_LE(film.cursor(), film.recording()->size());
        EXPECT_EQ(film.view().events, film.cursor());
        EXPECT_EQ(film.recording(), desk.session().recording());
    }
    int filled = 0;
    for (const Button* b : window.transport().buttons()) filled += b->next() ? 1 : 0;
    EXPECT_LE(filled, 1);
    for (const QWidget* dialog : QApplication::topLevelWidgets()) EXPECT_FALSE(dialog->isModal() && dialog->isVisible()) << "nothing is left waiting";
}

TEST(Clicker, TheWindowSurvivesSenselessUse) {
    QTemporaryDir folder;
    const auto write = [&](const char* name, const QByteArray& text) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(text);
        return file.fileName();
    };
    QStringList files{write("broken.yaml", "mailtrek: 1\nnodes: { a: { kind: pcc } }\nlinks:\n  - { betwen: [a, b] }\n"), write("empty.yaml", ""), folder.filePath("missing.yaml")};
    for (const QFileInfo& f : QDir(QStringLiteral(MAILTREK_SOURCE_DIR "/scenarios")).entryInfoList({"*.yaml"}, QDir::Files, QDir::Name)) files << f.absoluteFilePath();

    const int actions = qEnvironmentVariableIntValue("MAILTREK_CLICKS") > 0 ? qEnvironmentVariableIntValue("MAILTREK_CLICKS") : 300;
    const auto seed = static_cast<std::uint32_t>(qEnvironmentVariableIntValue("MAILTREK_CLICK_SEED"));
    Desk desk(simulatorLibrary(), QStringLiteral(MAILTREK_SOURCE_DIR "/scenarios"), false);
    desk.begin({});
    desk.window().show();
    Clicker clicker(desk, seed, files);
    const bool loud = qEnvironmentVariableIsSet("MAILTREK_CLICK_LOG");
    for (int i = 0; i < actions; ++i) {
        const QString what = clicker.act();
        if (loud) std::printf("%d %s\n", i, qPrintable(what)), std::fflush(stdout);
        QApplication::processEvents();
        if (!desk.window().isVisible()) desk.window().show();  // "quit" closed it
        for (QWidget* top : QApplication::topLevelWidgets())
            if (auto* dialog = qobject_cast<QDialog*>(top); dialog && dialog->isVisible() && i % 7 == 0) dialog->close();
        if (i % 16 == 0) { EXPECT_FALSE(desk.window().grab().isNull()); }
        expectConsistent(desk);
        ASSERT_FALSE(testing::Test::HasFailure()) << "after action " << i << ": " << what.toStdString() << ", seed " << seed;
    }
    desk.window().setSpanish(false);
    desk.window().setTheme(ThemeKind::light);
}

}  // namespace
}  // namespace mailtrek::ui

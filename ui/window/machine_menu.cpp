// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/machine_menu.h"

#include <QCoreApplication>

#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

struct MenuWords {
    Q_DECLARE_TR_FUNCTIONS(MenuWords)
};

QString nameOf(const trace::CastNode& node) {
    QString text = nodeText(node, spanishNow());
    return text.replace('&', QStringLiteral("&&"));
}

void addTargets(QMenu& menu, const trace::Cast& cast, NodeId machine, Probe::Kind kind) {
    for (std::uint32_t i = 0; i < cast.nodes.size(); ++i) {
        if (i == machine.value || cast.nodes[i].addresses.empty()) continue;
        menu.addAction(nameOf(cast.nodes[i]))->setData(QVariant::fromValue(Probe{kind, machine, NodeId{i}, {}}));
    }
}

}  // namespace

QMenu* makeMachineMenu(const Moment& moment, NodeId machine, bool something, bool serves, QWidget* parent) {
    auto* menu = new QMenu(parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("machine-menu"));
    menu->setToolTipsVisible(true);
    const trace::Cast& cast = moment.recording.cast();
    const trace::CastNode& node = cast.nodes[machine.index()];
    menu->addSection(nodeText(node, spanishNow()));
    const trace::NodeView& now = *moment.view.nodes[machine.index()];
    QMenu* ping = menu->addMenu(MenuWords::tr("Ping"));
    QMenu* route = menu->addMenu(MenuWords::tr("Traceroute"));
    ping->setToolTipsVisible(true);
    ping->menuAction()->setToolTip(MenuWords::tr("Ask a machine for an answer, four times, and see how long it takes"));
    route->menuAction()->setToolTip(MenuWords::tr("See which routers are on the way to a machine"));
    addTargets(*ping, cast, machine, Probe::Kind::ping);
    addTargets(*route, cast, machine, Probe::Kind::traceroute);
    const bool able = !node.addresses.empty() && now.running && now.online;
    for (QMenu* probes : {ping, route}) probes->setEnabled(able && !probes->isEmpty());
    if (node.addresses.empty()) menu->addAction(MenuWords::tr("A switch has no address: it cannot ask"))->setEnabled(false);
    if (!node.addresses.empty() && !able) menu->addAction(MenuWords::tr("It is off or offline now"))->setEnabled(false);
    if (!node.user.empty()) {
        menu->addSeparator();
        QAction* serve = menu->addAction(MenuWords::tr("With a real mail program…"));
        serve->setObjectName(QStringLiteral("serve"));
        serve->setEnabled(serves);
        serve->setToolTip(serves ? MenuWords::tr("A mail program on this computer takes the place of this device") : MenuWords::tr("mailtrek-cli is not beside this program"));
    }
    if (something) {
        menu->addSeparator();
        menu->addAction(MenuWords::tr("Take back what was added"));
    }
    return menu;
}

}  // namespace mailtrek::ui

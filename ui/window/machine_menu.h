// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done from a machine on the map: ping and traceroute to any other, and a real mail program in the place of a device. An action carries its Probe, or is named
// "serve"; the one without takes back all that was added.
#pragma once

#include <QMenu>

#include "ui/map/scene.h"
#include "ui/open/run_source.h"

namespace mailtrek::ui {

// Deletes itself when it is closed.
QMenu* makeMachineMenu(const Moment& moment, NodeId machine, bool something, bool serves, QWidget* parent);

}  // namespace mailtrek::ui

Q_DECLARE_METATYPE(mailtrek::ui::Probe)

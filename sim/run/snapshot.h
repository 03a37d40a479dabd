// SPDX-License-Identifier: GPL-3.0-or-later
// The world as the live objects have it. `mails` stays empty: a letter's story is no object of the simulation; its custody is in queues and mailboxes.
#pragma once

#include "sim/host/network.h"
#include "sim/trace/view.h"

namespace mailtrek::run {

trace::View snapshotOf(const host::Network& network);

}  // namespace mailtrek::run

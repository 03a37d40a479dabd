// SPDX-License-Identifier: GPL-3.0-or-later
// How scenario files become runs for the window: reader and simulator behind the face that ui/ knows.
#pragma once

#include "ui/open/run_source.h"

namespace mailtrek {

ui::Library simulatorLibrary();

}  // namespace mailtrek

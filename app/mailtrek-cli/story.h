// SPDX-License-Identifier: GPL-3.0-or-later
// The journey in words: a line per step with its time and place, indented as things nest.
#pragma once

#include <string_view>

#include "app/mailtrek-cli/messages.h"
#include "app/mailtrek-cli/terminal.h"
#include "sim/trace/recording.h"

namespace mailtrek::cli {

// `level`: story, mail, dialogue, tcp or ip.
void tellStory(const trace::Recording& recording, std::string_view level, Language language, StandardOutput& out);

}  // namespace mailtrek::cli

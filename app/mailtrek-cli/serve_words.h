// SPDX-License-Identifier: GPL-3.0-or-later
// What a person has to type into a mail program: addresses, ports, users and passwords.
#pragma once

#include <array>
#include <string>

#include "app/mailtrek-cli/messages.h"
#include "sim/scenario/scenario.h"

namespace mailtrek::cli {

// `ports` in the order of kServices; `server` is the one that is served, `device` whose mail program is meant.
std::string accountText(const scenario::Scenario& scenario, NodeId device, NodeId server, const std::array<std::uint16_t, 4>& ports, Language language);

}  // namespace mailtrek::cli

// SPDX-License-Identifier: GPL-3.0-or-later
// The two halves of mailOutcomes() (outcome.h): what became of each recipient, and when the content travelled the last leg.
#pragma once

#include "sim/run/outcome.h"

namespace mailtrek::run {

// Everything but contentSentAt and contentReceivedAt.
std::vector<RecipientOutcome> mailStatuses(const trace::Recording& recording);

// Fills in those two for every recipient that has storedAt and storedOn.
void addContentTimes(std::vector<RecipientOutcome>& outcomes, const trace::Recording& recording);

}  // namespace mailtrek::run

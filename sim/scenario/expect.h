// SPDX-License-Identifier: GPL-3.0-or-later
// What a file expects of its run (checked by `mailtrek-cli check`).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/trace/enums.h"

namespace mailtrek::scenario {

// "3", ">= 3", "< 5", "2..4": bounds that a number must keep.
struct Comparison {
    std::optional<double> least, most;
    bool leastExcluded = false, mostExcluded = false;
    std::string text;  // as the file has it
    bool holds(double value) const {
        if (least && (leastExcluded ? value <= *least : value < *least)) return false;
        return !(most && (mostExcluded ? value >= *most : value > *most));
    }
};

struct ExpectMail {
    std::optional<trace::MailFate> status;
    std::optional<Duration> before, after;
    std::optional<Comparison> copies, hops, reads, attempts;
};

struct Expect {
    std::vector<std::pair<std::string, ExpectMail>> mails;          // by id, in file order
    std::vector<std::pair<std::string, Comparison>> metrics;        // "tcp.retransmits{connection: norte>sur:25}"
    std::vector<std::pair<std::string, std::vector<int>>> replies;  // by id of the mail
    bool empty() const { return mails.empty() && metrics.empty() && replies.empty(); }
};

}  // namespace mailtrek::scenario

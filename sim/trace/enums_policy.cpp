// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/trace/enums_policy.h"

namespace mailtrek::trace {

std::string_view name(SenderCheck value) {
    switch (value) {
        case SenderCheck::spf: return "spf";
        case SenderCheck::dkim: return "dkim";
        case SenderCheck::dmarc: return "dmarc";
    }
    return "?";
}

std::string_view name(CheckResult value) {
    switch (value) {
        case CheckResult::none: return "none";
        case CheckResult::neutral: return "neutral";
        case CheckResult::pass: return "pass";
        case CheckResult::fail: return "fail";
        case CheckResult::softfail: return "softfail";
        case CheckResult::temperror: return "temperror";
        case CheckResult::permerror: return "permerror";
    }
    return "?";
}

std::string_view name(Policy value) {
    switch (value) {
        case Policy::greylisted: return "greylisted";
        case Policy::greylistOver: return "greylist-over";
        case Policy::rateLimited: return "rate-limited";
        case Policy::relayDenied: return "relay-denied";
        case Policy::quarantined: return "quarantined";
        case Policy::signedLetter: return "signed";
    }
    return "?";
}

}  // namespace mailtrek::trace

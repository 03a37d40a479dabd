// SPDX-License-Identifier: GPL-3.0-or-later
// Times, sizes, names and short words.
#include <fmt/format.h>

#include <cmath>

#include "sim/narrate/catalogue.h"

namespace mailtrek::narrate {
namespace {

constexpr std::int64_t kMilliseconds = 1'000'000, kSeconds = 1'000'000'000, kMinutes = 60 * kSeconds, kHours = 60 * kMinutes, kDays = 24 * kHours;
constexpr std::int64_t kStartOfDay = 10 * kHours;

// A whole number of tenths, "1.2" or "1,2"; without the tenth when it is zero or the number has two digits.
std::string number(std::int64_t value, std::int64_t unit, Language language) {
    const std::int64_t tenths = (value + unit / 20) / (unit / 10);
    if (tenths % 10 == 0 || tenths >= 100) return fmt::format("{}", (value + unit / 2) / unit);
    return fmt::format("{}{}{}", tenths / 10, language == Language::es ? ',' : '.', tenths % 10);
}

std::string_view dropKey(trace::DropReason reason) {
    switch (reason) {
        case trace::DropReason::ipChecksum:
        case trace::DropReason::tcpChecksum:
        case trace::DropReason::udpChecksum:
        case trace::DropReason::icmpChecksum:
        case trace::DropReason::frameChecksum: return "checksum";
        case trace::DropReason::queueFull:
        case trace::DropReason::red:
        case trace::DropReason::codel:
        case trace::DropReason::noise:
        case trace::DropReason::burst:
        case trace::DropReason::rule:
        case trace::DropReason::linkDown:
        case trace::DropReason::nodeDown:
        case trace::DropReason::removed:
        case trace::DropReason::ttlExpired:
        case trace::DropReason::noRoute:
        case trace::DropReason::tooBig:
        case trace::DropReason::notForUs:
        case trace::DropReason::malformed:
        case trace::DropReason::portClosed:
        case trace::DropReason::unresolved:
        case trace::DropReason::arpQueue:
        case trace::DropReason::filtered:
        case trace::DropReason::reassembly: return trace::name(reason);
    }
    return {};
}

std::string_view milestoneKey(trace::Milestone milestone) {
    switch (milestone) {
        case trace::Milestone::composed: return "milestone.composed";
        case trace::Milestone::handedOver: return "milestone.handed-over";
        case trace::Milestone::mxFound: return "milestone.mx-found";
        case trace::Milestone::connected: return "milestone.connected";
        case trace::Milestone::underWay: return "milestone.under-way";
        case trace::Milestone::stored: return "milestone.stored";
        case trace::Milestone::read: return "milestone.read";
    }
    return {};
}

}  // namespace

std::optional<Language> languageNamed(std::string_view code) {
    if (code == "en") return Language::en;
    if (code == "es") return Language::es;
    return std::nullopt;
}

std::string nodeText(const trace::Recording& recording, NodeId node, Language language) {
    if (!node.valid() || node.index() >= recording.cast().nodes.size()) return {};
    const trace::CastNode& cast = recording.cast().nodes[node.index()];
    const std::string& label = language == Language::es ? cast.label.es : cast.label.en;
    return label.empty() ? cast.name : label;
}

std::string levelText(trace::Level level, Language language) { return fill(language, fmt::format("level.{}", trace::name(level))); }
std::string milestoneText(trace::Milestone milestone, Language language) { return fill(language, milestoneKey(milestone)); }
std::string fateText(trace::MailFate fate, Language language) { return fill(language, fmt::format("fate.{}", trace::name(fate))); }
std::string dropText(trace::DropReason reason, Language language) { return fill(language, fmt::format("drop.{}", dropKey(reason))); }

std::string foldText(const trace::Counts& counts, Language language) {
    static constexpr std::array<std::string_view, trace::kCounted> kWords{"event", "question", "line", "segment", "hop"};
    std::string text;
    int parts = 0;
    for (std::size_t i = 1; i < counts.size() && parts < 2; ++i) {  // the two topmost kinds; events only when there is nothing else
        if (counts[i] == 0) continue;
        if (parts++ > 0) text += ", ";
        text += fill(language, fmt::format("fold.{}.{}", kWords[i], counts[i] == 1 ? "one" : "many"), {{"n", fmt::format("{}", counts[i])}});
    }
    if (parts > 0) return text;
    return fill(language, counts[0] == 1 ? "fold.event.one" : "fold.event.many", {{"n", fmt::format("{}", counts[0])}});
}

std::string clockText(Instant t, Language language) {
    const std::int64_t whole = t.time_since_epoch().count() + kStartOfDay;
    const std::int64_t day = whole / kDays, rest = whole % kDays;
    const std::string clock =
        fmt::format("{:02}:{:02}:{:02}{}{:03}", rest / kHours, rest / kMinutes % 60, rest / kSeconds % 60, language == Language::es ? ',' : '.', rest / kMilliseconds % 1000);
    return day > 0 ? fmt::format("+{} d {}", day, clock) : clock;
}

std::string durationText(Duration d, Language language) {
    const std::int64_t ns = d.count();
    if (ns >= 2 * kDays) return fill(language, "days", {{"n", number(ns, kDays, language)}});
    if (ns >= 90 * kMinutes) return number(ns, kHours, language) + " h";
    if (ns >= 90 * kSeconds) return number(ns, kMinutes, language) + " min";
    if (ns >= 999'500'000) return number(ns, kSeconds, language) + " s";
    if (ns >= 999'500) return number(ns, kMilliseconds, language) + " ms";
    return number(ns, 1000, language) + " µs";
}

std::string sizeText(std::uint64_t octets, Language language) {
    const auto n = static_cast<std::int64_t>(octets);
    if (n >= 999'500'000) return number(n, 1'000'000'000, language) + " GB";
    if (n >= 999'500) return number(n, 1'000'000, language) + " MB";
    if (n >= 10'000) return number(n, 1000, language) + " kB";
    return fmt::format("{} B", n);
}

}  // namespace mailtrek::narrate

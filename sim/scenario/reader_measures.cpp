// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the reader that knows numbers and units.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "sim/scenario/reader.h"

namespace mailtrek::scenario {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};
constexpr std::array kTimes{Unit{"ns", 1}, Unit{"us", 1e3}, Unit{"ms", 1e6}, Unit{"s", 1e9}, Unit{"min", 60e9}, Unit{"h", 3600e9}, Unit{"days", 86400e9}, Unit{"day", 86400e9}};
constexpr std::array kRates{Unit{"bit/s", 1}, Unit{"kbit/s", 1e3}, Unit{"Mbit/s", 1e6}, Unit{"Gbit/s", 1e9}};
constexpr std::array kSizes{Unit{"B", 1}, Unit{"kB", 1e3}, Unit{"MB", 1e6}, Unit{"GB", 1e9}, Unit{"KiB", 1024}, Unit{"MiB", 1048576}, Unit{"GiB", 1073741824}};

constexpr double kLongest = 3650 * 86400e9;  // so that sums of many durations stay within 64 bits

struct Number {
    double value = 0;
    std::string_view unit;  // what follows it
};

// Digits, perhaps with a point between them; no exponent, no hex, no zeros in front (YAML 1.1 would read 025 as 21: ask rather than guess), no sign but '-'.
std::optional<Number> parseNumber(std::string_view text) {
    const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    std::size_t end = first;
    while (digit(end)) ++end;
    if (end == first || (text[first] == '0' && end > first + 1)) return std::nullopt;
    if (end < text.size() && text[end] == '.' && digit(end + 1)) {
        ++end;
        while (digit(end)) ++end;
    }
    Number number;
    const auto done = std::from_chars(text.data(), text.data() + end, number.value, std::chars_format::fixed);
    if (done.ec != std::errc{} || done.ptr != text.data() + end) return std::nullopt;
    while (end < text.size() && text[end] == ' ') ++end;
    number.unit = text.substr(end);
    return number;
}

template <std::size_t N>
std::string unitNames(const std::array<Unit, N>& units) {
    std::string names;
    for (const Unit& unit : units) names += (names.empty() ? "" : ", ") + std::string(unit.name);
    return names;
}

// Small and capital letters mixed up, and "Mbps", are what people write.
template <std::size_t N>
std::string meantUnit(std::string_view written, const std::array<Unit, N>& units) {
    const auto lower = [](std::string_view text) {
        std::string out(text);
        for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        return out;
    };
    std::string spelt = lower(written);
    if (spelt.ends_with("bps")) spelt.replace(spelt.size() - 3, 3, "bit/s");
    std::vector<std::string> names;
    for (const Unit& unit : units) {
        if (lower(unit.name) == spelt) return fmt::format(" (did you mean '{}'?)", unit.name);
        names.emplace_back(unit.name);
    }
    return didYouMean(written, names);
}

// The number times the factor of its unit; an error in words otherwise.
template <std::size_t N>
std::optional<double> measured(std::string_view text, const std::array<Unit, N>& units, std::string& problem) {
    const auto number = parseNumber(text);
    if (!number) {
        problem = fmt::format("'{}' is not a number with a unit (plain digits, like 5 or 0.5, and one of {})", text, unitNames(units));
        return std::nullopt;
    }
    for (const Unit& unit : units)
        if (unit.name == number->unit) return number->value * unit.factor;
    problem =
        number->unit.empty() ? fmt::format("'{}' has no unit ({})", text, unitNames(units)) : fmt::format("unknown unit '{}'{}", number->unit, meantUnit(number->unit, units));
    return std::nullopt;
}

}  // namespace

std::uint64_t Reader::whole(const YAML::Node& node, std::string_view what, std::uint64_t least, std::uint64_t most) {
    const auto value = scalar(node, what, "3");
    return value ? whole(*value, node, what, least, most) : least;
}

std::uint64_t Reader::whole(const std::string& value, const YAML::Node& where, std::string_view what, std::uint64_t least, std::uint64_t most) {
    std::uint64_t result = 0;
    const auto done = std::from_chars(value.data(), value.data() + value.size(), result);
    const bool padded = value.size() > 1 && value.front() == '0';  // YAML 1.1 would read 025 as octal: ask rather than guess
    if (done.ec == std::errc::result_out_of_range) {
        error(where, fmt::format("{} must be {} to {}, not {}", what, least, most, value));
    } else if (done.ec != std::errc{} || done.ptr != value.data() + value.size() || padded) {
        error(where, fmt::format("{} must be a whole number, not '{}'", what, value));
    } else if (result < least || result > most) {
        error(where, fmt::format("{} must be {} to {}, not {}", what, least, most, result));
    } else {
        return result;
    }
    return least;
}

std::uint64_t Reader::count(const YAML::Node& node, std::string_view what, std::string_view unit, std::uint64_t most) {
    const auto value = scalar(node, what, fmt::format("20 {}", unit));
    if (!value) return 1;
    const std::size_t digits = std::min(value->find_first_not_of("0123456789"), value->size());
    const std::size_t after = std::min(value->find_first_not_of(' ', digits), value->size());
    if (digits > 0 && value->substr(after) == unit) return whole(value->substr(0, digits), node, what, 1, most);
    error(node, fmt::format("{}: '{}' is not a number of {} (for example 20 {})", what, *value, unit, unit));
    return 1;
}

std::pair<std::uint64_t, Duration> Reader::frequency(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "10 per min");
    if (!value) return {1, {}};
    const std::size_t per = value->find(" per ");
    if (per != std::string::npos)
        for (const Unit& unit : kTimes)
            if (unit.name == std::string_view(*value).substr(per + 5))
                return {whole(value->substr(0, per), node, what, 1, 1'000'000'000), Duration{static_cast<std::int64_t>(unit.factor)}};
    error(node, fmt::format("{}: '{}' is not written like 10 per min", what, *value));
    return {1, {}};
}

double Reader::real(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "1.5");
    if (!value) return 0;
    const auto number_ = parseNumber(*value);
    if (!number_ || !number_->unit.empty()) error(node, fmt::format("{} must be a number, not '{}'", what, *value));
    return number_ ? number_->value : 0;
}

Duration Reader::duration(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "30 ms");
    return value ? duration(*value, node, what) : Duration{};
}

Duration Reader::duration(const std::string& value, const YAML::Node& node, std::string_view what) {
    std::string problem;
    const auto nanos = measured(value, kTimes, problem);
    if (!nanos)
        error(node, fmt::format("{}: {}", what, problem));
    else if (*nanos < 0)
        error(node, fmt::format("{} must not be negative", what));
    else if (*nanos > kLongest)
        error(node, fmt::format("{} is longer than 3650 days", what));
    else
        return Duration{static_cast<std::int64_t>(std::llround(*nanos))};
    return {};
}

BitRate Reader::rate(const YAML::Node& node, std::string_view what) {
    const BitRate harmless = BitRate::megabits(1);
    const auto value = scalar(node, what, "10 Mbit/s");
    if (!value) return harmless;
    std::string problem;
    const auto bits = measured(*value, kRates, problem);
    if (!bits)
        error(node, fmt::format("{}: {}", what, problem));
    else if (*bits < 1)
        error(node, fmt::format("{} must be at least 1 bit/s", what));
    else if (*bits > 1e15)
        error(node, fmt::format("{} must be at most 1000000 Gbit/s", what));
    else
        return {static_cast<std::uint64_t>(std::llround(*bits))};
    return harmless;
}

Bytes Reader::bytes(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "100 kB");
    if (!value) return {};
    std::string problem;
    const auto octets = measured(*value, kSizes, problem);
    if (!octets)
        error(node, fmt::format("{}: {}", what, problem));
    else if (*octets < 0)
        error(node, fmt::format("{} must not be negative", what));
    else if (*octets > 1e15)
        error(node, fmt::format("{} is more than 1000000 GB", what));
    else
        return {static_cast<std::uint64_t>(std::llround(*octets))};
    return {};
}

Share Reader::share(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "5 %");
    if (!value) return {};
    const auto number_ = parseNumber(*value);
    if (!number_ || (!number_->unit.empty() && number_->unit != "%")) {
        error(node, fmt::format("{} must be a share like 5 % or 0.05, not '{}'", what, *value));
        return {};
    }
    const double fraction = number_->unit == "%" ? number_->value / 100 : number_->value;
    if (fraction < 0 || fraction > 1) {
        error(node, fmt::format("{} must be 0 to 100 % (a number without % is a fraction: 0 to 1)", what));
        return {};
    }
    return {static_cast<std::uint32_t>(std::llround(fraction * 1e9))};
}

Comparison Reader::comparison(const YAML::Node& node, std::string_view what) {
    Comparison result;
    const auto value = scalar(node, what, "3, \">= 3\" or \"2..4\"");
    if (!value) return result;
    result.text = *value;
    std::string_view rest = *value;
    const auto number_ = [&](std::string_view part) -> std::optional<double> {
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        const auto parsed = parseNumber(part);
        if (!parsed) return std::nullopt;
        if (parsed->unit.empty()) return parsed->value;
        for (const Unit& unit : kTimes)
            if (unit.name == parsed->unit) return parsed->value * unit.factor / 1e9;  // seconds
        for (const Unit& unit : kSizes)
            if (unit.name == parsed->unit) return parsed->value * unit.factor;
        return std::nullopt;
    };
    bool good = true;
    if (const std::size_t dots = rest.find(".."); dots != std::string_view::npos) {
        result.least = number_(rest.substr(0, dots));
        result.most = number_(rest.substr(dots + 2));
        good = result.least && result.most && *result.least <= *result.most;
    } else if (rest.starts_with(">=")) {
        good = (result.least = number_(rest.substr(2))).has_value();
    } else if (rest.starts_with("<=")) {
        good = (result.most = number_(rest.substr(2))).has_value();
    } else if (rest.starts_with('>')) {
        good = (result.least = number_(rest.substr(1))).has_value();
        result.leastExcluded = true;
    } else if (rest.starts_with('<')) {
        good = (result.most = number_(rest.substr(1))).has_value();
        result.mostExcluded = true;
    } else {
        good = (result.least = number_(rest)).has_value();
        result.most = result.least;
    }
    if (!good) error(node, fmt::format("{}: '{}' is no number, comparison (\">= 3\") or range (\"2..4\")", what, *value));
    return result;
}

}  // namespace mailtrek::scenario

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "sim/scenario/document.h"

namespace mailtrek::scenario {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};
constexpr std::array kTimes{Unit{"ns", 1}, Unit{"us", 1e3}, Unit{"ms", 1e6}, Unit{"s", 1e9}, Unit{"min", 60e9}, Unit{"h", 3600e9}, Unit{"days", 86400e9}, Unit{"day", 86400e9}};
constexpr std::array kRates{Unit{"bit/s", 1}, Unit{"kbit/s", 1e3}, Unit{"Mbit/s", 1e6}, Unit{"Gbit/s", 1e9}};
constexpr std::array kSizes{Unit{"B", 1}, Unit{"kB", 1e3}, Unit{"MB", 1e6}, Unit{"GB", 1e9}, Unit{"KiB", 1024}, Unit{"MiB", 1048576}, Unit{"GiB", 1073741824}};

struct Number {
    double value = 0;
    std::string_view unit;  // what follows it
};

// Digits, perhaps with a point; no exponent, no hex, no leading sign but '-'.
std::optional<Number> parseNumber(std::string_view text) {
    std::size_t end = 0;
    if (end < text.size() && text[end] == '-') ++end;
    const std::size_t first = end;
    while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) != 0 || text[end] == '.')) ++end;
    if (end == first) return std::nullopt;
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

// The number times the factor of its unit; an error in words otherwise.
template <std::size_t N>
std::optional<double> measured(std::string_view text, const std::array<Unit, N>& units, std::string& problem) {
    const auto number = parseNumber(text);
    if (!number) {
        problem = fmt::format("'{}' is not a number with a unit ({})", text, unitNames(units));
        return std::nullopt;
    }
    for (const Unit& unit : units)
        if (unit.name == number->unit) return number->value * unit.factor;
    std::vector<std::string> names;
    for (const Unit& unit : units) names.emplace_back(unit.name);
    problem =
        number->unit.empty() ? fmt::format("'{}' has no unit ({})", text, unitNames(units)) : fmt::format("unknown unit '{}'{}", number->unit, didYouMean(number->unit, names));
    return std::nullopt;
}

bool isName(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    });
}

bool isDomain(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t dot = std::min(text.find('.', at), text.size());
        if (!isName(text.substr(at, dot - at))) return false;
        at = dot + 1;
    }
    return true;
}

bool isLocalPart(std::string_view text) {  // dot-string of RFC 5321 4.1.2
    if (text.empty() || text.size() > 64 || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos ||
               static_cast<unsigned char>(c) >= 0x80;
    });
}

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

void Reader::unsupported(const YAML::Node& where, std::string_view what) { error(where, fmt::format("not supported yet: {}", what)); }

std::optional<std::string> Reader::scalar(const YAML::Node& node, std::string_view what, std::string_view example) {
    if (node.IsScalar()) return withNumber(node.Scalar(), number);
    error(node, node.IsNull() ? fmt::format("{} has no value (for example {})", what, example) : fmt::format("{} must be a single value (for example {})", what, example));
    return std::nullopt;
}

std::string Reader::text(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "a text");
    if (!value) return {};
    if (std::any_of(value->begin(), value->end(), [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f; })) {
        error(node, fmt::format("{} holds a control character", what));
        return {};
    }
    return *value;
}

bool Reader::boolean(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "true");
    if (value && *value != "true" && *value != "false") error(node, fmt::format("{} must be true or false, not '{}'", what, *value));
    return value == "true";
}

std::uint64_t Reader::whole(const YAML::Node& node, std::string_view what, std::uint64_t least, std::uint64_t most) {
    const auto value = scalar(node, what, "3");
    if (!value) return least;
    std::uint64_t result = 0;
    const auto done = std::from_chars(value->data(), value->data() + value->size(), result);
    const bool padded = value->size() > 1 && value->front() == '0';  // YAML 1.1 would read 025 as octal: ask rather than guess
    if (done.ec != std::errc{} || done.ptr != value->data() + value->size() || padded) {
        error(node, fmt::format("{} must be a whole number, not '{}'", what, *value));
        return least;
    }
    if (result < least || result > most) {
        error(node, fmt::format("{} must be {} to {}, not {}", what, least, most, result));
        return least;
    }
    return result;
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
    if (!value) return {};
    std::string problem;
    const auto nanos = measured(*value, kTimes, problem);
    if (!nanos)
        error(node, fmt::format("{}: {}", what, problem));
    else if (*nanos < 0)
        error(node, fmt::format("{} must not be negative", what));
    else if (*nanos > 4e18)
        error(node, fmt::format("{} is longer than 100 years", what));
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

wire::Ipv4Address Reader::address(const YAML::Node& node, std::string_view what) {
    const auto value = scalar(node, what, "10.0.0.1");
    if (!value) return {};
    const auto parsed = wire::parseIpv4Address(*value);
    if (!parsed) {
        error(node, value->find(':') != std::string::npos ? fmt::format("not supported yet: IPv6 ('{}'); Mailtrek simulates IPv4", *value) : parsed.error().message);
        return {};
    }
    const std::uint32_t first = parsed->value >> 24;
    if (first == 0 || first == 127 || first >= 224) error(node, fmt::format("{}: {} cannot be the address of a node", what, *value));
    return *parsed;
}

std::string Reader::mailAddress(const YAML::Node& node, std::string_view what) {
    const std::string value = text(node, what);
    if (!node.IsScalar()) return {};
    const std::size_t at = value.rfind('@');
    const bool fits = at != std::string::npos && isLocalPart(std::string_view(value).substr(0, at)) && isDomain(std::string_view(value).substr(at + 1));
    if (!fits) {
        error(node, fmt::format("{}: '{}' is not an address like ana@norte.example", what, value));
        return {};
    }
    if (!isAscii(value)) unsupported(node, fmt::format("letters beyond ASCII in an address ('{}'; SMTPUTF8)", value));
    return value;
}

std::string Reader::domain(const YAML::Node& node, std::string_view what) {
    const std::string value = text(node, what);
    if (node.IsScalar() && !isDomain(value))
        error(node, fmt::format("{}: '{}' is not a domain like norte.example", what, value));
    else if (!isAscii(value))
        unsupported(node, fmt::format("letters beyond ASCII in a domain ('{}')", value));
    return value;
}

trace::LocalizedText Reader::localized(const YAML::Node& node, std::string_view what) {
    if (node.IsScalar()) {
        const std::string both = text(node, what);
        return {both, both};
    }
    trace::LocalizedText result;
    Map map(*this, node, what);
    map.with("en", [&](const YAML::Node& en) { result.en = text(en, what); });
    map.with("es", [&](const YAML::Node& es) { result.es = text(es, what); });
    if (result.en.empty()) result.en = result.es;
    if (result.es.empty()) result.es = result.en;
    return result;
}

std::size_t Reader::choice(const YAML::Node& node, std::string_view what, const std::vector<std::string>& words) {
    const auto value = scalar(node, what, words.front());
    if (!value) return 0;
    const auto found = std::find(words.begin(), words.end(), *value);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
    const std::string hint = didYouMean(*value, words);
    error(node, fmt::format("{}: '{}' is none of {}{}", what, *value, all, hint));
    return 0;
}

void Reader::list(const YAML::Node& node, std::string_view what, const std::function<void(const YAML::Node&)>& each) {
    if (!node.IsSequence()) return error(node, fmt::format("{} must be a list: [ ... ]", what));
    for (const auto& item : node) each(item);
}

std::vector<std::string> Reader::texts(const YAML::Node& node, std::string_view what) {
    std::vector<std::string> all;
    list(node, what, [&](const YAML::Node& item) { all.push_back(text(item, what)); });
    return all;
}

std::vector<std::string> Reader::mailAddresses(const YAML::Node& node, std::string_view what) {
    std::vector<std::string> all;
    list(node, what, [&](const YAML::Node& item) {
        if (std::string one = mailAddress(item, what); !one.empty()) all.push_back(std::move(one));
    });
    return all;
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/outside.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "sim/mail/encoding.h"
#include "sim/scenario/document.h"

namespace mailtrek::scenario {
namespace {

// Text that a person can read, of plain letters with line ends and tabs; everything else is written as base64.
bool isPlain(std::string_view octets) {
    return std::all_of(octets.begin(), octets.end(), [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t'; });
}

std::string inQuotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '\r': out += "\\r"; break;
            case '\n': out += "\\n"; break;
            case '\t': out += "\\t"; break;
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            default: out += c;
        }
    }
    return out + '"';
}

std::string said(const Outside& outside) {
    switch (outside.does) {
        case Outside::Does::begin: return "session: begin";
        case Outside::Does::end: return "session: end";
        case Outside::Does::open: return fmt::format("open: {}", name(outside.service));
        case Outside::Does::took: return fmt::format("took: {}", outside.took);
        case Outside::Does::close: return "end: close";
        case Outside::Does::reset: return "end: reset";
        case Outside::Does::write: break;
    }
    const std::string_view octets = outside.octets.text();
    return isPlain(octets) ? fmt::format("write: {}", inQuotes(octets)) : fmt::format("octets: {}", inQuotes(mail::base64(octets)));
}

// "  - { ... }\n" again and again, as the inside of a list in braces.
std::string inOneLine(std::string_view lines) {
    std::string out;
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size() - 1);
        out += (out.empty() ? "" : ", ") + std::string(lines.substr(4, end - 4));
        lines.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace

std::string_view name(Service service) {
    switch (service) {
        case Service::smtp: return "smtp";
        case Service::submission: return "submission";
        case Service::pop3: return "pop3";
        case Service::imap: return "imap";
    }
    return {};
}

std::uint16_t portOf(Service service) {
    switch (service) {
        case Service::smtp: return 25;
        case Service::submission: return 587;
        case Service::pop3: return 110;
        case Service::imap: return 143;
    }
    return 0;
}

std::string entryLine(Instant at, const Outside& outside, std::string_view node) {
    const std::string connection = outside.connection == 0 ? "" : fmt::format("connection: {}, ", outside.connection);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
    return fmt::format("  - {{ at: {} us, outside: {{ on: {}, {}{} }} }}\n", micros, inQuotes(node), connection, said(outside));
}

Result<std::string> withInterventions(std::string_view text, const std::string& lines) {
    const Error trouble{"nothing can be put behind what it holds: write its keys in block style, one a line, and `interventions:` last"};
    const std::string plain = plainLineEnds(text);
    Diagnostics ignored("", plain);
    const auto parsed = parseDocument(plain, ignored);
    if (!parsed || !parsed->IsMap()) return trouble;
    const YAML::Node& root = *parsed;
    const bool more = static_cast<bool>(root["interventions"]);
    std::string out(text);
    if (root.Style() == YAML::EmitterStyle::Flow) {
        const std::size_t brace = out.rfind('}');
        if (more || brace == std::string::npos) return trouble;
        return out.insert(brace, fmt::format(", \"interventions\": [ {} ]\n", inOneLine(lines)));
    }
    if (!out.empty() && out.back() != '\n') out += '\n';
    const int column = std::max(root.Mark().column, 0);
    if (!more) out += std::string(static_cast<std::size_t>(column), ' ') + "interventions:\n";
    const std::string indent(static_cast<std::size_t>(column), ' ');
    for (std::string_view rest = lines; !rest.empty();) {
        const std::size_t end = rest.find('\n') + 1;
        out += indent + std::string(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    return out;
}

}  // namespace mailtrek::scenario

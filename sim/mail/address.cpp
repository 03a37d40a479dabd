// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/address.h"

#include <algorithm>

#include "sim/mail/encoding.h"

namespace mailtrek::mail {

std::string localPartOf(std::string_view address) { return std::string(address.substr(0, std::min(address.rfind('@'), address.size()))); }

std::string domainOf(std::string_view address) {
    const std::size_t at = address.rfind('@');
    return at == std::string_view::npos ? std::string{} : lower(address.substr(at + 1));
}

bool sameAddress(std::string_view a, std::string_view b) { return localPartOf(a) == localPartOf(b) && domainOf(a) == domainOf(b); }

std::optional<Path> parsePath(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    if (text.empty() || text.front() != '<') return std::nullopt;
    bool quoted = false;
    std::size_t end = 1;
    for (; end < text.size(); ++end) {
        if (text[end] == '\\' && quoted)
            ++end;
        else if (text[end] == '"')
            quoted = !quoted;
        else if (text[end] == '>' && !quoted)
            break;
    }
    if (end >= text.size()) return std::nullopt;
    std::string_view inside = text.substr(1, end - 1), rest = text.substr(end + 1);
    if (!inside.empty() && inside.front() == '@') {
        const std::size_t colon = inside.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        inside.remove_prefix(colon + 1);
    }
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
    Path path{std::string(inside), std::string(rest)};
    if (path.address.empty() || sameIgnoringCase(path.address, "postmaster")) return path;  // RFC 5321 4.5.1
    const std::size_t at = path.address.rfind('@');
    const bool sound = at != std::string::npos && at > 0 && at + 1 < path.address.size() && path.address.size() <= 254 &&
                       std::all_of(path.address.begin(), path.address.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
    return sound ? std::optional(path) : std::nullopt;
}

}  // namespace mailtrek::mail

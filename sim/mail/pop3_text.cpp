// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/pop3_text.h"

#include "sim/mail/message.h"

namespace mailtrek::mail {

std::size_t pop3Size(std::string_view letter) { return letter.size() + (letter.empty() || letter.ends_with("\r\n") ? 0 : 2); }

std::string pop3Stuffed(std::string_view letter) {
    std::string out;
    out.reserve(letter.size() + 16);
    while (!letter.empty()) {
        const std::size_t end = letter.find("\r\n");
        const std::string_view line = letter.substr(0, end);
        letter.remove_prefix(end == std::string_view::npos ? letter.size() : end + 2);
        if (line.starts_with('.')) out += '.';
        out += line;
        out += "\r\n";
    }
    return out + ".\r\n";
}

std::string_view pop3Top(std::string_view letter, std::size_t lines) {
    std::size_t end = headersOf(letter).size();
    for (; lines > 0 && end < letter.size(); --lines) {
        const std::size_t line = letter.find("\r\n", end);
        end = line == std::string_view::npos ? letter.size() : line + 2;
    }
    return letter.substr(0, end);
}

}  // namespace mailtrek::mail

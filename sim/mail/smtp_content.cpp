// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/smtp_content.h"

#include <algorithm>

namespace mailtrek::mail {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

}  // namespace

Slice dotStuffed(const Slice& message) {
    std::string_view rest = message.text();
    std::string out;
    out.reserve(rest.size() + rest.size() / 64 + 8);
    while (!rest.empty()) {
        const std::size_t end = rest.find(kLineEnd);
        if (rest.front() == '.') out += '.';
        out += rest.substr(0, end);
        out += kLineEnd;
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    out += ".\r\n";
    return Slice::adopt(std::move(out));
}

void SmtpContentReader::keep(std::string_view octets) {
    m_tooBig = m_tooBig || m_message.size() + octets.size() > m_most;
    if (m_tooBig)
        m_message = {};
    else
        m_message += octets;
}

std::size_t SmtpContentReader::take(std::string_view octets) {
    std::string_view rest = octets;
    while (!rest.empty() && !m_complete) {
        if (m_lineStart && rest.front() == '.') {
            const std::size_t known = std::min<std::size_t>(rest.size() - 1, 2);
            if (rest.substr(1, known) == kLineEnd.substr(0, known)) {  // the end, or its beginning
                if (known < 2) break;
                m_complete = true;
                rest.remove_prefix(3);
                break;
            }
            rest.remove_prefix(1);
            m_lineStart = false;
            continue;
        }
        const std::size_t end = rest.find(kLineEnd);
        const std::size_t size = end == std::string_view::npos ? rest.size() - (rest.back() == '\r' ? 1 : 0) : end + 2;
        if (size == 0) break;
        keep(rest.substr(0, size));
        rest.remove_prefix(size);
        m_lineStart = end != std::string_view::npos;
    }
    return octets.size() - rest.size();
}

}  // namespace mailtrek::mail

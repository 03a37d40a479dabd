// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/outside_dialogue.h"

#include <algorithm>
#include <utility>

#include "sim/mail/encoding.h"

namespace mailtrek::host {
namespace {

constexpr std::size_t kLongestLine = 4096;  // what a line has beyond this is not shown
constexpr std::string_view kHidden = "********";

std::string_view firstWord(std::string_view line) { return line.substr(0, line.find(' ')); }

std::string_view afterWord(std::string_view line) {
    const std::size_t space = line.find(' ');
    return space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
}

bool startsWith(std::string_view line, std::string_view word) { return mail::sameIgnoringCase(line.substr(0, word.size()), word); }

// The octets that a line announces at its end: "{12}", "{12+}" (RFC 3501 4.3, RFC 7888); 0: none.
std::uint64_t literalAt(std::string_view line) {
    if (!line.ends_with('}')) return 0;
    const std::size_t brace = line.rfind('{');
    if (brace == std::string_view::npos) return 0;
    std::string_view digits = line.substr(brace + 1, line.size() - brace - 2);
    if (digits.ends_with('+')) digits.remove_suffix(1);
    if (digits.empty() || digits.size() > 10 || digits.find_first_not_of("0123456789") != std::string_view::npos) return 0;
    std::uint64_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    return value;
}

// RFC 5321 4.5.2: the receiver takes away the dot that the sender has put at the beginning of a line.
std::string unstuffed(std::string_view wire) {
    std::string out;
    out.reserve(wire.size());
    for (std::size_t at = 0; at < wire.size();) {
        if (wire[at] == '.') ++at;
        const std::size_t end = std::min(wire.find("\r\n", at), wire.size() - 2) + 2;
        out.append(wire.substr(at, end - at));
        at = end;
    }
    return out;
}

}  // namespace

std::vector<OutsideSaid> OutsideDialogue::says(std::string_view octets) {
    std::vector<OutsideSaid> out;
    while (!octets.empty()) {
        if (m_dark) {
            out.push_back({octets, {}, false, {}});
        } else if (m_literal > 0) {
            out.push_back({octets.substr(0, m_literal), {}, false, {}});
            m_literal -= out.back().octets.size();
        } else {
            out.push_back(m_inContent ? saysContent(octets) : saysLine(octets));
        }
        octets.remove_prefix(out.back().octets.size());
    }
    return out;
}

OutsideSaid OutsideDialogue::saysContent(std::string_view octets) {
    constexpr std::string_view kEnd = "\r\n.\r\n";
    const std::size_t before = m_content.size();
    m_content.append(octets);
    std::size_t end = m_content.starts_with(".\r\n") ? 0 : std::string::npos;  // an empty message
    if (end == std::string::npos) {
        end = m_content.find(kEnd, before > kEnd.size() ? before - kEnd.size() : 0);
        if (end == std::string::npos) return {octets, {}, true, {}};
        end += 2;
    }
    OutsideSaid said{octets.substr(0, end + 3 - before), {}, true, unstuffed(std::string_view(m_content).substr(0, end))};
    m_contentOctets = end + 3;
    m_content.clear();
    m_inContent = false;
    m_asked.push_back(OutsideAsked::content);
    return said;
}

OutsideSaid OutsideDialogue::saysLine(std::string_view octets) {
    const std::size_t end = octets.find('\n');
    const std::string_view part = octets.substr(0, end == std::string_view::npos ? end : end + 1);
    m_line.append(part.substr(0, kLongestLine - std::min(kLongestLine, m_line.size())));
    if (end == std::string_view::npos) return {part, {}, false, {}};
    while (!m_line.empty() && (m_line.back() == '\n' || m_line.back() == '\r')) m_line.pop_back();
    std::string line = std::move(m_line);
    m_line.clear();
    return {part, take(std::move(line)), false, {}};
}

std::string OutsideDialogue::take(std::string line) {
    const bool secret = std::exchange(m_secret, false);
    if (isSmtp() && secret) {
        m_asked.push_back(OutsideAsked::auth);
        return std::string(line == "*" ? line : kHidden);  // RFC 4954 4: "*" gives up
    }
    if (secret) return std::string(line == "*" ? line : kHidden);
    if (isSmtp()) return takeSmtp(std::move(line));
    return m_service == scenario::Service::pop3 ? takePop3(std::move(line)) : takeImap(std::move(line));
}

std::string OutsideDialogue::takeSmtp(std::string line) {
    OutsideAsked asked = OutsideAsked::command;
    if (startsWith(line, "MAIL FROM:")) asked = OutsideAsked::mail;
    if (startsWith(line, "RCPT TO:")) asked = OutsideAsked::recipient;
    if (mail::sameIgnoringCase(line, "DATA")) asked = OutsideAsked::data;
    if (mail::sameIgnoringCase(line, "STARTTLS")) asked = OutsideAsked::startTls;
    if (startsWith(line, "AUTH ")) {
        asked = OutsideAsked::auth;
        const std::string_view mechanism = firstWord(std::string_view(line).substr(5));
        if (line.size() > 5 + mechanism.size()) line = std::string("AUTH ") + std::string(mechanism) + " " + std::string(kHidden);
    }
    m_asked.push_back(asked);
    return line;
}

std::string OutsideDialogue::takePop3(std::string line) {
    if (startsWith(line, "PASS ")) return "PASS " + std::string(kHidden);
    if (startsWith(line, "APOP ")) return "APOP " + std::string(firstWord(std::string_view(line).substr(5))) + " " + std::string(kHidden);
    if (mail::sameIgnoringCase(line, "STLS")) m_startTls = line;
    if (startsWith(line, "AUTH ")) {
        const std::string_view mechanism = firstWord(std::string_view(line).substr(5));
        if (line.size() > 5 + mechanism.size()) return "AUTH " + std::string(mechanism) + " " + std::string(kHidden);
        m_auth = line;
    }
    return line;
}

std::string OutsideDialogue::takeImap(std::string line) {
    m_literal = literalAt(line);
    const bool agreed = m_literal > 0 && line.ends_with("+}");
    if (!m_continues) m_tag = firstWord(line);
    m_waits = m_literal > 0 && !agreed ? m_tag : "";
    const bool continues = std::exchange(m_continues, m_literal > 0);
    if (continues) {
        const bool hide = m_login && !line.empty() && m_literal == 0;
        if (!m_continues) m_login = false;
        return hide ? std::string(kHidden) : line;
    }
    const std::string_view tag = firstWord(line), verb = firstWord(afterWord(line)), rest = afterWord(afterWord(line));
    m_login = mail::sameIgnoringCase(verb, "LOGIN") && m_continues;
    const std::string head = std::string(tag) + " " + std::string(verb) + " ";
    if (mail::sameIgnoringCase(verb, "LOGIN") && !m_continues) return head + std::string(firstWord(rest)) + " " + std::string(kHidden);
    if (mail::sameIgnoringCase(verb, "STARTTLS")) m_startTls = tag;
    if (!mail::sameIgnoringCase(verb, "AUTHENTICATE")) return line;
    m_auth = tag;
    if (rest.find(' ') != std::string_view::npos) return head + std::string(firstWord(rest)) + " " + std::string(kHidden);
    return line;
}

std::vector<OutsideHeard> OutsideDialogue::hears(std::string_view octets) {
    std::vector<OutsideHeard> out;
    while (!octets.empty() && !m_dark) {
        const std::size_t end = octets.find('\n');
        const std::string_view part = octets.substr(0, end == std::string_view::npos ? end : end + 1);
        m_heard.append(part.substr(0, kLongestLine - std::min(kLongestLine, m_heard.size())));
        octets.remove_prefix(part.size());
        if (end == std::string_view::npos) break;
        while (!m_heard.empty() && (m_heard.back() == '\n' || m_heard.back() == '\r')) m_heard.pop_back();
        hearsLine(std::exchange(m_heard, {}), out);
    }
    return out;
}

void OutsideDialogue::hearsLine(std::string_view line, std::vector<OutsideHeard>& out) {
    if (isSmtp()) return hearsSmtp(line, out);
    const bool pop3 = m_service == scenario::Service::pop3;
    const auto answers = [&](const std::string& tag) { return !tag.empty() && (pop3 ? line.starts_with('+') || line.starts_with('-') : firstWord(line) == tag); };
    if (answers(m_startTls)) {
        m_dark = pop3 ? line.starts_with('+') : startsWith(afterWord(line), "OK");
        m_startTls.clear();
    }
    if (!pop3 && line.starts_with('+')) m_waits.clear();
    if (!pop3 && answers(m_waits)) {  // refused: no literal comes
        m_waits.clear();
        m_literal = 0;
        m_continues = m_login = false;
    }
    if (!m_auth.empty() && line.starts_with('+') && !line.starts_with("+OK"))
        m_secret = true;
    else if (answers(m_auth))
        m_auth.clear();
}

void OutsideDialogue::hearsSmtp(std::string_view line, std::vector<OutsideHeard>& out) {
    if (line.size() < 3 || line.find_first_not_of("0123456789") < 3) return;
    m_reply += (m_reply.empty() ? "" : "\n") + std::string(line);
    if (line.size() > 3 && line[3] == '-') return;  // RFC 5321 4.2.1: more lines follow
    OutsideHeard heard{m_asked.empty() ? OutsideAsked::command : m_asked.front(), (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'), std::exchange(m_reply, {})};
    if (!m_asked.empty()) m_asked.pop_front();
    if (heard.asked == OutsideAsked::data && heard.code == 354) m_inContent = true;
    if (heard.asked == OutsideAsked::auth && heard.code == 334) m_secret = true;
    if (heard.asked == OutsideAsked::startTls && heard.code == 220) m_dark = true;
    out.push_back(std::move(heard));
}

}  // namespace mailtrek::host

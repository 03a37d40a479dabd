// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/eavesdropper.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "sim/mail/encoding.h"

namespace mailtrek::host {
namespace {

using trace::Side;
using trace::TapKind;

constexpr std::size_t kMostLine = 4096, kMostShown = 200;

std::string upper(std::string_view text) {
    std::string all(text);
    std::ranges::transform(all, all.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return all;
}

std::vector<std::string> words(std::string_view line) {
    std::vector<std::string> all;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        if (end > 0) all.emplace_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return all;
}

std::string unquoted(const std::string& word) { return word.size() >= 2 && word.front() == '"' && word.back() == '"' ? word.substr(1, word.size() - 2) : word; }

std::string shown(std::string_view line) {
    std::string text(line.substr(0, kMostShown));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

// "Subject: Hola", or the first line that there is.
std::string subjectOf(std::string_view letter) {
    std::string first;
    while (!letter.empty()) {
        const std::size_t end = std::min(letter.find("\r\n"), letter.size());
        const std::string_view line = letter.substr(0, end);
        if (line.empty()) break;
        if (upper(line.substr(0, 8)) == "SUBJECT:") return shown(line);
        if (first.empty()) first = shown(line);
        letter.remove_prefix(std::min(end + 2, letter.size()));
    }
    return first;
}

bool beginsRecord(const std::string& octets) {  // RFC 8446 5.1: a kind, and the major version 3
    return octets.size() >= 2 && octets[0] >= 20 && octets[0] <= 23 && octets[1] == 3;
}

}  // namespace

std::vector<Overheard> Eavesdropper::hear(Side from, std::uint32_t sequence, bool syn, std::string_view octets) {
    std::vector<Overheard> found;
    Stream& stream = m_streams[static_cast<std::size_t>(from)];
    if (syn) {
        ++sequence;
        if (!stream.known) stream.next = sequence;  // a second SYN is a late copy of the first
        stream.known = true;
    }
    if (!stream.known) {  // he came too late: from here on, then
        stream.known = true;
        stream.next = sequence;
    }
    const auto distance = static_cast<std::int32_t>(sequence - stream.next);
    if (distance > 0) {
        if (stream.aheadSize + octets.size() <= kMostAhead && stream.ahead.emplace(sequence, std::string(octets)).second) stream.aheadSize += octets.size();
        return found;
    }
    const auto old = static_cast<std::size_t>(-static_cast<std::int64_t>(distance));
    if (old >= octets.size()) return found;  // heard before
    take(stream, from, octets.substr(old), found);
    for (auto next = stream.ahead.begin(); next != stream.ahead.end();) {
        const auto gap = static_cast<std::int32_t>(next->first - stream.next);
        if (gap > 0) {
            ++next;
            continue;
        }
        const auto known = static_cast<std::size_t>(-static_cast<std::int64_t>(gap));
        const std::string more = std::move(next->second);
        stream.aheadSize -= more.size();
        stream.ahead.erase(next);
        if (known < more.size()) take(stream, from, std::string_view(more).substr(known), found);
        next = stream.ahead.begin();
    }
    return found;
}

void Eavesdropper::take(Stream& stream, Side from, std::string_view octets, std::vector<Overheard>& found) {
    stream.next += static_cast<std::uint32_t>(octets.size());
    stream.buffer += octets;
    while (understand(stream, from, found)) {}
}

bool Eavesdropper::understand(Stream& stream, Side from, std::vector<Overheard>& found) {
    if (stream.buffer.empty()) return false;
    switch (stream.mode) {
        case Mode::lines: return takeLine(stream, from, found);
        case Mode::letter: return takeLetter(stream, found);
        case Mode::literal: return takeLiteral(stream, found);
        case Mode::sealed: return takeRecord(stream, found);
    }
    return false;
}

bool Eavesdropper::takeLine(Stream& stream, Side from, std::vector<Overheard>& found) {
    if (beginsRecord(stream.buffer)) {
        if (!std::exchange(m_sealed, true)) found.push_back({TapKind::sealed, {}, {}, 0});
        stream.mode = Mode::sealed;
        return true;
    }
    const std::size_t end = stream.buffer.find("\r\n");
    if (end == std::string::npos) {
        if (stream.buffer.size() > kMostLine) stream.buffer.erase(0, stream.buffer.size() - 1);  // no line of these protocols
        return false;
    }
    const std::string line = stream.buffer.substr(0, end);
    stream.buffer.erase(0, end + 2);
    found.push_back({TapKind::line, shown(line), {}, static_cast<std::uint32_t>(line.size() + 2)});
    learn(from, line, found);
    return true;
}

// What the line gives away, and what must come behind it.
void Eavesdropper::learn(Side from, const std::string& line, std::vector<Overheard>& found) {
    const std::vector<std::string> said = words(line);
    if (said.empty()) return;
    const std::string verb = upper(said[0]);
    const auto password = [&](const std::string& user, const std::string& secret) { found.push_back({TapKind::password, shown(user + " " + secret), {}, 0}); };
    if (from == Side::client) {
        m_dataAsked = verb == "DATA";
        m_letterAsked = verb == "RETR" || verb == "TOP";
        if (verb == "AUTH" && said.size() == 3 && upper(said[1]) == "PLAIN") {
            const std::string decoded = mail::decodeBase64(said[2]).value_or("");
            const std::size_t first = decoded.find('\0'), second = decoded.find('\0', first == std::string::npos ? first : first + 1);
            if (second != std::string::npos) password(decoded.substr(first + 1, second - first - 1), decoded.substr(second + 1));  // RFC 4616
        }
        if (said.size() == 4 && upper(said[1]) == "LOGIN") password(unquoted(said[2]), unquoted(said[3]));  // RFC 3501 6.2.3
        if (verb == "USER" && said.size() == 2) m_user = said[1];
        if (verb == "PASS" && said.size() >= 2) password(m_user, line.substr(5));  // RFC 1939 7
        return;
    }
    Stream& server = m_streams[static_cast<std::size_t>(Side::server)];
    if (m_dataAsked && verb.starts_with("354")) {  // answers to what was pipelined before DATA may come first (RFC 2920)
        m_streams[static_cast<std::size_t>(Side::client)].mode = Mode::letter;
        m_dataAsked = false;
    }
    if (m_letterAsked && verb == "+OK") server.mode = Mode::letter;
    m_letterAsked = false;
    const std::size_t open = line.rfind('{');  // an IMAP literal (RFC 3501 4.3)
    if (line.back() != '}' || open == std::string::npos || line[0] != '*' || open + 2 >= line.size()) return;
    std::size_t size = 0;
    for (const char c : line.substr(open + 1, line.size() - open - 2)) {
        if (c < '0' || c > '9' || size > 1'000'000'000) return;
        size = size * 10 + static_cast<std::size_t>(c - '0');
    }
    if (size == 0) return;
    server.mode = Mode::literal;
    server.skip = size;
}

// Up to the line with nothing but a dot (RFC 5321 4.5.2, RFC 1939 3).
bool Eavesdropper::takeLetter(Stream& stream, std::vector<Overheard>& found) {
    const std::size_t end = stream.buffer.find("\r\n");
    if (end == std::string::npos) return false;
    std::string line = stream.buffer.substr(0, end + 2);
    stream.buffer.erase(0, end + 2);
    if (line != ".\r\n") {
        stream.letter += line[0] == '.' ? line.substr(1) : line;
        return true;
    }
    stream.mode = Mode::lines;
    const auto size = static_cast<std::uint32_t>(stream.letter.size());
    std::string subject = subjectOf(stream.letter);
    found.push_back({TapKind::letter, std::move(subject), std::exchange(stream.letter, {}), size});
    return true;
}

bool Eavesdropper::takeLiteral(Stream& stream, std::vector<Overheard>& found) {
    const std::size_t part = std::min(stream.skip, stream.buffer.size());
    stream.letter.append(stream.buffer, 0, part);
    stream.buffer.erase(0, part);
    stream.skip -= part;
    if (stream.skip > 0) return false;
    stream.mode = Mode::lines;
    const auto size = static_cast<std::uint32_t>(stream.letter.size());
    std::string subject = subjectOf(stream.letter);
    found.push_back({TapKind::letter, std::move(subject), std::exchange(stream.letter, {}), size});
    return true;
}

// He sees the head of each record and passes over the rest.
bool Eavesdropper::takeRecord(Stream& stream, std::vector<Overheard>& found) {
    if (stream.skip > 0) {
        const std::size_t part = std::min(stream.skip, stream.buffer.size());
        stream.buffer.erase(0, part);
        stream.skip -= part;
        return stream.skip == 0;
    }
    if (stream.buffer.size() < 5) return false;
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(stream.buffer[i]); };
    stream.skip = static_cast<std::size_t>(octet(3)) << 8 | octet(4);
    found.push_back({TapKind::record, {}, {}, static_cast<std::uint32_t>(stream.skip + 5)});
    stream.buffer.erase(0, 5);
    return true;
}

}  // namespace mailtrek::host

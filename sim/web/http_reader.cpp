// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/http_reader.h"

#include <algorithm>

namespace mailtrek::web {
namespace {

constexpr std::size_t kMostChunkLine = 256;

// The size in front of a chunk; extensions mean nothing to us (RFC 9112 7.1.1).
std::optional<std::uint64_t> chunkSizeOf(std::string_view line) {
    const std::string_view digits = trimmed(line.substr(0, line.find(';')));
    if (digits.empty() || digits.size() > 15 || digits.data() != line.data()) return std::nullopt;
    std::uint64_t size = 0;
    for (const char c : digits) {
        const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (value < 0) return std::nullopt;
        size = size * 16 + static_cast<std::uint64_t>(value);
    }
    return size;
}

}  // namespace

// The next line without its end. Where the stream was cut changes nothing: a line is too long once `most` + 2 octets of it are here.
std::optional<std::string> HttpReader::line(std::size_t most, int tooLong) {
    const std::size_t end = m_buffer.find('\n', m_from);
    const std::size_t length = (end == std::string::npos ? m_buffer.size() : end) - m_from;
    if (length >= most + 2) return fail(tooLong), std::nullopt;
    if (end == std::string::npos) return std::nullopt;
    if (length == 0 || m_buffer[end - 1] != '\r') return fail(400), std::nullopt;  // RFC 9112 2.2 lets us read a lone LF as a line end; others may not
    std::string text = m_buffer.substr(m_from, length - 1);
    if (text.find_first_of(std::string_view("\r\0", 2)) != std::string::npos) return fail(400), std::nullopt;
    m_from = end + 1;
    return text;
}

bool HttpReader::advance() {
    while (m_error == 0 && m_stage != Stage::done && step()) {}
    if (m_from > 65536 || m_from == m_buffer.size()) {
        m_buffer.erase(0, m_from);
        m_from = 0;
    }
    return m_error == 0 && m_stage == Stage::done;
}

bool HttpReader::end() {
    if (advance()) return true;
    if (m_error == 0 && m_stage == Stage::untilEnd) m_stage = Stage::done;
    return m_error == 0 && m_stage == Stage::done;
}

void HttpReader::reset() {
    m_stage = Stage::startLine;
    m_fields = {};
    m_body.clear();
    m_fieldOctets = m_fieldCount = 0;
    m_skipped = false;
    begin();
}

// True when it came further.
bool HttpReader::step() {
    switch (m_stage) {
        case Stage::startLine: return startLine();
        case Stage::fields:
        case Stage::trailers: return fieldLine();
        case Stage::length: return content(m_missing, Stage::done);
        case Stage::chunkSize: return chunkSize();
        case Stage::chunkData: return content(m_missing, Stage::chunkEnd);
        case Stage::chunkEnd: return chunkEnd();
        case Stage::untilEnd: {
            std::uint64_t all = ~std::uint64_t{0};
            return content(all, Stage::untilEnd);
        }
        case Stage::done: return false;
    }
    return false;
}

bool HttpReader::startLine() {
    const auto text = line(m_limits.startLine, m_lineTooLong);
    if (!text) return false;
    if (text->empty() && !m_skipped) return m_skipped = true;  // RFC 9112 2.2: one that an old program puts behind a form
    if (const int error = onStartLine(*text); error != 0) return fail(error);
    m_stage = Stage::fields;
    return true;
}

bool HttpReader::fieldLine() {
    const auto text = line(m_limits.fields - m_fieldOctets, m_bodyTooLong == 413 ? 431 : m_bodyTooLong);
    if (!text) return false;
    if (text->empty()) {
        if (m_stage == Stage::fields) return headComplete();
        m_stage = Stage::done;
        return true;
    }
    m_fieldOctets = std::min(m_limits.fields, m_fieldOctets + text->size() + 2);
    if (++m_fieldCount > m_limits.fieldCount) return fail(m_bodyTooLong == 413 ? 431 : m_bodyTooLong);
    auto field = Fields::parseLine(*text);
    if (!field) return fail(400);
    if (m_stage == Stage::fields) m_fields.add(std::move(field->first), std::move(field->second));  // trailers are dropped (RFC 9112 7.1.2)
    return true;
}

bool HttpReader::headComplete() {
    const Head head = onHead();
    if (head.error != 0) return fail(head.error);
    m_missing = head.length;
    switch (head.framing) {
        case Framing::none: m_stage = Stage::done; return true;
        case Framing::length:
            if (head.length > m_limits.body) return fail(m_bodyTooLong);
            m_stage = head.length == 0 ? Stage::done : Stage::length;
            return true;
        case Framing::chunked: m_stage = Stage::chunkSize; return true;
        case Framing::untilEnd: m_stage = Stage::untilEnd; return true;
    }
    return true;
}

bool HttpReader::chunkSize() {
    const auto text = line(kMostChunkLine, 400);
    if (!text) return false;
    const auto size = chunkSizeOf(*text);
    if (!size) return fail(400);
    if (*size > m_limits.body - m_body.size()) return fail(m_bodyTooLong);
    m_missing = *size;
    m_stage = *size == 0 ? Stage::trailers : Stage::chunkData;
    return true;
}

bool HttpReader::chunkEnd() {
    const std::string_view rest = std::string_view(m_buffer).substr(m_from);
    if (!rest.empty() && rest[0] != '\r') return fail(400);
    if (rest.size() < 2) return false;
    if (rest[1] != '\n') return fail(400);
    m_from += 2;
    m_stage = Stage::chunkSize;
    return true;
}

bool HttpReader::content(std::uint64_t& missing, Stage next) {
    const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(missing, m_buffer.size() - m_from));
    if (taken > m_limits.body - m_body.size()) return fail(m_bodyTooLong);
    m_body.append(m_buffer, m_from, taken);
    m_from += taken;
    missing -= taken;
    if (missing == 0) m_stage = next;
    return missing == 0;
}

}  // namespace mailtrek::web

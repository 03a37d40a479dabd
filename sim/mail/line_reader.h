// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a stream into lines. A line ends with CRLF and with nothing else (RFC 5321 2.3.8).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailtrek::mail {

class LineReader {
public:
    void add(std::string_view octets) { m_buffer += octets; }
    // The next line, without its end. A line longer than `most` comes back cut, and tooLong() is true until the next call.
    std::optional<std::string> line(std::size_t most = 2048) {
        const std::size_t end = m_buffer.find("\r\n", m_from);
        m_tooLong = false;
        if (end == std::string::npos) {
            if (m_buffer.size() - m_from <= most) {
                compact();
                return std::nullopt;
            }
            if (m_buffer.size() - m_from > most + 65536) m_buffer.erase(m_from + most, 65536);  // what nobody will read
            return std::nullopt;
        }
        std::string result = m_buffer.substr(m_from, end - m_from);
        m_from = end + 2;
        m_tooLong = result.size() > most;
        if (m_tooLong) result.resize(most);
        return result;
    }
    bool tooLong() const { return m_tooLong; }
    // Everything not yet taken, for content and literals.
    std::string_view rest() const { return std::string_view(m_buffer).substr(m_from); }
    void drop(std::size_t octets) {
        m_from += octets;
        compact();
    }
    void clear() {
        m_buffer.clear();
        m_from = 0;
    }

private:
    void compact() {
        if (m_from == 0) return;
        m_buffer.erase(0, m_from);
        m_from = 0;
    }
    std::string m_buffer;
    std::size_t m_from = 0;
    bool m_tooLong = false;
};

}  // namespace mailtrek::mail

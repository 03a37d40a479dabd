// SPDX-License-Identifier: GPL-3.0-or-later
// The content of a letter as it crosses the wire after DATA, RFC 5321 4.1.1.4 and 4.5.2: lines end with CRLF and with nothing else, CRLF . CRLF is the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sim/kernel/slice.h"

namespace mailtrek::mail {

// Lines that begin with a dot get a second one; the end is CRLF . CRLF.
Slice dotStuffed(const Slice& message);

// Takes the content in pieces of any size. A bare LF or CR is an octet like any other.
class SmtpContentReader {
public:
    explicit SmtpContentReader(std::uint64_t mostOctets) : m_most(mostOctets) {}

    // How many of these octets belong to the content, its end included. What is not taken (a part of what may be a line end) comes again with more behind it.
    std::size_t take(std::string_view octets);
    bool complete() const { return m_complete; }
    bool tooBig() const { return m_tooBig; }  // the octets beyond the limit are read and dropped
    std::string takeMessage() { return std::exchange(m_message, {}); }

private:
    void keep(std::string_view octets);

    std::uint64_t m_most;
    std::string m_message;
    bool m_lineStart = true, m_complete = false, m_tooBig = false;
};

}  // namespace mailtrek::mail

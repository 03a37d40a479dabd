// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody makes of the octets of one TCP connection that pass by: he puts them in order as a receiver would, reads the lines, and is lost when TLS begins.
// Pure: segments go in, findings come out.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/enums_tls.h"
#include "sim/trace/ids.h"

namespace mailtrek::host {

struct Overheard {
    trace::TapKind kind{};
    std::string text;    // of a line; of a letter its subject; of a password "user password"
    std::string letter;  // its octets
    std::uint32_t size = 0;
};

class Eavesdropper {
public:
    // `sequence` is that of the first octet; a SYN's first octet is the one after it.
    std::vector<Overheard> hear(trace::Side from, std::uint32_t sequence, bool syn, std::string_view octets);
    bool sealed() const { return m_sealed; }

private:
    static constexpr std::size_t kMostAhead = 1 << 20;  // octets behind a gap that he keeps
    enum class Mode : std::uint8_t { lines, letter, literal, sealed };
    struct Stream {
        bool known = false;  // where it begins
        std::uint32_t next = 0;
        std::map<std::uint32_t, std::string> ahead;  // by distance from `next` when it came
        std::size_t aheadSize = 0;
        std::string buffer;  // in order, not yet understood
        Mode mode = Mode::lines;
        std::size_t skip = 0;  // octets of the record, or of the literal, still to come
        std::string letter;
    };
    void take(Stream& stream, trace::Side from, std::string_view octets, std::vector<Overheard>& found);
    bool understand(Stream& stream, trace::Side from, std::vector<Overheard>& found);
    bool takeLine(Stream& stream, trace::Side from, std::vector<Overheard>& found);
    bool takeLetter(Stream& stream, std::vector<Overheard>& found);
    bool takeLiteral(Stream& stream, std::vector<Overheard>& found);
    bool takeRecord(Stream& stream, std::vector<Overheard>& found);
    void learn(trace::Side from, const std::string& line, std::vector<Overheard>& found);

    std::array<Stream, 2> m_streams;  // by Side of who says it
    bool m_dataAsked = false;         // the client said DATA
    bool m_letterAsked = false;       // the client said RETR or TOP (POP3)
    std::string m_user;               // of POP3
    bool m_sealed = false;
};

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a stream into HTTP/1.1 messages, RFC 9112: a start line, field lines, and a body as long as Content-Length says, in chunks, or up to the end of the connection.
// What two programs could read in two ways is refused: lines end with CRLF and nothing else, a folded field line is none, a body has one length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/web/http_fields.h"

namespace mailtrek::web {

struct HttpLimits {
    std::size_t startLine = 8000;  // octets; what RFC 9112 3 wants at least
    std::size_t fields = 32'000;   // octets of all field lines, trailers included
    std::size_t fieldCount = 100;
    std::uint64_t body = 1'000'000;
};

class HttpReader {
public:
    virtual ~HttpReader() = default;

    void add(std::string_view octets) { m_buffer += octets; }
    // True when a whole message is here; the next one begins with reset().
    bool advance();
    // The peer sends no more: a body without a length ends here. True when that completes the message.
    bool end();
    void reset();
    // The status that an answer to what came should have; 0 while all is well. Nothing can be read after it.
    int error() const { return m_error; }
    bool begun() const { return m_stage != Stage::startLine || m_from < m_buffer.size(); }  // part of a message is here
    bool awaitsBody() const { return m_error == 0 && m_stage > Stage::fields && m_stage < Stage::done && m_body.empty() && m_from == m_buffer.size(); }

protected:
    enum class Framing : std::uint8_t { none, length, chunked, untilEnd };
    struct Head {
        int error = 0;
        Framing framing = Framing::none;
        std::uint64_t length = 0;
    };
    HttpReader(HttpLimits limits, int lineTooLong, int bodyTooLong) : m_limits(limits), m_lineTooLong(lineTooLong), m_bodyTooLong(bodyTooLong) {}
    virtual int onStartLine(std::string_view line) = 0;  // 0, or the error
    virtual Head onHead() = 0;                           // of the fields that are here now
    virtual void begin() = 0;                            // a new message

    Fields m_fields;
    std::string m_body;

private:
    enum class Stage : std::uint8_t { startLine, fields, length, chunkSize, chunkData, chunkEnd, trailers, untilEnd, done };
    std::optional<std::string> line(std::size_t most, int tooLong);
    bool step();
    bool startLine();
    bool fieldLine();
    bool headComplete();
    bool chunkSize();
    bool chunkEnd();
    bool content(std::uint64_t& missing, Stage next);
    bool fail(int error) {
        m_error = error;
        return false;
    }

    HttpLimits m_limits;
    int m_lineTooLong, m_bodyTooLong;
    Stage m_stage = Stage::startLine;
    int m_error = 0;
    std::string m_buffer;
    std::size_t m_from = 0;  // what is read of it
    std::size_t m_fieldOctets = 0, m_fieldCount = 0;
    bool m_skipped = false;  // an empty line before the message
    std::uint64_t m_missing = 0;
};

}  // namespace mailtrek::web

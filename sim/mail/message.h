// SPDX-License-Identifier: GPL-3.0-or-later
// A letter: composed as RFC 5322 with MIME (RFC 2045, 2046), read again, and what servers write on it (RFC 5321 4.4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"

namespace mailtrek::mail {

struct DraftAttachment {
    std::string name;
    Slice octets;
};

struct Draft {
    std::string from;
    std::vector<std::string> to, cc;  // Bcc recipients stand in the envelope only
    std::string subject;
    std::string text;
    std::string html;
    std::vector<DraftAttachment> attachments;
    std::string messageId;  // "<...@...>"
    Instant date;
};
// CRLF line ends throughout, no line above 998 octets, 7-bit; the header in UTF-8 (RFC 6532) when an address needs it.
std::string compose(const Draft& draft);

struct Part {
    std::string type;      // "text/plain", in lower case
    std::string fileName;  // of an attachment
    std::string octets;    // decoded
};
struct Message {
    std::vector<std::pair<std::string, std::string>> headers;  // unfolded, in order
    std::vector<Part> parts;                                   // leaves, in order
    std::string header(std::string_view name) const;           // the first of that name, or empty
};
// Takes any octets.
Message parse(std::string_view octets);

// SHA-256 of every text part and attachment, decoded and joined in order, as 64 hex digits. Line ends of texts count as LF.
std::string bodySha256(std::string_view octets);

std::string_view headersOf(std::string_view octets);  // with the empty line
std::string_view bodyOf(std::string_view octets);     // what follows it
std::uint32_t receivedCount(std::string_view octets);
bool hasHeader(std::string_view octets, std::string_view name);
// The header lines stand before everything else.
Slice withHeader(std::string_view lines, const Slice& message);

struct ReceivedStamp {
    std::string fromName, fromAddress;  // as greeted, and the IP address
    std::string by;
    std::string with = "ESMTP";
    std::string id;
    std::string forAddress;  // only when there is a single recipient
    Instant at;
};
std::string receivedLine(const ReceivedStamp& stamp);

}  // namespace mailtrek::mail

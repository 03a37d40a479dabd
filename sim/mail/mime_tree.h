// SPDX-License-Identifier: GPL-3.0-or-later
// A letter as the tree that MIME makes of it (RFC 2045, 2046), octet by octet: what IMAP's BODYSTRUCTURE tells and BODY[1.2] cuts out.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mailtrek::mail {

struct MimePart {             // views into the letter
    std::string_view header;  // with the empty line
    std::string_view body;
    std::string type = "text", subtype = "plain";   // lower case
    std::map<std::string, std::string> parameters;  // of Content-Type, names in lower case
    std::vector<MimePart> parts;                    // of a multipart; of a message/rfc822, the one letter in it

    bool isMultipart() const { return type == "multipart"; }
    bool isMessage() const { return type == "message" && subtype == "rfc822"; }
    std::string field(std::string_view name) const;  // of its header, unfolded; empty when it is not there
};

// A multipart without a boundary or without a part is taken for text. Depth and number of parts are bounded: what lies deeper is one opaque part.
MimePart mimeTree(std::string_view letter);
// The part with this number, as RFC 3501 6.4.5 counts: {1, 2} for "1.2"; the letter itself for an empty one. Null when there is none.
const MimePart* partAt(const MimePart& letter, const std::vector<unsigned>& number);

}  // namespace mailtrek::mail

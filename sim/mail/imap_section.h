// SPDX-License-Identifier: GPL-3.0-or-later
// What FETCH may ask for of a letter's octets, RFC 3501 6.4.5: BODY[2.1.HEADER.FIELDS (Subject)]<0.100>, BODY.PEEK[...], RFC822, RFC822.HEADER, RFC822.TEXT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/mail/mime_tree.h"

namespace mailtrek::mail {

enum class SectionText : std::uint8_t { all, header, headerFields, headerFieldsNot, text, mime };

struct Section {
    std::string label;             // as the response names it: "BODY[2.1]<0>"
    std::vector<unsigned> number;  // of the part; empty: the letter itself
    SectionText what = SectionText::all;
    std::vector<std::string> fields;                                // lower case
    std::optional<std::pair<std::uint32_t, std::uint32_t>> extent;  // from, octets
    bool peek = false;                                              // does not set \Seen

    bool isWhole() const { return number.empty() && what == SectionText::all && !extent; }
};

// Nothing when it is no such item, or badly written.
std::optional<Section> parseSection(const std::string& item);
// Nothing when the letter has no such part. `tree` is mimeTree(letter); may be null where section.number is empty.
std::optional<std::string> sectionOctets(const Section& section, std::string_view letter, const MimePart* tree);
// BODYSTRUCTURE (7.4.2); without the extension data it is BODY.
std::string bodyStructure(const MimePart& part, bool extended);

}  // namespace mailtrek::mail

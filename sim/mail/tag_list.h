// SPDX-License-Identifier: GPL-3.0-or-later
// "v=1; a=x; d=norte.example": the tag lists of DKIM (RFC 6376 3.2), which DMARC records use too (RFC 7489 6.3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/kernel/result.h"

namespace mailtrek::mail {

class TagList {
public:
    // Names as they are written (they are compared with regard to case); white space around names and values is dropped.
    // With `Bad::skipped`, what is no tag counts for nothing, and of one that stands there twice the first holds (RFC 7489 6.3).
    enum class Bad : std::uint8_t { refused, skipped };
    static Result<TagList> parse(std::string_view text, Bad bad = Bad::refused);
    // Null when there is no such tag.
    const std::string* find(std::string_view name) const;
    std::string value(std::string_view name) const { return find(name) != nullptr ? *find(name) : std::string{}; }
    // In the order of the text.
    const std::vector<std::pair<std::string, std::string>>& all() const { return m_tags; }

private:
    std::vector<std::pair<std::string, std::string>> m_tags;
};

// White space of any kind, line ends too, taken out.
std::string withoutSpace(std::string_view text);
// "From : To" -> From, To. `between` parts them; empty ones are dropped.
std::vector<std::string> splitList(std::string_view text, char between);

}  // namespace mailtrek::mail

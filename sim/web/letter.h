// SPDX-License-Identifier: GPL-3.0-or-later
// A letter as a page shows it: its header in words, its text, and what is attached. All of it is sound UTF-8; none of it is HTML yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailtrek::web {

struct Attached {
    std::string name;    // never empty
    std::string type;    // "image/jpeg"
    std::string octets;  // decoded
};

struct Letter {
    std::string from, to, cc, date, subject, messageId;
    std::string text;  // of all texts that are no attachments; of HTML what a person would read
    std::vector<Attached> attached;
};

// The header only.
Letter headOf(std::string_view octets);
Letter letterOf(std::string_view octets);

}  // namespace mailtrek::web

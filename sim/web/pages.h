// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of the front end. A page is data on the wire, like a letter: one language (English) is enough for it. Whatever comes from a letter or a person is escaped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/web/letter.h"

namespace mailtrek::web {

struct LoginPage {
    std::string host, csrf, complaint;
};
std::string html(const LoginPage& page);

struct ListRow {
    std::uint32_t uid = 0;
    bool unread = false;
    Letter head;
};
struct ListPage {
    std::string account, csrf, notice;
    std::vector<ListRow> rows;
    std::size_t letters = 0, unread = 0;  // in the whole folder
    std::uint32_t newest = 0;             // the greatest uid in the folder: what "Delete all" means
    std::size_t page = 1;
    bool more = false;  // older ones on the next page
};
std::string html(const ListPage& page);

struct LetterPage {
    std::string account, csrf;
    std::uint32_t uid = 0;
    Letter letter;
};
std::string html(const LetterPage& page);

struct ComposePage {
    std::string account, csrf, complaint;
    std::string to, cc, subject, text;  // as it was filled in
};
std::string html(const ComposePage& page);

struct MessagePage {
    std::string title, text;
};
std::string html(const MessagePage& page);

}  // namespace mailtrek::web

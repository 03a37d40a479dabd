// SPDX-License-Identifier: GPL-3.0-or-later
// HTML as we write it.
#pragma once

#include <string>
#include <string_view>

namespace mailtrek::web {

// As text between tags or in a quoted attribute: nothing in it is markup any more.
std::string escaped(std::string_view text);
// A whole document, HTML5, in English. `title` as plain text, `body` as HTML.
std::string document(std::string_view title, std::string_view body);

}  // namespace mailtrek::web

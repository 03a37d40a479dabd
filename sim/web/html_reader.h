// SPDX-License-Identifier: GPL-3.0-or-later
// HTML as a browser meets it, after WHATWG HTML 13.2.5: the tags with their attributes, the text between them, and the forms. It takes any octets.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/web/form.h"

namespace mailtrek::web {

struct HtmlPiece {    // a tag, or the text between two
    std::string tag;  // its name in lower case; empty: text
    bool closes = false;
    std::map<std::string, std::string> attributes;
    std::string text;
    std::string attribute(const std::string& name) const {
        const auto found = attributes.find(name);
        return found == attributes.end() ? std::string{} : found->second;
    }
};
// Comments and declarations are left out. What stands in a script, style, title or textarea is text.
std::vector<HtmlPiece> htmlPieces(std::string_view html);

// Character references replaced: numbers, and the few names that matter.
std::string unescaped(std::string_view text);

struct HtmlForm {
    std::string method, action;
    Form fields;  // what it carries if nobody fills anything in
};
std::vector<HtmlForm> htmlForms(const std::vector<HtmlPiece>& pieces);

// What a person would read: no tags, no scripts, lines where blocks end.
std::string htmlText(std::string_view html);

}  // namespace mailtrek::web

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/html.h"

namespace mailtrek::web {
namespace {

constexpr std::string_view kStyle =
    "body{font:16px/1.5 sans-serif;max-width:50em;margin:1em auto;padding:0 1em;color:#222;background:#fff}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.3em .5em;border-bottom:1px solid #ccc;text-align:left}"
    ".unread{font-weight:bold}pre{white-space:pre-wrap}form{display:inline}label{display:block}dt{font-weight:bold}";

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string document(std::string_view title, std::string_view body) {
    std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>";
    out += escaped(title);
    out += "</title>\n<style>";
    out += kStyle;
    out += "</style>\n</head>\n<body>\n";
    out += body;
    return out + "</body>\n</html>\n";
}

}  // namespace mailtrek::web

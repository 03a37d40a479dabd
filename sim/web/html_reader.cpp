// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/html_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "sim/mail/encoding.h"
#include "sim/web/charset.h"

namespace mailtrek::web {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void skipSpace(std::string_view& rest) {
    while (!rest.empty() && isSpace(rest.front())) rest.remove_prefix(1);
}

template <class Until>
std::string_view take(std::string_view& rest, Until&& until) {
    std::size_t end = 0;
    while (end < rest.size() && !until(rest[end])) ++end;
    const std::string_view taken = rest.substr(0, end);
    rest.remove_prefix(end);
    return taken;
}

std::string attributeValue(std::string_view& rest) {
    skipSpace(rest);
    if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) return unescaped(take(rest, [](char c) { return isSpace(c) || c == '>'; }));
    const char quote = rest.front();
    rest.remove_prefix(1);
    std::string value = unescaped(take(rest, [quote](char c) { return c == quote; }));
    rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    return value;
}

// What follows '<' or '</'.
HtmlPiece takeTag(std::string_view& rest, bool closes) {
    HtmlPiece tag;
    tag.closes = closes;
    tag.tag = mail::lower(take(rest, [](char c) { return isSpace(c) || c == '>' || c == '/'; }));
    while (true) {
        take(rest, [](char c) { return !isSpace(c) && c != '/'; });
        if (rest.empty() || rest.front() == '>') break;
        std::string name = mail::lower(rest.substr(0, 1));  // an '=' here begins a name (13.2.5.32)
        rest.remove_prefix(1);
        name += mail::lower(take(rest, [](char c) { return isSpace(c) || c == '>' || c == '/' || c == '='; }));
        skipSpace(rest);
        std::string value;
        if (rest.starts_with('=')) {
            rest.remove_prefix(1);
            value = attributeValue(rest);
        }
        tag.attributes.emplace(std::move(name), std::move(value));  // of two, the first counts
    }
    rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    return tag;
}

void addText(std::vector<HtmlPiece>& pieces, std::string text) {
    if (text.empty()) return;
    HtmlPiece piece;
    piece.text = std::move(text);
    pieces.push_back(std::move(piece));
}

bool holdsText(std::string_view tag) { return tag == "script" || tag == "style" || tag == "title" || tag == "textarea"; }

// Up to the tag that closes it; there is none within.
std::string_view takeRaw(std::string_view& rest, const std::string& tag) {
    std::size_t end = 0;
    for (; (end = rest.find("</", end)) != std::string_view::npos; end += 2) {
        const std::size_t after = end + 2 + tag.size();
        const bool named = mail::sameIgnoringCase(rest.substr(end + 2, tag.size()), tag);
        if (named && (after >= rest.size() || isSpace(rest[after]) || rest[after] == '>' || rest[after] == '/')) break;
    }
    const std::string_view raw = rest.substr(0, end);
    rest.remove_prefix(raw.size());
    return raw;
}

// "<!-- ... -->", "<!DOCTYPE ...>", "<?...>", "</ ...>"
void skipDeclaration(std::string_view& rest) {
    const std::string_view mark = rest.starts_with("<!--") ? "-->" : ">";
    const std::size_t end = rest.find(mark, mark.size() == 3 ? 4 : 0);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + mark.size());
}

}  // namespace

std::vector<HtmlPiece> htmlPieces(std::string_view html) {
    std::vector<HtmlPiece> pieces;
    std::string text;
    while (!html.empty()) {
        text += unescaped(take(html, [](char c) { return c == '<'; }));
        if (html.empty()) break;
        const bool closes = html.size() > 2 && html[1] == '/' && isLetter(html[2]);
        if (!closes && (html.size() < 2 || !isLetter(html[1]))) {
            const bool declares = html.size() > 1 && (html[1] == '!' || html[1] == '?' || (html[1] == '/' && html.size() > 2));
            if (declares) {
                skipDeclaration(html);
            } else {
                text += '<';
                html.remove_prefix(1);
            }
            continue;
        }
        addText(pieces, std::exchange(text, {}));
        html.remove_prefix(closes ? 2 : 1);
        pieces.push_back(takeTag(html, closes));
        if (closes || !holdsText(pieces.back().tag)) continue;
        const std::string tag = pieces.back().tag;
        const std::string_view raw = takeRaw(html, tag);
        addText(pieces, tag == "title" || tag == "textarea" ? unescaped(raw) : std::string(raw));
    }
    addText(pieces, std::move(text));
    return pieces;
}

std::string unescaped(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kNames{{{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", "\xc2\xa0"}}};
    std::string out;
    while (!text.empty()) {
        out += take(text, [](char c) { return c == '&'; });
        const std::size_t end = text.substr(0, 11).find(';');
        if (text.empty()) break;
        const std::string_view name = end == std::string_view::npos || end > 10 ? std::string_view{} : text.substr(1, end - 1);
        const auto known = std::ranges::find(kNames, name, &std::pair<std::string_view, std::string_view>::first);
        std::uint32_t point = 0;
        if (name.size() > 1 && name[0] == '#') {
            const bool hex = name[1] == 'x' || name[1] == 'X';
            const std::string_view digits = name.substr(hex ? 2 : 1);
            if (std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10).ptr != digits.data() + digits.size()) point = 0;
        }
        if (known == kNames.end() && point == 0) {
            out += '&';
            text.remove_prefix(1);
            continue;
        }
        out += known != kNames.end() ? std::string(known->second) : utf8Of(point);
        text.remove_prefix(end + 1);
    }
    return out;
}

std::vector<HtmlForm> htmlForms(const std::vector<HtmlPiece>& pieces) {
    std::vector<HtmlForm> forms;
    bool open = false;
    for (const HtmlPiece& piece : pieces) {
        if (piece.tag == "form") {
            open = !piece.closes;
            if (open) forms.push_back({mail::lower(piece.attribute("method")), piece.attribute("action"), {}});
        } else if (open && piece.tag == "input" && !piece.attribute("name").empty() && mail::lower(piece.attribute("type")) != "submit") {
            forms.back().fields.add(piece.attribute("name"), piece.attribute("value"));
        }
    }
    return forms;
}

std::string htmlText(std::string_view html) {
    constexpr std::array<std::string_view, 16> kBlocks{"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"};
    std::string out;
    std::string hidden;
    bool pre = false;
    const auto newLine = [&out] {
        while (out.ends_with(' ')) out.pop_back();
        if (!out.empty() && !out.ends_with("\n\n")) out += '\n';
    };
    for (const HtmlPiece& piece : htmlPieces(html)) {
        if (!piece.tag.empty()) {
            const bool hides = piece.tag == "script" || piece.tag == "style" || piece.tag == "title";
            if (hides) hidden = piece.closes ? std::string{} : piece.tag;
            if (piece.tag == "pre") pre = !piece.closes;
            const bool block = std::ranges::find(kBlocks, piece.tag) != kBlocks.end();
            if (block && (piece.closes || piece.tag == "br" || !out.ends_with('\n'))) newLine();
            continue;
        }
        if (!hidden.empty()) continue;
        for (const char c : piece.text) {
            if (pre || !isSpace(c))
                out += c;
            else if (!out.empty() && !isSpace(out.back()))
                out += ' ';
        }
    }
    return out;
}

}  // namespace mailtrek::web

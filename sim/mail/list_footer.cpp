// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/list_footer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "sim/dns/idna.h"
#include "sim/kernel/dice.h"
#include "sim/mail/dkim_canonical.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
#include "sim/mail/mime_tree.h"

namespace mailtrek::mail {
namespace {

constexpr std::string_view kRule = "_______________________________________________\n";

std::string crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\r') continue;
        out += c == '\n' ? "\r\n" : std::string(1, c);
    }
    return out.ends_with("\r\n") ? out : out + "\r\n";
}

std::string footerPart(const std::string& text) {
    if (dns::isAscii(text)) return "Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + crlf(text);
    return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quotedPrintable(text);
}

// A line end between what there is and what comes; nothing when there is nothing.
std::string ended(std::string_view body) { return std::string(body) + (body.empty() || body.ends_with("\r\n") ? "" : "\r\n"); }

// Empty when the text cannot grow as it is.
std::string longerText(const MimePart& letter, const std::string& text) {
    const std::string encoding = lower(letter.field("Content-Transfer-Encoding"));
    const auto charset = letter.parameters.find("charset");
    const bool utf8 = charset != letter.parameters.end() && sameIgnoringCase(charset->second, "utf-8");
    if (letter.type != "text" || letter.subtype != "plain" || !(utf8 || dns::isAscii(text))) return {};
    if (encoding == "quoted-printable") return ended(letter.body) + quotedPrintable("\n" + text);
    const bool asItIs = encoding.empty() || encoding == "8bit" || (encoding == "7bit" && dns::isAscii(text));
    return asItIs ? ended(letter.body) + crlf("\n" + text) : std::string{};
}

std::string morePart(const MimePart& letter, const std::string& text) {
    const auto boundary = letter.parameters.find("boundary");
    if (letter.type != "multipart" || letter.subtype != "mixed" || boundary == letter.parameters.end()) return {};
    const std::string end = "--" + boundary->second + "--";
    const std::size_t at = letter.body.rfind(end);
    if (at == std::string_view::npos || at < 2 || letter.body.substr(at - 2, 2) != "\r\n") return {};
    return fmt::format("{}--{}\r\n{}{}", letter.body.substr(0, at), boundary->second, footerPart(text), letter.body.substr(at));
}

std::string wrapped(std::string_view message, const std::string& text) {
    const std::string boundary = fmt::format("=_L{:016x}", hashText(message));
    std::string header, inner;
    for (const std::string_view field : rawFields(headersOf(message))) (lower(fieldName(field)).starts_with("content-") ? inner : header) += field;
    if (!hasHeader(message, "MIME-Version")) header += "MIME-Version: 1.0\r\n";
    return fmt::format("{}Content-Type: multipart/mixed; boundary=\"{}\"\r\n\r\n--{}\r\n{}\r\n{}--{}\r\n{}--{}--\r\n", header, boundary, boundary, inner, ended(bodyOf(message)),
                       boundary, footerPart(text), boundary);
}

}  // namespace

Slice withFooter(const Slice& message, std::string_view footer) {
    const std::string text = std::string(kRule) + std::string(footer);
    const MimePart letter = mimeTree(message.text());
    std::string body = longerText(letter, text);
    if (body.empty()) body = morePart(letter, text);
    if (body.empty()) return Slice::adopt(wrapped(message.text(), text));
    return Slice::adopt(std::string(headersOf(message.text())) + body);
}

}  // namespace mailtrek::mail

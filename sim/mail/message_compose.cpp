// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "sim/dns/idna.h"
#include "sim/kernel/dice.h"
#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

// Lines of a header that holds a list of addresses, folded between them.
std::string addressLine(std::string_view name, const std::vector<std::string>& addresses) {
    std::string out = fmt::format("{}:", name);
    std::size_t column = out.size();
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const std::string piece = fmt::format(" {}{}", wireAddress(addresses[i]), i + 1 < addresses.size() ? "," : "");
        if (column + piece.size() > 76 && i > 0) {
            out += "\r\n";
            column = 0;
        }
        out += piece;
        column += piece.size();
    }
    return out + "\r\n";
}

bool fitsAsIs(std::string_view text) {  // 7-bit with short lines and nothing that transport might touch
    std::size_t line = 0;
    for (const char c : text) {
        line = c == '\n' ? 0 : line + 1;
        if (static_cast<unsigned char>(c) >= 0x7f || (c < 0x20 && c != '\n' && c != '\t') || line > 78) return false;
    }
    return true;
}

std::string crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\r') continue;
        if (c == '\n') out += '\r';
        out += c;
    }
    if (!out.empty() && !out.ends_with("\r\n")) out += "\r\n";
    return out;
}

std::string textPart(std::string_view type, std::string_view text) {
    if (fitsAsIs(text)) return fmt::format("Content-Type: {}; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{}", type, crlf(text));
    return fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}", type, quotedPrintable(text));
}

std::string_view mediaType(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kKnown{{{".jpg", "image/jpeg"},
                                                                                   {".jpeg", "image/jpeg"},
                                                                                   {".png", "image/png"},
                                                                                   {".gif", "image/gif"},
                                                                                   {".pdf", "application/pdf"},
                                                                                   {".txt", "text/plain"},
                                                                                   {".csv", "text/csv"},
                                                                                   {".zip", "application/zip"}}};
    for (const auto& [ending, type] : kKnown)
        if (lower(name).ends_with(ending)) return type;
    return "application/octet-stream";
}

std::string percentEncoded(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_' ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return out;
}

// filename="..."; where the name is not plain or long, as RFC 2231 3 and 4 have it, in pieces on lines of their own.
std::string fileName(std::string_view name) {
    constexpr std::size_t kPiece = 20;  // octets; three times as many characters
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
    if (plain && name.size() <= 60) return fmt::format(" filename=\"{}\"", name);
    if (name.size() <= kPiece) return " filename*=UTF-8''" + percentEncoded(name);
    std::string out;
    for (std::size_t i = 0; i * kPiece < name.size(); ++i)
        out += fmt::format("{}filename*{}*={}{}", i == 0 ? "\r\n " : ";\r\n ", i, i == 0 ? "UTF-8''" : "", percentEncoded(name.substr(i * kPiece, kPiece)));
    return out;
}

std::string attachmentPart(const DraftAttachment& attachment) {
    return fmt::format("Content-Type: {}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;{}\r\n\r\n{}", mediaType(attachment.name),
                       fileName(attachment.name), base64Lines(attachment.octets.text()));
}

std::string multipart(std::string_view kind, const std::string& boundary, const std::vector<std::string>& parts) {
    std::string out = fmt::format("Content-Type: multipart/{}; boundary=\"{}\"\r\n\r\n", kind, boundary);
    for (const std::string& part : parts) out += fmt::format("--{}\r\n{}", boundary, part);
    return out + fmt::format("--{}--\r\n", boundary);
}

std::string content(const Draft& draft) {
    // "=_" cannot occur in quoted-printable or base64 (RFC 2045 6.7), and no boundary begins with another (RFC 2046 5.1.2).
    const std::uint64_t hash = hashText(draft.messageId);
    const std::string outer = fmt::format("=_{:016x}", hash), inner = fmt::format("=_A{:016x}", hash);
    std::string text;
    if (!draft.html.empty() && !draft.text.empty())
        text = multipart("alternative", inner, {textPart("text/plain", draft.text), textPart("text/html", draft.html)});
    else if (!draft.html.empty())
        text = textPart("text/html", draft.html);
    else
        text = textPart("text/plain", draft.text);
    if (draft.attachments.empty()) return text;
    std::vector<std::string> parts{text};
    for (const DraftAttachment& attachment : draft.attachments) parts.push_back(attachmentPart(attachment));
    return multipart("mixed", outer, parts);
}

// A letter that needs SMTPUTF8 for its addresses may as well have its subject in UTF-8 (RFC 6532 3.2), folded at spaces.
std::string utf8Subject(std::string_view text) {
    const bool keepsItsEnds = text.empty() || (text.front() != ' ' && text.back() != ' ');
    if (!keepsItsEnds || text.size() > 900 || text.find("=?") != std::string_view::npos || text.find("  ") != std::string_view::npos) return headerText(text);
    std::string out;
    std::size_t column = std::string_view("Subject:").size();
    while (!text.empty()) {
        const std::string_view word = text.substr(0, std::min(text.find(' ', 1), text.size()));
        if (column + word.size() + 1 > 76 && !out.empty()) {
            out += "\r\n";
            column = 0;
        }
        out += word;
        column += word.size();
        text.remove_prefix(word.size());
    }
    return out;
}

}  // namespace

std::string compose(const Draft& draft) {
    bool utf8 = localPartNeedsUtf8(draft.from);
    for (const auto* list : {&draft.to, &draft.cc}) utf8 = utf8 || std::ranges::any_of(*list, localPartNeedsUtf8);
    std::string out = fmt::format("Date: {}\r\nFrom: {}\r\n", dateText(draft.date), wireAddress(draft.from));
    if (!draft.to.empty()) out += addressLine("To", draft.to);
    if (!draft.cc.empty()) out += addressLine("Cc", draft.cc);
    if (draft.to.empty() && draft.cc.empty()) out += "To: undisclosed-recipients:;\r\n";
    out += fmt::format("Subject: {}\r\nMessage-ID: {}\r\nMIME-Version: 1.0\r\n", utf8 ? utf8Subject(draft.subject) : headerText(draft.subject), draft.messageId);
    return out + content(draft);
}

std::string receivedLine(const ReceivedStamp& s) {
    std::string out = fmt::format("Received: from {} ([{}])\r\n\tby {} with {} id {}", s.fromName, s.fromAddress, s.by, s.with, s.id);
    if (!s.forAddress.empty()) out += fmt::format("\r\n\tfor <{}>", s.forAddress);
    return out + fmt::format(";\r\n\t{}\r\n", dateText(s.at));
}

Slice withHeader(std::string_view lines, const Slice& message) {
    std::string out;
    out.reserve(lines.size() + message.size());
    out += lines;
    out += message.text();
    return Slice::adopt(std::move(out));
}

}  // namespace mailtrek::mail

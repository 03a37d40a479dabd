// SPDX-License-Identifier: GPL-3.0-or-later
// BODY and BODYSTRUCTURE, RFC 3501 7.4.2.
#include <fmt/format.h>

#include <algorithm>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_section.h"
#include "sim/mail/imap_text.h"
#include "sim/mail/mime_parameter.h"

namespace mailtrek::mail {
namespace {

std::string orNil(const std::string& value) { return value.empty() ? "NIL" : imapString(value); }

std::string list(const std::map<std::string, std::string>& parameters) {
    std::string out;
    for (const auto& [name, value] : parameters) out += fmt::format("{}{} {}", out.empty() ? "" : " ", imapString(name), imapString(value));
    return out.empty() ? "NIL" : "(" + out + ")";
}

std::string disposition(const MimePart& part) {
    const std::string field = part.field("Content-Disposition");
    std::string kind = field.substr(0, field.find(';'));
    kind.erase(kind.find_last_not_of(" \t") + 1);
    return kind.empty() ? "NIL" : fmt::format("({} {})", imapString(kind), list(mimeParameters(field)));
}

std::string language(const MimePart& part) {
    std::string field = part.field("Content-Language"), out;
    std::erase_if(field, [](char c) { return c == ' ' || c == '\t'; });
    for (std::string_view rest = field; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        if (comma > 0) out += (out.empty() ? "" : " ") + imapString(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return out.empty() ? "NIL" : "(" + out + ")";
}

std::string shared(const MimePart& part) { return fmt::format(" {} {} {}", disposition(part), language(part), orNil(part.field("Content-Location"))); }

std::size_t lines(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = text.find("\r\n"); at != std::string_view::npos; at = text.find("\r\n", at + 2)) ++count;
    return count + (text.empty() || text.ends_with("\r\n") ? 0 : 1);
}

}  // namespace

std::string bodyStructure(const MimePart& part, bool extended) {
    std::string out = "(";
    if (part.isMultipart()) {
        for (const MimePart& one : part.parts) out += bodyStructure(one, extended);
        out += " " + imapString(part.subtype);
        if (extended) out += " " + list(part.parameters) + shared(part);
        return out + ")";
    }
    const std::string encoding = part.field("Content-Transfer-Encoding");
    out += fmt::format("{} {} {} {} {} {} {}", imapString(part.type), imapString(part.subtype), list(part.parameters), orNil(part.field("Content-ID")),
                       orNil(part.field("Content-Description")), imapString(encoding.empty() ? "7bit" : encoding), part.body.size());
    if (part.isMessage())
        out += fmt::format(" {} {} {}", envelope(part.body), bodyStructure(part.parts.front(), extended), lines(part.body));
    else if (part.type == "text")
        out += fmt::format(" {}", lines(part.body));
    if (extended) out += " " + orNil(part.field("Content-MD5")) + shared(part);
    return out + ")";
}

}  // namespace mailtrek::mail

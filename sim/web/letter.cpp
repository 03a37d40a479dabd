// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/letter.h"

#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
#include "sim/mail/mime_parameter.h"
#include "sim/mail/mime_tree.h"
#include "sim/web/charset.h"
#include "sim/web/html_reader.h"

namespace mailtrek::web {
namespace {

std::string decoded(const mail::MimePart& part) {
    std::string encoding = mail::lower(part.field("Content-Transfer-Encoding"));
    while (encoding.ends_with(' ') || encoding.ends_with('\t')) encoding.pop_back();
    if (encoding == "base64") return mail::decodeBase64(part.body).value_or(std::string(part.body));
    if (encoding == "quoted-printable") return mail::decodeQuotedPrintable(part.body);
    return std::string(part.body);
}

std::string parameter(const mail::MimePart& part, const std::string& name) {
    const auto found = part.parameters.find(name);
    return found == part.parameters.end() ? std::string{} : found->second;
}

bool isHtml(const mail::MimePart& part) { return part.type == "text" && part.subtype == "html"; }

void collect(const mail::MimePart& part, Letter& letter) {
    if (part.isMultipart()) {
        // Of alternatives the plain text, where there is one (RFC 2046 5.1.4), and not the HTML, alone or with its pictures (RFC 2387).
        bool plain = false;
        for (const mail::MimePart& one : part.parts) plain |= one.type == "text" && one.subtype == "plain";
        for (const mail::MimePart& one : part.parts)
            if (part.subtype != "alternative" || !plain || !(isHtml(one) || one.isMultipart())) collect(one, letter);
        return;
    }
    const std::string disposition = part.field("Content-Disposition");
    std::string name = mail::mimeParameter(disposition, "filename");
    if (name.empty()) name = parameter(part, "name");
    const bool apart = !name.empty() || mail::lower(disposition).starts_with("attachment");
    if (part.type == "text" && !apart) {
        const std::string text = toUtf8(decoded(part), parameter(part, "charset"));
        if (!letter.text.empty() && !letter.text.ends_with('\n')) letter.text += '\n';
        letter.text += isHtml(part) ? htmlText(text) : text;
        return;
    }
    if (name.empty()) name = part.isMessage() ? "letter.eml" : "attachment";
    letter.attached.push_back({soundUtf8(mail::decodeHeaderText(name)), soundUtf8(part.type + "/" + part.subtype), decoded(part)});
}

}  // namespace

Letter headOf(std::string_view octets) {
    const mail::Message message = mail::parse(mail::headersOf(octets));
    const auto field = [&](const char* name) { return soundUtf8(mail::decodeHeaderText(message.header(name))); };
    Letter letter;
    letter.from = field("From");
    letter.to = field("To");
    letter.cc = field("Cc");
    letter.date = field("Date");
    letter.subject = field("Subject");
    letter.messageId = soundUtf8(message.header("Message-ID"));
    return letter;
}

Letter letterOf(std::string_view octets) {
    Letter letter = headOf(octets);
    collect(mail::mimeTree(octets), letter);
    return letter;
}

}  // namespace mailtrek::web

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/author.h"
#include "sim/mail/dmarc.h"
#include "sim/mail/list_footer.h"
#include "sim/mail/message.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

// Any octets are a message of some kind: head and body are parts of it, and decoding makes nothing longer.
void take(std::string_view octets) {
    const mail::Message message = mail::parse(octets);
    const std::string_view head = mail::headersOf(octets), body = mail::bodyOf(octets);
    must(head.size() + body.size() <= octets.size(), "head and body are parts of the message");
    must(octets.starts_with(head) && octets.ends_with(body), "the head stands in front, the body behind");
    std::size_t decoded = 0;
    for (const mail::Part& part : message.parts) decoded += part.octets.size();
    must(decoded <= octets.size(), "decoding makes nothing longer");
    must(mail::bodySha256(octets).size() == 64, "a hash has 64 digits");
    must(mail::receivedCount(octets) <= octets.size(), "Received lines are lines");
    const Slice footed = mail::withFooter(Slice::copyOf(octets), "Lista");
    must(footed.size() > octets.size(), "what lists write comes on top");
    mail::authorDomain(octets);
    if (const auto record = mail::parseDmarcRecord(octets)) must(record->percent <= 100, "a share is at most all");
    // Whatever there is can be signed; the signature fits, and any other in it is judged, or the key to it asked for.
    const mail::DkimKey key = mail::modelledKey("norte.example");
    const std::string whole = mail::dkimSignatureLine(octets, key, kStart) + std::string(octets);
    const dns::Name name = dns::Name::of(mail::dkimKeyName(key));
    mail::DnsFacts facts;
    facts.add({name, dns::Type::txt}, {mail::Finding::records, {dns::makeRecord(name, 60, dns::TxtRecord{{mail::dkimKeyRecord(key)}})}});
    const auto signatures = mail::dkimSignatures(whole);
    const auto own = mail::checkDkim(whole, signatures.front(), facts, kStart);
    const bool readable = !octets.starts_with(' ') && !octets.starts_with('\t') && mail::hasHeader(octets, "From");  // else it would be more of the line above it
    if (readable) must(std::holds_alternative<mail::DkimVerdict>(own) && std::get<mail::DkimVerdict>(own).result == trace::CheckResult::pass, "our own signature fits");
    for (const std::string_view one : signatures) mail::checkDkim(whole, one, facts, kStart);
    const Slice stamped = mail::withHeader("X-Test: 1\r\n", Slice::copyOf(octets));
    must(stamped.text().starts_with("X-Test: 1\r\n") && stamped.text().ends_with(octets), "a stamp stands before everything else");
}

}  // namespace

const Target& mimeTarget() {
    static const Target target{
        "mime",
        take,
        {mail::compose({.from = "ana@norte.example",
                        .to = {"luis@sur.example"},
                        .cc = {"hp@sur.example"},
                        .subject = "¿Qué tal? Una línea de asunto que no cabe en una sola línea",
                        .text = "Hola, ¿qué tal?\n",
                        .html = "<p>Hola</p>",
                        .attachments = {{"foto ñ.jpg", Slice::copyOf(std::string(200, '\xd8'))}},
                        .messageId = "<1@norte.example>",
                        .date = kStart}),
         "Subject: a\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\na=3D=\r\nb\r\n--b--\r\n",
         "DKIM-Signature: v=1; a=modelled-sha256; c=relaxed/simple; d=norte.example; s=mailtrek; l=3; i=@a.norte.example;\r\n\th=From:Subject; bh=AAAA; b=AAAA\r\n"
         "From: \"Ana, B.\" <ana@norte.example>\r\n\r\nx\r\n",
         "v=DMARC1; p=quarantine; sp=reject; adkim=s; aspf=r; pct=30; rua=mailto:a@b.example", "no header at all"},
        {"\r\n",
         "\n",
         "\r\n\r\n",
         "--b",
         "--b--\r\n",
         "--c\r\n",
         "boundary=",
         "\"",
         ";",
         "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
         "Content-Transfer-Encoding: base64\r\n",
         "=?utf-8?q?",
         "=?utf-8?b?",
         "?=",
         "=",
         "=3",
         "====",
         "charset=",
         "filename*=utf-8''%f1",
         "Received: \r\n",
         "DKIM-Signature: v=1; ",
         "From: ",
         "h=From:",
         "b=",
         "\t",
         " ",
         "\x80",
         std::string(1, '\0')},
        20'000};
    return target;
}

}  // namespace mailtrek::fuzz

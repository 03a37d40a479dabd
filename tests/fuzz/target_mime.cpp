// SPDX-License-Identifier: GPL-3.0-or-later
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
         "no header at all"},
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
         "\t",
         " ",
         "\x80",
         std::string(1, '\0')},
        20'000};
    return target;
}

}  // namespace mailtrek::fuzz

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/smtp_server.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

using mail::SmtpReply;
using mail::SmtpRole;

struct Host final : mail::SmtpPolicy {
    std::string accepted;
    bool password(std::string_view, std::string_view word) override { return word == "secret"; }
    std::optional<SmtpReply> sender(SmtpRole, std::string_view, std::string_view address) override {
        return address == "bad@x.example" ? mail::reply(550, "5.7.1", "No") : mail::reply(250, "2.1.0", "Ok");
    }
    SmtpReply recipient(SmtpRole, const mail::Envelope& soFar, std::string_view address) override {
        must(soFar.recipients.size() < 100'000, "recipients are bounded");
        return address == "nobody@sur.example" ? mail::reply(550, "5.1.1", "No such user") : mail::reply(250, "2.1.5", "Ok");
    }
    std::optional<SmtpReply> content(SmtpRole, const mail::Envelope& envelope, const mail::SmtpHello&, const Slice& message) override {
        must(!envelope.recipients.empty(), "content is for somebody");
        accepted += message.text();
        accepted += '|';
        return mail::reply(250, "2.0.0", "Queued");
    }
};

void check(const mail::SmtpServerOutput& out, bool& closed, std::string& heard) {
    must(!closed || (out.replies.empty() && !out.close), "nothing is said after the end");
    closed = closed || out.close;
    for (const SmtpReply& reply : out.replies) {
        must(reply.code >= 200 && reply.code <= 559 && !reply.lines.empty(), "a reply is one of RFC 5321 4.2");
        const std::string wire = reply.wire();
        must(wire.ends_with("\r\n"), "a reply ends its line");
        for (std::size_t i = 0; i < wire.size(); ++i) {
            must(wire[i] != '\r' || (i + 1 < wire.size() && wire[i + 1] == '\n'), "no CR alone in a reply");
            must(wire[i] != '\n' || (i > 0 && wire[i - 1] == '\r'), "no LF alone in a reply");
        }
        heard += wire;
    }
}

std::string dialogue(SmtpRole role, std::string_view octets, bool cut) {
    Host host;
    mail::SmtpServer server({.role = role, .hostName = "sur.sur.example", .maxMessage = 2000}, host);
    bool closed = false;
    std::string heard;
    check(server.onConnect(kStart), closed, heard);
    const auto hear = [&](std::string_view piece) { check(server.onBytes(piece, kStart), closed, heard); };
    if (cut)
        inPieces(octets, hear);
    else if (!octets.empty())
        hear(octets.substr(1));
    check(server.onTimeout(kStart + std::chrono::hours(1)), closed, heard);
    must(closed, "a silent client is left");
    return heard + host.accepted;
}

// Every reply is well formed, and the same however the stream was cut.
void take(std::string_view octets) {
    for (const SmtpRole role : {SmtpRole::relay, SmtpRole::submission})
        must(dialogue(role, octets, true) == dialogue(role, octets, false), "how the stream was cut does not matter");
}

}  // namespace

const Target& smtpTarget() {
    static const Target target{
        "smtp",
        take,
        {"\x05"
         "EHLO norte.example\r\nMAIL FROM:<ana@norte.example> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=a+2Bb\r\nRCPT TO:<luis@sur.example> NOTIFY=SUCCESS,FAILURE "
         "ORCPT=rfc822;luis@sur.example\r\nDATA\r\nSubject: Hola\r\n\r\n..Hola\r\n.\r\nQUIT\r\n",
         "\x20"
         "HELO norte\r\nMAIL FROM:<>\r\nRCPT TO:<luis@sur.example>\r\nRCPT TO:<nobody@sur.example>\r\nRSET\r\nNOOP\r\nVRFY x\r\nHELP\r\nEXPN y\r\nQUIT\r\n",
         "\x01"
         "EHLO pc\r\nAUTH PLAIN AGFuYUBub3J0ZS5leGFtcGxlAHNlY3JldA==\r\nMAIL FROM:<ana@norte.example>\r\n",
         "\x10"
         "EHLO pc\r\nAUTH PLAIN\r\nAGFuYUBub3J0ZS5leGFtcGxlAHNlY3JldA==\r\n"},
        {"\r\n",
         "\n",
         "\r",
         "\r\n.\r\n",
         ".\r\n",
         "EHLO a\r\n",
         "MAIL FROM:<a@b.example>\r\n",
         "RCPT TO:<luis@sur.example>\r\n",
         "DATA\r\n",
         "RSET\r\n",
         "<",
         ">",
         "@",
         "\"",
         "\\",
         " SIZE=",
         " NOTIFY=NEVER",
         "=",
         "99999999999999999999",
         "AUTH PLAIN ",
         "*\r\n",
         "\x80",
         std::string(1, '\0'),
         std::string(600, 'a'),
         std::string(2500, 'b')},
        9'000};
    return target;
}

}  // namespace mailtrek::fuzz

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/smtp_client.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

std::deque<mail::SmtpTransaction> letters() {
    std::deque<mail::SmtpTransaction> two;
    for (const auto& recipients : {std::vector<std::string>{"a@sur.example", "b@sur.example"}, std::vector<std::string>{"c@sur.example"}}) {
        mail::SmtpTransaction one;
        one.envelope.from = "ana@norte.example";
        for (const std::string& to : recipients) one.envelope.recipients.push_back({to, {}});
        one.message = Slice::copyOf(std::string_view("Subject: Hola\r\n\r\n.Hola\r\n"));
        two.push_back(std::move(one));
    }
    return two;
}

// Whatever a server answers: commands are single lines, each letter has one outcome with an answer for each recipient, and nothing is good whose content never went out.
std::string dialogue(const mail::SmtpClientOptions& options, std::string_view octets, bool cut) {
    mail::SmtpClient client(options, letters());
    std::string said;
    std::size_t contents = 0, good = 0, handshakes = 0;
    std::vector<std::size_t> answers;
    bool closed = false;
    const auto take = [&](const mail::SmtpClient::Actions& actions) {
        for (const mail::SmtpClientAction& action : actions) {
            must(!closed, "nothing is done after the end");
            if (const auto* line = std::get_if<mail::SmtpSendLine>(&action)) {
                must(line->line.find_first_of("\r\n") == std::string::npos, "one line at a time");
                must(line->shown.find("c2VjcmV0") == std::string::npos && line->shown.find("secret") == std::string::npos, "a password is not shown");
                said += line->line + "\n";
            }
            if (const auto* content = std::get_if<mail::SmtpSendContent>(&action)) {
                must(content->stuffed.text().ends_with("\r\n.\r\n"), "content ends with its dot");
                ++contents;
                said += "(content)\n";
            }
            if (std::holds_alternative<mail::SmtpStartTls>(action)) ++handshakes;
            if (const auto* outcome = std::get_if<mail::SmtpOutcome>(&action)) {
                answers.push_back(outcome->recipients.size());
                for (const mail::HeardReply& heard : outcome->recipients) {
                    must(heard.code == 0 || (heard.code >= 200 && heard.code <= 599), "a reply has a code, or there was none");
                    said += std::to_string(heard.code) + heard.enhanced + "\n";
                }
                for (const mail::HeardReply& heard : outcome->recipients)
                    if (heard.good()) {
                        ++good;
                        break;
                    }
            }
            closed |= std::holds_alternative<mail::SmtpClose>(action);
        }
    };
    take(client.onConnected(kStart));
    const auto hear = [&](std::string_view piece) {
        if (handshakes > 0) return;  // what follows is TLS
        take(client.onBytes(piece, kStart));
    };
    if (cut)
        inPieces(octets, hear);
    else if (!octets.empty())
        hear(octets.substr(1));
    if (handshakes > 0) take(client.onTlsFailed("no", kStart));
    take(client.onTimeout(kStart + std::chrono::hours(1)));
    take(client.onClosed(kStart + std::chrono::hours(1)));
    must(answers == std::vector<std::size_t>{2, 1}, "each letter has its outcome, once");
    must(good <= contents, "nothing is delivered whose content did not go out");
    must(client.nextDeadline() == kNever, "it waits for nothing more");
    return said;
}

void take(std::string_view octets) {
    for (const auto tls : {mail::TlsWish::never, mail::TlsWish::whenever})
        for (const char* user : {"", "an@norte.example"}) {  // of a length with which "secret" stands in AUTH PLAIN as base64 has it
            mail::SmtpClientOptions options{"norte.norte.example", user, "secret"};
            options.tls = tls;
            must(dialogue(options, octets, true) == dialogue(options, octets, false), "how the answers were cut does not matter");
        }
}

}  // namespace

const Target& smtpClientTarget() {
    static const Target target{
        "smtpClient",
        take,
        {"\x05"
         "220 sur ESMTP\r\n250-sur\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-DSN\r\n250 AUTH PLAIN LOGIN\r\n235 2.7.0 Ok\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n550 5.1.1 no\r\n354 "
         "go\r\n"
         "250 2.0.0 Ok\r\n250 Ok\r\n250 Ok\r\n354 go\r\n250 Ok\r\n221 Bye\r\n",
         "\x01"
         "220-sur\r\n220 ready\r\n502 what\r\n250 sur\r\n250 Ok\r\n451 4.7.1 later\r\n451 4.7.1 later\r\n250 Ok\r\n250 Ok\r\n250 Ok\r\n354 go\r\n552 5.2.2 full\r\n221 Bye\r\n",
         "\x20"
         "220 sur\r\n250-sur\r\n250 STARTTLS\r\n220 2.0.0 go\r\n",
         "\x09"
         "554 no\r\n221 Bye\r\n",
         "\x03"
         "220 sur\r\n250-sur\r\n250 AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n535 5.7.8 no\r\n221 Bye\r\n"},
        {"\r\n", "\n", "220 ", "250 ", "250-", "354 go\r\n", "421 4.3.2 down\r\n", "450 ", "550 5.1.1 ", "334 ", "235 ", "5.1.1", "9", "-", " ", "\x80", std::string(1, '\0'),
         std::string(600, 'a'), "250 Ok\r\n250 Ok\r\n"},
        2'500};
    return target;
}

}  // namespace mailtrek::fuzz

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/encoding.h"
#include "sim/mail/imap_client.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

// Whatever a server answers: commands are single lines, and the reader's errand ends once.
std::string dialogue(const mail::ImapClientOptions& options, std::string_view octets, bool cut) {
    mail::ImapClient client(options);
    std::string said;
    std::size_t finished = 0, handshakes = 0, letters = 0;
    bool closed = false;
    const auto take = [&](const mail::ImapClient::Actions& actions) {
        for (const mail::ImapClientAction& action : actions) {
            must(!closed, "nothing is done after the end");
            if (const auto* line = std::get_if<mail::ImapSendLine>(&action)) {
                must(line->line.find_first_of("\r\n") == std::string::npos, "one line at a time");
                must(line->shown.find("secret") == std::string::npos, "a password is not shown");
                said += line->line + "\n";
            }
            if (const auto* read = std::get_if<mail::ImapRead>(&action)) {
                must(read->uid > 0, "a letter has a uid");
                said += read->octets;
                ++letters;
            }
            if (const auto* end = std::get_if<mail::ImapFinished>(&action)) {
                ++finished;
                must(end->good == end->why.empty(), "a failure says why");
                said += end->good ? "good" : "bad";
            }
            if (std::holds_alternative<mail::ImapStartTls>(action)) ++handshakes;
            closed |= std::holds_alternative<mail::ImapClose>(action);
        }
    };
    take(client.onConnected(kStart));
    const auto hear = [&](std::string_view piece) {
        if (handshakes == 0) take(client.onBytes(piece, kStart));
    };
    if (cut)
        inPieces(octets, hear);
    else if (!octets.empty())
        hear(octets.substr(1));
    take(client.onTimeout(kStart + std::chrono::hours(1)));
    take(client.onClosed(kStart + std::chrono::hours(1)));
    must(finished == 1, "an errand ends once");
    must(client.nextDeadline() == kNever, "it waits for nothing more");
    std::size_t answers = 0;
    const std::string lowered = mail::lower(octets);
    for (std::size_t at = lowered.find("fetch"); at != std::string::npos; at = lowered.find("fetch", at + 1)) ++answers;
    must(letters <= answers, "letters come from the server, one from each answer");
    return said;
}

void take(std::string_view octets) {
    for (const auto task : {mail::ImapTask::read, mail::ImapTask::remove})
        for (const auto tls : {mail::TlsWish::never, mail::TlsWish::whenever}) {
            mail::ImapClientOptions options{"luis@sur.example", "secret", task, "<1@norte.example>"};
            options.tls = tls;
            must(dialogue(options, octets, true) == dialogue(options, octets, false), "how the answers were cut does not matter");
            options.messageId.clear();
            must(dialogue(options, octets, true) == dialogue(options, octets, false), "how the answers were cut does not matter");
        }
}

}  // namespace

const Target& imapClientTarget() {
    static const Target target{
        "imapClient",
        take,
        {"\x07"
         "* OK [CAPABILITY IMAP4rev1] ready\r\nA001 OK LOGIN completed\r\n* FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\nA002 OK [READ-WRITE] SELECT completed\r\n"
         "* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 20 ENVELOPE (NIL \"Hola\" NIL NIL NIL NIL NIL NIL NIL \"<1@norte.example>\"))\r\n* 2 FETCH (UID 7 FLAGS (\\Seen) RFC822.SIZE 3 "
         "ENVELOPE (NIL {2}\r\nxy NIL NIL NIL NIL NIL NIL NIL NIL))\r\nA003 OK FETCH completed\r\n* 1 FETCH (UID 1 BODY[] {12}\r\nSubject: x\r\n)\r\nA004 OK done\r\nA005 OK "
         "done\r\n* BYE\r\n"
         "A006 OK done\r\n",
         "\x01"
         "* OK ready\r\nA001 NO [AUTHENTICATIONFAILED] no\r\n* BYE\r\nA002 OK\r\n",
         "\x21"
         "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\nA001 OK begin\r\n",
         "\x05"
         "* BYE full\r\n",
         "\x02"
         "* PREAUTH ready\r\nA001 OK x\r\n* 0 EXISTS\r\nA002 OK x\r\nA003 OK x\r\n"},
        {"\r\n",
         "\n",
         "* ",
         "A001 OK ",
         "A002 NO ",
         "A003 BAD ",
         "+ go\r\n",
         "{3}\r\nabc",
         "{99999999}\r\n",
         "{0}\r\n",
         "(UID 1 ",
         "ENVELOPE (",
         "BODY[] ",
         "NIL",
         "\"",
         "\\",
         ")",
         "(",
         "* 1 EXPUNGE\r\n",
         "* BYE\r\n",
         "4294967296",
         "\x80",
         std::string(1, '\0'),
         std::string(500, 'a')},
        1'500};
    return target;
}

}  // namespace mailtrek::fuzz

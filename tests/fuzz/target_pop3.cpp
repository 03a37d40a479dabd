// SPDX-License-Identifier: GPL-3.0-or-later
// Both sides of POP3: a server that hears anything, and a client that is answered anything.
#include <set>

#include "sim/mail/pop3_client.h"
#include "sim/mail/pop3_server.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

struct House final : mail::Pop3Events {
    mail::Mailbox box{"luis@sur.example", std::nullopt};
    bool locked = false;
    House() {
        for (const char* letter : {"Subject: a\r\n\r\n.\r\n..x\r\nlast", "Subject: b\r\n\r\nhello\r\n", "", "no header at all"})
            box.store({.octets = Slice::copyOf(std::string_view(letter)), .message = {}, .mail = {}, .storedAt = kStart});
    }
    mail::Mailbox* login(std::string_view user, std::string_view password) override { return user == "luis@sur.example" && password == "secret" ? &box : nullptr; }
    bool lock(mail::Mailbox&) override { return !std::exchange(locked, true); }
    void unlock(mail::Mailbox&) override { must(std::exchange(locked, false), "only what is locked is unlocked"); }
    void retrieved(mail::Mailbox&, const mail::StoredMessage& message, std::size_t number) override { must(message.uid == number, "number and letter belong together"); }
    void removed(mail::Mailbox&, const mail::StoredMessage& message) override { must(locked && message.uid > 0, "only who has the lock deletes"); }
};

void check(const mail::Pop3ServerOutput& out, bool& closed, std::string& heard) {
    must(!closed || (out.pieces.empty() && !out.close), "nothing is said after the end");
    closed = closed || out.close;
    for (const auto& piece : out.pieces) {
        must(piece.line.starts_with("+OK ") || piece.line.starts_with("-ERR ") || piece.line == "+ ", "a response begins with its status");
        must(piece.line.size() <= 510 && piece.octets.starts_with(piece.line + "\r\n"), "a status line is short, and stands first");
        if (piece.octets.size() > piece.line.size() + 2) must(piece.octets.ends_with("\r\n.\r\n"), "many lines end with a dot");
        heard += piece.octets;
    }
}

std::string asServer(std::string_view octets, bool cut) {
    House house;
    std::string heard;
    {
        mail::Pop3Server server({.hostName = "sur.sur.example"}, house);
        bool closed = false;
        check(server.onConnect(kStart), closed, heard);
        const auto hear = [&](std::string_view piece) { check(server.onBytes(piece, kStart), closed, heard); };
        hear("USER luis@sur.example\r\nPASS secret\r\n");
        const std::size_t before = house.box.messages().size();
        if (cut)
            inPieces(octets, hear);
        else if (!octets.empty())
            hear(octets.substr(1));
        if (!closed) must(house.box.messages().size() == before, "nothing is deleted before QUIT");
        check(server.onTimeout(kStart + std::chrono::hours(1)), closed, heard);
        must(closed && server.nextDeadline() == kNever, "a silent reader is left");
    }
    must(!house.locked, "a session that is over has no lock");
    return heard + std::to_string(house.box.messages().size());
}

std::string asClient(std::string_view octets, bool cut, bool deletes) {
    mail::Pop3Client client({"luis@sur.example", "secret", deletes, {"1.1"}});
    std::string said;
    unsigned finished = 0;
    bool closed = false;
    const auto take = [&](const mail::Pop3Client::Actions& actions) {
        for (const auto& action : actions) {
            must(!closed, "nothing is done after the end");
            if (const auto* line = std::get_if<mail::Pop3SendLine>(&action)) {
                must(line->line.find_first_of("\r\n") == std::string::npos, "one line at a time");
                said += line->line + "\n";
            }
            if (const auto* letter = std::get_if<mail::Pop3Letter>(&action)) {
                must(letter->octets.empty() || letter->octets.ends_with("\r\n"), "a letter ends its lines");
                said += letter->octets;
            }
            if (std::holds_alternative<mail::Pop3Finished>(action)) ++finished;
            closed |= std::holds_alternative<mail::Pop3Close>(action);
        }
    };
    take(client.onConnected(kStart));
    const auto hear = [&](std::string_view piece) { take(client.onBytes(piece, kStart)); };
    if (cut)
        inPieces(octets, hear);
    else if (!octets.empty())
        hear(octets.substr(1));
    take(client.onTimeout(kStart + std::chrono::hours(1)));
    must(finished == 1 && client.nextDeadline() == kNever, "a fetching ends once");
    return said;
}

void take(std::string_view octets) {
    must(asServer(octets, true) == asServer(octets, false), "how the stream was cut does not matter");
    for (const bool deletes : {false, true}) must(asClient(octets, true, deletes) == asClient(octets, false, deletes), "how the answers were cut does not matter");
}

}  // namespace

const Target& pop3Target() {
    static const Target target{"pop3",
                               take,
                               {"\x07STAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nTOP 2 1\r\nDELE 1\r\nRSET\r\nNOOP\r\nDELE 2\r\nQUIT\r\n",
                                "\x21"
                                "CAPA\r\nLIST 3\r\nUIDL 4\r\nRETR 4\r\nDELE 4\r\nRETR 4\r\n",
                                "\x02"
                                "AUTH PLAIN\r\nAGx1aXNAc3VyLmV4YW1wbGUAc2VjcmV0\r\n",
                                "\x05+OK hi\r\n+OK\r\n+OK\r\n+OK 2 40\r\n+OK\r\n1 1.1\r\n2 1.2\r\n.\r\n+OK\r\nSubject: x\r\n\r\n..\r\n.\r\n+OK\r\n+OK\r\n+OK bye\r\n",
                                "\x09+OK hi\r\n+OK\r\n-ERR [IN-USE] wait\r\n+OK\r\n", "\x01+OK\r\n+OK\r\n+OK\r\n+OK 1 1\r\n-ERR\r\n+OK\r\n.\r\n+OK\r\n+OK\r\n"},
                               {"\r\n", ".\r\n", "..", "+OK ", "-ERR ", "RETR ", "DELE ", "TOP 1 ", "UIDL\r\n", "QUIT\r\n", "0", "99999999999999999999", "-1", " ",
                                std::string(1, '\0'), "\x80", std::string(300, 'x')},
                               2'000};
    return target;
}

}  // namespace mailtrek::fuzz

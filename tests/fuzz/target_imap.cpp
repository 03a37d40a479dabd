// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/imap_server.h"
#include "sim/mail/message.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

struct House final : mail::ImapEvents {
    mail::Mailbox box{"luis@sur.example", std::nullopt};
    House() {
        const Slice letter = Slice::copyOf(mail::compose({.from = "ana@norte.example",
                                                          .to = {"luis@sur.example"},
                                                          .cc = {},
                                                          .subject = "¿Qué tal?",
                                                          .text = "Hola\n",
                                                          .html = "<p>Hola</p>",
                                                          .attachments = {{"f.bin", Slice::copyOf("\x01\x02")}},
                                                          .messageId = "<1@norte.example>",
                                                          .date = kStart}));
        for (int i = 0; i < 3; ++i) box.store({.uid = 0, .flags = 0, .octets = letter, .message = {}, .mail = {}, .recipient = 0, .storedAt = kStart});
        box.store({.uid = 0, .flags = mail::kSeen, .octets = Slice::copyOf("no header at all"), .message = {}, .mail = {}, .recipient = 0, .storedAt = kStart});
    }
    mail::Mailbox* login(std::string_view user, std::string_view password) override { return user == "luis@sur.example" && password == "secret" ? &box : nullptr; }
    void flagsChanged(mail::Mailbox&, const mail::StoredMessage& message) override { must(message.uid > 0, "flags are of a letter"); }
    MessageId keep(const Slice&) override { return {}; }
    void added(mail::Mailbox& its, const mail::StoredMessage& message, const std::string&) override { must(its.folder(message.folder) != nullptr, "a letter has a folder"); }
    void expunged(mail::Mailbox& its, const mail::StoredMessage& message) override { must(its.message(message.uid) == &message, "what goes is still there"); }
    void fetched(mail::Mailbox&, const mail::StoredMessage&) override {}
};

void check(const mail::ImapServerOutput& out, bool& closed, std::string& heard) {
    must(!closed || (out.pieces.empty() && !out.close), "nothing is said after the end");
    closed = closed || out.close;
    for (const auto& piece : out.pieces) {
        must(piece.octets.ends_with("\r\n"), "a response ends its line");
        must(piece.line.find_first_of("\r\n") == std::string::npos, "the recording keeps one line of a response");
        heard += piece.octets;
    }
}

std::string dialogue(std::string_view octets, bool cut) {
    House house;
    mail::ImapServer server({.hostName = "sur.sur.example"}, house);
    bool closed = false;
    std::string heard;
    check(server.onConnect(kStart), closed, heard);
    const auto hear = [&](std::string_view piece) { check(server.onBytes(piece, kStart), closed, heard); };
    hear("z LOGIN luis@sur.example secret\r\nz SELECT INBOX\r\n");
    if (cut)
        inPieces(octets, hear);
    else if (!octets.empty())
        hear(octets.substr(1));
    check(server.onTimeout(kStart + std::chrono::hours(1)), closed, heard);
    must(closed, "a silent reader is left");
    for (const mail::StoredMessage& message : house.box.messages()) heard += static_cast<char>('0' + message.flags);
    return heard;
}

void take(std::string_view octets) { must(dialogue(octets, true) == dialogue(octets, false), "how the stream was cut does not matter"); }

}  // namespace

const Target& imapTarget() {
    static const Target target{
        "imap",
        take,
        {"\x07"
         "a CAPABILITY\r\nb LOGIN luis@sur.example secret\r\nc LIST \"\" *\r\nd SELECT INBOX\r\ne FETCH 1:* (FLAGS UID RFC822.SIZE ENVELOPE BODYSTRUCTURE INTERNALDATE)\r\n"
         "f UID FETCH 1,3:4 BODY.PEEK[HEADER.FIELDS (Subject From)]\r\ng FETCH 2 BODY[]<0.20>\r\nh LOGOUT\r\n",
         "\x21"
         "a LOGIN {16}\r\nluis@sur.example {6}\r\nsecret\r\nb EXAMINE INBOX\r\nc STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY RECENT)\r\n",
         "\x02"
         "a STORE 1:2 +FLAGS (\\Deleted \\Seen)\r\nb SEARCH UNSEEN NOT DELETED SUBJECT \"tal\" UID 1:*\r\nc EXPUNGE\r\nd CLOSE\r\ne NOOP\r\nf UID STORE 4 -FLAGS.SILENT "
         "(\\Seen)\r\n",
         "\x03"
         "a FETCH 1 (BODY[1.MIME] BODY[2] BODY[TEXT] RFC822.HEADER)\r\nb CHECK\r\nc UID SEARCH ALL\r\nd APPEND INBOX (\\Seen) \"02-Mar-2026 10:00:00 +0000\" {3+}\r\nabc\r\ne UID "
         "FETCH 1:* (BODY BODY[1.1] BODY[1.2.MIME]<1.5>)\r\n",
         "\x09"
         "a CREATE x/y\r\nb LSUB \"\" %\r\nc COPY 1:2 x\r\nd UID MOVE 3 x/y\r\ne RENAME x z&APE-\r\nf SELECT z&APE-\r\ng UID EXPUNGE 1:*\r\nh DELETE z&APE-/y\r\n"
         "i RENAME INBOX old\r\nj LIST \"\" *\r\nk IDLE\r\nDONE\r\nl GETQUOTAROOT INBOX\r\nm UNSELECT\r\nn ID NIL\r\no AUTHENTICATE PLAIN\r\n*\r\n"},
        {"\r\n",
         "{5}\r\n",
         "{0}\r\n",
         "{99999999999}\r\n",
         "(",
         ")",
         "[",
         "]",
         "\"",
         "\\",
         "*",
         ":",
         ",",
         "<0.5>",
         "<99999999999.1>",
         "4294967296",
         "UID ",
         "FETCH ",
         "STORE ",
         "SEARCH ",
         "BODY[",
         "HEADER.FIELDS.NOT (",
         "\\Deleted",
         "EXPUNGE\r\n",
         "CREATE ",
         "&APE-",
         "RENAME INBOX ",
         "IDLE\r\n",
         "DONE\r\n",
         "BODYSTRUCTURE",
         "[1.2.",
         "a ",
         std::string(1, '\0'),
         "\x80",
         std::string(3000, 'x')},
        5'000};
    return target;
}

}  // namespace mailtrek::fuzz

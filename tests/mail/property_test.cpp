// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold for any octets: what is encoded comes back, what is composed is read again as it was meant, and no server or client loses its head over what it hears.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_client.h"
#include "sim/mail/imap_text.h"
#include "sim/mail/message.h"
#include "sim/mail/mime_parameter.h"
#include "sim/mail/sha256.h"
#include "sim/mail/smtp_parameters.h"
#include "tests/mail/client_kit.h"
#include "tests/mail/imap_kit.h"
#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

using rc::gen::element;
using rc::gen::inRange;

std::string joined(const std::vector<std::string>& pieces) {
    std::string all;
    for (const std::string& piece : pieces) all += piece;
    return all;
}

// Octets, with those that matter to protocols far more often than by chance.
rc::Gen<std::string> octets() {
    return rc::gen::map(
        rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
            element<std::string>("\r\n", "\r\n.", "\r", "\n", ".", "=", "?", "=?", "?=", "\"", "\\", " ", "\t", "{3}\r\n", "(", ")", "--", "--b", "\xc3\xb1", "\xe2\x82\xac"),
            rc::gen::map(rc::gen::arbitrary<char>(), [](char c) { return std::string(1, c); }), rc::gen::map(inRange('a', 'z'), [](char c) { return std::string(1, c); }))),
        joined);
}

// Text without control characters but tab and line end, valid UTF-8.
rc::Gen<std::string> words() {
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(
                            rc::gen::oneOf(element<std::string>("\n", " ", "\t", ".", "=", "\xc3\xb1", "\xe2\x82\xac", "\xf0\x9f\x93\xa7", "From ", "=?", "?="),
                                           rc::gen::map(inRange<int>(0x20, 0x7f), [](int c) { return std::string(1, static_cast<char>(c)); }))),
                        joined);
}

std::string oneLine(std::string text) {
    std::erase_if(text, [](char c) { return c == '\n' || c == '\t'; });
    return text;
}

// Cuts `all` anywhere and gives the pieces to `take`.
template <class F>
void inPieces(std::string_view all, F&& take) {
    while (!all.empty()) {
        const std::size_t size = *inRange<std::size_t>(1, std::min<std::size_t>(all.size(), 20) + 1);
        take(all.substr(0, size));
        all.remove_prefix(size);
    }
}

RC_GTEST_PROP(Encodings, Base64ComesBack, ()) {
    const std::string text = *octets();
    RC_ASSERT(decodeBase64(base64(text)) == text);
    RC_ASSERT(decodeBase64(base64Lines(text)) == text);
}

RC_GTEST_PROP(Encodings, QuotedPrintableComesBackWithCanonicalLineEnds, ()) {
    const std::string text = *octets();
    std::string canonical;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        canonical += text[i] == '\r' || text[i] == '\n' ? std::string("\r\n") : std::string(1, text[i]);
    }
    if (!canonical.empty() && !canonical.ends_with("\r\n")) canonical += "\r\n";
    RC_ASSERT(decodeQuotedPrintable(quotedPrintable(text)) == canonical);
}

RC_GTEST_PROP(Encodings, HeaderTextComesBack, ()) {
    const std::string text = oneLine(*words());
    RC_ASSERT(decodeHeaderText(headerText(text)) == text);
    const Message read = parse("Subject: " + headerText(text) + "\r\n\r\n");
    RC_ASSERT(decodeHeaderText(read.header("Subject")) == text);
}

RC_GTEST_PROP(Encodings, XtextComesBack, ()) {
    const std::string text = *octets();
    RC_ASSERT(xtextDecode(xtextEncode(text)) == text);
}

RC_GTEST_PROP(Encodings, DecodersTakeAnything, ()) {
    const std::string text = *octets();
    decodeBase64(text);
    decodeQuotedPrintable(text);
    decodeHeaderText(text);
    xtextDecode(text);
    mimeParameter(text, "filename");
    parsePath(text);
    envelope(text);
    RC_ASSERT(canonicalAddress(canonicalAddress(text)) == canonicalAddress(text));
}

RC_GTEST_PROP(Encodings, Sha256InPiecesIsThatOfTheWhole, ()) {
    const std::string text = joined(std::vector<std::string>(*inRange<std::size_t>(0, 5), *octets()));
    Sha256 whole, parts;
    whole.add(text);
    inPieces(text, [&](std::string_view piece) { parts.add(piece); });
    RC_ASSERT(whole.hex() == parts.hex());
}

RC_GTEST_PROP(Letters, AreReadAsTheyWereMeant, ()) {
    Draft draft;
    draft.from = "ana@norte.example";
    draft.to = {"luis@sur.example"};
    draft.messageId = fmt::format("<{}@norte.example>", *rc::gen::arbitrary<std::uint32_t>());
    draft.subject = oneLine(*words());
    draft.text = *words();
    draft.html = *element<std::string>("", "<p>a</p>", "<p>\xc3\xb1</p>\n");
    std::string expected;
    for (std::string text : {draft.text, draft.html}) {
        while (text.ends_with('\n')) text.pop_back();
        expected += text;
    }
    const auto count = *inRange(0, 3);
    for (int i = 0; i < count; ++i) {
        std::string name = oneLine(*words());
        if (name.empty()) name = "x";
        draft.attachments.push_back({name, Slice::copyOf(*octets())});
        expected += draft.attachments.back().octets.text();
    }
    const std::string letter = compose(draft);
    const Message read = parse(letter);
    RC_ASSERT(decodeHeaderText(read.header("Subject")) == draft.subject);
    RC_ASSERT(read.parts.size() == (draft.text.empty() == false && !draft.html.empty() ? 2u : 1u) + draft.attachments.size());
    for (std::size_t i = 0; i < draft.attachments.size(); ++i) {
        const Part& part = read.parts[read.parts.size() - draft.attachments.size() + i];
        RC_ASSERT(part.fileName == draft.attachments[i].name);
        RC_ASSERT(part.octets == draft.attachments[i].octets.text());
    }
    Sha256 hash;
    hash.add(expected);
    RC_ASSERT(bodySha256(letter) == hash.hex());
    RC_ASSERT(std::all_of(letter.begin(), letter.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    for (std::size_t at = 0; at < letter.size(); at = letter.find("\r\n", at) + 2) RC_ASSERT(letter.find("\r\n", at) - at <= 998u);
}

RC_GTEST_PROP(Letters, AnythingCanBeRead, ()) {
    const std::string text = *element<std::string>("", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n") + *octets();
    RC_ASSERT(std::string(headersOf(text)) + std::string(bodyOf(text)) == text);
    RC_ASSERT(bodySha256(text).size() == 64u);
    receivedCount(text);
}

// --- SMTP ---

RC_GTEST_PROP(SmtpContent, ArrivesAsItWasSentInAnyPieces, ()) {
    std::string message = *octets();
    if (!message.empty()) message += "\r\n";
    SmtpContentReader reader(1'000'000);
    std::string wire(dotStuffed(Slice::copyOf(message)).text()), rest;
    RC_ASSERT(wire.find("\r\n.\r\n") == wire.size() - 5 || wire == ".\r\n");
    wire += "QUIT\r\n";
    std::size_t taken = 0;
    inPieces(wire, [&](std::string_view piece) {
        rest += piece;
        if (reader.complete()) return;
        const std::size_t size = reader.take(rest);
        rest.erase(0, size);
        taken += size;
    });
    RC_ASSERT(reader.complete());
    RC_ASSERT(reader.takeMessage() == message);
    RC_ASSERT(wire.substr(taken) == "QUIT\r\n");
}

rc::Gen<std::string> smtpNoise() {
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
                            element<std::string>("EHLO norte\r\n", "HELO norte\r\n", "MAIL FROM:<ana@norte.example>\r\n", "MAIL FROM:<>\r\n", "RCPT TO:<luis@sur.example>\r\n",
                                                 "RCPT TO:<nobody@sur.example>\r\n", "DATA\r\n", "\r\n.\r\n", ".\r\n", "RSET\r\n", "NOOP\r\n", "VRFY x\r\n", "AUTH PLAIN\r\n",
                                                 "AUTH PLAIN AGx1aXNAc3VyLmV4YW1wbGUAc2VjcmV0\r\n", "SIZE=1", "MAIL FROM:<", "RCPT TO:<\""),
                            octets())),
                        joined);
}

// The dialogue kit checks the form of every reply; here: state and bookkeeping.
RC_GTEST_PROP(SmtpServer, KeepsItsHeadWhateverItHears, ()) {
    TestPolicy policy;
    SmtpServer server({*element(SmtpRole::relay, SmtpRole::submission), "sur.sur.example", *element<std::uint64_t>(10, 1000)}, policy);
    server.onConnect(kStart);
    const std::string noise = *smtpNoise();
    std::size_t commands = 0, replies = 0;
    bool closed = false;
    inPieces(noise, [&](std::string_view piece) {
        const SmtpServerOutput output = server.onBytes(piece, kStart);
        RC_ASSERT(!closed || output.replies.empty());
        for (const SmtpReply& reply : output.replies) {
            ++replies;
            const std::string wire = reply.wire();
            RC_ASSERT(reply.code >= 200 && reply.code < 600);
            RC_ASSERT(reply.enhanced.empty() || reply.enhanced[0] == wire[0]);
            RC_ASSERT(wire.ends_with("\r\n"));
            RC_ASSERT(std::count(wire.begin(), wire.end(), '\n') == static_cast<std::ptrdiff_t>(reply.lines.size()));
            RC_ASSERT(std::count(wire.begin(), wire.end(), '\r') == static_cast<std::ptrdiff_t>(reply.lines.size()));
            closed |= reply.code == 221 || reply.code == 421;
        }
        RC_ASSERT(output.close == false || closed);
        RC_ASSERT(server.inTransaction() || server.envelope().recipients.empty());
    });
    for (std::size_t at = noise.find("\r\n"); at != std::string::npos; at = noise.find("\r\n", at + 2)) ++commands;
    RC_ASSERT(replies <= commands);  // never more than one for a line
    for (const TakenLetter& letter : policy.letters) {
        RC_ASSERT(!letter.envelope.recipients.empty());
        RC_ASSERT(letter.octets.empty() || letter.octets.ends_with("\r\n"));
    }
    if (!closed) RC_ASSERT(server.nextDeadline() == kStart + 5min);
}

RC_GTEST_PROP(SmtpServer, PiecesMakeNoDifference, ()) {
    const std::string noise = *smtpNoise();
    std::string said[2];
    std::size_t letters[2];
    for (int way = 0; way < 2; ++way) {
        TestPolicy policy;
        SmtpServer server({SmtpRole::relay, "sur.sur.example", 1000}, policy);
        const auto hear = [&](std::string_view piece) {
            for (const SmtpReply& reply : server.onBytes(piece, kStart).replies) said[way] += reply.wire();
        };
        if (way == 0)
            hear(noise);
        else
            inPieces(noise, hear);
        letters[way] = policy.letters.size();
    }
    RC_ASSERT(said[0] == said[1]);
    RC_ASSERT(letters[0] == letters[1]);
}

// Whatever a server says: one outcome for each letter, one answer for each recipient, in the end; and success only after content went out.
RC_GTEST_PROP(SmtpClient, KeepsItsHeadWhateverItHears, ()) {
    const std::string heard = joined(*rc::gen::container<std::vector<std::string>>(
        rc::gen::oneOf(element<std::string>("220 sur\r\n", "250 Ok\r\n", "250-sur\r\n", "250 DSN\r\n", "250-SIZE\r\n", "354 go\r\n", "354 go\r\n", "250 2.0.0 Ok\r\n",
                                            "221 Bye\r\n", "421 down\r\n", "450 4.2.0 later\r\n", "550 5.1.1 no\r\n"),
                       octets())));
    SmtpClient client({"norte", "", ""}, {letterTo({"a@s", "b@s"}), letterTo({"c@s"})});
    std::vector<SmtpOutcome> outcomes;
    std::size_t contents = 0;
    const auto take = [&](const SmtpClient::Actions& actions) {
        for (const SmtpClientAction& action : actions) {
            contents += std::holds_alternative<SmtpSendContent>(action) ? 1u : 0u;
            if (const auto* outcome = std::get_if<SmtpOutcome>(&action)) outcomes.push_back(*outcome);
        }
        const auto good = std::count_if(outcomes.begin(), outcomes.end(),
                                        [](const SmtpOutcome& o) { return std::any_of(o.recipients.begin(), o.recipients.end(), [](const HeardReply& r) { return r.good(); }); });
        RC_ASSERT(static_cast<std::size_t>(good) <= contents);
    };
    take(client.onConnected(kStart));
    inPieces(heard, [&](std::string_view piece) { take(client.onBytes(piece, kStart)); });
    take(client.onClosed(kStart));
    RC_ASSERT(outcomes.size() == 2u);
    RC_ASSERT(outcomes[0].recipients.size() == 2u);
    RC_ASSERT(outcomes[1].recipients.size() == 1u);
    RC_ASSERT(client.nextDeadline() == kNever);
}

// --- IMAP ---

RC_GTEST_PROP(ImapText, StringsComeBack, ()) {
    const std::string text = *octets();
    const std::string quoted = imapQuoted(text) + " rest";
    std::string_view rest = quoted;
    RC_ASSERT(takeString(rest) == text);
    RC_ASSERT(rest == " rest");
    const std::string wire = imapString(text);
    const bool isQuoted = wire[0] == '"', isPlain = std::all_of(wire.begin(), wire.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    RC_ASSERT((isQuoted ? isPlain : wire == fmt::format("{{{}}}\r\n{}", text.size(), text)));
}

RC_GTEST_PROP(ImapServer, AnyPasswordArrivesAsALiteral, ()) {
    struct Listener : ImapDialogue {
        Mailbox* login(std::string_view user, std::string_view password) override {
            heard = {std::string(user), std::string(password)};
            return nullptr;
        }
        std::pair<std::string, std::string> heard;
    } imap;
    const std::string user = *octets(), password = *octets();
    const std::string wire = fmt::format("a LOGIN {{{}+}}\r\n{} {{{}}}\r\n{}\r\n", user.size(), user, password.size(), password);
    inPieces(wire, [&](std::string_view piece) { imap.server.onBytes(piece, kStart); });
    RC_ASSERT(imap.heard == std::pair(user, password));
}

RC_GTEST_PROP(ImapServer, KeepsItsHeadWhateverItHears, ()) {
    ImapDialogue imap;
    const std::string noise = joined(*rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
        element<std::string>("a LOGIN luis@sur.example secret\r\n", "b SELECT INBOX\r\n", "c EXAMINE INBOX\r\n", "d FETCH 1:* (FLAGS BODY[])\r\n", "e UID FETCH 1:* ENVELOPE\r\n",
                             "f STORE 1 +FLAGS (\\Deleted)\r\n", "g EXPUNGE\r\n", "h SEARCH NOT (OR 1 TEXT \"x\")\r\n", "i NOOP\r\n", "j CLOSE\r\n", "k SEARCH ", "l FETCH 1 BODY[",
                             "m STORE 1 FLAGS (", "n LIST \"\" ", "{2}\r\n", "{2+}\r\n", "o STATUS INBOX (MESSAGES)\r\n"),
        octets())));
    bool closed = false;
    std::size_t lines = 0, tagged = 0;
    inPieces(noise, [&](std::string_view piece) {
        const ImapServerOutput output = imap.server.onBytes(piece, kStart);
        RC_ASSERT(!closed || output.pieces.empty());
        for (const auto& one : output.pieces) {
            RC_ASSERT(one.octets.ends_with("\r\n"));
            RC_ASSERT(one.line.find_first_of("\r\n") == std::string::npos);
            RC_ASSERT(one.line.find(' ') != std::string::npos);
            tagged += one.line[0] != '*' || one.line.starts_with("* BAD") ? 1u : 0u;
        }
        closed |= output.close;
    });
    for (std::size_t at = noise.find("\r\n"); at != std::string::npos; at = noise.find("\r\n", at + 2)) ++lines;
    RC_ASSERT(tagged <= lines);  // continuations included
    RC_ASSERT(imap.box.messages().size() <= 2u);
    RC_ASSERT(imap.box.folder(kInbox)->nextUid == 3u);
}

RC_GTEST_PROP(ImapClient, KeepsItsHeadWhateverItHears, ()) {
    const std::string heard = joined(*rc::gen::container<std::vector<std::string>>(
        rc::gen::oneOf(element<std::string>("* OK hi\r\n", "A001 OK\r\n", "A002 OK\r\n", "A003 OK\r\n", "A004 OK\r\n", "A005 OK\r\n", "* 1 FETCH (UID 7 ENVELOPE)\r\n",
                                            "* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n", "* BYE\r\n", "A003 NO\r\n", "{5}\r\n", "{0}\r\n"),
                       octets())));
    ImapClient client({"luis", "secret", *element(ImapTask::read, ImapTask::remove, ImapTask::empty), ""});
    std::size_t finished = 0;
    const auto take = [&](const ImapClient::Actions& actions) {
        for (const ImapClientAction& action : actions) finished += std::holds_alternative<ImapFinished>(action) ? 1u : 0u;
    };
    take(client.onConnected(kStart));
    inPieces(heard, [&](std::string_view piece) { take(client.onBytes(piece, kStart)); });
    take(client.onClosed(kStart));
    RC_ASSERT(finished == 1u);
    RC_ASSERT(client.nextDeadline() == kNever);
}

}  // namespace
}  // namespace mailtrek::mail

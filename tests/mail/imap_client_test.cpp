// SPDX-License-Identifier: GPL-3.0-or-later
// The reader's side of IMAP: against our own server, and against answers that others give.
#include <gmock/gmock.h>

#include "sim/mail/imap_client.h"
#include "tests/mail/imap_kit.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;

struct Reading {
    explicit Reading(ImapClientOptions options) : client(std::move(options)) {}
    void take(const ImapClient::Actions& actions) {
        for (const ImapClientAction& action : actions) {
            if (const auto* line = std::get_if<ImapSendLine>(&action)) {
                said.push_back(line->shown);
                wire += line->line + "\r\n";
            }
            tls += std::holds_alternative<ImapStartTls>(action) ? 1 : 0;
            if (const auto* read = std::get_if<ImapRead>(&action)) letters.push_back(read->octets);
            if (const auto* end = std::get_if<ImapFinished>(&action)) finished.push_back(*end);
            closed |= std::holds_alternative<ImapClose>(action);
        }
    }
    // Against a server, every chunk `chunk` octets at most.
    void run(ImapDialogue& other, std::size_t chunk) {
        take(client.onConnected(kStart));
        std::string toClient = "* OK ready\r\n";
        while (!toClient.empty() || !wire.empty()) {
            const std::string down = toClient.substr(0, chunk);
            toClient.erase(0, down.size());
            take(client.onBytes(down, kStart));
            const std::string up = wire.substr(0, chunk);
            wire.erase(0, up.size());
            for (const auto& piece : other.server.onBytes(up, kStart).pieces) toClient += piece.octets;
        }
    }

    ImapClient client;
    std::vector<std::string> said, letters;
    std::vector<ImapFinished> finished;
    std::string wire;
    bool closed = false;
    int tls = 0;  // handshakes asked for
};

ImapClientOptions luis(ImapTask task = ImapTask::read, std::string messageId = "") { return {"luis@sur.example", "secret", task, std::move(messageId)}; }

TEST(ImapClient, ReadsEverythingWhateverTheChunks) {
    for (const std::size_t chunk : {1u, 2u, 5u, 100u, 100'000u}) {
        ImapDialogue server;
        Reading reading(luis());
        reading.run(server, chunk);
        EXPECT_THAT(reading.letters, ElementsAre(kFirstLetter, kSecondLetter)) << chunk;
        ASSERT_EQ(reading.finished.size(), 1u);
        EXPECT_TRUE(reading.finished[0].good);
        EXPECT_EQ(reading.finished[0].letters, 2u);
        EXPECT_TRUE(reading.closed);
        EXPECT_EQ(reading.client.nextDeadline(), kNever);
    }
}

TEST(ImapClient, SaysNoMoreThanIsNeeded) {
    ImapDialogue server;
    Reading reading(luis(ImapTask::read, "<2@sur.example>"));
    reading.run(server, 1000);
    EXPECT_THAT(reading.said, ElementsAre("A001 LOGIN \"luis@sur.example\" ********", "A002 SELECT INBOX", "A003 UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE)",
                                          "A004 UID FETCH 2 (BODY[])", "A005 LOGOUT"));
    EXPECT_THAT(reading.letters, ElementsAre(kSecondLetter));
}

TEST(ImapClient, LettersThatLookLikeResponses) {
    const std::string tricky = "Subject: A004 OK {5}\r\n\r\n* BYE\r\nA004 NO\r\n* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\nno end";
    ImapDialogue server;
    server.arrives(tricky);
    server.arrives("");
    Reading reading(luis());
    reading.run(server, 7);
    EXPECT_THAT(reading.letters, ElementsAre(kFirstLetter, kSecondLetter, tricky, ""));
}

TEST(ImapClient, DeletesOneOrAll) {
    ImapDialogue server;
    Reading one(luis(ImapTask::remove, "<1@norte.example>"));
    one.run(server, 50);
    EXPECT_TRUE(one.finished.at(0).good);
    ASSERT_EQ(server.box.messages().size(), 1u);
    EXPECT_EQ(server.box.messages()[0].uid, 2u);
    ImapDialogue other;
    Reading all(luis(ImapTask::empty));
    all.run(other, 50);
    EXPECT_EQ(all.finished.at(0).letters, 2u);
    EXPECT_TRUE(other.box.messages().empty());
}

TEST(ImapClient, AnEmptyMailboxIsNoFailure) {
    for (const ImapTask task : {ImapTask::read, ImapTask::remove, ImapTask::empty}) {
        ImapDialogue server;
        server.box.remove(1);
        server.box.remove(2);
        Reading reading(luis(task));
        reading.run(server, 50);
        EXPECT_TRUE(reading.finished.at(0).good);
        EXPECT_EQ(reading.said.back(), "A004 LOGOUT");
    }
}

TEST(ImapClient, FailuresSayWhy) {
    ImapDialogue server;
    Reading absent(luis(ImapTask::read, "<3@sur.example>"));
    absent.run(server, 50);
    EXPECT_FALSE(absent.finished.at(0).good);
    EXPECT_EQ(absent.finished[0].why, "the letter is not in the mailbox");
    EXPECT_EQ(absent.said.back(), "A004 LOGOUT");
    ImapDialogue other;
    Reading stranger({"luis@sur.example", "wrong", ImapTask::read, ""});
    stranger.run(other, 50);
    EXPECT_EQ(stranger.finished.at(0).why, "NO [AUTHENTICATIONFAILED] LOGIN failed");
    EXPECT_EQ(stranger.said.back(), "A002 LOGOUT");
}

TEST(ImapClient, LeavesAServerThatHasNoEnd) {
    Reading literal(luis());
    literal.take(literal.client.onConnected(kStart));
    literal.take(literal.client.onBytes("* OK ready\r\n* 1 FETCH (BODY[] {18446744073709551615}\r\n", kStart));
    EXPECT_EQ(literal.finished.at(0).why, "the server says more than anybody can read");
    EXPECT_TRUE(literal.closed);
    EXPECT_EQ(literal.client.nextDeadline(), kNever);
    Reading response(luis());
    response.take(response.client.onConnected(kStart));
    response.take(response.client.onBytes("* OK ready\r\n", kStart));
    for (int i = 0; i < 200 && !response.closed; ++i) response.take(response.client.onBytes(std::string(10'000, 'x') + " {1}\r\ny", kStart));
    EXPECT_TRUE(response.closed);
    EXPECT_EQ(response.finished.size(), 1u);
}

TEST(ImapClient, LosesPatienceAndConnections) {
    Reading silent(luis());
    silent.take(silent.client.onConnected(kStart));
    silent.take(silent.client.onTimeout(kStart + 59s));
    EXPECT_TRUE(silent.finished.empty());
    silent.take(silent.client.onTimeout(kStart + 60s));
    EXPECT_EQ(silent.finished.at(0).why, "the server did not answer in time");
    EXPECT_TRUE(silent.closed);
    Reading cut(luis());
    cut.take(cut.client.onConnected(kStart));
    cut.take(cut.client.onBytes("* OK ready\r\nA001 O", kStart));
    cut.take(cut.client.onClosed(kStart));
    EXPECT_EQ(cut.finished.at(0).why, "the connection was lost");
    cut.take(cut.client.onBytes("K\r\n", kStart));
    EXPECT_EQ(cut.finished.size(), 1u);
}

TEST(ImapClient, ServersOfOthers) {  // flags that come unasked, literals in envelopes, words around what matters
    Reading reading(luis());
    reading.take(reading.client.onConnected(kStart));
    reading.take(reading.client.onBytes("* OK [CAPABILITY IMAP4rev1] hi\r\nA001 OK [CAPABILITY IMAP4rev1] in\r\n* 2 EXISTS\r\nA002 OK [READ-WRITE] done\r\n", kStart));
    reading.take(reading.client.onBytes(
        "* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 7 FLAGS () RFC822.SIZE 3 ENVELOPE (NIL {3}\r\na\r\n NIL NIL NIL NIL NIL NIL NIL {0}\r\n))\r\nA003 OK done\r\n", kStart));
    EXPECT_EQ(reading.said.back(), "A004 UID FETCH 7 (BODY[])");
    reading.take(reading.client.onBytes("* 2 FETCH (UID 9 BODY[] {1}\r\nx)\r\n* 3 FETCH (BODY[] {1}\r\ny)\r\n", kStart));  // nobody asked for these
    reading.take(reading.client.onBytes("* 1 FETCH (FLAGS (\\Seen) UID 7 BODY[] {3}\r\nabc)\r\nA004 OK done\r\n", kStart));
    EXPECT_THAT(reading.letters, ElementsAre("abc"));
    EXPECT_EQ(reading.said.back(), "A005 LOGOUT");
    reading.take(reading.client.onBytes("* BYE\r\nA005 OK\r\n", kStart));
    EXPECT_TRUE(reading.closed);
}

// --- STARTTLS, RFC 3501 6.2.1 ---

Reading wishing(TlsWish wish, bool implicit = false) {
    ImapClientOptions options = luis();
    options.tls = wish;
    options.implicit = implicit;
    Reading reading(std::move(options));
    reading.take(reading.client.onConnected(kStart));
    return reading;
}

TEST(ImapClientTls, TakesTheOfferOfTheGreeting) {
    Reading reading = wishing(TlsWish::ifOffered);
    reading.take(reading.client.onBytes("* OK [CAPABILITY IMAP4rev1 StartTLS LOGINDISABLED] sur\r\n", kStart));
    reading.take(reading.client.onBytes("A001 OK begin\r\n", kStart));
    EXPECT_EQ(reading.tls, 1);
    EXPECT_THAT(reading.said, ElementsAre("A001 STARTTLS"));
    reading.take(reading.client.onSecured(kStart));
    EXPECT_THAT(reading.said, ElementsAre("A001 STARTTLS", "A002 LOGIN \"luis@sur.example\" ********"));
}

TEST(ImapClientTls, AsksWhenTheGreetingTellsNothing) {
    Reading reading = wishing(TlsWish::ifOffered);
    reading.take(reading.client.onBytes("* OK ready\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\nA001 OK done\r\n", kStart));
    EXPECT_THAT(reading.said, ElementsAre("A001 CAPABILITY", "A002 STARTTLS"));
}

TEST(ImapClientTls, WithoutAnOffer) {
    const std::string greeting = "* OK [CAPABILITY IMAP4rev1 XXXXXXXX] ready\r\n";
    Reading content = wishing(TlsWish::ifOffered);
    content.take(content.client.onBytes(greeting, kStart));
    EXPECT_THAT(content.said, ElementsAre("A001 LOGIN \"luis@sur.example\" ********"));
    Reading strict = wishing(TlsWish::always);
    strict.take(strict.client.onBytes(greeting, kStart));
    EXPECT_THAT(strict.said, ElementsAre("A001 LOGOUT"));
    EXPECT_EQ(strict.client.tlsTrouble(), TlsTrouble::notOffered);
    ASSERT_EQ(strict.finished.size(), 1u);
    EXPECT_FALSE(strict.finished[0].good);
}

TEST(ImapClientTls, AnOfferThatIsNotKept) {
    for (const auto& [wish, then] :
         {std::pair{TlsWish::ifOffered, "A002 LOGOUT"}, std::pair{TlsWish::always, "A002 LOGOUT"}, std::pair{TlsWish::whenever, "A002 LOGIN \"luis@sur.example\" ********"}}) {
        Reading reading = wishing(wish);
        reading.take(reading.client.onBytes("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\nA001 NO [UNAVAILABLE] not now\r\n", kStart));
        EXPECT_THAT(reading.said, ElementsAre("A001 STARTTLS", then));
        EXPECT_EQ(reading.tls, 0);
    }
}

TEST(ImapClientTls, ForgetsWhatStandsBehindTheConsent) {  // somebody may have put it there before the connection was protected
    Reading reading = wishing(TlsWish::always);
    reading.take(reading.client.onBytes("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\nA001 OK begin\r\nA002 OK in\r\nA003 OK done\r\n", kStart));
    reading.take(reading.client.onSecured(kStart));
    EXPECT_THAT(reading.said, ElementsAre("A001 STARTTLS", "A002 LOGIN \"luis@sur.example\" ********"));
}

TEST(ImapClientTls, OnItsOwnPortNothingIsAsked) {
    Reading reading = wishing(TlsWish::always, true);
    reading.take(reading.client.onBytes("* OK [CAPABILITY IMAP4rev1] ready\r\n", kStart));
    EXPECT_THAT(reading.said, ElementsAre("A001 LOGIN \"luis@sur.example\" ********"));
}

}  // namespace
}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
// The IMAP client without its person: it learns what is new in INBOX (RFC 4549 3) and stays in IDLE (RFC 2177); against our own server, and against what others say.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sim/mail/imap_client.h"
#include "tests/mail/imap_kit.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kGreeting = "* OK [CAPABILITY IMAP4rev1 IDLE] sur\r\n";

struct Watching {
    explicit Watching(ImapTask task = ImapTask::watch, std::vector<ImapLetter> known = {}, std::uint32_t validity = 0)
        : client(ImapClientOptions{.user = "luis@sur.example", .password = "secret", .task = task, .messageId = "", .known = std::move(known), .validity = validity}) {
        take(client.onConnected(now));
    }
    Watching& hears(std::string_view octets) {
        said.clear();
        learned.clear();
        take(client.onBytes(octets, now));
        return *this;
    }
    Watching& waits(Duration time) {
        now += time;
        said.clear();
        learned.clear();
        if (client.nextDeadline() <= now) take(client.onTimeout(now));
        return *this;
    }
    // Whatever the server answers, until both have nothing to say.
    Watching& talksTo(ImapServer& server) {
        for (std::string up = std::exchange(wire, {}); !up.empty(); up = std::exchange(wire, {})) {
            std::string down;
            for (const auto& piece : server.onBytes(up, now).pieces) down += piece.octets;
            take(client.onBytes(down, now));
        }
        return *this;
    }
    Watching& hearsNews(ImapServer& server) {
        said.clear();
        learned.clear();
        std::string down;
        for (const auto& piece : server.onMailboxChanged().pieces) down += piece.octets;
        take(client.onBytes(down, now));
        return talksTo(server);
    }
    // With one letter, 7, that nobody has read; in IDLE.
    Watching& idlesWithOne() {
        hears(kGreeting).hears("A001 OK in\r\n").hears("* 1 EXISTS\r\n* OK [UIDVALIDITY 3] v\r\n* OK [UIDNEXT 8] n\r\nA002 OK done\r\n");
        return hears("* 1 FETCH (UID 7 FLAGS () RFC822.SIZE 9 ENVELOPE (NIL))\r\nA003 OK done\r\n").hears("+ idling\r\n");
    }
    void take(const ImapClient::Actions& actions) {
        for (const ImapClientAction& action : actions) {
            if (const auto* line = std::get_if<ImapSendLine>(&action)) {
                said.push_back(line->shown);
                wire += line->line + "\r\n";
            }
            if (const auto* news = std::get_if<ImapKnown>(&action)) learned.push_back(fmt::format("{} {}{}", news->uid, name(news->as), news->told ? " told" : ""));
            idles += std::holds_alternative<ImapIdling>(action) ? 1 : 0;
            if (const auto* end = std::get_if<ImapFinished>(&action)) finished.push_back(*end);
            closed |= std::holds_alternative<ImapClose>(action);
        }
    }

    ImapClient client;
    Instant now = kStart;
    std::vector<std::string> said, learned;
    std::vector<ImapFinished> finished;
    std::string wire;
    int idles = 0;
    bool closed = false;
};

TEST(ImapCheck, LearnsWhatIsThereAndLeaves) {
    ImapDialogue server;
    Watching check(ImapTask::check);
    check.take(check.client.onBytes(kGreeting, kStart));
    check.talksTo(server.server);
    EXPECT_THAT(check.learned, ElementsAre("1 unread", "2 unread"));
    EXPECT_EQ(check.said.back(), "A004 LOGOUT");
    ASSERT_EQ(check.finished.size(), 1u);
    EXPECT_TRUE(check.finished[0].good);
    EXPECT_EQ(check.client.validity(), 1u);
    EXPECT_TRUE(check.closed);
    EXPECT_EQ(server.box.messages()[0].flags & kSeen, 0) << "nobody has read it";
}

TEST(ImapCheck, TheNextOneAsksOnlyForTheDifference) {  // RFC 4549 3
    ImapDialogue server;
    server.box.message(1)->flags |= kSeen;
    Watching check(ImapTask::check, {{1, false}, {2, false}}, 1);
    check.take(check.client.onBytes(kGreeting, kStart));
    check.talksTo(server.server);
    EXPECT_THAT(check.said, ElementsAre("A001 LOGIN \"luis@sur.example\" ********", "A002 SELECT INBOX", "A003 UID FETCH 1:2 (FLAGS)", "A004 LOGOUT"));
    EXPECT_THAT(check.learned, ElementsAre("1 read"));
}

TEST(ImapCheck, SeesWhatIsGone) {
    ImapDialogue server;
    server.box.remove(1);
    server.arrives("Subject: three\r\n\r\n");
    Watching check(ImapTask::check, {{1, true}, {2, true}}, 1);
    check.take(check.client.onBytes(kGreeting, kStart));
    check.talksTo(server.server);
    EXPECT_THAT(check.learned, ElementsAre("3 unread", "2 unread", "1 gone"));
    server.box.remove(2);
    server.box.remove(3);
    Watching none(ImapTask::check, {{2, true}, {3, true}}, 1);
    none.take(none.client.onBytes(kGreeting, kStart));
    ImapDialogue empty;
    empty.box.remove(1);
    empty.box.remove(2);
    none.talksTo(empty.server);
    EXPECT_THAT(none.learned, ElementsAre("2 gone", "3 gone"));
    EXPECT_EQ(none.said.size(), 3u) << "there is nothing to ask for";
}

TEST(ImapCheck, AnotherUidValidityIsAnotherFolder) {  // RFC 3501 2.3.1.1
    ImapDialogue server;
    Watching check(ImapTask::check, {{1, true}}, 99);
    check.take(check.client.onBytes(kGreeting, kStart));
    check.talksTo(server.server);
    EXPECT_THAT(check.learned, ElementsAre("1 gone", "1 unread", "2 unread"));
}

TEST(ImapIdle, IsToldWhatComesIsReadAndGoes) {
    ImapDialogue server;
    Watching phone;
    phone.take(phone.client.onBytes(kGreeting, kStart));
    phone.talksTo(server.server);
    EXPECT_EQ(phone.said.back(), "A004 IDLE");
    EXPECT_TRUE(phone.client.idling());
    EXPECT_EQ(phone.idles, 1);
    server.arrives("Subject: three\r\n\r\n");
    phone.hearsNews(server.server);
    EXPECT_THAT(phone.said, ElementsAre("DONE", "A005 UID FETCH 3:* (FLAGS RFC822.SIZE ENVELOPE)", "A006 IDLE"));
    EXPECT_THAT(phone.learned, ElementsAre("3 unread told"));
    EXPECT_EQ(phone.idles, 2);
    server.box.message(2)->flags |= kSeen;  // on another device
    phone.hearsNews(server.server);
    EXPECT_THAT(phone.learned, ElementsAre("2 read told"));
    EXPECT_THAT(phone.said, IsEmpty()) << "nothing is to be asked";
    server.box.remove(1);
    server.box.message(2)->flags = 0;
    phone.hearsNews(server.server);
    EXPECT_THAT(phone.learned, ElementsAre("1 gone told", "2 unread told")) << "the numbers have moved";
    EXPECT_TRUE(phone.client.idling());
}

TEST(ImapIdle, IsRenewedBeforeTheServerLosesPatience) {  // RFC 2177 3
    Watching phone;
    phone.idlesWithOne();
    EXPECT_THAT(phone.waits(28min).said, IsEmpty());
    EXPECT_THAT(phone.waits(1min).said, ElementsAre("DONE"));
    EXPECT_THAT(phone.hears("A004 OK done\r\n").said, ElementsAre("A005 IDLE"));
    EXPECT_FALSE(phone.client.idling());
    phone.hears("+ idling\r\n");
    EXPECT_TRUE(phone.client.idling());
    EXPECT_EQ(phone.client.nextDeadline(), phone.now + 29min);
    phone.now += 29min;
    phone.client.renewedInPassing(phone.now);
    EXPECT_EQ(phone.client.nextDeadline(), phone.now + 29min);
}

TEST(ImapIdle, OctetsThatComeDoNotPutOffTheRenewal) {
    Watching phone;
    const Instant renewal = phone.idlesWithOne().client.nextDeadline();
    phone.now += 20min;
    phone.hears("* 1 FETCH (FLAGS (\\Seen))\r\n* OK still here\r\n");
    EXPECT_THAT(phone.learned, ElementsAre("7 read told"));
    EXPECT_EQ(phone.client.nextDeadline(), renewal);
}

TEST(ImapIdle, WhatComesWhileItAsksIsNotMissed) {
    Watching phone;
    phone.idlesWithOne();
    EXPECT_THAT(phone.hears("* 2 EXISTS\r\n* 3 EXISTS\r\n").said, ElementsAre("DONE"));
    EXPECT_THAT(phone.hears("A004 OK done\r\n").said, ElementsAre("A005 UID FETCH 8:* (FLAGS RFC822.SIZE ENVELOPE)"));
    EXPECT_THAT(phone.hears("* 2 FETCH (UID 8 FLAGS ())\r\n* 3 FETCH (UID 9 FLAGS ())\r\n* 4 EXISTS\r\nA005 OK done\r\n").said, ElementsAre("A006 IDLE"));
    EXPECT_THAT(phone.learned, ElementsAre("8 unread told", "9 unread told"));
    EXPECT_THAT(phone.hears("+ idling\r\n").said, ElementsAre("DONE")) << "a fourth came in between";
    EXPECT_EQ(phone.idles, 1);
}

TEST(ImapIdle, AServerThatCountsWhatItDoesNotShowIsNotAskedForEver) {
    Watching phone;
    phone.idlesWithOne();
    phone.hears("* 5 EXISTS\r\n").hears("A004 OK done\r\n").hears("A005 OK none\r\n");
    EXPECT_THAT(phone.said, ElementsAre("A006 IDLE"));
    EXPECT_THAT(phone.hears("+ idling\r\n").said, IsEmpty());
    EXPECT_TRUE(phone.client.idling());
}

TEST(ImapIdle, GoodbyeAndSilence) {
    Watching told;
    told.idlesWithOne().hears("* BYE Autologout\r\n");
    EXPECT_EQ(told.finished.at(0).why, "the server said goodbye");
    EXPECT_TRUE(told.closed);
    EXPECT_EQ(told.client.nextDeadline(), kNever);
    Watching silent;
    silent.idlesWithOne().waits(29min).waits(5min);  // no answer to DONE
    EXPECT_EQ(silent.finished.at(0).why, "the server did not answer in time");
    EXPECT_TRUE(silent.closed);
    Watching refused;
    refused.hears(kGreeting).hears("A001 OK in\r\n").hears("* 0 EXISTS\r\nA002 OK done\r\n").hears("A003 BAD what?\r\n");
    EXPECT_EQ(refused.finished.at(0).why, "BAD what?");
}

TEST(ImapIdle, WithoutItTheClientLearnsAndLeaves) {
    Watching phone;
    phone.hears("* OK [CAPABILITY IMAP4rev1] old\r\n").hears("A001 OK in\r\n").hears("* 0 EXISTS\r\nA002 OK done\r\n");
    EXPECT_THAT(phone.said, ElementsAre("A003 LOGOUT"));
    EXPECT_TRUE(phone.finished.at(0).good);
    EXPECT_EQ(phone.idles, 0);
}

TEST(ImapIdle, AsksWhatTheServerCanDoWhenItHasNotSaidSo) {
    Watching phone;
    phone.hears("* OK hi\r\n").hears("A001 OK in\r\n").hears("* 0 EXISTS\r\nA002 OK done\r\n");
    EXPECT_THAT(phone.said, ElementsAre("A003 CAPABILITY"));
    EXPECT_THAT(phone.hears("* CAPABILITY IMAP4rev1 Idle\r\nA003 OK done\r\n").said, ElementsAre("A004 IDLE"));
}

TEST(ImapIdle, WhatWasSaidInTheClearCountsNoMoreUnderTls) {  // RFC 3501 6.2.1
    ImapClientOptions options{.user = "luis@sur.example", .password = "secret", .task = ImapTask::watch, .messageId = ""};
    options.tls = TlsWish::ifOffered;
    Watching phone;
    phone.client = ImapClient(options);
    phone.take(phone.client.onConnected(kStart));
    phone.hears("* OK [CAPABILITY IMAP4rev1 STARTTLS IDLE] sur\r\n").hears("A001 OK begin\r\n");
    phone.take(phone.client.onSecured(kStart));
    phone.hears("A002 OK in\r\n").hears("* 0 EXISTS\r\nA003 OK done\r\n");
    EXPECT_THAT(phone.said, ElementsAre("A004 CAPABILITY"));
}

TEST(ImapIdle, AnyChunksWillDo) {
    for (const std::size_t chunk : {1u, 3u, 1000u}) {
        Watching phone;
        const std::string all =
            std::string(kGreeting) + "A001 OK in\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 3] v\r\nA002 OK done\r\n* 1 FETCH (UID 7 FLAGS (\\Seen))\r\nA003 OK done\r\n+ idling\r\n";
        std::vector<std::string> learned;
        for (std::size_t at = 0; at < all.size(); at += chunk) {
            phone.hears(std::string_view(all).substr(at, chunk));
            learned.insert(learned.end(), phone.learned.begin(), phone.learned.end());
        }
        EXPECT_TRUE(phone.client.idling()) << chunk;
        EXPECT_THAT(learned, ElementsAre("7 read"));
    }
}

// Places count what is there for the server: a letter that went before it was shown has one until the server may tell (RFC 3501 7.4.1).
TEST(ImapWatch, ALetterThatWentBeforeItWasShownIsNotTakenForAnother) {
    Watching phone;
    phone.hears(kGreeting).hears("A001 OK in\r\n").hears("* 3 EXISTS\r\n* OK [UIDVALIDITY 3] v\r\n* OK [UIDNEXT 4] n\r\nA002 OK done\r\n");
    phone.hears("* 2 FETCH (UID 2 FLAGS () RFC822.SIZE 9 ENVELOPE (NIL))\r\n* 3 FETCH (UID 3 FLAGS () RFC822.SIZE 9 ENVELOPE (NIL))\r\nA003 OK done\r\n");
    EXPECT_THAT(phone.learned, ElementsAre("2 unread", "3 unread"));
    EXPECT_THAT(phone.hears("+ idling\r\n* 1 EXPUNGE\r\n").learned, IsEmpty());
    EXPECT_THAT(phone.said, IsEmpty()) << "and nothing new is asked for";
    EXPECT_THAT(phone.hears("* 2 FETCH (FLAGS (\\Seen))\r\n").learned, ElementsAre("3 read told"));
    EXPECT_THAT(phone.hears("* 1 EXPUNGE\r\n").learned, ElementsAre("2 gone told"));
    EXPECT_THAT(phone.hears("* 4000000000 EXISTS\r\n").said, ElementsAre("DONE"));
}

}  // namespace
}  // namespace mailtrek::mail

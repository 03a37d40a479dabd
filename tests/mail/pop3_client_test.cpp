// SPDX-License-Identifier: GPL-3.0-or-later
// The reader's side of POP3: against our own server, and against answers that others give.
#include <gmock/gmock.h>

#include "sim/mail/pop3_client.h"
#include "tests/mail/pop3_kit.h"

namespace mailtrek::mail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kFirstId = "00000001.00000001", kSecondId = "00000001.00000002";

struct Fetching {
    explicit Fetching(bool deletes = false, std::set<std::string> known = {}, std::string password = "se cret")
        : client({"luis@sur.example", std::move(password), deletes, std::move(known)}) {
        take(client.onConnected(kStart));
    }
    void take(const Pop3Client::Actions& actions) {
        for (const Pop3ClientAction& action : actions) {
            EXPECT_FALSE(closed) << "an action after closing";
            if (const auto* line = std::get_if<Pop3SendLine>(&action)) {
                said.push_back(line->shown);
                wire += line->line + "\r\n";
            }
            tls += std::holds_alternative<Pop3StartTls>(action) ? 1 : 0;
            if (const auto* letter = std::get_if<Pop3Letter>(&action)) {
                letters.push_back(letter->octets);
                ids.push_back(letter->uniqueId);
            }
            if (const auto* end = std::get_if<Pop3Finished>(&action)) finished.push_back(*end);
            closed |= std::holds_alternative<Pop3Close>(action);
        }
    }
    Fetching& hears(std::string_view lines) {
        take(client.onBytes(std::string(lines) + "\r\n", kStart));
        return *this;
    }
    // Against a server, every chunk `chunk` octets at most.
    void run(Pop3House& house, std::size_t chunk = 100'000) {
        Pop3Server server({.hostName = "sur"}, house);
        std::string down;
        for (const auto& piece : server.onConnect(kStart).pieces) down += piece.octets;
        while (!down.empty() || !wire.empty()) {
            const std::string some = down.substr(0, chunk);
            down.erase(0, some.size());
            take(client.onBytes(some, kStart));
            const std::string up = wire.substr(0, chunk);
            wire.erase(0, up.size());
            for (const auto& piece : server.onBytes(up, kStart).pieces) down += piece.octets;
        }
    }

    Pop3Client client;
    std::vector<std::string> said, letters, ids;
    std::vector<Pop3Finished> finished;
    std::string wire;
    bool closed = false;
    int tls = 0;  // handshakes asked for
};

TEST(Pop3Client, FetchesEverythingWhateverTheChunks) {
    for (const std::size_t chunk : {1u, 2u, 7u, 100'000u}) {
        Pop3House house;
        Fetching fetching;
        fetching.run(house, chunk);
        EXPECT_THAT(fetching.letters, ElementsAre(kPlainLetter, kDottedLetter + "\r\n"));
        EXPECT_THAT(fetching.ids, ElementsAre(kFirstId, kSecondId));
        EXPECT_THAT(fetching.said, ElementsAre("USER luis@sur.example", "PASS ********", "STAT", "UIDL", "RETR 1", "RETR 2", "QUIT"));
        ASSERT_EQ(fetching.finished.size(), 1u);
        EXPECT_TRUE(fetching.finished[0].good);
        EXPECT_TRUE(fetching.closed);
        EXPECT_EQ(fetching.client.nextDeadline(), kNever);
        EXPECT_EQ(house.box.messages().size(), 2u);
    }
}

TEST(Pop3Client, FetchesOnlyWhatIsNew) {
    Pop3House house;
    Fetching fetching(false, {kFirstId, "gone"});
    fetching.run(house);
    EXPECT_THAT(fetching.ids, ElementsAre(kSecondId));
    Fetching again(false, {kFirstId, kSecondId});
    again.run(house);
    EXPECT_THAT(again.said, ElementsAre("USER luis@sur.example", "PASS ********", "STAT", "UIDL", "QUIT"));
    EXPECT_TRUE(again.finished.at(0).good);
}

TEST(Pop3Client, DeletesWhatItHas) {
    Pop3House house;
    Fetching fetching(true);
    fetching.run(house);
    EXPECT_THAT(fetching.said, ElementsAre("USER luis@sur.example", "PASS ********", "STAT", "UIDL", "RETR 1", "RETR 2", "DELE 1", "DELE 2", "QUIT"));
    EXPECT_TRUE(house.box.messages().empty());
    Fetching empty(true);
    empty.run(house);
    EXPECT_THAT(empty.said, ElementsAre("USER luis@sur.example", "PASS ********", "STAT", "QUIT"));
    EXPECT_TRUE(empty.finished.at(0).good);
}

TEST(Pop3Client, WhatCouldNotBeDeletedIsDeletedLaterWithoutFetchingItAgain) {
    Pop3House house;
    Fetching cut(true);
    cut.hears("+OK hi").hears("+OK").hears("+OK").hears("+OK 1 20").hears("+OK\r\n1 " + kFirstId + "\r\n.").hears("+OK\r\nSubject: x\r\n.");
    EXPECT_EQ(cut.said.back(), "DELE 1");
    cut.take(cut.client.onClosed(kStart));
    EXPECT_EQ(cut.finished.at(0).why, "the connection was lost");
    EXPECT_TRUE(cut.finished[0].mayTryAgain);
    Fetching again(true, {kFirstId});
    again.run(house);
    EXPECT_THAT(again.ids, ElementsAre(kSecondId));
    EXPECT_TRUE(house.box.messages().empty());
}

TEST(Pop3Client, WhatDidNotComeIsNotDeleted) {
    Fetching fetching(true);
    fetching.hears("+OK hi").hears("+OK").hears("+OK").hears("+OK 2 20").hears("+OK\r\n1 a\r\n2 b\r\n.").hears("-ERR unreadable").hears("+OK\r\nSubject: x\r\n.");
    fetching.hears("+OK").hears("+OK bye");
    EXPECT_THAT(fetching.said, ElementsAre("USER luis@sur.example", "PASS ********", "STAT", "UIDL", "RETR 1", "RETR 2", "DELE 2", "QUIT"));
    EXPECT_THAT(fetching.ids, ElementsAre("b"));
}

TEST(Pop3Client, FailuresSayWhyAndGoodbye) {
    Pop3House house;
    Fetching stranger(false, {}, "wrong");
    stranger.run(house);
    EXPECT_EQ(stranger.finished.at(0).why, "-ERR [AUTH] wrong user or password");
    EXPECT_FALSE(stranger.finished[0].mayTryAgain);
    EXPECT_EQ(stranger.said.back(), "QUIT");
    house.locked = true;
    Fetching second;
    second.run(house);
    EXPECT_FALSE(second.finished.at(0).good);
    EXPECT_TRUE(second.finished[0].mayTryAgain) << "[IN-USE] passes";
}

TEST(Pop3Client, ServersWithoutUniqueIds) {
    Fetching leaves(false);
    leaves.hears("+OK").hears("+OK").hears("+OK").hears("+OK 1 20 more words").hears("-ERR what?").hears("+OK");
    EXPECT_FALSE(leaves.finished.at(0).good);
    Fetching takes(true);
    takes.hears("+OK").hears("+OK").hears("+OK").hears("+OK 1 20").hears("-ERR what?").hears("+OK\r\n..\r\n.").hears("+OK").hears("+OK");
    EXPECT_THAT(takes.letters, ElementsAre(".\r\n"));
    EXPECT_TRUE(takes.finished.at(0).good);
}

TEST(Pop3Client, LosesPatienceAndConnections) {
    Fetching silent;
    silent.take(silent.client.onTimeout(kStart + 59s));
    EXPECT_THAT(silent.finished, IsEmpty());
    silent.take(silent.client.onTimeout(kStart + 60s));
    EXPECT_EQ(silent.finished.at(0).why, "the server did not answer in time");
    EXPECT_TRUE(silent.closed);
    Fetching leaving;  // after QUIT the letters are here, whatever happens to the answer
    leaving.hears("+OK").hears("+OK").hears("+OK").hears("+OK 0 0");
    leaving.take(leaving.client.onClosed(kStart));
    EXPECT_TRUE(leaving.finished.at(0).good);
    leaving.take(leaving.client.onBytes("+OK\r\n", kStart));
    EXPECT_EQ(leaving.finished.size(), 1u);
}

// --- STLS, RFC 2595 4 ---

Fetching wishing(TlsWish wish, bool implicit = false) {
    Fetching fetching;
    Pop3ClientOptions options{"luis@sur.example", "se cret", false, {}, wish, implicit};
    fetching.client = Pop3Client(std::move(options));
    fetching.take(fetching.client.onConnected(kStart));
    return fetching;
}

TEST(Pop3ClientTls, TakesTheOffer) {
    Fetching fetching = wishing(TlsWish::ifOffered);
    fetching.hears("+OK hi").hears("+OK list\r\nTOP\r\nstls\r\nUIDL\r\n.").hears("+OK begin");
    EXPECT_EQ(fetching.tls, 1);
    fetching.take(fetching.client.onSecured(kStart));
    EXPECT_THAT(fetching.said, ElementsAre("CAPA", "STLS", "USER luis@sur.example"));
}

TEST(Pop3ClientTls, WithoutAnOffer) {
    for (const char* list : {"-ERR what?", "+OK list\r\nTOP\r\nXXXX\r\n."}) {
        EXPECT_THAT(wishing(TlsWish::ifOffered).hears("+OK hi").hears(list).said, ElementsAre("CAPA", "USER luis@sur.example"));
        const Fetching strict = wishing(TlsWish::always).hears("+OK hi").hears(list).hears("+OK bye");
        EXPECT_THAT(strict.said, ElementsAre("CAPA", "QUIT"));
        EXPECT_EQ(strict.client.tlsTrouble(), TlsTrouble::notOffered);
        ASSERT_EQ(strict.finished.size(), 1u);
        EXPECT_FALSE(strict.finished[0].good);
        EXPECT_TRUE(strict.finished[0].mayTryAgain);
    }
}

TEST(Pop3ClientTls, AnOfferThatIsNotKept) {
    EXPECT_THAT(wishing(TlsWish::ifOffered).hears("+OK hi").hears("+OK list\r\nSTLS\r\n.").hears("-ERR not now").said, ElementsAre("CAPA", "STLS", "QUIT"));
    EXPECT_THAT(wishing(TlsWish::whenever).hears("+OK hi").hears("+OK list\r\nSTLS\r\n.").hears("-ERR not now").said, ElementsAre("CAPA", "STLS", "USER luis@sur.example"));
}

TEST(Pop3ClientTls, ForgetsWhatStandsBehindTheConsent) {
    Fetching fetching = wishing(TlsWish::always);
    fetching.hears("+OK hi").hears("+OK list\r\nSTLS\r\n.").hears("+OK begin\r\n+OK\r\n+OK in");
    fetching.take(fetching.client.onSecured(kStart));
    EXPECT_THAT(fetching.said, ElementsAre("CAPA", "STLS", "USER luis@sur.example"));
}

TEST(Pop3ClientTls, OnItsOwnPortNothingIsAsked) { EXPECT_THAT(wishing(TlsWish::always, true).hears("+OK hi").said, ElementsAre("USER luis@sur.example")); }

}  // namespace
}  // namespace mailtrek::mail

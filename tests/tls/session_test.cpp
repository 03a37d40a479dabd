// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <thread>

#include "tests/tls/tls_kit.h"

namespace mailtrek::tls {
namespace {

using trace::TlsRecordKind;
using trace::TlsVerdict;

TEST(Session, ShakesHandsAndCarriesTextBothWays) {
    Pair pair;
    pair.shakeHands();
    ASSERT_TRUE(pair.client.secured());
    ASSERT_TRUE(pair.server.secured());
    EXPECT_EQ(pair.clientSays.secured->version, "TLSv1.3");
    EXPECT_EQ(pair.clientSays.secured->cipher, "TLS_AES_128_GCM_SHA256");
    EXPECT_EQ(pair.clientSays.secured->subject, "sur.sur.example");
    EXPECT_EQ(pair.clientSays.secured->verdict, TlsVerdict::trusted);
    EXPECT_EQ(pair.serverSays.secured->verdict, TlsVerdict::unchecked);
    EXPECT_EQ(pair.toServer("EHLO norte\r\n"), "EHLO norte\r\n");
    EXPECT_EQ(pair.toClient("250 sur\r\n"), "250 sur\r\n");
    EXPECT_EQ(pair.fromClient.find("EHLO"), std::string::npos);
    EXPECT_EQ(pair.fromServer.find("250 sur"), std::string::npos);
}

// The certificate travels encrypted, the server's name in the hello does not (RFC 8446 4.4.2, RFC 6066 3).
TEST(Session, TheNameAskedForIsReadableAndTheCertificateIsNot) {
    Pair pair;
    pair.shakeHands();
    EXPECT_NE(pair.fromClient.find("sur.sur.example"), std::string::npos);
    EXPECT_EQ(pair.fromServer.find("sur.example"), std::string::npos);
}

TEST(Session, RecordsAddUpToTheOctets) {
    Pair pair;
    const Output hello = pair.client.start();
    ASSERT_EQ(hello.records.size(), 1u);
    EXPECT_EQ(hello.records[0].kind, TlsRecordKind::handshake);
    EXPECT_EQ(hello.records[0].size, hello.toPeer.size());
    const Output answer = pair.server.onOctets(hello.toPeer);
    std::size_t sum = 0;
    for (const Record& record : answer.records) sum += record.size;
    EXPECT_EQ(sum, answer.toPeer.size());
    EXPECT_EQ(answer.records.front().kind, TlsRecordKind::handshake);
    EXPECT_EQ(answer.records.back().kind, TlsRecordKind::applicationData);
}

TEST(Session, ALetterTravelsInRecordsOfAtMost16384Octets) {  // RFC 8446 5.1
    Pair pair;
    pair.shakeHands();
    const Output out = pair.client.write(std::string(40000, 'x'));
    ASSERT_EQ(out.records.size(), 3u);
    EXPECT_EQ(out.records[0].size, 16384u + 5 + 17);  // head, content type, authentication tag
    EXPECT_EQ(pair.server.onOctets(out.toPeer).plain, std::string(40000, 'x'));
}

TEST(Session, OctetByOctetIsAsGoodAsAtOnce) {
    Pair pair;
    const std::string hello = pair.client.start().toPeer;
    std::string answer;
    for (const char octet : hello) answer += pair.server.onOctets({&octet, 1}).toPeer;
    std::string finish;
    for (const char octet : answer) finish += pair.client.onOctets({&octet, 1}).toPeer;
    for (const char octet : finish) EXPECT_TRUE(pair.server.onOctets({&octet, 1}).toPeer.empty());
    EXPECT_TRUE(pair.client.secured());
    EXPECT_TRUE(pair.server.secured());
}

// --- the same run, the same octets ---

std::string everything(std::uint64_t dice) {
    Pair pair(factsOf("sur.sur.example"), {"sur.sur.example", false, kSimEpochUnixSeconds}, dice);
    pair.shakeHands();
    for (int i = 0; i < 5; ++i) {
        pair.toServer("MAIL FROM:<ana@norte.example>\r\n");
        pair.toClient("250 2.1.0 Ok\r\n");
    }
    pair.fromClient += pair.client.close().toPeer;
    return pair.fromClient + "|" + pair.fromServer;
}

TEST(Session, TheSameDiceGiveTheSameOctetsAndOthersGiveOthers) {
    const std::string first = everything(1);
    EXPECT_GT(first.size(), 1000u);
    EXPECT_EQ(everything(1), first);
    EXPECT_NE(everything(2), first);
    EXPECT_EQ(everything(2).size(), first.size());
}

TEST(Session, ThreadsDoNotDisturbEachOther) {
    const std::string alone = everything(3);
    std::array<std::string, 4> found;
    std::array<std::thread, 4> threads;
    for (std::size_t t = 0; t < threads.size(); ++t)
        threads[t] = std::thread([&found, t] {
            for (int i = 0; i < 20; ++i) everything(100 + t);  // others' dice in between
            found[t] = everything(3);
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& one : found) EXPECT_EQ(one, alone);
}

TEST(Session, InterleavedSessionsDoNotDisturbEachOther) {
    Pair one, other(factsOf("sur.sur.example"), {"sur.sur.example", false, kSimEpochUnixSeconds}, 1000), again;
    one.shakeHands();
    const std::string alone = one.fromClient + one.fromServer;
    const std::string hello = again.client.start().toPeer;
    other.shakeHands();
    const std::string answer = again.server.onOctets(hello).toPeer;
    other.toServer("NOOP\r\n");
    EXPECT_EQ(hello + again.client.onOctets(answer).toPeer + answer, alone);
}

// --- the end ---

TEST(Session, CloseNotifyEndsInOrder) {
    Pair pair;
    pair.shakeHands();
    const Output bye = pair.client.close();
    EXPECT_FALSE(bye.toPeer.empty());
    const Output heard = pair.server.onOctets(bye.toPeer);
    EXPECT_TRUE(heard.closedByPeer);
    EXPECT_FALSE(heard.failure);
    EXPECT_FALSE(pair.server.onEnd().failure);
    EXPECT_FALSE(pair.server.close().toPeer.empty());
    EXPECT_TRUE(pair.client.close().toPeer.empty()) << "said once";
}

TEST(Session, AnEndWithoutCloseNotifyIsAnError) {  // RFC 8446 6.1
    Pair pair;
    pair.shakeHands();
    const Output end = pair.server.onEnd();
    ASSERT_TRUE(end.failure);
    EXPECT_EQ(end.failure->why, "truncated");
    EXPECT_TRUE(pair.server.onOctets("more").toPeer.empty());
}

TEST(Session, WhatComesBehindCloseNotifyCountsForNothing) {
    Pair pair;
    pair.shakeHands();
    pair.server.onOctets(pair.client.close().toPeer);
    EXPECT_TRUE(pair.server.onOctets("\x17\x03\x03\x00\x01x").plain.empty());
}

// --- what is no TLS ---

TEST(Session, PlainTextIsNoHello) {
    Pair pair;
    const Output out = pair.server.onOctets("EHLO norte.norte.example\r\nMAIL FROM:<x@y.example>\r\n");
    ASSERT_TRUE(out.failure);
    EXPECT_FALSE(out.secured);
    EXPECT_TRUE(out.plain.empty());
    EXPECT_TRUE(pair.server.failed());
}

TEST(Session, PlainTextIsNoAnswerToAHello) {
    Pair pair;
    pair.client.start();
    EXPECT_TRUE(pair.client.onOctets("250 2.0.0 Ok, whatever you say\r\n").failure);
}

TEST(Session, AnOctetChangedOnTheWayIsNoticed) {
    Pair pair;
    pair.shakeHands();
    std::string record = pair.client.write("RCPT TO:<luis@sur.example>\r\n").toPeer;
    record[10] = static_cast<char>(record[10] ^ 1);
    const Output out = pair.server.onOctets(record);
    ASSERT_TRUE(out.failure);
    EXPECT_EQ(out.failure->why, "bad_record_mac");
    EXPECT_FALSE(out.failure->told);
    EXPECT_TRUE(out.plain.empty());
    const Output told = pair.client.onOctets(out.toPeer);
    ASSERT_TRUE(told.failure);
    EXPECT_EQ(told.failure->why, "bad_record_mac");
    EXPECT_TRUE(told.failure->told);
}

TEST(Session, ARecordThatIsTooLongIsRefusedBeforeItIsHere) {
    Pair pair;
    pair.shakeHands();
    const Output out = pair.server.onOctets(std::string("\x17\x03\x03\xff\xff", 5));
    ASSERT_TRUE(out.failure);
    EXPECT_EQ(out.failure->why, "record_overflow");
}

}  // namespace
}  // namespace mailtrek::tls

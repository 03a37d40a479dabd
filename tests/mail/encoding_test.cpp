// SPDX-License-Identifier: GPL-3.0-or-later
// Encodings, known answers: base64 (RFC 4648 10), quoted-printable (RFC 2045 6.7), encoded words (RFC 2047), dates, SHA-256 (FIPS 180-4).
#include "sim/mail/encoding.h"

#include <gtest/gtest.h>

#include "sim/mail/sha256.h"

namespace mailtrek::mail {
namespace {

using namespace std::chrono_literals;

TEST(Base64, KnownAnswers) {
    for (const auto& [plain, coded] : {std::pair<std::string, const char*>{"", ""},
                                       {"f", "Zg=="},
                                       {"fo", "Zm8="},
                                       {"foo", "Zm9v"},
                                       {"foob", "Zm9vYg=="},
                                       {"fooba", "Zm9vYmE="},
                                       {"foobar", "Zm9vYmFy"},
                                       {"\xfb\xff\xfe", "+//+"}}) {
        EXPECT_EQ(base64(plain), coded);
        EXPECT_EQ(decodeBase64(coded), plain);
    }
    EXPECT_EQ(decodeBase64(" Zm 9v\r\nYg\t==\r\n"), "foob");
    for (const char* bad : {"Z", "Zm9vY", "Zg=a", "Zm9v====", "Zm9-", "\xc3\xb1", "Zg==Zg=="}) EXPECT_FALSE(decodeBase64(bad)) << bad;
}

TEST(Base64, LinesOf76) {
    const std::string lines = base64Lines(std::string(200, 'x'));
    EXPECT_EQ(lines.find("\r\n"), 76u);
    EXPECT_TRUE(lines.ends_with("\r\n"));
    EXPECT_EQ(decodeBase64(lines), std::string(200, 'x'));
}

TEST(QuotedPrintable, KnownAnswers) {
    EXPECT_EQ(quotedPrintable("\xc2\xbfQu\xc3\xa9 tal?"), "=C2=BFQu=C3=A9 tal?\r\n");
    EXPECT_EQ(quotedPrintable("a=b\nend \nend\t\n"), "a=3Db\r\nend=20\r\nend=09\r\n");
    EXPECT_EQ(quotedPrintable("one\r\ntwo\rthree\n\nfour\n"), "one\r\ntwo\r\nthree\r\n\r\nfour\r\n");
    EXPECT_EQ(decodeQuotedPrintable("a=3db=\r\nc=zz=4"), "a=bc=zz=4");  // what is no code stays
}

TEST(QuotedPrintable, LinesOf76WhateverTheyHold) {
    for (const std::string& unit : {std::string("x"), std::string(" "), std::string("\xc3\xb1"), std::string("=")}) {
        std::string text;
        for (int i = 0; i < 300; ++i) text += unit;
        const std::string whole = quotedPrintable(text);
        std::string_view rest = whole;
        while (!rest.empty()) {
            const std::size_t end = rest.find("\r\n");
            ASSERT_LE(end, 76u) << whole;
            ASSERT_TRUE(end == 0 || rest[end - 1] != ' ') << whole;
            rest.remove_prefix(end + 2);
        }
        EXPECT_EQ(decodeQuotedPrintable(whole), text + "\r\n");
    }
}

TEST(HeaderText, PlainStaysPlain) {
    for (const char* text : {"", "Hola, Luis", "a=b?c", "100% = all"}) EXPECT_EQ(headerText(text), text);
}

TEST(HeaderText, KnownAnswers) {
    EXPECT_EQ(headerText("\xc2\xbfQu\xc3\xa9 tal?"), "=?UTF-8?B?wr9RdcOpIHRhbD8=?=");
    EXPECT_EQ(headerText(" x"), "=?UTF-8?B?IHg=?=");  // the space is part of it
    EXPECT_EQ(headerText("=?x"), "=?UTF-8?B?PT94?=");
    EXPECT_EQ(decodeHeaderText("=?utf-8?q?Qu=C3=A9_tal=5F?="), "Qu\xc3\xa9 tal_");
    EXPECT_EQ(decodeHeaderText("=?UTF-8?B?w7E=?= =?UTF-8?B?w7E=?="), "\xc3\xb1\xc3\xb1");  // RFC 2047 6.2: the space between words is none
    EXPECT_EQ(decodeHeaderText("a =?UTF-8?B?w7E=?= b =?UTF-8?B?w7E=?="), "a \xc3\xb1 b \xc3\xb1");
    for (const char* text : {"=?",
                             "=?"
                             "?=",
                             "a =? b", "=?x?y?z?=", "=?UTF-8?B?!!?=", "=?UTF-8?Q?no end", "=?UTF-8?Q?a b?="})
        EXPECT_EQ(decodeHeaderText(text), text);
}

TEST(HeaderText, NoLineBeyond76AndNoCharacterCutInTwo) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += i % 3 == 0 ? "x" : "\xe2\x82\xac";
    const std::string field = "Subject: " + headerText(text);
    std::string_view rest = field;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find("\r\n"), rest.size());
        EXPECT_LE(end, 76u);
        const std::string word = decodeHeaderText(rest.substr(rest.find("=?"), end - rest.find("=?")));
        EXPECT_NE(static_cast<unsigned char>(word.front()) & 0xc0, 0x80) << word;
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    EXPECT_EQ(decodeHeaderText(headerText(text)), text);
}

TEST(Date, AsRfc5322HasIt) {
    EXPECT_EQ(dateText(kStart), "Mon, 02 Mar 2026 10:00:00 +0000");
    EXPECT_EQ(dateText(kStart + 999ms), "Mon, 02 Mar 2026 10:00:00 +0000");
    EXPECT_EQ(dateText(kStart + 14h), "Tue, 03 Mar 2026 00:00:00 +0000");
    EXPECT_EQ(dateText(kStart + 24h * 305 - 10h - 1s), "Thu, 31 Dec 2026 23:59:59 +0000");
    EXPECT_EQ(dateText(kStart + 24h * 729), "Tue, 29 Feb 2028 10:00:00 +0000");
}

TEST(Sha256, KnownAnswers) {
    const auto hash = [](std::string_view text) {
        Sha256 sha;
        sha.add(text);
        return sha.hex();
    };
    EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hash(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace mailtrek::mail

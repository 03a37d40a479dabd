// SPDX-License-Identifier: GPL-3.0-or-later
// Encoding and decoding: known octets, round trips, limits.
#include "sim/dns/message.h"

#include <gtest/gtest.h>

#include "tests/dns/dns_kit.h"

namespace mailtrek::dns {
namespace {

std::string fromHex(std::string_view hex) {
    std::string out;
    int high = -1;
    for (const char c : hex) {
        if (c == ' ') continue;
        const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
        if (high < 0) {
            high = digit;
        } else {
            out += static_cast<char>(high << 4 | digit);
            high = -1;
        }
    }
    return out;
}

std::span<const std::uint8_t> span(const std::string& octets) { return {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()}; }

// "MX of sur.example" and its answer, written by hand from RFC 1035 4.
constexpr std::string_view kQuery = "1234 0100 0001 0000 0000 0000 03737572 076578616d706c65 00 000f 0001";
constexpr std::string_view kAnswer =
    "1234 8580 0001 0001 0000 0001 03737572 076578616d706c65 00 000f 0001"  // question at 12
    "c00c 000f 0001 00000e10 0008 000a 03737572 c00c"                       // 10 sur.sur.example; the exchange at 43
    "c02b 0001 0001 00000e10 0004 0a000001";

TEST(Message, EncodesAQueryAsTheRfcDrawsIt) { EXPECT_EQ(encode(queryFor("sur.example", Type::mx)), fromHex(kQuery)); }

TEST(Message, EncodesAnAnswerWithCompressedNames) {
    Message answer = queryFor("sur.example", Type::mx);
    answer.response = answer.authoritative = answer.recursionAvailable = true;
    answer.answers = {mxRecord("sur.example", 10, "sur.sur.example")};
    answer.additional = {aRecord("sur.sur.example", ip(10, 0, 0, 1))};
    EXPECT_EQ(encode(answer), fromHex(kAnswer));
    const Result<Message> back = decode(span(encode(answer)));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, answer);
}

// RFC 1035 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40 as FOO and a pointer, ARPA at 64 as a pointer, the root at 92. Here without the gaps.
TEST(Message, DecodesTheExampleOfTheRfc) {
    const std::string octets = fromHex("0000 0000 0004 0000 0000 0000 0146 03495349 0441525041 00 0001 0001 03464f4f c00c 0001 0001 c012 0001 0001 00 0001 0001");
    const Result<Message> message = decode(span(octets));
    ASSERT_TRUE(message.ok()) << message.error().message;
    ASSERT_EQ(message->questions.size(), 4u);
    EXPECT_EQ(message->questions[0].name.text(), "F.ISI.ARPA");
    EXPECT_EQ(message->questions[1].name.text(), "FOO.F.ISI.ARPA");
    EXPECT_EQ(message->questions[2].name.text(), "ARPA");
    EXPECT_EQ(message->questions[3].name.text(), ".");
    EXPECT_EQ(encode(*message), octets);
}

TEST(Message, KeepsEveryKindOfRecordAndFlag) {
    Message message = queryFor("Sur.example", kAnyType, 0xffff);
    message.response = message.truncated = message.recursionAvailable = true;
    message.opcode = Opcode::status;
    message.rcode = Rcode::refused;
    const Name owner = Name::of("sur.example");
    message.answers = {aRecord("sur.example", ip(192, 0, 2, 255)),
                       makeRecord(owner, 0, NsRecord{Name::of("dns.internal")}),
                       cnameRecord("www.sur.example", "sur.example"),
                       makeRecord(owner, 1, soaWith(60)),
                       makeRecord(Name::of("1.0.0.10.in-addr.arpa"), 2, PtrRecord{owner}),
                       mxRecord("sur.example", 65535, "."),
                       makeRecord(owner, 0x7fffffff, TxtRecord{{"v=spf1 mx -all", "", std::string(255, 't')}}),
                       {.name = owner, .type = Type::aaaa, .klass = kClassIn, .ttl = 5, .data = RawRecord{std::string(16, '\x01')}},
                       {.name = owner, .type = Type{4711}, .klass = 3, .ttl = 5, .data = RawRecord{""}},
                       {.name = owner, .type = Type::mx, .klass = 3, .ttl = 5, .data = RawRecord{"?"}}};
    message.authority = {makeRecord(Name{}, 3600, soaWith(3600))};
    message.edns = Edns{.udpSize = 1232, .version = 0, .extendedRcode = 1, .dnssecOk = true, .options = std::string("\0\3\0\0", 4)};
    const Result<Message> back = decode(span(encode(message)));
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_EQ(*back, message);
}

TEST(Message, LongTextIsSplitInto255Octets) {
    Message message = queryFor("t.example", Type::txt);
    message.answers = {makeRecord(Name::of("t.example"), 1, TxtRecord{{std::string(600, 'x')}})};
    const Result<Message> back = decode(span(encode(message)));
    ASSERT_TRUE(back.ok());
    const auto& strings = std::get<TxtRecord>(back->answers[0].data).strings;
    ASSERT_EQ(strings.size(), 3u);
    EXPECT_EQ(strings[0].size() + strings[1].size() + strings[2].size(), 600u);
}

TEST(Message, PointersReachOnly14Bits) {  // names behind 16383 octets are written out but never pointed to
    Message message = queryFor("big.example", Type::txt);
    for (int i = 0; i < 40; ++i) message.answers.push_back(makeRecord(Name::of("big.example"), 1, TxtRecord{{std::string(600, 'x')}}));
    message.answers.push_back(aRecord("late.other", ip(1, 2, 3, 4)));
    message.answers.push_back(aRecord("late.other", ip(1, 2, 3, 5)));
    const std::string octets = encode(message);
    ASSERT_GT(octets.size(), 16384u);
    const Result<Message> back = decode(span(octets));
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_EQ(back->answers[40], message.answers[40]);
    EXPECT_EQ(back->answers[41], message.answers[41]);
}

TEST(Message, TooMuchFor65535OctetsIsCutAtAWholeRecord) {
    Message message = queryFor("big.example", Type::txt);
    message.edns.emplace();
    for (int i = 0; i < 200; ++i) message.answers.push_back(makeRecord(Name::of("big.example"), 1, TxtRecord{{std::string(600, 'x')}}));
    const std::string octets = encode(message);
    EXPECT_LE(octets.size(), 65535u);
    const Result<Message> back = decode(span(octets));
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_TRUE(back->truncated);
    EXPECT_EQ(back->answers.size(), (65535u - 11 - 12 - 17) / (12 + 603));
    EXPECT_TRUE(back->edns);
}

TEST(Message, TtlWithTheTopBitIsZero) {  // RFC 2181 8
    std::string octets = fromHex(kAnswer);
    octets[35] = '\x80';
    const Result<Message> message = decode(span(octets));
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(message->answers[0].ttl, 0u);
}

TEST(Message, ShowsDataAsAZoneFileWould) {
    EXPECT_EQ(dataText(mxRecord("sur.example", 10, "sur.sur.example")), "10 sur.sur.example");
    EXPECT_EQ(dataText(mxRecord("sur.example", 0, ".")), "0 .");
    EXPECT_EQ(dataText(aRecord("sur.example", ip(10, 0, 0, 1))), "10.0.0.1");
    EXPECT_EQ(dataText({.name = {}, .type = Type{99}, .klass = 1, .ttl = 0, .data = RawRecord{"\x0a\xff"}}), "\\# 2 0aff");
    EXPECT_EQ(typeName(Type::mx), "MX");
    EXPECT_EQ(typeName(Type{99}), "TYPE99");
    EXPECT_EQ(rcodeName(Rcode::nameError), "NXDOMAIN");
    EXPECT_EQ(rcodeName(Rcode{11}), "RCODE11");
}

}  // namespace
}  // namespace mailtrek::dns

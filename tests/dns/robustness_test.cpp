// SPDX-License-Identifier: GPL-3.0-or-later
// Octets from anywhere: the decoder, the server and the resolver take them all without over-reading (run with sanitizers) or looping.
#include <gtest/gtest.h>

#include "sim/dns/stub_resolver.h"
#include "sim/kernel/dice.h"
#include "tests/dns/dns_kit.h"

namespace mailtrek::dns {
namespace {

// A buffer of exactly that size, so that a sanitizer sees every octet read too many.
Result<Message> decodeExactly(std::string_view octets) {
    const std::vector<std::uint8_t> copy(octets.begin(), octets.end());
    return decode(copy);
}

Message richMessage() {
    Message message = queryFor("sur.example", Type::mx);
    message.response = true;
    message.answers = {mxRecord("sur.example", 10, "sur.sur.example"), mxRecord("sur.example", 20, "norte.norte.example"),
                       makeRecord(Name::of("sur.example"), 60, TxtRecord{{"v=spf1", "-all"}}), cnameRecord("www.sur.example", "sur.example")};
    message.authority = {makeRecord(Name::of("sur.example"), 3600, soaWith(60))};
    message.additional = {aRecord("sur.sur.example", ip(10, 0, 0, 1))};
    message.edns.emplace();
    return message;
}

TEST(Robustness, NoPrefixOfAMessageIsAMessage) {
    const std::string whole = encode(richMessage());
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decodeExactly(std::string_view(whole).substr(0, size)).ok()) << size;
    EXPECT_TRUE(decodeExactly(whole).ok());
    EXPECT_FALSE(decodeExactly(whole + '\0').ok());
}

TEST(Robustness, EveryOctetChangedIsReadOrRefused) {
    const std::string whole = encode(richMessage());
    for (std::size_t place = 0; place < whole.size(); ++place) {
        for (const int value : {0, 1, 2, 3, 11, 12, 13, 41, 62, 63, 64, 127, 128, 191, 192, 193, 254, 255}) {
            std::string damaged = whole;
            damaged[place] = static_cast<char>(value);
            const Result<Message> message = decodeExactly(damaged);
            if (message.ok()) {  // what was read can be written and read again
                const Result<Message> again = decodeExactly(encode(*message));
                ASSERT_TRUE(again.ok()) << place << " " << value;
                EXPECT_EQ(*again, *message) << place << " " << value;
            }
        }
    }
}

TEST(Robustness, RandomOctets) {
    std::uint64_t dice = 20260302;
    const auto roll = [&dice](std::uint64_t bound) { return below(dice = mix(dice + 0x9e3779b97f4a7c15ull), bound); };
    const NameServer server({});
    StubResolver resolver({.servers = {ip(10, 0, 0, 53)}});
    const auto sent = resolver.ask(Name::of("sur.example"), Type::mx, 1, at(0));
    const Send& send = std::get<Send>(sent.at(0));
    for (int round = 0; round < 20000; ++round) {
        std::string octets(roll(200), '\0');
        for (char& c : octets) c = static_cast<char>(roll(4) == 0 ? 0xc0 + roll(2) : roll(3) == 0 ? roll(256) : roll(20));
        if (octets.size() >= 12) {  // few records, so that the decoder gets somewhere; the id and flags that the resolver waits for
            for (const std::size_t i : {4u, 6u, 8u, 10u}) octets[i] = 0;
            for (const std::size_t i : {5u, 7u, 9u, 11u}) octets[i] = static_cast<char>(octets[i] & 3);
            octets[0] = static_cast<char>(send.id >> 8);
            octets[1] = static_cast<char>(send.id & 0xff);
        }
        (void)decodeExactly(octets);
        (void)server.answer(Slice::copyOf(octets), at(0));
        (void)resolver.onDatagram(Slice::copyOf(octets), send.server, send.sourcePort, at(0));
    }
    EXPECT_EQ(resolver.underWay(), 1u);  // none of it was the answer
}

std::string header(unsigned questions) { return std::string("\0\0\0\0\0", 5) + static_cast<char>(questions) + std::string(6, '\0'); }
const std::string kTypeAndClass("\0\1\0\1", 4);

TEST(Robustness, PointersThatDoNotPointBackwardsAreRefused) {
    EXPECT_FALSE(decodeExactly(header(1) + "\xc0\x0c" + kTypeAndClass).ok());                                         // to itself
    EXPECT_FALSE(decodeExactly(header(1) + "\x01" + "a\xc0\x0c" + kTypeAndClass).ok());                               // to the start of its own name
    EXPECT_FALSE(decodeExactly(header(1) + "\xc0\x0e" + std::string("\x01x\0", 3) + kTypeAndClass).ok());             // forwards
    EXPECT_FALSE(decodeExactly(header(1) + "\xc0\x00" + kTypeAndClass).ok());                                         // into the header
    EXPECT_FALSE(decodeExactly(header(1) + "\xc0").ok());                                                             // cut
    EXPECT_FALSE(decodeExactly(header(1) + "\x41" + std::string("abc\0", 4) + kTypeAndClass).ok());                   // label kind 01
    EXPECT_FALSE(decodeExactly(header(2) + std::string("\0", 1) + kTypeAndClass + "\xff\xff" + kTypeAndClass).ok());  // far away
}

TEST(Robustness, AChainOfPointersEnds) {
    std::string octets = header(255);
    octets += std::string("\x01x\0", 3) + kTypeAndClass;
    std::size_t previous = 12;
    for (int i = 1; i < 255; ++i) {  // each name is a pointer to the one before it
        const std::size_t here = octets.size();
        octets += static_cast<char>(0xc0 | previous >> 8);
        octets += static_cast<char>(previous & 0xff);
        octets += kTypeAndClass;
        previous = here;
    }
    EXPECT_FALSE(decodeExactly(octets).ok());  // no name needs more pointers than it can have labels
}

TEST(Robustness, NamesOver255OctetsByPointersAreRefused) {
    std::string octets = header(5);
    std::size_t previous = 0;
    for (int i = 0; i < 5; ++i) {  // 64 octets each, and each continues with the one before: the fourth has 4 * 64 + 1
        const std::size_t here = octets.size();
        octets += static_cast<char>(63) + std::string(63, 'x');
        if (i == 0) {
            octets += '\0';
        } else {
            octets += static_cast<char>(0xc0 | previous >> 8);
            octets += static_cast<char>(previous & 0xff);
        }
        octets += kTypeAndClass;
        previous = here;
    }
    EXPECT_FALSE(decodeExactly(octets).ok());
}

}  // namespace
}  // namespace mailtrek::dns

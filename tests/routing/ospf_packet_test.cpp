// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/routing/ospf_packet.h"

namespace mailtrek::routing {
namespace {

Lsa someLsa() {
    return makeLsa({0x0a000001}, kFirstSequence + 4,
                   {{LinkType::pointToPoint, {0x0a000002}, {0x0a010001}, 5}, {LinkType::stub, {0x0a010000}, {0xfffffffc}, 5}, {LinkType::stub, {0x0a000001}, {0xffffffff}, 0}});
}

std::vector<OspfPacket> everyKind() {
    Hello hello;
    hello.mask = 0xfffffffc;
    hello.neighbours = {{0x0a000002}, {0x0a000003}};
    Description description{1500, kOptions, true, true, true, 7, {someLsa().header}};
    Lsa aged = someLsa();
    aged.header.age = 17;
    return {{{1}, hello}, {{2}, description}, {{3}, Request{{{1, {5}, {5}}}}}, {{4}, Update{{aged, makeLsa({9}, kFirstSequence, {})}}}, {{5}, Acknowledgment{{aged.header}}}};
}

TEST(OspfPacket, EveryKindSurvivesTheWire) {
    for (const OspfPacket& packet : everyKind()) {
        const auto again = parseOspf(serialize(packet));
        ASSERT_TRUE(again) << packet.body.index();
        EXPECT_EQ(*again, packet) << packet.body.index();
    }
}

TEST(OspfPacket, EverySingleFlippedBitIsNoticed) {
    for (const OspfPacket& packet : everyKind()) {
        const std::string sound = serialize(packet);
        for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
            std::string damaged = sound;
            damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (0x80 >> bit % 8));
            if (bit / 8 >= 16 && bit / 8 < 24) continue;  // authentication, which is none: neither used nor covered (appendix D.4.1)
            EXPECT_FALSE(parseOspf(damaged)) << packet.body.index() << " bit " << bit;
        }
    }
}

TEST(OspfPacket, AnyOctetsAreReadWithoutHarm) {
    rc::check([](const std::string& octets) { (void)parseOspf(octets); });
    rc::check([](std::string tail, std::uint8_t cutAt) {
        for (const OspfPacket& packet : everyKind()) {
            const std::string sound = serialize(packet);
            (void)parseOspf(sound.substr(0, cutAt % (sound.size() + 1)) + tail);
            if (const auto lsa = readLsa(sound.substr(cutAt % (sound.size() + 1)))) RC_ASSERT(lsa->header.type == 1);
        }
    });
}

TEST(OspfPacket, AnLsaWithAnotherChecksumIsLeftOutOfItsUpdate) {
    Update update{{someLsa(), makeLsa({9}, kFirstSequence, {})}};
    update.lsas[0].header.checksum ^= 1;
    const auto read = parseOspf(serialize({{1}, update}));
    ASSERT_TRUE(read);
    ASSERT_EQ(std::get<Update>(read->body).lsas.size(), 1u);
    EXPECT_EQ(std::get<Update>(read->body).lsas[0].header.router, RouterId{9});
}

// Computed by hand from the sums of RFC 905 annex B.
TEST(Lsa, ChecksumDoesNotCoverTheAge) {
    std::string octets;
    appendLsa(octets, someLsa(), 0);
    EXPECT_TRUE(lsaChecksumHolds(octets));
    octets[1] = 99;
    EXPECT_TRUE(lsaChecksumHolds(octets)) << "the age changes on the way";
    octets[5] = 99;
    EXPECT_FALSE(lsaChecksumHolds(octets));
}

TEST(Lsa, NewerIsTheHigherSequenceThenChecksumThenMaxAgeThenTheYounger) {
    const LsaHeader base = someLsa().header;
    const auto with = [&](auto change) {
        LsaHeader other = base;
        change(other);
        return other;
    };
    EXPECT_EQ(compareInstances(base, base), 0);
    EXPECT_GT(compareInstances(with([](LsaHeader& h) { h.sequence = 1; }), base), 0) << "sequence numbers are signed";
    EXPECT_GT(compareInstances(with([](LsaHeader& h) { ++h.checksum; }), base), 0);
    EXPECT_GT(compareInstances(with([](LsaHeader& h) { h.age = kMaxAge; }), base), 0) << "MaxAge takes it out of the world";
    EXPECT_EQ(compareInstances(with([](LsaHeader& h) { h.age = 900; }), base), 0) << "copies differ by as much";
    EXPECT_LT(compareInstances(with([](LsaHeader& h) { h.age = 901; }), base), 0);
}

}  // namespace
}  // namespace mailtrek::routing

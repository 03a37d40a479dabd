// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/routing/rip_message.h"

namespace mailtrek::routing {
namespace {

TEST(RipMessage, SurvivesTheWire) {
    const RipMessage response{false, false, {{{{0x0a010000}, 30}, 3, {}}, {{{0x0a000001}, 32}, kInfinity, {}}, {{{0}, 0}, 1, {}}}};
    EXPECT_EQ(parseRip(serialize(response)), response);
    RipMessage request;
    request.request = request.wholeTable = true;
    EXPECT_EQ(parseRip(serialize(request)), request);
}

TEST(RipMessage, LeavesOutEntriesThatMakeNoSense) {
    const RipEntry good{{{0x0a010000}, 24}, 2, {}};
    const auto with = [&](RipEntry bad) { return parseRip(serialize(RipMessage{false, false, {bad, good}})); };
    for (const RipEntry& bad : {RipEntry{{{0x0a010000}, 24}, 0, {}}, RipEntry{{{0x0a010000}, 24}, 17, {}}, RipEntry{{{0x7f000000}, 8}, 1, {}}, RipEntry{{{0xe0000000}, 24}, 1, {}},
                                RipEntry{{{0x00000100}, 24}, 1, {}}, RipEntry{{{0x0a010001}, 24}, 1, {}}}) {
        const auto read = with(bad);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->entries, std::vector{good}) << bad.prefix.address.value << " " << bad.metric;
    }
    std::string holes = serialize(RipMessage{false, false, {good}});
    holes[4 + 8] = 0x0f;  // a mask that is no prefix
    EXPECT_TRUE(parseRip(holes)->entries.empty());
}

TEST(RipMessage, AnyOctetsAreReadWithoutHarm) {
    rc::check([](const std::string& octets) { (void)parseRip(octets); });
    EXPECT_FALSE(parseRip("")) << "nothing";
    EXPECT_FALSE(parseRip(std::string("\2\1\0\0", 4))) << "version 1";
    EXPECT_FALSE(parseRip(std::string("\3\2\0\0", 4))) << "no such command";
    EXPECT_FALSE(parseRip(serialize(RipMessage{false, false, std::vector<RipEntry>(26, {{{0x0a000000}, 8}, 1, {}})}))) << "more than 25 entries";
}

}  // namespace
}  // namespace mailtrek::routing

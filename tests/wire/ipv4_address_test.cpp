// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/wire/ipv4_address.h"

namespace mailtrek::wire {
namespace {

RC_GTEST_PROP(Ipv4Address, IsReadAsItIsWritten, (std::uint32_t value)) { RC_ASSERT(parseIpv4Address(toString(Ipv4Address{value})).value() == Ipv4Address{value}); }

TEST(Ipv4Address, IsWritten) {
    EXPECT_EQ(toString(Ipv4Address{0x0a00ff01}), "10.0.255.1");
    EXPECT_EQ(toString(Ipv4Prefix{{0x0a000000}, 30}), "10.0.0.0/30");
}

TEST(Ipv4Address, AnythingElseIsAnError) {
    for (const char* bad : {"",          "10",      "10.0.0",    "10.0.0.",   ".10.0.0.1", "10.0.0.1.", "10.0.0.1.2", "10.0.0.256", "10.0.0.1000", "10.0.0.01", "10.0.0.00",
                            "010.0.0.1", "10..0.1", " 10.0.0.1", "10.0.0.1 ", "10.0.0.-1", "10.0.0.+1", "10.0.0.0x1", "a.b.c.d",    "10.0.0.1/8",  "10,0,0,1"})
        EXPECT_FALSE(parseIpv4Address(bad).ok()) << bad;
    EXPECT_FALSE(parseIpv4Address(std::string_view("10.0.0.1\0", 9)).ok());
}

TEST(Ipv4Prefix, Contains) {
    const Ipv4Prefix all{}, one{{7}, 32}, net{{0x0a000100}, 24};
    EXPECT_TRUE(all.contains({0}) && all.contains({0xffffffff}));
    EXPECT_TRUE(one.contains({7}));
    EXPECT_FALSE(one.contains({6}));
    EXPECT_TRUE(net.contains({0x0a0001ff}));
    EXPECT_FALSE(net.contains({0x0a000200}));
}

}  // namespace
}  // namespace mailtrek::wire

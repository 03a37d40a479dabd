// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/name.h"

#include <gtest/gtest.h>

namespace mailtrek::dns {
namespace {

TEST(Name, ReadsAndWritesText) {
    EXPECT_EQ(Name::of("sur.example").text(), "sur.example");
    EXPECT_EQ(Name::of("sur.example.").text(), "sur.example");
    EXPECT_EQ(Name::of("Sur.Example").text(), "Sur.Example");
    EXPECT_EQ(Name::of(".").text(), ".");
    EXPECT_TRUE(Name::of(".").isRoot());
    EXPECT_EQ(Name::of("a\\.b.example").labels(), 2u);
    EXPECT_EQ(Name::of("a\\.b.example").text(), "a\\.b.example");
    EXPECT_EQ(Name::of("a\\032b.example").firstLabel(), "a b");
    EXPECT_EQ(Name::of("a\\032b.example").text(), "a\\032b.example");
    EXPECT_EQ(Name::of("correo.españa.example").text(), "correo.xn--espaa-rta.example");
}

TEST(Name, RefusesWhatIsNone) {
    for (const char* text : {"", "..", ".sur", "sur..example", "sur.example..", "a\\", "a\\25", "a\\256", "a\\2x5"}) EXPECT_FALSE(Name::parse(text).ok()) << text;
}

TEST(Name, LabelsHave63OctetsAndNames255AtMost) {
    const std::string label63(63, 'x');
    EXPECT_TRUE(Name::parse(label63 + ".example").ok());
    EXPECT_FALSE(Name::parse(label63 + "x.example").ok());

    const std::string three = label63 + "." + label63 + "." + label63 + ".";  // 3 * 64 = 192 octets on the wire, and the final zero
    EXPECT_EQ(Name::of(three + std::string(61, 'y')).wireSize(), 255u);
    EXPECT_FALSE(Name::parse(three + std::string(62, 'y')).ok());
    EXPECT_FALSE(Name::of(three).under(Name::of(std::string(62, 'y'))).ok());
    EXPECT_TRUE(Name::of(three).under(Name::of(std::string(61, 'y'))).ok());
}

TEST(Name, ComparesWithoutCase) {
    EXPECT_EQ(Name::of("SUR.example"), Name::of("sur.EXAMPLE"));
    EXPECT_EQ(Name::of("SUR.example").hash(), Name::of("sur.EXAMPLE").hash());
    EXPECT_NE(Name::of("sur.example"), Name::of("norte.example"));
    EXPECT_NE(Name::of("[.example"), Name::of("{.example"));  // 0x5b and 0x7b differ by the case bit but are no letters
    EXPECT_NE(Name::of("a\\.b"), Name::of("a.b"));
}

TEST(Name, KnowsWhatIsBelowIt) {
    EXPECT_TRUE(Name::of("mx.Sur.example").isWithin(Name::of("sur.EXAMPLE")));
    EXPECT_TRUE(Name::of("sur.example").isWithin(Name::of("sur.example")));
    EXPECT_TRUE(Name::of("sur.example").isWithin(Name{}));
    EXPECT_FALSE(Name::of("xsur.example").isWithin(Name::of("sur.example")));
    EXPECT_FALSE(Name::of("example").isWithin(Name::of("sur.example")));
    EXPECT_EQ(Name::of("mx.sur.example").parent(), Name::of("sur.example"));
}

}  // namespace
}  // namespace mailtrek::dns

// SPDX-License-Identifier: GPL-3.0-or-later
// Names beyond ASCII: punycode by the samples of RFC 3492 7.1, the mapping to A-labels and back, and Python as an independent judge.
#include "sim/dns/idna.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cstdio>

#include "sim/dns/name.h"

namespace mailtrek::dns {
namespace {

struct Sample {
    std::u32string meant;
    std::string written;
};
const std::vector<Sample>& samples() {
    static const std::vector<Sample> all{{U"\u0644\u064A\u0647\u0645\u0627\u0628\u062A\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628\u064A\u061F", "egbpdaj6bu4bxfgehfvwxn"},
                                         {U"\u4ED6\u4EEC\u4E3A\u4EC0\u4E48\u4E0D\u8BF4\u4E2D\u6587", "ihqwcrb4cv8a8dqg056pqjye"},
                                         {U"Pro\u010Dprost\u011Bnemluv\u00ED\u010Desky", "Proprostnemluvesky-uyb24dma41a"},
                                         {U"Porqu\u00E9nopuedensimplementehablarenEspa\u00F1ol", "PorqunopuedensimplementehablarenEspaol-fmd56a"},
                                         {U"3\u5E74B\u7D44\u91D1\u516B\u5148\u751F", "3B-ww4c5e180e575a65lsy2b"},
                                         {U"\u3072\u3068\u3064\u5C4B\u6839\u306E\u4E0B2", "2-u9tlzr9756bt3uc0v"},
                                         {U"-> $1.00 <-", "-> $1.00 <--"},
                                         {U"b\u00FCcher", "bcher-kva"},
                                         {U"\U0001F4A9", "ls8h"}};
    return all;
}

TEST(Punycode, TheSamplesOfTheRfc) {
    for (const auto& [meant, written] : samples()) {
        EXPECT_EQ(punycodeEncode(meant), written);
        EXPECT_EQ(punycodeDecode(written), meant) << written;
    }
}

TEST(Punycode, RefusesWhatIsNone) {
    for (const char* text : {"a-\xc3\xb1", "!", "99999999", "a-9"}) EXPECT_FALSE(punycodeDecode(text)) << text;
}

TEST(Punycode, EveryStringComesBack) {
    EXPECT_TRUE(rc::check("decode(encode(x)) == x", [] {
        const auto points = *rc::gen::container<std::vector<std::uint32_t>>(
            rc::gen::suchThat(rc::gen::inRange<std::uint32_t>(1, 0x30000), [](std::uint32_t c) { return c < 0xd800 || c > 0xdfff; }));
        std::u32string text(points.begin(), points.end());
        const auto encoded = punycodeEncode(text);
        RC_ASSERT(encoded.has_value());
        RC_ASSERT(punycodeDecode(*encoded) == text);
        RC_ASSERT(decodeUtf8(encodeUtf8(text)) == text);
    }));
    EXPECT_TRUE(rc::check("any octets are survived", [](const std::string& text) {
        const auto points = punycodeDecode(text);
        if (points) RC_ASSERT(decodeUtf8(encodeUtf8(*points)) == *points);
        canonicalDomain(text);
        labelToAscii(text);
    }));
}

TEST(Idna, DomainsAsTheDnsWritesThem) {
    const std::pair<const char*, const char*> table[] = {{"correo.example", "correo.example"},        {"ñandú.example", "xn--and-6ma2c.example"},
                                                         {"ÑANDÚ.Example", "xn--and-6ma2c.Example"},  {"n\u0303andu\u0301.example", "xn--and-6ma2c.example"},
                                                         {"bücher.example", "xn--bcher-kva.example"}, {"straße.example", "xn--strae-oqa.example"},
                                                         {"ΕΛΛΆΔΑ.example", "xn--hxakic4aa.example"}, {"почта.example", "xn--80a1acny.example"},
                                                         {"ПОЧТА.example", "xn--80a1acny.example"},   {"łódź.example", "xn--d-uga0v4h.example"},
                                                         {"việt.example", "xn--vit-5kz.example"}};
    for (const auto& [written, ascii] : table) EXPECT_EQ(domainToAscii(written), ascii) << written;
}

TEST(Idna, WhatCanBeNoName) {
    for (const char* bad :
         {"a ñ.example", "ñ-.example", "-ñ.example", "ab--ñ.example", "ñ\u200b.example", "¡hola!.example", "\u0301a.example", "\xff.example", "☃.example", "ñ\ufeff"})
        EXPECT_FALSE(domainToAscii(bad)) << bad;
    std::string label;
    for (int i = 0; i < 40; ++i) label += "ñ";
    EXPECT_TRUE(labelToAscii(label)) << "80 octets that make a short A-label";
    for (int i = 0; i < 40; ++i) label += "xü";
    EXPECT_FALSE(labelToAscii(label)) << "longer than 63";
}

TEST(Idna, OneSpellingOfAllThatMeanTheSame) {
    for (const char* same : {"ñandú.example", "ÑANDÚ.EXAMPLE", "n\u0303andu\u0301.Example", "xn--and-6ma2c.example", "XN--AND-6ma2C.example"})
        EXPECT_EQ(canonicalDomain(same), "ñandú.example");
    EXPECT_EQ(canonicalDomain("Sur.Example"), "sur.example");
    EXPECT_EQ(canonicalDomain("xn--no-such-.example"), "xn--no-such-.example") << "no A-label at all";
    EXPECT_EQ(canonicalDomain("xn--NAND-.example"), "xn--nand-.example") << "nor one that leads back to itself";
    EXPECT_EQ(canonicalDomain("[10.0.0.1]"), "[10.0.0.1]");
}

TEST(Idna, NamesOfTheDnsAreALabels) {
    EXPECT_EQ(Name::of("correo.ñandú.example").text(), "correo.xn--and-6ma2c.example");
    EXPECT_EQ(Name::of("ÑANDÚ.example"), Name::of("xn--and-6ma2c.example"));
    EXPECT_TRUE(Name::of("sur.ñandú.example").isWithin(Name::of("xn--and-6ma2c.example")));
    EXPECT_EQ(Name::of("\xff.example").wire(), std::string_view("\x01\xff\x07"
                                                                "example"))
        << "what is no UTF-8 stays what it is (RFC 2181 11)";
    EXPECT_EQ(Name::of("\\195\\177.example").wire(), std::string_view("\x02\xc3\xb1\x07"
                                                                      "example"))
        << "and so does what is escaped";
}

// Python's codec is IDNA2003: it agrees wherever the older rules do (not for ß, which they write as ss).
TEST(Idna, PythonAgrees) {
    const std::vector<std::string> domains{"ñandú.example",  "CAMIÓN.example", "münchen.example", "ÅNGSTRÖM.example", "cœur.example",   "žluťoučký.example",
                                           "ğüşıöç.example", "почта.example",  "αβγ.example",     "việtnam.example",  "ČERNÝ.example",  "Ťava.example",
                                           "ŁÓDŹ.example",   "Ÿves.example",   "ИВАН.example",    "ЁЛКА.example",     "ΆΈΉΊΌΎΏ.example"};
    std::string list;
    for (const std::string& domain : domains) list += fmt::format("'{}',", domain);
    FILE* pipe = ::popen(fmt::format("python3 -c \"for d in [{}]: print(d.encode('idna').decode())\"", list).c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::array<char, 256> line{};
    std::vector<std::string> said;
    while (std::fgets(line.data(), line.size(), pipe) != nullptr) said.emplace_back(line.data(), std::string_view(line.data()).find('\n'));
    ::pclose(pipe);
    if (said.empty()) GTEST_SKIP() << "no python3 here";
    ASSERT_EQ(said.size(), domains.size());
    for (std::size_t i = 0; i < domains.size(); ++i) EXPECT_EQ(domainToAscii(domains[i]), said[i]) << domains[i];
}

}  // namespace
}  // namespace mailtrek::dns

// SPDX-License-Identifier: GPL-3.0-or-later
// Content after DATA: dots, line ends, the end; in one piece, octet by octet, and in a pipeline (RFC 5321 2.3.8, 4.1.1.4, 4.5.2; RFC 2920).
#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

struct Content {
    const char* name;
    std::string wire;     // what comes after 354
    std::string message;  // what the letter is
};

std::ostream& operator<<(std::ostream& out, const Content& c) { return out << c.name; }

class SmtpContent : public testing::TestWithParam<Content> {};

TEST_P(SmtpContent, InOnePiece) {
    SmtpDialogue server;
    server.inData().hearsOctets(GetParam().wire).says(250).saysNothing();
    EXPECT_EQ(server.letter().octets, GetParam().message);
}

TEST_P(SmtpContent, OctetByOctet) {
    SmtpDialogue server;
    server.inData();
    for (std::size_t i = 0; i + 1 < GetParam().wire.size(); ++i) server.hearsOctets(GetParam().wire.substr(i, 1)).saysNothing();
    server.hearsOctets(GetParam().wire.substr(GetParam().wire.size() - 1)).says(250).saysNothing();
    EXPECT_EQ(server.letter().octets, GetParam().message);
}

TEST_P(SmtpContent, WithEverythingAroundItInOnePiece) {
    SmtpDialogue server;
    server.hearsOctets("EHLO norte\r\nMAIL FROM:<ana@norte.example>\r\nRCPT TO:<luis@sur.example>\r\nDATA\r\n" + GetParam().wire + "QUIT\r\n");
    server.says(250).says(250).says(250).says(354).says(250).says(221).saysNothing().closes();
    EXPECT_EQ(server.letter().octets, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(All, SmtpContent,
                         testing::Values(Content{"Empty", ".\r\n", ""}, Content{"OneLine", "Hola\r\n.\r\n", "Hola\r\n"}, Content{"EmptyLines", "\r\n\r\n.\r\n", "\r\n\r\n"},
                                         Content{"DotAtTheFront", "..\r\n.\r\n", ".\r\n"}, Content{"TwoDots", "...\r\n.\r\n", "..\r\n"},
                                         Content{"DotWithWords", "..Hola\r\n.\r\n", ".Hola\r\n"}, Content{"UnstuffedDot", ".Hola\r\n.\r\n", "Hola\r\n"},
                                         Content{"DotInTheMiddle", "a.\r\n.\r\n", "a.\r\n"}, Content{"BareLfDotCrlf", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"},
                                         Content{"BareLfDotLf", "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n"}, Content{"CrlfDotLf", "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n"},
                                         Content{"CrlfDotCr", "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n"}, Content{"BareCrDotCrlf", "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n"},
                                         Content{"CrCrLf", "a\r\r\n.\r\n", "a\r\r\n"},
                                         Content{"NulAndHighOctets", std::string("\0\xff\xc3\xb1\r\n.\r\n", 9), std::string("\0\xff\xc3\xb1\r\n", 6)},
                                         Content{"LooksLikeCommands", "QUIT\r\nRSET\r\n.\r\n", "QUIT\r\nRSET\r\n"},
                                         Content{"LongestLine", std::string(998, 'x') + "\r\n.\r\n", std::string(998, 'x') + "\r\n"}),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(DotStuffing, DoublesTheDotsThatBeginALine) {
    const auto stuffed = [](std::string_view text) { return std::string(dotStuffed(Slice::copyOf(text)).text()); };
    EXPECT_EQ(stuffed(".a\r\n.\r\nb.\r\n"), "..a\r\n..\r\nb.\r\n.\r\n");
    EXPECT_EQ(stuffed("a\n.b\r\n"), "a\n.b\r\n.\r\n");  // a bare LF begins no line
    EXPECT_EQ(stuffed("no end"), "no end\r\n.\r\n");
    EXPECT_EQ(stuffed(""), ".\r\n");
}

}  // namespace
}  // namespace mailtrek::mail

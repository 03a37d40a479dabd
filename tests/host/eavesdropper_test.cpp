// SPDX-License-Identifier: GPL-3.0-or-later
// What an eavesdropper makes of the octets that pass: order, lines, letters, and where he is lost.
#include "sim/host/eavesdropper.h"

#include <gmock/gmock.h>

namespace mailtrek::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using trace::Side;
using trace::TapKind;

// "line EHLO", "letter Subject: Hola", "record 25", one for each finding.
std::vector<std::string> told(const std::vector<Overheard>& found) {
    std::vector<std::string> all;
    for (const Overheard& one : found) all.push_back(std::string(name(one.kind)) + " " + (one.kind == TapKind::record ? std::to_string(one.size) : one.text));
    return all;
}

struct Ear {
    Eavesdropper ear;
    std::uint32_t client = 100, server = 900;
    std::vector<std::string> says(Side from, std::string_view octets) {
        std::uint32_t& next = from == Side::client ? client : server;
        const auto found = told(ear.hear(from, next, false, octets));
        next += static_cast<std::uint32_t>(octets.size());
        return found;
    }
    std::vector<std::string> client_(std::string_view octets) { return says(Side::client, octets); }
    std::vector<std::string> server_(std::string_view octets) { return says(Side::server, octets); }
};

TEST(Eavesdropper, PutsSegmentsInOrder) {
    Eavesdropper ear;
    EXPECT_THAT(ear.hear(Side::client, 99, true, ""), IsEmpty());
    EXPECT_THAT(told(ear.hear(Side::client, 106, false, "orte\r\n")), IsEmpty());
    EXPECT_THAT(told(ear.hear(Side::client, 112, false, "NOOP\r\n")), IsEmpty());
    EXPECT_THAT(told(ear.hear(Side::client, 100, false, "EHLO n")), ElementsAre("line EHLO norte", "line NOOP"));
    EXPECT_THAT(told(ear.hear(Side::client, 100, false, "EHLO norte\r\n")), IsEmpty()) << "sent again";
    EXPECT_THAT(told(ear.hear(Side::client, 112, false, "NOOP\r\nQUIT\r\n")), ElementsAre("line QUIT")) << "half of it heard before";
}

TEST(Eavesdropper, SequenceNumbersWrap) {
    Eavesdropper ear;
    ear.hear(Side::client, 0xfffffffd, true, "");
    EXPECT_THAT(told(ear.hear(Side::client, 0xfffffffe, false, "NOOP\r\n")), ElementsAre("line NOOP"));
    EXPECT_THAT(told(ear.hear(Side::client, 4, false, "QUIT\r\n")), ElementsAre("line QUIT"));
}

TEST(Eavesdropper, ReadsALetter) {
    Ear ear;
    ear.client_("DATA\r\n");
    ear.server_("354 go\r\n");
    EXPECT_THAT(ear.client_("From: a\r\nSubject: Ho"), IsEmpty());
    const auto found = ear.ear.hear(Side::client, ear.client, false, "la\r\n\r\n..x\r\n.\r\nQUIT\r\n");
    EXPECT_THAT(told(found), ElementsAre("letter Subject: Hola", "line QUIT"));
    EXPECT_EQ(found[0].letter, "From: a\r\nSubject: Hola\r\n\r\n.x\r\n");
}

TEST(Eavesdropper, ReadsALetterBehindPipelinedCommands) {
    Ear ear;
    ear.client_("MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n");
    ear.server_("250 Ok\r\n250 Ok\r\n354 go\r\n");
    EXPECT_THAT(ear.client_("Subject: x\r\n.\r\n"), ElementsAre("letter Subject: x"));
}

TEST(Eavesdropper, DataThatIsRefusedBringsNoLetter) {
    Ear ear;
    ear.client_("DATA\r\n");
    ear.server_("503 no\r\n");
    EXPECT_THAT(ear.client_("QUIT\r\n"), ElementsAre("line QUIT"));
}

TEST(Eavesdropper, KnowsPasswordsOfEachProtocol) {
    EXPECT_THAT(Ear().client_("AUTH PLAIN AGFuYQBzZWNyZXQ=\r\n"), ElementsAre("line AUTH PLAIN AGFuYQBzZWNyZXQ=", "password ana secret"));
    EXPECT_THAT(Ear().client_("AUTH PLAIN ====\r\n"), ElementsAre("line AUTH PLAIN ===="));
    EXPECT_THAT(Ear().client_("a1 LOGIN ana@norte.example \"secret\"\r\n"), ElementsAre("line a1 LOGIN ana@norte.example \"secret\"", "password ana@norte.example secret"));
    EXPECT_THAT(Ear().client_("USER ana\r\nPASS two words\r\n"), ElementsAre("line USER ana", "line PASS two words", "password ana two words"));
}

TEST(Eavesdropper, ReadsLettersThatAreFetched) {
    Ear imap;
    EXPECT_THAT(imap.server_("* 1 FETCH (UID 1 BODY[] {20}\r\nSubject: Hola\r\n\r\nYes"), ElementsAre("line * 1 FETCH (UID 1 BODY[] {20}", "letter Subject: Hola"));
    EXPECT_THAT(imap.server_(")\r\n"), ElementsAre("line )"));
    Ear pop;
    pop.client_("RETR 1\r\n");
    EXPECT_THAT(pop.server_("+OK\r\nSubject: Hola\r\n\r\n.\r\n"), ElementsAre("line +OK", "letter Subject: Hola"));
}

TEST(Eavesdropper, IsLostWhenTlsBegins) {
    Ear ear;
    EXPECT_THAT(ear.client_("STARTTLS\r\n"), ElementsAre("line STARTTLS"));
    EXPECT_FALSE(ear.ear.sealed());
    EXPECT_THAT(ear.client_(std::string("\x16\x03\x01\x00\x04", 5) + "abc"), ElementsAre("sealed ", "record 9"));
    EXPECT_TRUE(ear.ear.sealed());
    EXPECT_THAT(ear.client_(std::string("d\x17\x03\x03", 4)), IsEmpty());
    EXPECT_THAT(ear.client_(std::string("\x00\x02\r\n", 4)), ElementsAre("record 7"));
    EXPECT_THAT(ear.server_("220 go\r\n"), ElementsAre("line 220 go"));
    EXPECT_THAT(ear.server_(std::string("\x16\x03\x03\x00\x01x\x14\x03\x03\x00\x01y", 12)), ElementsAre("record 6", "record 6"));
}

TEST(Eavesdropper, NonsenseIsNoTrouble) {
    Ear ear;
    for (int i = 0; i < 50; ++i) EXPECT_THAT(ear.client_(std::string(1000, static_cast<char>(128 + i))), IsEmpty());
    EXPECT_THAT(Ear().server_("* {99999999999999999999}\r\n* {}\r\n* }\r\n{\r\n\r\n"), testing::SizeIs(5));
}

}  // namespace
}  // namespace mailtrek::host

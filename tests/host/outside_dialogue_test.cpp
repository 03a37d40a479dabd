// SPDX-License-Identifier: GPL-3.0-or-later
// What the recording understands of a real program's octets, cut anywhere: commands, messages, and no password.
#include "sim/host/outside_dialogue.h"

#include <gtest/gtest.h>

namespace mailtrek::host {
namespace {

using scenario::Service;

// A dialogue: the program says pieces, the server answers; what was understood is kept.
class Talk {
public:
    explicit Talk(Service service) : m_dialogue(service) {}
    Talk& says(std::string_view octets, std::size_t pieces = ~std::size_t{0}) {
        for (; !octets.empty(); octets.remove_prefix(std::min(pieces, octets.size()))) {
            std::string joined;
            for (const OutsideSaid& said : m_dialogue.says(octets.substr(0, pieces))) {
                joined += said.octets;
                if (said.command) commands.push_back(*said.command);
                if (said.content) content += said.octets;
                if (said.message) messages.push_back(*said.message);
            }
            EXPECT_EQ(joined, octets.substr(0, pieces)) << "every octet, once, in order";
        }
        return *this;
    }
    Talk& hears(std::string_view octets) {
        for (const OutsideHeard& heard : m_dialogue.hears(octets)) codes.push_back(heard.code);
        return *this;
    }
    std::vector<std::string> commands, messages;
    std::vector<int> codes;
    std::string content;

private:
    OutsideDialogue m_dialogue;
};

using Strings = std::vector<std::string>;

TEST(OutsideDialogue, FindsTheMessageWhereverItIsCut) {
    const std::string message = "Subject: x\r\n\r\n..a dot\r\n.\r.\n\r\n.. \r\nend\r\n.\r\n";
    for (std::size_t pieces = 1; pieces <= message.size(); ++pieces) {
        Talk talk(Service::submission);
        talk.hears("220 hi\r\n").says("MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n").hears("250 ok\r\n250 ok\r\n354 go\r\n");
        talk.says(message, pieces).says("QUIT\r\n");
        EXPECT_EQ(talk.messages, Strings{"Subject: x\r\n\r\n.a dot\r\n\r.\n\r\n. \r\nend\r\n"}) << pieces;
        EXPECT_EQ(talk.content, message);
        EXPECT_EQ(talk.commands, (Strings{"MAIL FROM:<a@x>", "RCPT TO:<b@x>", "DATA", "QUIT"}));
    }
}

TEST(OutsideDialogue, TakesNoContentWhereDataWasRefused) {
    Talk talk(Service::smtp);
    talk.hears("220 hi\r\n").says("DATA\r\n").hears("503 no\r\n").says("QUIT\r\n").hears("221 bye\r\n");
    EXPECT_EQ(talk.commands, (Strings{"DATA", "QUIT"}));
    EXPECT_EQ(talk.codes, (std::vector{220, 503, 221}));
    EXPECT_EQ(talk.content, "");
}

TEST(OutsideDialogue, TakesAnEmptyMessageAndSeveralLinesOfReply) {
    Talk talk(Service::smtp);
    talk.hears("220-one\r\n220 two\r\n").says("DATA\r\n").hears("35").hears("4 go\r\n").says(".\r\nNOOP\r\n");
    EXPECT_EQ(talk.messages, Strings{""});
    EXPECT_EQ(talk.commands, (Strings{"DATA", "NOOP"}));
}

TEST(OutsideDialogue, ShowsNoPassword) {
    Talk smtp(Service::submission);
    smtp.hears("220 hi\r\n").says("AUTH PLAIN AGFuYQBhbmE=\r\n").hears("235 ok\r\n").says("AUTH LOGIN\r\n").hears("334 VXNlcm5hbWU6\r\n").says("YW5h\r\n");
    smtp.hears("334 UGFzc3dvcmQ6\r\n").says("YW5h\r\n").hears("235 ok\r\n").says("NOOP\r\n");
    EXPECT_EQ(smtp.commands, (Strings{"AUTH PLAIN ********", "AUTH LOGIN", "********", "********", "NOOP"}));
    Talk pop3(Service::pop3);
    pop3.hears("+OK\r\n").says("USER ana\r\nPASS secret\r\nAUTH PLAIN\r\n").hears("+ \r\n").says("AGFuYQBhbmE=\r\nSTAT\r\n");
    EXPECT_EQ(pop3.commands, (Strings{"USER ana", "PASS ********", "AUTH PLAIN", "********", "STAT"}));
    Talk imap(Service::imap);
    imap.hears("* OK\r\n").says("a LOGIN ana secret\r\nb AUTHENTICATE PLAIN\r\n").hears("+ \r\n").says("AGFuYQBhbmE=\r\n").hears("b OK\r\n").says("c NOOP\r\n");
    imap.says("d AUTHENTICATE PLAIN AGFuYQBhbmE=\r\n");
    EXPECT_EQ(imap.commands, (Strings{"a LOGIN ana ********", "b AUTHENTICATE PLAIN", "********", "c NOOP", "d AUTHENTICATE PLAIN ********"}));
}

TEST(OutsideDialogue, PassesOverImapLiterals) {
    Talk talk(Service::imap);
    talk.hears("* OK\r\n").says("a LOGIN {3}\r\n").hears("+ go\r\n").says("ana secret\r\n").says("b APPEND Sent (\\Seen) {10+}\r\nc NOOP\r\n\r\n\r\n").says("d NOOP\r\n", 1);
    EXPECT_EQ(talk.commands, (Strings{"a LOGIN {3}", "********", "b APPEND Sent (\\Seen) {10+}", "", "d NOOP"}));
}

TEST(OutsideDialogue, SeesNothingBehindStartTls) {
    for (const auto& [service, ask, answer] : {std::tuple(Service::smtp, "STARTTLS\r\n", "220 go\r\n"), std::tuple(Service::imap, "a STARTTLS\r\n", "a OK go\r\n"),
                                               std::tuple(Service::pop3, "STLS\r\n", "+OK go\r\n")}) {
        Talk talk(service);
        talk.hears(service == Service::smtp ? "220 hi\r\n" : service == Service::imap ? "* OK\r\n" : "+OK\r\n").says(ask).hears(answer).says("\x16\x03\x01\nDATA\r\n");
        EXPECT_EQ(talk.commands.size(), 1u);
        EXPECT_EQ(talk.content, "");
    }
}

TEST(OutsideDialogue, HearsOnAfterARefusedLiteral) {
    Talk talk(Service::imap);
    talk.hears("* OK\r\n")
        .says("a APPEND Sent {5000000}\r\n")
        .hears("a NO [TOOBIG] no\r\n")
        .says("b NOOP\r\n")
        .says("c APPEND Sent {3}\r\n")
        .hears("+ go\r\n")
        .says("b N\r\nd NOOP\r\n");
    EXPECT_EQ(talk.commands, (Strings{"a APPEND Sent {5000000}", "b NOOP", "c APPEND Sent {3}", "", "d NOOP"}));
}

}  // namespace
}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// Mail programs of others at a simulated server: two IMAP sessions of one user, and a POP3 one, through real connections.
#include <gmock/gmock.h>

#include "sim/host/mail_server.h"
#include "tests/host/row_kit.h"

namespace mailtrek::host {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// A program that says what the test tells it to, and keeps what it hears.
class Program final : public Application {
public:
    Program(Machine& machine, std::uint16_t port) : m_machine(machine) { m_socket = m_machine.connect(Row::kServer, port, this, {}); }
    void onReadable(SocketId socket) override { heard += m_machine.read(socket); }
    void onPeerClosed(SocketId socket) override {
        m_machine.close(socket);
        closed = true;
    }
    void say(std::string_view line) {
        heard.clear();
        m_machine.write(m_socket, Slice::copyOf(std::string(line) + "\r\n"));
    }
    void hangUp() { m_machine.close(m_socket); }
    std::string heard;
    bool closed = false;

private:
    Machine& m_machine;
    SocketId m_socket;
};

struct House : Row {
    House() {
        MailServerOptions options;
        options.mta.hostName = "sur.sur.example";
        options.mta.domains = {"sur.example"};
        options.mailboxes.emplace_back("luis@sur.example", std::nullopt);
        mail = &server().run<MailServer>(server(), server().run<ResolverService>(server(), dns::ResolverOptions{}), options);
        mail->announce();
    }
    Program& program(std::uint16_t port) { return client().run<Program>(client(), port); }
    void pass(Duration time) { run(now += time); }
    void ask(Program& program, std::string_view line) {
        program.say(line);
        pass(2s);
    }
    // A letter comes by SMTP, from the other machine.
    void letter() {
        Program& smtp = program(25);
        pass(1s);
        for (const char* line : {"EHLO x", "MAIL FROM:<ana@norte.example>", "RCPT TO:<luis@sur.example>", "DATA", "Subject: hola\r\n\r\nhola\r\n."}) ask(smtp, line);
        EXPECT_THAT(smtp.heard, HasSubstr("250 "));
    }
    mail::Mailbox& box() { return *mail->mta().mailbox("luis@sur.example"); }

    MailServer* mail = nullptr;
    Duration now{};
};

TEST(ImapSession, AReaderInIdleIsToldOfWhatComesAndGoes) {
    House house;
    Program &waiting = house.program(143), &other = house.program(143);
    house.pass(1s);
    for (Program* program : {&waiting, &other}) {
        house.ask(*program, "a LOGIN luis@sur.example luis");
        ASSERT_THAT(program->heard, HasSubstr("a OK"));
        house.ask(*program, "b SELECT INBOX");
    }
    house.ask(waiting, "c IDLE");
    EXPECT_EQ(waiting.heard, "+ idling\r\n");
    waiting.heard.clear();
    house.letter();
    EXPECT_EQ(waiting.heard, "* 1 EXISTS\r\n* 1 RECENT\r\n") << "RFC 2177: before DONE";
    waiting.heard.clear();
    house.ask(other, "d APPEND INBOX {3+}\r\nx\r\n");
    EXPECT_THAT(other.heard, HasSubstr("d OK [APPENDUID 1 2]"));
    EXPECT_THAT(waiting.heard, HasSubstr("* 2 EXISTS\r\n"));
    waiting.heard.clear();
    house.ask(other, "e STORE 1 +FLAGS (\\Deleted)");
    EXPECT_THAT(waiting.heard, HasSubstr("* 1 FETCH (FLAGS ("));
    waiting.heard.clear();
    house.ask(other, "f EXPUNGE");
    EXPECT_EQ(waiting.heard, "* 1 EXPUNGE\r\n");
    house.ask(waiting, "DONE");
    EXPECT_EQ(waiting.heard, "c OK IDLE completed\r\n");
    EXPECT_EQ(house.box().messages().size(), 1u);
}

TEST(ImapSession, WhatAProgramAddsAndTakesAwayIsInTheRecording) {
    House house;
    Program& program = house.program(143);
    house.pass(1s);
    for (const char* line : {"a LOGIN luis@sur.example luis", "b CREATE A&APE-o", "c APPEND A&APE-o (\\Seen) {5+}\r\nabc\r\n", "d SELECT A&APE-o", "e COPY 1 INBOX",
                             "f MOVE 1 INBOX", "g DELETE A&APE-o"})
        house.ask(program, line);
    EXPECT_THAT(program.heard, HasSubstr("g OK"));
    const auto added = house.all<trace::MailboxAdded>();
    ASSERT_THAT(added, SizeIs(3));
    EXPECT_EQ(house.recording.text(added[0].folder), "Año");
    EXPECT_EQ(added[0].flags, mail::kSeen);
    EXPECT_EQ(house.recording.text(added[2].folder), "INBOX");
    EXPECT_EQ(added[0].message, added[1].message) << "the same octets, kept once";
    std::uint64_t used = 0;
    for (const auto& e : added) used += e.size;
    for (const auto& e : house.all<trace::MailboxRemoved>()) used -= e.size;
    EXPECT_EQ(used, house.box().used());
    EXPECT_EQ(used, 10u);
    trace::View view = trace::initialView(house.recording);
    for (std::uint64_t i = 0; i < house.recording.size(); ++i) trace::apply(view, {i}, house.recording.event({i}), house.recording);
    ASSERT_TRUE(view.mailboxes.contains("luis@sur.example"));
    EXPECT_EQ(view.mailboxes.at("luis@sur.example")->used, 10u);
    EXPECT_THAT(view.mailboxes.at("luis@sur.example")->messages, SizeIs(2));
}

TEST(Pop3Session, TheLockIsGivenBackHoweverASessionEnds) {
    House house;
    house.letter();
    Program &first = house.program(110), &second = house.program(110);
    house.pass(1s);
    for (Program* program : {&first, &second}) {
        house.ask(*program, "USER luis@sur.example");
        house.ask(*program, "PASS luis");
    }
    EXPECT_EQ(first.heard, "+OK mailbox open, 1 message\r\n");
    EXPECT_THAT(second.heard, HasSubstr("-ERR [IN-USE]"));
    house.ask(first, "DELE 1");
    first.hangUp();  // without QUIT
    house.pass(2s);
    house.ask(second, "USER luis@sur.example");
    house.ask(second, "PASS luis");
    EXPECT_EQ(second.heard, "+OK mailbox open, 1 message\r\n");
    house.pass(11min);
    EXPECT_TRUE(second.closed) << "autologout after ten minutes of silence (RFC 1939 3)";
    EXPECT_THAT(house.box().messages(), SizeIs(1));
}

TEST(Pop3Session, TellsAReaderInIdleWhatItDeleted) {
    House house;
    house.letter();
    Program &imap = house.program(143), &pop3 = house.program(110);
    house.pass(1s);
    for (const char* line : {"a LOGIN luis@sur.example luis", "b SELECT INBOX", "c IDLE"}) house.ask(imap, line);
    imap.heard.clear();
    for (const char* line : {"USER luis@sur.example", "PASS luis", "DELE 1"}) house.ask(pop3, line);
    EXPECT_EQ(imap.heard, "");
    house.ask(pop3, "QUIT");
    EXPECT_EQ(imap.heard, "* 1 EXPUNGE\r\n");
}

}  // namespace
}  // namespace mailtrek::host

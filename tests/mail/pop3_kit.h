// SPDX-License-Identifier: GPL-3.0-or-later
// A POP3 server to talk to: pop3.hears("STAT").says("+OK 2 320"). Luis has two letters; the second has lines that begin with dots and does not end its last line.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/pop3_server.h"

namespace mailtrek::mail {

using namespace std::chrono_literals;

inline const std::string kPlainLetter = "From: ana@norte.example\r\nSubject: Hola\r\n\r\nuno\r\ndos\r\ntres\r\n";
inline const std::string kDottedLetter = "Subject: dots\r\n\r\n.\r\n..two\r\nno.dot\r\n.last";

// The house: one mailbox, one lock, any number of sessions.
class Pop3House : public Pop3Events {
public:
    Pop3House() {
        for (const std::string& letter : {kPlainLetter, kDottedLetter}) arrives(letter);
    }
    void arrives(std::string_view letter) {
        StoredMessage message;
        message.octets = Slice::copyOf(letter);
        box.store(message);
    }
    Mailbox* login(std::string_view user, std::string_view password) override { return user == "luis@sur.example" && password == "se cret" ? &box : nullptr; }
    bool lock(Mailbox&) override { return !std::exchange(locked, true); }
    void unlock(Mailbox&) override {
        EXPECT_TRUE(locked);
        locked = false;
    }
    void retrieved(Mailbox&, const StoredMessage& message, std::size_t number) override {
        log.push_back("retrieved " + std::to_string(number) + " uid " + std::to_string(message.uid));
    }
    void removed(Mailbox&, const StoredMessage& message) override { log.push_back("removed " + std::to_string(message.uid)); }

    Mailbox box{"luis@sur.example", std::nullopt};
    bool locked = false;
    std::vector<std::string> log;
};

class Pop3Dialogue {
public:
    explicit Pop3Dialogue(Pop3House& its, Pop3ServerOptions options = {.hostName = "sur.sur.example"}) : house(its), server(std::make_unique<Pop3Server>(std::move(options), its)) {
        take(server->onConnect(now));
        says("+OK sur.sur.example POP3 Mailtrek");
    }
    Pop3Dialogue& hears(std::string_view line) { return hearsOctets(std::string(line) + "\r\n"); }
    Pop3Dialogue& hearsOctets(std::string_view octets) {
        EXPECT_TRUE(m_said.empty()) << "not expected: " << m_said.front();
        m_history += "C: " + std::string(octets.substr(0, 200)) + "\n";
        take(server->onBytes(octets, now));
        return *this;
    }
    // One response, octet by octet, without its last line end.
    Pop3Dialogue& says(std::string_view response) {
        if (m_said.empty()) {
            ADD_FAILURE() << "nothing said, '" << response << "' expected\n" << m_history;
            return *this;
        }
        EXPECT_EQ(m_said.front(), response) << m_history;
        m_said.pop_front();
        return *this;
    }
    // A response that begins like this.
    Pop3Dialogue& begins(std::string_view start) {
        if (m_said.empty()) {
            ADD_FAILURE() << "nothing said, '" << start << "' expected\n" << m_history;
            return *this;
        }
        EXPECT_TRUE(m_said.front().starts_with(start)) << m_said.front() << " instead of " << start << "\n" << m_history;
        last = m_said.front();
        m_said.pop_front();
        return *this;
    }
    Pop3Dialogue& saysNothing() {
        EXPECT_TRUE(m_said.empty()) << m_said.front();
        return *this;
    }
    Pop3Dialogue& closes() {
        EXPECT_TRUE(closed) << m_history;
        return *this;
    }
    Pop3Dialogue& staysOpen() {
        EXPECT_FALSE(closed) << m_history;
        return *this;
    }
    Pop3Dialogue& waits(Duration time) {
        now += time;
        if (server->nextDeadline() <= now) take(server->onTimeout(now));
        return *this;
    }
    Pop3Dialogue& loggedIn() { return hears("USER luis@sur.example").says("+OK password?").hears("PASS se cret").begins("+OK mailbox open"); }
    void hangsUp() { server.reset(); }

    Pop3House& house;
    std::unique_ptr<Pop3Server> server;
    Instant now = kStart;
    std::string last;
    bool closed = false, startTls = false;

private:
    void take(const Pop3ServerOutput& output) {
        for (const Pop3ServerOutput::Piece& piece : output.pieces) {
            EXPECT_FALSE(closed) << "a response after closing";
            ASSERT_TRUE(piece.octets.ends_with("\r\n"));
            EXPECT_EQ(piece.line.find_first_of("\r\n"), std::string::npos) << piece.line;
            EXPECT_LE(piece.line.size(), 510u) << "RFC 2449 4";
            m_said.push_back(piece.octets.substr(0, piece.octets.size() - 2));
            m_history += "S: " + m_said.back().substr(0, 300) + "\n";
        }
        closed |= output.close;
        startTls |= output.startTls;
    }

    std::deque<std::string> m_said;
    std::string m_history;
};

}  // namespace mailtrek::mail

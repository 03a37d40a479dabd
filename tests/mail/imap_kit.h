// SPDX-License-Identifier: GPL-3.0-or-later
// An IMAP server to talk to: imap.hears("A1 NOOP").says("A1 OK NOOP completed"). Luis has two letters.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/imap_server.h"

namespace mailtrek::mail {

using namespace std::chrono_literals;

inline const std::string kFirstLetter =
    "Return-Path: <ana@norte.example>\r\nReceived: from norte\r\n\tby sur; today\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\nFrom: \"Ana, de Norte\" <ana@norte.example>\r\n"
    "To: luis@sur.example, eva@sur.example\r\nSubject: Hola\r\nMessage-ID: <1@norte.example>\r\n\r\nHola Luis\r\n";
inline const std::string kSecondLetter = "From: eva@sur.example\r\nSubject: =?UTF-8?B?w7FhbmTDug==?=\r\nMessage-ID: <2@sur.example>\r\n\r\nAdi\xc3\xb3s\r\n";

class ImapDialogue : public ImapEvents {
public:
    ImapDialogue() : server({.hostName = "sur.sur.example"}, *this) {
        for (const std::string& letter : {kFirstLetter, kSecondLetter}) arrives(letter);
        box.toldOfAll();  // they are not \Recent
        take(server.onConnect(now));
        says("* OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN IDLE NAMESPACE ID CHILDREN UNSELECT UIDPLUS MOVE QUOTA] sur.sur.example Mailtrek");
    }
    void arrives(const std::string& letter) {
        StoredMessage message;
        message.octets = Slice::copyOf(letter);
        message.storedAt = now;
        box.store(message);
    }

    ImapDialogue& hears(std::string_view line) { return hearsOctets(std::string(line) + "\r\n"); }
    ImapDialogue& hearsOctets(std::string_view octets) {
        EXPECT_TRUE(m_said.empty()) << "not expected: " << m_said.front();
        m_history += "C: " + std::string(octets.substr(0, 200)) + "\n";
        take(server.onBytes(octets, now));
        return *this;
    }
    // One response, octet by octet, without its last line end.
    ImapDialogue& says(std::string_view response) {
        if (m_said.empty()) {
            ADD_FAILURE() << "nothing said, '" << response << "' expected\n" << m_history;
            return *this;
        }
        EXPECT_EQ(m_said.front(), response) << m_history;
        m_said.pop_front();
        return *this;
    }
    // Whatever it says, up to the tagged response, which begins like this.
    ImapDialogue& ends(std::string_view tagged) {
        untagged.clear();
        while (!m_said.empty() && m_said.front().starts_with("* ")) {
            untagged.push_back(m_said.front());
            m_said.pop_front();
        }
        if (m_said.empty()) {
            ADD_FAILURE() << "no tagged response\n" << m_history;
            return *this;
        }
        EXPECT_TRUE(m_said.front().starts_with(tagged)) << m_said.front() << " instead of " << tagged << "\n" << m_history;
        m_said.pop_front();
        EXPECT_TRUE(m_said.empty()) << m_said.front();
        return *this;
    }
    ImapDialogue& saysNothing() {
        EXPECT_TRUE(m_said.empty()) << m_said.front();
        return *this;
    }
    ImapDialogue& closes() {
        EXPECT_TRUE(closed) << m_history;
        return *this;
    }
    ImapDialogue& waits(Duration time) {
        now += time;
        if (server.nextDeadline() <= now) take(server.onTimeout(now));
        return *this;
    }
    ImapDialogue& loggedIn() { return hears("L LOGIN luis@sur.example secret").says("L OK LOGIN completed"); }
    ImapDialogue& inInbox(std::string_view how = "SELECT") { return loggedIn().hears("S " + std::string(how) + " INBOX").ends("S OK"); }

    // --- ImapEvents ---
    Mailbox* login(std::string_view user, std::string_view password) override { return user == "luis@sur.example" && password == "secret" ? &box : nullptr; }
    void flagsChanged(Mailbox&, const StoredMessage& message) override { log.push_back("flags " + std::to_string(message.uid)); }
    MessageId keep(const Slice&) override { return {}; }
    void added(Mailbox&, const StoredMessage& message, const std::string& folder) override { log.push_back("added " + std::to_string(message.uid) + " to " + folder); }
    void expunged(Mailbox&, const StoredMessage& message) override { log.push_back("expunged " + std::to_string(message.uid)); }
    void fetched(Mailbox&, const StoredMessage& message) override { log.push_back("fetched " + std::to_string(message.uid)); }

    Mailbox box{"luis@sur.example", std::nullopt};
    ImapServer server;
    Instant now = kStart;
    std::vector<std::string> untagged, log;
    bool closed = false;

private:
    void take(const ImapServerOutput& output) {
        for (const ImapServerOutput::Piece& piece : output.pieces) {
            EXPECT_FALSE(closed) << "a response after closing";
            ASSERT_TRUE(piece.octets.ends_with("\r\n"));
            EXPECT_EQ(piece.line.find_first_of("\r\n"), std::string::npos) << piece.line;
            m_said.push_back(piece.octets.substr(0, piece.octets.size() - 2));
            m_history += "S: " + m_said.back().substr(0, 300) + "\n";
        }
        closed |= output.close;
    }

    std::deque<std::string> m_said;
    std::string m_history;
};

}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
// An SMTP server to talk to, as a dialogue: server.hears("RCPT TO:<nobody@sur.example>").says(550).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/mail/address.h"
#include "sim/mail/smtp_server.h"

namespace mailtrek::mail {

using namespace std::chrono_literals;

struct TakenLetter {
    SmtpRole role{};
    Envelope envelope;
    SmtpHello hello;
    std::string octets;
};

// A server of sur.example with luis and ana; elsewhere only for those who logged in.
class TestPolicy : public SmtpPolicy {
public:
    bool password(std::string_view user, std::string_view password) override { return user == "luis@sur.example" && password == "secret"; }
    std::optional<SmtpReply> sender(SmtpRole, std::string_view user, std::string_view) override {
        loggedIn = !user.empty();
        if (thinks) return std::nullopt;
        return reply(250, "2.1.0", "Ok");
    }
    SmtpReply recipient(SmtpRole, const Envelope& envelope, std::string_view address) override {
        const bool here = domainOf(address) == "sur.example" || sameIgnoringCase(address, "postmaster");
        if (!here) return loggedIn ? reply(250, "2.1.5", "Ok") : reply(550, "5.7.1", "Relaying denied");
        const std::string who = localPartOf(address);
        if (who == "full") return reply(452, "4.2.2", "Mailbox full");
        if (who == "small" && envelope.size > 100) return reply(552, "5.2.2", "Message exceeds the whole mailbox quota");
        return who == "nobody" ? reply(550, "5.1.1", "No such mailbox here") : reply(250, "2.1.5", "Ok");
    }
    std::optional<SmtpReply> content(SmtpRole role, const Envelope& envelope, const SmtpHello& hello, const Slice& message) override {
        letters.push_back({role, envelope, hello, std::string(message.text())});
        if (thinks) return std::nullopt;
        return answer;
    }

    std::vector<TakenLetter> letters;
    SmtpReply answer = reply(250, "2.0.0", "Ok: queued as 1");
    bool loggedIn = false;
    bool thinks = false;  // about senders and contents: the test says what it comes to
    static bool sameIgnoringCase(std::string_view a, std::string_view b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return (x | 32) == (y | 32); });
    }
};

// Checks that no reply breaks the form of RFC 5321 4.2 and RFC 2034, whatever the test is about.
class SmtpDialogue {
public:
    explicit SmtpDialogue(SmtpRole role = SmtpRole::relay, std::uint64_t maxMessage = 1000) : m_server({role, "sur.sur.example", maxMessage}, policy) {
        take(m_server.onConnect(now));
        says(220);
    }

    explicit SmtpDialogue(const SmtpServerOptions& options) : m_server(options, policy) {
        take(m_server.onConnect(now));
        if (options.implicit) {
            saysNothing();
            take(m_server.onSecured(now));
        }
        says(220);
    }

    SmtpDialogue& hears(std::string_view line) { return hearsOctets(std::string(line) + "\r\n"); }
    SmtpDialogue& hearsOctets(std::string_view octets) {
        EXPECT_TRUE(m_replies.empty()) << "not expected: " << m_replies.front().wire() << said();
        m_history += "C: " + std::string(octets.substr(0, 200)) + "\n";
        take(m_server.onBytes(octets, now));
        return *this;
    }
    SmtpDialogue& says(int code, std::string_view enhanced = {}) {
        if (m_replies.empty()) {
            ADD_FAILURE() << "nothing said, " << code << " expected" << said();
            return *this;
        }
        last = m_replies.front();
        m_replies.erase(m_replies.begin());
        EXPECT_EQ(last.code, code) << last.wire() << said();
        if (!enhanced.empty()) { EXPECT_EQ(last.enhanced, enhanced) << last.wire() << said(); }
        return *this;
    }
    SmtpDialogue& saysNothing() {
        EXPECT_TRUE(m_replies.empty()) << m_replies.front().wire() << said();
        m_replies.clear();
        return *this;
    }
    SmtpDialogue& decides(SmtpReply verdict) {
        take(m_server.onDecided(std::move(verdict), now));
        return *this;
    }
    // It waits for a handshake, which then succeeds.
    SmtpDialogue& securesItself() {
        EXPECT_TRUE(std::exchange(m_startTls, false)) << "no handshake is awaited" << said();
        m_history += "(TLS)\n";
        take(m_server.onSecured(now));
        return *this;
    }
    SmtpDialogue& closes() {
        EXPECT_TRUE(m_closed) << said();
        return *this;
    }
    SmtpDialogue& staysOpen() {
        EXPECT_FALSE(m_closed) << said();
        return *this;
    }
    SmtpDialogue& waits(Duration time) {
        now += time;
        if (m_server.nextDeadline() <= now) take(m_server.onTimeout(now));
        return *this;
    }

    // --- shortcuts ---
    SmtpDialogue& greeted(std::string_view name = "norte.norte.example") { return hears("EHLO " + std::string(name)).says(250); }
    SmtpDialogue& inTransaction() { return greeted().hears("MAIL FROM:<ana@norte.example>").says(250, "2.1.0"); }
    SmtpDialogue& inData() { return inTransaction().hears("RCPT TO:<luis@sur.example>").says(250, "2.1.5").hears("DATA").says(354); }
    const TakenLetter& letter() {
        EXPECT_EQ(policy.letters.size(), 1u) << said();
        if (policy.letters.empty()) policy.letters.emplace_back();
        return policy.letters.back();
    }
    const SmtpServer& server() const { return m_server; }
    std::string said() const { return "\n--- so far ---\n" + m_history; }

    TestPolicy policy;
    SmtpReply last;
    Instant now = kStart;

private:
    void take(const SmtpServerOutput& output) {
        for (const SmtpReply& reply : output.replies) {
            EXPECT_FALSE(m_closed) << "a reply after closing" << said();
            m_history += "S: " + reply.wire();
            checkForm(reply);
            m_replies.push_back(reply);
        }
        m_closed |= output.close;
        m_startTls |= output.startTls;
    }
    void checkForm(const SmtpReply& reply) {
        const std::string wire = reply.wire();
        EXPECT_TRUE(reply.code >= 200 && reply.code < 600) << wire;
        if (!reply.enhanced.empty()) {
            EXPECT_EQ(reply.enhanced.front(), wire.front()) << wire;  // RFC 2034 4: the same class
        }
        std::string_view rest = wire;
        while (!rest.empty()) {
            const std::size_t end = rest.find("\r\n");
            ASSERT_NE(end, std::string_view::npos) << wire;
            const std::string_view line = rest.substr(0, end);
            rest.remove_prefix(end + 2);
            EXPECT_LE(line.size() + 2, 512u) << wire;  // 4.5.3.1.5
            EXPECT_EQ(line.find_first_of("\r\n"), std::string_view::npos) << wire;
            EXPECT_EQ(line.substr(0, 3), wire.substr(0, 3)) << wire;
            EXPECT_EQ(line[3], rest.empty() ? ' ' : '-') << wire;
        }
    }

    SmtpServer m_server;
    std::vector<SmtpReply> m_replies;
    std::string m_history;
    bool m_closed = false, m_startTls = false;
};

}  // namespace mailtrek::mail

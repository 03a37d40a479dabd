// SPDX-License-Identifier: GPL-3.0-or-later
// An SMTP client to answer, as a dialogue: client.hears("220 ready").says("EHLO norte.norte.example").
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/smtp_client.h"

namespace mailtrek::mail {

using namespace std::chrono_literals;

inline SmtpTransaction letterTo(std::vector<std::string> recipients, std::string_view octets = "Subject: Hola\r\n\r\n.Hola\r\n") {
    SmtpTransaction one;
    one.envelope.from = "ana@norte.example";
    for (std::string& to : recipients) one.envelope.recipients.push_back({std::move(to), {}});
    one.message = Slice::copyOf(octets);
    return one;
}

class ClientDialogue {
public:
    explicit ClientDialogue(std::deque<SmtpTransaction> letters, SmtpClientOptions options = {"norte.norte.example", "", ""}) : client(std::move(options), std::move(letters)) {
        take(client.onConnected(now));
    }

    ClientDialogue& hears(std::string_view lines) { return hearsOctets(std::string(lines) + "\r\n"); }
    ClientDialogue& hearsOctets(std::string_view octets) {
        EXPECT_TRUE(m_said.empty()) << "not expected: " << m_said.front();
        take(client.onBytes(octets, now));
        return *this;
    }
    ClientDialogue& says(std::string_view line) {
        if (m_said.empty()) {
            ADD_FAILURE() << "nothing said, '" << line << "' expected";
            return *this;
        }
        EXPECT_EQ(m_said.front(), line);
        m_said.pop_front();
        return *this;
    }
    ClientDialogue& saysNothing() {
        EXPECT_TRUE(m_said.empty()) << m_said.front();
        return *this;
    }
    ClientDialogue& startsTls() { return says("(TLS)"); }
    ClientDialogue& secured() {
        take(client.onSecured(now));
        return *this;
    }
    ClientDialogue& failsAtTls(const std::string& why) {
        take(client.onTlsFailed(why, now));
        return *this;
    }
    ClientDialogue& sendsContent() { return says("(content)"); }
    ClientDialogue& waits(Duration time, bool moved = false) {
        now += time;
        if (client.nextDeadline() <= now) take(client.onTimeout(now, moved));
        return *this;
    }
    ClientDialogue& loses() {  // the connection
        take(client.onClosed(now));
        return *this;
    }
    // The outcome of the next transaction: one code per recipient.
    ClientDialogue& reports(std::vector<int> codes) {
        if (outcomes.size() <= m_reported) {
            ADD_FAILURE() << "no outcome";
            return *this;
        }
        std::vector<int> found;
        for (const HeardReply& heard : outcomes[m_reported].recipients) found.push_back(heard.code);
        EXPECT_EQ(found, codes);
        ++m_reported;
        return *this;
    }
    ClientDialogue& reportsNothing() {
        EXPECT_EQ(outcomes.size(), m_reported);
        return *this;
    }
    ClientDialogue& closes() {
        EXPECT_TRUE(closed);
        EXPECT_EQ(client.nextDeadline(), kNever);
        return *this;
    }

    // --- shortcuts ---
    ClientDialogue& greeted() { return hears("220 sur ESMTP").says("EHLO norte.norte.example").hears("250-sur\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 DSN"); }
    ClientDialogue& mailed() { return greeted().says("MAIL FROM:<ana@norte.example> SIZE=24").hears("250 2.1.0 Ok"); }
    ClientDialogue& sentContent() { return mailed().says("RCPT TO:<luis@sur.example>").hears("250 Ok").says("DATA").hears("354 go ahead").sendsContent(); }

    SmtpClient client;
    Instant now = kStart;
    std::vector<SmtpOutcome> outcomes;
    std::string content;
    bool closed = false;

private:
    void take(const SmtpClient::Actions& actions) {
        for (const SmtpClientAction& action : actions) {
            EXPECT_FALSE(closed) << "an action after closing";
            if (const auto* line = std::get_if<SmtpSendLine>(&action)) {
                EXPECT_EQ(line->line.find_first_of("\r\n"), std::string::npos) << line->line;
                m_said.push_back(line->shown);
            }
            if (const auto* sent = std::get_if<SmtpSendContent>(&action)) {
                content = sent->stuffed.text();
                m_said.emplace_back("(content)");
            }
            if (std::holds_alternative<SmtpStartTls>(action)) m_said.emplace_back("(TLS)");
            if (const auto* outcome = std::get_if<SmtpOutcome>(&action)) outcomes.push_back(*outcome);
            closed |= std::holds_alternative<SmtpClose>(action);
        }
    }

    std::deque<std::string> m_said;
    std::size_t m_reported = 0;
};

}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
// Our client and our server talk to each other, over a wire that cuts the octets anywhere.
#include <gmock/gmock.h>

#include "sim/mail/smtp_client.h"
#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

struct Conversation {
    explicit Conversation(SmtpRole role, std::uint64_t maxMessage = 1'000'000) : server({role, "sur.sur.example", maxMessage}, policy) {}

    // Both sides to the end; every chunk on the wire has `chunk` octets at most.
    void run(SmtpClient& client, std::size_t chunk) {
        std::string toClient = carry(server.onConnect(kStart)), toServer;
        carry(client.onConnected(kStart), toServer);
        while (!toClient.empty() || !toServer.empty()) {
            carry(client.onBytes(cut(toClient, chunk), kStart), toServer);
            const std::string piece = cut(toServer, chunk);
            if (!piece.empty()) toClient += carry(server.onBytes(piece, kStart));
        }
    }

    TestPolicy policy;
    SmtpServer server;
    std::vector<std::string> commands;
    std::vector<SmtpOutcome> outcomes;
    bool serverClosed = false, clientClosed = false;

private:
    static std::string cut(std::string& octets, std::size_t chunk) {
        std::string piece = octets.substr(0, chunk);
        octets.erase(0, piece.size());
        return piece;
    }
    std::string carry(const SmtpServerOutput& output) {
        std::string octets;
        for (const SmtpReply& reply : output.replies) octets += reply.wire();
        serverClosed |= output.close;
        return octets;
    }
    void carry(const SmtpClient::Actions& actions, std::string& toServer) {
        for (const SmtpClientAction& action : actions) {
            if (const auto* line = std::get_if<SmtpSendLine>(&action)) {
                commands.push_back(line->shown);
                toServer += line->line + "\r\n";
            }
            if (const auto* content = std::get_if<SmtpSendContent>(&action)) toServer += content->stuffed.text();
            if (const auto* outcome = std::get_if<SmtpOutcome>(&action)) outcomes.push_back(*outcome);
            if (std::holds_alternative<SmtpClose>(action)) clientClosed = true;
        }
    }
};

const std::string kLetter = "Subject: Hola\r\n\r\n.\r\n..\r\n.a dot\r\n\nbare\n.\r\n" + std::string(998, 'x') + "\r\n";

std::deque<SmtpTransaction> letters(std::vector<std::string> recipients, const std::string& octets = kLetter) {
    SmtpTransaction one;
    one.envelope.from = "ana@norte.example";
    for (const std::string& to : recipients) one.envelope.recipients.push_back({to, {}});
    one.message = Slice::copyOf(octets);
    return {one};
}

TEST(SmtpConversation, TheLetterArrivesOctetByOctetAsItWasSent) {
    for (const std::size_t chunk : {1u, 2u, 3u, 7u, 64u, 100'000u}) {
        Conversation wire(SmtpRole::relay);
        SmtpClient client({"norte.norte.example", "", ""}, letters({"luis@sur.example"}));
        wire.run(client, chunk);
        ASSERT_EQ(wire.policy.letters.size(), 1u) << chunk;
        EXPECT_EQ(wire.policy.letters[0].octets, kLetter) << chunk;
        ASSERT_EQ(wire.outcomes.size(), 1u);
        EXPECT_EQ(wire.outcomes[0].recipients.at(0).text, "250 2.0.0 Ok: queued as 1");
        EXPECT_TRUE(wire.serverClosed && wire.clientClosed && client.done());
        EXPECT_THAT(wire.commands, testing::ElementsAre("EHLO norte.norte.example", "MAIL FROM:<ana@norte.example> SIZE=" + std::to_string(kLetter.size()),
                                                        "RCPT TO:<luis@sur.example>", "DATA", "QUIT"));
    }
}

TEST(SmtpConversation, EachRecipientHasItsOwnAnswer) {
    Conversation wire(SmtpRole::relay);
    SmtpClient client({"norte.norte.example", "", ""}, letters({"nobody@sur.example", "luis@sur.example", "full@sur.example"}));
    wire.run(client, 50);
    const auto& heard = wire.outcomes.at(0).recipients;
    EXPECT_EQ(heard.at(0).code, 550);
    EXPECT_EQ(heard.at(0).enhanced, "5.1.1");
    EXPECT_EQ(heard.at(1).code, 250);
    EXPECT_EQ(heard.at(2).code, 452);
    EXPECT_EQ(heard.at(2).enhanced, "4.2.2");
}

TEST(SmtpConversation, TwoHundredRecipients) {
    std::vector<std::string> all;
    for (int i = 0; i < 200; ++i) all.push_back("u" + std::to_string(i) + "@sur.example");
    Conversation wire(SmtpRole::relay);
    SmtpClient client({"norte.norte.example", "", ""}, letters(all));
    wire.run(client, 1000);
    EXPECT_EQ(wire.policy.letters.at(0).envelope.recipients.size(), 200u);
    for (const HeardReply& heard : wire.outcomes.at(0).recipients) EXPECT_TRUE(heard.good());
}

TEST(SmtpConversation, SubmissionWithAPassword) {
    Conversation wire(SmtpRole::submission);
    SmtpClient client({"[10.0.0.2]", "luis@sur.example", "secret"}, letters({"ana@norte.example"}));
    wire.run(client, 10);
    EXPECT_EQ(wire.policy.letters.size(), 1u);
    EXPECT_EQ(wire.commands.at(1), "AUTH PLAIN ********");
    Conversation other(SmtpRole::submission);
    SmtpClient impostor({"[10.0.0.2]", "luis@sur.example", "guess"}, letters({"ana@norte.example"}));
    other.run(impostor, 10);
    EXPECT_TRUE(other.policy.letters.empty());
    EXPECT_EQ(other.outcomes.at(0).recipients.at(0).code, 535);
    EXPECT_EQ(other.commands.back(), "QUIT");
}

TEST(SmtpConversation, TooBigForTheServer) {
    Conversation wire(SmtpRole::relay, 500);
    SmtpClient client({"norte.norte.example", "", ""}, letters({"luis@sur.example"}));
    wire.run(client, 50);
    EXPECT_EQ(wire.outcomes.at(0).recipients.at(0).enhanced, "5.3.4");
    EXPECT_THAT(wire.commands, testing::Not(testing::Contains("DATA")));
}

TEST(SmtpConversation, WishesForNoticesArrive) {
    auto sent = letters({"luis@sur.example"});
    sent[0].envelope.ret = DsnReturn::headers;
    sent[0].envelope.id = "a+b = c";
    DsnWish wish;
    wish.notify = DsnNotify::listed;
    wish.onSuccess = true;
    wish.originalRecipient = "rfc822;luis+x=@norte.example";
    sent[0].envelope.recipients[0].dsn = wish;
    Conversation wire(SmtpRole::relay);
    SmtpClient client({"norte.norte.example", "", ""}, sent);
    wire.run(client, 50);
    const Envelope& heard = wire.policy.letters.at(0).envelope;
    EXPECT_EQ(heard.ret, DsnReturn::headers);
    EXPECT_EQ(heard.id, "a+b = c");
    EXPECT_EQ(heard.recipients.at(0).dsn.originalRecipient, wish.originalRecipient);
    EXPECT_TRUE(heard.recipients.at(0).dsn.onSuccess && heard.recipients.at(0).dsn.onFailure && !heard.recipients.at(0).dsn.onDelay);
}

}  // namespace
}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
// A server that turns everybody away at its door, RFC 5321 5.1: for now, and the next MX is tried in the same attempt; for good, and that is an answer. No server of ours ever
// does it, so here stands one that does nothing else.
#include <gmock/gmock.h>

#include "sim/host/mail_server.h"
#include "sim/host/name_service.h"
#include "tests/dns/dns_kit.h"
#include "tests/host/row_kit.h"

namespace mailtrek::host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Doorkeeper final : public Application {
public:
    Doorkeeper(Machine& machine, std::string greeting) : m_machine(machine), m_greeting(std::move(greeting)) { m_machine.listen(25, this); }
    void onAccepted(std::uint16_t, SocketId socket) override {
        if (!m_greeting.empty()) m_machine.write(socket, Slice::copyOf(m_greeting + "\r\n"));
    }
    void onReadable(SocketId socket) override {
        heard += m_machine.read(socket);
        if (lingers && heard.ends_with("QUIT\r\n")) m_machine.write(socket, Slice::copyOf(std::string_view("221 Bye\r\n")));
    }
    void onPeerClosed(SocketId socket) override {
        if (!lingers) m_machine.close(socket);
    }
    std::string heard;
    bool lingers = false;  // answers QUIT, and never closes its side

private:
    Machine& m_machine;
    std::string m_greeting;
};

// norte - b, which is name server and second MX of sur.example - the first MX, whose doorkeeper says `greeting`.
struct Street : Row {
    explicit Street(const std::string& greeting) {
        world.newNotice = [](MailId) { return MailId{1}; };
        dns::Zone zone(dns::Name::of("sur.example"), dns::soaWith(60));
        for (const dns::ResourceRecord& record : {dns::mxRecord("sur.example", 10, "first.sur.example"), dns::mxRecord("sur.example", 20, "second.sur.example"),
                                                  dns::aRecord("first.sur.example", kServer), dns::aRecord("second.sur.example", address(0, 1))})
            EXPECT_FALSE(zone.add(record));
        router().run<NameService>(router(), dns::NameServer({zone}, true), nullptr);
        norte = &serve(client(), "norte.example", "ana@norte.example");
        second = &serve(router(), "sur.example", "luis@sur.example");
        doorkeeper = &server().run<Doorkeeper>(server(), greeting);
    }
    MailServer& serve(Machine& machine, const std::string& domain, const std::string& person) {
        MailServerOptions options;
        options.mta.hostName = "mail." + domain;
        options.mta.domains = {domain};
        options.mailboxes.emplace_back(person, std::nullopt);
        auto& resolver = machine.run<ResolverService>(machine, dns::ResolverOptions{.servers = {address(0, 1)}});
        auto& mail = machine.run<MailServer>(machine, resolver, options);
        mail.announce();
        return mail;
    }
    // A letter from Ana to Luis, taken over by norte.
    void letter() {
        const Slice octets = Slice::copyOf(std::string_view("Subject: Hola\r\n\r\nHola\r\n"));
        mail::Envelope envelope;
        envelope.from = "ana@norte.example";
        norte->mta().accept(envelope, {{mail::EnvelopeRecipient{"luis@sur.example", {}}, MailId{0}, 0}}, octets, world.tracer.message(octets), world.simulator.now());
        client().timersChanged();
        run(passed += 1min);
    }
    std::vector<std::string> failures() const {
        std::vector<std::string> found;
        for (const trace::AttemptFailed& e : all<trace::AttemptFailed>()) found.emplace_back(recording.text(e.detail));
        return found;
    }

    Duration passed{};
    MailServer *norte = nullptr, *second = nullptr;
    Doorkeeper* doorkeeper = nullptr;
};

TEST(TurnedAway, AGreetingOf4yzLeadsToTheNext) {
    for (const char* greeting : {"450 4.3.2 busy, come back later", "421 4.3.2 closing"}) {
        Street street(greeting);
        street.letter();
        EXPECT_EQ(street.second->mta().mailbox("luis@sur.example")->messages().size(), 1u) << greeting;
        EXPECT_TRUE(street.norte->mta().queue().empty()) << "in one attempt";
        EXPECT_THAT(street.failures(), IsEmpty());
        EXPECT_THAT(street.all<trace::AttemptStarted>(), SizeIs(1));
        EXPECT_THAT(street.doorkeeper->heard, testing::Not(HasSubstr("MAIL"))) << "nothing was said at the closed door but goodbye";
    }
}

// The 221 of the first comes when the second is already talked to; and the first connection is still there when the letter is long delivered.
TEST(TurnedAway, WhatTheFirstStillSaysIsNotTakenForTheSecond) {
    Street street("450 4.3.2 busy, come back later");
    street.doorkeeper->lingers = true;
    street.letter();
    EXPECT_EQ(street.second->mta().mailbox("luis@sur.example")->messages().size(), 1u);
    EXPECT_TRUE(street.norte->mta().queue().empty());
    EXPECT_THAT(street.failures(), IsEmpty());
    EXPECT_THAT(street.doorkeeper->heard, HasSubstr("QUIT"));
    for (int more = 0; more < 3; ++more) street.letter();
    EXPECT_EQ(street.second->mta().mailbox("luis@sur.example")->messages().size(), 4u);
}

TEST(TurnedAway, AGreetingOf5yzIsAnAnswer) {
    Street street("554 5.3.2 no mail service here");
    street.letter();
    EXPECT_THAT(street.second->mta().mailbox("luis@sur.example")->messages(), IsEmpty());
    EXPECT_THAT(street.failures(), ElementsAre("554 5.3.2 no mail service here"));
    const auto& notices = street.norte->mta().mailbox("ana@norte.example")->messages();
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_THAT(std::string(notices[0].octets.text()), HasSubstr("\r\nStatus: 5.3.2\r\n"));
}

TEST(TurnedAway, SilenceAtTheDoorIsWaitedForAndThenTheNextIsTried) {  // RFC 5321 4.5.3.2.1: 5 minutes
    Street street("");
    street.letter();
    street.run(4min + 59s);
    EXPECT_THAT(street.second->mta().mailbox("luis@sur.example")->messages(), IsEmpty()) << "patience";
    street.run(5min + 5s);
    EXPECT_EQ(street.second->mta().mailbox("luis@sur.example")->messages().size(), 1u);
    EXPECT_TRUE(street.norte->mta().queue().empty());
}

}  // namespace
}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// Forged answers on the wire (RFC 5452): packets that bear the name server's address reach the machine of the resolver before the true answer does. The router in between plays the
// forger. A wrong ID, a wrong port and a wrong question are refused, and the recording tells it; a wrong port of the resolver reaches nobody.
#include <gmock/gmock.h>

#include "sim/host/name_service.h"
#include "tests/dns/dns_kit.h"
#include "tests/host/row_kit.h"

namespace mailtrek::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using trace::DnsFlaw;

const dns::Name kSur = dns::Name::of("sur.example");

struct Poisoning : Row {
    Poisoning() {
        dns::Zone zone(kSur, dns::soaWith(60));
        EXPECT_FALSE(zone.add(dns::mxRecord("sur.example", 10, "sur.sur.example", 60)));
        server().run<NameService>(server(), dns::NameServer({zone}, true), nullptr);
        resolver = &client().run<ResolverService>(client(), dns::ResolverOptions{.servers = {kServer}});
    }

    void ask() {
        resolver->ask(kSur, dns::Type::mx, {}, [this](const ResolverService::Reply& reply) {
            if (const auto* answer = std::get_if<dns::Answer>(&reply)) answers.push_back(dns::recordsText(*answer));
        });
    }
    // The query as it lies on the wire.
    dns::Message query() const { return dns::decode(recording.store().packet(all<trace::DnsQuery>().back().packet).packet.payload.bytes()).value(); }
    std::uint16_t queryPort() const { return recording.store().packet(all<trace::DnsQuery>().back().packet).packet.udp()->sourcePort; }
    dns::Message lie() const {
        dns::Message message = query();
        message.response = message.authoritative = true;
        message.answers = {dns::mxRecord("sur.example", 1, "evil.test", 86400)};
        return message;
    }
    void forge(const dns::Message& message, std::uint16_t fromPort, std::uint16_t toPort, wire::Ipv4Address from = kServer) {
        net::FlightPtr flight = router().ip().newFlight();
        flight->packet.ip.source = from;
        flight->packet.ip.destination = kClient;
        flight->packet.transport = wire::UdpHeader{fromPort, toPort};
        flight->packet.payload = dns::octetsOf(message);
        router().ip().send(std::move(flight), world.simulator.now());
    }
    std::vector<DnsFlaw> flaws() const {
        std::vector<DnsFlaw> found;
        for (const trace::DnsRejected& e : all<trace::DnsRejected>()) found.push_back(e.flaw);
        return found;
    }

    ResolverService* resolver = nullptr;
    std::vector<std::string> answers;
};

TEST(ForgedDns, IsRefusedByIdPortSenderAndQuestionAndTheTruthIsBelieved) {
    Poisoning net;
    net.ask();
    net.run(1ms);  // the query is on its way: 10 ms to the router and 10 ms more to the server
    ASSERT_THAT(net.all<trace::DnsQuery>(), SizeIs(1));
    const std::uint16_t port = net.queryPort();
    dns::Message wrongId = net.lie(), otherQuestion = net.lie();
    wrongId.id = static_cast<std::uint16_t>(wrongId.id ^ 1);
    otherQuestion.questions[0].name = dns::Name::of("norte.example");
    net.forge(wrongId, dns::kPort, port);
    net.forge(net.lie(), 5353, port);                                        // everything right, but from a port where no name server speaks
    net.forge(net.lie(), dns::kPort, port, wire::Ipv4Address{0x06060606u});  // from somebody who was not asked
    net.forge(otherQuestion, dns::kPort, port);
    net.forge(net.lie(), dns::kPort, static_cast<std::uint16_t>(port ^ 1));  // a guess at the port
    net.run(25ms);
    EXPECT_THAT(net.answers, IsEmpty()) << "the forgeries are here, the true answer is not";
    EXPECT_THAT(net.flaws(), ElementsAre(DnsFlaw::wrongId, DnsFlaw::wrongSender, DnsFlaw::wrongSender, DnsFlaw::wrongQuestion));
    std::size_t refused = 0;
    for (const trace::PacketDropped& drop : net.all<trace::PacketDropped>()) refused += drop.reason == trace::DropReason::portClosed ? 1 : 0;
    EXPECT_EQ(refused, 1u) << "nobody listens on the port that was guessed";
    net.run(1s);
    EXPECT_THAT(net.answers, ElementsAre("10 sur.sur.example"));
    net.ask();
    net.run(2s);
    EXPECT_THAT(net.answers, ElementsAre("10 sur.sur.example", "10 sur.sur.example"));
    EXPECT_THAT(net.all<trace::DnsQuery>(), SizeIs(1)) << "and the cache holds the truth";
}

TEST(ForgedDns, EveryRefusalNamesThePacketThatItIsAbout) {
    Poisoning net;
    net.ask();
    net.run(1ms);
    dns::Message wrongId = net.lie();
    wrongId.id = static_cast<std::uint16_t>(wrongId.id ^ 0x8000);
    net.forge(wrongId, dns::kPort, net.queryPort());
    net.run(25ms);
    const auto refusals = net.all<trace::DnsRejected>();
    ASSERT_THAT(refusals, SizeIs(1));
    const wire::Packet& forged = net.recording.store().packet(refusals[0].packet).packet;
    EXPECT_EQ(forged.ip.source, Row::kServer) << "that is what makes it a forgery";
    EXPECT_EQ(dns::decode(forged.payload.bytes()).value().id, wrongId.id);
    EXPECT_EQ(net.recording.text(refusals[0].name), "sur.example");
}

// The only thing that helps a forger is to know both: then even our resolver believes it. That is why they cannot be guessed.
TEST(ForgedDns, WhoKnowsIdAndPortIsBelieved) {
    Poisoning net;
    net.ask();
    net.run(1ms);
    net.forge(net.lie(), dns::kPort, net.queryPort());
    net.run(1s);
    EXPECT_THAT(net.answers, ElementsAre("1 evil.test"));
}

}  // namespace
}  // namespace mailtrek::host

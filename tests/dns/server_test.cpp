// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/server.h"

#include <gtest/gtest.h>

#include "tests/dns/dns_kit.h"

namespace mailtrek::dns {
namespace {

Zone surZone() {
    Zone zone(Name::of("sur.example"), soaWith(60), 300);
    for (const ResourceRecord& record :
         {mxRecord("sur.example", 10, "sur.sur.example"), mxRecord("sur.example", 20, "norte.norte.example"), aRecord("sur.sur.example", ip(10, 0, 0, 1)),
          cnameRecord("www.sur.example", "sur.sur.example"), cnameRecord("mail.sur.example", "norte.norte.example"), cnameRecord("lost.sur.example", "nobody.norte.example"),
          cnameRecord("ring1.sur.example", "ring2.sur.example"), cnameRecord("ring2.sur.example", "ring1.sur.example"), cnameRecord("self.sur.example", "self.sur.example"),
          cnameRecord("away.sur.example", "www.elsewhere.test"), aRecord("deep.below.sur.example", ip(10, 0, 0, 9)), mxRecord("*.wild.sur.example", 5, "sur.sur.example"),
          makeRecord(Name::of("null.sur.example"), 60, MxRecord{0, Name{}})})
        EXPECT_FALSE(zone.add(record)) << dataText(record);
    return zone;
}

Zone norteZone() {
    Zone zone(Name::of("norte.example"), soaWith(3600));
    EXPECT_FALSE(zone.add(aRecord("norte.norte.example", ip(10, 0, 1, 1))));
    return zone;
}

NameServer server() { return NameServer({surZone(), norteZone()}); }

Message ask(const NameServer& server, const Message& query, Instant now = at(0), Via via = Via::udp) {
    const std::optional<Slice> octets = server.answer(octetsOf(query), now, via);
    EXPECT_TRUE(octets);
    const Result<Message> response = decode(octets.value_or(Slice{}).bytes());
    EXPECT_TRUE(response.ok());
    return response.ok() ? *response : Message{};
}

Message ask(std::string_view name, Type type) { return ask(server(), queryFor(name, type)); }

TEST(NameServer, EchoesIdAndQuestionAndSetsTheFlags) {
    Message query = queryFor("SUR.example", Type::mx, 0xbeef);
    const Message response = ask(server(), query);
    EXPECT_EQ(response.id, 0xbeef);
    EXPECT_EQ(response.questions.at(0).name.text(), "SUR.example");  // in the case it came in
    EXPECT_TRUE(response.response);
    EXPECT_TRUE(response.authoritative);
    EXPECT_TRUE(response.recursionDesired);
    EXPECT_TRUE(response.recursionAvailable);
    EXPECT_FALSE(response.truncated);
    EXPECT_FALSE(response.edns);
    query.recursionDesired = false;
    EXPECT_FALSE(ask(server(), query).recursionDesired);
}

TEST(NameServer, MxCarriesPreferencesAndAdditionalAddresses) {
    const Message response = ask("sur.example", Type::mx);
    EXPECT_EQ(texts(response.answers), "10 sur.sur.example, 20 norte.norte.example");
    EXPECT_EQ(texts(response.additional), "10.0.0.1, 10.0.1.1");
    EXPECT_EQ(texts(ask("null.sur.example", Type::mx).answers), "0 .");
}

TEST(NameServer, NoSuchNameComesWithTheSoa) {
    const Message response = ask("nobody.sur.example", Type::a);
    EXPECT_EQ(response.rcode, Rcode::nameError);
    EXPECT_TRUE(response.authoritative);
    ASSERT_EQ(response.authority.size(), 1u);
    EXPECT_EQ(response.authority[0].type, Type::soa);
    EXPECT_EQ(response.authority[0].name, Name::of("sur.example"));
    EXPECT_EQ(response.authority[0].ttl, 60u);  // min(300, 60)
}

TEST(NameServer, AnExistingNameWithoutTheTypeIsNoData) {
    for (const char* name : {"sur.sur.example", "below.sur.example"}) {  // the second exists because of a name below it
        const Message response = ask(name, Type::txt);
        EXPECT_EQ(response.rcode, Rcode::noError) << name;
        EXPECT_TRUE(response.answers.empty());
        ASSERT_EQ(response.authority.size(), 1u);
        EXPECT_EQ(response.authority[0].type, Type::soa);
    }
}

TEST(NameServer, FollowsAliasesWithinAndAcrossItsZones) {
    EXPECT_EQ(texts(ask("www.sur.example", Type::a).answers), "sur.sur.example, 10.0.0.1");
    EXPECT_EQ(texts(ask("mail.sur.example", Type::a).answers), "norte.norte.example, 10.0.1.1");
    EXPECT_EQ(texts(ask("www.sur.example", Type::cname).answers), "sur.sur.example");
    EXPECT_EQ(texts(ask("away.sur.example", Type::a).answers), "www.elsewhere.test");
    const Message lost = ask("lost.sur.example", Type::a);
    EXPECT_EQ(lost.rcode, Rcode::nameError);
    EXPECT_EQ(texts(lost.answers), "nobody.norte.example");
    EXPECT_EQ(lost.authority.at(0).name, Name::of("norte.example"));
}

TEST(NameServer, ACircleOfAliasesEnds) {
    EXPECT_EQ(texts(ask("ring1.sur.example", Type::a).answers), "ring2.sur.example, ring1.sur.example");
    EXPECT_EQ(texts(ask("self.sur.example", Type::a).answers), "self.sur.example");
}

TEST(NameServer, WildcardsStandForNamesThatDoNotExist) {  // RFC 1034 4.3.3
    const Message response = ask("any.thing.wild.sur.example", Type::mx);
    EXPECT_EQ(texts(response.answers), "5 sur.sur.example");
    EXPECT_EQ(response.answers.at(0).name, Name::of("any.thing.wild.sur.example"));
    EXPECT_EQ(ask("wild.sur.example", Type::mx).answers.size(), 0u);
    EXPECT_EQ(ask("any.wild.sur.example", Type::a).rcode, Rcode::noError);
}

TEST(NameServer, RefusesWhatItDoesNotServe) {
    EXPECT_EQ(ask("other.test", Type::a).rcode, Rcode::refused);
    Message chaos = queryFor("sur.example", Type::txt);
    chaos.questions[0].klass = 3;
    EXPECT_EQ(ask(server(), chaos).rcode, Rcode::refused);
    EXPECT_EQ(ask("sur.example", Type{252}).rcode, Rcode::notImplemented);  // AXFR
    Message update = queryFor("sur.example", Type::soa);
    update.opcode = Opcode::update;
    const Message response = ask(server(), update);
    EXPECT_EQ(response.rcode, Rcode::notImplemented);
    EXPECT_EQ(response.opcode, Opcode::update);
}

TEST(NameServer, SaysFormErrToWhatItCannotReadAndNothingToResponses) {
    const std::string broken = encode(queryFor("sur.example", Type::a)).substr(0, 20);
    const std::optional<Slice> octets = server().answer(Slice::copyOf(broken), at(0));
    ASSERT_TRUE(octets);
    const Result<Message> response = decode(octets->bytes());
    ASSERT_TRUE(response.ok());
    EXPECT_EQ(response->rcode, Rcode::formatError);
    EXPECT_EQ(response->id, 0x1234);

    Message two = queryFor("sur.example", Type::a);
    two.questions.push_back(two.questions[0]);
    EXPECT_EQ(ask(server(), two).rcode, Rcode::formatError);
    two.questions.clear();
    EXPECT_EQ(ask(server(), two).rcode, Rcode::formatError);

    Message echo = queryFor("sur.example", Type::a);
    echo.response = true;
    EXPECT_FALSE(server().answer(octetsOf(echo), at(0)));
    EXPECT_FALSE(server().answer(Slice::copyOf(std::string_view("short")), at(0)));
}

NameServer bigServer(int targets, bool addresses) {
    Zone zone(Name::of("big.example"), soaWith(60));
    for (int i = 0; i < targets; ++i) {
        const std::string host = "mx" + std::to_string(i) + ".big.example";
        zone.add(mxRecord("big.example", 10, host));
        if (addresses) zone.add(aRecord(host, ip(10, 0, 0, static_cast<unsigned>(i))));
    }
    return NameServer({zone});
}

TEST(NameServer, Over512OctetsWithoutEdnsTcIsSet) {
    const Message query = queryFor("big.example", Type::mx);
    const Message cut = ask(bigServer(40, false), query);
    EXPECT_TRUE(cut.truncated);
    EXPECT_LE(bigServer(40, false).answer(octetsOf(query), at(0))->size(), 512u);
    EXPECT_EQ(ask(bigServer(40, false), query, at(0), Via::tcp).answers.size(), 40u);

    Message withEdns = query;
    withEdns.edns.emplace().udpSize = 1232;
    const Message whole = ask(bigServer(40, false), withEdns);
    EXPECT_FALSE(whole.truncated);
    EXPECT_EQ(whole.answers.size(), 40u);
    ASSERT_TRUE(whole.edns);
    withEdns.edns->udpSize = 100;  // RFC 6891 6.2.3: less than 512 counts as 512
    EXPECT_EQ(ask(bigServer(10, false), withEdns).answers.size(), 10u);
}

TEST(NameServer, AdditionalRecordsAreLeftOutBeforeTcIsSet) {  // RFC 2181 9
    const Message query = queryFor("big.example", Type::mx);
    const Message response = ask(bigServer(18, true), query);
    EXPECT_FALSE(response.truncated);
    EXPECT_EQ(response.answers.size(), 18u);
    EXPECT_GT(response.additional.size(), 0u);
    EXPECT_LT(response.additional.size(), 18u);
    const std::uint32_t size = bigServer(18, true).answer(octetsOf(query), at(0))->size();
    EXPECT_LE(size, 512u);
    EXPECT_GT(size + 16, 512u);  // one more address would not have fitted
}

TEST(NameServer, EdnsOfALaterVersionIsBadvers) {
    Message query = queryFor("sur.example", Type::mx);
    query.edns.emplace().version = 1;
    const Message response = ask(server(), query);
    ASSERT_TRUE(response.edns);
    EXPECT_EQ(response.edns->extendedRcode, 1);
    EXPECT_TRUE(response.answers.empty());
}

TEST(NameServer, FailsInTheWayAndForTheTimeItIsTold) {
    NameServer dns = server();
    const Message query = queryFor("sur.example", Type::mx);
    dns.fail(FailureMode::servfail, at(10));
    EXPECT_EQ(ask(dns, query, at(9.999)).rcode, Rcode::serverFailure);
    EXPECT_EQ(ask(dns, query, at(10)).rcode, Rcode::noError);

    dns.fail(FailureMode::nxdomain, at(20));
    const Message lie = ask(dns, query, at(11));
    EXPECT_EQ(lie.rcode, Rcode::nameError);
    EXPECT_EQ(lie.authority.size(), 1u);
    EXPECT_TRUE(lie.answers.empty());

    dns.fail(FailureMode::silence, at(30));
    EXPECT_FALSE(dns.answer(octetsOf(query), at(21)));
    EXPECT_FALSE(dns.answer(octetsOf(query), at(21), Via::tcp));

    dns.fail(FailureMode::truncate, at(40));
    EXPECT_TRUE(ask(dns, query, at(31)).truncated);
    EXPECT_TRUE(ask(dns, query, at(31)).answers.empty());
    EXPECT_EQ(ask(dns, query, at(31), Via::tcp).answers.size(), 2u);

    dns.fail(FailureMode::none, at(40));
    EXPECT_EQ(ask(dns, query, at(32)).answers.size(), 2u);
}

TEST(Zone, RefusesWhatNoZoneHolds) {
    Zone zone(Name::of("sur.example"), soaWith(60));
    EXPECT_TRUE(zone.add(aRecord("norte.example", ip(10, 0, 0, 1))));
    EXPECT_TRUE(zone.add(makeRecord(Name::of("sur.example"), 1, soaWith(1))));
    EXPECT_FALSE(zone.add(cnameRecord("www.sur.example", "a.test")));
    EXPECT_TRUE(zone.add(cnameRecord("www.sur.example", "b.test")));
    EXPECT_FALSE(zone.add(cnameRecord("www.sur.example", "a.test")));  // the same again does no harm
    EXPECT_TRUE(zone.add(aRecord("www.sur.example", ip(10, 0, 0, 1))));
    EXPECT_TRUE(zone.add(cnameRecord("sur.example", "a.test")));  // the SOA stands there
    EXPECT_EQ(zone.lookup(Name::of("www.sur.example"), Type::a).kind, LookupKind::alias);
}

TEST(Zone, ASetHasOneTtl) {  // RFC 2181 5.2
    Zone zone(Name::of("sur.example"), soaWith(60));
    zone.add(aRecord("h.sur.example", ip(10, 0, 0, 1), 300));
    zone.add(aRecord("h.sur.example", ip(10, 0, 0, 2), 60));
    for (const ResourceRecord& record : zone.exact(Name::of("h.sur.example"), Type::a)) EXPECT_EQ(record.ttl, 60u);
}

}  // namespace
}  // namespace mailtrek::dns

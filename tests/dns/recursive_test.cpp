// SPDX-License-Identifier: GPL-3.0-or-later
// A recursive resolver on its way from the root down: a root, the TLD `example`, two providers, each dialogue one behaviour.
#include <gmock/gmock.h>

#include <set>

#include "tests/dns/name_world.h"

namespace mailtrek::dns {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const auto kRoot = ip(10, 0, 0, 1), kTld = ip(10, 0, 0, 2), kSur1 = ip(10, 0, 1, 1), kSur2 = ip(10, 0, 1, 2), kNorte = ip(10, 0, 2, 1);

std::vector<Delegation> rootHint() { return {{.zone = Name{}, .servers = {Name::of("root")}, .addresses = {{Name::of("root"), {kRoot}}}}}; }

std::vector<Zone> surZones() {
    return {zoneOf("sur.example", {nsRecord("sur.example", "ns1.sur.example"), nsRecord("sur.example", "ns2.sur.example"), aRecord("ns1.sur.example", kSur1),
                                   aRecord("ns2.sur.example", kSur2), mxRecord("sur.example", 10, "mx.sur.example", 100), aRecord("mx.sur.example", ip(10, 5, 5, 5), 100),
                                   cnameRecord("www.sur.example", "web.norte.example", 50), cnameRecord("ring.sur.example", "ring.norte.example"),
                                   cnameRecord("lost.sur.example", "nobody.norte.example"), makeRecord(Name::of("sur.example"), 60, TxtRecord{{"v=spf1 mx -all"}})})};
}

struct World : NameWorld {
    World() : NameWorld(rootHint()) {
        serve(kRoot, {zoneOf(".", {nsRecord("example", "tld.example"), aRecord("tld.example", kTld)})});
        serve(kTld, {zoneOf("example", {nsRecord("example", "tld.example"), aRecord("tld.example", kTld), nsRecord("sur.example", "ns1.sur.example"),
                                        nsRecord("sur.example", "ns2.sur.example"), aRecord("ns1.sur.example", kSur1), aRecord("ns2.sur.example", kSur2),
                                        nsRecord("norte.example", "ns.norte.example"), aRecord("ns.norte.example", kNorte)})});
        serve(kSur1, surZones());
        serve(kSur2, surZones());
        serve(kNorte, {zoneOf("norte.example", {nsRecord("norte.example", "ns.norte.example"), aRecord("ns.norte.example", kNorte),
                                                aRecord("web.norte.example", ip(10, 6, 6, 6), 80), cnameRecord("ring.norte.example", "ring.sur.example")}),
                       zoneOf("2.0.10.in-addr.arpa", {makeRecord(Name::of("1.2.0.10.in-addr.arpa"), 60, PtrRecord{Name::of("ns.norte.example")})})});
    }
    NameServer& at(wire::Ipv4Address address) { return servers.at(address.value); }
    void fail(wire::Ipv4Address address, FailureMode mode) { at(address).fail(mode, dns::at(1e6)); }
};

TEST(Recursive, GoesFromTheRootDownAlongReferrals) {  // RFC 1034 5.3.3
    World w;
    const Answer answer = w.ask("sur.example", Type::mx);
    EXPECT_EQ(answer.kind, AnswerKind::records);
    EXPECT_EQ(recordsText(answer), "10 mx.sur.example");
    EXPECT_EQ(texts(answer.additional), "10.5.5.5");
    EXPECT_FALSE(answer.fromCache);
    EXPECT_THAT(w.asked, ElementsAre("10.0.0.1 sur.example MX asked", "10.0.0.2 sur.example MX referral", "10.0.1.1 sur.example MX referral"));
    ASSERT_THAT(w.referrals, SizeIs(2));
    EXPECT_EQ(w.referrals[0].zone, Name::of("example"));
    EXPECT_THAT(w.referrals[1].servers, ElementsAre(Name::of("ns1.sur.example"), Name::of("ns2.sur.example")));
    EXPECT_EQ(w.resolver.underWay(), 0u);
}

TEST(Recursive, AsksWithoutRecursionAndWithEdns) {
    World w;
    w.ask("sur.example", Type::mx);
    std::set<std::pair<std::uint16_t, std::uint16_t>> ids;
    for (const Send& send : w.sends) {
        const Message query = decode(send.octets.bytes()).value();
        EXPECT_FALSE(query.recursionDesired);
        ASSERT_TRUE(query.edns);
        EXPECT_EQ(query.edns->udpSize, 1232);
        EXPECT_EQ(query.id, send.id);
        EXPECT_GE(send.sourcePort, 49152);
        ids.emplace(send.id, send.sourcePort);
    }
    EXPECT_EQ(ids.size(), 3u) << "each query has its own dice";
}

TEST(Recursive, RemembersAnswersAndWhoServesWhatForTheirTtl) {  // checklist DNS 5
    World w;
    w.ask("sur.example", Type::mx);
    w.asked.clear();
    w.now = at(100);
    EXPECT_TRUE(w.ask("sur.example", Type::mx).fromCache);
    EXPECT_THAT(w.asked, IsEmpty());
    w.now = at(101);
    EXPECT_FALSE(w.ask("sur.example", Type::mx).fromCache);
    EXPECT_THAT(w.asked, ElementsAre("10.0.1.1 sur.example MX asked")) << "its servers are still known";
    w.asked.clear();
    w.now = at(3601);
    w.ask("sur.example", Type::mx);
    EXPECT_THAT(w.asked, SizeIs(3)) << "the delegations ran out";
}

TEST(Recursive, TheTtlThatIsLeftGoesOut) {
    World w;
    w.ask("sur.example", Type::mx);
    w.now = at(30);
    EXPECT_EQ(w.ask("sur.example", Type::mx).records.at(0).ttl, 70u);
}

TEST(Recursive, RemembersThatThereIsNothing) {  // checklist DNS 6: min(SOA TTL 300, minimum 60)
    World w;
    const Answer gone = w.ask("nobody.sur.example", Type::a);
    EXPECT_EQ(gone.kind, AnswerKind::noSuchName);
    EXPECT_EQ(gone.rcode, Rcode::nameError);
    ASSERT_TRUE(gone.soa);
    EXPECT_EQ(gone.soa->ttl, 60u);
    const Answer nothing = w.ask("mx.sur.example", Type::txt);
    EXPECT_EQ(nothing.kind, AnswerKind::noData);
    w.asked.clear();
    w.now = at(60);
    EXPECT_EQ(w.ask("nobody.sur.example", Type::mx).kind, AnswerKind::noSuchName) << "NXDOMAIN holds for every type";
    EXPECT_EQ(w.ask("mx.sur.example", Type::txt).kind, AnswerKind::noData);
    EXPECT_THAT(w.asked, IsEmpty());
    w.now = at(61);
    w.ask("nobody.sur.example", Type::a);
    EXPECT_THAT(w.asked, SizeIs(1));
}

TEST(Recursive, FollowsAnAliasIntoAnotherZone) {  // checklist DNS 8
    World w;
    const Answer answer = w.ask("www.sur.example", Type::a);
    EXPECT_EQ(texts(answer.aliases), "web.norte.example");
    EXPECT_EQ(recordsText(answer), "10.6.6.6");
    EXPECT_EQ(w.asked.back(), "10.0.2.1 web.norte.example A referral");
    w.now = at(51);  // the alias ran out, what it leads to did not
    w.asked.clear();
    EXPECT_EQ(recordsText(w.ask("www.sur.example", Type::a)), "10.6.6.6");
    EXPECT_THAT(w.asked, ElementsAre("10.0.1.1 www.sur.example A asked"));
}

TEST(Recursive, AnAliasToNowhereIsNoSuchName) {
    World w;
    const Answer answer = w.ask("lost.sur.example", Type::a);
    EXPECT_EQ(answer.kind, AnswerKind::noSuchName);
    EXPECT_EQ(texts(answer.aliases), "nobody.norte.example");
    EXPECT_EQ(answer.soa->name, Name::of("norte.example"));
}

TEST(Recursive, ACircleOfAliasesAcrossZonesEnds) {
    World w;
    const Answer answer = w.ask("ring.sur.example", Type::a);
    EXPECT_EQ(answer.kind, AnswerKind::aliasLoop);
    EXPECT_EQ(answer.rcode, Rcode::serverFailure);
    EXPECT_LT(w.asked.size(), 10u);
}

TEST(Recursive, EveryTypeOfRecord) {
    World w;
    EXPECT_EQ(recordsText(w.ask("sur.example", Type::txt)), "v=spf1 mx -all");
    EXPECT_EQ(recordsText(w.ask("sur.example", Type::ns)), "ns1.sur.example, ns2.sur.example");
    EXPECT_EQ(w.ask("sur.example", Type::soa).records.at(0).type, Type::soa);
    EXPECT_EQ(recordsText(w.ask("www.sur.example", Type::cname)), "web.norte.example");
    EXPECT_EQ(recordsText(w.ask("mx.sur.example", Type::a)), "10.5.5.5");
    w.serve(kRoot, {zoneOf(".", {nsRecord("2.0.10.in-addr.arpa", "ns.norte.example"), aRecord("ns.norte.example", kNorte)})});
    EXPECT_EQ(recordsText(w.ask("1.2.0.10.in-addr.arpa", Type::ptr)), "ns.norte.example");
}

TEST(Recursive, ATldThatDoesNotExist) {
    World w;
    EXPECT_EQ(w.ask("sur.nowhere", Type::mx).kind, AnswerKind::noSuchName);
    EXPECT_THAT(w.asked, SizeIs(1));
}

// --- servers that do not do their part ---------------------------------------------------------------------------------------------

TEST(Recursive, ASilentServerIsAskedInTurnWithBackOffAndThenTheOther) {  // checklist DNS 7
    World w;
    w.fail(kSur1, FailureMode::silence);
    EXPECT_EQ(w.ask("sur.example", Type::mx).kind, AnswerKind::records);
    EXPECT_EQ(w.now, at(2));
    EXPECT_EQ(w.asked.back(), "10.0.1.2 sur.example MX timed-out");
    w.asked.clear();
    w.ask("sur.example", Type::txt);
    EXPECT_THAT(w.asked, ElementsAre("10.0.1.2 sur.example TXT asked")) << "who was silent is not asked first for a while";
    w.asked.clear();
    w.now = at(400);
    w.fail(kSur1, FailureMode::none);
    w.ask("sur.example", Type::mx);
    EXPECT_THAT(w.asked, ElementsAre("10.0.1.1 sur.example MX asked"));
}

TEST(Recursive, SilenceOfAllEndsInServfailAfterThreeRounds) {
    World w;
    w.fail(kSur1, FailureMode::silence);
    w.fail(kSur2, FailureMode::silence);
    const Answer answer = w.ask("sur.example", Type::mx);
    EXPECT_EQ(answer.kind, AnswerKind::serverFailure);
    EXPECT_EQ(answer.rcode, Rcode::serverFailure);
    EXPECT_EQ(w.asked.size(), 2 + 6u);
    EXPECT_EQ(w.now, at(2 + 2 + 4 + 4 + 8 + 8));
    EXPECT_EQ(w.resolver.underWay(), 0u);
}

TEST(Recursive, EveryWayToFailIsPassedOver) {
    for (const FailureMode mode : {FailureMode::servfail, FailureMode::silence, FailureMode::truncate}) {
        World w;
        w.fail(kSur1, mode);
        EXPECT_EQ(recordsText(w.ask("sur.example", Type::mx)), "10 mx.sur.example") << static_cast<int>(mode);
    }
    World w;
    w.fail(kSur1, FailureMode::servfail);
    w.ask("sur.example", Type::mx);
    EXPECT_EQ(w.asked.back(), "10.0.1.2 sur.example MX server-failed");
    ASSERT_THAT(w.rejected, SizeIs(1));
    EXPECT_EQ(w.rejected[0].flaw, Flaw::error);
    EXPECT_EQ(w.rejected[0].rcode, Rcode::serverFailure);
    EXPECT_EQ(w.rejected[0].from, kSur1);
    World both;
    both.fail(kSur1, FailureMode::servfail);
    both.fail(kSur2, FailureMode::servfail);
    EXPECT_EQ(both.ask("sur.example", Type::mx).kind, AnswerKind::serverFailure);
    EXPECT_EQ(both.now, at(0)) << "nobody was waited for";
    World lie;
    lie.fail(kSur1, FailureMode::nxdomain);
    EXPECT_EQ(lie.ask("sur.example", Type::mx).kind, AnswerKind::noSuchName);
}

TEST(Recursive, ATruncatedAnswerIsAskedForOverTcp) {  // checklist DNS 4
    World w;
    w.fail(kSur1, FailureMode::truncate);
    EXPECT_EQ(recordsText(w.ask("sur.example", Type::mx)), "10 mx.sur.example");
    EXPECT_EQ(w.asked.back(), "10.0.1.1 sur.example MX tcp");
}

TEST(Recursive, ALameServerIsPassedOver) {  // RFC 4697 2.1, RFC 2308 2.2.1
    for (const bool refers : {false, true}) {
        World w;
        if (refers)
            w.serve(kSur1, {zoneOf(".", {nsRecord("example", "tld.example"), aRecord("tld.example", kTld)})});  // points upwards
        else
            w.serve(kSur1, {zoneOf("other.example", {})});  // REFUSED
        EXPECT_EQ(recordsText(w.ask("sur.example", Type::mx)), "10 mx.sur.example");
        EXPECT_EQ(w.asked.back(), refers ? "10.0.1.2 sur.example MX lame" : "10.0.1.2 sur.example MX server-failed");
        EXPECT_EQ(w.rejected.at(0).flaw, refers ? Flaw::lame : Flaw::error);
        if (!refers) continue;
        w.asked.clear();
        w.ask("sur.example", Type::txt);
        EXPECT_THAT(w.asked, ElementsAre("10.0.1.2 sur.example TXT asked")) << "and remembered as lame";
    }
}

TEST(Recursive, WithLameServersOnlyItIsServfail) {
    World w;
    w.serve(kSur1, {zoneOf("example", {nsRecord("sur.example", "ns1.sur.example"), aRecord("ns1.sur.example", kSur1)})});  // refers to itself
    w.serve(kSur2, {zoneOf("example", {})});                                                                               // denies in the name of the zone above
    EXPECT_EQ(w.ask("sur.example", Type::mx).kind, AnswerKind::serverFailure);
    EXPECT_THAT(w.rejected, Each(testing::Field(&Rejected::flaw, Flaw::lame)));
    EXPECT_LT(w.asked.size(), 8u);
}

TEST(Recursive, AnAnswerThatIsNotAuthoritativeIsLame) {
    World w;
    w.tamper = [](Message& m, wire::Ipv4Address from) {
        if (from == kSur1) m.authoritative = false;
    };
    w.ask("sur.example", Type::mx);
    EXPECT_EQ(w.asked.back(), "10.0.1.2 sur.example MX lame");
}

TEST(Recursive, AServerThatDoesNotKnowEdnsIsAskedWithoutIt) {  // RFC 6891 7
    World w;
    w.instead = [&w](const Send& send) -> std::optional<Slice> {
        const Message query = decode(send.octets.bytes()).value();
        if (send.server != kSur1 || !query.edns) return std::nullopt;
        Message no = query;
        no.response = true;
        no.edns.reset();
        no.rcode = Rcode::formatError;
        return octetsOf(no);
    };
    EXPECT_EQ(recordsText(w.ask("sur.example", Type::mx)), "10 mx.sur.example");
    EXPECT_EQ(w.asked.back(), "10.0.1.1 sur.example MX without-edns");
    EXPECT_FALSE(decode(w.sends.back().octets.bytes()).value().edns);
}

// --- name servers without an address -----------------------------------------------------------------------------------------------

TEST(Recursive, LooksUpANameServerThatCameWithoutAddress) {
    World w;
    w.serve(kTld, {zoneOf("example", {nsRecord("sur.example", "ns.norte.example"), nsRecord("norte.example", "ns.norte.example"), aRecord("ns.norte.example", kNorte)})});
    w.serve(kRoot, {zoneOf(".", {nsRecord("example", "tld.example"), aRecord("tld.example", kTld), nsRecord("test", "ns.norte.example")})});
    w.serve(kNorte, {zoneOf("norte.example", {aRecord("ns.norte.example", kNorte)}), zoneOf("host.test", {aRecord("host.test", ip(10, 9, 9, 9))}),
                     zoneOf("test", {aRecord("a.test", kTld)})});
    EXPECT_EQ(recordsText(w.ask("a.test", Type::a)), "10.0.0.2");
    EXPECT_THAT(w.asked, ElementsAre("10.0.0.1 a.test A asked", "10.0.0.1 ns.norte.example A server-address", "10.0.0.2 ns.norte.example A referral",
                                     "10.0.2.1 ns.norte.example A referral", "10.0.2.1 a.test A referral"));
}

TEST(Recursive, TwoZonesThatNeedEachOtherAreADeadEnd) {  // RFC 4697 2.3: no glue, no way in
    World w;
    w.serve(kRoot, {zoneOf(".", {nsRecord("a", "ns.b"), nsRecord("b", "ns.a"), nsRecord("c", "ns.c")})});
    for (const char* name : {"x.a", "x.b", "x.c"}) {
        const Answer answer = w.ask(name, Type::a);
        EXPECT_EQ(answer.kind, AnswerKind::serverFailure) << name;
        EXPECT_EQ(w.resolver.underWay(), 0u);
    }
    EXPECT_EQ(w.now, at(0));
}

TEST(Recursive, ADelegationToManyNamesWithoutAddressDoesNotFanOut) {  // as the NXNSAttack does
    World w;
    std::vector<ResourceRecord> records{nsRecord("victim.test", "ns.victim.test"), aRecord("ns.victim.test", kNorte)};
    for (int i = 0; i < 500; ++i) records.push_back(nsRecord("trap", "n" + std::to_string(i) + ".victim.test"));
    w.serve(kRoot, {zoneOf(".", records)});
    w.serve(kNorte, {zoneOf("victim.test", {})});
    EXPECT_EQ(w.ask("x.trap", Type::a).kind, AnswerKind::serverFailure);
    EXPECT_LE(w.asked.size(), 101u);
}

// --- forged answers ------------------------------------------------------------------------------------------------------------------

TEST(Recursive, AForgedAnswerIsRefusedByItsIdPortAddressOrQuestion) {  // RFC 5452
    World w;
    int forged = 0;
    w.before = [&](const Send& send) {
        if (send.server != kSur1) return;
        Message lie = decode(send.octets.bytes()).value();
        lie.response = lie.authoritative = true;
        lie.answers = {mxRecord("sur.example", 1, "evil.test")};
        const auto attempt = [&](const Message& message, wire::Ipv4Address from, std::uint16_t port) {
            w.take(w.resolver.onDatagram(octetsOf(message), from, port, w.now));
            ++forged;
        };
        for (const int guess : {1, 2, 0x8000}) {
            Message wrong = lie;
            wrong.id = static_cast<std::uint16_t>(lie.id ^ guess);
            attempt(wrong, kSur1, send.sourcePort);
        }
        attempt(lie, kSur1, static_cast<std::uint16_t>(send.sourcePort ^ 1));
        attempt(lie, kSur2, send.sourcePort);
        Message other = lie;
        other.questions[0].name = Name::of("norte.example");
        attempt(other, kSur1, send.sourcePort);
    };
    EXPECT_EQ(recordsText(w.ask("sur.example", Type::mx)), "10 mx.sur.example");
    EXPECT_EQ(forged, 6);
    std::multiset<Flaw> flaws;
    for (const Rejected& no : w.rejected) flaws.insert(no.flaw);
    EXPECT_EQ(flaws, (std::multiset<Flaw>{Flaw::wrongId, Flaw::wrongId, Flaw::wrongId, Flaw::wrongSender, Flaw::wrongQuestion}));  // the wrong port reaches nobody
    EXPECT_EQ(recordsText(w.ask("sur.example", Type::mx)), "10 mx.sur.example");
}

TEST(Recursive, AServerIsBelievedAboutItsOwnZoneOnly) {  // RFC 2181 5.4.1: what Kashpureff did in 1997
    World w;
    w.tamper = [](Message& m, wire::Ipv4Address from) {
        if (from != kSur1) return;
        m.answers.push_back(aRecord("web.norte.example", ip(6, 6, 6, 6)));
        m.authority.push_back(nsRecord("norte.example", "evil.sur.example"));
        m.authority.push_back(nsRecord("example", "evil.sur.example"));
        m.additional.push_back(aRecord("ns.norte.example", ip(6, 6, 6, 6)));
    };
    EXPECT_EQ(recordsText(w.ask("sur.example", Type::mx)), "10 mx.sur.example");
    ASSERT_THAT(w.rejected, SizeIs(1));
    EXPECT_EQ(w.rejected[0].flaw, Flaw::outOfZone);
    EXPECT_EQ(recordsText(w.ask("web.norte.example", Type::a)), "10.6.6.6");
    EXPECT_EQ(recordsText(w.ask("www.sur.example", Type::a)), "10.6.6.6") << "nor is an address behind an alias taken from there";
}

TEST(Recursive, AReferralUpwardsOrSidewaysTeachesNothing) {
    World w;
    w.tamper = [](Message& m, wire::Ipv4Address from) {
        if (from != kTld) return;
        for (ResourceRecord& record : m.authority) record.name = Name{};
    };
    EXPECT_EQ(w.ask("sur.example", Type::mx).kind, AnswerKind::serverFailure);
    ASSERT_NE(w.resolver.delegations().nearest(Name{}, w.now), nullptr);
    EXPECT_THAT(w.resolver.delegations().nearest(Name{}, w.now)->servers, ElementsAre(Name::of("root")));
}

// --- questions side by side ------------------------------------------------------------------------------------------------------------

TEST(Recursive, TheSameQuestionIsAskedOnceAndAnsweredToAll) {
    World w;
    w.fail(kRoot, FailureMode::silence);
    w.take(w.resolver.ask(Name::of("sur.example"), Type::mx, 1, w.now));
    w.take(w.resolver.ask(Name::of("SUR.example"), Type::mx, 2, w.now));
    EXPECT_THAT(w.asked, SizeIs(1));
    w.fail(kRoot, FailureMode::none);
    w.take(w.resolver.onTimer(at(2)));
    ASSERT_THAT(w.answers, SizeIs(2));
    EXPECT_EQ(w.answers[0].token, 1u);
    EXPECT_EQ(w.answers[1].token, 2u);
}

TEST(Recursive, ItsPatienceEnds) {
    World w;
    for (const auto server : {kRoot, kTld, kSur1, kSur2}) w.fail(server, FailureMode::silence);
    w.take(w.resolver.ask(Name::of("sur.example"), Type::mx, 1, w.now));
    int rounds = 0;
    for (; w.answers.empty() && rounds < 100; ++rounds) {
        w.now = *w.resolver.nextDeadline();
        if (w.now == at(2)) w.fail(kRoot, FailureMode::none);
        w.take(w.resolver.onTimer(w.now));
    }
    EXPECT_EQ(w.answers.at(0).kind, AnswerKind::serverFailure);
    EXPECT_LE(w.now, at(30));
    EXPECT_FALSE(w.resolver.nextDeadline());
}

TEST(Recursive, WithoutHintsThereIsNobodyToAsk) {
    NameWorld w({});
    EXPECT_EQ(w.ask("sur.example", Type::mx).kind, AnswerKind::serverFailure);
}

TEST(Recursive, ACrashForgetsEverything) {
    World w;
    w.ask("sur.example", Type::mx);
    w.resolver.reset();
    w.asked.clear();
    w.ask("sur.example", Type::mx);
    EXPECT_THAT(w.asked, SizeIs(3));
}

}  // namespace
}  // namespace mailtrek::dns

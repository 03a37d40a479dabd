// SPDX-License-Identifier: GPL-3.0-or-later
// The resolver as a dialogue with one or two servers, without a network.
#include "sim/dns/stub_resolver.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/dns/dns_kit.h"

namespace mailtrek::dns {
namespace {

const wire::Ipv4Address kFirst = ip(10, 0, 0, 53), kSecond = ip(10, 0, 1, 53);

class Dialogue {
public:
    explicit Dialogue(std::vector<wire::Ipv4Address> servers = {kFirst}, std::uint64_t seed = 7) : resolver({.servers = std::move(servers), .seed = seed, .host = 99}) {}

    void asks(std::string_view name, Type type, double t, Token token = 1) { take(resolver.ask(Name::of(name), type, token, at(t))); }
    void timer(double t) { take(resolver.onTimer(at(t))); }
    // The server's answer to the last query sent, changed before it goes out.
    void hears(const std::function<void(Message&)>& fill, double t) { take(resolver.onDatagram(reply(fill), sends.back().server, sends.back().sourcePort, at(t))); }

    Slice reply(const std::function<void(Message&)>& fill) const {
        Message response = queryOf(sends.back().octets);
        response.response = response.recursionAvailable = response.authoritative = true;
        fill(response);
        return octetsOf(response);
    }

    static Message queryOf(const Slice& octets) {
        const Result<Message> query = decode(octets.bytes());
        EXPECT_TRUE(query.ok());
        return query.ok() ? *query : Message{};
    }

    void take(std::vector<ResolverAction> actions) {
        for (ResolverAction& action : actions) {
            if (auto* send = std::get_if<Send>(&action)) sends.push_back(*send);
            if (auto* retry = std::get_if<RetryOverTcp>(&action)) tcp.push_back(*retry);
            if (auto* answer = std::get_if<Answer>(&action)) answers.push_back(*answer);
            if (auto* out = std::get_if<TimedOut>(&action)) timeouts.push_back(*out);
            if (auto* no = std::get_if<Rejected>(&action)) rejected.push_back(*no);
        }
    }

    StubResolver resolver;
    std::vector<Send> sends;
    std::vector<RetryOverTcp> tcp;
    std::vector<Answer> answers;
    std::vector<TimedOut> timeouts;
    std::vector<Rejected> rejected;
};

void mxAnswer(Message& m) {
    m.answers = {mxRecord("sur.example", 10, "sur.sur.example", 60), mxRecord("sur.example", 20, "norte.norte.example", 60)};
    m.additional = {aRecord("sur.sur.example", ip(10, 0, 0, 1), 60)};
}
void servfail(Message& m) { m.rcode = Rcode::serverFailure; }
void negative(Message& m, Rcode rcode) {
    m.rcode = rcode;
    m.authority = {makeRecord(Name::of("sur.example"), 300, soaWith(60))};
}

TEST(Resolver, AsksAndHandsOverTheAnswer) {
    Dialogue d;
    d.asks("sur.example", Type::mx, 0, 42);
    ASSERT_EQ(d.sends.size(), 1u);
    const Message query = Dialogue::queryOf(d.sends[0].octets);
    EXPECT_EQ(query.id, d.sends[0].id);
    EXPECT_TRUE(query.recursionDesired);
    EXPECT_FALSE(query.response);
    EXPECT_EQ(query.questions.at(0), (Question{Name::of("sur.example"), Type::mx}));
    EXPECT_GE(d.sends[0].sourcePort, 49152);
    EXPECT_TRUE(d.resolver.listensOn(d.sends[0].sourcePort));

    d.hears(mxAnswer, 0.08);
    ASSERT_EQ(d.answers.size(), 1u);
    EXPECT_EQ(d.answers[0].token, 42u);
    EXPECT_EQ(d.answers[0].kind, AnswerKind::records);
    EXPECT_EQ(d.answers[0].id, d.sends[0].id);
    EXPECT_EQ(recordsText(d.answers[0]), "10 sur.sur.example, 20 norte.norte.example");
    EXPECT_EQ(texts(d.answers[0].additional), "10.0.0.1");
    EXPECT_FALSE(d.resolver.nextDeadline());
    EXPECT_FALSE(d.resolver.listensOn(d.sends[0].sourcePort));
}

TEST(Resolver, AsksAgainAfter4_8_16SecondsAndGivesUpAfter32More) {
    Dialogue d;
    d.asks("sur.example", Type::mx, 100);
    for (const double deadline : {104.0, 112.0, 128.0, 160.0}) {
        ASSERT_EQ(d.resolver.nextDeadline(), at(deadline));
        d.timer(deadline - 0.001);  // too early: nothing happens
        EXPECT_EQ(d.resolver.nextDeadline(), at(deadline));
        d.timer(deadline);
    }
    ASSERT_EQ(d.sends.size(), 4u);
    for (std::uint16_t i = 0; i < 4; ++i) {
        EXPECT_EQ(d.sends[i].attempt, i + 1);
        EXPECT_EQ(d.sends[i].octets, d.sends[0].octets);  // the same id: what a dissector calls a retransmission
        EXPECT_EQ(d.sends[i].sourcePort, d.sends[0].sourcePort);
    }
    ASSERT_EQ(d.timeouts.size(), 1u);
    EXPECT_EQ(d.timeouts[0].attempts, 4);
    EXPECT_EQ(d.timeouts[0].token, 1u);
    EXPECT_FALSE(d.resolver.nextDeadline());
    EXPECT_TRUE(d.answers.empty());
}

TEST(Resolver, AttemptsGoToTheNextServerInTurn) {
    Dialogue d({kFirst, kSecond});
    d.asks("sur.example", Type::mx, 0);
    for (const double t : {4.0, 12.0, 28.0}) d.timer(t);
    ASSERT_EQ(d.sends.size(), 4u);
    EXPECT_EQ(d.sends[0].server, kFirst);
    EXPECT_EQ(d.sends[1].server, kSecond);
    EXPECT_EQ(d.sends[2].server, kFirst);
    EXPECT_EQ(d.sends[3].server, kSecond);
}

TEST(Resolver, ALateAnswerToAnEarlierAttemptCounts) {
    Dialogue d({kFirst, kSecond});
    d.asks("sur.example", Type::mx, 0);
    const Slice late = d.reply(mxAnswer);
    d.timer(5);
    d.take(d.resolver.onDatagram(late, kFirst, d.sends[0].sourcePort, at(6)));
    EXPECT_EQ(d.answers.size(), 1u);
}

TEST(Resolver, RefusesWhatDoesNotMatch) {  // RFC 5452 9.1: a forged answer needs address, port, id and question
    Dialogue d({kFirst, kSecond});
    d.asks("sur.example", Type::mx, 0);
    const std::uint16_t port = d.sends[0].sourcePort;
    const Slice good = d.reply(mxAnswer);
    EXPECT_TRUE(d.resolver.onDatagram(good, kFirst, static_cast<std::uint16_t>(port + 1), at(1)).empty());
    const auto refused = [&](const Slice& octets, wire::Ipv4Address from, Flaw flaw) {
        d.take(d.resolver.onDatagram(octets, from, port, at(1)));
        ASSERT_FALSE(d.rejected.empty());
        EXPECT_EQ(d.rejected.back().flaw, flaw);
        EXPECT_EQ(d.rejected.back().from, from);
    };
    refused(good, ip(6, 6, 6, 6), Flaw::wrongSender);
    refused(good, kSecond, Flaw::wrongSender);  // known, but not asked yet
    refused(d.reply([](Message& m) { mxAnswer(m), m.id ^= 1; }), kFirst, Flaw::wrongId);
    refused(d.reply([](Message& m) { mxAnswer(m), m.response = false; }), kFirst, Flaw::unreadable);
    refused(d.reply([](Message& m) { mxAnswer(m), m.opcode = Opcode::notify; }), kFirst, Flaw::wrongQuestion);
    refused(d.reply([](Message& m) { mxAnswer(m), m.questions[0].name = Name::of("norte.example"); }), kFirst, Flaw::wrongQuestion);
    refused(d.reply([](Message& m) { mxAnswer(m), m.questions[0].type = Type::a; }), kFirst, Flaw::wrongQuestion);
    refused(d.reply([](Message& m) { mxAnswer(m), m.questions.clear(); }), kFirst, Flaw::wrongQuestion);
    refused(good.sub(0, good.size() - 1), kFirst, Flaw::unreadable);
    EXPECT_EQ(d.rejected.size(), 9u);
    EXPECT_EQ(d.sends.size(), 1u);
    EXPECT_EQ(d.resolver.underWay(), 1u);
    EXPECT_EQ(d.resolver.cache().size(), 0u);
    d.hears([](Message& m) { mxAnswer(m), m.questions[0].name = Name::of("SUR.EXAMPLE"); }, 1);  // case does not count
    EXPECT_EQ(d.answers.size(), 1u);
}

TEST(Resolver, AnswersFromTheCacheWithinTheTtlAndAsksAgainOneSecondLater) {
    Dialogue d;
    d.asks("sur.example", Type::mx, 0);
    d.hears(mxAnswer, 1);
    d.asks("SUR.example", Type::mx, 61, 2);
    EXPECT_EQ(d.sends.size(), 1u);
    ASSERT_EQ(d.answers.size(), 2u);
    EXPECT_TRUE(d.answers[1].fromCache);
    EXPECT_EQ(d.answers[1].token, 2u);
    EXPECT_EQ(d.answers[1].id, 0);
    EXPECT_EQ(texts(d.answers[1].additional), "10.0.0.1");
    d.asks("sur.example", Type::mx, 62, 3);
    EXPECT_EQ(d.sends.size(), 2u);
}

TEST(Resolver, RemembersThatThereIsNothing) {
    for (const Rcode rcode : {Rcode::noError, Rcode::nameError}) {
        Dialogue d;
        d.asks("sur.example", Type::mx, 0);
        d.hears([rcode](Message& m) { negative(m, rcode); }, 0);
        d.asks("sur.example", Type::mx, 60);
        ASSERT_EQ(d.answers.size(), 2u);
        for (const Answer& answer : d.answers) EXPECT_EQ(answer.kind, rcode == Rcode::noError ? AnswerKind::noData : AnswerKind::noSuchName);
        d.asks("sur.example", Type::mx, 61);
        EXPECT_EQ(d.sends.size(), 2u);
    }
}

TEST(Resolver, TheSameQuestionUnderWayIsAskedOnce) {
    Dialogue d;
    d.asks("sur.example", Type::mx, 0, 1);
    d.asks("sur.example", Type::mx, 0.01, 2);
    d.asks("sur.example", Type::a, 0.01, 3);
    EXPECT_EQ(d.sends.size(), 2u);
    EXPECT_NE(d.sends[0].sourcePort, d.sends[1].sourcePort);
    d.take(d.resolver.onDatagram(octetsOf([&] {
                                     Message m = Dialogue::queryOf(d.sends[0].octets);
                                     m.response = true;
                                     mxAnswer(m);
                                     return m;
                                 }()),
                                 kFirst, d.sends[0].sourcePort, at(0.1)));
    ASSERT_EQ(d.answers.size(), 2u);
    EXPECT_EQ(d.answers[0].token, 1u);
    EXPECT_EQ(d.answers[1].token, 2u);
}

TEST(Resolver, AServerThatFailsIsPassedOverAtOnceAndTheLastFailureIsTheAnswer) {
    Dialogue d({kFirst, kSecond});
    d.asks("sur.example", Type::mx, 0);
    d.hears(servfail, 0.1);
    ASSERT_EQ(d.sends.size(), 2u);
    EXPECT_EQ(d.sends[1].server, kSecond);
    EXPECT_EQ(d.resolver.nextDeadline(), at(8.1));
    d.hears([](Message& m) { m.rcode = Rcode::refused; }, 0.2);
    ASSERT_EQ(d.answers.size(), 1u);
    EXPECT_EQ(d.answers[0].kind, AnswerKind::serverFailure);
    EXPECT_EQ(d.answers[0].rcode, Rcode::refused);
    d.asks("sur.example", Type::mx, 0.3);  // failures are not remembered
    EXPECT_EQ(d.sends.size(), 3u);
}

TEST(Resolver, AServerThatFailedIsNotAskedAgainWhileTheOtherIsSilent) {
    Dialogue d({kFirst, kSecond});
    d.asks("sur.example", Type::mx, 0);
    d.hears(servfail, 0);
    d.timer(8);
    d.timer(24);
    ASSERT_EQ(d.sends.size(), 4u);
    EXPECT_EQ(d.sends[2].server, kSecond);
    EXPECT_EQ(d.sends[3].server, kSecond);
    d.timer(56);
    ASSERT_EQ(d.answers.size(), 1u);  // somebody did answer
    EXPECT_EQ(d.answers[0].rcode, Rcode::serverFailure);
}

TEST(Resolver, FormErrWithoutTheQuestionIsAnAnswer) {
    Dialogue d;
    d.asks("sur.example", Type::mx, 0);
    d.hears([](Message& m) { m.questions.clear(), m.rcode = Rcode::formatError; }, 0);
    ASSERT_EQ(d.answers.size(), 1u);
    EXPECT_EQ(d.answers[0].rcode, Rcode::formatError);
}

TEST(Resolver, AReferralIsNoAnswer) {
    Dialogue d;
    d.asks("sur.example", Type::mx, 0);
    d.hears(
        [](Message& m) {
            m.authoritative = false;
            m.authority = {makeRecord(Name::of("example"), 60, NsRecord{Name::of("ns.test")})};
        },
        0);
    ASSERT_EQ(d.answers.size(), 1u);
    EXPECT_EQ(d.answers[0].kind, AnswerKind::serverFailure);
}

TEST(Resolver, ATruncatedAnswerIsAskedForAgainOverTcp) {
    Dialogue d;
    d.asks("sur.example", Type::mx, 0);
    d.hears([](Message& m) { mxAnswer(m), m.truncated = true; }, 1);
    EXPECT_TRUE(d.answers.empty());
    ASSERT_EQ(d.tcp.size(), 1u);
    EXPECT_EQ(d.tcp[0].server, kFirst);
    EXPECT_EQ(d.tcp[0].octets, d.sends[0].octets);
    EXPECT_EQ(d.resolver.nextDeadline(), at(31));  // a server that takes the connection and says nothing is not waited for for ever
    d.hears(mxAnswer, 2);                          // UDP no longer counts
    EXPECT_TRUE(d.answers.empty());
    d.take(d.resolver.onTcpAnswer(d.tcp[0].query, d.reply(mxAnswer), at(3)));
    ASSERT_EQ(d.answers.size(), 1u);
    EXPECT_EQ(d.answers[0].kind, AnswerKind::records);
    EXPECT_TRUE(d.resolver.onTcpAnswer(d.tcp[0].query, d.reply(mxAnswer), at(3)).empty());
}

TEST(Resolver, TruncatedWithoutTcpIsAFailure) {
    for (const bool garbage : {false, true}) {
        Dialogue d;
        d.asks("sur.example", Type::mx, 0);
        d.hears([](Message& m) { m.truncated = true; }, 1);
        ASSERT_EQ(d.tcp.size(), 1u);
        d.take(garbage ? d.resolver.onTcpAnswer(d.tcp[0].query, Slice::copyOf(std::string_view("???")), at(2)) : d.resolver.onTcpFailed(d.tcp[0].query, at(2)));
        ASSERT_EQ(d.answers.size(), 1u);
        EXPECT_EQ(d.answers[0].kind, AnswerKind::truncated);
    }
}

TEST(Resolver, FollowsAliasesInOneAnswerInAnyOrder) {
    Dialogue d;
    d.asks("www.sur.example", Type::a, 0);
    d.hears([](Message& m) { m.answers = {aRecord("c.test", ip(10, 0, 0, 1)), cnameRecord("b.test", "c.test"), cnameRecord("www.sur.example", "b.test")}; }, 0);
    ASSERT_EQ(d.answers.size(), 1u);
    EXPECT_EQ(texts(d.answers[0].aliases), "b.test, c.test");
    EXPECT_EQ(texts(d.answers[0].records), "10.0.0.1");
}

TEST(Resolver, AsksForTheEndOfAnAliasThatTheServerDidNotFollow) {
    Dialogue d;
    d.asks("www.sur.example", Type::a, 0);
    d.hears([](Message& m) { m.answers = {cnameRecord("www.sur.example", "b.test")}; }, 0);
    ASSERT_EQ(d.sends.size(), 2u);
    EXPECT_EQ(d.sends[1].question.name, Name::of("b.test"));
    EXPECT_EQ(d.sends[1].attempt, 1);
    d.hears([](Message& m) { m.answers = {aRecord("b.test", ip(10, 0, 0, 2))}; }, 0.1);
    ASSERT_EQ(d.answers.size(), 1u);
    EXPECT_EQ(d.answers[0].question.name, Name::of("www.sur.example"));
    EXPECT_EQ(texts(d.answers[0].aliases), "b.test");
    EXPECT_EQ(texts(d.answers[0].records), "10.0.0.2");
}

TEST(Resolver, DetectsLoopsOfAliasesInOneAnswerAndAcrossAnswers) {
    Dialogue one;
    one.asks("a.test", Type::a, 0);
    one.hears([](Message& m) { m.answers = {cnameRecord("a.test", "b.test"), cnameRecord("b.test", "a.test")}; }, 0);
    ASSERT_EQ(one.answers.size(), 1u);
    EXPECT_EQ(one.answers[0].kind, AnswerKind::aliasLoop);

    Dialogue across;
    across.asks("a.test", Type::a, 0);
    across.hears([](Message& m) { m.answers = {cnameRecord("a.test", "b.test")}; }, 0);
    across.hears([](Message& m) { m.answers = {cnameRecord("b.test", "a.test")}; }, 0);
    ASSERT_EQ(across.answers.size(), 1u);
    EXPECT_EQ(across.answers[0].kind, AnswerKind::aliasLoop);

    Dialogue endless;  // always a new name: ends after a bounded number of aliases
    endless.asks("n0.test", Type::a, 0);
    for (int i = 0; i < 40 && endless.answers.empty(); ++i)
        endless.hears([i](Message& m) { m.answers = {cnameRecord("n" + std::to_string(i) + ".test", "n" + std::to_string(i + 1) + ".test")}; }, 0);
    ASSERT_EQ(endless.answers.size(), 1u);
    EXPECT_EQ(endless.answers[0].kind, AnswerKind::aliasLoop);
}

TEST(Resolver, AnAliasOfAnotherClassIsNoAlias) {
    Dialogue d;
    d.asks("a.test", Type::a, 0);
    d.hears([](Message& m) { m.answers = {{.name = Name::of("a.test"), .type = Type::cname, .klass = 3, .ttl = 1, .data = RawRecord{"x"}}}; }, 0);
    ASSERT_EQ(d.answers.size(), 1u);
    EXPECT_EQ(d.answers[0].kind, AnswerKind::noData);
}

TEST(Resolver, WithoutServersNobodyAnswers) {
    Dialogue d(std::vector<wire::Ipv4Address>{});
    d.asks("sur.example", Type::mx, 0);
    ASSERT_EQ(d.timeouts.size(), 1u);
    EXPECT_EQ(d.timeouts[0].attempts, 0);
}

TEST(Resolver, ACrashForgetsEverything) {
    Dialogue d;
    d.asks("sur.example", Type::mx, 0);
    d.hears(mxAnswer, 0);
    d.asks("norte.example", Type::mx, 1);
    d.resolver.reset();
    EXPECT_FALSE(d.resolver.nextDeadline());
    d.asks("sur.example", Type::mx, 2);
    EXPECT_EQ(d.sends.size(), 3u);
}

TEST(Resolver, IdsAndPortsFollowTheSeedAndNotOtherQuestions) {
    Dialogue alone, busy, other({kFirst}, 8);
    busy.asks("norte.example", Type::mx, 0);
    for (Dialogue* d : {&alone, &busy, &other}) d->asks("sur.example", Type::mx, 1);
    EXPECT_EQ(alone.sends.back().id, busy.sends.back().id);
    EXPECT_EQ(alone.sends.back().sourcePort, busy.sends.back().sourcePort);
    EXPECT_NE(std::pair(alone.sends.back().id, alone.sends.back().sourcePort), std::pair(other.sends.back().id, other.sends.back().sourcePort));

    std::set<std::uint16_t> ids;
    Dialogue d;
    for (int i = 0; i < 100; ++i) {
        d.asks("sur.example", Type::mx, 100.0 * i);
        ids.insert(d.sends.back().id);
        d.hears(mxAnswer, 100.0 * i);
    }
    EXPECT_EQ(d.sends.size(), 100u);
    EXPECT_GT(ids.size(), 95u);  // a new one each time
}

TEST(Resolver, OffersEdnsWhenToldTo) {
    StubResolver resolver({.servers = {kFirst}, .ednsSize = 1232});
    const auto actions = resolver.ask(Name::of("sur.example"), Type::mx, 1, at(0));
    const Message query = Dialogue::queryOf(std::get<Send>(actions.at(0)).octets);
    ASSERT_TRUE(query.edns);
    EXPECT_EQ(query.edns->udpSize, 1232);
}

}  // namespace
}  // namespace mailtrek::dns

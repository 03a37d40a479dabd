// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/mail_route.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/dns/dns_kit.h"

namespace mailtrek::dns {
namespace {

Answer answerTo(const Question& question, AnswerKind kind, std::vector<ResourceRecord> records = {}, std::vector<ResourceRecord> additional = {}) {
    Answer answer;
    answer.question = question;
    answer.kind = kind;
    answer.rcode = kind == AnswerKind::noSuchName ? Rcode::nameError : kind == AnswerKind::serverFailure ? Rcode::serverFailure : Rcode::noError;
    answer.records = std::move(records);
    answer.additional = std::move(additional);
    return answer;
}

const Question kMx{Name::of("sur.example"), Type::mx};
const Question kA{Name::of("sur.example"), Type::a};

std::string hostsOf(const MailRoute& route) {
    std::string text;
    if (!route.route()) return "(open)";
    for (const MailHost& host : route.route()->hosts) {
        text += (text.empty() ? "" : "; ") + std::to_string(host.preference) + " " + host.host.text();
        for (const auto address : host.addresses) text += " " + wire::toString(address);
    }
    return text;
}

MailRoute routeFor(std::uint64_t seed = 1, std::vector<Name> ownNames = {}, std::vector<wire::Ipv4Address> ownAddresses = {}) {
    return MailRoute({.domain = Name::of("sur.example"), .seed = seed, .lot = 0, .ownNames = std::move(ownNames), .ownAddresses = std::move(ownAddresses)});
}

TEST(MailRoute, AsksMxFirstAndUsesAddressesThatCameAlong) {
    MailRoute route = routeFor();
    EXPECT_EQ(route.start(), std::vector{kMx});
    EXPECT_TRUE(route
                    .onAnswer(answerTo(kMx, AnswerKind::records, {mxRecord("sur.example", 20, "b.test"), mxRecord("sur.example", 10, "a.test")},
                                       {aRecord("a.test", ip(10, 0, 0, 1)), aRecord("a.test", ip(10, 0, 0, 2)), aRecord("b.test", ip(10, 0, 0, 3))}))
                    .empty());
    ASSERT_TRUE(route.route());
    EXPECT_EQ(route.route()->kind, RouteKind::hosts);
    EXPECT_FALSE(route.route()->implicitMx);
    EXPECT_EQ(hostsOf(route), "10 a.test 10.0.0.1 10.0.0.2; 20 b.test 10.0.0.3");
}

TEST(MailRoute, AsksForTheAddressesThatAreMissing) {
    MailRoute route = routeFor();
    const auto questions =
        route.onAnswer(answerTo(kMx, AnswerKind::records, {mxRecord("sur.example", 10, "a.test"), mxRecord("sur.example", 20, "b.test"), mxRecord("sur.example", 30, "c.test")},
                                {aRecord("b.test", ip(10, 0, 0, 2))}));
    const Question a{Name::of("a.test"), Type::a}, c{Name::of("c.test"), Type::a};
    EXPECT_EQ(questions, (std::vector{a, c}));
    route.onAnswer(answerTo(c, AnswerKind::noSuchName));
    EXPECT_FALSE(route.route());
    route.onAnswer(answerTo(a, AnswerKind::records, {aRecord("real.test", ip(10, 0, 0, 1))}));  // an alias of another name: tolerated
    EXPECT_EQ(hostsOf(route), "10 a.test 10.0.0.1; 20 b.test 10.0.0.2");
}

TEST(MailRoute, WithoutMxTheAddressOfTheDomainServes) {
    MailRoute route = routeFor();
    EXPECT_EQ(route.onAnswer(answerTo(kMx, AnswerKind::noData)), std::vector{kA});
    route.onAnswer(answerTo(kA, AnswerKind::records, {aRecord("sur.example", ip(10, 0, 0, 1))}));
    EXPECT_EQ(hostsOf(route), "0 sur.example 10.0.0.1");
    EXPECT_TRUE(route.route()->implicitMx);
}

struct Ending {
    const char* what;
    std::vector<Answer> answers;
    RouteKind kind;
};

TEST(MailRoute, EndsAsTheAnswersSay) {
    const Question target{Name::of("a.test"), Type::a};
    const Answer mx = answerTo(kMx, AnswerKind::records, {mxRecord("sur.example", 10, "a.test")});
    const Answer noMx = answerTo(kMx, AnswerKind::noData);
    const std::vector<Ending> endings = {
        {"NXDOMAIN", {answerTo(kMx, AnswerKind::noSuchName)}, RouteKind::noSuchDomain},
        {"SERVFAIL", {answerTo(kMx, AnswerKind::serverFailure)}, RouteKind::temporaryFailure},
        {"TC", {answerTo(kMx, AnswerKind::truncated)}, RouteKind::temporaryFailure},
        {"loop", {answerTo(kMx, AnswerKind::aliasLoop)}, RouteKind::temporaryFailure},
        {"null MX", {answerTo(kMx, AnswerKind::records, {mxRecord("sur.example", 0, ".")})}, RouteKind::nullMx},
        {"no MX, no A", {noMx, answerTo(kA, AnswerKind::noData)}, RouteKind::noMailHost},
        {"no MX, A NXDOMAIN", {noMx, answerTo(kA, AnswerKind::noSuchName)}, RouteKind::noSuchDomain},
        {"no MX, A SERVFAIL", {noMx, answerTo(kA, AnswerKind::serverFailure)}, RouteKind::temporaryFailure},
        {"target NXDOMAIN", {mx, answerTo(target, AnswerKind::noSuchName)}, RouteKind::noMailHost},
        {"target no data", {mx, answerTo(target, AnswerKind::noData)}, RouteKind::noMailHost},
        {"target SERVFAIL", {mx, answerTo(target, AnswerKind::serverFailure)}, RouteKind::temporaryFailure},
        {"target loop", {mx, answerTo(target, AnswerKind::aliasLoop)}, RouteKind::temporaryFailure},
    };
    for (const Ending& ending : endings) {
        MailRoute route = routeFor();
        route.start();
        for (const Answer& answer : ending.answers) {
            EXPECT_FALSE(route.route()) << ending.what;
            route.onAnswer(answer);
        }
        ASSERT_TRUE(route.route()) << ending.what;
        EXPECT_EQ(route.route()->kind, ending.kind) << ending.what;
        EXPECT_TRUE(route.route()->hosts.empty()) << ending.what;
        EXPECT_TRUE(route.route()->detail.starts_with("sur.example: ")) << route.route()->detail;
    }
}

TEST(MailRoute, NoAnswerInTimeIsTemporary) {
    for (const bool target : {false, true}) {
        MailRoute route = routeFor();
        Question question = kMx;
        if (target) question = route.onAnswer(answerTo(kMx, AnswerKind::records, {mxRecord("sur.example", 10, "a.test")})).at(0);
        route.onTimedOut({.token = 0, .question = question, .attempts = 4});
        ASSERT_TRUE(route.route());
        EXPECT_EQ(route.route()->kind, RouteKind::temporaryFailure);
    }
}

TEST(MailRoute, AHostThatCannotBeResolvedNowDoesNotHideTheOthers) {
    MailRoute route = routeFor();
    const auto questions =
        route.onAnswer(answerTo(kMx, AnswerKind::records, {mxRecord("sur.example", 10, "a.test"), mxRecord("sur.example", 20, "b.test")}, {aRecord("b.test", ip(10, 0, 0, 2))}));
    route.onTimedOut({.token = 0, .question = questions.at(0), .attempts = 4});
    EXPECT_EQ(hostsOf(route), "20 b.test 10.0.0.2");
}

TEST(MailRoute, EqualPreferencesAreShuffledByTheSeed) {
    std::set<std::string> firsts, orders;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        MailRoute route = routeFor(seed);
        route.onAnswer(
            answerTo(kMx, AnswerKind::records,
                     {mxRecord("sur.example", 10, "a.test"), mxRecord("sur.example", 10, "b.test"), mxRecord("sur.example", 10, "c.test"), mxRecord("sur.example", 5, "z.test")},
                     {aRecord("a.test", ip(10, 0, 0, 1)), aRecord("b.test", ip(10, 0, 0, 2)), aRecord("c.test", ip(10, 0, 0, 3)), aRecord("z.test", ip(10, 0, 0, 4))}));
        ASSERT_TRUE(route.route());
        EXPECT_EQ(route.route()->hosts.at(0).host, Name::of("z.test"));
        firsts.insert(route.route()->hosts.at(1).host.text());
        orders.insert(hostsOf(route));
    }
    EXPECT_EQ(firsts.size(), 3u);  // each gets its turn
    EXPECT_EQ(orders.size(), 6u);
}

TEST(MailRoute, DropsItselfAndEverythingNoBetter) {
    const std::vector mx = {mxRecord("sur.example", 5, "best.test"), mxRecord("sur.example", 10, "us.test"), mxRecord("sur.example", 10, "peer.test"),
                            mxRecord("sur.example", 20, "worse.test")};
    const std::vector addresses = {aRecord("best.test", ip(10, 0, 0, 1)), aRecord("us.test", ip(10, 0, 0, 2)), aRecord("peer.test", ip(10, 0, 0, 3)),
                                   aRecord("worse.test", ip(10, 0, 0, 4))};
    MailRoute byName = routeFor(1, {Name::of("US.test")});
    byName.onAnswer(answerTo(kMx, AnswerKind::records, mx, addresses));
    EXPECT_EQ(hostsOf(byName), "5 best.test 10.0.0.1");
    MailRoute byAddress = routeFor(1, {}, {ip(10, 0, 0, 2)});
    byAddress.onAnswer(answerTo(kMx, AnswerKind::records, mx, addresses));
    EXPECT_EQ(hostsOf(byAddress), "5 best.test 10.0.0.1");

    MailRoute best = routeFor(1, {Name::of("best.test")});
    best.onAnswer(answerTo(kMx, AnswerKind::records, mx));
    ASSERT_TRUE(best.route());
    EXPECT_EQ(best.route()->kind, RouteKind::ownNameIsBest);
    MailRoute implicit = routeFor(1, {}, {ip(10, 0, 0, 9)});
    implicit.onAnswer(answerTo(kMx, AnswerKind::noData));
    implicit.onAnswer(answerTo(kA, AnswerKind::records, {aRecord("sur.example", ip(10, 0, 0, 9))}));
    EXPECT_EQ(implicit.route()->kind, RouteKind::ownNameIsBest);
}

TEST(MailRoute, AHostNamedTwiceKeepsItsBetterPlaceAndNullMxAmongOthersIsIgnored) {
    MailRoute route = routeFor();
    route.onAnswer(answerTo(kMx, AnswerKind::records, {mxRecord("sur.example", 20, "a.test"), mxRecord("sur.example", 0, "."), mxRecord("sur.example", 10, "A.test")},
                            {aRecord("a.test", ip(10, 0, 0, 1))}));
    EXPECT_EQ(hostsOf(route), "10 A.test 10.0.0.1");
}

TEST(MailRoute, NothingThatComesLateChangesIt) {
    MailRoute route = routeFor();
    route.onAnswer(answerTo(kMx, AnswerKind::noSuchName));
    EXPECT_TRUE(route.onAnswer(answerTo(kMx, AnswerKind::noData)).empty());
    route.onTimedOut({.token = 0, .question = kMx, .attempts = 4});
    EXPECT_EQ(route.route()->kind, RouteKind::noSuchDomain);
}

}  // namespace
}  // namespace mailtrek::dns

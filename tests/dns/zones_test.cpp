// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/zones.h"

#include <gtest/gtest.h>

#include "sim/dns/mail_route.h"
#include "sim/dns/stub_resolver.h"
#include "tests/dns/dns_kit.h"

namespace mailtrek::dns {
namespace {

ZoneFacts facts() {
    return {.hosts = {{"norte", {ip(10, 0, 0, 1)}, {"norte.example"}},
                      {"sur", {ip(10, 0, 1, 1)}, {"sur.example", "also.example"}},
                      {"mx1.este.example", {ip(10, 0, 2, 1)}, {"este.example"}},
                      {"r1", {ip(10, 0, 3, 1), ip(10, 0, 3, 5)}, {}},
                      {"dns", {ip(10, 0, 9, 9)}, {}}},
            .domains = {{"norte.example", {{"norte"}}},
                        {"sur.example", {{"sur"}, {"norte", kBackupMxPreference}}},
                        {"also.example", {{"sur"}}},
                        {"este.example", {{"mx1.este.example"}}}},
            .zones = {},
            .nameServers = {"dns"}};
}

NameServer serverFor(const ZoneFacts& given) {
    BuiltZones built = buildZones(given);
    for (const Error& problem : built.problems) ADD_FAILURE() << problem.message;
    return NameServer(std::move(built.zones));
}

Message ask(const NameServer& server, std::string_view name, Type type) {
    const auto octets = server.answer(octetsOf(queryFor(name, type)), at(0));
    const Result<Message> response = decode(octets.value_or(Slice{}).bytes());
    EXPECT_TRUE(response.ok());
    return response.ok() ? *response : Message{};
}

TEST(Zones, FollowFromDomainsBackupsAndAddresses) {
    const NameServer server = serverFor(facts());
    const Message mx = ask(server, "sur.example", Type::mx);
    EXPECT_EQ(texts(mx.answers), "10 sur.sur.example, 20 norte.norte.example");
    EXPECT_EQ(texts(mx.additional), "10.0.1.1, 10.0.0.1");
    EXPECT_EQ(texts(ask(server, "also.example", Type::mx).answers), "10 sur.sur.example");
    EXPECT_EQ(texts(ask(server, "este.example", Type::mx).answers), "10 mx1.este.example");
    EXPECT_EQ(texts(ask(server, "mx1.este.example", Type::a).answers), "10.0.2.1");
    EXPECT_EQ(texts(ask(server, "r1.internal", Type::a).answers), "10.0.3.1, 10.0.3.5");
    EXPECT_EQ(texts(ask(server, "sur.example", Type::ns).answers), "dns.internal");
    EXPECT_EQ(texts(ask(server, "1.1.0.10.in-addr.arpa", Type::ptr).answers), "sur.sur.example");
}

TEST(Zones, ADomainThatNobodyServesDoesNotExist) {
    const Message response = ask(serverFor(facts()), "nobody.example", Type::mx);
    EXPECT_EQ(response.rcode, Rcode::nameError);
    ASSERT_EQ(response.authority.size(), 1u);
    EXPECT_TRUE(response.authority[0].name.isRoot());
}

TEST(Zones, WhatTheFileGivesReplacesTheAutomaticZone) {
    ZoneFacts given = facts();
    given.zones = {{"sur.example",
                    {{.name = "@", .type = Type::mx, .preference = 5, .host = "norte"},
                     {.name = "@", .type = Type::txt, .text = "v=spf1 mx -all", .ttl = 60},
                     {.name = "www", .type = Type::cname, .host = "sur"},
                     {.name = "old", .type = Type::a, .address = ip(10, 7, 7, 7)},
                     {.name = "far", .type = Type::cname, .host = "www.norte.example"},
                     {.name = "abs.sur.example.", .type = Type::a, .host = "r1"}}}};
    const NameServer server = serverFor(given);
    EXPECT_EQ(texts(ask(server, "sur.example", Type::mx).answers), "5 norte.norte.example");
    EXPECT_EQ(texts(ask(server, "sur.example", Type::txt).answers), "v=spf1 mx -all");
    EXPECT_EQ(ask(server, "sur.example", Type::txt).answers.at(0).ttl, 60u);
    EXPECT_EQ(texts(ask(server, "www.sur.example", Type::a).answers), "sur.sur.example, 10.0.1.1");  // the node's own address is still there
    EXPECT_EQ(texts(ask(server, "old.sur.example", Type::a).answers), "10.7.7.7");
    EXPECT_EQ(texts(ask(server, "abs.sur.example", Type::a).answers), "10.0.3.1, 10.0.3.5");
    EXPECT_EQ(texts(ask(server, "also.example", Type::mx).answers), "10 sur.sur.example");  // other zones stay automatic
    EXPECT_EQ(ask(server, "far.sur.example", Type::a).rcode, Rcode::nameError);
}

TEST(Zones, WithoutMxInTheFileTheAddressServes) {
    ZoneFacts given = facts();
    given.zones = {{"sur.example", {{.name = "@", .type = Type::a, .host = "sur"}}}};
    const NameServer server = serverFor(given);
    EXPECT_EQ(ask(server, "sur.example", Type::mx).rcode, Rcode::noError);
    EXPECT_TRUE(ask(server, "sur.example", Type::mx).answers.empty());
    EXPECT_EQ(texts(ask(server, "sur.example", Type::a).answers), "10.0.1.1");
}

TEST(Zones, NullMxAndAnAddressOfTheNodesNameFromTheFile) {
    ZoneFacts given = facts();
    given.zones = {{"sur.example", {{.name = "@", .type = Type::mx, .preference = 0, .host = "."}, {.name = "sur", .type = Type::a, .address = ip(10, 8, 8, 8)}}}};
    const NameServer server = serverFor(given);
    EXPECT_EQ(texts(ask(server, "sur.example", Type::mx).answers), "0 .");
    EXPECT_EQ(texts(ask(server, "sur.sur.example", Type::a).answers), "10.8.8.8");
}

TEST(Zones, EveryProblemIsToldAndTheRestIsBuilt) {
    ZoneFacts given = facts();
    given.hosts.push_back({std::string(70, 'x'), {}, {}});
    given.domains.push_back({"bad..example", {{"sur"}}});
    given.domains.push_back({"ghost.example", {{"ghost"}}});
    given.zones = {{"sur.example",
                    {{.name = "www", .type = Type::cname, .host = "sur"},
                     {.name = "www", .type = Type::a, .address = ip(1, 1, 1, 1)},
                     {.name = "x..y", .type = Type::a, .address = ip(1, 1, 1, 1)},
                     {.name = "out.test.", .type = Type::a, .address = ip(1, 1, 1, 1)},
                     {.name = "a", .type = Type::a, .host = "ghost"},
                     {.name = "b", .type = Type::cname, .host = "."},
                     {.name = "c", .type = Type::aaaa, .host = "sur"},
                     {.name = "@", .type = Type::mx, .host = "sur"}}}};
    BuiltZones built = buildZones(given);
    EXPECT_EQ(built.problems.size(), 9u);
    EXPECT_EQ(texts(ask(NameServer(std::move(built.zones)), "sur.example", Type::mx).answers), "10 sur.sur.example");
}

// The whole way: route, resolver and server, octets in between.
TEST(Zones, ARouteIsFoundOverTheWire) {
    const NameServer server = serverFor(facts());
    StubResolver resolver({.servers = {ip(10, 0, 9, 9)}});
    MailRoute route({.domain = Name::of("sur.example")});
    std::vector<Question> questions = route.start();
    int queries = 0;
    while (!questions.empty()) {
        std::vector<Question> more;
        for (const Question& question : questions) {
            for (const ResolverAction& action : resolver.ask(question.name, question.type, 1, at(0))) {
                const Send& send = std::get<Send>(action);
                ++queries;
                for (const ResolverAction& result : resolver.onDatagram(*server.answer(send.octets, at(0)), send.server, send.sourcePort, at(0)))
                    more = route.onAnswer(std::get<Answer>(result));
            }
        }
        questions = more;
    }
    ASSERT_TRUE(route.route());
    ASSERT_EQ(route.route()->hosts.size(), 2u);
    EXPECT_EQ(route.route()->hosts[0].host, Name::of("sur.sur.example"));
    EXPECT_EQ(route.route()->hosts[1].addresses, std::vector{ip(10, 0, 0, 1)});
    EXPECT_EQ(queries, 1);  // the addresses came along
}

// Texts that follow from the file, such as keys: in any zone that holds their names, and nowhere else.
TEST(Zones, TextsThatFollowFromTheFile) {
    ZoneFacts given = facts();
    given.texts = {
        {"k._domainkey.norte.example", "automatic"}, {"k._domainkey.sur.example", "automatic"}, {"k._domainkey.sur.example", "automatic"}, {"k._domainkey.fuera.test", "x"}};
    given.zones = {{"sur.example", {{.name = "@", .type = Type::mx, .host = "sur"}}}};
    const auto textsOf = [](const ZoneFacts& of, std::string_view name) {
        std::vector<std::string> texts;
        for (const ResourceRecord& record : ask(serverFor(of), name, Type::txt).answers)
            if (const auto* data = std::get_if<TxtRecord>(&record.data)) texts.push_back(data->strings.at(0));
        return texts;
    };
    EXPECT_EQ(textsOf(given, "k._domainkey.norte.example"), std::vector<std::string>{"automatic"});
    EXPECT_EQ(textsOf(given, "k._domainkey.sur.example"), std::vector<std::string>{"automatic"}) << "once, and in a zone written by hand too";
    EXPECT_TRUE(textsOf(given, "k._domainkey.fuera.test").empty()) << "no zone holds it, and the root is not the place for it";
    given.zones[0].records.push_back({.name = "k._domainkey", .type = Type::txt, .text = "own"});
    EXPECT_EQ(textsOf(given, "k._domainkey.sur.example"), std::vector<std::string>{"own"}) << "the file's own goes before";
    given.served = {{"norte.example", {"ns"}}};
    given.hosts.push_back({"ns", {ip(10, 0, 8, 1)}, {"norte.example"}});
    EXPECT_TRUE(textsOf(given, "k._domainkey.norte.example").empty()) << "another server has that zone";
}

}  // namespace
}  // namespace mailtrek::dns

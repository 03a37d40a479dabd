// SPDX-License-Identifier: GPL-3.0-or-later
// Which server a letter goes to, in whole runs: RFC 5321 5.1, RFC 7505. What the zone of sur.example says is what the test is about.
#include <gmock/gmock.h>

#include <set>

#include "sim/run/metrics.h"
#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using trace::DialogueProtocol;

// norte writes to sur.example, which uno, dos and tres could take (each has Luis's mailbox).
Story withZone(const std::string& records, const std::string& timeline = "", std::uint64_t seed = 1, const std::string& unoKeys = "") {
    std::string servers;
    for (const char* name : {"uno", "dos", "tres"})
        servers += fmt::format("  {0}: {{ kind: mail-server, domains: [sur.example], mailboxes: {{ luis: {{}} }}{1} }}\n", name, name == std::string("uno") ? unoKeys : "");
    return Story(run::simulate(run::test::scenarioOf(fmt::format(
        "mailtrek: 1\ntitle: MX\nseed: {}\nnodes:\n  ana-pc: {{ kind: pc, user: ana@norte.example }}\n  norte: {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: "
        "{{}} "
        "}} }}\n{}  r: {{ kind: router }}\n  dns: {{ kind: dns-server, zones: {{ sur.example: [ {} ] }} }}\nlinks:\n  - {{ between: [ana-pc, norte] }}\n  - {{ between: [norte, r] "
        "}}\n  - {{ between: [dns, r] }}\n  - {{ between: [uno, r] }}\n  - {{ between: [dos, r] }}\n  - {{ between: [tres, r] }}\ntimeline:\n{}{}",
        seed, servers, records, timeline, sendAt("1 s", "carta", "luis@sur.example")))));
}
std::string mx(int preference, const std::string& host) { return fmt::format("{{ type: MX, preference: {}, host: {} }}", preference, host); }

// Where norte tried to connect to, in order.
std::vector<std::string> tries(const Story& run) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::ConnectionOpened>(run.recording))
        if (e.serverPort == 25 && e.client == run.node("norte")) all.push_back(run.recording.cast().nodes[e.server.index()].name);
    return all;
}
std::vector<std::string> asked(const Story& run) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::DnsQuery>(run.recording)) all.push_back(fmt::format("{} {}", run.recording.text(e.name), trace::name(e.type)));
    return all;
}

TEST(Mx, TheLowestPreferenceFirstAndTheNextOnlyWhenItCannotBeReached) {
    const std::string zone = mx(30, "tres") + ", " + mx(10, "uno") + ", " + mx(20, "dos");
    const Story calm = withZone(zone);
    EXPECT_THAT(tries(calm), ElementsAre("uno"));
    EXPECT_EQ(asked(calm), std::vector<std::string>{"sur.example MX"}) << "MX first; the addresses came along";
    EXPECT_THAT(tries(withZone(zone, "  - { at: 0 s, stop: uno }\n")), ElementsAre("uno", "dos"));
    const Story both = withZone(zone, "  - { at: 0 s, stop: uno }\n  - { at: 0 s, stop: dos }\n");
    EXPECT_THAT(tries(both), ElementsAre("uno", "dos", "tres"));
    EXPECT_EQ(both.outcome().attempts, 1u) << "one attempt goes through the whole list";
    EXPECT_EQ(both.outcome().copies, 1u);
}

TEST(Mx, ARefusedRecipientIsNoReasonToTryTheNext) {
    const Story run = withZone(mx(10, "uno") + ", " + mx(20, "dos"), "  - { at: 0 s, set: { node: uno, mailboxes: { luis: { quota: 10 B } } } }\n");
    EXPECT_THAT(tries(run), ElementsAre("uno"));
    EXPECT_EQ(run.outcome().status, Status::bounced) << "552 from the best server is an answer";
}

TEST(Mx, EqualPreferencesVaryOverTheSeedsAndEachIsUsed) {
    std::map<std::string, int> first;
    std::set<std::vector<std::string>> orders;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const Story run = withZone(mx(10, "uno") + ", " + mx(10, "dos") + ", " + mx(10, "tres"), "", seed);
        ASSERT_THAT(tries(run), SizeIs(1));
        ++first[tries(run)[0]];
        EXPECT_EQ(run.outcome().copies, 1u);
        orders.insert(tries(withZone(mx(10, "uno") + ", " + mx(10, "dos") + ", " + mx(10, "tres"),
                                     "  - { at: 0 s, stop: uno }\n  - { at: 0 s, stop: dos }\n  - { at: 0 s, stop: tres }\n  - { at: 10 min, start: uno }\n", seed)));
    }
    EXPECT_THAT(first, SizeIs(3)) << "each gets its turn";
    for (const auto& [server, times] : first) EXPECT_GE(times, 4) << server << ": of 30, about ten";
    EXPECT_GE(orders.size(), 5u);
}

TEST(Mx, LettersOfOneRunAreSpreadToo) {
    std::string timeline;
    for (int i = 0; i < 20; ++i) timeline += sendAt(fmt::format("{} min", i + 1), fmt::format("m{}", i), "luis@sur.example");
    const auto all = tries(withZone(mx(10, "uno") + ", " + mx(10, "dos"), timeline));
    EXPECT_EQ(all.size(), 21u);
    EXPECT_GE(std::count(all.begin(), all.end(), "uno"), 4);
    EXPECT_GE(std::count(all.begin(), all.end(), "dos"), 4);
}

TEST(Mx, OneThatIsItselfInTheListGoesOnlyToBetterOnes) {  // or letters would go round in circles
    // dos has no mailbox for a domain of its own here: it stands in for uno, and knows tres as one who stands in behind it.
    const std::string text =
        "mailtrek: 1\ntitle: MX\nnodes:\n  ana-pc: { kind: pc, user: ana@norte.example }\n  norte: { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }\n"
        "  uno: { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }\n"
        "  dos: { kind: mail-server, domains: [dos.example], backup-for: [sur.example] }\n  tres: { kind: mail-server, domains: [tres.example], backup-for: [sur.example] }\n"
        "  r: { kind: router }\n  dns: { kind: dns-server, zones: { sur.example: [ " +
        mx(10, "uno") + ", " + mx(20, "dos") + ", " + mx(20, "tres") +
        " ] } }\nlinks:\n  - { between: [ana-pc, norte] }\n  - { between: [norte, r] }\n  - { between: [dns, r] }\n  - { between: [uno, r] }\n  - { between: [dos, r] }\n"
        "  - { between: [tres, r] }\ntimeline:\n  - { at: 0 s, stop: uno }\n" +
        sendAt("1 s", "carta", "luis@sur.example") + "  - { at: 40 min, start: uno }\n";
    const Story run(run::simulate(run::test::scenarioOf(text)));
    EXPECT_EQ(run.outcome().copies, 1u);
    for (const char* keeper : {"dos", "tres"})
        for (const char* other : {"dos", "tres"}) EXPECT_THAT(run.connects(keeper, other, 25), IsEmpty()) << keeper << " to " << other;
    EXPECT_THAT(run.connects("norte", "uno", 25), SizeIs(1));
    EXPECT_EQ(run.connects("dos", "uno", 25).size() + run.connects("tres", "uno", 25).size(), 3u) << "at once, after half an hour, after an hour";
}

TEST(Mx, TheNullMxComesBackAtOnce) {  // RFC 7505
    const Story run = withZone(mx(0, "\".\""));
    EXPECT_EQ(run.outcome().status, Status::bounced);
    EXPECT_EQ(run.outcome().attempts, 1u);
    EXPECT_LT(*run.outcome().noticeAt - kStart, Duration(2s));
    EXPECT_THAT(tries(run), IsEmpty());
    EXPECT_THAT(asked(run), ElementsAre("sur.example MX")) << "no address is asked for: there is an answer, and it says no";
    EXPECT_THAT(run.letters("ana@norte.example"), ElementsAre(HasSubstr("\r\nAction: failed\r\nStatus: 5.1.10\r\n")));
}

TEST(Mx, NoMxButAnAddress) {
    const Story run = withZone("{ type: A, host: dos }");
    EXPECT_THAT(tries(run), ElementsAre("dos"));
    EXPECT_THAT(asked(run), ElementsAre("sur.example MX", "sur.example A"));
    EXPECT_EQ(run.outcome().copies, 1u);
}

TEST(Mx, NeitherMxNorAddress) {
    const Story run = withZone("{ type: TXT, text: nothing }");
    EXPECT_EQ(run.outcome().status, Status::bounced);
    EXPECT_THAT(asked(run), ElementsAre("sur.example MX", "sur.example A"));
}

TEST(Mx, ATargetThatIsAnAliasIsTolerated) {  // RFC 2181 10.3 forbids it, and the world is full of them
    const Story run = withZone(mx(10, "mail.sur.example") + ", { name: mail, type: CNAME, host: dos }");
    EXPECT_THAT(tries(run), ElementsAre("dos"));
    EXPECT_EQ(run.outcome().copies, 1u);
}

TEST(Mx, ATargetThatLooksLikeAnAddressIsANameThatDoesNotExist) {
    const Story run = withZone(mx(10, "10.0.0.99"));
    EXPECT_EQ(run.outcome().status, Status::bounced);
    EXPECT_THAT(tries(run), IsEmpty());
    EXPECT_THAT(asked(run), Contains("10.0.0.99 A"));
    EXPECT_THAT(run.letters("ana@norte.example"), ElementsAre(HasSubstr("\r\nStatus: 5.4.4\r\n")));
    EXPECT_EQ(withZone(mx(10, "10.0.0.99") + ", " + mx(20, "dos")).outcome().copies, 1u) << "and the next in the list still serves";
}

}  // namespace
}  // namespace mailtrek::host

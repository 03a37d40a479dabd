// SPDX-License-Identifier: GPL-3.0-or-later
// How long names are remembered, seen in a whole run: no second question within the TTL, one behind it (checklist DNS 5), and the same for names that do not exist (DNS 6, RFC
// 2308).
#include <gmock/gmock.h>

#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::ElementsAre;

// sur's zone: its MX lasts 60 s, its address as long; what is not there 40 s, though its SOA would last an hour.
std::vector<std::string> questions(const std::string& timeline) {
    const std::string text =
        "mailtrek: 1\ntitle: Names\nnodes:\n  ana-pc: { kind: pc, user: ana@norte.example }\n  norte: { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }\n"
        "  sur: { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }\n  dns:\n    kind: dns-server\n    zones:\n      sur.example:\n"
        "        - { type: SOA, minimum: 40 s, ttl: 1 h }\n        - { type: MX, host: sur, ttl: 60 s }\n"
        "links:\n  - { between: [ana-pc, norte] }\n  - { between: [norte, sur] }\n  - { between: [norte, dns] }\ntimeline:\n" +
        timeline;
    const Story run(run::simulate(run::test::scenarioOf(text)));
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::DnsQuery>(run.recording))
        all.push_back(fmt::format("{} {} at {} s", run.recording.text(e.name), trace::name(e.type), (run.timeOf(id) - kStart) / 1s));
    return all;
}

TEST(DnsLife, AnAnswerServesForItsTtlAndThenItIsAskedAgain) {
    EXPECT_THAT(questions(sendAt("0 s", "a", "luis@sur.example") + sendAt("30 s", "b", "luis@sur.example") + sendAt("59 s", "c", "luis@sur.example") +
                          sendAt("62 s", "d", "luis@sur.example") + sendAt("100 s", "e", "luis@sur.example")),
                ElementsAre("sur.example MX at 0 s", "sur.example MX at 62 s"));
}

TEST(DnsLife, ThatThereIsNoSuchNameHoldsForTheLesserOfSoaTtlAndMinimum) {
    EXPECT_THAT(questions(sendAt("0 s", "a", "x@no.sur.example") + sendAt("20 s", "b", "x@no.sur.example") + sendAt("39 s", "c", "x@no.sur.example") +
                          sendAt("42 s", "d", "x@no.sur.example")),
                ElementsAre("no.sur.example MX at 0 s", "no.sur.example MX at 42 s"));
}

TEST(DnsLife, ACrashForgetsTheCache) {
    EXPECT_THAT(questions(sendAt("0 s", "a", "luis@sur.example") + "  - { at: 10 s, stop: norte }\n  - { at: 11 s, start: norte }\n" + sendAt("20 s", "b", "luis@sur.example")),
                ElementsAre("sur.example MX at 0 s", "sur.example MX at 20 s"));
}

// A server that is silent: the question is repeated 4 s, 8 s and 16 s later, and then given up until the letter's next time (checklist DNS 7).
TEST(DnsLife, SilenceIsMetWithEverLongerPauses) {
    EXPECT_THAT(questions("  - { at: 0 s, fail: { dns: dns, with: silence, for: 10 min } }\n" + sendAt("1 s", "a", "luis@sur.example")),
                ElementsAre("sur.example MX at 1 s", "sur.example MX at 5 s", "sur.example MX at 13 s", "sur.example MX at 29 s", "sur.example MX at 1801 s"));
}

}  // namespace
}  // namespace mailtrek::host

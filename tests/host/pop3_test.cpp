// SPDX-License-Identifier: GPL-3.0-or-later
// Devices that read by POP3: copies of their own, with which a person reads, prints and deletes without the server; left there or taken away (scenario 10).
#include <gmock/gmock.h>

#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using trace::DialogueProtocol;

Plan withTablet(const std::string& reads, const std::string& timeline) {
    return {.surBoxes = "luis: {}",
            .more = "  luis-tab: { kind: tablet, user: luis@sur.example, reads-with: " + reads + " }\n",
            .links = "  - { name: wifi, between: [sur, luis-tab] }\n",
            .timeline = timeline};
}

std::string at(const std::string& when, const std::string& what) { return "  - { at: " + when + ", " + what + " }\n"; }

// What persons did with letters, in order: "read", and "local" when it was with the device's own copy.
std::vector<std::string> deeds(const Story& run) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::MailRead>(run.recording))
        all.push_back(fmt::format("{} {}{}", run.recording.cast().nodes[run.recording.event(id).node.index()].name, trace::name(e.action), e.local ? " local" : ""));
    return all;
}

// Octets of letters in luis's mailbox at the end.
std::uint64_t mailboxAtTheEnd(const Story& run) {
    std::uint64_t used = 0;
    for (const auto& [id, e] : eventsOf<trace::MailStored>(run.recording)) used += run.recording.text(e.mailbox) == "luis@sur.example" ? e.size : 0;
    for (const auto& [id, e] : eventsOf<trace::MailboxRemoved>(run.recording)) used -= e.size;
    return used;
}

TEST(Pop3Device, LeavesTheLetterAndNeedsNoServerTheSecondTime) {
    const Story run(withTablet("pop3", sendAt("0 s", "carta", "luis@sur.example") + at("1 min", "read: { on: luis-tab, mail: carta }") + at("2 min", "cut: wifi") +
                                           at("3 min", "read: { on: luis-tab, mail: carta }") + at("4 min", "offline: luis-tab") +
                                           at("5 min", "read: { on: luis-tab, mail: carta }") + at("6 min", "print: { on: luis-tab, mail: carta }")));
    EXPECT_THAT(run.dialogue(DialogueProtocol::pop3),
                ElementsAre("S: +OK sur.sur.example POP3 Mailtrek", "C: CAPA", "S: +OK what this server can do", "C: USER luis@sur.example", "S: +OK password?", "C: PASS ********",
                            "S: +OK mailbox open, 1 message", "C: STAT", MatchesRegex("S: \\+OK 1 [0-9]+"), "C: UIDL", "S: +OK 1 message", "C: RETR 1",
                            MatchesRegex("S: \\+OK [0-9]+ octets"), "C: QUIT", "S: +OK sur.sur.example bye (1 left)"));
    EXPECT_THAT(run.connects("luis-tab", "sur", 110), ElementsAre(1min));
    EXPECT_THAT(deeds(run), ElementsAre("luis-tab read local", "luis-tab read local", "luis-tab read local", "luis-tab print local"));
    EXPECT_EQ(run.outcome().reads, 3u);
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_GT(mailboxAtTheEnd(run), 0u);
}

TEST(Pop3Device, FetchingIsNotReading) {  // reads: completed readings by a person, never synchronisation
    const Story run(withTablet("pop3", sendAt("0 s", "uno", "luis@sur.example") + sendAt("1 s", "dos", "luis@sur.example") + at("1 min", "read: { on: luis-tab, mail: dos }") +
                                           sendAt("2 min", "tres", "luis@sur.example") + at("3 min", "read: { on: luis-tab }")));
    EXPECT_THAT(eventsOf<trace::MailFetched>(run.recording), SizeIs(3));
    EXPECT_EQ(run.outcome(0).reads, 1u);
    EXPECT_EQ(run.outcome(1).reads, 2u);
    EXPECT_EQ(run.outcome(2).reads, 1u);
    const auto lines = run.dialogue(DialogueProtocol::pop3);
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [](const std::string& l) { return l.starts_with("C: RETR"); }), 3) << "what is here is not fetched again";
    EXPECT_THAT(lines, Contains("C: RETR 3"));
}

TEST(Pop3Device, AndDeleteLeavesTheTabletEmpty) {  // scenario 10's variant: the PC takes the letter away, and the tablet finds nothing
    Plan plan =
        withTablet("imap", sendAt("0 s", "carta", "luis@sur.example") + at("1 min", "read: { on: luis-lap, mail: carta }") + at("2 min", "read: { on: luis-tab, mail: carta }") +
                               at("3 min", "read: { on: luis-tab }") + at("4 min", "read: { on: luis-lap, mail: carta }"));
    plan.more += "  luis-lap: { kind: laptop, user: luis@sur.example, reads-with: pop3-delete }\n";
    plan.links += "  - { between: [sur, luis-lap] }\n";
    const Story run(plan);
    EXPECT_THAT(run.dialogue(DialogueProtocol::pop3), Contains("S: +OK message 1 will be deleted"));
    EXPECT_THAT(run.dialogue(DialogueProtocol::pop3), Contains("S: +OK sur.sur.example bye (0 left)"));
    EXPECT_EQ(mailboxAtTheEnd(run), 0u);
    EXPECT_THAT(deeds(run), ElementsAre("luis-lap read local", "luis-lap read local"));
    EXPECT_EQ(run.outcome().reads, 2u);
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_THAT(run.dialogue(DialogueProtocol::imap), Contains("S: * 0 EXISTS"));
}

TEST(Pop3Device, DeletesAndEmptiesItsOwnDiskOnly) {
    const Story run(withTablet("pop3", sendAt("0 s", "uno", "luis@sur.example") + sendAt("1 s", "dos", "luis@sur.example") + at("1 min", "delete: { on: luis-tab, mail: uno }") +
                                           at("2 min", "read: { on: luis-tab, mail: uno }") + at("3 min", "empty: { on: luis-tab }") + at("4 min", "read: { on: luis-tab }")));
    EXPECT_THAT(deeds(run), ElementsAre("luis-tab remove local", "luis-tab remove local"));
    EXPECT_THAT(eventsOf<trace::MailboxRemoved>(run.recording), IsEmpty());
    const auto waits = eventsOf<trace::DeviceWaits>(run.recording);
    ASSERT_THAT(waits, SizeIs(1));
    EXPECT_EQ(run.recording.text(waits[0].second.why), "the letter is not in the mailbox");
}

TEST(Pop3Device, NothingIsDeletedUnlessItSaidGoodbyeAndThenLater) {
    // The line is so slow that the cut comes while the letters are on it; the mailbox keeps both, and the next session has the rest.
    Plan plan = withTablet("pop3-delete", sendAt("0 s", "uno", "luis@sur.example", ", attach: [ { name: a.bin, size: 30 kB } ]") +
                                              sendAt("1 s", "dos", "luis@sur.example", ", attach: [ { name: b.bin, size: 30 kB } ]") + at("1 min", "read: { on: luis-tab }") +
                                              at("67 s", "cut: wifi") + at("30 min", "restore: wifi"));
    plan.links = "  - { name: wifi, between: [sur, luis-tab], rate: 100 kbit/s }\n";
    const Story run(plan);
    const auto fetched = eventsOf<trace::MailFetched>(run.recording);
    ASSERT_THAT(fetched, SizeIs(2)) << "each once";
    EXPECT_LT(run.timeOf(fetched[0].first) - kStart, 67s);
    EXPECT_GT(run.timeOf(fetched[1].first) - kStart, 30min);
    for (const auto& [id, e] : eventsOf<trace::MailboxRemoved>(run.recording)) EXPECT_GT(run.timeOf(id) - kStart, 30min);
    EXPECT_EQ(mailboxAtTheEnd(run), 0u);
    EXPECT_EQ(run.outcome(0).reads, 1u);
    EXPECT_EQ(run.outcome(1).reads, 1u);
}

TEST(Pop3Device, TwoAtATimeWaitForEachOther) {
    Plan plan = withTablet("pop3", sendAt("0 s", "carta", "luis@sur.example", ", attach: [ { name: a.bin, size: 30 kB } ]") + at("1 min", "read: { on: luis-tab }") +
                                       at("61 s", "read: { on: luis-lap }"));
    plan.links = "  - { name: wifi, between: [sur, luis-tab], rate: 50 kbit/s }\n  - { between: [sur, luis-lap] }\n";
    plan.more += "  luis-lap: { kind: laptop, user: luis@sur.example, reads-with: pop3 }\n";
    const Story run(plan);
    EXPECT_THAT(run.dialogue(DialogueProtocol::pop3), Contains("S: -ERR [IN-USE] another session has this mailbox open"));
    EXPECT_EQ(run.outcome().reads, 2u);
    EXPECT_THAT(run.connects("luis-lap", "sur", 110), ElementsAre(1min, 2min));
}

TEST(Pop3Device, AReaderThatVanishesHoldsTheLockForTenMinutes) {
    Plan plan = withTablet("pop3", sendAt("0 s", "carta", "luis@sur.example", ", attach: [ { name: a.bin, size: 30 kB } ]") + at("1 min", "read: { on: luis-tab }") +
                                       at("61 s", "stop: luis-tab") + at("62 s", "read: { on: luis-lap }"));
    plan.links = "  - { name: wifi, between: [sur, luis-tab], rate: 50 kbit/s }\n  - { between: [sur, luis-lap] }\n";
    plan.more += "  luis-lap: { kind: laptop, user: luis@sur.example, reads-with: pop3 }\n";
    const Story run(plan);
    EXPECT_THAT(run.dialogue(DialogueProtocol::pop3), Contains(StartsWith("S: -ERR [IN-USE]")));
    EXPECT_EQ(run.outcome().reads, 1u);
}

TEST(Pop3Device, APrinterPrintsEachLetterOnce) {
    for (const char* reads : {"imap", "pop3", "pop3-delete"}) {
        const Story run({.surBoxes = "luis: {}, hp: {}",
                         .more = fmt::format("  hp: {{ kind: printer, user: hp@sur.example, prints: true, reads-with: {} }}\n", reads),
                         .links = "  - { between: [sur, hp] }\n",
                         .timeline = sendAt("0 s", "uno", "hp@sur.example") + sendAt("2 min", "dos", "hp@sur.example")});
        EXPECT_THAT(deeds(run), SizeIs(2)) << reads;
        EXPECT_THAT(deeds(run), Each(StartsWith("hp print"))) << reads;
        EXPECT_EQ(run.outcome(0).reads, 0u);
    }
}

}  // namespace
}  // namespace mailtrek::host

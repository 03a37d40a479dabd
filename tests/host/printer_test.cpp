// SPDX-License-Identifier: GPL-3.0-or-later
// The printer: it prints what arrives, one page event for each letter and never two, and what it scans it submits like everybody (scenario 10).
#include <gmock/gmock.h>

#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Lt;
using testing::SizeIs;
using trace::DialogueProtocol;

const std::vector<std::string> kReaders{"imap", "pop3", "pop3-delete"};

Plan printer(const std::string& reads, const std::string& timeline, const std::string& link = "") {
    return {.surBoxes = "luis: {}, hp: {}",
            .more = "  hp: { kind: printer, user: hp@sur.example, prints: true, reads-with: " + reads + " }\n",
            .links = "  - { name: cable, between: [sur, hp]" + link + " }\n",
            .timeline = timeline};
}

// "uno at 30 s", in order.
std::vector<std::string> pages(const Story& run) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::MailRead>(run.recording)) {
        if (e.action != trace::ReadAction::print) continue;
        EXPECT_EQ(run.recording.event(id).node, run.node("hp"));
        all.push_back(run.recording.cast().mails[run.recording.event(id).mail.index()]);
    }
    return all;
}

std::vector<Duration> pageTimes(const Story& run) {
    std::vector<Duration> all;
    for (const auto& [id, e] : eventsOf<trace::MailRead>(run.recording))
        if (e.action == trace::ReadAction::print) all.push_back(run.timeOf(id) - kStart);
    return all;
}

TEST(Printer, OnePageEventForEachLetterThatArrives) {
    for (const std::string& reads : kReaders) {
        const Story run(
            printer(reads, sendAt("0 s", "uno", "hp@sur.example") + sendAt("1 s", "dos", "hp@sur.example") + sendAt("1 min", "tres", "hp@sur.example, luis@sur.example")));
        EXPECT_THAT(pages(run), ElementsAre("uno", "dos", "tres")) << reads;
        EXPECT_THAT(pageTimes(run), Each(Ge(30s))) << "it looks every 30 s";
        for (std::size_t place = 0; place < 3; ++place) EXPECT_EQ(run.outcome(place).reads, 0u) << reads << ": a printer is no person";
    }
}

TEST(Printer, OfflineItPrintsWhenItIsBack) {
    for (const std::string& reads : kReaders) {
        const Story run(printer(
            reads, "  - { at: 0 s, offline: hp }\n" + sendAt("1 min", "uno", "hp@sur.example") + sendAt("2 min", "dos", "hp@sur.example") + "  - { at: 1 h, online: hp }\n"));
        EXPECT_THAT(pages(run), ElementsAre("uno", "dos")) << reads;
        EXPECT_THAT(pageTimes(run), Each(testing::AllOf(Ge(1h), Lt(1h + 31s)))) << reads;
    }
}

TEST(Printer, ACrashPrintsNothingTwiceAndLosesNothing) {
    for (const std::string& reads : kReaders) {
        std::string letters;
        for (int n = 1; n <= 4; ++n) letters += sendAt("0 s", fmt::format("l{}", n), "hp@sur.example", ", attach: [ { name: a.bin, size: 200 kB } ]");
        for (int tenths = 301; tenths < 380; tenths += 7) {  // somewhere in the session, which takes about 9 s
            const Story run(printer(reads, letters + fmt::format("  - {{ at: {} ms, stop: hp }}\n  - {{ at: 5 min, start: hp }}\n", 100 * tenths), ", rate: 1 Mbit/s"));
            std::vector<std::string> printed = pages(run);
            std::ranges::sort(printed);
            EXPECT_THAT(printed, ElementsAre("l1", "l2", "l3", "l4")) << reads << ", crash at " << tenths;
        }
    }
}

TEST(Printer, ACutCablePrintsNothingTwice) {
    for (const std::string& reads : kReaders) {
        const std::string letters = sendAt("0 s", "uno", "hp@sur.example", ", attach: [ { name: a.bin, size: 300 kB } ]") +
                                    sendAt("0 s", "dos", "hp@sur.example", ", attach: [ { name: b.bin, size: 300 kB } ]");
        const Story run(printer(reads, letters + "  - { at: 33 s, cut: cable }\n  - { at: 2 h, restore: cable }\n", ", rate: 1 Mbit/s"));
        EXPECT_THAT(pages(run), ElementsAre("uno", "dos")) << reads;
    }
}

TEST(Printer, AScanIsASubmission) {
    const Story run(printer(
        "imap", "  - { at: 1 s, send: { id: scan, from: hp@sur.example, on: hp, to: [ana@norte.example], subject: Scan, attach: [ { name: page.pdf, size: 80 kB } ] } }\n"));
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_THAT(run.connects("hp", "sur", 587), SizeIs(1)) << "its own server, as every device";
    const auto said = run.dialogue(DialogueProtocol::submission);
    EXPECT_THAT(said, Contains(HasSubstr("C: AUTH PLAIN")));
    EXPECT_THAT(said, Contains("C: MAIL FROM:<hp@sur.example> SIZE=" + std::to_string(eventsOf<trace::MailComposed>(run.recording).at(0).second.size)));
    ASSERT_THAT(run.letters("ana@norte.example"), SizeIs(1));
    EXPECT_THAT(run.letters("ana@norte.example")[0], HasSubstr("page.pdf"));
    EXPECT_THAT(pages(run), testing::IsEmpty());
}

TEST(Printer, ScansWhileOfflineGoOutAndTheAnswerIsPrinted) {
    const Story run(printer(
        "imap", "  - { at: 0 s, offline: hp }\n  - { at: 1 s, send: { id: scan, from: hp@sur.example, on: hp, to: [ana@norte.example] } }\n  - { at: 10 min, online: hp }\n" +
                    sendAt("11 min", "respuesta", "hp@sur.example")));
    EXPECT_EQ(run.outcome(0).copies, 1u);
    EXPECT_THAT(pages(run), ElementsAre("respuesta"));
}

// Classroom row 10: phone, tablet and PC by IMAP, and a printer: one copy, \Seen shared, one page printed.
TEST(Printer, ManyDevicesOneMailbox) {
    Plan plan{.more =
                  "  luis-fon: { kind: phone, user: luis@sur.example, checks: idle }\n  luis-tab: { kind: tablet, user: luis@sur.example, checks: every 15 min }\n"
                  "  hp: { kind: printer, user: luis@sur.example, prints: true }\n",
              .links = "  - { between: [sur, luis-fon] }\n  - { between: [sur, luis-tab] }\n  - { between: [sur, hp] }\n",
              .timeline =
                  sendAt("0 s", "carta", "luis@sur.example") + "  - { at: 20 min, read: { on: luis-pc, mail: carta } }\n  - { at: 31 min, read: { on: luis-tab, mail: carta } }\n"};
    const Story run(plan);
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_EQ(run.outcome().reads, 2u) << "by a person, on two devices";
    EXPECT_THAT(pages(run), ElementsAre("carta"));
    std::vector<std::string> heard;
    for (const auto& [id, e] : eventsOf<trace::MailKnown>(run.recording))
        heard.push_back(fmt::format("{} {}{}", run.recording.cast().nodes[run.recording.event(id).node.index()].name, name(e.as), e.told ? " told" : ""));
    // Printing fetches the letter, and to IMAP what was fetched has been seen: the phone is told so, and the tablet finds it so.
    EXPECT_THAT(heard, ElementsAre("luis-fon unread told", "luis-fon read told", "luis-tab read"));
}

}  // namespace
}  // namespace mailtrek::host

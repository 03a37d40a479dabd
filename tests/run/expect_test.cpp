// SPDX-License-Identifier: GPL-3.0-or-later
// Expectations, met and not met, in words.
#include "sim/run/expect.h"

#include <gtest/gtest.h>

#include "tests/run/script.h"

namespace mailtrek::run {
namespace {

using namespace test;
using namespace trace;
using Status = MailFate;

scenario::Comparison exactly(double value, std::string text) { return {.least = value, .most = value, .text = std::move(text)}; }
scenario::Comparison atLeast(double value, std::string text) { return {.least = value, .most = {}, .text = std::move(text)}; }

// carta goes to luis, who reads it at 5 s, and to eva, whose copy is only stored (at 2 s); three segments are sent again.
Script letter() {
    Script s;
    s.on(kPc).add(MailComposed{.from = s.text("ana@norte.example"), .to = s.text("luis@sur.example,eva@sur.example"), .recipients = 2});
    s.opened(kRelay, kNorte, kSur, 25);
    s.command(kRelay, "EHLO norte", DialogueProtocol::smtp);
    s.reply(kRelay, 250, DialogueProtocol::smtp);
    for (int i = 0; i < 3; ++i) s.resent(kRelay, RetransmitReason::rack);
    s.on(kSur).at(2s).add(MailStored{.recipientIndex = 0, .hops = 2});
    s.add(MailStored{.recipientIndex = 1, .hops = 2});
    s.at(5s).add(MailRead{.recipientIndex = 0, .action = ReadAction::read});
    return s;
}

std::string failures(const scenario::Expect& expect, const Script& s) {
    std::string all;
    for (const Shortfall& one : check(expect, s.recording)) all += one.what + ": expected " + one.expected + ", found " + one.found + "\n";
    return all;
}

TEST(Expect, NothingExpectedNothingMissed) { EXPECT_EQ(failures({}, letter()), ""); }

TEST(Expect, Metrics) {
    scenario::Expect expect;
    expect.metrics = {{"tcp.retransmits", exactly(3, "3")}, {"tcp.retransmits{connection: norte>sur:25}", atLeast(3, ">= 3")}, {"sim.end-time", exactly(5, "5")}};
    EXPECT_EQ(failures(expect, letter()), "");
    expect.metrics = {{"tcp.retransmits", exactly(4, "4")}, {"link.drops{link: backbone}", atLeast(1, ">= 1")}, {"sim.end-time", atLeast(6, ">= 6")}};
    EXPECT_EQ(failures(expect, letter()),
              "tcp.retransmits: expected 4, found 3\n"
              "link.drops{link: backbone}: expected >= 1, found 0\n"
              "sim.end-time: expected >= 6, found 5\n");
    expect.metrics = {{"tcp.retries", exactly(0, "0")}};
    EXPECT_EQ(failures(expect, letter()), "tcp.retries: expected 0, found there is no metric 'tcp.retries'\n");
}

TEST(Expect, DeliveredIsAlsoMetByRead) {
    scenario::Expect expect;
    expect.mails = {{"carta", {.status = Status::delivered, .before = 3s, .copies = exactly(1, "1"), .hops = exactly(2, "2")}}};
    EXPECT_EQ(failures(expect, letter()), "");
}

TEST(Expect, EveryRecipientCounts) {
    scenario::Expect expect;
    expect.mails = {{"carta", {.status = Status::read, .before = 6s, .reads = exactly(1, "1")}}};
    EXPECT_EQ(failures(expect, letter()),
              "carta to eva@sur.example: status: expected read, found delivered\n"
              "carta to eva@sur.example: before: expected 6 s, found never\n"
              "carta to eva@sur.example: reads: expected 1, found 0\n");
}

TEST(Expect, MomentsAreThoseOfTheStatus) {
    scenario::Expect expect;
    expect.mails = {{"carta", {.status = Status::delivered, .before = 2s, .after = 2500ms}}};
    EXPECT_EQ(failures(expect, letter()),
              "carta to luis@sur.example: before: expected 2 s, found 2 s\n"
              "carta to luis@sur.example: after: expected 2.5 s, found 2 s\n"
              "carta to eva@sur.example: before: expected 2 s, found 2 s\n"
              "carta to eva@sur.example: after: expected 2.5 s, found 2 s\n");
}

TEST(Expect, RepliesAndMissingLetters) {
    scenario::Expect expect;
    expect.replies = {{"carta", {250}}};
    EXPECT_EQ(failures(expect, letter()), "");
    expect.replies = {{"carta", {250, 221}}, {"otra", {220}}};
    expect.mails = {{"otra", {.status = Status::delivered}}};
    EXPECT_EQ(failures(expect, letter()),
              "otra: expected sent, found never\n"
              "replies of carta: expected 250 221, found 250\n"
              "replies of otra: expected 220, found none\n");
}

}  // namespace
}  // namespace mailtrek::run

// SPDX-License-Identifier: GPL-3.0-or-later
// Mailing lists, RFC 5321 3.9.2: what members get comes from the list's owner, and so does trouble with them. And delayed notices, RFC 3464.
#include <gmock/gmock.h>

#include "tests/mail/mta_kit.h"

namespace mailtrek::mail {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

MtaSettings withList() {
    MtaSettings settings;
    settings.lists = {{"clase@sur.example", {"luis@sur.example", "ana@norte.example", "bea@norte.example", "info@sur.example"}}};
    settings.aliases = {{"info@sur.example", {"eva@sur.example", "cata@este.example"}}};
    return settings;
}
const QueueEntry& entryFor(const MtaBench& bench, std::string_view address) {
    for (const auto& [id, entry] : bench.mta.queue())
        if (entry.recipient.address == address) return entry;
    throw std::out_of_range(std::string(address));
}

TEST(MtaList, MembersGetItFromTheOwner) {
    MtaBench bench(withList());
    bench.letter({"clase@sur.example"});
    EXPECT_THAT(bench.lastLetterOf("luis@sur.example"),
                StartsWith("Return-Path: <clase-owner@sur.example>\r\nList-Id: <clase.sur.example>\r\nList-Post: <mailto:clase@sur.example>\r\nSubject: Hola\r\n"));
    for (const char* member : {"ana@norte.example", "bea@norte.example", "cata@este.example"}) EXPECT_EQ(entryFor(bench, member).from, "clase-owner@sur.example") << member;
    EXPECT_EQ(entryFor(bench, "ana@norte.example").message.data(), entryFor(bench, "bea@norte.example").message.data()) << "one letter for all: one transaction a domain";
}

TEST(MtaList, AnAliasLeavesTheEnvelopeAlone) {
    MtaBench bench(withList());
    bench.letter({"info@sur.example"});
    EXPECT_EQ(entryFor(bench, "cata@este.example").from, "ana@norte.example");
    EXPECT_THAT(bench.lastLetterOf("eva@sur.example"), Not(HasSubstr("List-Id")));
}

TEST(MtaList, TroubleWithAMemberIsTheOwnersBusiness) {
    MtaBench bench(withList());
    bench.mta.mailbox("eva@sur.example")->setQuota(std::nullopt);
    bench.letter({"clase@sur.example"});
    bench.run(permanent());
    EXPECT_THAT(bench.notices, SizeIs(2)) << "one for each domain: their servers say no at different times";
    EXPECT_THAT(bench.notices, Each(HasSubstr("\r\nTo: clase-owner@sur.example\r\n")));
    EXPECT_THAT(bench.lastLetterOf("eva@sur.example"), HasSubstr("Subject: Undelivered")) << "the first mailbox looks after what nobody else does";
    EXPECT_TRUE(bench.mta.checkRecipient("clase-owner@sur.example", false, 0, {}).good());
    EXPECT_TRUE(bench.mta.checkRecipient("Clase-Request@sur.example", false, 0, {}).good() == false) << "names of lists are local parts: as they are written";
    EXPECT_TRUE(bench.mta.checkRecipient("clase-request@sur.example", false, 0, {}).good());
    EXPECT_EQ(bench.mta.checkRecipient("otra-owner@sur.example", false, 0, {}).code, 550);
}

TEST(MtaList, TheOwnerMayBeSomebody) {
    MtaSettings settings = withList();
    settings.aliases["clase-owner@sur.example"] = {"luis@sur.example"};
    MtaBench bench(settings);
    bench.letter({"clase-owner@sur.example"});
    EXPECT_EQ(bench.lettersOf("luis@sur.example"), 1u);
}

TEST(MtaList, ANoticeStaysANotice) {  // or lists could answer each other for ever
    MtaBench bench(withList());
    bench.letter({"clase@sur.example"}, "");
    EXPECT_EQ(entryFor(bench, "ana@norte.example").from, "");
    bench.run(permanent());
    EXPECT_THAT(bench.notices, IsEmpty());
    EXPECT_THAT(bench.log, Contains("discarded ana@norte.example"));
}

TEST(MtaList, SuccessIsArrivalAtTheList) {  // RFC 3461 5.2.7.3
    MtaBench bench(withList());
    DsnWish wish;
    wish.notify = DsnNotify::listed;
    wish.onSuccess = true;
    bench.letter({"clase@sur.example"}, "ana@norte.example", wish);
    ASSERT_THAT(bench.notices, SizeIs(1));
    EXPECT_THAT(bench.notices[0], HasSubstr("Final-Recipient: rfc822; clase@sur.example\r\nAction: delivered\r\n"));
    EXPECT_EQ(entryFor(bench, "bea@norte.example").recipient.dsn.notify, DsnNotify::unsaid) << "members are asked for nothing";
    EXPECT_EQ(entryFor(bench, "bea@norte.example").envelopeId, "");
}

// --- delayed ---

MtaSettings telling(Duration after) {
    MtaSettings settings;
    settings.delayNotice = after;
    return settings;
}

TEST(MtaDelay, IsToldOnce) {
    MtaBench bench(telling(4h));
    bench.letter({"ana@norte.example", "bea@norte.example"}, "luis@sur.example");
    bench.runUntil(4h - 1s, refused());
    EXPECT_THAT(bench.notices, IsEmpty());
    bench.runUntil(24h, refused());
    ASSERT_THAT(bench.notices, SizeIs(1)) << "both recipients in one, once";
    EXPECT_THAT(bench.notices[0], HasSubstr("\r\nSubject: Delayed Mail (still being tried)\r\n"));
    EXPECT_THAT(bench.notices[0], HasSubstr("\r\nFinal-Recipient: rfc822; bea@norte.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n"));
    EXPECT_THAT(bench.notices[0], HasSubstr("\r\nWill-Retry-Until: Sat, 07 Mar 2026 10:00:00 +0000\r\n")) << "five days after Monday, 2 March, 10:00";
    EXPECT_THAT(bench.notices[0], HasSubstr("text/rfc822-headers"));
    EXPECT_EQ(bench.lettersOf("luis@sur.example"), 1u);
    EXPECT_EQ(bench.mta.queue().size(), 2u) << "and they are still tried";
}

TEST(MtaDelay, IsNotToldWhenItArrivedOrNobodyWantsToKnow) {
    MtaBench arrived(telling(4h));
    arrived.letter({"ana@norte.example"}, "luis@sur.example");
    arrived.runUntil(1h, refused());
    arrived.runUntil(2h, {});
    EXPECT_TRUE(arrived.mta.queue().empty());
    EXPECT_EQ(arrived.at(5h).run(), 0u);
    EXPECT_THAT(arrived.notices, IsEmpty());
    for (const auto& [notify, onDelay, notices] : {std::tuple{DsnNotify::never, false, 0u}, {DsnNotify::listed, false, 0u}, {DsnNotify::listed, true, 1u}}) {
        DsnWish wish;
        wish.notify = notify;
        wish.onDelay = onDelay;
        MtaBench bench(telling(4h));
        bench.letter({"ana@norte.example"}, "luis@sur.example", wish);
        bench.runUntil(6h, refused());
        EXPECT_EQ(bench.notices.size(), notices);
    }
    MtaBench notice(telling(4h));
    notice.letter({"ana@norte.example"}, "");
    notice.runUntil(6h, refused());
    EXPECT_THAT(notice.notices, IsEmpty()) << "nobody to tell";
}

TEST(MtaQueue, TheNextDeadlineIsThatOfTheFirstInLine) {
    MtaBench bench;
    EXPECT_EQ(bench.mta.nextDeadline(), kNever);
    bench.letter({"ana@norte.example"});
    EXPECT_EQ(bench.mta.nextDeadline(), kStart);
    bench.run(transient());
    bench.at(10min).letter({"eva@este.example"});
    EXPECT_EQ(bench.mta.nextDeadline(), kStart + 10min);
    const std::vector<Job> jobs = bench.mta.takeDue(bench.now);
    ASSERT_THAT(jobs, SizeIs(1));
    EXPECT_EQ(bench.mta.nextDeadline(), kStart + 30min) << "what is under way waits for nothing";
    bench.mta.restart(kStart + 12min);
    EXPECT_EQ(bench.mta.nextDeadline(), kStart + 30min);
    bench.at(30min).run();
    EXPECT_EQ(bench.mta.nextDeadline(), kStart + 40min);
    bench.at(40min).run();
    EXPECT_EQ(bench.mta.nextDeadline(), kNever);
}

}  // namespace
}  // namespace mailtrek::mail

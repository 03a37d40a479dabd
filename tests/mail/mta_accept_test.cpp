// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail server takes, for whom, and where it goes: mailboxes, aliases, lists, quotas.
#include <gmock/gmock.h>

#include "tests/mail/mta_kit.h"

namespace mailtrek::mail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct Asked {
    const char* address;
    std::uint64_t size;
    bool mayRelay;
    int code;
    const char* enhanced;
};

TEST(MtaAccept, WhomItTakesMailFor) {
    MtaSettings settings;
    settings.aliases = {{"info@sur.example", {"luis@sur.example"}}, {"*@tambien.example", {"luis@sur.example"}}};
    settings.lists = {{"clase@sur.example", {"luis@sur.example", "ana@norte.example"}}};
    settings.backupFor = {"norte.example"};
    MtaBench bench(settings);
    for (const Asked& a : {Asked{"luis@sur.example", 0, false, 250, "2.1.5"},
                           {"luis@SUR.example", 0, false, 250, "2.1.5"},
                           {"\"luis\"@sur.example", 0, false, 250, "2.1.5"},
                           {"nobody@sur.example", 0, false, 550, "5.1.1"},
                           {"nobody@sur.example", 0, true, 550, "5.1.1"},
                           {"ana@otro.example", 0, false, 550, "5.7.1"},
                           {"ana@otro.example", 0, true, 250, "2.1.5"},
                           {"ana@norte.example", 0, false, 250, "2.1.5"},
                           {"postmaster", 0, false, 250, "2.1.5"},
                           {"PostMaster@sur.example", 0, false, 250, "2.1.5"},
                           {"postmaster@otro.example", 0, false, 550, "5.7.1"},
                           {"info@sur.example", 0, false, 250, "2.1.5"},
                           {"clase@sur.example", 0, false, 250, "2.1.5"},
                           {"who@tambien.example", 0, false, 250, "2.1.5"},
                           {"eva@sur.example", 300, false, 250, "2.1.5"},
                           {"eva@sur.example", 301, false, 552, "5.2.2"}}) {
        const SmtpReply reply = bench.mta.checkRecipient(a.address, a.mayRelay, a.size, MailId{});
        EXPECT_EQ(reply.code, a.code) << a.address;
        EXPECT_EQ(reply.enhanced, a.enhanced) << a.address;
    }
    bench.mta.settings().openRelay = true;
    EXPECT_EQ(bench.mta.checkRecipient("ana@otro.example", false, 0, MailId{}).code, 250);
}

TEST(MtaAccept, AFullMailboxIsFullForNow) {
    MtaBench bench;
    bench.letter({"eva@sur.example"});
    EXPECT_EQ(bench.mta.checkRecipient("eva@sur.example", false, 290, MailId{}).code, 452);
    EXPECT_EQ(bench.mta.checkRecipient("eva@sur.example", false, 290, MailId{}).enhanced, "4.2.2");
    EXPECT_EQ(bench.mta.checkRecipient("eva@sur.example", false, 10, MailId{}).code, 250);
    EXPECT_THAT(bench.log, Contains("full eva@sur.example"));
}

TEST(MtaAccept, StoresWithTheReturnPathOnTop) {  // 4.4
    MtaBench bench;
    bench.letter({"luis@SUR.example"});
    EXPECT_EQ(bench.lastLetterOf("luis@sur.example"), "Return-Path: <ana@norte.example>\r\nSubject: Hola\r\n\r\nHola\r\n");
    bench.letter({"luis@sur.example"}, "");
    EXPECT_THAT(bench.lastLetterOf("luis@sur.example"), StartsWith("Return-Path: <>\r\n"));
    EXPECT_TRUE(bench.mta.queue().empty());
}

TEST(MtaAccept, QueuesWhatGoesElsewhere) {
    MtaBench bench;
    bench.letter({"luis@sur.example", "ana@norte.example"});
    EXPECT_EQ(bench.lettersOf("luis@sur.example"), 1u);
    EXPECT_EQ(bench.mta.queue().size(), 1u);
    EXPECT_EQ(bench.mta.nextDeadline(), kStart);  // at once
}

TEST(MtaAccept, PostmasterIsReadBySomebody) {  // 4.5.1
    MtaBench bench;
    bench.letter({"postmaster", "POSTMASTER@sur.example"});
    EXPECT_EQ(bench.lettersOf("eva@sur.example"), 2u);
    MtaSettings settings;
    settings.aliases = {{"postmaster@sur.example", {"luis@sur.example"}}};
    MtaBench other(settings);
    other.letter({"postmaster@sur.example"});
    EXPECT_EQ(other.lettersOf("luis@sur.example"), 1u);
}

TEST(MtaAccept, AliasesAndListsLeadToTheEnd) {
    MtaSettings settings;
    settings.aliases = {{"a@sur.example", {"b@sur.example", "luis@sur.example"}},
                        {"b@sur.example", {"luis@sur.example", "ana@norte.example"}},
                        {"luis@sur.example", {"luis@sur.example", "luis@otro.example"}}};
    MtaBench bench(settings);
    bench.letter({"a@sur.example"});
    EXPECT_EQ(bench.lettersOf("luis@sur.example"), 1u);  // by two ways, one copy
    std::vector<std::string> queued;
    for (const auto& [id, entry] : bench.mta.queue()) queued.push_back(entry.recipient.address);
    EXPECT_THAT(queued, testing::UnorderedElementsAre("luis@otro.example", "ana@norte.example"));
}

TEST(MtaAccept, AnAliasMayLeadToPostmasterOrTheOwnerOfAList) {
    MtaSettings settings;
    settings.lists = {{"clase@sur.example", {"luis@sur.example"}}};
    settings.aliases = {{"jefe@sur.example", {"postmaster@sur.example"}}, {"ayuda@sur.example", {"clase-owner@sur.example"}}};
    MtaBench bench(settings);
    bench.letter({"jefe@sur.example"});
    bench.letter({"ayuda@sur.example"});
    EXPECT_EQ(bench.lettersOf("eva@sur.example"), 2u) << "the first mailbox, as when it is written to directly";
    EXPECT_TRUE(bench.notices.empty());
}

TEST(MtaAccept, ACircleOfAliasesIsTold) {
    MtaSettings settings;
    settings.aliases = {{"a@sur.example", {"b@sur.example"}}, {"b@sur.example", {"a@sur.example"}}};
    MtaBench bench(settings);
    bench.letter({"a@sur.example"}, "luis@sur.example");
    EXPECT_THAT(bench.lastLetterOf("luis@sur.example"), HasSubstr("\r\nStatus: 5.4.6\r\n"));
}

TEST(MtaAccept, AnAliasToNobodyIsTold) {
    MtaSettings settings;
    settings.aliases = {{"a@sur.example", {"nobody@sur.example"}}};
    MtaBench bench(settings);
    bench.letter({"a@sur.example"}, "luis@sur.example");
    EXPECT_THAT(bench.lastLetterOf("luis@sur.example"), HasSubstr("\r\nFinal-Recipient: rfc822; nobody@sur.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"));
}

TEST(MtaAccept, WhatDoesNotFitWaitsForRoom) {
    MtaBench bench;
    bench.letter({"eva@sur.example"});
    while (bench.mta.queue().empty() && bench.lettersOf("eva@sur.example") < 10) bench.letter({"eva@sur.example"});
    ASSERT_EQ(bench.mta.queue().size(), 1u);
    const std::size_t before = bench.lettersOf("eva@sur.example");
    Mailbox& box = *bench.mta.mailbox("eva@sur.example");
    box.remove(box.messages().front().uid);
    EXPECT_EQ(bench.at(30min).run(), 0u);  // no job: it is here
    EXPECT_EQ(bench.lettersOf("eva@sur.example"), before);
    EXPECT_TRUE(bench.mta.queue().empty());
    EXPECT_THAT(bench.log, Contains("attempt 2 eva@sur.example at sur.example"));
}

TEST(MtaAccept, WhatIsNotTrustedGoesIntoTheFolderJunk) {  // RFC 7489 6.3: p=quarantine
    MtaBench bench;
    const Slice letter = Slice::copyOf("Subject: Hola\r\n\r\nHola\r\n");
    Envelope envelope;
    envelope.from = "mal@malo.example";
    for (const bool quarantined : {true, false, true}) bench.mta.accept(envelope, {{{"luis@sur.example", {}}, MailId{1}, 0}}, letter, MessageId{1}, bench.now, quarantined);
    const Mailbox& box = *bench.mta.mailbox("luis@sur.example");
    const Folder* junk = box.folder("Junk");
    ASSERT_NE(junk, nullptr);
    EXPECT_TRUE(junk->selectable && box.subscribed().contains("Junk"));
    ASSERT_EQ(box.messages().size(), 3u);
    EXPECT_EQ(box.messages()[0].folder, junk->validity);
    EXPECT_EQ(box.messages()[1].folder, kInbox);
    EXPECT_EQ(box.messages()[2].folder, junk->validity);
}

TEST(MtaAccept, ANoticeOfSuccessWhereItIsWished) {  // RFC 3461 5.2.3: at final delivery, headers only
    DsnWish wish;
    wish.notify = DsnNotify::listed;
    wish.onSuccess = true;
    wish.onFailure = false;
    wish.originalRecipient = "rfc822;luis+x@sur.example";
    MtaBench bench;
    bench.letter({"luis@sur.example"}, "eva@sur.example", wish);
    ASSERT_EQ(bench.notices.size(), 1u);
    EXPECT_THAT(bench.notices[0], HasSubstr("\r\nOriginal-Envelope-Id: envid-1\r\n"));
    EXPECT_THAT(bench.notices[0],
                HasSubstr("\r\nOriginal-Recipient: rfc822;luis+x@sur.example\r\nFinal-Recipient: rfc822; luis@sur.example\r\nAction: delivered\r\nStatus: 2.1.5\r\n"));
    EXPECT_THAT(bench.notices[0], HasSubstr("Content-Type: text/rfc822-headers\r\n"));
    bench.letter({"luis@sur.example"}, "", wish);  // nobody to tell
    EXPECT_EQ(bench.notices.size(), 1u);
}

}  // namespace
}  // namespace mailtrek::mail

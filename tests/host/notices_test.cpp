// SPDX-License-Identifier: GPL-3.0-or-later
// Notices that a sender asks for (RFC 3461), from the file to the mailbox: delivered, relayed, failed, or never.
#include <gmock/gmock.h>

#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using trace::DialogueProtocol;
using trace::NoticeKind;

std::vector<NoticeKind> notices(const Story& run) {
    std::vector<NoticeKind> all;
    for (const auto& [id, e] : eventsOf<trace::NoticeIssued>(run.recording)) all.push_back(e.kind);
    return all;
}

TEST(Notices, TheFileSaysWhatTheDeviceWishes) {
    const auto said = [](const std::string& wish, DialogueProtocol where) {
        std::vector<std::string> lines;
        for (const std::string& line : Story({.timeline = sendAt("0 s", "carta", "luis@sur.example", wish)}).dialogue(where))
            if (lines.size() < 2 && (line.starts_with("C: MAIL") || line.starts_with("C: RCPT"))) lines.push_back(line.substr(line.find('>')));
        return lines;
    };
    for (const auto where : {DialogueProtocol::submission, DialogueProtocol::smtp}) {
        EXPECT_THAT(said("", where), ElementsAre(Not(HasSubstr("RET=")), ">")) << "nothing is made up";
        EXPECT_THAT(said(", notify: [success, failure, delay], return: full", where),
                    ElementsAre(HasSubstr(" RET=FULL ENVID=carta"), "> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;luis@sur.example"));
        EXPECT_THAT(said(", notify: never", where), ElementsAre(AllOf(HasSubstr(" ENVID=carta"), Not(HasSubstr("RET="))), "> NOTIFY=NEVER ORCPT=rfc822;luis@sur.example"));
        EXPECT_THAT(said(", return: headers", where), ElementsAre(HasSubstr(" RET=HDRS ENVID=carta"), "> ORCPT=rfc822;luis@sur.example"));
    }
}

TEST(Notices, OfDeliveryComeFromTheServerThatDelivers) {
    const Story run({.timeline = sendAt("0 s", "carta", "luis@sur.example", ", notify: [success]")});
    EXPECT_THAT(notices(run), ElementsAre(NoticeKind::delivered));
    EXPECT_EQ(run.recording.event(eventsOf<trace::NoticeIssued>(run.recording)[0].first).node, run.node("sur"));
    EXPECT_THAT(run.letters("ana@norte.example"),
                ElementsAre(AllOf(HasSubstr("Action: delivered"), HasSubstr("Original-Envelope-Id: carta\r\n"), HasSubstr("Original-Recipient: rfc822;luis@sur.example\r\n"))));
    EXPECT_EQ(run.outcome().status, Status::delivered);
}

TEST(Notices, AServerWithoutThemEndsTheTrail) {  // RFC 3461 5.2.2
    const Story run({.sur = ", policy: { dsn: off }", .timeline = sendAt("0 s", "carta", "luis@sur.example", ", notify: [success]")});
    EXPECT_THAT(notices(run), ElementsAre(NoticeKind::relayed));
    EXPECT_EQ(run.recording.event(eventsOf<trace::NoticeIssued>(run.recording)[0].first).node, run.node("norte"));
    EXPECT_THAT(run.letters("ana@norte.example"),
                ElementsAre(AllOf(HasSubstr("Action: relayed\r\nStatus: 2.0.0\r\nRemote-MTA: dns; sur.sur.example\r\n"), HasSubstr("Original-Envelope-Id: carta\r\n"))));
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains("C: RCPT TO:<luis@sur.example>")) << "it gets no parameters";
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_THAT(notices(Story({.sur = ", policy: { dsn: off }", .timeline = sendAt("0 s", "carta", "luis@sur.example")})), IsEmpty()) << "nobody asked";
}

TEST(Notices, OfFailureOnlyWhereTheyAreWished) {
    const auto told = [](const std::string& wish, const std::string& sur = "") {
        return Story({.sur = sur, .timeline = sendAt("0 s", "carta", "nobody@sur.example", wish)}).letters("ana@norte.example");
    };
    EXPECT_THAT(told(""), SizeIs(1));
    EXPECT_THAT(told(", notify: [failure]"), SizeIs(1));
    EXPECT_THAT(told(", notify: [success]"), IsEmpty());
    EXPECT_THAT(told(", notify: never"), IsEmpty());
    EXPECT_THAT(told(", notify: never", ", policy: { dsn: off }"), IsEmpty());
    EXPECT_THAT(told(", return: headers"), ElementsAre(HasSubstr("Content-Type: text/rfc822-headers")));
    EXPECT_THAT(told(", return: full"), ElementsAre(HasSubstr("Content-Type: message/rfc822\r\n")));
}

TEST(Notices, WhoShallNeverBeToldHasNoAddressForAServerWithoutThem) {  // RFC 3461 5.2.2 (d)
    const Story run({.sur = ", policy: { dsn: off }", .timeline = sendAt("0 s", "carta", "luis@sur.example", ", notify: never")});
    EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains(HasSubstr("C: MAIL FROM:<> ")));
    EXPECT_EQ(run.outcome().status, Status::delivered);
}

TEST(Notices, OfDelayAreAskedForLikeAllOthers) {
    const auto told = [](const std::string& wish) {
        const Story run({.mail = "delay-notice: 1 h, retry: [30 min]",
                         .timeline = "  - { at: 0 s, stop: sur }\n" + sendAt("1 s", "carta", "luis@sur.example", wish) + "  - { at: 2 h, start: sur }\n"});
        return notices(run);
    };
    EXPECT_THAT(told(""), ElementsAre(NoticeKind::delayed));
    EXPECT_THAT(told(", notify: [delay]"), ElementsAre(NoticeKind::delayed));
    EXPECT_THAT(told(", notify: [failure]"), IsEmpty());
    EXPECT_THAT(told(", notify: [success, delay]"), ElementsAre(NoticeKind::delayed, NoticeKind::delivered));
}

}  // namespace
}  // namespace mailtrek::host

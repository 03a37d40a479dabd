// SPDX-License-Identifier: GPL-3.0-or-later
// The sentences about what devices do without their people, and about their networks.
#include <gtest/gtest.h>

#include "sim/narrate/narrate.h"
#include "tests/run/script.h"

namespace mailtrek::narrate {
namespace {

using namespace trace;
using run::test::kBackbone, run::test::kNorte, run::test::kPc, run::test::kSubmission, run::test::Script;

struct Phone : Script {
    Phone() {
        recording.mutableCast().nodes[0].user = "ana@norte.example";
        recording.mutableCast().nodes[0].kind = NodeKind::phone;
        recording.mutableCast().nodes[1].kind = NodeKind::mailServer;
        on(kPc).opened(kSubmission, kPc, kNorte, 143);
    }
    std::string told(Language language = Language::en) const { return sentence(recording, {recording.size() - 1}, Level::story, language); }
};

TEST(HabitSentence, NewsOfAMailbox) {
    Phone s;
    s.add(MailKnown{.connection = kSubmission, .as = KnownAs::unread, .told = true});
    EXPECT_EQ(s.told(), "Norte tells ana-pc at once that a message has come.");
    EXPECT_EQ(s.told(Language::es), "Norte avisa enseguida a ana-pc de que ha llegado un mensaje.");
    s.add(MailKnown{.connection = kSubmission, .as = KnownAs::unread});
    EXPECT_EQ(s.told(), "ana-pc looks into the mailbox and finds a new message.");
    EXPECT_EQ(s.told(Language::es), "ana-pc mira en el buzón y encuentra un mensaje nuevo.");
    s.add(MailKnown{.connection = kSubmission, .as = KnownAs::read, .told = true});
    EXPECT_EQ(s.told(), "ana-pc learns that the message has been read.");
    s.add(MailKnown{.connection = kSubmission, .as = KnownAs::gone, .told = true});
    EXPECT_EQ(s.told(Language::es), "ana-pc se entera de que el mensaje ya no está en el buzón.");
    s.add(DeviceWaits{.what = s.text("check"), .why = s.text("timed-out")});
    EXPECT_EQ(s.told(), "ana-pc cannot look for new messages and tries again later.");
    s.add(DeviceWaits{.what = s.text("check"), .why = s.text("NO"), .final = true});
    EXPECT_EQ(s.told(Language::es), "ana-pc no puede mirar si hay mensajes nuevos y desiste.");
}

TEST(HabitSentence, AnotherNetwork) {
    Phone s;
    const LinkEnd one = LinkEnd::of(kBackbone, 0), other = LinkEnd::of(LinkId{0}, 0);
    s.add(DeviceMoved{one, other, true});
    EXPECT_TRUE(s.told().starts_with("ana-pc loses the link ")) << s.told();
    EXPECT_TRUE(s.told().ends_with(", with another address.")) << s.told();
    s.add(DeviceMoved{one, other, false});
    EXPECT_TRUE(s.told(Language::es).starts_with("ana-pc vuelve a tener el enlace ")) << s.told(Language::es);
    s.add(DeviceMoved{one, {}, true});
    EXPECT_TRUE(s.told().ends_with("and has no network any more.")) << s.told();
    s.add(DeviceMoved{{}, one, false});
    EXPECT_TRUE(s.told(Language::es).starts_with("ana-pc vuelve a tener red: ")) << s.told(Language::es);
    s.add(DeviceWaits{.what = s.text("send"), .why = s.text("network-lost")});
    EXPECT_EQ(s.told(), "ana-pc loses its network in the middle; it hands the message over anew.");
    s.add(ConnectionEnded{.connection = kSubmission, .side = Side::client, .reason = CloseReason::networkLost});
    EXPECT_EQ(s.told(), "ana-pc has lost the network of this connection and drops it; norte does not hear of it.");
}

}  // namespace
}  // namespace mailtrek::narrate

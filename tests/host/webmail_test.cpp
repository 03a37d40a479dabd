// SPDX-License-Identifier: GPL-3.0-or-later
// Reading in a browser (classroom scenario 10): the page is not the mailbox, and shows the same one that IMAP and POP3 open; and what does not work with it.
#include <gmock/gmock.h>

#include "sim/host/network.h"
#include "sim/narrate/narrate.h"
#include "sim/run/metrics.h"
#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using trace::DialogueProtocol;

std::string at(const std::string& when, const std::string& what) { return "  - { at: " + when + ", " + what + " }\n"; }

Plan withTablet(const std::string& timeline, const std::string& wifi = "", const std::string& sur = "") {
    return {.sur = sur,
            .more = "  luis-tab: { kind: tablet, user: luis@sur.example, reads-with: webmail }\n",
            .links = "  - { name: wifi, between: [sur, luis-tab]" + wifi + " }\n",
            .timeline = timeline};
}

const std::string kCarta = sendAt("0 s", "carta", "luis@sur.example", ", subject: Hola, text: Un secreto");
const std::string kReadIt = at("1 min", "read: { on: luis-tab, mail: carta }");

std::vector<std::string> waits(const Story& story) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::DeviceWaits>(story.recording)) all.push_back(std::string(story.recording.text(e.why)) + (e.final ? ", for good" : ""));
    return all;
}

// Who did what with letters, in order: "luis-tab read".
std::vector<std::string> deeds(const Story& story) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::MailRead>(story.recording))
        all.push_back(fmt::format("{} {}", story.recording.cast().nodes[story.recording.event(id).node.index()].name, trace::name(e.action)));
    return all;
}

// Whether these octets travelled in the clear to or from this port.
bool readable(const Story& story, std::uint16_t port, std::string_view octets) {
    const trace::Store& store = story.recording.store();
    for (std::uint32_t p = 0; p < store.packets(); ++p) {
        const wire::Packet& packet = store.packet(PacketId{p}).packet;
        const wire::TcpHeader* tcp = packet.tcp();
        if (tcp != nullptr && (tcp->sourcePort == port || tcp->destinationPort == port) && packet.payload.text().find(octets) != std::string_view::npos) return true;
    }
    return false;
}

TEST(Webmail, ReadsALetterThroughThePage) {
    const Story story(withTablet(kCarta + kReadIt));
    EXPECT_THAT(story.dialogue(DialogueProtocol::http), ElementsAre("C: GET /", "S: 200 OK", "C: POST /login", "S: 303 See Other /mail", "C: GET /mail", "S: 200 OK",
                                                                    "C: GET /mail/1", "S: 200 OK", "C: POST /logout", "S: 303 See Other /"));
    EXPECT_THAT(story.connects("luis-tab", "sur", 443), ElementsAre(1min));
    EXPECT_THAT(story.connects("luis-tab", "sur", 143), IsEmpty()) << "a browser speaks no IMAP";
    EXPECT_THAT(deeds(story), ElementsAre("luis-tab read"));
    EXPECT_EQ(story.outcome().reads, 1u);
    EXPECT_EQ(story.outcome().copies, 1u);
    EXPECT_EQ(story.outcome().status, Status::read);
}

TEST(Webmail, TellsThatPageAndMailboxAreTwoThings) {
    const Story story(withTablet(kCarta + kReadIt));
    const auto opened = eventsOf<trace::PageOpened>(story.recording);
    ASSERT_THAT(opened, SizeIs(1));
    const trace::EventId id = opened[0].first;
    EXPECT_EQ(story.recording.event(id).node, story.node("sur"));
    EXPECT_EQ(story.recording.text(opened[0].second.mailbox), "luis@sur.example");
    EXPECT_EQ(story.recording.event(id).mail, MailId{0}) << "it belongs to the letter's journey";
    EXPECT_EQ(trace::stepLevel(story.recording, id), trace::Level::story);
    EXPECT_EQ(narrate::sentence(story.recording, id, trace::Level::story, narrate::Language::en),
              "Luis's browser talks to the web page of sur; the page opens the mailbox on sur.");
    EXPECT_EQ(narrate::sentence(story.recording, id, trace::Level::story, narrate::Language::es),
              "El navegador de Luis habla con la página web de sur; la página abre el buzón en sur.");
}

TEST(Webmail, NothingOfItTravelsInTheClear) {
    const Story story(withTablet(kCarta + kReadIt, ", tap: true"));
    for (const char* secret : {"GET /", "password", "luis", "Hola", "secreto", "session"}) EXPECT_FALSE(readable(story, 443, secret)) << secret;
    EXPECT_TRUE(readable(story, 25, "Hola")) << "between the servers it did";
    std::size_t records = 0;
    for (const auto& [id, e] : eventsOf<trace::TapHeard>(story.recording)) {
        EXPECT_TRUE(e.kind == trace::TapKind::connection || e.kind == trace::TapKind::sealed || e.kind == trace::TapKind::record) << trace::name(e.kind);
        records += e.kind == trace::TapKind::record ? 1 : 0;
    }
    EXPECT_GT(records, 10u);
}

TEST(Webmail, ShowsTheMailboxThatAllDevicesShare) {  // scenario 10: one copy, \Seen shared
    Plan plan = withTablet(kCarta + sendAt("1 s", "otra", "luis@sur.example") + kReadIt + at("2 min", "read: { on: luis-pc, mail: carta }") +
                           at("3 min", "read: { on: luis-fon, mail: otra }") + at("4 min", "read: { on: luis-tab, mail: otra }") +
                           at("5 min", "delete: { on: luis-tab, mail: carta }") + at("6 min", "read: { on: luis-fon, mail: carta }"));
    plan.more += "  luis-fon: { kind: phone, user: luis@sur.example }\n";
    plan.links += "  - { between: [sur, luis-fon] }\n";
    const Story story(plan);
    EXPECT_THAT(deeds(story), ElementsAre("luis-tab read", "luis-pc read", "luis-fon read", "luis-tab read"));
    EXPECT_EQ(story.outcome(0).copies, 1u);
    EXPECT_EQ(story.outcome(0).reads, 2u);
    EXPECT_EQ(story.outcome(1).reads, 2u);
    std::vector<std::uint32_t> seen;
    for (const auto& [id, e] : eventsOf<trace::FlagsChanged>(story.recording))
        if (e.flags == 1) seen.push_back(e.uid);
    EXPECT_THAT(seen, ElementsAre(1u, 2u)) << "each is new once, wherever it is read first";
    EXPECT_THAT(story.dialogue(DialogueProtocol::imap), Contains(HasSubstr("S: * 1 FETCH (UID 1 FLAGS (\\Recent \\Seen)")));
    EXPECT_THAT(eventsOf<trace::MailboxRemoved>(story.recording), SizeIs(1));
    EXPECT_THAT(waits(story), ElementsAre("the letter is not in the mailbox, for good")) << "what the page deleted is gone for the phone";
}

TEST(Webmail, EmptiesAMailbox) {
    const Story story(withTablet(kCarta + sendAt("1 s", "otra", "luis@sur.example") + at("1 min", "empty: { on: luis-tab }") + at("2 min", "read: { on: luis-tab }")));
    EXPECT_THAT(eventsOf<trace::MailboxRemoved>(story.recording), SizeIs(2));
    EXPECT_THAT(story.dialogue(DialogueProtocol::http), Contains("C: POST /mail/delete-all").Times(1));
    EXPECT_THAT(deeds(story), IsEmpty());
    EXPECT_THAT(waits(story), IsEmpty());
}

TEST(Webmail, TypesNoPasswordIntoAPageThatIsNotWhatItSays) {
    const struct {
        const char* fault;
        trace::TlsVerdict verdict;
    } rows[] = {{"expired: true", trace::TlsVerdict::expired},
                {"not-yet-valid: true", trace::TlsVerdict::notYetValid},
                {"self-signed: true", trace::TlsVerdict::selfSigned},
                {"name: evil.example", trace::TlsVerdict::wrongName}};
    for (const auto& row : rows) {
        Plan plan = withTablet(kCarta + kReadIt, "", fmt::format(", tls: {{ {} }}", row.fault));
        plan.more = "  luis-tab: { kind: tablet, user: luis@sur.example, reads-with: webmail, tls: off }\n";  // which is about its mail program
        const Story story(plan);
        EXPECT_THAT(story.dialogue(DialogueProtocol::http), IsEmpty()) << row.fault;
        EXPECT_THAT(eventsOf<trace::PageOpened>(story.recording), IsEmpty()) << row.fault;
        EXPECT_EQ(story.outcome().reads, 0u) << row.fault;
        bool judged = false;
        for (const auto& [id, e] : eventsOf<trace::TlsFailed>(story.recording)) judged |= e.side == trace::Side::client && e.verdict == row.verdict;
        EXPECT_TRUE(judged) << row.fault;
        ASSERT_THAT(waits(story), SizeIs(10)) << row.fault;  // as often as reading is tried
        EXPECT_EQ(waits(story).front(), "bad-certificate");
        EXPECT_EQ(waits(story).back(), "bad-certificate, for good");
        EXPECT_EQ(narrate::sentence(story.recording, eventsOf<trace::DeviceWaits>(story.recording)[0].first, trace::Level::story, narrate::Language::en),
                  "luis-tab does not trust the certificate and keeps its password to itself; the message waits.");
    }
}

TEST(Webmail, WaitsForAServerWithoutACertificate) {
    const Story story(withTablet(kCarta + kReadIt, "", ", tls: { unavailable: true }"));
    EXPECT_THAT(story.dialogue(DialogueProtocol::http), IsEmpty());
    EXPECT_EQ(story.connects("luis-tab", "sur", 443).size(), 10u);
    EXPECT_THAT(waits(story).back(), HasSubstr("for good"));
}

TEST(Webmail, ReadsOnceItIsOnline) {
    const Story story(withTablet(kCarta + at("30 s", "offline: luis-tab") + kReadIt + at("1 h", "online: luis-tab")));
    EXPECT_THAT(waits(story), ElementsAre("offline"));
    EXPECT_THAT(story.connects("luis-tab", "sur", 443), ElementsAre(60min));
    EXPECT_EQ(story.outcome().reads, 1u);
}

TEST(Webmail, TriesAgainWhenTheServerCrashesInTheMiddle) {  // and the page has forgotten who was logged in
    const Story story(withTablet(kCarta + kReadIt + at("62 s", "stop: sur") + at("90 s", "start: sur"), ", delay: 300 ms"));
    EXPECT_THAT(story.connects("luis-tab", "sur", 443), SizeIs(testing::Ge(2u)));
    EXPECT_THAT(deeds(story), ElementsAre("luis-tab read"));
    EXPECT_THAT(story.dialogue(DialogueProtocol::http), Contains("C: GET /").Times(2));
    EXPECT_THAT(eventsOf<trace::PageOpened>(story.recording), SizeIs(testing::Ge(1u)));
}

TEST(Webmail, OutlivesACutLinkAndALossyOne) {
    const Story cut(withTablet(sendAt("0 s", "carta", "luis@sur.example", ", text: x") + kReadIt + at("61200 ms", "cut: wifi") + at("20 min", "restore: wifi"), ", delay: 200 ms"));
    EXPECT_THAT(deeds(cut), ElementsAre("luis-tab read"));
    const Story lossy(withTablet(kCarta + kReadIt, ", loss: 10 %"));
    EXPECT_THAT(deeds(lossy), ElementsAre("luis-tab read"));
    EXPECT_FALSE(eventsOf<trace::SegmentRetransmitted>(lossy.recording).empty());
}

TEST(Webmail, WaitsAMinuteForTheHandshake) {  // the hello is on its way when the link is cut
    const Story story(withTablet(kCarta + kReadIt + at("60500 ms", "cut: wifi") + at("150 s", "restore: wifi"), ", delay: 200 ms"));
    ASSERT_THAT(waits(story), SizeIs(testing::Ge(1u)));
    EXPECT_EQ(waits(story)[0], "the page did not answer in time");
    const Duration waited = story.times<trace::DeviceWaits>()[0];
    EXPECT_GE(waited, 120s);
    EXPECT_LT(waited, 121s);
    EXPECT_THAT(deeds(story), ElementsAre("luis-tab read"));
}

TEST(Webmail, ReadsALongMailboxPageByPage) {
    Plan plan = withTablet("  - { at: 0 s, send: { id: n, from: ana@norte.example, to: [luis@sur.example], repeat: { times: 60, every: 1 s } } }\n" +
                           at("5 min", "read: { on: luis-tab }"));
    const Story story(plan);
    EXPECT_THAT(story.dialogue(DialogueProtocol::http), Contains("C: GET /mail?page=2"));
    EXPECT_THAT(deeds(story), SizeIs(60));
}

TEST(Webmail, GivesTheSameRunTwice) {
    const scenario::Scenario scenario = network(withTablet(kCarta + kReadIt, ", loss: 5 %"));
    const Story one{run::simulate(scenario)}, two{run::simulate(scenario)};
    ASSERT_EQ(one.recording.size(), two.recording.size());
    ASSERT_EQ(one.recording.store().packets(), two.recording.store().packets());
    for (std::uint32_t p = 0; p < one.recording.store().packets(); ++p)
        ASSERT_EQ(one.recording.store().packet(PacketId{p}).packet, two.recording.store().packet(PacketId{p}).packet) << p;
}

TEST(Webmail, IsThereWhereSomebodyReadsWithIt) {
    const scenario::Scenario with = network(withTablet(kCarta)), without = network({.timeline = kCarta});
    const Network one(with, trace::Sink::none, nullptr), other(without, trace::Sink::none, nullptr);
    const auto listens = [](const Network& network, const char* name) {
        for (std::uint32_t i = 0; i < network.scenario().nodes.size(); ++i)
            if (network.scenario().nodes[i].name == name) return network.machine(NodeId{i})->listens(443);
        return false;
    };
    EXPECT_TRUE(listens(one, "sur"));
    EXPECT_FALSE(listens(one, "norte"));
    EXPECT_FALSE(listens(other, "sur"));
}

}  // namespace
}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// TLS between devices and servers of a network, good and bad, and what somebody on the link makes of it (classroom scenario 18).
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "sim/host/tap.h"
#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using trace::TapKind;
using trace::TlsVerdict;

const std::string kOffer = ", policy: { starttls: offer }", kRequire = ", policy: { starttls: require }";

Plan plan(const std::string& norte, const std::string& sur, const std::string& access = "", const std::string& backbone = "") {
    Plan p;
    p.norte = norte;
    p.sur = sur;
    p.access = access;
    p.backbone = backbone;
    p.timeline = sendAt("0 s", "carta", "luis@sur.example", ", subject: Hola, text: Un secreto");
    return p;
}

// What the client of each connection to the port made of the certificate.
std::vector<TlsVerdict> verdicts(const Story& story, std::uint16_t port) {
    std::vector<TlsVerdict> all;
    for (const auto& [id, e] : eventsOf<trace::TlsSecured>(story.recording))
        if (e.side == trace::Side::client && story.recording.cast().connections[e.connection.index()].serverPort == port) all.push_back(e.verdict);
    return all;
}

std::vector<std::string> heard(const Story& story, TapKind kind) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::TapHeard>(story.recording))
        if (e.kind == kind) all.emplace_back(story.recording.text(e.line));
    return all;
}

std::vector<std::string> waits(const Story& story) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::DeviceWaits>(story.recording)) all.emplace_back(story.recording.text(e.why));
    return all;
}

// Whether these octets travelled anywhere in the clear.
bool readable(const Story& story, std::string_view octets) {
    const trace::Store& store = story.recording.store();
    for (std::uint32_t p = 0; p < store.packets(); ++p)
        if (store.packet(PacketId{p}).packet.payload.text().find(octets) != std::string_view::npos) return true;
    return false;
}

// --- that it works ---

TEST(Tls, ProtectsSubmissionAndRelay) {
    const Story story(plan(kOffer, kOffer));
    EXPECT_EQ(story.outcome().status, Status::delivered);
    EXPECT_THAT(verdicts(story, 587), ElementsAre(TlsVerdict::trusted));
    EXPECT_THAT(verdicts(story, 25), ElementsAre(TlsVerdict::trusted));
    EXPECT_FALSE(readable(story, "MAIL FROM"));
    EXPECT_FALSE(readable(story, "Subject: Hola"));
    EXPECT_TRUE(readable(story, "STARTTLS"));
    const std::string letter = story.letters("luis@sur.example").at(0);
    EXPECT_THAT(letter, HasSubstr("with ESMTPS id"));  // RFC 3848
    EXPECT_THAT(letter, HasSubstr("with ESMTPSA id"));
}

TEST(Tls, TheDialogueBeginsAnew) {
    const Story story(plan(kOffer, kOffer));
    std::vector<std::string> verbs;
    for (const std::string& line : story.dialogue(trace::DialogueProtocol::smtp))
        if (line.starts_with("C: ")) verbs.push_back(line.substr(3, 4));
    EXPECT_THAT(verbs, ElementsAre("EHLO", "STAR", "EHLO", "MAIL", "RCPT", "DATA", "(con", "QUIT"));
}

TEST(Tls, EachSideTakesLeave) {  // close_notify came before the end: nothing is told as cut off
    EXPECT_THAT(eventsOf<trace::TlsFailed>(Story(plan(kOffer, kOffer)).recording), testing::IsEmpty());
}

TEST(Tls, OffLeavesNoTrace) {
    const Story story(plan("", ""));
    EXPECT_TRUE(eventsOf<trace::TlsStarted>(story.recording).empty());
    EXPECT_FALSE(readable(story, "STARTTLS"));
}

TEST(Tls, ALargeLetterArrivesWhole) {
    Plan p = plan(kOffer, kOffer, "", ", delay: 20 ms, loss: 3 %");
    p.timeline = sendAt("0 s", "carta", "luis@sur.example", ", attach: [ { name: a.bin, size: 200 kB } ]");
    const Story story(p);
    EXPECT_EQ(story.outcome().status, Status::delivered);
    EXPECT_GT(eventsOf<trace::SegmentRetransmitted>(story.recording).size(), 0u);
    EXPECT_TRUE(eventsOf<trace::TlsFailed>(story.recording).empty());
}

// A rule that counts the segments of a letter finds its sealed octets too.
TEST(Tls, SegmentsOfALetterAreStillThose) {
    Plan p = plan(kOffer, kOffer, "", ", rules: [ { lose: { mail-segment: -1, towards: sur } } ]");
    const Story story(p);
    EXPECT_EQ(story.outcome().status, Status::delivered);
    std::size_t lost = 0;
    for (const auto& [id, drop] : eventsOf<trace::PacketDropped>(story.recording)) {
        if (drop.reason != trace::DropReason::rule) continue;
        for (const auto& [sentId, sent] : eventsOf<trace::SegmentSent>(story.recording))
            if (sent.packet == drop.packet) lost += sent.mailContent && sent.length > 0 ? 1 : 0;
    }
    EXPECT_EQ(lost, 1u);
}

TEST(Tls, OnPortsOfItsOwn) {
    Plan p = plan(kOffer, "");
    p.more = "  eva-pc: { kind: pc, user: eva@norte.example, tls: implicit }\n";
    p.links = "  - { between: [eva-pc, norte] }\n";
    p.timeline =
        "  - { at: 0 s, send: { id: carta, from: eva@norte.example, on: eva-pc, to: [luis@sur.example] } }\n"
        "  - { at: 1 min, send: { id: nota, from: ana@norte.example, to: [eva@norte.example] } }\n  - { at: 2 min, read: { on: eva-pc, mail: nota } }\n";
    const Story story(p);
    EXPECT_EQ(story.outcome(0).status, Status::delivered);
    EXPECT_EQ(story.outcome(1).status, Status::read);
    EXPECT_THAT(verdicts(story, 465), ElementsAre(TlsVerdict::trusted));
    EXPECT_THAT(verdicts(story, 993), ElementsAre(TlsVerdict::trusted));
}

TEST(Tls, BothRunsGiveTheSameOctets) {
    const Story one(plan(kOffer, kOffer)), two(plan(kOffer, kOffer));
    ASSERT_EQ(one.recording.store().packets(), two.recording.store().packets());
    for (std::uint32_t p = 0; p < one.recording.store().packets(); ++p)
        EXPECT_EQ(one.recording.store().packet(PacketId{p}).packet, two.recording.store().packet(PacketId{p}).packet) << p;
}

// --- certificates ---

struct BadCertificate {
    const char* keys;
    TlsVerdict verdict;
};
const BadCertificate kBad[] = {{"name: other.example", TlsVerdict::wrongName},
                               {"expired: true", TlsVerdict::expired},
                               {"not-yet-valid: true", TlsVerdict::notYetValid},
                               {"self-signed: true", TlsVerdict::selfSigned}};

TEST(Tls, AServerGoesOnWhateverTheCertificateSays) {  // RFC 7435
    for (const BadCertificate& bad : kBad) {
        const Story story(plan("", fmt::format("{}, tls: {{ {} }}", kOffer, bad.keys)));
        EXPECT_EQ(story.outcome().status, Status::delivered) << bad.keys;
        EXPECT_THAT(verdicts(story, 25), ElementsAre(bad.verdict)) << bad.keys;
    }
}

TEST(Tls, ADeviceKeepsItsPasswordFromABadCertificate) {
    for (const BadCertificate& bad : kBad) {
        Plan p = plan(fmt::format("{}, tls: {{ {} }}", kOffer, bad.keys), "");
        p.mail = "give-up: 1 h";
        const Story story(p);
        EXPECT_EQ(story.outcome().status, Status::refused) << bad.keys;
        EXPECT_THAT(waits(story), testing::Each("bad-certificate")) << bad.keys;
        EXPECT_TRUE(eventsOf<trace::MailAccepted>(story.recording).empty());
        for (const std::string& line : story.dialogue(trace::DialogueProtocol::submission)) EXPECT_THAT(line, Not(HasSubstr("AUTH PLAIN *"))) << bad.keys;
    }
}

TEST(Tls, OfferedAndNotToBeHad) {
    const Story relay(plan("", kOffer + ", tls: { unavailable: true }"));
    EXPECT_EQ(relay.outcome().status, Status::delivered);
    EXPECT_THAT(relay.dialogue(trace::DialogueProtocol::smtp), Contains(HasSubstr("454")));
    Plan p = plan(kOffer + ", tls: { unavailable: true }", "");
    p.mail = "give-up: 1 h";
    EXPECT_THAT(waits(Story(p)), testing::Each("tls-failed"));
}

TEST(Tls, RequiredOfServersToo) {
    const Story story(plan("", kRequire));
    EXPECT_EQ(story.outcome().status, Status::delivered);
    EXPECT_EQ(verdicts(story, 25).size(), 1u);
}

TEST(Tls, ADeviceThatMustHaveItAndIsOfferedNone) {
    Plan p = plan("", "");
    p.mail = "give-up: 1 h";
    p.more = "  eva-pc: { kind: pc, user: eva@norte.example, tls: require }\n";
    p.links = "  - { between: [eva-pc, norte] }\n";
    p.timeline = "  - { at: 0 s, send: { id: carta, from: eva@norte.example, on: eva-pc, to: [luis@sur.example] } }\n";
    EXPECT_THAT(waits(Story(p)), testing::Each("no-tls"));
}

TEST(Tls, ChangesWhileItRuns) {
    Plan p = plan("", "");
    p.timeline += "  - { at: 1 min, set: { node: sur, policy: { starttls: offer } } }\n" + sendAt("2 min", "dos", "luis@sur.example") +
                  "  - { at: 3 min, set: { node: sur, policy: { starttls: off } } }\n" + sendAt("4 min", "tres", "luis@sur.example");
    const Story story(p);
    EXPECT_EQ(verdicts(story, 25).size(), 1u);
    EXPECT_EQ(story.outcome(2).status, Status::delivered);
}

// --- somebody on the link ---

TEST(Tap, ReadsWhatIsNotProtected) {
    const Story story(plan("", "", ", tap: true", ", tap: true"));
    EXPECT_THAT(heard(story, TapKind::password), ElementsAre("ana@norte.example ana"));
    EXPECT_THAT(heard(story, TapKind::letter), ElementsAre("Subject: Hola", "Subject: Hola"));
    EXPECT_THAT(heard(story, TapKind::line), Contains("RCPT TO:<luis@sur.example>"));
    EXPECT_TRUE(heard(story, TapKind::record).empty());
    bool whole = false;
    for (const auto& [id, e] : eventsOf<trace::TapHeard>(story.recording))
        whole |= e.kind == TapKind::letter && story.recording.store().message(e.message).text().find("Un secreto") != std::string_view::npos;
    EXPECT_TRUE(whole);
}

TEST(Tap, ReadsNothingOfTls) {
    const Story story(plan(kOffer, kOffer, ", tap: true", ", tap: true"));
    EXPECT_TRUE(heard(story, TapKind::password).empty());
    EXPECT_TRUE(heard(story, TapKind::letter).empty());
    EXPECT_EQ(heard(story, TapKind::sealed).size(), 2u);
    EXPECT_GT(heard(story, TapKind::record).size(), 20u);
    for (const std::string& line : heard(story, TapKind::line)) EXPECT_THAT(line, Not(HasSubstr("MAIL FROM")));
}

TEST(Tap, HearsEveryRecordThatIsSent) {
    const Story story(plan("", kOffer, "", ", tap: true, loss: 3 %"));
    std::multiset<std::uint32_t> sent, found;
    for (const auto& [id, e] : eventsOf<trace::TlsRecord>(story.recording)) sent.insert(e.size);
    for (const auto& [id, e] : eventsOf<trace::TapHeard>(story.recording))
        if (e.kind == TapKind::record) found.insert(e.size);
    EXPECT_EQ(sent, found);
}

TEST(Tap, SeesWhoTalksToWhomInAnyCase) {
    for (const auto& [norte, access] : {std::pair<std::string, std::string>{"", ", tap: true"}, {kOffer, ", tap: true"}, {kOffer, ", strip-starttls: true"}}) {
        const Story story(plan(norte, "", access));
        const auto all = eventsOf<trace::TapHeard>(story.recording);
        ASSERT_FALSE(all.empty());
        EXPECT_EQ(all.front().second.kind, TapKind::connection);
        const trace::CastConnection& known = story.recording.cast().connections[all.front().second.connection.index()];
        EXPECT_EQ(known.client, story.node("ana-pc"));
        EXPECT_EQ(known.server, story.node("norte"));
    }
}

// --- an attacker on the link ---

TEST(StripStarttls, TakesTheOfferAwayAndReadsAll) {
    const Story story(plan(kOffer, "", ", strip-starttls: true"));
    EXPECT_EQ(story.outcome().status, Status::delivered);
    const auto altered = eventsOf<trace::PacketAltered>(story.recording);
    ASSERT_EQ(altered.size(), 1u);
    EXPECT_EQ(story.recording.text(altered[0].second.removed), "STARTTLS");
    const auto& store = story.recording.store();
    const wire::Packet &before = store.packet(altered[0].second.packet).packet, &after = store.packet(altered[0].second.altered).packet;
    EXPECT_EQ(wire::wireSize(before), wire::wireSize(after));
    EXPECT_THAT(std::string(after.payload.text()), HasSubstr("250-XXXXXXXX\r\n"));
    const std::string octets = wire::serialize(after);
    EXPECT_EQ(wire::parse({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()}).damage, wire::Damage::none);
    EXPECT_THAT(heard(story, TapKind::password), ElementsAre("ana@norte.example ana"));
    EXPECT_TRUE(eventsOf<trace::TlsStarted>(story.recording).empty());
    EXPECT_TRUE(eventsOf<trace::SegmentRetransmitted>(story.recording).empty());
}

TEST(StripStarttls, IsOfNoUseAgainstADeviceThatMustHaveTls) {
    Plan p = plan(kRequire, "", ", strip-starttls: true");
    p.mail = "give-up: 1 h";
    const Story story(p);
    EXPECT_THAT(waits(story), testing::Each("no-tls"));
    EXPECT_TRUE(heard(story, TapKind::password).empty());
    EXPECT_TRUE(heard(story, TapKind::letter).empty());
}

TEST(StripStarttls, BetweenServersTheLetterGoesInTheClear) {  // RFC 7435: better than not at all
    const Story story(plan("", kOffer, "", ", strip-starttls: true"));
    EXPECT_EQ(story.outcome().status, Status::delivered);
    EXPECT_THAT(heard(story, TapKind::letter), ElementsAre("Subject: Hola"));
}

// --- scenario 18 of the classroom, with its variants ---

const char* const kSpy = R"(mailtrek: 1
title: The spy
nodes:
  ana-pc:  { kind: pc, user: ana@norte.example }
  norte:   { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }
  R1:      { kind: router }
  sur:     { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }
  luis-pc: { kind: pc, user: luis@sur.example }
links:
  - { between: [ana-pc, norte] }
  - { between: [norte, R1] }
  - { name: espia, between: [R1, sur], tap: true }
  - { between: [sur, luis-pc] }
timeline:
  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Hola, text: Un secreto } }
variants:
  starttls: { set: { nodes.sur.policy.starttls: offer } }
  quitado:  { set: { nodes.sur.policy.starttls: offer, links.espia.strip-starttls: true } }
)";

TEST(Spy, ReadsPlainTextReadsNoTlsAndReadsWhatItStripped) {
    for (const auto& [variant, letters, records] : {std::tuple<const char*, std::size_t, bool>{nullptr, 1, false}, {"starttls", 0, true}, {"quitado", 1, false}}) {
        scenario::Overrides overrides;
        if (variant != nullptr) overrides.variant = variant;
        const trace::Recording recording = run::simulate(run::test::valueOf(scenario::readText(kSpy, "18.yaml", ".", overrides)));
        std::map<TapKind, std::size_t> found;
        for (const auto& [id, e] : eventsOf<trace::TapHeard>(recording)) ++found[e.kind];
        EXPECT_EQ(found[TapKind::letter], letters);
        EXPECT_EQ(found[TapKind::record] > 0, records);
        EXPECT_GE(found[TapKind::connection], 1u) << "the servers' addresses are visible in all three";
        EXPECT_EQ(run::mailOutcomes(recording).at(0).status, Status::delivered);
        EXPECT_EQ(eventsOf<trace::PacketAltered>(recording).size(), std::string_view(variant != nullptr ? variant : "") == "quitado" ? 1u : 0u);
    }
}

TEST(StripStarttls, FindsTheOfferOfEachProtocol) {
    EXPECT_EQ(withoutStartTls("250-sur\r\n250-STARTTLS\r\n250 DSN\r\n").octets, "250-sur\r\n250-XXXXXXXX\r\n250 DSN\r\n");
    EXPECT_EQ(withoutStartTls("250-sur\r\n250 starttls\r\n").octets, "250-sur\r\n250 XXXXXXXX\r\n");
    EXPECT_EQ(withoutStartTls("+OK\r\nSTLS\r\nUIDL\r\n.\r\n").octets, "+OK\r\nXXXX\r\nUIDL\r\n.\r\n");
    EXPECT_EQ(withoutStartTls("* CAPABILITY IMAP4rev1 STARTTLS IDLE\r\n").octets, "* CAPABILITY IMAP4rev1 XXXXXXXX IDLE\r\n");
    EXPECT_EQ(withoutStartTls("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n").octets, "* OK [CAPABILITY IMAP4rev1 XXXXXXXX] ready\r\n");
    EXPECT_EQ(withoutStartTls("220 2.0.0 Ready to start TLS\r\n").octets, "");
    EXPECT_EQ(withoutStartTls("").octets, "");
}

}  // namespace
}  // namespace mailtrek::host

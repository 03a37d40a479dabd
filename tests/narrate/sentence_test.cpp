// SPDX-License-Identifier: GPL-3.0-or-later
// The sentences of the classroom page, and no event without one.
#include <gtest/gtest.h>

#include <algorithm>

#include <functional>

#include "sim/narrate/catalogue.h"
#include "tests/run/script.h"

namespace mailtrek::narrate {
namespace {

using namespace trace;
using run::test::kBackbone, run::test::kNorte, run::test::kPc, run::test::kRelay, run::test::kSubmission, run::test::kSur, run::test::Script;
using namespace std::chrono_literals;

// The last event of the script, told.
std::string told(const Script& s, Level level = Level::ip, Language language = Language::en) { return sentence(s.recording, {s.recording.size() - 1}, level, language); }

struct Letter : Script {
    Letter() {
        recording.mutableCast().nodes[0].user = "ana@norte.example";
        for (const std::size_t server : {1, 2}) recording.mutableCast().nodes[server].kind = NodeKind::mailServer;
        on(kPc).add(MailComposed{.from = text("ana@norte.example"), .to = text("luis@sur.example"), .recipients = 1});
        on(kNorte);
    }
};

TEST(Sentence, Submission) {
    Letter s;
    EXPECT_EQ(told(s, Level::story), "Ana writes a message to Luis.");
    s.add(MailAccepted{.from = kPc, .recipients = 1, .stage = Stage::submission});
    EXPECT_EQ(told(s, Level::story), "Ana hands the message to the server norte, not to Luis.");
    EXPECT_EQ(told(s, Level::story, Language::es), "Ana entrega el mensaje al servidor norte, no a Luis.");
}

TEST(Sentence, MxAndRole) {
    Letter s;
    s.add(DnsQuery{.name = s.text("sur.example"), .type = DnsType::mx});
    EXPECT_EQ(told(s), "Norte asks the DNS who accepts mail for sur.example.");
    s.add(DnsAnswer{.name = s.text("sur.example"), .records = s.text("10 sur.sur.example,20 norte.norte.example"), .type = DnsType::mx, .answers = 2});
    EXPECT_EQ(told(s), "The DNS answers: sur.sur.example accepts mail for sur.example.");
    s.add(DnsAnswer{.name = s.text("sur.example"), .records = s.text("0 ."), .type = DnsType::mx, .answers = 1});
    EXPECT_EQ(told(s), "The DNS answers: sur.example accepts no mail at all.");
    s.opened(kRelay, kNorte, kSur, 25);
    EXPECT_EQ(told(s, Level::mail, Language::es), "En este tramo, norte hace de cliente y sur de servidor.");
}

TEST(Sentence, FromTheRootDown) {
    Letter s;
    s.add(DnsQuery{.name = s.text("sur.example"), .server = kSur, .type = DnsType::mx, .zone = s.text(".")});
    EXPECT_EQ(told(s), "Norte asks the root, sur, who knows sur.example (MX).");
    EXPECT_EQ(told(s, Level::mail, Language::es), "Norte pregunta a la raíz, sur, quién sabe de sur.example (MX).");
    s.add(DnsReferral{.name = s.text("sur.example"), .zone = s.text("example"), .servers = s.text("tld.example"), .server = kSur, .packet = {}, .type = DnsType::mx});
    EXPECT_EQ(told(s), "Sur does not know; the servers of example do: tld.example.");
    s.add(DnsQuery{.name = s.text("sur.example"), .server = kSur, .type = DnsType::mx, .zone = s.text("example"), .reason = DnsReason::referral});
    EXPECT_EQ(told(s), "Norte asks sur, which serves example, about sur.example (MX).");
    s.add(DnsAnswer{.name = s.text("sur.example"), .records = s.text("10 sur.sur.example"), .type = DnsType::mx, .answers = 1, .onBehalf = true});
    EXPECT_EQ(told(s), "Norte has found out about sur.example: 10 sur.sur.example.");
}

TEST(Sentence, EveryReasonToAskAndToRefuseHasWords) {
    Letter s;
    const auto isSentence = [&](const std::string& words) {
        EXPECT_LE(std::ranges::count(words, ' '), 17) << words;  // 18 words
        EXPECT_EQ(words.find('{'), std::string::npos) << words;
        EXPECT_GT(std::ranges::count(words, ' '), 3) << words;
    };
    for (const Language language : {Language::en, Language::es}) {
        for (int i = 0; i <= static_cast<int>(DnsReason::truncated); ++i) {
            s.add(DnsQuery{.name = s.text("sur.example"), .server = kSur, .type = DnsType::mx, .attempt = 2, .zone = s.text("example"), .reason = static_cast<DnsReason>(i)});
            isSentence(told(s, Level::mail, language));
        }
        for (int i = 0; i <= static_cast<int>(DnsFlaw::noTcp); ++i) {
            s.add(DnsRejected{.name = s.text("sur.example"), .server = kSur, .packet = {}, .type = DnsType::mx, .flaw = static_cast<DnsFlaw>(i)});
            isSentence(told(s, Level::mail, language));
        }
        for (const std::uint8_t rcode : {std::uint8_t{0}, std::uint8_t{2}, std::uint8_t{3}}) {
            s.add(DnsAnswer{.name = s.text("sur.example"), .type = DnsType::mx, .rcode = rcode, .onBehalf = true});
            isSentence(told(s, Level::mail, language));
        }
    }
}

TEST(Sentence, TheThreeSegmentsOfAnOpening) {
    Letter s;
    s.opened(kRelay, kNorte, kSur, 25);
    s.sent(kRelay, Side::client, 0, 0, false, 2);
    EXPECT_EQ(told(s), "Norte asks to connect to port 25.");
    EXPECT_EQ(told(s, Level::tcp, Language::es), "Norte pide abrir una conexión con el puerto 25.");
    s.on(kSur).sent(kRelay, Side::server, 0, 0, false, 18);
    EXPECT_EQ(told(s), "Sur accepts and asks the same in return (SYN, ACK).");
    s.on(kNorte).sent(kRelay, Side::client, 1, 0);
    EXPECT_EQ(told(s), "Norte confirms: the connection is open in both directions.");
}

TEST(Sentence, ARepliesMeaningFollowsTheCommand) {
    Letter s;
    const auto dialogue = [&s](const char* line, std::uint16_t code) {
        const EventId command = s.add(SmtpCommand{.connection = kRelay, .line = s.text(line)});
        s.add(SmtpReply{.connection = kRelay, .line = s.text("250 OK"), .code = code}, command);
        return told(s);
    };
    EXPECT_EQ(dialogue("RCPT TO:<luis@sur.example>", 250), "250: norte accepts the recipient.");
    EXPECT_EQ(dialogue("mail from:<ana@norte.example>", 250), "250: norte accepts the sender.");
    EXPECT_EQ(dialogue("RCPT TO:<x@sur.example>", 550), "550: norte says no.");
    EXPECT_EQ(dialogue("RSET", 250), "250: norte agrees.");
    const EventId content = s.add(SmtpContent{.connection = kRelay, .size = 146000});
    s.add(SmtpReply{.connection = kRelay, .code = 250}, content);
    EXPECT_EQ(told(s), "250: norte has the message and is responsible for it from now on.");
}

TEST(Sentence, TheMessageBecomesSegmentsWhereTcpIsShown) {
    Letter s;
    const EventId content = s.add(SmtpContent{.connection = kRelay, .size = 146000});
    for (std::uint32_t i = 0; i < 95; ++i) s.sent(kRelay, Side::client, 1 + i, 1, true);
    s.sent(kRelay, Side::client, 99, 0);
    s.reply(kRelay, 250, DialogueProtocol::smtp);
    s.sent(kRelay, Side::client, 100, 5, true);
    EXPECT_EQ(sentence(s.recording, content, Level::tcp, Language::en), "TCP cuts the message into 95 numbered segments.");
    EXPECT_EQ(sentence(s.recording, content, Level::dialogue, Language::en), "Norte sends the message itself: 146 kB.");
}

TEST(Sentence, ALossIsAPieceInTheStoryAndASegmentBelow) {
    Letter s;
    const PacketId packet = s.packet(kRelay);
    SegmentSent segment;
    segment.connection = kRelay;
    segment.packet = packet;
    segment.number = 5;
    segment.length = 1000;
    const EventId sent = s.add(segment);
    s.add(PacketDropped{.packet = packet, .via = LinkEnd::of(kBackbone, 0), .reason = DropReason::queueFull, .onLink = true}, sent);
    EXPECT_EQ(told(s, Level::story), "The queue is full: one piece is lost; the rest go on.");
    EXPECT_EQ(told(s, Level::story, Language::es), "La cola está llena: se pierde un trozo; el resto sigue.");
    EXPECT_EQ(told(s, Level::tcp), "The queue is full: segment 5 is lost; the rest go on.");
    s.add(PacketDropped{.packet = packet, .via = LinkEnd::of(kBackbone, 0), .reason = DropReason::ttlExpired, .told = true}, sent);
    EXPECT_EQ(told(s), "TTL 0: norte discards segment 5 and says so.");
}

TEST(Sentence, Retransmissions) {
    Letter s;
    SegmentRetransmitted again;
    again.connection = kRelay;
    again.number = 5;
    again.length = 100;
    again.reason = RetransmitReason::thirdDuplicateAck;
    s.add(again);
    EXPECT_EQ(told(s), "Three duplicate ACKs: norte resends segment 5 only.");
    EXPECT_EQ(told(s, Level::tcp, Language::es), "Tres ACK repetidos: norte reenvía solo el segmento 5.");
    const EventId timer = s.add(TimerExpired{.waited = 1s, .connection = kRelay, .timer = TcpTimer::retransmission});
    again.reason = RetransmitReason::timeout;
    s.add(again, timer);
    EXPECT_EQ(told(s), "After 1 s without an ACK, norte resends segment 5 and doubles the wait.");
}

TEST(Sentence, StoredOfflineNotNowAndNo) {
    Letter s;
    s.on(kSur).add(MailStored{.mailbox = s.text("luis@sur.example")});
    EXPECT_EQ(told(s, Level::story), "Sur accepts it and keeps it in Luis's mailbox.");
    EXPECT_EQ(told(s, Level::story, Language::es), "Sur lo acepta y lo guarda en el buzón de Luis.");
    s.on(kNorte).add(MailQueued{.nextTry = kStart + 30min, .recipient = s.text("luis@sur.example"), .attempts = 1});
    EXPECT_EQ(told(s), "Norte keeps the message and will try again at 10:30.");
    s.add(NoticeIssued{.to = s.text("ana@norte.example"), .kind = NoticeKind::failed});
    EXPECT_EQ(told(s), "Norte lets Ana know that the message for Luis could not be delivered.");
    s.on(kPc).add(DeviceWaits{.what = s.text("read"), .why = s.text("offline")});
    EXPECT_EQ(told(s, Level::story, Language::es), "Ana está sin red; el mensaje espera en el servidor.");
}

TEST(Sentence, ARouteTellsWhichLinkMadeItChange) {
    Letter s;
    const EventId cut = s.add(LinkChanged{.link = kBackbone, .change = LinkChange::cut});
    EXPECT_EQ(told(s), "The link backbone is cut.");
    s.add(RouteChanged{.destination = {wire::Ipv4Address{0x0a000000}, 8}, .nextHop = kPc}, cut);
    EXPECT_EQ(told(s), "The link backbone fails; norte now chooses ana-pc towards 10.0.0.0/8.");
}

// The backbone leads from norte to sur.
struct Routers : Letter {
    Routers() {
        recording.mutableCast().links[kBackbone.index()].first = kNorte;
        recording.mutableCast().links[kBackbone.index()].second = kSur;
        at(1s);
    }
};

TEST(Sentence, ARouteTellsWhoFellSilent) {
    Routers s;
    const EventId crash = s.on(kSur).add(NodeChanged{NodeChange::stopped});
    const EventId lost =
        s.on(kNorte).add(AdjacencyChanged{.via = LinkEnd::of(kBackbone, 0), .neighbour = kSur, .from = AdjacencyState::full, .reason = AdjacencyReason::silence}, crash);
    EXPECT_EQ(told(s), "Norte has heard nothing from sur for too long and takes it for lost.");
    const EventId lsa = s.add(LsaChanged{.origin = kNorte, .links = 3, .reason = LsaReason::adjacency}, lost);
    EXPECT_EQ(told(s), "Norte writes down anew which links it has, and tells all routers.");
    s.add(RoutingUpdateSent{.via = LinkEnd::of(kBackbone, 0), .entries = 1, .protocol = RouteSource::linkState}, lsa);
    EXPECT_EQ(told(s), "Norte passes on to sur which links routers have (1).");
    s.add(RouteChanged{.destination = {wire::Ipv4Address{0x0a000000}, 8}, .nextHop = kPc}, lsa);
    EXPECT_EQ(told(s), "Sur is silent; norte now chooses ana-pc towards 10.0.0.0/8.");
    EXPECT_EQ(told(s, Level::ip, Language::es), "Sur calla; norte elige ahora ana-pc hacia 10.0.0.0/8.");
    s.add(RouteChanged{.destination = {wire::Ipv4Address{0x0a000000}, 8}, .nextHop = kSur, .alternative = 1}, lsa);
    EXPECT_EQ(told(s), "Norte also reaches 10.0.0.0/8 through sur, which costs the same.");
}

TEST(Sentence, WhatRoutersSayAllDayIsAHello) {
    Routers s;
    wire::Packet ospf;
    ospf.ip.protocol = 89;
    const PacketId packet = s.recording.mutableStore().addPacket({.packet = ospf, .connection = {}, .origin = kNorte});
    const EventId sent = s.add(PacketSent{.packet = packet, .via = LinkEnd::of(kBackbone, 0)});
    s.on(kSur).add(PacketDelivered{.packet = packet, .via = LinkEnd::of(kBackbone, 0)}, sent);
    EXPECT_EQ(told(s), "A hello reaches sur from norte.");
    EXPECT_FALSE(stepLevel(s.recording, {s.recording.size() - 1})) << "and no step of any story";
    const EventId update = s.add(RoutingUpdateSent{.packet = packet, .via = LinkEnd::of(kBackbone, 0), .entries = 2});
    s.add(PacketDelivered{.packet = packet, .via = LinkEnd::of(kBackbone, 0)}, s.add(PacketSent{.packet = packet, .via = LinkEnd::of(kBackbone, 0)}, update));
    EXPECT_EQ(told(s), "A routing update reaches sur from norte.");
    EXPECT_EQ(stepLevel(s.recording, {s.recording.size() - 1}), Level::ip);
}

TEST(Sentence, PoliciesSayWhoAndHowLong) {
    Letter s;
    s.at(2s).on(kSur).add(PolicyApplied{.until = kStart + 302s, .client = kNorte, .recipient = s.text("luis@sur.example"), .policy = Policy::greylisted});
    EXPECT_EQ(told(s, Level::story), "Sur has never had mail like this from norte: \"come again in 5 min\".");
    EXPECT_EQ(told(s, Level::story, Language::es), "Sur nunca ha recibido correo así de norte: «vuelve dentro de 5 min».");
    s.add(PolicyApplied{.until = kNever, .client = kNorte, .recipient = s.text("eva@este.example"), .policy = Policy::relayDenied});
    EXPECT_EQ(told(s, Level::story), "Sur serves neither norte nor eva@este.example: it does not relay for strangers.");
    s.add(SenderChecked{.client = kNorte, .domain = s.text("banco.example"), .detail = s.text("-all"), .check = SenderCheck::spf, .result = CheckResult::fail, .refuses = true});
    EXPECT_EQ(told(s, Level::mail), "SPF: the domain banco.example does not let norte send for it: the envelope is forged.");
    EXPECT_EQ(stepLevel(s.recording, {s.recording.size() - 1}), Level::story);
}

TEST(Sentence, SignaturesAndWhoStandsBehindFrom) {
    Letter s;
    s.at(2s).on(kSur).add(SenderChecked{.client = kNorte, .domain = s.text("norte.example"), .check = SenderCheck::dkim, .result = CheckResult::fail});
    EXPECT_EQ(told(s, Level::mail), "DKIM: the signature of norte.example does not fit: the message was changed, or norte.example did not sign it.");
    EXPECT_EQ(stepLevel(s.recording, {s.recording.size() - 1}), Level::story);
    s.add(SenderChecked{.client = kNorte, .domain = s.text("banco.example"), .check = SenderCheck::dmarc, .result = CheckResult::fail, .refuses = true});
    EXPECT_EQ(told(s, Level::story), "DMARC: From says banco.example, but nothing that was proved belongs to banco.example.");
    EXPECT_EQ(told(s, Level::story, Language::es), "DMARC: en From pone banco.example, pero nada de lo comprobado pertenece a banco.example.");
    s.add(SenderChecked{.client = kNorte, .check = SenderCheck::dmarc, .result = CheckResult::permerror, .refuses = true});
    EXPECT_EQ(told(s, Level::story), "DMARC: From does not name one domain: sur has nobody to ask about the message.");
    s.add(PolicyApplied{.until = kNever, .client = kNorte, .policy = Policy::quarantined});
    EXPECT_EQ(told(s, Level::story, Language::es), "Sur hace lo que pide el dominio de From: el mensaje va a la carpeta Junk.");
    s.on(kNorte).add(PolicyApplied{.until = kNever, .client = kNorte, .policy = Policy::signedLetter});
    EXPECT_EQ(told(s, Level::mail), "Norte signs the message for its domain (a modelled signature): whoever changes it now can be found out.");
    EXPECT_EQ(stepLevel(s.recording, {s.recording.size() - 1}), Level::mail);
}

TEST(Sentence, EveryResultOfACheckHasItsWords) {
    using enum CheckResult;
    const std::pair<SenderCheck, std::vector<CheckResult>> all[] = {{SenderCheck::spf, {none, neutral, pass, fail, softfail, temperror, permerror}},
                                                                    {SenderCheck::dkim, {none, neutral, pass, fail, temperror, permerror}},
                                                                    {SenderCheck::dmarc, {none, pass, fail, temperror, permerror}}};
    for (const auto& [check, results] : all)
        for (const CheckResult result : results)
            for (const Language language : {Language::en, Language::es}) {
                Letter s;
                s.on(kSur).add(SenderChecked{.client = kNorte, .domain = s.text("norte.example"), .check = check, .result = result});
                const std::string text = told(s, Level::mail, language);
                EXPECT_NE(text.find(' '), std::string::npos) << text;
                EXPECT_EQ(text.find('{'), std::string::npos) << text;
            }
}

TEST(Sentence, LabelsSpeakTheLanguage) {
    Letter s;
    s.recording.mutableCast().nodes[1].label = {"North", "Norte"};
    s.add(NodeChanged{NodeChange::started});
    EXPECT_EQ(told(s, Level::story), "North starts again.");
    EXPECT_EQ(told(s, Level::story, Language::es), "Norte vuelve a arrancar.");
}

TEST(Sentence, ADeviceIsCalledAsItsOwnerWritesIt) {
    Letter s;
    s.on(kPc).add(NodeChanged{NodeChange::started});
    EXPECT_EQ(told(s, Level::story), "ana-pc starts again.") << "a name stays a name";
    s.recording.mutableCast().nodes[0].label = {"Ana's PC", "PC de Ana"};
    EXPECT_EQ(told(s, Level::story), "Ana's PC starts again.");
    EXPECT_EQ(told(s, Level::story, Language::es), "El PC de Ana vuelve a arrancar.");
    s.add(TimerExpired{.waited = 1s, .connection = kSubmission, .timer = TcpTimer::retransmission});
    EXPECT_EQ(told(s, Level::tcp, Language::es), "Tras 1 s sin ACK, se agota el temporizador del PC de Ana.");
    s.recording.mutableCast().nodes[0].label.es = "Móvil de Ana";
    s.on(kNorte).opened(kSubmission, kNorte, kPc, 80);
    EXPECT_EQ(told(s, Level::mail, Language::es), "Norte se dirige al móvil de Ana.");
    s.recording.mutableCast().nodes[0].label.es = "iPad de Ana";
    s.on(kPc).add(NodeChanged{NodeChange::started});
    EXPECT_EQ(told(s, Level::story, Language::es), "iPad de Ana vuelve a arrancar.");
}

TEST(Sentence, AReaderReadsOnTheDeviceAtHand) {
    Letter s;
    s.recording.mutableCast().nodes[0].kind = NodeKind::phone;
    s.on(kPc).add(MailRead{.action = ReadAction::read});
    EXPECT_EQ(told(s, Level::story), "Ana reads the message on the phone; the mailbox keeps it.");
    EXPECT_EQ(told(s, Level::story, Language::es), "Ana lee el mensaje en su móvil; el buzón lo conserva.");
}

TEST(Sentence, CopiesOnTheDeviceAndLettersPutIntoFolders) {
    Letter s;
    s.recording.mutableCast().nodes[0].kind = NodeKind::phone;
    s.on(kPc).add(MailFetched{.uid = 1});
    EXPECT_EQ(told(s, Level::story, Language::es), "ana-pc se lleva una copia del mensaje a su propio disco.");
    s.on(kPc).add(MailRead{.action = ReadAction::read, .local = true});
    EXPECT_EQ(told(s, Level::story), "Ana reads the copy kept on the phone.");
    s.on(kPc).add(MailRead{.action = ReadAction::remove, .local = true});
    EXPECT_EQ(told(s, Level::story, Language::es), "Ana borra la copia en su móvil.");
    s.on(kSur).add(MailboxAdded{.mailbox = s.text("luis@sur.example"), .folder = s.text("Archivo")});
    EXPECT_EQ(told(s, Level::mail), "Sur puts a message into Luis's folder Archivo.");
}

TEST(Sentence, PortsOfTlsAreToldAsTheOthers) {
    for (const auto& [port, words] : {std::pair{465, "ana-pc turns to its own server, sur."}, std::pair{993, "ana-pc turns to sur to look into the mailbox."},
                                      std::pair{995, "ana-pc turns to sur to look into the mailbox."}, std::pair{8080, "ana-pc opens a connection to port 8080 of sur."}}) {
        Letter s;
        s.on(kPc).opened(kSubmission, kPc, kSur, static_cast<std::uint16_t>(port));
        EXPECT_EQ(told(s, Level::tcp), words);
    }
}

TEST(Sentence, ReadersAndTheirServersInPop3) {
    Letter s;
    s.on(kPc).opened(kSubmission, kPc, kSur, 110);
    EXPECT_EQ(told(s, Level::mail), "ana-pc turns to sur to look into the mailbox.");
    const auto said = [&](std::string_view line, Language language = Language::en) {
        s.on(kPc).add(AccessCommand{.connection = kSubmission, .line = s.text(line), .protocol = DialogueProtocol::pop3});
        return told(s, Level::dialogue, language);
    };
    EXPECT_EQ(said("USER luis@sur.example"), "USER: ana-pc says whose mailbox it wants: luis@sur.example.");
    EXPECT_EQ(said("RETR 2"), "RETR: ana-pc asks for message 2 whole, to keep a copy.");
    EXPECT_EQ(said("dele 2", Language::es), "DELE: ana-pc marca el mensaje 2 para borrarlo al despedirse.");
    EXPECT_EQ(said("QUIT"), "QUIT: ana-pc says goodbye; only now does sur delete what was marked.");
    EXPECT_EQ(said("XTND x"), "ana-pc says: XTND x");
    s.on(kPc).add(AccessCommand{.connection = kSubmission, .line = s.text("A1 IDLE"), .protocol = DialogueProtocol::imap});
    EXPECT_EQ(told(s), "IDLE: ana-pc waits, and sur will tell of every new message.");
}

TEST(Sentence, AnAckIsToldByTheSegmentItAsksFor) {
    Letter s;
    s.opened(kRelay, kNorte, kSur, 25);
    SegmentFacts data;
    data.connection = kRelay;
    data.side = Side::client;
    data.length = 1000;
    for (std::uint32_t i = 0; i < 3; ++i) {
        data.number = i + 1;
        data.sequence = 1 + 1000 * i;
        s.on(kNorte).add(SegmentSent{data});
    }
    SegmentFacts ack;
    ack.connection = kRelay;
    ack.side = Side::server;
    ack.flags = 16;
    ack.sequence = 1;
    ack.acknowledgment = 1001;
    s.on(kSur).add(SegmentSent{ack}, s.add(SegmentReceived{.connection = kRelay, .arrival = Arrival::inOrder}));
    EXPECT_EQ(told(s, Level::tcp), "ACK 2: everything before segment 2 has reached sur.");
    s.add(SegmentSent{ack}, s.add(SegmentReceived{.connection = kRelay, .arrival = Arrival::outOfOrder}));
    EXPECT_EQ(told(s, Level::tcp), "Sur repeats ACK 2: segment 2 has not arrived.");
    EXPECT_EQ(told(s, Level::tcp, Language::es), "Sur repite el ACK 2: el segmento 2 no ha llegado.");
    ack.acknowledgment = 3001;
    s.add(SegmentSent{ack});
    EXPECT_EQ(told(s, Level::tcp), "ACK 4: everything before segment 4 has reached sur.");
    ack.acknowledgment = 777;
    s.add(SegmentSent{ack});
    EXPECT_EQ(told(s, Level::tcp), "Sur acknowledges: everything before byte 777 is here.");
}

TEST(Sentence, TheStorySpeaksNoJargon) {
    Letter s;
    s.add(PacketDropped{.packet = s.packet(kRelay), .via = LinkEnd::of(kBackbone, 0), .reason = DropReason::tcpChecksum});
    EXPECT_EQ(told(s, Level::story), "Norte notices that one piece is damaged and throws it away.");
    EXPECT_EQ(told(s, Level::story, Language::es), "Norte nota que le llega dañado un trozo y lo tira.");
    s.add(RecipientRefused{.recipient = s.text("x@sur.example"), .code = 550});
    EXPECT_EQ(told(s, Level::story), "The server does not accept the message for X.");
    EXPECT_EQ(told(s, Level::mail), "550: the server does not accept the message for X.");
    for (const auto& [key, text] : catalogue(Language::en)) {
        if (!key.ends_with(".story") && !key.ends_with(".simple")) continue;
        for (const char* jargon : {"TTL", "checksum", "port", "segment", "ACK", "SYN"}) EXPECT_EQ(text.find(jargon), std::string_view::npos) << key;
    }
}

TEST(Sentence, TheScenarioStepsInInWords) {
    Letter s;
    for (const char* kind : {"send", "cut", "restore", "set", "lose", "stop", "start", "online", "offline", "read", "print", "delete", "empty", "fail"}) {
        s.add(TimelineApplied{.kind = s.text(kind)});
        for (const Language language : {Language::en, Language::es}) EXPECT_EQ(told(s, Level::story, language).find(std::string(": ") + kind + "."), std::string::npos) << kind;
    }
    s.add(TimelineApplied{.kind = s.text("cut")});
    EXPECT_EQ(told(s, Level::story), "Here the scenario steps in: it cuts a link.");
}

template <std::size_t... I>
void eachKind(const std::function<void(const Payload&)>& check, std::index_sequence<I...>) {
    (check(Payload(std::in_place_index<I>)), ...);
}

// Every kind of event as it stands empty, with ids of nothing: a sentence in every language and at every level, all blanks filled.
TEST(Sentence, NoEventIsWithoutOne) {
    eachKind(
        [](const Payload& payload) {
            Script s;
            s.add(payload);
            for (const Language language : {Language::en, Language::es}) {
                for (int level = 1; level <= kLevels; ++level) {
                    const std::string text = told(s, static_cast<Level>(level), language);
                    EXPECT_GT(text.size(), 8u) << payload.index();
                    EXPECT_EQ(text.find('{'), std::string::npos) << text;
                    EXPECT_NE(text.find(' '), std::string::npos) << "a key without text: " << text;
                }
            }
        },
        std::make_index_sequence<std::variant_size_v<Payload>>());
}

// The reasons that stand in events each lead to a text of their own.
template <class E, class Reason>
void expectTexts(Reason E::*field, int last) {
    for (int i = 0; i <= last; ++i) {
        E event;
        event.*field = static_cast<Reason>(i);
        Script s;
        s.add(event);
        for (const Language language : {Language::en, Language::es}) {
            const std::string text = told(s, Level::ip, language);
            EXPECT_NE(text.find(' '), std::string::npos) << text;
            EXPECT_EQ(text.find('{'), std::string::npos) << text;
        }
    }
}

TEST(Sentence, EveryReasonHasItsWords) {
    expectTexts(&PacketDropped::reason, static_cast<int>(DropReason::reassembly));
    expectTexts(&SegmentRetransmitted::reason, static_cast<int>(RetransmitReason::pathMtu));
    expectTexts(&WindowChanged::reason, static_cast<int>(WindowReason::spuriousUndo));
    expectTexts(&TimerExpired::timer, static_cast<int>(TcpTimer::connect));
    expectTexts(&SegmentReceived::arrival, static_cast<int>(Arrival::acknowledgment));
    expectTexts(&ConnectionEnded::reason, static_cast<int>(CloseReason::networkLost));
    expectTexts(&AttemptFailed::kind, static_cast<int>(FailureKind::noMx));
    expectTexts(&MailRead::action, static_cast<int>(ReadAction::remove));
    expectTexts(&PolicyApplied::policy, static_cast<int>(Policy::signedLetter));
    expectTexts(&MailKnown::as, static_cast<int>(KnownAs::gone));
    expectTexts(&NoticeIssued::kind, static_cast<int>(NoticeKind::delivered));
    expectTexts(&MailAccepted::stage, static_cast<int>(Stage::local));
    expectTexts(&IcmpReceived::effect, static_cast<int>(IcmpEffect::pathMtu));
    expectTexts(&PathMtuChanged::reason, static_cast<int>(MtuReason::raised));
    expectTexts(&ProbeAnswered::reply, static_cast<int>(ProbeReply::other));
    expectTexts(&ProbeSent::program, static_cast<int>(Program::traceroute));
    expectTexts(&ProbeLost::program, static_cast<int>(Program::traceroute));
    expectTexts(&ProbeEnded::program, static_cast<int>(Program::traceroute));
    expectTexts(&NodeChanged::change, static_cast<int>(NodeChange::online));
}

TEST(Sentence, PingAndTraceroute) {
    Letter s;
    const wire::Ipv4Prefix sur{wire::Ipv4Address{0x0a000102}, 32};
    s.recording.mutableCast().nodes[2].addresses = {sur.address};
    s.on(kPc).add(ProbeAnswered{.roundTrip = 84ms, .from = sur, .sequence = 2, .reply = ProbeReply::echo});
    EXPECT_EQ(told(s, Level::story), "Sur answers ana-pc after 84 ms.");
    EXPECT_EQ(told(s, Level::tcp, Language::es), "Sur responde a la petición de eco 2 de ana-pc en 84 ms.");
    s.add(ProbeAnswered{.from = sur, .reply = ProbeReply::netUnreachable});
    EXPECT_EQ(told(s, Level::story), "Sur tells ana-pc: no route to that network.");
    s.add(ProbeAnswered{.roundTrip = 3ms, .from = {wire::Ipv4Address{0x0a090909}, 32}, .ttl = 2, .reply = ProbeReply::ttlExpired, .program = Program::traceroute});
    EXPECT_EQ(told(s, Level::story), "Hop 2: 10.9.9.9 (10.9.9.9), 3 ms.");
    s.add(ProbeLost{.waited = 2s, .destination = sur, .ttl = 3, .program = Program::traceroute});
    EXPECT_EQ(told(s, Level::story, Language::es), "Salto 3: silencio durante 2 s.");
    s.add(ProbeEnded{.destination = sur, .hops = 4, .program = Program::traceroute});
    EXPECT_EQ(told(s, Level::story), "The way from ana-pc to sur has 4 hops.");
}

TEST(Sentence, TooBigAndWhatComesOfIt) {
    Letter s;
    const PacketId packet = s.packet(kRelay);
    s.add(PacketDropped{.packet = packet, .reason = DropReason::tooBig, .told = true});
    EXPECT_EQ(told(s, Level::story), "One piece is too big for the next link: norte discards it and says so.");
    s.add(PacketDropped{.packet = packet, .reason = DropReason::tooBig});
    EXPECT_EQ(told(s, Level::story, Language::es), "Para el siguiente enlace es demasiado grande: norte descarta un trozo sin avisar.");
    s.add(IcmpReceived{.from = kSur, .mtu = 576, .effect = IcmpEffect::pathMtu});
    EXPECT_EQ(told(s), "Sur says that at most 576 bytes fit through: norte must send smaller packets.");
    s.add(PathMtuChanged{.destination = {wire::Ipv4Address{0x0a090909}, 32}, .mtu = 576});
    EXPECT_EQ(told(s), "Norte sends packets of at most 576 bytes to 10.9.9.9 from now on.");
    s.add(PacketFragmented{.packet = packet, .pieces = 3});
    EXPECT_EQ(told(s, Level::story), "One piece is too big for the next link: norte cuts it into 3 fragments.");
}

TEST(Sentence, ArpAndSwitches) {
    Letter s;
    const auto link = trace::LinkEnd::of(kBackbone, 0);
    const wire::Ipv4Prefix nobody{wire::Ipv4Address{0x0a090909}, 32};
    const wire::MacAddress mac = wire::stationAddress(2, 3);
    const PacketId request = s.recording.mutableStore().addPacket({wire::arpPacket({}), {}, kNorte});
    const PacketId packet = s.packet(kRelay);
    s.add(ArpAsked{.packet = request, .via = link, .target = nobody});
    EXPECT_EQ(told(s), "Norte asks everybody on its segment who has 10.9.9.9.");
    s.add(ArpAsked{.packet = request, .via = link, .target = nobody, .attempt = 2});
    EXPECT_EQ(told(s, Level::ip, Language::es), "Aún no hay respuesta: norte pregunta otra vez quién tiene 10.9.9.9.");
    s.add(ArpAsked{.packet = request, .via = link, .target = nobody, .poll = true});
    EXPECT_EQ(told(s), "Norte asks 10.9.9.9 whether it still has 10.9.9.9.");
    s.add(ArpAnswered{.packet = request, .via = link, .asker = nobody});
    EXPECT_EQ(told(s, Level::ip, Language::es), "Norte responde a 10.9.9.9: esa dirección es mía, y esta es mi MAC.");
    s.add(ArpLearned{.via = link, .address = nobody, .neighbour = kSur, .station = mac, .released = 2});
    EXPECT_EQ(told(s), "Norte now knows the MAC of 10.9.9.9 and sends what was waiting.");
    s.add(ArpLearned{.via = link, .address = nobody, .neighbour = kSur, .station = mac});
    EXPECT_EQ(told(s), "Norte notes that 10.9.9.9 has the MAC 02:00:00:30:00:04.");
    s.add(PacketWaits{.packet = packet, .via = link, .target = nobody});
    EXPECT_EQ(told(s, Level::ip, Language::es).substr(0, 18), "En norte espera un");
    s.add(ArpFailed{.via = link, .target = nobody, .dropped = 1});
    EXPECT_EQ(told(s), "Nobody answers for 10.9.9.9: norte gives up asking.");
    s.add(StationLearned{.via = link, .neighbour = kSur, .station = mac});
    EXPECT_TRUE(told(s).starts_with("Norte learns from this frame that sur is behind the link ")) << told(s);
    s.add(StationLearned{.via = link, .neighbour = kSur, .station = mac, .moved = true});
    EXPECT_TRUE(told(s, Level::ip, Language::es).starts_with("Norte ve que sur se ha mudado:")) << told(s, Level::ip, Language::es);
    s.add(FrameFlooded{.packet = request, .first = request, .copies = 2, .reason = FloodReason::group, .destination = wire::kBroadcast});
    EXPECT_EQ(told(s), "Norte sends the ARP request out of all other ports: it is meant for everybody.");
    s.add(PortChanged{.via = link, .blocked = true});
    EXPECT_TRUE(told(s).starts_with("Norte blocks its port on the link ")) << told(s);
    s.add(PacketDropped{.packet = packet, .reason = DropReason::unresolved});
    EXPECT_EQ(told(s, Level::story), "Norte finds nobody to hand one piece to and throws it away.");
    s.add(PacketDropped{.packet = packet, .reason = DropReason::frameChecksum});
    EXPECT_EQ(told(s, Level::story), "Norte notices that one piece is damaged and throws it away.");
}

TEST(Sentence, LongLinesAreCutAtAWholeCharacter) {
    Letter s;
    s.add(AccessReply{.connection = kSubmission, .line = s.text("* OK " + std::string(54, 'x') + "ñandú y más")});
    const std::string text = told(s);
    EXPECT_TRUE(text.ends_with("…"));
    EXPECT_EQ(text.find("\xC3…"), std::string::npos);
}

}  // namespace
}  // namespace mailtrek::narrate

// SPDX-License-Identifier: GPL-3.0-or-later
// Readers that protect their connection: STARTTLS (IMAP, RFC 3501 6.2.1), STLS (POP3, RFC 2595), ports 993 and 995 (RFC 8314), and who is in the way.
#include <gmock/gmock.h>

#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using trace::DialogueProtocol;
using trace::TlsVerdict;

const std::string kOffer = ", policy: { starttls: offer }", kRequire = ", policy: { starttls: require }";

struct Reader {
    const char* keys;  // of luis's second device
    DialogueProtocol protocol;
    std::uint16_t port, tlsPort;
};
const Reader kReaders[] = {{"reads-with: imap", DialogueProtocol::imap, 143, 993}, {"reads-with: pop3", DialogueProtocol::pop3, 110, 995}};

// The letter lies in luis's mailbox after a minute; his phone, on a line of its own, reads it.
Plan plan(const std::string& sur, const std::string& phone, const std::string& line = "") {
    Plan p;
    p.sur = sur;
    p.more = fmt::format("  fon: {{ kind: phone, user: luis@sur.example, {} }}\n", phone);
    p.links = fmt::format("  - {{ name: radio, between: [fon, sur]{} }}\n", line);
    p.timeline = sendAt("0 s", "carta", "luis@sur.example", ", text: Un secreto") + "  - { at: 1 min, read: { on: fon, mail: carta } }\n";
    return p;
}

std::vector<TlsVerdict> verdicts(const Story& story, std::uint16_t port) {
    std::vector<TlsVerdict> all;
    for (const auto& [id, e] : eventsOf<trace::TlsSecured>(story.recording))
        if (e.side == trace::Side::client && story.recording.cast().connections[e.connection.index()].serverPort == port) all.push_back(e.verdict);
    return all;
}

std::vector<std::string> waits(const Story& story) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::DeviceWaits>(story.recording)) all.emplace_back(story.recording.text(e.why));
    return all;
}

// Octets that went over connections to this port and can be read on the way.
bool readable(const Story& story, std::uint16_t port, std::string_view octets) {
    const trace::Store& store = story.recording.store();
    for (std::uint32_t p = 0; p < store.packets(); ++p) {
        const wire::Packet& packet = store.packet(PacketId{p}).packet;
        const wire::TcpHeader* tcp = packet.tcp();
        if (tcp != nullptr && (tcp->destinationPort == port || tcp->sourcePort == port) && packet.payload.text().find(octets) != std::string_view::npos) return true;
    }
    return false;
}

TEST(ReadingTls, TakesTheOffer) {
    for (const Reader& reader : kReaders) {
        const Story story(plan(kOffer, reader.keys));
        EXPECT_EQ(story.outcome().status, Status::read) << reader.keys;
        EXPECT_THAT(verdicts(story, reader.port), ElementsAre(TlsVerdict::trusted)) << reader.keys;
        EXPECT_TRUE(readable(story, reader.port, reader.port == 110 ? "STLS" : "STARTTLS"));
        EXPECT_FALSE(readable(story, reader.port, "luis@sur.example")) << reader.keys;
        EXPECT_FALSE(readable(story, reader.port, "Un secreto")) << reader.keys;
        EXPECT_THAT(eventsOf<trace::TlsFailed>(story.recording), IsEmpty()) << reader.keys;
        EXPECT_THAT(story.dialogue(reader.protocol), Contains(HasSubstr("********"))) << "the class reads along";
    }
}

TEST(ReadingTls, OnPortsOfItsOwn) {
    for (const Reader& reader : kReaders) {
        const Story story(plan(kOffer, std::string(reader.keys) + ", tls: implicit"));
        EXPECT_EQ(story.outcome().status, Status::read) << reader.keys;
        EXPECT_THAT(verdicts(story, reader.tlsPort), ElementsAre(TlsVerdict::trusted)) << reader.keys;
        EXPECT_THAT(story.connects("fon", "sur", reader.port), IsEmpty());
    }
}

TEST(ReadingTls, RequiredOfReaders) {
    for (const Reader& reader : kReaders) {
        const Story willing(plan(kRequire, reader.keys));
        EXPECT_EQ(willing.outcome().status, Status::read) << reader.keys;
        const Story unwilling(plan(kRequire, std::string(reader.keys) + ", tls: off"));
        EXPECT_EQ(unwilling.outcome().status, Status::delivered) << reader.keys;
        EXPECT_THAT(unwilling.dialogue(reader.protocol), Contains(HasSubstr(reader.port == 110 ? "-ERR [AUTH]" : "NO [PRIVACYREQUIRED]"))) << reader.keys;
    }
}

TEST(ReadingTls, ABadCertificateGetsNoPassword) {
    for (const Reader& reader : kReaders)
        for (const char* tls : {"", ", tls: implicit"}) {
            const Story story(plan(kOffer + ", tls: { expired: true }", std::string(reader.keys) + tls));
            EXPECT_EQ(story.outcome().status, Status::delivered) << reader.keys << tls;
            EXPECT_THAT(waits(story), Each("bad-certificate")) << reader.keys << tls;
            EXPECT_THAT(waits(story), Not(IsEmpty()));
            EXPECT_THAT(story.dialogue(reader.protocol), Not(Contains(HasSubstr("********")))) << reader.keys << tls;
        }
}

TEST(ReadingTls, OfferedAndNotToBeHad) {
    for (const Reader& reader : kReaders) {
        const Story story(plan(kOffer + ", tls: { unavailable: true }", reader.keys));
        EXPECT_EQ(story.outcome().status, Status::delivered) << reader.keys;
        EXPECT_THAT(waits(story), Each("tls-failed")) << reader.keys;
        EXPECT_THAT(waits(story), Not(IsEmpty()));
    }
}

TEST(ReadingTls, AnAttackerGetsThePasswordOfWhoDoesNotInsist) {
    for (const Reader& reader : kReaders) {
        const Story careless(plan(kOffer, reader.keys, ", strip-starttls: true"));
        EXPECT_EQ(careless.outcome().status, Status::read) << reader.keys;
        EXPECT_TRUE(readable(careless, reader.port, "Un secreto")) << reader.keys;
        const Story careful(plan(kOffer, std::string(reader.keys) + ", tls: require", ", strip-starttls: true"));
        EXPECT_EQ(careful.outcome().status, Status::delivered) << reader.keys;
        EXPECT_THAT(waits(careful), Each("no-tls")) << reader.keys;
        EXPECT_FALSE(readable(careful, reader.port, "luis")) << reader.keys;
    }
}

// The phone's hello is lost and its line is cut: nobody keeps a connection open for a handshake that does not come.
TEST(ReadingTls, AHandshakeHasAMinute) {
    for (const Reader& reader : kReaders) {
        Plan p = plan(kOffer, std::string(reader.keys) + ", tls: implicit", ", delay: 1 s, rules: [ { lose: { packet: 3, towards: sur } } ]");
        p.timeline += "  - { at: 63500 ms, cut: radio }\n";
        const Story story(p);
        std::vector<Duration> ends;
        for (const auto& [id, e] : eventsOf<trace::ConnectionEnded>(story.recording))
            if (story.recording.cast().connections[e.connection.index()].serverPort == reader.tlsPort && e.side == trace::Side::server) ends.push_back(story.timeOf(id) - kStart);
        ASSERT_FALSE(ends.empty()) << reader.keys;
        EXPECT_EQ(std::chrono::floor<std::chrono::seconds>(ends.front()), 123s) << reader.keys;  // it was there after 63 s
    }
}

}  // namespace
}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// Guard 4 for TCP alone: whatever the line does and the programs do, every stream arrives in order and whole, or both ends learn that it did not; nobody waits for ever,
// no window is overrun, and in recovery no more than cwnd is in the network.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "sim/kernel/dice.h"
#include "tests/transport/wire_pair.h"

namespace mailtrek::test {
namespace {

using transport::Congestion;
using transport::LossDetection;

class Random {
public:
    explicit Random(std::uint64_t seed) : m_seed(seed) {}
    std::uint64_t below(std::uint64_t bound) { return mailtrek::below(draw(m_seed, Purpose::loss, m_drawn++), bound); }
    bool chance(std::uint64_t perMille) { return below(1000) < perMille; }

private:
    std::uint64_t m_seed;
    std::uint64_t m_drawn = 0;
};

TcpSettings anySettings(Random& random) {
    TcpSettings s;
    s.congestion = std::array{Congestion::reno, Congestion::newreno, Congestion::cubic}[random.below(3)];
    s.lossDetection = random.chance(600) ? LossDetection::rack : LossDetection::dupack;
    s.sack = random.chance(700);
    s.timestamps = random.chance(500);
    s.windowScaling = random.chance(500);
    s.delayedAck = random.chance(700);
    s.nagle = random.chance(700);
    s.ecn = random.chance(300);
    s.tailLossProbe = random.chance(800);
    s.keepAlive = true;  // an end that only listens has to find out that the other is gone
    s.receiveBuffer = static_cast<std::uint32_t>(random.chance(300) ? 1500 + random.below(4000) : 4000 + random.below(200'000));
    if (random.chance(300)) s.mss = static_cast<std::uint32_t>(100 + random.below(1361));
    return s;
}

// One end and the program on it: writes in pieces, reads in pieces, says that it has finished, or breaks off.
class End final : public transport::TcpOutput {
public:
    End(const TcpSettings& settings, std::uint64_t seed, std::uint64_t name, Random& random, std::size_t size, const Instant& now)
        : stack({settings, seed, name}, *this), text(pattern(size)), m_random(random), m_now(now) {}

    void transmit(const Outgoing& segment) override { onTransmit(segment); }
    void note(SocketId, const trace::Payload&) override {}
    void accepted(std::uint16_t, SocketId id) override { socket = id; }
    void established(SocketId) override {}
    void readable(SocketId) override {}
    void peerClosed(SocketId) override {}
    void closed(SocketId, trace::CloseReason reason) override { ended = reason; }

    // What the program does when its turn comes. `eager`: it reads all there is and writes all it has.
    void act(bool eager) {
        if (!socket.valid()) return;
        if (eager || m_random.chance(600)) received += stack.read(socket, m_now, eager ? ~std::size_t{0} : m_random.below(9000));
        const transport::Connection* connection = stack.connection(socket);
        if (connection == nullptr || brokeOff) return;
        if (written < text.size() && (eager || m_random.chance(500))) {
            const std::size_t size = std::min<std::size_t>(text.size() - written, eager ? text.size() : 1 + m_random.below(12'000));
            stack.write(socket, Slice::copyOf(std::string_view(text).substr(written, size)), true, false, m_now);
            written += size;
        } else if (written == text.size() && !finished) {
            finished = true;
            stack.with(socket, [&](transport::Connection& c) { c.shutdownWrite(m_now); });
        }
        connection = stack.connection(socket);
        if (finished && connection != nullptr && connection->atEnd() && connection->readableOctets() == 0) stack.close(socket, m_now);
    }

    TcpStack stack;
    std::function<void(const Outgoing&)> onTransmit;
    SocketId socket;
    std::string text, received;
    std::size_t written = 0;
    bool finished = false;
    bool brokeOff = false;  // closed before everything was written
    std::optional<trace::CloseReason> ended;
    // as the other end may know them
    std::uint64_t edgeKnown = 0;  // how far this end may send, by what reached it
    std::uint8_t shift = 0;       // of its own window field
    bool scales = false;
    std::uint32_t isn = 0;

private:
    Random& m_random;
    const Instant& m_now;
};

class Line {
public:
    explicit Line(std::uint64_t seed)
        : m_random(seed),
          m_loss(m_random.below(200)),
          m_doubled(m_random.below(100)),
          m_late(m_random.below(200)),
          m_damaged(m_random.below(60)),
          m_latest(static_cast<std::int64_t>(1 + m_random.below(60))),
          m_client(anySettings(m_random), seed, 1, m_random, m_random.below(120'000), m_now),
          m_server(anySettings(m_random), seed, 2, m_random, m_random.chance(500) ? 0 : m_random.below(60'000), m_now) {
        m_client.onTransmit = [this](const Outgoing& s) { carry(s, m_client, m_server, true); };
        m_server.onTransmit = [this](const Outgoing& s) { carry(s, m_server, m_client, false); };
        m_server.stack.listen(25);
    }

    // What went wrong, or nothing.
    std::string run() {
        m_client.socket = m_client.stack.connect(kClient, kServer, 25, 1460, m_now, [](SocketId) {});
        const Instant calm = kStart + std::chrono::milliseconds{static_cast<std::int64_t>(m_random.below(20'000))};
        const bool breaksOff = m_random.chance(80);
        for (Instant turn = kStart; turn < kStart + 48h && wrong.empty(); turn += m_now < calm ? 7ms : idle() ? Duration{30s} : Duration{50ms}) {
            runTo(turn);
            m_client.act(m_now >= calm);
            m_server.act(m_now >= calm);
            if (breaksOff && m_random.chance(2)) {
                m_client.brokeOff = true;
                m_client.stack.close(m_client.socket, m_now);
            }
            if (m_client.ended && m_server.stack.openSockets() == 0 && m_line.empty()) break;
        }
        m_client.act(true);  // what a connection that is over has left to read
        m_server.act(true);
        if (wrong.empty()) judge();
        return wrong;
    }

private:
    bool idle() const { return m_line.empty() && m_now > kStart + 60s; }

    void judge() {
        const auto prefix = [](const std::string& got, const std::string& sent) { return got == sent.substr(0, got.size()); };
        if (!prefix(m_server.received, m_client.text) || !prefix(m_client.received, m_server.text)) wrong = "octets that were not written so";
        if (m_client.stack.openSockets() + m_server.stack.openSockets() > 0) wrong = "somebody waits for ever";
        const bool toServer = m_server.received == m_client.text.substr(0, m_client.written), toClient = m_client.received == m_server.text || m_client.brokeOff;
        const bool whole = toServer && toClient;
        const bool orderly = m_client.ended == trace::CloseReason::closed && m_server.ended == trace::CloseReason::closed;
        if (!whole && orderly)
            wrong = "octets are missing and nobody knows: " + std::to_string(m_server.received.size()) + " of " + std::to_string(m_client.text.size()) + ", " +
                    std::to_string(m_client.received.size()) + " of " + std::to_string(m_server.text.size());
        if (!whole && m_server.socket.valid() && (!m_client.ended || !m_server.ended)) wrong = "only one end knows";
    }

    void runTo(Instant until) {
        for (;;) {
            const Instant line = m_line.empty() ? kNever : m_line.begin()->first.first;
            const Instant next = std::min({line, m_client.stack.nextDeadline(), m_server.stack.nextDeadline()});
            if (next > until || !wrong.empty()) break;
            m_now = std::max(m_now, next);
            if (line <= m_now) {
                arrive(m_line.extract(m_line.begin()).mapped());
            } else {
                m_client.stack.onTimer(m_now);
                m_server.stack.onTimer(m_now);
            }
            checkPipe(m_client.stack);
            checkPipe(m_server.stack);
        }
        m_now = std::max(m_now, until);
    }

    void checkPipe(const TcpStack& stack) {
        for (const transport::Connection* connection : stack.connections()) {
            const transport::TcpInfo info = connection->info();
            // A FIN takes a place but no room in the network.
            if (info.inRecovery && connection->usesSack() && info.pipe > info.cwnd + 1) wrong = "pipe above cwnd in recovery";
            if (info.pipe > info.flight + 2 * std::uint64_t{info.mss} + info.flight) wrong = "the pipe is miscounted";
        }
    }

    struct Travelling {
        wire::Packet packet;
        bool toServer = false;
    };

    void carry(const Outgoing& segment, End& from, const End& to, bool toServer) {
        (void)to;
        if (segment.header.flags.syn) {
            from.isn = segment.header.sequence;
            from.scales = segment.header.options.windowScale.has_value();
            from.shift = segment.header.options.windowScale.value_or(0);
        } else if (!segment.payload.empty() && from.edgeKnown > 0) {
            const std::uint64_t end = segment.facts.sequence + std::uint64_t{segment.payload.size()};
            if (end > from.edgeKnown) wrong = "a window is overrun";
        }
        wire::Packet packet;
        packet.ip.source = segment.local;
        packet.ip.destination = segment.remote;
        packet.ip.protocol = 6;
        packet.ip.identification = 1;
        packet.ip.ecn = segment.ecn != wire::Ecn::notCapable && m_random.chance(20) ? wire::Ecn::congestion : segment.ecn;
        packet.transport = segment.header;
        packet.payload = segment.payload;
        for (int copies = m_random.chance(m_doubled) ? 2 : 1; copies > 0; --copies) {
            if (m_random.chance(m_loss)) continue;
            wire::Packet travelling = packet;
            if (m_random.chance(m_damaged) && !damage(travelling)) continue;
            const Duration later =
                m_random.chance(m_late) ? std::chrono::milliseconds{static_cast<std::int64_t>(m_random.below(static_cast<std::uint64_t>(m_latest)))} : Duration{};
            m_line.emplace(std::pair{m_now + 10ms + later, m_serial++}, Travelling{travelling, toServer});
        }
    }

    // One bit flips. False: the checksums notice, as they must.
    bool damage(wire::Packet& packet) {
        std::string octets = wire::serialize(packet);
        const std::uint64_t bit = m_random.below(octets.size() * 8);
        octets[bit / 8] = static_cast<char>(static_cast<unsigned char>(octets[bit / 8]) ^ (0x80u >> (bit % 8)));
        const wire::ParsedPacket parsed = wire::parse({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
        if (parsed.damage != wire::Damage::none || parsed.packet.tcp() == nullptr) return false;
        wrong = "a flipped bit went unnoticed";
        return true;
    }

    void arrive(const Travelling& travelling) {
        End& to = travelling.toServer ? m_server : m_client;
        const End& from = travelling.toServer ? m_client : m_server;
        const wire::TcpHeader& header = *travelling.packet.tcp();
        const bool scaled = !header.flags.syn && m_client.scales && m_server.scales;  // the client's SYN asked, the server's agreed
        if (header.flags.ack && !header.flags.rst) {
            const std::uint64_t edge = std::uint64_t{header.acknowledgment - to.isn} + (std::uint64_t{header.window} << (scaled ? from.shift : 0));
            to.edgeKnown = std::max(to.edgeKnown, edge);
        }
        to.stack.onSegment(travelling.packet, PacketId{}, 1460, m_now);
    }

public:
    std::string wrong;

private:
    Instant m_now = kStart;
    Random m_random;
    std::uint64_t m_loss, m_doubled, m_late, m_damaged;
    std::int64_t m_latest;
    End m_client, m_server;
    std::map<std::pair<Instant, std::uint64_t>, Travelling> m_line;
    std::uint64_t m_serial = 0;
};

std::uint64_t first() { return std::getenv("MAILTREK_FIRST_SEED") != nullptr ? std::strtoull(std::getenv("MAILTREK_FIRST_SEED"), nullptr, 10) : 1; }
std::uint64_t runs() { return std::getenv("MAILTREK_SWEEP") != nullptr ? 10'000 : 300; }

TEST(TcpOnAnyLine, DeliversEverythingInOrderOrTells) {
    for (std::uint64_t seed = first(); seed <= runs(); ++seed) ASSERT_EQ(Line(seed).run(), "") << "seed " << seed;
}

}  // namespace
}  // namespace mailtrek::test

// SPDX-License-Identifier: GPL-3.0-or-later
// Two TCP stacks with a line between them, in virtual time, without a network layer. `fate` says what becomes of each segment.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/transport/tcp_stack.h"

namespace mailtrek::test {

using namespace std::chrono_literals;
using transport::Outgoing;
using transport::SocketId;
using transport::TcpSettings;
using transport::TcpStack;

inline constexpr wire::Ipv4Address kClient{0x0a000001}, kServer{0x0a000002};

struct Fate {
    bool lose = false;
    int copies = 1;
    Duration later{};
};

class Host final : public transport::TcpOutput {
public:
    Host(TcpSettings settings, std::uint64_t seed, std::uint64_t name) : stack({settings, seed, name}, *this) {}

    void transmit(const Outgoing& segment) override {
        sent.push_back(segment);
        onTransmit(segment);
    }
    void note(SocketId, const trace::Payload& fact) override { facts.push_back(fact); }
    void accepted(std::uint16_t, SocketId socket) override { peer = socket; }
    void established(SocketId) override { open = true; }
    void readable(SocketId socket) override {
        if (reads) received += stack.read(socket, *now);
    }
    void peerClosed(SocketId socket) override {
        sawFin = true;
        if (closesBack) stack.close(socket, *now);
    }
    void closed(SocketId, trace::CloseReason reason) override { ended = reason; }

    template <class T>
    std::vector<T> noted() const {
        std::vector<T> found;
        for (const trace::Payload& fact : facts)
            if (const T* one = std::get_if<T>(&fact)) found.push_back(*one);
        return found;
    }
    std::size_t again(trace::RetransmitReason reason) const {
        std::size_t count = 0;
        for (const Outgoing& segment : sent) count += segment.reason == reason ? 1 : 0;
        return count;
    }
    std::size_t retransmits() const {
        std::size_t count = 0;
        for (const Outgoing& segment : sent) count += segment.reason.has_value() ? 1 : 0;
        return count;
    }

    TcpStack stack;
    const Instant* now = nullptr;
    std::function<void(const Outgoing&)> onTransmit;
    std::vector<Outgoing> sent;
    std::vector<trace::Payload> facts;
    SocketId peer;
    std::string received;
    bool open = false, sawFin = false, reads = true, closesBack = true;
    std::optional<trace::CloseReason> ended;
};

class WirePair {
public:
    using Decide = std::function<Fate(const Outgoing&, bool fromClient, std::size_t nth)>;

    explicit WirePair(TcpSettings settings = {}, Decide decide = {}, std::uint64_t seed = 1) : client(settings, seed, 11), server(settings, seed, 22), m_decide(std::move(decide)) {
        client.now = server.now = &now;
        client.onTransmit = [this](const Outgoing& s) { carry(s, true); };
        server.onTransmit = [this](const Outgoing& s) { carry(s, false); };
        server.stack.listen(25);
    }

    SocketId connect(std::uint16_t port = 25) {
        return socket = client.stack.connect(kClient, kServer, port, 1460, now, [](SocketId) {});
    }
    // Until nothing happens any more, or the time is up.
    void run(Duration most = 24h) {
        const Instant end = now + most;
        for (int steps = 0; steps < 2'000'000; ++steps) {
            Instant next = m_line.empty() ? kNever : m_line.begin()->first.first;
            next = std::min({next, client.stack.nextDeadline(), server.stack.nextDeadline()});
            if (next > end) break;
            now = std::max(now, next);
            if (!m_line.empty() && m_line.begin()->first.first <= now) {
                auto arriving = m_line.extract(m_line.begin());
                Host& to = arriving.mapped().second ? server : client;
                to.stack.onSegment(arriving.mapped().first, PacketId{}, 1460, now);
                continue;
            }
            client.stack.onTimer(now);
            server.stack.onTimer(now);
        }
    }

    Instant now = kStart;
    Host client, server;
    SocketId socket;
    Duration delay = 10ms;
    Duration perSegment = 10us;  // keeps segments of one burst apart

private:
    void carry(const Outgoing& segment, bool fromClient) {
        Fate fate = m_decide ? m_decide(segment, fromClient, fromClient ? client.sent.size() : server.sent.size()) : Fate{};
        if (fate.lose) return;
        wire::Packet packet;
        packet.ip.source = segment.local;
        packet.ip.destination = segment.remote;
        packet.transport = segment.header;
        packet.payload = segment.payload;
        Instant& free = fromClient ? m_freeUp : m_freeDown;
        free = std::max(now, free) + perSegment;
        for (int copy = 0; copy < fate.copies; ++copy) m_line.emplace(std::pair{free + delay + fate.later, m_serial++}, std::pair{packet, fromClient});
    }

    Decide m_decide;
    std::map<std::pair<Instant, std::uint64_t>, std::pair<wire::Packet, bool>> m_line;
    std::uint64_t m_serial = 0;
    Instant m_freeUp = kStart, m_freeDown = kStart;
};

// Octets that tell their place.
inline std::string pattern(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    return text;
}

}  // namespace mailtrek::test

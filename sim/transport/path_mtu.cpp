// SPDX-License-Identifier: GPL-3.0-or-later
// What TCP makes of ICMP: which errors it believes (RFC 5927 4.1), and the MTU of the path (RFC 1191 6).
#include <algorithm>

#include "sim/transport/tcp_stack.h"

namespace mailtrek::transport {

// A forged error would have to guess it.
bool Connection::hasOutstanding(std::uint32_t sequence) const {
    const std::uint64_t place = placeOf(sequence, m_isn, m_una);
    return m_una <= place && place < m_next;
}

// What is outstanding and too big now goes again at once in smaller pieces, which keep the number; that is no sign of congestion (RFC 1191 6.4).
void Connection::setPathMss(std::uint32_t mss, Instant now) {
    if (!m_open) return;
    if (m_fullMss == 0) m_fullMss = m_mss;
    m_mss = std::min(m_fullMss, mss);
    m_window.setMss(payloadLimit());
    const auto tooBig = [this](const Sent& sent) { return !sent.sacked && sent.octets.size() > payloadLimit(); };
    if (std::ranges::none_of(m_sent, tooBig)) return;
    std::deque<Sent> all;
    for (Sent& sent : m_sent) {
        if (!tooBig(sent)) {
            all.push_back(std::move(sent));
            continue;
        }
        markLost(sent, Reason::pathMtu);
        for (std::uint32_t at = 0; at < sent.octets.size(); at += payloadLimit()) {
            const std::uint32_t size = std::min(payloadLimit(), sent.octets.size() - at);
            const bool last = at + size == sent.octets.size();
            Sent piece = sent;
            piece.seq = sent.seq + at;
            piece.octets = sent.octets.sub(at, size);
            piece.fin = sent.fin && last;
            piece.push = sent.push && last;
            piece.lastContent = sent.lastContent && last;
            all.push_back(std::move(piece));
        }
    }
    m_sent = std::move(all);
    output(now);
}

SocketId TcpStack::waitingFor(const Endpoints& endpoints, std::uint32_t sequence) const {
    const auto found = m_byEndpoints.find(endpoints);
    const bool waits = found != m_byEndpoints.end() && connection(SocketId{found->second})->hasOutstanding(sequence);
    return waits ? SocketId{found->second} : SocketId{};
}

void TcpStack::setPathMss(wire::Ipv4Address remote, std::uint32_t mss, Instant now) {
    std::vector<SocketId> concerned;
    for (const auto& [id, slot] : m_connections)
        if (slot->endpoints().remote == remote) concerned.push_back(SocketId{id});
    for (const SocketId socket : concerned) {
        const trace::TcpState state = find(socket)->state();
        if (state == trace::TcpState::synSent || state == trace::TcpState::synReceived || state == trace::TcpState::timeWait) continue;
        find(socket)->setPathMss(mss, now);
        settled(socket);
    }
}

}  // namespace mailtrek::transport

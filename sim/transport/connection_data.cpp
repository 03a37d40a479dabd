// SPDX-License-Identifier: GPL-3.0-or-later
// What segments bring: octets, FIN; when they are acknowledged and how much more there is room for.
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {
namespace {

constexpr Duration kDelayedAck = std::chrono::milliseconds{40};  // as Linux; RFC 9293 3.8.6.3 asks for less than 0.5 s

}  // namespace

void Connection::processData(const wire::TcpHeader& header, std::uint64_t seq, const Slice& payload, Instant now) {
    if (!receives()) return;                                                    // the peer has already said that nothing follows
    if (m_userGone && !payload.empty() && seq + payload.size() > m_received) {  // nobody reads any more (RFC 9293 3.6.1)
        refuse(m_next, now);
        return vanish(trace::CloseReason::resetByUs);
    }
    const std::uint64_t wholeEnd = seq + payload.size();
    if (header.flags.fin && !m_finAt && wholeEnd <= std::max(m_edge, m_received)) m_finAt = wholeEnd;
    const std::uint64_t end = std::min({wholeEnd, std::max(m_edge, m_received), m_finAt.value_or(wholeEnd)});
    m_receiveMss = std::min(std::max(m_receiveMss, payload.size()), m_localMss);
    bool atOnce = !m_reassembly.empty();                   // RFC 5681 4.2: a gap is filled, or another one opens
    if (m_sackOn && !payload.empty() && seq < m_received)  // RFC 2883 4: what came before, the first range of it
        m_duplicateRange = Reassembly::Range{seq, std::min(end, m_received)};
    else if (m_sackOn && !m_reassembly.empty() && end > seq)
        m_duplicateRange = m_reassembly.overlap(seq, end);
    if (seq > m_received && end > seq) {
        m_reassembly.add(seq, payload.sub(0, static_cast<std::uint32_t>(end - seq)));
        m_newestOutOfOrder = seq;
        atOnce = true;
    } else if (seq <= m_received && end > m_received) {
        const auto skip = static_cast<std::uint32_t>(m_received - seq);
        m_ready += payload.sub(skip, static_cast<std::uint32_t>(end - m_received)).text();
        m_received = end;
        for (Slice more = m_reassembly.takeFrom(m_received); !more.empty(); more = m_reassembly.takeFrom(m_received)) {
            m_ready += more.text();
            m_received += more.size();
        }
    } else if (!payload.empty()) {
        atOnce = true;
    }
    const bool finished = m_finAt && m_received == *m_finAt;
    if (finished) ++m_received;
    delayAck(atOnce || finished || header.flags.fin, now);
    if (!m_ready.empty()) m_output.readable(m_id);
    if (finished && !gone()) processFin(now);
}

void Connection::processFin(Instant now) {
    const bool ourFinAcked = m_finSent && m_una == m_next;
    switch (m_state) {
        case State::established: setState(State::closeWait); break;
        case State::finWait1:
            if (ourFinAcked) return enterTimeWait(now);
            setState(State::closing);
            break;
        case State::finWait2: return enterTimeWait(now);
        case State::closed:
        case State::listen:
        case State::synSent:
        case State::synReceived:
        case State::closeWait:
        case State::closing:
        case State::lastAck:
        case State::timeWait: return;
    }
    m_output.peerClosed(m_id);
}

void Connection::delayAck(bool atOnce, Instant now) {
    const bool twoSegments = m_received - m_ackedTo >= 2 * std::uint64_t{m_receiveMss};
    if (atOnce || !m_settings.delayedAck || twoSegments) return sendAck(now);  // RFC 9293 3.8.6.3
    if (m_ackAt == kNever) m_ackAt = now + kDelayedAck;
}

// The window field, scaled; remembers the edge. Never moves it left, and right only by a worthwhile step (RFC 9293 3.8.6.2.2).
std::uint32_t Connection::advertise() {
    const bool handshake = m_state == State::synSent || m_state == State::synReceived || m_state == State::closed;
    const std::uint64_t held = m_ready.size();
    const std::uint64_t room = m_settings.receiveBuffer > held ? m_settings.receiveBuffer - held : 0;
    const std::uint64_t step = std::min<std::uint64_t>(m_settings.receiveBuffer / 2, m_mss);
    std::uint64_t edge = m_received + room;
    if (edge < m_edge + step && m_edge >= m_received) edge = std::max(m_edge, m_received);
    if (handshake) {
        const std::uint64_t window = std::min<std::uint64_t>(edge - m_received, 0xffff);
        m_edge = m_received + window;
        return static_cast<std::uint32_t>(window);
    }
    const std::uint64_t window = std::min<std::uint64_t>((edge - m_received) >> m_ourShift, 0xffff);
    m_edge = std::max(m_edge, m_received + (window << m_ourShift));
    return static_cast<std::uint32_t>(window);
}

}  // namespace mailtrek::transport

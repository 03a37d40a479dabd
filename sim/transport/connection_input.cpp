// SPDX-License-Identifier: GPL-3.0-or-later
// Arriving segments, RFC 9293 3.10.7.
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {

// The 64-bit place nearest to `near` that has this sequence number on the wire.
std::uint64_t Connection::placeOf(std::uint32_t sequence, std::uint32_t isn, std::uint64_t near) const {
    const std::uint32_t low = sequence - isn;
    const auto step = static_cast<std::int32_t>(low - static_cast<std::uint32_t>(near));
    const std::int64_t place = static_cast<std::int64_t>(near) + step;
    return place < 0 ? low : static_cast<std::uint64_t>(place);
}

void Connection::noteReceived(PacketId packet, std::uint64_t ack, std::uint32_t length, trace::Arrival arrival, bool duplicate) {
    m_output.note(m_id, trace::SegmentReceived{.inOrder = info().received,
                                               .connection = {},
                                               .packet = packet,
                                               .acknowledgment = static_cast<std::uint32_t>(ack),
                                               .length = static_cast<std::uint16_t>(length),
                                               .side = m_side,
                                               .arrival = arrival,
                                               .duplicateAck = duplicate});
}

bool Connection::acceptable(std::uint64_t seq, std::uint64_t length) const {
    const std::uint64_t window = m_edge > m_received ? m_edge - m_received : 0;
    if (length == 0) return window == 0 ? seq == m_received : seq >= m_received && seq < m_received + window;
    if (window == 0) return false;
    return seq < m_received + window && seq + length > m_received;
}

void Connection::inSynSent(const wire::TcpHeader& header, const Slice& payload, PacketId packet, Instant now) {
    const std::uint64_t ack = header.flags.ack ? placeOf(header.acknowledgment, m_isn, m_next) : 0;
    const bool acceptableAck = header.flags.ack && ack == m_next;
    noteReceived(packet, header.flags.ack ? ack : 0, payload.size(), trace::Arrival::acknowledgment, false);
    if (header.flags.ack && !acceptableAck) {  // of an old incarnation (RFC 9293 3.10.7.3)
        if (!header.flags.rst) refuse(ack, now);
        return;
    }
    if (header.flags.rst) {
        if (acceptableAck) vanish(trace::CloseReason::refused);
        return;
    }
    if (!header.flags.syn) return;
    m_peerIsn = header.sequence;
    m_received = 1;
    negotiate(header, now);
    m_connectAt = kNever;
    if (!acceptableAck) {  // simultaneous open
        setState(State::synReceived);
        transmitAgain(m_sent.front(), Reason::synTimeout, now);
        return;
    }
    if (m_synLost)
        m_rtt.afterLostSyn();
    else
        measureRtt(now - m_sent.front().sentAt);
    m_sent.clear();
    m_una = m_next;
    m_timer = Timer::none;
    m_timerAt = kNever;
    m_window.begin(payloadLimit(), m_synLost);
    setState(State::established);
    noteWindow(trace::WindowReason::opened);
    sendAck(now);
    m_output.established(m_id);
    if (!payload.empty() && !gone()) processData(header, 1, payload, now);
    if (!gone()) output(now);
}

bool Connection::checkReset(const wire::TcpHeader& header, std::uint64_t seq, Instant now) {
    if (header.flags.rst) {
        if (seq != m_received) {  // RFC 5961 3.2: a reset must be exact, else a challenge
            if (acceptable(seq, 0)) sendAck(now);
            return true;
        }
        const bool orderly = m_state == State::timeWait || m_state == State::lastAck || m_state == State::closing;
        vanish(orderly ? trace::CloseReason::closed : m_state == State::synReceived && !m_passive ? trace::CloseReason::refused : trace::CloseReason::resetByPeer);
        return true;
    }
    if (header.flags.syn && m_state != State::synReceived) {
        sendAck(now);  // RFC 5961 4.2: challenge
        return true;
    }
    return false;
}

trace::Arrival Connection::arrivalOf(std::uint64_t seq, std::uint64_t length) const {
    if (length == 0) return trace::Arrival::acknowledgment;
    if (seq + length <= m_received) return trace::Arrival::duplicate;
    if (seq <= m_received) return trace::Arrival::inOrder;
    return seq < m_edge ? trace::Arrival::outOfOrder : trace::Arrival::outsideWindow;
}

// Octets that this acceptable segment puts in order, with what waited for it: known before it is processed, so that the event that tells of it can say.
std::uint64_t Connection::broughtInOrder(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, const Slice& payload) const {
    const bool opening = m_state == State::synReceived;
    const bool wanted = opening || m_state == State::established || m_state == State::finWait1 || m_state == State::finWait2;
    if (!wanted || !header.flags.ack || header.flags.rst || (header.flags.syn && !opening) || ack > m_next || (opening && ack != m_next)) return 0;
    if (payload.empty() || seq > m_received || seq + payload.size() <= m_received) return 0;
    return m_reassembly.reach(std::min(seq + payload.size(), m_edge)) - m_received;
}

void Connection::onSegment(const wire::TcpHeader& header, const Slice& payload, PacketId packet, Instant now) {
    if (m_state == State::synSent) return inSynSent(header, payload, packet, now);
    const std::uint64_t seq = placeOf(header.sequence, m_peerIsn, m_received);
    const std::uint64_t ack = header.flags.ack ? placeOf(header.acknowledgment, m_isn, m_una) : 0;
    const std::uint32_t length = payload.size() + (header.flags.fin ? 1u : 0) + (header.flags.syn ? 1u : 0);
    const std::uint32_t window = header.window;
    const trace::Arrival arrival = arrivalOf(seq, length);
    const bool duplicateAck = header.flags.ack && isDuplicateAck(header, ack, length, window);
    const bool old = m_timestampsOn && header.options.timestamps && !header.flags.rst && static_cast<std::int32_t>(header.options.timestamps->value - m_tsRecent) < 0;
    const bool refused = old || !acceptable(seq, length);  // PAWS (RFC 7323 5.3 R1); RFC 9293 3.10.7.4, first
    m_output.note(m_id, trace::SegmentReceived{.inOrder = info().received + (refused ? 0 : broughtInOrder(header, seq, ack, payload)),
                                               .connection = {},
                                               .packet = packet,
                                               .acknowledgment = static_cast<std::uint32_t>(ack),
                                               .length = static_cast<std::uint16_t>(payload.size()),
                                               .side = m_side,
                                               .arrival = arrival,
                                               .duplicateAck = duplicateAck});
    if (refused) {
        if (header.flags.rst) return;
        if (!payload.empty() && seq + length <= m_received && m_sackOn) m_duplicateRange = Reassembly::Range{seq, seq + payload.size()};
        if (m_state == State::timeWait && header.flags.fin) m_lingerAt = now + std::chrono::seconds{60};
        if (m_state == State::synReceived && header.flags.syn) return transmitAgain(m_sent.front(), Reason::synTimeout, now);
        sendAck(now);
        if (!old && header.flags.ack && ack >= m_una && ack <= m_next && !gone()) processAck(header, seq, ack, length, now);  // RFC 9293: still of use
        return;
    }
    if (checkReset(header, seq, now) || !header.flags.ack) return;
    if (m_timestampsOn && header.options.timestamps && seq <= m_received) m_tsRecent = header.options.timestamps->value;  // RFC 7323 4.3
    if (!processAck(header, seq, ack, length, now) || gone()) return;
    if (!payload.empty() || header.flags.fin) processData(header, seq, payload, now);
    if (!gone() && m_state != State::timeWait) output(now);
}

bool Connection::processAck(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, std::uint32_t length, Instant now) {
    if (m_state == State::synReceived) {
        if (ack != m_next) return false;
        if (m_synLost)
            m_rtt.afterLostSyn();
        else
            measureRtt(now - m_sent.front().sentAt);
        m_sent.clear();
        m_una = ack;
        m_timer = Timer::none;
        m_timerAt = m_giveUpAt = kNever;
        m_window.begin(payloadLimit(), m_synLost);
        m_peerWindow = std::uint64_t{header.window} << m_peerShift;
        setState(State::established);
        noteWindow(trace::WindowReason::opened);
        if (m_passive)
            m_output.accepted(m_endpoints.localPort, m_id);
        else
            m_output.established(m_id);
        if (gone()) return false;
    }
    if (ack > m_next) {  // of something never sent
        sendAck(now);
        return false;
    }
    const bool duplicate = isDuplicateAck(header, ack, length, header.window);
    if (ack >= m_una && (m_wl1 < seq || (m_wl1 == seq && m_wl2 <= ack))) {
        m_peerWindow = std::uint64_t{header.window} << m_peerShift;
        m_largestWindow = std::max(m_largestWindow, m_peerWindow);
        m_wl1 = seq;
        m_wl2 = ack;
        if (m_peerWindow > 0 && m_timer == Timer::persist) {
            m_timer = Timer::none;
            m_timerAt = kNever;
            m_persistCount = 0;
        }
    }
    const std::uint64_t newlyAcked = ack > m_una ? ack - m_una : 0;
    const bool newlySacked = m_sackOn && applySack(header, ack, now);
    if (newlyAcked > 0) acknowledge(ack, header, now);
    detectLosses(newlyAcked, duplicate, newlySacked, now);
    afterAck(now);
    return true;
}

void Connection::afterAck(Instant now) {
    const bool finAcknowledged = m_finSent && m_una == m_next;
    if (!finAcknowledged) return;
    if (m_state == State::finWait1)
        setState(State::finWait2);
    else if (m_state == State::closing)
        enterTimeWait(now);
    else if (m_state == State::lastAck)
        vanish(trace::CloseReason::closed);
}

void Connection::processData(const wire::TcpHeader& header, std::uint64_t seq, const Slice& payload, Instant now) {
    const bool wanted = m_state == State::established || m_state == State::finWait1 || m_state == State::finWait2;
    if (!wanted) return sendAck(now);
    if (header.flags.fin) m_finAt = seq + payload.size();
    const bool hadGap = !m_reassembly.empty();
    bool atOnce = hadGap;
    const std::uint64_t limit = m_edge;
    if (!payload.empty() && seq > m_received) {  // out of order
        const auto fits = static_cast<std::uint32_t>(std::min<std::uint64_t>(payload.size(), limit - seq));
        m_reassembly.add(seq, payload.sub(0, fits));
        m_newestOutOfOrder = seq;
        atOnce = true;  // RFC 5681 4.2
    } else if (!payload.empty() && seq + payload.size() > m_received) {
        const auto skip = static_cast<std::uint32_t>(m_received - seq);
        const auto fits = static_cast<std::uint32_t>(std::min<std::uint64_t>(payload.size() - skip, limit - m_received));
        m_ready += payload.sub(skip, fits).text();
        m_received += fits;
        for (Slice more = m_reassembly.takeFrom(m_received); !more.empty(); more = m_reassembly.takeFrom(m_received)) {
            m_ready += more.text();
            m_received += more.size();
        }
    }
    const bool finished = m_finAt && m_received == *m_finAt;
    if (finished) ++m_received;
    delayAck(atOnce || finished, payload.size(), now);
    if (!m_ready.empty()) m_output.readable(m_id);
    if (finished && !gone()) processFin(now);
}

void Connection::processFin(Instant now) {
    if (m_state == State::established)
        setState(State::closeWait);
    else if (m_state == State::finWait1)
        setState(m_finSent && m_una == m_next ? State::timeWait : State::closing);
    else if (m_state == State::finWait2)
        setState(State::timeWait);
    if (m_state == State::timeWait) return enterTimeWait(now);
    m_output.peerClosed(m_id);
}

}  // namespace mailtrek::transport

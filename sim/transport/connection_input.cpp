// SPDX-License-Identifier: GPL-3.0-or-later
// Arriving segments and the checks they must pass, RFC 9293 3.10.7 with RFC 5961 and PAWS (RFC 7323 5).
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

void Connection::onSyn(const wire::TcpHeader& syn, PacketId packet, Instant now) {
    m_passive = true;
    m_peerIsn = syn.sequence;
    m_received = 1;
    negotiate(syn);
    setState(State::synReceived);
    m_output.note(m_id, trace::SegmentReceived{.connection = {}, .packet = packet, .side = m_side, .arrival = trace::Arrival::inOrder});
    m_giveUpAt = now + std::chrono::minutes{3};
    m_impatientSince = now;
    Sent reply;
    reply.syn = true;
    reply.sentAt = now;
    m_sent.push_back(std::move(reply));
    m_next = 1;
    transmit(m_sent.back(), std::nullopt, now);
}

void Connection::inSynSent(const wire::TcpHeader& header, const Slice& payload, PacketId packet, Instant now) {
    const std::uint64_t ack = header.flags.ack ? placeOf(header.acknowledgment, m_isn, m_next) : 0;
    const bool acceptableAck = header.flags.ack && ack == m_next;
    m_output.note(m_id, trace::SegmentReceived{.connection = {},
                                               .packet = packet,
                                               .acknowledgment = static_cast<std::uint32_t>(ack),
                                               .length = static_cast<std::uint16_t>(payload.size()),
                                               .side = m_side,
                                               .arrival = trace::Arrival::acknowledgment});
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
    negotiate(header);
    if (!acceptableAck) {  // simultaneous open
        setState(State::synReceived);
        return transmitAgain(m_sent.front(), Reason::simultaneousOpen, now);
    }
    opened(true, now);
    sendAck(now);
    m_output.established(m_id);
    if (!gone() && (!payload.empty() || header.flags.fin)) processData(header, 1, payload, now);
    if (!gone()) output(now);
}

// The four cases of RFC 9293 3.10.7.4. A FIN needs no room for itself: one that comes alone just at the edge of the window is welcome.
bool Connection::acceptable(const wire::TcpHeader& header, std::uint64_t seq, std::uint32_t payload) const {
    const std::uint64_t length = payload + (header.flags.fin ? 1u : 0) + (header.flags.syn ? 1u : 0);
    const std::uint64_t window = m_edge > m_received ? m_edge - m_received : 0;
    if (length == 0 || (payload == 0 && !header.flags.syn && seq == m_received)) return window == 0 ? seq == m_received : seq >= m_received && seq < m_received + window;
    if (window == 0) return false;
    return seq < m_received + window && seq + length > m_received;
}

bool Connection::oldTimestamp(const wire::TcpHeader& header, Instant now) const {  // PAWS (RFC 7323 5.3 R1)
    if (!m_timestampsOn || !header.options.timestamps || header.flags.rst) return false;
    if (now - m_tsRecentAt > std::chrono::hours{24 * 24}) return false;  // 5.5: after so long a pause the clock may have gone around
    return static_cast<std::int32_t>(header.options.timestamps->value - m_tsRecent) < 0;
}

trace::Arrival Connection::arrivalOf(std::uint64_t seq, std::uint64_t length) const {
    if (length == 0) return trace::Arrival::acknowledgment;
    if (seq + length <= m_received) return trace::Arrival::duplicate;
    if (seq <= m_received) return trace::Arrival::inOrder;
    return seq < m_edge ? trace::Arrival::outOfOrder : trace::Arrival::outsideWindow;
}

// Octets that this acceptable segment puts in order, with what waited for it: known before it is processed, so that the event that tells of it can say.
std::uint64_t Connection::broughtInOrder(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, std::uint32_t payload) const {
    const bool opening = m_state == State::synReceived;
    if (!opening && (!receives() || m_userGone)) return 0;
    const bool ackOk = !m_open ? ack >= 1 && ack <= m_next : ack <= m_next && ack + m_largestWindow >= m_una;
    if (!header.flags.ack || !ackOk || header.flags.rst || header.flags.syn) return 0;
    const std::uint64_t end = std::min({seq + payload, m_edge, m_finAt.value_or(~std::uint64_t{0})});
    if (payload == 0 || seq > m_received || end <= m_received) return 0;
    return m_reassembly.reach(end) - m_received;
}

void Connection::noteReceived(PacketId packet, const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, const Slice& payload, Instant now) {
    const std::uint32_t length = payload.size() + (header.flags.fin ? 1u : 0) + (header.flags.syn ? 1u : 0);
    const bool old = oldTimestamp(header, now), bare = m_timestampsOn && !header.options.timestamps;
    const bool refused = old || bare || !acceptable(header, seq, payload.size());
    m_output.note(m_id, trace::SegmentReceived{.inOrder = receivedOctets() + (refused ? 0 : broughtInOrder(header, seq, ack, payload.size())),
                                               .connection = {},
                                               .packet = packet,
                                               .acknowledgment = static_cast<std::uint32_t>(ack),
                                               .length = static_cast<std::uint16_t>(payload.size()),
                                               .side = m_side,
                                               .arrival = old ? trace::Arrival::oldTimestamp : arrivalOf(seq, length),
                                               .duplicateAck = !refused && header.flags.ack && isDuplicateAck(header, ack, length)});
}

void Connection::onSegment(const wire::TcpHeader& header, const Slice& payload, PacketId packet, bool marked, Instant now) {
    if (m_state == State::synSent) return inSynSent(header, payload, packet, now);
    const std::uint64_t seq = placeOf(header.sequence, m_peerIsn, m_received);
    const std::uint64_t ack = header.flags.ack ? placeOf(header.acknowledgment, m_isn, m_una) : 0;
    noteReceived(packet, header, seq, ack, payload, now);
    heardFromPeer(now);
    if (m_timestampsOn && !header.options.timestamps && !header.flags.rst) return;  // RFC 7323 3.2
    if (oldTimestamp(header, now)) return sendChallenge(now);
    if (!acceptable(header, seq, payload.size())) return unacceptable(header, seq, ack, payload.size(), now);
    if (checkReset(header, seq, now) || !header.flags.ack || !checkAck(header, ack, now)) return;
    if (m_timestampsOn && header.options.timestamps && seq <= m_ackedTo) {  // RFC 7323 4.3
        m_tsRecent = header.options.timestamps->value;
        m_tsRecentAt = now;
    }
    if (m_ecnOn) {  // RFC 3168 6.1.3
        if (header.flags.cwr) m_echo = false;
        if (marked && !payload.empty()) m_echo = true;
    }
    processAck(header, seq, ack, payload.size() + (header.flags.fin ? 1u : 0), now);
    if (gone()) return;
    if (!payload.empty() || header.flags.fin) processData(header, seq, payload, now);
    if (!gone() && m_state != State::timeWait) output(now);
}

// Answered with an acknowledgment that tells the truth; what it acknowledges itself is still of use (RFC 9293 3.10.7.4, first).
void Connection::unacceptable(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, std::uint32_t payload, Instant now) {
    if (header.flags.rst) return;
    const bool ourSynAcked = header.flags.ack && ack >= 1 && ack <= m_next;
    if (m_state == State::synReceived && header.flags.syn && seq == 0) {
        if (!ourSynAcked) return transmitAgain(m_sent.front(), Reason::synTimeout, now);  // the peer asks again: our consent was lost
        processAck(header, 1, ack, 0, now);                                               // simultaneous open: both have consented
        if (!gone()) output(now);
        return;
    }
    if (payload > 0 && seq + payload <= m_received && m_sackOn) m_duplicateRange = Reassembly::Range{seq, seq + payload};  // RFC 2883 4.1
    if (m_state == State::timeWait && header.flags.fin) m_lingerAt = now + std::chrono::seconds{60};
    if (payload > 0 || header.flags.fin)
        sendAck(now);
    else
        sendChallenge(now);
    if (!m_open || header.flags.syn || !header.flags.ack || ack <= m_una || ack > m_next) return;
    processAck(header, seq, ack, payload + (header.flags.fin ? 1u : 0), now);
    if (!gone() && m_state != State::timeWait) output(now);
}

bool Connection::checkReset(const wire::TcpHeader& header, std::uint64_t seq, Instant now) {
    if (header.flags.rst) {
        if (seq != m_received) {  // RFC 5961 3.2: a reset must be exact, else a challenge
            sendChallenge(now);
            return true;
        }
        const bool onlyFin = m_buffer.size() == 0 && m_next - m_una <= 1;
        const bool orderly = m_state == State::timeWait || ((m_state == State::lastAck || m_state == State::closing) && onlyFin);
        vanish(orderly ? trace::CloseReason::closed : m_state == State::synReceived && !m_passive ? trace::CloseReason::refused : trace::CloseReason::resetByPeer);
        return true;
    }
    if (header.flags.syn) {
        sendChallenge(now);  // RFC 5961 4.2
        return true;
    }
    return false;
}

bool Connection::checkAck(const wire::TcpHeader& header, std::uint64_t ack, Instant now) {
    if (!m_open) {
        if (ack >= 1 && ack <= m_next) return true;
        refuse(ack, now);  // RFC 9293 3.10.7.4, fifth, SYN-RECEIVED
        return false;
    }
    const auto behind = static_cast<std::int32_t>(static_cast<std::uint32_t>(m_una) + m_isn - header.acknowledgment);
    const bool tooOld = behind > 0 && static_cast<std::uint64_t>(behind) > m_largestWindow;
    if (!tooOld && ack <= m_next) return true;
    sendChallenge(now);  // RFC 5961 5.2
    return false;
}

}  // namespace mailtrek::transport

// SPDX-License-Identifier: GPL-3.0-or-later
// What an acknowledgment says: octets that arrived, SACK blocks (RFC 2018, 2883), the peer's window, congestion marks (RFC 3168).
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {

bool Connection::isDuplicateAck(const wire::TcpHeader& header, std::uint64_t ack, std::uint32_t length) const {
    const bool outstanding = m_next > m_una;
    return outstanding && length == 0 && !header.flags.syn && !header.flags.fin && ack == m_una && (std::uint64_t{header.window} << m_peerShift) == m_peerWindow;  // RFC 5681 2
}

void Connection::processAck(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, std::uint32_t length, Instant now) {
    if (!m_open) {  // SYN-RECEIVED, or FIN-WAIT-1 when the user closed meanwhile
        opened(true, now);
        m_peerWindow = std::uint64_t{header.window} << (header.flags.syn ? 0 : m_peerShift);
        m_largestWindow = std::max(m_largestWindow, m_peerWindow);
        if (m_passive)
            m_output.accepted(m_endpoints.localPort, m_id);
        else
            m_output.established(m_id);
        if (gone()) return;
    }
    Delivered delivered;
    delivered.duplicate = isDuplicateAck(header, ack, length);
    updateWindow(header, seq, ack);
    const bool cut = onEchoedCongestion(header.flags.ece);
    if (ack > m_una) acknowledge(ack, header, delivered, now);
    if (m_sackOn) applySack(header, ack, delivered, now);
    if (delivered.rtt || delivered.sackRtt) measureRtt(delivered.rtt.value_or(delivered.sackRtt.value_or(Duration{})));
    detectLosses(header, delivered, !cut && !(m_ecnOn && header.flags.ece), now);
    if (delivered.acked > 0) armRetransmission(now);  // RFC 6298 (5.2), (5.3)
    if (delivered.sacked && m_timer == Timer::tailProbe) armRetransmission(now);
    if (delivered.acked > 0 && m_settings.sendBuffer != 0xffffffffu && !m_closing) m_output.writable(m_id);
    afterAck(now);
}

void Connection::updateWindow(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack) {
    const bool newer = ack > m_una || m_wl1 < seq || (m_wl1 == seq && m_wl2 <= ack);  // RFC 9293 3.10.7.4, fifth; with a new acknowledgment always: the edge moves with it
    if (ack < m_una || !newer || header.flags.syn) return;
    m_peerWindow = std::uint64_t{header.window} << m_peerShift;
    m_largestWindow = std::max(m_largestWindow, m_peerWindow);
    m_wl1 = seq;
    m_wl2 = ack;
    if (m_timer == Timer::persist && m_peerWindow > 0) {
        m_timer = Timer::none;
        m_timerAt = kNever;
        m_persistCount = 0;
        if (m_settings.userTimeout > Duration::zero()) m_giveUpAt = kNever;
    }
    if (m_peerWindow == 0 && m_settings.userTimeout == Duration::zero() && m_open) m_giveUpAt = kNever;  // it lives: never give up (3.8.6.1)
}

// The segment is no longer in the network, nor of any other interest.
void Connection::leaveNetwork(Sent& sent) {
    if (sent.sacked) {
        m_sackedOctets -= sent.length();
        --m_sackedSegments;
    }
    if (sent.lost) m_lostOctets -= sent.length();
    if (sent.retransmitting) m_againOctets -= sent.length();
    sent.sacked = sent.lost = sent.retransmitting = false;
}

// Part of the first segment is acknowledged: the peer's window ended in it.
void Connection::trimFront(std::uint64_t ack) {
    Sent& sent = m_sent.front();
    const auto gone = static_cast<std::uint32_t>(ack - sent.seq);
    if (sent.lost) m_lostOctets -= gone;
    if (sent.retransmitting) m_againOctets -= gone;
    if (sent.sacked) m_sackedOctets -= gone;
    sent.octets = sent.octets.from(gone);
    sent.seq = ack;
}

void Connection::acknowledge(std::uint64_t ack, const wire::TcpHeader& header, Delivered& delivered, Instant now) {
    delivered.acked = ack - m_una;
    while (!m_sent.empty() && m_sent.front().end() <= ack) {
        Sent& sent = m_sent.front();
        if (!sent.sacked) {
            delivered.octets += sent.length();
            rackDelivered(sent, header, now);
            if (sent.transmissions > 1)
                delivered.again = true;
            else if (!delivered.rtt)
                delivered.rtt = now - sent.sentAt;
        }
        leaveNetwork(sent);
        m_sent.pop_front();
    }
    if (!m_sent.empty() && m_sent.front().seq < ack) {
        if (!m_sent.front().sacked) delivered.octets += ack - m_sent.front().seq;
        trimFront(ack);
    }
    m_una = ack;
    if (m_phase != Phase::recovery) m_duplicates = 0;
    if (delivered.again) {  // Karn (RFC 6298 3); timestamps tell which transmission was meant (RFC 7323 4)
        delivered.rtt.reset();
        const auto& stamp = header.options.timestamps;
        if (m_timestampsOn && stamp && stamp->echo != 0) {
            const auto millis = static_cast<std::int32_t>(stampAt(now) - stamp->echo);
            if (millis >= 0 && millis < 3'600'000) delivered.rtt = std::max(1, millis) * Duration{std::chrono::milliseconds{1}};
        }
    }
    m_giveUpAt = kNever;
    if (!m_sent.empty() && m_settings.userTimeout > Duration::zero()) startPatience(now);
}

void Connection::deliverSacked(Sent& sent, const wire::TcpHeader& header, Delivered& delivered, Instant now) {
    delivered.octets += sent.length();
    delivered.sacked = true;
    if (sent.transmissions == 1 && !delivered.sackRtt) delivered.sackRtt = now - sent.sentAt;
    rackDelivered(sent, header, now);
    leaveNetwork(sent);
    sent.sacked = true;
    m_sackedOctets += sent.length();
    ++m_sackedSegments;
}

void Connection::applySack(const wire::TcpHeader& header, std::uint64_t ack, Delivered& delivered, Instant now) {
    const auto place = [&](std::uint32_t wire) { return placeOf(wire, m_isn, m_una); };
    const auto& blocks = header.options.sack;
    for (std::size_t i = 0; i < header.options.sackCount; ++i) {
        const std::uint64_t left = place(blocks[i].left), right = place(blocks[i].right);
        if (left >= right || right > m_next) continue;
        const bool within = header.options.sackCount > 1 && left >= place(blocks[1].left) && right <= place(blocks[1].right);
        if (i == 0 && (right <= ack || within)) {  // RFC 2883 4: it came twice
            delivered.dsack = right;
            continue;
        }
        if (right <= m_una) continue;
        auto sent = std::lower_bound(m_sent.begin(), m_sent.end(), left, [](const Sent& s, std::uint64_t at) { return s.seq < at; });
        for (; sent != m_sent.end() && sent->end() <= right; ++sent)
            if (!sent->sacked) deliverSacked(*sent, header, delivered, now);
    }
}

void Connection::measureRtt(Duration sample) {
    const auto micros = [](Duration d) { return static_cast<std::uint32_t>(d.count() / 1000); };
    m_rtt.sample(sample);
    m_output.note(m_id, trace::RttMeasured{.connection = {},
                                           .sampleMicros = micros(sample),
                                           .smoothedMicros = micros(m_rtt.smoothed()),
                                           .variationMicros = micros(m_rtt.variation()),
                                           .rtoMicros = micros(m_rtt.rto()),
                                           .side = m_side});
}

// The peer passes a router's mark on: once per window it counts as a loss, without anything to send again (RFC 3168 6.1.2).
bool Connection::onEchoedCongestion(bool echo) {
    if (!m_ecnOn || !echo || !m_open || m_next == m_una) return false;
    if (m_phase != Phase::open || (m_ecnRecover > 0 && m_una <= m_ecnRecover)) return false;
    m_window.onCongestion(m_next - m_una);
    m_window.setCwnd(std::min(m_window.cwnd(), m_window.ssthresh()));
    m_ecnRecover = m_next;
    m_cwrDue = true;
    noteWindow(Window::ecn);
    return true;
}

void Connection::afterAck(Instant now) {
    const bool finAcknowledged = m_finSent && m_una == m_next;
    if (!finAcknowledged) return;
    if (m_state == State::finWait1)
        enterFinWait2(now);
    else if (m_state == State::closing)
        enterTimeWait(now);
    else if (m_state == State::lastAck)
        vanish(trace::CloseReason::closed);
}

}  // namespace mailtrek::transport

// SPDX-License-Identifier: GPL-3.0-or-later
// What acknowledgments tell about losses: duplicate ACKs (RFC 5681, 6582), SACK (RFC 6675), RACK-TLP (RFC 8985), the timeout (RFC 6298).
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {

bool Connection::isDuplicateAck(const wire::TcpHeader& header, std::uint64_t ack, std::uint32_t length, std::uint32_t window) const {
    const bool outstanding = m_next > m_una;
    return outstanding && length == 0 && !header.flags.syn && !header.flags.fin && ack == m_una && (std::uint64_t{window} << m_peerShift) == m_peerWindow;  // RFC 5681 2
}

std::uint64_t Connection::pipe() const { return m_next - m_una - m_sackedOctets - m_lostOctets + m_againOctets; }

void Connection::noteWindow(trace::WindowReason reason) {
    m_output.note(m_id, trace::WindowChanged{.connection = {},
                                             .cwnd = m_window.cwnd(),
                                             .ssthresh = m_window.ssthresh(),
                                             .flight = static_cast<std::uint32_t>(m_next - m_una),
                                             .peerWindow = static_cast<std::uint32_t>(std::min<std::uint64_t>(m_peerWindow, 0xffffffffu)),
                                             .side = m_side,
                                             .reason = reason});
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

void Connection::markLost(Sent& sent, Reason reason) {
    if (sent.sacked) return;
    if (sent.retransmitting) {
        sent.retransmitting = false;
        m_againOctets -= sent.length();
    }
    if (!sent.lost) {
        sent.lost = true;
        m_lostOctets += sent.length();
    }
    sent.lostBy = reason;
}

void Connection::acknowledge(std::uint64_t ack, const wire::TcpHeader& header, Instant now) {
    const std::uint64_t before = m_una;
    const bool windowWasFull = m_next - before + payloadLimit() > m_window.cwnd();
    std::optional<Duration> sample;
    while (!m_sent.empty() && m_sent.front().end() <= ack) {
        Sent& sent = m_sent.front();
        if (sent.sacked) m_sackedOctets -= sent.length();
        if (sent.lost) m_lostOctets -= sent.length();
        if (sent.retransmitting) m_againOctets -= sent.length();
        if (sent.transmissions == 1 && !sent.sacked) sample = now - sent.sentAt;  // Karn (RFC 6298 3)
        if (!sent.sacked && (sent.sentAt > m_rackSentAt || (sent.sentAt == m_rackSentAt && sent.end() > m_rackEnd))) {
            const bool ambiguous = sent.transmissions > 1 && now - sent.sentAt < m_rtt.least();  // RFC 8985 6.2 step 2
            if (!ambiguous) {
                m_rackSentAt = sent.sentAt;
                m_rackEnd = sent.end();
                m_rackRtt = now - sent.sentAt;
            }
        }
        m_sent.pop_front();
    }
    m_una = ack;
    m_duplicates = m_inRecovery ? m_duplicates : 0;
    if (sample) measureRtt(*sample);
    (void)header;
    m_giveUpAt = kNever;
    if (!m_inRecovery && windowWasFull && m_state != State::synReceived) {
        const std::uint32_t was = m_window.cwnd();
        const bool slow = m_window.inSlowStart();
        m_window.onAcknowledged(ack - before, now, m_rtt.smoothed(), m_afterTimeout);
        if (m_window.cwnd() != was) noteWindow(slow ? trace::WindowReason::slowStart : trace::WindowReason::congestionAvoidance);
    }
    if (m_probeOut && ack >= m_probeEnd) m_probeOut = false;
    armRetransmission(now);  // RFC 6298 (5.2), (5.3)
}

bool Connection::applySack(const wire::TcpHeader& header, std::uint64_t ack, Instant now) {
    bool any = false;
    for (std::size_t i = 0; i < header.options.sackCount; ++i) {
        const std::uint64_t left = placeOf(header.options.sack[i].left, m_isn, m_una);
        const std::uint64_t right = placeOf(header.options.sack[i].right, m_isn, m_una);
        if (left >= right || right <= ack || right > m_next) continue;  // DSACK or nonsense
        auto sent = std::lower_bound(m_sent.begin(), m_sent.end(), left, [](const Sent& s, std::uint64_t place) { return s.seq < place; });
        for (; sent != m_sent.end() && sent->end() <= right; ++sent) {
            if (sent->sacked) continue;
            if (sent->lost) {
                sent->lost = false;
                m_lostOctets -= sent->length();
            }
            if (sent->retransmitting) {
                sent->retransmitting = false;
                m_againOctets -= sent->length();
            }
            sent->sacked = true;
            m_sackedOctets += sent->length();
            any = true;
            if (sent->transmissions == 1 && sent->end() < m_highestSacked) m_reorderingSeen = true;
            m_highestSacked = std::max(m_highestSacked, sent->end());
            const bool newest = sent->sentAt > m_rackSentAt || (sent->sentAt == m_rackSentAt && sent->end() > m_rackEnd);
            const bool ambiguous = sent->transmissions > 1 && now - sent->sentAt < m_rtt.least();
            if (newest && !ambiguous) {
                m_rackSentAt = sent->sentAt;
                m_rackEnd = sent->end();
                m_rackRtt = now - sent->sentAt;
            }
        }
    }
    return any;
}

void Connection::detectLosses(std::uint64_t newlyAcked, bool duplicate, bool newlySacked, Instant now) {
    if (m_inRecovery && newlyAcked > 0) {
        if (m_una >= m_recover)
            leaveRecovery(now);
        else
            onPartialAck(newlyAcked, now);
    }
    if (m_afterTimeout && m_una >= m_recover) m_afterTimeout = false;
    if (usesRack()) {
        if (newlyAcked > 0 || newlySacked) detectByRack(now);
        return;
    }
    if (m_sackOn) {
        if (newlySacked) {
            ++m_duplicates;
            detectBySackCount();
            if (!m_inRecovery && !m_afterTimeout && m_lostOctets > 0) enterRecovery(now);
        }
        return;
    }
    if (duplicate && newlyAcked == 0) onDuplicateAck(now);
}

void Connection::onDuplicateAck(Instant now) {
    ++m_duplicates;
    if (m_inRecovery) {
        m_window.setCwnd(m_window.cwnd() + payloadLimit());  // RFC 5681 3.2 (4)
        noteWindow(trace::WindowReason::recovery);
        return;
    }
    const bool covered = m_recover > 0 && m_una <= m_recover && m_afterTimeout;  // RFC 6582 3.2 (1): not for what was sent before the last loss
    if (m_duplicates != 3 || covered) return;
    if (!m_sent.empty()) markLost(m_sent.front(), Reason::thirdDuplicateAck);
    enterRecovery(now);
}

void Connection::enterRecovery(Instant now) {
    const std::uint64_t flight = m_next - m_una;
    m_recover = m_next;
    m_inRecovery = true;
    m_window.onLoss(flight, now);
    m_window.setCwnd(m_window.ssthresh() + (m_sackOn ? 0 : 3 * payloadLimit()));  // RFC 6582 3.2 (2)
    noteWindow(trace::WindowReason::fastRetransmit);
}

void Connection::onPartialAck(std::uint64_t newlyAcked, Instant now) {
    (void)now;
    if (m_sackOn) return;                             // the scoreboard tells what to send
    if (m_settings.congestion == Congestion::reno) {  // RFC 5681: the first new ACK ends recovery; what is lost behind it waits for its own signals
        leaveRecovery(now);
        return;
    }
    if (!m_sent.empty()) markLost(m_sent.front(), Reason::partialAck);  // RFC 6582 3.2 (5)
    const std::uint64_t deflated = m_window.cwnd() > newlyAcked ? m_window.cwnd() - newlyAcked : 0;
    m_window.setCwnd(static_cast<std::uint32_t>(std::max<std::uint64_t>(deflated + (newlyAcked >= payloadLimit() ? payloadLimit() : 0), payloadLimit())));
    noteWindow(trace::WindowReason::recovery);
}

void Connection::leaveRecovery(Instant now) {
    (void)now;
    m_inRecovery = false;
    m_duplicates = 0;
    const std::uint64_t flight = m_next - m_una;
    const std::uint64_t cwnd =
        m_sackOn ? m_window.ssthresh() : std::min<std::uint64_t>(m_window.ssthresh(), std::max<std::uint64_t>(flight, payloadLimit()) + payloadLimit());  // RFC 6582 3.2 (6)
    m_window.setCwnd(static_cast<std::uint32_t>(m_settings.congestion == Congestion::reno ? m_window.ssthresh() : cwnd));
    noteWindow(trace::WindowReason::recoveryExit);
}

void Connection::detectBySackCount() {
    std::uint64_t above = 0;  // octets SACKed above
    for (auto sent = m_sent.rbegin(); sent != m_sent.rend(); ++sent) {
        if (sent->sacked)
            above += sent->length();
        else if (above > 2 * std::uint64_t{payloadLimit()} && !sent->lost && !sent->retransmitting)
            markLost(*sent, m_lostOctets == 0 && !m_inRecovery ? Reason::thirdDuplicateAck : Reason::sackHole);  // RFC 6675 4, IsLost
    }
    if (m_duplicates >= 3 && !m_inRecovery && !m_sent.empty() && !m_sent.front().lost) markLost(m_sent.front(), Reason::thirdDuplicateAck);
}

void Connection::detectByRack(Instant now) {
    if (m_rackEnd == 0) return;
    Duration window = m_rtt.least() / 4;  // RFC 8985 6.2 step 4
    std::uint32_t sackedSegments = 0;
    for (const Sent& sent : m_sent) sackedSegments += sent.sacked ? 1 : 0;
    if (!m_reorderingSeen && (m_inRecovery || m_afterTimeout || sackedSegments >= 3)) window = Duration::zero();
    window = std::min(window, m_rtt.smoothed());
    m_reorderAt = kNever;
    bool any = false;
    for (Sent& sent : m_sent) {
        const bool waits = !sent.sacked && (!sent.lost || sent.retransmitting);
        const bool before = sent.sentAt < m_rackSentAt || (sent.sentAt == m_rackSentAt && sent.end() < m_rackEnd);
        if (!waits || !before) continue;
        const Instant due = sent.sentAt + m_rackRtt + window;
        if (due <= now) {
            markLost(sent, Reason::rack);
            any = true;
        } else {
            m_reorderAt = m_reorderAt == kNever ? due : std::max(m_reorderAt, due);
        }
    }
    if (any && !m_inRecovery && !m_afterTimeout) enterRecovery(now);
}

void Connection::onRetransmissionTimeout(Instant now) {
    const bool opening = m_state == State::synSent || m_state == State::synReceived;
    const Duration waited = now - m_timerSince;
    ++m_timeouts;
    m_rtt.backOff();
    m_output.note(m_id, trace::TimerExpired{.waited = waited, .connection = {}, .backoff = m_rtt.backoff(), .side = m_side, .timer = trace::TcpTimer::retransmission});
    if (m_sent.empty()) return;
    if (opening) {
        m_synLost = true;
        return transmitAgain(m_sent.front(), Reason::synTimeout, now);
    }
    if (m_giveUpAt == kNever) m_giveUpAt = now + std::chrono::minutes{15};  // R2 of RFC 9293 3.8.3 (100 s at least): Linux gives up after about 15 minutes
    if (!m_afterTimeout || m_sent.front().transmissions == 1) m_window.onLoss(m_next - m_una, now);
    m_window.setCwnd(payloadLimit());  // RFC 5681 3.1: the loss window
    m_inRecovery = false;
    m_afterTimeout = true;
    m_recover = m_next;
    m_duplicates = 0;
    m_probeOut = false;
    m_reorderAt = kNever;
    for (Sent& sent : m_sent) markLost(sent, sent.fin && sent.octets.empty() ? Reason::finTimeout : Reason::timeout);
    noteWindow(trace::WindowReason::timeout);
    output(now);
}

void Connection::onTailProbe(Instant now) {  // RFC 8985 7.3
    m_output.note(m_id, trace::TimerExpired{.waited = now - m_timerSince, .connection = {}, .backoff = 0, .side = m_side, .timer = trace::TcpTimer::tailLossProbe});
    if (m_sent.empty()) return;
    m_probeOut = true;
    const std::uint64_t fits = m_una + m_peerWindow;
    const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>({m_buffer.size(), payloadLimit(), fits > m_next ? fits - m_next : 0}));
    if (size > 0) {
        cut(size, now);
    } else {
        auto last = m_sent.end();
        while (last != m_sent.begin() && std::prev(last)->sacked) --last;
        if (last != m_sent.begin()) transmitAgain(*std::prev(last), Reason::tailLossProbe, now);
    }
    m_probeEnd = m_next;
    m_timer = Timer::none;
    armRetransmission(now);
}

}  // namespace mailtrek::transport

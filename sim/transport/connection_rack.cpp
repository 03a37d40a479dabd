// SPDX-License-Identifier: GPL-3.0-or-later
// RACK-TLP, RFC 8985: a segment is lost when one sent later has arrived and the time for reordering is over; a probe finds out about a lost tail.
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {
namespace {

constexpr Duration kDelayedAckOfPeer = std::chrono::milliseconds{200};  // WCDelAckT (7.2)
constexpr std::uint32_t kDupThresh = 3;

}  // namespace

// 6.2 steps 1 to 3 for one segment that is newly known to have arrived.
void Connection::rackDelivered(const Sent& sent, const wire::TcpHeader& header, Instant now) {
    if (sent.end() > m_rackFack)
        m_rackFack = sent.end();
    else if (sent.end() < m_rackFack && sent.transmissions == 1)
        m_reorderingSeen = true;   // what was sent later came earlier
    if (sent.transmissions > 1) {  // which of them arrived?
        const auto& stamp = header.options.timestamps;
        if (m_timestampsOn && stamp && static_cast<std::int32_t>(stamp->echo - stampAt(sent.sentAt)) < 0) return;
        if (now - sent.sentAt < m_rtt.least()) return;
    }
    const bool newest = sent.sentAt > m_rackSentAt || (sent.sentAt == m_rackSentAt && sent.end() > m_rackEnd);
    if (!newest) return;
    m_rackSentAt = sent.sentAt;
    m_rackEnd = sent.end();
    m_rackRtt = now - sent.sentAt;
}

void Connection::rackSawDsack() {  // 6.2 step 4: the reordering window was too small; wider by one step per round trip
    if (m_dsackRound && m_una < *m_dsackRound) return;
    m_dsackRound = m_next;
    ++m_reoMultiplier;
    m_reoPersist = 16;
}

Duration Connection::reorderingWindow() const {
    if (!m_reorderingSeen && (m_phase != Phase::open || m_sackedSegments >= kDupThresh)) return Duration::zero();
    return std::min<Duration>(m_rtt.least() * m_reoMultiplier / 4, m_rtt.smoothed());
}

// 6.2 step 5. True when something is newly lost.
bool Connection::detectByRack(Instant now) {
    if (m_rackEnd == 0 || (m_sackedOctets == 0 && m_lostOctets == 0 && m_againOctets == 0)) return false;
    const Duration allowance = m_rackRtt + reorderingWindow();
    m_reorderAt = kNever;
    bool any = false;
    for (Sent& sent : m_sent) {
        const bool before = sent.sentAt < m_rackSentAt || (sent.sentAt == m_rackSentAt && sent.end() < m_rackEnd);
        if (!before && sent.transmissions == 1) break;  // all that follow were sent later still
        if (!before || sent.sacked || (sent.lost && !sent.retransmitting)) continue;
        const Instant due = sent.sentAt + allowance;
        if (due <= now) {
            markLost(sent, Reason::rack);
            any = true;
        } else {
            m_reorderAt = m_reorderAt == kNever ? due : std::max(m_reorderAt, due);
        }
    }
    return any;
}

// --- tail loss probe -----------------------------------------------------------------------------------------------------------

bool Connection::probesTail() const {
    return usesRack() && m_settings.tailLossProbe && m_open && m_phase == Phase::open && !m_probeOut && m_lostOctets == 0 && m_sackedOctets == 0;
}

Duration Connection::probeTimeout() const {  // 7.2
    Duration wait = m_rtt.hasSample() ? 2 * m_rtt.smoothed() : Duration{std::chrono::seconds{1}};
    if (m_sent.size() == 1) wait += kDelayedAckOfPeer;  // one segment: its ACK may be delayed
    return wait;
}

void Connection::onTailProbe(Instant now) {  // 7.3
    expired(trace::TcpTimer::tailLossProbe, now - m_timerSince, 0);
    if (m_sent.empty()) return;
    m_probeOut = true;
    const std::uint64_t edge = m_una + m_peerWindow;
    const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>({m_buffer.size(), payloadLimit(), edge > m_next ? edge - m_next : 0}));
    m_probeIsAgain = size == 0;
    if (size > 0) {
        cut(size, now);
    } else {
        auto last = std::prev(m_sent.end());
        transmitAgain(*last, Reason::tailLossProbe, now);
    }
    m_probeEnd = m_next;
    m_timer = Timer::none;
    armRetransmission(now);
}

// 7.4: did the probe mend a loss that nothing else told of? Then the window pays for it.
void Connection::tailProbeAnswered(const Delivered& delivered) {
    if (!m_probeOut || m_una < m_probeEnd) return;
    if (!m_probeIsAgain || (delivered.dsack && *delivered.dsack == m_probeEnd)) {
        m_probeOut = false;
    } else if (m_una > m_probeEnd) {
        m_probeOut = false;
        if (m_phase != Phase::open) return;
        m_window.onCongestion(m_next - m_una);
        m_window.setCwnd(m_window.ssthresh());
        noteWindow(Window::fastRetransmit);
    } else if (delivered.duplicate && !delivered.sacked) {
        m_probeOut = false;  // both copies arrived
    }
}

}  // namespace mailtrek::transport

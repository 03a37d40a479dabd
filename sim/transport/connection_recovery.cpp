// SPDX-License-Identifier: GPL-3.0-or-later
// What acknowledgments tell about losses, and what follows: duplicate ACKs (RFC 5681, 6582), SACK (RFC 6675), proportional rate reduction (RFC 6937),
// the timeout (RFC 6298), taking back what was a mistake (RFC 3522, 3708). RACK-TLP: connection_rack.cpp.
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {

void Connection::noteWindow(Window reason) {
    m_output.note(m_id, trace::WindowChanged{.connection = {},
                                             .cwnd = m_window.cwnd(),
                                             .ssthresh = m_window.ssthresh(),
                                             .flight = static_cast<std::uint32_t>(m_next - m_una),
                                             .peerWindow = static_cast<std::uint32_t>(std::min<std::uint64_t>(m_peerWindow, 0xffffffffu)),
                                             .side = m_side,
                                             .reason = reason});
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

// `grows`: nothing but losses stands against a larger window.
void Connection::detectLosses(const wire::TcpHeader& header, const Delivered& delivered, bool grows, Instant now) {
    if (delivered.dsack) rackSawDsack();
    const bool undone = undoIfSpurious(header, delivered);
    if (undone) noteWindow(Window::spuriousUndo);
    tailProbeAnswered(delivered);
    const bool wasRecovering = m_phase == Phase::recovery;
    if (wasRecovering && delivered.acked > 0) {
        if (m_una >= m_recover)
            leaveRecovery();
        else
            onPartialAck(delivered.acked);
    }
    if (m_phase == Phase::loss && m_una >= m_recover) m_phase = Phase::open;
    bool lost = false;
    if (usesRack()) {
        lost = delivered.any() && detectByRack(now);
    } else if (m_sackOn) {
        if (delivered.sacked) {
            ++m_duplicates;
            lost = detectBySackCount();
        }
    } else if (delivered.duplicate && delivered.acked == 0) {
        lost = onDuplicateAck();
    }
    const bool steady = m_phase == Phase::loss || (m_phase == Phase::open && !lost);
    if (!steady)
        repair(delivered, lost);
    else if (delivered.acked > 0 && grows && !wasRecovering && !undone)
        grow(delivered.acked, now);
}

// A new recovery, or the rate of one under way.
void Connection::repair(const Delivered& delivered, bool lost) {
    if (m_phase == Phase::open) {
        enterRecovery();
        if (m_sackOn) proportionalRate(delivered, true, true);
        return noteWindow(Window::fastRetransmit);
    }
    if (!m_sackOn || !(lost || delivered.any())) return;
    const std::uint32_t was = m_window.cwnd();
    proportionalRate(delivered, false, lost);
    if (m_window.cwnd() != was) noteWindow(Window::recovery);
}

void Connection::grow(std::uint64_t octets, Instant now) {
    const std::uint32_t was = m_window.cwnd();
    const bool slow = m_window.inSlowStart();
    m_window.onAcknowledged(octets, now, m_rtt.smoothed(), m_phase == Phase::loss);
    if (m_window.cwnd() != was) noteWindow(slow ? Window::slowStart : Window::congestionAvoidance);
}

bool Connection::onDuplicateAck() {
    ++m_duplicates;
    if (m_phase == Phase::recovery) {
        m_window.setCwnd(m_window.cwnd() + payloadLimit());  // RFC 5681 3.2 (4)
        noteWindow(Window::recovery);
        return false;
    }
    const bool covered = m_recover > 0 && m_una <= m_recover && m_window.partialAckRepairs();  // RFC 6582 3.2 (2): not for what was sent before the last loss
    if (m_phase == Phase::loss || m_duplicates != 3 || covered || m_sent.empty()) return false;
    markLost(m_sent.front(), Reason::thirdDuplicateAck);
    return true;
}

void Connection::enterRecovery() {
    const std::uint64_t flight = m_next - m_una;
    rememberForUndo();
    m_recover = m_next;
    m_phase = Phase::recovery;
    m_window.onCongestion(flight);
    m_prrDelivered = m_prrOut = 0;
    m_prrFlight = flight;
    m_rescued = 0;
    if (m_ecnOn) {  // one cut for a loss and a mark of the same window (RFC 3168 6.1.2)
        m_ecnRecover = m_next;
        m_cwrDue = true;
    }
    if (!m_sackOn) m_window.setCwnd(m_window.ssthresh() + 3 * payloadLimit());  // RFC 6582 3.2 (3)
}

// RFC 6937 3: while what is in the network shrinks to ssthresh, send in proportion to what arrives; below it, slow start back up to it.
void Connection::proportionalRate(const Delivered& delivered, bool first, bool newlyLost) {
    m_prrDelivered += delivered.octets;
    const std::uint64_t inNetwork = pipe(), ssthresh = m_window.ssthresh(), mss = payloadLimit();
    const auto owed = static_cast<std::int64_t>(m_prrDelivered - std::min(m_prrDelivered, m_prrOut));
    std::int64_t count = 0;
    if (inNetwork > ssthresh) {
        count = static_cast<std::int64_t>((m_prrDelivered * ssthresh + m_prrFlight - 1) / m_prrFlight) - static_cast<std::int64_t>(m_prrOut);
    } else {
        const bool safe = delivered.acked > 0 && !newlyLost;
        const std::int64_t limit = safe ? std::max(owed, static_cast<std::int64_t>(delivered.octets)) + static_cast<std::int64_t>(mss) : owed;
        count = std::min(static_cast<std::int64_t>(ssthresh - inNetwork), limit);
    }
    count = std::max<std::int64_t>(count, first || m_prrOut == 0 ? static_cast<std::int64_t>(mss) : 0);  // the fast retransmit goes out at once
    m_window.setCwnd(static_cast<std::uint32_t>(std::max<std::uint64_t>(inNetwork + static_cast<std::uint64_t>(count), mss)));
}

void Connection::onPartialAck(std::uint64_t newlyAcked) {
    if (m_sackOn) return;                                               // the scoreboard tells what to send
    if (!m_window.partialAckRepairs()) return leaveRecovery();          // RFC 5681 3.2 (6): what is lost behind it waits for its own signals
    if (!m_sent.empty()) markLost(m_sent.front(), Reason::partialAck);  // RFC 6582 3.2 (5)
    const std::uint64_t deflated = m_window.cwnd() > newlyAcked ? m_window.cwnd() - newlyAcked : 0;
    m_window.setCwnd(static_cast<std::uint32_t>(std::max<std::uint64_t>(deflated + (newlyAcked >= payloadLimit() ? payloadLimit() : 0), payloadLimit())));
    noteWindow(Window::recovery);
}

void Connection::leaveRecovery() {
    m_phase = Phase::open;
    m_duplicates = 0;
    const std::uint64_t flight = m_next - m_una, mss = payloadLimit();
    const bool newReno = !m_sackOn && m_window.partialAckRepairs();
    const std::uint64_t cwnd = newReno ? std::min<std::uint64_t>(m_window.ssthresh(), std::max(flight, mss) + mss) : m_window.ssthresh();  // RFC 6582 3.2 (4)
    m_window.setCwnd(static_cast<std::uint32_t>(cwnd));
    if (m_reoPersist > 0 && --m_reoPersist == 0) m_reoMultiplier = 1;  // RFC 8985 6.2 step 4
    noteWindow(Window::recoveryExit);
}

// IsLost of RFC 6675 4: three separate ranges, or more than two segments' worth of octets, are SACKed above. Or three ACKs told something new (5 (2)).
bool Connection::detectBySackCount() {
    std::uint64_t octets = 0;
    std::uint32_t ranges = 0;
    bool any = false, before = false;
    for (auto sent = m_sent.rbegin(); sent != m_sent.rend(); ++sent) {
        if (sent->sacked) {
            octets += sent->length();
            ranges += before ? 0 : 1;
        } else if ((octets > 2 * std::uint64_t{payloadLimit()} || ranges >= 3) && !sent->lost && !sent->retransmitting) {
            markLost(*sent, m_phase == Phase::open && m_lostOctets == 0 ? Reason::thirdDuplicateAck : Reason::sackHole);
            any = true;
        }
        before = sent->sacked;
    }
    if (m_duplicates >= 3 && m_phase == Phase::open && !m_sent.empty() && !m_sent.front().lost && !m_sent.front().sacked) {
        markLost(m_sent.front(), Reason::thirdDuplicateAck);
        any = true;
    }
    return any;
}

void Connection::onRetransmissionTimeout(Instant now) {
    const bool opening = !m_open;
    ++m_timeouts;
    m_rtt.backOff();
    expired(trace::TcpTimer::retransmission, now - m_timerSince, m_rtt.backoff());
    if (m_sent.empty()) return;
    if (opening) {
        m_synLost = true;
        return transmitAgain(m_sent.front(), Reason::synTimeout, now);
    }
    if (m_giveUpAt == kNever) startPatience(now);
    const bool first = m_phase != Phase::loss || m_sent.front().transmissions == 1;
    if (first) {
        rememberForUndo();
        m_window.onCongestion(m_next - m_una);
    }
    m_window.setCwnd(payloadLimit());  // RFC 5681 3.1: the loss window
    m_phase = Phase::loss;
    m_recover = m_next;
    m_duplicates = 0;
    m_probeOut = false;
    m_reorderAt = kNever;
    if (m_sent.front().sacked)  // the peer has thrown away what it had reported (RFC 2018 8)
        for (Sent& sent : m_sent) leaveNetwork(sent);
    const Duration allowance = m_rackRtt + reorderingWindow();
    for (Sent& sent : m_sent) {
        const bool recent = usesRack() && m_rackEnd > 0 && sent.sentAt + allowance > now && &sent != &m_sent.front();  // RFC 8985 6.3
        if (!recent) markLost(sent, sent.fin && sent.octets.empty() ? Reason::finTimeout : Reason::timeout);
    }
    if (m_ecnOn) m_ecnRecover = m_next;
    noteWindow(Window::timeout);
    output(now);
    if (m_timer == Timer::none) armRetransmission(now);
}

void Connection::rememberForUndo() {
    if (m_phase != Phase::open && m_undo.armed) return;  // still the same trouble: what was before it counts
    m_undo = {.armed = m_sackOn || m_timestampsOn, .echoed = false, .cwnd = m_window.cwnd(), .ssthresh = m_window.ssthresh(), .stamp = 0, .again = 0, .from = m_una, .to = m_next};
}

// The first transmissions were not lost: an echo is older than the retransmission (Eifel, RFC 3522), or every retransmission came twice (DSACK, RFC 3708).
bool Connection::undoIfSpurious(const wire::TcpHeader& header, const Delivered& delivered) {
    if (!m_undo.armed || m_undo.again == 0) return false;
    const auto& stamp = header.options.timestamps;
    bool spurious = m_phase != Phase::open && delivered.acked > 0 && m_undo.echoed && stamp && stamp->echo != 0 && static_cast<std::int32_t>(stamp->echo - m_undo.stamp) < 0;
    if (delivered.dsack && *delivered.dsack > m_undo.from && *delivered.dsack <= m_undo.to) spurious |= --m_undo.again == 0;
    if (!spurious) return false;
    for (Sent& sent : m_sent) {
        if (sent.lost) m_lostOctets -= sent.length();
        sent.lost = false;
    }
    m_window.undo(m_undo.cwnd, m_undo.ssthresh);
    m_phase = Phase::open;
    m_duplicates = 0;
    m_reorderingSeen = true;
    m_undo = {};
    return true;
}

}  // namespace mailtrek::transport

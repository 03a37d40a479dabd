// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/transport/congestion_window.h"

#include <algorithm>

namespace mailtrek::transport {

std::uint32_t CongestionWindow::initialWindow() const { return std::min(m_initialSegments * m_mss, std::max(2 * m_mss, 14600u)); }

void CongestionWindow::begin(std::uint32_t mss, bool synWasLost) {
    m_mss = mss;
    m_cwnd = synWasLost ? mss : initialWindow();
}

void CongestionWindow::onSent(std::uint64_t flight, bool limited, std::uint64_t una, std::uint64_t next) {
    const bool newWindow = una >= m_usageEnd;
    if (!newWindow && !limited && (m_limited || flight <= m_mostFlight)) return;
    m_limited = limited;
    m_mostFlight = flight;
    m_usageEnd = next;
}

void CongestionWindow::onAcknowledged(std::uint64_t octets, Instant now, Duration smoothedRtt, bool afterTimeout) {
    const bool inUse = m_limited || afterTimeout || (inSlowStart() && m_cwnd < 2 * m_mostFlight);
    if (!inUse) return;
    if (!inSlowStart()) {
        m_cwnd = m_control->grow(m_cwnd, octets, m_mss, now, smoothedRtt);
        return;
    }
    const std::uint64_t limit = afterTimeout ? m_mss : 2 * std::uint64_t{m_mss};  // L = 1 after a timeout, otherwise 2 (RFC 3465 2.2, 2.3)
    const std::uint64_t grown = m_cwnd + std::min(octets, limit);
    m_cwnd = static_cast<std::uint32_t>(std::min<std::uint64_t>(grown, 0x7fffffff));
    if (m_cwnd >= m_ssthresh) m_cwnd = std::max(m_ssthresh, m_mss);
}

void CongestionWindow::onCongestion(std::uint64_t flight) { m_ssthresh = m_control->onCongestion(m_cwnd, std::min<std::uint64_t>(flight, m_cwnd), m_mss); }

void CongestionWindow::undo(std::uint32_t cwnd, std::uint32_t ssthresh) {
    m_cwnd = std::max(m_cwnd, cwnd);
    m_ssthresh = std::max(m_ssthresh, ssthresh);
    m_control->undo();
}

bool CongestionWindow::idleRestart() {
    const std::uint32_t before = m_cwnd;
    m_cwnd = std::min(m_cwnd, initialWindow());  // RFC 5681 4.1
    m_control->onIdle();
    return m_cwnd != before;
}

}  // namespace mailtrek::transport

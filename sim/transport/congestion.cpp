// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/transport/congestion.h"

#include <algorithm>

namespace mailtrek::transport {

std::uint64_t cubeRoot(std::uint64_t x) {
    std::uint64_t root = 0;
    for (int shift = 63; shift >= 0; shift -= 3) {
        root <<= 1;
        const std::uint64_t candidate = 3 * root * (root + 1) + 1;
        if (x >> shift >= candidate) {
            x -= candidate << shift;
            ++root;
        }
    }
    return root;
}

void CongestionWindow::begin(std::uint32_t mss, bool synWasLost) {
    m_mss = mss;
    m_cwnd = synWasLost ? mss : std::min(m_initialSegments * mss, std::max(2 * mss, 14600u));
}

void CongestionWindow::onAcknowledged(std::uint64_t octets, Instant now, Duration smoothedRtt, bool afterTimeout) {
    if (inSlowStart()) {
        const std::uint64_t limit = afterTimeout ? m_mss : 2 * std::uint64_t{m_mss};  // L = 1 after a timeout, otherwise 2 (RFC 3465 2.2, 2.3)
        const std::uint64_t grown = m_cwnd + std::min(octets, limit);
        m_cwnd = static_cast<std::uint32_t>(std::min<std::uint64_t>(grown, 0x7fffffff));
        if (m_cwnd >= m_ssthresh) m_cwnd = std::max(m_ssthresh, m_mss);
        return;
    }
    if (m_algorithm == Congestion::cubic) return cubic(octets, now, smoothedRtt);
    m_counted += octets;
    while (m_counted >= m_cwnd) {  // one segment for each window acknowledged (RFC 5681 3.1, RFC 3465 2.1)
        m_counted -= m_cwnd;
        m_cwnd += m_mss;
    }
}

void CongestionWindow::onLoss(std::uint64_t flight, Instant now) {
    const std::uint32_t least = 2 * m_mss;
    if (m_algorithm == Congestion::cubic) {
        const bool shrinking = m_cwnd < m_wMax;  // fast convergence (RFC 9438 4.7)
        m_wMax = shrinking ? std::uint64_t{m_cwnd} * 17 / 20 : m_cwnd;
        m_ssthresh = static_cast<std::uint32_t>(std::max<std::uint64_t>(flight * 7 / 10, least));  // beta = 0.7 (4.6)
        m_epoch = kNever;
    } else {
        m_ssthresh = static_cast<std::uint32_t>(std::max<std::uint64_t>(flight / 2, least));  // RFC 5681 (4)
    }
    m_counted = 0;
    (void)now;
}

bool CongestionWindow::idleRestart() {
    const std::uint32_t before = m_cwnd;
    m_cwnd = std::min(m_cwnd, std::min(m_initialSegments * m_mss, std::max(2 * m_mss, 14600u)));  // RFC 5681 4.1
    m_epoch = kNever;
    return m_cwnd != before;
}

// W(t) = C (t - K)^3 + W_max with C = 0.4 segments/s^3 (RFC 9438 4.2), times in microseconds, windows in octets.
void CongestionWindow::cubic(std::uint64_t acknowledged, Instant now, Duration smoothedRtt) {
    if (m_epoch == kNever) {
        m_epoch = now;
        m_wMax = std::max<std::uint64_t>(m_wMax, m_cwnd);
        const std::uint64_t segmentsTimes = (m_wMax - m_cwnd) * 5 / 2 * 1'000'000 / m_mss;  // (W_max - cwnd) / C in millionths of s^3
        m_kMicros = static_cast<std::int64_t>(cubeRoot(segmentsTimes * 1'000'000) * 100);   // cbrt of 1e-12 s^3 gives 1e-4 s
        m_wEst = m_cwnd;
        m_estCounted = 0;
        m_counted = 0;
    }
    const auto micros = [](Duration d) { return std::chrono::duration_cast<std::chrono::microseconds>(d).count(); };
    const std::int64_t t = micros(now - m_epoch + smoothedRtt) - m_kMicros;
    const std::int64_t bounded = std::clamp<std::int64_t>(t, -1'000'000'000, 1'000'000'000);  // 1000 s: beyond it the window is limited anyway
    __extension__ using Wide = __int128;
    const Wide growth = Wide{bounded} * bounded * bounded * 2 * m_mss / 5 / 1'000'000'000'000'000'000;
    const Wide target = std::clamp<Wide>(static_cast<Wide>(m_wMax) + growth, m_cwnd, static_cast<Wide>(m_cwnd) * 3 / 2);  // (4.4)
    m_estCounted += acknowledged * 9;                                                                                     // alpha = 3 (1 - 0.7) / (1 + 0.7) = 9/17 (4.3)
    while (m_estCounted >= 17 * m_wEst) {
        m_estCounted -= 17 * m_wEst;
        m_wEst += m_mss;
    }
    if (static_cast<Wide>(m_wEst) > target) {
        m_cwnd = static_cast<std::uint32_t>(std::min<std::uint64_t>(m_wEst, 0x7fffffff));
        return;
    }
    m_counted += acknowledged * static_cast<std::uint64_t>(target - m_cwnd) / m_cwnd;
    const std::uint64_t whole = m_counted / m_mss * m_mss;
    m_counted -= whole;
    m_cwnd = static_cast<std::uint32_t>(std::min<std::uint64_t>(m_cwnd + whole, 0x7fffffff));
}

}  // namespace mailtrek::transport

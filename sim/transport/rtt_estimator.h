// SPDX-License-Identifier: GPL-3.0-or-later
// The retransmission timeout, RFC 6298, with the floor as Linux applies it: SRTT + max(min-rto, 4 RTTVAR).
#pragma once

#include <algorithm>

#include "sim/kernel/time.h"

namespace mailtrek::transport {

class RttEstimator {
public:
    RttEstimator(Duration initialRto, Duration minRto) : m_rto(initialRto), m_minRto(minRto) {}

    void sample(Duration rtt) {
        if (m_srtt == Duration::zero()) {
            m_srtt = rtt;  // (2.2)
            m_rttvar = rtt / 2;
        } else {
            const Duration error = m_srtt > rtt ? m_srtt - rtt : rtt - m_srtt;
            m_rttvar = (3 * m_rttvar + error) / 4;  // (2.3)
            m_srtt = (7 * m_srtt + rtt) / 8;
        }
        m_minRtt = m_minRtt == Duration::zero() ? rtt : std::min(m_minRtt, rtt);
        m_rto = std::min<Duration>(m_srtt + std::max(m_minRto, 4 * m_rttvar), kMaxRto);
        m_backoff = 0;
    }
    void backOff() {
        m_rto = std::min<Duration>(m_rto * 2, kMaxRto);  // (5.5)
        ++m_backoff;
    }
    // The SYN was lost: begin with 3 s when no sample was taken (5.7).
    void afterLostSyn() {
        if (m_srtt == Duration::zero()) m_rto = std::max<Duration>(std::chrono::seconds{3}, m_minRto);
        m_backoff = 0;
    }
    Duration rto() const { return m_rto; }
    Duration smoothed() const { return m_srtt; }
    Duration variation() const { return m_rttvar; }
    Duration least() const { return m_minRtt; }
    std::uint32_t backoff() const { return m_backoff; }
    bool hasSample() const { return m_srtt != Duration::zero(); }

private:
    static constexpr Duration kMaxRto = std::chrono::seconds{120};  // (2.5): at least 60 s
    Duration m_srtt{};
    Duration m_rttvar{};
    Duration m_minRtt{};
    Duration m_rto;
    Duration m_minRto;
    std::uint32_t m_backoff = 0;
};

}  // namespace mailtrek::transport

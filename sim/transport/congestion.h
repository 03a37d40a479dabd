// SPDX-License-Identifier: GPL-3.0-or-later
// The congestion window: RFC 5681 with appropriate byte counting (RFC 3465), RFC 6582, and CUBIC (RFC 9438) in whole numbers, so that every machine computes the same.
#pragma once

#include <cstdint>

#include "sim/kernel/time.h"
#include "sim/transport/tcp_settings.h"

namespace mailtrek::transport {

class CongestionWindow {
public:
    CongestionWindow(Congestion algorithm, std::uint32_t initialSegments) : m_algorithm(algorithm), m_initialSegments(initialSegments) {}

    // The handshake told the segment size. IW = min(n MSS, max(2 MSS, 14600)) (RFC 6928 2); one segment when the SYN was lost (RFC 5681 3.1).
    void begin(std::uint32_t mss, bool synWasLost);

    std::uint32_t cwnd() const { return m_cwnd; }
    std::uint32_t ssthresh() const { return m_ssthresh; }
    bool inSlowStart() const { return m_cwnd < m_ssthresh; }

    // New data was acknowledged outside recovery, and the window was in use.
    void onAcknowledged(std::uint64_t octets, Instant now, Duration smoothedRtt, bool afterTimeout);
    // A loss: remembers the window and sets ssthresh. The caller says what cwnd becomes.
    void onLoss(std::uint64_t flight, Instant now);
    void setCwnd(std::uint32_t octets) { m_cwnd = octets; }
    // Nothing was sent for longer than an RTO: back to the initial window at most. True when that changed it.
    bool idleRestart();

private:
    void cubic(std::uint64_t acknowledged, Instant now, Duration smoothedRtt);

    Congestion m_algorithm;
    std::uint32_t m_initialSegments;
    std::uint32_t m_mss = 536;
    std::uint32_t m_cwnd = 536;
    std::uint32_t m_ssthresh = 0xffffffffu;
    std::uint64_t m_counted = 0;  // octets acknowledged towards the next segment of growth
    // CUBIC, in octets
    std::uint64_t m_wMax = 0;
    std::uint64_t m_wEst = 0;
    std::uint64_t m_estCounted = 0;
    std::int64_t m_kMicros = 0;  // K of RFC 9438 4.2
    Instant m_epoch = kNever;    // beginning of the growth after a loss
};

// floor(cbrt(x)), exact.
std::uint64_t cubeRoot(std::uint64_t x);

}  // namespace mailtrek::transport

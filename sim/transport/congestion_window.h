// SPDX-License-Identifier: GPL-3.0-or-later
// cwnd and ssthresh: initial window (RFC 6928), slow start with appropriate byte counting (RFC 3465), restart after idle, and whether the window was in use at
// all (RFC 7661: a window that the program does not fill proves nothing and does not grow). How it grows beyond ssthresh and shrinks: CongestionControl.
#pragma once

#include <cstdint>
#include <memory>

#include "sim/transport/congestion_control.h"

namespace mailtrek::transport {

class CongestionWindow {
public:
    CongestionWindow(Congestion algorithm, std::uint32_t initialSegments) : m_control(makeCongestionControl(algorithm)), m_initialSegments(initialSegments) {}

    // The handshake told the segment size. IW = min(n MSS, max(2 MSS, 14600)) (RFC 6928 2); one segment when the SYN was lost (RFC 5681 3.1).
    void begin(std::uint32_t mss, bool synWasLost);
    void setMss(std::uint32_t mss) { m_mss = mss; }  // a smaller path

    std::uint32_t cwnd() const { return m_cwnd; }
    std::uint32_t ssthresh() const { return m_ssthresh; }
    bool inSlowStart() const { return m_cwnd < m_ssthresh; }
    bool partialAckRepairs() const { return m_control->partialAckRepairs(); }

    // Something was sent, or could not be: `flight` octets are out, `limited` when the window kept more from going. `una`, `next`: places in the stream.
    void onSent(std::uint64_t flight, bool limited, std::uint64_t una, std::uint64_t next);
    // New data was acknowledged outside recovery.
    void onAcknowledged(std::uint64_t octets, Instant now, Duration smoothedRtt, bool afterTimeout);
    // A loss or a mark: sets ssthresh. The caller says what cwnd becomes.
    void onCongestion(std::uint64_t flight);
    void setCwnd(std::uint32_t octets) { m_cwnd = octets; }
    // The last cut was a mistake: what was before.
    void undo(std::uint32_t cwnd, std::uint32_t ssthresh);
    // Nothing was sent for longer than an RTO: back to the initial window at most. True when that changed it.
    bool idleRestart();

private:
    std::uint32_t initialWindow() const;

    std::unique_ptr<CongestionControl> m_control;
    std::uint32_t m_initialSegments;
    std::uint32_t m_mss = 536;
    std::uint32_t m_cwnd = 536;
    std::uint32_t m_ssthresh = 0xffffffffu;
    bool m_limited = true;
    std::uint64_t m_mostFlight = 0, m_usageEnd = 0;  // in the window of data now under way
};

}  // namespace mailtrek::transport

// SPDX-License-Identifier: GPL-3.0-or-later
// What tells one congestion control from another. A new one is one file that implements this, a value of Congestion, and a line in makeCongestionControl.
// Windows are octets; everything is whole numbers, so that every machine computes the same.
#pragma once

#include <cstdint>
#include <memory>

#include "sim/kernel/time.h"
#include "sim/transport/tcp_settings.h"

namespace mailtrek::transport {

class CongestionControl {
public:
    virtual ~CongestionControl() = default;

    // A loss or a congestion mark, once per window: the new ssthresh. `flight`: octets outstanding, never more than cwnd.
    virtual std::uint32_t onCongestion(std::uint32_t cwnd, std::uint64_t flight, std::uint32_t mss) = 0;
    // Congestion avoidance: `octets` were newly acknowledged while the window was in use. The new cwnd.
    virtual std::uint32_t grow(std::uint32_t cwnd, std::uint64_t octets, std::uint32_t mss, Instant now, Duration smoothedRtt) = 0;
    // The sender paused.
    virtual void onIdle() {}
    // The last onCongestion was a mistake (RFC 3522, RFC 9438 4.9).
    virtual void undo() {}
    // Without SACK: does an ACK that covers only part of the lost window keep recovery going (RFC 6582), or end it (RFC 5681 3.2)?
    virtual bool partialAckRepairs() const { return true; }
};

std::unique_ptr<CongestionControl> makeCongestionControl(Congestion);

// One per algorithm, in its own file.
std::unique_ptr<CongestionControl> makeReno();
std::unique_ptr<CongestionControl> makeNewReno();
std::unique_ptr<CongestionControl> makeCubic();

}  // namespace mailtrek::transport

// SPDX-License-Identifier: GPL-3.0-or-later
// Reno: additive increase, halving (RFC 5681), counted in octets (RFC 3465).
#pragma once

#include <algorithm>

#include "sim/transport/congestion_control.h"

namespace mailtrek::transport {

class Reno : public CongestionControl {
public:
    std::uint32_t onCongestion(std::uint32_t /*cwnd*/, std::uint64_t flight, std::uint32_t mss) override {
        m_counted = 0;
        return static_cast<std::uint32_t>(std::max<std::uint64_t>(flight / 2, 2 * std::uint64_t{mss}));  // RFC 5681 (4)
    }
    std::uint32_t grow(std::uint32_t cwnd, std::uint64_t octets, std::uint32_t mss, Instant /*now*/, Duration /*smoothedRtt*/) override {
        m_counted += octets;
        while (m_counted >= cwnd) {  // one segment for each window acknowledged (RFC 5681 3.1, RFC 3465 2.1)
            m_counted -= cwnd;
            cwnd += mss;
        }
        return cwnd;
    }
    bool partialAckRepairs() const override { return false; }

private:
    std::uint64_t m_counted = 0;  // octets acknowledged towards the next segment of growth
};

}  // namespace mailtrek::transport

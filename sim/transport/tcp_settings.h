// SPDX-License-Identifier: GPL-3.0-or-later
// How one host's TCP behaves (scenario-format, defaults: tcp).
#pragma once

#include <cstdint>

#include "sim/kernel/time.h"

namespace mailtrek::transport {

enum class Congestion : std::uint8_t { reno, newreno, cubic };
enum class LossDetection : std::uint8_t { rack, dupack };

struct TcpSettings {
    Congestion congestion = Congestion::cubic;
    LossDetection lossDetection = LossDetection::rack;  // rack needs SACK on the connection; without it duplicate ACKs decide
    bool sack = true;
    bool timestamps = true;
    bool windowScaling = true;
    bool delayedAck = true;
    bool nagle = true;
    std::uint32_t initialWindow = 10;  // segments (RFC 6928)
    Duration minRto = std::chrono::milliseconds{200};
    Duration initialRto = std::chrono::seconds{1};
    Duration connectTimeout = std::chrono::seconds{30};
    std::uint32_t receiveBuffer = 1'000'000;  // octets
};

}  // namespace mailtrek::transport

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
    bool ecn = false;           // RFC 3168
    bool tailLossProbe = true;  // RFC 8985 7; only with rack
    bool delayedAck = true;
    bool nagle = true;
    bool keepAlive = false;            // RFC 9293 3.8.4
    std::uint32_t initialWindow = 10;  // segments (RFC 6928)
    Duration minRto = std::chrono::milliseconds{200};
    Duration initialRto = std::chrono::seconds{1};
    Duration connectTimeout = std::chrono::seconds{30};
    Duration userTimeout{};                           // 0: R2 of RFC 9293 3.8.3, here 15 minutes without an acknowledgment
    Duration keepAliveAfter = std::chrono::hours{2};  // of silence
    std::uint32_t receiveBuffer = 1'000'000;          // octets
    std::uint32_t sendBuffer = 0xffffffffu;           // octets that a program may write ahead of the acknowledgments
    std::uint32_t mss = 0;                            // at most this is offered and used; 0: what the way out allows
};

}  // namespace mailtrek::transport

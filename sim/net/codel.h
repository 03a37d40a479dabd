// SPDX-License-Identifier: GPL-3.0-or-later
// CoDel (RFC 8289): judges each packet when it leaves the queue, by the time that it stood there. When every packet of an interval waited longer than the target,
// one is dropped, and then one more after interval / sqrt(n), until the waiting is over.
#pragma once

#include <cstdint>

#include "sim/kernel/time.h"
#include "sim/net/link_settings.h"

namespace mailtrek::net {

class CoDel {
public:
    enum class Verdict : std::uint8_t { send, mark, drop };
    // What is asked of a packet at the head of the queue.
    struct Head {
        Duration waited{};
        std::uint64_t behind = 0;   // octets in the queue without it
        std::uint32_t largest = 0;  // octets of the largest packet that the link takes: with less behind, nobody suffers (RFC 8289 4.2)
        bool markable = false;      // ECN: a mark does
    };

    // After `drop`, the next packet of the queue is asked at the same instant, or onEmpty() tells that there is none.
    Verdict onHead(const Head& head, const CoDelSettings& settings, Instant now);
    void onEmpty();

    bool dropping() const { return m_dropping; }

private:
    enum class Stage : std::uint8_t { fresh, entered, dropped };  // the last two: right behind a drop
    bool tooLong(const Head& head, const CoDelSettings& settings, Instant now);
    Verdict act(const Head& head, const CoDelSettings& settings);

    Instant m_firstAbove = kStart;  // kStart: not above the target
    Instant m_dropNext = kStart;
    std::uint32_t m_count = 0, m_lastCount = 0;
    bool m_dropping = false;
    Stage m_stage = Stage::fresh;
};

// interval / sqrt(count), in integers (RFC 8289 5.4, control law). REQUIRES: count > 0.
Duration controlInterval(Duration interval, std::uint32_t count);

}  // namespace mailtrek::net

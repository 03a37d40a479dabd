// SPDX-License-Identifier: GPL-3.0-or-later
// The states of a Gilbert-Elliott channel (Gilbert 1960, Elliott 1963) as a function of time: they are the same whatever packets come, so that a change made to one packet
// leaves the others alone. How long a state lasts is drawn in whole steps. Every 64 mean cycles the state is drawn afresh from its long-run shares, so that a silence of days
// costs nothing; within such a span it is the textbook's Markov chain.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/net/link_settings.h"

namespace mailtrek::net {

class BurstProcess {
public:
    // `dice`: the beginning of its draws. REQUIRES: step > 0.
    BurstProcess(const BurstyLoss& loss, Duration step, std::uint64_t dice);

    bool badAt(Instant t);
    // What is lost at that time.
    Share lossAt(Instant t) { return badAt(t) ? m_loss.bad : m_loss.good; }

private:
    void enterSpan(std::int64_t span);
    Duration lasts(bool bad, std::uint64_t nth) const;

    BurstyLoss m_loss;
    Duration m_step;
    std::uint64_t m_dice;
    Duration m_span{};  // 0: only one
    std::int64_t m_current = -1;
    bool m_startsBad = false;
    std::vector<Instant> m_changes;  // of the current span, ascending; the last one is after every time asked for in it
};

// Trials until the first success, that included, when each succeeds with the share; from the upper bits of a draw. At least 1; kNoSuccess for a share of 0.
inline constexpr std::uint64_t kNoSuccess = ~std::uint64_t{0};
std::uint64_t trialsToSuccess(Share share, std::uint64_t drawn);

}  // namespace mailtrek::net

// SPDX-License-Identifier: GPL-3.0-or-later
// The time strip: linear where things happen, long waits cut short, so that a half-hour of waiting does not squash the second that matters.
#pragma once

#include <vector>

#include "sim/kernel/time.h"

namespace mailtrek::ui {

class StripScale {
public:
    StripScale() = default;
    // `instants` in ascending order, `end` the end of the strip.
    StripScale(const std::vector<Instant>& instants, Instant end);

    double shareOf(Instant t) const;  // 0 to 1
    Instant instantAt(double share) const;
    Instant end() const { return m_end; }

    struct Cut {  // a wait that is drawn shorter than it is
        double from, to;
        Duration span;
    };
    const std::vector<Cut>& cuts() const { return m_cuts; }

private:
    struct Knot {
        Instant at;
        double place;
    };
    std::vector<Knot> m_knots;
    std::vector<Cut> m_cuts;
    Instant m_end;
};

}  // namespace mailtrek::ui

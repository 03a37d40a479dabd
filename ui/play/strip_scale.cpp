// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/play/strip_scale.h"

#include <algorithm>

namespace mailtrek::ui {

StripScale::StripScale(const std::vector<Instant>& instants, Instant end) : m_end(end) {
    // Gaps above a fifth of all the short ones together are waits: each is drawn as long as a twelfth of them.
    const Duration kShort = std::chrono::milliseconds(900);
    Duration busy{0};
    Instant last = kStart;
    for (const Instant t : instants) {
        if (t - last < kShort) busy += t - last;
        last = std::max(last, t);
    }
    busy = std::max(busy, Duration{std::chrono::milliseconds(1)});
    const Duration limit = std::max(kShort, busy / 5);
    const double drawn = static_cast<double>(busy.count()) / 12.0;

    double place = 0;
    last = kStart;
    m_knots.push_back({kStart, 0});
    const auto addGap = [&](Instant to) {
        if (to <= last) return;
        const Duration gap = to - last;
        const bool cut = gap >= limit && static_cast<double>(gap.count()) > drawn;
        if (cut) {
            m_knots.push_back({last, place});
            m_cuts.push_back({place, place + drawn, gap});
        }
        place += cut ? drawn : static_cast<double>(gap.count());
        if (cut) m_knots.push_back({to, place});
        last = to;
    };
    for (const Instant t : instants) addGap(t);
    addGap(end);
    m_knots.push_back({std::max(end, last), place});
    if (place <= 0) place = 1;
    for (Knot& k : m_knots) k.place /= place;
    for (Cut& c : m_cuts) {
        c.from /= place;
        c.to /= place;
    }
}

double StripScale::shareOf(Instant t) const {
    if (m_knots.empty()) return 0;
    const auto after = std::upper_bound(m_knots.begin(), m_knots.end(), t, [](Instant x, const Knot& k) { return x < k.at; });
    if (after == m_knots.begin()) return 0;
    if (after == m_knots.end()) return m_knots.back().place;
    const Knot& a = *(after - 1);
    const double part = static_cast<double>((t - a.at).count()) / static_cast<double>((after->at - a.at).count());
    return a.place + (after->place - a.place) * part;
}

Instant StripScale::instantAt(double share) const {
    if (m_knots.empty() || share <= 0) return kStart;
    const auto after = std::upper_bound(m_knots.begin(), m_knots.end(), share, [](double x, const Knot& k) { return x < k.place; });
    if (after == m_knots.end()) return m_knots.back().at;
    if (after == m_knots.begin()) return m_knots.front().at;
    const Knot& a = *(after - 1);
    const double part = (share - a.place) / (after->place - a.place);
    return a.at + Duration(static_cast<std::int64_t>(static_cast<double>((after->at - a.at).count()) * part));
}

}  // namespace mailtrek::ui

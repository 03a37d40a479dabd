// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/geometry.h"

#include <algorithm>
#include <cmath>

namespace mailtrek::ui {

double progressOf(const trace::TravellingPacket& packet, Instant now, const std::optional<Doom>& doom) {
    if (now < packet.start) return -1;
    const Instant end = doom && doom->at > packet.start ? doom->at : packet.arrival;
    const double goal = doom ? doom->place : 1.0;
    if (end <= packet.start) return goal;
    const double share = static_cast<double>((now - packet.start).count()) / static_cast<double>((end - packet.start).count());
    return std::clamp(share, 0.0, 1.0) * goal;
}

std::vector<double> spreadApart(const std::vector<double>& wanted, const std::vector<double>& extents, double gap, double from, double to) {
    const std::size_t n = wanted.size();
    if (n == 0) return {};
    // With the distances taken out, "apart" becomes "ascending": pool adjacent violators.
    std::vector<double> offset(n, 0);
    for (std::size_t i = 1; i < n; ++i) offset[i] = offset[i - 1] + (extents[i - 1] + extents[i]) / 2 + gap;
    struct Pool {
        double sum;
        std::size_t count;
        double mean() const { return sum / static_cast<double>(count); }
    };
    std::vector<Pool> pools;
    for (std::size_t i = 0; i < n; ++i) {
        pools.push_back({wanted[i] - offset[i], 1});
        while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
            pools[pools.size() - 2].sum += pools.back().sum;
            pools[pools.size() - 2].count += pools.back().count;
            pools.pop_back();
        }
    }
    const double low = from + extents.front() / 2;
    const double high = std::max(low, to - extents.back() / 2 - offset.back());
    std::vector<double> placed;
    for (const Pool& pool : pools)
        for (std::size_t i = 0; i < pool.count; ++i) placed.push_back(std::clamp(pool.mean(), low, high) + offset[placed.size()]);
    return placed;
}

QPointF railSide(const QLineF& way) {
    const double length = way.length();
    if (length <= 0) return {0, -1};
    return {way.dy() / length, -way.dx() / length};
}

double extentAlong(const QLineF& way, QSizeF glyph) {
    const double length = way.length();
    if (length <= 0) return glyph.width();
    const double c = std::abs(way.dx()) / length, s = std::abs(way.dy()) / length;
    // The glyph stays upright: two neighbours are clear of each other when they are apart in x or in y.
    const double byWidth = c > 1e-9 ? glyph.width() / c : 1e9;
    const double byHeight = s > 1e-9 ? glyph.height() / s : 1e9;
    return std::min(byWidth, byHeight);
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/regions.h"

#include <algorithm>
#include <cmath>

namespace mailtrek::ui {

Regions regionsOf(QSize window, const Look& look, bool rightSide) {
    const int w = window.width(), h = window.height();
    const auto tall = [&](double at720, double at1080) { return static_cast<int>(std::lround(look.between(at720, at1080))); };
    Regions r;
    int y = 0;
    const auto band = [&](int height) {
        const QRect box(0, y, w, height);
        y += height;
        return box;
    };
    r.top = band(tall(56, 82));
    r.journey = band(tall(46, 68));
    const int below = tall(54, 78) + tall(46, 62) + tall(66, 88);
    const int middle = std::max(40, h - y - below);
    const int right = rightSide ? static_cast<int>(std::lround(w * (look.presenter ? 0.33 : 0.4))) : 0;
    r.map = QRect(0, y, w - right, middle);
    r.right = QRect(w - right, y, right, middle);
    y += middle;
    r.narration = band(tall(54, 78));
    r.strip = band(tall(46, 62));
    r.transport = band(tall(66, 88));
    r.upper = r.right;
    const bool two = rightSide && w >= 1600 && h >= 900 && !look.presenter;
    if (two) {
        const int half = middle * 60 / 100;
        r.upper = QRect(r.right.left(), r.right.top(), right, half);
        r.lower = QRect(r.right.left(), r.right.top() + half, right, middle - half);
    }
    return r;
}

}  // namespace mailtrek::ui

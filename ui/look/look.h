// SPDX-License-Identifier: GPL-3.0-or-later
// How big and in which colours: one value that the window computes and hands to every part. Sizes are given for 1280x720 and 1920x1080
// and follow the window between and beyond (design page, Regions).
#pragma once

#include <QFont>
#include <QSize>
#include <cstdint>

#include "ui/look/theme.h"

namespace mailtrek::ui {

enum class Type : std::uint8_t { narration, narrationSmall, question, title, body, control, second, tick, bytes };
enum class Weight : std::uint8_t { regular, medium, semibold, bold };

inline constexpr const char* kTextFamily = "Inter";
inline constexpr const char* kTextFallback = "DejaVu Sans";
inline constexpr const char* kByteFamily = "DejaVu Sans Mono";

struct Look {
    Theme theme = themeOf(ThemeKind::light);
    double scale = 1.0;  // 1 at 1280x720, 1.5 at 1920x1080
    bool reducedMotion = false;
    bool presenter = false;

    // A length that is `at720` at scale 1 and `at1080` at scale 1.5; straight between, in proportion beyond.
    double between(double at720, double at1080) const;
    double px(double at720) const { return at720 * scale; }
    double textPx(Type type) const;
    QFont font(Type type, Weight weight = Weight::medium) const;
    const QColor& operator[](Token t) const { return theme[t]; }
};

// The scale of a window: the shorter of width/1280 and height/720, never below 0.5. The presenter sees everything larger by a seventh, and the map wider (regions).
double scaleFor(QSize window, bool presenter);

// The text family that this machine has: Inter, else DejaVu Sans.
QString textFamily();
bool textFamilyMissing();  // the window still works, and says so

}  // namespace mailtrek::ui

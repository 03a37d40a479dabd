// SPDX-License-Identifier: GPL-3.0-or-later
// Colours by meaning. Widgets name tokens, never hex values; a theme is one column of one table (theme.cpp).
#pragma once

#include <QColor>
#include <QPalette>
#include <QString>
#include <array>
#include <cstdint>
#include <optional>

namespace mailtrek::ui {

enum class Token : std::uint8_t {
    paper,     // window, map
    surface,   // panes, bars, cards
    sunken,    // tracks, plots
    zone,      // a domain on the map
    ink,       // text
    ink2,      // second text
    line,      // hairlines, decoration only
    edge,      // outlines
    wire,      // links
    accent,    // here, chosen, next action
    onAccent,  // text on it
    soft,      // tint of accent
    screen,    // inside of icons
    stamp,     // postmarks, the what-if branch
    good,      // kept, in words
    warn,      // waiting, in words
    bad,       // loss, in words
    cross,     // the loss mark
    series1,   // first chart series
    series2,   // second chart series
    outline,   // round packets
    airRed,    // airmail edge
    airBlue
};
inline constexpr int kTokens = 23;

// Packets keep their colour in every theme; what stands on them is black.
enum class Family : std::uint8_t { data, ack, retx, open, dns, mail, error, route };
inline constexpr int kFamilies = 8;

enum class ThemeKind : std::uint8_t { light, dark, contrast };
inline constexpr int kThemes = 3;

struct Theme {
    ThemeKind kind = ThemeKind::light;
    std::array<QColor, kTokens> colours;
    const QColor& operator[](Token t) const { return colours[static_cast<std::size_t>(t)]; }
    bool dark() const { return kind != ThemeKind::light; }
};

Theme themeOf(ThemeKind kind);
QColor familyColour(Family family);
QPalette paletteOf(const Theme& theme);

// "light", "dark", "contrast": command line and settings.
std::optional<ThemeKind> themeNamed(const QString& name);
QString nameOf(ThemeKind kind);

// WCAG 2 contrast of two opaque colours, 1 to 21.
double contrast(const QColor& a, const QColor& b);

}  // namespace mailtrek::ui

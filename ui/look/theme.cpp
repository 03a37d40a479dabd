// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/theme.h"

#include <algorithm>
#include <cmath>

namespace mailtrek::ui {
namespace {

struct Row {
    QRgb light, dark, contrast;
};

// In the order of Token.
constexpr std::array<Row, kTokens> kTable{{
    {0xF5F2EA, 0x10161D, 0x000000},  // paper
    {0xFFFFFF, 0x19222C, 0x000000},  // surface
    {0xE7E2D6, 0x0A0E13, 0x000000},  // sunken
    {0xECE7DB, 0x1E2935, 0x000000},  // zone
    {0x15202B, 0xF2EFE7, 0xFFFFFF},  // ink
    {0x485461, 0xB9C2CC, 0xFFFFFF},  // ink2
    {0xD3CCBD, 0x344251, 0xFFFFFF},  // line
    {0x747D87, 0x7F8C9A, 0xFFFFFF},  // edge
    {0x55606B, 0x9BA7B4, 0xFFFFFF},  // wire
    {0x1A4F8F, 0x8FC3FF, 0xFFE45C},  // accent
    {0xFFFFFF, 0x0B1622, 0x000000},  // onAccent
    {0xD9E6F4, 0x223C58, 0x3A3500},  // soft
    {0xD6E2EC, 0x2C3E50, 0x000000},  // screen
    {0x4A3B8F, 0xBDB5FF, 0xFFFFFF},  // stamp
    {0x00664A, 0x63D6B2, 0x7CF2CF},  // good
    {0x7A5000, 0xF2C14E, 0xFFE45C},  // warn
    {0xA93800, 0xFFA070, 0xFFB08A},  // bad
    {0xC24A00, 0xFF8A4C, 0xFFB08A},  // cross
    {0x005F96, 0x56B4E9, 0x7CC8FF},  // series1
    {0x9A4300, 0xF0A35E, 0xFFB000},  // series2
    {0x15202B, 0x06090C, 0xFFFFFF},  // outline
    {0xB5412B, 0xE8836A, 0x000000},  // airRed: the airmail edge is not drawn in high contrast
    {0x1A4F8F, 0x6FA8E8, 0x000000},  // airBlue
}};

// Okabe-Ito, in the order of Family.
constexpr std::array<QRgb, kFamilies> kFamilyTable{0x56B4E9, 0x009E73, 0xE69F00, 0xCC79A7, 0xF0E442, 0xFFFFFF, 0xD55E00, 0xC8C8C8};

double linear(double channel) { return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4); }

double luminance(const QColor& c) { return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF()); }

}  // namespace

Theme themeOf(ThemeKind kind) {
    Theme theme;
    theme.kind = kind;
    for (std::size_t i = 0; i < kTable.size(); ++i) {
        const Row& row = kTable[i];
        switch (kind) {
            case ThemeKind::light: theme.colours[i] = QColor(row.light); break;
            case ThemeKind::dark: theme.colours[i] = QColor(row.dark); break;
            case ThemeKind::contrast: theme.colours[i] = QColor(row.contrast); break;
        }
    }
    return theme;
}

QColor familyColour(Family family) { return QColor(kFamilyTable[static_cast<std::size_t>(family)]); }

QPalette paletteOf(const Theme& t) {
    QPalette p;
    p.setColor(QPalette::Window, t[Token::paper]);
    p.setColor(QPalette::WindowText, t[Token::ink]);
    p.setColor(QPalette::Base, t[Token::surface]);
    p.setColor(QPalette::AlternateBase, t[Token::zone]);
    p.setColor(QPalette::Text, t[Token::ink]);
    p.setColor(QPalette::PlaceholderText, t[Token::ink2]);
    p.setColor(QPalette::Button, t[Token::surface]);
    p.setColor(QPalette::ButtonText, t[Token::ink]);
    p.setColor(QPalette::BrightText, t[Token::bad]);
    p.setColor(QPalette::Highlight, t[Token::accent]);
    p.setColor(QPalette::HighlightedText, t[Token::onAccent]);
    p.setColor(QPalette::Link, t[Token::accent]);
    p.setColor(QPalette::LinkVisited, t[Token::stamp]);
    p.setColor(QPalette::ToolTipBase, t[Token::surface]);
    p.setColor(QPalette::ToolTipText, t[Token::ink]);
    p.setColor(QPalette::Light, t[Token::surface]);
    p.setColor(QPalette::Midlight, t[Token::sunken]);
    p.setColor(QPalette::Mid, t[Token::line]);
    p.setColor(QPalette::Dark, t[Token::edge]);
    p.setColor(QPalette::Shadow, t[Token::edge]);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) p.setColor(QPalette::Disabled, role, t[Token::ink2]);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t[Token::sunken]);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, t[Token::ink2]);
    return p;
}

std::optional<ThemeKind> themeNamed(const QString& name) {
    for (int i = 0; i < kThemes; ++i) {
        const auto kind = static_cast<ThemeKind>(i);
        if (nameOf(kind) == name) return kind;
    }
    return std::nullopt;
}

QString nameOf(ThemeKind kind) {
    switch (kind) {
        case ThemeKind::light: return QStringLiteral("light");
        case ThemeKind::dark: return QStringLiteral("dark");
        case ThemeKind::contrast: return QStringLiteral("contrast");
    }
    return {};
}

double contrast(const QColor& a, const QColor& b) {
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace mailtrek::ui

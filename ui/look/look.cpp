// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/look.h"

#include <QFontDatabase>
#include <algorithm>

namespace mailtrek::ui {
namespace {

struct Sizes {
    double at720, at1080;
};

Sizes sizesOf(Type type) {
    switch (type) {
        case Type::narration: return {29, 44};
        case Type::narrationSmall: return {25, 38};
        case Type::question: return {26, 38};
        case Type::title: return {22, 33};
        case Type::body: return {21, 32};
        case Type::control: return {18, 26};
        case Type::second: return {17, 25};
        case Type::tick: return {16, 24};
        case Type::bytes: return {17, 25};
    }
    return {21, 32};
}

QFont::Weight qtWeight(Weight weight) {
    switch (weight) {
        case Weight::regular: return QFont::Normal;
        case Weight::medium: return QFont::Medium;
        case Weight::semibold: return QFont::DemiBold;
        case Weight::bold: return QFont::Bold;
    }
    return QFont::Normal;
}

}  // namespace

double Look::between(double at720, double at1080) const {
    if (scale <= 1.0) return at720 * scale;
    if (scale >= 1.5) return at1080 * scale / 1.5;
    return at720 + (at1080 - at720) * (scale - 1.0) / 0.5;
}

double Look::textPx(Type type) const {
    const Sizes s = sizesOf(type);
    return between(s.at720, s.at1080);
}

QFont Look::font(Type type, Weight weight) const {
    QFont f(type == Type::bytes ? QString::fromLatin1(kByteFamily) : textFamily());
    f.setPixelSize(std::max(6, static_cast<int>(textPx(type) + 0.5)));
    f.setWeight(qtWeight(weight));
    return f;
}

double scaleFor(QSize window, bool presenter) {
    const double s = std::min(window.width() / 1280.0, window.height() / 720.0);
    return std::max(0.5, presenter ? s * 1.15 : s);
}

bool textFamilyMissing() {
    static const bool missing = !QFontDatabase::families().contains(QString::fromLatin1(kTextFamily));
    return missing;
}

QString textFamily() {
    static const QString family = QString::fromLatin1(textFamilyMissing() ? kTextFallback : kTextFamily);
    return family;
}

}  // namespace mailtrek::ui

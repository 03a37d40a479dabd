// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/narration_line.h"

#include <QFontMetricsF>
#include <QPainter>

#include "ui/map/callout.h"
#include "ui/story/telling.h"
#include "ui/story/words.h"

namespace mailtrek::ui {

FittedText fitNarration(const QString& text, QSizeF room, const Look& look) {
    for (const Type type : {Type::narration, Type::narrationSmall}) {
        const QFont font = look.font(type, Weight::semibold);
        if (QFontMetricsF(font).horizontalAdvance(text) <= room.width()) return {font, {text}};
    }
    QFont font = look.font(Type::body, Weight::semibold);
    for (int size = font.pixelSize();; --size) {
        font.setPixelSize(size);
        const QFontMetricsF metrics(font);
        const int lines = std::max(2, static_cast<int>(room.height() / (metrics.height() * 0.98)));
        const QStringList set = wrapped(text, font, room.width(), 1000);
        if (set.size() <= lines || size <= 8) return {font, set};
    }
}

NarrationLine::NarrationLine(Film& film, QWidget* parent) : Part(parent), m_film(film) {
    setObjectName(QStringLiteral("narration"));
    for (const auto signal : {&Film::moved, &Film::opened, &Film::levelSet, &Film::grew}) connect(&film, signal, this, &NarrationLine::follow);
    follow();
}

void NarrationLine::setShown(bool shown) {
    m_shown = shown;
    update();
}

void NarrationLine::follow() {
    QString text, step;
    if (const trace::Recording* recording = m_film.recording()) {
        const auto focus = m_film.focus();
        if (focus) {
            text = sentenceOf(*recording, *focus, m_film.level());
            step = tr("step %1").arg(m_film.playback().beat() + 1);
        } else {
            const trace::LocalizedText& about = recording->cast().about.en.empty() ? recording->cast().title : recording->cast().about;
            text = QString::fromStdString(spanishNow() ? about.es : about.en).simplified();
        }
        if (m_film.playback().atEnd() && !focus) text = tr("The end of the run.");
    }
    if (text == m_text && step == m_step) return;
    m_text = text;
    m_step = step;
    setAccessibleName(text);
    update();
}

void NarrationLine::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), m_look[Token::surface]);
    p.fillRect(QRectF(0, 0, width(), 1), m_look[Token::line]);
    p.fillRect(QRectF(0, height() - 1, width(), 1), m_look[Token::line]);
    p.fillRect(QRectF(0, 0, m_look.px(8), height()), m_look[Token::accent]);
    if (!m_shown) return;
    const QFont second = m_look.font(Type::second);
    const double margin = m_look.px(24);
    const double stepWidth = m_step.isEmpty() ? 0 : QFontMetricsF(second).horizontalAdvance(m_step) + margin;
    const QRectF room(m_look.px(28), 2, width() - m_look.px(28) - margin - stepWidth, height() - 4);
    const FittedText fitted = fitNarration(m_text, room.size(), m_look);
    p.setPen(m_look[Token::ink]);
    p.setFont(fitted.font);
    const double line = QFontMetricsF(fitted.font).height() * 0.98;
    double y = room.center().y() - line * static_cast<double>(fitted.lines.size()) / 2;
    for (const QString& text : fitted.lines) {
        p.drawText(QRectF(room.left(), y, room.width() + 4, line), Qt::AlignVCenter | Qt::AlignLeft, text);
        y += line;
    }
    p.setFont(second);
    p.setPen(m_look[Token::ink2]);
    p.drawText(rect().adjusted(0, 0, -static_cast<int>(margin), 0), Qt::AlignVCenter | Qt::AlignRight, m_step);
}

}  // namespace mailtrek::ui

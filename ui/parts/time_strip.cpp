// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/time_strip.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "ui/look/glyph.h"
#include "ui/parts/stamp.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

void paintTick(QPainter& p, QPointF at, const StripTick& tick, const Look& look) {
    const double u = look.scale;
    if (tick.kind == StripTick::Kind::loss) {
        paintCross(p, at, 11 * u, tick.ahead ? look[Token::edge] : look[Token::cross], look[Token::paper]);
        return;
    }
    const QRectF box(at.x() - 8 * u, at.y() - 8 * u, 16 * u, 16 * u);
    p.setPen(QPen(look[Token::ink], 1.5 * u));
    p.setBrush(tick.ahead ? QBrush(Qt::NoBrush) : QBrush(familyColour(Family::retx)));
    p.drawRoundedRect(box, 2, 2);
    QFont font = look.font(Type::tick, Weight::bold);
    font.setPixelSize(std::max(6, static_cast<int>(11.5 * u)));
    p.setFont(font);
    p.setPen(tick.ahead ? look[Token::ink] : QColor(Qt::black));
    p.drawText(box.adjusted(-4, -4, 4, 4), Qt::AlignCenter, QStringLiteral("R"));
}

QString endText(Instant end) { return end < Instant(std::chrono::seconds(100)) ? secondsText(end) + QStringLiteral(" s") : spanText(end - kStart); }

}  // namespace

TimeStrip::TimeStrip(Film& film, QWidget* parent) : Part(parent), m_film(film) {
    setObjectName(QStringLiteral("strip"));
    setMouseTracking(true);
    for (const auto signal : {&Film::moved, &Film::opened, &Film::selected, &Film::grew})
        connect(&film, signal, this, [this] {
            setAccessibleName(tr("Time: %1 s").arg(secondsText(m_film.now())));
            update();
        });
}

double TimeStrip::legendWidth() const {
    const QFontMetricsF metrics(m_look.font(Type::tick, Weight::semibold));
    double width = m_look.px(24);
    for (const QString& text : {tr("milestone"), tr("loss"), tr("resent")}) width += metrics.horizontalAdvance(text) + m_look.px(38);
    return width;
}

QRectF TimeStrip::track() const {
    const QFontMetricsF metrics(m_look.font(Type::tick));
    const double left = m_look.px(24) + metrics.horizontalAdvance(QStringLiteral("0.000")) + m_look.px(16);
    const double right = metrics.horizontalAdvance(endText(m_film.scale().end())) + m_look.px(14 + 24);
    const double legend = width() > m_look.px(900) ? legendWidth() : 0;
    return {left, height() * 0.5 + m_look.px(1), std::max(40.0, width() - left - right - legend), m_look.px(8)};
}

std::vector<StripTick> TimeStrip::ticks() const {
    std::vector<StripTick> ticks;
    if (!m_film.recording()) return ticks;
    const double apart = m_look.px(17) / std::max(1.0, track().width());
    const auto add = [&](trace::EventId id, StripTick::Kind kind) {
        if (id.value >= m_film.furthest()) return;
        const double place = m_film.scale().shareOf(m_film.recording()->at(id));
        const bool ahead = id.value >= m_film.cursor();
        for (auto t = ticks.rbegin(); t != ticks.rend(); ++t)
            if (t->kind == kind && t->ahead == ahead && place - t->place < apart) {
                ++t->count;
                return;
            }
        ticks.push_back({place, kind, ahead, 1});
    };
    for (const Fall& fall : m_film.traffic().falls()) add(fall.event, StripTick::Kind::loss);
    for (const trace::EventId resend : m_film.traffic().resends()) add(resend, StripTick::Kind::resend);
    std::stable_sort(ticks.begin(), ticks.end(), [](const StripTick& a, const StripTick& b) { return a.place < b.place; });
    return ticks;
}

void TimeStrip::paintTrack(QPainter& p, const QRectF& track, const std::vector<StripTick>& ticks) {
    const double r = track.height() / 2;
    const StripScale& scale = m_film.scale();
    p.setPen(QPen(m_look[Token::edge], m_look.px(1)));
    p.setBrush(m_look[Token::sunken]);
    p.drawRoundedRect(track, r, r);
    const double seen = m_film.furthest() == 0 ? 0 : scale.shareOf(m_film.recording()->at({std::min(m_film.furthest(), m_film.recording()->size()) - 1}));
    const double here = scale.shareOf(m_film.now());
    p.setPen(Qt::NoPen);
    p.setBrush(m_look[Token::edge]);
    if (seen > here) p.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * seen, track.height()), r, r);
    p.setBrush(m_look[Token::accent]);
    p.drawRoundedRect(QRectF(track.left(), track.top(), std::max(track.height(), track.width() * here), track.height()), r, r);
    // A wait drawn shorter than it is: two slanted gaps, and its length in words where there is room.
    for (const StripScale::Cut& cut : scale.cuts()) {
        const double x = track.left() + track.width() * (cut.from + cut.to) / 2;
        p.setPen(QPen(m_look[Token::paper], m_look.px(3)));
        for (const double d : {-4.0, 4.0}) p.drawLine(QPointF(x + m_look.px(d - 3), track.bottom() + 2), QPointF(x + m_look.px(d + 3), track.top() - 2));
    }
    paintWaits(p, track, ticks);
}

// The span of a wait that the class has passed, above its gap, where no tick stands there.
void TimeStrip::paintWaits(QPainter& p, const QRectF& track, const std::vector<StripTick>& ticks) {
    const QFont font = m_look.font(Type::tick);
    const QFontMetricsF metrics(font);
    const double seen = m_film.scale().shareOf(m_film.now());
    std::vector<QRectF> taken;
    for (const StripTick& tick : ticks) taken.emplace_back(track.left() + track.width() * tick.place - m_look.px(12), 0, m_look.px(24), track.top());
    p.setFont(font);
    p.setPen(m_look[Token::ink2]);
    for (const StripScale::Cut& cut : m_film.scale().cuts()) {
        if (cut.to > seen + 1e-9) continue;
        const QString text = spanText(cut.span);
        QRectF box(0, track.top() - m_look.px(4) - metrics.height(), metrics.horizontalAdvance(text), metrics.height());
        box.moveCenter({track.left() + track.width() * (cut.from + cut.to) / 2, box.center().y()});
        const bool free = std::none_of(taken.begin(), taken.end(), [&](const QRectF& t) { return t.intersects(box.adjusted(-6, 0, 6, 0)); });
        if (!free) continue;
        taken.push_back(box);
        p.drawText(box.adjusted(-4, 0, 4, 0), Qt::AlignCenter, text);
    }
}

// Stamps too close to tell apart become one with their number.
void TimeStrip::paintMilestones(QPainter& p, const QRectF& track) {
    struct Pile {
        double x;
        int count;
        bool passed;
    };
    std::vector<Pile> piles;
    for (const auto& m : m_film.milestones()) {
        if (!m) continue;
        const double x = track.left() + track.width() * m_film.scale().shareOf(m_film.recording()->at(*m));
        const bool passed = m->value < m_film.cursor();
        if (!piles.empty() && piles.back().passed == passed && std::abs(x - piles.back().x) < m_look.px(15))
            ++piles.back().count;
        else
            piles.push_back({x, 1, passed});
    }
    for (const Pile& pile : piles) {
        const QPointF at(pile.x, track.center().y());
        paintStamp(p, at, m_look.px(18), pile.passed ? Stamp::passed : Stamp::ahead, m_look);
        if (pile.count == 1) continue;
        QFont font = m_look.font(Type::tick, Weight::bold);
        font.setPixelSize(std::max(6, static_cast<int>(m_look.px(12))));
        const QRectF disc(at - QPointF(m_look.px(6.2), m_look.px(6.2)), QSizeF(m_look.px(12.4), m_look.px(12.4)));
        p.setPen(Qt::NoPen);
        p.setBrush(m_look[Token::surface]);
        p.drawEllipse(disc);
        p.setFont(font);
        p.setPen(m_look[pile.passed ? Token::stamp : Token::ink2]);
        p.drawText(disc.adjusted(-6, -6, 6, 6), Qt::AlignCenter, QString::number(pile.count));
    }
}

void TimeStrip::paintLegend(QPainter& p) {
    const QFont font = m_look.font(Type::tick, Weight::semibold);
    const QFontMetricsF metrics(font);
    double x = width() - legendWidth() + m_look.px(8);
    const double y = track().center().y();
    const auto word = [&](const QString& text) {
        x += m_look.px(13);
        p.setFont(font);
        p.setPen(m_look[Token::ink]);
        p.drawText(QRectF(x, y - 30, 400, 60), Qt::AlignVCenter | Qt::AlignLeft, text);
        x += metrics.horizontalAdvance(text) + m_look.px(25);
    };
    paintStamp(p, {x, y}, m_look.px(18), Stamp::passed, m_look);
    word(tr("milestone"));
    paintTick(p, {x, y}, {0, StripTick::Kind::loss, false, 1}, m_look);
    word(tr("loss"));
    paintTick(p, {x, y}, {0, StripTick::Kind::resend, false, 1}, m_look);
    word(tr("resent"));
}

void TimeStrip::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillRect(rect(), m_look[Token::paper]);
    if (!m_film.recording()) return;
    const QRectF t = track();
    const std::vector<StripTick> marks = ticks();
    paintTrack(p, t, marks);
    // A loss and a resend at the same place stand side by side.
    double free = -1e9;
    for (const StripTick& tick : marks) {
        const double x = std::max(t.left() + t.width() * tick.place, free);
        free = x + m_look.px(17);
        paintTick(p, {x, t.top() - m_look.px(12)}, tick, m_look);
        if (tick.count == 1) continue;
        const QFont font = m_look.font(Type::tick, Weight::semibold);
        const QString count = QString::number(tick.count);
        p.setFont(font);
        p.setPen(m_look[tick.ahead ? Token::ink2 : tick.kind == StripTick::Kind::loss ? Token::bad : Token::ink]);
        p.drawText(QRectF(x + m_look.px(9), t.top() - m_look.px(12) - 30, 200, 60), Qt::AlignVCenter | Qt::AlignLeft, count);
        free += QFontMetricsF(font).horizontalAdvance(count);
    }
    paintMilestones(p, t);
    const double x = t.left() + t.width() * m_film.scale().shareOf(m_film.now());
    p.setPen(QPen(m_look[Token::ink], m_look.px(4)));
    p.drawLine(QPointF(x, t.top() - m_look.px(3)), QPointF(x, t.bottom() + m_look.px(2)));
    p.setPen(Qt::NoPen);
    p.setBrush(m_look[Token::ink]);
    const double w = m_look.px(8), y = t.bottom() + m_look.px(2);
    p.drawPolygon(QPolygonF({{x, y}, {x + w, y + m_look.px(6)}, {x + w, y + m_look.px(11)}, {x - w, y + m_look.px(11)}, {x - w, y + m_look.px(6)}}));
    p.setFont(m_look.font(Type::tick));
    p.setPen(m_look[Token::ink2]);
    p.drawText(QRectF(0, t.center().y() - 30, t.left() - m_look.px(14), 60), Qt::AlignVCenter | Qt::AlignRight, secondsText(kStart));
    p.drawText(QRectF(t.right() + m_look.px(14), t.center().y() - 30, 400, 60), Qt::AlignVCenter | Qt::AlignLeft, endText(m_film.scale().end()));
    if (width() > m_look.px(900)) paintLegend(p);
}

// The time there, and the mark that stands there.
QString TimeStrip::describeAt(double x) const {
    const QRectF t = track();
    QString text = clockText(m_film.scale().instantAt(std::clamp((x - t.left()) / t.width(), 0.0, 1.0)));
    const double near = m_look.px(9);
    const auto here = [&](double place) { return std::abs(t.left() + t.width() * place - x) < near; };
    const auto milestones = m_film.milestones();
    for (int i = 0; i < trace::kMilestones; ++i)
        if (const auto& m = milestones[static_cast<std::size_t>(i)]; m && here(m_film.scale().shareOf(m_film.recording()->at(*m))))
            text += '\n' + milestoneText(static_cast<trace::Milestone>(i));
    for (const StripTick& tick : ticks())
        if (here(tick.place)) {
            const QString what = tick.kind == StripTick::Kind::loss ? tr("loss") : tr("resent");
            text += '\n' + (tick.count > 1 ? QStringLiteral("%1 × %2").arg(tick.count).arg(what) : what);
        }
    return text;
}

void TimeStrip::scrub(double x) {
    if (!m_film.recording()) return;
    const QRectF t = track();
    m_film.seekTime(m_film.scale().instantAt(std::clamp((x - t.left()) / t.width(), 0.0, 1.0)));
}

void TimeStrip::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) scrub(event->position().x());
}

void TimeStrip::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) return scrub(event->position().x());
    if (!m_film.recording()) return;
    setToolTip(describeAt(event->position().x()));
}

void TimeStrip::wheelEvent(QWheelEvent* event) { event->angleDelta().y() < 0 ? m_film.step() : m_film.back(); }

}  // namespace mailtrek::ui

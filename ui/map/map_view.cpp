// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/map_view.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/map/details.h"
#include "ui/story/words.h"

namespace mailtrek::ui {

Correspondents correspondentsOf(const trace::Recording& recording) {
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const auto* mail = std::get_if<trace::MailComposed>(&recording.event({i}).payload);
        if (!mail || mail->notice) continue;
        const std::string_view to = recording.text(mail->to);
        return {std::string(recording.text(mail->from)), std::string(to.substr(0, to.find(',')))};
    }
    return {};
}

MapView::MapView(Film& film, QWidget* parent) : QWidget(parent), m_film(film), m_kit(m_look.theme), m_painter(m_kit, m_glyphs) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setObjectName(QStringLiteral("map"));
    setAccessibleName(tr("Map of the network"));
    m_fall.setDuration(450);
    m_fall.setStartValue(0.0);
    m_fall.setEndValue(1.0);
    m_appear.setDuration(160);
    m_appear.setStartValue(0.0);
    m_appear.setEndValue(1.0);
    m_appear.setEasingCurve(QEasingCurve::OutCubic);
    connect(&m_appear, &QVariantAnimation::valueChanged, this, qOverload<>(&QWidget::update));
    connect(&m_fall, &QVariantAnimation::valueChanged, this, qOverload<>(&QWidget::update));
    connect(&film, &Film::opened, this, [this] {
        m_thing = -1;
        fit();
        invalidate();
        m_lastFall.reset();
        m_lastCursor = 0;
    });
    connect(&film, &Film::grew, this, [this] {
        if (m_film.recording() && !(correspondentsOf(*m_film.recording()) == m_who)) invalidate();
    });
    connect(&film, &Film::moved, this, &MapView::onMoved);
    connect(&film, &Film::selected, this, qOverload<>(&QWidget::update));
    connect(&film, &Film::levelSet, this, [this] {
        m_calloutFor.reset();
        update();
    });
}

void MapView::setLook(const Look& look) {
    m_look = look;
    m_kit.setTheme(look.theme);
    m_glyphs.clear();
    invalidate();
}

void MapView::setCalloutsShown(bool shown) {
    m_callouts = shown;
    update();
}

void MapView::setDetailsShown(bool shown) {
    m_details = shown;
    update();
}

void MapView::invalidate() {
    m_layout.reset();
    m_still = {};
    m_calloutFor.reset();
    update();
}

void MapView::fit() {
    m_zoom = 1;
    m_fitted = true;
    centre();
    m_calloutFor.reset();
    m_still = {};
    update();
}

void MapView::centre() { m_pan = m_layout ? QPointF(width() - m_layout->area.width() * m_fit, height() - m_layout->area.height() * m_fit) / 2 : QPointF(); }

void MapView::zoomBy(double factor, QPointF around) {
    ensureLayout();
    const double zoom = std::clamp(m_zoom * factor, 0.5, 6.0 / m_fit);
    m_pan = around - (around - m_pan) * (zoom / m_zoom);
    m_zoom = zoom;
    m_fitted = false;
    keepInSight();
    m_calloutFor.reset();
    m_still = {};
    update();
}

// A part of the map always stays in the window.
void MapView::keepInSight() {
    if (!m_layout) return;
    const double least = std::min(width(), height()) * 0.25;
    const double w = m_layout->area.width() * scale(), h = m_layout->area.height() * scale();
    m_pan = {std::clamp(m_pan.x(), std::min(least - w, width() - least), width() - least), std::clamp(m_pan.y(), std::min(least - h, height() - least), height() - least)};
}

Look MapView::movingLook() const {
    Look look = m_look;
    if (scale() < 1) look.scale = m_look.scale / scale() * 0.8;
    if (scale() < 1 && scale() > 0.8) look.scale = m_look.scale;
    return look;
}

// A fall is animated only when the film has just run into it: jumping there shows it as fallen.
void MapView::onMoved() {
    const std::uint64_t cursor = m_film.cursor();
    const bool forward = m_film.ranHere() && cursor > m_lastCursor && cursor - m_lastCursor < 2000;
    if (m_film.recording() && forward && !m_look.reducedMotion)
        for (std::uint64_t i = m_lastCursor; i < cursor; ++i)
            if (std::holds_alternative<trace::PacketDropped>(m_film.recording()->event({i}).payload) && m_lastFall != trace::EventId{i}) {
                m_lastFall = trace::EventId{i};
                m_fall.stop();
                m_fall.start();
            }
    if (!m_film.ranHere()) {
        m_fall.stop();
        m_appear.stop();
    }
    m_lastCursor = cursor;
    update();
}

void MapView::ensureLayout() {
    if (m_layout || !m_film.recording()) return;
    m_who = correspondentsOf(*m_film.recording());
    m_layout = layoutMap(m_film.recording()->cast(), m_who, size(), m_look, spanishNow());
    m_fit = std::min({1.0, width() / std::max(1.0, m_layout->area.width()), height() / std::max(1.0, m_layout->area.height())});
    m_fitted ? centre() : keepInSight();
    m_still = {};
}

const MapLayout& MapView::placed() {
    ensureLayout();
    static const MapLayout kNone;
    return m_layout ? *m_layout : kNone;
}

void MapView::paintStillLayer(const Moment& moment) {
    StillScene scene = stillScene(moment, *m_layout, m_roads);
    if (m_film.selection().node.valid()) scene.selected = m_film.selection().node.index();
    if (m_details) addNotes(scene, moment);
    if (!m_still.isNull() && scene == m_drawn) return;
    const double ratio = devicePixelRatioF();
    m_drawn = std::move(scene);
    m_still = QPixmap((QSizeF(size()) * ratio).toSize());
    m_still.setDevicePixelRatio(ratio);
    m_still.fill(m_look[Token::paper]);
    QPainter painter(&m_still);
    painter.translate(m_pan);
    painter.scale(scale(), scale());
    m_painter.paintStill(painter, m_drawn, *m_layout, moment.recording.cast(), m_look, ratio * scale());
}

void MapView::emptyMap(QPainter& painter) { painter.fillRect(rect(), m_look[Token::paper]); }

void MapView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    ensureLayout();
    if (!m_layout) return emptyMap(painter);
    const Moment moment = m_film.moment();
    paintStillLayer(moment);
    painter.drawPixmap(0, 0, m_still);
    painter.translate(m_pan);
    painter.scale(scale(), scale());
    const Look look = movingLook();
    m_moving = movingScene(moment, *m_layout, look);
    const double fallen = m_fall.state() == QAbstractAnimation::Running ? m_fall.currentValue().toDouble() : 1.0;
    m_painter.paintMoving(painter, m_moving, *m_layout, look, fallen, devicePixelRatioF() * scale());
    if (const auto wait = m_film.playback().wait(); wait && m_film.playback().moving()) {
        painter.resetTransform();
        const double middle = m_layout->networkTitle.isNull() ? width() / 2.0 : m_layout->networkTitle.center().x();
        return paintWait(painter, {middle, height() * 0.18}, spanText(wait->span), m_look);
    }

    // The callout belongs to the event where the film stands; on the way to the next one it steps aside.
    const bool underWay = m_film.playback().moving() && m_film.now() != (moment.focus ? moment.recording.at(*moment.focus) : kStart);
    if (!m_callouts || !moment.focus || !m_drawn.active || underWay) return;
    if (m_calloutFor != moment.focus) {
        if (m_calloutFor && m_film.ranHere() && !m_look.reducedMotion) {
            m_appear.stop();
            m_appear.start();
        }
        m_calloutFor = moment.focus;
        m_callout = placeCallout(calloutFor(moment), *m_drawn.active, *m_layout, m_moving, look);
    }
    if (m_appear.state() == QAbstractAnimation::Running) painter.setOpacity(m_appear.currentValue().toDouble());
    paintCallout(painter, m_callout, look);
}

void MapView::resizeEvent(QResizeEvent*) { invalidate(); }

void MapView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Map of the network"));
        invalidate();
    }
    QWidget::changeEvent(event);
}

void MapView::wheelEvent(QWheelEvent* event) {
    zoomBy(std::pow(1.0015, event->angleDelta().y()), event->position());
    event->accept();
}

void MapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_press = event->position();
    m_dragging = false;
}

void MapView::mouseMoveEvent(QMouseEvent* event) {
    if (!m_press || !(event->buttons() & Qt::LeftButton)) return;
    if (!m_dragging && (event->position() - *m_press).manhattanLength() < 6) return;
    m_dragging = true;
    m_pan += event->position() - *m_press;
    m_press = event->position();
    m_fitted = false;
    keepInSight();
    m_still = {};
    update();
}

void MapView::mouseReleaseEvent(QMouseEvent* event) {
    if (m_press && !m_dragging) choose(event->position());
    m_press.reset();
    m_dragging = false;
}

void MapView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Plus: return zoomIn();
        case Qt::Key_Minus: return zoomOut();
        case Qt::Key_0: return fit();
        default: QWidget::keyPressEvent(event);
    }
}

void MapView::choose(QPointF at) {
    if (!m_layout || !m_film.recording()) return;
    tell(hitAt(toMap(at), *m_layout, m_moving, movingLook()), at);
}

// Chooses it everywhere, and says what it is.
void MapView::tell(const Hit& hit, QPointF at) {
    Selection s = m_film.selection();
    s.node = hit.node;
    s.packet = hit.packet;
    if (const auto* facts = m_film.traffic().segmentOf(hit.packet)) s.connection = facts->connection;
    if (const MailId mail = m_film.traffic().mailOf(hit.packet); mail.valid()) s.mail = mail;
    m_film.select(s);
    const QString text = describe(hit, m_film.moment());
    setAccessibleDescription(text);
    if (text.isEmpty()) return QToolTip::hideText();
    const QRect keep(at.toPoint() - QPoint(40, 40), QSize(80, 80));
    if (isVisible()) QToolTip::showText(mapToGlobal(at.toPoint() + QPoint(12, 12)), text, this, keep, 20000);
}

void MapView::contextMenuEvent(QContextMenuEvent* event) {
    if (!m_layout || !m_film.recording()) return;
    const bool keyboard = event->reason() == QContextMenuEvent::Keyboard;
    const NodeId machine = keyboard ? m_film.selection().node : hitAt(toMap(event->pos()), *m_layout, m_moving, movingLook()).node;
    if (!machine.valid() || machine.index() >= m_layout->nodes.size()) return;
    const QPointF centre = m_layout->nodes[machine.index()].centre * scale() + m_pan;
    Q_EMIT menuWanted(machine, keyboard ? mapToGlobal(centre.toPoint()) : event->globalPos());
}

void MapView::chooseNext(int direction) {
    ensureLayout();
    if (!m_layout || !m_film.recording()) return;
    m_moving = movingScene(m_film.moment(), *m_layout, movingLook());
    std::vector<std::pair<Hit, QPointF>> things;
    for (std::uint32_t i = 0; i < m_layout->nodes.size(); ++i) {
        Hit hit;
        hit.node = NodeId{i};
        things.emplace_back(hit, m_layout->nodes[i].centre);
    }
    for (const ShownPacket& p : m_moving.packets) {
        Hit hit;
        hit.packet = p.packet;
        hit.link = p.via.link();
        things.emplace_back(hit, p.at);
    }
    for (const ShownFall& f : m_moving.falls) {
        Hit hit;
        hit.packet = f.packet;
        hit.drop = f.event;
        things.emplace_back(hit, f.rest);
    }
    for (std::uint32_t i = 0; i < m_layout->links.size(); ++i) {
        Hit hit;
        hit.link = LinkId{i};
        things.emplace_back(hit, m_layout->links[i].clear.pointAt(0.5));
    }
    if (things.empty()) return;
    const int count = static_cast<int>(things.size());
    m_thing = m_thing < 0 && direction < 0 ? count - 1 : (std::min(m_thing, count - 1) + direction + count) % count;
    const auto& [hit, at] = things[static_cast<std::size_t>(m_thing)];
    tell(hit, at * scale() + m_pan);
}

QString MapView::describeAt(QPointF point) {
    ensureLayout();
    if (!m_layout) return {};
    const Moment moment = m_film.moment();
    m_moving = movingScene(moment, *m_layout, movingLook());
    return describe(hitAt(toMap(point), *m_layout, m_moving, movingLook()), moment);
}

bool MapView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && m_layout) {
        auto* help = static_cast<QHelpEvent*>(event);
        const QString text = describeAt(help->pos());
        text.isEmpty() ? QToolTip::hideText() : QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/open/gallery.h"

#include <QFileInfo>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QRegularExpression>
#include <QWheelEvent>

#include "ui/look/glyph.h"
#include "ui/map/callout.h"
#include "ui/map/layout.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

QString said(const trace::LocalizedText& text) { return QString::fromStdString(spanishNow() ? text.es : text.en).simplified(); }

QString numberOf(const QString& path) {
    const auto match = QRegularExpression(QStringLiteral("^(\\d\\d)[_-]")).match(QFileInfo(path).fileName());
    return match.hasMatch() ? match.captured(1) : QString();
}

}  // namespace

Gallery::Gallery(Actions& actions, Kit& kit, QWidget* parent) : Part(parent), m_kit(kit) {
    setObjectName(QStringLiteral("gallery"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_open = new Button(actions.open, kit, this);
    m_language = new Button(actions.language, kit, this);
    m_language->setType(Type::title, Weight::medium);
}

void Gallery::setLook(const Look& look) {
    Part::setLook(look);
    m_open->setLook(look);
    m_language->setLook(look);
    resizeEvent(nullptr);
}

void Gallery::setCards(std::vector<ScenarioCard> cards) {
    m_cards = std::move(cards);
    choose(0);
}

QString Gallery::titleOf(std::size_t card) const {
    const QString title = said(m_cards[card].cast.title);
    return title.isEmpty() ? QFileInfo(m_cards[card].path).completeBaseName() : title;
}

void Gallery::choose(std::size_t card) {
    m_chosen = m_cards.empty() ? 0 : std::min(card, m_cards.size() - 1);
    setAccessibleName(m_cards.empty() ? tr("Gallery of scenarios") : tr("Scenario: %1").arg(titleOf(m_chosen)));
    update();
}

void Gallery::resizeEvent(QResizeEvent*) {
    const QSize o = m_open->sizeHint(), l = m_language->sizeHint();
    const int margin = static_cast<int>(m_look.px(24));
    m_open->setGeometry(width() - margin - o.width(), height() - static_cast<int>(foot() / 2) - o.height() / 2, o.width(), o.height());
    const int lh = static_cast<int>(m_look.between(40, 60));
    m_language->setGeometry(width() - margin - l.width(), static_cast<int>(m_look.px(32)) - lh / 2, l.width(), lh);
}

QRectF Gallery::cardBox(std::size_t onPage) const {
    const double margin = m_look.px(24), gap = m_look.px(18);
    const double w = (width() - 2 * margin - gap * (kColumns - 1)) / kColumns;
    const double rows = static_cast<double>(kPerPage / kColumns);
    const double h = (height() - top() - foot() - gap * rows) / rows;
    return {margin + (w + gap) * static_cast<double>(onPage % kColumns), top() + (h + gap) * static_cast<double>(onPage / kColumns), w, h};
}

std::optional<std::size_t> Gallery::cardAt(QPointF point) const {
    for (std::size_t i = 0; i < kPerPage; ++i) {
        const std::size_t card = page() * kPerPage + i;
        if (card < m_cards.size() && cardBox(i).contains(point)) return card;
    }
    return std::nullopt;
}

void Gallery::paintThumbnail(QPainter& p, const ScenarioCard& card, const QRectF& box) {
    p.setPen(Qt::NoPen);
    p.setBrush(m_look[Token::zone]);
    p.drawRoundedRect(box, m_look.px(6), m_look.px(6));
    // The map itself, laid out wide and shown small.
    const QSizeF area(330 * m_look.scale * box.width() / box.height(), 330 * m_look.scale);
    const MapLayout layout = layoutMap(card.cast, {}, area, m_look, spanishNow());
    QRectF used;
    for (const PlacedNode& n : layout.nodes) used |= QRectF(n.centre.x() - n.icon / 2, n.centre.y() - n.icon / 2, n.icon, n.icon);
    if (used.isEmpty()) return;
    const double pad = m_look.px(12);
    const double scale = std::min({(box.width() - 2 * pad) / used.width(), (box.height() - 2 * pad) / used.height(), 0.8});
    p.save();
    p.setClipRect(box);
    p.translate(box.center());
    p.scale(scale, scale);
    p.translate(-used.center());
    for (std::size_t i = 0; i < layout.links.size(); ++i) {
        const bool lossy = card.cast.links[i].randomLoss || card.cast.links[i].scriptedLoss;
        p.setPen(QPen(m_look[Token::wire], m_look.px(5), Qt::SolidLine, Qt::RoundCap));
        p.drawLine(layout.links[i].line);
        if (lossy) paintCross(p, layout.links[i].clear.pointAt(0.5), m_look.px(34), m_look[Token::cross], m_look[Token::zone]);
    }
    const double ratio = devicePixelRatioF();
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        const PlacedNode& n = layout.nodes[i];
        const double grid = n.icon * 1.25, side = grid * 80 / 64;
        const QPixmap icon = m_kit.node(card.cast.nodes[i].kind, NodeState::normal, grid, ratio);
        p.setRenderHint(QPainter::SmoothPixmapTransform);
        p.drawPixmap(QRectF(n.centre.x() - side / 2, n.centre.y() - side / 2, side, side), icon, QRectF(icon.rect()));
    }
    p.restore();
}

void Gallery::paintCard(QPainter& p, std::size_t index, const QRectF& box) {
    const ScenarioCard& card = m_cards[index];
    const bool chosen = index == m_chosen;
    p.setPen(QPen(m_look[chosen ? Token::accent : Token::edge], m_look.px(chosen ? 4 : 1.4)));
    p.setBrush(m_look[Token::surface]);
    p.drawRoundedRect(box, m_look.px(10), m_look.px(10));
    const double pad = m_look.px(10), side = m_look.px(18);
    const QRectF picture(box.left() + pad, box.top() + pad, box.width() - 2 * pad, box.height() * 0.42);
    paintThumbnail(p, card, picture);
    if (chosen && m_look.theme.kind != ThemeKind::contrast) {  // the airmail edge, on the chosen card only
        const QRectF band(picture.left(), picture.bottom(), picture.width(), m_look.px(6));
        p.save();
        p.setClipRect(band);
        p.setPen(Qt::NoPen);
        const double stripe = m_look.px(19);
        for (int i = 0; i * stripe < band.width() + stripe; i += 2) {
            p.setBrush(m_look[i % 4 == 0 ? Token::airRed : Token::airBlue]);
            const double x = band.left() + i * stripe;
            p.drawPolygon(QPolygonF({{x + 5, band.top()}, {x + stripe + 5, band.top()}, {x + stripe, band.bottom()}, {x, band.bottom()}}));
        }
        p.restore();
    }
    double y = picture.bottom() + m_look.px(10);
    const double width = box.width() - 2 * side;
    const QFont bold = m_look.font(Type::title, Weight::bold), title = m_look.font(Type::title, Weight::semibold);
    double x = box.left() + side;
    const double line = m_look.between(30, 44);
    if (const QString number = numberOf(card.path); !number.isEmpty()) {
        p.setFont(bold);
        p.setPen(m_look[Token::stamp]);
        p.drawText(QRectF(x, y, 100, line), Qt::AlignVCenter | Qt::AlignLeft, number);
        x += QFontMetricsF(bold).horizontalAdvance(number) + m_look.px(8);
    }
    p.setFont(title);
    p.setPen(m_look[Token::ink]);
    p.drawText(QRectF(x, y, box.right() - side - x, line), Qt::AlignVCenter | Qt::AlignLeft,
               QFontMetricsF(title).elidedText(titleOf(index), Qt::ElideRight, box.right() - side - x));
    y += line;
    const QFont body = m_look.font(Type::body, Weight::regular);
    const double step = m_look.between(25, 37);
    const bool levels = card.level > 0;
    const double bottom = box.bottom() - m_look.px(levels ? 44 : 12);
    const int room = std::max(1, static_cast<int>((bottom - y) / step));
    const QString text = said(card.goal).isEmpty() ? said(card.cast.about) : said(card.goal);
    p.setFont(body);
    for (const QString& l : wrapped(text, body, width, room)) {
        p.drawText(QRectF(box.left() + side, y, width + 6, step), Qt::AlignVCenter | Qt::AlignLeft, l);
        y += step;
    }
    if (!levels) return;
    for (int i = 1; i <= kLevels; ++i) {
        const QRectF cell(box.left() + side + (i - 1) * m_look.px(31), box.bottom() - m_look.px(40), m_look.px(28), m_look.px(28));
        p.setPen(QPen(m_look[i == card.level ? Token::stamp : Token::edge], m_look.px(1.4)));
        p.setBrush(i == card.level ? m_look[Token::stamp] : m_look[Token::surface]);
        p.drawRoundedRect(cell, 5, 5);
        p.setFont(m_look.font(Type::control, Weight::semibold));
        p.setPen(i == card.level ? m_look[Token::surface] : m_look[Token::ink2]);
        p.drawText(cell, Qt::AlignCenter, QString::number(i));
    }
}

void Gallery::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillRect(rect(), m_look[Token::paper]);
    p.fillRect(QRectF(0, 0, width(), m_look.px(64)), m_look[Token::surface]);
    p.fillRect(QRectF(0, m_look.px(64), width(), 1), m_look[Token::line]);
    p.fillRect(QRectF(0, height() - foot(), width(), foot()), m_look[Token::surface]);
    const double middle = m_look.px(32);
    const QRectF logo(m_look.px(23), middle - m_look.px(15), m_look.px(46), m_look.px(30));
    p.setPen(QPen(m_look[Token::stamp], m_look.px(3), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(logo, 3, 3);
    p.drawPolyline(QPolygonF({logo.topLeft(), {logo.center().x(), logo.center().y() + m_look.px(4)}, logo.topRight()}));
    const QFont brand = m_look.font(Type::question, Weight::bold);
    p.setFont(brand);
    p.drawText(QRectF(m_look.px(80), 0, 600, 2 * middle), Qt::AlignVCenter | Qt::AlignLeft, QStringLiteral("Mailtrek"));
    p.setFont(m_look.font(Type::title));
    p.setPen(m_look[Token::ink]);
    p.drawText(QRectF(m_look.px(100) + QFontMetricsF(brand).horizontalAdvance(QStringLiteral("Mailtrek")) + m_look.px(18), 0, 900, 2 * middle), Qt::AlignVCenter | Qt::AlignLeft,
               tr("Choose what to teach"));
    if (m_cards.empty()) {
        p.setFont(m_look.font(Type::body));
        p.drawText(QRectF(rect()).adjusted(40, 0, -40, 0), Qt::AlignCenter | Qt::TextWordWrap, tr("There are no scenarios here. Open a file, or drop one on this window."));
        return;
    }
    for (std::size_t i = 0; i < kPerPage; ++i)
        if (const std::size_t card = page() * kPerPage + i; card < m_cards.size()) paintCard(p, card, cardBox(i));
    if (pages() < 2) return;
    p.setFont(m_look.font(Type::body, Weight::semibold));
    p.setPen(m_look[Token::ink]);
    p.drawText(QRectF(0, height() - foot(), width(), foot()), Qt::AlignCenter, tr("‹  %1 of %2  ›").arg(page() + 1).arg(pages()));
}

void Gallery::mousePressEvent(QMouseEvent* event) {
    if (const auto card = cardAt(event->position())) {
        choose(*card);
        Q_EMIT picked(m_cards[*card].path);
    } else if (event->position().y() > height() - foot() && pages() > 1 && std::abs(event->position().x() - width() / 2.0) < m_look.px(110)) {
        const bool forward = event->position().x() > width() / 2.0;
        choose(((page() + (forward ? 1 : pages() - 1)) % pages()) * kPerPage);
    }
}

void Gallery::mouseMoveEvent(QMouseEvent* event) { setCursor(cardAt(event->position()) ? Qt::PointingHandCursor : Qt::ArrowCursor); }

void Gallery::keyPressEvent(QKeyEvent* event) {
    const std::size_t last = m_cards.empty() ? 0 : m_cards.size() - 1;
    switch (event->key()) {
        case Qt::Key_Right: return choose(std::min(last, m_chosen + 1));
        case Qt::Key_Left: return choose(m_chosen == 0 ? 0 : m_chosen - 1);
        case Qt::Key_Down: return choose(std::min(last, m_chosen + kColumns));
        case Qt::Key_Up: return choose(m_chosen < kColumns ? m_chosen : m_chosen - kColumns);
        case Qt::Key_PageDown: return choose(std::min(last, m_chosen + kPerPage));
        case Qt::Key_PageUp: return choose(m_chosen < kPerPage ? 0 : m_chosen - kPerPage);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (!m_cards.empty()) Q_EMIT picked(m_cards[m_chosen].path);
            return;
        default: Part::keyPressEvent(event);
    }
}

void Gallery::wheelEvent(QWheelEvent* event) {
    if (pages() < 2) return;
    const bool forward = event->angleDelta().y() < 0;
    if (forward ? page() + 1 < pages() : page() > 0) choose((forward ? page() + 1 : page() - 1) * kPerPage);
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/parts/top_bar.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>

#include "ui/story/words.h"

namespace mailtrek::ui {

double paintInCells(QPainter* painter, QPointF topLeft, double height, const QString& text, const QFont& font) {
    const QFontMetricsF metrics(font);
    double cell = 0;
    for (int d = 0; d < 10; ++d) cell = std::max(cell, metrics.horizontalAdvance(QString::number(d)));
    double x = topLeft.x();
    if (painter) painter->setFont(font);
    for (const QChar c : text) {
        const double width = c.isDigit() ? cell : metrics.horizontalAdvance(c);
        if (painter) painter->drawText(QRectF(x - 4, topLeft.y(), width + 8, height), Qt::AlignCenter, QString(c));
        x += width;
    }
    return x - topLeft.x();
}

TopBar::TopBar(Film& film, Actions& actions, Kit& kit, QWidget* parent) : Part(parent), m_film(film), m_actions(actions), m_kit(kit) {
    setObjectName(QStringLiteral("topBar"));
    m_menu = new Button(actions.menu, kit, this);
    m_menu->setShape(Button::Shape::plain);
    m_menu->setIconOnly(true);
    for (std::size_t i = 0; i < actions.levels.size(); ++i) {
        auto* b = new Button(actions.levels[i], kit, this);
        b->setShape(Button::Shape::segment);
        b->setType(Type::title, Weight::medium);
        b->setLead(QString::number(i + 1));
        m_levels.push_back(b);
    }
    m_language = new Button(actions.language, kit, this);
    m_language->setType(Type::title, Weight::medium);
    for (const auto signal : {&Film::moved, &Film::opened}) connect(&film, signal, this, qOverload<>(&QWidget::update));
}

void TopBar::setLook(const Look& look) {
    Part::setLook(look);
    m_menu->setLook(look);
    m_language->setLook(look);
    for (Button* b : m_levels) b->setLook(look);
    arrange();
}

void TopBar::setScenario(const QString& number, const QString& title) {
    m_number = number;
    m_title = title;
    arrange();
    update();
}

double TopBar::clockWidth() const { return m_look.px(30) + paintInCells(nullptr, {}, 0, clockText(m_film.now()), m_look.font(Type::title, Weight::semibold)); }

void TopBar::arrange() {
    const int margin = static_cast<int>(m_look.px(8)), gap = static_cast<int>(m_look.px(16));
    const QSize menu = m_menu->sizeHint();
    m_menu->setGeometry(margin, (height() - menu.height()) / 2, menu.width(), menu.height());
    const int title = static_cast<int>(QFontMetricsF(m_look.font(Type::title, Weight::semibold)).horizontalAdvance(m_number + "  " + m_title) + m_look.px(40));
    const int clock = static_cast<int>(clockWidth() + m_look.px(18));
    const QSize language = m_language->sizeHint();
    const int room = width() - margin - menu.width() - clock - language.width() - 3 * gap;
    for (const bool folded : {false, true}) {  // the level names shrink to digits first
        int levels = static_cast<int>(m_look.px(6));
        for (Button* b : m_levels) {
            b->setIconOnly(folded);
            levels += b->sizeHint().width();
        }
        if (levels + std::min(title, static_cast<int>(m_look.px(380))) > room && !folded) continue;
        const int h = static_cast<int>(m_look.between(40, 58));
        int x = width() - clock - gap - language.width() - gap - levels;
        m_levelFrame = QRect(x, (height() - h) / 2, levels, h);
        x += static_cast<int>(m_look.px(3));
        for (Button* b : m_levels) {
            b->setGeometry(x, m_levelFrame.top(), b->sizeHint().width(), h);
            x += b->sizeHint().width();
        }
        break;
    }
    const int lh = static_cast<int>(m_look.between(40, 60));
    m_language->setGeometry(width() - clock - gap - language.width(), (height() - lh) / 2, language.width(), lh);
    m_titleBox = QRect(m_menu->geometry().right() + static_cast<int>(m_look.px(4)), 0,
                       std::max(0, m_levelFrame.left() - gap - m_menu->geometry().right() - static_cast<int>(m_look.px(4))), height());
    update();
}

void TopBar::resizeEvent(QResizeEvent*) { arrange(); }

void TopBar::mousePressEvent(QMouseEvent* event) {
    if (m_titleBox.contains(event->position().toPoint())) m_actions.gallery->trigger();
}

void TopBar::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillRect(rect(), m_look[Token::surface]);
    p.fillRect(QRectF(0, height() - 1, width(), 1), m_look[Token::line]);
    p.setPen(m_look.theme.kind == ThemeKind::contrast ? QPen(m_look[Token::line], 1.5) : QPen(Qt::NoPen));
    p.setBrush(m_look[Token::sunken]);
    p.drawRoundedRect(m_levelFrame, m_look.px(8), m_look.px(8));
    p.setPen(QPen(m_look[Token::edge], 1));
    for (std::size_t i = 1; i < m_levels.size(); ++i) {
        if (m_levels[i]->isChecked() || m_levels[i - 1]->isChecked()) continue;
        const int x = m_levels[i]->geometry().left();
        p.drawLine(QPointF(x, m_levelFrame.top() + m_look.px(11)), QPointF(x, m_levelFrame.bottom() - m_look.px(11)));
    }
    double x = m_titleBox.left();
    const QFont bold = m_look.font(Type::title, Weight::bold), semi = m_look.font(Type::title, Weight::semibold);
    if (!m_number.isEmpty()) {
        p.setFont(bold);
        p.setPen(m_look[Token::stamp]);
        p.drawText(QRectF(x, 0, 400, height()), Qt::AlignVCenter | Qt::AlignLeft, m_number);
        x += QFontMetricsF(bold).horizontalAdvance(m_number) + m_look.px(10);
    }
    const double arrow = m_look.px(22);
    const QString title = QFontMetricsF(semi).elidedText(m_title, Qt::ElideRight, std::max(0.0, m_titleBox.right() - x - arrow - m_look.px(6)));
    p.setFont(semi);
    p.setPen(m_look[Token::ink]);
    p.drawText(QRectF(x, 0, m_titleBox.right() - x, height()), Qt::AlignVCenter | Qt::AlignLeft, title);
    x += QFontMetricsF(semi).horizontalAdvance(title) + m_look.px(5);
    const double ratio = devicePixelRatioF();
    if (!m_title.isEmpty()) p.drawPixmap(QPointF(x, (height() - arrow) / 2), m_kit.icon(QStringLiteral("down"), m_look[Token::ink2], arrow, ratio));
    x = width() - clockWidth() - m_look.px(18);
    p.drawPixmap(QPointF(x, (height() - m_look.px(24)) / 2), m_kit.icon(QStringLiteral("clock"), m_look[Token::ink2], m_look.px(24), ratio));
    p.setPen(m_look[Token::ink]);
    paintInCells(&p, {x + m_look.px(30), 0}, height(), clockText(m_film.now()), semi);
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/open/gallery.h"

#include <QFileInfo>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include "ui/open/gallery_card.h"
#include "ui/story/words.h"

namespace mailtrek::ui {

Gallery::Gallery(Actions& actions, Kit& kit, QWidget* parent) : Part(parent), m_kit(kit) {
    setObjectName(QStringLiteral("gallery"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_before.setObjectName(QStringLiteral("pageBefore"));
    m_before.setData(QStringLiteral("back"));
    m_after.setObjectName(QStringLiteral("pageAfter"));
    m_after.setData(QStringLiteral("step"));
    m_start.setObjectName(QStringLiteral("start"));
    m_menu = new Button(actions.menu, kit, this);
    m_menu->setShape(Button::Shape::plain);
    m_menu->setIconOnly(true);
    m_search = new QLineEdit(this);
    m_search->setObjectName(QStringLiteral("search"));
    m_search->setClearButtonEnabled(true);
    m_recent = new Button(actions.recent, kit, this);
    m_recent->setTrailingArrow(true);
    m_open = new Button(actions.open, kit, this);
    m_language = new Button(actions.language, kit, this);
    m_language->setType(Type::title, Weight::medium);
    m_left = new Button(&m_before, kit, this);
    m_right = new Button(&m_after, kit, this);
    for (Button* b : {m_left, m_right}) b->setIconOnly(true);
    m_go = new Button(&m_start, kit, this);
    m_go->setNext(true);
    m_go->setFocusPolicy(Qt::NoFocus);
    connect(m_search, &QLineEdit::textChanged, this, &Gallery::filter);
    connect(&m_before, &QAction::triggered, this, [this] { turn(-1); });
    connect(&m_after, &QAction::triggered, this, [this] { turn(1); });
    connect(&m_start, &QAction::triggered, this, [this] {
        if (m_chosen < m_shown.size()) Q_EMIT picked(card(m_chosen).path);
    });
    retranslate();
}

void Gallery::retranslate() {
    m_search->setPlaceholderText(tr("Search"));
    m_search->setAccessibleName(tr("Search the scenarios"));
    m_before.setText(tr("Page before"));
    m_before.setToolTip(tr("Page before (Page Up)"));
    m_after.setText(tr("Next page"));
    m_after.setToolTip(tr("Next page (Page Down)"));
    m_start.setText(tr("Open"));
    m_start.setToolTip(tr("Open this scenario (Enter)"));
    m_thumbnails.clear();
    choose(m_chosen);
    arrange();
}

// Letters and digits search here, whatever they do elsewhere.
bool Gallery::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool plain = (key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == 0;
        if (plain && !key->text().isEmpty() && key->text().front().isPrint() && key->key() != Qt::Key_Space) {
            event->accept();
            return true;
        }
    }
    return Part::event(event);
}

void Gallery::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    Part::changeEvent(event);
}

void Gallery::setLook(const Look& look) {
    Part::setLook(look);
    for (Button* b : {m_menu, m_recent, m_open, m_language, m_left, m_right, m_go}) b->setLook(look);
    m_search->setFont(look.font(Type::control));
    m_search->setStyleSheet(
        QStringLiteral("QLineEdit { background: %1; color: %2; border: %3px solid %4; border-radius: %5px; padding: 0 %6px; } QLineEdit:focus { border-color: %7; }")
            .arg(look[Token::surface].name(), look[Token::ink].name())
            .arg(std::max(1, static_cast<int>(look.px(1.5))))
            .arg(look[Token::edge].name())
            .arg(static_cast<int>(look.px(8)))
            .arg(static_cast<int>(look.px(10)))
            .arg(look[Token::accent].name()));
    m_thumbnails.clear();
    arrange();
}

void Gallery::setCards(std::vector<ScenarioCard> cards) {
    m_cards = std::move(cards);
    m_thumbnails.clear();
    m_chosen = 0;
    filter();
}

void Gallery::setSeen(const QStringList& paths) {
    m_seen = paths;
    update();
}

QString Gallery::titleOf(std::size_t shown) const { return ui::titleOf(card(shown)); }

// What the search asks for stands in number, title, goal or file name; capitals do not matter.
void Gallery::filter() {
    const QString wanted = m_search->text().simplified();
    m_shown.clear();
    for (std::size_t i = 0; i < m_cards.size(); ++i) {
        const ScenarioCard& c = m_cards[i];
        const QString all = QStringList{numberOf(c), ui::titleOf(c), goalOf(c), QFileInfo(c.path).fileName()}.join(' ');
        if (all.contains(wanted, Qt::CaseInsensitive)) m_shown.push_back(i);
    }
    choose(0);
}

void Gallery::choose(std::size_t card) {
    m_chosen = m_shown.empty() ? 0 : std::min(card, m_shown.size() - 1);
    setAccessibleName(m_shown.empty() ? tr("Gallery of scenarios") : tr("Scenario: %1").arg(titleOf(m_chosen)));
    arrange();
    update();
}

void Gallery::turn(int by) {
    if (pages() < 2) return;
    const auto count = static_cast<int>(pages());
    choose(static_cast<std::size_t>((static_cast<int>(page()) + by + count) % count) * perPage());
}

std::size_t Gallery::columns() const { return width() < m_look.px(760) ? 2 : 3; }

void Gallery::resizeEvent(QResizeEvent*) {
    m_thumbnails.clear();
    arrange();
}

void Gallery::arrange() {
    const int margin = static_cast<int>(m_look.px(24)), gap = static_cast<int>(m_look.px(12));
    const int middle = height() - static_cast<int>(foot() / 2);
    const auto place = [&](QWidget* w, int x, int y, QSize size) { w->setGeometry(x, y - size.height() / 2, size.width(), size.height()); };
    place(m_open, width() - margin - m_open->sizeHint().width(), middle, m_open->sizeHint());
    m_recent->setVisible(m_recent->isEnabled());
    place(m_recent, margin, middle, m_recent->sizeHint());
    const int half = static_cast<int>(m_look.px(74));
    for (Button* b : {m_left, m_right}) b->setVisible(pages() > 1);
    place(m_left, width() / 2 - half - m_left->sizeHint().width(), middle, m_left->sizeHint());
    place(m_right, width() / 2 + half, middle, m_right->sizeHint());

    const int head = static_cast<int>(m_look.px(32)), tall = static_cast<int>(m_look.between(40, 60));
    int x = width() - margin;
    for (Button* b : {m_menu, m_language}) {
        x -= b->sizeHint().width();
        place(b, x, head, {b->sizeHint().width(), tall});
        x -= gap;
    }
    const int search = std::min(static_cast<int>(m_look.px(270)), x - static_cast<int>(m_look.px(240)));
    m_search->setVisible(search > m_look.px(120));
    place(m_search, x - search, head, {search, tall});
    m_go->setVisible(!m_shown.empty());
    if (m_shown.empty()) return;
    const QRectF box = cardBox(m_chosen % perPage());
    const QSize go(m_go->sizeHint().width() + static_cast<int>(m_look.px(20)), static_cast<int>(m_look.px(36)));
    const bool levels = !card(m_chosen).levels.empty();
    m_go->setGeometry(static_cast<int>(levels ? box.left() + m_look.px(184) : box.left() + m_look.px(18)), static_cast<int>(box.bottom() - m_look.px(42)), go.width(), go.height());
}

QRectF Gallery::cardBox(std::size_t onPage) const {
    const double margin = m_look.px(24), gap = m_look.px(18);
    const auto n = static_cast<double>(columns());
    const double w = (width() - 2 * margin - gap * (n - 1)) / n;
    const double h = (height() - top() - foot() - gap * static_cast<double>(kRows)) / static_cast<double>(kRows);
    return {margin + (w + gap) * static_cast<double>(onPage % columns()), top() + (h + gap) * static_cast<double>(onPage / columns()), w, h};
}

std::optional<std::size_t> Gallery::cardAt(QPointF point) const {
    for (std::size_t i = 0; i < perPage(); ++i) {
        const std::size_t card = page() * perPage() + i;
        if (card < m_shown.size() && cardBox(i).contains(point)) return card;
    }
    return std::nullopt;
}

const QPixmap& Gallery::thumbnailOf(std::size_t shown, QSizeF size) {
    const QString& path = card(shown).path;
    const auto known = m_thumbnails.find(path);
    return known != m_thumbnails.end() ? *known : *m_thumbnails.insert(path, thumbnail(card(shown), size, m_look, m_kit, devicePixelRatioF()));
}

void Gallery::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillRect(rect(), m_look[Token::paper]);
    p.fillRect(QRectF(0, 0, width(), m_look.px(64)), m_look[Token::surface]);
    p.fillRect(QRectF(0, m_look.px(64), width(), 1), m_look[Token::line]);
    p.fillRect(QRectF(0, height() - foot(), width(), foot()), m_look[Token::surface]);
    p.fillRect(QRectF(0, height() - foot(), width(), 1), m_look[Token::line]);
    const double middle = m_look.px(32);
    const QRectF logo(m_look.px(23), middle - m_look.px(15), m_look.px(46), m_look.px(30));
    p.setPen(QPen(m_look[Token::stamp], m_look.px(3), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(logo, 3, 3);
    p.drawPolyline(QPolygonF({logo.topLeft(), {logo.center().x(), logo.center().y() + m_look.px(4)}, logo.topRight()}));
    const QFont brand = m_look.font(Type::question, Weight::bold), title = m_look.font(Type::title);
    p.setFont(brand);
    p.drawText(QRectF(m_look.px(80), 0, 600, 2 * middle), Qt::AlignVCenter | Qt::AlignLeft, QStringLiteral("Mailtrek"));
    const double after = m_look.px(112) + QFontMetricsF(brand).horizontalAdvance(QStringLiteral("Mailtrek"));
    const double until = (m_search->isVisibleTo(this) ? m_search->x() : m_language->x()) - m_look.px(12);
    p.setFont(title);
    p.setPen(m_look[Token::ink]);
    if (QFontMetricsF(title).horizontalAdvance(tr("Choose what to teach")) < until - after)
        p.drawText(QRectF(after, 0, until - after, 2 * middle), Qt::AlignVCenter | Qt::AlignLeft, tr("Choose what to teach"));
    if (m_shown.empty()) {
        p.setFont(m_look.font(Type::body));
        const QString none = m_cards.empty() ? tr("There are no scenarios here. Open a file, or drop one on this window.") : tr("No scenario matches “%1”.").arg(m_search->text());
        p.drawText(QRectF(rect()).adjusted(40, 0, -40, 0), Qt::AlignCenter | Qt::TextWordWrap, none);
        return;
    }
    for (std::size_t i = 0; i < perPage(); ++i) {
        const std::size_t shown = page() * perPage() + i;
        if (shown >= m_shown.size()) break;
        const QRectF box = cardBox(i);
        const CardState state{shown == m_chosen, m_seen.contains(card(shown).path)};
        paintCard(p, card(shown), state, thumbnailOf(shown, pictureOf(box, m_look).size()), box, m_look);
    }
    if (pages() < 2) return;
    p.setFont(m_look.font(Type::body, Weight::semibold));
    p.setPen(m_look[Token::ink]);
    p.drawText(QRectF(0, height() - foot(), width(), foot()), Qt::AlignCenter, tr("%1 of %2").arg(page() + 1).arg(pages()));
}

void Gallery::mousePressEvent(QMouseEvent* event) {
    const auto card = cardAt(event->position());
    if (!card) return;
    choose(*card);
    m_start.trigger();
}

void Gallery::mouseMoveEvent(QMouseEvent* event) { setCursor(cardAt(event->position()) ? Qt::PointingHandCursor : Qt::ArrowCursor); }

void Gallery::keyPressEvent(QKeyEvent* event) {
    const std::size_t last = m_shown.empty() ? 0 : m_shown.size() - 1;
    switch (event->key()) {
        case Qt::Key_Right: return choose(std::min(last, m_chosen + 1));
        case Qt::Key_Left: return choose(m_chosen == 0 ? 0 : m_chosen - 1);
        case Qt::Key_Down: return choose(std::min(last, m_chosen + columns()));
        case Qt::Key_Up: return choose(m_chosen < columns() ? m_chosen : m_chosen - columns());
        case Qt::Key_PageDown: return choose(std::min(last, m_chosen + perPage()));
        case Qt::Key_PageUp: return choose(m_chosen < perPage() ? 0 : m_chosen - perPage());
        case Qt::Key_Home: return choose(0);
        case Qt::Key_End: return choose(last);
        case Qt::Key_Return:
        case Qt::Key_Enter: return m_start.trigger();
        default: break;
    }
    if (event->text().isEmpty() || !event->text().front().isPrint() || !m_search->isVisibleTo(this)) return Part::keyPressEvent(event);
    m_search->setFocus();  // typing anywhere searches
    m_search->setText(m_search->text() + event->text());
}

void Gallery::wheelEvent(QWheelEvent* event) {
    if (pages() < 2) return;
    const bool forward = event->angleDelta().y() < 0;
    if (forward ? page() + 1 < pages() : page() > 0) choose((forward ? page() + 1 : page() - 1) * perPage());
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/mailbox_card.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>

#include "ui/look/glyph.h"
#include "ui/map/graph.h"
#include "ui/map/painter.h"
#include "ui/parts/stamp.h"
#include "ui/story/words.h"

namespace mailtrek::ui {

MailboxCard::MailboxCard(Film& film, QWidget* parent) : Part(parent), m_film(film), m_machines(new Chooser(this)) {
    setObjectName(QStringLiteral("mailboxes"));
    setFocusPolicy(Qt::StrongFocus);
    m_machines->setObjectName(QStringLiteral("machines"));
    m_machines->setType(Type::title);
    m_machines->setEntries([this] { return machineEntries(); });
    connect(&film, &Film::opened, this, [this] {
        m_events = {};
        m_scroll = 0;
    });
    for (const auto signal : {&Film::moved, &Film::opened, &Film::selected, &Film::grew}) connect(&film, signal, this, &MailboxCard::follow);
    follow();
}

void MailboxCard::follow() {
    if (m_film.recording()) m_events.extend(*m_film.recording());
    nameMachine();
    update();
}

NodeId MailboxCard::shownNode() const {
    if (!m_film.recording()) return {};
    const NodeId chosen = m_film.selection().node;
    return chosen.valid() ? chosen : keeperOf(*m_film.recording(), m_film.view(), m_film.followedMail(), m_events);
}

std::vector<CardRow> MailboxCard::rows() const {
    if (!m_film.recording()) return {};
    return mailboxRows(*m_film.recording(), m_film.view(), shownNode(), m_film.followedMail(), m_events);
}

std::vector<Chooser::Entry> MailboxCard::machineEntries() {
    std::vector<Chooser::Entry> entries;
    if (!m_film.recording()) return entries;
    const auto choose = [this](NodeId node) {
        return [this, node] {
            Selection s = m_film.selection();
            s.node = node;
            m_film.select(s);
        };
    };
    const auto& nodes = m_film.recording()->cast().nodes;
    for (std::uint32_t i = 0; i < nodes.size(); ++i)
        if (nodes[i].kind == trace::NodeKind::mailServer || isDevice(nodes[i].kind))
            entries.push_back({nodeText(nodes[i], spanishNow()), NodeId{i} == shownNode(), choose(NodeId{i})});
    entries.push_back({tr("always the one that has the letter"), !m_film.selection().node.valid(), choose({})});
    return entries;
}

void MailboxCard::nameMachine() {
    const NodeId node = shownNode();
    const bool known = node.valid() && node.index() < m_film.recording()->cast().nodes.size();
    m_machines->setVisible(known);
    if (known) m_machines->setText(nodeText(m_film.recording()->cast().nodes[node.index()], spanishNow()));
    m_machines->setAccessibleName(tr("Which machine: %1").arg(m_machines->text()));
    m_machines->setToolTip(tr("Whose queue and mailboxes are shown"));
    m_machines->setGeometry(static_cast<int>(m_look.px(16)), static_cast<int>(m_look.px(8)), std::min(m_machines->sizeHint().width(), width() / 2),
                            m_machines->sizeHint().height());
    setAccessibleName(known ? tr("Mailbox card of %1").arg(m_machines->text()) : tr("Mailbox card"));
}

double MailboxCard::heightOf(const CardRow& row) const {
    switch (row.kind) {
        case CardRow::Kind::title: return m_look.between(46, 66);
        case CardRow::Kind::state: return m_look.between(34, 50);
        case CardRow::Kind::note: return m_look.between(36, 54);
        case CardRow::Kind::envelope: return m_look.between(46, 68);
        case CardRow::Kind::queued: return m_look.between(58, 86);
        case CardRow::Kind::mailbox: return m_look.between(row.filled >= 0 ? 62 : 34, row.filled >= 0 ? 92 : 50);
        case CardRow::Kind::letter: return m_look.between(36, 54);
        case CardRow::Kind::stamp: return m_look.between(36, 54);
        case CardRow::Kind::header: return m_look.between(30, 45);
    }
    return 30;
}

void MailboxCard::paintRow(QPainter& p, const CardRow& row, const QRectF& box) {
    const QFont body = m_look.font(Type::body), second = m_look.font(Type::second), strong = m_look.font(Type::body, Weight::semibold);
    const auto put = [&](const QFont& font, Token colour, const QRectF& where, Qt::Alignment align, const QString& text, Qt::TextElideMode elide = Qt::ElideRight) {
        p.setFont(font);
        p.setPen(m_look[colour]);
        p.drawText(where, align | Qt::AlignVCenter, QFontMetricsF(font).elidedText(text, elide, where.width()));
    };
    const double secondWidth = row.second.isEmpty() ? 0 : std::min(box.width() * 0.55, QFontMetricsF(second).horizontalAdvance(row.second) + m_look.px(4));
    const QRectF right(box.right() - secondWidth, box.top(), secondWidth, box.height());
    const double indent = m_look.px(42);
    const QRectF left(box.left() + indent, box.top(), box.width() - indent - secondWidth - m_look.px(8), box.height());
    switch (row.kind) {
        case CardRow::Kind::title:
            put(second, Token::ink2, right, Qt::AlignRight, row.second);  // the name stands in the chooser
            break;
        case CardRow::Kind::state:
            p.setPen(QPen(m_look[row.good ? Token::good : Token::warn], m_look.px(2.5)));
            p.setBrush(row.good ? m_look[Token::good] : m_look[Token::surface]);
            p.drawEllipse(QPointF(box.left() + m_look.px(18), box.center().y()), m_look.px(7), m_look.px(7));
            put(strong, row.good ? Token::good : Token::warn, left, Qt::AlignLeft, row.text);
            break;
        case CardRow::Kind::envelope:
            paintAirmail(p, QRectF(box.left(), box.top() + m_look.px(8), box.width(), m_look.px(7)));
            put(second, Token::ink2, box.adjusted(0, m_look.px(16), 0, 0), Qt::AlignLeft, row.text);
            break;
        case CardRow::Kind::note:
            p.fillRect(QRectF(box.left(), box.top() + m_look.px(5), box.width(), 1), m_look[Token::line]);
            put(second, Token::ink2, box.adjusted(0, m_look.px(6), 0, 0), Qt::AlignLeft, row.text);
            break;
        case CardRow::Kind::queued: {
            paintGlyph(p, {box.left() + m_look.px(18), box.top() + box.height() * 0.3}, {GlyphKind::letter, {}, 1}, m_look, m_look.px(19));
            put(body, Token::ink, QRectF(box.left() + indent, box.top(), box.width() - indent, box.height() * 0.55), Qt::AlignLeft, row.text, Qt::ElideMiddle);
            put(second, Token::warn, QRectF(box.left() + indent, box.top() + box.height() * 0.5, box.width() - indent, box.height() * 0.45), Qt::AlignLeft, row.second);
            break;
        }
        case CardRow::Kind::mailbox: {
            const double line = m_look.between(32, 48);
            put(strong, Token::ink, QRectF(box.left(), box.top(), box.width() - secondWidth - m_look.px(8), line), Qt::AlignLeft, row.text, Qt::ElideMiddle);
            put(second, Token::ink2, QRectF(right.left(), box.top(), right.width(), line), Qt::AlignRight, row.second);
            if (row.filled >= 0) paintFillBar(p, QRectF(box.left() + 2, box.top() + line, box.width() - 4, m_look.px(20)), row.filled, m_look);
            break;
        }
        case CardRow::Kind::letter:
            paintGlyph(p, {box.left() + m_look.px(18), box.center().y()}, {GlyphKind::letter, {}, 1}, m_look, m_look.px(19));
            put(row.unread ? strong : body, Token::ink, left, Qt::AlignLeft, row.text);
            put(second, Token::ink2, right, Qt::AlignRight, row.second);
            break;
        case CardRow::Kind::stamp:
            paintStamp(p, {box.left() + m_look.px(18), box.center().y()}, m_look.px(26), Stamp::passed, m_look);
            put(body, Token::stamp, left, Qt::AlignLeft, row.text);
            put(second, Token::ink2, right, Qt::AlignRight, row.second);
            break;
        case CardRow::Kind::header: put(body, Token::ink, box, Qt::AlignLeft, row.text); break;
    }
}

void MailboxCard::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillRect(rect(), m_look[Token::surface]);
    const auto shown = rows();
    if (shown.empty()) return;
    const double margin = m_look.px(20), head = heightOf(shown.front()) + m_look.px(6);
    double total = m_look.px(8);
    for (const CardRow& row : shown) total += heightOf(row);
    m_scroll = std::clamp(m_scroll, 0.0, std::max(0.0, total - height()));
    paintRow(p, shown.front(), QRectF(margin, m_look.px(4), width() - 2 * margin, heightOf(shown.front())));
    p.setClipRect(QRectF(0, head, width(), height() - head));  // the title stays, the rest scrolls under it
    double y = head - m_scroll;
    for (std::size_t i = 1; i < shown.size(); ++i) {
        const double h = heightOf(shown[i]);
        if (y + h > head && y < height()) paintRow(p, shown[i], QRectF(margin, y, width() - 2 * margin, h));
        y += h;
    }
    if (total > height()) {  // how much there is, and where one stands
        const double track = height() - head - 8, bar = track * (height() - head) / (total - head);
        p.setPen(Qt::NoPen);
        p.setBrush(m_look[Token::edge]);
        p.drawRoundedRect(QRectF(width() - m_look.px(7), head + 4 + (track - bar) * m_scroll / (total - height()), m_look.px(4), bar), 2, 2);
    }
}

// The slanted red and blue of an airmail envelope; high contrast has none, there a line divides.
void MailboxCard::paintAirmail(QPainter& p, const QRectF& box) const {
    if (m_look.theme.kind == ThemeKind::contrast) return p.fillRect(QRectF(box.left(), box.top(), box.width(), 1), m_look[Token::line]);
    p.save();
    p.setClipRect(box);
    p.setPen(Qt::NoPen);
    const double stripe = m_look.px(14), slant = box.height();
    int i = 0;
    for (double x = box.left() - slant; x < box.right(); x += 2 * stripe, ++i) {
        p.setBrush(m_look[i % 2 == 0 ? Token::airRed : Token::airBlue]);
        p.drawPolygon(QPolygonF({{x, box.bottom()}, {x + slant, box.top()}, {x + slant + stripe, box.top()}, {x + stripe, box.bottom()}}));
    }
    p.restore();
}

void MailboxCard::scrollBy(double pixels) {
    m_scroll += pixels;
    update();
}

void MailboxCard::wheelEvent(QWheelEvent* event) {
    scrollBy(-event->angleDelta().y() * 0.5);
    event->accept();
}

bool MailboxCard::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        for (const int mine : {Qt::Key_Up, Qt::Key_Down, Qt::Key_PageUp, Qt::Key_PageDown})
            if (key->key() == mine && key->modifiers() == Qt::NoModifier) {
                event->accept();
                return true;
            }
    }
    return Part::event(event);
}

void MailboxCard::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up: return scrollBy(-m_look.px(36));
        case Qt::Key_Down: return scrollBy(m_look.px(36));
        case Qt::Key_PageUp: return scrollBy(-height() * 0.8);
        case Qt::Key_PageDown: return scrollBy(height() * 0.8);
        default: Part::keyPressEvent(event);
    }
}

void MailboxCard::setLook(const Look& look) {
    m_machines->setLook(look);
    Part::setLook(look);
    nameMachine();
}

void MailboxCard::resizeEvent(QResizeEvent*) { nameMachine(); }

void MailboxCard::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) nameMachine();
    Part::changeEvent(event);
}

}  // namespace mailtrek::ui

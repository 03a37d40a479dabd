// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/journey_panel.h"

#include <QEvent>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

#include "sim/narrate/narrate.h"
#include "ui/map/callout.h"
#include "ui/parts/stamp.h"
#include "ui/story/telling.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

constexpr std::size_t kStale = ~std::size_t{0};

// A fold, the folds inside it and the first step inside share an event, not the depth.
quint64 keyOf(const trace::JourneyRow& row) { return row.event.value * 16 + row.depth * 2u + (row.fold ? 1 : 0); }
std::pair<trace::EventId, int> foldKey(const trace::JourneyRow& row) { return {row.event, row.depth}; }

}  // namespace

JourneyPanel::JourneyPanel(Film& film, QWidget* parent) : ListPart(parent), m_film(film), m_letters(new Chooser(this)) {
    setObjectName(QStringLiteral("journey"));
    m_letters->setObjectName(QStringLiteral("letters"));
    m_letters->setEntries([this] { return letterEntries(); });
    connect(&film, &Film::opened, this, &JourneyPanel::restart);
    for (const auto signal : {&Film::moved, &Film::levelSet, &Film::selected, &Film::grew}) connect(&film, signal, this, &JourneyPanel::refresh);
    retranslate();
    restart();
}

void JourneyPanel::restart() {
    m_mail = m_film.followedMail();
    m_journey = m_film.recording() ? std::make_unique<trace::Journey>(*m_film.recording(), m_mail) : nullptr;
    m_open.clear();
    m_told = kStale;
    m_texts.clear();
    m_lines.clear();
    m_rows.clear();  // they speak of another recording
    rowsChanged();
    refresh();
    nameLetters();
}

void JourneyPanel::refresh() {
    if (m_film.recording() && m_film.followedMail() != m_mail) return restart();
    if (!isVisibleTo(window())) {
        m_told = kStale;  // nobody looks: all of it when somebody does
        return;
    }
    if (m_journey) m_journey->extend();
    const std::size_t told = m_journey ? m_journey->stepsWithin(m_film.furthest()) : 0;
    if (told != m_told || m_level != m_film.level()) {
        if (m_level != m_film.level()) m_open.clear();
        m_told = told;
        m_level = m_film.level();
        m_texts.clear();
        m_lines.clear();
        rebuild();
        nameLetters();
    }
    const auto focus = m_film.focus(), asked = m_film.asked();
    m_here = focus ? rowOf(*focus) : -1;
    setCurrent(asked && asked->value < m_film.furthest() ? rowOf(*asked) : m_here);
}

void JourneyPanel::rebuild() {
    m_rows = m_journey ? m_journey->rows(
                             m_level, [this](const trace::JourneyRow& fold) { return m_open.contains(foldKey(fold)); }, m_told)
                       : std::vector<trace::JourneyRow>{};
    rowsChanged();
}

// The row that tells of the event: its step, else the closed fold that holds it, else the last step before it.
int JourneyPanel::rowOf(trace::EventId event) const {
    const auto after = std::ranges::upper_bound(m_rows, event, {}, &trace::JourneyRow::event);
    int row = static_cast<int>(after - m_rows.begin()) - 1;
    const auto tells = [&](const trace::JourneyRow& r) { return !r.fold || (r.last >= event && !m_open.contains(foldKey(r))); };
    while (row >= 0 && !tells(m_rows[static_cast<std::size_t>(row)])) --row;
    return row;
}

bool JourneyPanel::isOpen(int row) const {
    const trace::JourneyRow& r = m_rows[static_cast<std::size_t>(row)];
    return r.fold && m_open.contains(foldKey(r));
}

bool JourneyPanel::isAhead(int row) const { return m_rows[static_cast<std::size_t>(row)].event.value >= m_film.cursor(); }

QString JourneyPanel::textOf(int row) const {
    const trace::JourneyRow& r = m_rows[static_cast<std::size_t>(row)];
    QString& text = m_texts[keyOf(r)];
    if (text.isEmpty()) {
        // A step that an opened fold shows speaks in the words of its own level.
        const Level own = trace::stepLevel(*m_film.recording(), r.event).value_or(m_level);
        text = r.fold ? QString::fromStdString(narrate::foldText(r.counts, languageNow())) : sentenceOf(*m_film.recording(), r.event, std::max(own, m_level));
    }
    return text;
}

void JourneyPanel::activate(int row) {
    if (m_rows[static_cast<std::size_t>(row)].fold) return turn(row, !isOpen(row));
    m_film.goTo(m_rows[static_cast<std::size_t>(row)].event);
}

void JourneyPanel::turn(int row, bool open) {
    const trace::JourneyRow r = m_rows[static_cast<std::size_t>(row)];
    if (r.fold && open != isOpen(row)) {
        open ? void(m_open.insert(foldKey(r))) : void(m_open.erase(foldKey(r)));
        rebuild();
        if (const auto focus = m_film.focus()) m_here = rowOf(*focus);
        if (open) ensureVisible(std::min(count() - 1, row + 3));
        return setCurrent(row);
    }
    if (open) return setCurrent(row + 1);
    for (int above = row - 1; above >= 0; --above)  // out to what it is part of
        if (isOpen(above) && m_rows[static_cast<std::size_t>(above)].last >= r.event) return setCurrent(above);
}

void JourneyPanel::setLook(const Look& look) {
    m_letters->setLook(look);
    ListPart::setLook(look);
    m_lines.clear();
    nameLetters();
    rowsChanged();
    ensureVisible(current());
}

double JourneyPanel::headHeight() const { return m_letters->isVisibleTo(this) ? m_look.between(48, 70) : m_look.px(6); }

double JourneyPanel::indentOf(const trace::JourneyRow& row) const { return m_look.px(14) + m_look.px(16) * row.depth; }

const QStringList& JourneyPanel::linesOf(int row) const {
    const trace::JourneyRow& r = m_rows[static_cast<std::size_t>(row)];
    QStringList& lines = m_lines[keyOf(r)];
    if (lines.isEmpty()) lines = wrapped(textOf(row), m_look.font(Type::body, Weight::semibold), width() - indentOf(r) - m_look.px(32 + 14), 4);
    return lines;
}

double JourneyPanel::heightOf(int row) const {
    if (m_rows[static_cast<std::size_t>(row)].fold) return m_look.between(38, 56);
    return m_look.between(10, 14) + m_look.between(26, 39) * static_cast<double>(linesOf(row).size());
}

void JourneyPanel::paintBack(QPainter& p) {
    if (m_told == kStale && m_film.recording()) refresh();
    ListPart::paintBack(p);
    if (count() > 0) return;
    p.setFont(m_look.font(Type::body));
    p.setPen(m_look[Token::ink2]);
    const QRectF room = QRectF(rect()).adjusted(m_look.px(24), headHeight(), -m_look.px(24), 0);
    if (m_film.recording()) p.drawText(room, Qt::AlignCenter | Qt::TextWordWrap, tr("The journey has not begun yet. Step tells it line by line."));
}

// The same signs as on map and strip: a postmark where the letter changes hands, a cross for a loss, R for what is sent again.
void JourneyPanel::paintMark(QPainter& p, const trace::JourneyRow& row, QPointF centre, bool here, bool ahead) const {
    const trace::Payload& payload = m_film.recording()->event(row.event).payload;
    if (std::holds_alternative<trace::PacketDropped>(payload)) return paintCross(p, centre, m_look.px(18), m_look[Token::cross], m_look[Token::surface]);
    if (std::holds_alternative<trace::SegmentRetransmitted>(payload)) return paintGlyph(p, centre, {GlyphKind::resent, {}, 1}, m_look, m_look.px(20));
    if (trace::changesHands(payload)) return paintStamp(p, centre, m_look.px(22), here ? Stamp::here : ahead ? Stamp::ahead : Stamp::passed, m_look);
    p.setPen(QPen(m_look[ahead ? Token::edge : Token::accent], m_look.px(2)));
    p.setBrush(here ? m_look[Token::accent] : ahead ? m_look[Token::surface] : m_look[Token::soft]);
    p.drawEllipse(centre, m_look.px(5), m_look.px(5));
}

void JourneyPanel::paintFold(QPainter& p, int row, const QRectF& box) const {
    const trace::JourneyRow& r = m_rows[static_cast<std::size_t>(row)];
    const QFont font = m_look.font(Type::control, Weight::semibold);
    const double indent = indentOf(r), h = m_look.between(30, 44);
    const double w = std::min(QFontMetricsF(font).horizontalAdvance(textOf(row)) + m_look.px(48), box.width() - indent - m_look.px(16));
    const QRectF chip(indent, box.center().y() - h / 2, w, h);
    p.setPen(QPen(m_look[row == m_here ? Token::accent : Token::edge], m_look.px(row == m_here ? 2.5 : 1.5)));
    p.setBrush(m_look[isOpen(row) ? Token::surface : Token::soft]);
    p.drawRoundedRect(chip, h / 2, h / 2);
    p.setFont(font);
    p.setPen(m_look[isAhead(row) ? Token::ink2 : Token::ink]);
    const QRectF words = chip.adjusted(m_look.px(14), 0, -m_look.px(30), 0);
    p.drawText(words, Qt::AlignVCenter | Qt::AlignLeft, QFontMetricsF(font).elidedText(textOf(row), Qt::ElideRight, words.width() + 1));
    const double up = isOpen(row) ? -1 : 1;
    const QPointF tip(chip.right() - m_look.px(17), chip.center().y() + up * m_look.px(3));
    p.setPen(QPen(m_look[Token::ink], m_look.px(2), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.drawPolyline(QPolygonF({tip + QPointF(-m_look.px(6), -up * m_look.px(6)), tip, tip + QPointF(m_look.px(6), -up * m_look.px(6))}));
}

void JourneyPanel::paintRow(QPainter& p, int row, const QRectF& box) {
    const trace::JourneyRow& r = m_rows[static_cast<std::size_t>(row)];
    const bool here = row == m_here, ahead = isAhead(row);
    const bool chosen = !r.fold && m_film.selection().event == r.event;
    if (here || chosen) p.fillRect(box.adjusted(2, 0, 0, 0), m_look[Token::soft]);
    if (here) p.fillRect(QRectF(box.left() + 2, box.top(), m_look.px(6), box.height()), m_look[Token::accent]);
    if (r.fold) return paintFold(p, row, box);
    const double indent = indentOf(r), line = m_look.between(26, 39);
    double y = box.top() + m_look.between(5, 7);
    paintMark(p, r, {indent + m_look.px(11), y + line / 2}, here, ahead);
    p.setFont(m_look.font(Type::body, here ? Weight::semibold : Weight::medium));
    p.setPen(m_look[ahead ? Token::ink2 : Token::ink]);
    for (const QString& text : linesOf(row)) {
        p.drawText(QRectF(indent + m_look.px(32), y, box.width() - indent - m_look.px(32), line), Qt::AlignVCenter | Qt::AlignLeft, text);
        y += line;
    }
}

std::vector<Chooser::Entry> JourneyPanel::letterEntries() {
    std::vector<Chooser::Entry> entries;
    if (!m_film.recording()) return entries;
    const auto& letters = m_film.view().mails;
    for (std::uint32_t i = 0; i < letters.size(); ++i) {
        if (!letters[i]) continue;  // not written yet at the cursor
        const auto text = [this](TextId id) { return QString::fromStdString(std::string(m_film.recording()->text(id))); };
        entries.push_back({tr("%1 → %2: %3").arg(text(letters[i]->facts.from), text(letters[i]->facts.to), text(letters[i]->facts.subject)), MailId{i} == m_mail, [this, i] {
                               Selection s = m_film.selection();
                               s.mail = MailId{i};
                               m_film.select(s);
                           }});
    }
    return entries;
}

void JourneyPanel::nameLetters() {
    const auto entries = letterEntries();
    m_letters->setVisible(entries.size() > 1);
    for (const Chooser::Entry& entry : entries)
        if (entry.chosen) m_letters->setText(entry.text);
    const int margin = static_cast<int>(m_look.px(12));
    m_letters->setGeometry(margin, static_cast<int>(m_look.px(6)), std::min(m_letters->sizeHint().width(), width() - 2 * margin), m_letters->sizeHint().height());
}

void JourneyPanel::retranslate() {
    setAccessibleName(tr("Journey"));
    m_letters->setAccessibleName(tr("Which letter is followed"));
    m_letters->setToolTip(tr("Which letter is followed"));
}

void JourneyPanel::resizeEvent(QResizeEvent* event) {
    m_lines.clear();
    nameLetters();
    ListPart::resizeEvent(event);
}

void JourneyPanel::setVisible(bool visible) {
    ListPart::setVisible(visible);
    if (visible) refresh();
}

void JourneyPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        m_texts.clear();
        m_lines.clear();
        retranslate();
        nameLetters();
        ensureVisible(current());
    }
    ListPart::changeEvent(event);
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ladder.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>

#include "ui/story/telling.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

constexpr std::size_t kMost = 200;

}  // namespace

Ladder::Ladder(Film& film, QWidget* parent) : Part(parent), m_film(film), m_connections(new Chooser(this)) {
    setObjectName(QStringLiteral("ladder"));
    setFocusPolicy(Qt::StrongFocus);
    m_connections->setObjectName(QStringLiteral("connections"));
    m_connections->setEntries([this] { return connectionEntries(); });
    for (const auto signal : {&Film::moved, &Film::opened, &Film::levelSet, &Film::selected, &Film::grew}) connect(&film, signal, this, &Ladder::follow);
    retranslate();
}

std::size_t Ladder::room() const { return static_cast<std::size_t>(std::max(1.0, (height() - top() - rowHeight() * 1.1) / rowHeight())); }

std::vector<LadderRow> Ladder::rows() const {
    if (!m_film.recording()) return {};
    return ladderRows(*m_film.recording(), m_film.view(), m_film.traffic(),
                      {m_film.followedConnection(), m_film.level(), room(), m_most, [this](trace::EventId id) { return m_open.contains(id); }});
}

std::vector<LadderRow> Ladder::shownRows() const {
    std::vector<LadderRow> all = rows();
    const std::size_t most = room();
    if (all.size() <= most) return all;
    const std::size_t end = all.size() - std::min(m_scroll, all.size() - most);
    return {all.begin() + static_cast<std::ptrdiff_t>(end - most), all.begin() + static_cast<std::ptrdiff_t>(end)};
}

// Another place: the newest rows are in sight again. Another connection: nothing is open.
void Ladder::follow() {
    const ConnectionId c = m_film.recording() ? m_film.followedConnection() : ConnectionId{};
    if (c != m_shown) {
        m_open.clear();
        m_most = kMost;
        m_shown = c;
    }
    if (m_film.cursor() != m_cursor) m_scroll = 0;
    m_cursor = m_film.cursor();
    nameConnections();
    update();
}

QString Ladder::textOf(const LadderRow& row) const {
    return row.kind == LadderRow::Kind::row ? sentenceOf(*m_film.recording(), row.event, std::max(m_film.level(), Level::dialogue)) : chipText(row);
}

bool Ladder::isChosen(const LadderRow& row) const {
    const Selection& s = m_film.selection();
    if (row.kind == LadderRow::Kind::earlier) return false;
    if (row.packet.valid() && row.kind == LadderRow::Kind::row && row.packet == s.packet) return true;
    return s.event.valid() && row.event <= s.event && s.event <= row.last && !row.open;
}

void Ladder::activate(const LadderRow& row) {
    const std::vector<LadderRow> before = rows();
    if (row.kind == LadderRow::Kind::row) return m_film.goTo(row.event);
    if (row.kind == LadderRow::Kind::earlier) {
        m_most += 2 * kMost;
    } else if (row.open) {
        std::erase_if(m_open, [&](trace::EventId id) { return row.event <= id && id <= row.last; });
    } else {
        m_open.insert(row.event);
    }
    // What was opened stands where it was: at the top when it is longer than the sight.
    const std::vector<LadderRow> after = rows();
    const auto at = std::ranges::find_if(after, [&](const LadderRow& r) { return r.kind != LadderRow::Kind::earlier && r.event >= row.event && row.event.valid(); });
    if (row.kind == LadderRow::Kind::earlier)
        m_scroll = std::min(after.size(), before.size() > room() ? before.size() - room() : 0);
    else if (after.size() > room())
        m_scroll = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, after.end() - at - static_cast<std::ptrdiff_t>(room())));
    else
        m_scroll = 0;
    update();
}

std::vector<Chooser::Entry> Ladder::connectionEntries() {
    std::vector<Chooser::Entry> entries;
    if (!m_film.recording()) return entries;
    const auto choose = [this](ConnectionId c) {
        return [this, c] {
            Selection s = m_film.selection();
            s.connection = c;
            m_film.select(s);
        };
    };
    const auto& nodes = m_film.recording()->cast().nodes;
    const auto name = [&](NodeId node) { return node.valid() && node.index() < nodes.size() ? nodeText(nodes[node.index()], spanishNow()) : QString(); };
    const auto& known = m_film.view().connections;
    for (std::uint32_t i = 0; i < known.size(); ++i)
        if (known[i])
            entries.push_back({tr("%1 → %2, port %3").arg(name(known[i]->client), name(known[i]->server)).arg(known[i]->serverPort), ConnectionId{i} == m_film.followedConnection(),
                               choose(ConnectionId{i})});
    if (entries.size() > 1) entries.push_back({tr("always the one that speaks"), !m_film.selection().connection.valid(), choose({})});
    return entries;
}

void Ladder::nameConnections() {
    const auto entries = connectionEntries();
    const auto count = static_cast<int>(entries.size()) - 1;
    m_connections->setVisible(count > 1);
    if (count <= 1) return;
    for (int i = 0; i < count; ++i)
        if (entries[static_cast<std::size_t>(i)].chosen) {
            m_connections->setText(tr("%1 of %2").arg(i + 1).arg(count));
            m_connections->setToolTip(tr("Which connection: %1").arg(entries[static_cast<std::size_t>(i)].text));
        }
    m_connections->setAccessibleName(m_connections->toolTip());
    const QSize size = m_connections->sizeHint();
    m_connections->setGeometry(static_cast<int>((leftX() + rightX() - size.width()) / 2), static_cast<int>(m_look.px(12)), size.width(), size.height());
}

std::optional<std::size_t> Ladder::rowAt(QPointF point) const {
    if (point.y() < top()) return std::nullopt;
    const auto i = static_cast<std::size_t>((point.y() - top()) / rowHeight());
    if (i >= shownRows().size()) return std::nullopt;
    return i;
}

void Ladder::mousePressEvent(QMouseEvent* event) {
    const auto at = rowAt(event->position());
    if (!at || event->button() != Qt::LeftButton) return;
    const LadderRow row = shownRows()[*at];
    row.kind == LadderRow::Kind::row ? m_film.selectEvent(row.event) : activate(row);
}

void Ladder::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto at = rowAt(event->position());
    if (at) activate(shownRows()[*at]);
}

void Ladder::scrollBy(int rows) {
    const auto all = static_cast<int>(this->rows().size()), most = static_cast<int>(room());
    m_scroll = static_cast<std::size_t>(std::clamp(static_cast<int>(m_scroll) + rows, 0, std::max(0, all - most)));
    update();
}

void Ladder::wheelEvent(QWheelEvent* event) {
    constexpr int kPerRow = 60;
    m_wheel += event->angleDelta().y();
    scrollBy(m_wheel / kPerRow);
    m_wheel %= kPerRow;
    event->accept();
}

void Ladder::moveChoice(int by) {
    const std::vector<LadderRow> all = rows();
    if (all.empty()) return;
    const auto chosen = std::ranges::find_if(all, [this](const LadderRow& r) { return isChosen(r); });
    const int last = static_cast<int>(all.size()) - 1;
    int to = chosen == all.end() ? last : std::clamp(static_cast<int>(chosen - all.begin()) + by, 0, last);
    if (all[static_cast<std::size_t>(to)].kind == LadderRow::Kind::earlier) return activate(all[static_cast<std::size_t>(to)]);
    if (all[static_cast<std::size_t>(to)].open) to = std::clamp(to + (by > 0 ? 1 : -1), 0, last);  // an open count is passed over: its rows are there
    const int below = last - to, most = static_cast<int>(room());
    m_scroll = static_cast<std::size_t>(std::clamp(static_cast<int>(m_scroll), std::max(0, below - most + 1), std::max(below, 0)));
    const LadderRow& row = all[static_cast<std::size_t>(to)];
    setAccessibleDescription(textOf(row));
    m_film.selectEvent(row.event);
}

bool Ladder::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        for (const int mine : {Qt::Key_Up, Qt::Key_Down, Qt::Key_PageUp, Qt::Key_PageDown, Qt::Key_Return, Qt::Key_Enter})
            if (key->key() == mine && key->modifiers() == Qt::NoModifier) {
                event->accept();
                return true;
            }
    }
    return Part::event(event);
}

void Ladder::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up: return moveChoice(-1);
        case Qt::Key_Down: return moveChoice(1);
        case Qt::Key_PageUp: return scrollBy(static_cast<int>(room()) - 1);
        case Qt::Key_PageDown: return scrollBy(1 - static_cast<int>(room()));
        case Qt::Key_Return:
        case Qt::Key_Enter:
            for (const LadderRow& row : rows())
                if (isChosen(row)) return activate(row);
            return;
        default: Part::keyPressEvent(event);
    }
}

void Ladder::setLook(const Look& look) {
    m_glyphs.clear();
    m_connections->setLook(look);
    Part::setLook(look);
    nameConnections();
}

void Ladder::resizeEvent(QResizeEvent*) { nameConnections(); }

void Ladder::retranslate() {
    setAccessibleName(tr("Ladder"));
    nameConnections();
}

void Ladder::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    Part::changeEvent(event);
}

}  // namespace mailtrek::ui

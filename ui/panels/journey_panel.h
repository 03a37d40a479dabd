// SPDX-License-Identifier: GPL-3.0-or-later
// The journey of the followed letter as an outline: its steps at the chosen level, what the level hides as counts that open in place. It
// shows what has been told so far; what lies ahead after stepping back is grey, what nobody has seen yet is not there.
#pragma once

#include <QHash>
#include <memory>
#include <set>

#include "sim/trace/journey.h"
#include "ui/look/glyph.h"
#include "ui/parts/chooser.h"
#include "ui/parts/list_part.h"
#include "ui/play/film.h"

namespace mailtrek::ui {

class JourneyPanel : public ListPart {
    Q_OBJECT

public:
    explicit JourneyPanel(Film& film, QWidget* parent = nullptr);

    const std::vector<trace::JourneyRow>& rows() const { return m_rows; }
    int here() const { return m_here; }        // the row where the film stands; -1 before the first
    bool isOpen(int row) const;                // of a fold
    bool isAhead(int row) const;               // the class has seen it, and the film stands before it
    Chooser& letters() { return *m_letters; }  // which letter is followed

    int count() const override { return static_cast<int>(m_rows.size()); }
    QString textOf(int row) const override;
    void activate(int row) override;
    void setLook(const Look& look) override;
    void setVisible(bool visible) override;

protected:
    double heightOf(int row) const override;
    double headHeight() const override;
    void paintRow(QPainter& painter, int row, const QRectF& box) override;
    void paintBack(QPainter& painter) override;
    void turn(int row, bool open) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void restart();  // another letter or another recording
    void refresh();  // the same at another place, level or length
    void rebuild();
    void retranslate();
    void nameLetters();
    std::vector<Chooser::Entry> letterEntries();
    int rowOf(trace::EventId event) const;
    double indentOf(const trace::JourneyRow& row) const;
    const QStringList& linesOf(int row) const;
    void paintMark(QPainter& painter, const trace::JourneyRow& row, QPointF centre, bool here, bool ahead) const;
    void paintFold(QPainter& painter, int row, const QRectF& box) const;

    Film& m_film;
    Chooser* m_letters;
    std::unique_ptr<trace::Journey> m_journey;
    MailId m_mail;
    std::vector<trace::JourneyRow> m_rows;
    std::size_t m_told = 0;  // steps of the journey that the rows show
    Level m_level = Level::story;
    std::set<std::pair<trace::EventId, int>> m_open;  // folds, by the first event inside and their depth
    int m_here = -1;
    mutable QHash<quint64, QString> m_texts;
    mutable QHash<quint64, QStringList> m_lines;
};

}  // namespace mailtrek::ui

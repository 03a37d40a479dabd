// SPDX-License-Identifier: GPL-3.0-or-later
// What the mailbox card tells of a machine at the cursor: whether it is there, its queue with the next try, its mailboxes with what lies in
// them, what has been read on it, and the followed letter with its postmarks. A list of rows, so that it can be tested without a picture.
#pragma once

#include <QString>
#include <vector>

#include "sim/trace/view.h"

namespace mailtrek::ui {

struct CardRow {
    enum class Kind : std::uint8_t { title, state, note, queued, mailbox, letter, envelope, stamp, header };
    Kind kind{};
    QString text;
    QString second;      // smaller, at the right or below
    double filled = -1;  // of a mailbox with a quota
    bool unread = false;
    bool good = true;  // of a state: as it should be
    friend bool operator==(const CardRow&, const CardRow&) = default;
};

// Where letters changed hands and what was read, of the whole recording in order, seen or not. Grows with it.
struct MailEvents {
    std::vector<trace::EventId> custody;   // composed, accepted, queued, stored
    std::vector<trace::EventId> readings;  // MailRead
    std::uint64_t seen = 0;
    void extend(const trace::Recording& recording);
};

// The machine that the card is about when none is chosen: the one that took the letter last.
NodeId keeperOf(const trace::Recording& recording, const trace::View& view, MailId mail, const MailEvents& events);

std::vector<CardRow> mailboxRows(const trace::Recording& recording, const trace::View& view, NodeId node, MailId followed, const MailEvents& events);

// The Received headers of a letter, newest first: by whom, and when (as written).
struct Postmark {
    QString by;
    QString from;
    QString when;
};
std::vector<Postmark> postmarksOf(std::string_view message);
// One header of a letter, unfolded; empty when it has none.
QString headerOf(std::string_view message, const QString& name);

}  // namespace mailtrek::ui

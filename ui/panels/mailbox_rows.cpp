// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/mailbox_rows.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>

#include "ui/map/graph.h"
#include "ui/map/layout.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

struct MailboxWords {
    Q_DECLARE_TR_FUNCTIONS(MailboxWords)
};

// Header fields, unfolded (RFC 5322 2.2.3), in the order of the letter.
std::vector<std::pair<QString, QString>> fieldsOf(std::string_view message) {
    std::vector<std::pair<QString, QString>> fields;
    std::size_t at = 0;
    while (at < message.size()) {
        const std::size_t end = std::min(message.find("\r\n", at), message.size());
        const std::string_view line = message.substr(at, end - at);
        at = end + 2;
        if (line.empty()) break;
        const QString text = QString::fromUtf8(line.data(), static_cast<qsizetype>(line.size()));
        if ((line[0] == ' ' || line[0] == '\t') && !fields.empty()) {
            fields.back().second += ' ' + text.trimmed();
            continue;
        }
        const auto colon = text.indexOf(':');
        if (colon > 0) fields.emplace_back(text.left(colon), text.mid(colon + 1).trimmed());
    }
    return fields;
}

QString sizeText(std::uint64_t octets) {
    if (octets >= 1'000'000) return QStringLiteral("%1 MB").arg(static_cast<double>(octets) / 1e6, 0, 'f', 1).replace('.', spanishNow() ? ',' : '.');
    if (octets >= 10'000) return QStringLiteral("%1 kB").arg(octets / 1000);
    return MailboxWords::tr("%1 bytes").arg(octets);
}

QString shortClock(Instant t) { return clockText(t).section(spanishNow() ? ',' : '.', 0, 0); }

QString subjectOf(const trace::Recording& recording, const trace::View& view, MailId mail) {
    if (!mail.valid() || mail.index() >= view.mails.size() || !view.mails[mail.index()]) return MailboxWords::tr("a letter");
    const std::string_view subject = recording.text(view.mails[mail.index()]->facts.subject);
    return subject.empty() ? MailboxWords::tr("(no subject)") : QString::fromUtf8(subject.data(), static_cast<qsizetype>(subject.size()));
}

void queueRows(std::vector<CardRow>& rows, const trace::Recording& recording, const trace::View& view, NodeId node) {
    if (node.index() >= view.queues.size() || !view.queues[node.index()] || view.queues[node.index()]->empty()) return;
    const auto& queue = *view.queues[node.index()];
    rows.push_back({CardRow::Kind::note, MailboxWords::tr("in the queue: %1").arg(queue.size()), {}});
    for (const trace::QueueEntryView& e : queue) {
        const std::string_view to = recording.text(e.recipient);
        QString second = e.nextTry > view.now ? MailboxWords::tr("next try %1").arg(shortClock(e.nextTry)) : MailboxWords::tr("being tried now");
        if (e.attempts > 0) second += MailboxWords::tr(" · attempts: %1").arg(e.attempts);
        rows.push_back(
            {CardRow::Kind::queued, subjectOf(recording, view, e.mail) + QStringLiteral(" → ") + QString::fromUtf8(to.data(), static_cast<qsizetype>(to.size())), second});
    }
}

// Is it there? A server says so only when it is not.
void stateRow(std::vector<CardRow>& rows, const trace::View& view, const trace::CastNode& machine, NodeId node) {
    if (node.index() >= view.nodes.size() || !view.nodes[node.index()]) return;
    const trace::NodeView& now = *view.nodes[node.index()];
    const bool device = isDevice(machine.kind);
    if (!now.running)
        rows.push_back(
            {CardRow::Kind::state, device ? MailboxWords::tr("switched off") : MailboxWords::tr("has crashed; what it accepted stays on its disk"), {}, -1, false, false});
    else if (!now.online)
        rows.push_back({CardRow::Kind::state, MailboxWords::tr("offline"), {}, -1, false, false});
    else if (device)
        rows.push_back({CardRow::Kind::state, MailboxWords::tr("online"), {}});
}

// What was written here and no server has taken over yet.
void outgoingRows(std::vector<CardRow>& rows, const trace::Recording& recording, const trace::View& view, NodeId node) {
    for (std::uint32_t m = 0; m < view.mails.size(); ++m) {
        if (!view.mails[m] || view.mails[m]->composedOn != node || view.mails[m]->facts.notice) continue;
        const trace::MailView& mail = *view.mails[m];
        const bool refused = std::ranges::all_of(mail.recipients, [](const trace::RecipientView& r) { return r.refusedAt.has_value(); });
        if (mail.milestones[static_cast<std::size_t>(trace::Milestone::handedOver)] || (refused && !mail.recipients.empty())) continue;
        const std::string_view to = recording.text(mail.facts.to);
        rows.push_back({CardRow::Kind::queued, subjectOf(recording, view, MailId{m}) + QStringLiteral(" → ") + QString::fromUtf8(to.data(), static_cast<qsizetype>(to.size())),
                        MailboxWords::tr("no server has taken it over yet")});
    }
}

// What has been read, printed or deleted on this device so far.
void readRows(std::vector<CardRow>& rows, const trace::Recording& recording, const trace::View& view, NodeId node, const std::vector<trace::EventId>& readings) {
    std::vector<CardRow> found;
    for (const trace::EventId id : readings) {
        if (id.value >= view.events) break;
        const trace::Event& event = recording.event(id);
        if (event.node != node) continue;
        QString what;
        switch (std::get<trace::MailRead>(event.payload).action) {
            case trace::ReadAction::read: what = MailboxWords::tr("read at %1"); break;
            case trace::ReadAction::print: what = MailboxWords::tr("printed at %1"); break;
            case trace::ReadAction::remove: what = MailboxWords::tr("deleted at %1"); break;
        }
        found.push_back({CardRow::Kind::letter, subjectOf(recording, view, event.mail), what.arg(shortClock(event.at))});
    }
    rows.push_back({CardRow::Kind::note, found.empty() ? MailboxWords::tr("nothing has been read here yet") : MailboxWords::tr("on this device: %1").arg(found.size()), {}});
    rows.insert(rows.end(), found.begin(), found.end());
    if (node.index() >= view.nodes.size()) return;
    for (const trace::CopyView& copy : view.nodes[node.index()]->copies)
        rows.push_back({CardRow::Kind::letter, subjectOf(recording, view, copy.mail), MailboxWords::tr("a copy kept on this device")});
    const std::vector<trace::KnownView>& known = view.nodes[node.index()]->known;
    const auto unread = std::ranges::count_if(known, [](const trace::KnownView& letter) { return !letter.read; });
    if (!known.empty()) rows.push_back({CardRow::Kind::note, MailboxWords::tr("messages it knows of: %1, unread: %2").arg(known.size()).arg(unread), {}});
}

void boxRows(std::vector<CardRow>& rows, const trace::Recording& recording, const trace::View& view, const std::string& address, const trace::MailboxView& box, NodeId elsewhere) {
    if (elsewhere.valid() && elsewhere.index() < recording.cast().nodes.size())
        rows.push_back({CardRow::Kind::note, MailboxWords::tr("its mailbox, kept by %1").arg(nodeText(recording.cast().nodes[elsewhere.index()], spanishNow())), {}});
    CardRow row{CardRow::Kind::mailbox, QString::fromStdString(address), {}};
    if (box.quota > 0) {
        row.filled = static_cast<double>(box.used) / static_cast<double>(box.quota);
        row.second = MailboxWords::tr("%1 of %2").arg(sizeText(box.used), sizeText(box.quota));
    } else {
        row.second = box.messages.empty() ? MailboxWords::tr("empty") : sizeText(box.used);
    }
    rows.push_back(row);
    for (const trace::StoredView& letter : box.messages) {
        CardRow l{CardRow::Kind::letter, subjectOf(recording, view, letter.mail), sizeText(letter.size)};
        l.unread = (letter.flags & 1) == 0;
        if (letter.reads > 0) l.second += MailboxWords::tr(" · reads: %1").arg(letter.reads);
        rows.push_back(l);
    }
}

// The last event before the cursor that put the letter into somebody's hands; a missing id: it has not been written yet.
trace::EventId lastHands(const trace::Recording& recording, const trace::View& view, MailId mail, const MailEvents& events) {
    const auto end = std::ranges::lower_bound(events.custody, trace::EventId{view.events});
    for (auto e = end; e != events.custody.begin();)
        if (recording.event(*--e).mail == mail) return *e;
    return {};
}

MessageId messageIn(const trace::Payload& payload) {
    if (const auto* composed = std::get_if<trace::MailComposed>(&payload)) return composed->message;
    if (const auto* accepted = std::get_if<trace::MailAccepted>(&payload)) return accepted->message;
    if (const auto* queued = std::get_if<trace::MailQueued>(&payload)) return queued->message;
    if (const auto* stored = std::get_if<trace::MailStored>(&payload)) return stored->message;
    return {};
}

// The letter as it stands: its postmarks, newest first, and what is written on it.
void letterRows(std::vector<CardRow>& rows, const trace::Recording& recording, const trace::View& view, MailId followed, const MailEvents& events) {
    const trace::EventId hands = lastHands(recording, view, followed, events);
    const MessageId message = hands.valid() ? messageIn(recording.event(hands).payload) : MessageId{};
    if (!message.valid() || message.index() >= recording.store().messages()) return;
    const std::string_view text = recording.store().message(message).text();
    rows.push_back({CardRow::Kind::envelope, MailboxWords::tr("the letter now"), {}});
    static const QRegularExpression clock(QStringLiteral("\\d\\d:\\d\\d:\\d\\d"));
    const auto marks = postmarksOf(text);
    if (marks.empty()) rows.push_back({CardRow::Kind::note, MailboxWords::tr("no postmark yet"), {}});
    for (const Postmark& mark : marks) {
        const QString time = clock.match(mark.when).captured();
        rows.push_back({CardRow::Kind::stamp, mark.by, time.isEmpty() ? mark.when : time});
    }
    for (const char* name : {"From", "To", "Subject"})
        if (const QString value = headerOf(text, QString::fromLatin1(name)); !value.isEmpty())
            rows.push_back({CardRow::Kind::header, QStringLiteral("%1: %2").arg(QString::fromLatin1(name), value), {}});
}

}  // namespace

std::vector<Postmark> postmarksOf(std::string_view message) {
    std::vector<Postmark> marks;
    static const QRegularExpression by(QStringLiteral("\\bby\\s+(\\S+)")), from(QStringLiteral("^from\\s+(\\S+)"));
    for (const auto& [name, value] : fieldsOf(message)) {
        if (name.compare(QLatin1String("Received"), Qt::CaseInsensitive) != 0) continue;
        const QString when = value.section(';', -1).trimmed();
        marks.push_back({by.match(value).captured(1), from.match(value).captured(1), value.contains(';') ? when : QString()});
    }
    return marks;
}

QString headerOf(std::string_view message, const QString& wanted) {
    for (const auto& [name, value] : fieldsOf(message))
        if (name.compare(wanted, Qt::CaseInsensitive) == 0) return value;
    return {};
}

void MailEvents::extend(const trace::Recording& recording) {
    for (; seen < recording.size(); ++seen) {
        const trace::Payload& payload = recording.event({seen}).payload;
        if (std::holds_alternative<trace::MailRead>(payload)) readings.push_back({seen});
        if (std::holds_alternative<trace::MailComposed>(payload) || std::holds_alternative<trace::MailAccepted>(payload) || std::holds_alternative<trace::MailQueued>(payload) ||
            std::holds_alternative<trace::MailStored>(payload))
            custody.push_back({seen});
    }
}

NodeId keeperOf(const trace::Recording& recording, const trace::View& view, MailId mail, const MailEvents& events) {
    if (const trace::EventId hands = lastHands(recording, view, mail, events); hands.valid()) return recording.event(hands).node;
    for (std::uint32_t n = 0; n < recording.cast().nodes.size(); ++n)
        if (recording.cast().nodes[n].kind == trace::NodeKind::mailServer) return NodeId{n};
    return {};
}

std::vector<CardRow> mailboxRows(const trace::Recording& recording, const trace::View& view, NodeId node, MailId followed, const MailEvents& events) {
    std::vector<CardRow> rows;
    if (!node.valid() || node.index() >= recording.cast().nodes.size()) return rows;
    const trace::CastNode& machine = recording.cast().nodes[node.index()];
    rows.push_back({CardRow::Kind::title, nodeText(machine, spanishNow()), QString::fromStdString(machine.domains.empty() ? machine.user : machine.domains.front())});
    stateRow(rows, view, machine, node);
    queueRows(rows, recording, view, node);
    outgoingRows(rows, recording, view, node);
    for (const auto& [address, box] : view.mailboxes) {
        const bool own = box->node == node;
        const bool reads = isDevice(machine.kind) && address == machine.user;
        if (own || reads) boxRows(rows, recording, view, address, *box, reads ? box->node : NodeId{});
    }
    if (isDevice(machine.kind)) readRows(rows, recording, view, node, events.readings);
    letterRows(rows, recording, view, followed, events);
    return rows;
}

}  // namespace mailtrek::ui

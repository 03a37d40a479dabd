// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/mailbox_rows.h"

#include <QCoreApplication>
#include <QRegularExpression>

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
        QString second =
            e.nextTry > view.now ? MailboxWords::tr("next try %1").arg(clockText(e.nextTry).section(spanishNow() ? ',' : '.', 0, 0)) : MailboxWords::tr("being tried now");
        if (e.attempts > 0) second += MailboxWords::tr(" · attempts: %1").arg(e.attempts);
        rows.push_back(
            {CardRow::Kind::queued, subjectOf(recording, view, e.mail) + QStringLiteral(" → ") + QString::fromUtf8(to.data(), static_cast<qsizetype>(to.size())), second});
    }
}

void boxRows(std::vector<CardRow>& rows, const trace::Recording& recording, const trace::View& view, const std::string& address, const trace::MailboxView& box) {
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

// The letter as it stands: the copy that lies furthest along.
MessageId messageOf(const trace::View& view, MailId mail) {
    MessageId message;
    if (mail.valid() && mail.index() < view.mails.size() && view.mails[mail.index()]) message = view.mails[mail.index()]->facts.message;
    for (const auto& queue : view.queues)
        if (queue)
            for (const auto& e : *queue)
                if (e.mail == mail && e.message.valid()) message = e.message;
    for (const auto& [address, box] : view.mailboxes)
        for (const auto& s : box->messages)
            if (s.mail == mail && s.message.valid()) message = s.message;
    return message;
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

NodeId keeperOf(const trace::Recording& recording, const trace::View& view, MailId mail) {
    for (const auto& [address, box] : view.mailboxes)
        for (const auto& s : box->messages)
            if (s.mail == mail) return box->node;
    for (std::uint32_t n = 0; n < view.queues.size(); ++n)
        if (view.queues[n])
            for (const auto& e : *view.queues[n])
                if (e.mail == mail) return NodeId{n};
    if (mail.valid() && mail.index() < view.mails.size() && view.mails[mail.index()]) return view.mails[mail.index()]->composedOn;
    for (std::uint32_t n = 0; n < recording.cast().nodes.size(); ++n)
        if (recording.cast().nodes[n].kind == trace::NodeKind::mailServer) return NodeId{n};
    return {};
}

std::vector<CardRow> mailboxRows(const trace::Recording& recording, const trace::View& view, NodeId node, MailId followed) {
    std::vector<CardRow> rows;
    if (!node.valid() || node.index() >= recording.cast().nodes.size()) return rows;
    const trace::CastNode& machine = recording.cast().nodes[node.index()];
    rows.push_back({CardRow::Kind::title, nodeText(machine, spanishNow()), QString::fromStdString(machine.domains.empty() ? machine.user : machine.domains.front())});
    queueRows(rows, recording, view, node);
    for (const auto& [address, box] : view.mailboxes) {
        const bool own = box->node == node;
        const bool reads = isDevice(machine.kind) && address == machine.user;
        if (own || reads) boxRows(rows, recording, view, address, *box);
    }
    const MessageId message = messageOf(view, followed);
    if (message.valid() && message.index() < recording.store().messages()) {
        const std::string_view text = recording.store().message(message).text();
        rows.push_back({CardRow::Kind::note, MailboxWords::tr("the letter now"), {}});
        for (const Postmark& mark : postmarksOf(text)) rows.push_back({CardRow::Kind::stamp, mark.by, mark.when});
        for (const char* name : {"From", "To", "Subject"})
            if (const QString value = headerOf(text, QString::fromLatin1(name)); !value.isEmpty())
                rows.push_back({CardRow::Kind::header, QStringLiteral("%1: %2").arg(QString::fromLatin1(name), value), {}});
    }
    return rows;
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/story/telling.h"

#include <QCoreApplication>

#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

struct CalloutWords {
    Q_DECLARE_TR_FUNCTIONS(CalloutWords)
};

QString firstLine(std::string_view text) {
    const auto end = text.find_first_of("\r\n");
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(end == std::string_view::npos ? text.size() : end));
}

class Callout {
public:
    Callout(const trace::Recording& recording, const Traffic& traffic) : r(recording), m_traffic(traffic) {}

    QString operator()(const trace::SmtpCommand& e) const { return line(e.line); }
    QString operator()(const trace::SmtpReply& e) const { return line(e.line); }
    QString operator()(const trace::AccessCommand& e) const { return line(e.line); }
    QString operator()(const trace::AccessReply& e) const { return line(e.line); }
    QString operator()(const trace::SmtpContent& e) const { return CalloutWords::tr("the letter: %1 bytes").arg(e.size); }
    QString operator()(const trace::DnsQuery& e) const { return QStringLiteral("%1 %2 ?").arg(QString::fromUtf8(name(e.type)).toUpper(), line(e.name)); }
    QString operator()(const trace::DnsAnswer& e) const {
        return e.answers == 0 ? CalloutWords::tr("no answer for %1").arg(line(e.name)) : QStringLiteral("%1: %2").arg(QString::fromUtf8(name(e.type)).toUpper(), line(e.records));
    }
    QString operator()(const trace::DnsReferral& e) const { return QStringLiteral("%1: NS %2").arg(line(e.zone), line(e.servers)); }
    QString operator()(const trace::DnsRejected& e) const { return CalloutWords::tr("no answer for %1").arg(line(e.name)); }
    QString operator()(const trace::DnsTimedOut& e) const { return CalloutWords::tr("no answer for %1").arg(line(e.name)); }
    QString operator()(const trace::ConnectionOpened& e) const { return CalloutWords::tr("port %1?").arg(e.serverPort); }
    QString operator()(const trace::SegmentSent& e) const {
        if (e.flags & 2) return QStringLiteral("SYN");
        if (e.flags & 4) return QStringLiteral("RST");
        if (e.number > 0) return CalloutWords::tr("segment %1: %2 bytes").arg(e.number).arg(e.length);
        return (e.flags & 1) != 0 ? QStringLiteral("FIN") : QStringLiteral("ACK");
    }
    QString operator()(const trace::SegmentRetransmitted& e) const {
        const QString what = e.number > 0 ? QString::number(e.number) : (e.flags & 2) != 0 ? QStringLiteral("SYN") : QStringLiteral("FIN");
        switch (e.reason) {
            case trace::RetransmitReason::thirdDuplicateAck: return CalloutWords::tr("Third duplicate: resend %1").arg(what);
            case trace::RetransmitReason::timeout:
            case trace::RetransmitReason::synTimeout:
            case trace::RetransmitReason::finTimeout: return CalloutWords::tr("Time is up: resend %1").arg(what);
            case trace::RetransmitReason::simultaneousOpen: return CalloutWords::tr("Both ask at once: resend %1").arg(what);
            case trace::RetransmitReason::pathMtu: return CalloutWords::tr("Too big: resend %1").arg(what);
            case trace::RetransmitReason::rescue:
            case trace::RetransmitReason::sackHole:
            case trace::RetransmitReason::partialAck:
            case trace::RetransmitReason::rack: return CalloutWords::tr("A gap: resend %1").arg(what);
            case trace::RetransmitReason::tailLossProbe: return CalloutWords::tr("No word yet: probe with %1").arg(what);
        }
        return {};
    }
    QString operator()(const trace::ProbeAnswered& e) const { return spanText(e.roundTrip); }
    QString operator()(const trace::TimerExpired& e) const { return CalloutWords::tr("%1 without an ACK").arg(spanText(e.waited)); }
    QString operator()(const trace::ConnectionEnded&) const { return CalloutWords::tr("connection closed"); }
    QString operator()(const trace::RouteChanged& e) const {
        const bool known = e.nextHop.valid() && e.nextHop.index() < r.cast().nodes.size();
        return known ? CalloutWords::tr("now via %1").arg(nodeText(r.cast().nodes[e.nextHop.index()], spanishNow())) : CalloutWords::tr("no route now");
    }
    QString operator()(const trace::MailComposed& e) const { return CalloutWords::tr("“%1” to %2").arg(line(e.subject), line(e.to)); }
    QString operator()(const trace::MailAccepted&) const { return CalloutWords::tr("250: accepted"); }
    QString operator()(const trace::MailStored& e) const { return CalloutWords::tr("kept for %1").arg(line(e.mailbox)); }
    QString operator()(const trace::PageOpened&) const { return CalloutWords::tr("the page opens the mailbox"); }
    QString operator()(const trace::MailFetched&) const { return CalloutWords::tr("a copy of its own"); }
    QString operator()(const trace::MailKnown& e) const {
        switch (e.as) {
            case trace::KnownAs::unread: return CalloutWords::tr("a new message");
            case trace::KnownAs::read: return CalloutWords::tr("read elsewhere");
            case trace::KnownAs::gone: return CalloutWords::tr("no longer there");
        }
        return {};
    }
    QString operator()(const trace::DeviceMoved& e) const { return e.to.valid() ? CalloutWords::tr("another network") : CalloutWords::tr("no network"); }
    QString operator()(const trace::MailRead& e) const {
        switch (e.action) {
            case trace::ReadAction::read: return CalloutWords::tr("read");
            case trace::ReadAction::print: return CalloutWords::tr("printed");
            case trace::ReadAction::remove: return CalloutWords::tr("deleted");
        }
        return {};
    }
    QString operator()(const trace::MailboxFull&) const { return CalloutWords::tr("the mailbox is full"); }
    QString operator()(const trace::AttemptFailed& e) const { return line(e.detail); }
    QString operator()(const trace::RecipientRefused& e) const { return line(e.detail); }
    QString operator()(const trace::NoticeIssued& e) const { return CalloutWords::tr("notice to %1").arg(line(e.to)); }
    QString operator()(const trace::MailDiscarded&) const { return CalloutWords::tr("discarded"); }
    QString operator()(const trace::SenderChecked& e) const {
        const auto word = [](std::string_view name) { return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size())); };
        return QStringLiteral("%1: %2").arg(word(trace::name(e.check)).toUpper(), word(trace::name(e.result)));
    }
    QString operator()(const trace::PolicyApplied& e) const {
        switch (e.policy) {
            case trace::Policy::greylisted: return CalloutWords::tr("come again later");
            case trace::Policy::greylistOver: return CalloutWords::tr("known from now on");
            case trace::Policy::rateLimited: return CalloutWords::tr("too much mail");
            case trace::Policy::relayDenied: return CalloutWords::tr("no relaying");
            case trace::Policy::quarantined: return CalloutWords::tr("into the folder Junk");
            case trace::Policy::signedLetter: return CalloutWords::tr("signed (modelled)");
        }
        return {};
    }
    QString operator()(const trace::DeviceWaits& e) const {
        const QString why = line(e.why);
        if (why == QLatin1String("no-tls")) return CalloutWords::tr("no TLS: no password");
        if (why == QLatin1String("bad-certificate")) return CalloutWords::tr("bad certificate: no password");
        if (why == QLatin1String("tls-failed")) return CalloutWords::tr("TLS fails: no password");
        if (why == QLatin1String("network-lost")) return CalloutWords::tr("another network");
        return why == QLatin1String("offline") ? CalloutWords::tr("offline") : why == QLatin1String("no-server") ? CalloutWords::tr("no server of its own") : why;
    }
    QString operator()(const trace::TlsSecured& e) const { return line(e.version); }
    QString operator()(const trace::TlsFailed& e) const { return line(e.why); }
    QString operator()(const trace::TapHeard& e) const { return line(e.line); }
    QString operator()(const trace::PacketAltered& e) const { return CalloutWords::tr("%1 removed").arg(line(e.removed)); }
    QString operator()(const trace::NodeChanged& e) const {
        switch (e.change) {
            case trace::NodeChange::stopped: return CalloutWords::tr("stops");
            case trace::NodeChange::started: return CalloutWords::tr("starts again");
            case trace::NodeChange::offline: return CalloutWords::tr("offline");
            case trace::NodeChange::online: return CalloutWords::tr("online again");
        }
        return {};
    }
    template <class Other>
    QString operator()(const Other&) const {
        return {};  // the picture says it: packets, drops, links, tables
    }

private:
    QString line(TextId id) const { return firstLine(r.text(id)); }

    const trace::Recording& r;
    const Traffic& m_traffic;
};

}  // namespace

QString calloutOf(const trace::Recording& recording, const Traffic& traffic, trace::EventId id) { return std::visit(Callout(recording, traffic), recording.event(id).payload); }

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/story/words.h"

#include <QCoreApplication>

namespace mailtrek::ui {
namespace {

bool spanish = false;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

QString decimal(double value, int digits) {
    QString text = QString::number(value, 'f', digits);
    if (spanish) text.replace('.', ',');
    return text;
}

}  // namespace

bool spanishNow() { return spanish; }
void setSpanishNow(bool now) { spanish = now; }

QString clockText(Instant t) {
    const std::int64_t ms = t.time_since_epoch().count() / 1'000'000;
    const std::int64_t ofDay = 10 * 3'600'000 + ms;
    const std::int64_t days = ofDay / 86'400'000, rest = ofDay % 86'400'000;
    QString text = QStringLiteral("%1:%2:%3%4%5")
                       .arg(rest / 3'600'000, 2, 10, QLatin1Char('0'))
                       .arg(rest / 60'000 % 60, 2, 10, QLatin1Char('0'))
                       .arg(rest / 1000 % 60, 2, 10, QLatin1Char('0'))
                       .arg(spanish ? ',' : '.')
                       .arg(rest % 1000, 3, 10, QLatin1Char('0'));
    if (days > 0) text.prepend(QStringLiteral("+%1 d ").arg(days));
    return text;
}

QString secondsText(Instant t) { return decimal(toSeconds(t), 3); }

QString spanText(Duration d) {
    const double s = toSeconds(d);
    const auto whole = [](double v) { return QString::number(static_cast<qint64>(v + 0.5)); };
    const auto neat = [&](double v) { return v < 9.95 && v - static_cast<double>(static_cast<qint64>(v)) > 0.05 ? decimal(v, 1) : whole(v); };
    if (s >= 2 * 86400) return Words::tr("%1 days").arg(neat(s / 86400));
    if (s >= 5400) return QStringLiteral("%1 h").arg(neat(s / 3600));
    if (s >= 90) return QStringLiteral("%1 min").arg(neat(s / 60));
    if (s >= 0.9995) return QStringLiteral("%1 s").arg(neat(s));
    if (s >= 0.0009995) return QStringLiteral("%1 ms").arg(neat(s * 1e3));
    return QStringLiteral("%1 µs").arg(whole(s * 1e6));
}

QString reasonText(trace::DropReason reason) {
    switch (reason) {
        case trace::DropReason::queueFull: return Words::tr("the queue is full");
        case trace::DropReason::red:
        case trace::DropReason::codel: return Words::tr("dropped early by the queue");
        case trace::DropReason::noise: return Words::tr("noise on the link");
        case trace::DropReason::burst: return Words::tr("a burst of noise");
        case trace::DropReason::rule: return Words::tr("on the link");
        case trace::DropReason::linkDown: return Words::tr("the link is cut");
        case trace::DropReason::nodeDown: return Words::tr("nobody is there");
        case trace::DropReason::removed: return Words::tr("taken away");
        case trace::DropReason::ipChecksum:
        case trace::DropReason::tcpChecksum:
        case trace::DropReason::udpChecksum:
        case trace::DropReason::icmpChecksum:
        case trace::DropReason::frameChecksum: return Words::tr("damaged: wrong checksum");
        case trace::DropReason::ttlExpired: return Words::tr("TTL is used up");
        case trace::DropReason::noRoute: return Words::tr("no route");
        case trace::DropReason::tooBig: return Words::tr("too big for the link");
        case trace::DropReason::notForUs: return Words::tr("not for this machine");
        case trace::DropReason::malformed: return Words::tr("makes no sense");
        case trace::DropReason::portClosed: return Words::tr("nobody listens on the port");
        case trace::DropReason::unresolved: return Words::tr("nobody answers ARP");
        case trace::DropReason::arpQueue: return Words::tr("too many wait for ARP");
        case trace::DropReason::filtered: return Words::tr("not meant for this station");
        case trace::DropReason::reassembly: return Words::tr("a fragment is missing");
    }
    return {};
}

QString levelText(Level level) {
    switch (level) {
        case Level::story: return Words::tr("Story");
        case Level::mail: return Words::tr("Mail");
        case Level::dialogue: return Words::tr("Dialogue");
        case Level::tcp: return Words::tr("TCP");
        case Level::ip: return Words::tr("IP");
    }
    return {};
}

QString milestoneText(trace::Milestone milestone) {
    switch (milestone) {
        case trace::Milestone::composed: return Words::tr("composed");
        case trace::Milestone::handedOver: return Words::tr("handed to the server");
        case trace::Milestone::mxFound: return Words::tr("MX");
        case trace::Milestone::connected: return Words::tr("connection");
        case trace::Milestone::underWay: return Words::tr("on its way");
        case trace::Milestone::stored: return Words::tr("stored");
        case trace::Milestone::read: return Words::tr("read");
    }
    return {};
}

}  // namespace mailtrek::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/checks.h"

#include <algorithm>
#include <utility>

#include "sim/host/device.h"
#include "sim/host/machine.h"
#include "sim/host/mail_server.h"

namespace mailtrek::host {
namespace {

using namespace std::chrono_literals;
using scenario::CheckHabit;

constexpr Duration kSoon = 10s;           // after a session that was good has ended
constexpr Duration kWithoutIdle = 15min;  // where the server does not know IDLE

}  // namespace

void Checks::begin() {
    if (!m_device.options().server || !m_device.reachable()) return;
    m_next = m_how.habit == CheckHabit::idle ? kStart : kStart + m_how.interval;  // there is nothing to look for yet
    m_machine.timersChanged();
}

Duration Checks::backOff() const { return std::min<Duration>(m_failures == 0 ? kSoon : 1min * (1 << std::min(m_failures - 1, 6u)), 30min); }

// --- when ------------------------------------------------------------------------------------------------------------------------

Instant Checks::nextDeadline() const {
    Instant next = m_next;
    if (m_imap) next = std::min(next, m_imap->nextDeadline());
    if (m_pop3) next = std::min(next, m_pop3->nextDeadline());
    return next;
}

bool Checks::mayPassOver() const { return !m_stale && m_machine.world().uneventful(m_machine.id(), m_begun); }

void Checks::onTimer() {
    const Instant now = m_machine.now();
    if (m_imap && m_imap->nextDeadline() <= now) {
        if (m_imap->idling() && m_machine.world().uneventful(m_machine.id(), m_begun)) {
            m_imap->renewedInPassing(now);
            m_machine.world().connections[m_machine.connectionOf(m_socket)].renewed = now;
        } else {
            m_begun = now;
            carryOut(m_imap->onTimeout(now));
        }
    }
    if (m_pop3 && m_pop3->nextDeadline() <= now) carryOut(m_pop3->onTimeout(now));
    if (m_next > now) return;
    mayPassOver() ? passOver() : look();
}

void Checks::passOver() {
    const bool failed = m_failures > 0;
    if (failed) ++m_failures;
    m_next = m_machine.now() + (failed ? backOff() : m_how.habit == CheckHabit::every ? m_how.interval : kWithoutIdle);
}

void Checks::look() {
    m_next = kNever;
    if (!m_device.reachable()) return;  // until it is back
    if (m_how.habit == CheckHabit::every) m_next = m_machine.now() + m_how.interval;
    if (m_socket.valid() && !m_told) return;  // the one before is not over yet
    if (m_socket.valid()) m_machine.abort(std::exchange(m_socket, {}));
    forgetSession();
    if (m_device.fetching()) return;  // which brings all that a look would
    m_begun = m_machine.now();
    m_stale = m_told = m_badCertificate = false;
    if (m_device.fetches()) m_device.hold(true);
    m_socket = m_machine.connect(m_device.server(), m_device.readingPort(), this, {}, {}, true);
}

// --- the session -----------------------------------------------------------------------------------------------------------------

mail::ImapClientOptions Checks::imapOptions() const {
    const DeviceOptions& device = m_device.options();
    mail::ImapClientOptions options{device.user, passwordOf(device.user), m_how.habit == CheckHabit::idle ? mail::ImapTask::watch : mail::ImapTask::check, {}};
    options.tls = device.tls;
    options.implicit = device.implicitTls;
    options.validity = m_validity;
    for (const KnownLetter& letter : m_known) options.known.push_back({letter.uid, letter.read});
    return options;
}

void Checks::onEstablished(SocketId socket) {
    if (socket != m_socket) return;
    if (m_device.options().implicitTls) m_device.startTls(socket);
    if (m_device.fetches())
        carryOut(m_pop3.emplace(m_device.pop3Options()).onConnected(m_machine.now()));
    else
        carryOut(m_imap.emplace(imapOptions()).onConnected(m_machine.now()));
}

void Checks::onSecured(SocketId socket) {
    if (socket != m_socket) return;
    if (m_imap) return carryOut(m_imap->onSecured(m_machine.now()));
    if (m_pop3) carryOut(m_pop3->onSecured(m_machine.now()));
}

void Checks::onTlsFailed(SocketId socket, const tls::Failure& failure) {
    m_machine.close(socket);
    if (socket != m_socket) return;
    m_badCertificate = failure.verdict != trace::TlsVerdict::unchecked && failure.verdict != trace::TlsVerdict::trusted;
    done(false, m_badCertificate ? "bad-certificate" : "tls-failed", false);
}

void Checks::onReadable(SocketId socket) {
    const std::string octets = m_machine.read(socket);
    if (socket != m_socket) return;
    if (m_imap) carryOut(m_imap->onBytes(octets, m_machine.now()));
    if (m_pop3) carryOut(m_pop3->onBytes(octets, m_machine.now()));
    Connections& connections = m_machine.world().connections;
    const ConnectionId number = m_machine.connectionOf(socket);
    if (m_imap && m_imap->idling() && !connections.inBackground(number)) connections.setBackground(number, true);  // nobody waits for anything any more
}

void Checks::onPeerClosed(SocketId socket) { m_machine.close(socket); }

void Checks::onClosed(SocketId socket, trace::CloseReason reason) {
    if (socket != m_socket) return;
    m_socket = {};
    const bool network = reason == trace::CloseReason::networkLost;
    done(false, network ? "network-lost" : std::string(trace::name(reason)), false);
    forgetSession();
    if (network) m_next = m_device.reachable() ? m_machine.now() : kNever;  // over what is there now, at once
    m_machine.timersChanged();
}

void Checks::forgetSession() {
    m_imap.reset();
    m_pop3.reset();
    m_device.hold(false);
}

void Checks::carryOut(const mail::ImapClient::Actions& actions) {
    const ConnectionId number = m_machine.connectionOf(m_socket);
    const SocketId socket = m_socket;
    for (const mail::ImapClientAction& action : actions) {
        if (const auto* line = std::get_if<mail::ImapSendLine>(&action)) {
            m_machine.emitAndFollow(trace::AccessCommand{number, m_machine.tracer().text(line->shown), trace::DialogueProtocol::imap}, {});
            m_machine.write(socket, Slice::copyOf(line->line + "\r\n"));
        }
        if (const auto* news = std::get_if<mail::ImapKnown>(&action)) learn(*news);
        if (std::holds_alternative<mail::ImapIdling>(action)) {
            m_failures = 0;
            m_next = kNever;
        }
        if (std::holds_alternative<mail::ImapStartTls>(action)) m_device.startTls(socket);
        if (const auto* finished = std::get_if<mail::ImapFinished>(&action)) {
            const auto trouble = m_imap ? m_imap->tlsTrouble() : mail::TlsTrouble::none;
            if (trouble != mail::TlsTrouble::none)
                done(false, Device::nameOf(trouble, m_badCertificate), false);
            else
                done(finished->good, finished->why, finished->why.starts_with("NO"));
        }
        if (std::holds_alternative<mail::ImapClose>(action)) m_machine.close(socket);
    }
    if (m_imap) m_validity = m_imap->validity() != 0 ? m_imap->validity() : m_validity;
}

void Checks::carryOut(const mail::Pop3Client::Actions& actions) {
    const ConnectionId number = m_machine.connectionOf(m_socket);
    const SocketId socket = m_socket;
    for (const mail::Pop3ClientAction& action : actions) {
        if (const auto* line = std::get_if<mail::Pop3SendLine>(&action)) {
            m_machine.emitAndFollow(trace::AccessCommand{number, m_machine.tracer().text(line->shown), trace::DialogueProtocol::pop3}, {});
            m_machine.write(socket, Slice::copyOf(line->line + "\r\n"));
        }
        if (const auto* letter = std::get_if<mail::Pop3Letter>(&action)) m_device.keepCopy(number, *letter);
        if (std::holds_alternative<mail::Pop3StartTls>(action)) m_device.startTls(socket);
        if (const auto* finished = std::get_if<mail::Pop3Finished>(&action)) {
            const auto trouble = m_pop3 ? m_pop3->tlsTrouble() : mail::TlsTrouble::none;
            done(finished->good, trouble != mail::TlsTrouble::none ? Device::nameOf(trouble, m_badCertificate) : finished->why, !finished->mayTryAgain);
        }
        if (std::holds_alternative<mail::Pop3Close>(action)) m_machine.close(socket);
    }
}

void Checks::learn(const mail::ImapKnown& news) {
    const auto place = std::ranges::lower_bound(m_known, news.uid, {}, &KnownLetter::uid);
    const bool isThere = place != m_known.end() && place->uid == news.uid;
    if (!isThere && news.as == trace::KnownAs::gone) return;
    const ConnectionId number = m_machine.connectionOf(m_socket);
    KnownLetter letter{news.uid, {}, 0, news.as == trace::KnownAs::read};
    const auto& listed = m_machine.world().connections[number].fetched;
    if (const auto facts = listed.find(news.uid); facts != listed.end()) {
        letter.mail = facts->second.mail;
        letter.recipient = facts->second.recipient;
    }
    if (isThere) {
        letter.mail = place->mail;
        letter.recipient = place->recipient;
    }
    m_machine.emit(trace::MailKnown{number, m_machine.tracer().text(m_device.options().user), letter.uid, letter.recipient, news.as, news.told}, letter.mail);
    if (news.as == trace::KnownAs::gone)
        m_known.erase(place);
    else if (isThere)
        *place = letter;
    else
        m_known.insert(place, letter);
}

// --- what became of it -------------------------------------------------------------------------------------------------------------

void Checks::done(bool good, const std::string& why, bool final) {
    if (std::exchange(m_told, true)) return;
    m_device.hold(false);  // POP3 has its mailbox for itself as long as a session lasts
    if (good) {
        m_failures = 0;
        if (m_how.habit == CheckHabit::idle) m_next = m_machine.now() + kWithoutIdle;
        return m_machine.timersChanged();
    }
    if (!final) return again(why);
    m_next = kNever;
    tell(why, true);
}

void Checks::again(const std::string& why) {
    if (!m_device.reachable()) {
        m_next = kNever;
        return;
    }
    if (m_imap && m_imap->inStep()) {  // a session that was good: how an attempt to connect would go nobody knows
        m_stale = true;
        m_next = m_machine.now() + backOff();
        return m_machine.timersChanged();
    }
    if (m_failures++ == 0) tell(why, false);  // once for all that fail in a row
    m_next = m_machine.now() + backOff();
    m_machine.timersChanged();
}

void Checks::tell(const std::string& why, bool final) {
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emit(trace::DeviceWaits{tracer.text("check"), tracer.text(why), final}, {});
}

// --- the machine -------------------------------------------------------------------------------------------------------------------

void Checks::onStopped() {
    m_socket = {};
    m_told = true;
    m_next = kNever;
    forgetSession();
}

void Checks::onOnline(bool online) {
    if (!online) {
        if (m_socket.valid()) m_machine.lose(m_socket);
        m_next = kNever;
        return;
    }
    if (!m_device.options().server || !m_device.reachable()) return;
    m_failures = 0;
    m_stale = true;  // what was there before nobody knows
    m_next = m_machine.now();
    m_machine.timersChanged();
}

void Checks::onNetworkChanged() {
    if (m_device.reachable() && !m_socket.valid()) onOnline(true);
}

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/device.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "sim/dns/idna.h"
#include "sim/host/machine.h"
#include "sim/host/mail_server.h"
#include "sim/mail/address.h"

namespace mailtrek::host {
namespace {

constexpr std::uint16_t kSubmission = 587, kSubmissions = 465;
constexpr unsigned kMostReadTries = 10;
constexpr Duration kLook = std::chrono::seconds{30};

}  // namespace

// With ORCPT (RFC 3461 4.2) where anything is wished at all; addresses beyond ASCII would need another type (RFC 6533 3).
mail::DsnWish Letter::wishFor(std::uint16_t recipient) const {
    mail::DsnWish wish = dsn;
    const std::string address = mail::wireAddress(recipients[recipient]);
    if (!envelopeId.empty() && dns::isAscii(address)) wish.originalRecipient = "rfc822;" + address;
    return wish;
}

void Device::send(Letter letter) {
    auto task = std::make_unique<Task>();
    for (std::size_t i = 0; i < letter.recipients.size(); ++i) task->open.push_back(static_cast<std::uint16_t>(i));
    task->cause = letter.composed;
    task->since = task->next = m_machine.now();
    task->letter = std::move(letter);
    m_tasks.push_back(std::move(task));
    begin(*m_tasks.back());
}

void Device::read(ReadRequest request) {
    auto task = std::make_unique<Task>();
    task->cause = m_machine.cause();
    task->since = task->next = m_machine.now();
    task->request = std::move(request);
    m_tasks.push_back(std::move(task));
    begin(*m_tasks.back());
}

void Device::letterArrived() {
    const bool waiting = std::any_of(m_tasks.begin(), m_tasks.end(),
                                     [](const auto& t) { return t->request && t->request->action == trace::ReadAction::print && !t->imap && !t->pop3 && !t->browser; });
    if (!m_options.prints || waiting) return;
    auto task = std::make_unique<Task>();
    task->request = ReadRequest{mail::ImapTask::read, trace::ReadAction::print, {}, {}, true};
    task->since = m_machine.now();
    task->next = kStart + (m_machine.now().time_since_epoch() / kLook + 1) * kLook;
    m_tasks.push_back(std::move(task));
    m_machine.timersChanged();
}

void Device::wait(const Task& task, const std::string& why, bool final) {
    const CauseScope scope(m_machine);
    if (!m_machine.cause().valid()) m_machine.setCause(task.cause);
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emit(trace::DeviceWaits{tracer.text(task.letter ? "send" : "read"), tracer.text(why), final}, task.letter ? task.letter->id : task.request->mail);
}

void Device::begin(Task& task) {
    const CauseScope scope(m_machine);
    if (task.request && fetches() && (task.tries == 0 || !reachable()) && m_machine.ip().running() && hasCopy(*task.request)) {
        m_machine.setCause(task.cause);
        doWithCopies(*task.request);
        return finish(task);
    }
    if (!m_options.server) {
        if (task.letter)
            for (const std::uint16_t i : std::exchange(task.open, {})) refuse(task, i, "no server for the domain of this user", 0);
        wait(task, "no-server", true);
        return finish(task);
    }
    if (!reachable()) {
        task.next = kNever;  // until it is back
        return wait(task, "offline", false);
    }
    task.next = kNever;
    if (task.request && m_held) return;
    ++task.tries;
    m_machine.setCause(task.cause);
    task.badCertificate = false;
    task.socket = m_machine.connect(server(), portFor(task), this, task.letter ? task.letter->id : task.request->mail);
}

std::uint16_t Device::portFor(const Task& task) const {
    if (task.letter) return m_options.implicitTls ? kSubmissions : kSubmission;
    return readingPort();
}

void Device::again(Task& task, const std::string& why) {
    task.smtp.reset();
    task.imap.reset();
    task.pop3.reset();
    task.browser.reset();
    task.socket = {};
    if (!task.had.empty() && !task.request->messageId.empty()) return finish(task);  // only the goodbye is missing
    if (!reachable()) {
        task.next = kNever;
        return wait(task, "offline", false);
    }
    if (m_networkLost) {  // over the next one, at once
        --task.tries;
        task.next = m_machine.now();
        wait(task, "network-lost", false);
        return m_machine.timersChanged();
    }
    const bool late = task.letter ? m_machine.now() - task.since > m_options.giveUp : task.tries >= kMostReadTries;
    if (late) {
        if (task.letter)
            for (const std::uint16_t i : std::exchange(task.open, {})) refuse(task, i, why, 0);
        wait(task, why, true);
        return finish(task);
    }
    task.next = m_machine.now() + std::min<Duration>(std::chrono::minutes{1} * (1 << std::min(task.tries - 1, 6u)), std::chrono::minutes{30});
    wait(task, why, false);
    m_machine.timersChanged();
}

void Device::finish(Task& task) {
    const auto found = std::find_if(m_tasks.begin(), m_tasks.end(), [&](const auto& t) { return t.get() == &task; });
    if (found == m_tasks.end()) return;
    m_done.push_back(std::move(*found));
    m_tasks.erase(found);
}

Device::Task* Device::taskOf(SocketId socket) {
    for (const auto& task : m_tasks)
        if (task->socket == socket) return task.get();
    for (const auto& task : m_done)
        if (task->socket == socket) return task.get();
    return nullptr;
}

void Device::onEstablished(SocketId socket) {
    Task* task = taskOf(socket);
    if (task == nullptr) return;
    if (task->letter) {
        mail::SmtpTransaction transaction{{task->letter->envelopeFrom, {}, task->letter->ret, task->letter->envelopeId, 0}, task->letter->message};
        for (const std::uint16_t i : task->open) transaction.envelope.recipients.push_back({task->letter->recipients[i], task->letter->wishFor(i)});
        mail::SmtpClientOptions options{ownName(socket), m_options.user, passwordOf(m_options.user)};
        options.tls = m_options.tls;
        options.implicit = m_options.implicitTls;
        task->smtp.emplace(std::move(options), std::deque{std::move(transaction)});
        if (m_options.implicitTls) startTls(socket);
        return carryOut(*task, task->smtp->onConnected(m_machine.now()));
    }
    if (browses()) return beginBrowsing(*task);
    if (m_options.implicitTls) startTls(socket);
    if (fetches()) return carryOut(*task, task->pop3.emplace(pop3Options()).onConnected(m_machine.now()));
    auto printed = task->request->onlyNew ? m_printed : std::set<std::uint32_t>{};
    printed.insert(task->had.begin(), task->had.end());
    task->imap.emplace(
        mail::ImapClientOptions{m_options.user, passwordOf(m_options.user), task->request->task, task->request->messageId, printed, m_options.tls, m_options.implicitTls});
    carryOut(*task, task->imap->onConnected(m_machine.now()));
}

void Device::onSecured(SocketId socket) {
    Task* task = taskOf(socket);
    if (task == nullptr) return;
    if (task->smtp)
        carryOut(*task, task->smtp->onSecured(m_machine.now()));
    else if (task->imap)
        carryOut(*task, task->imap->onSecured(m_machine.now()));
    else if (task->pop3)
        carryOut(*task, task->pop3->onSecured(m_machine.now()));
    else if (task->browser)
        carryOut(*task, task->browser->onSecured(m_machine.now()));
}

void Device::onTlsFailed(SocketId socket, const tls::Failure& failure) {
    Task* task = taskOf(socket);
    m_machine.close(socket);
    if (task == nullptr) return;
    task->badCertificate = failure.verdict != trace::TlsVerdict::unchecked && failure.verdict != trace::TlsVerdict::trusted;
    const bool open = std::any_of(m_tasks.begin(), m_tasks.end(), [task](const auto& t) { return t.get() == task; });  // not only taking its leave
    if (task->smtp)
        carryOut(*task, task->smtp->onTlsFailed(failure.why, m_machine.now()));
    else if (open)
        again(*task, task->badCertificate ? "bad-certificate" : "tls-failed");
}

std::string Device::tlsTrouble(const Task& task) {
    return nameOf(task.smtp ? task.smtp->tlsTrouble() : task.imap ? task.imap->tlsTrouble() : task.pop3 ? task.pop3->tlsTrouble() : mail::TlsTrouble::none, task.badCertificate);
}

void Device::onReadable(SocketId socket) {
    const std::string octets = m_machine.read(socket);
    Task* task = taskOf(socket);
    if (task == nullptr) return;
    if (task->smtp)
        carryOut(*task, task->smtp->onBytes(octets, m_machine.now()));
    else if (task->imap)
        carryOut(*task, task->imap->onBytes(octets, m_machine.now()));
    else if (task->pop3)
        carryOut(*task, task->pop3->onBytes(octets, m_machine.now()));
    else if (task->browser)
        carryOut(*task, task->browser->onBytes(octets, m_machine.now()));
}

void Device::onPeerClosed(SocketId socket) { m_machine.close(socket); }

void Device::onClosed(SocketId socket, trace::CloseReason reason) {
    Task* task = taskOf(socket);
    if (task == nullptr) return;
    m_networkLost = reason == trace::CloseReason::networkLost;
    if (task->smtp)
        carryOut(*task, task->smtp->onClosed(m_machine.now()));
    else if (task->imap)
        carryOut(*task, task->imap->onClosed(m_machine.now()));
    else if (task->pop3)
        carryOut(*task, task->pop3->onClosed(m_machine.now()));
    else if (task->browser)
        carryOut(*task, task->browser->onClosed(m_machine.now()));
    else
        again(*task, std::string(trace::name(reason)));
    m_networkLost = false;
    std::erase_if(m_done, [&](const auto& t) { return t->socket == socket; });
}

void Device::carryOut(Task& task, const mail::SmtpClient::Actions& actions) {
    const ConnectionId number = m_machine.connectionOf(task.socket);
    trace::Tracer& tracer = m_machine.tracer();
    const SocketId socket = task.socket;
    for (const mail::SmtpClientAction& action : actions) {
        if (std::holds_alternative<mail::SmtpBegin>(action)) {
            Connection& facts = m_machine.world().connections[number];
            facts.recipients.clear();
            for (const std::uint16_t i : task.open) facts.recipients.push_back({task.letter->recipients[i], task.letter->id, i});
        }
        if (const auto* line = std::get_if<mail::SmtpSendLine>(&action)) {
            m_machine.emitAndFollow(trace::SmtpCommand{number, tracer.text(line->shown), trace::DialogueProtocol::submission}, task.letter->id);
            m_machine.write(socket, Slice::copyOf(line->line + "\r\n"));
        }
        if (const auto* content = std::get_if<mail::SmtpSendContent>(&action)) {
            m_machine.emitAndFollow(trace::SmtpContent{number, task.letter->messageId, content->stuffed.size(), trace::DialogueProtocol::submission}, task.letter->id);
            m_machine.moved(socket, task.acknowledged);  // what is acknowledged from here on is content
            m_machine.write(socket, content->stuffed, true, true);
        }
        if (std::holds_alternative<mail::SmtpStartTls>(action)) startTls(socket);
        if (const auto* outcome = std::get_if<mail::SmtpOutcome>(&action)) take(task, *outcome);
        if (std::holds_alternative<mail::SmtpClose>(action)) m_machine.close(socket);
    }
}

void Device::take(Task& task, const mail::SmtpOutcome& outcome) {
    std::vector<std::uint16_t> open;
    std::string why = tlsTrouble(task);
    for (std::size_t k = 0; k < task.open.size(); ++k) {
        const mail::HeardReply& heard = outcome.recipients[k];
        if (heard.good()) continue;
        if (heard.permanent()) {
            refuse(task, task.open[k], heard.text, heard.code);
        } else {
            open.push_back(task.open[k]);
            if (heard.code != 0) why = heard.text;
        }
    }
    if (!open.empty()) sendRest(task, std::move(open), why);
    task.open.clear();
    finish(task);
}

// What nobody took is a task of its own from here on; this one still says QUIT (RFC 5321 4.1.1.10).
void Device::sendRest(Task& task, std::vector<std::uint16_t> open, const std::string& why) {
    auto rest = std::make_unique<Task>();
    rest->letter = task.letter;
    rest->open = std::move(open);
    rest->since = task.since;
    rest->tries = task.tries;
    rest->cause = task.cause;
    m_tasks.push_back(std::move(rest));
    again(*m_tasks.back(), why);
}

void Device::refuse(const Task& task, std::uint16_t recipient, const std::string& detail, int code) {
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emit(trace::RecipientRefused{tracer.text(task.letter->recipients[recipient]), tracer.text(detail), recipient, static_cast<std::uint16_t>(code)}, task.letter->id);
}

void Device::carryOut(Task& task, const mail::ImapClient::Actions& actions) {
    const ConnectionId number = m_machine.connectionOf(task.socket);
    trace::Tracer& tracer = m_machine.tracer();
    const SocketId socket = task.socket;
    for (const mail::ImapClientAction& action : actions) {
        if (const auto* line = std::get_if<mail::ImapSendLine>(&action)) {
            m_machine.emitAndFollow(trace::AccessCommand{number, tracer.text(line->shown), trace::DialogueProtocol::imap}, task.request->mail);
            m_machine.write(socket, Slice::copyOf(line->line + "\r\n"));
        }
        if (const auto* letter = std::get_if<mail::ImapRead>(&action)) {
            const auto& fetched = m_machine.world().connections[number].fetched;
            const auto known = fetched.find(letter->uid);
            if (known != fetched.end())
                m_machine.emit(trace::MailRead{tracer.text(m_options.user), letter->uid, known->second.recipient, task.request->action, false}, known->second.mail);
            task.had.insert(letter->uid);
            if (task.request->action == trace::ReadAction::print) m_printed.insert(letter->uid);
        }
        if (const auto* finished = std::get_if<mail::ImapFinished>(&action)) {
            const bool noTls = task.imap && task.imap->tlsTrouble() != mail::TlsTrouble::none;
            const bool hopeless = !finished->good && task.imap && !noTls && finished->why != "the connection was lost" && finished->why != "the server did not answer in time";
            if (hopeless) wait(task, finished->why, true);
            if (finished->good || hopeless)
                finish(task);
            else {
                m_machine.close(socket);
                again(task, noTls ? tlsTrouble(task) : finished->why);
                return;
            }
        }
        if (std::holds_alternative<mail::ImapStartTls>(action)) startTls(socket);
        if (std::holds_alternative<mail::ImapClose>(action)) m_machine.close(socket);
    }
}

Instant Device::nextDeadline() const {
    Instant next = kNever;
    for (const auto* list : {&m_done, &m_tasks}) {
        for (const auto& task : *list) {
            if (list == &m_tasks) next = std::min(next, task->next);
            if (task->smtp) next = std::min(next, task->smtp->nextDeadline());
            if (task->imap) next = std::min(next, task->imap->nextDeadline());
            if (task->pop3) next = std::min(next, task->pop3->nextDeadline());
            if (task->browser) next = std::min(next, task->browser->nextDeadline());
        }
    }
    return next;
}

void Device::onTimer() {
    const Instant now = m_machine.now();
    std::vector<Task*> due;
    std::vector<SocketId> silent;  // a task may end while another is called
    for (const auto& task : m_tasks)
        if (task->next <= now) due.push_back(task.get());
    for (const auto* list : {&m_done, &m_tasks})
        for (const auto& task : *list)
            if ((task->smtp && task->smtp->nextDeadline() <= now) || (task->imap && task->imap->nextDeadline() <= now) || (task->pop3 && task->pop3->nextDeadline() <= now) ||
                (task->browser && task->browser->nextDeadline() <= now))
                silent.push_back(task->socket);
    for (Task* task : due) begin(*task);
    for (const SocketId socket : silent) {
        Task* task = taskOf(socket);
        if (task == nullptr) continue;
        if (task->smtp)
            carryOut(*task, task->smtp->onTimeout(now, m_machine.moved(socket, task->acknowledged)));
        else if (task->imap)
            carryOut(*task, task->imap->onTimeout(now));
        else if (task->pop3)
            carryOut(*task, task->pop3->onTimeout(now));
        else if (task->browser)
            carryOut(*task, task->browser->onTimeout(now));
    }
}

// What was under way is lost with the connections, and begins anew when the device runs again.
void Device::onStopped() {
    m_done.clear();
    m_held = false;
    for (const auto& task : m_tasks) {
        task->smtp.reset();
        task->imap.reset();
        task->pop3.reset();
        task->browser.reset();
        task->socket = {};
        task->next = kNever;
    }
}

void Device::onOnline(bool online) {
    if (!online || !reachable()) return;
    std::vector<Task*> tasks;
    for (const auto& task : m_tasks)
        if (task->next == kNever && !task->socket.valid()) tasks.push_back(task.get());
    for (Task* task : tasks) {
        task->cause = m_machine.cause();
        begin(*task);
    }
}

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// The device that reads by POP3: it fetches copies onto its own disk, and what its person does, it does with them. A letter that is here needs no server any more.
#include <algorithm>
#include <utility>

#include "sim/host/device.h"
#include "sim/host/machine.h"
#include "sim/host/mail_server.h"
#include "sim/mail/message.h"

namespace mailtrek::host {

bool Device::means(const ReadRequest& request, const Copy& copy) const {
    if (request.onlyNew && copy.printed) return false;
    return request.messageId.empty() || copy.messageId == request.messageId;
}

bool Device::hasCopy(const ReadRequest& request) const {
    return !request.messageId.empty() && std::any_of(m_copies.begin(), m_copies.end(), [&](const Copy& copy) { return means(request, copy); });
}

mail::Pop3ClientOptions Device::pop3Options() const {
    return {m_options.user, passwordOf(m_options.user), m_options.readsWith == scenario::ReadsWith::pop3Delete, m_fetchedIds, m_options.tls, m_options.implicitTls};
}

// What the person wants, with what is here.
void Device::doWithCopies(const ReadRequest& request) {
    const bool removes = request.task != mail::ImapTask::read;
    const trace::ReadAction action = removes ? trace::ReadAction::remove : request.action;
    trace::Tracer& tracer = m_machine.tracer();
    for (Copy& copy : m_copies) {
        if (!means(request, copy)) continue;
        m_machine.emit(trace::MailRead{tracer.text(m_options.user), copy.uid, copy.recipient, action, true}, copy.mail);
        copy.printed |= action == trace::ReadAction::print;
        copy.gone = removes;
    }
    std::erase_if(m_copies, [](const Copy& copy) { return copy.gone; });
}

void Device::keepCopy(ConnectionId number, const mail::Pop3Letter& letter) {
    auto& fetched = m_machine.world().connections[number].fetched;
    const auto known = fetched.find(static_cast<std::uint32_t>(letter.number));
    if (known == fetched.end()) return;
    const Fetched facts = std::move(known->second);
    fetched.erase(known);
    if (!letter.uniqueId.empty()) m_fetchedIds.insert(letter.uniqueId);
    Copy copy;
    copy.uid = facts.uid;
    copy.mail = facts.mail;
    copy.recipient = facts.recipient;
    const bool same = facts.octets.text() == letter.octets;  // they share the octets, unless the way has damaged them
    copy.octets = same ? facts.octets : Slice::copyOf(letter.octets);
    copy.message = same ? facts.message : m_machine.tracer().message(copy.octets);
    copy.messageId = mail::parse(mail::headersOf(letter.octets)).header("Message-ID");
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emitAndFollow(trace::MailFetched{tracer.text(m_options.user), copy.message, copy.octets.size(), copy.uid, copy.recipient}, copy.mail);
    m_copies.push_back(std::move(copy));
}

void Device::carryOut(Task& task, const mail::Pop3Client::Actions& actions) {
    const ConnectionId number = m_machine.connectionOf(task.socket);
    const SocketId socket = task.socket;
    for (const mail::Pop3ClientAction& action : actions) {
        if (const auto* line = std::get_if<mail::Pop3SendLine>(&action)) {
            m_machine.emitAndFollow(trace::AccessCommand{number, m_machine.tracer().text(line->shown), trace::DialogueProtocol::pop3}, task.request->mail);
            m_machine.write(socket, Slice::copyOf(line->line + "\r\n"));
        }
        if (const auto* letter = std::get_if<mail::Pop3Letter>(&action)) keepCopy(number, *letter);
        if (const auto* finished = std::get_if<mail::Pop3Finished>(&action)) {
            if (!finished->good && finished->mayTryAgain) {
                m_machine.close(socket);
                return again(task, task.pop3->tlsTrouble() != mail::TlsTrouble::none ? tlsTrouble(task) : finished->why);
            }
            if (!finished->good)
                wait(task, finished->why, true);
            else if (task.request->messageId.empty() || hasCopy(*task.request))
                doWithCopies(*task.request);
            else
                wait(task, "the letter is not in the mailbox", true);
            finish(task);
        }
        if (std::holds_alternative<mail::Pop3StartTls>(action)) startTls(socket);
        if (std::holds_alternative<mail::Pop3Close>(action)) m_machine.close(socket);
    }
}

}  // namespace mailtrek::host

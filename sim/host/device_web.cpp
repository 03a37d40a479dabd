// SPDX-License-Identifier: GPL-3.0-or-later
// The device whose user reads in a browser: it speaks HTTP over TLS with a web page and knows nothing of the mailbox behind it. The certificate must be good, whatever `tls:`
// says of its mail program: no browser types a password into another page.
#include <utility>

#include "sim/host/device.h"
#include "sim/host/machine.h"
#include "sim/host/mail_server.h"

namespace mailtrek::host {

void Device::beginBrowsing(Task& task) {
    const auto printed = task.request->onlyNew ? m_printed : std::set<std::uint32_t>{};
    task.browser.emplace(web::BrowserOptions{m_options.serverName, m_options.user, passwordOf(m_options.user), task.request->task, task.request->messageId, printed});
    m_machine.startTls(task.socket, tls::ClientOptions{m_options.serverName, true, calendarSeconds(m_machine.now())}, true);
    carryOut(task, task.browser->onConnected(m_machine.now()));
}

void Device::carryOut(Task& task, const web::Browser::Actions& actions) {
    const ConnectionId number = m_machine.connectionOf(task.socket);
    trace::Tracer& tracer = m_machine.tracer();
    const SocketId socket = task.socket;
    for (const web::BrowserAction& action : actions) {
        if (const auto* said = std::get_if<web::BrowserSend>(&action)) {
            m_machine.emitAndFollow(trace::AccessCommand{number, tracer.text(said->line), trace::DialogueProtocol::http}, task.request->mail);
            m_machine.write(socket, Slice::copyOf(said->octets));
        }
        if (const auto* letter = std::get_if<web::BrowserRead>(&action)) {
            const auto& fetched = m_machine.world().connections[number].fetched;
            const auto known = fetched.find(letter->uid);
            if (known != fetched.end())
                m_machine.emit(trace::MailRead{tracer.text(m_options.user), letter->uid, known->second.recipient, task.request->action, false}, known->second.mail);
            if (task.request->action == trace::ReadAction::print) m_printed.insert(letter->uid);
        }
        if (const auto* finished = std::get_if<web::BrowserFinished>(&action)) {
            if (!finished->good && finished->mayTryAgain) {
                m_machine.close(socket);
                return again(task, finished->why);
            }
            if (!finished->good) wait(task, finished->why, true);
            finish(task);
        }
        if (std::holds_alternative<web::BrowserClose>(action)) m_machine.close(socket);
    }
}

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/outside.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/host/machine.h"
#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"

namespace mailtrek::host {

using Does = scenario::Outside::Does;
using scenario::Service;

namespace {

trace::DialogueProtocol protocolOf(Service service) {
    switch (service) {
        case Service::smtp: return trace::DialogueProtocol::smtp;
        case Service::submission: return trace::DialogueProtocol::submission;
        case Service::pop3: return trace::DialogueProtocol::pop3;
        case Service::imap: return trace::DialogueProtocol::imap;
    }
    return {};
}

}  // namespace

// --- what the program does ---------------------------------------------------------------------------------------------------------

void OutsideProgram::act(const scenario::Outside& entry) {
    const auto found = m_talks.find(entry.connection);
    Talk* talk = found == m_talks.end() ? nullptr : found->second.get();
    switch (entry.does) {
        case Does::begin: return;
        case Does::open: return open(entry);
        case Does::end: return end();
        case Does::took:
            if (talk == nullptr) return;
            talk->taken = std::min(talk->taken + entry.took, talk->delivered);  // nobody takes what has not come
            return pump(*talk);
        case Does::write:
            if (talk != nullptr && !talk->over && !talk->closing) write(*talk, entry.octets);
            return;
        case Does::close:
            if (talk != nullptr && !talk->over) closeWriting(*talk);
            return;
        case Does::reset:
            if (talk != nullptr && !talk->over) m_machine.abort(talk->socket);
            return;
    }
}

void OutsideProgram::open(const scenario::Outside& entry) {
    Talk& talk = *m_talks.insert_or_assign(entry.connection, std::make_unique<Talk>(entry.connection, entry.service)).first->second;
    if (!m_server || !m_machine.ip().running() || !m_machine.ip().online()) {
        talk.over = trace::CloseReason::unreachable;
        return;
    }
    talk.socket = m_machine.connect(*m_server, scenario::portOf(entry.service), this, {});
    if (!talk.socket.valid()) {
        talk.over = trace::CloseReason::unreachable;
        return;
    }
    talk.connection = m_machine.connectionOf(talk.socket);
    m_machine.world().connections[talk.connection].confidant = this;
}

void OutsideProgram::write(Talk& talk, const Slice& octets) {
    if (!talk.established) return talk.early.push_back(octets);
    const CauseScope scope(m_machine);
    std::uint32_t at = 0;
    for (const OutsideSaid& said : talk.dialogue.says(octets.text())) {
        if (said.command) note(talk, *said.command);
        if (said.message) compose(talk, *said.message);
        const auto size = static_cast<std::uint32_t>(said.octets.size());
        m_machine.write(talk.socket, octets.sub(at, size), said.content, said.message.has_value());
        at += size;
    }
}

void OutsideProgram::closeWriting(Talk& talk) {
    talk.closing = true;
    if (talk.established) m_machine.with(talk.socket, [this](transport::Connection& connection) { connection.shutdownWrite(m_machine.now()); });
}

// The program is gone, and with it all its connections: as a system closes them for a program that ends.
void OutsideProgram::end() {
    for (const auto& [number, talk] : m_talks) {
        if (talk->over) continue;
        talk->closing = true;
        talk->taken = talk->delivered;
        m_machine.close(talk->socket);
    }
}

// --- what comes back ---------------------------------------------------------------------------------------------------------------

OutsideProgram::Talk* OutsideProgram::talkOf(SocketId socket) {
    for (const auto& [number, talk] : m_talks)
        if (talk->socket == socket) return talk.get();
    return nullptr;
}

void OutsideProgram::onEstablished(SocketId socket) {
    Talk* talk = talkOf(socket);
    if (talk == nullptr) return;
    talk->established = true;
    for (; !talk->early.empty(); talk->early.pop_front()) write(*talk, talk->early.front());
    if (talk->closing) closeWriting(*talk);
}

void OutsideProgram::onReadable(SocketId socket) {
    if (Talk* talk = talkOf(socket)) pump(*talk);
}

void OutsideProgram::pump(Talk& talk) {
    while (talk.delivered - talk.taken < kWindow) {
        const std::string octets = m_machine.read(talk.socket, kWindow - (talk.delivered - talk.taken));
        if (octets.empty()) return;
        talk.delivered += octets.size();
        if (talk.number >= m_keepsFrom) talk.outbox += octets;
        for (const OutsideHeard& heard : talk.dialogue.hears(octets)) hear(talk, heard);
    }
}

void OutsideProgram::onPeerClosed(SocketId socket) {
    if (Talk* talk = talkOf(socket)) talk->peerClosed = true;
}

void OutsideProgram::onClosed(SocketId socket, trace::CloseReason reason) {
    Talk* talk = talkOf(socket);
    if (talk == nullptr) return;
    talk->over = reason;
    if (reason == trace::CloseReason::closed) talk->peerClosed = true;  // its FIN may come last of all
    talk->mail = {};                                                    // the connection keeps what it says: a letter that was all sent may still arrive
    talk->recipients.clear();
}

void OutsideProgram::onStopped() {
    for (const auto& [number, talk] : m_talks)
        if (!talk->over) talk->over = trace::CloseReason::hostCrashed;
}

OutsideProgram::State OutsideProgram::state(std::uint32_t connection) const {
    const auto found = m_talks.find(connection);
    if (found == m_talks.end()) return {};
    const Talk& talk = *found->second;
    State state;
    state.known = true;
    state.over = talk.over;
    const bool unread = m_machine.tcp().readable(talk.socket) > 0;
    state.heldUp = unread && talk.delivered - talk.taken >= kWindow;
    state.peerClosed = talk.peerClosed && !unread && talk.outbox.empty();
    for (const Slice& octets : talk.early) state.underWay += octets.size();
    if (const transport::Connection* connected = m_machine.tcp().connection(talk.socket)) state.underWay += connected->unsent() + connected->info().flight;
    return state;
}

// --- behind STARTTLS the program's octets are sealed; the server tells what was in them -----------------------------------------------------

OutsideProgram::Talk* OutsideProgram::behindTls(ConnectionId connection) {
    for (const auto& [number, talk] : m_talks) {
        if (talk->connection != connection) continue;
        if (!talk->inner) talk->inner.emplace(talk->service, false);
        return talk.get();
    }
    return nullptr;
}

void OutsideProgram::clientSaid(ConnectionId connection, std::string_view octets, trace::EventId cause) {
    Talk* talk = behindTls(connection);
    if (talk == nullptr) return;
    const CauseScope scope(m_machine);
    m_machine.setCause(cause);
    for (const OutsideSaid& said : talk->inner->says(octets)) {
        if (said.command) note(*talk, *said.command);
        if (said.message) compose(*talk, *said.message);
    }
}

void OutsideProgram::serverSaid(ConnectionId connection, std::string_view octets, trace::EventId cause) {
    Talk* talk = behindTls(connection);
    if (talk == nullptr) return;
    const CauseScope scope(m_machine);
    m_machine.setCause(cause);
    for (const OutsideHeard& heard : talk->inner->hears(octets)) hear(*talk, heard);
}

bool OutsideProgram::anyHeldUp() const {
    return std::any_of(m_talks.begin(), m_talks.end(), [this](const auto& talk) { return !talk.second->over && state(talk.first).heldUp; });
}

std::string OutsideProgram::take(std::uint32_t connection, std::size_t most) {
    const auto found = m_talks.find(connection);
    if (found == m_talks.end()) return {};
    std::string& outbox = found->second->outbox;
    if (most >= outbox.size()) return std::exchange(outbox, {});
    std::string taken = outbox.substr(0, most);
    outbox.erase(0, most);
    return taken;
}

// --- what the recording tells of it --------------------------------------------------------------------------------------------------

void OutsideProgram::note(Talk& talk, const std::string& command) {
    if (command.empty()) return;  // of an IMAP literal, the line that it ends
    const ConnectionId number = talk.connection;
    const auto behind = [&](std::size_t colon) { return std::string_view(command).substr(colon); };
    const bool isSmtp = talk.service == Service::smtp || talk.service == Service::submission;
    if (!isSmtp) {
        m_machine.emitAndFollow(trace::AccessCommand{number, m_machine.tracer().text(command), protocolOf(talk.service)}, {});
        return;
    }
    const std::string verb = mail::lower(command.substr(0, 10));
    if (verb == "mail from:") begin(talk, behind(10));
    if (verb.starts_with("rset") || verb.starts_with("ehlo") || verb.starts_with("helo")) drop(talk);
    if (const auto path = mail::parsePath(verb.starts_with("rcpt to:") ? behind(8) : ""); path && talk.mail.valid()) {
        const auto index = static_cast<std::uint16_t>(talk.recipients.size());
        talk.recipients.push_back({path->address, 0, {}});
        m_machine.world().connections[number].recipients.push_back({path->address, talk.mail, index});
    }
    m_machine.emitAndFollow(trace::SmtpCommand{number, m_machine.tracer().text(command), protocolOf(talk.service)}, talk.mail);
}

// MAIL FROM: from here on the connection serves a letter of its own.
void OutsideProgram::begin(Talk& talk, std::string_view path) {
    drop(talk);
    const auto parsed = mail::parsePath(path);
    if (!parsed) return;
    talk.from = parsed->address;
    talk.mail = m_machine.world().newLetter(fmt::format("{}-outside-{}", m_machine.name(), ++m_letters));
    m_machine.world().connections[talk.connection].mail = talk.mail;
}

void OutsideProgram::drop(Talk& talk) {
    if (!talk.mail.valid()) return;
    if (const ConnectionId number = talk.connection; number.valid()) {
        m_machine.world().connections[number].mail = {};
        m_machine.world().connections[number].recipients.clear();
    }
    talk.mail = {};
    talk.recipients.clear();
    talk.answered = 0;
}

void OutsideProgram::hear(Talk& talk, const OutsideHeard& heard) {
    if (heard.asked == OutsideAsked::mail && heard.code >= 400) drop(talk);
    if (heard.asked == OutsideAsked::recipient && talk.answered < talk.recipients.size()) {
        Recipient& recipient = talk.recipients[talk.answered++];
        if (heard.code >= 400) recipient.refusedWith = heard.code;
        if (heard.code >= 400) recipient.why = heard.text;
    }
    if (heard.asked != OutsideAsked::content) return;
    for (std::size_t i = 0; heard.code >= 400 && i < talk.recipients.size(); ++i)
        if (talk.recipients[i].refusedWith == 0) refuse(talk, i, heard.code, heard.text);
    drop(talk);
}

// The message is whole: what is known of a letter only now.
void OutsideProgram::compose(Talk& talk, const std::string& message) {
    if (!talk.mail.valid()) return;
    trace::Tracer& tracer = m_machine.tracer();
    const Slice octets = Slice::copyOf(message);
    const MessageId kept = tracer.message(octets);
    std::string all;
    for (const Recipient& recipient : talk.recipients) all += (all.empty() ? "" : ", ") + recipient.address;
    const std::string subject = mail::decodeHeaderText(mail::parse(mail::headersOf(message)).header("Subject"));
    m_machine.emitAndFollow(
        trace::MailComposed{tracer.text(talk.from), tracer.text(all), tracer.text(subject), kept, octets.size(), static_cast<std::uint16_t>(talk.recipients.size()), false},
        talk.mail);
    for (std::size_t i = 0; i < talk.recipients.size(); ++i)
        if (talk.recipients[i].refusedWith != 0) refuse(talk, i, talk.recipients[i].refusedWith, talk.recipients[i].why);
    const auto size = static_cast<std::uint32_t>(talk.spoken().contentOctets());
    m_machine.emitAndFollow(trace::SmtpContent{talk.connection, kept, size, protocolOf(talk.service)}, talk.mail);
}

void OutsideProgram::refuse(Talk& talk, std::size_t recipient, int code, const std::string& why) {
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emit(
        trace::RecipientRefused{tracer.text(talk.recipients[recipient].address), tracer.text(why), static_cast<std::uint16_t>(recipient), static_cast<std::uint16_t>(code)},
        talk.mail);
}

}  // namespace mailtrek::host

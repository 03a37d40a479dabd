// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/resolver_service.h"

#include "sim/host/dns_stream.h"
#include "sim/host/machine.h"

namespace mailtrek::host {

ResolverService::ResolverService(Machine& machine, dns::ResolverOptions options) : m_machine(machine), m_resolver(std::move(options)) {}

void ResolverService::ask(const dns::Name& name, dns::Type type, MailId mail, Done done) {
    const dns::Token token = m_nextToken++;
    m_asked.emplace(token, Asked{mail, std::move(done), m_machine.cause()});
    m_asking = mail;
    carryOut(m_resolver.ask(name, type, token, m_machine.now()), {});
}

void ResolverService::carryOut(std::vector<dns::ResolverAction> actions, PacketId answeredBy) {
    for (const dns::ResolverAction& action : actions) {
        if (const auto* out = std::get_if<dns::Send>(&action)) send(*out);
        if (const auto* retry = std::get_if<dns::RetryOverTcp>(&action)) {
            const SocketId socket = m_machine.connect(retry->server, dns::kPort, this, mailOf(retry->query));
            m_streams[socket] = Stream{*retry, {}};
        }
        if (const auto* answer = std::get_if<dns::Answer>(&action)) finish(*answer, answeredBy);
        if (const auto* timedOut = std::get_if<dns::TimedOut>(&action)) finish(*timedOut);
    }
    m_machine.timersChanged();
}

void ResolverService::send(const dns::Send& send) {
    const MailId mail = m_mails.try_emplace(send.query, m_asking).first->second;
    m_machine.bindUdp(send.sourcePort, this);
    PreparedDatagram query = m_machine.makeDatagram(send.sourcePort, send.server, dns::kPort, send.octets, mail);
    const CauseScope scope(m_machine);
    m_machine.emitAndFollow(trace::DnsQuery{.name = m_machine.tracer().text(send.question.name.text()),
                                            .server = m_machine.nodeAt(send.server),
                                            .packet = query.packet(),
                                            .id = send.id,
                                            .type = send.question.type,
                                            .attempt = send.attempt},
                            mail);
    m_machine.launch(std::move(query));
}

void ResolverService::finish(const dns::Answer& answer, PacketId answeredBy) {
    const Asked asked = take(answer.token);
    const CauseScope scope(m_machine);
    m_machine.emitAndFollow(trace::DnsAnswer{.name = m_machine.tracer().text(answer.question.name.text()),
                                             .records = m_machine.tracer().text(dns::recordsText(answer)),
                                             .packet = answer.fromCache ? PacketId{} : answeredBy,
                                             .id = answer.id,
                                             .type = answer.question.type,
                                             .rcode = static_cast<std::uint8_t>(answer.rcode),
                                             .answers = static_cast<std::uint8_t>(std::min<std::size_t>(answer.records.size(), 255))},
                            asked.mail);
    asked.done(answer);
}

void ResolverService::finish(const dns::TimedOut& timedOut) {
    const Asked asked = take(timedOut.token);
    const CauseScope scope(m_machine);
    m_machine.setCause(asked.cause);
    m_machine.emitAndFollow(trace::DnsTimedOut{.name = m_machine.tracer().text(timedOut.question.name.text()), .type = timedOut.question.type, .attempts = timedOut.attempts},
                            asked.mail);
    asked.done(timedOut);
}

MailId ResolverService::mailOf(dns::QueryId query) const {
    const auto found = m_mails.find(query);
    return found == m_mails.end() ? MailId{} : found->second;
}

ResolverService::Asked ResolverService::take(dns::Token token) {
    auto node = m_asked.extract(token);
    return std::move(node.mapped());
}

void ResolverService::onDatagram(const Datagram& datagram) { carryOut(m_resolver.onDatagram(datagram.payload, datagram.from, datagram.toPort, m_machine.now()), datagram.packet); }

void ResolverService::onIcmpError(const IcmpError& error) {
    const bool nobody = error.type == net::kUnreachable && error.code == net::kPortUnreachable;  // other errors may pass: the timer decides (RFC 1122 4.1.3.3)
    if (nobody) carryOut(m_resolver.onNobodyThere(error.about.ip.destination, error.about.sourcePort, m_machine.now()), error.packet);
}

void ResolverService::onTimer() {
    if (nextDeadline() <= m_machine.now()) carryOut(m_resolver.onTimer(m_machine.now()), {});
}

void ResolverService::onEstablished(SocketId socket) { m_machine.write(socket, framed(m_streams.at(socket).question.octets)); }

void ResolverService::onReadable(SocketId socket) {
    const auto found = m_streams.find(socket);
    if (found == m_streams.end()) return;
    found->second.received += m_machine.read(socket);
    if (const auto answer = takeFramed(found->second.received)) {
        const dns::QueryId query = found->second.question.query;
        m_streams.erase(found);
        m_machine.close(socket);
        carryOut(m_resolver.onTcpAnswer(query, *answer, m_machine.now()), {});
    }
}

void ResolverService::onClosed(SocketId socket, trace::CloseReason) {
    auto stream = m_streams.extract(socket);
    if (!stream.empty()) carryOut(m_resolver.onTcpFailed(stream.mapped().question.query, m_machine.now()), {});
}

void ResolverService::onStopped() {
    m_resolver.reset();
    m_asked.clear();
    m_mails.clear();
    m_streams.clear();
}

}  // namespace mailtrek::host

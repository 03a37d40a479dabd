// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/resolver_service.h"

#include "sim/host/dns_stream.h"
#include "sim/host/machine.h"

namespace mailtrek::host {

ResolverService::ResolverService(Machine& machine, dns::ResolverOptions options) : m_machine(machine), m_resolver(std::make_unique<dns::StubResolver>(std::move(options))) {}

ResolverService::ResolverService(Machine& machine, dns::RecursionOptions options) : m_machine(machine), m_onBehalf(options.reason == trace::DnsReason::onBehalf) {
    m_resolver = std::make_unique<dns::RecursiveResolver>(std::move(options));
}

void ResolverService::ask(const dns::Name& name, dns::Type type, MailId mail, Done done) {
    const dns::Token token = m_nextToken++;
    m_asked.emplace(token, Asked{mail, std::move(done), m_machine.cause(), {}});
    carryOut(m_resolver->ask(name, type, token, m_machine.now()), {});
}

void ResolverService::carryOut(const dns::ResolverActions& actions, PacketId answeredBy) {
    const CauseScope scope(m_machine);
    for (const dns::ResolverAction& action : actions) {
        if (const auto* out = std::get_if<dns::Send>(&action)) send(*out);
        if (const auto* over = std::get_if<dns::RetryOverTcp>(&action)) retry(*over);
        if (const auto* referral = std::get_if<dns::Referral>(&action)) tell(*referral, answeredBy);
        if (const auto* rejected = std::get_if<dns::Rejected>(&action)) tell(*rejected, answeredBy);
        if (const auto* answer = std::get_if<dns::Answer>(&action)) finish(*answer, answeredBy);
        if (const auto* timedOut = std::get_if<dns::TimedOut>(&action)) finish(*timedOut);
    }
    dropOldStreams();
    m_machine.timersChanged();
}

void ResolverService::send(const dns::Send& send) {
    const MailId mail = mailOf(send.token);
    m_machine.bindUdp(send.sourcePort, this);
    PreparedDatagram query = m_machine.makeDatagram(send.sourcePort, send.server, dns::kPort, send.octets, mail);
    const CauseScope scope(m_machine);
    const auto asked = m_asked.find(send.token);
    if (asked != m_asked.end() && send.reason == trace::DnsReason::timedOut) m_machine.setCause(asked->second.lastQuery[send.query]);
    const trace::EventId event = m_machine.emitAndFollow(trace::DnsQuery{.name = m_machine.tracer().text(send.question.name.text()),
                                                                         .server = m_machine.nodeAt(send.server),
                                                                         .packet = query.packet(),
                                                                         .id = send.id,
                                                                         .type = send.question.type,
                                                                         .attempt = send.attempt,
                                                                         .zone = send.zone ? m_machine.tracer().text(send.zone->text()) : TextId{},
                                                                         .reason = send.reason},
                                                         mail);
    if (asked != m_asked.end()) asked->second.lastQuery[send.query] = event;
    m_machine.launch(std::move(query));
}

void ResolverService::retry(const dns::RetryOverTcp& retry) {
    const MailId mail = mailOf(retry.token);
    const CauseScope scope(m_machine);
    m_machine.emitAndFollow(trace::DnsQuery{.name = m_machine.tracer().text(retry.question.name.text()),
                                            .server = m_machine.nodeAt(retry.server),
                                            .packet = {},
                                            .id = retry.id,
                                            .type = retry.question.type,
                                            .attempt = retry.attempt,
                                            .zone = retry.zone ? m_machine.tracer().text(retry.zone->text()) : TextId{},
                                            .reason = trace::DnsReason::truncated},
                            mail);
    const SocketId socket = m_machine.connect(retry.server, dns::kPort, this, mail);
    m_streams[socket] = Stream{retry, {}};
}

// What comes next is because of it, so the cause is kept beyond the call.
void ResolverService::tell(const dns::Referral& referral, PacketId packet) {
    std::string servers;
    for (const dns::Name& server : referral.servers) servers += (servers.empty() ? "" : ", ") + server.text();
    trace::Tracer& tracer = m_machine.tracer();
    m_machine.emitAndFollow(trace::DnsReferral{.name = tracer.text(referral.question.name.text()),
                                               .zone = tracer.text(referral.zone.text()),
                                               .servers = tracer.text(servers),
                                               .server = m_machine.nodeAt(referral.from),
                                               .packet = packet,
                                               .type = referral.question.type},
                            mailOf(referral.token));
}

void ResolverService::tell(const dns::Rejected& rejected, PacketId packet) {
    m_machine.emitAndFollow(trace::DnsRejected{.name = m_machine.tracer().text(rejected.question.name.text()),
                                               .server = m_machine.nodeAt(rejected.from),
                                               .packet = packet,
                                               .type = rejected.question.type,
                                               .flaw = rejected.flaw,
                                               .rcode = static_cast<std::uint8_t>(rejected.rcode)},
                            mailOf(rejected.token));
}

void ResolverService::finish(const dns::Answer& answer, PacketId answeredBy) {
    const Asked asked = take(answer.token);
    const CauseScope scope(m_machine);
    if (!m_machine.cause().valid()) m_machine.setCause(asked.cause);
    m_machine.emitAndFollow(trace::DnsAnswer{.name = m_machine.tracer().text(answer.question.name.text()),
                                             .records = m_machine.tracer().text(dns::recordsText(answer)),
                                             .packet = answer.fromCache ? PacketId{} : answeredBy,
                                             .id = answer.id,
                                             .type = answer.question.type,
                                             .rcode = static_cast<std::uint8_t>(answer.rcode),
                                             .answers = static_cast<std::uint8_t>(std::min<std::size_t>(answer.records.size(), 255)),
                                             .onBehalf = m_onBehalf},
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

MailId ResolverService::mailOf(dns::Token token) const {
    const auto found = m_asked.find(token);
    return found == m_asked.end() ? MailId{} : found->second.mail;
}

ResolverService::Asked ResolverService::take(dns::Token token) {
    auto node = m_asked.extract(token);
    return std::move(node.mapped());
}

void ResolverService::onDatagram(const Datagram& datagram) {
    if (datagram.fromPort != dns::kPort) return carryOut(m_resolver->onStray(datagram.from, datagram.toPort), datagram.packet);
    carryOut(m_resolver->onDatagram(datagram.payload, datagram.from, datagram.toPort, m_machine.now()), datagram.packet);
}

void ResolverService::onIcmpError(const IcmpError& error) {
    const bool nobody = error.type == net::kUnreachable && error.code == net::kPortUnreachable;  // other errors may pass: the timer decides (RFC 1122 4.1.3.3)
    if (nobody) carryOut(m_resolver->onNobodyThere(error.about.ip.destination, error.about.sourcePort, m_machine.now()), error.packet);
}

void ResolverService::onTimer() {
    if (nextDeadline() <= m_machine.now()) carryOut(m_resolver->onTimer(m_machine.now()), {});
}

void ResolverService::onEstablished(SocketId socket) {
    if (const auto found = m_streams.find(socket); found != m_streams.end()) m_machine.write(socket, framed(found->second.question.octets));
}

void ResolverService::onReadable(SocketId socket) {
    const auto found = m_streams.find(socket);
    if (found == m_streams.end()) return;
    found->second.received += m_machine.read(socket);
    if (const auto answer = takeFramed(found->second.received)) {
        const dns::QueryId query = found->second.question.query;
        m_streams.erase(found);
        m_machine.close(socket);
        carryOut(m_resolver->onTcpAnswer(query, *answer, m_machine.now()), {});
    }
}

// The server takes its leave without an answer.
void ResolverService::onPeerClosed(SocketId socket) {
    auto stream = m_streams.extract(socket);
    if (stream.empty()) return;
    m_machine.close(socket);
    carryOut(m_resolver->onTcpFailed(stream.mapped().question.query, m_machine.now()), {});
}

void ResolverService::onClosed(SocketId socket, trace::CloseReason) {
    auto stream = m_streams.extract(socket);
    if (!stream.empty()) carryOut(m_resolver->onTcpFailed(stream.mapped().question.query, m_machine.now()), {});
}

// Nobody waits for what would come over these any more.
void ResolverService::dropOldStreams() {
    std::vector<SocketId> old;
    for (const auto& [socket, stream] : m_streams)
        if (!m_resolver->waitsOverTcp(stream.question.query)) old.push_back(socket);
    for (const SocketId socket : old) {
        m_streams.erase(socket);
        m_machine.abort(socket);
    }
}

void ResolverService::onStopped() {
    m_resolver->reset();
    m_asked.clear();
    m_streams.clear();
}

}  // namespace mailtrek::host

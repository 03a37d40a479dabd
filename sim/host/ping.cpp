// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/ping.h"

#include <algorithm>

#include "sim/host/machine.h"

namespace mailtrek::host {

trace::ProbeReply probeReply(std::uint8_t type, std::uint8_t code) {
    using trace::ProbeReply;
    if (type == net::kTimeExceeded && code == net::kTtlExceeded) return ProbeReply::ttlExpired;
    if (type != net::kUnreachable) return ProbeReply::other;
    switch (code) {
        case net::kNetUnreachable: return ProbeReply::netUnreachable;
        case net::kHostUnreachable: return ProbeReply::hostUnreachable;
        case net::kProtocolUnreachable: return ProbeReply::protocolUnreachable;
        case net::kPortUnreachable: return ProbeReply::portUnreachable;
        case net::kFragmentationNeeded: return ProbeReply::tooBig;
        default: return ProbeReply::other;
    }
}

Slice probeData(std::uint32_t size) {
    std::string octets(size, 'a');
    for (std::uint32_t i = 0; i < size; ++i) octets[i] = static_cast<char>('a' + i % 26);
    return Slice::adopt(std::move(octets));
}

Ping::Ping(Machine& machine, const PingOptions& options) : m_machine(machine), m_options(options), m_identifier(machine.bindEcho(this)), m_data(probeData(options.size)) {}

void Ping::begin() {
    m_begun = m_machine.cause();
    m_running = true;
    send();
    m_machine.timersChanged();
}

void Ping::send() {
    const CauseScope scope(m_machine);
    m_machine.setCause(m_begun);
    ++m_sent;
    m_waiting[m_sent] = m_machine.now();
    m_nextAt = m_sent < m_options.count ? m_machine.now() + m_options.interval : kNever;
    PreparedDatagram request = m_machine.makeEcho(m_identifier, m_options.destination, m_sent, m_data);
    m_machine.emitAndFollow(trace::ProbeSent{.packet = request.packet(),
                                             .destination = {m_options.destination, 32},
                                             .sequence = m_sent,
                                             .size = static_cast<std::uint16_t>(request.flight->size),
                                             .ttl = request.flight->packet.ip.ttl,
                                             .program = trace::Program::ping},
                            {});
    m_machine.launch(std::move(request));
}

void Ping::answered(std::uint16_t sequence, wire::Ipv4Address from, PacketId packet, trace::ProbeReply reply) {
    const auto sent = m_waiting.find(sequence);
    if (sent == m_waiting.end()) return;  // too late, or twice
    const CauseScope scope(m_machine);
    m_machine.emitAndFollow(
        trace::ProbeAnswered{
            .roundTrip = m_machine.now() - sent->second, .packet = packet, .from = {from, 32}, .sequence = sequence, .ttl = 64, .reply = reply, .program = trace::Program::ping},
        {});
    if (reply == trace::ProbeReply::echo) ++m_answered;
    m_waiting.erase(sent);
    endWhenDone();
    m_machine.timersChanged();
}

void Ping::onEchoReply(const EchoReply& reply) {
    if (reply.data == m_data) answered(reply.sequence, reply.from, reply.packet, trace::ProbeReply::echo);
}

void Ping::onIcmpError(const IcmpError& error) { answered(static_cast<std::uint16_t>(error.about.echo), error.from, error.packet, probeReply(error.type, error.code)); }

void Ping::onTimer() {
    const Instant now = m_machine.now();
    while (!m_waiting.empty() && m_waiting.begin()->second + m_options.timeout <= now) {
        const CauseScope scope(m_machine);
        m_machine.setCause(m_begun);
        m_machine.emitAndFollow(
            trace::ProbeLost{
                .waited = m_options.timeout, .destination = {m_options.destination, 32}, .sequence = m_waiting.begin()->first, .ttl = 64, .program = trace::Program::ping},
            {});
        m_waiting.erase(m_waiting.begin());
        endWhenDone();
    }
    if (m_nextAt <= now) send();
}

void Ping::endWhenDone() {
    if (!m_running || m_sent < m_options.count || !m_waiting.empty()) return;
    m_running = false;
    m_machine.emit(trace::ProbeEnded{.destination = {m_options.destination, 32}, .sent = m_sent, .answered = m_answered, .hops = 0, .program = trace::Program::ping}, {});
}

Instant Ping::nextDeadline() const { return m_waiting.empty() ? m_nextAt : std::min(m_nextAt, m_waiting.begin()->second + m_options.timeout); }

void Ping::onStopped() {
    m_running = false;
    m_waiting.clear();
    m_nextAt = kNever;
}

}  // namespace mailtrek::host

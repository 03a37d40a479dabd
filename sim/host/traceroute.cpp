// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/traceroute.h"

#include "sim/host/machine.h"
#include "sim/host/ping.h"

namespace mailtrek::host {
namespace {

constexpr std::uint16_t kFirstOwnPort = 32768;  // below those of the resolver and of TCP

}  // namespace

Traceroute::Traceroute(Machine& machine, const TracerouteOptions& options)
    : m_machine(machine), m_options(options), m_port(static_cast<std::uint16_t>(kFirstOwnPort + machine.nextProbe() % 0x4000)) {
    m_machine.bindUdp(m_port, this);
}

void Traceroute::begin() {
    m_begun = m_machine.cause();
    m_running = true;
    send();
    m_machine.timersChanged();
}

void Traceroute::send() {
    const CauseScope scope(m_machine);
    m_machine.setCause(m_begun);
    const auto port = static_cast<std::uint16_t>(kFirstPort + m_sent);
    ++m_sent;
    m_sentAt = m_machine.now();
    PreparedDatagram probe = m_machine.makeDatagram(m_port, m_options.destination, port, probeData(m_options.size), {}, m_hop);
    m_machine.emitAndFollow(trace::ProbeSent{.packet = probe.packet(),
                                             .destination = {m_options.destination, 32},
                                             .sequence = m_sent,
                                             .size = static_cast<std::uint16_t>(probe.flight->size),
                                             .ttl = m_hop,
                                             .program = trace::Program::traceroute},
                            {});
    m_machine.launch(std::move(probe));
}

void Traceroute::onIcmpError(const IcmpError& error) {
    const bool ofLast = error.about.destinationPort == kFirstPort + m_sent - 1 && error.about.ip.destination == m_options.destination;
    if (!m_running || !ofLast) return;  // too late
    const CauseScope scope(m_machine);
    const trace::ProbeReply reply = probeReply(error.type, error.code);
    m_machine.emitAndFollow(trace::ProbeAnswered{.roundTrip = m_machine.now() - m_sentAt,
                                                 .packet = error.packet,
                                                 .from = {error.from, 32},
                                                 .sequence = m_sent,
                                                 .ttl = m_hop,
                                                 .reply = reply,
                                                 .program = trace::Program::traceroute},
                            {});
    ++m_answered;
    m_reached |= reply == trace::ProbeReply::portUnreachable;
    m_blocked |= reply != trace::ProbeReply::ttlExpired;
    next();
}

void Traceroute::onTimer() {
    if (nextDeadline() > m_machine.now()) return;
    const CauseScope scope(m_machine);
    m_machine.setCause(m_begun);
    m_machine.emitAndFollow(
        trace::ProbeLost{.waited = m_options.timeout, .destination = {m_options.destination, 32}, .sequence = m_sent, .ttl = m_hop, .program = trace::Program::traceroute}, {});
    next();
}

void Traceroute::next() {
    const bool hopDone = m_sent % m_options.count == 0;
    if (hopDone && (m_blocked || m_hop == m_options.maxHops)) {
        m_running = false;
        const std::uint8_t hops = m_reached ? m_hop : std::uint8_t{0};
        m_machine.emit(trace::ProbeEnded{.destination = {m_options.destination, 32}, .sent = m_sent, .answered = m_answered, .hops = hops, .program = trace::Program::traceroute},
                       {});
        return;
    }
    if (hopDone) ++m_hop;
    send();
    m_machine.timersChanged();
}

}  // namespace mailtrek::host

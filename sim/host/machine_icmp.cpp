// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine makes of ICMP messages: errors for TCP (RFC 1122 4.2.3.9, RFC 5927) and for programs, path MTU discovery (RFC 1191), echo replies.
#include <algorithm>

#include "sim/host/machine.h"

namespace mailtrek::host {
namespace {

using trace::IcmpEffect;

constexpr wire::Ipv4Prefix hostPrefix(wire::Ipv4Address address) { return {address, 32}; }

bool nobodyThere(const wire::IcmpHeader& icmp) { return icmp.type == net::kUnreachable && (icmp.code == net::kProtocolUnreachable || icmp.code == net::kPortUnreachable); }
bool tooBig(const wire::IcmpHeader& icmp) { return icmp.type == net::kUnreachable && icmp.code == net::kFragmentationNeeded; }
std::uint16_t nextHopMtu(const wire::IcmpHeader& icmp) { return tooBig(icmp) ? static_cast<std::uint16_t>(icmp.rest) : std::uint16_t{0}; }

bool speaksOf(const net::QuotedPacket& quoted, wire::Protocol protocol) { return quoted.ip.protocol == static_cast<std::uint8_t>(protocol); }

}  // namespace

void Machine::noteIcmp(const net::Flight& flight, IcmpEffect effect, ConnectionId connection) {
    const wire::IcmpHeader& icmp = *flight.packet.icmp();
    emitAndFollow(trace::IcmpReceived{.packet = flight.id,
                                      .connection = connection,
                                      .from = nodeAt(flight.packet.ip.source),
                                      .mtu = nextHopMtu(icmp),
                                      .type = icmp.type,
                                      .code = icmp.code,
                                      .effect = effect},
                  connection.valid() ? m_world.connections.mailOf(connection) : flight.mail);
}

void Machine::onIcmp(const net::Flight& flight) {
    const wire::IcmpHeader& icmp = *flight.packet.icmp();
    if (icmp.type == net::kEchoReply) {
        const auto program = m_echo.find(static_cast<std::uint16_t>(icmp.rest >> 16));
        if (program == m_echo.end()) return;
        program->second->onEchoReply({flight.packet.ip.source, static_cast<std::uint16_t>(icmp.rest), flight.id, flight.packet.payload});
        return settle();
    }
    const auto quoted = net::quotedPacket(flight.packet);
    if (!quoted) return;
    if (!m_ip.isOwn(quoted->ip.source)) return noteIcmp(flight, IcmpEffect::ignored, {});  // about nothing that this machine sent
    if (speaksOf(*quoted, wire::Protocol::tcp))
        onErrorAboutTcp(flight, *quoted);
    else
        onErrorAboutProgram(flight, *quoted);
    settle();
}

void Machine::onErrorAboutTcp(const net::Flight& flight, const net::QuotedPacket& quoted) {
    const wire::IcmpHeader& icmp = *flight.packet.icmp();
    const transport::Endpoints endpoints{quoted.ip.source, quoted.ip.destination, quoted.sourcePort, quoted.destinationPort};
    const SocketId socket = m_tcp.waitingFor(endpoints, quoted.tcpSequence);
    const bool known = socket.valid() && icmp.type != 4 && icmp.type != 5;  // source quench (RFC 6633) and redirects are not for TCP
    if (!known) return noteIcmp(flight, IcmpEffect::ignored, {});
    const ConnectionId connection = connectionOf(socket);
    if (tooBig(icmp)) {
        const bool news = m_paths.wouldLower(quoted.ip.destination, nextHopMtu(icmp), quoted.totalLength, m_ip.mtuTowards(quoted.ip.destination).value_or(net::PathMtus::kLeast));
        noteIcmp(flight, news ? IcmpEffect::pathMtu : IcmpEffect::ignored, connection);
        if (news) lowerPathMtu(quoted.ip.destination, nextHopMtu(icmp), quoted.totalLength);
        return;
    }
    const bool opening = m_tcp.connection(socket)->state() == trace::TcpState::synSent;
    const bool hard = nobodyThere(icmp) && opening;  // RFC 5927 5.2: what stands is not given up for an error that anybody may send
    noteIcmp(flight, hard ? IcmpEffect::hard : IcmpEffect::soft, connection);
    m_tcp.onUnreachable(endpoints, hard, now());
}

void Machine::onErrorAboutProgram(const net::Flight& flight, const net::QuotedPacket& quoted) {
    const wire::IcmpHeader& icmp = *flight.packet.icmp();
    Application* program = nullptr;
    if (const auto bound = m_udp.find(quoted.sourcePort); speaksOf(quoted, wire::Protocol::udp) && bound != m_udp.end()) program = bound->second;
    if (const auto bound = m_echo.find(static_cast<std::uint16_t>(quoted.echo >> 16)); speaksOf(quoted, wire::Protocol::icmp) && bound != m_echo.end()) program = bound->second;
    if (program == nullptr || icmp.type == 4 || icmp.type == 5) return noteIcmp(flight, IcmpEffect::ignored, {});
    noteIcmp(flight, nobodyThere(icmp) ? IcmpEffect::hard : IcmpEffect::soft, {});
    program->onIcmpError({flight.packet.ip.source, icmp.type, icmp.code, flight.id, quoted});
}

void Machine::lowerPathMtu(wire::Ipv4Address destination, std::uint32_t told, std::uint32_t length) {
    const std::uint32_t first = m_ip.mtuTowards(destination).value_or(length), before = std::max(length, mtuTowards(destination));
    if (told != 0 && told >= first) {  // the own link says so: no estimate needed
        setPathMtu(destination, mtuTowards(destination), before, trace::MtuReason::told);
    } else if (const auto lower = m_paths.lower(destination, told, length, first, now())) {
        setPathMtu(destination, *lower, before, told == 0 ? trace::MtuReason::plateau : trace::MtuReason::told);
    }
    timersChanged();
}

void Machine::setPathMtu(wire::Ipv4Address destination, std::uint32_t mtu, std::uint32_t before, trace::MtuReason reason) {
    const CauseScope scope(*this);
    emitAndFollow(trace::PathMtuChanged{.destination = hostPrefix(destination), .mtu = mtu, .before = before, .reason = reason}, {});
    m_tcp.setPathMss(destination, mtu - 40, now());
}

void Machine::tryLargerPackets() {  // RFC 1191 6.3
    for (const net::PathMtus::Forgotten& path : m_paths.forget(now())) setPathMtu(path.destination, mtuTowards(path.destination), path.mtu, trace::MtuReason::raised);
    settle();
}

// On a link that takes little, there is no room for many SACK blocks: the first ones are the newest (RFC 2018 4).
void Machine::fitOptions(wire::TcpHeader& header, wire::Ipv4Address peer) const {
    const std::uint32_t room = mtuTowards(peer);
    while (header.options.sackCount > 0 && wire::kIpv4HeaderSize + wire::headerSize(header) > room) --header.options.sackCount;
}

std::uint16_t Machine::bindEcho(Application* program) {
    const auto identifier = static_cast<std::uint16_t>(nextProbe() + 1);
    m_echo[identifier] = program;
    return identifier;
}

PreparedDatagram Machine::makeEcho(std::uint16_t identifier, wire::Ipv4Address to, std::uint16_t sequence, Slice data) {
    PreparedDatagram datagram{m_ip.newFlight()};
    datagram.flight->packet.ip.destination = to;
    datagram.flight->packet.transport = wire::IcmpHeader{.type = net::kEchoRequest, .code = 0, .rest = std::uint32_t{identifier} << 16 | sequence};
    datagram.flight->packet.payload = std::move(data);
    m_ip.prepare(*datagram.flight);
    return datagram;
}

}  // namespace mailtrek::host

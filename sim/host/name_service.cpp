// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/name_service.h"

#include "sim/host/dns_stream.h"
#include "sim/host/machine.h"

namespace mailtrek::host {

NameService::NameService(Machine& machine, dns::NameServer server) : m_machine(machine), m_server(std::move(server)) {
    m_machine.bindUdp(dns::kPort, this);
    m_machine.listen(dns::kPort, this);
}

void NameService::onDatagram(const Datagram& datagram) {
    if (const auto response = m_server.answer(datagram.payload, m_machine.now())) {
        PreparedDatagram reply = m_machine.makeDatagram(dns::kPort, datagram.from, datagram.fromPort, *response, datagram.mail);
        m_machine.launch(std::move(reply));
    }
}

void NameService::onAccepted(std::uint16_t, SocketId socket) { m_streams.emplace(socket, std::string{}); }

void NameService::onReadable(SocketId socket) {
    const auto stream = m_streams.find(socket);
    if (stream == m_streams.end()) return;
    stream->second += m_machine.read(socket);
    while (const auto query = takeFramed(stream->second)) {
        if (const auto response = m_server.answer(*query, m_machine.now(), dns::Via::tcp)) m_machine.write(socket, framed(*response));
    }
}

void NameService::onPeerClosed(SocketId socket) { m_machine.close(socket); }

void NameService::onClosed(SocketId socket, trace::CloseReason) { m_streams.erase(socket); }

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/name_service.h"

#include "sim/host/dns_stream.h"
#include "sim/host/machine.h"
#include "sim/host/resolver_service.h"

namespace mailtrek::host {

NameService::NameService(Machine& machine, dns::NameServer server, ResolverService* resolver) : m_machine(machine), m_server(std::move(server)), m_resolver(resolver) {
    m_machine.bindUdp(dns::kPort, this);
    m_machine.listen(dns::kPort, this);
}

void NameService::onDatagram(const Datagram& datagram) {
    dns::Reply reply = m_server.handle(datagram.payload, m_machine.now());
    const auto send = [this, to = datagram.from, port = datagram.fromPort, mail = datagram.mail](Slice octets) {
        m_machine.launch(m_machine.makeDatagram(dns::kPort, to, port, std::move(octets), mail));
    };
    if (auto* octets = std::get_if<Slice>(&reply)) send(std::move(*octets));
    auto* pursuit = std::get_if<dns::Pursuit>(&reply);
    if (pursuit == nullptr) return;
    if (m_resolver == nullptr) return send(m_server.complete(std::move(*pursuit), nullptr));
    const dns::Question& question = pursuit->soFar.questions.front();
    const Asker asker{datagram.from.value, datagram.fromPort, pursuit->soFar.id, question.name, question.type};
    if (!m_pursued.insert(asker).second) return;
    const dns::Question rest = pursuit->rest;
    m_resolver->ask(rest.name, rest.type, datagram.mail, [this, send, asker, pursuit = std::move(*pursuit)](const ResolverService::Reply& found) {
        m_pursued.erase(asker);
        send(m_server.complete(pursuit, std::get_if<dns::Answer>(&found)));
    });
}

void NameService::onAccepted(std::uint16_t, SocketId socket) { m_streams.emplace(socket, Stream{}); }

void NameService::onReadable(SocketId socket) {
    const auto stream = m_streams.find(socket);
    if (stream == m_streams.end()) return;
    stream->second.received += m_machine.read(socket);
    while (const auto query = takeFramed(stream->second.received)) answer(socket, *query);
}

void NameService::answer(SocketId socket, const Slice& query) {
    dns::Reply reply = m_server.handle(query, m_machine.now(), dns::Via::tcp);
    if (const auto* octets = std::get_if<Slice>(&reply)) m_machine.write(socket, framed(*octets));
    auto* pursuit = std::get_if<dns::Pursuit>(&reply);
    if (pursuit == nullptr) return;
    if (m_resolver == nullptr) return m_machine.write(socket, framed(m_server.complete(std::move(*pursuit), nullptr)));
    ++m_streams.at(socket).pursued;
    const dns::Question rest = pursuit->rest;
    const MailId mail = m_machine.world().connections.mailOf(m_machine.connectionOf(socket));
    m_resolver->ask(rest.name, rest.type, mail, [this, socket, pursuit = std::move(*pursuit)](const ResolverService::Reply& found) {
        const auto stream = m_streams.find(socket);
        if (stream == m_streams.end()) return;
        m_machine.write(socket, framed(m_server.complete(pursuit, std::get_if<dns::Answer>(&found))));
        if (--stream->second.pursued == 0 && stream->second.peerClosed) m_machine.close(socket);
    });
}

// RFC 7766 6.2.4: what was asked before is still answered.
void NameService::onPeerClosed(SocketId socket) {
    const auto stream = m_streams.find(socket);
    if (stream != m_streams.end() && stream->second.pursued > 0)
        stream->second.peerClosed = true;
    else
        m_machine.close(socket);
}

void NameService::onClosed(SocketId socket, trace::CloseReason) { m_streams.erase(socket); }

void NameService::onStopped() {
    m_streams.clear();
    m_pursued.clear();
}

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// The DNS server program of a machine: UDP and TCP port 53 in front of dns::NameServer.
#pragma once

#include <map>
#include <string>

#include "sim/dns/server.h"
#include "sim/host/application.h"

namespace mailtrek::host {

class Machine;

class NameService : public Application {
public:
    NameService(Machine& machine, dns::NameServer server);

    void fail(dns::FailureMode mode, Instant until) { m_server.fail(mode, until); }

    void onAccepted(std::uint16_t port, SocketId socket) override;
    void onReadable(SocketId socket) override;
    void onPeerClosed(SocketId socket) override;
    void onClosed(SocketId socket, trace::CloseReason reason) override;
    void onDatagram(const Datagram& datagram) override;
    void onStopped() override { m_streams.clear(); }

private:
    Machine& m_machine;
    dns::NameServer m_server;
    std::map<SocketId, std::string> m_streams;  // octets of queries over TCP not yet complete
};

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// The DNS server program of a machine: UDP and TCP port 53 in front of dns::NameServer, with a resolver beside it when it offers recursion.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "sim/dns/server.h"
#include "sim/host/application.h"

namespace mailtrek::host {

class Machine;
class ResolverService;

class NameService : public Application {
public:
    // `resolver` is of the same machine; nothing: no recursion.
    NameService(Machine& machine, dns::NameServer server, ResolverService* resolver);

    void fail(dns::FailureMode mode, Instant until) { m_server.fail(mode, until); }

    void onAccepted(std::uint16_t port, SocketId socket) override;
    void onReadable(SocketId socket) override;
    void onPeerClosed(SocketId socket) override;
    void onClosed(SocketId socket, trace::CloseReason reason) override;
    void onDatagram(const Datagram& datagram) override;
    void onStopped() override;

private:
    struct Stream {
        std::string received;     // octets of queries not yet complete
        std::size_t pursued = 0;  // questions that are being found out
        bool peerClosed = false;
    };
    using Asker = std::tuple<std::uint32_t, std::uint16_t, std::uint16_t, dns::Name, dns::Type>;  // address, port, id, question
    void answer(SocketId socket, const Slice& query);

    Machine& m_machine;
    dns::NameServer m_server;
    ResolverService* m_resolver;
    std::map<SocketId, Stream> m_streams;
    std::set<Asker> m_pursued;  // over UDP: their repeats need no second answer
};

}  // namespace mailtrek::host

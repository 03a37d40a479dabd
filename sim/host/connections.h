// SPDX-License-Identifier: GPL-3.0-or-later
// What the simulation knows of a TCP connection as a whole, seen from above: who talks to whom, and which letter it serves at the moment.
// The octets on the wire do not carry a letter's identity; both ends read it here, only to tint their events and to name letters in the recording.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/kernel/id.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"
#include "sim/trace/ids.h"
#include "sim/transport/tcp_output.h"

namespace mailtrek::host {

// A recipient of the SMTP transaction under way, as the client's letter numbers it.
struct TransactionRecipient {
    std::string address;
    MailId mail;
    std::uint16_t index = 0;
};

// A letter that a reader has asked for whole, as its server knows it.
struct Fetched {
    MailId mail;
    std::uint16_t recipient = 0;
    std::uint32_t uid = 0;
    MessageId message;  // in the recording
    Slice octets;       // of a POP3 letter
};

// Who is told in plain words what is said on a protected connection. Nothing that it does changes what is said.
class Confidant {
public:
    virtual ~Confidant() = default;
    virtual void clientSaid(ConnectionId connection, std::string_view octets, trace::EventId cause) = 0;
    virtual void serverSaid(ConnectionId connection, std::string_view octets, trace::EventId cause) = 0;
};

struct Connection {
    NodeId client;
    NodeId server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 0;
    MailId mail;  // none between transactions
    // Of a session in which nobody waits for anything (a look for new letters, IDLE): it keeps no run alive.
    bool background = false;
    std::array<transport::SocketId, 2> sockets;  // of the client, of the server once it has accepted
    Instant renewed = kStart;                    // when its client last renewed it, in passing (Checks)
    std::vector<TransactionRecipient> recipients;
    std::map<std::uint32_t, Fetched> fetched;  // IMAP: by uid; POP3: by number, until the reader has it
    Confidant* confidant = nullptr;            // of a program outside, whose TLS nobody here can open at its end
};

class Connections {
public:
    ConnectionId open(Connection connection) {
        m_connections.push_back(std::move(connection));
        return ConnectionId{static_cast<std::uint32_t>(m_connections.size() - 1)};
    }
    // REQUIRES: id was given by open().
    Connection& operator[](ConnectionId id) { return m_connections[id.value]; }
    const Connection& operator[](ConnectionId id) const { return m_connections[id.value]; }
    MailId mailOf(ConnectionId id) const { return id.valid() ? m_connections[id.value].mail : MailId{}; }
    std::size_t size() const { return m_connections.size(); }
    bool inBackground(ConnectionId id) const { return id.valid() && m_connections[id.value].background; }
    // REQUIRES: id was given by open().
    void setBackground(ConnectionId id, bool background) {
        m_connections[id.value].background = background;
        if (background)
            m_background.insert(id);
        else
            m_background.erase(id);
    }
    const std::set<ConnectionId>& inBackground() const { return m_background; }
    void forgetBackground(ConnectionId id) { m_background.erase(id); }

private:
    std::vector<Connection> m_connections;
    std::set<ConnectionId> m_background;
};

}  // namespace mailtrek::host

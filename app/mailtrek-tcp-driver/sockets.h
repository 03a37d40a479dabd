// SPDX-License-Identifier: GPL-3.0-or-later
// The socket calls of POSIX on one machine's TCP, blocking ones included: a call that has to wait answers later.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/host/machine.h"

namespace mailtrek::driver {

// What a call gives back, or that it waits. `error`: the POSIX name, "0" for none.
struct Returned {
    std::int64_t value = 0;
    std::string_view error = "0";
    bool waits = false;
};

class Sockets final : public host::Application {
public:
    explicit Sockets(host::Machine& machine) : m_machine(machine) {}

    transport::TcpSettings& defaults() { return m_defaults; }  // of sockets made from now on

    // `name` as in the line protocol; absent arguments are 0. Nothing for a name that is unknown.
    std::optional<Returned> call(std::string_view name, int fd, std::int64_t argument);
    // The answer of the call on `fd` that had to wait.
    Returned poll(int fd);
    // Nothing when there is no such connection.
    std::optional<transport::TcpInfo> info(int fd) const;

    void onAccepted(std::uint16_t port, host::SocketId id) override;
    void onEstablished(host::SocketId id) override;
    void onReadable(host::SocketId id) override;
    void onWritable(host::SocketId id) override;
    void onPeerClosed(host::SocketId id) override;
    void onClosed(host::SocketId id, trace::CloseReason reason) override;

private:
    enum class Wait : std::uint8_t { none, accept, connect, read, write };
    struct Socket {
        host::SocketId id;  // none before connect
        transport::TcpSettings settings;
        bool listening = false, connecting = false, connected = false, over = false;
        bool nonblocking = false, corked = false, readShut = false, writeShut = false, peerClosed = false;
        std::string_view error = "0";               // pending, as SO_ERROR has it
        std::deque<std::shared_ptr<Socket>> queue;  // to accept
        Wait waiting = Wait::none;
        std::int64_t wanted = 0, done = 0;  // octets of the call that waits
        std::optional<Returned> answer;
    };
    using SocketPtr = std::shared_ptr<Socket>;
    using Call = Returned (Sockets::*)(Socket&, std::int64_t);

    Returned open();
    Returned listen(Socket& socket, std::int64_t backlog);
    Returned accept(Socket& socket, std::int64_t);
    Returned connect(Socket& socket, std::int64_t);
    Returned write(Socket& socket, std::int64_t octets);
    Returned read(Socket& socket, std::int64_t octets);
    Returned shutdown(Socket& socket, bool reading, bool writing);
    Returned setOption(Socket& socket, std::string_view name, std::int64_t value);
    void close(Socket& socket);
    std::optional<Returned> ready(Socket& socket);  // the call that waits, if it can go on
    Returned attempt(Socket& socket, Wait what, std::int64_t wanted);
    void progress(host::SocketId id);
    Returned failed(Socket& socket);  // with the pending error, which is cleared
    int give(const SocketPtr& socket);
    std::size_t readable(const Socket& socket) const;
    SocketPtr find(host::SocketId id) const;

    host::Machine& m_machine;
    transport::TcpSettings m_defaults;
    std::map<int, SocketPtr> m_byFd;
    std::map<std::uint32_t, SocketPtr> m_byId;
    SocketPtr m_listener;
};

}  // namespace mailtrek::driver

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-tcp-driver/sockets.h"

#include <algorithm>
#include <utility>

#include "app/mailtrek-tcp-driver/table.h"

namespace mailtrek::driver {
namespace {

constexpr std::int64_t kLeastSegment = 88, kMostSegment = 32767;  // TCP_MAXSEG, as Linux takes it

std::string_view nameOf(trace::CloseReason reason) {
    switch (reason) {
        case trace::CloseReason::closed:
        case trace::CloseReason::resetByUs: return "0";
        case trace::CloseReason::resetByPeer: return "ECONNRESET";
        case trace::CloseReason::refused: return "ECONNREFUSED";
        case trace::CloseReason::timedOut: return "ETIMEDOUT";
        case trace::CloseReason::unreachable: return "EHOSTUNREACH";
        case trace::CloseReason::networkLost: return "ENETDOWN";
        case trace::CloseReason::hostCrashed: return "ENETDOWN";
    }
    return "0";
}

std::int64_t numberOf(std::string_view error) {  // as on Linux
    constexpr std::pair<std::string_view, int> kNumbers[] = {{"EPIPE", 32},         {"ECONNRESET", 104},   {"ETIMEDOUT", 110},
                                                             {"ECONNREFUSED", 111}, {"EHOSTUNREACH", 113}, {"ENETDOWN", 100}};
    for (const auto& [name, number] : kNumbers)
        if (name == error) return number;
    return 0;
}

Returned fails(std::string_view error) { return {-1, error}; }

}  // namespace

std::optional<Returned> Sockets::call(std::string_view name, int fd, std::int64_t argument) {
    if (name == "socket") return open();
    constexpr std::string_view kNames[] = {"bind",       "listen",  "accept",    "connect",   "write", "read",     "close",   "shutdown_rd", "shutdown_wr",   "shutdown_rdwr",
                                           "setnodelay", "setcork", "setmaxseg", "getmaxseg", "inq",   "nonblock", "soerror", "setsndbuf",   "setusertimeout"};
    if (std::ranges::find(kNames, name) == std::end(kNames)) return std::nullopt;
    const auto found = m_byFd.find(fd);
    if (found == m_byFd.end()) return fails("EBADF");
    const SocketPtr socket = found->second;
    if (name == "bind") return socket->id.valid() ? fails("EINVAL") : Returned{};
    if (name == "listen") return listen(*socket, argument);
    if (name == "connect") return connect(*socket, argument);
    if (name == "accept") return attempt(*socket, Wait::accept, 0);
    if (name == "write") return attempt(*socket, Wait::write, argument);
    if (name == "read") return attempt(*socket, Wait::read, argument);
    if (name == "shutdown_rd") return shutdown(*socket, true, false);
    if (name == "shutdown_wr") return shutdown(*socket, false, true);
    if (name == "shutdown_rdwr") return shutdown(*socket, true, true);
    if (name == "inq") return Returned{static_cast<std::int64_t>(readable(*socket))};
    if (name == "soerror") {
        const std::string_view error = std::exchange(socket->error, "0");
        return Returned{numberOf(error), error};
    }
    if (name == "getmaxseg") {
        const transport::Connection* connection = m_machine.tcp().connection(socket->id);
        if (connection != nullptr && socket->connected) return Returned{connection->info().payloadLimit};
        const bool chosen = socket->settings.mss > 0 && socket->settings.mss != m_defaults.mss;
        return Returned{chosen ? socket->settings.mss : 536};
    }
    if (name == "close") {
        m_byFd.erase(fd);
        close(*socket);
        return Returned{};
    }
    return setOption(*socket, name, argument);
}

Returned Sockets::open() {
    const auto socket = std::make_shared<Socket>();
    socket->settings = m_defaults;
    return {give(socket)};
}

int Sockets::give(const SocketPtr& socket) {
    int fd = 3;
    while (m_byFd.contains(fd)) ++fd;
    m_byFd[fd] = socket;
    return fd;
}

Returned Sockets::listen(Socket& socket, std::int64_t backlog) {
    if (socket.id.valid()) return fails("EINVAL");
    if (m_listener && m_listener.get() != &socket) return fails("EADDRINUSE");
    socket.listening = true;
    for (const auto& [fd, one] : m_byFd)
        if (one.get() == &socket) m_listener = one;
    m_machine.listen(kPort, this, {static_cast<std::size_t>(std::max<std::int64_t>(backlog, 0)), socket.settings});
    return {};
}

Returned Sockets::connect(Socket& socket, std::int64_t) {
    if (socket.listening) return fails("EISCONN");
    if (socket.connecting) return socket.nonblocking ? fails("EALREADY") : attempt(socket, Wait::connect, 0);
    if (socket.connected && !socket.over && socket.done == -1) {  // the first call after a connection made without waiting
        socket.done = 0;
        return {};
    }
    if (socket.error != "0") return failed(socket);
    if (socket.connected) return fails("EISCONN");
    socket.over = false;
    socket.connecting = true;
    socket.id = m_machine.connect(kRemote, kPort, this, {}, {kPort, socket.settings});
    if (!socket.id.valid()) {
        socket.connecting = false;
        return fails("EADDRNOTAVAIL");
    }
    for (const auto& [fd, one] : m_byFd)
        if (one.get() == &socket) m_byId[socket.id.value] = one;
    if (!socket.nonblocking) return attempt(socket, Wait::connect, 0);
    socket.done = -1;
    return fails("EINPROGRESS");
}

Returned Sockets::attempt(Socket& socket, Wait what, std::int64_t wanted) {
    socket.waiting = what;
    socket.wanted = wanted;
    socket.done = 0;
    socket.answer.reset();
    if (std::optional<Returned> answer = ready(socket)) {
        socket.waiting = Wait::none;
        return *answer;
    }
    if (!socket.nonblocking) return {.waits = true};
    socket.waiting = Wait::none;
    return socket.done > 0 ? Returned{socket.done} : fails("EAGAIN");
}

std::optional<Returned> Sockets::ready(Socket& socket) {
    switch (socket.waiting) {
        case Wait::none: return std::nullopt;
        case Wait::accept: return socket.listening && socket.queue.empty() ? std::nullopt : std::optional(accept(socket, 0));
        case Wait::connect:
            if (socket.connecting) return std::nullopt;
            return socket.connected ? Returned{} : failed(socket);
        case Wait::read: {
            const Returned result = read(socket, socket.wanted);
            return result.waits ? std::nullopt : std::optional(result);
        }
        case Wait::write: {
            const Returned result = write(socket, socket.wanted);
            return result.waits ? std::nullopt : std::optional(result);
        }
    }
    return std::nullopt;
}

Returned Sockets::accept(Socket& socket, std::int64_t) {
    if (!socket.listening) return fails("EINVAL");
    const SocketPtr first = socket.queue.front();
    socket.queue.pop_front();
    m_machine.take(first->id);
    return {give(first)};
}

Returned Sockets::failed(Socket& socket) {
    const std::string_view error = std::exchange(socket.error, "0");
    return fails(error == "0" ? "ENOTCONN" : error);
}

Returned Sockets::read(Socket& socket, std::int64_t octets) {
    if (octets <= 0) return {};
    if (readable(socket) > 0) return {static_cast<std::int64_t>(m_machine.read(socket.id, static_cast<std::size_t>(octets)).size())};
    if (socket.error != "0") return failed(socket);
    const transport::Connection* connection = m_machine.tcp().connection(socket.id);
    if (socket.readShut || socket.over || (connection != nullptr && socket.connected && connection->atEnd())) return {};
    if (!socket.connected && !socket.connecting) return fails("ENOTCONN");
    return {.waits = true};
}

Returned Sockets::write(Socket& socket, std::int64_t octets) {
    if (socket.error != "0") return socket.done > 0 ? Returned{socket.done} : failed(socket);
    if (socket.writeShut || socket.over || (!socket.connected && !socket.connecting)) return socket.done > 0 ? Returned{socket.done} : fails("EPIPE");
    if (socket.connecting) return {.waits = true};
    while (socket.done < octets) {
        const transport::Connection* connection = m_machine.tcp().connection(socket.id);
        if (connection == nullptr) return socket.done > 0 ? Returned{socket.done} : fails("EPIPE");
        const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>({connection->writeSpace(), static_cast<std::uint64_t>(octets - socket.done), 1u << 30}));
        if (size == 0) return {.waits = true};
        socket.done += size;
        m_machine.write(socket.id, Slice::filled(size, 'x'));
    }
    return {octets};
}

Returned Sockets::shutdown(Socket& socket, bool reading, bool writing) {
    if (socket.listening) {
        close(socket);
        socket.listening = false;
        return {};
    }
    if (!socket.connected || socket.over) return fails("ENOTCONN");
    socket.readShut |= reading;
    socket.writeShut |= writing;
    m_machine.with(socket.id, [&](transport::Connection& connection) {
        if (reading) connection.shutdownRead();
        if (writing) connection.shutdownWrite(m_machine.now());
    });
    progress(socket.id);
    return {};
}

Returned Sockets::setOption(Socket& socket, std::string_view name, std::int64_t value) {
    const Instant now = m_machine.now();
    const auto tell = [&](auto&& change) {
        if (socket.id.valid()) m_machine.with(socket.id, change);
    };
    if (name == "nonblock") {
        socket.nonblocking = value != 0;
    } else if (name == "setnodelay") {
        socket.settings.nagle = value == 0;
        tell([&](transport::Connection& c) { c.setNodelay(value != 0, now); });
    } else if (name == "setcork") {
        socket.corked = value != 0;
        tell([&](transport::Connection& c) { c.setCork(value != 0, now); });
    } else if (name == "setmaxseg") {
        if (value < kLeastSegment || value > kMostSegment) return fails("EINVAL");
        socket.settings.mss = static_cast<std::uint32_t>(value);
    } else if (name == "setsndbuf") {
        socket.settings.sendBuffer = static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 1, 0x7fffffff));
        tell([&](transport::Connection& c) { c.setSendBuffer(socket.settings.sendBuffer); });
    } else if (name == "setusertimeout") {
        if (value < 0) return fails("EINVAL");
        socket.settings.userTimeout = std::chrono::milliseconds{value};
        tell([&](transport::Connection& c) { c.setUserTimeout(socket.settings.userTimeout, now); });
    }
    return {};
}

void Sockets::close(Socket& socket) {
    if (socket.listening) {
        m_listener.reset();
        m_machine.unlisten(kPort);
        return;
    }
    if (!socket.id.valid()) return;
    m_byId.erase(socket.id.value);
    m_machine.close(socket.id);
}

Returned Sockets::poll(int fd) {
    const auto found = m_byFd.find(fd);
    if (found == m_byFd.end()) return fails("EBADF");
    Socket& socket = *found->second;
    if (socket.answer) return *std::exchange(socket.answer, std::nullopt);
    return {.waits = socket.waiting != Wait::none};
}

std::optional<transport::TcpInfo> Sockets::info(int fd) const {
    const auto found = m_byFd.find(fd);
    if (found == m_byFd.end()) return std::nullopt;
    const transport::Connection* connection = m_machine.tcp().connection(found->second->id);
    transport::TcpInfo info;
    if (connection != nullptr) info = connection->info();
    if (found->second->listening) info.state = trace::TcpState::listen;
    return info;
}

std::size_t Sockets::readable(const Socket& socket) const { return socket.id.valid() ? m_machine.tcp().readable(socket.id) : 0; }

Sockets::SocketPtr Sockets::find(host::SocketId id) const {
    const auto found = m_byId.find(id.value);
    return found == m_byId.end() ? nullptr : found->second;
}

void Sockets::progress(host::SocketId id) {
    const SocketPtr socket = find(id);
    if (!socket || socket->waiting == Wait::none || socket->answer) return;
    socket->answer = ready(*socket);
    if (socket->answer) socket->waiting = Wait::none;
}

void Sockets::onAccepted(std::uint16_t, host::SocketId id) {
    if (!m_listener) return;
    const auto socket = std::make_shared<Socket>();
    socket->id = id;
    socket->settings = m_listener->settings;
    socket->connected = true;
    m_byId[id.value] = socket;
    m_listener->queue.push_back(socket);
    if (m_listener->waiting != Wait::accept || m_listener->answer) return;
    m_listener->answer = ready(*m_listener);
    m_listener->waiting = Wait::none;
}

void Sockets::onEstablished(host::SocketId id) {
    const SocketPtr socket = find(id);
    if (!socket) return;
    socket->connecting = false;
    socket->connected = true;
    if (socket->corked) m_machine.with(id, [&](transport::Connection& c) { c.setCork(true, m_machine.now()); });
    progress(id);
}

void Sockets::onReadable(host::SocketId id) { progress(id); }
void Sockets::onWritable(host::SocketId id) { progress(id); }

void Sockets::onPeerClosed(host::SocketId id) {
    if (const SocketPtr socket = find(id)) socket->peerClosed = true;
    progress(id);
}

void Sockets::onClosed(host::SocketId id, trace::CloseReason reason) {
    const SocketPtr socket = find(id);
    if (!socket) return;
    socket->error = nameOf(reason);
    if (reason == trace::CloseReason::resetByPeer && socket->peerClosed) socket->error = "EPIPE";  // as Linux in CLOSE-WAIT
    socket->over = socket->connected;
    socket->connecting = false;
    progress(id);
}

}  // namespace mailtrek::driver

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/serve_door.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace mailtrek::cli {

namespace {

ServedRun::Wall wallNow() { return std::chrono::steady_clock::now(); }

void setOption(int socket, int level, int option, int value) { setsockopt(socket, level, option, &value, sizeof value); }

bool notNow(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

Descriptor::~Descriptor() {
    if (m_number >= 0) ::close(m_number);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        if (m_number >= 0) ::close(m_number);
        m_number = other.release();
    }
    return *this;
}

int Descriptor::release() { return std::exchange(m_number, -1); }

Result<Listener, int> listenAt(std::uint16_t port) {
    Listener listener{Descriptor(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), 0};
    if (listener.socket.number() < 0) return errno;
    setOption(listener.socket.number(), SOL_SOCKET, SO_REUSEADDR, 1);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener.socket.number(), generic, length) < 0 || listen(listener.socket.number(), 16) < 0) return errno;
    if (getsockname(listener.socket.number(), generic, &length) < 0) return errno;
    listener.port = ntohs(address.sin_port);
    return listener;
}

bool Door::reads(const Visitor& visitor) const { return !visitor.ended && !m_run.full() && m_run.state(visitor.number).underWay < kAhead; }

void Door::turn(std::chrono::milliseconds most, int extra) {
    std::vector<pollfd> watched{{extra, POLLIN, 0}};
    for (const Listener& listener : m_listeners) watched.push_back({listener.socket.number(), POLLIN, 0});
    const std::size_t first = watched.size();
    std::vector<Visitor*> visitors;
    for (const auto& visitor : m_visitors) {
        const short events = static_cast<short>((reads(*visitor) ? POLLIN : 0) | (visitor->out.empty() ? 0 : POLLOUT));
        watched.push_back({visitor->socket.number(), events, 0});
        visitors.push_back(visitor.get());
    }
    if (poll(watched.data(), watched.size(), static_cast<int>(most.count())) <= 0) return;
    for (std::size_t i = 0; i < visitors.size(); ++i) {
        const short came = watched[first + i].revents;
        if ((came & POLLERR) != 0)
            broken(*visitors[i]);
        else if ((came & (POLLIN | POLLHUP)) != 0 && !visitors[i]->ended && (watched[first + i].events & POLLIN) != 0)
            hear(*visitors[i]);
        else if ((came & POLLHUP) != 0)  // both directions are over on that side
            broken(*visitors[i]);
    }
    for (std::size_t i = 0; i < m_listeners.size(); ++i)
        if ((watched[1 + i].revents & POLLIN) != 0) admit(i);
    std::erase_if(m_visitors, [](const auto& visitor) { return visitor->gone; });
}

void Door::admit(std::size_t listener) {
    sockaddr_in from{};
    socklen_t length = sizeof from;
    Descriptor socket(accept4(m_listeners[listener].socket.number(), reinterpret_cast<sockaddr*>(&from), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.number() < 0) return;
    if (m_visitors.size() >= kMost || m_run.full()) {
        const linger atOnce{1, 0};
        setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
        return m_reports.full();
    }
    setOption(socket.number(), IPPROTO_TCP, TCP_NODELAY, 1);
    setOption(socket.number(), SOL_SOCKET, SO_SNDBUF, 64 * 1024);  // so that the simulated window feels a program that does not read
    setOption(socket.number(), SOL_SOCKET, SO_RCVBUF, 64 * 1024);
    auto visitor = std::make_unique<Visitor>();
    visitor->socket = std::move(socket);
    visitor->number = m_run.nextConnection();
    m_reports.entered(visitor->number, kServices[listener], ntohs(from.sin_port));
    m_run.open(visitor->number, kServices[listener], wallNow());
    m_visitors.push_back(std::move(visitor));
}

void Door::hear(Visitor& visitor) {
    std::string octets(kPiece, '\0');
    const ssize_t got = recv(visitor.socket.number(), octets.data(), octets.size(), 0);
    if (got < 0) {
        if (!notNow(errno)) broken(visitor);
        return;
    }
    if (got == 0) {
        visitor.ended = true;
        return m_run.close(visitor.number, wallNow());
    }
    octets.resize(static_cast<std::size_t>(got));
    octets.shrink_to_fit();
    m_run.write(visitor.number, std::move(octets), wallNow());
}

// The program is gone without a farewell.
void Door::broken(Visitor& visitor) {
    if (visitor.gone) return;
    if (!m_run.state(visitor.number).over) m_run.reset(visitor.number, wallNow());
    finish(visitor, trace::CloseReason::resetByPeer);
}

void Door::finish(Visitor& visitor, trace::CloseReason reason) {
    if (reason != trace::CloseReason::closed) {  // what the server did not say in full, the program shall not take for the whole
        const linger atOnce{1, 0};
        setsockopt(visitor.socket.number(), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    }
    visitor.socket = Descriptor();
    visitor.gone = true;
    m_reports.left(visitor.number, reason);
}

bool Door::handOut() {
    bool moved = false;
    for (const auto& visitor : m_visitors)
        while (!visitor->gone && serve(*visitor)) moved = true;
    std::erase_if(m_visitors, [](const auto& visitor) { return visitor->gone; });
    return moved;
}

// True: octets went out.
bool Door::serve(Visitor& visitor) {
    if (visitor.out.size() < kOut) visitor.out += m_run.take(visitor.number, kOut - visitor.out.size());
    const auto state = m_run.state(visitor.number);
    bool moved = false;
    if (!visitor.out.empty()) {
        const ssize_t sent = send(visitor.socket.number(), visitor.out.data(), visitor.out.size(), MSG_NOSIGNAL);
        if (sent < 0 && !notNow(errno)) {
            broken(visitor);
            return false;
        }
        if (sent > 0) {
            visitor.out.erase(0, static_cast<std::size_t>(sent));
            visitor.taken += static_cast<std::uint64_t>(sent);
            moved = true;
        }
    }
    if (state.heldUp && visitor.taken >= host::OutsideProgram::kWindow / 2) m_run.took(visitor.number, std::exchange(visitor.taken, 0), wallNow());
    if (!visitor.out.empty() || !state.known) return moved;
    if (state.over && *state.over != trace::CloseReason::closed) {
        finish(visitor, *state.over);
    } else if (state.peerClosed && !visitor.shut) {
        shutdown(visitor.socket.number(), SHUT_WR);
        visitor.shut = true;
    }
    if (!visitor.gone && ((visitor.shut && visitor.ended) || (state.over && state.peerClosed))) finish(visitor, trace::CloseReason::closed);
    return moved;
}

}  // namespace mailtrek::cli

// SPDX-License-Identifier: GPL-3.0-or-later
// What a device's mail program has to say about itself: where its server is to be found, whether anything can be reached, and whose turn it is with a mailbox.
#include <fmt/format.h>

#include <algorithm>

#include "sim/host/device.h"
#include "sim/host/machine.h"
#include "sim/host/mail_server.h"

namespace mailtrek::host {
namespace {

constexpr std::uint16_t kImap = 143, kImaps = 993, kPop3 = 110, kPop3s = 995, kHttps = 443;

}  // namespace

bool Device::reachable() const { return m_machine.ip().online() && m_machine.ip().running() && (!m_options.roams || m_machine.ip().linked()); }

// On a segment that both are on, if there is one at the moment; otherwise where everybody finds it.
wire::Ipv4Address Device::server() const {
    for (const wire::Ipv4Address address : m_options.beside)
        if (m_machine.ip().onSegment(address)) return address;
    return *m_options.server;
}

std::uint16_t Device::readingPort() const {
    if (browses()) return kHttps;
    if (fetches()) return m_options.implicitTls ? kPop3s : kPop3;
    return m_options.implicitTls ? kImaps : kImap;
}

// The address that it has on this connection: a device in another network has another one (RFC 5321 4.1.3).
std::string Device::ownName(SocketId socket) const {
    const transport::Connection* connection = m_machine.tcp().connection(socket);
    if (!m_options.roams || connection == nullptr) return m_options.hostName;
    return fmt::format("[{}]", wire::toString(connection->endpoints().local));
}

bool Device::fetching() const {
    if (!fetches()) return false;
    const auto open = [](const auto& task) { return task->request && task->socket.valid(); };
    return std::any_of(m_tasks.begin(), m_tasks.end(), open) || std::any_of(m_done.begin(), m_done.end(), open);
}

void Device::hold(bool held) {
    if (m_held == held) return;
    m_held = held;
    if (held) return;
    std::vector<Task*> waiting;
    for (const auto& task : m_tasks)
        if (task->request && task->next == kNever && !task->socket.valid()) waiting.push_back(task.get());
    for (Task* task : waiting) begin(*task);
}

// A person's device shows its password to nobody whose certificate is not good (RFC 8314 4.3).
void Device::startTls(SocketId socket) { m_machine.startTls(socket, tls::ClientOptions{m_options.serverName, true, calendarSeconds(m_machine.now())}, m_options.implicitTls); }

std::string Device::nameOf(mail::TlsTrouble trouble, bool badCertificate) {
    switch (trouble) {
        case mail::TlsTrouble::none: return "connection-lost";
        case mail::TlsTrouble::notOffered: return "no-tls";
        case mail::TlsTrouble::refused: return "tls-failed";
        case mail::TlsTrouble::failed: return badCertificate ? "bad-certificate" : "tls-failed";
    }
    return {};
}

}  // namespace mailtrek::host

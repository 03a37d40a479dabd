// SPDX-License-Identifier: GPL-3.0-or-later
// The web page of a mail server, on port 443 of the same machine: a program of its own, with sockets of its own, that opens the mailboxes of the server beside it.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/host/application.h"
#include "sim/web/web_server.h"
#include "sim/web/web_site.h"

namespace mailtrek::host {

class Machine;
class MailServer;
class WebService;

// One browser at the door.
class WebSession final : public web::WebEvents {
public:
    WebSession(WebService& service, SocketId socket);
    void onBytes(std::string_view octets);
    void onSecured();
    void onTimer();
    Instant nextDeadline() const { return std::min(m_web.nextDeadline(), m_handshakeBy); }

    mail::Mailbox* login(std::string_view user, std::string_view password) override;
    mail::Mailbox* mailbox(std::string_view address) override;
    std::string secret() override;
    void flagsChanged(mail::Mailbox& box, const mail::StoredMessage& message) override;
    void expunged(mail::Mailbox& box, const mail::StoredMessage& message) override;
    void shown(mail::Mailbox& box, const mail::StoredMessage& message) override;
    std::optional<std::string> submit(const std::string& account, const web::WrittenLetter& letter) override;

private:
    void carryOut(const web::WebServerOutput& output);
    Slice composed(const std::string& account, const web::WrittenLetter& letter);
    void accept(const std::string& account, const web::WrittenLetter& letter, const std::vector<std::string>& recipients, const Slice& message);

    WebService& m_service;
    SocketId m_socket;
    Instant m_handshakeBy;
    web::WebServer m_web;
};

class WebService final : public Application {
public:
    WebService(Machine& machine, MailServer& server);

    Machine& machine() { return m_machine; }
    MailServer& server() { return m_server; }
    web::WebSite& site() { return m_site; }
    std::string secret();

    void onAccepted(std::uint16_t port, SocketId socket) override;
    void onReadable(SocketId socket) override;
    void onSecured(SocketId socket) override;
    void onTlsFailed(SocketId socket, const tls::Failure& failure) override;
    void onPeerClosed(SocketId socket) override;
    void onClosed(SocketId socket, trace::CloseReason reason) override;
    void onTimer() override;
    Instant nextDeadline() const override;
    void onStopped() override;

private:
    Machine& m_machine;
    MailServer& m_server;
    web::WebSite m_site;
    std::map<SocketId, std::unique_ptr<WebSession>> m_sessions;
    std::uint64_t m_secrets = 0;  // that were ever given
};

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail server has for TLS: whether it offers it, and its certificate, issued when somebody first asks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/mail/smtp_server.h"
#include "sim/scenario/tls.h"
#include "sim/tls/credentials.h"

namespace mailtrek::host {

struct ServerTlsOptions {
    mail::StartTls startTls = mail::StartTls::off;
    std::vector<std::string> names;  // of the host and its domains
    scenario::ServerTls faults;
};

class ServerTls {
public:
    explicit ServerTls(ServerTlsOptions options) : m_options(std::move(options)) {}

    mail::StartTls startTls() const { return m_options.startTls; }
    void setStartTls(mail::StartTls startTls) { m_options.startTls = startTls; }
    // Nothing when there is none to be had.
    std::shared_ptr<const tls::Credentials> credentials();
    // For programs outside, which know the server as localhost and judge by a clock of their own.
    std::shared_ptr<const tls::Credentials> credentialsForOutside();

private:
    ServerTlsOptions m_options;
    std::shared_ptr<const tls::Credentials> m_credentials, m_forOutside;
};

// Simulated time as certificates know it: seconds since 1970.
std::int64_t calendarSeconds(Instant now);

}  // namespace mailtrek::host

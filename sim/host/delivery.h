// SPDX-License-Identifier: GPL-3.0-or-later
// One attempt of a mail server to hand letters on: asks DNS for the way (or knows its smarthost), tries the hosts in order, holds the SMTP dialogue.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/dns/mail_route.h"
#include "sim/host/application.h"
#include "sim/mail/mta.h"

namespace mailtrek::host {

class MailServer;

class Delivery {
public:
    Delivery(MailServer& server, mail::Job job);

    void start();
    void onEstablished();
    void onReadable(std::string_view octets);
    void onSecured();
    void onTlsFailed(const tls::Failure& failure);
    void onClosed(trace::CloseReason reason);
    void onTimer();
    Instant nextDeadline() const { return m_client ? m_client->nextDeadline() : kNever; }
    const mail::Job& job() const { return m_job; }
    bool over() const { return m_over; }  // nothing more will come of it

private:
    struct Try {
        wire::Ipv4Address address;
        std::string host;
        std::string name;         // that its certificate should be made out to
        bool inTheClear = false;  // TLS was tried and did not work (RFC 7435)
    };
    void ask(const std::vector<dns::Question>& questions);
    void onRoute(const dns::Route& route);
    void tryNext();
    void makeTransactions();
    void carryOut(const mail::SmtpClient::Actions& actions);
    void takeLeave(const mail::SmtpClient::Actions& actions, ConnectionId number);
    void take(const mail::SmtpOutcome& outcome);
    void failAll(const mail::Failure& failure);
    mail::Failure failureOf(const mail::HeardReply& heard) const;
    void report();

    MailServer& m_server;
    mail::Job m_job;
    std::optional<dns::MailRoute> m_route;
    std::deque<Try> m_tries;
    Try m_present;
    SocketId m_socket;
    std::optional<mail::SmtpClient> m_client;
    std::vector<std::vector<std::size_t>> m_groups;  // places in m_job.entries, per transaction
    std::size_t m_group = 0;
    std::uint64_t m_acknowledged = 0;  // when patience was last at its end
    bool m_begun = false;              // a transaction was begun on this connection
    bool m_connected = false;
    bool m_secured = false;
    bool m_reported = false;
    bool m_over = false;
    std::vector<std::optional<mail::Failure>> m_results;
    mail::Failure m_lastFailure;
};

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// The mail program of a person's device: writes letters and hands them to its own server (587), reads, prints and deletes over IMAP (143) or POP3 (110).
// It knows its server by
// configuration and asks no DNS for it. What cannot be done now is tried again: when the device comes online, or after a minute, then two, four, up to half an hour.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/host/application.h"
#include "sim/mail/imap_client.h"
#include "sim/mail/pop3_client.h"
#include "sim/mail/smtp_client.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/enums.h"
#include "sim/trace/ids.h"
#include "sim/web/browser.h"

namespace mailtrek::host {

class Machine;

struct Letter {  // as its writer has it
    MailId id;
    std::string envelopeFrom;
    std::vector<std::string> recipients;  // To, Cc, Bcc in this order: their places are the recipient indices
    mail::DsnWish dsn;                    // for each of them
    mail::DsnReturn ret = mail::DsnReturn::unsaid;
    std::string envelopeId;  // ENVID; empty: none
    Slice message;
    MessageId messageId;  // in the recording
    trace::EventId composed;

    mail::DsnWish wishFor(std::uint16_t recipient) const;
};

struct DeviceOptions {
    std::string user;  // logs in as
    std::string hostName;
    std::optional<wire::Ipv4Address> server;  // none: nobody serves the user's domain
    bool roams = false;                       // it has several links, and uses the first that is up
    std::vector<wire::Ipv4Address> beside;    // if it roams: the server's addresses on segments that both share
    bool prints = false;
    scenario::ReadsWith readsWith = scenario::ReadsWith::imap;
    Duration giveUp = std::chrono::hours{120};
    mail::TlsWish tls = mail::TlsWish::ifOffered;
    bool implicitTls = false;  // ports 465 and 993
    std::string serverName;    // that the server's certificate must be made out to: without a good one, no password
};

struct ReadRequest {
    mail::ImapTask task = mail::ImapTask::read;
    trace::ReadAction action = trace::ReadAction::read;
    MailId mail;            // none: all there is
    std::string messageId;  // of it
    bool onlyNew = false;   // what this device has not printed yet
};

// A letter that the device fetched by POP3; it is on its disk, and a crash leaves it there.
struct Copy {
    std::uint32_t uid = 0;
    MailId mail;
    std::uint16_t recipient = 0;
    MessageId message;  // in the recording
    Slice octets;
    std::string messageId;  // its header field
    bool printed = false;
    bool gone = false;
};

class Device final : public Application {
public:
    Device(Machine& machine, DeviceOptions options) : m_machine(machine), m_options(std::move(options)) {}

    const DeviceOptions& options() const { return m_options; }
    const std::vector<Copy>& copies() const { return m_copies; }
    void send(Letter letter);
    void read(ReadRequest request);
    // A printer looks into its mailbox every 30 s; between arrivals there is nothing to see, so only the look that finds something is simulated.
    void letterArrived();

    void onEstablished(SocketId socket) override;
    void onReadable(SocketId socket) override;
    void onSecured(SocketId socket) override;
    void onTlsFailed(SocketId socket, const tls::Failure& failure) override;
    void onPeerClosed(SocketId socket) override;
    void onClosed(SocketId socket, trace::CloseReason reason) override;
    void onTimer() override;
    Instant nextDeadline() const override;
    void onStopped() override;
    void onStarted() override { onOnline(true); }
    void onOnline(bool online) override;
    void onNetworkChanged() override { onOnline(true); }
    std::size_t pending() const override { return m_tasks.size(); }

    // --- for what it does without its person (Checks); device_habits.cpp ---
    bool reachable() const;
    bool fetches() const { return m_options.readsWith == scenario::ReadsWith::pop3 || m_options.readsWith == scenario::ReadsWith::pop3Delete; }
    bool browses() const { return m_options.readsWith == scenario::ReadsWith::webmail; }
    bool fetching() const;  // a POP3 session of the person's is open
    // As long as it is held, the person's wish to fetch by POP3 waits: a mailbox takes one session at a time (RFC 1939 3).
    void hold(bool held);
    wire::Ipv4Address server() const;  // REQUIRES: there is one. Where it is to be found now
    std::uint16_t readingPort() const;
    mail::Pop3ClientOptions pop3Options() const;
    void keepCopy(ConnectionId number, const mail::Pop3Letter& letter);
    void startTls(SocketId socket);
    static std::string nameOf(mail::TlsTrouble trouble, bool badCertificate);

private:
    struct Task {
        std::optional<Letter> letter;        // to send
        std::vector<std::uint16_t> open;     // recipients not yet accepted or refused
        std::optional<ReadRequest> request;  // or to read
        Instant since;
        Instant next;  // when to try
        unsigned tries = 0;
        trace::EventId cause;
        SocketId socket;
        bool badCertificate = false;
        std::set<std::uint32_t> had;     // uids of letters read or printed before the connection was lost
        std::uint64_t acknowledged = 0;  // when patience was last at its end
        std::optional<mail::SmtpClient> smtp;
        std::optional<mail::ImapClient> imap;
        std::optional<mail::Pop3Client> pop3;
        std::optional<web::Browser> browser;
    };
    Task* taskOf(SocketId socket);
    void begin(Task& task);
    void sendRest(Task& task, std::vector<std::uint16_t> open, const std::string& why);
    void again(Task& task, const std::string& why);
    void finish(Task& task);
    void wait(const Task& task, const std::string& why, bool final);
    void carryOut(Task& task, const mail::SmtpClient::Actions& actions);
    void carryOut(Task& task, const mail::ImapClient::Actions& actions);
    void carryOut(Task& task, const mail::Pop3Client::Actions& actions);
    // device_web.cpp
    void beginBrowsing(Task& task);
    void carryOut(Task& task, const web::Browser::Actions& actions);
    // device_copies.cpp
    bool means(const ReadRequest& request, const Copy& copy) const;
    bool hasCopy(const ReadRequest& request) const;  // of the one letter that is meant
    void doWithCopies(const ReadRequest& request);
    std::uint16_t portFor(const Task& task) const;
    static std::string tlsTrouble(const Task& task);
    void take(Task& task, const mail::SmtpOutcome& outcome);
    void refuse(const Task& task, std::uint16_t recipient, const std::string& detail, int code);

    std::string ownName(SocketId socket) const;

    Machine& m_machine;
    DeviceOptions m_options;
    bool m_held = false;
    bool m_networkLost = false;  // while it hears of connections that are gone with it
    std::vector<std::unique_ptr<Task>> m_tasks;
    std::vector<Copy> m_copies;
    std::set<std::string> m_fetchedIds;         // unique ids of all that was ever fetched
    std::set<std::uint32_t> m_printed;          // uids of what was printed over IMAP
    std::vector<std::unique_ptr<Task>> m_done;  // they still take their leave of the server
};

}  // namespace mailtrek::host

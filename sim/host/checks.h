// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail program does without its person: it looks for new letters every so often, or stays connected and lets the server tell it (IMAP IDLE, RFC 2177). It learns what is in
// the mailbox, or, by POP3, takes copies; nobody has read them by that. It keeps no run alive.
//
// A month in which nothing happens costs next to nothing. A look, a renewal of IDLE or an attempt to connect that falls due when nothing has been under way in its part of the
// network for a while, nothing has been changed there since well before the last one, and nothing has come, gone or changed in the mailbox since, would go as the last one went: it
// is passed over. Neither end sends anything; the time of the next one, and both ends' patience, are as if it had been.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/host/application.h"
#include "sim/mail/imap_client.h"
#include "sim/mail/pop3_client.h"
#include "sim/scenario/scenario.h"

namespace mailtrek::host {

class Device;
class Machine;

struct KnownLetter {  // on the server, as far as the device knows
    std::uint32_t uid = 0;
    MailId mail;
    std::uint16_t recipient = 0;
    bool read = false;
};

class Checks final : public Application {
public:
    Checks(Machine& machine, Device& device, scenario::Checks how) : m_machine(machine), m_device(device), m_how(how) {}

    // The run begins.
    void begin();
    // Something came, went or changed in the mailbox: the next look is not passed over.
    void mailboxChanged() { m_stale = true; }
    const std::vector<KnownLetter>& known() const { return m_known; }  // ascending by uid

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
    void onNetworkChanged() override;

private:
    bool mayPassOver() const;
    void passOver();
    void look();
    void connected();
    void carryOut(const mail::ImapClient::Actions& actions);
    void carryOut(const mail::Pop3Client::Actions& actions);
    void learn(const mail::ImapKnown& news);
    void done(bool good, const std::string& why, bool final);
    void again(const std::string& why);
    void tell(const std::string& why, bool final);
    void forgetSession();
    Duration backOff() const;
    mail::ImapClientOptions imapOptions() const;

    Machine& m_machine;
    Device& m_device;
    scenario::Checks m_how;
    Instant m_next = kNever;   // of the next look, or attempt to connect
    Instant m_begun = kStart;  // when the last one, or the last renewal, really began
    bool m_stale = false;      // the mailbox is not as it was then
    unsigned m_failures = 0;   // in a row
    SocketId m_socket;
    bool m_badCertificate = false;
    bool m_told = false;  // what became of the look
    std::optional<mail::ImapClient> m_imap;
    std::optional<mail::Pop3Client> m_pop3;
    std::vector<KnownLetter> m_known;
    std::uint32_t m_validity = 0;  // of INBOX
};

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// The resolver of a machine: carries out what dns::StubResolver says over UDP, and over TCP when an answer was truncated.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>

#include "sim/dns/stub_resolver.h"
#include "sim/host/application.h"
#include "sim/trace/ids.h"

namespace mailtrek::host {

class Machine;

class ResolverService : public Application {
public:
    using Reply = std::variant<dns::Answer, dns::TimedOut>;
    using Done = std::function<void(const Reply&)>;

    ResolverService(Machine& machine, dns::ResolverOptions options);

    // `done` is called once, perhaps before ask() returns; never when the machine crashes first. `mail` is the letter that the question serves.
    void ask(const dns::Name& name, dns::Type type, MailId mail, Done done);

    void onEstablished(SocketId socket) override;
    void onReadable(SocketId socket) override;
    void onClosed(SocketId socket, trace::CloseReason reason) override;
    void onDatagram(const Datagram& datagram) override;
    void onIcmpError(const IcmpError& error) override;
    void onTimer() override;
    Instant nextDeadline() const override { return m_resolver.nextDeadline().value_or(kNever); }
    void onStopped() override;
    std::size_t pending() const override { return m_asked.size(); }

private:
    struct Asked {
        MailId mail;
        Done done;
        trace::EventId cause;  // what made us ask
    };
    struct Stream {
        dns::RetryOverTcp question;
        std::string received;
    };
    void carryOut(std::vector<dns::ResolverAction> actions, PacketId answeredBy);
    void send(const dns::Send& send);
    void finish(const dns::Answer& answer, PacketId answeredBy);
    void finish(const dns::TimedOut& timedOut);
    MailId mailOf(dns::QueryId query) const;
    Asked take(dns::Token token);

    Machine& m_machine;
    dns::StubResolver m_resolver;
    dns::Token m_nextToken = 1;
    MailId m_asking;  // the letter of the question being asked at this moment
    std::map<dns::Token, Asked> m_asked;
    std::map<dns::QueryId, MailId> m_mails;  // of questions that went out
    std::map<SocketId, Stream> m_streams;
};

}  // namespace mailtrek::host

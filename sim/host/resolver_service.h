// SPDX-License-Identifier: GPL-3.0-or-later
// The resolver of a machine: carries out what dns::StubResolver or dns::RecursiveResolver says over UDP, and over TCP when an answer was truncated.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "sim/dns/recursive_resolver.h"
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
    // With options.reason `onBehalf` it works for a name server that offers recursion.
    ResolverService(Machine& machine, dns::RecursionOptions options);

    // `done` is called once, perhaps before ask() returns; never when the machine crashes first. `mail` is the letter that the question serves.
    void ask(const dns::Name& name, dns::Type type, MailId mail, Done done);

    void onEstablished(SocketId socket) override;
    void onReadable(SocketId socket) override;
    void onPeerClosed(SocketId socket) override;
    void onClosed(SocketId socket, trace::CloseReason reason) override;
    void onDatagram(const Datagram& datagram) override;
    void onIcmpError(const IcmpError& error) override;
    void onTimer() override;
    Instant nextDeadline() const override { return m_resolver->nextDeadline().value_or(kNever); }
    void onStopped() override;
    std::size_t pending() const override { return m_asked.size(); }

private:
    struct Asked {
        MailId mail;
        Done done;
        trace::EventId cause;                              // what made us ask
        std::map<dns::QueryId, trace::EventId> lastQuery;  // the cause of its repeats
    };
    struct Stream {
        dns::RetryOverTcp question;
        std::string received;
    };
    void carryOut(const dns::ResolverActions& actions, PacketId answeredBy);
    void send(const dns::Send& send);
    void finish(const dns::Answer& answer, PacketId answeredBy);
    void retry(const dns::RetryOverTcp& retry);
    void tell(const dns::Referral& referral, PacketId packet);
    void tell(const dns::Rejected& rejected, PacketId packet);
    void finish(const dns::TimedOut& timedOut);
    MailId mailOf(dns::Token token) const;
    void dropOldStreams();
    Asked take(dns::Token token);

    Machine& m_machine;
    std::unique_ptr<dns::Resolver> m_resolver;
    bool m_onBehalf = false;
    dns::Token m_nextToken = 1;
    std::map<dns::Token, Asked> m_asked;
    std::map<SocketId, Stream> m_streams;
};

}  // namespace mailtrek::host

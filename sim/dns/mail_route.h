// SPDX-License-Identifier: GPL-3.0-or-later
// Where mail for a domain goes: RFC 5321 5.1 over DNS answers. MX first; the domain's own A record only when there is no MX; addresses that came
// along are used, the others asked for. Null MX: RFC 7505. A state machine: it says what to ask, the host asks and brings the answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/dns/resolver.h"

namespace mailtrek::dns {

struct MailHost {
    std::uint16_t preference = 0;
    Name host;
    std::vector<wire::Ipv4Address> addresses;  // never empty in a finished route
    friend bool operator==(const MailHost&, const MailHost&) = default;
};

enum class RouteKind : std::uint8_t {
    hosts,             // try them in order
    noSuchDomain,      // NXDOMAIN: 5.1.2
    nullMx,            // "0 .": 5.1.10
    noMailHost,        // the domain has neither MX nor A, or no MX target has an address: 5.1.2 / 5.4.4
    ownNameIsBest,     // we are the best MX ourselves, yet do not serve the domain: 5.4.6
    temporaryFailure,  // SERVFAIL, no answer in time, a loop of aliases: try again later
};

struct Route {
    RouteKind kind{};
    std::vector<MailHost> hosts;  // by preference; equal ones in the order that the dice give
    bool implicitMx = false;      // no MX: the domain's own address as preference 0
    std::string detail;           // for logs: "sur.example: NXDOMAIN"
};

struct RouteOptions {
    Name domain;
    std::uint64_t seed = 1;
    std::uint64_t lot = 0;         // varies the order among equals: e.g. mail id and attempt
    std::vector<Name> ownNames{};  // of the server that asks (RFC 5321 5.1: drop ourselves and everything no better)
    std::vector<wire::Ipv4Address> ownAddresses{};
};

class MailRoute {
public:
    explicit MailRoute(RouteOptions options);

    // Questions to ask now; more may follow from the answers. Each is asked once and must be answered (Answer or TimedOut) once.
    std::vector<Question> start();
    std::vector<Question> onAnswer(const Answer& answer);
    std::vector<Question> onTimedOut(const TimedOut& timedOut);

    // Set when nothing is left to ask.
    const std::optional<Route>& route() const { return m_route; }

private:
    enum class Stage : std::uint8_t { mx, implicitA, targets, done };
    std::vector<Question> onMx(const Answer& answer);
    void onImplicitA(const Answer& answer);
    void onTarget(const Question& question, const Answer* answer);
    std::vector<Question> askTargets(const std::vector<ResourceRecord>& additional);
    void sortHosts();
    void dropOurselves();
    void conclude();
    void end(RouteKind kind, std::string detail);

    RouteOptions m_options;
    Stage m_stage = Stage::mx;
    std::vector<MailHost> m_hosts;
    std::vector<Name> m_unanswered;  // targets whose A is asked for
    bool m_temporary = false;        // some target could not be resolved for now
    bool m_implicit = false;
    std::optional<Route> m_route;
};

}  // namespace mailtrek::dns

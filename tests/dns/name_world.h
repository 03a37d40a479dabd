// SPDX-License-Identifier: GPL-3.0-or-later
// A small internet of name servers and one recursive resolver, without a network: datagrams are carried at once or when their time comes, and whatever was said can be looked at.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/dns/recursive_resolver.h"
#include "tests/dns/dns_kit.h"

namespace mailtrek::dns {

inline ResourceRecord nsRecord(std::string_view name, std::string_view host, std::uint32_t ttl = 3600) { return makeRecord(Name::of(name), ttl, NsRecord{Name::of(host)}); }

inline Zone zoneOf(std::string_view origin, const std::vector<ResourceRecord>& records, std::uint32_t minimum = 60) {
    Zone zone(Name::of(origin), soaWith(minimum), 300);
    for (const ResourceRecord& record : records)
        if (const auto error = zone.add(record)) ADD_FAILURE() << error->message;
    return zone;
}

class NameWorld {
public:
    explicit NameWorld(std::vector<Delegation> hints, RecursionOptions options = {})
        : resolver([&] {
              options.hints = std::move(hints);
              options.seed = 7;
              return options;
          }()) {}

    NameServer& serve(wire::Ipv4Address address, std::vector<Zone> zones, bool recursion = false) {
        return servers.insert_or_assign(address.value, NameServer(std::move(zones), recursion)).first->second;
    }

    // Asks, and lets things happen until there is an answer or nothing is left to happen.
    Answer ask(std::string_view name, Type type) {
        answers.clear();
        take(resolver.ask(Name::of(name), type, ++token, now));
        for (int steps = 0; answers.empty() && steps < 10'000; ++steps) {
            const auto deadline = resolver.nextDeadline();
            if (!deadline) break;
            now = std::max(now, *deadline);
            take(resolver.onTimer(now));
        }
        EXPECT_EQ(answers.size(), 1u) << name;
        return answers.empty() ? Answer{} : answers.front();
    }

    void take(const ResolverActions& actions) {
        for (const ResolverAction& action : actions) {
            if (const auto* send = std::get_if<Send>(&action)) carry(*send);
            if (const auto* retry = std::get_if<RetryOverTcp>(&action)) carryOverTcp(*retry);
            if (const auto* answer = std::get_if<Answer>(&action)) answers.push_back(*answer);
            if (const auto* referral = std::get_if<Referral>(&action)) referrals.push_back(*referral);
            if (const auto* no = std::get_if<Rejected>(&action)) rejected.push_back(*no);
        }
    }

    // "10.0.0.1 sur.example MX asked", in order
    std::vector<std::string> asked;
    std::vector<Send> sends;
    std::vector<Answer> answers;
    std::vector<Referral> referrals;
    std::vector<Rejected> rejected;
    std::map<std::uint32_t, NameServer> servers;
    std::function<void(Message&, wire::Ipv4Address)> tamper;                                  // with what the servers say
    std::function<std::optional<Slice>(const Send&)> instead;                                 // of what the servers say
    std::function<void(const Send&)> before = [](const Send&) {};                             // a query arrives
    std::function<void(const Send&, const Slice&)> heard = [](const Send&, const Slice&) {};  // an answer arrives
    RecursiveResolver resolver;
    Instant now = at(0);
    Token token = 0;

private:
    void carry(const Send& send) {
        sends.push_back(send);
        asked.push_back(wire::toString(send.server) + " " + send.question.name.text() + " " + typeName(send.question.type) + " " + std::string(name(send.reason)));
        before(send);
        std::optional<Slice> response = instead ? instead(send) : std::nullopt;
        const auto server = servers.find(send.server.value);
        if (!response && server != servers.end()) response = tampered(server->second.answer(send.octets, now), send.server);
        if (response) heard(send, *response);
        if (response) take(resolver.onDatagram(*response, send.server, send.sourcePort, now));
    }
    void carryOverTcp(const RetryOverTcp& retry) {
        asked.push_back(wire::toString(retry.server) + " " + retry.question.name.text() + " " + typeName(retry.question.type) + " tcp");
        const auto server = servers.find(retry.server.value);
        const auto response = server == servers.end() ? std::nullopt : server->second.answer(retry.octets, now, Via::tcp);
        take(response ? resolver.onTcpAnswer(retry.query, *response, now) : resolver.onTcpFailed(retry.query, now));
    }
    std::optional<Slice> tampered(std::optional<Slice> octets, wire::Ipv4Address from) const {
        if (!octets || !tamper) return octets;
        Message message = decode(octets->bytes()).value();
        tamper(message, from);
        return octetsOf(message);
    }
};

}  // namespace mailtrek::dns

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/exchange.h"

#include <algorithm>

#include "sim/kernel/dice.h"

namespace mailtrek::dns {
namespace {

constexpr std::uint16_t kFirstPort = 49152;  // RFC 6335 6: dynamic ports
constexpr std::uint32_t kPorts = 65536 - kFirstPort;
constexpr std::size_t kMaxDoublings = 10;
constexpr Duration kTcpPatience = std::chrono::seconds{30};
constexpr Duration kBelievedDead = std::chrono::minutes{5};  // RFC 2308 7.2: no longer

bool answersQuestion(const Message& response, const Question& question) {  // RFC 5452 9.1
    if (response.questions.empty()) return response.rcode == Rcode::formatError;
    return response.questions.size() == 1 && response.questions.front() == question;
}

bool isError(const Message& response) { return (response.rcode != Rcode::noError && response.rcode != Rcode::nameError) || (response.edns && response.edns->extendedRcode != 0); }

std::optional<std::size_t> placeOf(const std::vector<wire::Ipv4Address>& servers, const std::set<std::size_t>& tried, wire::Ipv4Address address) {
    const auto found = std::ranges::find_if(tried, [&](std::size_t place) { return servers[place] == address; });
    return found == tried.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

QueryId Exchanges::begin(ExchangePlan plan, Instant now, ResolverActions& out) {
    const auto it = m_open.try_emplace(m_next++).first;
    it->second.plan = std::move(plan);
    rollIdAndPort(it->second);
    (void)sendNext(it, it->second.plan.reason, now, out);  // there is a server, so it sends
    return it->first;
}

// RFC 5452 9.2: neither can be guessed. Drawn for this host, this question and how often it was sent, so that no other question changes them.
void Exchanges::rollIdAndPort(Open& open) {
    const Question& q = open.plan.question;
    const std::uint32_t nth = ++m_timesAsked[{q.name, q.type}];
    const auto type = static_cast<std::uint64_t>(q.type);
    open.id = static_cast<std::uint16_t>(below(draw(m_seed, Purpose::dnsId, m_host, q.name.hash(), type, nth), 65536));
    const auto start = static_cast<std::uint32_t>(below(draw(m_seed, Purpose::port, m_host, q.name.hash(), type, nth), kPorts));
    for (std::uint32_t step = 0; step < kPorts && open.port == 0; ++step) {
        const auto port = static_cast<std::uint16_t>(kFirstPort + (start + step) % kPorts);
        if (!listensOn(port)) open.port = port;
    }
}

Slice Exchanges::queryOctets(const Open& open) const {
    Message query;
    query.id = open.id;
    query.recursionDesired = !open.plan.zone;
    query.questions = {open.plan.question};
    if (open.plan.ednsSize > 0 && !open.plain.contains(open.server)) query.edns.emplace().udpSize = open.plan.ednsSize;
    return Slice::adopt(encode(query));
}

Outcome Exchanges::sendNext(It it, Reason reason, Instant now, ResolverActions& out) {
    Open& open = it->second;
    const std::size_t servers = open.plan.servers.size();
    if (open.attempt >= open.plan.attempts || open.failed.size() >= servers) {
        const Exhausted exhausted{.query = it->first, .id = open.id, .answered = !open.failed.empty(), .rcode = open.lastError, .noTcp = open.noTcp, .attempts = open.attempt};
        m_open.erase(it);
        return exhausted;
    }
    if (open.attempt > 0) {
        do open.server = (open.server + 1) % servers;
        while (open.failed.contains(open.server));
    }
    send(it, reason, now, out);
    return {};
}

void Exchanges::send(It it, Reason reason, Instant now, ResolverActions& out) {
    Open& open = it->second;
    open.tried.insert(open.server);
    const std::size_t doublings = open.plan.doubleByRound ? open.attempt / open.plan.servers.size() : open.attempt;
    open.deadline = now + open.plan.firstTimeout * (1 << std::min(doublings, kMaxDoublings));
    ++open.attempt;
    out.push_back(Send{.octets = queryOctets(open),
                       .server = open.plan.servers[open.server],
                       .sourcePort = open.port,
                       .id = open.id,
                       .attempt = open.attempt,
                       .query = it->first,
                       .question = open.plan.question,
                       .token = open.plan.token,
                       .zone = open.plan.zone,
                       .reason = reason});
}

std::optional<Flaw> Exchanges::flawOf(const Open& open, const Result<Message>& message) const {
    if (!message || !message->response) return Flaw::unreadable;
    if (message->id != open.id) return Flaw::wrongId;
    if (message->opcode != Opcode::query || !answersQuestion(*message, open.plan.question)) return Flaw::wrongQuestion;
    return std::nullopt;
}

Outcome Exchanges::onDatagram(const Slice& octets, wire::Ipv4Address from, std::uint16_t destinationPort, Instant now, ResolverActions& out) {
    const auto it = std::ranges::find_if(m_open, [&](const auto& entry) { return entry.second.port == destinationPort; });
    if (it == m_open.end() || it->second.overTcp) return {};
    Open& open = it->second;
    const auto refuse = [&](Flaw flaw) { out.push_back(Rejected{.token = open.plan.token, .question = open.plan.question, .from = from, .flaw = flaw}); };
    const auto server = placeOf(open.plan.servers, open.tried, from);
    if (!server) return refuse(Flaw::wrongSender), Outcome{};
    Result<Message> response = decode(octets.bytes());
    if (const auto flaw = flawOf(open, response)) return refuse(*flaw), Outcome{};
    m_trouble.erase(from.value);
    if (response->truncated) {  // RFC 2181 9: what is in it is not to be used
        open.overTcp = true;
        open.server = *server;
        open.deadline = now + kTcpPatience;
        out.push_back(RetryOverTcp{.octets = queryOctets(open),
                                   .server = from,
                                   .id = open.id,
                                   .attempt = ++open.attempt,
                                   .query = it->first,
                                   .question = open.plan.question,
                                   .token = open.plan.token,
                                   .zone = open.plan.zone});
        return {};
    }
    return take(it, std::move(response).value(), *server, now, out);
}

void Exchanges::onStray(wire::Ipv4Address from, std::uint16_t destinationPort, ResolverActions& out) const {
    const auto it = std::ranges::find_if(m_open, [&](const auto& entry) { return entry.second.port == destinationPort; });
    if (it == m_open.end()) return;
    out.push_back(Rejected{.token = it->second.plan.token, .question = it->second.plan.question, .from = from, .flaw = Flaw::wrongSender});
}

Outcome Exchanges::take(It it, Message message, std::size_t server, Instant now, ResolverActions& out) {
    Open& open = it->second;
    if (!isError(message)) return Heard{it->first, std::move(message), open.plan.servers[server]};
    const bool maybeEdns = message.rcode == Rcode::formatError || message.rcode == Rcode::notImplemented || message.rcode == Rcode::noError;
    if (maybeEdns && open.plan.ednsSize > 0 && open.plain.insert(server).second) {  // RFC 6891 7
        open.server = server;
        send(it, Reason::withoutEdns, now, out);
        return {};
    }
    return passOver(it, server, Flaw::error, message.rcode == Rcode::noError ? Rcode::serverFailure : message.rcode, now, out);
}

Outcome Exchanges::passOver(It it, std::size_t server, Flaw flaw, Rcode rcode, Instant now, ResolverActions& out) {
    Open& open = it->second;
    out.push_back(Rejected{.token = open.plan.token, .question = open.plan.question, .from = open.plan.servers[server], .flaw = flaw, .rcode = rcode});
    open.lastError = rcode;
    open.noTcp = flaw == Flaw::noTcp;
    open.failed.insert(server);
    const bool waitsForAnother = server != open.server && !open.failed.contains(open.server);
    if (waitsForAnother) return {};
    return sendNext(it, flaw == Flaw::lame ? Reason::lame : Reason::serverFailed, now, out);
}

Outcome Exchanges::reject(QueryId query, wire::Ipv4Address server, Flaw flaw, Instant now, ResolverActions& out) {
    const auto it = m_open.find(query);
    if (it == m_open.end()) return {};
    const auto place = placeOf(it->second.plan.servers, it->second.tried, server);
    return place ? passOver(it, *place, flaw, Rcode::serverFailure, now, out) : Outcome{};
}

Outcome Exchanges::onNobodyThere(wire::Ipv4Address server, std::uint16_t sourcePort, Instant now, ResolverActions& out) {
    const auto it = std::ranges::find_if(m_open, [&](const auto& entry) { return entry.second.port == sourcePort; });
    if (it == m_open.end() || it->second.overTcp) return {};
    const auto tried = placeOf(it->second.plan.servers, it->second.tried, server);
    if (!tried) return {};
    m_trouble[server.value] = now + kBelievedDead;
    return passOver(it, *tried, Flaw::nobodyThere, Rcode::serverFailure, now, out);
}

Outcome Exchanges::onTcpAnswer(QueryId query, const Slice& octets, Instant now, ResolverActions& out) {
    const auto it = m_open.find(query);
    if (it == m_open.end() || !it->second.overTcp) return {};
    Result<Message> response = decode(octets.bytes());
    if (flawOf(it->second, response) || response->truncated) return onTcpFailed(query, now, out);
    it->second.overTcp = false;
    return take(it, std::move(response).value(), it->second.server, now, out);
}

Outcome Exchanges::onTcpFailed(QueryId query, Instant now, ResolverActions& out) {
    const auto it = m_open.find(query);
    if (it == m_open.end() || !it->second.overTcp) return {};
    it->second.overTcp = false;
    return passOver(it, it->second.server, Flaw::noTcp, Rcode::serverFailure, now, out);
}

std::vector<Exhausted> Exchanges::onTimer(Instant now, ResolverActions& out) {
    std::vector<Exhausted> exhausted;
    for (auto it = m_open.begin(); it != m_open.end();) {
        const auto here = it++;  // it may end
        Open& open = here->second;
        if (!open.deadline || *open.deadline > now) continue;
        Outcome outcome;
        if (open.overTcp) {
            outcome = onTcpFailed(here->first, now, out);
        } else {
            m_trouble[open.plan.servers[open.server].value] = now + kBelievedDead;
            outcome = sendNext(here, Reason::timedOut, now, out);
        }
        if (const auto* end = std::get_if<Exhausted>(&outcome)) exhausted.push_back(*end);
    }
    return exhausted;
}

void Exchanges::clear() {
    m_open.clear();
    m_trouble.clear();
}

std::optional<Instant> Exchanges::nextDeadline() const {
    std::optional<Instant> next;
    for (const auto& [_, open] : m_open) {
        if (open.deadline && (!next || *open.deadline < *next)) next = open.deadline;
    }
    return next;
}

bool Exchanges::listensOn(std::uint16_t port) const {
    return port != 0 && std::ranges::any_of(m_open, [port](const auto& entry) { return entry.second.port == port; });
}

bool Exchanges::waitsOverTcp(QueryId query) const {
    const auto found = m_open.find(query);
    return found != m_open.end() && found->second.overTcp;
}

bool Exchanges::inTrouble(wire::Ipv4Address server, Instant now) const {
    const auto found = m_trouble.find(server.value);
    return found != m_trouble.end() && now < found->second;
}

ResolverActions ExchangingResolver::onDatagram(const Slice& octets, wire::Ipv4Address from, std::uint16_t destinationPort, Instant now) {
    ResolverActions out;
    const Outcome outcome = m_exchanges.onDatagram(octets, from, destinationPort, now, out);
    return carryOn(outcome, now, std::move(out));
}

ResolverActions ExchangingResolver::onStray(wire::Ipv4Address from, std::uint16_t destinationPort) {
    ResolverActions out;
    m_exchanges.onStray(from, destinationPort, out);
    return out;
}

ResolverActions ExchangingResolver::onNobodyThere(wire::Ipv4Address server, std::uint16_t sourcePort, Instant now) {
    ResolverActions out;
    const Outcome outcome = m_exchanges.onNobodyThere(server, sourcePort, now, out);
    return carryOn(outcome, now, std::move(out));
}

ResolverActions ExchangingResolver::onTcpAnswer(QueryId query, const Slice& octets, Instant now) {
    ResolverActions out;
    const Outcome outcome = m_exchanges.onTcpAnswer(query, octets, now, out);
    return carryOn(outcome, now, std::move(out));
}

ResolverActions ExchangingResolver::onTcpFailed(QueryId query, Instant now) {
    ResolverActions out;
    const Outcome outcome = m_exchanges.onTcpFailed(query, now, out);
    return carryOn(outcome, now, std::move(out));
}

}  // namespace mailtrek::dns

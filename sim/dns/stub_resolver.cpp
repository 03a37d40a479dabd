// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/stub_resolver.h"

#include <algorithm>

#include "sim/kernel/dice.h"

namespace mailtrek::dns {
namespace {

constexpr std::size_t kMaxAliases = 16;
constexpr std::uint16_t kFirstPort = 49152;  // RFC 6335 6: dynamic ports
constexpr std::uint32_t kPorts = 65536 - kFirstPort;
constexpr int kMaxDoublings = 10;

struct Chain {
    std::vector<ResourceRecord> aliases;
    Name end;
    bool loop = false;
};

// From the name asked for along the CNAMEs of the response, which may come in any order. `before` are those already passed.
Chain followAliases(const Question& question, const Message& response, const std::vector<ResourceRecord>& before) {
    Chain chain{.aliases = before, .end = question.name};
    if (question.type == Type::cname || question.type == kAnyType) return chain;
    for (;;) {
        const auto alias = std::ranges::find_if(response.answers, [&](const ResourceRecord& r) { return std::holds_alternative<CnameRecord>(r.data) && r.name == chain.end; });
        if (alias == response.answers.end()) return chain;
        const Name& target = std::get<CnameRecord>(alias->data).target;
        chain.aliases.push_back(*alias);
        chain.loop = chain.aliases.size() > kMaxAliases || std::ranges::any_of(chain.aliases, [&](const ResourceRecord& r) { return r.name == target; });
        chain.end = target;
        if (chain.loop) return chain;
    }
}

bool hasType(const std::vector<ResourceRecord>& records, Type type) {
    return std::ranges::any_of(records, [type](const ResourceRecord& r) { return r.type == type; });
}

// RFC 2308 2.2: neither answer nor SOA but NS: the server only points elsewhere, and a stub resolver does not follow.
bool isReferral(const Message& response) {
    return response.rcode == Rcode::noError && response.answers.empty() && !response.authoritative && hasType(response.authority, Type::ns) &&
           !hasType(response.authority, Type::soa);
}

bool answersQuestion(const Message& response, const Question& question) {  // RFC 5452 9.1
    if (response.questions.empty()) return response.rcode == Rcode::formatError;
    return response.questions.size() == 1 && response.questions.front() == question;
}

}  // namespace

std::string recordsText(const Answer& answer) {
    std::string text;
    for (const ResourceRecord& record : answer.records) {
        if (!text.empty()) text += ", ";
        text += dataText(record);
    }
    return text;
}

StubResolver::StubResolver(ResolverOptions options) : m_options(std::move(options)) {}

std::vector<ResolverAction> StubResolver::ask(const Name& name, Type type, Token token, Instant now) {
    Actions out;
    const Question question{name, type};
    for (auto& [_, pending] : m_pending) {
        if (pending.asked == question) {
            pending.tokens.push_back(token);
            return out;
        }
    }
    const auto it = m_pending.try_emplace(m_nextQuery++).first;
    it->second.asked = it->second.current = question;
    it->second.tokens = {token};
    askOrRecall(it, now, out);
    return out;
}

void StubResolver::askOrRecall(Pendings::iterator it, Instant now, Actions& out) {
    Pending& pending = it->second;
    pending.attempt = 0;
    pending.tried.clear();
    pending.refused.clear();
    pending.deadline.reset();
    pending.overTcp = false;
    if (const auto known = m_cache.find(pending.current, now)) return accept(it, *known, true, now, out);
    rollIdAndPort(pending);
    sendNext(it, now, out);
}

// RFC 5452 9.2: neither can be guessed. Drawn for this host, this question and how often it was sent, so that no other question changes them.
void StubResolver::rollIdAndPort(Pending& pending) {
    const Question& q = pending.current;
    const std::uint32_t nth = ++m_timesAsked[{q.name, q.type}];
    const auto type = static_cast<std::uint64_t>(q.type);
    pending.id = static_cast<std::uint16_t>(below(draw(m_options.seed, Purpose::dnsId, m_options.host, q.name.hash(), type, nth), 65536));
    const auto start = static_cast<std::uint32_t>(below(draw(m_options.seed, Purpose::port, m_options.host, q.name.hash(), type, nth), kPorts));
    pending.port = 0;
    for (std::uint32_t step = 0; step < kPorts && pending.port == 0; ++step) {
        const auto port = static_cast<std::uint16_t>(kFirstPort + (start + step) % kPorts);
        if (!listensOn(port)) pending.port = port;
    }
}

Slice StubResolver::queryOctets(const Pending& pending) const {
    Message query;
    query.id = pending.id;
    query.recursionDesired = true;
    query.questions = {pending.current};
    if (m_options.ednsSize > 0) query.edns.emplace().udpSize = m_options.ednsSize;
    return Slice::adopt(encode(query));
}

void StubResolver::sendNext(Pendings::iterator it, Instant now, Actions& out) {
    Pending& pending = it->second;
    const std::size_t servers = m_options.servers.size();
    if (pending.attempt >= m_options.attempts || pending.refused.size() >= servers) return giveUp(it, out);
    if (pending.attempt > 0) {
        do pending.server = (pending.server + 1) % servers;
        while (pending.refused.contains(pending.server));
    } else {
        pending.server = 0;
    }
    pending.tried.insert(pending.server);
    pending.deadline = now + m_options.firstTimeout * (1 << std::min<int>(pending.attempt, kMaxDoublings));  // RFC 1536 1: exponential back-off
    ++pending.attempt;
    out.push_back(Send{.octets = queryOctets(pending),
                       .server = m_options.servers[pending.server],
                       .sourcePort = pending.port,
                       .id = pending.id,
                       .attempt = pending.attempt,
                       .query = it->first,
                       .question = pending.current});
}

std::vector<ResolverAction> StubResolver::onDatagram(const Slice& octets, wire::Ipv4Address from, std::uint16_t destinationPort, Instant now) {
    Actions out;
    const auto it = std::ranges::find_if(m_pending, [&](const auto& entry) { return entry.second.port == destinationPort; });
    if (it == m_pending.end() || it->second.overTcp) return out;
    const auto server = std::ranges::find_if(it->second.tried, [&](std::size_t tried) { return m_options.servers[tried] == from; });
    if (server == it->second.tried.end()) return out;
    const Result<Message> response = decode(octets.bytes());
    if (!response || !response->response || response->id != it->second.id || response->opcode != Opcode::query || !answersQuestion(*response, it->second.current)) return out;
    if (response->truncated) {  // RFC 2181 9: what is in it is not to be used
        it->second.overTcp = true;
        it->second.deadline.reset();
        out.push_back(RetryOverTcp{.octets = queryOctets(it->second), .server = from, .id = it->second.id, .query = it->first, .question = it->second.current});
        return out;
    }
    onResponse(it, *response, *server, now, out);
    return out;
}

std::vector<ResolverAction> StubResolver::onNobodyThere(wire::Ipv4Address server, std::uint16_t sourcePort, Instant now) {
    Actions out;
    const auto it = std::ranges::find_if(m_pending, [&](const auto& entry) { return entry.second.port == sourcePort; });
    if (it == m_pending.end() || it->second.overTcp) return out;
    const auto tried = std::ranges::find_if(it->second.tried, [&](std::size_t place) { return m_options.servers[place] == server; });
    if (tried != it->second.tried.end()) onError(it, Rcode::serverFailure, *tried, now, out);
    return out;
}

std::vector<ResolverAction> StubResolver::onTcpAnswer(QueryId query, const Slice& octets, Instant now) {
    Actions out;
    const auto it = m_pending.find(query);
    if (it == m_pending.end() || !it->second.overTcp) return out;
    const Result<Message> response = decode(octets.bytes());
    if (!response || !response->response || response->id != it->second.id || !answersQuestion(*response, it->second.current)) return onTcpFailed(query, now);
    it->second.overTcp = false;
    onResponse(it, *response, it->second.server, now, out);
    return out;
}

std::vector<ResolverAction> StubResolver::onTcpFailed(QueryId query, Instant) {
    Actions out;
    const auto it = m_pending.find(query);
    if (it == m_pending.end() || !it->second.overTcp) return out;
    finish(it, Answer{.kind = AnswerKind::truncated, .aliases = it->second.aliases}, out);
    return out;
}

void StubResolver::onResponse(Pendings::iterator it, const Message& response, std::size_t server, Instant now, Actions& out) {
    if (response.rcode != Rcode::noError && response.rcode != Rcode::nameError) return onError(it, response.rcode, server, now, out);
    if (isReferral(response)) return onError(it, Rcode::serverFailure, server, now, out);
    m_cache.remember(it->second.current, response, now);
    accept(it, response, false, now, out);
}

void StubResolver::accept(Pendings::iterator it, const Message& response, bool fromCache, Instant now, Actions& out) {
    Pending& pending = it->second;
    Chain chain = followAliases(pending.current, response, pending.aliases);
    Answer answer{.kind = AnswerKind::records, .rcode = response.rcode, .fromCache = fromCache, .aliases = chain.aliases};
    if (chain.loop) {
        answer.kind = AnswerKind::aliasLoop;
        return finish(it, std::move(answer), out);
    }
    for (const ResourceRecord& record : response.answers) {
        if (record.name == chain.end && record.klass == kClassIn && (record.type == pending.current.type || pending.current.type == kAnyType)) answer.records.push_back(record);
    }
    std::ranges::copy_if(response.additional, std::back_inserter(answer.additional), [](const ResourceRecord& r) { return std::holds_alternative<ARecord>(r.data); });
    if (answer.records.empty()) {
        const bool incomplete = response.rcode == Rcode::noError && chain.end != pending.current.name && !hasType(response.authority, Type::soa);
        if (incomplete) {  // RFC 1034 5.3.3 4.c: start again at the canonical name
            pending.aliases = std::move(chain.aliases);
            pending.current.name = chain.end;
            return askOrRecall(it, now, out);
        }
        answer.kind = response.rcode == Rcode::nameError ? AnswerKind::noSuchName : AnswerKind::noData;
    }
    finish(it, std::move(answer), out);
}

void StubResolver::onError(Pendings::iterator it, Rcode rcode, std::size_t server, Instant now, Actions& out) {
    Pending& pending = it->second;
    pending.lastError = rcode;
    pending.refused.insert(server);
    const bool waitsForAnother = server != pending.server && !pending.refused.contains(pending.server);
    if (!waitsForAnother) sendNext(it, now, out);
}

void StubResolver::finish(Pendings::iterator it, Answer answer, Actions& out) {
    const Pending pending = std::move(it->second);
    m_pending.erase(it);
    answer.question = pending.asked;
    answer.id = answer.fromCache ? std::uint16_t{0} : pending.id;
    for (const Token token : pending.tokens) {
        answer.token = token;
        out.push_back(answer);
    }
}

// Some server answered, though with an error: that is the answer. Otherwise nobody did.
void StubResolver::giveUp(Pendings::iterator it, Actions& out) {
    if (!it->second.refused.empty()) {
        finish(it, Answer{.kind = AnswerKind::serverFailure, .rcode = it->second.lastError, .aliases = it->second.aliases}, out);
        return;
    }
    const Pending pending = std::move(it->second);
    m_pending.erase(it);
    for (const Token token : pending.tokens) out.push_back(TimedOut{.token = token, .question = pending.asked, .attempts = pending.attempt});
}

std::vector<ResolverAction> StubResolver::onTimer(Instant now) {
    Actions out;
    for (auto it = m_pending.begin(); it != m_pending.end();) {
        const auto here = it++;  // sendNext may end the question
        if (here->second.deadline && *here->second.deadline <= now) sendNext(here, now, out);
    }
    return out;
}

void StubResolver::reset() {
    m_pending.clear();
    m_cache.clear();
}

std::optional<Instant> StubResolver::nextDeadline() const {
    std::optional<Instant> next;
    for (const auto& [_, pending] : m_pending) {
        if (pending.deadline && (!next || *pending.deadline < *next)) next = pending.deadline;
    }
    return next;
}

bool StubResolver::listensOn(std::uint16_t port) const {
    return port != 0 && std::ranges::any_of(m_pending, [port](const auto& entry) { return entry.second.port == port; });
}

}  // namespace mailtrek::dns

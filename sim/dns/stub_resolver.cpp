// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/stub_resolver.h"

#include <algorithm>
#include <utility>

#include "sim/dns/alias_chain.h"

namespace mailtrek::dns {
namespace {

bool hasType(const std::vector<ResourceRecord>& records, Type type) {
    return std::ranges::any_of(records, [type](const ResourceRecord& r) { return r.type == type; });
}

// RFC 2308 2.2: neither answer nor SOA but NS: the server only points elsewhere, and a stub resolver does not follow.
bool isReferral(const Message& response) {
    return response.rcode == Rcode::noError && response.answers.empty() && !response.authoritative && hasType(response.authority, Type::ns) &&
           !hasType(response.authority, Type::soa);
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

StubResolver::StubResolver(ResolverOptions options) : ExchangingResolver(options.seed, options.host), m_options(std::move(options)) {}

ResolverActions StubResolver::ask(const Name& name, Type type, Token token, Instant now) {
    ResolverActions out;
    const Question question{name, type};
    for (auto& [_, pending] : m_pending) {
        if (pending.asked == question) {
            pending.tokens.push_back(token);
            return out;
        }
    }
    const auto it = m_pending.try_emplace(m_next++).first;
    it->second.asked = it->second.current = question;
    it->second.tokens = {token};
    askOrRecall(it, Reason::asked, now, out);
    return out;
}

void StubResolver::askOrRecall(Pendings::iterator it, Reason reason, Instant now, ResolverActions& out) {
    Pending& pending = it->second;
    if (const auto known = m_cache.find(pending.current, now)) return accept(it, *known, true, now, out);
    if (m_options.servers.empty()) return onExhausted(it, {}, out);
    pending.query = m_exchanges.begin({.question = pending.current,
                                       .servers = m_options.servers,
                                       .token = pending.tokens.front(),
                                       .reason = reason,
                                       .firstTimeout = m_options.firstTimeout,
                                       .attempts = m_options.attempts,
                                       .ednsSize = m_options.ednsSize},
                                      now, out);
}

StubResolver::Pendings::iterator StubResolver::pendingOf(QueryId query) {
    return std::ranges::find_if(m_pending, [query](const auto& entry) { return entry.second.query == query; });
}

ResolverActions StubResolver::carryOn(const Outcome& outcome, Instant now, ResolverActions out) {
    if (const auto* heard = std::get_if<Heard>(&outcome)) onHeard(pendingOf(heard->query), *heard, now, out);
    if (const auto* end = std::get_if<Exhausted>(&outcome)) onExhausted(pendingOf(end->query), *end, out);
    return out;
}

ResolverActions StubResolver::onTimer(Instant now) {
    ResolverActions out;
    for (const Exhausted& end : m_exchanges.onTimer(now, out)) onExhausted(pendingOf(end.query), end, out);
    return out;
}

void StubResolver::onHeard(Pendings::iterator it, const Heard& heard, Instant now, ResolverActions& out) {
    if (isReferral(heard.message)) {
        const Outcome outcome = m_exchanges.reject(heard.query, heard.from, Flaw::lame, now, out);
        out = carryOn(outcome, now, std::move(out));
        return;
    }
    m_cache.remember(it->second.current, heard.message, now);
    accept(it, heard.message, false, now, out);
}

void StubResolver::accept(Pendings::iterator it, const Message& response, bool fromCache, Instant now, ResolverActions& out) {
    Pending& pending = it->second;
    const std::uint16_t id = fromCache ? std::uint16_t{0} : m_exchanges.idOf(pending.query);
    m_exchanges.end(std::exchange(pending.query, 0));
    AliasChain chain = followAliases(pending.current, response.answers, pending.aliases);
    Answer answer{.kind = AnswerKind::records, .rcode = response.rcode, .fromCache = fromCache, .aliases = chain.aliases};
    if (chain.loop) {
        answer.kind = AnswerKind::aliasLoop;
        return finish(it, std::move(answer), id, out);
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
            return askOrRecall(it, Reason::alias, now, out);
        }
        answer.kind = response.rcode == Rcode::nameError ? AnswerKind::noSuchName : AnswerKind::noData;
    }
    finish(it, std::move(answer), id, out);
}

void StubResolver::finish(Pendings::iterator it, Answer answer, std::uint16_t id, ResolverActions& out) {
    const Pending pending = std::move(it->second);
    m_pending.erase(it);
    answer.question = pending.asked;
    answer.id = id;
    for (const Token token : pending.tokens) {
        answer.token = token;
        out.push_back(answer);
    }
}

// Some server answered, though with an error: that is the answer. Otherwise nobody did.
void StubResolver::onExhausted(Pendings::iterator it, const Exhausted& exhausted, ResolverActions& out) {
    if (exhausted.answered) {
        const AnswerKind kind = exhausted.noTcp ? AnswerKind::truncated : AnswerKind::serverFailure;
        return finish(it, Answer{.kind = kind, .rcode = exhausted.rcode, .aliases = it->second.aliases}, exhausted.id, out);
    }
    const Pending pending = std::move(it->second);
    m_pending.erase(it);
    for (const Token token : pending.tokens) out.push_back(TimedOut{.token = token, .question = pending.asked, .attempts = exhausted.attempts});
}

void StubResolver::reset() {
    m_pending.clear();
    m_exchanges.clear();
    m_cache.clear();
}

}  // namespace mailtrek::dns

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/recursive_resolver.h"

#include <algorithm>

namespace mailtrek::dns {
namespace {

constexpr std::uint16_t kMaxDepth = 8;  // lookups of name servers for lookups of name servers
constexpr Duration kBelievedLame = std::chrono::minutes{5};

bool hasType(const std::vector<ResourceRecord>& records, Type type) {
    return std::ranges::any_of(records, [type](const ResourceRecord& r) { return r.type == type; });
}

bool fits(const ResourceRecord& record, const Name& owner, Type type) { return record.name == owner && record.klass == kClassIn && (record.type == type || type == kAnyType); }

std::vector<wire::Ipv4Address> addressesIn(const std::vector<ResourceRecord>& records) {
    std::vector<wire::Ipv4Address> addresses;
    for (const ResourceRecord& record : records)
        if (const auto* a = std::get_if<ARecord>(&record.data)) addresses.push_back(a->address);
    return addresses;
}

void addOnce(std::vector<wire::Ipv4Address>& all, const std::vector<wire::Ipv4Address>& more) {
    for (const wire::Ipv4Address address : more)
        if (std::ranges::find(all, address) == all.end()) all.push_back(address);
}

// Names that the message has a reason to speak of besides what was asked.
bool isNamedIn(const Name& name, const Message& message) {
    const auto names = [&name](const ResourceRecord& r) {
        const auto* ns = std::get_if<NsRecord>(&r.data);
        const auto* mx = std::get_if<MxRecord>(&r.data);
        const auto* cname = std::get_if<CnameRecord>(&r.data);
        return (ns && ns->host == name) || (mx && mx->exchange == name) || (cname && cname->target == name);
    };
    return std::ranges::any_of(message.answers, names) || std::ranges::any_of(message.authority, names);
}

// RFC 2181 5.4.1, RFC 5452 6: a server is believed about its own zone only. True when it spoke of names that are none of its business.
bool dropForeign(Message& message, const Name& zone) {
    bool intruded = false;
    const Message whole = message;
    for (auto* section : {&message.answers, &message.authority, &message.additional}) {
        std::erase_if(*section, [&](const ResourceRecord& record) {
            if (record.name.isWithin(zone)) return false;
            intruded |= !isNamedIn(record.name, whole);
            return true;
        });
    }
    return intruded;
}

// "There is no such thing", in the name of another zone than the one that the server was asked for.
bool deniesFromAbove(const Message& message, const Name& zone) {
    if (!message.answers.empty()) return false;
    return std::ranges::any_of(message.authority, [&](const ResourceRecord& r) { return r.type == Type::soa && !r.name.isWithin(zone); });
}

std::optional<ResourceRecord> soaOver(const Message& message, const Name& name) {
    for (const ResourceRecord& record : message.authority)
        if (std::holds_alternative<SoaRecord>(record.data) && name.isWithin(record.name)) return record;
    return std::nullopt;
}

}  // namespace

RecursiveResolver::RecursiveResolver(RecursionOptions options) : ExchangingResolver(options.seed, options.host), m_options(std::move(options)), m_delegations(m_options.hints) {}

// --- inputs ------------------------------------------------------------------------------------------------------------------------

ResolverActions RecursiveResolver::ask(const Name& name, Type type, Token token, Instant now) {
    ResolverActions out;
    const Question question{name, type};
    for (auto& [_, task] : m_tasks) {
        if (task.asked != question) continue;
        task.tokens.push_back(token);
        task.until = std::max(task.until, now + m_options.patience);
        return out;
    }
    Task task{.asked = question, .current = question, .tokens = {token}, .token = token, .reason = m_options.reason, .until = now + m_options.patience};
    task.queriesLeft = std::make_shared<std::uint32_t>(m_options.mostQueries);
    m_tasks.emplace(m_next, std::move(task));
    m_ready.push_back(m_next++);
    work(now, out);
    return out;
}

ResolverActions RecursiveResolver::carryOn(const Outcome& outcome, Instant now, ResolverActions out) {
    if (const auto* heard = std::get_if<Heard>(&outcome)) onHeard(taskOf(heard->query), *heard, now, out);
    if (const auto* end = std::get_if<Exhausted>(&outcome)) lookUpServer(taskOf(end->query), now, out);
    work(now, out);
    return out;
}

ResolverActions RecursiveResolver::onTimer(Instant now) {
    ResolverActions out;
    std::vector<TaskId> late;
    for (const auto& [id, task] : m_tasks)
        if (task.until <= now) late.push_back(id);
    for (const TaskId id : late)
        if (m_tasks.contains(id)) fail(id, out);
    for (const Exhausted& end : m_exchanges.onTimer(now, out)) lookUpServer(taskOf(end.query), now, out);
    work(now, out);
    return out;
}

void RecursiveResolver::reset() {
    m_tasks.clear();
    m_ready.clear();
    m_exchanges.clear();
    m_cache.clear();
    m_delegations.clear();
    m_lameUntil.clear();
}

std::optional<Instant> RecursiveResolver::nextDeadline() const {
    std::optional<Instant> next = m_exchanges.nextDeadline();
    for (const auto& [_, task] : m_tasks)
        if (!next || task.until < *next) next = task.until;
    return next;
}

// --- one step after the other ---------------------------------------------------------------------------------------------------------

void RecursiveResolver::work(Instant now, ResolverActions& out) {
    while (!m_ready.empty()) {
        const TaskId id = m_ready.front();
        m_ready.pop_front();
        const auto it = m_tasks.find(id);
        if (it == m_tasks.end()) continue;
        if (!std::exchange(it->second.lookedUp, false)) {
            advance(id, now, out);
        } else if (auto addresses = std::exchange(it->second.fresh, {}); !addresses.empty()) {
            askAddresses(id, std::move(addresses), now, out);
        } else {
            lookUpServer(id, now, out);
        }
    }
}

void RecursiveResolver::advance(TaskId id, Instant now, ResolverActions& out) {
    if (recall(id, now, out)) return;
    const Delegation* delegation = m_delegations.nearest(m_tasks.at(id).current.name, now);
    if (delegation == nullptr) return fail(id, out);
    askServers(id, *delegation, now, out);
}

// The answer from the cache, along aliases that are in it. True when that was all.
bool RecursiveResolver::recall(TaskId id, Instant now, ResolverActions& out) {
    Task& task = m_tasks.at(id);
    const auto known = [&](Type type) { return m_cache.find({task.current.name, type}, now); };
    std::optional<Message> found = known(task.current.type);
    while (!found) {
        if (task.current.type == Type::cname || task.current.type == kAnyType) return false;
        const auto alias = known(Type::cname);
        if (!alias || alias->answers.empty()) return false;
        const AliasChain chain = followAliases(task.current, alias->answers, task.aliases);
        task.aliases = chain.aliases;
        if (chain.loop) {
            finish(id, Answer{.kind = AnswerKind::aliasLoop, .rcode = Rcode::serverFailure}, out);
            return true;
        }
        task.current.name = chain.end;
        found = known(task.current.type);
    }
    Answer answer{.kind = AnswerKind::records, .rcode = found->rcode, .records = found->answers, .additional = found->additional};
    if (answer.records.empty()) {
        answer.kind = found->rcode == Rcode::nameError ? AnswerKind::noSuchName : AnswerKind::noData;
        answer.soa = soaOver(*found, task.current.name);
    }
    finish(id, std::move(answer), out);
    return true;
}

void RecursiveResolver::askServers(TaskId id, const Delegation& delegation, Instant now, ResolverActions& out) {
    Task& task = m_tasks.at(id);
    task.zone = delegation.zone;
    task.unknown.clear();
    std::vector<wire::Ipv4Address> addresses;
    for (const Name& server : delegation.servers) {
        const auto glue = delegation.addresses.find(server);
        const auto known = m_cache.find({server, Type::a}, now);
        if (glue != delegation.addresses.end())
            addOnce(addresses, glue->second);
        else if (known && !known->answers.empty())
            addOnce(addresses, addressesIn(known->answers));
        else
            task.unknown.push_back(server);
    }
    if (addresses.empty()) return lookUpServer(id, now, out);
    askAddresses(id, std::move(addresses), now, out);
}

void RecursiveResolver::askAddresses(TaskId id, std::vector<wire::Ipv4Address> addresses, Instant now, ResolverActions& out) {
    Task& task = m_tasks.at(id);
    if (*task.queriesLeft == 0) return fail(id, out);
    --*task.queriesLeft;
    std::ranges::stable_partition(addresses, [&](wire::Ipv4Address address) {
        const auto lame = m_lameUntil.find({task.zone, address.value});
        return !m_exchanges.inTrouble(address, now) && (lame == m_lameUntil.end() || lame->second <= now);
    });
    // The first query that carries the question itself is the question; what came before it were lookups of name servers.
    const Reason reason = std::exchange(task.wentOut, true) ? task.reason : task.waiting.empty() ? m_options.reason : Reason::serverAddress;
    const auto attempts = static_cast<std::uint16_t>(std::min<std::size_t>(addresses.size() * m_options.rounds, 1000));
    task.query = m_exchanges.begin({.question = task.current,
                                    .servers = std::move(addresses),
                                    .token = task.token,
                                    .zone = task.zone,
                                    .reason = reason,
                                    .firstTimeout = m_options.firstTimeout,
                                    .attempts = attempts,
                                    .doubleByRound = true,
                                    .ednsSize = m_options.ednsSize},
                                   now, out);
    task.id = m_exchanges.idOf(task.query);
    task.reason = Reason::serverFailed;  // of the next, unless something better happens
}

// No server is left that has an address: the next of those without.
void RecursiveResolver::lookUpServer(TaskId id, Instant now, ResolverActions& out) {
    Task& task = m_tasks.at(id);
    m_exchanges.end(std::exchange(task.query, 0));
    while (!task.unknown.empty()) {
        const Question question{task.unknown.front(), Type::a};
        task.unknown.erase(task.unknown.begin());
        if (task.depth >= kMaxDepth || question == task.current || *task.queriesLeft == 0) continue;
        const auto same = std::ranges::find_if(m_tasks, [&](const auto& entry) { return entry.second.asked == question; });
        if (same != m_tasks.end() && wouldCircle(same->first, id)) continue;
        const TaskId lookup = same != m_tasks.end() ? same->first : m_next++;
        if (same == m_tasks.end()) {
            Task fresh{.asked = question, .current = question, .token = task.token, .until = std::max(task.until, now)};
            fresh.queriesLeft = task.queriesLeft;
            fresh.depth = static_cast<std::uint16_t>(task.depth + 1);
            m_tasks.emplace(lookup, std::move(fresh));
            m_ready.push_back(lookup);
        }
        m_tasks.at(lookup).waiting.push_back(id);
        m_tasks.at(id).waitsFor = lookup;
        return;
    }
    fail(id, out);
}

// Does `from` wait for `to`, directly or through others?
bool RecursiveResolver::wouldCircle(TaskId from, TaskId to) const {
    for (TaskId at = from; at != 0;) {
        if (at == to) return true;
        const auto it = m_tasks.find(at);
        at = it == m_tasks.end() ? 0 : it->second.waitsFor;
    }
    return false;
}

// --- what the servers say ------------------------------------------------------------------------------------------------------------

void RecursiveResolver::onHeard(TaskId id, const Heard& heard, Instant now, ResolverActions& out) {
    Task& task = m_tasks.at(id);
    Heard clean = heard;
    const bool intruded = dropForeign(clean.message, task.zone);
    const Message& m = clean.message;
    const bool referral = m.rcode == Rcode::noError && m.answers.empty() && !m.authoritative && !hasType(m.authority, Type::soa);
    if (!referral && (!m.authoritative || deniesFromAbove(heard.message, task.zone))) return onLame(heard, now, out);
    std::optional<Delegation> down = referral ? referralIn(m, task.current, task.zone, now) : std::nullopt;
    if (referral && !down) return onLame(heard, now, out);
    if (intruded) out.push_back(Rejected{.token = task.token, .question = task.current, .from = heard.from, .flaw = Flaw::outOfZone});
    if (!referral) return onAnswer(id, clean, now, out);
    m_exchanges.end(std::exchange(task.query, 0));
    out.push_back(Referral{.token = task.token, .question = task.current, .from = heard.from, .zone = down->zone, .servers = down->servers});
    task.reason = Reason::referral;
    const Delegation delegation = *down;
    m_delegations.learn(std::move(*down), now);
    askServers(id, delegation, now, out);  // also when its TTL is 0
}

void RecursiveResolver::onLame(const Heard& heard, Instant now, ResolverActions& out) {
    const TaskId id = taskOf(heard.query);
    m_lameUntil[{m_tasks.at(id).zone, heard.from.value}] = now + kBelievedLame;
    const Outcome outcome = m_exchanges.reject(heard.query, heard.from, Flaw::lame, now, out);
    if (std::holds_alternative<Exhausted>(outcome)) lookUpServer(id, now, out);
}

void RecursiveResolver::onAnswer(TaskId id, const Heard& heard, Instant now, ResolverActions& out) {
    Task& task = m_tasks.at(id);
    const Message& m = heard.message;
    const std::size_t before = task.aliases.size();
    const AliasChain chain = followAliases(task.current, m.answers, task.aliases);
    m_exchanges.end(std::exchange(task.query, 0));
    keep(task.current, m, chain, before, now);
    task.aliases = chain.aliases;
    if (chain.loop) return finish(id, Answer{.kind = AnswerKind::aliasLoop, .rcode = Rcode::serverFailure}, out);

    Answer answer{.kind = AnswerKind::records, .rcode = Rcode::noError};
    for (const ResourceRecord& record : m.answers)
        if (fits(record, chain.end, task.current.type)) answer.records.push_back(record);
    std::ranges::copy_if(m.additional, std::back_inserter(answer.additional), [](const ResourceRecord& r) { return std::holds_alternative<ARecord>(r.data); });
    if (!answer.records.empty()) return finish(id, std::move(answer), out);

    const auto soa = soaOver(m, chain.end);
    const bool moved = chain.end != task.current.name;
    if (moved && (!chain.end.isWithin(task.zone) || (m.rcode == Rcode::noError && !soa))) {  // RFC 1034 5.3.3 4.c: on with the canonical name
        task.current.name = chain.end;
        task.reason = Reason::alias;
        m_ready.push_back(id);
        return;
    }
    answer.rcode = m.rcode;
    answer.kind = m.rcode == Rcode::nameError ? AnswerKind::noSuchName : AnswerKind::noData;
    answer.soa = soa;
    finish(id, std::move(answer), out);
}

// Each alias for itself, and what stands at the end of them: the records, or that there are none (RFC 2308 5).
void RecursiveResolver::keep(const Question& question, const Message& response, const AliasChain& chain, std::size_t passedBefore, Instant now) {
    for (std::size_t i = passedBefore; i < chain.aliases.size(); ++i) {
        Message one;
        one.answers = {chain.aliases[i]};
        m_cache.remember({chain.aliases[i].name, Type::cname}, one, now);
    }
    if (chain.loop) return;
    Message end;
    end.rcode = response.rcode;
    for (const ResourceRecord& record : response.answers)
        if (fits(record, chain.end, question.type)) end.answers.push_back(record);
    if (end.answers.empty()) {
        if (const auto soa = soaOver(response, chain.end)) end.authority = {*soa};
    } else {
        end.rcode = Rcode::noError;
        std::ranges::copy_if(response.additional, std::back_inserter(end.additional), [](const ResourceRecord& r) { return std::holds_alternative<ARecord>(r.data); });
    }
    m_cache.remember({chain.end, question.type}, end, now);
}

// --- ends ------------------------------------------------------------------------------------------------------------------------------

void RecursiveResolver::fail(TaskId id, ResolverActions& out) { finish(id, Answer{.kind = AnswerKind::serverFailure, .rcode = Rcode::serverFailure}, out); }

void RecursiveResolver::finish(TaskId id, Answer answer, ResolverActions& out) {
    const Task task = std::move(m_tasks.extract(id).mapped());
    m_exchanges.end(task.query);
    if (const auto lookup = m_tasks.find(task.waitsFor); lookup != m_tasks.end()) std::erase(lookup->second.waiting, id);
    answer.question = task.asked;
    answer.aliases = task.aliases;
    answer.fromCache = !task.wentOut;
    answer.id = task.id;
    for (const Token token : task.tokens) {
        answer.token = token;
        out.push_back(answer);
    }
    for (const TaskId waiter : task.waiting) {
        Task& waits = m_tasks.at(waiter);
        waits.waitsFor = 0;
        waits.lookedUp = true;
        waits.fresh = addressesIn(answer.records);
        m_ready.push_back(waiter);
    }
}

RecursiveResolver::TaskId RecursiveResolver::taskOf(QueryId query) const {
    return std::ranges::find_if(m_tasks, [query](const auto& entry) { return entry.second.query == query; })->first;
}

}  // namespace mailtrek::dns

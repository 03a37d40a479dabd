// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/server.h"

#include <algorithm>
#include <set>

namespace mailtrek::dns {
namespace {

constexpr std::size_t kHeaderSize = 12;
constexpr std::uint16_t kOurUdpSize = 1232;  // what fits one packet on any usual path
constexpr std::size_t kMostUdp = 4096;       // RFC 6891 6.2.5
constexpr std::size_t kTcpLimit = 65535;
constexpr int kMaxAliases = 16;

// Zone transfers (251, 252) and the mailbox types of old (253, 254): RFC 1035 3.2.3.
bool isOtherMetaType(Type type) {
    const auto number = static_cast<unsigned>(type);
    return number >= 251 && number <= 254;
}

// For a message that could not be read: only the header is sure to be there.
Message headerOf(std::span<const std::uint8_t> octets) {
    Message query;
    query.id = static_cast<std::uint16_t>(octets[0] << 8 | octets[1]);
    query.opcode = static_cast<Opcode>(octets[2] >> 3 & 0xf);
    query.response = octets[2] & 0x80;
    query.recursionDesired = octets[2] & 0x01;
    return query;
}

std::size_t limitFor(const Message& query, Via via) {
    if (via == Via::tcp) return kTcpLimit;
    if (!query.edns) return kUdpLimit;
    return std::clamp<std::size_t>(query.edns->udpSize, kUdpLimit, kMostUdp);  // RFC 6891 6.2.3
}

}  // namespace

std::string encodeWithin(Message response, std::size_t limit) {
    std::string octets = encode(response);
    if (octets.size() <= limit) return octets;

    const std::vector<ResourceRecord> additional = std::move(response.additional);
    const auto withFirst = [&](std::size_t count) {
        response.additional.assign(additional.begin(), additional.begin() + static_cast<std::ptrdiff_t>(count));
        return encode(response);
    };
    octets = withFirst(0);
    if (octets.size() > limit) {
        response.answers.clear();
        response.authority.clear();
        response.truncated = true;
        return encode(response);
    }
    std::size_t fits = 0, tooMany = additional.size();
    while (tooMany - fits > 1) {
        const std::size_t middle = fits + (tooMany - fits) / 2;
        if (std::string attempt = withFirst(middle); attempt.size() <= limit) {
            fits = middle;
            octets = std::move(attempt);
        } else {
            tooMany = middle;
        }
    }
    return octets;
}

NameServer::NameServer(std::vector<Zone> zones, bool recursionAvailable) : m_zones(std::move(zones)), m_recursionAvailable(recursionAvailable) {
    for (std::size_t i = 0; i < m_zones.size(); ++i) m_byOrigin.try_emplace(m_zones[i].origin(), i);
}

void NameServer::fail(FailureMode mode, Instant until) {
    m_failure = mode;
    m_failsUntil = until;
}

Message NameServer::responseTo(const Message& query) const {
    Message response;
    response.id = query.id;
    response.opcode = query.opcode;
    response.response = true;
    response.recursionDesired = query.recursionDesired;  // RFC 1035 4.1.1: copied
    response.recursionAvailable = m_recursionAvailable;
    response.questions = query.questions;
    if (query.edns) response.edns.emplace().udpSize = kOurUdpSize;  // RFC 6891 6.1.1: only to who sent one
    return response;
}

std::optional<Slice> NameServer::answer(const Slice& query, Instant now, Via via) const {
    Reply reply = handle(query, now, via);
    if (auto* octets = std::get_if<Slice>(&reply)) return std::move(*octets);
    if (auto* pursuit = std::get_if<Pursuit>(&reply)) return Slice::adopt(encodeWithin(std::move(pursuit->soFar), pursuit->limit));
    return std::nullopt;
}

Reply NameServer::handle(const Slice& query, Instant now, Via via) const {
    const FailureMode mode = failure(now);
    if (mode == FailureMode::silence || query.size() < kHeaderSize) return Silence{};
    const Message header = headerOf(query.bytes());
    if (header.response) return Silence{};  // two servers must not answer each other for ever

    Message refusal = responseTo(header);
    if (header.opcode != Opcode::query) {
        refusal.rcode = Rcode::notImplemented;
        return Slice::adopt(encode(refusal));
    }
    const Result<Message> decoded = decode(query.bytes());
    if (!decoded || decoded->questions.size() != 1) {
        refusal.rcode = Rcode::formatError;
        return Slice::adopt(encode(refusal));
    }
    Response response = respond(*decoded, via == Via::tcp && mode == FailureMode::truncate ? FailureMode::none : mode);
    const std::size_t limit = limitFor(*decoded, via);
    if (!response.elsewhere || !m_recursionAvailable || !decoded->recursionDesired) return Slice::adopt(encodeWithin(std::move(response.message), limit));
    const Question rest{*response.elsewhere, decoded->questions.front().type};
    return Pursuit{std::move(response.message), rest, limit};
}

Slice NameServer::complete(Pursuit pursuit, const Answer* found) const {
    Message& response = pursuit.soFar;
    response.authoritative = response.authoritative && !response.answers.empty();  // RFC 1035 4.1.1: AA speaks of the first owner
    response.authority.clear();
    response.additional.clear();
    const bool usable = found != nullptr && (found->kind == AnswerKind::records || found->kind == AnswerKind::noData || found->kind == AnswerKind::noSuchName);
    if (!usable) {
        response.answers.clear();
        response.authoritative = false;
        response.rcode = Rcode::serverFailure;
        return Slice::adopt(encodeWithin(std::move(response), pursuit.limit));
    }
    response.rcode = found->rcode;
    for (const auto* records : {&found->aliases, &found->records}) response.answers.insert(response.answers.end(), records->begin(), records->end());
    if (found->soa) response.authority.push_back(*found->soa);
    response.additional = found->additional;
    return Slice::adopt(encodeWithin(std::move(response), pursuit.limit));
}

NameServer::Response NameServer::respond(const Message& query, FailureMode mode) const {
    Response result{responseTo(query), std::nullopt};
    Message& response = result.message;
    const Question& question = query.questions.front();
    if (query.edns && query.edns->version > 0) {
        response.edns->extendedRcode = 1;  // BADVERS, RFC 6891 6.1.3
    } else if (question.type == Type::opt) {
        response.rcode = Rcode::formatError;
    } else if (isOtherMetaType(question.type)) {
        response.rcode = Rcode::notImplemented;
    } else if (question.klass != kClassIn && question.klass != kClassAny) {
        response.rcode = Rcode::refused;
    } else {
        switch (mode) {
            case FailureMode::none: result.elsewhere = resolve(response); break;
            case FailureMode::silence: break;  // handle() said nothing
            case FailureMode::servfail: response.rcode = Rcode::serverFailure; break;
            case FailureMode::truncate: response.truncated = true; break;
            case FailureMode::nxdomain:
                response.rcode = Rcode::nameError;
                if (const Zone* zone = zoneOf(question.name)) {
                    response.authoritative = true;
                    response.authority.push_back(zone->negativeSoa());
                }
                break;
        }
    }
    return result;
}

// RFC 1034 4.3.2: down from the zone nearest to the name, along its aliases. Gives the name that is beyond our zones, if it comes to that.
std::optional<Name> NameServer::resolve(Message& response) const {
    const Type type = response.questions.front().type;
    Name name = response.questions.front().name;
    std::set<Name> seen;
    for (int aliases = 0; aliases <= kMaxAliases && seen.insert(name).second; ++aliases) {
        const Zone* zone = zoneOf(name);
        if (!zone) {
            if (response.answers.empty()) response.rcode = Rcode::refused;
            return name;
        }
        Lookup lookup = zone->lookup(name, type);
        if (lookup.kind == LookupKind::delegation) {  // RFC 1034 4.3.2 3.b: not ours any more
            addAddresses(lookup.records, response);
            response.authority = std::move(lookup.records);
            return name;
        }
        if (response.answers.empty()) response.authoritative = true;  // RFC 1035 4.1.1: AA speaks of the first owner
        std::ranges::move(lookup.records, std::back_inserter(response.answers));
        switch (lookup.kind) {
            case LookupKind::answer: addAddresses(response.answers, response); return std::nullopt;
            case LookupKind::alias: name = std::get<CnameRecord>(response.answers.back().data).target; break;
            case LookupKind::delegation: break;
            case LookupKind::noData: response.authority.push_back(zone->negativeSoa()); return std::nullopt;
            case LookupKind::noSuchName:
                response.rcode = Rcode::nameError;  // of the last alias, RFC 6604 3
                response.authority.push_back(zone->negativeSoa());
                return std::nullopt;
        }
    }
    return std::nullopt;
}

// RFC 1035 3.3.9, 3.3.11: the addresses of what MX and NS name come along; those that lie beyond a cut are glue and go with a referral only.
void NameServer::addAddresses(const std::vector<ResourceRecord>& records, Message& response) const {
    std::set<Name> done;
    for (const ResourceRecord& record : records) {
        const auto* mx = std::get_if<MxRecord>(&record.data);
        const auto* ns = std::get_if<NsRecord>(&record.data);
        if (!mx && !ns) continue;
        const Name& host = mx ? mx->exchange : ns->host;
        const Zone* zone = zoneOf(host);
        if (!zone || !done.insert(host).second) continue;
        Lookup lookup = zone->lookup(host, Type::a);
        if (lookup.kind == LookupKind::delegation && ns) lookup = {LookupKind::answer, zone->exact(host, Type::a)};
        if (lookup.kind == LookupKind::answer) std::ranges::move(lookup.records, std::back_inserter(response.additional));
    }
}

const Zone* NameServer::zoneOf(const Name& name) const {
    for (Name origin = name;; origin = origin.parent()) {
        if (const auto it = m_byOrigin.find(origin); it != m_byOrigin.end()) return &m_zones[it->second];
        if (origin.isRoot()) return nullptr;
    }
}

}  // namespace mailtrek::dns

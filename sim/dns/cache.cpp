// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/cache.h"

#include <algorithm>

namespace mailtrek::dns {
namespace {

constexpr std::uint32_t kLongestNegative = 86400;  // RFC 2308 5: more than a day has been found problematic

std::optional<std::uint32_t> negativeTtl(const Message& response) {
    for (const ResourceRecord& record : response.authority) {
        if (const auto* soa = std::get_if<SoaRecord>(&record.data)) return std::min({record.ttl, soa->minimum, kLongestNegative});  // RFC 2308 5
    }
    return std::nullopt;  // RFC 2308 5: without SOA it must not be kept
}

// How long the response may be kept; nothing: not at all.
std::optional<std::uint32_t> ttlOf(const Question& question, const Message& response) {
    if (response.truncated || (response.rcode != Rcode::noError && response.rcode != Rcode::nameError)) return std::nullopt;
    std::optional<std::uint32_t> ttl;
    const bool positive =
        response.rcode == Rcode::noError && std::ranges::any_of(response.answers, [&](const ResourceRecord& r) { return r.type == question.type || question.type == kAnyType; });
    if (!positive) {
        ttl = negativeTtl(response);
        if (!ttl) return std::nullopt;
    }
    for (const ResourceRecord& record : response.answers) ttl = std::min(ttl.value_or(record.ttl), record.ttl);
    return ttl;
}

std::uint32_t wholeSeconds(Duration duration) { return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count()); }

void age(std::vector<ResourceRecord>& records, std::uint32_t seconds) {
    std::erase_if(records, [&](const ResourceRecord& r) { return r.ttl < seconds; });
    for (ResourceRecord& record : records) record.ttl -= seconds;
}

}  // namespace

void Cache::remember(const Question& question, const Message& response, Instant now) {
    const std::optional<std::uint32_t> ttl = ttlOf(question, response);
    if (question.klass != kClassIn || ttl.value_or(0) == 0) return;  // RFC 1035 3.2.1: TTL 0 is for this transaction only
    const bool wholeName = response.rcode == Rcode::nameError && response.answers.empty();
    const Key key{question.name, wholeName ? kAnyType : question.type};
    if (!m_entries.contains(key)) makeRoom(now);
    m_entries.insert_or_assign(key, Entry{response, now, now + std::chrono::seconds{*ttl}});
}

std::optional<Message> Cache::find(const Question& question, Instant now) const {
    if (question.klass != kClassIn) return std::nullopt;
    auto it = m_entries.find({question.name, question.type});
    if (it == m_entries.end() || now > it->second.expires) {
        it = m_entries.find({question.name, kAnyType});
        const bool holds = it != m_entries.end() && now <= it->second.expires && (question.type == kAnyType || it->second.response.rcode == Rcode::nameError);
        if (!holds) return std::nullopt;
    }
    Message response = it->second.response;
    const std::uint32_t seconds = wholeSeconds(now - it->second.storedAt);
    age(response.answers, seconds);
    age(response.additional, seconds);
    for (ResourceRecord& record : response.authority) record.ttl -= std::min(record.ttl, seconds);
    return response;
}

void Cache::makeRoom(Instant now) {
    if (m_entries.size() < m_capacity) return;
    std::erase_if(m_entries, [now](const auto& entry) { return entry.second.expires < now; });
    if (m_entries.size() < m_capacity) return;
    m_entries.erase(std::ranges::min_element(m_entries, {}, [](const auto& entry) { return entry.second.expires; }));
}

}  // namespace mailtrek::dns

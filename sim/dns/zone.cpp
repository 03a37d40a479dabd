// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/zone.h"

#include <algorithm>
#include <cassert>

namespace mailtrek::dns {

Zone::Zone(Name origin, SoaRecord soa, std::uint32_t soaTtl) : m_origin(std::move(origin)), m_soa(std::move(soa)), m_soaTtl(soaTtl) {
    m_names[m_origin][Type::soa].push_back(makeRecord(m_origin, m_soaTtl, m_soa));
}

ResourceRecord Zone::soa() const { return makeRecord(m_origin, m_soaTtl, m_soa); }

ResourceRecord Zone::negativeSoa() const { return makeRecord(m_origin, std::min(m_soaTtl, m_soa.minimum), m_soa); }

std::optional<Error> Zone::add(ResourceRecord record) {
    const auto refuse = [&](std::string_view why) { return Error{record.name.text() + " " + typeName(record.type) + ": " + std::string(why)}; };
    if (!record.name.isWithin(m_origin)) return refuse("the name is outside the zone " + m_origin.text());
    if (record.klass != kClassIn || record.type == Type::opt) return refuse("no record of a zone");
    if (record.type == Type::soa) return refuse("the zone has its SOA already");

    for (Name name = record.name; name != m_origin; name = name.parent()) m_names.try_emplace(name);
    Sets& sets = m_names[record.name];
    std::vector<ResourceRecord>& set = sets[record.type];
    if (std::ranges::any_of(set, [&](const ResourceRecord& r) { return r.data == record.data; })) return std::nullopt;
    const bool first = set.empty();
    const auto undo = [&](std::string_view why) {
        if (first) sets.erase(record.type);
        return refuse(why);
    };
    if (record.type == Type::cname && !first) return undo("a name has one CNAME at most");                                                // RFC 2181 10.1
    if (record.type == Type::cname && sets.size() > 1) return undo("a name with a CNAME has nothing else");                               // RFC 1034 3.6.2
    if (record.type != Type::cname && sets.contains(Type::cname)) return undo("the name is an alias (CNAME) and can have nothing else");  // RFC 1034 3.6.2

    set.push_back(std::move(record));
    const std::uint32_t ttl = std::ranges::min(set, {}, &ResourceRecord::ttl).ttl;  // RFC 2181 5.2: one TTL for the whole set
    for (ResourceRecord& one : set) one.ttl = ttl;
    return std::nullopt;
}

Lookup Zone::lookup(const Name& name, Type type) const {
    assert(name.isWithin(m_origin));
    if (const auto cut = cutOver(name)) return {LookupKind::delegation, exact(*cut, Type::ns)};
    if (const auto it = m_names.find(name); it != m_names.end()) return found(it->second, name, type);
    Name encloser = name.parent();
    while (!m_names.contains(encloser)) encloser = encloser.parent();  // ends: the origin exists
    Name wildcard;
    wildcard.append("*");
    const Result<Name> source = wildcard.under(encloser);
    if (!source) return {};
    const auto it = m_names.find(*source);
    return it == m_names.end() ? Lookup{} : found(it->second, name, type);  // RFC 1034 4.3.3
}

Lookup Zone::found(const Sets& sets, const Name& owner, Type type) const {
    Lookup result{.kind = LookupKind::noData, .records = {}};
    const auto take = [&](const std::vector<ResourceRecord>& set, LookupKind kind) {
        result.kind = kind;
        for (const ResourceRecord& record : set) {
            result.records.push_back(record);
            result.records.back().name = owner;
        }
    };
    if (type == kAnyType) {
        for (const auto& [_, set] : sets) take(set, LookupKind::answer);
    } else if (const auto set = sets.find(type); set != sets.end()) {
        take(set->second, LookupKind::answer);
    } else if (const auto alias = sets.find(Type::cname); alias != sets.end()) {
        take(alias->second, LookupKind::alias);
    }
    return result;
}

std::vector<ResourceRecord> Zone::exact(const Name& name, Type type) const {
    const auto sets = m_names.find(name);
    if (sets == m_names.end()) return {};
    const auto set = sets->second.find(type);
    return set == sets->second.end() ? std::vector<ResourceRecord>{} : set->second;
}

std::optional<Name> Zone::cutOver(const Name& name) const {
    std::optional<Name> highest;
    for (Name at = name; at != m_origin; at = at.parent()) {
        const auto sets = m_names.find(at);
        if (sets != m_names.end() && sets->second.contains(Type::ns)) highest = at;
    }
    return highest;
}

std::vector<Name> Zone::cuts() const {
    std::vector<Name> all;
    for (const auto& [name, sets] : m_names)
        if (sets.contains(Type::ns) && cutOver(name) == name) all.push_back(name);
    return all;
}

bool Zone::has(const Name& name) const { return m_names.contains(name); }

}  // namespace mailtrek::dns

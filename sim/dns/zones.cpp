// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/dns/idna.h"

namespace mailtrek::dns {
namespace {

constexpr std::string_view kOtherNodes = "internal";
constexpr std::string_view kReverse = "in-addr.arpa";

Name reverseName(wire::Ipv4Address address) {  // RFC 1035 3.5
    const std::uint32_t v = address.value;
    return Name::of(fmt::format("{}.{}.{}.{}.{}", v & 0xff, v >> 8 & 0xff, v >> 16 & 0xff, v >> 24, kReverse));
}

class Builder {
public:
    explicit Builder(const ZoneFacts& facts) : m_facts(facts) {}

    BuiltZones build() {
        nameHosts();
        openZones();
        for (const ZoneFact& zone : m_facts.zones) addExplicit(zone);
        for (const MailDomainFact& domain : m_facts.domains) addMx(domain);
        for (const HostFact& host : m_facts.hosts) addAddresses(host);
        return std::move(m_built);
    }

private:
    void problem(std::string text) { m_built.problems.push_back({std::move(text)}); }

    void nameHosts() {
        for (const HostFact& host : m_facts.hosts) {
            Result<Name> name = Name::parse(hostName(host));
            if (name) {
                m_hosts.try_emplace(host.node, Host{std::move(name).value(), &host});
            } else {
                problem(host.node + ": " + name.error().message);
            }
        }
    }

    void openZones() {
        for (const ZoneFact& zone : m_facts.zones) {
            const Result<Name> origin = Name::parse(zone.domain);
            if (!origin) continue;
            m_explicit.insert(*origin);
            if (std::ranges::any_of(zone.records, [](const RecordFact& r) { return r.type == Type::ns && r.name == "@"; })) m_ownNs.insert(*origin);
        }
        open(Name{});
        open(Name::of(kOtherNodes));
        open(Name::of(kReverse));
        for (const ZoneFact& zone : m_facts.zones) openText(zone.domain);
        for (const MailDomainFact& domain : m_facts.domains) openText(domain.domain);
    }

    void openText(const std::string& domain) {
        const Result<Name> origin = Name::parse(domain);
        if (!origin) return problem(origin.error().message);
        open(*origin);
    }

    void open(const Name& origin) {
        if (!m_byOrigin.try_emplace(origin, m_built.zones.size()).second) return;
        SoaRecord soa;
        soa.minimum = m_facts.negativeTtl;
        const std::vector<Name> servers = nameServers();
        soa.primary = servers.empty() ? origin : servers.front();
        const Result<Name> mailbox = Name::of("hostmaster").under(origin.isRoot() ? Name::of(kOtherNodes) : origin);
        soa.mailbox = mailbox.ok() ? *mailbox : origin;
        Zone& zone = m_built.zones.emplace_back(origin, std::move(soa), m_facts.ttl);
        if (m_ownNs.contains(origin)) return;
        for (const Name& server : servers) zone.add(makeRecord(origin, m_facts.ttl, NsRecord{server}));
    }

    std::vector<Name> nameServers() const {
        std::vector<Name> names;
        for (const std::string& node : m_facts.nameServers) {
            if (const auto host = m_hosts.find(node); host != m_hosts.end()) names.push_back(host->second.name);
        }
        return names;
    }

    Zone& zoneFor(const Name& name) {
        Name origin = name;
        while (!m_byOrigin.contains(origin)) origin = origin.parent();  // ends: the root is there
        return m_built.zones[m_byOrigin.at(origin)];
    }

    void addExplicit(const ZoneFact& fact) {
        const Result<Name> origin = Name::parse(fact.domain);
        if (!origin) return;
        Zone& zone = m_built.zones[m_byOrigin.at(*origin)];
        for (const RecordFact& record : fact.records) {
            const auto complain = [&](const std::string& why) { problem(fmt::format("zone {}, '{}' {}: {}", fact.domain, record.name, typeName(record.type), why)); };
            const Result<Name> owner = ownerOf(record, *origin);
            if (!owner) {
                complain(owner.error().message);
                continue;
            }
            const Result<std::vector<RecordData>> all = dataOf(record);
            if (!all) {
                complain(all.error().message);
                continue;
            }
            for (const RecordData& data : *all) {
                if (const auto error = zone.add(makeRecord(*owner, record.ttl, data))) complain(error->message);
            }
        }
    }

    static Result<Name> ownerOf(const RecordFact& record, const Name& origin) {
        if (record.name == "@") return origin;
        const Result<Name> name = Name::parse(record.name);
        if (!name || record.name.ends_with('.')) return name;
        return name->under(origin);
    }

    // Several for an A record whose node has several addresses.
    Result<std::vector<RecordData>> dataOf(const RecordFact& record) const {
        using All = std::vector<RecordData>;
        if (record.type == Type::txt) return All{TxtRecord{{record.text}}};
        if (record.type == Type::a) return addressData(record);
        const Result<Name> target = targetOf(record.host);
        if (!target) return target.error();
        if (target->isRoot() && record.type != Type::mx) return Error{"'.' as a host is for MX only"};
        switch (record.type) {
            case Type::mx: return All{MxRecord{record.preference, *target}};
            case Type::ns: return All{NsRecord{*target}};
            case Type::cname: return All{CnameRecord{*target}};
            case Type::ptr: return All{PtrRecord{*target}};
            case Type::a:
            case Type::soa:
            case Type::txt:
            case Type::aaaa:
            case Type::opt: break;
        }
        return Error{"records of this type are not supported yet"};
    }

    Result<std::vector<RecordData>> addressData(const RecordFact& record) const {
        if (record.address) return std::vector<RecordData>{ARecord{*record.address}};
        const auto host = m_hosts.find(record.host);
        if (host == m_hosts.end()) return Error{"an A record needs an address or a node, and there is no node '" + record.host + "'"};
        std::vector<RecordData> all;
        for (const wire::Ipv4Address address : host->second.fact->addresses) all.emplace_back(ARecord{address});
        if (all.empty()) return Error{"node '" + record.host + "' has no address"};
        return all;
    }

    Result<Name> targetOf(const std::string& text) const {
        if (const auto host = m_hosts.find(text); host != m_hosts.end()) return host->second.name;
        return Name::parse(text);
    }

    void addMx(const MailDomainFact& domain) {
        const Result<Name> origin = Name::parse(domain.domain);
        if (!origin || m_explicit.contains(*origin)) return;
        for (const MxFact& server : domain.servers) {
            const auto host = m_hosts.find(server.node);
            if (host == m_hosts.end()) {
                problem(fmt::format("domain {}: there is no node '{}'", domain.domain, server.node));
                continue;
            }
            if (const auto error = zoneFor(*origin).add(makeRecord(*origin, m_facts.ttl, MxRecord{server.preference, host->second.name}))) problem(error->message);
        }
    }

    void addAddresses(const HostFact& fact) {
        const auto host = m_hosts.find(fact.node);
        if (host == m_hosts.end()) return;
        const Name& name = host->second.name;
        Zone& zone = zoneFor(name);
        if (!zone.exact(name, Type::a).empty() || !zone.exact(name, Type::cname).empty()) return;  // the file's own goes before
        for (const wire::Ipv4Address address : fact.addresses) {
            if (const auto error = zone.add(makeRecord(name, m_facts.ttl, ARecord{address}))) problem(error->message);
            const Name reverse = reverseName(address);
            if (zoneFor(reverse).exact(reverse, Type::ptr).empty()) zoneFor(reverse).add(makeRecord(reverse, m_facts.ttl, PtrRecord{name}));
        }
    }

    struct Host {
        Name name;
        const HostFact* fact;
    };
    const ZoneFacts& m_facts;
    std::map<std::string, Host, std::less<>> m_hosts;
    std::map<Name, std::size_t> m_byOrigin;
    std::set<Name> m_explicit;  // origins of the zones that the file gives
    std::set<Name> m_ownNs;     // of these, the ones that list their name servers
    BuiltZones m_built;
};

}  // namespace

std::string hostName(const HostFact& host) {
    if (host.domains.empty()) return fmt::format("{}.{}", host.node, kOtherNodes);
    const Result<Name> own = Name::parse(host.node);
    for (const std::string& domain : host.domains) {
        const Result<Name> zone = Name::parse(domain);
        if (own && zone && *own != *zone && own->isWithin(*zone)) return host.node;
    }
    const std::string name = fmt::format("{}.{}", host.node, host.domains.front());
    return domainToAscii(name).value_or(name);
}

BuiltZones buildZones(const ZoneFacts& facts) { return Builder(facts).build(); }

}  // namespace mailtrek::dns

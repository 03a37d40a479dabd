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
        for (const auto& [zone, served] : topmostFirst()) handOver(zone, *served);
        for (const HostFact& host : m_facts.hosts) addAddresses(host);
        for (const TextFact& text : m_facts.texts) addText(text);
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
        for (const ServedZone& zone : m_facts.served)
            if (const Result<Name> origin = Name::parse(zone.domain)) m_servedBy.try_emplace(*origin, &zone);
        for (const ZoneFact& zone : m_facts.zones) {
            const Result<Name> origin = Name::parse(zone.domain);
            if (!origin) continue;
            m_own.insert(*origin);
            if (!zone.automatic) m_explicit.insert(*origin);
            for (const RecordFact& record : zone.records) {
                if (record.name != "@") continue;
                if (record.type == Type::ns) m_ownNs.insert(*origin);
                if (record.type == Type::soa) m_ownSoa.emplace(*origin, &record);
            }
        }
        if (m_own.contains(Name{}) || (m_facts.all && !isElsewhere(Name{}))) {
            open(Name{});
            for (const std::string_view name : {kOtherNodes, kReverse})
                if (!isElsewhere(Name::of(name))) open(Name::of(name));
        }
        for (const ZoneFact& zone : m_facts.zones) openText(zone.domain);
        if (!m_facts.all) return;
        for (const MailDomainFact& domain : m_facts.domains) {
            const Result<Name> origin = Name::parse(domain.domain);
            if (!origin || !isElsewhere(*origin)) openText(domain.domain);
        }
    }

    // Some other server is drawn for it, or for something above it, and this one is not.
    bool isElsewhere(const Name& name) const {
        for (Name zone = name;; zone = zone.parent()) {
            if (m_own.contains(zone)) return false;
            if (m_servedBy.contains(zone)) return true;
            if (zone.isRoot()) return false;
        }
    }

    void openText(const std::string& domain) {
        const Result<Name> origin = Name::parse(domain);
        if (!origin) return problem(origin.error().message);
        open(*origin);
    }

    void open(const Name& origin) {
        if (!m_byOrigin.try_emplace(origin, m_built.zones.size()).second) return;
        const std::vector<Name> servers = nameServersOf(origin);
        const auto given = m_ownSoa.find(origin);
        Zone& zone = m_built.zones.emplace_back(origin, soaOf(origin, servers, given == m_ownSoa.end() ? nullptr : given->second),
                                                given == m_ownSoa.end() ? m_facts.ttl : given->second->ttl);
        if (m_ownNs.contains(origin)) return;
        for (const Name& server : servers) zone.add(makeRecord(origin, m_facts.ttl, NsRecord{server}));
    }

    SoaRecord soaOf(const Name& origin, const std::vector<Name>& servers, const RecordFact* given) {
        SoaRecord soa;
        soa.minimum = m_facts.negativeTtl;
        soa.primary = servers.empty() ? origin : servers.front();
        const Result<Name> mailbox = Name::of("hostmaster").under(origin.isRoot() ? Name::of(kOtherNodes) : origin);
        soa.mailbox = mailbox.ok() ? *mailbox : origin;
        if (given == nullptr) return soa;
        soa.minimum = given->minimum.value_or(soa.minimum);
        if (given->host.empty()) return soa;
        const Result<Name> primary = targetOf(given->host);
        if (primary)
            soa.primary = *primary;
        else
            problem(fmt::format("zone {}, SOA: {}", origin.text(), primary.error().message));
        return soa;
    }

    std::vector<Name> nameServersOf(const Name& origin) const {
        const auto served = m_servedBy.find(origin);
        return namesOf(served == m_servedBy.end() ? m_facts.nameServers : served->second->nodes);
    }

    std::vector<Name> namesOf(const std::vector<std::string>& nodes) const {
        std::vector<Name> names;
        for (const std::string& node : nodes) {
            if (const auto host = m_hosts.find(node); host != m_hosts.end()) names.push_back(host->second.name);
        }
        return names;
    }

    // Nothing when no zone of this server holds the name.
    Zone* zoneFor(const Name& name) {
        for (Name origin = name;; origin = origin.parent()) {
            if (const auto it = m_byOrigin.find(origin); it != m_byOrigin.end()) return &m_built.zones[it->second];
            if (origin.isRoot()) return nullptr;
        }
    }

    std::vector<std::pair<Name, const ServedZone*>> topmostFirst() const {
        std::vector<std::pair<Name, const ServedZone*>> all(m_servedBy.begin(), m_servedBy.end());
        std::ranges::stable_sort(all, {}, [](const auto& entry) { return entry.first.labels(); });
        return all;
    }

    // RFC 1034 4.2.1: the parent names the servers of the zone below.
    void handOver(const Name& origin, const ServedZone& served) {
        if (m_byOrigin.contains(origin)) return;
        Zone* parent = zoneFor(origin);
        if (parent == nullptr || parent->lookup(origin, Type::ns).kind == LookupKind::delegation) return;
        for (const Name& server : namesOf(served.nodes))
            if (const auto error = parent->add(makeRecord(origin, m_facts.ttl, NsRecord{server}))) problem(error->message);
    }

    void addExplicit(const ZoneFact& fact) {
        const Result<Name> origin = Name::parse(fact.domain);
        if (!origin) return;
        Zone& zone = m_built.zones[m_byOrigin.at(*origin)];
        for (const RecordFact& record : fact.records) {
            if (record.type == Type::soa && record.name == "@" && m_ownSoa.at(*origin) == &record) continue;  // the zone was opened with it
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
        if (record.type == Type::soa) return Error{"a zone has one SOA, and it stands at '@'"};
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
        if (!origin || m_explicit.contains(*origin) || !m_byOrigin.contains(*origin)) return;
        for (const MxFact& server : domain.servers) {
            const auto host = m_hosts.find(server.node);
            if (host == m_hosts.end()) {
                problem(fmt::format("domain {}: there is no node '{}'", domain.domain, server.node));
                continue;
            }
            Zone& zone = m_built.zones[m_byOrigin.at(*origin)];
            if (const auto error = zone.add(makeRecord(*origin, m_facts.ttl, MxRecord{server.preference, host->second.name}))) problem(error->message);
        }
    }

    void addAddresses(const HostFact& fact) {
        const auto host = m_hosts.find(fact.node);
        if (host == m_hosts.end()) return;
        const Name& name = host->second.name;
        Zone* zone = zoneFor(name);
        const bool given = zone == nullptr || !zone->exact(name, Type::a).empty() || !zone->exact(name, Type::cname).empty();  // the file's own goes before
        for (const wire::Ipv4Address address : fact.addresses) {
            if (given) break;
            if (const auto error = zone->add(makeRecord(name, m_facts.ttl, ARecord{address}))) problem(error->message);
        }
        for (const wire::Ipv4Address address : fact.addresses) addReverse(address, name);
    }

    void addText(const TextFact& fact) {
        const Result<Name> name = Name::parse(fact.name);
        Zone* zone = name ? zoneFor(*name) : nullptr;
        if (zone == nullptr || !zone->exact(*name, Type::txt).empty() || !zone->exact(*name, Type::cname).empty()) return;  // the file's own goes before
        if (zone->origin().isRoot() || zone->lookup(*name, Type::txt).kind == LookupKind::delegation) return;
        if (const auto error = zone->add(makeRecord(*name, m_facts.ttl, TxtRecord{{fact.text}}))) problem(error->message);
    }

    void addReverse(wire::Ipv4Address address, const Name& name) {
        const Name reverse = reverseName(address);
        Zone* zone = zoneFor(reverse);
        if (zone != nullptr && zone->origin().isWithin(Name::of(kReverse)) && zone->exact(reverse, Type::ptr).empty()) zone->add(makeRecord(reverse, m_facts.ttl, PtrRecord{name}));
    }

    struct Host {
        Name name;
        const HostFact* fact;
    };
    const ZoneFacts& m_facts;
    std::map<std::string, Host, std::less<>> m_hosts;
    std::map<Name, std::size_t> m_byOrigin;
    std::set<Name> m_explicit;  // origins of the zones that the file gives
    std::set<Name> m_own;       // of all zones of this server in the file
    std::set<Name> m_ownNs;     // of these, the ones that list their name servers
    std::map<Name, const RecordFact*> m_ownSoa;
    std::map<Name, const ServedZone*> m_servedBy;
    BuiltZones m_built;
};

}  // namespace

std::vector<Delegation> delegationsOf(const std::vector<Zone>& zones) {
    std::vector<Delegation> all;
    for (const Zone& zone : zones) {
        for (const Name& cut : zone.cuts()) {
            Delegation delegation{.zone = cut, .servers = {}, .addresses = {}};
            for (const ResourceRecord& record : zone.exact(cut, Type::ns)) {
                const Name& server = std::get<NsRecord>(record.data).host;
                delegation.servers.push_back(server);
                for (const Zone& other : zones)
                    for (const ResourceRecord& a : other.exact(server, Type::a)) delegation.addresses[server].push_back(std::get<ARecord>(a.data).address);
            }
            all.push_back(std::move(delegation));
        }
    }
    return all;
}

std::string hostName(const HostFact& host) {
    if (host.domains.empty()) return fmt::format("{}.{}", host.node, kOtherNodes);
    const Result<Name> own = Name::parse(host.node);
    for (const std::string& domain : host.domains) {
        const Result<Name> zone = Name::parse(domain);
        if (own && zone && *own != *zone && own->isWithin(*zone)) return host.node;
    }
    if (host.domains.front() == ".") return host.node;
    const std::string name = fmt::format("{}.{}", host.node, host.domains.front());
    return domainToAscii(name).value_or(name);
}

BuiltZones buildZones(const ZoneFacts& facts) { return Builder(facts).build(); }

}  // namespace mailtrek::dns

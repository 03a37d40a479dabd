// SPDX-License-Identifier: GPL-3.0-or-later
// `zones:` of a name server.
#include <fmt/format.h>

#include <array>

#include "sim/scenario/builder.h"

namespace mailtrek::scenario {
namespace {

// Everything that zones can name, with any address: whether the records can stand together does not depend on it.
dns::ZoneFacts factsFor(const std::vector<Node>& nodes) {
    dns::ZoneFacts facts;
    for (const Node& node : nodes)
        if (node.kind == NodeKind::mailServer || node.kind == NodeKind::dnsServer) facts.hosts.push_back({node.name, {wire::Ipv4Address{0x0a000001u}}, node.domains});
    return facts;
}

}  // namespace

dns::RecordFact Builder::readRecord(const Node_& value) {
    static const std::vector<std::string> kTypes{"A", "MX", "TXT", "CNAME", "NS", "PTR", "SOA"};
    static constexpr std::array kValues{dns::Type::a, dns::Type::mx, dns::Type::txt, dns::Type::cname, dns::Type::ns, dns::Type::ptr, dns::Type::soa};
    Map record(m_reader, value, "a record");
    dns::RecordFact fact;
    record.with("name", [&](const Node_& v) { fact.name = m_reader.text(v, "name"); });
    const auto type = record.require("type");
    if (type) fact.type = kValues[m_reader.choice(*type, "type", kTypes)];
    record.with("preference", [&](const Node_& v) { fact.preference = static_cast<std::uint16_t>(m_reader.whole(v, "preference", 0, 65535)); });
    record.with("host", [&](const Node_& v) {
        fact.host = m_reader.text(v, "host");
        if (fact.host.find('.') == std::string::npos) later([this, v] { nodeNamed(v, "host"); });
    });
    record.with("address", [&](const Node_& v) { fact.address = m_reader.address(v, "address"); });
    record.with("text", [&](const Node_& v) { fact.text = m_reader.text(v, "text"); });
    record.with("ttl", [&](const Node_& v) { fact.ttl = static_cast<std::uint32_t>(m_reader.duration(v, "ttl") / std::chrono::seconds{1}); });
    record.with("minimum", [&](const Node_& v) {
        fact.minimum = static_cast<std::uint32_t>(m_reader.duration(v, "minimum") / std::chrono::seconds{1});
        if (type && fact.type != dns::Type::soa) m_reader.error(v, "minimum: only a SOA record has it");
    });
    if (!type) return fact;
    if (fact.type == dns::Type::txt && !record.has("text")) m_reader.error(value, "a TXT record needs 'text:'");
    if (fact.type == dns::Type::a && !record.has("address") && !record.has("host")) m_reader.error(value, "an A record needs 'address:' or 'host:'");
    const bool leads = fact.type != dns::Type::a && fact.type != dns::Type::txt && fact.type != dns::Type::soa;
    if (leads && !record.has("host")) m_reader.error(value, "this record needs 'host:'");
    return fact;
}

void Builder::readNameServer(Map& map, Node& node) {
    map.with("role", [&](const Node_& v) { node.dnsRole = static_cast<DnsRole>(m_reader.choice(v, "role", {"all", "authoritative", "recursive"})); });  // in the order of DnsRole
    map.with("zones", [&](const Node_& v) { readZones(v, node); });
    if (node.dnsRole == DnsRole::authoritative && node.zones.empty()) m_reader.error(map.node(), "an authoritative name server needs 'zones:' that it serves");
}

void Builder::readZones(const Node_& zones, Node& node) {
    Map map(m_reader, zones, "zones");
    for (const auto& [key, records] : map.pairs()) {
        dns::ZoneFact zone{key.IsScalar() && key.Scalar() == "." ? "." : m_reader.domain(key, "zone"), {}};  // "." is the root
        zone.automatic = records.IsScalar() && records.Scalar() == "auto";
        if (records.IsScalar() && !zone.automatic) m_reader.error(records, "a zone must be a list of records, or 'auto'");
        std::vector<Node_> marks;
        if (!records.IsScalar())
            m_reader.list(records, "a zone", [&](const Node_& item) {
                zone.records.push_back(readRecord(item));
                marks.push_back(item);
            });
        later([this, zone, marks, mark = key] {
            if (!m_reader.diagnostics().failed()) checkZone(zone, marks, mark);
        });
        node.zones.push_back(std::move(zone));
    }
}

// What cannot stand in a zone (a CNAME beside something else, a host that is none) is said of the record that brings it.
void Builder::checkZone(const dns::ZoneFact& zone, const std::vector<Node_>& marks, const Node_& key) {
    dns::ZoneFacts facts = factsFor(m_scenario.nodes);
    facts.zones = {zone};
    std::size_t known = 0;
    const std::vector<Error> all = dns::buildZones(facts).problems;
    if (all.empty()) return;
    if (marks.size() > 200) return m_reader.error(key, all.front().message);
    facts.zones.front().records.clear();
    for (std::size_t i = 0; i < marks.size(); ++i) {
        facts.zones.front().records.push_back(zone.records[i]);
        const std::vector<Error> problems = dns::buildZones(facts).problems;
        if (problems.size() > known) m_reader.error(marks[i], problems.back().message);
        known = problems.size();
    }
    if (known == 0) m_reader.error(key, all.front().message);
}

}  // namespace mailtrek::scenario

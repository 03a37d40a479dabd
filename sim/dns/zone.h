// SPDX-License-Identifier: GPL-3.0-or-later
// A zone and what an authoritative server finds in it: RFC 1034 4.3.2, wildcards 4.3.3, negative answers RFC 2308. NS records below the origin hand that part of
// the name space to other servers (RFC 1034 4.2.1); addresses kept at or below such a cut are glue.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/dns/message.h"

namespace mailtrek::dns {

enum class LookupKind : std::uint8_t { answer, alias, delegation, noData, noSuchName };

struct Lookup {
    LookupKind kind = LookupKind::noSuchName;
    std::vector<ResourceRecord> records;  // of kind answer; the CNAME alone of kind alias, the NS of the cut of kind delegation
};

class Zone {
public:
    Zone(Name origin, SoaRecord soa, std::uint32_t soaTtl = 3600);

    const Name& origin() const { return m_origin; }
    ResourceRecord soa() const;
    // For a negative answer: its TTL is min(SOA TTL, minimum) (RFC 2308 3).
    ResourceRecord negativeSoa() const;

    // The reason why not: outside the zone, CNAME beside other data (RFC 1034 3.6.2), a second CNAME or SOA. An exact duplicate is ignored.
    std::optional<Error> add(ResourceRecord record);

    // REQUIRES: name.isWithin(origin()). One step: an alias is not followed.
    Lookup lookup(const Name& name, Type type) const;

    // All records of the name and type, without aliases or wildcards.
    std::vector<ResourceRecord> exact(const Name& name, Type type) const;
    bool has(const Name& name) const;  // the name or something below it exists
    // Where the zone ends: names below the origin with NS records, those below another cut left out.
    std::vector<Name> cuts() const;

private:
    using Sets = std::map<Type, std::vector<ResourceRecord>>;
    // The cut at or above the name; nothing when the zone itself holds it.
    std::optional<Name> cutOver(const Name& name) const;
    Lookup found(const Sets& sets, const Name& owner, Type type) const;

    Name m_origin;
    SoaRecord m_soa;
    std::uint32_t m_soaTtl;
    std::map<Name, Sets> m_names;  // names that exist only because something is below them have no sets
};

}  // namespace mailtrek::dns

// SPDX-License-Identifier: GPL-3.0-or-later
// The zones of a scenario from plain facts: who has which address, who takes mail for which domain, and what the file says explicitly.
//
// Names of nodes: a mail server `sur` whose first domain is sur.example is called "sur.sur.example" (a node whose name already ends in one of its
// domains keeps it: `mx1.sur.example`); every other node is called "<node>.internal". An address given to that name by an explicit zone goes before the automatic one.
//
// An automatic zone per mail domain holds SOA, NS (the DNS servers), the A records of the nodes named in it, and MX for its servers. A zone given explicitly
// holds exactly the records listed, plus what it could not live without unless listed: SOA, NS, the A records of nodes named in it and the keys to what servers sign. So a domain
// without MX is an explicit zone that lists none. A zone that is served elsewhere is handed over (NS and the addresses of its servers) where its parent lists no NS for it.
//
// A server of role `all` has a zone for everything that no other serves. Besides: "internal", "in-addr.arpa" (PTR for every address of a named node) and the root, whose SOA stands
// behind NXDOMAIN for a domain that nobody serves. Any other server has the zones that the file gives it, and with the root "internal" and "in-addr.arpa" too, unless others serve
// those.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/dns/delegations.h"
#include "sim/dns/zone.h"

namespace mailtrek::dns {

inline constexpr std::uint32_t kDefaultTtl = 3600;
inline constexpr std::uint16_t kOwnMxPreference = 10;
inline constexpr std::uint16_t kBackupMxPreference = 20;

struct HostFact {
    std::string node;
    std::vector<wire::Ipv4Address> addresses;
    std::vector<std::string> domains;  // that it serves, the first gives it its name; the zones of a name server that is drawn for them
};

struct MxFact {
    std::string node;
    std::uint16_t preference = kOwnMxPreference;
};

struct MailDomainFact {
    std::string domain;
    std::vector<MxFact> servers;
};

// One line of `zones:`. `name` is "@" for the origin, otherwise relative to it unless it ends in a dot.
struct RecordFact {
    std::string name = "@";
    Type type{};                                  // A, MX, CNAME, NS, PTR, TXT, SOA
    std::uint16_t preference = kOwnMxPreference;  // of MX
    std::string host{};                           // A: a node; MX, NS, CNAME, PTR, SOA (the primary server): a node or a domain name; "." with MX is the null MX
    std::optional<wire::Ipv4Address> address{};   // A
    std::string text{};                           // TXT
    std::uint32_t ttl = kDefaultTtl;
    std::optional<std::uint32_t> minimum{};  // SOA: the TTL of "there is no such thing"
};

struct ZoneFact {
    std::string domain;
    std::vector<RecordFact> records;
    bool automatic = false;  // with what follows from the topology, in place of records
};

struct TextFact {      // a TXT record that follows from the file, such as the key to what a server signs
    std::string name;  // whole
    std::string text;
};

struct ServedZone {  // by name servers that are drawn for certain zones
    std::string domain;
    std::vector<std::string> nodes;
};

struct ZoneFacts {
    std::vector<HostFact> hosts;
    std::vector<MailDomainFact> domains;
    std::vector<ZoneFact> zones;           // explicit ones, for the server in question
    std::vector<std::string> nameServers;  // nodes of role `all`
    std::vector<ServedZone> served{};      // by the others
    bool all = true;                       // the role of the server in question
    std::vector<TextFact> texts{};
    std::uint32_t ttl = kDefaultTtl;
    std::uint32_t negativeTtl = 3600;  // SOA minimum
};

// "sur.sur.example", as above.
std::string hostName(const HostFact& host);

// All problems at once in `problems`; the zones hold what was sound.
struct BuiltZones {
    std::vector<Zone> zones;
    std::vector<Error> problems;
};
BuiltZones buildZones(const ZoneFacts& facts);

// Where these zones hand parts of themselves to others, with the addresses that they know.
std::vector<Delegation> delegationsOf(const std::vector<Zone>& zones);

}  // namespace mailtrek::dns

// SPDX-License-Identifier: GPL-3.0-or-later
// DNS messages, RFC 1035 4: values, their octets with name compression, and a decoder that survives anything.
// EDNS(0) per RFC 6891. Record classes other than IN are carried as raw data.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/dns/name.h"
#include "sim/kernel/result.h"
#include "sim/trace/enums.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::dns {

using Type = trace::DnsType;  // any 16-bit value may occur; the named ones are understood
inline constexpr Type kAnyType{255};
inline constexpr std::uint16_t kPort = 53;
inline constexpr std::uint16_t kClassIn = 1;
inline constexpr std::uint16_t kClassAny = 255;
inline constexpr std::size_t kUdpLimit = 512;  // RFC 1035 4.2.1, without EDNS

enum class Opcode : std::uint8_t { query = 0, inverseQuery = 1, status = 2, notify = 4, update = 5 };                                 // 4 bits; any value may occur
enum class Rcode : std::uint8_t { noError = 0, formatError = 1, serverFailure = 2, nameError = 3, notImplemented = 4, refused = 5 };  // 4 bits; any value may occur

// "NOERROR", "NXDOMAIN", ...; "RCODE11" for the rest.
std::string rcodeName(Rcode rcode);
// "MX", "A", ...; "TYPE99" for the rest (RFC 3597 5).
std::string typeName(Type type);

struct ARecord {
    wire::Ipv4Address address;
    friend bool operator==(const ARecord&, const ARecord&) = default;
};
struct NsRecord {
    Name host;
    friend bool operator==(const NsRecord&, const NsRecord&) = default;
};
struct CnameRecord {
    Name target;
    friend bool operator==(const CnameRecord&, const CnameRecord&) = default;
};
struct PtrRecord {
    Name target;
    friend bool operator==(const PtrRecord&, const PtrRecord&) = default;
};
struct MxRecord {
    std::uint16_t preference = 0;
    Name exchange;
    friend bool operator==(const MxRecord&, const MxRecord&) = default;
};
struct SoaRecord {
    Name primary;
    Name mailbox;
    std::uint32_t serial = 1;
    std::uint32_t refresh = 7200;
    std::uint32_t retry = 3600;
    std::uint32_t expire = 1209600;
    std::uint32_t minimum = 3600;  // the TTL of "there is no such thing" (RFC 2308 4)
    friend bool operator==(const SoaRecord&, const SoaRecord&) = default;
};
struct TxtRecord {
    std::vector<std::string> strings;  // each up to 255 octets; longer ones are split when encoded
    friend bool operator==(const TxtRecord&, const TxtRecord&) = default;
};
struct RawRecord {  // of a type or class that is not understood
    std::string octets;
    friend bool operator==(const RawRecord&, const RawRecord&) = default;
};
using RecordData = std::variant<ARecord, NsRecord, CnameRecord, PtrRecord, MxRecord, SoaRecord, TxtRecord, RawRecord>;

struct ResourceRecord {
    Name name;
    Type type{};
    std::uint16_t klass = kClassIn;
    std::uint32_t ttl = 3600;
    RecordData data;
    friend bool operator==(const ResourceRecord&, const ResourceRecord&) = default;
};

// Class IN, with the type that belongs to the data. REQUIRES: data is not RawRecord.
ResourceRecord makeRecord(Name name, std::uint32_t ttl, RecordData data);

// As a zone file would have the data: "10 sur.sur.example", "10.0.0.1", "v=spf1 mx -all".
std::string dataText(const ResourceRecord& record);

struct Question {
    Name name;
    Type type{};
    std::uint16_t klass = kClassIn;
    friend bool operator==(const Question&, const Question&) = default;
};

struct Edns {  // the OPT pseudo-record, RFC 6891 6.1
    std::uint16_t udpSize = 1232;
    std::uint8_t version = 0;
    std::uint8_t extendedRcode = 0;  // the upper 8 bits of a 12-bit RCODE; 1 with RCODE 0 is BADVERS
    bool dnssecOk = false;
    std::string options;
    friend bool operator==(const Edns&, const Edns&) = default;
};

struct Message {
    std::uint16_t id = 0;
    Opcode opcode = Opcode::query;
    Rcode rcode = Rcode::noError;
    bool response = false;            // QR
    bool authoritative = false;       // AA
    bool truncated = false;           // TC
    bool recursionDesired = false;    // RD
    bool recursionAvailable = false;  // RA
    std::vector<Question> questions;
    std::vector<ResourceRecord> answers;
    std::vector<ResourceRecord> authority;
    std::vector<ResourceRecord> additional;  // without the OPT record
    std::optional<Edns> edns;
    friend bool operator==(const Message&, const Message&) = default;
};

// The octets on the wire; names in question, owner and the RFC 1035 types are compressed. A message over 65535 octets is cut at a whole record
// and gets TC.
std::string encode(const Message& message);

// Takes any octets. Compression pointers must point backwards, so loops cannot be; data must fill its record exactly.
// Octets behind the last record make the message malformed.
Result<Message> decode(std::span<const std::uint8_t> octets);

}  // namespace mailtrek::dns

// SPDX-License-Identifier: GPL-3.0-or-later
// Short words for the DNS tests.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "sim/dns/message.h"
#include "sim/dns/server.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"

namespace mailtrek::dns {

inline Instant at(double seconds) { return kStart + Duration{static_cast<std::int64_t>(seconds * 1e9)}; }

inline wire::Ipv4Address ip(unsigned a, unsigned b, unsigned c, unsigned d) { return {a << 24 | b << 16 | c << 8 | d}; }

inline ResourceRecord aRecord(std::string_view name, wire::Ipv4Address address, std::uint32_t ttl = 3600) { return makeRecord(Name::of(name), ttl, ARecord{address}); }
inline ResourceRecord mxRecord(std::string_view name, std::uint16_t preference, std::string_view exchange, std::uint32_t ttl = 3600) {
    return makeRecord(Name::of(name), ttl, MxRecord{preference, Name::of(exchange)});
}
inline ResourceRecord cnameRecord(std::string_view name, std::string_view target, std::uint32_t ttl = 3600) {
    return makeRecord(Name::of(name), ttl, CnameRecord{Name::of(target)});
}

inline SoaRecord soaWith(std::uint32_t minimum) {
    return {.primary = Name::of("dns.internal"), .mailbox = Name::of("hostmaster.sur.example"), .serial = 1, .refresh = 7200, .retry = 3600, .expire = 1209600, .minimum = minimum};
}

inline Message queryFor(std::string_view name, Type type, std::uint16_t id = 0x1234) {
    Message query;
    query.id = id;
    query.recursionDesired = true;
    query.questions = {{Name::of(name), type}};
    return query;
}

inline Slice octetsOf(const Message& message) { return Slice::adopt(encode(message)); }

// "10 sur.sur.example, 20 norte.norte.example"
inline std::string texts(const std::vector<ResourceRecord>& records) {
    std::string all;
    for (const ResourceRecord& record : records) all += (all.empty() ? "" : ", ") + dataText(record);
    return all;
}

}  // namespace mailtrek::dns

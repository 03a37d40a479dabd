// SPDX-License-Identifier: GPL-3.0-or-later
// OSPFv2 packets as octets, RFC 2328 appendix A.3: hello, database description, link-state request, update and acknowledgment. Area 0, no authentication.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/routing/lsa.h"

namespace mailtrek::routing {

inline constexpr std::uint8_t kOspfProtocol = 89;
inline constexpr wire::Ipv4Address kAllSpfRouters{0xe0000005u};  // 224.0.0.5
inline constexpr std::uint32_t kOspfHeaderSize = 24;

struct Hello {
    std::uint32_t mask = 0;
    std::uint16_t interval = 10;  // seconds
    std::uint8_t options = kOptions;
    std::uint8_t priority = 0;
    std::uint32_t deadInterval = 40;   // seconds
    std::vector<RouterId> neighbours;  // heard within the dead interval
    friend bool operator==(const Hello&, const Hello&) = default;
};

struct Description {
    std::uint16_t mtu = 0;
    std::uint8_t options = kOptions;
    bool init = false;
    bool more = false;
    bool master = false;
    std::uint32_t sequence = 0;
    std::vector<LsaHeader> headers;
    friend bool operator==(const Description&, const Description&) = default;
};

struct LsaKey {
    std::uint32_t type = 1;
    wire::Ipv4Address id;
    RouterId router;
    friend bool operator==(const LsaKey&, const LsaKey&) = default;
};

struct Request {
    std::vector<LsaKey> keys;
    friend bool operator==(const Request&, const Request&) = default;
};

struct Update {
    std::vector<Lsa> lsas;  // with the ages they travel with
    friend bool operator==(const Update&, const Update&) = default;
};

struct Acknowledgment {
    std::vector<LsaHeader> headers;
    friend bool operator==(const Acknowledgment&, const Acknowledgment&) = default;
};

using OspfBody = std::variant<Hello, Description, Request, Update, Acknowledgment>;  // type - 1 is the index

struct OspfPacket {
    RouterId router;
    OspfBody body;
    friend bool operator==(const OspfPacket&, const OspfPacket&) = default;
};

// What follows the IP header, checksum filled in.
std::string serialize(const OspfPacket& packet);

// Nothing for another version, area or authentication, a wrong checksum, or a body that makes no sense. LSAs of an update that are damaged or of a kind unknown here
// are left out (13, steps 1 and 2).
std::optional<OspfPacket> parseOspf(std::string_view octets);

}  // namespace mailtrek::routing

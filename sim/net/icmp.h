// SPDX-License-Identifier: GPL-3.0-or-later
// ICMP errors (RFC 792) as RFC 1122 3.2.2 and RFC 1812 4.3 want them: what they quote, and when there must be none.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/kernel/time.h"
#include "sim/wire/packet.h"

namespace mailtrek::net {

inline constexpr std::uint8_t kEchoReply = 0, kUnreachable = 3, kEchoRequest = 8, kTimeExceeded = 11, kParameterProblem = 12;
inline constexpr std::uint8_t kNetUnreachable = 0, kHostUnreachable = 1, kProtocolUnreachable = 2, kPortUnreachable = 3, kFragmentationNeeded = 4;  // codes of kUnreachable
inline constexpr std::uint8_t kTtlExceeded = 0, kReassemblyExceeded = 1;                                                                            // codes of kTimeExceeded

struct IcmpError {
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint16_t mtu = 0;  // of the next hop, with 3/4 (RFC 1191 4)
};

// False about ICMP errors, fragments but the first, and packets from or to addresses that stand for nobody or for many (RFC 1122 3.2.2).
bool mayReport(const wire::Packet& offending);

// The error about `offending`, to its source; the sender's address and identification are still open. Quotes as much as fits into 576 octets (RFC 1812 4.3.2.3).
wire::Packet icmpError(const wire::Packet& offending, IcmpError error);

// Answers a request with the same identifier, sequence number and data (RFC 1122 3.2.2.6). REQUIRES: request.icmp()->type == kEchoRequest.
wire::Packet echoReply(const wire::Packet& request);

// The packet that an ICMP error speaks of, as far as its quote tells.
struct QuotedPacket {
    wire::Ipv4Header ip;
    std::uint16_t sourcePort = 0;       // of TCP or UDP
    std::uint16_t destinationPort = 0;  // of TCP or UDP
    std::uint32_t tcpSequence = 0;
    std::uint32_t echo = 0;         // identifier and sequence of an echo request
    std::uint16_t totalLength = 0;  // of the whole datagram, as its header says
};
// Nothing when `error` is no ICMP error or quotes too little to be of use.
std::optional<QuotedPacket> quotedPacket(const wire::Packet& error);

// What a node says: all that it should; errors as before RFC 1191, which name no MTU; or nothing, like many a firewall: no errors, no echo replies.
enum class IcmpMode : std::uint8_t { on, oldStyle, off };

// Token bucket that limits the errors of one node (RFC 1812 4.3.2.8).
class IcmpLimiter {
public:
    static constexpr std::uint32_t kPerSecond = 1000, kBurst = 50;
    bool allow(Instant now);

private:
    Instant m_fullAt = kStart;  // when the bucket would be full again
};

}  // namespace mailtrek::net

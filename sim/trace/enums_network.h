// SPDX-License-Identifier: GPL-3.0-or-later
// The closed sets that events about IP, ICMP and queues speak of. Names in kebab-case (`name(...)`) are part of the output contract.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailtrek::trace {

enum class QueueModel : std::uint8_t { dropTail, red, codel };
enum class Program : std::uint8_t { ping, traceroute };
// What came back to a probe: the answer of the one it was meant for, or an ICMP error on the way (RFC 792).
enum class ProbeReply : std::uint8_t { echo, ttlExpired, netUnreachable, hostUnreachable, protocolUnreachable, portUnreachable, tooBig, other };
// What a host makes of an ICMP error (RFC 1122 4.2.3.9, RFC 5927, RFC 1191).
enum class IcmpEffect : std::uint8_t {
    ignored,  // about nothing that is under way here, or forged: its quote does not fit
    soft,     // remembered; what is under way goes on
    hard,     // ends an attempt to connect, or a question
    pathMtu   // lowers the MTU of the path
};
enum class MtuReason : std::uint8_t {
    told,     // the router named the MTU of its link (RFC 1191 4)
    plateau,  // an old router named none: the next plateau below what was sent (RFC 1191 7.1)
    raised    // long ago: larger packets are tried again (RFC 1191 6.3)
};

enum class FloodReason : std::uint8_t { group, unknown };  // to all or to a group; to a station that the switch does not know

std::string_view name(QueueModel);
std::string_view name(Program);
std::string_view name(ProbeReply);
std::string_view name(IcmpEffect);
std::string_view name(MtuReason);
std::string_view name(FloodReason);

}  // namespace mailtrek::trace

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/trace/enums_network.h"

namespace mailtrek::trace {

std::string_view name(QueueModel value) {
    switch (value) {
        case QueueModel::dropTail: return "drop-tail";
        case QueueModel::red: return "red";
        case QueueModel::codel: return "codel";
    }
    return "?";
}

std::string_view name(Program value) {
    switch (value) {
        case Program::ping: return "ping";
        case Program::traceroute: return "traceroute";
    }
    return "?";
}

std::string_view name(ProbeReply value) {
    switch (value) {
        case ProbeReply::echo: return "echo";
        case ProbeReply::ttlExpired: return "ttl-expired";
        case ProbeReply::netUnreachable: return "net-unreachable";
        case ProbeReply::hostUnreachable: return "host-unreachable";
        case ProbeReply::protocolUnreachable: return "protocol-unreachable";
        case ProbeReply::portUnreachable: return "port-unreachable";
        case ProbeReply::tooBig: return "too-big";
        case ProbeReply::other: return "other";
    }
    return "?";
}

std::string_view name(IcmpEffect value) {
    switch (value) {
        case IcmpEffect::ignored: return "ignored";
        case IcmpEffect::soft: return "soft";
        case IcmpEffect::hard: return "hard";
        case IcmpEffect::pathMtu: return "path-mtu";
    }
    return "?";
}

std::string_view name(MtuReason value) {
    switch (value) {
        case MtuReason::told: return "told";
        case MtuReason::plateau: return "plateau";
        case MtuReason::raised: return "raised";
    }
    return "?";
}

std::string_view name(FloodReason value) {
    switch (value) {
        case FloodReason::group: return "group";
        case FloodReason::unknown: return "unknown";
    }
    return "?";
}

}  // namespace mailtrek::trace

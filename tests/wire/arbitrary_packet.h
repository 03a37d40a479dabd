// SPDX-License-Identifier: GPL-3.0-or-later
// Packets of every kind for property tests, as our own code could send them.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/wire/packet.h"

namespace mailtrek::wire {

inline TcpOptions arbitraryOptions() {
    using rc::gen::arbitrary;
    TcpOptions options;
    if (*arbitrary<bool>()) options.mss = *arbitrary<std::uint16_t>();
    if (*arbitrary<bool>()) options.windowScale = *arbitrary<std::uint8_t>();
    if (*arbitrary<bool>()) options.timestamps = TcpTimestamps{*arbitrary<std::uint32_t>(), *arbitrary<std::uint32_t>()};
    options.sackPermitted = *arbitrary<bool>();
    const std::uint32_t used = (options.mss ? 4 : 0) + (options.windowScale ? 4 : 0) + (options.timestamps ? 12 : options.sackPermitted ? 4 : 0);
    const std::uint32_t room = used > 28 ? 0 : (40 - used - 4) / 8;
    options.sackCount = static_cast<std::uint8_t>(*rc::gen::inRange<std::uint32_t>(0, room + 1));
    for (std::size_t i = 0; i < options.sackCount; ++i) options.sack[i] = {*arbitrary<std::uint32_t>(), *arbitrary<std::uint32_t>()};
    return options;
}

inline TcpHeader arbitraryTcp() {
    using rc::gen::arbitrary;
    TcpHeader tcp;
    tcp.sourcePort = *arbitrary<std::uint16_t>();
    tcp.destinationPort = *arbitrary<std::uint16_t>();
    tcp.sequence = *arbitrary<std::uint32_t>();
    tcp.acknowledgment = *arbitrary<std::uint32_t>();
    tcp.window = *arbitrary<std::uint16_t>();
    tcp.urgentPointer = *arbitrary<std::uint16_t>();
    for (bool* flag : {&tcp.flags.fin, &tcp.flags.syn, &tcp.flags.rst, &tcp.flags.psh, &tcp.flags.ack, &tcp.flags.urg, &tcp.flags.ece, &tcp.flags.cwr}) *flag = *arbitrary<bool>();
    tcp.options = arbitraryOptions();
    return tcp;
}

inline Packet arbitraryPacket() {
    using rc::gen::arbitrary;
    Packet packet;
    Ipv4Header& ip = packet.ip;
    ip.source = {*arbitrary<std::uint32_t>()};
    ip.destination = {*arbitrary<std::uint32_t>()};
    ip.identification = *arbitrary<std::uint16_t>();
    ip.dscp = *rc::gen::inRange<std::uint8_t>(0, 64);
    ip.ecn = *rc::gen::element(Ecn::notCapable, Ecn::capable0, Ecn::capable1, Ecn::congestion);
    ip.ttl = *arbitrary<std::uint8_t>();
    ip.dontFragment = *arbitrary<bool>();
    packet.payload = Slice::copyOf(std::span<const std::uint8_t>(*arbitrary<std::vector<std::uint8_t>>()));
    switch (*rc::gen::inRange(0, 5)) {
        case 0:
            packet.transport = UdpHeader{*arbitrary<std::uint16_t>(), *arbitrary<std::uint16_t>()};
            ip.protocol = 17;
            break;
        case 1:
            packet.transport = IcmpHeader{*arbitrary<std::uint8_t>(), *arbitrary<std::uint8_t>(), *arbitrary<std::uint32_t>()};
            ip.protocol = 1;
            break;
        case 2:  // a fragment, or a protocol that nobody here speaks
            ip.moreFragments = *arbitrary<bool>();
            ip.fragmentOffset = *rc::gen::inRange<std::uint16_t>(0, 8192);
            ip.protocol = ip.moreFragments || ip.fragmentOffset != 0 ? *rc::gen::element<std::uint8_t>(1, 6, 17, 89) : 89;
            break;
        default:
            packet.transport = arbitraryTcp();
            ip.protocol = 6;
            break;
    }
    return packet;
}

inline std::span<const std::uint8_t> octetsOf(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace mailtrek::wire

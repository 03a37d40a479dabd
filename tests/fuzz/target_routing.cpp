// SPDX-License-Identifier: GPL-3.0-or-later
// What routers say: OSPF and RIP packets of a neighbour that says anything.
#include <algorithm>

#include "sim/routing/ospf_router.h"
#include "sim/routing/rip_router.h"
#include "sim/wire/checksum.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

using namespace routing;

constexpr wire::Ipv4Address kOurs{0x0a010001}, kTheirs{0x0a010002};
constexpr RouterId kUs{0x0a000001}, kThem{0x0a000002};

// With a length and a checksum that fit, or chance would hardly ever come past them.
std::string checksummed(std::string octets) {
    if (octets.size() < kOspfHeaderSize || octets.size() > 0xffff) return octets;
    const auto put = [&octets](std::size_t place, std::uint32_t value) {
        octets[place] = static_cast<char>(value >> 8);
        octets[place + 1] = static_cast<char>(value & 0xff);
    };
    octets[0] = 2;
    for (std::size_t i = 8; i < kOspfHeaderSize; ++i) octets[i] = 0;
    put(2, static_cast<std::uint32_t>(octets.size()));
    put(12, wire::checksumFinish(wire::checksumAdd(0, octets)));
    return octets;
}

OspfRouter ospfRouter() {
    OspfInterface interface;
    interface.address = kOurs;
    interface.prefix = {{kOurs.value & ~3u}, 30};
    interface.peers = {{kThem, kTheirs, 1}};
    return OspfRouter({kUs, {{kUs, 32}}, {interface}});
}

RipRouter ripRouter() {
    RipInterface interface;
    interface.address = kOurs;
    interface.prefix = {{kOurs.value & ~3u}, 30};
    interface.peers = {{kTheirs, 1}};
    return RipRouter({kUs, {{kUs, 32}}, {interface}});
}

// What is due comes, and comes to an end: of so many wake-ups the last is later than the first.
template <class Router>
void letTimePass(Router& router, Instant& now) {
    const Instant begin = now;
    for (int wakes = 0; wakes < 40; ++wakes) {
        if (router.nextDeadline() == kNever) return;
        now = std::max(now, router.nextDeadline());
        router.onTimer(now);
    }
    must(now > begin, "a router that is woken again and again lets time go on");
}

void hearOspf(const std::string& octets) {
    const std::optional<OspfPacket> packet = parseOspf(octets);
    if (!packet) return;
    const std::optional<OspfPacket> again = parseOspf(serialize(*packet));
    must(again.has_value() && *again == *packet, "what we write reads as what was written");
    OspfRouter router = ospfRouter();
    Instant now = kStart + std::chrono::seconds(1);
    router.start(now, kNoTag);
    // First the neighbour is heard, or all but hellos would be passed over; then anything, at every state of the adjacency.
    for (int round = 0; round < 3; ++round) {
        Hello hello;
        hello.mask = 0xfffffffcu;
        if (round > 0) hello.neighbours = {kUs};
        router.onPacket(0, kTheirs, {kThem, hello}, now, kNoTag);
        router.onPacket(0, kTheirs, *packet, now, kNoTag);
        router.onPacket(0, kTheirs, {kThem, packet->body}, now, kNoTag);
        now += std::chrono::seconds(2);
    }
    letTimePass(router, now);
}

void hearRip(std::string_view octets) {
    const std::optional<RipMessage> message = parseRip(octets);
    if (!message) return;
    const std::optional<RipMessage> again = parseRip(serialize(*message));
    must(again.has_value() && *again == *message, "what we write reads as what was written");
    RipRouter router = ripRouter();
    Instant now = kStart + std::chrono::seconds(1);
    router.start(now, kNoTag);
    for (const std::uint16_t port : {kRipPort, std::uint16_t{4000}}) router.onMessage(0, kTheirs, port, *message, now, kNoTag);
    letTimePass(router, now);
    for (const LearntRoute& route : router.routes()) must(route.cost < kInfinity, "a route in the table leads somewhere");
}

void take(std::string_view octets) {
    hearOspf(std::string(octets));
    hearOspf(checksummed(std::string(octets)));
    hearRip(octets);
}

// What two routers say while they become neighbours.
std::vector<std::string> soundPackets() {
    std::vector<std::string> all;
    Hello hello;
    hello.neighbours = {kUs};
    all.push_back(serialize({kThem, hello}));
    OspfRouter router = ospfRouter();
    Instant now = kStart + std::chrono::seconds(1);
    const auto keep = [&all](const OspfActions& actions) {
        for (const OspfAction& action : actions)
            if (const auto* send = std::get_if<SendOspf>(&action.what)) all.push_back(send->octets);
    };
    keep(router.start(now, kNoTag));
    hello.mask = 0xfffffffcu;
    keep(router.onPacket(0, kTheirs, {kThem, hello}, now, kNoTag));
    Description description;
    description.mtu = 1500;
    description.init = description.more = description.master = true;
    description.sequence = 7;
    keep(router.onPacket(0, kTheirs, {kThem, description}, now, kNoTag));
    description.init = description.more = false;
    keep(router.onPacket(0, kTheirs, {kThem, description}, now, kNoTag));
    keep(router.onPacket(0, kTheirs, {kThem, Request{{{1, kUs, kUs}}}}, now, kNoTag));
    RipRouter rip = ripRouter();
    for (const auto& action : rip.start(now, kNoTag))
        if (const auto* send = std::get_if<SendRip>(&action.what)) all.push_back(send->octets);
    return all;
}

}  // namespace

const Target& routingTarget() {
    static const Target target{"routing",
                               take,
                               soundPackets(),
                               {std::string(1, '\0'), std::string(4, '\0'), "\x02\x04", "\x02\x02", "\xff\xff", std::string("\0\0\0\x01", 4), std::string("\0\x10", 2), "\x0a\x01",
                                "\x7f\xff\xff\xff", "\x80"},
                               200'000};
    return target;
}

}  // namespace mailtrek::fuzz

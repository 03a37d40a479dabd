// SPDX-License-Identifier: GPL-3.0-or-later
// A capture for Wireshark and its kin: one interface per link end, raw IPv4 or Ethernet, nanoseconds, drops as comments.
#include <vector>

#include "sim/export/capture.h"
#include "sim/export/formats.h"
#include "sim/export/pcapng_block.h"

namespace mailtrek::exporting {
namespace {

constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::uint16_t kLinkTypeEthernet = 1;
constexpr std::uint16_t kLinkTypeRaw = 101;  // packets begin with the IP header
constexpr std::uint64_t kUnknownLength = ~std::uint64_t{0};
constexpr std::uint32_t kNotNumbered = ~std::uint32_t{0};

std::string sectionHeader(const trace::Recording& recording) {
    PcapngBlock block(kSectionHeader);
    block.u32(kByteOrderMagic).u16(1).u16(0).u64(kUnknownLength);
    if (!recording.cast().title.en.empty()) block.option(Option::comment, recording.cast().title.en);
    return block.option(Option::userApplication, "Mailtrek").finish();
}

std::string interfaceDescription(const std::string& name, bool framed) {
    PcapngBlock block(kInterfaceDescription);
    block.u16(framed ? kLinkTypeEthernet : kLinkTypeRaw).u16(0).u32(0);                                // whole packets
    return block.option(Option::interfaceName, name).option(Option::timeResolution, "\x09").finish();  // 10^-9 s
}

std::string enhancedPacket(std::uint32_t interface, const Sighting& sighting, std::string_view octets) {
    const auto time = static_cast<std::uint64_t>(kSimEpochUnixSeconds * 1'000'000'000 + sighting.at.time_since_epoch().count());
    const auto size = static_cast<std::uint32_t>(octets.size());
    PcapngBlock block(kEnhancedPacket);
    block.u32(interface).u32(static_cast<std::uint32_t>(time >> 32)).u32(static_cast<std::uint32_t>(time & 0xffffffff)).u32(size).u32(size).padded(octets);
    if (!sighting.comment.empty()) block.option(Option::comment, sighting.comment);
    const char flags[4] = {sighting.direction == Direction::in ? '\1' : '\2', 0, 0, 0};  // inbound 01, outbound 10
    return block.option(Option::packetFlags, {flags, 4}).finish();
}

}  // namespace

void writePcapng(const trace::Recording& recording, const Filter& filter, Output& out) {
    out.write(sectionHeader(recording));
    const trace::Cast& cast = recording.cast();
    std::vector<std::uint32_t> numbers(cast.links.size() * 2, kNotNumbered);
    std::uint32_t next = 0;
    for (std::uint32_t value = 0; value < numbers.size(); ++value) {
        const trace::LinkEnd end{value};
        if (!admits(filter, end, recording)) continue;
        numbers[value] = next++;
        out.write(interfaceDescription(cast.links[end.link().index()].name + ": " + cast.nodes[nodeAt(end, recording).index()].name, isFramed(end.link(), recording)));
    }
    for (const Sighting& sighting : sightings(recording, filter)) {
        if (out.failed()) return;
        out.write(enhancedPacket(numbers[sighting.end.value], sighting, octetsOf(sighting, recording)));
    }
}

}  // namespace mailtrek::exporting

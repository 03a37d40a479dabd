// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/routing/rip_message.h"

#include <bit>

#include "sim/wire/octets.h"

namespace mailtrek::routing {
namespace {

using namespace wire;

constexpr std::size_t kHeaderSize = 4, kEntrySize = 20;
constexpr std::uint32_t kRequest = 1, kResponse = 2, kVersion = 2, kInternet = 2;

std::optional<RipEntry> readEntry(std::string_view octets) {
    const std::uint32_t address = get32(octets, 4), mask = get32(octets, 8), metric = get32(octets, 16), first = address >> 24;
    const int ones = std::countl_one(mask);
    if (get16(octets, 0) != kInternet || metric < 1 || metric > kInfinity) return std::nullopt;
    if (ones < 32 && (mask << ones) != 0) return std::nullopt;
    if (first == 127 || first >= 224 || (first == 0 && (address != 0 || mask != 0)) || (address & ~mask) != 0) return std::nullopt;
    return RipEntry{{{address}, static_cast<std::uint8_t>(ones)}, metric, {get32(octets, 12)}};
}

}  // namespace

std::string serialize(const RipMessage& message) {
    std::string out;
    put8(out, message.request ? kRequest : kResponse);
    put8(out, kVersion);
    put16(out, 0);
    if (message.wholeTable) {
        put32(out, 0);  // address family 0
        put32(out, 0);
        put32(out, 0);
        put32(out, 0);
        put32(out, kInfinity);
        return out;
    }
    for (const RipEntry& entry : message.entries) {
        put16(out, kInternet);
        put16(out, 0);  // no tag: nothing comes from outside
        put32(out, entry.prefix.address.value);
        put32(out, entry.prefix.mask());
        put32(out, entry.nextHop.value);
        put32(out, entry.metric);
    }
    return out;
}

std::optional<RipMessage> parseRip(std::string_view octets) {
    if (octets.size() < kHeaderSize || (octets.size() - kHeaderSize) % kEntrySize != 0) return std::nullopt;
    const std::uint8_t command = get8(octets, 0);
    if (get8(octets, 1) != kVersion || (command != kRequest && command != kResponse)) return std::nullopt;
    RipMessage message;
    message.request = command == kRequest;
    const std::size_t entries = (octets.size() - kHeaderSize) / kEntrySize;
    if (entries > kMostEntries) return std::nullopt;
    message.wholeTable = message.request && entries == 1 && get16(octets, kHeaderSize) == 0 && get32(octets, kHeaderSize + 16) == kInfinity;
    for (std::size_t at = kHeaderSize; at < octets.size(); at += kEntrySize)
        if (const auto entry = readEntry(octets.substr(at, kEntrySize))) message.entries.push_back(*entry);
    return message;
}

}  // namespace mailtrek::routing

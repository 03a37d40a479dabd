// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/wire/tcp_options.h"

#include <algorithm>

#include "sim/wire/octets.h"

namespace mailtrek::wire {
namespace {

constexpr std::uint8_t kEnd = 0, kNop = 1, kMss = 2, kWindowScale = 3, kSackPermitted = 4, kSack = 5, kTimestamps = 8;
constexpr std::uint32_t kMostOctets = 40;

std::uint32_t fixedSize(const TcpOptions& options) {
    std::uint32_t size = 0;
    if (options.mss) size += 4;
    if (options.sackPermitted && !options.timestamps) size += 4;  // NOP NOP 4 2
    if (options.timestamps) size += 12;                           // SACK-permitted takes the place of the two NOPs before them
    if (options.windowScale) size += 4;
    return size;
}

std::uint32_t blocksThatFit(const TcpOptions& options) {
    const std::uint32_t room = kMostOctets - fixedSize(options);
    const std::uint32_t most = room < 12 ? 0 : (room - 4) / 8;
    return std::min<std::uint32_t>(options.sackCount, most);
}

bool readSack(std::string_view body, TcpOptions& options) {
    if (body.size() % 8 != 0 || body.empty() || body.size() > 32) return false;
    options.sackCount = static_cast<std::uint8_t>(body.size() / 8);
    for (std::size_t i = 0; i < options.sackCount; ++i) options.sack[i] = {get32(body, 8 * i), get32(body, 8 * i + 4)};
    return true;
}

bool readOption(std::uint8_t kind, std::string_view body, TcpOptions& options) {
    switch (kind) {
        case kMss:
            if (body.size() != 2) return false;
            options.mss = get16(body, 0);
            return true;
        case kWindowScale:
            if (body.size() != 1) return false;
            options.windowScale = get8(body, 0);
            return true;
        case kSackPermitted: options.sackPermitted = body.empty(); return body.empty();
        case kSack: return readSack(body, options);
        case kTimestamps:
            if (body.size() != 8) return false;
            options.timestamps = TcpTimestamps{get32(body, 0), get32(body, 4)};
            return true;
        default: return true;  // not ours to judge (RFC 9293 MUST-6)
    }
}

}  // namespace

std::uint32_t optionsSize(const TcpOptions& options) {
    const std::uint32_t blocks = blocksThatFit(options);
    return fixedSize(options) + (blocks == 0 ? 0 : 4 + 8 * blocks);
}

std::string encodeOptions(const TcpOptions& options) {
    std::string out;
    if (options.mss) {
        put8(out, kMss);
        put8(out, 4);
        put16(out, *options.mss);
    }
    if (options.sackPermitted || options.timestamps) {
        put8(out, options.sackPermitted && options.timestamps ? kSackPermitted : kNop);
        put8(out, options.sackPermitted && options.timestamps ? 2 : kNop);
    }
    if (options.timestamps) {
        put8(out, kTimestamps);
        put8(out, 10);
        put32(out, options.timestamps->value);
        put32(out, options.timestamps->echo);
    } else if (options.sackPermitted) {
        put8(out, kSackPermitted);
        put8(out, 2);
    }
    if (options.windowScale) {
        put8(out, kNop);
        put8(out, kWindowScale);
        put8(out, 3);
        put8(out, *options.windowScale);
    }
    if (const std::uint32_t blocks = blocksThatFit(options); blocks > 0) {
        put8(out, kNop);
        put8(out, kNop);
        put8(out, kSack);
        put8(out, 2 + 8 * blocks);
        for (std::uint32_t i = 0; i < blocks; ++i) {
            put32(out, options.sack[i].left);
            put32(out, options.sack[i].right);
        }
    }
    return out;
}

std::optional<TcpOptions> decodeOptions(std::string_view octets) {
    TcpOptions options;
    for (std::size_t at = 0; at < octets.size();) {
        const std::uint8_t kind = get8(octets, at);
        if (kind == kEnd) break;
        if (kind == kNop) {
            ++at;
            continue;
        }
        if (at + 1 >= octets.size()) return std::nullopt;
        const std::size_t length = get8(octets, at + 1);
        if (length < 2 || at + length > octets.size()) return std::nullopt;
        if (!readOption(kind, octets.substr(at + 2, length - 2), options)) return std::nullopt;
        at += length;
    }
    return options;
}

}  // namespace mailtrek::wire

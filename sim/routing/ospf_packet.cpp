// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/routing/ospf_packet.h"

#include "sim/wire/checksum.h"
#include "sim/wire/octets.h"

namespace mailtrek::routing {
namespace {

using namespace wire;

constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kChecksumAt = 12;

struct BodyWriter {
    std::string& out;

    void operator()(const Hello& hello) const {
        put32(out, hello.mask);
        put16(out, hello.interval);
        put8(out, hello.options);
        put8(out, hello.priority);
        put32(out, hello.deadInterval);
        put32(out, 0);  // no designated router
        put32(out, 0);  // and no backup
        for (const RouterId neighbour : hello.neighbours) put32(out, neighbour.value);
    }
    void operator()(const Description& description) const {
        put16(out, description.mtu);
        put8(out, description.options);
        put8(out, (description.init ? 4u : 0) | (description.more ? 2u : 0) | (description.master ? 1u : 0));
        put32(out, description.sequence);
        for (const LsaHeader& header : description.headers) appendHeader(out, header);
    }
    void operator()(const Request& request) const {
        for (const LsaKey& key : request.keys) {
            put32(out, key.type);
            put32(out, key.id.value);
            put32(out, key.router.value);
        }
    }
    void operator()(const Update& update) const {
        put32(out, static_cast<std::uint32_t>(update.lsas.size()));
        for (const Lsa& lsa : update.lsas) appendLsa(out, lsa, lsa.header.age);
    }
    void operator()(const Acknowledgment& acknowledgment) const {
        for (const LsaHeader& header : acknowledgment.headers) appendHeader(out, header);
    }
};

std::optional<OspfBody> readHello(std::string_view body) {
    if (body.size() < 20 || body.size() % 4 != 0) return std::nullopt;
    Hello hello{get32(body, 0), get16(body, 4), get8(body, 6), get8(body, 7), get32(body, 8), {}};
    for (std::size_t at = 20; at < body.size(); at += 4) hello.neighbours.push_back({get32(body, at)});
    return hello;
}

std::optional<std::vector<LsaHeader>> readHeaders(std::string_view body) {
    if (body.size() % kLsaHeaderSize != 0) return std::nullopt;
    std::vector<LsaHeader> headers;
    for (std::size_t at = 0; at < body.size(); at += kLsaHeaderSize) headers.push_back(readHeader(body.substr(at)));
    return headers;
}

std::optional<OspfBody> readDescription(std::string_view body) {
    if (body.size() < 8) return std::nullopt;
    const auto headers = readHeaders(body.substr(8));
    if (!headers) return std::nullopt;
    const std::uint8_t flags = get8(body, 3);
    return Description{get16(body, 0), get8(body, 2), (flags & 4) != 0, (flags & 2) != 0, (flags & 1) != 0, get32(body, 4), *headers};
}

std::optional<OspfBody> readRequest(std::string_view body) {
    if (body.size() % 12 != 0) return std::nullopt;
    Request request;
    for (std::size_t at = 0; at < body.size(); at += 12) request.keys.push_back({get32(body, at), {get32(body, at + 4)}, {get32(body, at + 8)}});
    return request;
}

std::optional<OspfBody> readUpdate(std::string_view body) {
    if (body.size() < 4) return std::nullopt;
    Update update;
    std::size_t at = 4;
    for (std::uint32_t left = get32(body, 0); left > 0; --left) {
        if (at + kLsaHeaderSize > body.size()) return std::nullopt;
        const std::size_t length = get16(body, at + 18);
        if (length < kLsaHeaderSize || at + length > body.size()) return std::nullopt;
        if (std::optional<Lsa> lsa = readLsa(body.substr(at, length))) update.lsas.push_back(std::move(*lsa));
        at += length;
    }
    return at == body.size() ? std::optional<OspfBody>(std::move(update)) : std::nullopt;
}

std::optional<OspfBody> readBody(std::uint8_t type, std::string_view body) {
    switch (type) {
        case 1: return readHello(body);
        case 2: return readDescription(body);
        case 3: return readRequest(body);
        case 4: return readUpdate(body);
        case 5:
            if (auto headers = readHeaders(body)) return Acknowledgment{std::move(*headers)};
            return std::nullopt;
        default: return std::nullopt;
    }
}

}  // namespace

std::string serialize(const OspfPacket& packet) {
    std::string out;
    put8(out, kVersion);
    put8(out, static_cast<std::uint32_t>(packet.body.index() + 1));
    put16(out, 0);
    put32(out, packet.router.value);
    put32(out, 0);  // the backbone area
    put16(out, 0);
    put16(out, 0);  // no authentication: the checksum covers all but its 64 bits, which are zero
    put32(out, 0);
    put32(out, 0);
    std::visit(BodyWriter{out}, packet.body);
    set16(out, 2, static_cast<std::uint32_t>(out.size()));
    set16(out, kChecksumAt, checksumFinish(checksumAdd(0, out)));
    return out;
}

std::optional<OspfPacket> parseOspf(std::string_view octets) {
    if (octets.size() < kOspfHeaderSize || get8(octets, 0) != kVersion) return std::nullopt;
    const std::size_t length = get16(octets, 2);
    if (length < kOspfHeaderSize || length > octets.size()) return std::nullopt;
    octets = octets.substr(0, length);
    if (get32(octets, 8) != 0 || get16(octets, 14) != 0) return std::nullopt;  // 8.2: our area, our authentication type
    const std::uint64_t sum = checksumAdd(checksumAdd(0, octets.substr(0, 16)), octets.substr(kOspfHeaderSize));
    if (checksumFinish(sum) != 0) return std::nullopt;
    std::optional<OspfBody> body = readBody(get8(octets, 1), octets.substr(kOspfHeaderSize));
    if (!body) return std::nullopt;
    return OspfPacket{{get32(octets, 4)}, std::move(*body)};
}

}  // namespace mailtrek::routing

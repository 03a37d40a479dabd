// SPDX-License-Identifier: GPL-3.0-or-later
// A small recording made by hand: norte - r1 - sur, and folders to write into.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/export/export.h"
#include "sim/kernel/time.h"

namespace mailtrek::exporting {

inline Instant at(std::int64_t nanoseconds) { return kStart + Duration{nanoseconds}; }

inline constexpr NodeId kNorte{0}, kR1{1}, kSur{2};
inline constexpr LinkId kNear{0}, kFar{1};
inline constexpr trace::LinkEnd kNorteOut = trace::LinkEnd::of(kNear, 0), kR1Back = trace::LinkEnd::of(kNear, 1);
inline constexpr trace::LinkEnd kR1Out = trace::LinkEnd::of(kFar, 0), kSurOut = trace::LinkEnd::of(kFar, 1);
inline constexpr wire::Ipv4Address kNorteAddress{0x0a000001}, kSurAddress{0x0a000102};

class Story {
public:
    Story() {
        trace::Cast& cast = recording.mutableCast();
        cast.title = {"Test", "Prueba"};
        cast.nodes.resize(3);
        cast.nodes[0].name = "norte";
        cast.nodes[1].name = "r1";
        cast.nodes[2].name = "sur";
        cast.links = {{.name = "norte-r1", .first = kNorte, .second = kR1}, {.name = "backbone", .first = kR1, .second = kSur}};
        cast.mails = {"carta"};
    }

    trace::EventId happens(std::int64_t t, NodeId node, trace::Payload payload, MailId mail = {}) {
        recording.append({.cause = {}, .at = at(t), .node = node, .mail = mail, .payload = std::move(payload)});
        return {recording.size() - 1};
    }
    TextId text(std::string_view text) { return recording.mutableStore().addText(text); }

    PacketId packet(wire::Transport transport, std::string_view payload, bool fromNorte = true, std::uint16_t identification = 1) {
        wire::Packet packet;
        packet.ip.source = fromNorte ? kNorteAddress : kSurAddress;
        packet.ip.destination = fromNorte ? kSurAddress : kNorteAddress;
        packet.ip.identification = identification;
        packet.ip.protocol = static_cast<std::uint8_t>(std::holds_alternative<wire::TcpHeader>(transport)   ? wire::Protocol::tcp
                                                       : std::holds_alternative<wire::UdpHeader>(transport) ? wire::Protocol::udp
                                                                                                            : wire::Protocol::icmp);
        packet.ip.dontFragment = true;
        packet.transport = transport;
        packet.payload = Slice::copyOf(payload);
        return keep(packet);
    }
    PacketId keep(const wire::Packet& packet) { return recording.mutableStore().addPacket({packet, {}, kNorte}); }
    PacketId udp(std::string_view payload) { return packet(wire::UdpHeader{50000, 9}, payload); }

    // Over one link: handed over and started at `start`, there 1 ms later.
    void sent(std::int64_t queued, std::int64_t start, PacketId packet, trace::LinkEnd via, std::uint8_t ttl, bool ce = false) {
        const auto size = static_cast<std::uint16_t>(wire::wireSize(recording.store().packet(packet).packet));
        happens(queued, nodeAt(via, recording), trace::PacketSent{at(start), at(start + 1'000'000), packet, via, size, ttl, ce});
    }
    void delivered(std::int64_t t, PacketId packet, trace::LinkEnd via) { happens(t, nodeAt(otherEnd(via), recording), trace::PacketDelivered{packet, via, 0}); }
    void dropped(std::int64_t t, NodeId node, PacketId packet, trace::LinkEnd via, trace::DropReason reason, bool onLink, bool queued) {
        happens(t, node, trace::PacketDropped{packet, via, 0, reason, onLink, queued});
    }
    void ends(std::int64_t t) { happens(t, {}, trace::RunEnded{}); }

    trace::Recording recording;
};

// A folder of its own, gone afterwards.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "mailtrek-export-XXXXXX").string();
        if (!::mkdtemp(name.data())) ADD_FAILURE() << "no temporary folder";
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path operator/(std::string_view name) const { return path / name; }
    int files() const {
        int count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(path)) count += !entry.path().empty();
        return count;
    }

    std::filesystem::path path;
};

inline std::string contentOf(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

// What exportTo writes, as a string.
inline std::string exported(const trace::Recording& recording, std::string_view name, const Filter& filter = {}) {
    const Folder folder;
    const auto error = exportTo(folder / name, recording, filter);
    EXPECT_FALSE(error) << error->message;
    return contentOf(folder / name);
}

}  // namespace mailtrek::exporting

// SPDX-License-Identifier: GPL-3.0-or-later
// Who takes part: what a recording must know of its nodes and links to be shown without the scenario beside it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/kernel/id.h"
#include "sim/kernel/units.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::trace {

enum class NodeKind : std::uint8_t { pc, laptop, phone, tablet, printer, mailServer, dnsServer, router, switchNode };

struct LocalizedText {  // a plain string of the file serves for both
    std::string en;
    std::string es;
    friend bool operator==(const LocalizedText&, const LocalizedText&) = default;
};

struct CastNode {
    std::string name;
    LocalizedText label;  // empty: use the name
    NodeKind kind{};
    std::string user;                  // address of the device's user, or empty
    std::vector<std::string> domains;  // of a mail server
    std::vector<wire::Ipv4Address> addresses;
    std::optional<std::array<double, 2>> position;  // as the file gives it; otherwise automatic layout
    bool drawnByUs = false;                         // the dns that the file did not draw
};

struct CastLink {
    std::string name;  // "r1-r2" when the file gives none
    NodeId first;
    NodeId second;
    std::uint32_t mtu = 1500;
    bool randomLoss = false;    // noise can spoil packets (drawn as a zigzag)
    bool scriptedLoss = false;  // rules lose packets
    bool tapped = false;        // somebody listens
};

struct CastConnection {  // by ConnectionId, filled while the run goes on
    NodeId client;
    NodeId server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 0;
};

struct Cast {
    LocalizedText title;
    LocalizedText about;
    std::uint64_t seed = 1;
    std::vector<CastNode> nodes;     // by NodeId
    std::vector<CastLink> links;     // by LinkId
    std::vector<std::string> mails;  // by MailId: the id in the file, or "notice-of-<id>"
    std::vector<CastConnection> connections;
};

}  // namespace mailtrek::trace

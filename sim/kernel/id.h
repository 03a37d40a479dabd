// SPDX-License-Identifier: GPL-3.0-or-later
// Id<Tag>: a 32-bit index that cannot be mistaken for another kind of id. All ones means "none".
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace mailtrek {

template <class Tag>
struct Id {
    static constexpr std::uint32_t kNone = 0xffffffffu;
    std::uint32_t value = kNone;
    constexpr bool valid() const { return value != kNone; }
    constexpr explicit operator bool() const { return valid(); }
    constexpr std::size_t index() const { return value; }
    friend constexpr auto operator<=>(Id, Id) = default;
};

using NodeId = Id<struct NodeTag>;              // index into Scenario-order list of nodes (dns drawn by us included)
using LinkId = Id<struct LinkTag>;              // index into the list of links
using MailId = Id<struct MailTag>;              // one letter as composed (notices are letters of their own)
using ConnectionId = Id<struct ConnectionTag>;  // one TCP connection: both ends share the id
using PacketId = Id<struct PacketTag>;          // one IP datagram as it left its origin (or was damaged or duplicated on the way)
using TextId = Id<struct TextTag>;              // a text in the recording's store
using MessageId = Id<struct MessageTag>;        // a stored message's octets in the recording's store

}  // namespace mailtrek

template <class Tag>
struct std::hash<mailtrek::Id<Tag>> {
    std::size_t operator()(mailtrek::Id<Tag> id) const noexcept { return id.value; }
};

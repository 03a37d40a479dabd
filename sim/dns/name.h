// SPDX-License-Identifier: GPL-3.0-or-later
// A domain name, RFC 1035 3.1: labels of 1 to 63 octets, 255 octets on the wire in all. Compared without regard to ASCII case (RFC 4343),
// kept in the case it came in. Any octet may stand in a label (RFC 2181 11); what people write beyond ASCII becomes an A-label (idna.h).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/kernel/result.h"

namespace mailtrek::dns {

inline constexpr std::size_t kMaxLabel = 63;
inline constexpr std::size_t kMaxName = 255;

class Name {
public:
    Name() = default;  // the root

    // "sur.example", "sur.example." and "." (the root); `\.` and `\DDD` escape (RFC 1035 5.1). A label in UTF-8 that can be a name is written as an A-label. Empty text, empty or
    // long labels are errors.
    static Result<Name> parse(std::string_view text);

    // For constants in code. REQUIRES: text parses.
    static Name of(std::string_view text);

    // "sur.example", without the final dot; "." for the root. Dots and control characters inside labels are escaped.
    std::string text() const;

    bool isRoot() const { return m_wire.empty(); }
    std::size_t labels() const;
    // Octets on the wire without compression, the final zero included.
    std::size_t wireSize() const { return m_wire.size() + 1; }
    // The labels with their lengths, without the final zero.
    std::string_view wire() const { return m_wire; }

    std::string_view firstLabel() const;  // REQUIRES: !isRoot()
    Name parent() const;                  // REQUIRES: !isRoot()
    // This name or one below it. Everything is within the root.
    bool isWithin(const Name& zone) const;
    // False, and nothing changes, when the label is empty or too long or the name would be.
    bool append(std::string_view label);
    Result<Name> under(const Name& suffix) const;

    // The same for names that compare equal, on every machine.
    std::uint64_t hash() const;

    friend bool operator==(const Name& a, const Name& b) { return (a <=> b) == 0; }
    friend std::weak_ordering operator<=>(const Name& a, const Name& b);

private:
    std::string m_wire;
};

}  // namespace mailtrek::dns

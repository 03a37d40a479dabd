// SPDX-License-Identifier: GPL-3.0-or-later
// What a resolver remembers: positive answers for their TTL, negative ones for min(SOA TTL, minimum) (RFC 2308 5). Failures are not remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "sim/dns/message.h"
#include "sim/kernel/time.h"

namespace mailtrek::dns {

class Cache {
public:
    explicit Cache(std::size_t capacity = 4096) : m_capacity(capacity) {}

    // Keeps what the response says about the question, if it may be kept at all.
    void remember(const Question& question, const Message& response, Instant now);

    // The response as it was, with the TTLs that are left; additional records that ran out are missing. Nothing when there is none or it ran out: an answer
    // with TTL 60 given at t serves up to t + 60 s exactly.
    std::optional<Message> find(const Question& question, Instant now) const;

    void clear() { m_entries.clear(); }
    std::size_t size() const { return m_entries.size(); }

private:
    struct Entry {
        Message response;
        Instant storedAt;
        Instant expires;
    };
    using Key = std::pair<Name, Type>;  // NXDOMAIN stands under kAnyType: it holds for every type
    void makeRoom(Instant now);

    std::map<Key, Entry> m_entries;
    std::size_t m_capacity;
};

}  // namespace mailtrek::dns

// SPDX-License-Identifier: GPL-3.0-or-later
// A mailbox on a server's disk: letters with unique ids that are never used again (RFC 3501 2.3.1.1), flags, and perhaps a quota.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/kernel/id.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"

namespace mailtrek::mail {

inline constexpr std::uint8_t kSeen = 1, kAnswered = 2, kFlagged = 4, kDeleted = 8, kDraft = 16;

struct StoredMessage {
    std::uint32_t uid = 0;
    std::uint8_t flags = 0;
    Slice octets;
    MessageId message;  // in the recording
    MailId mail;
    std::uint16_t recipient = 0;
    Instant storedAt;
};

enum class Room : std::uint8_t { enough, notNow, never };  // never: larger than the whole quota

class Mailbox {
public:
    Mailbox(std::string address, std::optional<std::uint64_t> quota) : m_address(std::move(address)), m_quota(quota) {}

    const std::string& address() const { return m_address; }
    std::optional<std::uint64_t> quota() const { return m_quota; }
    void setQuota(std::optional<std::uint64_t> quota) { m_quota = quota; }
    std::uint64_t used() const { return m_used; }
    Room roomFor(std::uint64_t octets) const {
        if (!m_quota || m_used + octets <= *m_quota) return Room::enough;
        return octets > *m_quota ? Room::never : Room::notNow;
    }
    const StoredMessage& store(StoredMessage message) {
        message.uid = m_nextUid++;
        m_used += message.octets.size();
        m_messages.push_back(std::move(message));
        return m_messages.back();
    }
    void remove(std::uint32_t uid) {
        const auto found = std::find_if(m_messages.begin(), m_messages.end(), [uid](const StoredMessage& m) { return m.uid == uid; });
        if (found == m_messages.end()) return;
        m_used -= found->octets.size();
        m_messages.erase(found);
    }
    std::vector<StoredMessage>& messages() { return m_messages; }
    const std::vector<StoredMessage>& messages() const { return m_messages; }
    std::uint32_t nextUid() const { return m_nextUid; }
    // From this uid on no session was told yet: \Recent for the first that is (RFC 3501 2.3.2).
    std::uint32_t firstRecent() const { return m_firstRecent; }
    void toldOfAll() { m_firstRecent = m_nextUid; }

private:
    std::string m_address;
    std::optional<std::uint64_t> m_quota;
    std::uint64_t m_used = 0;
    std::uint32_t m_nextUid = 1, m_firstRecent = 1;
    std::vector<StoredMessage> m_messages;
};

}  // namespace mailtrek::mail

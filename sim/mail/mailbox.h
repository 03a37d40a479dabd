// SPDX-License-Identifier: GPL-3.0-or-later
// A mailbox on a server's disk: folders of letters, and perhaps a quota over all of them. A letter's uid is unique in the whole mailbox and never used again, so that it
// names a letter in the recording too; within a folder uids grow, as RFC 3501 2.3.1.1 wants them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/id.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"

namespace mailtrek::mail {

inline constexpr std::uint8_t kSeen = 1, kAnswered = 2, kFlagged = 4, kDeleted = 8, kDraft = 16;
inline constexpr std::uint32_t kInbox = 1;  // the folder that letters are delivered to; always there

struct StoredMessage {
    std::uint32_t uid = 0;
    std::uint8_t flags = 0;
    Slice octets;
    MessageId message;  // in the recording
    MailId mail;        // none: a reader's program put it here
    std::uint16_t recipient = 0;
    Instant storedAt;
    std::uint32_t folder = kInbox;
};

struct Folder {
    std::uint32_t validity = kInbox;  // its UIDVALIDITY, and what names it here: no folder of the mailbox ever had the same
    std::string name = "INBOX";       // as IMAP writes it: modified UTF-7, '/' between levels
    bool selectable = true;           // false: a name above others and no more
    std::uint32_t nextUid = 1;        // greater than every uid that was ever in it
    std::uint32_t firstRecent = 1;    // from this uid on no session was told yet: \Recent for the first that is (RFC 3501 2.3.2)
};

enum class Room : std::uint8_t { enough, notNow, never };  // never: larger than the whole quota
enum class FolderResult : std::uint8_t { done, exists, absent, hasInferiors, forbidden };

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

    // --- letters, of all folders, in the order of their uids ---
    // REQUIRES: its folder is there.
    const StoredMessage& store(StoredMessage message);
    void remove(std::uint32_t uid);
    std::vector<StoredMessage>& messages() { return m_messages; }
    const std::vector<StoredMessage>& messages() const { return m_messages; }
    StoredMessage* message(std::uint32_t uid);

    // --- folders; names are well formed (imap_folder_name.h) ---
    const std::vector<Folder>& folders() const { return m_folders; }
    const Folder* folder(std::string_view name) const;
    const Folder* folder(std::uint32_t validity) const;
    bool hasInferiors(std::string_view name) const;
    void toldOfAll(std::uint32_t validity = kInbox);
    // With all names above it (RFC 3501 6.3.3).
    FolderResult create(const std::string& name);
    // With all letters in it; `goes` hears of each. A folder with others below it remains as a name (6.3.4).
    FolderResult erase(const std::string& name, const std::function<void(const StoredMessage&)>& goes);
    // With all that is below it. INBOX itself stays, and its letters move (6.3.5).
    FolderResult rename(const std::string& from, const std::string& to);
    // Names, whether there is such a folder or not (6.3.6).
    std::set<std::string>& subscribed() { return m_subscribed; }
    const std::set<std::string>& subscribed() const { return m_subscribed; }

private:
    Folder* find(std::uint32_t validity);

    std::string m_address;
    std::optional<std::uint64_t> m_quota;
    std::uint64_t m_used = 0;
    std::uint32_t m_nextUid = 1, m_nextValidity = kInbox + 1;
    std::vector<StoredMessage> m_messages;
    std::vector<Folder> m_folders{Folder{}};
    std::set<std::string> m_subscribed{"INBOX"};
};

}  // namespace mailtrek::mail

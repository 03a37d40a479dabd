// SPDX-License-Identifier: GPL-3.0-or-later
// The folder that is open: what comes and goes in it (RFC 3501 5.5, 7.3, 7.4.1), EXPUNGE, CLOSE, IDLE (RFC 2177), and sets of numbers (9, sequence-set).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/mail/imap_server.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {

void ImapServer::close(bool expunges, Out& out) {
    if (expunges) expunge(nullptr, false, out);
    m_folder = 0;
    m_view.clear();
    m_recent.clear();
}

void ImapServer::idle(std::string_view tag, Out& out) {
    m_idleTag = tag;
    say(out, "+ idling");
    if (m_folder != 0) reportNew(out);
}

void ImapServer::uidExpunge(std::string_view tag, std::string_view arguments, Out& out) {  // RFC 4315 2.1
    const auto places = numbers(takeWord(arguments), true);
    if (!places || takeString(arguments)) return done(out, tag, "BAD UID EXPUNGE set");
    std::set<std::uint32_t> only;
    for (const std::size_t place : *places) only.insert(m_view[place].uid);
    expunge(&only, true, out);
    done(out, tag, "OK UID EXPUNGE completed");
}

void ImapServer::expunge(const std::set<std::uint32_t>* only, bool tell, Out& out) {
    for (std::size_t place = 0; place < m_view.size();) {
        const std::uint32_t uid = m_view[place].uid;
        const StoredMessage* message = at(place);
        if (message != nullptr && ((message->flags & kDeleted) == 0 || (only != nullptr && !only->contains(uid)))) {
            ++place;
            continue;
        }
        if (message != nullptr) {
            m_events.expunged(*m_box, *message);
            m_box->remove(uid);
        }
        m_recent.erase(uid);
        m_view.erase(m_view.begin() + static_cast<std::ptrdiff_t>(place));
        if (tell) say(out, fmt::format("* {} EXPUNGE", place + 1));
    }
}

void ImapServer::reportGone(Out& out) {
    for (std::size_t place = 0; place < m_view.size();) {
        if (at(place) != nullptr) {
            ++place;
            continue;
        }
        m_recent.erase(m_view[place].uid);
        m_view.erase(m_view.begin() + static_cast<std::ptrdiff_t>(place));
        say(out, fmt::format("* {} EXPUNGE", place + 1));
    }
}

// What came, went or changed its marks since; never during FETCH, STORE or SEARCH (5.5, 7.4.1).
void ImapServer::reportNew(Out& out) {
    reportGone(out);
    for (std::size_t place = 0; place < m_view.size(); ++place) {
        const StoredMessage& message = *at(place);
        if (message.flags == m_view[place].flags) continue;
        m_view[place].flags = message.flags;
        say(out, fmt::format("* {} FETCH (FLAGS {})", place + 1, flagsOf(message)));
    }
    const std::size_t before = m_view.size();
    for (const StoredMessage& message : m_box->messages())
        if (message.folder == m_folder && (m_view.empty() || message.uid > m_view.back().uid)) notice(message);
    if (!m_readOnly) m_box->toldOfAll(m_folder);
    if (m_view.size() == before) return;
    say(out, fmt::format("* {} EXISTS", m_view.size()));
    say(out, fmt::format("* {} RECENT", m_recent.size()));
}

void ImapServer::notice(const StoredMessage& message) {
    m_view.push_back({message.uid, message.flags});
    const Folder* folder = m_box->folder(m_folder);
    if (folder != nullptr && message.uid >= folder->firstRecent) m_recent.insert(message.uid);
}

std::string ImapServer::flagsOf(const StoredMessage& message) const { return flagList(message.flags, m_recent.contains(message.uid)); }

StoredMessage* ImapServer::at(std::size_t place) {
    StoredMessage* message = m_box->message(m_view[place].uid);
    return message != nullptr && message->folder == m_folder ? message : nullptr;
}

// Nothing when the set is badly written, or names a sequence number that is not there ("*" in an empty mailbox included; RFC 3501 9, seq-number). Unknown uids
// are passed over (6.4.8).
std::optional<ImapServer::Places> ImapServer::numbers(std::string_view set, bool uid) const {
    std::vector<bool> chosen(m_view.size());
    const std::uint32_t largest = m_view.empty() ? 0 : uid ? m_view.back().uid : static_cast<std::uint32_t>(m_view.size());
    const auto number = [&](std::string_view text) -> std::optional<std::uint32_t> {
        std::uint32_t value = 0;
        if (text == "*") return uid || largest > 0 ? std::optional(largest) : std::nullopt;
        if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
        if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{} || value == 0) return std::nullopt;
        return uid || value <= largest ? std::optional(value) : std::nullopt;
    };
    for (;;) {
        const std::size_t comma = set.find(',');
        const std::string_view one = set.substr(0, comma);
        const std::size_t colon = one.find(':');
        auto first = number(one.substr(0, colon)), last = colon == std::string_view::npos ? first : number(one.substr(colon + 1));
        if (!first || !last) return std::nullopt;
        if (*first > *last) std::swap(first, last);
        for (std::size_t place = 0; place < m_view.size(); ++place) {
            const std::uint32_t value = uid ? m_view[place].uid : static_cast<std::uint32_t>(place + 1);
            if (value >= *first && value <= *last) chosen[place] = true;
        }
        if (comma == std::string_view::npos) break;
        set.remove_prefix(comma + 1);
    }
    Places places;
    for (std::size_t place = 0; place < chosen.size(); ++place)
        if (chosen[place]) places.push_back(place);
    return places;
}

}  // namespace mailtrek::mail

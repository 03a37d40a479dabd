// SPDX-License-Identifier: GPL-3.0-or-later
// Folders: RFC 3501 6.3, CHILDREN (RFC 3348), and the one quota root "" of a mailbox (RFC 2087).
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_folder_name.h"
#include "sim/mail/imap_server.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {
namespace {

bool listed(std::string_view name, const std::string& pattern) {
    return folderMatches(name, pattern) || (name == "INBOX" && folderMatches("inbox", lower(pattern)));  // 5.1: INBOX in any case
}

std::string_view resultText(FolderResult result) {
    switch (result) {
        case FolderResult::done: break;
        case FolderResult::exists: return "NO [ALREADYEXISTS] there is one of that name";
        case FolderResult::absent: return "NO [NONEXISTENT] no such mailbox";
        case FolderResult::hasInferiors: return "NO [INUSE] there are others below it";
        case FolderResult::forbidden: return "NO [CANNOT] that cannot be";
    }
    return {};
}

}  // namespace

// The one argument of a command, a name that could be a folder's.
std::optional<std::string> ImapServer::oneName(std::string_view tag, std::string_view arguments, Out& out) {
    const auto said = takeString(arguments);
    if (!said || takeString(arguments)) {
        done(out, tag, "BAD which mailbox?");
        return std::nullopt;
    }
    auto name = folderName(*said);
    if (!name) done(out, tag, "NO [CANNOT] not a name");
    return name;
}

void ImapServer::select(std::string_view tag, std::string_view arguments, bool readOnly, Out& out) {
    m_folder = 0;  // even when this fails (6.3.1)
    const auto name = oneName(tag, arguments, out);
    if (!name) return;
    const Folder* folder = m_box->folder(*name);
    if (folder == nullptr || !folder->selectable) return done(out, tag, "NO [NONEXISTENT] no such mailbox");
    m_view.clear();
    m_recent.clear();
    m_folder = folder->validity;
    m_readOnly = readOnly;
    std::size_t firstUnseen = 0;
    for (const StoredMessage& message : m_box->messages()) {
        if (message.folder != m_folder) continue;
        notice(message);
        if (firstUnseen == 0 && (message.flags & kSeen) == 0) firstUnseen = m_view.size();
    }
    if (!readOnly) m_box->toldOfAll(m_folder);
    say(out, "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)");
    say(out, fmt::format("* {} EXISTS", m_view.size()));
    say(out, fmt::format("* {} RECENT", m_recent.size()));
    if (firstUnseen > 0) say(out, fmt::format("* OK [UNSEEN {}] first unseen", firstUnseen));
    say(out, readOnly ? "* OK [PERMANENTFLAGS ()] none" : "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)] kept");
    say(out, fmt::format("* OK [UIDNEXT {}] next", folder->nextUid));
    say(out, fmt::format("* OK [UIDVALIDITY {}] valid", folder->validity));
    done(out, tag, readOnly ? "OK [READ-ONLY] EXAMINE completed" : "OK [READ-WRITE] SELECT completed");
}

void ImapServer::list(std::string_view tag, std::string_view arguments, Out& out) {
    const auto reference = takeString(arguments), pattern = takeString(arguments);
    if (!reference || !pattern || takeString(arguments)) return done(out, tag, "BAD LIST reference pattern");
    if (pattern->empty()) say(out, "* LIST (\\Noselect) \"/\" \"\"");
    std::map<std::string, const Folder*> sorted;
    for (const Folder& folder : m_box->folders())
        if (!pattern->empty() && listed(folder.name, *reference + *pattern)) sorted[folder.name] = &folder;
    for (const auto& [name, folder] : sorted)
        say(out, fmt::format("* LIST ({}{}) \"/\" {}", folder->selectable ? "" : "\\Noselect ", m_box->hasInferiors(name) ? "\\HasChildren" : "\\HasNoChildren", imapName(name)));
    done(out, tag, "OK LIST completed");
}

// With '%', a name above a subscribed one is told as \Noselect (6.3.9).
void ImapServer::lsub(std::string_view tag, std::string_view arguments, Out& out) {
    const auto reference = takeString(arguments), pattern = takeString(arguments);
    if (!reference || !pattern || takeString(arguments)) return done(out, tag, "BAD LSUB reference pattern");
    const std::string whole = *reference + *pattern;
    std::map<std::string, bool> found;  // true: itself subscribed
    for (const std::string& name : m_box->subscribed()) {
        if (listed(name, whole)) found[name] = true;
        if (!whole.ends_with('%')) continue;
        for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
            if (listed(name.substr(0, slash), whole)) found.emplace(name.substr(0, slash), false);
    }
    for (const auto& [name, itself] : found) say(out, fmt::format("* LSUB ({}) \"/\" {}", itself ? "" : "\\Noselect", imapName(name)));
    done(out, tag, "OK LSUB completed");
}

void ImapServer::status(std::string_view tag, std::string_view arguments, Out& out) {
    const auto said = takeString(arguments);
    std::string items = takeWord(arguments);
    if (!said || items.size() < 3 || items.front() != '(' || items.back() != ')' || takeString(arguments)) return done(out, tag, "BAD STATUS mailbox (items)");
    const auto name = folderName(*said);
    const Folder* folder = name ? m_box->folder(*name) : nullptr;
    if (folder == nullptr || !folder->selectable) return done(out, tag, "NO [NONEXISTENT] no such mailbox");
    std::size_t count = 0, unseen = 0, recent = 0;
    for (const StoredMessage& message : m_box->messages()) {
        if (message.folder != folder->validity) continue;
        ++count;
        unseen += (message.flags & kSeen) == 0 ? 1 : 0;
        recent += message.uid >= folder->firstRecent ? 1 : 0;
    }
    const std::pair<std::string_view, std::size_t> known[]{
        {"MESSAGES", count}, {"RECENT", recent}, {"UIDNEXT", folder->nextUid}, {"UIDVALIDITY", folder->validity}, {"UNSEEN", unseen}};
    std::string found;
    std::string_view rest = std::string_view(items).substr(1, items.size() - 2);
    for (std::string item = takeWord(rest); !item.empty(); item = takeWord(rest)) {
        const auto* one = std::find_if(std::begin(known), std::end(known), [&](const auto& k) { return sameIgnoringCase(k.first, item); });
        if (one == std::end(known)) return done(out, tag, "BAD unknown item");
        found += fmt::format("{}{} {}", found.empty() ? "" : " ", one->first, one->second);
    }
    say(out, fmt::format("* STATUS {} ({})", imapName(*name), found));
    done(out, tag, "OK STATUS completed");
}

void ImapServer::create(std::string_view tag, std::string_view arguments, Out& out) {
    auto said = takeString(arguments);
    if (!said || takeString(arguments)) return done(out, tag, "BAD which mailbox?");
    if (said->size() > 1 && said->ends_with('/')) said->pop_back();  // names below it will be made (6.3.3)
    const auto name = folderName(*said);
    if (!name) return done(out, tag, "NO [CANNOT] not a name");
    const FolderResult result = m_box->create(*name);
    done(out, tag, result == FolderResult::done ? "OK CREATE completed" : resultText(result));
}

void ImapServer::erase(std::string_view tag, std::string_view arguments, Out& out) {
    const auto name = oneName(tag, arguments, out);
    if (!name) return;
    const FolderResult result = m_box->erase(*name, [this](const StoredMessage& message) { m_events.expunged(*m_box, message); });
    done(out, tag, result == FolderResult::done ? "OK DELETE completed" : resultText(result));
}

void ImapServer::rename(std::string_view tag, std::string_view arguments, Out& out) {
    const auto from = takeString(arguments), to = takeString(arguments);
    if (!from || !to || takeString(arguments)) return done(out, tag, "BAD RENAME mailbox mailbox");
    const auto oldName = folderName(*from), newName = folderName(*to);
    if (!oldName || !newName) return done(out, tag, "NO [CANNOT] not a name");
    const FolderResult result = m_box->rename(*oldName, *newName);
    done(out, tag, result == FolderResult::done ? "OK RENAME completed" : resultText(result));
}

void ImapServer::subscribe(std::string_view tag, std::string_view arguments, bool on, Out& out) {
    const auto name = oneName(tag, arguments, out);
    if (!name) return;
    if (on && m_box->folder(*name) == nullptr && !m_box->subscribed().contains(*name)) return done(out, tag, "NO [NONEXISTENT] no such mailbox");
    const bool known = on ? m_box->subscribed().insert(*name).second || true : m_box->subscribed().erase(*name) > 0;
    done(out, tag, !known ? "NO not subscribed" : on ? "OK SUBSCRIBE completed" : "OK UNSUBSCRIBE completed");
}

void ImapServer::sayQuota(Out& out) {
    const auto kibi = [](std::uint64_t octets, std::uint64_t more) { return (octets + more) / 1024; };
    const std::string limits = m_box->quota() ? fmt::format("STORAGE {} {}", kibi(m_box->used(), 1023), kibi(*m_box->quota(), 0)) : std::string{};
    say(out, fmt::format("* QUOTA \"\" ({})", limits));
}

// GETQUOTAROOT names a folder, GETQUOTA a root.
void ImapServer::quotaRoot(std::string_view tag, std::string_view arguments, bool named, Out& out) {
    const auto said = takeString(arguments);
    if (!said || takeString(arguments)) return done(out, tag, named ? "BAD GETQUOTAROOT mailbox" : "BAD GETQUOTA root");
    if (!named && !said->empty()) return done(out, tag, "NO [NONEXISTENT] no such quota root");
    const auto name = folderName(*said);
    if (named && (!name || m_box->folder(*name) == nullptr)) return done(out, tag, "NO [NONEXISTENT] no such mailbox");
    if (named) say(out, fmt::format("* QUOTAROOT {} \"\"", imapName(*name)));
    sayQuota(out);
    done(out, tag, named ? "OK GETQUOTAROOT completed" : "OK GETQUOTA completed");
}

}  // namespace mailtrek::mail

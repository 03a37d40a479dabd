// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/mailbox.h"

#include <cassert>

namespace mailtrek::mail {
namespace {

constexpr std::size_t kMostFolders = 1000;

bool isBelow(std::string_view name, std::string_view above) { return name.size() > above.size() && name.starts_with(above) && name[above.size()] == '/'; }

}  // namespace

const StoredMessage& Mailbox::store(StoredMessage message) {
    Folder* folder = find(message.folder);
    assert(folder != nullptr);
    message.uid = m_nextUid++;
    folder->nextUid = m_nextUid;
    m_used += message.octets.size();
    m_messages.push_back(std::move(message));
    return m_messages.back();
}

StoredMessage* Mailbox::message(std::uint32_t uid) {
    const auto found = std::lower_bound(m_messages.begin(), m_messages.end(), uid, [](const StoredMessage& m, std::uint32_t wanted) { return m.uid < wanted; });
    return found != m_messages.end() && found->uid == uid ? &*found : nullptr;
}

void Mailbox::remove(std::uint32_t uid) {
    const StoredMessage* found = message(uid);
    if (found == nullptr) return;
    m_used -= found->octets.size();
    m_messages.erase(m_messages.begin() + (found - m_messages.data()));
}

const Folder* Mailbox::folder(std::string_view name) const {
    const auto found = std::find_if(m_folders.begin(), m_folders.end(), [&](const Folder& f) { return f.name == name; });
    return found == m_folders.end() ? nullptr : &*found;
}

const Folder* Mailbox::folder(std::uint32_t validity) const {
    const auto found = std::find_if(m_folders.begin(), m_folders.end(), [&](const Folder& f) { return f.validity == validity; });
    return found == m_folders.end() ? nullptr : &*found;
}

Folder* Mailbox::find(std::uint32_t validity) { return const_cast<Folder*>(std::as_const(*this).folder(validity)); }

bool Mailbox::hasInferiors(std::string_view name) const {
    return std::any_of(m_folders.begin(), m_folders.end(), [&](const Folder& f) { return isBelow(f.name, name); });
}

void Mailbox::toldOfAll(std::uint32_t validity) {
    if (Folder* folder = find(validity)) folder->firstRecent = folder->nextUid;
}

FolderResult Mailbox::create(const std::string& name) {
    if (Folder* there = const_cast<Folder*>(folder(name))) {
        if (there->selectable) return FolderResult::exists;
        there->selectable = true;  // its uids go on where they were
        return FolderResult::done;
    }
    for (std::size_t slash = name.find('/');; slash = name.find('/', slash + 1)) {
        const std::string above = name.substr(0, slash);
        if (folder(above) == nullptr) {
            if (m_folders.size() >= kMostFolders) return FolderResult::forbidden;
            Folder added;
            added.validity = m_nextValidity++;
            added.name = above;
            m_folders.push_back(std::move(added));
        }
        if (slash == std::string::npos) return FolderResult::done;
    }
}

FolderResult Mailbox::erase(const std::string& name, const std::function<void(const StoredMessage&)>& goes) {
    const Folder* there = folder(name);
    if (there == nullptr) return FolderResult::absent;
    if (there->validity == kInbox) return FolderResult::forbidden;
    const bool inferiors = hasInferiors(name);
    if (inferiors && !there->selectable) return FolderResult::hasInferiors;
    const std::uint32_t validity = there->validity;
    for (const StoredMessage& message : m_messages) {
        if (message.folder != validity) continue;
        goes(message);
        m_used -= message.octets.size();
    }
    std::erase_if(m_messages, [validity](const StoredMessage& m) { return m.folder == validity; });
    if (inferiors)
        find(validity)->selectable = false;
    else
        std::erase_if(m_folders, [validity](const Folder& f) { return f.validity == validity; });
    return FolderResult::done;
}

FolderResult Mailbox::rename(const std::string& from, const std::string& to) {
    const Folder* there = folder(from);
    if (there == nullptr) return FolderResult::absent;
    if (folder(to) != nullptr) return FolderResult::exists;
    const std::uint32_t validity = there->validity;
    if (validity != kInbox && isBelow(to, from)) return FolderResult::forbidden;
    if (validity == kInbox) {
        if (const FolderResult made = create(to); made != FolderResult::done) return made;
        Folder* target = const_cast<Folder*>(folder(to));
        target->firstRecent = find(kInbox)->firstRecent;
        for (StoredMessage& message : m_messages)
            if (message.folder == kInbox) message.folder = target->validity;
        target->nextUid = find(kInbox)->nextUid;
        return FolderResult::done;
    }
    if (const std::size_t slash = to.rfind('/'); slash != std::string::npos && folder(to.substr(0, slash)) == nullptr)
        if (const FolderResult made = create(to.substr(0, slash)); made != FolderResult::done) return made;
    for (Folder& folder : m_folders) {
        if (folder.validity != validity && !isBelow(folder.name, from)) continue;
        folder.name = to + folder.name.substr(from.size());
    }
    return FolderResult::done;
}

}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
// What puts letters into folders and marks on them: APPEND, COPY, STORE (RFC 3501 6.3.11, 6.4.7, 6.4.6), MOVE (RFC 6851), with the codes of UIDPLUS (RFC 4315).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_folder_name.h"
#include "sim/mail/imap_server.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {
namespace {

// "1:3,7", of ascending numbers.
std::string uidSet(const std::vector<std::uint32_t>& uids) {
    std::string out;
    for (std::size_t i = 0; i < uids.size();) {
        std::size_t last = i;
        while (last + 1 < uids.size() && uids[last + 1] == uids[last] + 1) ++last;
        out += fmt::format("{}{}", out.empty() ? "" : ",", uids[i]);
        if (last > i) out += fmt::format(":{}", uids[last]);
        i = last + 1;
    }
    return out;
}

std::string readableName(const std::string& name) { return fromModifiedUtf7(name).value_or(name); }

}  // namespace

// APPEND mailbox [(flags)] ["date"] {literal}
void ImapServer::append(std::string_view tag, std::string_view arguments, bool literalLast, Out& out) {
    const auto said = takeString(arguments);
    while (!arguments.empty() && arguments.front() == ' ') arguments.remove_prefix(1);
    StoredMessage message;
    message.storedAt = m_now;
    if (arguments.starts_with('(')) {
        const auto flags = parseFlags(takeWord(arguments));
        if (!flags) return done(out, tag, "BAD unknown flags");
        message.flags = *flags;
    }
    auto octets = takeString(arguments);
    if (const auto second = takeString(arguments)) {
        const auto date = parseInternalDate(octets.value_or(""));
        if (!date) return done(out, tag, "BAD \"dd-Mon-yyyy hh:mm:ss +zzzz\" was expected");
        message.storedAt = *date;
        octets = second;
    }
    if (!said || !octets || !literalLast || takeString(arguments)) return done(out, tag, "BAD APPEND mailbox (flags) \"date\" {size}");
    if (octets->find('\0') != std::string::npos) return done(out, tag, "BAD no letter has NUL in it");
    const auto name = folderName(*said);
    const Folder* folder = name ? m_box->folder(*name) : nullptr;
    if (folder == nullptr || !folder->selectable) return done(out, tag, name ? "NO [TRYCREATE] no such mailbox" : "NO [CANNOT] not a name");
    if (m_box->roomFor(octets->size()) != Room::enough) return done(out, tag, "NO [OVERQUOTA] no room for it");
    message.folder = folder->validity;
    message.octets = Slice::adopt(std::move(*octets));
    message.message = m_events.keep(message.octets);
    const StoredMessage& stored = m_box->store(std::move(message));
    const std::uint32_t uid = stored.uid;
    m_events.added(*m_box, stored, readableName(*name));
    if (m_folder != 0) reportNew(out);
    done(out, tag, fmt::format("OK [APPENDUID {} {}] APPEND completed", m_box->folder(*name)->validity, uid));
}

void ImapServer::copy(std::string_view tag, std::string_view arguments, bool uid, bool moves, Out& out) {
    const std::string_view verb = moves ? "MOVE" : "COPY";
    const auto places = numbers(takeWord(arguments), uid);
    const auto said = takeString(arguments);
    if (!places || !said || takeString(arguments)) return done(out, tag, fmt::format("BAD {} set mailbox", verb));
    const auto name = folderName(*said);
    const Folder* folder = name ? m_box->folder(*name) : nullptr;
    if (folder == nullptr || !folder->selectable) return done(out, tag, name ? "NO [TRYCREATE] no such mailbox" : "NO [CANNOT] not a name");
    const std::uint32_t target = folder->validity;
    std::vector<StoredMessage> chosen;
    std::uint64_t octets = 0;
    for (const std::size_t place : *places) {
        const StoredMessage* message = at(place);
        if (message == nullptr) continue;
        chosen.push_back(*message);
        octets += message->octets.size();
    }
    if (!moves && m_box->roomFor(octets) != Room::enough) return done(out, tag, "NO [OVERQUOTA] no room for them");  // all or none (6.4.7)
    std::vector<std::uint32_t> from, to;
    for (StoredMessage message : chosen) {
        from.push_back(message.uid);
        message.folder = target;
        if (moves) {  // first out, so that the mailbox never holds more than it may
            m_events.expunged(*m_box, *m_box->message(message.uid));
            m_box->remove(message.uid);
        }
        const StoredMessage& stored = m_box->store(std::move(message));
        to.push_back(stored.uid);
        m_events.added(*m_box, stored, readableName(*name));
    }
    const std::string code = from.empty() ? std::string{} : fmt::format("[COPYUID {} {} {}] ", target, uidSet(from), uidSet(to));
    if (moves && !from.empty()) say(out, fmt::format("* OK {}moved", code));  // before the EXPUNGE responses (RFC 6851 4.3)
    reportNew(out);
    done(out, tag, moves ? std::string("OK MOVE completed") : fmt::format("OK {}COPY completed", code));
}

void ImapServer::store(std::string_view tag, std::string_view arguments, bool uid, Out& out) {
    const auto places = numbers(takeWord(arguments), uid);
    std::string how = lower(takeWord(arguments));
    const bool silent = how.ends_with(".silent");
    if (silent) how.resize(how.size() - 7);
    while (!arguments.empty() && arguments.front() == ' ') arguments.remove_prefix(1);
    const auto flags = parseFlags(arguments);
    if (!places || arguments.empty() || !flags || (how != "flags" && how != "+flags" && how != "-flags")) return done(out, tag, "BAD STORE set [+-]FLAGS (flags)");
    for (const std::size_t place : *places) {
        StoredMessage* message = at(place);
        if (message == nullptr) continue;
        const std::uint8_t before = message->flags;
        if (how == "flags") message->flags = *flags;
        if (how == "+flags") message->flags |= *flags;
        if (how == "-flags") message->flags &= static_cast<std::uint8_t>(~*flags);
        m_view[place].flags = message->flags;
        if (message->flags != before) m_events.flagsChanged(*m_box, *message);
        if (!silent)
            say(out,
                uid ? fmt::format("* {} FETCH (UID {} FLAGS {})", place + 1, message->uid, flagsOf(*message)) : fmt::format("* {} FETCH (FLAGS {})", place + 1, flagsOf(*message)));
    }
    done(out, tag, "OK STORE completed");
}

}  // namespace mailtrek::mail

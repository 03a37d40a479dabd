// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/mta.h"

#include <algorithm>

#include "sim/dns/idna.h"
#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/list_footer.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

std::string keyOf(std::string_view address) { return canonicalAddress(address); }

}  // namespace

Mta::Mta(MtaSettings settings, std::vector<Mailbox> mailboxes, MtaEvents& events) : m_settings(std::move(settings)), m_events(events) {
    for (Mailbox& box : mailboxes) m_mailboxes.emplace(keyOf(box.address()), std::move(box));
}

std::string Mta::accountOf(std::string_view user) const {
    if (user.find('@') != std::string_view::npos || m_settings.domains.empty()) return std::string(user);
    for (const std::string& domain : m_settings.domains)
        if (const std::string account = std::string(user) + "@" + domain; m_mailboxes.contains(keyOf(account))) return account;
    return std::string(user) + "@" + m_settings.domains.front();
}

Mailbox* Mta::mailbox(std::string_view address) {
    const auto found = m_mailboxes.find(keyOf(accountOf(address)));
    return found == m_mailboxes.end() ? nullptr : &found->second;
}

bool Mta::serves(std::string_view domain) const {
    return std::any_of(m_settings.domains.begin(), m_settings.domains.end(), [&](const std::string& own) { return dns::canonicalDomain(own) == domain; });
}

const std::vector<std::string>* Mta::forwardsOf(const std::string& address) const {
    for (const auto* table : {&m_settings.aliases, &m_settings.lists})
        for (const auto& [name, targets] : *table)
            if (sameAddress(name, address)) return &targets;
    if (m_mailboxes.contains(keyOf(address))) return nullptr;
    for (const auto& [name, targets] : m_settings.aliases)
        if (name.starts_with("*@") && domainOf(name) == domainOf(address)) return &targets;
    return nullptr;
}

// Aliases and lists to the end, each address once; what points back at itself goes nowhere twice.
void Mta::expandInto(const std::string& address, const std::string& list, std::set<std::string>& seen, std::vector<Target>& out) const {
    if (!seen.insert(keyOf(address)).second) return;
    if (isForPostmaster(address)) {
        if (!m_mailboxes.empty()) out.push_back({m_mailboxes.begin()->first, true, list});  // RFC 5321 4.5.1: somebody reads it: the first mailbox
        return;
    }
    const std::vector<std::string>* targets = serves(domainOf(address)) ? forwardsOf(address) : nullptr;
    if (targets == nullptr) {
        out.push_back({address, serves(domainOf(address)), list});
        return;
    }
    const bool isList = std::any_of(m_settings.lists.begin(), m_settings.lists.end(), [targets](const auto& each) { return &each.second == targets; });
    for (const std::string& target : *targets) {
        if (sameAddress(target, address))
            out.push_back({address, true, isList ? address : list});  // an alias that keeps a copy
        else
            expandInto(target, isList ? address : list, seen, out);
    }
}

std::vector<Mta::Target> Mta::expand(const std::string& address) const {
    std::set<std::string> seen;
    std::vector<Target> out;
    expandInto(address, "", seen, out);
    return out;
}

bool Mta::isForPostmaster(const std::string& address) const {
    if (sameIgnoringCase(address, "postmaster")) return true;
    const bool nobodys = serves(domainOf(address)) && !m_mailboxes.contains(keyOf(address)) && forwardsOf(address) == nullptr;
    return nobodys && (sameIgnoringCase(localPartOf(address), "postmaster") || isListOwner(address));
}

// "clase-owner" and "clase-request" (RFC 2142 6): who looks after the list.
bool Mta::isListOwner(const std::string& address) const {
    for (const std::string_view role : {"-owner", "-request"}) {
        const std::string local = localPartOf(address);
        if (!lower(local).ends_with(role)) continue;
        const std::string list = local.substr(0, local.size() - role.size()) + "@" + domainOf(address);
        if (std::any_of(m_settings.lists.begin(), m_settings.lists.end(), [&](const auto& each) { return sameAddress(each.first, list); })) return true;
    }
    return false;
}

SmtpReply Mta::checkRecipient(std::string_view address, bool mayRelay, std::uint64_t size, MailId mail) {
    const std::string domain = domainOf(address);
    const bool postmaster = (sameIgnoringCase(localPartOf(address), "postmaster") && (domain.empty() || serves(domain))) || isForPostmaster(std::string(address));
    if (postmaster) return reply(250, "2.1.5", "Ok");
    if (!serves(domain)) {
        const bool backup = std::any_of(m_settings.backupFor.begin(), m_settings.backupFor.end(), [&](const std::string& d) { return dns::canonicalDomain(d) == domain; });
        if (mayRelay || backup || m_settings.openRelay) return reply(250, "2.1.5", "Ok");
        return reply(550, "5.7.1", "<" + std::string(address) + "> Relaying denied");
    }
    if (forwardsOf(std::string(address)) != nullptr) return reply(250, "2.1.5", "Ok");
    const Mailbox* box = mailbox(address);
    if (box == nullptr) return reply(550, "5.1.1", "<" + std::string(address) + "> No such mailbox here");
    if (size == 0) return reply(250, "2.1.5", "Ok");
    switch (box->roomFor(size)) {
        case Room::enough: return reply(250, "2.1.5", "Ok");
        case Room::notNow: m_events.mailboxFull(*box, static_cast<std::uint32_t>(size), mail); return reply(452, "4.2.2", "<" + std::string(address) + "> Mailbox full");
        case Room::never:
            m_events.mailboxFull(*box, static_cast<std::uint32_t>(size), mail);
            return reply(552, "5.2.2", "<" + std::string(address) + "> Message exceeds the whole mailbox quota");
    }
    return reply(451, "4.3.0", "Local error");
}

void Mta::accept(const Envelope& envelope, const std::vector<Accepted>& recipients, const Slice& message, MessageId id, Instant now, bool quarantined) {
    std::set<std::pair<std::uint16_t, std::string>> reached;  // one recipient has one copy in a mailbox, by how many lists it may come there
    for (const Accepted& accepted : recipients) {
        QueueEntry entry;
        entry.mail = accepted.mail;
        entry.recipientIndex = accepted.index;
        entry.from = envelope.from;
        entry.recipient = accepted.recipient;
        entry.envelopeId = envelope.id;
        entry.ret = envelope.ret;
        entry.quarantined = quarantined;
        entry.message = message;
        entry.messageId = id;
        entry.queuedAt = entry.nextTry = entry.attemptAt = now;
        const std::vector<Target> targets = expand(accepted.recipient.address);
        if (targets.empty()) leadsNowhere(entry, now);
        std::map<std::string, QueueEntry> posted;  // by list: what its members get
        bool told = false;
        for (const Target& target : targets) {
            if (!reached.emplace(accepted.index, keyOf(target.address)).second) continue;
            QueueEntry one = entry;
            if (!target.list.empty()) {
                const auto [place, isNew] = posted.try_emplace(target.list, entry);
                if (isNew) post(place->second, target.list);
                one = place->second;
                // RFC 3461 5.2.7.3: for its sender, the letter has arrived when the list has it.
                if (accepted.recipient.dsn.wantsSuccess() && !entry.from.empty() && !std::exchange(told, true))
                    notify({{entry, Failure{{}, 250, "2.1.5", "", "", false}}}, trace::NoticeKind::delivered, now);
            }
            one.id = m_nextEntry++;
            one.recipient.address = target.address;
            deliver(std::move(one), target.local, now);
        }
    }
}

// What a list makes of a letter: a new envelope whose sender is the list's owner (RFC 5321 3.9.2; a notice stays one), and header lines that name the list (RFC 2919, 2369).
void Mta::post(QueueEntry& entry, const std::string& list) {
    const std::string local = localPartOf(list), domain = domainOf(list), address = wireAddress(list), at = wireAddress("x@" + domain).substr(2);
    if (!entry.from.empty()) entry.from = local + "-owner@" + domain;
    entry.recipient.dsn = {};
    entry.envelopeId.clear();
    entry.ret = DsnReturn::unsaid;
    if (!m_settings.listFooter.empty()) entry.message = withFooter(entry.message, m_settings.listFooter);
    entry.message = withHeader("List-Id: <" + local + "." + at + ">\r\nList-Post: <mailto:" + address + ">\r\n", entry.message);
    entry.messageId = m_events.keep(entry.message);
}

// Aliases that lead round in a circle, or a postmaster without a mailbox: we answered 250, so the sender hears of it.
void Mta::leadsNowhere(QueueEntry entry, Instant now) {
    entry.id = m_nextEntry++;
    entry.attempts = 1;
    const Failure failure{trace::FailureKind::tooManyHops, 0, "5.4.6", "<" + entry.recipient.address + "> leads to no mailbox", "", true};
    m_events.attemptFailed(entry, failure);
    failed({{std::move(entry), failure}}, now);
}

void Mta::deliver(QueueEntry entry, bool local, Instant now) {
    if (!local) {
        entry.nextTry = std::min(std::max(now, notBefore(entry)), entry.queuedAt + m_settings.giveUp);
        m_events.queued(entry);
        enqueue(std::move(entry));
        return;
    }
    std::optional<Failure> failure;
    if (storeLocally(entry, now, failure)) return;
    entry.attempts = 1;
    m_events.attemptFailed(entry, *failure);
    if (failure->permanent || m_settings.oneShot) return failed({{entry, *failure}}, now);
    entry.last = failure;
    wait(entry);
    enqueue(std::move(entry));
}

bool Mta::storeLocally(QueueEntry& entry, Instant now, std::optional<Failure>& failure) {
    Mailbox* box = mailbox(entry.recipient.address);
    if (box == nullptr) {
        failure = Failure{trace::FailureKind::permanentReply, 550, "5.1.1", "<" + entry.recipient.address + "> No such mailbox here", "", true};
        return false;
    }
    const Slice letter = withHeader("Return-Path: <" + entry.from + ">\r\n", entry.message);  // RFC 5321 4.4
    const Room room = box->roomFor(letter.size());
    if (room != Room::enough) {
        m_events.mailboxFull(*box, letter.size(), entry.mail);
        const bool never = room == Room::never;
        failure = Failure{never ? trace::FailureKind::permanentReply : trace::FailureKind::transientReply,
                          never ? 552 : 452,
                          never ? "5.2.2" : "4.2.2",
                          "<" + entry.recipient.address + "> Mailbox full",
                          "",
                          never};
        return false;
    }
    StoredMessage stored;
    stored.octets = letter;
    stored.message = m_events.keep(letter);
    stored.mail = entry.mail;
    stored.recipient = entry.recipientIndex;
    stored.storedAt = now;
    if (entry.quarantined && (box->create("Junk") == FolderResult::done || box->folder("Junk") != nullptr)) {
        box->subscribed().insert("Junk");
        stored.folder = box->folder("Junk")->validity;
    }
    m_events.stored(*box, box->store(std::move(stored)));
    if (entry.recipient.dsn.wantsSuccess() && !entry.from.empty()) notify({{entry, Failure{{}, 250, "2.1.5", "", "", false}}}, trace::NoticeKind::delivered, now);
    return true;
}

}  // namespace mailtrek::mail

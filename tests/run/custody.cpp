// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/run/custody.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/mail/address.h"

namespace mailtrek::run::test {

using mail::sameAddress;

void Custody::wrong(const std::string& what) {
    if (m_wrong.empty()) m_wrong = fmt::format("event {} at {} s: {}", m_number, toSeconds(m_now), what);
}

std::string Custody::check() {
    for (; m_number < m_recording.size() && m_wrong.empty(); ++m_number) {
        m_event = m_recording.event({m_number});
        if (m_event.at != m_now) onTime(m_event.at);
        std::visit([this](const auto& payload) { take(payload); }, m_event.payload);
    }
    if (m_wrong.empty()) onTime(m_now);
    if (m_wrong.empty()) atEnd();
    return m_wrong;
}

// What was promised at a moment is kept at that moment.
void Custody::onTime(Instant now) {
    for (const Promise& promise : m_promises)
        if (!promise.owed.empty()) wrong(describe(promise));
    if (!m_givenUp.empty()) wrong(fmt::format("{} left the queue and nobody is told", m_givenUp.front().recipient));
    m_promises.clear();
    m_now = now;
}

std::string Custody::describe(const Promise& promise) const {
    return fmt::format("{} took over mail {} and nothing became of it for {}", m_scenario.nodes[promise.node.index()].name, promise.mail.value, promise.owed.front().address);
}

// Where a server's aliases, lists and catch-all lead. An address that leads nowhere stands for itself: its sender must be told.
std::vector<std::string> Custody::leadsTo(NodeId server, const std::string& address, std::set<std::string>& seen) const {
    const scenario::Node& node = m_scenario.nodes[server.index()];
    const std::string domain = scenario::domainOf(address);
    if (!seen.insert(address).second) return {};
    if (std::ranges::find(node.domains, domain) == node.domains.end()) return {address};
    const bool hasMailbox = std::ranges::any_of(node.mailboxes, [&](const scenario::Mailbox& box) { return sameAddress(box.address, address); });
    for (const auto& [table, name] : {std::pair{&node.aliases, address}, {&node.lists, address}, {&node.aliases, "*@" + domain}}) {
        const auto found = table->find(name);
        if (found == table->end() || (hasMailbox && name != address)) continue;
        std::vector<std::string> ends;
        for (const std::string& target : found->second) {
            const auto more = sameAddress(target, address) ? std::vector{address} : leadsTo(server, target, seen);  // an alias may keep a copy for itself
            ends.insert(ends.end(), more.begin(), more.end());
        }
        return ends;
    }
    const bool listOwner = std::ranges::any_of(node.lists, [&](const auto& list) {
        const std::string local = list.first.substr(0, list.first.rfind('@'));
        return domain == scenario::domainOf(list.first) && (address == local + "-owner@" + domain || address == local + "-request@" + domain);
    });
    const bool somebodyReadsIt = !hasMailbox && (address.starts_with("postmaster@") || listOwner) && !node.mailboxes.empty();
    return {somebodyReadsIt ? std::ranges::min(node.mailboxes, {}, &scenario::Mailbox::address).address : address};
}

Custody::Promise Custody::promiseFor(NodeId server, MailId mail, const std::vector<std::pair<std::uint16_t, std::string>>& recipients) const {
    Promise promise{server, mail, {}};
    for (const auto& [index, address] : recipients) {
        std::set<std::string> seen;
        std::vector<std::string> ends = leadsTo(server, address, seen);
        if (ends.empty()) ends = {address};
        for (const std::string& end : ends) {
            const bool twice = std::ranges::any_of(promise.owed, [&, i = index](const Owed& o) { return o.index == i && sameAddress(o.address, end); });
            if (!twice) promise.owed.push_back({index, end});
        }
    }
    return promise;
}

// Each recipient with its place in the letter: as composed on a device, as queued on a server.
std::vector<std::pair<std::uint16_t, std::string>> Custody::numbered(const Dialogue& dialogue, NodeId client, MailId mail) const {
    std::vector<std::pair<std::uint16_t, std::string>> places;
    if (const auto letter = m_letters.find(mail); letter != m_letters.end() && scenario::isDevice(m_scenario.nodes[client.index()].kind)) {
        for (std::size_t i = 0; i < letter->second.size(); ++i) places.emplace_back(static_cast<std::uint16_t>(i), letter->second[i]);
    } else {
        for (const Entry& e : m_entries)
            if (e.node == client && e.mail == mail && e.message == dialogue.message) places.emplace_back(e.index, e.recipient);
    }
    std::vector<std::pair<std::uint16_t, std::string>> result;
    for (const std::string& recipient : dialogue.recipients) {
        const auto found = std::ranges::find_if(places, [&](const auto& place) { return sameAddress(place.second, recipient); });
        if (found == places.end()) continue;
        result.push_back(*found);
        places.erase(found);
    }
    return result;
}

// RFC 5321 4.5.3.2: the client's time was up, for one recipient or for all (an empty text). Its connection may live on in TCP and deliver what the client tries again elsewhere.
void Custody::abandon(NodeId client, MailId mail, std::string_view recipient) {
    for (auto& [id, dialogue] : m_dialogues)
        if (dialogue.client == client && dialogue.mail == mail && (recipient.empty() || std::ranges::find(dialogue.recipients, recipient) != dialogue.recipients.end()))
            dialogue.abandoned = true;
}

// A second time is right only if the client could not know of the first.
void Custody::rememberTakeover(NodeId client, MailId mail, MessageId message, const std::vector<std::pair<std::uint16_t, std::string>>& recipients) {
    for (const auto& [index, address] : recipients) {
        for (TakenOver& before : m_takenOver) {
            if (before.client != client || before.mail != mail || before.message != message || before.index != index || before.recipient != address || before.known) continue;
            if (!before.replyLost) wrong(fmt::format("mail {} for {} is taken over twice, and no reply was lost", mail.value, address));
            before.known = true;  // told once
            ++repeated;
        }
        m_takenOver.push_back({.client = client, .mail = mail, .message = message, .recipient = address, .index = index, .replyLost = m_givenUpOn.contains({client, mail})});
    }
}

Custody::Owed* Custody::owed(NodeId node, MailId mail, std::uint16_t index, const std::string& address) {
    for (Promise& promise : m_promises) {
        if (promise.node != node || promise.mail != mail) continue;
        for (Owed& one : promise.owed)
            if (one.index == index && (address.empty() || sameAddress(one.address, address))) return &one;
    }
    return nullptr;
}

// Takes what is owed off the list; an empty address stands for any.
bool Custody::settle(NodeId node, MailId mail, std::uint16_t index, const std::string& address, bool onlyFailed) {
    for (Promise& promise : m_promises) {
        if (promise.node != node || promise.mail != mail) continue;
        const auto found = std::ranges::find_if(
            promise.owed, [&](const Owed& one) { return one.index == index && (address.empty() || sameAddress(one.address, address)) && (one.failed || !onlyFailed); });
        if (found == promise.owed.end()) continue;
        promise.owed.erase(found);
        return true;
    }
    return false;
}

}  // namespace mailtrek::run::test

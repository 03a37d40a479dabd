// SPDX-License-Identifier: GPL-3.0-or-later
// What each event says about who has a letter.
#include <fmt/format.h>

#include <algorithm>

#include "sim/mail/address.h"
#include "tests/run/custody.h"

namespace mailtrek::run::test {

// --- the dialogue, as the server hears it: which recipients it accepted, and when it answers to the content ----------------------

void Custody::take(const trace::SmtpCommand& e) {
    Dialogue& dialogue = m_dialogues[e.connection];
    dialogue.pending.emplace_back(m_recording.text(e.line));
    dialogue.client = m_event.node;
    dialogue.mail = m_event.mail;
}

void Custody::take(const trace::SmtpReply& e) {
    Dialogue& dialogue = m_dialogues[e.connection];
    if (dialogue.content) {
        dialogue.content = false;
        if (e.code == 250 && !dialogue.acceptedContent) wrong("250 to the content, but nobody took the letter over");
        if (e.code != 250 && dialogue.acceptedContent) wrong(fmt::format("a letter is taken over, but the reply is {}", e.code));
        for (const Promise& promise : m_promises)
            if (promise.node == m_event.node && !promise.owed.empty()) wrong(describe(promise));
        return;
    }
    if (dialogue.pending.empty()) return;  // the greeting, or a farewell
    const std::string command = dialogue.pending.front();
    dialogue.pending.erase(dialogue.pending.begin());
    if (command.starts_with("MAIL")) dialogue.recipients.clear();
    if (command.starts_with("RCPT TO:<") && e.code / 100 == 2) dialogue.recipients.push_back(command.substr(9, command.find('>') - 9));
    if (command == "DATA" && e.code == 354) {
        dialogue.content = true;
        dialogue.acceptedContent = false;
    }
}

void Custody::take(const trace::SmtpContent& e) { m_dialogues[e.connection].message = e.message; }

// --- promises ----------------------------------------------------------------------------------------------------------------------

void Custody::take(const trace::MailComposed& e) {
    if (!e.notice) {
        m_letters[m_event.mail] = trace::splitAddresses(m_recording.text(e.to));
        return;
    }
    m_promises.push_back(promiseFor(m_event.node, m_event.mail, {{std::uint16_t{0}, std::string(m_recording.text(e.to))}}));
}

void Custody::take(const trace::MailAccepted& e) {
    Dialogue& dialogue = m_dialogues[e.connection];
    if (!dialogue.content || dialogue.acceptedContent) return wrong("a letter is taken over outside of a transaction");
    dialogue.acceptedContent = true;
    ++accepted;
    const auto recipients = numbered(dialogue, e.from, m_event.mail);
    if (recipients.size() != e.recipients)
        return wrong(fmt::format("taken over for {} recipients, but {} of those accepted are known to the client", e.recipients, recipients.size()));
    if (dialogue.abandoned)
        ++repeated;
    else
        rememberTakeover(e.from, m_event.mail, dialogue.message, recipients);
    m_promises.push_back(promiseFor(m_event.node, m_event.mail, recipients));
}

// --- what becomes of them ------------------------------------------------------------------------------------------------------------

void Custody::take(const trace::MailQueued& e) {
    const std::string recipient(m_recording.text(e.recipient));
    if (settle(m_event.node, m_event.mail, e.recipientIndex, recipient, false)) {
        m_entries.push_back({m_event.node, m_event.mail, e.recipientIndex, recipient, e.message, e.nextTry, false, e.attempts > 0});
        return;
    }
    const auto found = entry(e.recipientIndex, e.recipient, [&](const Entry& one) { return one.message == e.message; });
    if (found == m_entries.end()) return wrong(fmt::format("{} is queued, and nobody owed it", recipient));
    found->failed = hasJustFailed(e.recipientIndex, e.recipient) || found->failed;
    found->trying = false;
    found->nextTry = e.nextTry;
}

// An attempt failed, and what is said next is what becomes of the entry.
bool Custody::hasJustFailed(std::uint16_t index, TextId recipient) {
    const auto key = std::tuple(m_event.node, m_event.mail, index, std::string(m_recording.text(recipient)));
    return std::exchange(m_failing, std::nullopt) == key;
}

void Custody::take(const trace::AttemptStarted& e) {
    const auto found = entry(e.recipientIndex, e.recipient, [&](const Entry& one) { return !one.trying && one.nextTry <= m_event.at; });
    if (found == m_entries.end()) return wrong("an attempt for what does not wait in the queue, or before its time");
    found->trying = true;
    found->failed = false;
    m_connected.insert({m_event.node, m_event.mail});  // one connection serves several letters
    m_givenUpOn.erase({m_event.node, m_event.mail});
}

void Custody::take(const trace::AttemptFailed& e) {
    const std::string recipient(m_recording.text(e.recipient));
    if (e.code == 0) abandon(m_event.node, m_event.mail, recipient);
    const auto found = entry(e.recipientIndex, e.recipient, [](const Entry& one) { return one.trying; });
    if (found != m_entries.end()) {
        m_failing = std::tuple(m_event.node, m_event.mail, e.recipientIndex, recipient);
        for (TakenOver& one : m_takenOver)  // it did not hear that the letter was taken over; a refusal of a later attempt is another matter
            if (one.client == m_event.node && one.mail == m_event.mail && one.message == found->message && one.index == e.recipientIndex && one.recipient == recipient &&
                !one.known) {
                if (e.code != 0 && !one.replyLost) wrong(fmt::format("taken over for {}, and then {}", recipient, e.code));
                one.replyLost = true;
            }
    } else if (Owed* one = owed(m_event.node, m_event.mail, e.recipientIndex, recipient)) {
        one->failed = true;
    } else {
        wrong(fmt::format("an attempt failed for {}, which is nowhere", recipient));
    }
}

void Custody::take(const trace::MailStored& e) {
    ++stored;
    const std::string mailbox(m_recording.text(e.mailbox));
    if (settle(m_event.node, m_event.mail, e.recipientIndex, mailbox, false)) return;
    const auto found = std::ranges::find_if(m_entries, [&](const Entry& one) {
        return one.node == m_event.node && one.mail == m_event.mail && one.index == e.recipientIndex && mail::sameAddress(one.recipient, mailbox) && !one.failed && !one.stored;
    });
    if (found == m_entries.end()) return wrong(fmt::format("stored for {}, and nobody owed it", mailbox));
    found->stored = true;
}

void Custody::take(const trace::MailDequeued& e) {
    const std::string recipient(m_recording.text(e.recipient));
    const auto found = entry(e.recipientIndex, e.recipient, [&](const Entry& one) { return one.message == e.message; });
    if (found == m_entries.end()) return wrong(fmt::format("{} leaves the queue that it is not in", recipient));
    found->failed = hasJustFailed(e.recipientIndex, e.recipient) || found->failed;
    const Entry gone = *found;
    m_entries.erase(found);
    if (gone.stored) return;
    if (gone.failed) {
        m_givenUp.push_back(gone);
        return;
    }
    const auto next = std::ranges::find_if(m_takenOver, [&](const TakenOver& one) {
        return one.client == gone.node && one.mail == gone.mail && one.message == gone.message && one.index == gone.index && one.recipient == recipient && !one.known &&
               !one.replyLost;
    });
    if (next == m_takenOver.end()) return wrong(fmt::format("{} leaves the queue, and nobody has taken the letter over", recipient));
    next->known = true;
    ++handedOn;
}

void Custody::take(const trace::NoticeIssued& e) {
    if (e.kind != trace::NoticeKind::failed) return;
    ++notices;
    const auto found = std::ranges::find_if(m_givenUp, [&](const Entry& one) { return one.node == m_event.node && one.mail == m_event.mail && one.index == e.recipientIndex; });
    if (found != m_givenUp.end())
        m_givenUp.erase(found);
    else if (!settle(m_event.node, m_event.mail, e.recipientIndex, "", true))
        wrong("a notice about what did not fail");
}

void Custody::take(const trace::MailDiscarded& e) {
    ++discarded;
    const std::string recipient(m_recording.text(e.recipient));
    const auto found = std::ranges::find_if(
        m_givenUp, [&](const Entry& one) { return one.node == m_event.node && one.mail == m_event.mail && one.index == e.recipientIndex && one.recipient == recipient; });
    if (found != m_givenUp.end())
        m_givenUp.erase(found);
    else if (!settle(m_event.node, m_event.mail, e.recipientIndex, recipient, true))
        wrong("a discard of what did not fail");
}

// --- why a client may not know ---------------------------------------------------------------------------------------------------------

void Custody::take(const trace::NodeChanged& e) {
    if (e.change != trace::NodeChange::stopped && e.change != trace::NodeChange::offline) return;
    for (TakenOver& one : m_takenOver)
        if (one.client == m_event.node && !one.known) one.replyLost = true;
    for (const auto& one : m_connected)
        if (one.first == m_event.node) m_givenUpOn.insert(one);
}

void Custody::take(const trace::ConnectionOpened& e) {
    m_connected.insert({e.client, m_event.mail});
    m_givenUpOn.erase({e.client, m_event.mail});
}

void Custody::take(const trace::DeviceWaits&) {
    m_givenUpOn.insert({m_event.node, m_event.mail});
    abandon(m_event.node, m_event.mail, "");
    for (TakenOver& one : m_takenOver)
        if (one.client == m_event.node && one.mail == m_event.mail && !one.known) one.replyLost = true;
}

// The queues that the folded view shows are those that we followed.
void Custody::atEnd() {
    trace::ViewIndex index(m_recording);
    const trace::View& view = index.at(m_recording.size());
    for (std::size_t n = 0; n < view.queues.size(); ++n) {
        const std::size_t shown = view.queues[n] ? view.queues[n]->size() : 0;
        const auto held = static_cast<std::size_t>(std::ranges::count_if(m_entries, [n](const Entry& e) { return e.node.index() == n; }));
        if (shown != held) wrong(fmt::format("the queue of {} shows {} entries and must have {}", m_scenario.nodes[n].name, shown, held));
        queuedAtEnd += shown;
    }
}

}  // namespace mailtrek::run::test

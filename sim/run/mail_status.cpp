// SPDX-License-Identifier: GPL-3.0-or-later
// Folds the events of each letter into one outcome per recipient.
#include "sim/run/mail_status.h"

#include <map>
#include <utility>

#include "sim/trace/view.h"

namespace mailtrek::run {

using namespace trace;

namespace {

// What decides the status, for one recipient.
struct Facts {
    bool accepted = false;   // a server took responsibility for this recipient
    bool refused = false;    // the first server said no
    bool discarded = false;  // undeliverable, and nobody to tell
};

struct Letter {
    std::vector<RecipientOutcome> recipients;
    std::vector<Facts> facts;
};

Status statusOf(const RecipientOutcome& recipient, const Facts& facts) {
    if (recipient.reads > 0) return Status::read;
    if (recipient.copies > 0) return Status::delivered;
    if (recipient.noticeAt) return Status::bounced;
    if (facts.discarded) return Status::discarded;
    return facts.accepted && !facts.refused ? Status::queued : Status::refused;
}

class MailFold {
public:
    explicit MailFold(const Recording& recording) : m_recording(recording) {}

    void apply(const Event& event) {
        if (const auto* composed = std::get_if<MailComposed>(&event.payload)) return compose(event, *composed);
        const auto letter = m_letters.find(event.mail);
        if (letter == m_letters.end()) return;
        if (const auto* e = std::get_if<MailAccepted>(&event.payload)) accept(letter->second, event.at, *e);
        if (const auto* e = std::get_if<MailStored>(&event.payload)) store(letter->second, event, *e);
        if (const auto* e = std::get_if<MailRead>(&event.payload)) read(letter->second, event.at, *e);
        if (const auto* e = std::get_if<NoticeIssued>(&event.payload)) notify(letter->second, event.at, *e);
        if (const auto* e = std::get_if<AttemptStarted>(&event.payload)) each(letter->second, e->recipientIndex, [](auto& r, auto&) { ++r.attempts; });
        if (const auto* e = std::get_if<RecipientRefused>(&event.payload)) each(letter->second, e->recipientIndex, [](auto&, auto& f) { f.refused = true; });
        if (const auto* e = std::get_if<MailDiscarded>(&event.payload)) each(letter->second, e->recipientIndex, [](auto&, auto& f) { f.discarded = true; });
    }

    std::vector<RecipientOutcome> outcomes() {
        std::vector<RecipientOutcome> all;
        for (const MailId mail : m_order) {
            Letter& letter = m_letters[mail];
            for (std::size_t i = 0; i < letter.recipients.size(); ++i) {
                letter.recipients[i].status = statusOf(letter.recipients[i], letter.facts[i]);
                all.push_back(std::move(letter.recipients[i]));
            }
        }
        return all;
    }

private:
    template <class F>
    static void each(Letter& letter, std::uint16_t index, F&& change) {
        for (std::size_t i = 0; i < letter.recipients.size(); ++i) {
            if (index == i || index == kAllRecipients) change(letter.recipients[i], letter.facts[i]);
        }
    }

    void compose(const Event& event, const MailComposed& e) {
        if (e.notice || m_letters.contains(event.mail)) return;
        m_order.push_back(event.mail);
        Letter& letter = m_letters[event.mail];
        std::vector<std::string> to = splitAddresses(m_recording.text(e.to));
        to.resize(e.recipients);
        for (std::uint16_t i = 0; i < e.recipients; ++i) {
            RecipientOutcome recipient;
            recipient.mail = event.mail;
            recipient.recipientIndex = i;
            if (event.mail.index() < m_recording.cast().mails.size()) recipient.id = m_recording.cast().mails[event.mail.index()];
            recipient.from = m_recording.text(e.from);
            recipient.to = std::move(to[i]);
            recipient.subject = m_recording.text(e.subject);
            recipient.sentAt = event.at;
            recipient.size = e.size;
            letter.recipients.push_back(std::move(recipient));
        }
        letter.facts.resize(e.recipients);
    }

    // The first server speaks for all recipients of the transaction; it has refused the others one by one.
    static void accept(Letter& letter, Instant at, const MailAccepted& e) {
        if (e.stage == Stage::relay) return;
        each(letter, kAllRecipients, [&](RecipientOutcome& recipient, Facts& facts) {
            if (facts.refused || facts.accepted) return;
            facts.accepted = true;
            recipient.acceptedAt = at;
        });
    }

    static void store(Letter& letter, const Event& event, const MailStored& e) {
        each(letter, e.recipientIndex, [&](RecipientOutcome& recipient, Facts& facts) {
            facts.accepted = true;
            ++recipient.copies;
            if (!recipient.storedAt) {
                recipient.storedAt = event.at;
                recipient.storedOn = event.node;
            }
            recipient.receivedHeaders = e.hops;
            recipient.size = e.size;
            recipient.stored = e.message;
        });
    }

    static void read(Letter& letter, Instant at, const MailRead& e) {
        if (e.action != ReadAction::read) return;
        each(letter, e.recipientIndex, [&](RecipientOutcome& recipient, Facts&) {
            ++recipient.reads;
            if (!recipient.readAt) recipient.readAt = at;
        });
    }

    static void notify(Letter& letter, Instant at, const NoticeIssued& e) {
        if (e.kind != NoticeKind::failed) return;
        each(letter, e.recipientIndex, [&](RecipientOutcome& recipient, Facts&) {
            if (!recipient.noticeAt) recipient.noticeAt = at;
        });
    }

    const Recording& m_recording;
    std::map<MailId, Letter> m_letters;
    std::vector<MailId> m_order;
};

}  // namespace

std::vector<RecipientOutcome> mailStatuses(const Recording& recording) {
    MailFold fold(recording);
    for (std::uint64_t i = 0; i < recording.size(); ++i) fold.apply(recording.event({i}));
    return fold.outcomes();
}

}  // namespace mailtrek::run

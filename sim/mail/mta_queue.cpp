// SPDX-License-Identifier: GPL-3.0-or-later
// The queue of a mail server: when what is tried again, when it is given up (RFC 5321 4.5.4.1), and what its sender is told then (3.6.3, 6.1, RFC 3461 5.2).
#include <algorithm>

#include "sim/mail/address.h"
#include "sim/mail/dsn.h"
#include "sim/mail/message.h"
#include "sim/mail/mta.h"

namespace mailtrek::mail {
namespace {

using trace::FailureKind;

bool nobodyThere(const std::optional<Failure>& result) {
    return result && (result->kind == FailureKind::connectRefused || result->kind == FailureKind::connectTimedOut || result->kind == FailureKind::unreachable);
}

Failure expired(const std::optional<Failure>& last) {
    if (!last) return {FailureKind::expired, 0, "4.4.7", "Delivery time expired", "", true};
    return {FailureKind::expired, last->code, "4.4.7", "Delivery time expired; last answer: " + last->detail, last->remoteHost, true, last->reply};
}

}  // namespace

Duration Mta::interval(std::uint16_t attempts) const { return m_settings.retry[std::min<std::size_t>(attempts == 0 ? 0u : attempts - 1u, m_settings.retry.size() - 1)]; }

Instant Mta::notBefore(const QueueEntry& entry) const {
    const auto down = m_down.find(destination(domainOf(entry.recipient.address)));
    return down == m_down.end() ? kStart : down->second.until;
}

void Mta::wait(QueueEntry& entry, Instant earliest, bool mayExpire) {
    const Instant end = entry.queuedAt + m_settings.giveUp;
    entry.underWay = false;
    entry.nextTry = std::max(earliest, entry.attemptAt + interval(entry.attempts));  // from the start of the failed attempt
    entry.lastWait = mayExpire && entry.nextTry > end;
    if (entry.lastWait) entry.nextTry = end;
    m_due.emplace(entry.nextTry, entry.id);
    m_events.queued(entry);
}

void Mta::enqueue(QueueEntry entry) {
    m_due.emplace(entry.nextTry, entry.id);
    const bool tells =
        m_settings.delayNotice > Duration::zero() && m_settings.delayNotice < m_settings.giveUp && !entry.from.empty() && !m_settings.oneShot && entry.recipient.dsn.wantsDelay();
    if (tells) m_toTell.emplace(entry.queuedAt + m_settings.delayNotice, entry.id);
    m_queue.emplace(entry.id, std::move(entry));
}

// Once for each letter that still waits (RFC 3461 6.3).
void Mta::tellOfDelays(Instant now) {
    std::vector<std::pair<QueueEntry, Failure>> late;
    for (; !m_toTell.empty() && m_toTell.begin()->first <= now; m_toTell.erase(m_toTell.begin())) {
        const auto found = m_queue.find(m_toTell.begin()->second);
        if (found == m_queue.end()) continue;
        const std::optional<Failure>& last = found->second.last;
        late.emplace_back(found->second, last ? *last : Failure{trace::FailureKind::expired, 0, "4.0.0", "", "", false});
    }
    tell(std::move(late), trace::NoticeKind::delayed, now);
}

// All recipients of the same letter in one notice.
void Mta::tell(std::vector<std::pair<QueueEntry, Failure>> all, trace::NoticeKind kind, Instant now) {
    while (!all.empty()) {
        const auto first = all.front().first;
        const auto others = std::stable_partition(all.begin(), all.end(), [&](const auto& each) { return each.first.mail == first.mail && each.first.from == first.from; });
        m_events.takenUp(first);
        notify({all.begin(), others}, kind, now);
        all.erase(all.begin(), others);
    }
}

std::vector<Job> Mta::takeDue(Instant now) {
    std::vector<EntryId> local, over;
    std::vector<Job> jobs;
    std::map<std::string, std::size_t> byDestination;
    tellOfDelays(now);
    std::set<EntryId> due;
    for (; !m_due.empty() && m_due.begin()->first <= now; m_due.erase(m_due.begin())) due.insert(m_due.begin()->second);
    for (const EntryId id : due) {
        QueueEntry& entry = m_queue.at(id);
        const std::string domain = domainOf(entry.recipient.address);
        if (entry.lastWait || serves(domain)) {
            (entry.lastWait ? over : local).push_back(id);
            continue;
        }
        const auto [place, isNew] = byDestination.try_emplace(destination(domain), jobs.size());
        if (isNew) jobs.push_back({m_nextJob++, domain, entry.mail, {}});
        entry.underWay = true;
        ++entry.attempts;
        entry.attemptAt = now;
        jobs[place->second].entries.push_back(id);
        m_events.attemptStarted(entry, domain);
    }
    expire(over, now);
    for (const EntryId id : local) retryLocally(id, now);
    return jobs;
}

void Mta::retryLocally(EntryId id, Instant now) {
    QueueEntry& entry = m_queue.at(id);
    ++entry.attempts;
    entry.attemptAt = now;
    m_events.attemptStarted(entry, domainOf(entry.recipient.address));
    m_events.takenUp(entry);
    std::optional<Failure> failure;
    if (storeLocally(entry, now, failure)) {
        m_events.dequeued(entry);
        m_queue.erase(id);
        return;
    }
    m_events.attemptFailed(entry, *failure);
    std::vector<std::pair<QueueEntry, Failure>> lost;
    keepOrGiveUp(id, *failure, kStart, lost);
    failed(std::move(lost), now);
}

// After a failed attempt: waits for the next one, or leaves the queue and is `lost`.
void Mta::keepOrGiveUp(EntryId id, const Failure& failure, Instant earliest, std::vector<std::pair<QueueEntry, Failure>>& lost) {
    const auto found = m_queue.find(id);
    QueueEntry& entry = found->second;
    entry.last = failure;
    const bool timeIsUp = entry.attemptAt >= entry.queuedAt + m_settings.giveUp;
    if (!failure.permanent && !timeIsUp && !m_settings.oneShot) return wait(entry, earliest);
    lost.emplace_back(entry, failure.permanent ? failure : expired(failure));
    m_events.dequeued(entry);
    m_queue.erase(found);
}

void Mta::expire(const std::vector<EntryId>& entries, Instant now) {
    std::vector<std::pair<QueueEntry, Failure>> lost;
    for (const EntryId id : entries) {
        const auto found = m_queue.find(id);
        m_events.takenUp(found->second);
        lost.emplace_back(found->second, expired(found->second.last));
        m_events.dequeued(found->second);
        m_queue.erase(found);
    }
    failed(std::move(lost), now);
}

void Mta::finish(const Job& job, const std::vector<std::optional<Failure>>& results, Instant now, const NextHop& hop) {
    const std::string where = destination(job.domain);
    Instant earliest = kStart;
    if (!m_settings.oneShot && !results.empty() && std::all_of(results.begin(), results.end(), nobodyThere)) {
        const auto first = m_queue.find(job.entries.front());
        Down& down = m_down[where];
        down.until = earliest = (first == m_queue.end() ? now : first->second.attemptAt) + interval(++down.failures);
    } else {
        m_down.erase(where);
    }
    std::vector<std::pair<QueueEntry, Failure>> lost, relayed;
    for (std::size_t i = 0; i < job.entries.size(); ++i) {
        const auto found = m_queue.find(job.entries[i]);
        if (found == m_queue.end()) continue;
        const bool nobodyElseTells = !results[i] && !hop.dsn && found->second.recipient.dsn.wantsSuccess() && !found->second.from.empty();
        if (nobodyElseTells) relayed.emplace_back(found->second, Failure{{}, 250, "2.0.0", "", hop.host, false});  // RFC 3461 5.2.2 (b)
        if (results[i]) {
            m_events.attemptFailed(found->second, *results[i]);
            keepOrGiveUp(job.entries[i], *results[i], earliest, lost);
        } else {
            m_events.dequeued(found->second);
            m_queue.erase(found);
        }
    }
    failed(std::move(lost), now);
    tell(std::move(relayed), trace::NoticeKind::relayed, now);
}

// One notice for all recipients of the same letter that failed together; none about a notice (RFC 5321 6.1), that would never end.
void Mta::failed(std::vector<std::pair<QueueEntry, Failure>> failures, Instant now) {
    while (!failures.empty()) {
        std::vector<std::pair<QueueEntry, Failure>> group;
        const QueueEntry first = failures.front().first;
        for (auto it = failures.begin(); it != failures.end();) {
            if (it->first.mail != first.mail || it->first.from != first.from) {
                ++it;
                continue;
            }
            const bool silent = first.from.empty() || m_settings.oneShot || !it->first.recipient.dsn.wantsFailure();
            if (silent)
                m_events.discarded(it->first, it->second.detail);
            else
                group.push_back(*it);
            it = failures.erase(it);
        }
        if (!group.empty()) notify(group, trace::NoticeKind::failed, now);
    }
}

void Mta::notify(const std::vector<std::pair<QueueEntry, Failure>>& group, trace::NoticeKind kind, Instant now) {
    const QueueEntry& first = group.front().first;
    DsnFacts facts;
    facts.reportingMta = m_settings.hostName;
    facts.to = first.from;
    facts.envelopeId = first.envelopeId;
    facts.messageId = "<" + m_events.newId() + "@" + m_settings.hostName + ">";
    facts.arrived = first.queuedAt;
    facts.now = now;
    facts.original = first.message;
    facts.headersOnly = first.ret == DsnReturn::headers || kind != trace::NoticeKind::failed;
    for (const auto& [entry, failure] : group) {
        facts.recipients.push_back({entry.recipient.address, entry.recipient.dsn.originalRecipient, std::string(trace::name(kind)), failure.status, failure.detail, failure.reply,
                                    failure.remoteHost, entry.attemptAt});
        if (kind == trace::NoticeKind::delayed) facts.recipients.back().retriedUntil = entry.queuedAt + m_settings.giveUp;
    }
    const Slice message = m_events.sealed(Slice::adopt(composeDsn(facts)), first.mail);
    const MailId notice = m_events.composeNotice(first, dsnSubject(facts), message);
    for (const auto& [entry, failure] : group) m_events.noticeIssued(entry, kind, failure.status, notice);
    accept(Envelope{}, {{EnvelopeRecipient{first.from, {}}, notice, 0}}, message, m_events.keep(message), now);
}

void Mta::restart(Instant now) {
    m_down.clear();
    for (auto& [id, entry] : m_queue) {
        if (!entry.underWay) continue;
        wait(entry, now, false);  // what was cut short has another chance
    }
}

}  // namespace mailtrek::mail

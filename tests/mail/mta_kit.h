// SPDX-License-Identifier: GPL-3.0-or-later
// The mail system of sur.example with a clock and a log, and nobody on the wire: jobs end as the test says.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "sim/mail/message.h"
#include "sim/mail/mta.h"

namespace mailtrek::mail {

using namespace std::chrono_literals;

inline Failure refused() { return {trace::FailureKind::connectRefused, 0, "4.4.1", "connect to norte: connection refused", "", false}; }
inline Failure transient() { return {trace::FailureKind::transientReply, 450, "4.2.0", "450 4.2.0 greylisted", "norte.norte.example", false, "450 4.2.0 greylisted"}; }
inline Failure permanent() { return {trace::FailureKind::permanentReply, 550, "5.1.1", "550 5.1.1 no", "norte.norte.example", true, "550 5.1.1 no"}; }

class MtaBench : public MtaEvents {
public:
    explicit MtaBench(MtaSettings settings = {}) : mta(withNames(std::move(settings)), boxes(), *this) {}

    // A letter from `from` to each of them, accepted now. Returns its id.
    MailId letter(std::vector<std::string> to, std::string from = "ana@norte.example", DsnWish wish = {}, DsnReturn ret = DsnReturn::unsaid) {
        const MailId id{m_nextMail++};
        Envelope envelope;
        envelope.from = std::move(from);
        envelope.ret = ret;
        envelope.id = "envid-1";
        std::vector<Mta::Accepted> accepted;
        for (std::uint16_t i = 0; i < to.size(); ++i) accepted.push_back({{to[i], wish}, id, i});
        mta.accept(envelope, accepted, Slice::copyOf("Subject: Hola\r\n\r\nHola\r\n"), MessageId{1}, now);
        return id;
    }
    MtaBench& at(Duration time) {
        now = kStart + time;
        return *this;
    }
    // Runs the queue now; every entry of every job ends like this. Returns how many jobs there were.
    std::size_t run(const std::optional<Failure>& result = {}) {
        const std::vector<Job> jobs = mta.takeDue(now);
        for (const Job& job : jobs) mta.finish(job, std::vector<std::optional<Failure>>(job.entries.size(), result), now);
        return jobs.size();
    }
    // Runs the queue whenever it wants to, until `end` or until it is empty. Returns when there were attempts.
    std::vector<Duration> runUntil(Duration end, const std::optional<Failure>& result) {
        std::vector<Duration> times;
        while (!mta.queue().empty() && mta.nextDeadline() <= kStart + end) {
            now = std::max(now, mta.nextDeadline());
            if (run(result) > 0) times.push_back(now - kStart);
        }
        return times;
    }
    std::size_t lettersOf(const std::string& address) { return mta.mailbox(address)->messages().size(); }
    std::string lastLetterOf(const std::string& address) { return std::string(mta.mailbox(address)->messages().back().octets.text()); }
    // The notices, as they were written.
    std::vector<std::string> notices;
    std::vector<std::string> log;
    Instant now = kStart;
    Mta mta;

    // --- MtaEvents ---
    MessageId keep(const Slice&) override { return MessageId{++m_messages}; }
    MailId composeNotice(const QueueEntry& about, const std::string&, const Slice& message) override {
        notices.emplace_back(message.text());
        log.push_back("notice to " + about.from);
        return MailId{1000 + static_cast<std::uint32_t>(notices.size())};
    }
    std::string newId() override { return fmt::format("ID{}", ++m_ids); }
    void takenUp(const QueueEntry&) override {}
    void queued(const QueueEntry& e) override { log.push_back(fmt::format("queued {} until {}", e.recipient.address, (e.nextTry - kStart) / 1s)); }
    void dequeued(const QueueEntry& e) override { log.push_back("dequeued " + e.recipient.address); }
    void attemptStarted(const QueueEntry& e, const std::string& domain) override { log.push_back(fmt::format("attempt {} {} at {}", e.attempts, e.recipient.address, domain)); }
    void attemptFailed(const QueueEntry& e, const Failure& f) override { log.push_back(fmt::format("failed {} {}", e.recipient.address, f.status)); }
    void stored(const Mailbox& box, const StoredMessage&) override { log.push_back("stored " + box.address()); }
    void mailboxFull(const Mailbox& box, std::uint32_t, MailId) override { log.push_back("full " + box.address()); }
    void noticeIssued(const QueueEntry& e, trace::NoticeKind, const std::string& status, MailId) override { log.push_back(fmt::format("told {} {}", e.recipient.address, status)); }
    void discarded(const QueueEntry& e, const std::string&) override { log.push_back("discarded " + e.recipient.address); }

private:
    static MtaSettings withNames(MtaSettings settings) {
        settings.hostName = "sur.sur.example";
        settings.domains = {"sur.example", "tambien.example"};
        return settings;
    }
    static std::vector<Mailbox> boxes() { return {{"luis@sur.example", std::nullopt}, {"eva@sur.example", 300u}, {"postbox@sur.example", std::nullopt}}; }

    std::uint32_t m_nextMail = 1, m_messages = 1, m_ids = 0;
};

}  // namespace mailtrek::mail

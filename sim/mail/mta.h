// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail server knows and decides: mailboxes, aliases and lists, who may relay, the queue with its retries (RFC 5321 4.5.4), notices (3.6.3, RFC 3464). Sans-I/O.
// The host asks takeDue() for jobs, resolves and connects, runs an SmtpClient for each, and brings back what was heard with finish().
// Everything here is on disk: a crash loses only jobs under way, which restart() puts back into the queue.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/kernel/id.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"
#include "sim/mail/mailbox.h"
#include "sim/mail/smtp_client.h"
#include "sim/mail/smtp_server.h"
#include "sim/trace/enums.h"

namespace mailtrek::mail {

struct MtaSettings {
    std::string hostName;
    std::vector<std::string> domains;                         // the first one is where notices come from
    std::map<std::string, std::vector<std::string>> aliases;  // address or "*@domain" -> addresses
    std::map<std::string, std::vector<std::string>> lists;
    std::vector<std::string> backupFor;
    std::string listFooter;  // under every letter that a list sends on; empty: none
    bool openRelay = false;
    bool oneShot = false;
    bool hasSmarthost = false;
    std::vector<Duration> retry{std::chrono::minutes{30}};
    Duration giveUp = std::chrono::hours{120};
    Duration delayNotice{};  // after so long in the queue, the sender is told once; zero: never
    std::uint32_t hopLimit = 30;
};

using EntryId = std::uint64_t;
using JobId = std::uint64_t;

struct Failure {
    trace::FailureKind kind{};
    int code = 0;
    std::string status;  // "4.4.1"
    std::string detail;  // what went wrong, in a line or the reply's lines
    std::string remoteHost;
    bool permanent = false;
    std::string reply{};  // as the remote host gave it; empty when there was none
};

struct QueueEntry {
    EntryId id = 0;
    MailId mail;
    std::uint16_t recipientIndex = 0;  // of the letter, as its sender numbered them
    std::string from;                  // empty: the null reverse-path
    EnvelopeRecipient recipient;
    std::string envelopeId;
    DsnReturn ret = DsnReturn::unsaid;
    Slice message;
    MessageId messageId;
    Instant queuedAt, nextTry, attemptAt;
    std::uint16_t attempts = 0;
    bool underWay = false;
    bool quarantined = false;     // goes into the folder Junk of its mailbox
    bool lastWait = false;        // its time is over before another attempt would be due
    std::optional<Failure> last;  // how the latest attempt ended
};

struct NextHop {  // whom a job was handed on to
    std::string host;
    bool dsn = true;  // it tells of deliveries where that is wished (RFC 3461)
};

struct Job {  // one attempt to hand letters on to one destination
    JobId id = 0;
    std::string domain;
    MailId mail;  // of the first entry
    std::vector<EntryId> entries;
};

class MtaEvents {
public:
    virtual ~MtaEvents() = default;
    virtual MessageId keep(const Slice& message) = 0;
    // A notice as it goes out: signed, where the server signs. `mail` is the letter it is about.
    virtual Slice sealed(Slice notice, MailId) { return notice; }
    // A notice is a letter of its own: it gets an id. Called before anything happens to it.
    virtual MailId composeNotice(const QueueEntry& about, const std::string& subject, const Slice& message) = 0;
    virtual std::string newId() = 0;  // for Message-ID and Received
    // What is reported next comes about because this entry waited in the queue.
    virtual void takenUp(const QueueEntry& entry) = 0;
    virtual void queued(const QueueEntry& entry) = 0;
    virtual void dequeued(const QueueEntry& entry) = 0;
    virtual void attemptStarted(const QueueEntry& entry, const std::string& domain) = 0;
    virtual void attemptFailed(const QueueEntry& entry, const Failure& failure) = 0;
    virtual void stored(const Mailbox& box, const StoredMessage& message) = 0;
    virtual void mailboxFull(const Mailbox& box, std::uint32_t size, MailId mail) = 0;
    virtual void noticeIssued(const QueueEntry& about, trace::NoticeKind kind, const std::string& status, MailId notice) = 0;
    virtual void discarded(const QueueEntry& entry, const std::string& why) = 0;
};

class Mta {
public:
    Mta(MtaSettings settings, std::vector<Mailbox> mailboxes, MtaEvents& events);

    // --- questions ---
    const MtaSettings& settings() const { return m_settings; }
    MtaSettings& settings() { return m_settings; }
    // The address that a user logs in for: a name without domain is of the first of our own.
    std::string accountOf(std::string_view user) const;
    Mailbox* mailbox(std::string_view address);
    std::map<std::string, Mailbox>& mailboxes() { return m_mailboxes; }
    const std::map<std::string, Mailbox>& mailboxes() const { return m_mailboxes; }
    const std::map<EntryId, QueueEntry>& queue() const { return m_queue; }
    bool serves(std::string_view domain) const;  // as domainOf() writes it
    // RCPT TO on port 25 (or from a user of ours, who may write to anybody). `size` as declared. `mail` only for the recording.
    SmtpReply checkRecipient(std::string_view address, bool mayRelay, std::uint64_t size, MailId mail);
    Instant nextDeadline() const { return std::min(m_due.empty() ? kNever : m_due.begin()->first, m_toTell.empty() ? kNever : m_toTell.begin()->first); }

    // --- inputs ---
    struct Accepted {
        EnvelopeRecipient recipient;
        MailId mail;
        std::uint16_t index = 0;
    };
    // We answered 250: every recipient is stored, queued, or told of. `message` carries our Received line already.
    // `quarantined`: it is not to be trusted, and where it is stored here it goes into the folder Junk.
    void accept(const Envelope& envelope, const std::vector<Accepted>& recipients, const Slice& message, MessageId id, Instant now, bool quarantined = false);
    // Jobs whose time has come, in order of their first entries; local retries are done on the way.
    std::vector<Job> takeDue(Instant now);
    // What became of each entry of a job: nothing means it was handed on.
    void finish(const Job& job, const std::vector<std::optional<Failure>>& results, Instant now, const NextHop& hop = {});
    // The jobs under way are lost; each of their entries waits for its next time.
    void restart(Instant now);

private:
    struct Target {
        std::string address;
        bool local = false;
        std::string list;  // the mailing list that led here; empty: none
    };
    std::vector<Target> expand(const std::string& address) const;
    void expandInto(const std::string& address, const std::string& list, std::set<std::string>& seen, std::vector<Target>& out) const;
    bool isForPostmaster(const std::string& address) const;
    bool isListOwner(const std::string& address) const;
    const std::vector<std::string>* forwardsOf(const std::string& address) const;
    void deliver(QueueEntry entry, bool local, Instant now);
    bool storeLocally(QueueEntry& entry, Instant now, std::optional<Failure>& failure);
    void leadsNowhere(QueueEntry entry, Instant now);
    void post(QueueEntry& entry, const std::string& list);
    // mta_queue.cpp
    void enqueue(QueueEntry entry);
    void tellOfDelays(Instant now);
    void tell(std::vector<std::pair<QueueEntry, Failure>> all, trace::NoticeKind kind, Instant now);
    void retryLocally(EntryId id, Instant now);
    void keepOrGiveUp(EntryId id, const Failure& failure, Instant earliest, std::vector<std::pair<QueueEntry, Failure>>& lost);
    void expire(const std::vector<EntryId>& entries, Instant now);
    void wait(QueueEntry& entry, Instant earliest = kStart, bool mayExpire = true);
    Instant notBefore(const QueueEntry& entry) const;
    std::string destination(const std::string& domain) const { return m_settings.hasSmarthost ? std::string{} : domain; }
    Duration interval(std::uint16_t attempts) const;
    void failed(std::vector<std::pair<QueueEntry, Failure>> failures, Instant now);
    void notify(const std::vector<std::pair<QueueEntry, Failure>>& group, trace::NoticeKind kind, Instant now);

    struct Down {
        std::uint16_t failures = 0;
        Instant until;
    };
    MtaSettings m_settings;
    MtaEvents& m_events;
    std::map<std::string, Mailbox> m_mailboxes;  // by address, the domain in lower case
    std::map<EntryId, QueueEntry> m_queue;
    std::set<std::pair<Instant, EntryId>> m_due;     // entries that wait, by their next time
    std::set<std::pair<Instant, EntryId>> m_toTell;  // when their senders hear of the delay
    std::map<std::string, Down> m_down;              // destinations that let nobody connect (RFC 5321 4.5.4.1): one attempt per interval, not one per letter
    EntryId m_nextEntry = 1;
    JobId m_nextJob = 1;
};

}  // namespace mailtrek::mail

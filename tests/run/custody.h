// SPDX-License-Identifier: GPL-3.0-or-later
// Follows the responsibility for every letter through a recording (guard 3). A server that answers 250 to the content, or writes a notice, owes one outcome to each address
// that the letter leads to: stored in a mailbox, an entry in the queue, a notice to the sender, or a recorded discard. An entry of the queue leaves it for one of these
// or because the next server took the letter over. Nothing is stored or queued that nobody owed, and nobody is owed twice, unless the final reply was lost.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/run/simulation.h"

namespace mailtrek::run::test {

class Custody {
public:
    Custody(const trace::Recording& recording, const scenario::Scenario& scenario) : m_recording(recording), m_scenario(scenario) {}

    // The first thing that is wrong, or nothing.
    std::string check();

    std::uint64_t accepted = 0, stored = 0, queuedAtEnd = 0, notices = 0, discarded = 0, repeated = 0, handedOn = 0;

private:
    struct Dialogue {  // of one SMTP connection, as the server heard it
        std::vector<std::string> pending;
        std::vector<std::string> recipients;
        bool content = false;
        bool acceptedContent = false;
        NodeId client;
        MailId mail;             // of the transaction under way
        MessageId message;       // what its client sends: a list's members get another than who is written to directly
        bool abandoned = false;  // by its client, which waited in vain; what it had sent may still arrive
    };
    struct Owed {  // to one address, at once
        std::uint16_t index = 0;
        std::string address;
        bool failed = false;
    };
    struct Promise {  // of a server about one letter, made at one moment
        NodeId node;
        MailId mail;
        std::vector<Owed> owed;
    };
    struct Entry {  // in a queue
        NodeId node;
        MailId mail;
        std::uint16_t index = 0;
        std::string recipient;
        MessageId message;  // tells two copies apart, made by a lost final reply
        Instant nextTry;
        bool trying = false;
        bool failed = false;  // its latest attempt
        bool stored = false;
    };
    using Entries = std::vector<Entry>;
    struct TakenOver {  // by the next server, for one recipient
        NodeId client;
        MailId mail;
        MessageId message;  // a letter that comes round in a circle has one more Received line
        std::string recipient;
        std::uint16_t index = 0;
        bool known = false;      // to the client: it heard the reply
        bool replyLost = false;  // and tries again
    };

    void wrong(const std::string& what);
    void onTime(Instant now);
    std::string describe(const Promise& promise) const;
    std::vector<std::string> leadsTo(NodeId server, const std::string& address, std::set<std::string>& seen) const;
    Promise promiseFor(NodeId server, MailId mail, const std::vector<std::pair<std::uint16_t, std::string>>& recipients) const;
    std::vector<std::pair<std::uint16_t, std::string>> numbered(const Dialogue& dialogue, NodeId client, MailId mail) const;
    void abandon(NodeId client, MailId mail, std::string_view recipient);
    void rememberTakeover(NodeId client, MailId mail, MessageId message, const std::vector<std::pair<std::uint16_t, std::string>>& recipients);
    Owed* owed(NodeId node, MailId mail, std::uint16_t index, const std::string& address);
    bool settle(NodeId node, MailId mail, std::uint16_t index, const std::string& address, bool onlyFailed);
    // The first entry about this that is also `fits`.
    template <class F>
    Entries::iterator entry(std::uint16_t index, TextId recipient, F fits) {
        const std::string to(m_recording.text(recipient));
        return std::ranges::find_if(m_entries,
                                    [&](const Entry& e) { return e.node == m_event.node && e.mail == m_event.mail && e.index == index && e.recipient == to && fits(e); });
    }
    bool hasJustFailed(std::uint16_t index, TextId recipient);

    void take(const trace::SmtpCommand& e);
    void take(const trace::SmtpReply& e);
    void take(const trace::SmtpContent& e);
    void take(const trace::MailComposed& e);
    void take(const trace::MailAccepted& e);
    void take(const trace::MailQueued& e);
    void take(const trace::MailDequeued& e);
    void take(const trace::AttemptStarted& e);
    void take(const trace::AttemptFailed& e);
    void take(const trace::MailStored& e);
    void take(const trace::NoticeIssued& e);
    void take(const trace::MailDiscarded& e);
    void take(const trace::NodeChanged& e);
    void take(const trace::DeviceWaits& e);
    void take(const trace::ConnectionOpened& e);
    template <class Other>
    void take(const Other&) {}
    void atEnd();

    const trace::Recording& m_recording;
    const scenario::Scenario& m_scenario;
    std::uint64_t m_number = 0;
    trace::Event m_event{};
    Instant m_now;
    std::string m_wrong;
    std::map<ConnectionId, Dialogue> m_dialogues;
    std::map<MailId, std::vector<std::string>> m_letters;  // recipients as composed
    std::vector<Promise> m_promises;                       // made at this very moment
    std::vector<Entry> m_entries;
    std::optional<std::tuple<NodeId, MailId, std::uint16_t, std::string>> m_failing;
    std::vector<Entry> m_givenUp;  // at this very moment: a notice or a discard must follow
    std::vector<TakenOver> m_takenOver;
    std::set<std::pair<NodeId, MailId>> m_connected;  // a client has connected for this letter
    std::set<std::pair<NodeId, MailId>> m_givenUpOn;  // by a client that no longer listens on its connection, though TCP may still deliver the letter
};

}  // namespace mailtrek::run::test

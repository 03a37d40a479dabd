// SPDX-License-Identifier: GPL-3.0-or-later
// When the octets of a letter travelled from the one who handed it over to the server that took it.
#include <algorithm>
#include <map>
#include <utility>

#include "sim/run/mail_status.h"

namespace mailtrek::run {

using namespace trace;

namespace {

struct Transfer {  // of one content over one connection
    std::optional<Instant> sentAt;
    std::optional<Instant> receivedAt;
    Instant acceptedAt;
};

// The content that a connection is carrying now: one at a time, between 354 and the reply (RFC 5321 3.3).
struct UnderWay {
    std::optional<Instant> firstSent;
    std::uint64_t end = 0;                                     // octets of the stream up to the last one of the content
    std::vector<std::pair<std::uint64_t, Instant>> delivered;  // octets in order so far, and since when
};

class TransferFold {
public:
    void apply(const Event& event) {
        if (const auto* e = std::get_if<SegmentSent>(&event.payload)) sent(event.at, *e);
        if (const auto* e = std::get_if<SegmentReceived>(&event.payload)) received(event.at, *e);
        if (const auto* e = std::get_if<SmtpReply>(&event.payload); e != nullptr && e->code == 354) m_underWay[e->connection] = {};
        if (const auto* e = std::get_if<MailAccepted>(&event.payload); e != nullptr && e->connection.valid()) accepted(event, *e);
    }

    // The last transfer that was complete when the letter was stored.
    const Transfer* find(MailId mail, NodeId server, Instant storedAt) const {
        const auto found = m_transfers.find({mail, server});
        if (found == m_transfers.end()) return nullptr;
        const Transfer* last = nullptr;
        for (const Transfer& transfer : found->second) {
            if (transfer.acceptedAt <= storedAt) last = &transfer;
        }
        return last;
    }

private:
    void sent(Instant at, const SegmentFacts& segment) {
        if (!segment.mailContent || segment.side != Side::client) return;
        UnderWay& content = m_underWay[segment.connection];
        if (!content.firstSent) content.firstSent = at;
        content.end = std::max<std::uint64_t>(content.end, std::uint64_t{segment.sequence} + segment.length - 1);  // the first octet of a stream has number 1
    }

    void received(Instant at, const SegmentReceived& segment) {
        const auto content = m_underWay.find(segment.connection);
        if (segment.side != Side::server || content == m_underWay.end()) return;
        auto& delivered = content->second.delivered;
        if (delivered.empty() || segment.inOrder > delivered.back().first) delivered.emplace_back(segment.inOrder, at);
    }

    void accepted(const Event& event, const MailAccepted& e) {
        const auto content = m_underWay.find(e.connection);
        if (content == m_underWay.end()) return;
        Transfer transfer{content->second.firstSent, std::nullopt, event.at};
        for (const auto& [octets, at] : content->second.delivered) {
            if (octets < content->second.end) continue;
            transfer.receivedAt = at;
            break;
        }
        m_transfers[{event.mail, event.node}].push_back(transfer);
        m_underWay.erase(content);
    }

    std::map<ConnectionId, UnderWay> m_underWay;
    std::map<std::pair<MailId, NodeId>, std::vector<Transfer>> m_transfers;
};

}  // namespace

void addContentTimes(std::vector<RecipientOutcome>& outcomes, const Recording& recording) {
    TransferFold fold;
    for (std::uint64_t i = 0; i < recording.size(); ++i) fold.apply(recording.event({i}));
    for (RecipientOutcome& outcome : outcomes) {
        if (!outcome.storedAt) continue;
        const Transfer* transfer = fold.find(outcome.mail, outcome.storedOn, *outcome.storedAt);
        if (transfer == nullptr) continue;
        outcome.contentSentAt = transfer->sentAt;
        outcome.contentReceivedAt = transfer->receivedAt;
    }
}

std::vector<RecipientOutcome> mailOutcomes(const Recording& recording) {
    std::vector<RecipientOutcome> outcomes = mailStatuses(recording);
    addContentTimes(outcomes, recording);
    return outcomes;
}

}  // namespace mailtrek::run

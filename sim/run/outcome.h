// SPDX-License-Identifier: GPL-3.0-or-later
// What became of every letter and every connection at the end of a run: the values behind `run --format json` and `expect:`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/recording.h"

namespace mailtrek::run {

// The furthest a letter came, for one recipient, as a status word of the scenario format.
using Status = trace::MailFate;

// One recipient of one letter. Notices are letters of their own and not listed; `noticeAt` tells of them.
struct RecipientOutcome {
    MailId mail;
    std::uint16_t recipientIndex = 0;
    std::string id;  // of the letter, as in the file
    std::string from;
    std::string to;  // this recipient
    std::string subject;
    Status status = Status::refused;
    Instant sentAt;
    std::optional<Instant> acceptedAt;         // the first server answered 250 to the content
    std::optional<Instant> contentSentAt;      // the last leg: whoever handed it to the final server first sent a segment with content
    std::optional<Instant> contentReceivedAt;  // the final server had its last octet in order
    std::optional<Instant> storedAt, readAt, noticeAt;
    std::uint32_t reads = 0;     // by a person
    std::uint32_t copies = 0;    // times stored
    std::uint32_t attempts = 0;  // of a server to hand it on
    std::uint32_t receivedHeaders = 0;
    std::uint32_t size = 0;  // octets, as stored; as composed when it was not
    NodeId storedOn;         // the final server
    MessageId stored;        // none: nowhere
};

// In order of sending; recipients in the order of the letter.
std::vector<RecipientOutcome> mailOutcomes(const trace::Recording& recording);

// The codes that servers answered to servers (port 25) on the connections that served `mail`, greeting and goodbye included: one
// connection after the other, in the order of opening.
std::vector<int> relayReplies(const trace::Recording& recording, MailId mail);

struct ConnectionOutcome {
    NodeId client;
    NodeId server;
    std::uint16_t clientPort = 0;
    std::uint16_t port = 0;  // of the server
    Instant openedAt;
    std::optional<Instant> establishedAt;
    std::optional<Instant> closedAt;  // both ends closed, or in TIME-WAIT
    std::uint64_t bytesToServer = 0;  // octets that arrived in order
    std::uint64_t bytesToClient = 0;
    std::uint64_t segments = 0;  // sent, by both
    std::uint64_t retransmits = 0;
    std::uint64_t timeouts = 0;
};

// By ConnectionId, which is the order of opening.
std::vector<ConnectionOutcome> connectionOutcomes(const trace::Recording& recording);

}  // namespace mailtrek::run

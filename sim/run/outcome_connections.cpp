// SPDX-License-Identifier: GPL-3.0-or-later
// Folds the events of each TCP connection, and the replies between servers for one letter.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "sim/run/outcome.h"

namespace mailtrek::run {

using namespace trace;

namespace {

struct Fold {
    std::vector<ConnectionOutcome> connections;
    std::vector<std::array<bool, 2>> closed;  // by Side: nothing more to say
    Instant now;

    ConnectionOutcome* find(ConnectionId id) { return id.valid() && id.index() < connections.size() ? &connections[id.index()] : nullptr; }

    void close(ConnectionId id, Side side) {
        ConnectionOutcome* connection = find(id);
        if (connection == nullptr || connection->closedAt) return;
        auto& ends = closed[id.index()];
        ends[side == Side::client ? 0 : 1] = true;
        if (!connection->establishedAt || (ends[0] && ends[1])) connection->closedAt = now;
    }

    void operator()(const ConnectionOpened& e) {
        if (!e.connection.valid()) return;
        if (e.connection.index() >= connections.size()) {
            connections.resize(e.connection.index() + 1);
            closed.resize(connections.size());
        }
        ConnectionOutcome& connection = connections[e.connection.index()];
        connection.client = e.client;
        connection.server = e.server;
        connection.clientPort = e.clientPort;
        connection.port = e.serverPort;
        connection.openedAt = now;
    }
    void operator()(const TcpStateChanged& e) {
        ConnectionOutcome* connection = find(e.connection);
        if (connection == nullptr) return;
        if (e.to == TcpState::established && e.side == Side::client && !connection->establishedAt) connection->establishedAt = now;
        if (e.to == TcpState::timeWait || e.to == TcpState::closed) close(e.connection, e.side);
    }
    void operator()(const ConnectionEnded& e) { close(e.connection, e.side); }
    void operator()(const SegmentSent& e) {
        if (auto* connection = find(e.connection)) ++connection->segments;
    }
    void operator()(const SegmentRetransmitted& e) {
        if (auto* connection = find(e.connection)) ++connection->segments, ++connection->retransmits;
    }
    void operator()(const TimerExpired& e) {
        if (auto* connection = find(e.connection); connection != nullptr && e.timer == TcpTimer::retransmission) ++connection->timeouts;
    }
    void operator()(const SegmentReceived& e) {
        ConnectionOutcome* connection = find(e.connection);
        if (connection == nullptr) return;
        std::uint64_t& octets = e.side == Side::server ? connection->bytesToServer : connection->bytesToClient;
        octets = std::max(octets, e.inOrder);
    }
    template <class Other>
    void operator()(const Other&) {}
};

}  // namespace

std::vector<ConnectionOutcome> connectionOutcomes(const Recording& recording) {
    Fold fold;
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        fold.now = recording.at({i});
        std::visit(fold, recording.event({i}).payload);
    }
    return std::move(fold.connections);
}

std::vector<int> relayReplies(const Recording& recording, MailId mail) {
    std::set<ConnectionId> serving;
    std::map<ConnectionId, std::vector<int>> codes;
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const Event& event = recording.event({i});
        if (const auto* e = std::get_if<SmtpReply>(&event.payload); e != nullptr && e->protocol == DialogueProtocol::smtp) codes[e->connection].push_back(e->code);
        const auto* command = std::get_if<SmtpCommand>(&event.payload);
        if (command != nullptr && command->protocol == DialogueProtocol::smtp && event.mail == mail) serving.insert(command->connection);
    }
    std::vector<int> all;
    for (const ConnectionId connection : serving) all.insert(all.end(), codes[connection].begin(), codes[connection].end());
    return all;
}

}  // namespace mailtrek::run

// SPDX-License-Identifier: GPL-3.0-or-later
// The world at one moment, folded from the events before it: a plain value. The simulator reports the same value from its live
// objects (sim/run), and a property test compares the two at every n.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/trace/recording.h"

namespace mailtrek::trace {

struct CopyView {  // a letter on a device's own disk
    std::uint32_t uid = 0;
    MailId mail;
    MessageId message;
    friend bool operator==(const CopyView&, const CopyView&) = default;
};

struct KnownView {  // a letter on the server that a device knows of
    std::uint32_t uid = 0;
    MailId mail;
    bool read = false;
    friend bool operator==(const KnownView&, const KnownView&) = default;
};

struct NodeView {
    bool running = true;  // false: crashed (stop)
    bool online = true;   // false: a device without network
    std::map<wire::Ipv4Prefix, RouteChanged> routes;
    std::map<std::pair<wire::Ipv4Prefix, std::uint8_t>, RouteChanged> alternatives;  // routes of the same cost, from 1
    std::map<std::pair<LinkEnd, NodeId>, AdjacencyState> adjacencies;                // of a router that speaks link-state; `down` is left out
    std::vector<CopyView> copies;                                                    // what a device fetched by POP3, in the order of fetching
    std::vector<KnownView> known;                                                    // letters on the server that a device knows of, ascending by uid
    std::set<LinkEnd> blocked;                                                       // ports of a switch
    std::set<PacketId> waiting;                                                      // for an answer to ARP
};

struct TravellingPacket {
    PacketId packet;
    Instant queuedAt;
    Instant start;
    Instant arrival;
    std::uint16_t size = 0;
    std::uint8_t ttl = 0;
    bool congestionMark = false;
};

struct LinkEndView {
    BitRate rate;
    Duration delay{};
    Share loss;
    std::uint32_t queuePackets = 0;
    std::uint16_t mtu = 0;
    QueueModel queue{};
    bool bursty = false;
    std::vector<TravellingPacket> packets;  // queued and on the wire, in order of PacketSent
};

struct LinkView {
    bool up = true;
    std::array<LinkEndView, 2> ends;
};

struct TcpSideView {
    TcpState state = TcpState::closed;
    std::uint32_t cwnd = 0;
    std::uint32_t ssthresh = 0xffffffffu;
    std::uint64_t sent = 0;          // highest relative sequence number sent + length, as in SegmentFacts
    std::uint32_t acknowledged = 0;  // highest acknowledgment received from the peer, relative
    std::uint64_t received = 0;      // octets in order from the peer
    std::uint32_t segments = 0;      // sent, retransmissions included
    std::uint32_t retransmits = 0;
    std::uint32_t timeouts = 0;
    std::uint32_t srttMicros = 0;
    std::uint32_t rtoMicros = 0;
    bool secured = false;  // TLS: its handshake is complete here
    std::optional<CloseReason> ended;
};

struct ConnectionView {
    NodeId client;
    NodeId server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 0;
    Instant openedAt;
    std::array<TcpSideView, 2> sides;  // by Side
};

struct QueueEntryView {
    MailId mail;
    TextId recipient;
    MessageId message;
    std::uint16_t recipientIndex = 0;
    std::uint16_t attempts = 0;
    Instant nextTry;
};

struct StoredView {
    std::uint32_t uid = 0;
    MailId mail;
    MessageId message;
    std::uint32_t size = 0;
    std::uint8_t flags = 0;
    std::uint32_t reads = 0;
};

struct MailboxView {
    NodeId node;
    std::uint64_t quota = 0;  // 0: none
    std::uint64_t used = 0;
    std::vector<StoredView> messages;
};

struct RecipientView {
    std::string address;
    MailFate fate = MailFate::queued;
    bool decided = false;  // fate has been set by an event (before: composed only)
    std::uint32_t copies = 0;
    std::uint32_t reads = 0;
    std::uint32_t attempts = 0;
    std::optional<Instant> storedAt, readAt, noticeAt, refusedAt;
    std::uint16_t hops = 0;
    MessageId stored;
};

// The strip of milestones: when each was first reached.
enum class Milestone : std::uint8_t { composed, handedOver, mxFound, connected, underWay, stored, read };
inline constexpr int kMilestones = 7;

struct MailView {
    NodeId composedOn;
    MailComposed facts;
    std::array<std::optional<EventId>, kMilestones> milestones;
    std::vector<RecipientView> recipients;
};

struct View {
    std::uint64_t events = 0;  // folded so far
    Instant now;
    std::vector<std::shared_ptr<const NodeView>> nodes;                      // by NodeId
    std::vector<std::shared_ptr<const LinkView>> links;                      // by LinkId
    std::vector<std::shared_ptr<const ConnectionView>> connections;          // by ConnectionId
    std::vector<std::shared_ptr<const std::vector<QueueEntryView>>> queues;  // by NodeId; null: none
    std::map<std::string, std::shared_ptr<const MailboxView>> mailboxes;     // by address
    std::vector<std::shared_ptr<const MailView>> mails;                      // by MailId
};

// The world before the first event: every node of the cast running, every link up.
View initialView(const Recording& recording);
// Folds one event in. What it does not touch stays shared with other views.
void apply(View& view, EventId id, const Event& event, const Recording& recording);
// Deep comparison, for the guards: the first difference in words, or nothing. What the simulator cannot know from its live objects (letters as a
// whole, connections that are gone, counts of readings) is compared only where both sides tell it.
std::optional<std::string> difference(const View& a, const View& b, const Recording& recording);

// Addresses joined by commas, as MailComposed has them. A quoted local part may hold a comma itself (RFC 5321 4.1.2).
std::vector<std::string> splitAddresses(std::string_view text);

// Keyframes of one recording: the view at any cursor by folding on from the keyframe before it. Grows with the recording.
class ViewIndex {
public:
    explicit ViewIndex(const Recording& recording);
    // The view after the first `cursor` events. Cheap for a cursor near the last one asked for.
    const View& at(std::uint64_t cursor);

private:
    const Recording& m_recording;
    std::vector<View> m_keyframes;  // by number of events; the first is the view before all of them
    View m_current;
};

}  // namespace mailtrek::trace

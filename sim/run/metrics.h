// SPDX-License-Identifier: GPL-3.0-or-later
// The metrics of a run: every number is a pure fold over the events, so that it comes out the same while simulating (as an
// observer, in any sink) and from a recording. Names are a contract (scenario format, "Words and metrics").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "sim/kernel/result.h"
#include "sim/trace/recording.h"
#include "sim/trace/tracer.h"

namespace mailtrek::run {

// In the order in which they are listed. Each has one line in the table of metric_table.cpp.
enum class Metric : std::uint8_t {
    tcpConnections,
    tcpSegments,
    tcpDataSegments,
    tcpRetransmits,
    tcpFastRetransmits,
    tcpTimeouts,
    tcpDuplicateAcks,
    tcpChecksumErrors,
    tcpResets,
    tcpBytesDelivered,
    ipPackets,
    ipHops,
    ipTtlExpired,
    ipFragments,
    ipUnreachable,
    icmpTimeExceeded,
    linkPackets,
    linkDrops,
    linkQueueDrops,
    linkLossDrops,
    linkDownDrops,
    linkCorrupted,
    linkBytes,
    routingUpdates,
    routingChanges,
    dnsQueries,
    dnsMxQueries,
    dnsFailures,
    smtpConnections,
    smtpSubmissions,
    smtpCommands,
    smtpReplies4xx,
    smtpReplies5xx,
    smtpDataTransfers,
    mailSent,
    mailStored,
    mailBounced,
    mailQueued,
    mailRead,
    mailRetries,
    mailNotices,
    mailPrinted,
    simEvents,
    simEndTime
};
inline constexpr std::size_t kMetrics = static_cast<std::size_t>(Metric::simEndTime) + 1;

enum class MetricUnit : std::uint8_t { count, bytes, seconds };
std::string_view name(MetricUnit unit);  // "count", "B", "s"

// By what a metric may be narrowed, as bits of MetricInfo::narrowings.
inline constexpr std::uint8_t kByNode = 1, kByLink = 2, kByConnection = 4, kByMail = 8;

struct MetricInfo {
    Metric metric;
    std::string_view name;  // "tcp.retransmits"
    MetricUnit unit;
    std::uint8_t narrowings;
    std::string_view meaning;    // English
    std::string_view meaningEs;  // Spanish
};

std::span<const MetricInfo> metricTable();  // by Metric
const MetricInfo& info(Metric metric);
const MetricInfo* findMetric(std::string_view name);

// A value is a whole number: a count, octets, or (unit seconds) nanoseconds.
using MetricValue = std::int64_t;

// What an addition belongs to, for narrowing. Ids that do not apply are none.
struct MetricWhere {
    NodeId node;
    LinkId link;
    ConnectionId connection;
    PacketId packet;  // the connection can be looked up from it in a recording
    MailId mail;
};

// The fold itself. For each event it says which metrics grow (or shrink) by how much.
class MetricFold {
public:
    struct Addition {
        Metric metric;
        MetricValue amount;
        MetricWhere where;
    };
    // With the store of a recording, fragments can be told from whole packets; without one ip.fragments stays 0 and each counts as a packet.
    explicit MetricFold(const trace::Store* store = nullptr) : m_store(store) {}

    // What `event` adds; valid until the next call. simEndTime grows by the time passed.
    std::span<const Addition> apply(trace::EventId id, const trace::Event& event);

private:
    struct Connection {
        std::uint16_t serverPort = 0;
        bool established = false;
        std::array<std::uint64_t, 2> delivered{};  // octets in order, by receiving Side
    };
    struct Fold;  // one overload per kind of event (metric_fold.cpp)

    Connection& connection(ConnectionId id);
    // True the first time a packet is handed to a link: it left its origin.
    bool leavesOrigin(PacketId id);
    void markSeen(PacketId id);

    const trace::Store* m_store;
    std::vector<Addition> m_additions;
    std::vector<Connection> m_connections;
    Connection m_nowhere;  // for segments that belong to no connection
    std::vector<bool> m_seenPackets;
    std::unordered_set<std::uint32_t> m_arp;  // packets of ARP
    std::set<trace::EventId> m_expired;       // drops that a router tells the origin of (ICMP type 11)
    std::set<std::tuple<NodeId, MailId, std::uint16_t, TextId>> m_waiting;
    Instant m_end = kStart;
};

// Totals of all metrics.
class MetricCounter : public trace::EventObserver {
public:
    explicit MetricCounter(const trace::Store* store = nullptr) : m_fold(store) {}
    void onEvent(trace::EventId id, const trace::Event& event) override;
    MetricValue value(Metric metric) const { return m_values[static_cast<std::size_t>(metric)]; }

private:
    MetricFold m_fold;
    std::array<MetricValue, kMetrics> m_values{};
};

MetricCounter countMetrics(const trace::Recording& recording);

// A metric, perhaps narrowed: "tcp.retransmits{connection: norte>sur:25}". Several restrictions are joined by commas and all hold.
struct MetricQuery {
    struct Connection {
        NodeId client;
        NodeId server;
        std::uint16_t port = 0;
    };
    Metric metric{};
    std::optional<Connection> connection;
    std::optional<LinkId> link;
    std::optional<NodeId> node;
    std::optional<std::vector<MailId>> mail;  // all letters of that name
};

// Names are looked up in the cast.
Result<MetricQuery> parseMetricQuery(std::string_view text, const trace::Cast& cast);

// One value per query, in one pass over the recording.
std::vector<MetricValue> evaluate(std::span<const MetricQuery> queries, const trace::Recording& recording);

}  // namespace mailtrek::run

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/run/metrics.h"

#include <algorithm>

namespace mailtrek::run {

namespace {

bool sameConnection(const MetricQuery::Connection& wanted, const MetricWhere& where, const std::vector<trace::CastConnection>& connections, const trace::Recording& recording) {
    ConnectionId id = where.connection;
    if (!id.valid() && where.packet.valid()) id = recording.store().packet(where.packet).connection;
    if (!id.valid() || id.index() >= connections.size()) return false;
    const trace::CastConnection& found = connections[id.index()];
    return found.client == wanted.client && found.server == wanted.server && found.serverPort == wanted.port;
}

bool matches(const MetricQuery& query, const MetricWhere& where, const std::vector<trace::CastConnection>& connections, const trace::Recording& recording) {
    if (query.node && *query.node != where.node) return false;
    if (query.link && *query.link != where.link) return false;
    if (query.mail && std::ranges::find(*query.mail, where.mail) == query.mail->end()) return false;
    return !query.connection || sameConnection(*query.connection, where, connections, recording);
}

}  // namespace

void MetricCounter::onEvent(trace::EventId id, const trace::Event& event) {
    for (const MetricFold::Addition& addition : m_fold.apply(id, event)) m_values[static_cast<std::size_t>(addition.metric)] += addition.amount;
}

MetricCounter countMetrics(const trace::Recording& recording) {
    MetricCounter counter(&recording.store());
    for (std::uint64_t i = 0; i < recording.size(); ++i) counter.onEvent({i}, recording.event({i}));
    return counter;
}

std::vector<MetricValue> evaluate(std::span<const MetricQuery> queries, const trace::Recording& recording) {
    std::vector<MetricValue> values(queries.size(), 0);
    const auto& connections = recording.cast().connections;
    MetricFold fold(&recording.store());
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const trace::Event& event = recording.event({i});
        for (const MetricFold::Addition& addition : fold.apply({i}, event)) {
            for (std::size_t q = 0; q < queries.size(); ++q) {
                if (queries[q].metric == addition.metric && matches(queries[q], addition.where, connections, recording)) values[q] += addition.amount;
            }
        }
    }
    return values;
}

}  // namespace mailtrek::run

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/run/run_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/mail/message.h"
#include "sim/run/metrics.h"
#include "sim/run/outcome.h"

namespace mailtrek::run {

namespace {

using Json = nlohmann::ordered_json;

// A double keeps every nanosecond of the first 104 days (2^53 ns), and the printer writes the fewest digits that read back the same.
Json seconds(Instant t) { return toSeconds(t); }
Json seconds(const std::optional<Instant>& t) { return t ? Json(toSeconds(*t)) : Json(nullptr); }

Json metricsJson(const trace::Recording& recording) {
    const MetricCounter counter = countMetrics(recording);
    Json metrics = Json::object();
    for (const MetricInfo& metric : metricTable()) {
        const MetricValue value = counter.value(metric.metric);
        metrics[std::string(metric.name)] = metric.unit == MetricUnit::seconds ? Json(toSeconds(Duration{value})) : Json(value);
    }
    return metrics;
}

Json mailJson(const RecipientOutcome& mail, const trace::Recording& recording) {
    Json json = Json::object();
    json["id"] = mail.id;
    json["from"] = mail.from;
    json["to"] = mail.to;
    json["subject"] = mail.subject;
    json["status"] = trace::name(mail.status);
    json["sent_at"] = seconds(mail.sentAt);
    json["accepted_at"] = seconds(mail.acceptedAt);
    json["content_sent_at"] = seconds(mail.contentSentAt);
    json["content_received_at"] = seconds(mail.contentReceivedAt);
    json["stored_at"] = seconds(mail.storedAt);
    json["read_at"] = seconds(mail.readAt);
    json["notice_at"] = seconds(mail.noticeAt);
    json["reads"] = mail.reads;
    json["copies"] = mail.copies;
    json["attempts"] = mail.attempts;
    json["received_headers"] = mail.receivedHeaders;
    json["size"] = mail.size;
    json["sha256"] = mail.stored.valid() ? Json(mail::bodySha256(recording.store().message(mail.stored).text())) : Json(nullptr);
    return json;
}

Json connectionJson(const ConnectionOutcome& connection, const trace::Cast& cast) {
    Json json = Json::object();
    json["client"] = cast.nodes.at(connection.client.index()).name;
    json["server"] = cast.nodes.at(connection.server.index()).name;
    json["port"] = connection.port;
    json["opened_at"] = seconds(connection.openedAt);
    json["established_at"] = seconds(connection.establishedAt);
    json["closed_at"] = seconds(connection.closedAt);
    json["bytes_to_server"] = connection.bytesToServer;
    json["bytes_to_client"] = connection.bytesToClient;
    json["segments"] = connection.segments;
    json["retransmits"] = connection.retransmits;
    json["timeouts"] = connection.timeouts;
    return json;
}

}  // namespace

std::string hexHash(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

std::string runJson(const trace::Recording& recording, std::uint64_t traceHash, std::string_view language) {
    const trace::Cast& cast = recording.cast();
    Json json = Json::object();
    json["scenario"] = language == "es" ? cast.title.es : cast.title.en;
    json["seed"] = cast.seed;
    json["end_time"] = seconds(recording.end());
    json["trace_hash"] = hexHash(traceHash);
    json["metrics"] = metricsJson(recording);
    json["mails"] = Json::array();
    for (const RecipientOutcome& mail : mailOutcomes(recording)) json["mails"].push_back(mailJson(mail, recording));
    json["connections"] = Json::array();
    for (const ConnectionOutcome& connection : connectionOutcomes(recording)) json["connections"].push_back(connectionJson(connection, cast));
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace mailtrek::run

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/run/expect.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/run/metrics.h"
#include "sim/run/outcome.h"

namespace mailtrek::run {

namespace {

constexpr const char* kNever = "never";

std::string secondsText(Duration t) { return fmt::format("{} s", toSeconds(t)); }
std::string momentText(const std::optional<Instant>& t) { return t ? secondsText(t->time_since_epoch()) : kNever; }

class Checker {
public:
    explicit Checker(const trace::Recording& recording) : m_recording(recording), m_outcomes(mailOutcomes(recording)) {}

    void checkMail(const std::string& id, const scenario::ExpectMail& expected) {
        bool found = false;
        for (const RecipientOutcome& outcome : m_outcomes) {
            if (outcome.id != id) continue;
            found = true;
            checkRecipient(outcome, expected);
        }
        if (!found) missing(id, "sent", kNever);
    }

    void checkReplies(const std::string& id, const std::vector<int>& expected) {
        std::vector<int> found;
        for (const RecipientOutcome& outcome : m_outcomes) {
            if (outcome.id != id || outcome.recipientIndex != 0) continue;
            const std::vector<int> replies = relayReplies(m_recording, outcome.mail);
            found.insert(found.end(), replies.begin(), replies.end());
        }
        if (found == expected) return;
        missing("replies of " + id, fmt::format("{}", fmt::join(expected, " ")), found.empty() ? "none" : fmt::format("{}", fmt::join(found, " ")));
    }

    void checkMetrics(const std::vector<std::pair<std::string, scenario::Comparison>>& expected) {
        std::vector<MetricQuery> queries;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto query = parseMetricQuery(expected[i].first, m_recording.cast());
            if (!query) {
                missing(expected[i].first, expected[i].second.text, query.error().message);
                continue;
            }
            queries.push_back(*query);
            places.push_back(i);
        }
        const std::vector<MetricValue> values = evaluate(queries, m_recording);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const bool time = info(queries[i].metric).unit == MetricUnit::seconds;
            const double value = time ? toSeconds(Duration{values[i]}) : static_cast<double>(values[i]);
            const auto& [name, comparison] = expected[places[i]];
            if (!comparison.holds(value)) missing(name, comparison.text, time ? fmt::format("{}", value) : fmt::format("{}", values[i]));
        }
    }

    std::vector<Shortfall> take() { return std::move(m_shortfalls); }

private:
    void missing(std::string what, std::string expected, std::string found) { m_shortfalls.push_back({std::move(what), std::move(expected), std::move(found)}); }

    // `before` and `after` speak of the moment it was stored, read, or the notice issued, by status.
    static std::optional<Instant> moment(const RecipientOutcome& outcome, Status status) {
        switch (status) {
            case Status::delivered: return outcome.storedAt;
            case Status::read: return outcome.readAt;
            case Status::bounced: return outcome.noticeAt;
            case Status::refused:
            case Status::queued:
            case Status::discarded: return std::nullopt;
        }
        return std::nullopt;
    }

    void checkRecipient(const RecipientOutcome& outcome, const scenario::ExpectMail& expected) {
        const std::string who = fmt::format("{} to {}: ", outcome.id, outcome.to);
        const auto number = [&](const char* what, const std::optional<scenario::Comparison>& comparison, std::uint32_t found) {
            if (comparison && !comparison->holds(found)) missing(who + what, comparison->text, fmt::format("{}", found));
        };
        if (expected.status) {
            const bool met = outcome.status == *expected.status || (*expected.status == Status::delivered && outcome.status == Status::read);
            if (!met) missing(who + "status", std::string(trace::name(*expected.status)), std::string(trace::name(outcome.status)));
        }
        const std::optional<Instant> at = moment(outcome, expected.status.value_or(outcome.status));
        if (expected.before && !(at && at->time_since_epoch() < *expected.before)) missing(who + "before", secondsText(*expected.before), momentText(at));
        if (expected.after && !(at && at->time_since_epoch() > *expected.after)) missing(who + "after", secondsText(*expected.after), momentText(at));
        number("copies", expected.copies, outcome.copies);
        number("hops", expected.hops, outcome.receivedHeaders);
        number("reads", expected.reads, outcome.reads);
        number("attempts", expected.attempts, outcome.attempts);
    }

    const trace::Recording& m_recording;
    std::vector<RecipientOutcome> m_outcomes;
    std::vector<Shortfall> m_shortfalls;
};

}  // namespace

std::vector<Shortfall> check(const scenario::Expect& expect, const trace::Recording& recording) {
    if (expect.empty()) return {};
    Checker checker(recording);
    for (const auto& [id, mail] : expect.mails) checker.checkMail(id, mail);
    checker.checkMetrics(expect.metrics);
    for (const auto& [id, codes] : expect.replies) checker.checkReplies(id, codes);
    return checker.take();
}

}  // namespace mailtrek::run

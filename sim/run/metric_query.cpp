// SPDX-License-Identifier: GPL-3.0-or-later
// Reads "metric{key: value, key: value}" with the names of a cast.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "sim/run/metrics.h"

namespace mailtrek::run {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Result<NodeId> findNode(std::string_view name, const trace::Cast& cast) {
    const auto found = std::ranges::find(cast.nodes, name, &trace::CastNode::name);
    if (found == cast.nodes.end()) return Error{fmt::format("there is no node '{}'", name)};
    return NodeId{static_cast<std::uint32_t>(found - cast.nodes.begin())};
}

Result<LinkId> findLink(std::string_view name, const trace::Cast& cast) {
    const auto found = std::ranges::find(cast.links, name, &trace::CastLink::name);
    if (found == cast.links.end()) return Error{fmt::format("there is no link '{}'", name)};
    return LinkId{static_cast<std::uint32_t>(found - cast.links.begin())};
}

Result<std::vector<MailId>> findMails(std::string_view name, const trace::Cast& cast) {
    std::vector<MailId> found;
    for (std::size_t i = 0; i < cast.mails.size(); ++i) {
        if (cast.mails[i] == name) found.push_back({static_cast<std::uint32_t>(i)});
    }
    if (found.empty()) return Error{fmt::format("there is no mail '{}'", name)};
    return found;
}

// "norte>sur:25": client norte, server sur, port 25.
Result<MetricQuery::Connection> parseConnection(std::string_view text, const trace::Cast& cast) {
    const auto arrow = text.find('>');
    const auto colon = text.rfind(':');
    if (arrow == std::string_view::npos || colon == std::string_view::npos || colon < arrow) return Error{fmt::format("'{}' is no connection: write client>server:port", text)};
    const std::string_view digits = trimmed(text.substr(colon + 1));
    std::uint16_t port = 0;
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (wrong != std::errc{} || end != digits.data() + digits.size() || port == 0) return Error{fmt::format("'{}' is no port", digits)};
    const auto client = findNode(trimmed(text.substr(0, arrow)), cast);
    if (!client) return client.error();
    const auto server = findNode(trimmed(text.substr(arrow + 1, colon - arrow - 1)), cast);
    if (!server) return server.error();
    return MetricQuery::Connection{*client, *server, port};
}

// Stores the value of a lookup, or says why there is none.
template <class T, class U>
std::optional<Error> take(std::optional<T>& place, Result<U> found) {
    if (place) return Error{"the same restriction stands twice"};
    if (!found) return found.error();
    place = *std::move(found);
    return std::nullopt;
}

std::optional<Error> restrict(MetricQuery& query, std::string_view key, std::string_view value, const trace::Cast& cast) {
    const MetricInfo& metric = info(query.metric);
    const auto applies = [&](std::uint8_t narrowing) { return (metric.narrowings & narrowing) != 0; };
    const auto refuse = [&] { return Error{fmt::format("{} cannot be narrowed by {}", metric.name, key)}; };
    if (key == "connection") return applies(kByConnection) ? take(query.connection, parseConnection(value, cast)) : refuse();
    if (key == "link") return applies(kByLink) ? take(query.link, findLink(value, cast)) : refuse();
    if (key == "node") return applies(kByNode) ? take(query.node, findNode(value, cast)) : refuse();
    if (key == "mail") return applies(kByMail) ? take(query.mail, findMails(value, cast)) : refuse();
    return Error{fmt::format("a metric can be narrowed by connection, link, node or mail, not by '{}'", key)};
}

}  // namespace

Result<MetricQuery> parseMetricQuery(std::string_view text, const trace::Cast& cast) {
    text = trimmed(text);
    const auto brace = text.find('{');
    const std::string_view name = trimmed(text.substr(0, brace));
    const MetricInfo* metric = findMetric(name);
    if (metric == nullptr) return Error{fmt::format("there is no metric '{}'", name)};
    MetricQuery query;
    query.metric = metric->metric;
    if (brace == std::string_view::npos) return query;
    if (text.back() != '}') return Error{fmt::format("'{}' lacks its closing brace", text)};

    std::string_view rest = text.substr(brace + 1, text.size() - brace - 2);
    while (true) {
        const auto comma = rest.find(',');
        const std::string_view item = rest.substr(0, comma);
        const auto colon = item.find(':');
        if (colon == std::string_view::npos) return Error{fmt::format("'{}': write key: value inside the braces", trimmed(item))};
        if (const auto wrong = restrict(query, trimmed(item.substr(0, colon)), trimmed(item.substr(colon + 1)), cast)) return *wrong;
        if (comma == std::string_view::npos) return query;
        rest.remove_prefix(comma + 1);
    }
}

}  // namespace mailtrek::run

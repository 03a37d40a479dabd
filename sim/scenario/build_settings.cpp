// SPDX-License-Identifier: GPL-3.0-or-later
// How one direction of a link behaves: rate, delay, what goes wrong on it, and its queue.
#include <fmt/format.h>

#include "sim/scenario/builder.h"

namespace mailtrek::scenario {

void Builder::readLinkSettings(Map& map, net::LinkSettings& settings) {
    map.with("rate", [&](const Node_& v) { settings.rate = m_reader.rate(v, "rate"); });
    map.with("delay", [&](const Node_& v) { settings.delay = m_reader.duration(v, "delay"); });
    map.with("jitter", [&](const Node_& v) { readJitter(v, settings); });
    map.with("loss", [&](const Node_& v) {
        settings.bursts.reset();
        if (v.IsMap())
            settings.bursts = readBurstyLoss(v);
        else
            settings.loss = m_reader.share(v, "loss");
    });
    map.with("corrupt", [&](const Node_& v) { settings.corrupt = m_reader.share(v, "corrupt"); });
    map.with("duplicate", [&](const Node_& v) { settings.duplicate = m_reader.share(v, "duplicate"); });
    map.with("reorder", [&](const Node_& v) {
        Map reorder(m_reader, v, "reorder");
        if (const auto share = reorder.require("share")) settings.reorder = m_reader.share(*share, "share");
        if (const auto by = reorder.require("by")) settings.reorderBy = m_reader.duration(*by, "by");
    });
    map.with("queue", [&](const Node_& v) { settings.queue = readQueue(v); });
}

void Builder::readJitter(const Node_& value, net::LinkSettings& settings) {
    settings.jitterReorders = false;
    if (!value.IsMap()) {
        settings.jitter = m_reader.duration(value, "jitter");
        return;
    }
    Map map(m_reader, value, "jitter");
    if (const auto most = map.require("up-to")) settings.jitter = m_reader.duration(*most, "up-to");
    map.with("keep-order", [&](const Node_& v) { settings.jitterReorders = !m_reader.boolean(v, "keep-order"); });
}

net::BurstyLoss Builder::readBurstyLoss(const Node_& value) {
    net::BurstyLoss loss{.p = {}, .r = {}, .good = {}, .bad = Share::percent(100)};
    Map map(m_reader, value, "loss");
    if (const auto model = map.require("model")) m_reader.choice(*model, "model", {"gilbert-elliott"});
    if (const auto p = map.require("p")) loss.p = m_reader.share(*p, "p");
    if (const auto r = map.require("r")) loss.r = m_reader.share(*r, "r");
    map.with("good", [&](const Node_& v) { loss.good = m_reader.share(v, "good"); });
    map.with("bad", [&](const Node_& v) { loss.bad = m_reader.share(v, "bad"); });
    return loss;
}

net::QueueLimit Builder::readQueueSize(const Node_& value, std::string_view what) {
    if (value.IsMap()) {
        m_reader.error(value, fmt::format("{} must be a single value (for example 100 packets)", what));
        return {};
    }
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    net::QueueLimit limit;
    for (const std::string_view unit : {"packets", "packet"}) {
        if (!text.ends_with(unit)) continue;
        limit.packets = m_reader.count(value, what, unit, 1'000'000);
        return limit;
    }
    const std::size_t errors = m_reader.diagnostics().errors();
    const Bytes size = m_reader.bytes(value, what);
    if (m_reader.diagnostics().errors() == errors && size.count == 0) m_reader.error(value, fmt::format("{} must be more than 0 B", what));
    limit.packets = net::QueueLimit::kUnlimited;
    limit.bytes = size.count;
    return limit;
}

net::QueueLimit Builder::readQueue(const Node_& value) {
    if (!value.IsMap()) return readQueueSize(value, "queue");
    Map map(m_reader, value, "queue");
    net::QueueLimit queue;
    if (const auto size = map.require("size")) queue = readQueueSize(*size, size->IsMap() ? "size" : "queue");
    map.with("model", [&](const Node_& v) { queue.model = static_cast<trace::QueueModel>(m_reader.choice(v, "model", {"drop-tail", "red", "codel"})); });
    if (queue.model == trace::QueueModel::red) readRed(map, queue, value);
    if (queue.model == trace::QueueModel::codel) readCoDel(map, queue);
    if (queue.model != trace::QueueModel::dropTail) map.with("ecn", [&](const Node_& v) { queue.ecn = m_reader.boolean(v, "ecn"); });
    return queue;
}

// `min` and `max` count what `size` counts.
void Builder::readRed(Map& map, net::QueueLimit& queue, const Node_& where) {
    constexpr std::uint64_t kMost = 10'000'000'000;
    const bool bytes = queue.bytes != net::QueueLimit::kUnlimited;
    if (bytes && queue.bytes > kMost) m_reader.error(where, "a red queue holds at most 10 GB");
    const auto threshold = [&](std::string_view key, std::uint64_t& target) {
        map.with(key, [&](const Node_& v) {
            const net::QueueLimit read = readQueueSize(v, key);
            if ((read.bytes != net::QueueLimit::kUnlimited) != bytes) return m_reader.error(v, fmt::format("{} counts what size counts: {}", key, bytes ? "bytes" : "packets"));
            target = bytes ? read.bytes : read.packets;
            if (target > (bytes ? queue.bytes : queue.packets)) m_reader.error(v, fmt::format("{} must not be more than size", key));
        });
    };
    threshold("min", queue.red.min);
    threshold("max", queue.red.max);
    if (queue.red.min != 0 && queue.red.max != 0 && queue.red.min >= queue.red.max) m_reader.error(where, "min must be less than max");
    const auto positive = [&](std::string_view key, Share& target) {
        map.with(key, [&](const Node_& v) {
            const std::size_t errors = m_reader.diagnostics().errors();
            target = m_reader.share(v, key);
            if (target.perBillion == 0 && m_reader.diagnostics().errors() == errors) m_reader.error(v, fmt::format("{} must be more than 0", key));
        });
    };
    positive("probability", queue.red.probability);
    positive("weight", queue.red.weight);
    map.with("gentle", [&](const Node_& v) { queue.red.gentle = m_reader.boolean(v, "gentle"); });
}

void Builder::readCoDel(Map& map, net::QueueLimit& queue) {
    const auto time = [&](std::string_view key, Duration& target) {
        map.with(key, [&](const Node_& v) {
            const std::size_t errors = m_reader.diagnostics().errors();
            target = m_reader.duration(v, key);
            const bool sensible = target > Duration::zero() && target <= std::chrono::seconds(1000);
            if (!sensible && m_reader.diagnostics().errors() == errors) m_reader.error(v, fmt::format("{} must be more than 0 and at most 1000 s", key));
        });
    };
    time("target", queue.codel.target);
    time("interval", queue.codel.interval);
}

}  // namespace mailtrek::scenario

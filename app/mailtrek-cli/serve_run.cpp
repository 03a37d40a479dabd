// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/serve_run.h"

#include <algorithm>

namespace mailtrek::cli {

using scenario::Outside;

namespace {

constexpr std::uint64_t kSlice = 20'000;  // wake-ups between two looks at the sockets: a few hundredths of a second
constexpr Duration kTick = std::chrono::microseconds{1};

run::Options optionsOfRun() {
    run::Options options;
    options.sink = trace::Sink::hash;  // the transcript is enough to make the recording again; so memory does not grow
    return options;
}

}  // namespace

ServedRun::ServedRun(const scenario::Scenario& scenario, std::string text, NodeId device, ServePace pace, Wall now)
    : m_simulation(scenario, optionsOfRun()),
      m_text(std::move(text)),
      m_device(device),
      m_name(scenario.nodes[device.index()].name),
      m_pace(pace),
      m_last(kStart + std::chrono::floor<std::chrono::microseconds>(scenario.until.time_since_epoch()) - kTick),
      m_base(kStart),
      m_wall(now),
      m_lastEntry(kStart),
      m_lines(firstLine(device, m_name)),
      m_size(m_text.size()) {
    // A session that was saved goes on where it ended.
    for (const scenario::Entry& entry : scenario.timeline) {
        const auto* before = std::get_if<Outside>(&entry.action);
        if (before == nullptr) continue;
        m_base = m_lastEntry = std::max(m_lastEntry, entry.at);
        ++m_entries;
        if (before->on == device) m_nextConnection = std::max(m_nextConnection, before->connection + 1);
    }
    m_simulation.keepOutside(device, m_nextConnection);
}

std::string ServedRun::firstLine(NodeId device, std::string_view name) {
    return scenario::entryLine(kStart, Outside{.on = device, .does = Outside::Does::begin, .connection = 0, .service = {}, .octets = {}, .took = 0}, name);
}

bool ServedRun::catchUp(Wall now) {
    const Instant due = std::min(clock(now), m_last - kTick);  // the last entry comes after all that was simulated
    if (!m_simulation.follow(due, kSlice)) return false;
    if (m_pace == ServePace::real) return true;
    // Nobody outside can shorten what packets take: time jumps, and the clock goes on from there.
    for (std::uint64_t i = 0; i < kSlice && m_simulation.underWay(); ++i) {
        const Instant next = m_simulation.nextAt();
        if (next >= m_last) return true;
        m_simulation.follow(next, 1);
        if (next > clock(now)) {
            m_base = next;
            m_wall = now;
        }
    }
    return !m_simulation.underWay();
}

std::chrono::milliseconds ServedRun::idle(Wall now) const {
    const Instant next = std::min(m_simulation.nextAt(), m_last);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - clock(now));
    return std::clamp(wait, std::chrono::milliseconds{0}, std::chrono::milliseconds{1000});
}

void ServedRun::enter(Outside outside, Wall now) {
    if (m_simulation.stop() != run::Stop::notYet) return;
    const Instant wanted = std::max({clock(now), m_simulation.now() + Duration{1}, m_lastEntry});
    const Instant at = std::min(kStart + std::chrono::ceil<std::chrono::microseconds>(wanted.time_since_epoch()), m_last);
    outside.on = m_device;
    const std::string line = scenario::entryLine(at, outside, m_name);
    m_size += line.size();
    ++m_entries;
    m_lines += line;
    m_lastEntry = at;
    m_simulation.intervene({at, "outside", std::move(outside)});
}

void ServedRun::open(std::uint32_t connection, scenario::Service service, Wall now) {
    enter({.on = {}, .does = Outside::Does::open, .connection = connection, .service = service, .octets = {}, .took = 0}, now);
}

void ServedRun::write(std::uint32_t connection, std::string octets, Wall now) {
    enter({.on = {}, .does = Outside::Does::write, .connection = connection, .service = {}, .octets = Slice::adopt(std::move(octets)), .took = 0}, now);
}

void ServedRun::took(std::uint32_t connection, std::uint64_t octets, Wall now) {
    enter({.on = {}, .does = Outside::Does::took, .connection = connection, .service = {}, .octets = {}, .took = octets}, now);
}

void ServedRun::close(std::uint32_t connection, Wall now) {
    enter({.on = {}, .does = Outside::Does::close, .connection = connection, .service = {}, .octets = {}, .took = 0}, now);
}

void ServedRun::reset(std::uint32_t connection, Wall now) {
    enter({.on = {}, .does = Outside::Does::reset, .connection = connection, .service = {}, .octets = {}, .took = 0}, now);
}

void ServedRun::end(Wall now) { enter({.on = {}, .does = Outside::Does::end, .connection = 0, .service = {}, .octets = {}, .took = 0}, now); }

void ServedRun::finish() {
    while (!m_simulation.advance(kSlice)) {}
}

std::string ServedRun::savedText() const {
    const auto whole = scenario::withInterventions(m_text, m_lines);
    return whole ? *whole : std::string{};  // which firstLine has shown to be possible
}

}  // namespace mailtrek::cli

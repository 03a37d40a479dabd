// SPDX-License-Identifier: GPL-3.0-or-later
// The pseudocode of RFC 8289 5.5, turned inside out: its loop asks for the next packet, here the link brings it.
#include "sim/net/codel.h"

#include <utility>

namespace mailtrek::net {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t squareRoot(Wide x) {
    std::uint64_t root = 0;
    for (int bit = 62; bit >= 0; --bit) {
        const std::uint64_t more = root | std::uint64_t{1} << bit;
        if (static_cast<Wide>(more) * more <= x) root = more;
    }
    return root;
}

}  // namespace

Duration controlInterval(Duration interval, std::uint32_t count) {
    const auto nanos = static_cast<Wide>(static_cast<std::uint64_t>(interval.count()));
    return Duration{static_cast<std::int64_t>(squareRoot(nanos * nanos / count))};
}

bool CoDel::tooLong(const Head& head, const CoDelSettings& settings, Instant now) {
    if (head.waited < settings.target || head.behind <= head.largest) {
        m_firstAbove = kStart;
        return false;
    }
    if (m_firstAbove == kStart) {
        m_firstAbove = now + settings.interval;
        return false;
    }
    return now >= m_firstAbove;
}

CoDel::Verdict CoDel::act(const Head& head, const CoDelSettings& settings) {
    ++m_count;
    if (head.markable) {
        m_dropNext += controlInterval(settings.interval, m_count);
        return Verdict::mark;
    }
    m_stage = Stage::dropped;
    return Verdict::drop;
}

CoDel::Verdict CoDel::onHead(const Head& head, const CoDelSettings& settings, Instant now) {
    const bool late = tooLong(head, settings, now);
    const Stage stage = std::exchange(m_stage, Stage::fresh);
    if (stage == Stage::entered) return Verdict::send;
    if (m_dropping && !late) {
        m_dropping = false;
        return Verdict::send;
    }
    if (m_dropping) {
        if (stage == Stage::dropped) m_dropNext += controlInterval(settings.interval, m_count);
        return now >= m_dropNext ? act(head, settings) : Verdict::send;
    }
    if (!late) return Verdict::send;
    m_dropping = true;
    const std::uint32_t delta = m_count - m_lastCount;  // if the last time is not long ago, start from the rate that was right then
    m_count = delta > 1 && now - m_dropNext < 16 * settings.interval ? delta : 1;
    m_lastCount = m_count;
    m_dropNext = now + controlInterval(settings.interval, m_count);
    if (head.markable) return Verdict::mark;
    m_stage = Stage::entered;
    return Verdict::drop;
}

void CoDel::onEmpty() {
    m_firstAbove = kStart;
    if (std::exchange(m_stage, Stage::fresh) == Stage::dropped) m_dropping = false;
}

}  // namespace mailtrek::net

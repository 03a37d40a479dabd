// SPDX-License-Identifier: GPL-3.0-or-later
// Questions to a peer that is silent: the closed window (RFC 9293 3.8.6.1) and keep-alive (3.8.4).
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {
namespace {

constexpr Duration kLongestPersist = std::chrono::seconds{60};
constexpr Duration kKeepAliveEvery = std::chrono::seconds{75};
constexpr std::uint32_t kKeepAliveProbes = 9;

}  // namespace

// Data wait, nothing is under way, and the window (or the silly-window rule, or a cork) keeps them back.
void Connection::armPersist(Instant now) {
    if (m_buffer.size() == 0 || !m_sent.empty() || m_timer != Timer::none || (m_state != State::established && m_state != State::closeWait)) return;
    m_timer = Timer::persist;
    m_timerSince = now;
    m_timerAt = now + std::min<Duration>(m_rtt.rto() * (std::int64_t{1} << std::min(m_persistCount, 9u)), kLongestPersist);
    if (m_settings.userTimeout > Duration::zero() && m_peerWindow == 0 && m_giveUpAt == kNever) startPatience(now);
}

void Connection::probeWindow(Instant now) {
    expired(trace::TcpTimer::persist, now - m_timerSince, m_persistCount);
    ++m_persistCount;
    const std::uint64_t edge = m_una + m_peerWindow;
    const std::uint64_t usable = edge > m_next ? edge - m_next : 0;
    if (usable > 0 && m_buffer.size() > 0) {  // a small window that stayed small, or a cork that stayed in (the override timeout of 3.8.6.2.1)
        m_persistCount = 0;
        return cut(static_cast<std::uint32_t>(std::min<std::uint64_t>({usable, m_buffer.size(), payloadLimit()})), now);
    }
    sendBare(m_next - 1, std::uint64_t{3} << 61 | m_next << 10 | m_persistCount, now);  // an old sequence number takes no octet and no room
    armPersist(now);
}

void Connection::heardFromPeer(Instant now) {
    m_keepCount = 0;
    m_keepAt = m_settings.keepAlive && m_open && m_state != State::timeWait ? now + m_settings.keepAliveAfter : kNever;
}

void Connection::keepAlive(Instant now) {
    if (!m_sent.empty() || m_buffer.size() > 0) {  // other timers watch
        m_keepAt = now + m_settings.keepAliveAfter;
        return;
    }
    const Duration waited = m_keepCount == 0 ? m_settings.keepAliveAfter : kKeepAliveEvery;
    expired(trace::TcpTimer::keepAlive, waited, m_keepCount);
    if (m_keepCount++ == kKeepAliveProbes) {
        sendReset(now);
        return vanish(trace::CloseReason::timedOut);
    }
    m_keepAt = now + kKeepAliveEvery;
    sendBare(m_next - 1, std::uint64_t{7} << 60 | m_next << 10 | m_keepCount, now);
}

}  // namespace mailtrek::transport

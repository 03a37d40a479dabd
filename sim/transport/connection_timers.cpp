// SPDX-License-Identifier: GPL-3.0-or-later
// The timers of a connection, RFC 9293 3.10.8.
#include <algorithm>
#include <utility>

#include "sim/transport/connection.h"

namespace mailtrek::transport {
namespace {

constexpr Duration kPatience = std::chrono::minutes{15};  // R2 of RFC 9293 3.8.3 (100 s at least): about as long as Linux

}  // namespace

Instant Connection::nextDeadline() const { return std::min({m_timerAt, m_ackAt, m_reorderAt, m_lingerAt, m_connectAt, m_giveUpAt, m_keepAt}); }

void Connection::expired(trace::TcpTimer timer, Duration waited, std::uint32_t backoff) {
    m_output.note(m_id, trace::TimerExpired{.waited = waited, .connection = {}, .backoff = backoff, .side = m_side, .timer = timer});
}

void Connection::startPatience(Instant now) {
    m_impatientSince = now;
    m_giveUpAt = now + (m_settings.userTimeout > Duration::zero() ? m_settings.userTimeout : kPatience);
}

// Timers that end the connection.
bool Connection::overNow(Instant now) {
    using trace::TcpTimer;
    const trace::CloseReason reason = m_softError ? trace::CloseReason::unreachable : trace::CloseReason::timedOut;
    if (now >= m_lingerAt) {
        expired(m_state == State::finWait2 ? TcpTimer::finWait : TcpTimer::timeWait, std::chrono::seconds{60}, 0);
        vanish(trace::CloseReason::closed);
    } else if (now >= m_connectAt) {
        expired(TcpTimer::connect, m_settings.connectTimeout, m_rtt.backoff());
        vanish(reason);
    } else if (now >= m_giveUpAt) {
        expired(TcpTimer::user, now - m_impatientSince, m_rtt.backoff());
        if (m_state == State::synReceived) sendReset(now);
        vanish(reason);
    }
    return gone();
}

void Connection::onTimer(Instant now) {
    if (overNow(now)) return;
    if (now >= m_ackAt) {
        m_ackAt = kNever;
        sendAck(now);
    }
    if (now >= m_keepAt) {
        keepAlive(now);
        if (gone()) return;
    }
    if (now >= m_reorderAt) {
        m_reorderAt = kNever;
        expired(trace::TcpTimer::reordering, now - m_rackSentAt, 0);
        if (detectByRack(now) && m_phase != Phase::loss) repair({}, true);
        output(now);
    }
    if (now < m_timerAt) return;
    const Timer timer = std::exchange(m_timer, Timer::none);
    m_timerAt = kNever;
    switch (timer) {
        case Timer::none: break;
        case Timer::retransmission: onRetransmissionTimeout(now); break;
        case Timer::tailProbe: onTailProbe(now); break;
        case Timer::persist: probeWindow(now); break;
    }
}

}  // namespace mailtrek::transport

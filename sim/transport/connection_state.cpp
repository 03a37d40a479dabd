// SPDX-License-Identifier: GPL-3.0-or-later
// The user's calls and the states of RFC 9293 3.3.2.
#include <algorithm>
#include <utility>

#include "sim/transport/connection.h"

namespace mailtrek::transport {
namespace {

constexpr Duration kTwoMsl = std::chrono::seconds{60};

std::uint8_t shiftFor(std::uint32_t buffer) {  // RFC 7323 2.2: the least that makes the buffer fit in 16 bits
    std::uint8_t shift = 0;
    while (shift < 14 && (buffer >> shift) > 0xffff) ++shift;
    return shift;
}

}  // namespace

Connection::Connection(SocketId id, const Endpoints& endpoints, trace::Side side, std::uint32_t isn, std::uint32_t localMss, const TcpSettings& settings, TcpOutput& output)
    : m_id(id),
      m_endpoints(endpoints),
      m_side(side),
      m_settings(settings),
      m_output(output),
      m_isn(isn),
      m_localMss(localMss),
      m_ourShift(settings.windowScaling ? shiftFor(settings.receiveBuffer) : 0),
      m_window(settings.congestion, settings.initialWindow),
      m_rtt(settings.initialRto, settings.minRto) {}

void Connection::connect(Instant now) {
    setState(State::synSent);
    m_connectAt = now + m_settings.connectTimeout;
    Sent syn;
    syn.syn = true;
    syn.sentAt = now;
    m_sent.push_back(std::move(syn));
    m_next = 1;
    transmit(m_sent.back(), std::nullopt, now);
}

void Connection::onSyn(const wire::TcpHeader& syn, PacketId packet, Instant now) {
    m_passive = true;
    m_peerIsn = syn.sequence;
    m_received = 1;
    negotiate(syn, now);
    setState(State::synReceived);
    noteReceived(packet, 0, 0, trace::Arrival::inOrder, false);
    m_giveUpAt = now + std::chrono::minutes{3};
    Sent reply;
    reply.syn = true;
    reply.sentAt = now;
    m_sent.push_back(std::move(reply));
    m_next = 1;
    transmit(m_sent.back(), std::nullopt, now);
}

void Connection::negotiate(const wire::TcpHeader& syn, Instant now) {
    const wire::TcpOptions& options = syn.options;
    m_mss = std::clamp<std::uint32_t>(options.mss.value_or(536), 64, m_localMss);  // RFC 9293 3.7.1: 536 when there is no option
    m_sackOn = m_settings.sack && options.sackPermitted;
    m_timestampsOn = m_settings.timestamps && options.timestamps.has_value();
    m_scalingOn = m_settings.windowScaling && options.windowScale.has_value();
    m_peerShift = m_scalingOn ? std::min<std::uint8_t>(*options.windowScale, 14) : 0;
    if (!m_scalingOn) m_ourShift = 0;
    if (m_timestampsOn) m_tsRecent = options.timestamps->value;
    m_peerWindow = syn.window;  // never scaled in a SYN
    m_largestWindow = m_peerWindow;
    m_wl1 = 0;
    (void)now;
}

void Connection::write(Slice octets, bool content, bool lastContent, Instant now) {
    m_buffer.write(std::move(octets), content, lastContent);
    output(now);
}

std::string Connection::read(Instant now) {
    std::string octets = std::exchange(m_ready, {});
    // Tell of the room when at least two segments of it became free (RFC 1122 4.2.3.3).
    const std::uint64_t before = m_edge > m_received ? m_edge - m_received : 0;
    const bool open = m_state == State::established || m_state == State::finWait1 || m_state == State::finWait2;
    if (open && before < 2 * std::uint64_t{m_mss} && m_settings.receiveBuffer - m_reassembly.octets() >= before + 2 * std::uint64_t{m_mss}) sendAck(now);
    return octets;
}

void Connection::close(Instant now) {
    if (m_closing || gone()) return;
    m_closing = true;
    if (m_state == State::synSent) return vanish(trace::CloseReason::closed);
    output(now);
}

void Connection::abort(Instant now) {
    if (gone()) return;
    const bool tell = m_state != State::synSent && m_state != State::timeWait && m_state != State::closed;
    if (tell) sendReset(now);
    vanish(trace::CloseReason::resetByUs);
}

void Connection::setState(State to) {
    const State from = std::exchange(m_state, to);
    if (from != to) m_output.note(m_id, trace::TcpStateChanged{.connection = {}, .side = m_side, .from = from, .to = to});
}

void Connection::finish(trace::CloseReason reason) {
    if (m_told) return;
    m_told = true;
    m_output.note(m_id, trace::ConnectionEnded{.connection = {}, .side = m_side, .reason = reason});
    m_output.closed(m_id, reason);
}

void Connection::vanish(trace::CloseReason reason) {
    m_sent.clear();
    m_timer = Timer::none;
    m_timerAt = m_ackAt = m_reorderAt = m_lingerAt = m_connectAt = m_giveUpAt = kNever;
    setState(State::closed);
    finish(reason);
}

void Connection::enterTimeWait(Instant now) {
    m_timer = Timer::none;
    m_timerAt = m_reorderAt = m_giveUpAt = kNever;
    m_lingerAt = now + kTwoMsl;
    setState(State::timeWait);
    finish(trace::CloseReason::closed);
}

void Connection::onUnreachable(bool hard, Instant now) {
    (void)now;
    if (hard && (m_state == State::synSent)) return vanish(trace::CloseReason::refused);
    m_softError = true;
}

Instant Connection::nextDeadline() const { return std::min({m_timerAt, m_ackAt, m_reorderAt, m_lingerAt, m_connectAt, m_giveUpAt}); }

void Connection::onTimer(Instant now) {
    using trace::TcpTimer;
    const auto expired = [&](TcpTimer timer, Instant since) {
        m_output.note(m_id, trace::TimerExpired{.waited = now - since, .connection = {}, .backoff = m_rtt.backoff(), .side = m_side, .timer = timer});
    };
    if (now >= m_lingerAt) {
        expired(TcpTimer::timeWait, m_lingerAt - kTwoMsl);
        return vanish(trace::CloseReason::closed);
    }
    if (now >= m_connectAt) {
        expired(TcpTimer::connect, m_connectAt - m_settings.connectTimeout);
        return vanish(m_softError ? trace::CloseReason::unreachable : trace::CloseReason::timedOut);
    }
    if (now >= m_giveUpAt) {
        expired(TcpTimer::user, m_giveUpAt);
        if (m_state == State::synReceived) sendReset(now);
        return vanish(m_softError ? trace::CloseReason::unreachable : trace::CloseReason::timedOut);
    }
    if (now >= m_ackAt) {
        m_ackAt = kNever;
        sendAck(now);
    }
    if (now >= m_reorderAt) {
        m_reorderAt = kNever;
        expired(TcpTimer::reordering, m_rackSentAt);
        detectByRack(now);
        output(now);
    }
    if (now >= m_timerAt) {
        const Timer timer = std::exchange(m_timer, Timer::none);
        m_timerAt = kNever;
        switch (timer) {
            case Timer::none: break;
            case Timer::retransmission: onRetransmissionTimeout(now); break;
            case Timer::tailProbe: onTailProbe(now); break;
            case Timer::persist: probeWindow(now); break;
        }
    }
}

TcpInfo Connection::info() const {
    return {.state = m_state,
            .cwnd = m_window.cwnd(),
            .ssthresh = m_window.ssthresh(),
            .flight = m_next - m_una,
            .segments = m_segments,
            .retransmits = m_retransmits,
            .timeouts = m_timeouts,
            .sent = m_next,
            .acknowledged = m_una,
            .received = m_received == 0 ? 0 : m_received - 1 - (m_finAt && m_received > *m_finAt ? 1 : 0),
            .srtt = m_rtt.smoothed(),
            .rttvar = m_rtt.variation(),
            .rto = m_rtt.rto(),
            .mss = m_mss};
}

}  // namespace mailtrek::transport

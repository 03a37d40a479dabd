// SPDX-License-Identifier: GPL-3.0-or-later
// The user's calls, RFC 9293 3.10.1 to 3.10.6.
#include <algorithm>
#include <utility>

#include "sim/transport/connection.h"

namespace mailtrek::transport {

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

void Connection::write(Slice octets, bool content, bool lastContent, Instant now) {
    if (gone() || m_closing) return;  // RFC 9293 3.10.2: connection closing
    m_buffer.write(std::move(octets), content, lastContent);
    output(now);
}

std::uint64_t Connection::writeSpace() const {
    const std::uint64_t held = m_buffer.size() + (m_next - m_una);
    return m_settings.sendBuffer > held ? m_settings.sendBuffer - held : 0;
}

std::string Connection::read(std::size_t most, Instant now) {
    std::string octets;
    if (most >= m_ready.size()) {
        octets = std::exchange(m_ready, {});
    } else {
        octets = m_ready.substr(0, most);
        m_ready.erase(0, most);
    }
    // Tell of the room when a worthwhile piece of it became free for a peer that had little (RFC 9293 3.8.6.2.2).
    const std::uint64_t before = m_edge > m_received ? m_edge - m_received : 0;
    const std::uint64_t room = m_settings.receiveBuffer > m_ready.size() ? m_settings.receiveBuffer - m_ready.size() : 0;
    const std::uint64_t step = std::min<std::uint64_t>(m_settings.receiveBuffer / 2, 2 * std::uint64_t{m_mss});
    if (!octets.empty() && receives() && m_open && before < 2 * std::uint64_t{m_mss} && room >= before + step) sendAck(now);
    return octets;
}

std::string Connection::takeRest() { return m_userGone ? std::string{} : std::exchange(m_ready, {}); }

void Connection::shutdownWrite(Instant now) {
    if (m_closing || gone()) return;
    m_closing = true;
    if (m_state == State::synSent) return vanish(trace::CloseReason::closed);
    output(now);
}

void Connection::close(Instant now) {
    if (gone() || m_userGone) return;
    m_userGone = m_readShut = true;
    if (!m_ready.empty() && m_state != State::timeWait) return abort(now);  // data was lost, and the peer shall know (RFC 9293 3.6.1)
    if (m_closing) {
        if (m_state == State::finWait2) enterFinWait2(now);
        return;
    }
    shutdownWrite(now);
}

void Connection::abort(Instant now) {
    if (gone()) return;
    const bool tell = m_state != State::synSent && m_state != State::timeWait && m_state != State::closed;
    if (tell) sendReset(now);
    vanish(trace::CloseReason::resetByUs);
}

void Connection::setNodelay(bool on, Instant now) {
    m_settings.nagle = !on;
    if (on) output(now);
}

void Connection::setCork(bool on, Instant now) {
    m_corked = on;
    if (!on) output(now);
}

void Connection::setUserTimeout(Duration after, Instant now) {
    m_settings.userTimeout = after;
    if (m_giveUpAt != kNever && m_open) startPatience(now);
}

}  // namespace mailtrek::transport

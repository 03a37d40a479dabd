// SPDX-License-Identifier: GPL-3.0-or-later
// The states of RFC 9293 3.3.2 and what is agreed in the handshake.
#include <algorithm>
#include <utility>

#include "sim/transport/connection.h"

namespace mailtrek::transport {
namespace {

std::uint8_t shiftFor(std::uint32_t buffer) {  // RFC 7323 2.2: the least that makes the buffer fit in 16 bits
    std::uint8_t shift = 0;
    while (shift < 14 && (buffer >> shift) > 0xffff) ++shift;
    return shift;
}

constexpr std::uint32_t kLeastMss = 28;  // on a link of 68 octets (RFC 791 3.2); below it a peer could make us send headers only
constexpr Duration kTwoMsl = std::chrono::seconds{60}, kFinWait = std::chrono::seconds{60};

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

void Connection::negotiate(const wire::TcpHeader& syn) {
    const wire::TcpOptions& options = syn.options;
    const std::uint32_t ours = m_settings.mss > 0 ? std::min(m_settings.mss, m_localMss) : m_localMss;
    m_mss = std::clamp<std::uint32_t>(options.mss.value_or(536), std::min(kLeastMss, ours), ours);  // RFC 9293 3.7.1: 536 when there is no option
    m_sackOn = m_settings.sack && options.sackPermitted;
    m_timestampsOn = m_settings.timestamps && options.timestamps.has_value();
    m_scalingOn = m_settings.windowScaling && options.windowScale.has_value();
    m_peerShift = m_scalingOn ? std::min<std::uint8_t>(*options.windowScale, 14) : 0;
    if (!m_scalingOn) m_ourShift = 0;
    if (m_timestampsOn) m_tsRecent = options.timestamps->value;
    const bool asks = syn.flags.ece && syn.flags.cwr && !syn.flags.ack, agrees = syn.flags.ece && !syn.flags.cwr && syn.flags.ack;
    m_ecnOn = m_settings.ecn && (asks || agrees);  // RFC 3168 6.1.1
    m_peerWindow = syn.window;                     // never scaled in a SYN
    m_largestWindow = m_peerWindow;
    m_wl1 = 0;
}

// Our SYN is acknowledged. `measured`: by an ACK that tells the round trip.
void Connection::opened(bool measured, Instant now) {
    m_open = true;
    if (m_synLost)
        m_rtt.afterLostSyn();
    else if (measured)
        measureRtt(now - m_sent.front().sentAt);
    leaveNetwork(m_sent.front());
    m_sent.pop_front();
    m_una = 1;
    m_timer = Timer::none;
    m_timerAt = m_giveUpAt = m_connectAt = kNever;
    m_window.begin(payloadLimit(), m_synLost);
    if (!m_sent.empty()) armRetransmission(now);
    if (m_state == State::synSent || m_state == State::synReceived) setState(State::established);
    noteWindow(Window::opened);
    heardFromPeer(now);
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
    m_sackedOctets = m_lostOctets = m_againOctets = 0;
    m_sackedSegments = 0;
    m_timer = Timer::none;
    m_timerAt = m_ackAt = m_reorderAt = m_lingerAt = m_connectAt = m_giveUpAt = m_keepAt = kNever;
    setState(State::closed);
    finish(reason);
}

void Connection::enterTimeWait(Instant now) {
    m_timer = Timer::none;
    m_timerAt = m_reorderAt = m_giveUpAt = m_keepAt = kNever;
    m_lingerAt = now + kTwoMsl;
    setState(State::timeWait);
    finish(trace::CloseReason::closed);
}

void Connection::enterFinWait2(Instant now) {
    setState(State::finWait2);
    if (m_userGone) m_lingerAt = now + kFinWait;  // nobody is left who could wait longer
}

// A SYN for the next incarnation: newer by timestamp or by sequence number.
bool Connection::renewedBy(const wire::TcpHeader& syn) const {
    if (m_state != State::timeWait || !syn.flags.syn || syn.flags.ack || syn.flags.rst) return false;
    if (m_timestampsOn && syn.options.timestamps) {
        const auto newer = static_cast<std::int32_t>(syn.options.timestamps->value - m_tsRecent);
        if (newer != 0) return newer > 0;
    }
    return static_cast<std::int32_t>(syn.sequence - (m_peerIsn + static_cast<std::uint32_t>(m_received))) >= 0;
}

void Connection::onUnreachable(bool hard, Instant /*now*/) {
    if (hard && m_state == State::synSent) return vanish(trace::CloseReason::refused);
    m_softError = true;  // told when the connection gives up
}

TcpInfo Connection::info() const {
    TcpInfo info{.state = m_state,
                 .cwnd = m_window.cwnd(),
                 .ssthresh = m_window.ssthresh(),
                 .flight = m_next - m_una,
                 .pipe = pipe(),
                 .segments = m_segments,
                 .retransmits = m_retransmits,
                 .timeouts = m_timeouts,
                 .sent = m_next,
                 .acknowledged = m_una,
                 .received = receivedOctets(),
                 .srtt = m_rtt.smoothed(),
                 .rttvar = m_rtt.variation(),
                 .rto = m_rtt.rto(),
                 .mss = m_mss,
                 .payloadLimit = payloadLimit(),
                 .receiveMss = m_receiveMss,
                 .inRecovery = m_phase == Phase::recovery};
    for (const Sent& sent : m_sent) {
        ++info.unacked;
        info.sacked += sent.sacked ? 1 : 0;
        info.lost += sent.lost ? 1 : 0;
        info.again += sent.retransmitting ? 1 : 0;
    }
    return info;
}

}  // namespace mailtrek::transport

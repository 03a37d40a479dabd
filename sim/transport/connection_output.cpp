// SPDX-License-Identifier: GPL-3.0-or-later
// Which segment goes out when: lost ones first, then new data as the windows, Nagle and the silly-window rule allow (RFC 9293 3.8.6).
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {

wire::TcpHeader Connection::header(std::uint64_t seq, Instant now) {
    wire::TcpHeader h;
    h.sourcePort = m_endpoints.localPort;
    h.destinationPort = m_endpoints.remotePort;
    h.sequence = m_isn + static_cast<std::uint32_t>(seq);
    const bool ack = m_state != State::synSent;
    h.flags.ack = ack;
    h.acknowledgment = ack ? m_peerIsn + static_cast<std::uint32_t>(m_received) : 0;
    const std::uint32_t window = advertise();
    h.window = static_cast<std::uint16_t>(std::min<std::uint32_t>(window, 0xffff));
    if (m_timestampsOn || (m_state == State::synSent && m_settings.timestamps)) {
        const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
        h.options.timestamps = wire::TcpTimestamps{m_isn / 7 + static_cast<std::uint32_t>(millis), ack ? m_tsRecent : 0};
    }
    return h;
}

// The window field, scaled; remembers the edge. Never moves it left, and right only by a worthwhile step (RFC 9293 3.8.6.2.2).
std::uint32_t Connection::advertise() {
    const bool handshake = m_state == State::synSent || m_state == State::synReceived || m_state == State::closed;
    const std::uint64_t held = m_ready.size();
    const std::uint64_t room = m_settings.receiveBuffer > held ? m_settings.receiveBuffer - held : 0;
    const std::uint64_t step = std::min<std::uint64_t>(m_settings.receiveBuffer / 2, m_mss);
    std::uint64_t edge = m_received + room;
    if (edge < m_edge + step && m_edge >= m_received) edge = std::max(m_edge, m_received);
    if (handshake) {
        const std::uint64_t window = std::min<std::uint64_t>(edge - m_received, 0xffff);
        m_edge = m_received + window;
        return static_cast<std::uint32_t>(window);
    }
    const std::uint64_t window = std::min<std::uint64_t>((edge - m_received) >> m_ourShift, 0xffff);
    m_edge = std::max(m_edge, m_received + (window << m_ourShift));
    return static_cast<std::uint32_t>(window);
}

void Connection::transmit(Sent& sent, std::optional<Reason> reason, Instant now) {
    Outgoing out;
    out.socket = m_id;
    out.local = m_endpoints.local;
    out.remote = m_endpoints.remote;
    out.header = header(sent.seq, now);
    out.header.flags.syn = sent.syn;
    out.header.flags.fin = sent.fin;
    out.header.flags.psh = sent.push;
    if (sent.syn) {
        const bool first = m_state == State::synSent;
        out.header.options.mss = static_cast<std::uint16_t>(m_localMss);
        out.header.options.sackPermitted = first ? m_settings.sack : m_sackOn;
        if (first ? m_settings.windowScaling : m_scalingOn) out.header.options.windowScale = m_ourShift;
    }
    out.payload = sent.octets;
    out.reason = reason;
    out.mailSegment = sent.mailNumber;
    out.lastContent = sent.lastContent;
    out.fateNumber = sent.syn ? 0 : sent.seq;
    trace::SegmentFacts& facts = out.facts;
    facts.sequence = static_cast<std::uint32_t>(sent.seq);
    facts.acknowledgment = out.header.flags.ack ? static_cast<std::uint32_t>(m_received) : 0;
    facts.number = sent.number;
    facts.length = static_cast<std::uint16_t>(sent.octets.size());
    facts.transmission = sent.transmissions;
    facts.side = m_side;
    facts.flags = static_cast<std::uint8_t>((sent.fin ? 1 : 0) | (sent.syn ? 2 : 0) | (sent.push ? 8 : 0) | (out.header.flags.ack ? 16 : 0));
    facts.mailContent = sent.content;
    sent.sentAt = now;
    ++m_segments;
    if (reason) ++m_retransmits;
    m_lastSent = now;
    if (out.header.flags.ack) {  // it carries the acknowledgment
        m_ackAt = kNever;
        m_unacknowledged = 0;
    }
    if (m_timer != Timer::retransmission && m_timer != Timer::tailProbe) armRetransmission(now);
    m_output.transmit(out);
}

void Connection::transmitAgain(Sent& sent, Reason reason, Instant now) {
    ++sent.transmissions;
    if (!sent.retransmitting) {
        sent.retransmitting = true;
        if (sent.lost)
            m_againOctets += sent.length();
        else {
            sent.lost = true;  // counts as out of the network once and in it once
            m_lostOctets += sent.length();
            m_againOctets += sent.length();
        }
    }
    m_timer = Timer::none;
    transmit(sent, reason, now);
}

void Connection::sendAck(Instant now) {
    if (m_state == State::closed || m_state == State::synSent || m_state == State::listen) return;
    Outgoing out;
    out.socket = m_id;
    out.local = m_endpoints.local;
    out.remote = m_endpoints.remote;
    out.header = header(m_next, now);
    if (m_sackOn) {
        const std::size_t most = m_timestampsOn ? 3 : 4;
        std::vector<Reassembly::Range> blocks;
        if (m_duplicateRange) blocks.push_back(*m_duplicateRange);  // RFC 2883 4
        for (const Reassembly::Range& range : m_reassembly.ranges(m_newestOutOfOrder, most)) blocks.push_back(range);
        reportFin(blocks);
        m_duplicateRange.reset();
        for (const Reassembly::Range& block : blocks) {
            if (out.header.options.sackCount == most) break;
            out.header.options.sack[out.header.options.sackCount++] = {m_peerIsn + static_cast<std::uint32_t>(block.first), m_peerIsn + static_cast<std::uint32_t>(block.second)};
        }
    }
    m_ackNumber = m_lastAckPlace == m_received ? m_ackNumber + 1 : 0;
    m_lastAckPlace = m_received;
    out.fateNumber = std::uint64_t{1} << 63 | m_received << 12 | (m_ackNumber & 0xfff);
    out.facts.sequence = static_cast<std::uint32_t>(m_next);
    out.facts.acknowledgment = static_cast<std::uint32_t>(m_received);
    out.facts.side = m_side;
    out.facts.flags = 16;
    m_ackAt = kNever;
    m_unacknowledged = 0;
    ++m_segments;
    m_output.transmit(out);
}

// A FIN that came before what it closes takes a place of its own in the sequence space.
void Connection::reportFin(std::vector<Reassembly::Range>& blocks) const {
    if (!m_finAt || m_received >= *m_finAt) return;
    for (Reassembly::Range& block : blocks) {
        if (block.second == *m_finAt) {
            ++block.second;
            return;
        }
    }
    blocks.insert(blocks.begin(), {*m_finAt, *m_finAt + 1});
}

void Connection::sendReset(Instant now) {
    Outgoing out;
    out.header = header(m_next, now);
    out.facts.acknowledgment = static_cast<std::uint32_t>(m_received);
    out.facts.flags = 16;
    transmitReset(out, m_next);
}

void Connection::refuse(std::uint64_t ack, Instant now) {
    Outgoing out;
    out.header = header(ack, now);
    out.header.window = 0;
    out.header.options = {};
    transmitReset(out, ack);
}

void Connection::transmitReset(Outgoing& out, std::uint64_t seq) {
    out.socket = m_id;
    out.local = m_endpoints.local;
    out.remote = m_endpoints.remote;
    out.header.flags.rst = true;
    out.fateNumber = std::uint64_t{1} << 62 | seq;
    out.facts.sequence = static_cast<std::uint32_t>(seq);
    out.facts.side = m_side;
    out.facts.flags |= 4;
    ++m_segments;
    m_output.transmit(out);
}

void Connection::delayAck(bool atOnce, std::uint32_t length, Instant now) {
    if (length + 12 >= m_mss) ++m_unacknowledged;                                        // a full segment, with or without the timestamps
    if (atOnce || !m_settings.delayedAck || m_unacknowledged >= 2) return sendAck(now);  // RFC 9293 3.8.6.3
    if (m_ackAt == kNever) m_ackAt = now + std::chrono::milliseconds{40};                // as Linux; RFC 9293 asks for less than 0.5 s
}

bool Connection::mayCut(std::uint32_t& size, Instant now) {
    const bool open = m_state == State::established || m_state == State::closeWait;
    if (!open || m_buffer.size() == 0) return false;
    const std::uint64_t edge = m_una + m_peerWindow;
    const std::uint64_t usable = edge > m_next ? edge - m_next : 0;
    const std::uint64_t extra =
        !m_inRecovery && !m_afterTimeout && m_duplicates > 0 && m_duplicates < 3 && !usesRack() ? m_duplicates * std::uint64_t{payloadLimit()} : 0;  // RFC 3042
    const std::uint64_t inFlight = m_sackOn ? pipe() : m_next - m_una;
    if (m_next == m_una && now - m_lastSent > m_rtt.rto() && m_window.idleRestart()) noteWindow(trace::WindowReason::idleRestart);
    size = static_cast<std::uint32_t>(std::min<std::uint64_t>({m_buffer.size(), payloadLimit(), usable}));
    if (size == 0 || inFlight + size > m_window.cwnd() + extra) return false;
    if (size == payloadLimit()) return true;
    const bool last = size == m_buffer.size();
    const bool idle = m_next == m_una;
    if (last && (idle || !m_settings.nagle || m_closing)) return true;  // Nagle (RFC 9293 3.7.4)
    return !last && size >= m_largestWindow / 2;                        // RFC 9293 3.8.6.2.1 (3)
}

void Connection::cut(std::uint32_t size, Instant now) {
    SendBuffer::Piece piece = m_buffer.take(size);
    Sent sent;
    sent.seq = m_next;
    sent.octets = std::move(piece.octets);
    sent.number = ++m_dataSegments;
    sent.content = piece.content;
    sent.mailNumber = piece.content ? ++m_mailSegments : 0;
    sent.lastContent = piece.lastContent;
    sent.push = m_buffer.size() == 0;
    m_next += size;
    if (m_closing && m_buffer.size() == 0) {  // the last octets carry the FIN
        sent.fin = m_finSent = true;
        ++m_next;
        setState(m_state == State::closeWait ? State::lastAck : State::finWait1);
    }
    m_sent.push_back(std::move(sent));
    if (usesRack() && m_timer == Timer::tailProbe) m_timer = Timer::none;  // the probe waits from the last transmission
    transmit(m_sent.back(), std::nullopt, now);
}

void Connection::sendFin(Instant now) {
    setState(m_state == State::closeWait ? State::lastAck : State::finWait1);
    m_finSent = true;
    Sent fin;
    fin.seq = m_next;
    fin.fin = true;
    ++m_next;
    m_sent.push_back(std::move(fin));
    transmit(m_sent.back(), std::nullopt, now);
}

bool Connection::sendLost(Instant now) {
    if (m_lostOctets == m_againOctets) return false;
    for (Sent& sent : m_sent) {
        if (!sent.lost || sent.retransmitting) continue;
        const bool first = &sent == &m_sent.front();  // goes out whatever the window says: it is what the loss signal was about
        const std::uint64_t inFlight = m_sackOn || m_afterTimeout ? pipe() : m_againOctets;
        const bool room = inFlight == 0 || inFlight + sent.octets.size() <= m_window.cwnd();
        if (!room && !(first && sent.transmissions == 1 && m_inRecovery)) return false;
        transmitAgain(sent, sent.lostBy, now);
        return true;
    }
    return false;
}

void Connection::output(Instant now) {
    while (!gone() && sendLost(now)) {}
    std::uint32_t size = 0;
    while (!gone() && mayCut(size, now)) cut(size, now);
    const bool mayFinish = m_state == State::established || m_state == State::closeWait || m_state == State::synReceived;
    if (m_closing && !m_finSent && mayFinish && m_state != State::synReceived && m_buffer.size() == 0) sendFin(now);
    if (m_buffer.size() > 0 && m_sent.empty() && m_timer == Timer::none && (m_state == State::established || m_state == State::closeWait)) {  // shut out by the window
        m_timer = Timer::persist;
        m_timerSince = now;
        m_timerAt = now + std::min<Duration>(m_rtt.rto() * (std::int64_t{1} << std::min(m_persistCount, 7u)), std::chrono::seconds{60});
    }
}

void Connection::probeWindow(Instant now) {  // RFC 9293 3.8.6.1
    m_output.note(m_id, trace::TimerExpired{.waited = now - m_timerSince, .connection = {}, .backoff = m_persistCount, .side = m_side, .timer = trace::TcpTimer::persist});
    ++m_persistCount;
    const std::uint64_t edge = m_una + m_peerWindow;
    const std::uint64_t usable = edge > m_next ? edge - m_next : 0;
    if (usable > 0 && m_buffer.size() > 0) {  // a small window that stayed small (override timeout of RFC 9293 3.8.6.2.1)
        cut(static_cast<std::uint32_t>(std::min<std::uint64_t>({usable, m_buffer.size(), payloadLimit()})), now);
        return;
    }
    Outgoing probe;  // an old sequence number makes the peer answer with its window, and takes no octet
    probe.socket = m_id;
    probe.local = m_endpoints.local;
    probe.remote = m_endpoints.remote;
    probe.header = header(m_next - 1, now);
    probe.fateNumber = std::uint64_t{3} << 61 | m_next << 10 | m_persistCount;
    probe.facts.sequence = static_cast<std::uint32_t>(m_next - 1);
    probe.facts.acknowledgment = static_cast<std::uint32_t>(m_received);
    probe.facts.side = m_side;
    probe.facts.flags = 16;
    ++m_segments;
    m_output.transmit(probe);
    output(now);
}

// One timer for what is outstanding: a tail probe first where RACK-TLP is on and nothing is lost (RFC 8985 7.2), otherwise the RTO.
void Connection::armRetransmission(Instant now) {
    if (m_sent.empty()) {
        m_timer = Timer::none;
        m_timerAt = kNever;
        return;
    }
    m_timerSince = now;
    m_timer = Timer::retransmission;
    m_timerAt = now + m_rtt.rto();
    const bool steady = m_state != State::synSent && m_state != State::synReceived && !m_inRecovery && !m_afterTimeout && m_lostOctets == 0;
    if (!usesRack() || !steady || m_probeOut || m_sackedOctets > 0) return;
    Duration wait = m_rtt.hasSample() ? 2 * m_rtt.smoothed() : Duration{std::chrono::seconds{1}};
    if (m_sent.size() == 1) wait += std::chrono::milliseconds{200};  // the peer may delay its ACK
    m_timer = Timer::tailProbe;
    m_timerAt = std::min(now + wait, m_timerAt);  // never later than the RTO would come
}

}  // namespace mailtrek::transport

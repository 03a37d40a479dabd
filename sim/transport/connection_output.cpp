// SPDX-License-Identifier: GPL-3.0-or-later
// Which segment goes out when: lost ones first, then new data as the windows, Nagle and the silly-window rule allow (RFC 9293 3.7.4, 3.8.6).
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {
// RFC 9293 3.8.6.2.1 and Nagle in Minshall's form (A.3): one segment at a time that is not full.
bool Connection::worthSending(std::uint32_t size) const {
    if (size == payloadLimit()) return true;
    const bool last = size == m_buffer.size();
    if (last && m_closing) return true;
    if (m_corked) return false;
    if (last) return !m_settings.nagle || m_smallEnd <= m_una;
    return size >= m_largestWindow / 2;
}

bool Connection::mayCut(std::uint32_t& size, Instant now) {
    if (m_buffer.size() == 0 || (m_state != State::established && m_state != State::closeWait)) return false;
    const std::uint64_t edge = m_una + m_peerWindow;
    const std::uint64_t usable = edge > m_next ? edge - m_next : 0;
    if (m_next == m_una && now - m_lastSent > m_rtt.rto() && m_window.idleRestart()) noteWindow(Window::idleRestart);
    const bool limitedTransmit = !m_sackOn && m_phase == Phase::open && m_duplicates > 0 && m_duplicates < 3;  // RFC 3042; with SACK the scoreboard lets them go
    const std::uint64_t extra = limitedTransmit ? m_duplicates * std::uint64_t{payloadLimit()} : 0;
    size = static_cast<std::uint32_t>(std::min<std::uint64_t>({m_buffer.size(), payloadLimit(), usable}));
    return size > 0 && inFlight() + size <= m_window.cwnd() + extra && worthSending(size);
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
    if (size < payloadLimit()) m_smallEnd = m_next;
    if (m_closing && m_buffer.size() == 0 && !m_finSent) {  // the last octets carry the FIN
        sent.fin = m_finSent = true;
        ++m_next;
        setState(m_state == State::closeWait ? State::lastAck : State::finWait1);
    }
    m_sent.push_back(std::move(sent));
    if (m_timer == Timer::tailProbe) m_timer = Timer::none;  // the probe waits from the last transmission
    if (m_phase == Phase::recovery) m_prrOut += m_sent.back().length();
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
    if (m_lostOctets <= m_againOctets) return false;
    for (Sent& sent : m_sent) {
        if (!sent.lost || sent.retransmitting) continue;
        const bool first = &sent == &m_sent.front();  // goes out whatever the window says: it is what the loss signal was about
        const std::uint64_t out = m_sackOn || m_phase == Phase::loss ? pipe() : m_againOctets;
        const bool room = out == 0 || out + sent.octets.size() <= m_window.cwnd();
        if (!room && !(first && sent.transmissions == 1 && m_phase == Phase::recovery && !m_sackOn)) return false;
        transmitAgain(sent, sent.lostBy, now);
        return true;
    }
    return false;
}

// Rules 3 and 4 of NextSeg (RFC 6675 4): nothing is lost for certain and nothing is new, but answers must keep coming.
bool Connection::sendRescue(Instant now) {
    if (!m_sackOn || usesRack() || m_phase != Phase::recovery || pipe() + payloadLimit() > m_window.cwnd()) return false;
    Sent* last = nullptr;
    for (Sent& sent : m_sent) {
        if (sent.sacked) continue;
        const bool hole = sent.end() <= m_rackFack && sent.transmissions == 1 && !sent.lost;
        if (hole) {
            transmitAgain(sent, Reason::sackHole, now);
            return true;
        }
        last = &sent;
    }
    if (last == nullptr || m_rescued > 0 || last->sentAt + m_rtt.smoothed() > now) return false;  // one per recovery, and not while its ACK may still be on the way
    m_rescued = m_recover;
    transmitAgain(*last, Reason::rescue, now);
    return true;
}

void Connection::output(Instant now) {
    while (!gone() && sendLost(now)) {}
    std::uint32_t size = 0;
    while (!gone() && mayCut(size, now)) cut(size, now);
    if (gone()) return;
    while (m_phase == Phase::recovery && sendRescue(now)) {}
    const bool mayFinish = m_state == State::established || m_state == State::closeWait || m_state == State::synReceived;
    if (m_closing && !m_finSent && mayFinish && m_buffer.size() == 0) sendFin(now);
    const std::uint64_t out = inFlight();
    m_window.onSent(m_next - m_una, out + payloadLimit() > m_window.cwnd(), m_una, m_next);
    armPersist(now);
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
    if (!probesTail()) return;
    m_timer = Timer::tailProbe;
    m_timerAt = std::min(now + probeTimeout(), m_timerAt);  // never later than the RTO would come
}

}  // namespace mailtrek::transport

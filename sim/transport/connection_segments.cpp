// SPDX-License-Identifier: GPL-3.0-or-later
// Segments as they are made: headers, options, acknowledgments, challenges, resets.
#include <algorithm>

#include "sim/transport/connection.h"

namespace mailtrek::transport {
namespace {

constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16, kEce = 64, kCwr = 128;

std::uint8_t bits(const wire::TcpFlags& f) {
    return static_cast<std::uint8_t>((f.fin ? kFin : 0) | (f.syn ? kSyn : 0) | (f.rst ? kRst : 0) | (f.psh ? kPsh : 0) | (f.ack ? kAck : 0) | (f.ece ? kEce : 0) |
                                     (f.cwr ? kCwr : 0));
}

}  // namespace

wire::TcpHeader Connection::header(std::uint64_t seq, Instant now) {
    wire::TcpHeader h;
    h.sourcePort = m_endpoints.localPort;
    h.destinationPort = m_endpoints.remotePort;
    h.sequence = m_isn + static_cast<std::uint32_t>(seq);
    const bool ack = m_state != State::synSent;
    h.flags.ack = ack;
    h.flags.ece = m_echo && m_open;
    h.acknowledgment = ack ? m_peerIsn + static_cast<std::uint32_t>(m_received) : 0;
    h.window = static_cast<std::uint16_t>(std::min<std::uint32_t>(advertise(), 0xffff));
    if (ack) m_ackedTo = m_received;
    if (m_timestampsOn || (m_state == State::synSent && m_settings.timestamps)) h.options.timestamps = wire::TcpTimestamps{stampAt(now), ack ? m_tsRecent : 0};
    return h;
}

Outgoing Connection::outgoing(std::uint64_t seq, Instant now) {
    Outgoing out;
    out.socket = m_id;
    out.local = m_endpoints.local;
    out.remote = m_endpoints.remote;
    out.header = header(seq, now);
    out.facts.sequence = static_cast<std::uint32_t>(seq);
    out.facts.acknowledgment = out.header.flags.ack ? static_cast<std::uint32_t>(m_received) : 0;
    out.facts.side = m_side;
    return out;
}

void Connection::transmit(Sent& sent, std::optional<Reason> reason, Instant now) {
    Outgoing out = outgoing(sent.seq, now);
    wire::TcpFlags& flags = out.header.flags;
    flags.syn = sent.syn;
    flags.fin = sent.fin;
    flags.psh = sent.push;
    if (sent.syn) {
        const bool first = m_state == State::synSent;
        out.header.options.mss = static_cast<std::uint16_t>(m_settings.mss > 0 ? std::min(m_settings.mss, m_localMss) : m_localMss);
        out.header.options.sackPermitted = first ? m_settings.sack : m_sackOn;
        if (first ? m_settings.windowScaling : m_scalingOn) out.header.options.windowScale = m_ourShift;
        flags.ece = first ? m_settings.ecn && sent.transmissions == 1 : m_ecnOn;  // asked again, without: something may swallow such a SYN (RFC 3168 6.1.1.1)
        flags.cwr = first && flags.ece;
    } else if (m_sackOn && sent.octets.size() < payloadLimit()) {
        addSack(out.header.options, payloadLimit() - sent.octets.size());
    }
    if (m_ecnOn && !sent.octets.empty() && !reason) {  // never on what is sent again (RFC 3168 6.1.5)
        out.ecn = wire::Ecn::capable0;
        flags.cwr = m_cwrDue;
        m_cwrDue = false;
    }
    out.payload = sent.octets;
    out.reason = reason;
    out.mailSegment = sent.mailNumber;
    out.lastContent = sent.lastContent;
    out.fateNumber = sent.syn ? 0 : sent.seq;
    out.facts.number = sent.number;
    out.facts.length = static_cast<std::uint16_t>(sent.octets.size());
    out.facts.transmission = sent.transmissions;
    out.facts.flags = bits(flags);
    out.facts.mailContent = sent.content;
    sent.sentAt = now;
    ++m_segments;
    if (reason) ++m_retransmits;
    m_lastSent = now;
    if (flags.ack) m_ackAt = kNever;  // it carries the acknowledgment
    if (m_timer != Timer::retransmission && m_timer != Timer::tailProbe) armRetransmission(now);
    if (m_settings.userTimeout > Duration::zero() && m_giveUpAt == kNever && m_open) startPatience(now);
    m_output.transmit(out);
}

void Connection::transmitAgain(Sent& sent, Reason reason, Instant now) {
    ++sent.transmissions;
    if (!sent.retransmitting) {
        sent.retransmitting = true;
        m_againOctets += sent.length();
    }
    if (m_phase == Phase::recovery) m_prrOut += sent.length();
    if (m_undo.armed && m_phase != Phase::open) {
        if (m_undo.again++ == 0) {
            m_undo.stamp = stampAt(now);
            m_undo.echoed = m_timestampsOn;
        }
    }
    if (&sent == &m_sent.front() || m_timer == Timer::tailProbe) m_timer = Timer::none;  // the timer is that of the oldest segment (RFC 6298 5)
    transmit(sent, reason, now);
}

// Blocks as `room` octets of options allow: the duplicate first, then what came last (RFC 2018 4, RFC 2883 4).
void Connection::addSack(wire::TcpOptions& options, std::uint32_t room) {
    if (!m_duplicateRange && m_reassembly.empty() && !(m_finAt && m_received < *m_finAt)) return;
    const std::size_t most = std::min<std::size_t>(m_timestampsOn ? 3 : 4, room < 12 ? 0 : (room - 4) / 8);
    if (most == 0) return;
    std::vector<Reassembly::Range> blocks;
    if (m_duplicateRange) blocks.push_back(*m_duplicateRange);
    for (const Reassembly::Range& range : m_reassembly.ranges(m_newestOutOfOrder, most)) blocks.push_back(range);
    if (m_finAt && m_received < *m_finAt) {  // a FIN that came before what it closes takes a place of its own
        const auto joined = std::ranges::find(blocks, *m_finAt, &Reassembly::Range::second);
        if (joined != blocks.end())
            ++joined->second;
        else
            blocks.emplace_back(*m_finAt, *m_finAt + 1);
    }
    m_duplicateRange.reset();
    for (const Reassembly::Range& block : blocks) {
        if (options.sackCount == most) break;
        options.sack[options.sackCount++] = {m_peerIsn + static_cast<std::uint32_t>(block.first), m_peerIsn + static_cast<std::uint32_t>(block.second)};
    }
}

void Connection::sendAck(Instant now) {
    if (m_state == State::closed || m_state == State::synSent || m_state == State::listen) return;
    Outgoing out = outgoing(m_next, now);
    if (m_sackOn) addSack(out.header.options, 40);
    m_ackNumber = m_lastAckPlace == m_received ? m_ackNumber + 1 : 0;
    m_lastAckPlace = m_received;
    out.fateNumber = std::uint64_t{1} << 63 | m_received << 12 | (m_ackNumber & 0xfff);
    out.facts.flags = bits(out.header.flags);
    m_ackAt = kNever;
    ++m_segments;
    m_output.transmit(out);
}

// An acknowledgment for something suspicious. At most 10 in 5 seconds, so that nobody makes us shout (RFC 5961 7).
void Connection::sendChallenge(Instant now) {
    constexpr std::uint32_t kMost = 10;
    if (now - m_challengeSince >= std::chrono::seconds{5} || m_challenges == 0) {
        m_challengeSince = now;
        m_challenges = 0;
    }
    if (m_challenges++ < kMost) sendAck(now);
}

// An acknowledgment with a sequence number of choice and no octet: it makes the peer answer.
void Connection::sendBare(std::uint64_t seq, std::uint64_t fate, Instant now) {
    Outgoing out = outgoing(seq, now);
    out.fateNumber = fate;
    out.facts.flags = bits(out.header.flags);
    ++m_segments;
    m_output.transmit(out);
}

void Connection::sendReset(Instant now) {
    Outgoing out = outgoing(m_next, now);
    out.header.flags.rst = true;
    out.header.flags.ece = false;
    out.fateNumber = std::uint64_t{1} << 62 | m_next;
    out.facts.flags = bits(out.header.flags);
    ++m_segments;
    m_output.transmit(out);
}

void Connection::refuse(std::uint64_t seq, Instant now) {
    Outgoing out = outgoing(seq, now);
    out.header.flags = {.rst = true};
    out.header.acknowledgment = 0;
    out.header.window = 0;
    out.header.options = {};
    out.fateNumber = std::uint64_t{1} << 62 | seq;
    out.facts.acknowledgment = 0;
    out.facts.flags = kRst;
    ++m_segments;
    m_output.transmit(out);
}

}  // namespace mailtrek::transport

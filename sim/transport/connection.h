// SPDX-License-Identifier: GPL-3.0-or-later
// One end of a TCP connection, RFC 9293. Places in the two streams are relative and in 64 bits: the SYN is 0, the first octet of data 1; the wire's 32 bits
// appear only where a header is made or read. A segment once cut stays as it is: sent again, it keeps its number.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "sim/trace/payload.h"
#include "sim/transport/congestion.h"
#include "sim/transport/reassembly.h"
#include "sim/transport/rtt_estimator.h"
#include "sim/transport/send_buffer.h"
#include "sim/transport/tcp_output.h"
#include "sim/transport/tcp_settings.h"
#include "sim/wire/packet.h"

namespace mailtrek::transport {

struct Endpoints {
    wire::Ipv4Address local;
    wire::Ipv4Address remote;
    std::uint16_t localPort = 0;
    std::uint16_t remotePort = 0;
    friend auto operator<=>(const Endpoints&, const Endpoints&) = default;
};

struct TcpInfo {
    trace::TcpState state{};
    std::uint32_t cwnd = 0;
    std::uint32_t ssthresh = 0;
    std::uint64_t flight = 0;
    std::uint32_t segments = 0;
    std::uint32_t retransmits = 0;
    std::uint32_t timeouts = 0;
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t received = 0;  // octets of data in order
    Duration srtt{};
    Duration rttvar{};
    Duration rto{};
    std::uint32_t mss = 0;
};

class Connection {
public:
    Connection(SocketId id, const Endpoints& endpoints, trace::Side side, std::uint32_t isn, std::uint32_t localMss, const TcpSettings& settings, TcpOutput& output);

    // --- the user's calls ---
    void connect(Instant now);
    void write(Slice octets, bool content, bool lastContent, Instant now);
    std::string read(Instant now);
    void close(Instant now);
    void abort(Instant now);
    void forget() { vanish(trace::CloseReason::closed); }  // ends TIME-WAIT

    // --- inputs ---
    void onSyn(const wire::TcpHeader& syn, PacketId packet, Instant now);  // to a listener: becomes SYN-RECEIVED
    void onSegment(const wire::TcpHeader& header, const Slice& payload, PacketId packet, Instant now);
    void onTimer(Instant now);
    // ICMP: hard errors end a connection that is being opened; others are remembered (RFC 1122 4.2.3.9).
    void onUnreachable(bool hard, Instant now);
    // Several things may be sent after one input: true when data wait that the windows may let out.
    Instant nextDeadline() const;

    // --- questions ---
    SocketId id() const { return m_id; }
    const Endpoints& endpoints() const { return m_endpoints; }
    trace::TcpState state() const { return m_state; }
    trace::Side side() const { return m_side; }
    bool gone() const { return m_state == trace::TcpState::closed; }
    TcpInfo info() const;
    std::uint64_t unsent() const { return m_buffer.size(); }

private:
    using State = trace::TcpState;
    using Reason = trace::RetransmitReason;

    struct Sent {
        std::uint64_t seq = 0;
        Slice octets;
        Instant sentAt;  // last time
        std::uint32_t number = 0;
        std::uint32_t mailNumber = 0;
        std::uint16_t transmissions = 1;
        bool syn = false, fin = false, push = false;
        bool content = false, lastContent = false;
        bool sacked = false, lost = false, retransmitting = false;  // the last: sent again and neither acknowledged nor lost again
        Reason lostBy = Reason::timeout;
        std::uint32_t length() const { return octets.size() + (syn ? 1u : 0) + (fin ? 1u : 0); }
        std::uint64_t end() const { return seq + length(); }
    };

    // --- connection_state.cpp ---
    void setState(State to);
    void finish(trace::CloseReason reason);  // tells the user, once
    void vanish(trace::CloseReason reason);  // and the connection is gone
    void negotiate(const wire::TcpHeader& syn, Instant now);
    void enterTimeWait(Instant now);
    // --- connection_input.cpp ---
    std::uint64_t placeOf(std::uint32_t sequence, std::uint32_t isn, std::uint64_t near) const;
    void inSynSent(const wire::TcpHeader& header, const Slice& payload, PacketId packet, Instant now);
    bool acceptable(std::uint64_t seq, std::uint64_t length) const;
    bool checkReset(const wire::TcpHeader& header, std::uint64_t seq, Instant now);
    bool processAck(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, std::uint32_t length, Instant now);
    void afterAck(Instant now);
    void processData(const wire::TcpHeader& header, std::uint64_t seq, const Slice& payload, Instant now);
    void processFin(Instant now);
    std::uint64_t broughtInOrder(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, const Slice& payload) const;
    trace::Arrival arrivalOf(std::uint64_t seq, std::uint64_t length) const;
    void noteReceived(PacketId packet, std::uint64_t ack, std::uint32_t length, trace::Arrival arrival, bool duplicate);
    // --- connection_loss.cpp ---
    bool isDuplicateAck(const wire::TcpHeader& header, std::uint64_t ack, std::uint32_t length, std::uint32_t window) const;
    void acknowledge(std::uint64_t ack, const wire::TcpHeader& header, Instant now);
    void measureRtt(Duration sample);
    bool applySack(const wire::TcpHeader& header, std::uint64_t ack, Instant now);
    void detectLosses(std::uint64_t newlyAcked, bool duplicate, bool newlySacked, Instant now);
    void detectByRack(Instant now);
    void detectBySackCount();
    void onDuplicateAck(Instant now);
    void onPartialAck(std::uint64_t newlyAcked, Instant now);
    void enterRecovery(Instant now);
    void leaveRecovery(Instant now);
    void markLost(Sent& sent, Reason reason);
    void onRetransmissionTimeout(Instant now);
    void onTailProbe(Instant now);
    bool usesRack() const { return m_sackOn && m_settings.lossDetection == LossDetection::rack; }
    std::uint64_t pipe() const;
    void noteWindow(trace::WindowReason reason);
    // --- connection_output.cpp ---
    void output(Instant now);
    bool sendLost(Instant now);
    bool mayCut(std::uint32_t& size, Instant now);
    void cut(std::uint32_t size, Instant now);
    void sendFin(Instant now);
    void transmit(Sent& sent, std::optional<Reason> reason, Instant now);
    void transmitAgain(Sent& sent, Reason reason, Instant now);
    void sendAck(Instant now);
    void sendReset(Instant now);
    void refuse(std::uint64_t ack, Instant now);  // in SYN-SENT
    void transmitReset(Outgoing& out, std::uint64_t seq);
    void reportFin(std::vector<Reassembly::Range>& blocks) const;
    wire::TcpHeader header(std::uint64_t seq, Instant now);
    std::uint32_t advertise();
    void delayAck(bool atOnce, std::uint32_t length, Instant now);
    void armRetransmission(Instant now);
    void probeWindow(Instant now);
    std::uint32_t payloadLimit() const { return m_mss - (m_timestampsOn ? 12 : 0); }

    SocketId m_id;
    Endpoints m_endpoints;
    trace::Side m_side;
    TcpSettings m_settings;
    TcpOutput& m_output;
    State m_state = State::closed;
    bool m_told = false;  // the user knows that it is over
    bool m_softError = false;
    bool m_passive = false;

    // sending
    std::uint32_t m_isn;
    std::uint64_t m_una = 0, m_next = 0;
    std::uint64_t m_peerWindow = 0;  // octets, scaled
    std::uint64_t m_largestWindow = 0;
    std::uint64_t m_wl1 = 0, m_wl2 = 0;
    std::uint32_t m_localMss;
    std::uint32_t m_mss = 536;
    std::uint8_t m_peerShift = 0, m_ourShift = 0;
    bool m_sackOn = false, m_timestampsOn = false, m_scalingOn = false;
    SendBuffer m_buffer;
    bool m_closing = false, m_finSent = false;
    std::deque<Sent> m_sent;
    std::uint32_t m_dataSegments = 0, m_mailSegments = 0;
    std::uint64_t m_sackedOctets = 0, m_lostOctets = 0, m_againOctets = 0;
    std::uint32_t m_segments = 0, m_retransmits = 0, m_timeouts = 0;
    Instant m_lastSent = kStart;
    std::uint64_t m_ackNumber = 0;  // nth pure ACK of the same acknowledgment
    std::uint64_t m_lastAckPlace = ~std::uint64_t{0};

    // congestion and loss
    CongestionWindow m_window;
    RttEstimator m_rtt;
    std::uint32_t m_duplicates = 0;
    bool m_inRecovery = false, m_afterTimeout = false;
    std::uint64_t m_recover = 0;
    Instant m_rackSentAt = kStart;
    std::uint64_t m_rackEnd = 0;
    Duration m_rackRtt{};
    bool m_reorderingSeen = false;
    std::uint64_t m_highestSacked = 0;
    bool m_probeOut = false;
    std::uint64_t m_probeEnd = 0;
    bool m_synLost = false;

    // timers
    enum class Timer : std::uint8_t { none, retransmission, tailProbe, persist };
    Timer m_timer = Timer::none;
    Instant m_timerAt = kNever, m_timerSince = kStart;
    Instant m_ackAt = kNever, m_reorderAt = kNever, m_lingerAt = kNever, m_connectAt = kNever, m_giveUpAt = kNever;
    std::uint32_t m_persistCount = 0;

    // receiving
    std::uint32_t m_peerIsn = 0;
    std::uint64_t m_received = 0;  // next place expected
    std::uint64_t m_edge = 0;      // right edge of the window last advertised
    std::optional<std::uint64_t> m_finAt;
    Reassembly m_reassembly;
    std::string m_ready;                 // in order, not yet read
    std::uint32_t m_unacknowledged = 0;  // full segments since the last ACK
    std::uint64_t m_newestOutOfOrder = 0;
    std::optional<Reassembly::Range> m_duplicateRange;  // DSACK
    std::uint32_t m_tsRecent = 0;
};

}  // namespace mailtrek::transport

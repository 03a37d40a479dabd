// SPDX-License-Identifier: GPL-3.0-or-later
// One end of a TCP connection, RFC 9293. Places in the two streams are relative and in 64 bits: the SYN is 0, the first octet of data 1; the wire's 32 bits
// appear only where a header is made or read. A segment once cut stays as it is: sent again, it keeps its number (only a smaller path MTU cuts it anew).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/payload.h"
#include "sim/transport/congestion_window.h"
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
    std::uint64_t pipe = 0;  // octets thought to be in the network (RFC 6675 4)
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
    std::uint32_t payloadLimit = 0;  // octets that one segment of ours carries
    std::uint32_t receiveMss = 0;    // the most that one of the peer's carried
    bool inRecovery = false;
    std::uint32_t unacked = 0, sacked = 0, lost = 0, again = 0;  // segments outstanding, and of these: SACKed, thought lost, sent again
};

class Connection {
public:
    Connection(SocketId id, const Endpoints& endpoints, trace::Side side, std::uint32_t isn, std::uint32_t localMss, const TcpSettings& settings, TcpOutput& output);

    // --- the user's calls (connection_user.cpp) ---
    void connect(Instant now);
    void write(Slice octets, bool content, bool lastContent, Instant now);
    std::string read(std::size_t most, Instant now);
    void shutdownWrite(Instant now);  // half close: a FIN follows what was written
    void shutdownRead() { m_readShut = true; }
    void close(Instant now);  // both: what still comes is answered with a reset
    void abort(Instant now);
    void forget() { vanish(trace::CloseReason::closed); }     // ends TIME-WAIT
    void lose() { vanish(trace::CloseReason::networkLost); }  // its address is gone: nothing can be said any more
    void setNodelay(bool on, Instant now);
    void setCork(bool on, Instant now);  // no small segments until it is pulled out
    void setUserTimeout(Duration after, Instant now);
    void setSendBuffer(std::uint32_t octets) { m_settings.sendBuffer = octets; }
    void setMaxSegment(std::uint32_t octets) { m_settings.mss = octets; }  // before the handshake
    std::string takeRest();                                                // what nobody has read yet

    // --- inputs ---
    void onSyn(const wire::TcpHeader& syn, PacketId packet, Instant now);  // to a listener: becomes SYN-RECEIVED
    // `marked`: IP says that a router met congestion.
    void onSegment(const wire::TcpHeader& header, const Slice& payload, PacketId packet, bool marked, Instant now);
    void onTimer(Instant now);
    // ICMP: hard errors end a connection that is being opened; others are remembered (RFC 1122 4.2.3.9, RFC 5927 5.2).
    void onUnreachable(bool hard, Instant now);
    // The way to the peer takes segments of at most `mss` octets from now on. Lower than before: what is outstanding and too big goes again at once (RFC 1191 6.4).
    void setPathMss(std::uint32_t mss, Instant now);
    Instant nextDeadline() const;

    // --- questions ---
    SocketId id() const { return m_id; }
    const Endpoints& endpoints() const { return m_endpoints; }
    trace::TcpState state() const { return m_state; }
    trace::Side side() const { return m_side; }
    bool passive() const { return m_passive; }
    bool usesSack() const { return m_sackOn; }
    bool gone() const { return m_state == trace::TcpState::closed; }
    TcpInfo info() const;
    bool hasOutstanding(std::uint32_t sequence) const;  // as on the wire
    std::uint64_t unsent() const { return m_buffer.size(); }
    std::size_t readableOctets() const { return m_ready.size(); }
    bool atEnd() const { return m_readShut || (m_finAt && m_received > *m_finAt); }  // nothing comes after what is readable
    bool writeShut() const { return m_closing; }
    std::uint64_t writeSpace() const;
    bool renewedBy(const wire::TcpHeader& syn) const;  // TIME-WAIT may end for this SYN (RFC 9293 3.10.7.4, RFC 6191)

private:
    using State = trace::TcpState;
    using Reason = trace::RetransmitReason;
    using Window = trace::WindowReason;

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
    struct Delivered {                         // what one ACK told
        std::uint64_t acked = 0;               // octets by which the acknowledgment advanced
        std::uint64_t octets = 0;              // newly known to have arrived, by acknowledgment or SACK (DeliveredData of RFC 6937)
        bool sacked = false;                   // something new was SACKed
        bool duplicate = false;                // RFC 5681 2
        bool again = false;                    // some of it had been sent more than once
        std::optional<Duration> rtt, sackRtt;  // of the oldest segment sent only once
        std::optional<std::uint64_t> dsack;    // right edge of the range that came twice
        bool any() const { return octets > 0 || acked > 0; }
    };
    enum class Phase : std::uint8_t { open, recovery, loss };  // `loss`: after a timeout, until all sent before it is acknowledged

    // --- connection_state.cpp ---
    void setState(State to);
    void finish(trace::CloseReason reason);  // tells the user, once
    void vanish(trace::CloseReason reason);  // and the connection is gone
    void negotiate(const wire::TcpHeader& syn);
    void opened(bool measured, Instant now);
    void enterTimeWait(Instant now);
    void enterFinWait2(Instant now);
    // --- connection_input.cpp ---
    std::uint64_t placeOf(std::uint32_t sequence, std::uint32_t isn, std::uint64_t near) const;
    void inSynSent(const wire::TcpHeader& header, const Slice& payload, PacketId packet, Instant now);
    bool acceptable(const wire::TcpHeader& header, std::uint64_t seq, std::uint32_t payload) const;
    bool oldTimestamp(const wire::TcpHeader& header, Instant now) const;
    void unacceptable(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, std::uint32_t payload, Instant now);
    bool checkReset(const wire::TcpHeader& header, std::uint64_t seq, Instant now);
    bool checkAck(const wire::TcpHeader& header, std::uint64_t ack, Instant now);
    void noteReceived(PacketId packet, const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, const Slice& payload, Instant now);
    std::uint64_t broughtInOrder(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, std::uint32_t payload) const;
    trace::Arrival arrivalOf(std::uint64_t seq, std::uint64_t length) const;
    // --- connection_data.cpp ---
    bool receives() const { return m_state == State::established || m_state == State::finWait1 || m_state == State::finWait2; }
    void processData(const wire::TcpHeader& header, std::uint64_t seq, const Slice& payload, Instant now);
    void processFin(Instant now);
    void delayAck(bool atOnce, Instant now);
    std::uint32_t advertise();
    // --- connection_ack.cpp ---
    bool isDuplicateAck(const wire::TcpHeader& header, std::uint64_t ack, std::uint32_t length) const;
    void processAck(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack, std::uint32_t length, Instant now);
    void updateWindow(const wire::TcpHeader& header, std::uint64_t seq, std::uint64_t ack);
    void acknowledge(std::uint64_t ack, const wire::TcpHeader& header, Delivered& delivered, Instant now);
    void applySack(const wire::TcpHeader& header, std::uint64_t ack, Delivered& delivered, Instant now);
    void deliverSacked(Sent& sent, const wire::TcpHeader& header, Delivered& delivered, Instant now);
    void measureRtt(Duration sample);
    void afterAck(Instant now);
    void leaveNetwork(Sent& sent);
    void trimFront(std::uint64_t ack);
    bool onEchoedCongestion(bool echo);
    // --- connection_recovery.cpp ---
    void detectLosses(const wire::TcpHeader& header, const Delivered& delivered, bool grows, Instant now);
    bool detectBySackCount();
    bool onDuplicateAck();
    void onPartialAck(std::uint64_t newlyAcked);
    void enterRecovery();
    void leaveRecovery();
    void proportionalRate(const Delivered& delivered, bool first, bool newlyLost);
    void repair(const Delivered& delivered, bool lost);
    void grow(std::uint64_t octets, Instant now);
    void markLost(Sent& sent, Reason reason);
    void onRetransmissionTimeout(Instant now);
    void rememberForUndo();
    bool undoIfSpurious(const wire::TcpHeader& header, const Delivered& delivered);
    std::uint64_t pipe() const { return m_next - m_una - m_sackedOctets - m_lostOctets + m_againOctets; }  // RFC 6675 4
    void noteWindow(Window reason);
    // --- connection_rack.cpp ---
    bool usesRack() const { return m_sackOn && m_settings.lossDetection == LossDetection::rack; }
    void rackDelivered(const Sent& sent, const wire::TcpHeader& header, Instant now);
    void rackSawDsack();
    Duration reorderingWindow() const;
    bool detectByRack(Instant now);
    bool probesTail() const;
    Duration probeTimeout() const;
    void onTailProbe(Instant now);
    void tailProbeAnswered(const Delivered& delivered);
    // --- connection_output.cpp ---
    void output(Instant now);
    bool sendLost(Instant now);
    bool sendRescue(Instant now);
    std::uint64_t inFlight() const { return m_sackOn || m_phase == Phase::loss ? pipe() : m_next - m_una; }
    bool mayCut(std::uint32_t& size, Instant now);
    bool worthSending(std::uint32_t size) const;
    void cut(std::uint32_t size, Instant now);
    void sendFin(Instant now);
    void noteUse();
    void armRetransmission(Instant now);
    // --- connection_segments.cpp ---
    wire::TcpHeader header(std::uint64_t seq, Instant now);
    std::uint32_t stampAt(Instant t) const { return m_isn / 7 + static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count()); }
    Outgoing outgoing(std::uint64_t seq, Instant now);
    void transmit(Sent& sent, std::optional<Reason> reason, Instant now);
    void transmitAgain(Sent& sent, Reason reason, Instant now);
    void addSack(wire::TcpOptions& options, std::uint32_t room);
    void sendAck(Instant now);
    void sendChallenge(Instant now);
    void sendReset(Instant now);
    void refuse(std::uint64_t seq, Instant now);  // a reset with this sequence number and nothing else
    void sendBare(std::uint64_t seq, std::uint64_t fate, Instant now);
    std::uint32_t payloadLimit() const { return m_mss - (m_timestampsOn ? 12 : 0); }
    // --- connection_probe.cpp ---
    void probeWindow(Instant now);
    void armPersist(Instant now);
    void keepAlive(Instant now);
    void heardFromPeer(Instant now);
    std::uint64_t receivedOctets() const { return m_received == 0 ? 0 : m_received - 1 - (m_finAt && m_received > *m_finAt ? 1 : 0); }
    // --- connection_timers.cpp ---
    void expired(trace::TcpTimer timer, Duration waited, std::uint32_t backoff);
    void startPatience(Instant now);  // for how long data may stay unacknowledged
    bool overNow(Instant now);

    SocketId m_id;
    Endpoints m_endpoints;
    trace::Side m_side;
    TcpSettings m_settings;
    TcpOutput& m_output;
    State m_state = State::closed;
    bool m_told = false;  // the user knows that it is over
    bool m_softError = false;
    bool m_passive = false;
    bool m_open = false;                          // the handshake is complete
    bool m_readShut = false, m_userGone = false;  // shutdown of reading; close
    bool m_corked = false;

    // sending
    std::uint32_t m_isn;
    std::uint64_t m_una = 0, m_next = 0;
    std::uint64_t m_peerWindow = 0;  // octets, scaled
    std::uint64_t m_largestWindow = 0;
    std::uint64_t m_wl1 = 0, m_wl2 = 0;
    std::uint32_t m_localMss;
    std::uint32_t m_mss = 536;
    std::uint32_t m_fullMss = 0;  // before a path MTU lowered it; 0: none did
    std::uint8_t m_peerShift = 0, m_ourShift = 0;
    bool m_sackOn = false, m_timestampsOn = false, m_scalingOn = false;
    SendBuffer m_buffer;
    bool m_closing = false, m_finSent = false;
    std::deque<Sent> m_sent;
    std::uint32_t m_dataSegments = 0, m_mailSegments = 0;
    std::uint64_t m_sackedOctets = 0, m_lostOctets = 0, m_againOctets = 0;
    std::uint32_t m_sackedSegments = 0;
    std::uint32_t m_segments = 0, m_retransmits = 0, m_timeouts = 0;
    Instant m_lastSent = kStart;
    std::uint64_t m_smallEnd = 0;   // end of the last segment that was not full (Minshall's Nagle, RFC 9293 A.3)
    std::uint64_t m_ackNumber = 0;  // nth pure ACK of the same acknowledgment
    std::uint64_t m_lastAckPlace = ~std::uint64_t{0};

    // congestion and loss
    CongestionWindow m_window;
    RttEstimator m_rtt;
    std::uint32_t m_duplicates = 0;
    Phase m_phase = Phase::open;
    std::uint64_t m_recover = 0;
    std::uint64_t m_rescued = 0;  // RescueRxt of RFC 6675
    std::uint64_t m_prrDelivered = 0, m_prrOut = 0, m_prrFlight = 0;
    struct Undo {
        bool armed = false;
        bool echoed = false;  // `stamp` is of use: timestamps are on
        std::uint32_t cwnd = 0, ssthresh = 0;
        std::uint32_t stamp = 0;         // timestamp of the first retransmission
        std::uint32_t again = 0;         // retransmissions not yet known to have been needless
        std::uint64_t from = 0, to = 0;  // what was outstanding
    } m_undo;
    bool m_synLost = false;
    // RACK-TLP
    Instant m_rackSentAt = kStart;
    std::uint64_t m_rackEnd = 0;
    Duration m_rackRtt{};
    bool m_reorderingSeen = false;
    std::uint64_t m_rackFack = 0;
    std::uint32_t m_reoMultiplier = 1, m_reoPersist = 16;
    std::optional<std::uint64_t> m_dsackRound;
    bool m_probeOut = false, m_probeIsAgain = false;
    std::uint64_t m_probeEnd = 0;
    // ECN
    bool m_ecnOn = false, m_echo = false, m_cwrDue = false;
    std::uint64_t m_ecnRecover = 0;

    // timers
    enum class Timer : std::uint8_t { none, retransmission, tailProbe, persist };
    Timer m_timer = Timer::none;
    Instant m_timerAt = kNever, m_timerSince = kStart;
    Instant m_ackAt = kNever, m_reorderAt = kNever, m_lingerAt = kNever, m_connectAt = kNever, m_giveUpAt = kNever, m_keepAt = kNever;
    Instant m_impatientSince = kStart;
    std::uint32_t m_persistCount = 0, m_keepCount = 0;
    Instant m_challengeSince = kStart;
    std::uint32_t m_challenges = 0;

    // receiving
    std::uint32_t m_peerIsn = 0;
    std::uint64_t m_received = 0;  // next place expected
    std::uint64_t m_edge = 0;      // right edge of the window last advertised
    std::optional<std::uint64_t> m_finAt;
    Reassembly m_reassembly;
    std::string m_ready;               // in order, not yet read
    std::uint64_t m_ackedTo = 0;       // the place that the last ACK told
    std::uint32_t m_receiveMss = 536;  // the most octets that one segment brought
    std::uint64_t m_newestOutOfOrder = 0;
    std::optional<Reassembly::Range> m_duplicateRange;  // DSACK
    std::uint32_t m_tsRecent = 0;
    Instant m_tsRecentAt = kStart;
};

}  // namespace mailtrek::transport

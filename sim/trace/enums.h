// SPDX-License-Identifier: GPL-3.0-or-later
// The closed sets that events speak of. Names in kebab-case (`name(...)`) are part of the output contract.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailtrek::trace {

enum class DropReason : std::uint8_t {
    queueFull,
    red,
    codel,  // early, by the queue
    noise,
    burst,
    rule,
    linkDown,
    nodeDown,
    removed,  // on a link; `removed`: by a timeline entry
    ipChecksum,
    ttlExpired,
    noRoute,
    tooBig,
    notForUs,  // in a router or host
    tcpChecksum,
    udpChecksum,
    icmpChecksum,
    malformed,
    portClosed,
    reassembly,  // in a host
    unresolved,
    arpQueue,       // in a host or router, before a frame: nobody answers ARP, or too many packets wait for the answer
    frameChecksum,  // of Ethernet: in whoever receives the frame
    filtered        // a frame: in a station that it is not meant for, or in a switch when its destination is where it came from or no port is open
};
enum class LinkChange : std::uint8_t { cut, restored };
enum class NodeChange : std::uint8_t { stopped, started, offline, online };
enum class TcpState : std::uint8_t { closed, listen, synSent, synReceived, established, finWait1, finWait2, closeWait, closing, lastAck, timeWait };
enum class RetransmitReason : std::uint8_t { timeout, thirdDuplicateAck, sackHole, partialAck, rack, tailLossProbe, synTimeout, finTimeout, rescue, pathMtu, simultaneousOpen };
enum class WindowReason : std::uint8_t { opened, slowStart, congestionAvoidance, fastRetransmit, recovery, recoveryExit, timeout, idleRestart, ecn, spuriousUndo };
enum class TcpTimer : std::uint8_t { retransmission, tailLossProbe, persist, delayedAck, reordering, timeWait, keepAlive, user, connect, finWait };
enum class Arrival : std::uint8_t { inOrder, outOfOrder, duplicate, outsideWindow, acknowledgment, oldTimestamp };
enum class CloseReason : std::uint8_t { closed, resetByPeer, resetByUs, refused, timedOut, unreachable, hostCrashed, networkLost };
enum class DnsType : std::uint16_t { a = 1, ns = 2, cname = 5, soa = 6, ptr = 12, mx = 15, txt = 16, aaaa = 28, opt = 41 };
enum class DnsReason : std::uint8_t {
    asked,          // a program of this node wants to know
    onBehalf,       // another host asked this resolver
    referral,       // a server named others that know more
    alias,          // the name was an alias (CNAME): on with the true one
    serverAddress,  // of a name server that is to be asked next
    timedOut,       // no answer: again, or another server
    serverFailed,   // the server before answered with an error, or nobody was there
    lame,           // the server before does not serve the zone it was named for
    withoutEdns,    // the server does not understand EDNS (RFC 6891 7)
    truncated       // the answer did not fit: over TCP
};
enum class DnsFlaw : std::uint8_t { wrongId, wrongSender, wrongQuestion, unreadable, error, lame, outOfZone, nobodyThere, noTcp };  // why an answer is not used
enum class DialogueProtocol : std::uint8_t { smtp, submission, imap, pop3, http };
enum class Stage : std::uint8_t { submission, relay, local };  // how a letter reached a server
enum class NoticeKind : std::uint8_t { failed, delayed, relayed, delivered };
enum class MailFate : std::uint8_t { refused, queued, bounced, delivered, read, discarded };
enum class FailureKind : std::uint8_t {
    connectRefused,
    connectTimedOut,
    unreachable,
    connectionLost,
    transientReply,
    permanentReply,
    dnsFailed,
    noSuchDomain,
    nullMx,
    tooManyHops,
    expired,
    noMx
};
enum class ReadAction : std::uint8_t { read, print, remove };
enum class KnownAs : std::uint8_t { unread, read, gone };                                    // a letter on the server, as far as a device knows
enum class RouteSource : std::uint8_t { connected, configured, linkState, distanceVector };  // in the order of preference; configured: by hand, "static"
enum class AdjacencyState : std::uint8_t { down, init, exStart, exchange, loading, full };   // RFC 2328 10.1; without broadcast networks nobody stays in 2-Way
enum class AdjacencyReason : std::uint8_t { start, hello, oneWay, twoWay, negotiated, described, synchronised, silence, carrier, mismatch, stopped };
enum class LsaChange : std::uint8_t { originated, installed, flushed };
enum class LsaReason : std::uint8_t { start, adjacency, interface, refresh, sequenceFound, received, aged };
enum class UpdateReason : std::uint8_t { flood, retransmission, requested, olderSeen, request, periodic, triggered };

std::string_view name(DropReason);
std::string_view name(LinkChange);
std::string_view name(NodeChange);
std::string_view name(TcpState);
std::string_view name(RetransmitReason);
std::string_view name(WindowReason);
std::string_view name(TcpTimer);
std::string_view name(Arrival);
std::string_view name(CloseReason);
std::string_view name(DnsType);
std::string_view name(DnsReason);
std::string_view name(DnsFlaw);
std::string_view name(DialogueProtocol);
std::string_view name(Stage);
std::string_view name(NoticeKind);
std::string_view name(MailFate);
std::string_view name(FailureKind);
std::string_view name(ReadAction);
std::string_view name(KnownAs);
std::string_view name(RouteSource);
std::string_view name(AdjacencyState);
std::string_view name(AdjacencyReason);
std::string_view name(LsaChange);
std::string_view name(LsaReason);
std::string_view name(UpdateReason);

}  // namespace mailtrek::trace

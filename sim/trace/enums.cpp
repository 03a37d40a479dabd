// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/trace/enums.h"

namespace mailtrek::trace {

std::string_view name(DropReason value) {
    switch (value) {
        case DropReason::queueFull: return "queue-full";
        case DropReason::red: return "red";
        case DropReason::codel: return "codel";
        case DropReason::noise: return "noise";
        case DropReason::burst: return "burst";
        case DropReason::rule: return "rule";
        case DropReason::linkDown: return "link-down";
        case DropReason::nodeDown: return "node-down";
        case DropReason::removed: return "removed";
        case DropReason::ipChecksum: return "ip-checksum";
        case DropReason::ttlExpired: return "ttl-expired";
        case DropReason::noRoute: return "no-route";
        case DropReason::tooBig: return "too-big";
        case DropReason::notForUs: return "not-for-us";
        case DropReason::tcpChecksum: return "tcp-checksum";
        case DropReason::udpChecksum: return "udp-checksum";
        case DropReason::icmpChecksum: return "icmp-checksum";
        case DropReason::unresolved: return "unresolved";
        case DropReason::arpQueue: return "arp-queue-full";
        case DropReason::frameChecksum: return "frame-checksum";
        case DropReason::filtered: return "filtered";
        case DropReason::malformed: return "malformed";
        case DropReason::portClosed: return "port-closed";
        case DropReason::reassembly: return "reassembly";
    }
    return "?";
}

std::string_view name(LinkChange value) {
    switch (value) {
        case LinkChange::cut: return "cut";
        case LinkChange::restored: return "restored";
    }
    return "?";
}

std::string_view name(NodeChange value) {
    switch (value) {
        case NodeChange::stopped: return "stopped";
        case NodeChange::started: return "started";
        case NodeChange::offline: return "offline";
        case NodeChange::online: return "online";
    }
    return "?";
}

std::string_view name(TcpState value) {
    switch (value) {
        case TcpState::closed: return "closed";
        case TcpState::listen: return "listen";
        case TcpState::synSent: return "syn-sent";
        case TcpState::synReceived: return "syn-received";
        case TcpState::established: return "established";
        case TcpState::finWait1: return "fin-wait1";
        case TcpState::finWait2: return "fin-wait2";
        case TcpState::closeWait: return "close-wait";
        case TcpState::closing: return "closing";
        case TcpState::lastAck: return "last-ack";
        case TcpState::timeWait: return "time-wait";
    }
    return "?";
}

std::string_view name(RetransmitReason value) {
    switch (value) {
        case RetransmitReason::timeout: return "timeout";
        case RetransmitReason::thirdDuplicateAck: return "third-duplicate-ack";
        case RetransmitReason::sackHole: return "sack-hole";
        case RetransmitReason::partialAck: return "partial-ack";
        case RetransmitReason::rack: return "rack";
        case RetransmitReason::tailLossProbe: return "tail-loss-probe";
        case RetransmitReason::synTimeout: return "syn-timeout";
        case RetransmitReason::finTimeout: return "fin-timeout";
        case RetransmitReason::rescue: return "rescue";
        case RetransmitReason::pathMtu: return "path-mtu";
        case RetransmitReason::simultaneousOpen: return "simultaneous-open";
    }
    return "?";
}

std::string_view name(WindowReason value) {
    switch (value) {
        case WindowReason::opened: return "opened";
        case WindowReason::slowStart: return "slow-start";
        case WindowReason::congestionAvoidance: return "congestion-avoidance";
        case WindowReason::fastRetransmit: return "fast-retransmit";
        case WindowReason::recovery: return "recovery";
        case WindowReason::recoveryExit: return "recovery-exit";
        case WindowReason::timeout: return "timeout";
        case WindowReason::idleRestart: return "idle-restart";
        case WindowReason::ecn: return "ecn";
        case WindowReason::spuriousUndo: return "spurious-undo";
    }
    return "?";
}

std::string_view name(TcpTimer value) {
    switch (value) {
        case TcpTimer::retransmission: return "retransmission";
        case TcpTimer::tailLossProbe: return "tail-loss-probe";
        case TcpTimer::persist: return "persist";
        case TcpTimer::delayedAck: return "delayed-ack";
        case TcpTimer::reordering: return "reordering";
        case TcpTimer::timeWait: return "time-wait";
        case TcpTimer::keepAlive: return "keep-alive";
        case TcpTimer::user: return "user";
        case TcpTimer::connect: return "connect";
        case TcpTimer::finWait: return "fin-wait";
    }
    return "?";
}

std::string_view name(Arrival value) {
    switch (value) {
        case Arrival::inOrder: return "in-order";
        case Arrival::outOfOrder: return "out-of-order";
        case Arrival::duplicate: return "duplicate";
        case Arrival::outsideWindow: return "outside-window";
        case Arrival::acknowledgment: return "acknowledgment";
        case Arrival::oldTimestamp: return "old-timestamp";
    }
    return "?";
}

std::string_view name(CloseReason value) {
    switch (value) {
        case CloseReason::closed: return "closed";
        case CloseReason::resetByPeer: return "reset-by-peer";
        case CloseReason::resetByUs: return "reset-by-us";
        case CloseReason::refused: return "refused";
        case CloseReason::timedOut: return "timed-out";
        case CloseReason::unreachable: return "unreachable";
        case CloseReason::hostCrashed: return "host-crashed";
        case CloseReason::networkLost: return "network-lost";
    }
    return "?";
}

std::string_view name(DnsType value) {
    switch (value) {
        case DnsType::a: return "A";
        case DnsType::ns: return "NS";
        case DnsType::cname: return "CNAME";
        case DnsType::soa: return "SOA";
        case DnsType::ptr: return "PTR";
        case DnsType::mx: return "MX";
        case DnsType::txt: return "TXT";
        case DnsType::aaaa: return "AAAA";
        case DnsType::opt: return "OPT";
    }
    return "TYPE?";  // any 16-bit value may stand in a message (RFC 3597)
}

std::string_view name(DnsReason value) {
    switch (value) {
        case DnsReason::asked: return "asked";
        case DnsReason::onBehalf: return "on-behalf";
        case DnsReason::referral: return "referral";
        case DnsReason::alias: return "alias";
        case DnsReason::serverAddress: return "server-address";
        case DnsReason::timedOut: return "timed-out";
        case DnsReason::serverFailed: return "server-failed";
        case DnsReason::lame: return "lame";
        case DnsReason::withoutEdns: return "without-edns";
        case DnsReason::truncated: return "truncated";
    }
    return "?";
}

std::string_view name(DnsFlaw value) {
    switch (value) {
        case DnsFlaw::wrongId: return "wrong-id";
        case DnsFlaw::wrongSender: return "wrong-sender";
        case DnsFlaw::wrongQuestion: return "wrong-question";
        case DnsFlaw::unreadable: return "unreadable";
        case DnsFlaw::error: return "error";
        case DnsFlaw::lame: return "lame";
        case DnsFlaw::outOfZone: return "out-of-zone";
        case DnsFlaw::nobodyThere: return "nobody-there";
        case DnsFlaw::noTcp: return "no-tcp";
    }
    return "?";
}

std::string_view name(DialogueProtocol value) {
    switch (value) {
        case DialogueProtocol::smtp: return "smtp";
        case DialogueProtocol::submission: return "submission";
        case DialogueProtocol::imap: return "imap";
        case DialogueProtocol::pop3: return "pop3";
        case DialogueProtocol::http: return "http";
    }
    return "?";
}

std::string_view name(Stage value) {
    switch (value) {
        case Stage::submission: return "submission";
        case Stage::relay: return "relay";
        case Stage::local: return "local";
    }
    return "?";
}

std::string_view name(NoticeKind value) {
    switch (value) {
        case NoticeKind::failed: return "failed";
        case NoticeKind::delayed: return "delayed";
        case NoticeKind::relayed: return "relayed";
        case NoticeKind::delivered: return "delivered";
    }
    return "?";
}

std::string_view name(MailFate value) {
    switch (value) {
        case MailFate::refused: return "refused";
        case MailFate::queued: return "queued";
        case MailFate::bounced: return "bounced";
        case MailFate::delivered: return "delivered";
        case MailFate::read: return "read";
        case MailFate::discarded: return "discarded";
    }
    return "?";
}

std::string_view name(FailureKind value) {
    switch (value) {
        case FailureKind::connectRefused: return "connect-refused";
        case FailureKind::connectTimedOut: return "connect-timed-out";
        case FailureKind::unreachable: return "unreachable";
        case FailureKind::connectionLost: return "connection-lost";
        case FailureKind::transientReply: return "transient-reply";
        case FailureKind::permanentReply: return "permanent-reply";
        case FailureKind::dnsFailed: return "dns-failed";
        case FailureKind::noSuchDomain: return "no-such-domain";
        case FailureKind::nullMx: return "null-mx";
        case FailureKind::tooManyHops: return "too-many-hops";
        case FailureKind::expired: return "expired";
        case FailureKind::noMx: return "no-mx";
    }
    return "?";
}

std::string_view name(ReadAction value) {
    switch (value) {
        case ReadAction::read: return "read";
        case ReadAction::print: return "print";
        case ReadAction::remove: return "remove";
    }
    return "?";
}

std::string_view name(KnownAs value) {
    switch (value) {
        case KnownAs::unread: return "unread";
        case KnownAs::read: return "read";
        case KnownAs::gone: return "gone";
    }
    return "?";
}

std::string_view name(RouteSource value) {
    switch (value) {
        case RouteSource::connected: return "connected";
        case RouteSource::configured: return "static";
        case RouteSource::linkState: return "link-state";
        case RouteSource::distanceVector: return "distance-vector";
    }
    return "?";
}

std::string_view name(AdjacencyState value) {
    switch (value) {
        case AdjacencyState::down: return "down";
        case AdjacencyState::init: return "init";
        case AdjacencyState::exStart: return "ex-start";
        case AdjacencyState::exchange: return "exchange";
        case AdjacencyState::loading: return "loading";
        case AdjacencyState::full: return "full";
    }
    return "?";
}

std::string_view name(AdjacencyReason value) {
    switch (value) {
        case AdjacencyReason::start: return "start";
        case AdjacencyReason::hello: return "hello";
        case AdjacencyReason::oneWay: return "one-way";
        case AdjacencyReason::twoWay: return "two-way";
        case AdjacencyReason::negotiated: return "negotiated";
        case AdjacencyReason::described: return "described";
        case AdjacencyReason::synchronised: return "synchronised";
        case AdjacencyReason::silence: return "silence";
        case AdjacencyReason::carrier: return "carrier";
        case AdjacencyReason::mismatch: return "mismatch";
        case AdjacencyReason::stopped: return "stopped";
    }
    return "?";
}

std::string_view name(LsaChange value) {
    switch (value) {
        case LsaChange::originated: return "originated";
        case LsaChange::installed: return "installed";
        case LsaChange::flushed: return "flushed";
    }
    return "?";
}

std::string_view name(LsaReason value) {
    switch (value) {
        case LsaReason::start: return "start";
        case LsaReason::adjacency: return "adjacency";
        case LsaReason::interface: return "interface";
        case LsaReason::refresh: return "refresh";
        case LsaReason::sequenceFound: return "sequence-found";
        case LsaReason::received: return "received";
        case LsaReason::aged: return "aged";
    }
    return "?";
}

std::string_view name(UpdateReason value) {
    switch (value) {
        case UpdateReason::flood: return "flood";
        case UpdateReason::retransmission: return "retransmission";
        case UpdateReason::requested: return "requested";
        case UpdateReason::olderSeen: return "older-seen";
        case UpdateReason::request: return "request";
        case UpdateReason::periodic: return "periodic";
        case UpdateReason::triggered: return "triggered";
    }
    return "?";
}

}  // namespace mailtrek::trace

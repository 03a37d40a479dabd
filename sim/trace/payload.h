// SPDX-License-Identifier: GPL-3.0-or-later
// What can happen, as plain structs of 32 octets or less. Events hold facts, never sentences; texts and octets are ids into the
// store. `fields(f)` calls f("field-name", value) for each field: the trace hash, JSON lines and CSV are made from it, so that a
// field cannot be forgotten in one of them. A new kind of event = a struct here, a line in Payload, a fold in view, a level in journey, a sentence.
#pragma once

#include <variant>

#include "sim/trace/payload_dialogue.h"
#include "sim/trace/payload_ethernet.h"
#include "sim/trace/payload_icmp.h"
#include "sim/trace/payload_mail.h"
#include "sim/trace/payload_network.h"
#include "sim/trace/payload_policy.h"
#include "sim/trace/payload_tcp.h"
#include "sim/trace/payload_tls.h"
#include "sim/trace/payload_web.h"

namespace mailtrek::trace {

using Payload = std::variant<PacketSent, PacketReplanned, PacketDelivered, PacketDropped, PacketCorrupted, PacketDuplicated, LinkChanged, LinkConfigured, NodeChanged, RouteChanged,
                             AdjacencyChanged, LsaChanged, RoutingUpdateSent, TimelineApplied, ConnectionOpened, TcpStateChanged, SegmentSent, SegmentRetransmitted,
                             SegmentReceived, WindowChanged, RttMeasured, TimerExpired, ConnectionEnded, DnsQuery, DnsAnswer, DnsReferral, DnsRejected, DnsTimedOut, SmtpCommand,
                             SmtpReply, SmtpContent, AccessCommand, AccessReply, MailComposed, MailAccepted, MailQueued, MailDequeued, AttemptStarted, AttemptFailed,
                             RecipientRefused, MailStored, MailboxFull, MailboxOpened, MailboxRemoved, MailboxAdded, FlagsChanged, MailRead, MailFetched, NoticeIssued,
                             MailDiscarded, SenderChecked, PolicyApplied, DeviceWaits, PacketFragmented, PacketReassembled, PacketMarked, IcmpReceived, PathMtuChanged, ProbeSent,
                             ProbeAnswered, ProbeLost, ProbeEnded, RunEnded, ArpAsked, ArpAnswered, ArpLearned, ArpFailed, PacketWaits, StationLearned, FrameFlooded, PortChanged,
                             TlsStarted, TlsRecord, TlsSecured, TlsFailed, TapHeard, PacketAltered, PageOpened, MailKnown, DeviceMoved>;

}  // namespace mailtrek::trace

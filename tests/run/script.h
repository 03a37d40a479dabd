// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a recording by hand: norte and sur, one link "backbone", one letter "carta" to two people.
#pragma once

#include <chrono>
#include <string>

#include "sim/trace/recording.h"

namespace mailtrek::run::test {

using namespace std::chrono_literals;

inline constexpr NodeId kPc{0}, kNorte{1}, kSur{2};
inline constexpr LinkId kAccess{0}, kBackbone{1};
inline constexpr MailId kCarta{0}, kOtra{1};
inline constexpr ConnectionId kSubmission{0}, kRelay{1};

struct Script {
    trace::Recording recording;
    Instant now = kStart;
    NodeId node = kNorte;
    MailId mail = kCarta;

    Script() {
        trace::Cast& cast = recording.mutableCast();
        cast.title = {"The letter", "La carta"};
        cast.seed = 7;
        for (const char* name : {"ana-pc", "norte", "sur"}) {
            trace::CastNode castNode;
            castNode.name = name;
            cast.nodes.push_back(castNode);
        }
        for (const char* name : {"ana-pc-norte", "backbone"}) {
            trace::CastLink castLink;
            castLink.name = name;
            cast.links.push_back(castLink);
        }
        cast.mails = {"carta", "otra"};
    }

    Script& at(Duration t) {
        now = kStart + t;
        return *this;
    }
    Script& on(NodeId where) {
        node = where;
        return *this;
    }
    Script& of(MailId letter) {
        mail = letter;
        return *this;
    }
    trace::EventId add(const trace::Payload& payload, trace::EventId cause = {}) {
        recording.append({.cause = cause, .at = now, .node = node, .mail = mail, .payload = payload});
        return {recording.size() - 1};
    }

    TextId text(std::string_view words) { return recording.mutableStore().addText(words); }
    PacketId packet(ConnectionId connection) { return recording.mutableStore().addPacket({.packet = {}, .connection = connection, .origin = node}); }
    void opened(ConnectionId id, NodeId client, NodeId server, std::uint16_t port) {
        add(trace::ConnectionOpened{.connection = id, .client = client, .server = server, .clientPort = 40000, .serverPort = port});
    }
    void state(ConnectionId id, trace::Side side, trace::TcpState to) { add(trace::TcpStateChanged{.connection = id, .side = side, .from = trace::TcpState::closed, .to = to}); }
    void sent(ConnectionId id, trace::Side side, std::uint32_t sequence, std::uint16_t length, bool content = false, std::uint8_t flags = 16) {
        add(trace::SegmentSent{{.connection = id, .packet = {}, .sequence = sequence, .length = length, .side = side, .flags = flags, .mailContent = content}});
    }
    void resent(ConnectionId id, trace::RetransmitReason reason, std::uint16_t length = 100) {
        trace::SegmentRetransmitted again;
        again.connection = id;
        again.length = length;
        again.transmission = 2;
        again.reason = reason;
        add(again);
    }
    void received(ConnectionId id, trace::Side side, std::uint64_t inOrder) { add(trace::SegmentReceived{.inOrder = inOrder, .connection = id, .side = side}); }
    void reply(ConnectionId id, std::uint16_t code, trace::DialogueProtocol protocol) { add(trace::SmtpReply{.connection = id, .line = {}, .code = code, .protocol = protocol}); }
    void command(ConnectionId id, std::string_view line, trace::DialogueProtocol protocol) { add(trace::SmtpCommand{.connection = id, .line = text(line), .protocol = protocol}); }
};

}  // namespace mailtrek::run::test

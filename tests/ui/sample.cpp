// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sample.h"

#include <algorithm>
#include <string>
#include <vector>

namespace mailtrek::ui::test {
namespace {

using namespace std::chrono_literals;

enum Node : std::uint32_t { anaPc, norte, r1, r2, r3, r4, r5, sur, luisPc, dns };

NodeId id(Node n) { return NodeId{n}; }

class Maker {
public:
    explicit Maker(Sample& sample) : s(sample), rec(sample.recording) { rec.mutableCast() = baseCast(); }

    TextId text(std::string_view t) { return rec.mutableStore().addText(t); }

    trace::EventId emit(Instant at, Node node, const trace::Payload& payload, bool ofMail = true) {
        const trace::EventId cause = rec.empty() ? trace::EventId{} : trace::EventId{rec.size() - 1};
        rec.append({cause, at, id(node), ofMail ? MailId{0} : MailId{}, payload});
        return {rec.size() - 1};
    }

    PacketId packet(Node from, Node to, std::uint16_t fromPort, std::uint16_t toPort, wire::TcpFlags flags, std::uint32_t seq, std::uint32_t ack, std::string payload,
                    ConnectionId c) {
        wire::Packet p;
        p.ip.source = rec.cast().nodes[from].addresses.front();
        p.ip.destination = rec.cast().nodes[to].addresses.front();
        p.ip.protocol = 6;
        wire::TcpHeader tcp;
        tcp.sourcePort = fromPort;
        tcp.destinationPort = toPort;
        tcp.sequence = seq;
        tcp.acknowledgment = ack;
        tcp.flags = flags;
        p.transport = tcp;
        p.payload = Slice::adopt(std::move(payload));
        return rec.mutableStore().addPacket({p, c, id(from)});
    }

    PacketId datagram(Node from, Node to, std::uint16_t fromPort, std::uint16_t toPort) {
        wire::Packet p;
        p.ip.source = rec.cast().nodes[from].addresses.front();
        p.ip.destination = rec.cast().nodes[to].addresses.front();
        p.ip.protocol = 17;
        p.transport = wire::UdpHeader{fromPort, toPort};
        return rec.mutableStore().addPacket({p, {}, id(from)});
    }

    trace::LinkEnd end(Node a, Node b) const {
        const auto& links = rec.cast().links;
        for (std::uint32_t l = 0; l < links.size(); ++l) {
            if (links[l].first == id(a) && links[l].second == id(b)) return trace::LinkEnd::of(LinkId{l}, 0);
            if (links[l].first == id(b) && links[l].second == id(a)) return trace::LinkEnd::of(LinkId{l}, 1);
        }
        return {};
    }

    Sample& s;
    trace::Recording& rec;
};

// Events of a tree of causes in flight, sorted by time at the end: the maker queues them, then pours them out.
struct Planned {
    Instant at;
    Node node;
    trace::Payload payload;
    std::uint64_t Sample::*mark = nullptr;
};

class Plan {
public:
    explicit Plan(Maker& maker) : m(maker) {}

    void add(Instant at, Node node, const trace::Payload& payload, std::uint64_t Sample::*mark = nullptr) { m_events.push_back({at, node, payload, mark}); }

    // Sends a packet along nodes; 4 ms per hop (the r1-r2 link 20 ms). Returns the arrival. Lost on the hop `lostAt` when it is >= 0.
    Instant carry(Instant at, PacketId p, const std::vector<Node>& way, std::uint16_t size, int lostAt = -1) {
        std::uint8_t ttl = 64;
        for (std::size_t i = 0; i + 1 < way.size(); ++i) {
            const trace::LinkEnd via = m.end(way[i], way[i + 1]);
            const bool backbone = (way[i] == r1 && way[i + 1] == r2) || (way[i] == r2 && way[i + 1] == r1);
            const Instant arrival = at + (backbone ? Duration(20ms) : Duration(4ms));
            add(at, way[i], trace::PacketSent{at, arrival, p, via, size, ttl, false});
            if (static_cast<int>(i) == lostAt) {
                add(arrival, way[i], trace::PacketDropped{p, via, size, trace::DropReason::rule, true, true}, &Sample::lost);
                return arrival;
            }
            add(arrival, way[i + 1], trace::PacketDelivered{p, via, size});
            at = arrival;
            --ttl;
        }
        return at;
    }

    void pour() {
        std::stable_sort(m_events.begin(), m_events.end(), [](const Planned& a, const Planned& b) { return a.at < b.at; });
        for (const Planned& e : m_events) {
            const trace::EventId id = m.emit(e.at, e.node, e.payload);
            if (e.mark) m.s.*e.mark = id.value + 1;
        }
        m_events.clear();
    }

private:
    Maker& m;
    std::vector<Planned> m_events;
};

trace::SegmentSent segment(ConnectionId c, PacketId p, trace::Side side, std::uint32_t seq, std::uint32_t ack, std::uint32_t number, std::uint16_t length, std::uint8_t flags,
                           bool content) {
    trace::SegmentSent e;
    e.connection = c;
    e.packet = p;
    e.side = side;
    e.sequence = seq;
    e.acknowledgment = ack;
    e.number = number;
    e.length = length;
    e.flags = flags;
    e.mailContent = content;
    return e;
}

trace::SegmentReceived received(ConnectionId c, PacketId p, trace::Side side, std::uint32_t ack, std::uint16_t length, bool duplicate) {
    trace::SegmentReceived e;
    e.connection = c;
    e.packet = p;
    e.side = side;
    e.acknowledgment = ack;
    e.length = length;
    e.arrival = length > 0 ? trace::Arrival::inOrder : trace::Arrival::acknowledgment;
    e.duplicateAck = duplicate;
    return e;
}

const std::vector<Node> kOut{norte, r1, r2, r5, sur};
const std::vector<Node> kBack{sur, r5, r2, r1, norte};
constexpr ConnectionId kSubmission{0}, kRelay{1};
constexpr wire::TcpFlags kSyn{false, true, false, false, false, false, false, false}, kAck{false, false, false, false, true, false, false, false};

void submission(Maker& m, Plan& plan) {
    trace::MailComposed composed;
    composed.from = m.text("ana@norte.example");
    composed.to = m.text("luis@sur.example");
    composed.subject = m.text("Hola");
    composed.message = m.rec.mutableStore().addMessage(Slice::adopt("Subject: Hola\r\n\r\nQue tal?\r\n"));
    composed.size = 27;
    composed.recipients = 1;
    plan.add(Instant(1ms), anaPc, composed, &Sample::composed);
    plan.add(Instant(2ms), anaPc, trace::ConnectionOpened{kSubmission, id(anaPc), id(norte), 40000, 587});
    const PacketId syn = m.packet(anaPc, norte, 40000, 587, kSyn, 0, 0, {}, kSubmission);
    plan.add(Instant(2ms), anaPc, segment(kSubmission, syn, trace::Side::client, 0, 0, 0, 0, 2, false));
    plan.add(plan.carry(Instant(2ms), syn, {anaPc, norte}, 40), norte, received(kSubmission, syn, trace::Side::server, 0, 0, false));
    plan.add(Instant(12ms), anaPc, trace::SmtpContent{kSubmission, composed.message, 30, trace::DialogueProtocol::submission});
    const PacketId data = m.packet(anaPc, norte, 40000, 587, kAck, 1, 1, "Subject: Hola\r\n\r\nQue tal?\r\n.\r\n", kSubmission);
    plan.add(Instant(12ms), anaPc, segment(kSubmission, data, trace::Side::client, 1, 1, 1, 30, 16, true));
    plan.add(plan.carry(Instant(12ms), data, {anaPc, norte}, 70), norte, received(kSubmission, data, trace::Side::server, 1, 30, false));
    trace::MailAccepted accepted;
    accepted.connection = kSubmission;
    accepted.from = id(anaPc);
    accepted.message = composed.message;
    accepted.hops = 1;
    accepted.recipients = 1;
    accepted.stage = trace::Stage::submission;
    plan.add(Instant(18ms), norte, accepted, &Sample::submitted);
    trace::MailQueued queued;
    queued.recipient = m.text("luis@sur.example");
    queued.message = composed.message;
    queued.nextTry = Instant(18ms);
    plan.add(Instant(18ms), norte, queued);
}

void lookUp(Maker& m, Plan& plan) {
    const PacketId ask = m.datagram(norte, dns, 5000, 53);
    trace::DnsQuery query;
    query.name = m.text("sur.example");
    query.server = id(dns);
    query.packet = ask;
    query.type = trace::DnsType::mx;
    plan.add(Instant(20ms), norte, query, &Sample::asked);
    const Instant there = plan.carry(Instant(20ms), ask, {norte, r1, dns}, 60);
    const PacketId answer = m.datagram(dns, norte, 53, 5000);
    const Instant back = plan.carry(there, answer, {dns, r1, norte}, 90);
    trace::DnsAnswer told;
    told.name = query.name;
    told.records = m.text("10 sur.sur.example");
    told.packet = answer;
    told.type = trace::DnsType::mx;
    told.answers = 1;
    plan.add(back, norte, told, &Sample::answered);
}

void line(Maker& m, Plan& plan, Instant at, Node who, std::string_view words, std::uint16_t code) {
    const bool client = who == norte;
    if (client)
        plan.add(at, who, trace::SmtpCommand{kRelay, m.text(words), trace::DialogueProtocol::smtp});
    else
        plan.add(at, who, trace::SmtpReply{kRelay, m.text(words), code, trace::DialogueProtocol::smtp});
}

void relay(Maker& m, Plan& plan) {
    plan.add(Instant(40ms), norte, trace::ConnectionOpened{kRelay, id(norte), id(sur), 40001, 25});
    const PacketId syn = m.packet(norte, sur, 40001, 25, kSyn, 0, 0, {}, kRelay);
    plan.add(Instant(40ms), norte, segment(kRelay, syn, trace::Side::client, 0, 0, 0, 0, 2, false));
    plan.add(plan.carry(Instant(40ms), syn, kOut, 40), sur, received(kRelay, syn, trace::Side::server, 0, 0, false));
    plan.add(Instant(104ms), norte, trace::TcpStateChanged{kRelay, trace::Side::client, trace::TcpState::synSent, trace::TcpState::established}, &Sample::connected);
    line(m, plan, Instant(110ms), sur, "220 sur.sur.example ESMTP", 220);
    line(m, plan, Instant(150ms), norte, "EHLO norte.norte.example", 0);
    line(m, plan, Instant(190ms), sur, "250 sur.sur.example", 250);
    line(m, plan, Instant(230ms), norte, "MAIL FROM:<ana@norte.example>", 0);
    line(m, plan, Instant(270ms), sur, "250 2.1.0 OK", 250);
    line(m, plan, Instant(310ms), norte, "DATA", 0);
    line(m, plan, Instant(350ms), sur, "354 go ahead", 354);
    plan.add(Instant(390ms), norte, trace::SmtpContent{kRelay, MessageId{0}, 35040, trace::DialogueProtocol::smtp}, &Sample::content);
    for (std::uint32_t n = 1; n <= 24; ++n) {
        const Instant at = Instant(390ms) + n * Duration(1500us);
        const PacketId p = m.packet(norte, sur, 40001, 25, kAck, 1 + (n - 1) * 1460, 1, std::string(1460, 'x'), kRelay);
        plan.add(at, norte, segment(kRelay, p, trace::Side::client, 1 + (n - 1) * 1460, 1, n, 1460, 16, true));
        const Instant there = plan.carry(at, p, kOut, 1500, n == 20 ? 1 : -1);
        if (n == 20) continue;
        plan.add(there, sur, received(kRelay, p, trace::Side::server, 1, 1460, false));
        const std::uint32_t ack = 1 + (n < 20 ? n : 19) * 1460;
        const PacketId a = m.packet(sur, norte, 25, 40001, kAck, 1, ack, {}, kRelay);
        plan.add(there, sur, segment(kRelay, a, trace::Side::server, 1, ack, 0, 0, 16, false));
        const Instant back = plan.carry(there, a, kBack, 40);
        plan.add(back, norte, received(kRelay, a, trace::Side::client, ack, 0, n > 20), n == 23 ? &Sample::thirdAck : nullptr);
    }
    const Instant again = Instant(390ms) + 23 * Duration(1500us) + Duration(64ms);
    trace::SegmentRetransmitted resend;
    const PacketId p = m.packet(norte, sur, 40001, 25, kAck, 1 + 19 * 1460, 1, std::string(1460, 'x'), kRelay);
    static_cast<trace::SegmentFacts&>(resend) = segment(kRelay, p, trace::Side::client, 1 + 19 * 1460, 1, 20, 1460, 16, true);
    resend.transmission = 2;
    resend.reason = trace::RetransmitReason::thirdDuplicateAck;
    plan.add(again, norte, resend, &Sample::resent);
    plan.add(plan.carry(again, p, kOut, 1500), sur, received(kRelay, p, trace::Side::server, 1, 1460, false));
}

void keepAndRead(Maker& m, Plan& plan) {
    trace::MailAccepted accepted;
    accepted.connection = kRelay;
    accepted.from = id(norte);
    accepted.message = MessageId{0};
    accepted.hops = 2;
    accepted.recipients = 1;
    accepted.stage = trace::Stage::relay;
    plan.add(Instant(560ms), sur, accepted, &Sample::accepted);
    trace::MailStored stored;
    stored.mailbox = m.text("luis@sur.example");
    stored.message = MessageId{0};
    stored.size = 35040;
    stored.uid = 1;
    stored.hops = 2;
    plan.add(Instant(561ms), sur, stored, &Sample::stored);
    trace::MailDequeued gone;
    gone.recipient = m.text("luis@sur.example");
    plan.add(Instant(592ms), norte, gone);
    trace::MailRead read;
    read.mailbox = stored.mailbox;
    read.uid = 1;
    plan.add(Instant(1800s), luisPc, read, &Sample::read);
    plan.add(Instant(1801s), r2, trace::LinkChanged{LinkId{3}, trace::LinkChange::cut}, &Sample::cut);
    plan.add(Instant(1801s), r2, trace::RunEnded{});
}

}  // namespace

trace::Cast baseCast() {
    trace::Cast cast;
    cast.title = {"Lossy link", "Enlace con pérdidas"};
    cast.about = {"Segment 20 is lost once and sent again.", "El segmento 20 se pierde una vez y se reenvía."};
    const auto node = [&](std::string name, trace::NodeKind kind, std::string user, std::string domain) {
        trace::CastNode n;
        n.name = std::move(name);
        n.kind = kind;
        n.user = std::move(user);
        if (!domain.empty()) n.domains = {std::move(domain)};
        n.addresses = {wire::Ipv4Address{0x0A000001u + static_cast<std::uint32_t>(cast.nodes.size()) * 256}};
        cast.nodes.push_back(n);
    };
    node("ana-pc", trace::NodeKind::pc, "ana@norte.example", "");
    node("norte", trace::NodeKind::mailServer, "", "norte.example");
    for (const char* r : {"r1", "r2", "r3", "r4", "r5"}) node(r, trace::NodeKind::router, "", "");
    node("sur", trace::NodeKind::mailServer, "", "sur.example");
    node("luis-pc", trace::NodeKind::pc, "luis@sur.example", "");
    node("dns", trace::NodeKind::dnsServer, "", "");
    cast.nodes.back().drawnByUs = true;
    const auto link = [&](Node a, Node b, bool lossy) { cast.links.push_back({cast.nodes[a].name + "-" + cast.nodes[b].name, id(a), id(b), 1500, false, lossy}); };
    link(anaPc, norte, false);
    link(norte, r1, false);
    link(r1, r2, true);
    link(r2, r5, false);
    link(r5, sur, false);
    link(sur, luisPc, false);
    link(r1, r3, false);
    link(r3, r4, false);
    link(r4, r5, false);
    link(r1, dns, false);
    cast.mails = {"carta"};
    return cast;
}

Sample makeSample() {
    Sample sample;
    Maker m(sample);
    Plan plan(m);
    trace::MailboxOpened box;
    box.mailbox = m.text("luis@sur.example");
    plan.add(kStart, sur, box);
    for (std::uint32_t l = 0; l < m.rec.cast().links.size(); ++l)
        for (int d = 0; d < 2; ++d)
            plan.add(kStart, static_cast<Node>((d == 0 ? m.rec.cast().links[l].first : m.rec.cast().links[l].second).value),
                     trace::LinkConfigured{BitRate::megabits(10), l == 2 ? Duration(20ms) : Duration(4ms), trace::LinkEnd::of(LinkId{l}, d), {}, 100});
    // Every router reaches both servers over the main road; the road r3-r4 is spare.
    const auto route = [&](Node at, Node to, Node next) {
        trace::RouteChanged r;
        r.destination = {m.rec.cast().nodes[to].addresses.front(), 32};
        r.nextHop = id(next);
        r.via = m.end(at, next);
        plan.add(kStart, at, r);
    };
    route(norte, sur, r1);
    route(norte, dns, r1);
    route(r1, sur, r2);
    route(r2, sur, r5);
    route(r5, sur, sur);
    route(r1, norte, norte);
    route(r2, norte, r1);
    route(r5, norte, r2);
    route(sur, norte, r5);
    route(r1, dns, dns);
    route(dns, norte, r1);
    submission(m, plan);
    lookUp(m, plan);
    relay(m, plan);
    keepAndRead(m, plan);
    plan.pour();
    return sample;
}

}  // namespace mailtrek::ui::test

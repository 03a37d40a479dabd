// SPDX-License-Identifier: GPL-3.0-or-later
// Queues that act before they are full: RED when a packet comes, CoDel when its turn comes; and ECN, which lets them mark instead of drop (RFC 3168).
#include <algorithm>

#include "sim/net/link.h"

namespace mailtrek::net {
namespace {

bool speaksEcn(const Flight& flight) { return flight.packet.ip.ecn != wire::Ecn::notCapable; }

}  // namespace

void Link::mark(int direction, Flight& flight, Instant now) {
    if (flight.packet.ip.ecn == wire::Ecn::congestion) return;  // by a queue before this one
    flight.packet.ip.ecn = wire::Ecn::congestion;
    flight.cause = m_tracer.emit(now, flight.cause, m_config.nodes[direction], flight.mail,
                                 trace::PacketMarked{.packet = flight.id, .via = endId(direction), .queue = m_ends[direction].settings.queue.model});
}

// RED's word about a packet for which there is room. False: it goes on, perhaps marked.
bool Link::refusedEarly(int direction, Flight& flight, Instant now) {
    End& end = m_ends[direction];
    const std::uint64_t waiting = end.red->countsBytes() ? end.travelling.waitingBytes(now) : end.travelling.waitingPackets(now);
    const Duration packetTime = std::max(end.settings.rate.timeFor(Bytes{m_config.mtu}), Duration{1});
    const std::uint64_t idle = now > end.busyUntil ? static_cast<std::uint64_t>((now - end.busyUntil) / packetTime) : 0;
    const std::uint64_t drawn = combine(end.redDice, flight.fate.packetHash);
    switch (end.red->onArrival(waiting, idle, drawn)) {
        case Red::Verdict::take: return false;
        case Red::Verdict::early:
            if (!end.settings.queue.ecn || !speaksEcn(flight)) break;
            mark(direction, flight, now);
            return false;
        case Red::Verdict::full: break;
    }
    drop(direction, flight, trace::DropReason::red, false, now, flight.cause);
    return true;
}

Travel* Link::headOfQueue(End& end) {
    TravelRing& travelling = end.travelling;
    for (end.head = std::max(end.head, travelling.first()); end.head < travelling.last(); ++end.head) {
        Travel* travel = travelling.find(end.head);
        if (travel != nullptr && travel->waits) return travel;
    }
    return nullptr;
}

// Makes sure that the link wakes up when the packet at the head of the queue has its turn.
void Link::awaitTurn(int direction, Instant now) {
    End& end = m_ends[direction];
    const Travel* head = headOfQueue(end);
    if (head == nullptr || (end.turnAt >= now && end.turnAt <= head->start)) return;
    end.turnAt = head->start;
    m_simulator.schedule(end.turnAt, m_component, wakeCode(kTurn, direction));
}

// The line is free for the packet at the head of the queue: CoDel says whether it goes.
void Link::onTurn(int direction, Instant now) {
    End& end = m_ends[direction];
    if (now != end.turnAt) return;  // of an earlier plan
    end.turnAt = kNever;
    const QueueLimit& queue = end.settings.queue;
    bool dropped = false;
    for (Travel* head = headOfQueue(end); head != nullptr && head->start <= now; head = headOfQueue(end)) {
        CoDel::Verdict verdict = CoDel::Verdict::send;
        if (queue.model == trace::QueueModel::codel)
            verdict = end.codel.onHead({now - head->queuedAt, end.travelling.waitingBytes(now), m_config.mtu, queue.ecn && speaksEcn(*head->flight)}, queue.codel, now);
        dropped = verdict == CoDel::Verdict::drop;
        if (!dropped) {
            if (verdict == CoDel::Verdict::mark) mark(direction, *head->flight, now);
            head->waits = false;
            m_simulator.schedule(head->due, m_component, wakeCode(end.head, direction));
            continue;
        }
        const std::uint64_t number = end.head;
        end.busyUntil = head->start;
        end.lastArrival = head->floor;
        const FlightPtr flight = end.travelling.take(number);
        replan(direction, number + 1, now, drop(direction, *flight, trace::DropReason::codel, true, now, flight->cause));  // those behind it move up
    }
    if (dropped) end.codel.onEmpty();
    awaitTurn(direction, now);
}

}  // namespace mailtrek::net

// SPDX-License-Identifier: GPL-3.0-or-later
// What a teacher does to a link: rules, cuts, new settings, this very packet.
#include <algorithm>
#include <limits>

#include "sim/net/link.h"

namespace mailtrek::net {
namespace {

bool has(const LinkRule& rule, std::int64_t number) { return std::ranges::binary_search(rule.numbers, number); }

bool hits(const LinkRule& rule, const Travel& travel) {
    const FateKey& fate = travel.flight->fate;
    if (fate.copy && rule.counts != LinkRule::Counts::packet) return false;  // a copy made on another link is a packet of this one, but no other segment
    switch (rule.counts) {
        case LinkRule::Counts::dataSegment: return fate.firstTransmission && fate.dataSegment != 0 && has(rule, fate.dataSegment);
        case LinkRule::Counts::mailSegment: return fate.firstTransmission && fate.mailSegment != 0 && (has(rule, fate.mailSegment) || (fate.lastContent && has(rule, -1)));
        case LinkRule::Counts::packet: return has(rule, static_cast<std::int64_t>(travel.ordinal));
    }
    return false;
}

bool fits(const Removal& removal, const Travel& travel) {
    const Flight& flight = *travel.flight;
    const FateKey& fate = flight.fate;
    if (flight.background() || (fate.copy && !removal.packet)) return false;
    if (removal.dataSegment && *removal.dataSegment != fate.dataSegment) return false;
    if (removal.mailSegment && *removal.mailSegment != fate.mailSegment && !(*removal.mailSegment == -1 && fate.lastContent)) return false;
    if (removal.packet && *removal.packet != static_cast<std::int64_t>(travel.ordinal)) return false;
    if (removal.transmission && *removal.transmission != fate.transmission) return false;
    return !removal.connection || removal.connection(flight.connection);
}

}  // namespace

std::uint64_t Link::waiting(int direction, Instant now) { return m_ends[direction].travelling.waitingPackets(now); }
std::uint64_t Link::waitingBytes(int direction, Instant now) { return m_ends[direction].travelling.waitingBytes(now); }

void Link::announce(Instant now, trace::EventId cause) {
    for (int direction = 0; direction < 2; ++direction) reportSettings(direction, now, cause);
}

// As LinkConfigured counts it: 0 when the queue is limited in octets only.
static std::uint32_t queuePackets(const LinkSettings& settings) {
    if (settings.queue.packets == QueueLimit::kUnlimited) return 0;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(settings.queue.packets, std::numeric_limits<std::uint32_t>::max()));
}

static std::uint16_t mtuOf(const LinkConfig& config) { return static_cast<std::uint16_t>(std::min<std::uint32_t>(config.mtu, std::numeric_limits<std::uint16_t>::max())); }

trace::EventId Link::reportSettings(int direction, Instant now, trace::EventId cause) {
    const LinkSettings& settings = m_ends[direction].settings;
    return m_tracer.emit(now, cause, m_config.nodes[direction], MailId{},
                         trace::LinkConfigured{.rate = settings.rate,
                                               .delay = settings.delay,
                                               .via = endId(direction),
                                               .loss = settings.bursts ? settings.bursts->mean() : settings.loss,
                                               .queuePackets = queuePackets(settings),
                                               .mtu = mtuOf(m_config),
                                               .queue = settings.queue.model,
                                               .bursty = settings.bursts.has_value()});
}

void Link::applyRules(int direction, Travel& travel) const {
    if (travel.flight->background()) return;
    for (const LinkRule& rule : m_config.rules[direction]) {
        if (!hits(rule, travel)) continue;
        switch (rule.action) {
            case LinkRule::Action::lose:
                travel.lost = travel.scriptedLoss = true;
                travel.reason = trace::DropReason::rule;
                break;
            case LinkRule::Action::corrupt: travel.corrupted = travel.scriptedCorruption = true; break;
        }
    }
}

void Link::applyRemovals(End& end, Travel& travel) {
    const auto it = std::ranges::find_if(end.removals, [&travel](const PendingRemoval& pending) { return fits(pending.removal, travel); });
    if (it == end.removals.end()) return;
    travel.lost = travel.scriptedLoss = true;
    travel.reason = trace::DropReason::removed;
    travel.lossCause = it->cause;
    end.removals.erase(it);
}

trace::EventId Link::cut(Instant now, trace::EventId cause) {
    if (!m_up) return cause;
    m_up = false;
    const trace::EventId event = m_tracer.emit(now, cause, NodeId{}, MailId{}, trace::LinkChanged{.link = m_config.id, .change = trace::LinkChange::cut});
    for (int direction = 0; direction < 2; ++direction) {
        End& end = m_ends[direction];
        while (end.travelling.live() > 0) {
            const FlightPtr flight = end.travelling.take(end.travelling.first());
            drop(direction, *flight, trace::DropReason::linkDown, true, now, event);
        }
        end.busyUntil = end.lastArrival = now;
        end.turnAt = kNever;
    }
    return event;
}

trace::EventId Link::restore(Instant now, trace::EventId cause) {
    if (m_up) return cause;
    m_up = true;
    return m_tracer.emit(now, cause, NodeId{}, MailId{}, trace::LinkChanged{.link = m_config.id, .change = trace::LinkChange::restored});
}

trace::EventId Link::configure(int direction, const LinkSettings& settings, Instant now, trace::EventId cause) {
    End& end = m_ends[direction];
    const std::uint64_t from = end.travelling.firstWaiting(now);
    const bool sameQueue = end.settings.queue == settings.queue;
    end.settings = settings;
    prepare(direction, sameQueue);
    end.head = end.travelling.first();
    const trace::EventId event = reportSettings(direction, now, cause);
    rewind(end, from);
    replan(direction, from, now, event);
    return event;
}

trace::EventId Link::setMtu(std::uint32_t mtu, Instant now, trace::EventId cause) {
    m_config.mtu = mtu;
    for (const int direction : {0, 1}) {
        prepare(direction, true);
        cause = reportSettings(direction, now, cause);
    }
    return cause;
}

// The line as it will be when the packets in front of `firstWaiting` are through. REQUIRES: nothing waits, or the packet with that number is there.
void Link::rewind(End& end, std::uint64_t firstWaiting) {
    if (firstWaiting == end.travelling.last()) return;
    const Travel& first = end.travelling[firstWaiting];
    end.busyUntil = first.start;
    end.lastArrival = first.floor;
}

// Plans the packets from number `from` on anew, in the same order. Old wake-ups find that they are not due.
void Link::replan(int direction, std::uint64_t from, Instant now, trace::EventId cause) {
    End& end = m_ends[direction];
    for (std::uint64_t number = from; number < end.travelling.last(); ++number) {
        Travel* travel = end.travelling.find(number);
        if (travel == nullptr) continue;
        const Instant startBefore = travel->start, arrivalBefore = travel->arrival, dueBefore = travel->waits ? kNever : travel->due;
        plan(end, *travel, now);
        travel->waits = end.settings.queue.model == trace::QueueModel::codel;  // until its turn, which may be now
        if (travel->start != startBefore || travel->arrival != arrivalBefore)
            m_tracer.emit(now, cause, m_config.nodes[direction], travel->flight->mail,
                          trace::PacketReplanned{.start = travel->start, .arrival = travel->arrival, .packet = travel->flight->id, .via = endId(direction)});
        if (!travel->waits && travel->due != dueBefore) m_simulator.schedule(travel->due, m_component, wakeCode(number, direction));
    }
    awaitTurn(direction, now);
}

void Link::remove(int direction, Removal removal, Instant now, trace::EventId cause) {
    End& end = m_ends[direction];
    TravelRing& travelling = end.travelling;
    const std::uint64_t waitingFrom = travelling.firstWaiting(now);
    for (std::uint64_t number = travelling.first(); number < travelling.last(); ++number) {
        const Travel* travel = travelling.find(number);
        if (travel == nullptr || !fits(removal, *travel)) continue;
        if (number >= waitingFrom) rewind(end, waitingFrom);
        const FlightPtr flight = travelling.take(number);
        drop(direction, *flight, trace::DropReason::removed, true, now, cause);
        if (number >= waitingFrom) replan(direction, waitingFrom, now, cause);  // those behind it move up
        return;
    }
    end.removals.push_back({std::move(removal), cause});
}

void Link::dropWaiting(int direction, Instant now, trace::EventId cause) {
    End& end = m_ends[direction];
    const std::uint64_t from = end.travelling.firstWaiting(now), last = end.travelling.last();
    rewind(end, from);
    for (std::uint64_t number = from; number < last; ++number) {
        if (end.travelling.find(number) == nullptr) continue;
        const FlightPtr flight = end.travelling.take(number);
        drop(direction, *flight, trace::DropReason::nodeDown, true, now, cause);
    }
}

trace::LinkView Link::view() const {
    trace::LinkView view;
    view.up = m_up;
    for (std::size_t direction = 0; direction < 2; ++direction) {
        const End& end = m_ends[direction];
        trace::LinkEndView& out = view.ends[direction];
        out.rate = end.settings.rate;
        out.delay = end.settings.delay;
        out.loss = end.settings.bursts ? end.settings.bursts->mean() : end.settings.loss;
        out.queuePackets = queuePackets(end.settings);
        out.mtu = mtuOf(m_config);
        out.queue = end.settings.queue.model;
        out.bursty = end.settings.bursts.has_value();
        for (std::uint64_t number = end.travelling.first(); number < end.travelling.last(); ++number) {
            const Travel& travel = end.travelling[number];
            if (!travel.flight) continue;
            const Flight& flight = *travel.flight;
            out.packets.push_back({.packet = flight.id,
                                   .queuedAt = travel.queuedAt,
                                   .start = travel.start,
                                   .arrival = travel.arrival,
                                   .size = toldSize(flight),
                                   .ttl = flight.packet.ip.ttl,
                                   .congestionMark = flight.packet.ip.ecn == wire::Ecn::congestion});
        }
    }
    return view;
}

}  // namespace mailtrek::net

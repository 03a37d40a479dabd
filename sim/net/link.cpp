// SPDX-License-Identifier: GPL-3.0-or-later
// A packet's way over the link: into the queue, onto the line, and out at the other end or not.
#include "sim/net/link.h"

#include <algorithm>
#include <cassert>

namespace mailtrek::net {
namespace {

// As BitRate::timeFor, in 64 bits: a datagram has less than 2^31 octets.
Duration lineTime(BitRate rate, std::uint32_t size) {
    const std::uint64_t bitNanos = std::uint64_t{size} * 8'000'000'000ull;
    return Duration{static_cast<std::int64_t>((bitNanos + (rate.bitsPerSecond - 1)) / rate.bitsPerSecond)};
}

}  // namespace

Link::Link(LinkConfig config, std::uint64_t seed, Simulator& simulator, trace::Tracer& tracer, FlightPool& pool)
    : m_config(std::move(config)), m_simulator(simulator), m_tracer(tracer), m_pool(pool), m_component(simulator.add(this)) {
    const std::uint64_t nameHash = hashText(m_config.name);
    for (int direction = 0; direction < 2; ++direction) {
        End& end = m_ends[direction];
        end.settings = m_config.settings[direction];
        assert(end.settings.rate.bitsPerSecond > 0);
        for (std::size_t i = 0; i < end.dice.size(); ++i) end.dice[i] = draw(seed, static_cast<Purpose>(i + 1), nameHash, direction);
        for (LinkRule& rule : m_config.rules[direction]) std::ranges::sort(rule.numbers);
        end.redDice = draw(seed, Purpose::redMark, nameHash, direction);
        prepare(direction, false);
    }
}

void Link::prepare(int direction, bool sameQueue) {
    End& end = m_ends[direction];
    end.bursts.reset();
    if (!sameQueue) end.red.reset();
    if (end.settings.bursts) end.bursts.emplace(*end.settings.bursts, lineTime(end.settings.rate, m_config.mtu), end.dice[static_cast<std::size_t>(Purpose::burstState) - 1]);
    if (end.settings.queue.model == trace::QueueModel::red && !end.red) end.red.emplace(end.settings.queue);
}

void Link::send(int direction, FlightPtr flight, Instant now) {
    assert(flight->size > 0 && flight->size <= m_config.mtu);
    End& end = m_ends[direction];
    if (!m_up) return void(drop(direction, *flight, trace::DropReason::linkDown, false, now, flight->cause));
    if (full(end, *flight, now)) return void(drop(direction, *flight, trace::DropReason::queueFull, false, now, flight->cause));
    if (end.red && refusedEarly(direction, *flight, now)) return;
    const bool twice = end.settings.duplicate.perBillion != 0 && happens(die(end, Purpose::duplication, *flight), end.settings.duplicate);
    const Flight& original = *flight;
    const std::uint64_t ordinal = flight->background() ? 0 : ++end.entered;
    enter(direction, std::move(flight), ordinal, now);
    if (twice) duplicate(direction, original, now);
}

// Whether the packet would have to wait and finds no room.
bool Link::full(End& end, const Flight& flight, Instant now) {
    if (end.busyUntil <= now) return false;
    const QueueLimit& limit = end.settings.queue;
    return end.travelling.waitingPackets(now) >= limit.packets || end.travelling.waitingBytes(now) + lineSize(flight) > limit.bytes;
}

void Link::enter(int direction, FlightPtr flight, std::uint64_t ordinal, Instant now) {
    End& end = m_ends[direction];
    const std::uint32_t size = lineSize(*flight);
    Travel& travel = end.travelling.push(std::move(flight), size);
    travel.ordinal = ordinal;
    travel.queuedAt = now;
    if (!m_config.rules[direction].empty()) applyRules(direction, travel);
    if (!end.removals.empty()) applyRemovals(end, travel);
    plan(end, travel, now);
    Flight& packet = *travel.flight;
    const wire::Ipv4Header& ip = packet.packet.ip;
    packet.cause = m_tracer.emit(now, packet.cause, m_config.nodes[direction], packet.mail,
                                 trace::PacketSent{.start = travel.start,
                                                   .arrival = travel.arrival,
                                                   .packet = packet.id,
                                                   .via = endId(direction),
                                                   .size = static_cast<std::uint16_t>(std::min(size, 65535u)),
                                                   .ttl = ip.ttl,
                                                   .congestionMark = ip.ecn == wire::Ecn::congestion,
                                                   .frame = frameOf(packet)});
    travel.waits = end.settings.queue.model == trace::QueueModel::codel && travel.start > now;
    if (travel.waits) return awaitTurn(direction, now);
    if (end.settings.queue.model == trace::QueueModel::codel) end.codel.onHead({}, end.settings.queue.codel, now);  // did not wait
    m_simulator.schedule(travel.due, m_component, wakeCode(end.travelling.last() - 1, direction));
}

// The copy goes right behind the original and is a packet of its own, with its own dice.
void Link::duplicate(int direction, const Flight& original, Instant now) {
    End& end = m_ends[direction];
    FlightPtr copy = m_pool.copy(original);
    copy->fate.copy = true;
    copy->fate.packetHash = die(end, Purpose::duplication, original);
    copy->id = m_tracer.packet(copy->packet, copy->connection, copy->origin);
    copy->cause =
        m_tracer.emit(now, original.cause, m_config.nodes[direction], original.mail, trace::PacketDuplicated{.packet = original.id, .copy = copy->id, .via = endId(direction)});
    if (full(end, *copy, now)) return void(drop(direction, *copy, trace::DropReason::queueFull, false, now, copy->cause));
    if (end.red && refusedEarly(direction, *copy, now)) return;
    enter(direction, std::move(copy), 0, now);
}

// What chance does to it. Thrown anew, with the same result for the same shares, when the settings change before it has started.
void Link::throwDice(End& end, Travel& travel) const {
    const LinkSettings& settings = end.settings;
    if (!travel.scriptedLoss && end.bursts) {
        travel.lost = happens(die(end, Purpose::loss, *travel.flight), end.bursts->lossAt(travel.start));
        travel.reason = end.bursts->badAt(travel.start) ? trace::DropReason::burst : trace::DropReason::noise;
    } else if (!travel.scriptedLoss) {
        travel.lost = settings.loss.perBillion != 0 && happens(die(end, Purpose::loss, *travel.flight), settings.loss);
        travel.reason = trace::DropReason::noise;
    }
    if (!travel.scriptedCorruption) travel.corrupted = settings.corrupt.perBillion != 0 && happens(die(end, Purpose::corruption, *travel.flight), settings.corrupt);
}

void Link::plan(End& end, Travel& travel, Instant now) const {
    const LinkSettings& settings = end.settings;
    travel.start = std::max(now, end.busyUntil);
    end.busyUntil = travel.start + lineTime(settings.rate, travel.size);
    travel.arrival = end.busyUntil + settings.delay;
    if (settings.jitter.count() > 0)
        travel.arrival += Duration{static_cast<std::int64_t>(below(die(end, Purpose::jitter, *travel.flight), static_cast<std::uint64_t>(settings.jitter.count()) + 1))};
    travel.floor = end.lastArrival;
    if (!settings.jitterReorders) travel.arrival = std::max(travel.arrival, travel.floor);
    if (settings.reorder.perBillion != 0 && happens(die(end, Purpose::reordering, *travel.flight), settings.reorder))
        travel.arrival += settings.reorderBy;  // those behind it need not wait for it
    else
        end.lastArrival = std::max(end.lastArrival, travel.arrival);
    throwDice(end, travel);
    travel.due = travel.lost ? end.busyUntil + settings.delay / 2 : travel.arrival;
}

void Link::onWake(std::uint64_t what, Instant now) {
    const int direction = static_cast<int>(what & 1);
    if (what >> 1 == kTurn) return onTurn(direction, now);
    TravelRing& travelling = m_ends[direction].travelling;
    const std::uint64_t number = what >> 1;
    const Travel* travel = travelling.find(number);
    if (travel == nullptr || travel->due != now || travel->waits) return;  // gone, or planned anew
    const bool lost = travel->lost, corrupted = travel->corrupted;
    const trace::DropReason reason = travel->reason;
    const trace::EventId lossCause = travel->lossCause;
    FlightPtr flight = travelling.take(number);
    if (lost)
        drop(direction, *flight, reason, true, now, lossCause.valid() ? lossCause : flight->cause);
    else
        deliver(direction, std::move(flight), corrupted, now);
}

void Link::deliver(int direction, FlightPtr flight, bool corrupted, Instant now) {
    if (corrupted) corrupt(direction, *flight, now);
    if (m_listener != nullptr) m_listener->onPassing(*flight, endId(direction), now);
    const trace::LinkEnd via = endId(direction);
    flight->in = via;
    flight->cause =
        m_tracer.emit(now, flight->cause, m_config.nodes[1 - direction], flight->mail, trace::PacketDelivered{.packet = flight->id, .via = via, .size = toldSize(*flight)});
    m_ends[direction].receiver->receive(std::move(flight), via, now);
}

// Flips one bit of the datagram as it travels; what then remains of it is what a receiver would read.
void Link::corrupt(int direction, Flight& flight, Instant now) {
    const bool arp = flight.packet.arp() != nullptr;
    const std::uint64_t firstBit = arp ? 8 * 8 : 0;  // not what makes it ARP for IPv4
    std::string octets = wire::serialize(flight.packet);
    const std::uint64_t bit = firstBit + below(die(m_ends[direction], Purpose::corruptedBit, flight), std::uint64_t{octets.size()} * 8 - firstBit);
    octets[bit / 8] = static_cast<char>(static_cast<unsigned char>(octets[bit / 8]) ^ (0x80u >> (bit % 8)));
    const std::span<const std::uint8_t> read{reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()};
    wire::ParsedPacket parsed = arp ? wire::parseArp(read) : wire::parse(read);
    if (wire::wireSize(parsed.packet) != octets.size())  // a longer header whose checksum happens to fit: keep the octets, no receiver makes sense of them
        parsed = {{{}, wire::RawDatagram{}, Slice::adopt(std::move(octets))}, wire::Damage::malformed};
    flight.packet = std::move(parsed.packet);
    flight.damage = m_config.framed ? wire::Damage::frame : parsed.damage;  // the frame check sequence finds every single bit
    const PacketId sound = flight.id;
    flight.id = m_tracer.packet(flight.packet, flight.connection, flight.origin);
    flight.cause = m_tracer.emit(now, flight.cause, m_config.nodes[direction], flight.mail,
                                 trace::PacketCorrupted{.packet = sound, .damaged = flight.id, .via = endId(direction), .bit = static_cast<std::uint32_t>(bit)});
}

trace::EventId Link::drop(int direction, const Flight& flight, trace::DropReason reason, bool queued, Instant now, trace::EventId cause) {
    return m_tracer.emit(
        now, cause, m_config.nodes[direction], flight.mail,
        trace::PacketDropped{
            .packet = flight.id, .via = endId(direction), .size = toldSize(flight), .reason = reason, .onLink = true, .queued = queued, .told = false, .frame = frameOf(flight)});
}

}  // namespace mailtrek::net

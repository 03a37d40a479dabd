// SPDX-License-Identifier: GPL-3.0-or-later
// Two routers tell each other what they know: database descriptions, requests (RFC 2328 10.6 to 10.9, 7.2).
#include <algorithm>

#include "sim/routing/ospf_router.h"

namespace mailtrek::routing {

// ExStart: who leads, and with which number.
void OspfRouter::beginExchange(const Key& key, Neighbour& neighbour, Reason reason, Instant now) {
    move(key, neighbour, State::exStart, reason, now);
    neighbour.sequence = m_nextSequence++;
    neighbour.lastSent = Description{};
    neighbour.lastSent.mtu = static_cast<std::uint16_t>(std::min<std::uint32_t>(m_config.interfaces[key.first].mtu, 0xffff));
    neighbour.lastSent.init = neighbour.lastSent.more = neighbour.lastSent.master = true;
    neighbour.lastSent.sequence = neighbour.sequence;
    send(key, neighbour.lastSent);
    neighbour.resendAt = now + kResend;
}

// The exchange begins again (10.3, SeqNumberMismatch and BadLSReq).
void OspfRouter::mismatch(const Key& key, Neighbour& neighbour, Instant now) { beginExchange(key, neighbour, Reason::mismatch, now); }

void OspfRouter::onDescription(const Key& key, Neighbour& neighbour, const Description& description, Instant now) {
    if (description.mtu > m_config.interfaces[key.first].mtu) return;                        // 10.6
    if (neighbour.state == State::init) beginExchange(key, neighbour, Reason::twoWay, now);  // it would not describe anything to somebody it does not hear
    Description summary = description;
    summary.headers.clear();
    switch (neighbour.state) {
        case State::down:
        case State::init: return;
        case State::exStart:
            if (description.init && description.more && description.master && description.headers.empty() && neighbour.router > m_config.id) {
                negotiated(key, neighbour, false, description.sequence, now);
            } else if (!description.init && !description.master && description.sequence == neighbour.sequence && neighbour.router < m_config.id) {
                negotiated(key, neighbour, true, neighbour.sequence, now);
            } else {
                return;
            }
            return takeDescription(key, neighbour, description, now);
        case State::exchange:
            if (neighbour.lastReceived == summary) {  // a duplicate: the slave says again what it said
                if (!neighbour.weAreMaster) send(key, neighbour.lastSent);
                return;
            }
            if (description.init || description.master == neighbour.weAreMaster || description.sequence != neighbour.sequence + (neighbour.weAreMaster ? 0 : 1))
                return mismatch(key, neighbour, now);
            return takeDescription(key, neighbour, description, now);
        case State::loading:
        case State::full:
            if (neighbour.lastReceived != summary) return mismatch(key, neighbour, now);
            if (!neighbour.weAreMaster) send(key, neighbour.lastSent);
            return;
    }
}

void OspfRouter::negotiated(const Key& key, Neighbour& neighbour, bool master, std::uint32_t sequence, Instant now) {
    neighbour.weAreMaster = master;
    neighbour.sequence = sequence;
    neighbour.lastSent.more = true;
    neighbour.resendAt = kNever;
    move(key, neighbour, State::exchange, Reason::negotiated, now);
    for (auto entry = m_database.rbegin(); entry != m_database.rend(); ++entry) neighbour.summary.push_back(headerOf(entry->second, now));
}

void OspfRouter::takeDescription(const Key& key, Neighbour& neighbour, const Description& description, Instant now) {
    for (const LsaHeader& header : description.headers) {
        if (header.type != 1) return mismatch(key, neighbour, now);
        const auto known = m_database.find(header.router);
        if (known == m_database.end() || compareInstances(header, headerOf(known->second, now)) > 0) neighbour.requests[header.router] = header;
    }
    neighbour.lastReceived = description;
    neighbour.lastReceived->headers.clear();
    if (neighbour.weAreMaster) {
        ++neighbour.sequence;
        if (!neighbour.lastSent.init && !neighbour.lastSent.more && !description.more) return exchangeDone(key, neighbour, now);
        return describe(key, neighbour, now);
    }
    neighbour.sequence = description.sequence;
    describe(key, neighbour, now);
    if (!neighbour.lastSent.more && !description.more) exchangeDone(key, neighbour, now);
}

void OspfRouter::describe(const Key& key, Neighbour& neighbour, Instant now) {
    Description& next = neighbour.lastSent;
    next.init = false;
    next.master = neighbour.weAreMaster;
    next.sequence = neighbour.sequence;
    next.headers.clear();
    for (std::size_t left = room(key.first, 8, kLsaHeaderSize); left > 0 && !neighbour.summary.empty(); --left) {
        next.headers.push_back(neighbour.summary.back());
        neighbour.summary.pop_back();
    }
    next.more = !neighbour.summary.empty();
    send(key, next);
    neighbour.resendAt = neighbour.weAreMaster ? now + kResend : kNever;
}

void OspfRouter::exchangeDone(const Key& key, Neighbour& neighbour, Instant now) {
    neighbour.resendAt = kNever;
    if (neighbour.requests.empty()) return move(key, neighbour, State::full, Reason::synchronised, now);
    move(key, neighbour, State::loading, Reason::described, now);
    request(key, neighbour, now);
}

void OspfRouter::request(const Key& key, Neighbour& neighbour, Instant now) {
    Request wanted;
    const std::size_t most = room(key.first, 0, 12);
    for (const auto& [router, header] : neighbour.requests)
        if (wanted.keys.size() < most) wanted.keys.push_back({header.type, header.id, header.router});
    send(key, wanted);
    neighbour.resendAt = now + kResend;
}

void OspfRouter::onRequest(const Key& key, Neighbour& neighbour, const Request& wanted, Instant now) {
    for (const LsaKey& one : wanted.keys) {
        if (one.type != 1 || !m_database.contains(one.router)) return mismatch(key, neighbour, now);
        give(key, one.router, trace::UpdateReason::requested, now);
    }
}

}  // namespace mailtrek::routing

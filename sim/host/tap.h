// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody on a link: an eavesdropper on every connection that passes, and, when he is told to, an attacker who removes STARTTLS from what servers offer. He works packet by
// packet and keeps its size, so TCP notices nothing; an offer that is spread over two segments escapes him. Fragments of IP he leaves alone.
#pragma once

#include <map>

#include "sim/host/eavesdropper.h"
#include "sim/host/world.h"
#include "sim/net/link_listener.h"

namespace mailtrek::host {

class Tap final : public net::LinkListener {
public:
    Tap(World& world, bool strips) : m_world(world), m_strips(strips) {}
    void onPassing(net::Flight& flight, trace::LinkEnd via, Instant now) override;

private:
    void hear(const net::Flight& flight, trace::LinkEnd via, trace::Side from, Instant now);
    void strip(net::Flight& flight, trace::LinkEnd via, Instant now);

    World& m_world;
    bool m_strips;
    std::map<ConnectionId, Eavesdropper> m_ears;
};

// The offer of TLS in the answer of a server, overwritten with as many X; empty when there is none (RFC 3207, RFC 2595).
struct Stripped {
    std::string octets;
    std::string removed;  // "STARTTLS"
};
Stripped withoutStartTls(std::string_view octets);

}  // namespace mailtrek::host

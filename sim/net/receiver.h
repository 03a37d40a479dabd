// SPDX-License-Identifier: GPL-3.0-or-later
// What stands at the end of a link: an IP node or a switch.
#pragma once

#include "sim/net/flight.h"

namespace mailtrek::net {

class Receiver {
public:
    virtual ~Receiver() = default;
    // The flight came in by `in` (the link and the direction it travelled). PacketDelivered has been reported.
    virtual void receive(FlightPtr flight, trace::LinkEnd in, Instant now) = 0;
};

}  // namespace mailtrek::net

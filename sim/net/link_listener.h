// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody on a link: hears what passes, and may put something else in its place.
#pragma once

#include "sim/kernel/time.h"
#include "sim/net/flight.h"

namespace mailtrek::net {

class LinkListener {
public:
    virtual ~LinkListener() = default;
    // The packet has come over the link and is about to arrive. Whoever changes it gives it a new id, with an event that says so, and keeps its size.
    virtual void onPassing(Flight& flight, trace::LinkEnd via, Instant now) = 0;
};

}  // namespace mailtrek::net

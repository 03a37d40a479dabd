// SPDX-License-Identifier: GPL-3.0-or-later
// What all parts of one simulation share. Owned by the runner; outlives every machine and link.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "sim/host/connections.h"
#include "sim/kernel/simulator.h"
#include "sim/net/flight.h"
#include "sim/trace/tracer.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::host {

struct World {
    World(trace::Sink sink, trace::Recording* recording, std::uint64_t seedOfRun) : tracer(sink, recording), seed(seedOfRun) {}
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Simulator simulator;
    trace::Tracer tracer;
    std::uint64_t seed;
    net::FlightPool flights;  // before everything that holds flights
    Connections connections;
    std::map<std::uint32_t, NodeId> nodeByAddress;
    std::map<std::string, MailId> mailByMessageId;
    std::size_t openSockets = 0;  // TCP sockets that are neither closed nor in TIME-WAIT, on all machines
    // A letter was stored in the mailbox of this address: printers want to know.
    std::function<void(const std::string& address)> onStored = [](const std::string&) {};
    // Something came, went or changed in the mailbox of this address.
    std::function<void(const std::string& address)> onMailboxChanged = [](const std::string&) {};
    // Nothing is under way in this node's part of the network, nothing has been for a while, and nothing had been changed there for a while when `since` was: what was done then
    // would go now as it went then.
    std::function<bool(NodeId node, Instant since)> uneventful = [](NodeId, Instant) { return false; };
    // A letter written while the run goes on (a notice): gives it its place among the mails.
    std::function<MailId(MailId about)> newNotice;
    // The same for a letter of a program outside; `stem` is its name, or the beginning of it.
    std::function<MailId(const std::string& stem)> newLetter;
};

}  // namespace mailtrek::host

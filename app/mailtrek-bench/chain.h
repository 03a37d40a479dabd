// SPDX-License-Identifier: GPL-3.0-or-later
// The network of the benchmark: client, a chain of routers, server; 100 Mbit/s and 1 ms each link; one stream of octets, then an answer of 20.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace mailtrek::bench {

struct ChainOptions {
    std::uint32_t routers = 1;
    std::uint64_t bytes = 50'000'000;
    double loss = 0;  // on the last link, both directions
    std::string congestion = "newreno";
};

struct ChainResult {
    bool complete = false;  // the server has all octets and the client its answer
    double seconds = 0;     // simulated
    std::uint64_t wakeUps = 0;
    std::uint64_t packetHops = 0;  // packets that reached the far end of a link intact
};

class Chain {
public:
    explicit Chain(const ChainOptions& options);
    ~Chain();
    ChainResult run();

private:
    class Implementation;
    std::unique_ptr<Implementation> m;
};

}  // namespace mailtrek::bench

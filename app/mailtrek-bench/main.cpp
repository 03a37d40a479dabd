// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-bench: one JSON line with what a run costs, to stand beside the line that the peer's benchmark prints for the same network.
#include <sys/resource.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <chrono>
#include <ctime>

#include "app/mailtrek-bench/chain.h"
#include "app/mailtrek-bench/truth.h"
#include "sim/run/simulation.h"
#include "sim/scenario/read.h"

namespace {

using namespace mailtrek;

double wallSeconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double cpuSeconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

long peakKilobytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

class HopCounter final : public trace::EventObserver {
public:
    void onEvent(trace::EventId, const trace::Event& event) override { hops += std::holds_alternative<trace::PacketDelivered>(event.payload) ? 1 : 0; }
    std::uint64_t hops = 0;
};

// Simulates and records a scenario file.
int runFile(const std::string& path) {
    const scenario::Loaded loaded = scenario::readFile(path);
    for (const scenario::Diagnostic& d : loaded.diagnostics) fmt::print(stderr, "{}\n", scenario::toText(d));
    if (!loaded.ok()) return loaded.unreadable ? 3 : 2;
    HopCounter counter;
    const double wall = wallSeconds(), cpu = cpuSeconds();
    run::Simulation simulation(*loaded.scenario, {.observer = &counter});
    while (!simulation.advance(100'000)) {}
    fmt::print("{{\"tool\":\"mailtrek\",\"mode\":\"file\",\"wall_s\":{:.5f},\"cpu_s\":{:.5f},\"events\":{},\"packet_hops\":{},\"sim_time_s\":{:.6f},\"peak_rss_kb\":{}}}\n",
               wallSeconds() - wall, cpuSeconds() - cpu, simulation.wakeUps(), counter.hops, toSeconds(simulation.now()), peakKilobytes());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Measures what simulating costs; prints one JSON line."};
    std::string mode = "chain", file;
    bench::ChainOptions chain;
    app.add_option("--mode", mode, "chain: a TCP stream over a chain of routers; file: simulate and record --scenario; truth: our TCP beside Linux, as a table")
        ->check(CLI::IsMember({"chain", "file", "truth"}));
    std::uint32_t seeds = 20;
    app.add_option("--seeds", seeds, "for --mode=truth: runs to average over")->check(CLI::Range(1, 10'000));
    app.add_option("--hops", chain.routers, "routers between client and server")->check(CLI::Range(1, 10'000));
    app.add_option("--bytes", chain.bytes, "octets of the stream")->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40));
    app.add_option("--loss", chain.loss, "share of packets lost on the last link, 0 to 1")->check(CLI::Range(0.0, 1.0));
    app.add_option("--cc", chain.congestion, "reno, newreno, cubic")->check(CLI::IsMember({"reno", "newreno", "cubic"}));
    app.add_option("--scenario", file, "for --mode=file");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) { return app.exit(e) == 0 ? 0 : 64; }
    if ((mode == "file") == file.empty()) {
        fmt::print(stderr, "mailtrek-bench: error: --mode=file and --scenario go together\n");
        return 64;
    }
    if (mode == "file") return runFile(file);
    if (mode == "truth") return bench::printTruth(seeds) ? 0 : 1;
    bench::Chain network(chain);
    const double wall = wallSeconds(), cpu = cpuSeconds();
    const bench::ChainResult result = network.run();
    fmt::print(
        "{{\"tool\":\"mailtrek\",\"mode\":\"chain\",\"hops\":{},\"bytes\":{},\"loss\":{},\"wall_s\":{:.5f},\"cpu_s\":{:.5f},\"events\":{},\"packet_hops\":{},\"sim_time_s\":{:.6f},"
        "\"peak_rss_kb\":{}}}\n",
        chain.routers, chain.bytes, chain.loss, wallSeconds() - wall, cpuSeconds() - cpu, result.wakeUps, result.packetHops, result.seconds, peakKilobytes());
    return result.complete ? 0 : 1;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-bench/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "sim/host/machine.h"
#include "sim/net/link.h"

namespace mailtrek::bench {
namespace {

using transport::Congestion;

constexpr std::uint16_t kPort = 25;
constexpr wire::Ipv4Address kSender{0x0a000001}, kReceiver{0x0a000002};
constexpr wire::Ipv4Prefix kSubnet{{0x0a000000}, 30};

class Sink final : public host::Application {
public:
    explicit Sink(host::Machine& machine) : m_machine(machine) { m_machine.listen(kPort, this); }
    void onReadable(host::SocketId socket) override {
        received += m_machine.read(socket).size();
        lastAt = m_machine.now();
    }
    void onPeerClosed(host::SocketId socket) override { m_machine.close(socket); }
    std::uint64_t received = 0;
    Instant lastAt;

private:
    host::Machine& m_machine;
};

class Source final : public host::Application {
public:
    Source(host::Machine& machine, std::uint32_t octets) : m_machine(machine), m_octets(octets) {}
    void go() { m_machine.connect(kReceiver, kPort, this, {}); }
    void onEstablished(host::SocketId socket) override {
        m_machine.write(socket, Slice::filled(m_octets, 'x'));
        m_machine.close(socket);
    }

private:
    host::Machine& m_machine;
    std::uint32_t m_octets;
};

// 10 Mbit/s, 40 ms there and back, drop-tail queue of 100 packets; loss towards the receiver. Seconds from connect to the last octet.
double transfer(Congestion congestion, std::uint32_t octets, std::uint32_t lossPerMille, std::uint64_t seed) {
    host::World world(trace::Sink::none, nullptr, seed);
    net::LinkConfig config;
    config.id = LinkId{0};
    config.name = "l";
    config.nodes = {NodeId{0}, NodeId{1}};
    for (net::LinkSettings& settings : config.settings) {
        settings.rate = BitRate::megabits(10);
        settings.delay = std::chrono::milliseconds{20};
        settings.queue.packets = 100;
    }
    config.settings[0].loss = {lossPerMille * 1'000'000};
    net::Link link(config, seed, world.simulator, world.tracer, world.flights);
    transport::TcpSettings tcp;
    tcp.congestion = congestion;
    tcp.receiveBuffer = 6'000'000;
    host::Machine sender(world, NodeId{0}, "sender", false, tcp), receiver(world, NodeId{1}, "receiver", false, tcp);
    const auto wire = [&](host::Machine& machine, int end, wire::Ipv4Address address) {
        machine.ip().addInterface(link, end, address, kSubnet);
        machine.ip().setRoutes({{kSubnet, {}, {}, trace::LinkEnd::of(LinkId{0}, end), 0}});
    };
    wire(sender, 0, kSender);
    wire(receiver, 1, kReceiver);
    Sink& sink = receiver.run<Sink>(receiver);
    sender.run<Source>(sender, octets).go();
    while (sink.received < octets && !world.simulator.empty()) world.simulator.step();
    return toSeconds(sink.lastAt);
}

struct Case {
    std::uint32_t octets;
    std::uint32_t lossPerMille;
    Congestion congestion;
    double linux;      // seconds
    double tolerance;  // share
};

constexpr std::uint32_t kMegabytes5 = 5'000'000;
constexpr std::array kCases{
    Case{kMegabytes5, 0, Congestion::reno, 4.25, 0.03},    Case{kMegabytes5, 5, Congestion::reno, 7.59, 0.15},    Case{kMegabytes5, 10, Congestion::reno, 11.66, 0.15},
    Case{kMegabytes5, 20, Congestion::reno, 18.43, 0.15},  Case{kMegabytes5, 50, Congestion::reno, 32.76, 0.15},  Case{kMegabytes5, 0, Congestion::cubic, 4.25, 0.03},
    Case{kMegabytes5, 5, Congestion::cubic, 8.13, 0.20},   Case{kMegabytes5, 10, Congestion::cubic, 12.91, 0.20}, Case{kMegabytes5, 20, Congestion::cubic, 21.25, 0.20},
    Case{kMegabytes5, 50, Congestion::cubic, 39.06, 0.20}, Case{2'000, 0, Congestion::cubic, 0.064, 0.03},        Case{20'000, 0, Congestion::cubic, 0.107, 0.03},
    Case{100'000, 0, Congestion::cubic, 0.191, 0.03},      Case{1'000'000, 0, Congestion::cubic, 0.937, 0.03},
};
constexpr double kAlwaysAllowed = 0.004;  // seconds

}  // namespace

bool printTruth(std::uint32_t seeds) {
    bool all = true;
    double before = 0;
    fmt::print("| octets | loss | congestion control | Linux | Mailtrek | difference |\n|---:|---:|---|---:|---:|---:|\n");
    for (const Case& one : kCases) {
        const std::uint32_t runs = one.lossPerMille == 0 ? 1 : seeds;
        double sum = 0;
        for (std::uint32_t seed = 1; seed <= runs; ++seed) sum += transfer(one.congestion, one.octets, one.lossPerMille, seed);
        const double ours = sum / runs, off = ours - one.linux;
        const bool monotone = one.lossPerMille == 0 || ours > before;
        const bool good = monotone && std::abs(off) <= std::max(one.tolerance * one.linux, kAlwaysAllowed);
        before = ours;
        all = all && good;
        fmt::print("| {} | {:.1f} % | {} | {:.3f} s | {:.3f} s | {:+.1f} %{} |\n", one.octets, one.lossPerMille / 10.0, one.congestion == Congestion::reno ? "reno" : "cubic",
                   one.linux, ours, 100 * off / one.linux, good ? "" : " (!)");
    }
    return all;
}

}  // namespace mailtrek::bench

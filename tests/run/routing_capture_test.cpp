// SPDX-License-Identifier: GPL-3.0-or-later
// An independent dissector reads what routers say to each other: every kind of packet, nothing malformed, every checksum right.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <sstream>

#include "sim/export/export.h"
#include "tests/run/dissector.h"
#include "tests/run/routing_kit.h"

namespace mailtrek::run::test {
namespace {

// Of all packets of a routing protocol in the capture: how many of each kind ("ospf.msg" or "rip.command").
std::map<std::string, int> kindsOf(const trace::Recording& recording, const std::string& protocol, const std::string& kind) {
    const std::filesystem::path file = std::filesystem::temp_directory_path() / ("mailtrek-routing-" + std::to_string(::getpid()) + ".pcapng");
    const auto error = exporting::exportTo(file, recording);
    EXPECT_FALSE(error) << error->message;
    const std::string checks = " -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -n 2>/dev/null";
    const std::string fields = outputOf("tshark -r " + file.string() + " -Y '" + protocol + " || _ws.malformed' -T fields -E separator='|' -e " + kind +
                                        " -e ip.checksum.status -e udp.checksum.status -e _ws.malformed" + checks);
    std::map<std::string, int> kinds;
    std::istringstream lines(fields);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t bar = line.find('|');
        ++kinds[line.substr(0, bar)];
        EXPECT_EQ(line.substr(bar), protocol == "rip" ? "|1|1|" : "|1||") << line;
    }
    const std::string told = outputOf("tshark -r " + file.string() + " -Y " + protocol + " -V" + checks);
    EXPECT_EQ(told.find("[incorrect"), std::string::npos);
    EXPECT_EQ(told.find("Malformed"), std::string::npos);
    if (protocol == "ospf") { EXPECT_NE(told.find("[correct]"), std::string::npos) << "the checksum of OSPF was looked at"; }
    std::filesystem::remove(file);
    return kinds;
}

constexpr std::string_view kTrouble =
    "  - { at: 1 s, stop: r2 }\n  - { at: 50 s, start: r2 }\n  - { at: 100 s, cut: d }\n  - { at: 110 s, restore: d }\n"
    "  - { at: 111 s, set: { link: e, loss: 20 % } }\n  - { at: 130 s, cut: a }\n";

TEST(RoutingCapture, TsharkReadsEveryKindOfOspfPacket) {
    if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
    const auto kinds = kindsOf(RoadMap{.attachment = "1 kB", .timeline = std::string(kTrouble)}.run(), "ospf", "ospf.msg");
    for (const char* kind : {"1", "2", "3", "4", "5"}) EXPECT_TRUE(kinds.contains(kind)) << kind;
    EXPECT_EQ(kinds.size(), 5u) << "and nothing else";
}

TEST(RoutingCapture, TsharkReadsRip) {
    if (!dissectorIsThere()) GTEST_SKIP() << "tshark is missing";
    const auto kinds = kindsOf(RoadMap{.router = ", routing: distance-vector", .attachment = "1 kB", .timeline = std::string(kTrouble)}.run(), "rip", "rip.command");
    EXPECT_TRUE(kinds.contains("1")) << "a router that starts asks";
    EXPECT_TRUE(kinds.contains("2"));
    EXPECT_EQ(kinds.size(), 2u);
}

}  // namespace
}  // namespace mailtrek::run::test

// SPDX-License-Identifier: GPL-3.0-or-later
// An independent dissector reads our queries and answers. One run of tshark, which starts slowly.
#include <unistd.h>

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "sim/dns/stub_resolver.h"
#include "sim/dns/zones.h"
#include "sim/wire/packet.h"
#include "tests/dns/name_world.h"

namespace mailtrek::dns {
namespace {

const wire::Ipv4Address kClient = ip(10, 0, 0, 1), kServer = ip(10, 0, 9, 9);

void put32(std::ostream& out, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) out.put(static_cast<char>(value >> 8 * i & 0xff));
}

// The oldest of the capture formats: microseconds, raw IP.
class Capture {
public:
    explicit Capture(const std::filesystem::path& path) : m_out(path, std::ios::binary) {
        for (const std::uint32_t word : {0xa1b2c3d4u, 0x00040002u, 0u, 0u, 65535u, 101u}) put32(m_out, word);
    }
    void add(double t, bool query, std::uint16_t clientPort, const Slice& octets, wire::Ipv4Address server = kServer) {
        wire::Packet packet;
        packet.ip.source = query ? kClient : server;
        packet.ip.destination = query ? server : kClient;
        packet.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::udp);
        packet.transport = query ? wire::UdpHeader{clientPort, kPort} : wire::UdpHeader{kPort, clientPort};
        packet.payload = octets;
        const std::string datagram = wire::serialize(packet);
        const auto micros = static_cast<std::uint32_t>(t * 1e6);
        for (const std::uint32_t word :
             {1772445600u + micros / 1'000'000, micros % 1'000'000, static_cast<std::uint32_t>(datagram.size()), static_cast<std::uint32_t>(datagram.size())})
            put32(m_out, word);
        m_out << datagram;
    }

private:
    std::ofstream m_out;
};

NameServer server() {
    ZoneFacts facts{.hosts = {{"sur", {ip(10, 0, 1, 1)}, {"sur.example"}}, {"norte", {ip(10, 0, 0, 1)}, {"norte.example"}}, {"dns", {kServer}, {}}},
                    .domains = {{"norte.example", {{"norte"}}}},
                    .zones = {{"sur.example",
                               {{.name = "@", .type = Type::mx, .preference = 10, .host = "sur"},
                                {.name = "@", .type = Type::mx, .preference = 20, .host = "norte"},
                                {.name = "@", .type = Type::txt, .text = std::string(300, 't')},
                                {.name = "www", .type = Type::cname, .host = "sur"},
                                {.name = "null", .type = Type::mx, .preference = 0, .host = "."}}}},
                    .nameServers = {"dns"}};
    for (int i = 0; i < 40; ++i) facts.zones[0].records.push_back({.name = "big", .type = Type::mx, .host = "mx" + std::to_string(i) + ".test"});
    return NameServer(buildZones(facts).zones);
}

std::vector<std::string> linesOf(const std::string& command) {
    std::string all;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (!pipe) return {};
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) all.append(buffer, size);
    ::pclose(pipe);
    std::vector<std::string> lines;
    std::istringstream in(all);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

TEST(Tshark, UnderstandsEveryAnswer) {
    if (linesOf("command -v tshark").empty()) {
        std::cerr << "\n*** tshark is missing: no independent dissector has looked at our DNS. Install it (Debian: tshark). ***\n\n";
        GTEST_SKIP() << "tshark is missing";
    }
    const std::filesystem::path path = std::filesystem::temp_directory_path() / ("mailtrek-dns-" + std::to_string(::getpid()) + ".pcap");
    const NameServer dns = server();
    {
        Capture capture(path);
        StubResolver resolver({.servers = {kServer}});
        const Send first = std::get<Send>(resolver.ask(Name::of("sur.example"), Type::mx, 1, at(0)).at(0));
        const Send second = std::get<Send>(resolver.onTimer(at(4)).at(0));  // the first was lost
        capture.add(0, true, first.sourcePort, first.octets);
        capture.add(4, true, second.sourcePort, second.octets);
        capture.add(4.1, false, second.sourcePort, *dns.answer(second.octets, at(4.1)));
        std::uint16_t id = 1;
        const auto exchange = [&](std::string_view name, Type type, bool edns = false) {
            Message query = queryFor(name, type, id);
            if (edns) query.edns.emplace();
            capture.add(10 + id, true, static_cast<std::uint16_t>(50000 + id), octetsOf(query));
            capture.add(10.1 + id, false, static_cast<std::uint16_t>(50000 + id), *dns.answer(octetsOf(query), at(10 + id)));
            ++id;
        };
        exchange("nobody.example", Type::mx);
        exchange("sur.example", Type::a);
        exchange("sur.example", Type::txt);
        exchange("www.sur.example", Type::a);
        exchange("null.sur.example", Type::mx);
        exchange("1.1.0.10.in-addr.arpa", Type::ptr);
        exchange("sur.example", Type::soa);
        exchange("sur.example", Type::ns, true);
        exchange("big.sur.example", Type::mx);
        exchange("big.sur.example", Type::mx, true);
        exchange("sur.example", kAnyType, true);
    }
    const std::vector<std::string> lines =
        linesOf("tshark -r " + path.string() +
                " -T fields -E separator='|' -e dns.flags.response -e dns.flags.authoritative -e dns.flags.recdesired -e dns.flags.recavail -e dns.flags.truncated"
                " -e dns.flags.rcode -e dns.count.answers -e dns.count.auth_rr -e dns.count.add_rr -e dns.retransmission -e dns.response_to -e dns.unsolicited -e _ws.malformed"
                " -e dns.mx.mail_exchange -o udp.check_checksum:TRUE -n 2>/dev/null");
    std::filesystem::remove(path);
    ASSERT_EQ(lines.size(), 3u + 22);
    EXPECT_EQ(lines[0], "0||1||0||0|0|0|||||");
    EXPECT_EQ(lines[1], "0||1||0||0|0|0|1||||");
    EXPECT_EQ(lines[2], "1|1|1|1|0|0|2|0|2||1|||sur.sur.example,norte.norte.example");
    const std::vector<std::string> answers = {
        "1|1|1|1|0|3|0|1|0||4|||",         // NXDOMAIN with SOA
        "1|1|1|1|0|0|0|1|0||6|||",         // no data with SOA
        "1|1|1|1|0|0|1|0|0||8|||",         // TXT
        "1|1|1|1|0|0|2|0|0||10|||",        // CNAME and A
        "1|1|1|1|0|0|1|0|0||12|||<Root>",  // null MX
        "1|1|1|1|0|0|1|0|0||14|||",        // PTR
        "1|1|1|1|0|0|1|0|0||16|||",        // SOA
        "1|1|1|1|0|0|1|0|2||18|||",        // NS with its address, and OPT
        "1|1|1|1|1|0|0|0|0||20|||",        // TC
    };
    for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(lines[3 + 2 * i + 1], answers[i]) << i;
    EXPECT_TRUE(lines[3 + 2 * 9 + 1].starts_with("1|1|1|1|0|0|40|0|1||22|||mx0.test,")) << lines[22];  // the same with EDNS: whole
    EXPECT_TRUE(lines[3 + 2 * 10 + 1].starts_with("1|1|1|1|0|0|5|0|4||24|||")) << lines[24];           // ANY: SOA, NS, 2 MX, TXT
}

// A resolver on its way from the root down: every query finds its answer, and nothing is malformed.
TEST(Tshark, FollowsARecursion) {
    if (linesOf("command -v tshark").empty()) GTEST_SKIP() << "tshark is missing";
    const std::filesystem::path path = std::filesystem::temp_directory_path() / ("mailtrek-recursion-" + std::to_string(::getpid()) + ".pcap");
    const auto root = ip(10, 0, 0, 2), tld = ip(10, 0, 0, 3), sur = ip(10, 0, 0, 4), lame = ip(10, 0, 0, 5);
    NameWorld world({{.zone = Name{}, .servers = {Name::of("root")}, .addresses = {{Name::of("root"), {root}}}}});
    world.serve(root, {zoneOf(".", {nsRecord("example", "tld.example"), aRecord("tld.example", tld)})});
    world.serve(tld, {zoneOf("example", {nsRecord("sur.example", "ns0.sur.example"), nsRecord("sur.example", "ns1.sur.example"), aRecord("ns0.sur.example", lame),
                                         aRecord("ns1.sur.example", sur)})});
    world.serve(lame, {});
    world.serve(sur, {zoneOf("sur.example", {nsRecord("sur.example", "ns1.sur.example"), aRecord("ns1.sur.example", sur), mxRecord("sur.example", 10, "sur.sur.example"),
                                             aRecord("sur.sur.example", ip(10, 0, 1, 1))})});
    std::size_t packets = 0;
    {
        Capture capture(path);
        world.before = [&](const Send& send) { capture.add(0.1 * static_cast<double>(packets++), true, send.sourcePort, send.octets, send.server); };
        world.heard = [&](const Send& send, const Slice& octets) { capture.add(0.1 * static_cast<double>(packets++), false, send.sourcePort, octets, send.server); };
        EXPECT_EQ(recordsText(world.ask("sur.example", Type::mx)), "10 sur.sur.example");
        EXPECT_EQ(world.ask("nobody.sur.example", Type::a).kind, AnswerKind::noSuchName);
    }
    const std::vector<std::string> lines =
        linesOf("tshark -2 -r " + path.string() +
                " -T fields -E separator='|' -e dns.flags.response -e dns.flags.recdesired -e dns.rr.udp_payload_size -e dns.response_in -e dns.response_to"
                " -e dns.unsolicited -e dns.retransmission -e _ws.malformed -o udp.check_checksum:TRUE -n 2>/dev/null");
    std::filesystem::remove(path);
    ASSERT_EQ(lines.size(), packets);
    ASSERT_EQ(packets, 12u);  // root, tld, the one that refuses, sur; and the last two again: a refusal may pass
    for (std::size_t i = 0; i < lines.size(); i += 2) {
        EXPECT_EQ(lines[i], "0|0|1232|" + std::to_string(i + 2) + "||||");
        EXPECT_EQ(lines[i + 1], "1|0|1232||" + std::to_string(i + 1) + "|||");
    }
}

}  // namespace
}  // namespace mailtrek::dns

// SPDX-License-Identifier: GPL-3.0-or-later
// An independent dissector on TLS: it recognises 1.3 in a capture of ours, and finds nothing malformed; and the trace hash does not know what the records hold.
#include <gtest/gtest.h>

#include <cstdio>
#include <iostream>
#include <sstream>

#include "sim/export/export.h"
#include "tests/run/random_run.h"

namespace mailtrek::run::test {
namespace {

std::string outputOf(const std::string& command) {
    std::string out;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return out;
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, size);
    ::pclose(pipe);
    return out;
}

const char* const kScenario = R"(mailtrek: 1
nodes:
  ana-pc: { kind: pc, user: ana@norte.example, tls: implicit }
  norte:  { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} }, policy: { starttls: offer } }
  r:      { kind: router }
  sur:    { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} }, policy: { starttls: require } }
links:
  - { between: [ana-pc, norte] }
  - { between: [norte, r], delay: 5 ms }
  - { between: [r, sur], mtu: 900 B }
timeline:
  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Hola, text: Un secreto, attach: [ { name: f.bin, size: 30 kB } ] } }
)";

TEST(TlsCapture, IsReadByAnIndependentDissector) {
    if (outputOf("command -v tshark").empty()) {
        std::cerr << "\n*** tshark is missing: no independent dissector has looked at our TLS. Install it (Debian: tshark). ***\n\n";
        GTEST_SKIP() << "tshark is missing";
    }
    const trace::Recording recording = simulate(scenarioOf(kScenario));
    const std::filesystem::path file = std::filesystem::temp_directory_path() / fmt::format("mailtrek-tls-{}.pcapng", getpid());
    ASSERT_FALSE(exporting::exportTo(file, recording, exporting::AtNode{NodeId{1}}));
    std::istringstream in(
        outputOf(fmt::format("tshark -r {} -n -2 -o tcp.check_checksum:TRUE -T fields -E separator='|' -E occurrence=a -e _ws.malformed -e tcp.checksum.status -e tcp.port"
                             " -e tls.record.content_type -e tls.handshake.type -e tls.handshake.extensions.supported_version -e tls.handshake.extensions_server_name"
                             " -e tls.record.length 2>/dev/null",
                             file.string())));
    std::filesystem::remove(file);
    std::size_t clientHellos = 0, serverHellos = 0, packets = 0;
    std::uint64_t octets = 0;
    std::string names;
    for (std::string line; std::getline(in, line); ++packets) {
        std::vector<std::string> row(1);
        for (const char c : line) c == '|' ? row.emplace_back() : row.back() += std::string(1, c);
        ASSERT_EQ(row.size(), 8u) << line;
        EXPECT_EQ(row[0], "") << "malformed: " << line;
        EXPECT_TRUE(row[1].empty() || row[1] == "1") << line;
        if (row[4] == "1") {
            ++clientHellos;
            EXPECT_NE(row[5].find("0x0304"), std::string::npos) << "TLS 1.3 is offered";
            names += row[6] + " ";
        }
        if (row[4] == "2") {
            ++serverHellos;
            EXPECT_EQ(row[5], "0x0304") << "and chosen";
        }
        std::istringstream lengths(row[7]);
        for (std::string one; std::getline(lengths, one, ',');) octets += std::stoull(one) + 5;
    }
    EXPECT_GT(packets, 60u);
    EXPECT_EQ(clientHellos, 2u) << "465 and 25";
    EXPECT_EQ(serverHellos, 2u);
    EXPECT_EQ(names, "norte.norte.example sur.sur.example ");
    std::uint64_t ours = 0;
    for (const auto& [id, e] : eventsOf<trace::TlsRecord>(recording)) ours += e.size;
    EXPECT_EQ(octets, ours) << "every record that we tell of, and no other";
}

// The same packets with other octets inside: another encryption would give the same hash.
TEST(TlsHash, KnowsKindsAndSizesOnly) {
    const auto hashOf = [](std::string_view content, bool seals) {
        trace::Tracer tracer(trace::Sink::hash, nullptr);
        if (seals) tracer.seal(ConnectionId{0});
        wire::Packet packet;
        packet.ip.source = wire::Ipv4Address{0x0a000001};
        packet.transport = wire::TcpHeader{.sourcePort = 50000, .destinationPort = 25};
        packet.payload = Slice::copyOf(content);
        tracer.packet(packet, ConnectionId{0}, NodeId{0});
        wire::Packet error;  // ICMP, which quotes it
        error.transport = wire::IcmpHeader{.type = 3, .code = 4};
        error.payload = Slice::copyOf(wire::serialize(packet));
        tracer.packet(error, {}, NodeId{1});
        wire::Packet fragment{packet.ip, wire::RawTransport{}, packet.payload};
        tracer.packet(fragment, ConnectionId{0}, NodeId{0});
        return tracer.hash();
    };
    EXPECT_EQ(hashOf("a secret", true), hashOf("A SECRET", true));
    EXPECT_NE(hashOf("a secret", true), hashOf("a longer secret", true));
    EXPECT_NE(hashOf("a secret", false), hashOf("A SECRET", false));
}

}  // namespace
}  // namespace mailtrek::run::test

// SPDX-License-Identifier: GPL-3.0-or-later
// An independent dissector reads what we write: DNS, TCP with SMTP, ICMP, drops and damage. One capture, two runs of tshark (it starts slowly).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <iostream>

#include "tests/export/export_kit.h"

namespace mailtrek::exporting {
namespace {

std::string outputOf(const std::string& command) {
    std::string out;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (!pipe) return out;
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, size);
    ::pclose(pipe);
    return out;
}

bool haveTshark() { return !outputOf("command -v tshark").empty(); }

constexpr std::string_view kDnsQuery(
    "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03sur\x07"
    "example\x00\x00\x0f\x00\x01",
    29);

class Conversation {
public:
    // One segment from norte (or sur), over both links unless it is lost on the second.
    void segment(bool fromNorte, wire::TcpFlags flags, std::string_view payload, bool lost = false) {
        wire::TcpHeader tcp{
            .sourcePort = 50000, .destinationPort = 25, .sequence = m_next[0], .acknowledgment = m_next[1], .window = 65535, .urgentPointer = 0, .flags = flags, .options = {}};
        if (!fromNorte)
            tcp = {
                .sourcePort = 25, .destinationPort = 50000, .sequence = m_next[1], .acknowledgment = m_next[0], .window = 65535, .urgentPointer = 0, .flags = flags, .options = {}};
        if (flags.syn) tcp.options.mss = 1460;
        if (!flags.ack) tcp.acknowledgment = 0;
        if (!lost) m_next[fromNorte ? 0 : 1] += static_cast<std::uint32_t>(payload.size()) + (flags.syn || flags.fin ? 1 : 0);
        carry(story.packet(tcp, payload, fromNorte, ++m_identification), fromNorte, lost);
    }

    void carry(PacketId p, bool fromNorte, bool lost = false) {
        const trace::LinkEnd first = fromNorte ? kNorteOut : kSurOut, second = fromNorte ? kR1Out : kR1Back;
        story.sent(m_now, m_now, p, first, 64);
        m_now += 1'000'003;
        story.delivered(m_now, p, first);
        story.sent(m_now, m_now, p, second, 63);
        m_now += 1'000'004;
        if (lost) {
            story.dropped(m_now, kR1, p, second, trace::DropReason::rule, true, true);
        } else {
            story.delivered(m_now, p, second);
        }
    }

    Story story;

private:
    std::uint32_t m_next[2] = {1000, 2000};
    std::uint16_t m_identification = 0;
    std::int64_t m_now = 0;
};

Story conversation() {
    const wire::TcpFlags syn{.syn = true}, synAck{.syn = true, .ack = true}, ack{.ack = true}, push{.psh = true, .ack = true}, fin{.fin = true, .ack = true};
    Conversation c;
    c.carry(c.story.packet(wire::UdpHeader{50001, 53}, kDnsQuery, true, 100), true);
    c.segment(true, syn, "");
    c.segment(false, synAck, "");
    c.segment(true, ack, "");
    c.segment(false, push, "220 sur.sur.example ESMTP\r\n");
    c.segment(true, push, "EHLO norte.norte.example\r\n", true);  // the backbone loses it,
    c.segment(true, push, "EHLO norte.norte.example\r\n");        // so it goes again
    c.segment(false, push, "250 sur.sur.example\r\n");
    c.segment(true, fin, "");
    c.segment(false, fin, "");
    c.segment(true, ack, "");
    c.carry(c.story.packet(wire::IcmpHeader{8, 0, 0x00010001}, "ping", true, 101), true);
    c.story.ends(60'000'000'000);
    return std::move(c.story);
}

int count(std::string_view text, std::string_view what) {
    int n = 0;
    for (std::size_t place = 0; (place = text.find(what, place)) != std::string_view::npos; place += what.size()) ++n;
    return n;
}

TEST(Tshark, AcceptsEveryPacketAndSeesWhatHappened) {
    if (!haveTshark()) {
        std::cerr << "\n*** tshark is missing: no independent dissector has looked at our captures. Install it (Debian: tshark). ***\n\n";
        GTEST_SKIP() << "tshark is missing";
    }
    const Folder folder;
    const Story story = conversation();
    ASSERT_FALSE(exportTo(folder / "all.pcapng", story.recording));
    const std::string checks = " -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -n 2>/dev/null";
    const std::string fields = outputOf("tshark -r " + (folder / "all.pcapng").string() +
                                        " -T fields -E separator='|' -e frame.interface_name -e frame.time_epoch -e ip.ttl -e ip.checksum.status -e tcp.checksum.status"
                                        " -e udp.checksum.status -e icmp.checksum.status -e _ws.malformed -e frame.comment -e dns.qry.name -e dns.qry.type" +
                                        checks);
    std::istringstream in(fields);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    ASSERT_EQ(lines.size(), 12u * 4 - 1) << fields;  // twelve packets, each seen four times, but one lost on its second link
    EXPECT_EQ(lines[0], "norte-r1: norte|1772445600.000000000|64|1||1||||sur.example|15");
    EXPECT_EQ(lines[1], "norte-r1: r1|1772445600.001000003|64|1||1||||sur.example|15");
    EXPECT_EQ(lines[2], "backbone: r1|1772445600.001000003|63|1||1||||sur.example|15");
    EXPECT_EQ(lines[3], "backbone: sur|1772445600.002000007|63|1||1||||sur.example|15");
    for (std::size_t i = 4; i < 43; ++i) EXPECT_NE(lines[i].find("|1|1|||"), std::string::npos) << lines[i];  // IP and TCP: good, nothing malformed
    for (std::size_t i = 43; i < 47; ++i) EXPECT_NE(lines[i].find("|1|||1||"), std::string::npos) << lines[i];
    EXPECT_EQ(count(fields, "dropped: rule"), 1);

    ASSERT_FALSE(exportTo(folder / "norte.pcapng", story.recording, AtNode{kNorte}));
    const std::string atNorte = outputOf("tshark -r " + (folder / "norte.pcapng").string() +
                                         " -T fields -E separator='|' -e frame.interface_name -e tcp.analysis.retransmission -e smtp.req.command -e smtp.response.code" + checks);
    EXPECT_EQ(count(atNorte, "\n"), 12) << atNorte;
    EXPECT_EQ(count(atNorte, "norte-r1: norte|1|"), 1) << atNorte;  // one retransmission, as it was
    EXPECT_EQ(count(atNorte, "|EHLO|"), 1) << atNorte;              // tshark dissects only the first of the two
    EXPECT_EQ(count(atNorte, "|220"), 1);
    EXPECT_EQ(count(atNorte, "|250"), 1);
}

}  // namespace
}  // namespace mailtrek::exporting

// SPDX-License-Identifier: GPL-3.0-or-later
// The blocks of a capture, read back by a small parser of the format's own description.
#include <gtest/gtest.h>

#include <map>

#include "sim/export/pcapng_block.h"
#include "tests/export/export_kit.h"

namespace mailtrek::exporting {
namespace {

struct Block {
    std::uint32_t type = 0;
    std::string body;  // without options
    std::map<int, std::string> options;
};

std::uint32_t u32(std::string_view octets, std::size_t place) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets.at(place + i));
    return value;
}
std::uint32_t u16(std::string_view octets, std::size_t place) { return static_cast<unsigned char>(octets.at(place)) | static_cast<unsigned char>(octets.at(place + 1)) << 8; }

std::size_t rounded(std::size_t size) { return (size + 3) / 4 * 4; }

std::size_t bodySize(std::uint32_t type, std::string_view body) {
    if (type == kSectionHeader) return 16;
    if (type == kInterfaceDescription) return 8;
    return 20 + rounded(u32(body, 12));
}

std::vector<Block> blocksOf(std::string_view file) {
    std::vector<Block> blocks;
    while (!file.empty()) {
        Block& block = blocks.emplace_back();
        block.type = u32(file, 0);
        const std::size_t length = u32(file, 4);
        EXPECT_EQ(length % 4, 0u);
        if (length < 12 || length > file.size()) throw std::runtime_error("a block is longer than the file");
        EXPECT_EQ(u32(file, length - 4), length);
        const std::string_view whole = file.substr(8, length - 12);
        block.body = whole.substr(0, bodySize(block.type, whole));
        std::string_view options = whole.substr(block.body.size());
        while (!options.empty() && u16(options, 0) != 0) {
            block.options[static_cast<int>(u16(options, 0))] = options.substr(4, u16(options, 2));
            options.remove_prefix(4 + rounded(u16(options, 2)));
        }
        EXPECT_EQ(options, block.options.empty() ? std::string_view{} : std::string_view("\0\0\0\0", 4)) << "options end with opt_endofopt";
        file.remove_prefix(length);
    }
    return blocks;
}

Story story() {
    Story story;
    const PacketId p = story.udp("hello"), lost = story.udp("lost!");
    story.sent(0, 1, p, kNorteOut, 64);
    story.delivered(1'000'001, p, kNorteOut);
    story.sent(1'000'001, 1'000'001, p, kR1Out, 63);
    story.delivered(2'000'001, p, kR1Out);
    story.sent(2'000'001, 2'000'002, lost, kNorteOut, 64);
    story.dropped(2'000'500, kNorte, lost, kNorteOut, trace::DropReason::noise, true, true);
    story.ends(3'000'000);
    return story;
}

TEST(Pcapng, HasAHeaderAnInterfacePerLinkEndAndAPacketPerSighting) {
    const auto blocks = blocksOf(exported(story().recording, "out.pcapng"));
    ASSERT_EQ(blocks.size(), 1u + 4 + 5);
    EXPECT_EQ(blocks[0].type, kSectionHeader);
    EXPECT_EQ(u32(blocks[0].body, 0), 0x1A2B3C4Du);
    EXPECT_EQ(u16(blocks[0].body, 4), 1u);
    EXPECT_EQ(blocks[0].body.substr(8), std::string(8, '\xff'));
    const std::vector<std::string> names = {"norte-r1: norte", "norte-r1: r1", "backbone: r1", "backbone: sur"};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(blocks[1 + i].type, kInterfaceDescription);
        EXPECT_EQ(u16(blocks[1 + i].body, 0), 101u);
        EXPECT_EQ(blocks[1 + i].options.at(2), names[i]);
        EXPECT_EQ(blocks[1 + i].options.at(9), "\x09");
    }
    const std::uint32_t interfaces[] = {0, 1, 2, 3, 0};
    const std::int64_t times[] = {1, 1'000'001, 1'000'001, 2'000'001, 2'000'002};
    const char directions[] = {2, 1, 2, 1, 2};
    for (std::size_t i = 0; i < 5; ++i) {
        const Block& packet = blocks[5 + i];
        EXPECT_EQ(packet.type, kEnhancedPacket);
        EXPECT_EQ(u32(packet.body, 0), interfaces[i]);
        const auto time = static_cast<std::int64_t>(std::uint64_t{u32(packet.body, 4)} << 32 | u32(packet.body, 8));
        EXPECT_EQ(time, 1'772'445'600'000'000'000 + times[i]);
        EXPECT_EQ(u32(packet.body, 12), 33u);  // 20 + 8 + 5
        EXPECT_EQ(u32(packet.body, 16), 33u);
        EXPECT_EQ(packet.body.substr(20 + 28, 5), i < 4 ? "hello" : "lost!");
        EXPECT_EQ(packet.options.at(2)[0], directions[i]);
        EXPECT_EQ(packet.options.contains(1), i == 4);
    }
    EXPECT_EQ(blocks[9].options.at(1), "dropped: noise");
}

TEST(Pcapng, ACaptureOnOneHostHasOnlyItsInterfaces) {
    const auto blocks = blocksOf(exported(story().recording, "out.pcapng", AtNode{kR1}));
    ASSERT_EQ(blocks.size(), 1u + 2 + 2);
    EXPECT_EQ(blocks[1].options.at(2), "norte-r1: r1");
    EXPECT_EQ(blocks[2].options.at(2), "backbone: r1");
    EXPECT_EQ(u32(blocks[3].body, 0), 0u);
    EXPECT_EQ(u32(blocks[4].body, 0), 1u);
    const auto link = blocksOf(exported(story().recording, "out.pcapng", AtLink{kFar}));
    ASSERT_EQ(link.size(), 1u + 2 + 2);
    EXPECT_EQ(link[1].options.at(2), "backbone: r1");
    EXPECT_EQ(link[2].options.at(2), "backbone: sur");
}

TEST(Pcapng, TheSameRecordingGivesTheSameOctets) { EXPECT_EQ(exported(story().recording, "a.pcapng"), exported(story().recording, "b.pcapng")); }

TEST(PcapngBlock, PadsToFourAndCutsAnOptionThatIsTooLong) {
    PcapngBlock block(kEnhancedPacket);
    block.padded("abcde").option(Option::comment, std::string(70'000, 'x'));
    const std::string octets = block.finish();
    EXPECT_EQ(octets.size(), 8u + 8 + 4 + 65536 + 4 + 4);
    EXPECT_EQ(u32(octets, 4), octets.size());
    EXPECT_EQ(octets.substr(13, 3), std::string(3, '\0'));
}

}  // namespace
}  // namespace mailtrek::exporting

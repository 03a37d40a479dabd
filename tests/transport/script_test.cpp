// SPDX-License-Identifier: GPL-3.0-or-later
// Runs every conformance script of scripts/ on the driver.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "app/mailtrek-tcp-driver/driver.h"
#include "sim/kernel/dice.h"
#include "sim/wire/checksum.h"
#include "tests/transport/script.h"

namespace mailtrek::test {
namespace {

std::vector<std::string> scripts() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(MAILTREK_SOURCE_DIR "/tests/transport/scripts"))
        if (entry.path().filename() != "README.txt") names.push_back(entry.path().stem().string());
    std::ranges::sort(names);
    return names;
}

class Conformance : public testing::TestWithParam<std::string> {};

TEST_P(Conformance, AsTheScriptSays) { EXPECT_EQ(runScript(MAILTREK_SOURCE_DIR "/tests/transport/scripts/" + GetParam() + ".txt"), ""); }

INSTANTIATE_TEST_SUITE_P(Scripts, Conformance, testing::ValuesIn(scripts()), [](const auto& one) {
    std::string name = one.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

// A script that expects the wrong thing must fail, and tell what happened.
TEST(ConformanceRunner, NoticesWhatIsWrong) {
    const auto path = std::filesystem::temp_directory_path() / "mailtrek_wrong_script.txt";
    std::ofstream(path) << "0 call socket - = 3\n0 call connect 3 = block\n0 out S 0 mss 1200\n";
    const std::string told = runScript(path.string());
    std::filesystem::remove(path);
    EXPECT_NE(told.find("line 3: expected mss"), std::string::npos) << told;
    EXPECT_NE(told.find("mss 1460"), std::string::npos) << told;
}

std::string hexOfRandom(std::uint64_t seed, std::size_t size) {
    std::string hex;
    for (std::size_t i = 0; i < size; ++i) hex += fmt::format("{:02x}", draw(seed, Purpose::loss, i) & 0xff);
    return hex;
}

// Any line is answered, and any octets are a packet that is taken or dropped.
TEST(Driver, TakesAnything) {
    driver::Driver one;
    for (const char* line : {"",
                             "CALL",
                             "CALL x",
                             "CALL 0",
                             "CALL 0 nothing 3",
                             "CALL 0 read 99 1",
                             "CALL 0 read x y",
                             "IN 0",
                             "IN 0 abc",
                             "IN 0 zz",
                             "NEXT",
                             "NEXT -1",
                             "RUN 99999999999999999999",
                             "POLL",
                             "POLL 77",
                             "INFO 3",
                             "INFO x",
                             "CFG",
                             "CFG sack=2",
                             "CFG =",
                             "CFG mss",
                             "CFG wonder=1",
                             "\t\r"})
        EXPECT_FALSE(one.hear(line).empty()) << line;
    EXPECT_EQ(one.hear("CALL 0 socket -"), "RET 3 0");
    EXPECT_EQ(one.hear("CALL 0 bind 3"), "RET 0 0");
    EXPECT_EQ(one.hear("CALL 0 listen 3 5"), "RET 0 0");
    for (std::uint64_t i = 0; i < 3000; ++i) EXPECT_EQ(one.hear(fmt::format("IN {} {}", i, hexOfRandom(i, below(draw(i, Purpose::port), 200)))), "OK");
    // Sound IP and TCP around random headers, options and flags.
    for (std::uint64_t i = 0; i < 3000; ++i) {
        wire::Packet packet;
        packet.ip.source = driver::kRemote;
        packet.ip.destination = driver::kLocal;
        packet.ip.protocol = 6;
        packet.ip.identification = 1;
        std::string octets;
        for (std::size_t k = 0; k < 20 + below(draw(i, Purpose::isn), 60); ++k) octets += static_cast<char>(draw(i, Purpose::loss, k));
        octets[0] = octets[2] = 0x1f;
        octets[1] = octets[3] = static_cast<char>(0x90);
        octets[16] = octets[17] = 0;
        const std::uint16_t sum = wire::checksumFinish(wire::checksumAdd(wire::pseudoHeaderSum(packet.ip, 6, static_cast<std::uint32_t>(octets.size())), octets));
        octets[16] = static_cast<char>(sum >> 8);
        octets[17] = static_cast<char>(sum);
        packet.payload = Slice::adopt(std::move(octets));
        std::string hex;
        for (const char c : wire::serialize(packet)) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
        EXPECT_EQ(one.hear(fmt::format("IN {} {}", 10'000 + i * 1000, hex)), "OK");
    }
    EXPECT_EQ(one.hear("RUN 100000000000"), "OK");
}

}  // namespace
}  // namespace mailtrek::test

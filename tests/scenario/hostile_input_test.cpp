// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are no scenario, or want to do harm: each is turned away with a reason, and quickly.
#include <ctime>
#include <filesystem>
#include <fstream>

#include "tests/scenario/scenario_kit.h"

namespace mailtrek::scenario {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
protected:
    Folder() : m_path(fs::temp_directory_path() / fmt::format("mailtrek-scenario-{}", ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
        fs::remove_all(m_path);
        fs::create_directories(m_path / "own" / "pictures");
    }
    ~Folder() override { fs::remove_all(m_path); }

    fs::path write(const fs::path& name, const std::string& octets) const {
        std::ofstream(m_path / "own" / name, std::ios::binary) << octets;
        return m_path / "own" / name;
    }
    fs::path own() const { return m_path / "own"; }
    Loaded attach(const std::string& what) const {
        return readText(fileWith({.timeline = "  - { at: 1 s, send: { id: x, from: ana@norte.example, to: [luis@sur.example], attach: [ { " + what + " } ] } }\n"}), "test.yaml",
                        own());
    }
    static std::string refusal(const Loaded& loaded) { return loaded.diagnostics.empty() ? "nothing" : loaded.diagnostics.front().message; }

private:
    fs::path m_path;
};

TEST_F(Folder, MissingFile) {
    const Loaded loaded = readFile(own() / "nothing.yaml");
    EXPECT_TRUE(loaded.unreadable);
    EXPECT_EQ(allOf(loaded), (own() / "nothing.yaml").string() + ": error: there is no such file\n");
}

TEST_F(Folder, Directory) {
    const Loaded loaded = readFile(own());
    EXPECT_TRUE(loaded.unreadable);
    EXPECT_EQ(refusal(loaded), "this is a folder, not a scenario file");
}

TEST_F(Folder, DeviceFile) {
    const Loaded loaded = readFile("/dev/zero");
    EXPECT_TRUE(loaded.unreadable);
    EXPECT_EQ(refusal(loaded), "this is no ordinary file");
}

TEST_F(Folder, FileThatIsRead) {
    const Loaded loaded = readFile(write("good.yaml", fileWith({})));
    EXPECT_TRUE(loaded.ok());
    EXPECT_FALSE(loaded.unreadable);
}

TEST_F(Folder, Binary) {
    const Loaded loaded = readFile(write("program", std::string("\x7f"
                                                                "ELF\x02\x01\x01\0\0\0",
                                                                10)));
    EXPECT_FALSE(loaded.unreadable);
    EXPECT_EQ(allOf(loaded), (own() / "program").string() + ":1:1: error: control character U+007F\n");
}

TEST(Text, ThatIsNoUtf8) {
    const auto place = [](const std::string& octets) { return allOf(load("mailtrek: 1\nnodes: {}\ntitle: a" + octets + "b\n")); };
    const std::string refused = "test.yaml:3:9: error: this is not UTF-8 text (is it a scenario file?)\n";
    for (const std::string octets : {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82"})
        EXPECT_EQ(place(octets), refused);
    EXPECT_EQ(place("ñ€😀"), "");
    EXPECT_EQ(place(std::string(1, '\0')), "test.yaml:3:9: error: control character U+0000\n");
    EXPECT_EQ(place("\x1b"), "test.yaml:3:9: error: control character U+001B\n");
    EXPECT_EQ(place("\xc2\x85"), "test.yaml:3:9: error: control character U+0085\n");
    EXPECT_EQ(place("¿?\x01"), "test.yaml:3:11: error: control character U+0001\n");
}

// Refused, with a place, and before anybody gets impatient (the sanitizers slow everything down tenfold; time that other programs take does not count).
void expectQuickRefusal(const std::string& text, const std::string& message) {
    const std::clock_t begin = std::clock();
    const Loaded loaded = load(text);
    EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 20);
    ASSERT_FALSE(loaded.ok());
    ASSERT_FALSE(loaded.diagnostics.empty());
    EXPECT_NE(loaded.diagnostics.front().message.find(message), std::string::npos) << toText(loaded.diagnostics.front());
}

TEST(Hostile, SixteenMebibytesOfBrackets) {
    expectQuickRefusal(std::string(kMaxFile, '['), "nested more than 64 levels deep");
    expectQuickRefusal(std::string(kMaxFile, '{'), "nested more than 64 levels deep");
}

TEST(Hostile, MoreThanSixteenMebibytes) { expectQuickRefusal(std::string(kMaxFile + 1, ' '), "the file is larger than 16 MiB"); }

TEST(Hostile, SixteenMebibytesOfOneLine) { expectQuickRefusal("mailtrek: 1\ntitle: " + std::string(kMaxFile - 100, 'a'), "a line of more than 100,000 characters"); }

TEST(Hostile, DeepNesting) {
    std::string flow = "mailtrek: 1\nnodes: ", blocks = "mailtrek: 1\nnodes:\n", dashes = "mailtrek: 1\nlinks: \n  ";
    for (int i = 0; i < 70; ++i) flow += "{ a: ";
    for (int i = 1; i < 3000; ++i) blocks += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    for (int i = 0; i < 70; ++i) dashes += "- ";
    expectQuickRefusal(flow, "nested more than 64 levels deep");
    expectQuickRefusal(blocks, "nested more than 64 levels deep");
    expectQuickRefusal(dashes, "nested more than 64 levels deep");
}

TEST(Hostile, DashesAndBracketsInAText) {
    std::string dashes = "  - { at: 1 s, send: { from: ana@norte.example, to: [luis@sur.example], text: \"";
    for (int i = 0; i < 200; ++i) dashes += "- [";
    EXPECT_TRUE(load(fileWith({.timeline = dashes + "\" } }\n"})).ok());
    std::string line = "  - at: 1 s\n    send:\n      from: ana@norte.example\n      to: [luis@sur.example]\n      text: cut here";
    for (int i = 0; i < 200; ++i) line += " -";
    EXPECT_TRUE(load(fileWith({.timeline = line + "\n"})).ok()) << allOf(load(fileWith({.timeline = line + "\n"})));
}

TEST(Hostile, AliasBomb) {
    std::string text = "mailtrek: 1\nx0: &x0 [a, a, a, a, a, a, a, a, a, a]\n";
    for (int i = 1; i < 12; ++i) {
        text += fmt::format("x{}: &x{} [", i, i);
        for (int k = 0; k < 10; ++k) text += fmt::format("{}*x{}", k == 0 ? "" : ", ", i - 1);
        text += "]\n";
    }
    expectQuickRefusal(text, "aliases expand to more than 2000000 values");
}

TEST(Hostile, AliasesThatNest) {  // each repeats the one before ten levels deeper
    std::string text = "mailtrek: 1\nx0: &x0 a\n";
    for (int i = 1; i < 20'000; ++i) text += fmt::format("x{}: &x{} [[[[[[[[[[*x{}]]]]]]]]]]\n", i, i, i - 1);
    expectQuickRefusal(text, "nested more than 64 levels deep");
}

TEST(Hostile, AliasOfItself) { expectQuickRefusal("mailtrek: 1\nnodes: &x { a: *x }\n", "an alias must not stand inside what it repeats"); }

TEST(Hostile, AliasesThatAreFine) {
    const Loaded loaded = load(fileWith({.nodes = "  x: &pc { kind: pc }\n  y: *pc\n", .links = "  - { between: [x, r1] }\n  - { between: [y, r1] }\n"}));
    EXPECT_TRUE(loaded.ok()) << allOf(loaded);
}

TEST(Hostile, MistakeInSomethingRepeatedIsToldOnce) {
    expectErrors(fileWith({.nodes = "  x: &pc { kind: pc, §z: 1 }\n  y: *pc\n", .links = "  - { between: [x, r1] }\n  - { between: [y, r1] }\n"}), {"unknown key 'z'"});
}

TEST(Hostile, RangesThatMultiply) {
    std::string boxes;
    for (int i = 0; i < 1000; ++i) boxes += fmt::format("m{}: {{}}, ", i);
    expectQuickRefusal(fileWith({.nodes = "  \"x{1..90000}\": { kind: mail-server, domains: [\"x{n}.example\"], mailboxes: { " + boxes + " } }\n"}),
                       "ranges repeat more than 20000000 values");
    expectQuickRefusal(fileWith({.nodes = "  \"x{1..2000}\": { kind: mail-server, domains: [\"x{n}.example\"], mailboxes: { \"u{1..100000}\": {} } }\n"}),
                       "more than 1000000 mailboxes");
    std::string links;
    for (int i = 1; i <= 4; ++i) links += fmt::format("  - {{ between: [\"x{{1..60000}}\", y{}] }}\n", i);
    expectQuickRefusal(fileWith({.nodes = "  \"x{1..60000}\": { kind: pc }\n  \"y{1..4}\": { kind: router }\n", .links = links}), "more than 200000 links");
}

TEST(Hostile, RepeatsThatMultiply) {
    std::string many;
    for (int i = 0; i < 12; ++i)
        many += fmt::format("  - {{ at: 1 s, send: {{ id: m{}, from: ana@norte.example, to: [luis@sur.example], repeat: {{ times: 100000, every: 1 s }} }} }}\n", i);
    expectQuickRefusal(fileWith({.timeline = many}), "more than 1000000 timeline entries");
    expectQuickRefusal(fileWith({.timeline = "  - { at: 1 s, send: { from: ana@norte.example, to: [luis@sur.example], text: " + std::string(50'000, 'a') +
                                             ", repeat: { times: 100000, every: 1 s } } }\n"}),
                       "the repeated letters are together more than 256 MB");
}

TEST(Hostile, HundredThousandNodesAreFine) {
    const std::clock_t begin = std::clock();
    const Loaded loaded =
        load(fileWith({.nodes = "  \"x{1..99000}\": { kind: pc }\n  sw: { kind: switch }\n", .links = "  - { between: [\"x{1..99000}\", sw] }\n  - { between: [sw, r1] }\n"}));
    EXPECT_TRUE(loaded.ok()) << allOf(loaded).substr(0, 500);
    EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 60);
}

TEST_F(Folder, AttachmentBesideTheScenario) {
    write("picture.jpg", std::string("\xff\xd8\0x", 4));
    write("pictures/deep.jpg", "deep");
    const Loaded loaded = attach("file: picture.jpg");
    ASSERT_TRUE(loaded.ok()) << allOf(loaded);
    const Send& send = std::get<Send>(loaded.scenario->timeline.back().action);
    EXPECT_EQ(send.attachments.at(0).name, "picture.jpg");
    EXPECT_EQ(std::string(send.attachments.at(0).octets.text()), std::string("\xff\xd8\0x", 4));
    EXPECT_TRUE(attach("file: pictures/deep.jpg").ok());
    EXPECT_TRUE(attach("file: pictures/../picture.jpg").ok());
}

TEST_F(Folder, AttachmentOutsideTheFolder) {
    std::ofstream(own().parent_path() / "secret.txt") << "secret";
    fs::create_directories(own().parent_path() / "own-too");
    std::ofstream(own().parent_path() / "own-too" / "secret.txt") << "secret";
    fs::create_symlink("../secret.txt", own() / "link.txt");
    fs::create_directory_symlink("..", own() / "up");
    fs::create_symlink("loop", own() / "loop");
    for (const std::string file : {"../secret.txt", "pictures/../../secret.txt", "../own-too/secret.txt", "link.txt", "up/secret.txt", "/etc/passwd"})
        EXPECT_EQ(refusal(attach("file: " + file)), "file: '" + file + "' is outside the scenario's own folder");
    EXPECT_FALSE(attach("file: loop").ok());
    EXPECT_FALSE(attach("file: \"\"").ok());
    EXPECT_FALSE(attach("file: .").ok());
    EXPECT_NE(refusal(attach("file: pictures")).find("there is no file 'pictures'"), std::string::npos);
    EXPECT_NE(refusal(attach("file: nothing.txt")).find("there is no file 'nothing.txt'"), std::string::npos);
    EXPECT_NE(refusal(attach("file: \"a\\0b\"")).find("control character"), std::string::npos);
}

TEST_F(Folder, AttachmentsThatDoNotFitIntoMemory) {
    EXPECT_NE(refusal(attach("size: 1 GB")).find("together more than 256 MB"), std::string::npos);
    EXPECT_NE(refusal(attach("size: 999999 GB")).find("together more than 256 MB"), std::string::npos);
    EXPECT_TRUE(attach("size: 30 MB").ok());
}

}  // namespace
}  // namespace mailtrek::scenario

// SPDX-License-Identifier: GPL-3.0-or-later
// `outside:` entries and `interventions:`: what is written is read again as it was, behind any text that a scenario can be; and what is wrong is said with its place.
#include "sim/scenario/outside.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/scenario/scenario_kit.h"

namespace mailtrek::scenario {
namespace {

using Does = Outside::Does;

std::string entry(const std::string& what) { return "  - { at: 1 s, outside: " + what + " }\n"; }
const std::string kOpen = entry("{ on: ana-pc, connection: 1, open: imap }");

struct BadOutside {
    const char* name;
    std::string timeline;
    const char* message;
};
struct OutsideTrouble : testing::TestWithParam<BadOutside> {};
TEST_P(OutsideTrouble, IsRefusedWithItsPlace) { expectErrors(fileWith({.timeline = GetParam().timeline}), {GetParam().message}); }

INSTANTIATE_TEST_SUITE_P(Bad, OutsideTrouble,
                         testing::Values(BadOutside{"Scalar", entry("§ana-pc"), "outside must be a mapping"},
                                         BadOutside{"Server", entry("{ on: §norte, connection: 1, open: imap }"), "on: 'norte' is no device with a user"},
                                         BadOutside{"Nobody", entry("{ on: §ana-pv, connection: 1, open: imap }"), "on: there is no node 'ana-pv'"},
                                         BadOutside{"Nothing", entry("§{ on: ana-pc, connection: 1 }"), "outside does exactly one thing"},
                                         BadOutside{"Two", kOpen + entry("§{ on: ana-pc, connection: 1, write: a, end: close }"), "outside does exactly one thing"},
                                         BadOutside{"UnknownService", entry("{ on: ana-pc, connection: 1, open: §http }"), "open: 'http' is none of smtp, submission, pop3, imap"},
                                         BadOutside{"NoConnection", entry("§{ on: ana-pc, open: imap }"), "outside needs 'connection:'"},
                                         BadOutside{"SessionWithConnection", entry("{ on: ana-pc, connection: §1, session: begin }"), "session: is of no connection"},
                                         BadOutside{"NotOpen", entry("§{ on: ana-pc, connection: 1, write: a }"), "connection 1 is not open yet"},
                                         BadOutside{"OpenTwice", kOpen + entry("§{ on: ana-pc, connection: 1, open: imap }"), "connection 1 is opened twice"},
                                         BadOutside{"OpenTooLate",
                                                    "  - { at: 2 s, outside: { on: ana-pc, connection: 1, open: imap } }\n" + entry("§{ on: ana-pc, connection: 1, write: a }"),
                                                    "connection 1 is not open yet"},
                                         BadOutside{"Control", kOpen + entry("{ on: ana-pc, connection: 1, write: §\"a\\0\" }"), "write holds a control character"},
                                         BadOutside{"NotBase64", kOpen + entry("{ on: ana-pc, connection: 1, octets: §\"a!\" }"), "octets: this is not base64"},
                                         BadOutside{"Empty", kOpen + entry("{ on: ana-pc, connection: 1, write: §\"\" }"), "write must be a text"},
                                         BadOutside{"TookNothing", kOpen + entry("{ on: ana-pc, connection: 1, took: §0 }"), "took must be 1 to"}),
                         [](const auto& row) { return std::string(row.param.name); });

Outside outside(Does does, std::uint32_t connection, std::string octets = {}) {
    return {.on = NodeId{0}, .does = does, .connection = connection, .service = Service::pop3, .octets = Slice::adopt(std::move(octets)), .took = does == Does::took ? 7u : 0u};
}

std::string everything() {
    std::string octets;
    for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
    return octets;
}

const std::vector<Outside>& deeds() {
    static const std::vector<Outside> all{outside(Does::begin, 0),
                                          outside(Does::open, 3),
                                          outside(Does::write, 3, "a \"quoted\\ line\"\r\n\t# {n} 'x' % : - &*\r\n"),
                                          outside(Does::write, 3, everything()),
                                          outside(Does::write, 3, "caf\xc3\xa9"),
                                          outside(Does::took, 3),
                                          outside(Does::close, 3),
                                          outside(Does::open, 4),
                                          outside(Does::reset, 4),
                                          outside(Does::end, 0)};
    return all;
}

// As a session does it: behind the text, in two goes.
Result<std::string> sessionBehind(const std::string& text) {
    std::string first, rest;
    for (std::size_t i = 0; i < deeds().size(); ++i) (i < 2 ? first : rest) += entryLine(kStart + std::chrono::microseconds{1'500'000 + i}, deeds()[i], "ana-pc");
    const auto once = withInterventions(text, first);
    return once ? withInterventions(*once, rest) : once;
}

void expectDeeds(const Loaded& loaded, std::size_t before) {
    ASSERT_TRUE(loaded.ok()) << (loaded.diagnostics.empty() ? "" : toText(loaded.diagnostics.front()));
    const auto& timeline = loaded.scenario->timeline;
    ASSERT_EQ(timeline.size(), before + deeds().size());
    for (std::size_t i = 0; i < deeds().size(); ++i) {
        const auto& read = std::get<Outside>(timeline[before + i].action);
        EXPECT_EQ(timeline[before + i].at, kStart + std::chrono::microseconds{1'500'000 + i});
        EXPECT_EQ(loaded.scenario->nodes[read.on.index()].name, "ana-pc");
        EXPECT_EQ(read.does, deeds()[i].does) << i;
        EXPECT_EQ(read.connection, deeds()[i].connection) << i;
        EXPECT_EQ(read.octets, deeds()[i].octets) << i;
        EXPECT_EQ(read.took, deeds()[i].took) << i;
        if (read.does == Does::open) { EXPECT_EQ(read.service, deeds()[i].service); }
    }
}

TEST(Interventions, ComeBehindTheTextAndAreReadAsTheyWereWritten) {
    for (const std::string& end : {std::string("\n"), std::string(), std::string("\n# a remark at the end"), std::string("\nabout: |\n  several\n  lines")}) {
        std::string text = fileWith({});
        text.pop_back();
        const auto whole = sessionBehind(text + end);
        ASSERT_TRUE(whole.ok());
        EXPECT_TRUE(whole->starts_with(text + end));
        expectDeeds(readText(*whole, "x.yaml", {}), 1);
    }
}

TEST(Interventions, ComeIntoAFileInBracesToo) {
    const std::string text =
        R"({ "mailtrek": 1, "nodes": { "ana-pc": { "kind": "pc", "user": "ana@x.example" }, "x": { "kind": "mail-server", "domains": ["x.example"], "mailboxes": { "ana": {} } } },
             "links": [ { "between": ["ana-pc", "x"] } ] } # }
)";
    std::string lines;
    for (std::size_t i = 0; i < deeds().size(); ++i) lines += entryLine(kStart + std::chrono::microseconds{1'500'000 + i}, deeds()[i], "ana-pc");
    const auto remark = withInterventions(text, lines);
    EXPECT_FALSE(remark.ok() && readText(*remark, "x.yaml", {}).ok() && readText(*remark, "x.yaml", {}).scenario->timeline.size() > 0) << "the remark swallows them";
    const auto whole = withInterventions(text.substr(0, text.rfind('#')), lines);
    ASSERT_TRUE(whole.ok());
    expectDeeds(readText(*whole, "x.yaml", {}), 0);
}

TEST(Interventions, ComeLastAtEqualTimes) {
    const std::string text = fileWith({.rest = "interventions:\n  - { at: 0 s, cut: backbone }\nvariants: { v: { timeline: [ { at: 0 s, stop: sur } ] } }\n"});
    const auto loaded = readText(text, "x.yaml", {}, {.set = {}, .variant = "v", .seed = {}, .until = {}});
    ASSERT_TRUE(loaded.ok());
    std::vector<std::string> kinds;
    for (const Entry& one : loaded.scenario->timeline) kinds.push_back(one.kind);
    EXPECT_EQ(kinds, (std::vector<std::string>{"send", "stop", "cut"}));
}

TEST(Interventions, StandBehindEveryLesson) {
    for (const auto& file : std::filesystem::directory_iterator(MAILTREK_SOURCE_DIR "/scenarios")) {
        if (file.path().extension() != ".yaml") continue;
        std::ifstream in(file.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        const auto whole = withInterventions(text, entryLine(kStart, outside(Does::begin, 0), "ana-pc"));
        ASSERT_TRUE(whole) << file.path();
        const Loaded before = readText(text, "a.yaml", file.path().parent_path()), after = readText(*whole, "a.yaml", file.path().parent_path());
        ASSERT_TRUE(before.ok() && after.ok()) << file.path();
        EXPECT_EQ(after.scenario->timeline.size(), before.scenario->timeline.size() + 1) << file.path();
    }
}

}  // namespace
}  // namespace mailtrek::scenario

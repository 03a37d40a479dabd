// SPDX-License-Identifier: GPL-3.0-or-later
// CSV, JSON and JSON lines.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "sim/export/event_json.h"
#include "tests/export/export_kit.h"

namespace mailtrek::exporting {
namespace {

Story story() {
    Story story;
    const PacketId packet = story.udp("hello");
    story.happens(0, kR1, trace::LinkChanged{kFar, trace::LinkChange::cut});
    story.sent(1'000, 1'000, packet, kNorteOut, 64);
    story.dropped(2'000, kR1, packet, kR1Out, trace::DropReason::linkDown, true, false);
    story.happens(3'000, kSur, trace::SmtpReply{{0}, story.text("250-sur \"greets\" you,\n250 SIZE 100"), 250, trace::DialogueProtocol::smtp}, {0});
    story.ends(4'000);
    return story;
}

// RFC 4180 read strictly: rows of cells; anything against the grammar is a failure.
std::vector<std::vector<std::string>> readCsv(std::string_view text) {
    std::vector<std::vector<std::string>> rows;
    while (!text.empty()) {
        std::vector<std::string>& row = rows.emplace_back();
        for (bool more = true; more;) {
            std::string& cell = row.emplace_back();
            if (text.starts_with('"')) {
                for (text.remove_prefix(1); !text.empty() && (text[0] != '"' || text.starts_with("\"\"")); text.remove_prefix(1)) {
                    if (text[0] == '"') text.remove_prefix(1);
                    cell += text[0];
                }
                text.remove_prefix(std::min<std::size_t>(1, text.size()));
            } else {
                const std::size_t end = std::min(text.find_first_of(",\r\n\""), text.size());
                cell = text.substr(0, end);
                text.remove_prefix(end);
            }
            more = text.starts_with(',');
            if (more) text.remove_prefix(1);
        }
        EXPECT_TRUE(text.starts_with("\r\n")) << "a row ends with CRLF";
        text.remove_prefix(std::min<std::size_t>(2, text.size()));
    }
    return rows;
}

TEST(Csv, HasOneRowPerEventAndEveryField) {
    const Story s = story();
    const auto rows = readCsv(exported(s.recording, "out.csv"));
    ASSERT_EQ(rows.size(), s.recording.size() + 1);
    std::map<std::string, std::size_t> column;
    for (const std::string& name : rows[0]) EXPECT_TRUE(column.emplace(name, column.size()).second) << "twice: " << name;
    for (std::uint64_t n = 0; n < s.recording.size(); ++n) {
        const auto& row = rows[n + 1];
        ASSERT_EQ(row.size(), rows[0].size());
        std::size_t filled = 0;
        for (const std::string& cell : row) filled += !cell.empty();
        std::size_t expected = 0;
        for (const Field& field : eventFields({n}, s.recording.event({n}), s.recording)) {
            EXPECT_EQ(row[column.at(std::string(field.name))], field.value);
            expected += !field.value.empty();
        }
        EXPECT_EQ(filled, expected);
    }
    EXPECT_EQ(rows[4][column.at("line")], "250-sur \"greets\" you,\n250 SIZE 100");
    EXPECT_EQ(rows[0][0], "id");
}

TEST(Json, IsAnArrayOfTheSameObjectsAsTheLines) {
    const Story s = story();
    const auto array = nlohmann::json::parse(exported(s.recording, "out.json"));
    std::istringstream lines(exported(s.recording, "out.jsonl"));
    std::string line;
    std::size_t n = 0;
    for (; std::getline(lines, line); ++n) EXPECT_EQ(nlohmann::json::parse(line), array.at(n));
    EXPECT_EQ(n, s.recording.size());
    EXPECT_EQ(array.size(), s.recording.size());
    EXPECT_EQ(array.at(3).at("line"), "250-sur \"greets\" you,\n250 SIZE 100");
}

TEST(Json, NothingIsAnEmptyArray) {
    const Story empty;
    EXPECT_EQ(exported(empty.recording, "out.json"), "[]\n");
    EXPECT_EQ(exported(empty.recording, "out.jsonl"), "");
    EXPECT_EQ(readCsv(exported(empty.recording, "out.csv")).size(), 1u);
}

TEST(Json, FiltersByNodeAndLink) {
    const Story s = story();
    const auto idsOf = [&](const Filter& filter) {
        std::vector<int> ids;
        for (const auto& object : nlohmann::json::parse(exported(s.recording, "out.json", filter))) ids.push_back(object.at("id"));
        return ids;
    };
    EXPECT_EQ(idsOf(AtNode{kR1}), (std::vector{0, 2}));
    EXPECT_EQ(idsOf(AtLink{kFar}), (std::vector{0, 2}));
    EXPECT_EQ(idsOf(AtLink{kNear}), (std::vector{1}));
    EXPECT_EQ(idsOf(AtNode{kSur}), (std::vector{3}));
    EXPECT_TRUE(exportTo("/dev/null", s.recording, AtNode{{17}}, "json"));
    EXPECT_TRUE(exportTo("/dev/null", s.recording, AtLink{{17}}, "json"));
}

}  // namespace
}  // namespace mailtrek::exporting

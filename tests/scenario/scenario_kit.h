// SPDX-License-Identifier: GPL-3.0-or-later
// A small sound scenario that tests put one more piece into. A '§' in a piece marks where a diagnostic is expected; it is taken out before reading.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/read.h"

namespace mailtrek::scenario {

struct Pieces {
    std::string top{}, nodes{}, links{}, timeline{}, rest{};
};

inline std::string fileWith(const Pieces& more) {
    std::string text = "mailtrek: 1\n" + more.top + R"(nodes:
  ana-pc:  { kind: pc, user: ana@norte.example }
  luis-pc: { kind: pc, user: luis@sur.example }
  norte:   { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }
  sur:     { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }
  dns:     { kind: dns-server }
  r1:      { kind: router }
  r2:      { kind: router }
)" + more.nodes + R"(links:
  - { between: [ana-pc, norte] }
  - { between: [norte, r1] }
  - { name: backbone, between: [r1, r2] }
  - { between: [r2, sur] }
  - { between: [sur, luis-pc] }
  - { between: [dns, r1] }
)" + more.links + R"(timeline:
  - at: 0 s
    send: { id: carta, from: ana@norte.example, to: [luis@sur.example] }
)" + more.timeline + more.rest;
    return text;
}

struct Place {
    int line = 0, column = 0;
    friend bool operator==(const Place&, const Place&) = default;
};

// Takes the marks out and tells where they stood.
inline std::pair<std::string, std::vector<Place>> unmarked(const std::string& text) {
    static const std::string kMark = "§";
    std::string plain;
    std::vector<Place> places;
    Place here{1, 1};
    for (std::size_t i = 0; i < text.size();) {
        if (text.compare(i, kMark.size(), kMark) == 0) {
            places.push_back(here);
            i += kMark.size();
            continue;
        }
        plain += text[i];
        if (text[i] == '\n')
            here = {here.line + 1, 1};
        else if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80)  // columns count characters
            ++here.column;
        ++i;
    }
    return {plain, places};
}

inline Loaded load(const std::string& text, const Overrides& overrides = {}) { return readText(text, "test.yaml", ".", overrides); }

inline std::string allOf(const Loaded& loaded) {
    std::string all;
    for (const Diagnostic& d : loaded.diagnostics) all += toText(d) + "\n";
    return all;
}

// Exactly the errors that are marked, each with its words, and no scenario.
inline void expectErrors(const std::string& marked, const std::vector<std::string>& messages, const Overrides& overrides = {}) {
    const auto [text, places] = unmarked(marked);
    const Loaded loaded = load(text, overrides);
    EXPECT_FALSE(loaded.ok());
    std::vector<Diagnostic> errors;
    for (const Diagnostic& d : loaded.diagnostics)
        if (d.severity == Severity::error) errors.push_back(d);
    ASSERT_EQ(errors.size(), messages.size()) << allOf(loaded);
    for (std::size_t i = 0; i < errors.size(); ++i) {
        EXPECT_NE(errors[i].message.find(messages[i]), std::string::npos) << toText(errors[i]) << "\nshould say: " << messages[i];
        if (i < places.size()) {
            EXPECT_EQ(fmt::format("{}:{}", errors[i].line, errors[i].column), fmt::format("{}:{}", places[i].line, places[i].column)) << toText(errors[i]) << "\n" << text;
        }
    }
}

inline constexpr auto nameOfRow = [](const auto& row) { return row.param.name; };

}  // namespace mailtrek::scenario

// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON Schema beside the scenarios, and an independent validator (python3-jsonschema) that holds files against it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/scenario/scenario_kit.h"

namespace mailtrek::scenario {

inline std::filesystem::path sourceTree() { return MAILTREK_SOURCE_DIR; }

inline const nlohmann::json& schema() {
    static const nlohmann::json parsed = [] {
        std::ifstream in(sourceTree() / "scenarios" / "scenario.schema.json");
        return nlohmann::json::parse(in);
    }();
    return parsed;
}

// What stands at the place, with references followed. "" is the whole.
inline const nlohmann::json& schemaAt(const std::string& place) {
    const nlohmann::json* part = &schema().at(nlohmann::json::json_pointer(place));
    while (part->contains("$ref")) part = &schema().at(nlohmann::json::json_pointer(part->at("$ref").get<std::string>().substr(1)));
    return *part;
}

// The lines that the validator prints.
inline std::vector<std::string> validatorSays(const std::vector<std::string>& arguments) {
    std::string command = fmt::format("python3 '{}'", (sourceTree() / "tests" / "scenario" / "schema_check.py").string());
    for (const std::string& argument : arguments) command += fmt::format(" '{}'", argument);
    command += " 2>&1";
    std::FILE* pipe = popen(command.c_str(), "r");
    std::vector<std::string> lines(1);
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;) {
        if (c == '\n')
            lines.emplace_back();
        else
            lines.back() += static_cast<char>(c);
    }
    lines.pop_back();
    EXPECT_EQ(pclose(pipe), 0) << "the validator failed (it needs python3-jsonschema and python3-yaml): " << (lines.empty() ? "" : lines.back());
    return lines;
}

inline std::string schemaPath() { return (sourceTree() / "scenarios" / "scenario.schema.json").string(); }

// What the schema says of each text: "valid", or what is wrong. One run of the validator for all, which starts slowly.
inline std::vector<std::string> schemaSays(const std::vector<std::string>& texts) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("mailtrek-schema-{}", getpid());
    std::filesystem::create_directories(folder);
    std::vector<std::string> arguments{schemaPath()};
    for (const std::string& text : texts) {
        arguments.push_back((folder / fmt::format("{}.yaml", arguments.size())).string());
        std::ofstream(arguments.back(), std::ios::binary) << text;
    }
    std::vector<std::string> lines = validatorSays(arguments);
    std::filesystem::remove_all(folder);
    EXPECT_EQ(lines.size(), texts.size());
    lines.resize(texts.size());
    return lines;
}

// Wrong beyond "not supported yet", which the schema describes as if it were.
inline bool refusedForGood(const Loaded& loaded) {
    for (const Diagnostic& d : loaded.diagnostics)
        if (d.severity == Severity::error && !d.message.starts_with("not supported yet")) return true;
    return false;
}

}  // namespace mailtrek::scenario

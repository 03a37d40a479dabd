// SPDX-License-Identifier: GPL-3.0-or-later
// The order of the layers (architecture, Layers): every #include leads downwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "tests/architecture/source_tree.h"

namespace mailtrek::architecture {
namespace {

const std::vector<std::string> kOrder = {"kernel", "wire", "trace",    "net",     "routing", "transport", "dns",    "mail",
                                         "web",    "tls",  "scenario", "dissect", "narrate", "host",      "export", "run"};

// Layers that may use less than everything below them.
const std::map<std::string, std::set<std::string>> kOnly = {
    {"ui", {"kernel", "wire", "trace", "scenario", "dissect", "narrate", "export", "run", "ui"}},  // only faces and values
};

std::ptrdiff_t rank(const std::string& layer) { return std::ranges::find(kOrder, layer) - kOrder.begin(); }

// Why a file of layer `from` must not include one of layer `to`; empty when it may.
std::string objection(const std::string& from, const std::string& to) {
    if (to == "tests") return "programs do not include tests";
    if (from == "app") return {};
    if (to == "app") return "nothing includes app/";
    if (const auto only = kOnly.find(from); only != kOnly.end()) return only->second.contains(to) ? "" : from + " may not use " + to;
    if (to == "ui") return "no window below ui/";
    if (rank(from) == std::ssize(kOrder) || rank(to) == std::ssize(kOrder)) return "an unknown layer: name it in kOrder";
    return rank(to) <= rank(from) ? "" : to + " lies above " + from;
}

TEST(Layers, EveryIncludeLeadsDownwards) {
    for (const SourceFile& file : sourceTree()) {
        if (!file.isCode() || file.layer() == "tests") continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string_view include = includeIn(file.lines[i]);
            if (!include.starts_with('"')) continue;
            const SourceFile target{.path = std::string(include.substr(1, include.size() - 2)), .lines = {}};
            const bool made = target.path.ends_with(".moc") || target.path.starts_with("ui_");  // written by Qt's tools
            if (made && file.layer() == "ui") continue;
            EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(MAILTREK_SOURCE_DIR) / target.path))
                << file.path << ":" << i + 1 << ": " << include << " is not rooted in the project";
            const std::string why = objection(file.layer(), target.layer());
            EXPECT_EQ(why, "") << file.path << ":" << i + 1 << ": " << include;
        }
    }
}

TEST(Layers, AnUpwardEdgeIsNoticed) {
    EXPECT_EQ(objection("net", "kernel"), "");
    EXPECT_EQ(objection("run", "host"), "");
    EXPECT_EQ(objection("net", "transport"), "transport lies above net");
    EXPECT_EQ(objection("kernel", "trace"), "trace lies above kernel");
    EXPECT_EQ(objection("scenario", "host"), "host lies above scenario");
    EXPECT_EQ(objection("ui", "host"), "ui may not use host");
    EXPECT_EQ(objection("narrate", "ui"), "no window below ui/");
    EXPECT_EQ(objection("run", "app"), "nothing includes app/");
    EXPECT_NE(objection("kernel", "weather"), "");
    EXPECT_EQ(includeIn("  #  include \"sim/net/link.h\"  // why"), "\"sim/net/link.h\"");
    EXPECT_EQ(includeIn("#include <QWidget>"), "<QWidget>");
    EXPECT_EQ(includeIn("// #include <vector>"), "");
}

TEST(Layers, NoQtBelowTheWindow) {
    for (const SourceFile& file : sourceTree()) {
        if (!file.path.starts_with("sim/") && !file.path.starts_with("app/mailtrek-cli/") && !file.path.starts_with("app/mailtrek-bench/")) continue;
        for (const std::string& line : file.lines) {
            const std::string_view include = includeIn(line);
            EXPECT_FALSE(include.starts_with("<Q") || (include.starts_with("<q") && include.ends_with(".h>")) || include.starts_with("\"ui/")) << file.path << ": " << line;
            EXPECT_EQ(line.find("Qt6::"), std::string::npos) << file.path << ": " << line;
        }
    }
}

// Protocols are sans-I/O: only sim/host and sim/net's links know a simulator, and nobody below host emits events.
TEST(Layers, ProtocolsTouchNeitherClockNorTrace) {
    for (const SourceFile& file : sourceTree()) {
        const std::string layer = file.path.starts_with("sim/") ? file.layer() : "";
        if (layer != "transport" && layer != "dns" && layer != "mail" && layer != "web" && layer != "tls") continue;
        for (const std::string& line : file.lines) {
            const std::string_view include = includeIn(line);
            EXPECT_NE(include, "\"sim/kernel/simulator.h\"") << file.path;
            EXPECT_NE(include, "\"sim/trace/tracer.h\"") << file.path;
            EXPECT_NE(include, "\"sim/trace/recording.h\"") << file.path;
        }
    }
}

// The same run gives the same recording on every machine (architecture, kernel).
TEST(Layers, NothingBelowTheWindowAsksTheMachine) {
    const std::vector<std::string> forbidden = {"<random>",   "std::rand(",   "system_clock",  "steady_clock", "high_resolution_clock",
                                                "std::time(", "gettimeofday", "clock_gettime", "setlocale",    "std::locale("};
    for (const SourceFile& file : sourceTree()) {
        if (!file.path.starts_with("sim/") || !file.isCode()) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string code = file.lines[i].substr(0, file.lines[i].find("//"));
            for (const std::string& word : forbidden) EXPECT_EQ(code.find(word), std::string::npos) << file.path << ":" << i + 1 << ": " << word;
        }
    }
}

}  // namespace
}  // namespace mailtrek::architecture

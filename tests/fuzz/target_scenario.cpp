// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sim/scenario/read.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

// A file is read, or refused with at least one error; every diagnostic stands somewhere in the text.
void take(std::string_view text) {
    const scenario::Loaded loaded = scenario::readText(text, "fuzz.yaml", "/no/such/folder");
    const auto errors = std::count_if(loaded.diagnostics.begin(), loaded.diagnostics.end(), [](const auto& d) { return d.severity == scenario::Severity::error; });
    must(loaded.ok() == (errors == 0), "a file is refused exactly when there is an error");
    std::size_t lines = 1;
    for (const char c : text) lines += c == '\n' || c == '\r';
    for (const scenario::Diagnostic& d : loaded.diagnostics) {
        must(d.line >= 0 && static_cast<std::size_t>(d.line) <= lines, "a diagnostic stands in the text");
        must(d.line == 0 || d.column >= 1, "columns count from 1");
        must(!d.message.empty() && d.message.find('\x01') == std::string::npos, "a diagnostic says something");
    }
    if (loaded.ok()) scenario::castOf(*loaded.scenario);
}

std::string fileText(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

const Target& scenarioTarget() {
    const std::filesystem::path tree = MAILTREK_SOURCE_DIR;
    static const Target target{"scenario",
                               take,
                               {"mailtrek: 1\nnodes: { a: { kind: pc, user: a@b.example }, b: { kind: mail-server, domains: [b.example], mailboxes: { a: } } }\n"
                                "links: [ { between: [a, b], delay: 5 ms } ]\ntimeline: [ { at: 1 s, send: { from: a@b.example, to: [a@b.example] } } ]\n",
                                fileText(tree / "tests/scenario/every_key.yaml"), fileText(tree / "scenarios/04_enlace_con_perdidas.yaml")},
                               {"{n}",   "{1..3}", "*x",    "&x ",       "<<: ",     "- - ", "? ",
                                "\"",    "'",      "|\n",   ">\n",       "!!",       "\xc3", "\xef\xbb\xbf",
                                "---\n", "...",    " 0 ",   "-1",        "101 %",    "025",  "18446744073709551616",
                                "[",     "]",      "{",     "}",         ": ",       "#",    "\r",
                                "\t",    "kind: ", "set: ", "links.a.b", "forward: "},
                               400};
    return target;
}

}  // namespace mailtrek::fuzz

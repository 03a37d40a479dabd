// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/run/dissector.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "sim/export/export.h"

namespace mailtrek::run::test {

std::string outputOf(const std::string& command) {
    std::string out;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return out;
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, size);
    ::pclose(pipe);
    return out;
}

bool dissectorIsThere() {
    if (!outputOf("command -v tshark").empty()) return true;
    std::cerr << "\n*** tshark is missing: no independent dissector has looked at our captures. Install it (Debian: tshark). ***\n\n";
    return false;
}

std::vector<std::vector<std::string>> dissected(const trace::Recording& recording, const exporting::Filter& filter, const std::vector<std::string>& fields, bool joined) {
    const std::filesystem::path file = std::filesystem::temp_directory_path() / fmt::format("mailtrek-dissected-{}.pcapng", ::getpid());
    EXPECT_FALSE(exporting::exportTo(file, recording, filter));
    std::string command =
        fmt::format("tshark -r {} -n -T fields -E separator='|' -E occurrence=f -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE", file.string());
    // It takes a reply of POP3 for that of the command it saw last; where every hop is in the capture, that may be the one before.
    if (!joined) command += " -o tcp.desegment_tcp_streams:FALSE --disable-protocol pop";
    for (const std::string& field : fields) command += " -e " + field;
    std::istringstream in(outputOf(command + " 2>/dev/null"));
    std::filesystem::remove(file);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> row(1);
        for (const char c : line)
            if (c == '|')
                row.emplace_back();
            else
                row.back() += c;
        row.resize(fields.size());
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace mailtrek::run::test

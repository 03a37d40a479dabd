// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/architecture/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace mailtrek::architecture {

namespace fs = std::filesystem;

namespace {

SourceFile readFile(const fs::path& path, const fs::path& root) {
    SourceFile file{.path = path.lexically_relative(root).generic_string(), .lines = {}};
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) file.lines.push_back(line);
    return file;
}

std::vector<SourceFile> readTree() {
    const fs::path root = MAILTREK_SOURCE_DIR;
    std::vector<SourceFile> files;
    for (const char* folder : {"sim", "ui", "app", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const std::string name = entry.path().filename().string();
            const bool wanted = name.ends_with(".h") || name.ends_with(".cpp") || name.ends_with(".sh") || name.ends_with(".py") || name == "CMakeLists.txt";
            if (entry.is_regular_file() && wanted) files.push_back(readFile(entry.path(), root));
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

}  // namespace

std::string SourceFile::layer() const {
    const auto slash = path.find('/');
    const std::string top = path.substr(0, slash);
    if (top != "sim") return top;
    return path.substr(slash + 1, path.find('/', slash + 1) - slash - 1);
}

const std::vector<SourceFile>& sourceTree() {
    static const std::vector<SourceFile> tree = readTree();
    return tree;
}

std::string_view includeIn(std::string_view line) {
    const auto skipSpace = [&] {
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    };
    skipSpace();
    if (!line.starts_with('#')) return {};
    line.remove_prefix(1);
    skipSpace();
    if (!line.starts_with("include")) return {};
    line.remove_prefix(7);
    skipSpace();
    if (line.empty() || (line.front() != '"' && line.front() != '<')) return {};
    const auto end = line.find(line.front() == '"' ? '"' : '>', 1);
    return end == std::string_view::npos ? std::string_view{} : line.substr(0, end + 1);
}

}  // namespace mailtrek::architecture

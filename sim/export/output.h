// SPDX-License-Identifier: GPL-3.0-or-later
// Where an export goes: a file that is either complete or absent. POSIX files; the first error is kept and stops all further writing.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "sim/kernel/result.h"

namespace mailtrek::exporting {

class Output {
public:
    // Opens a temporary file beside `path`, or `path` itself when it is a device or pipe.
    explicit Output(std::filesystem::path path);
    // Removes the temporary file unless commit() succeeded.
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::string_view octets);
    bool failed() const { return m_error.has_value(); }
    const std::optional<Error>& error() const { return m_error; }

    // Flushes, syncs, renames. Nothing when all went well.
    std::optional<Error> commit();

private:
    void open();
    void openTemporary(int mode);
    void flush();
    void fail(std::string_view what, int errorNumber);

    std::filesystem::path m_path;
    std::filesystem::path m_target;     // m_path, or the file that a link of that name leads to
    std::filesystem::path m_temporary;  // empty: written directly
    std::string m_buffer;
    std::optional<Error> m_error;
    int m_file = -1;
};

// Writes a whole text in the same way.
std::optional<Error> writeFile(const std::filesystem::path& path, std::string_view octets);

}  // namespace mailtrek::exporting

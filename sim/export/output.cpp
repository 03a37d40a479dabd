// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/export/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

namespace mailtrek::exporting {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 18;

// "/dev/stdout", "/dev/fd/3": a descriptor that is open already, or -1. Opening these by name would start a redirected file from its beginning again.
int openDescriptor(const std::string& path) {
    if (path == "/dev/stdout") return STDOUT_FILENO;
    if (path == "/dev/stderr") return STDERR_FILENO;
    for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
        if (!path.starts_with(prefix)) continue;
        int number = -1;
        const char* end = path.data() + path.size();
        const auto [stop, error] = std::from_chars(path.data() + prefix.size(), end, number);
        if (error == std::errc{} && stop == end && number >= 0) return number;
    }
    return -1;
}

}  // namespace

Output::Output(std::filesystem::path path) : m_path(std::move(path)) { open(); }

Output::~Output() {
    if (m_file >= 0) ::close(m_file);
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

void Output::open() {
    if (m_path.empty()) return fail("no file name", 0);
    if (const int descriptor = openDescriptor(m_path.lexically_normal().string()); descriptor >= 0) {
        m_file = ::dup(descriptor);
        if (m_file < 0) fail("", errno);
        return;
    }
    struct stat status {};
    const bool exists = ::stat(m_path.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) return fail("", EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
        m_file = ::open(m_path.c_str(), O_WRONLY | O_CLOEXEC);
        if (m_file < 0) fail("", errno);
        return;
    }
    if (exists && ::faccessat(AT_FDCWD, m_path.c_str(), W_OK, AT_EACCESS) != 0) return fail("", errno);
    openTemporary(exists ? static_cast<int>(status.st_mode & 0777) : -1);
}

void Output::openTemporary(int mode) {
    std::error_code error;
    if (const auto target = std::filesystem::canonical(m_path, error); !error) m_target = target;  // a link keeps pointing where it points
    if (m_target.empty()) m_target = m_path;
    const std::filesystem::path folder = m_target.has_parent_path() ? m_target.parent_path() : std::filesystem::path(".");
    for (int n = 0; n < 1000 && m_file < 0; ++n) {
        m_temporary = folder / (".mailtrek-" + std::to_string(::getpid()) + "-" + std::to_string(n) + ".tmp");
        m_file = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (m_file < 0 && errno != EEXIST) break;
    }
    if (m_file < 0) {
        const int reason = errno;
        m_temporary.clear();
        return fail("", reason);
    }
    if (mode >= 0 && ::fchmod(m_file, static_cast<mode_t>(mode)) != 0) fail("", errno);
}

void Output::write(std::string_view octets) {
    if (m_error) return;
    m_buffer += octets;
    if (m_buffer.size() >= kBuffer) flush();
}

void Output::flush() {
    std::string_view rest = m_buffer;
    while (!rest.empty() && !m_error) {
        const ssize_t written = ::write(m_file, rest.data(), rest.size());
        if (written > 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (written == 0 || errno != EINTR) {
            fail("", written == 0 ? EIO : errno);
        }
    }
    m_buffer.clear();
}

std::optional<Error> Output::commit() {
    if (!m_error) flush();
    if (!m_error && !m_temporary.empty() && ::fsync(m_file) != 0 && errno != EINVAL && errno != ENOTSUP) fail("", errno);
    if (m_file >= 0 && ::close(std::exchange(m_file, -1)) != 0 && !m_error) fail("", errno);
    if (m_error || m_temporary.empty()) return m_error;
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) {
        fail("", errno);
        return m_error;
    }
    m_temporary.clear();
    return std::nullopt;
}

void Output::fail(std::string_view what, int errorNumber) {
    if (m_error) return;
    const std::string why = what.empty() ? std::generic_category().message(errorNumber) : std::string(what);
    m_error = Error{"cannot write '" + m_path.string() + "': " + why};
}

std::optional<Error> writeFile(const std::filesystem::path& path, std::string_view octets) {
    Output output(path);
    output.write(octets);
    return output.commit();
}

}  // namespace mailtrek::exporting

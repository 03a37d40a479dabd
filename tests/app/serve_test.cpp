// SPDX-License-Identifier: GPL-3.0-or-later
// `mailtrek-cli serve` against real mail programs: each case of serve_clients.py is a session of its own on free ports, in a folder of its own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>

#include "tests/app/process.h"

namespace mailtrek::test {
namespace {

class Serve : public testing::TestWithParam<const char*> {};

TEST_P(Serve, Works) {
    if (!have("python3")) GTEST_SKIP() << "python3 is not installed: nothing was tested";
    const TemporaryFolder folder;
    const std::string home = folder.path();
    const Ran ran = launch({.program = outputOf("command -v python3 | tr -d '\\n'"),
                            .arguments = {MAILTREK_SOURCE_DIR "/tests/app/serve_clients.py", GetParam(), MAILTREK_CLI, home},
                            .environment = {std::string("NODE_PATH=") + (std::getenv("NODE_PATH") != nullptr ? std::getenv("NODE_PATH") : ""), "PATH=/usr/local/bin:/usr/bin:/bin",
                                            "LC_ALL=C.UTF-8", "HOME=" + home, "PYTHONDONTWRITEBYTECODE=1"},
                            .folder = {},
                            .outPath = {},
                            .seconds = 60});
    if (ran.exitCode == 77) GTEST_SKIP() << ran.out;
    EXPECT_FALSE(ran.hung);
    EXPECT_EQ(ran.exitCode, 0) << ran.out << ran.err;
}

// What a bare machine with Python and curl has.
INSTANTIATE_TEST_SUITE_P(Programs, Serve,
                         testing::Values("send_list_read_flag_delete", "lossy", "real_pace", "stranger", "starttls", "starttls_lossy", "idle", "curl", "pop3",
                                         "half_close_and_reset", "slow_reader", "many_connections", "octets", "only_loopback", "interrupted", "ends_by_itself", "a_session_goes_on",
                                         "bad_input", "spanish"),
                         [](const auto& row) { return std::string(row.param); });
// What Debian has besides.
INSTANTIATE_TEST_SUITE_P(Others, Serve, testing::Values("swaks", "msmtp", "mbsync", "fetchmail", "neomutt", "node"), [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace mailtrek::test

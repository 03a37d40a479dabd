// SPDX-License-Identifier: GPL-3.0-or-later
// A file appears whole or not at all.
#include "sim/export/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "tests/export/export_kit.h"

namespace mailtrek::exporting {
namespace {

TEST(Output, WritesAndReplacesWholeFilesAndLeavesNothingElse) {
    const Folder folder;
    EXPECT_FALSE(writeFile(folder / "out.txt", "one"));
    EXPECT_EQ(contentOf(folder / "out.txt"), "one");
    const std::string big(3'000'000, 'x');
    EXPECT_FALSE(writeFile(folder / "out.txt", big));
    EXPECT_EQ(contentOf(folder / "out.txt"), big);
    EXPECT_EQ(folder.files(), 1);
}

TEST(Output, NothingIsThereBeforeCommitNorWithoutIt) {
    const Folder folder;
    {
        Output output(folder / "out.txt");
        output.write(std::string(1'000'000, 'x'));
        EXPECT_FALSE(std::filesystem::exists(folder / "out.txt"));
    }
    EXPECT_EQ(folder.files(), 0);
}

TEST(Output, KeepsPermissionsAndFollowsLinks) {
    const Folder folder;
    ASSERT_FALSE(writeFile(folder / "real.txt", "old"));
    ASSERT_EQ(::chmod((folder / "real.txt").c_str(), 0640), 0);
    std::filesystem::create_symlink("real.txt", folder / "link.txt");
    EXPECT_FALSE(writeFile(folder / "link.txt", "new"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.txt"));
    EXPECT_EQ(contentOf(folder / "real.txt"), "new");
    EXPECT_EQ(std::filesystem::status(folder / "real.txt").permissions(), std::filesystem::perms(0640));
    EXPECT_EQ(folder.files(), 2);
}

void expectRefused(const std::filesystem::path& path, std::string_view why) {
    const std::optional<Error> error = writeFile(path, "text");
    ASSERT_TRUE(error) << path;
    EXPECT_EQ(error->message, "cannot write '" + path.string() + "': " + std::string(why));
}

TEST(Output, SaysWhatIsWrong) {
    const Folder folder;
    ASSERT_FALSE(writeFile(folder / "file", "x"));
    std::filesystem::create_directory(folder / "sub");
    expectRefused(folder / "missing/out.txt", "No such file or directory");
    expectRefused(folder / "file/out.txt", "Not a directory");
    expectRefused(folder / "sub", "Is a directory");
    expectRefused(folder / std::string(300, 'n'), "File name too long");
    expectRefused("", "no file name");
    expectRefused("/dev/full", "No space left on device");
    expectRefused("/dev/fd/987654", "Bad file descriptor");
    EXPECT_EQ(folder.files(), 2);
    EXPECT_EQ(contentOf(folder / "file"), "x");
}

// Root may write everywhere: for the while of a test it becomes nobody.
class Nobody {
public:
    Nobody() { EXPECT_TRUE(!m_root || ::seteuid(65534) == 0); }
    ~Nobody() { EXPECT_TRUE(!m_root || ::seteuid(0) == 0); }
    Nobody(const Nobody&) = delete;
    Nobody& operator=(const Nobody&) = delete;

private:
    bool m_root = ::geteuid() == 0;
};

TEST(Output, RespectsWriteProtection) {
    const Nobody nobody;
    const Folder folder;
    ASSERT_FALSE(writeFile(folder / "kept.txt", "old"));
    ASSERT_EQ(::chmod((folder / "kept.txt").c_str(), 0444), 0);
    expectRefused(folder / "kept.txt", "Permission denied");
    EXPECT_EQ(contentOf(folder / "kept.txt"), "old");
    ASSERT_EQ(::chmod(folder.path.c_str(), 0555), 0);
    expectRefused(folder / "new.txt", "Permission denied");
    ::chmod(folder.path.c_str(), 0755);
    EXPECT_EQ(folder.files(), 1);
}

TEST(Output, AFullDiskLeavesTheOldFileAndNoTemporaryOne) {
    const Folder folder;
    ASSERT_FALSE(writeFile(folder / "out.txt", "old"));
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);  // a write that finds no room, without filling a disk
    const std::optional<Error> error = writeFile(folder / "out.txt", std::string(5000, 'x'));
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
    ASSERT_TRUE(error);
    EXPECT_NE(error->message.find("File too large"), std::string::npos) << error->message;
    EXPECT_EQ(contentOf(folder / "out.txt"), "old");
    EXPECT_EQ(folder.files(), 1);
}

TEST(Output, ADescriptorThatIsOpenGoesOnWhereItStands) {
    const Folder folder;
    const int file = ::open((folder / "redirected").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    ASSERT_GE(file, 0);
    ASSERT_EQ(::write(file, "before ", 7), 7);
    EXPECT_FALSE(writeFile("/dev/fd/" + std::to_string(file), "after"));
    ::close(file);
    EXPECT_EQ(contentOf(folder / "redirected"), "before after");
}

TEST(Export, RefusesFormatsItDoesNotKnowBeforeTouchingAnything) {
    const Folder folder;
    const Story story;
    for (const char* name : {"out.html", "out.HTML", "out.txt", "out", "out.pcap", ".pcapng"}) {
        const auto error = exportTo(folder / name, story.recording);
        ASSERT_TRUE(error) << name;
        EXPECT_TRUE(checkEnding(folder / name)) << name;
        EXPECT_NE(error->message.find(".pcapng, .csv, .json, .jsonl"), std::string::npos) << error->message;
    }
    EXPECT_NE(exportTo(folder / "out.html", story.recording)->message.find("not supported yet"), std::string::npos);
    EXPECT_EQ(folder.files(), 0);
    EXPECT_FALSE(checkEnding("OUT.PCAPNG"));
}

TEST(Export, EveryFormatReportsAFullDevice) {
    Story story;
    story.ends(1);
    for (const Format& format : formats()) {
        const auto error = exportTo("/dev/full", story.recording, {}, format.ending);
        ASSERT_TRUE(error) << format.ending;
        EXPECT_EQ(error->message, "cannot write '/dev/full': No space left on device");
        EXPECT_FALSE(exportTo("/dev/null", story.recording, {}, format.ending));
    }
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

}  // namespace
}  // namespace mailtrek::exporting

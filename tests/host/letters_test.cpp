// SPDX-License-Identifier: GPL-3.0-or-later
// Every letter in every mailbox of the lessons and of a hundred random runs is one that RFC 5322 and RFC 5321 4.4 allow, and every line that was said one that RFC 5321 allows.
#include <gmock/gmock.h>

#include <map>
#include <regex>

#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

std::size_t count(const mail::Message& letter, std::string_view name) {
    return static_cast<std::size_t>(std::count_if(letter.headers.begin(), letter.headers.end(), [&](const auto& h) { return mail::sameIgnoringCase(h.first, name); }));
}

// Seconds since 1970 of "Mon, 02 Mar 2026 10:00:00 +0000", by the C library; -1 when it is no such date.
std::int64_t secondsOf(const std::string& date) {
    std::tm time{};
    const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S +0000", &time);
    return end != nullptr && *end == '\0' ? static_cast<std::int64_t>(::timegm(&time)) : -1;
}

void expectSound(const std::string& octets, Instant storedAt, std::uint16_t hops) {
    ASSERT_TRUE(octets.starts_with("Return-Path: <")) << octets;
    const mail::Message letter = mail::parse(octets);
    for (const char* name : {"Return-Path", "Date", "From", "Message-ID"}) EXPECT_EQ(count(letter, name), 1u) << name << "\n" << octets;
    EXPECT_EQ(count(letter, "Received"), hops) << octets;
    EXPECT_TRUE(std::regex_match(letter.header("Message-ID"), std::regex("<[^<>@ ]+@[A-Za-z0-9._-]+>"))) << letter.header("Message-ID");
    static const std::regex kReceived("from (\\S+) \\(\\[[0-9.]+\\]\\)\tby ([A-Za-z0-9._-]+) with (ESMTPA?|SMTP) id [0-9A-F]+(\tfor <[^<>]+>)?;\t(.*)");
    std::int64_t later = kSimEpochUnixSeconds + storedAt.time_since_epoch() / std::chrono::seconds(1);
    std::string nextHop;
    for (const auto& [name, value] : letter.headers) {  // from the last hop to the first
        if (name != "Received") continue;
        std::smatch parts;
        ASSERT_TRUE(std::regex_match(value, parts, kReceived)) << value;
        if (!nextHop.empty()) { EXPECT_EQ(parts[2], nextHop) << octets; }
        nextHop = parts[1];
        const std::int64_t at = secondsOf(parts[5]);
        ASSERT_GT(at, 0) << value;
        EXPECT_LE(at, later);
        later = at;
    }
    const std::int64_t written = secondsOf(letter.header("Date"));
    ASSERT_GT(written, 0) << letter.header("Date");
    EXPECT_LE(written, later);
    for (std::size_t at = 0; at < octets.size();) {
        const std::size_t end = octets.find_first_of("\r\n", at);
        ASSERT_NE(end, std::string::npos) << octets;
        ASSERT_EQ(octets.substr(end, 2), "\r\n") << octets;
        ASSERT_LE(end - at, 998u);
        at = end + 2;
    }
}

void expectSound(const trace::Recording& recording) {
    std::map<std::string, MailId> ids;
    for (const auto& [id, e] : eventsOf<trace::MailComposed>(recording)) {
        const mail::Message letter = mail::parse(recording.store().message(e.message).text());
        const std::string messageId = letter.header("Message-ID");
        const std::int64_t written = kSimEpochUnixSeconds + recording.event(id).at.time_since_epoch() / std::chrono::seconds(1);
        EXPECT_LE(std::abs(secondsOf(letter.header("Date")) - written), 1) << letter.header("Date") << ": simulated time, to the second";
        EXPECT_TRUE(ids.emplace(messageId, recording.event(id).mail).second) << messageId << " is not unique";
    }
    for (const auto& [id, e] : eventsOf<trace::MailStored>(recording)) {
        const std::string octets(recording.store().message(e.message).text());
        expectSound(octets, recording.event(id).at, e.hops);
        const auto sent = ids.find(mail::parse(octets).header("Message-ID"));
        ASSERT_NE(sent, ids.end());
        EXPECT_EQ(sent->second, recording.event(id).mail);
    }
    for (const auto& [id, e] : eventsOf<trace::MailComposed>(recording)) {  // bodies unchanged, wherever they came to
        const std::string sent(mail::bodyOf(recording.store().message(e.message).text()));
        for (const auto& [storedId, stored] : eventsOf<trace::MailStored>(recording))
            if (recording.event(storedId).mail == recording.event(id).mail) { EXPECT_EQ(mail::bodyOf(recording.store().message(stored.message).text()), sent); }
    }
}

void expectSoundDialogue(const trace::Recording& recording) {
    std::set<ConnectionId> greeted;  // where EHLO was answered
    for (std::uint64_t i = 0; i < recording.size(); ++i) {
        const trace::Payload& payload = recording.event({i}).payload;
        if (const auto* e = std::get_if<trace::SmtpCommand>(&payload)) {
            const std::string line(recording.text(e->line));
            EXPECT_LE(line.size() + 2, 512u) << line;
            EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; })) << line;
        }
        if (const auto* e = std::get_if<trace::SmtpReply>(&payload)) {
            const std::string text(recording.text(e->line));
            static const std::regex kEnhanced("([245])[0-9][0-9][ -]\\1\\.[0-9]{1,3}\\.[0-9]{1,3} .*");
            const bool greets = text.find(" greets ") != std::string::npos;
            if (greets) greeted.insert(e->connection);
            const bool bare = e->code == 354 || e->code == 334 || greets || !greeted.contains(e->connection);  // RFC 2034 4
            EXPECT_EQ(std::regex_match(text.substr(0, text.find('\n')), kEnhanced), !bare) << text;
        }
    }
}

TEST(Letters, OfTheLessons) {
    for (const auto& file : std::filesystem::directory_iterator(run::test::scenarioFolder())) {
        if (file.path().extension() != ".yaml") continue;
        SCOPED_TRACE(file.path().filename());
        const trace::Recording recording = run::simulate(run::test::scenarioFile(file.path().filename()));
        expectSound(recording);
        expectSoundDialogue(recording);
    }
}

TEST(Letters, OfAHundredRandomRuns) {
    std::size_t letters = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        SCOPED_TRACE(seed);
        const trace::Recording recording = run::simulate(run::test::randomScenario(seed));
        if (!eventsOf<trace::PacketCorrupted>(recording).empty() && mailtrek::test::RandomScenario(seed).text().find("words-swapped") != std::string::npos)
            continue;  // damage that no checksum sees
        expectSound(recording);
        expectSoundDialogue(recording);
        letters += eventsOf<trace::MailStored>(recording).size();
    }
    EXPECT_GT(letters, 100u);
}

}  // namespace
}  // namespace mailtrek::host

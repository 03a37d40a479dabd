// SPDX-License-Identifier: GPL-3.0-or-later
// An independent reader: Python's email package takes our letters and notices apart, and must find in them what we put there; hashlib judges our SHA-256.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "sim/mail/dsn.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
#include "sim/mail/sha256.h"

namespace mailtrek::mail {
namespace {

// Prints what it found, a line each; any defect that the package reports is a line of its own. Values in hexadecimal.
constexpr std::string_view kReader = R"(
import email, email.policy, email.utils, hashlib, sys
h = lambda v: (v if isinstance(v, bytes) else str(v).encode()).hex()
for path in sys.argv[1:]:
    raw = open(path, 'rb').read()
    m = email.message_from_bytes(raw, policy=email.policy.default.clone(max_line_length=998))
    print('letter', hashlib.sha256(raw).hexdigest())
    print('subject', h(m['Subject']))
    print('from', h(m['From']))
    print('to', h(m['To']))
    print('id', h(m['Message-ID']))
    print('date', int(email.utils.parsedate_to_datetime(m['Date']).timestamp()))
    for part in m.walk():
        for defect in part.defects + [d for k in part.keys() for d in part.get_all(k)[0].defects]:
            print('defect', type(defect).__name__, path)
        if part.get_content_type() == 'message/delivery-status':
            for group in part.get_payload():
                for k, v in group.items(): print('status', k, h(v))
        elif part.get_content_maintype() == 'message' or part.is_multipart(): print('container', part.get_content_type())
        elif part.get_filename() is not None: print('attachment', h(part.get_filename()), part.get_content_type(), h(part.get_payload(decode=True)))
        elif part.get_content_maintype() == 'text':
            print('text', part.get_content_type(), h(part.get_content().replace('\r\n', '\n').rstrip('\n')))
)";

std::string hex(std::string_view octets) {
    std::string out;
    for (const char c : octets) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

class Python : public testing::Test {
protected:
    void SetUp() override {
        m_folder = std::filesystem::temp_directory_path() / fmt::format("mailtrek-mail-{}", ::getpid());
        std::filesystem::create_directories(m_folder);
        std::ofstream(m_folder / "reader.py") << kReader;
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }
    void add(std::string_view letter) {
        const auto path = m_folder / fmt::format("{:04}.eml", m_letters++);
        std::ofstream(path, std::ios::binary) << letter;
    }
    // What the reader says about all letters. Fails when python3 is not there: app/packages.txt lists it for the tests.
    std::vector<std::string> verdict() {
        FILE* pipe = ::popen(fmt::format("python3 {0}/reader.py {0}/*.eml 2>&1", m_folder.string()).c_str(), "r");
        std::string all;
        char buffer[4096];
        while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) all.append(buffer, size);
        EXPECT_EQ(::pclose(pipe), 0) << "python3 must be installed for this test, and the reader must not fail:\n" << all.substr(0, 2000);
        std::vector<std::string> lines;
        std::istringstream in(all);
        for (std::string line; std::getline(in, line);) lines.push_back(line);
        return lines;
    }

private:
    std::filesystem::path m_folder;
    int m_letters = 0;
};

TEST_F(Python, FindsInOurLettersWhatWePutThere) {
    std::vector<std::string> expected;
    const std::vector<std::string> subjects{"Hola, Luis", "¿Qué tal? Mañana te llamo",
                                            "=?UTF-8?Q?not encoded?=", "日本語 and a long tail that goes on and on until the line is full and must be folded somewhere"};
    const std::vector<std::string> texts{"Hola", "¿Qué tal?\n\n-- \nAna =3D", "a line with a space at its end \nand\ta tab\t\n.\n..\nFrom here", std::string(3000, 'x') + "\nñ"};
    const std::vector<std::string> names{"foto.jpg", "notas de clase.txt", "ñandú año nuevo, muy largo y con más letras.txt", "a;b=c.pdf"};
    for (std::size_t i = 0; i < 64; ++i) {
        Draft draft;
        draft.from = "ana@norte.example";
        for (std::size_t r = 0; r <= i % 5 * 4; ++r) draft.to.push_back(fmt::format("luis{}@sur.example", r));
        draft.subject = subjects[i % 4];
        draft.text = texts[i / 4 % 4];
        if (i % 3 == 1) draft.html = "<p>¡Hola! " + texts[i % 4] + "</p>";
        for (std::size_t a = 0; a < i % 3; ++a) draft.attachments.push_back({names[(i + a) % 4], Slice::copyOf(std::string(i * 37, static_cast<char>(i * 4)) + "\r\n.\r\n")});
        draft.messageId = fmt::format("<{}@norte.example>", i);
        draft.date = kStart + std::chrono::hours(i * 1000);
        const std::string letter = compose(draft);
        add(letter);
        Sha256 hash;
        hash.add(letter);
        std::string to;
        for (const std::string& one : draft.to) to += (to.empty() ? "" : ", ") + one;
        expected.insert(expected.end(), {"letter " + hash.hex(), "subject " + hex(draft.subject), "from " + hex(draft.from), "to " + hex(to), "id " + hex(draft.messageId),
                                         fmt::format("date {}", kSimEpochUnixSeconds + static_cast<std::int64_t>(i) * 3'600'000)});
        if (!draft.attachments.empty()) expected.emplace_back("container multipart/mixed");
        if (!draft.html.empty()) expected.emplace_back("container multipart/alternative");
        const auto trimmed = [](std::string text) {
            while (text.ends_with('\n')) text.pop_back();
            return text;
        };
        expected.push_back("text text/plain " + hex(trimmed(draft.text)));
        if (!draft.html.empty()) expected.push_back("text text/html " + hex(draft.html));
        for (std::size_t a = 0; a < draft.attachments.size(); ++a) {
            const std::string& name = draft.attachments[a].name;
            const char* type = name.ends_with(".jpg") ? "image/jpeg" : name.ends_with(".pdf") ? "application/pdf" : "text/plain";
            expected.push_back(fmt::format("attachment {} {} {}", hex(name), type, hex(draft.attachments[a].octets.text())));
        }
    }
    const std::vector<std::string> found = verdict();
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], expected[i]) << "line " << i;
}

TEST_F(Python, FindsInOurNoticesWhatWePutThere) {
    DsnFacts facts;
    facts.reportingMta = "norte.norte.example";
    facts.to = "ana@norte.example";
    facts.envelopeId = "QQ1";
    facts.messageId = "<n1@norte.norte.example>";
    facts.arrived = kStart;
    facts.now = kStart + std::chrono::minutes(5);
    facts.recipients = {
        {"luis@sur.example", "rfc822;luis+x@sur.example", "failed", "5.1.1", "550-5.1.1 no\n550 5.1.1 never", "550-5.1.1 no\n550 5.1.1 never", "sur.sur.example", facts.now},
        {"eva@sur.example", "", "failed", "4.4.7", "connection refused", "", "", facts.now}};
    facts.original = Slice::copyOf("Subject: Hola\r\n\r\nHola\r\n");
    add(composeDsn(facts));
    const std::vector<std::string> found = verdict();
    const auto field = [](std::string_view name, std::string_view value) { return fmt::format("status {} {}", name, hex(value)); };
    const std::vector<std::string> expected{"container multipart/report",
                                            field("Reporting-MTA", "dns; norte.norte.example"),
                                            field("Original-Envelope-Id", "QQ1"),
                                            field("Arrival-Date", "Mon, 02 Mar 2026 10:00:00 +0000"),
                                            field("Original-Recipient", "rfc822;luis+x@sur.example"),
                                            field("Final-Recipient", "rfc822; luis@sur.example"),
                                            field("Action", "failed"),
                                            field("Status", "5.1.1"),
                                            field("Remote-MTA", "dns; sur.sur.example"),
                                            field("Diagnostic-Code", "smtp; 550-5.1.1 no 550 5.1.1 never"),
                                            field("Last-Attempt-Date", "Mon, 02 Mar 2026 10:05:00 +0000"),
                                            field("Final-Recipient", "rfc822; eva@sur.example"),
                                            field("Action", "failed"),
                                            field("Status", "4.4.7"),
                                            field("Diagnostic-Code", "x-mailtrek; connection refused"),
                                            field("Last-Attempt-Date", "Mon, 02 Mar 2026 10:05:00 +0000"),
                                            "container message/rfc822"};
    std::vector<std::string> structure;
    std::copy_if(found.begin(), found.end(), std::back_inserter(structure), [](const std::string& line) { return line.starts_with("container") || line.starts_with("status"); });
    EXPECT_EQ(structure, expected);
    for (const std::string& line : found) EXPECT_FALSE(line.starts_with("defect")) << line;
}

}  // namespace
}  // namespace mailtrek::mail

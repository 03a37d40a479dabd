// SPDX-License-Identifier: GPL-3.0-or-later
// An independent verifier: RFC 6376 once more, in Python with its own hashes, must find our signatures good, and broken where a letter was changed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sim/mail/dkim.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

// Arguments: the key in hexadecimal, and letters. Prints a word for each.
constexpr std::string_view kVerifier = R"(
import base64, hashlib, hmac, re, sys
def relaxed_header(field):
    name, value = field.split(b':', 1)
    return name.strip().lower() + b':' + re.sub(rb'[ \t]+', b' ', value.replace(b'\r\n', b'')).strip() + b'\r\n'
def body_of(raw, how):
    if how == b'relaxed': raw = re.sub(rb'[ \t]+(?=\r\n|$)', b'', re.sub(rb'[ \t]+', b' ', raw))
    raw = re.sub(rb'(\r\n)*\Z', b'', raw)
    return raw + b'\r\n' if raw or how == b'simple' else b''
def verdict(key, raw):
    head, body = raw.split(b'\r\n\r\n', 1)
    fields = [f + b'\r\n' for f in re.split(rb'\r\n(?![ \t])', head)]
    own = next(f for f in fields if f.lower().startswith(b'dkim-signature'))
    tags = dict(t.strip().split(b'=', 1) for t in own.split(b':', 1)[1].strip().rstrip(b';').split(b';'))
    tags = {k.strip(): re.sub(rb'\s', b'', v) for k, v in tags.items()}
    assert tags[b'v'] == b'1' and tags[b'a'] == b'modelled-sha256' and tags[b'd'] == b'norte.example', tags
    header, of_body = tags[b'c'].split(b'/')
    if base64.b64encode(hashlib.sha256(body_of(body, of_body)).digest()) != tags[b'bh']: return 'body'
    canon = relaxed_header if header == b'relaxed' else lambda f: f
    left, text = [f for f in fields if f is not own], b''
    for name in tags[b'h'].lower().split(b':'):
        for i in reversed(range(len(left))):
            if left[i].split(b':', 1)[0].strip().lower() == name:
                text += canon(left.pop(i))
                break
    text += canon(re.sub(rb'(;\s*b=)[^;]*', rb'\1', own.rstrip(b'\r\n')) + b'\r\n')[:-2]
    mac = hmac.new(key, hashlib.sha256(text).digest(), hashlib.sha256).digest()
    return 'good' if base64.b64encode(mac) == tags[b'b'] else 'header'
for path in sys.argv[2:]: print(verdict(bytes.fromhex(sys.argv[1]), open(path, 'rb').read()))
)";

class DkimPython : public testing::Test {
protected:
    void SetUp() override {
        m_folder = std::filesystem::temp_directory_path() / fmt::format("mailtrek-dkim-{}", ::getpid());
        std::filesystem::create_directories(m_folder);
        std::ofstream(m_folder / "verifier.py") << kVerifier;
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }

    void add(std::string_view letter) {
        m_files += fmt::format(" {}/{}.eml", m_folder.string(), m_count);
        std::ofstream(m_folder / fmt::format("{}.eml", m_count++), std::ios::binary) << letter;
    }
    std::vector<std::string> verdicts() const {
        std::string key, line;
        for (const char c : modelledKey("norte.example").octets) key += fmt::format("{:02x}", static_cast<unsigned char>(c));
        std::vector<std::string> all;
        FILE* pipe = ::popen(fmt::format("python3 {}/verifier.py {}{} 2>&1", m_folder.string(), key, m_files).c_str(), "r");
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
            if (c != '\n') {
                line += static_cast<char>(c);
                continue;
            }
            all.push_back(line);
            line.clear();
        }
        ::pclose(pipe);
        return all;
    }

private:
    std::filesystem::path m_folder;
    std::string m_files;
    std::size_t m_count = 0;
};

std::vector<std::string> letters() {
    Draft draft;
    draft.from = "ana@norte.example";
    draft.to = {"luis@sur.example", "eva@sur.example"};
    draft.cc = {"ana@norte.example"};
    draft.subject = "¿Qué tal? Una línea de asunto que no cabe en una sola línea, y que por eso se pliega";
    draft.text = "Hola,\n\n¿qué tal?   Bien.  \n\n\n";
    draft.messageId = "<1@norte.example>";
    std::vector<std::string> all{compose(draft)};
    draft.html = "<p>Hola</p>";
    draft.attachments = {{"foto ñ.jpg", Slice::copyOf(std::string(300, '\xd8'))}};
    all.push_back(compose(draft));
    all.push_back("Subject :\t x \r\n\ty  z\r\nFROM: Ana <ana@norte.example>\r\nReply-To: a@b.example\r\nReply-To: c@d.example\r\n\r\n \t\r\na \t b \r\n\r\n\r\n");
    all.push_back("From: ana@norte.example\r\n\r\n");
    return all;
}

TEST_F(DkimPython, FindsOurSignaturesGood) {
    for (const std::string& letter : letters())
        for (const auto header : {Canonicalization::simple, Canonicalization::relaxed})
            for (const auto body : {Canonicalization::simple, Canonicalization::relaxed})
                add("Received: from x\r\n\tby y\r\n" + dkimSignatureLine(letter, modelledKey("norte.example"), kStart, {header, body}) + letter);
    EXPECT_EQ(verdicts(), std::vector<std::string>(letters().size() * 4, "good"));
}

TEST_F(DkimPython, AndBrokenOnesBroken) {
    const std::string letter = letters()[0], line = dkimSignatureLine(letter, modelledKey("norte.example"), kStart);
    add(line + letter + "more\r\n");
    add(line + "Subject: above\r\n" + letter);
    std::string changed = line + letter;
    add(changed.replace(changed.find("From: ana@"), 10, "From: eva@"));
    EXPECT_EQ(verdicts(), (std::vector<std::string>{"body", "good", "header"}));
}

}  // namespace
}  // namespace mailtrek::mail

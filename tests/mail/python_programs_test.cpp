// SPDX-License-Identifier: GPL-3.0-or-later
// Mail programs of others, without a network: Python's imaplib and poplib talk to our servers through a pair of local sockets, and assert what they find.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace mailtrek::mail {
namespace {

constexpr std::string_view kDoor = R"(
import socket, subprocess, sys, email, email.policy
def door(what):
    ours, theirs = socket.socketpair()
    subprocess.Popen([sys.argv[1], what], stdin=theirs, stdout=theirs)
    theirs.close()
    ours.settimeout(20)
    return ours
)";

constexpr std::string_view kImap = R"(
import imaplib, time
class Imap(imaplib.IMAP4):
    def _create_socket(self, timeout=None): return door('imap')
def ok(answer):
    assert answer[0] == 'OK', answer
    return answer[1]
m = Imap()
assert 'IDLE' in m.capabilities and 'UIDPLUS' in m.capabilities and 'AUTH=PLAIN' in m.capabilities, m.capabilities
try:
    m.login('luis@sur.example', 'wrong'); assert False
except imaplib.IMAP4.error: pass
ok(m.authenticate('PLAIN', lambda challenge: b'\0luis@sur.example\0secret'))
assert ok(m.select()) == [b'2']
assert m.response('UIDVALIDITY')[1] == [b'1']
raw = ok(m.fetch('1', '(RFC822)'))[0][1]
letter = email.message_from_bytes(raw, policy=email.policy.default)
assert letter['Subject'] == '¿Qué tal?' and letter['Message-ID'] == '<1@norte.example>'
def walk(part, number=''):  # every part that email finds is under its number
    if part.is_multipart():
        for i, one in enumerate(part.iter_parts(), 1): walk(one, (number + '.' if number else '') + str(i))
    else:
        n = number or '1'
        got = ok(m.fetch('1', f'(BODY.PEEK[{n}])'))[0][1]
        want = part.get_payload(decode=False).encode('utf-8', 'surrogateescape').replace(b'\r\n', b'\n')
        assert got.replace(b'\r\n', b'\n') == want, (n, got, want)
        head = ok(m.fetch('1', f'(BODY.PEEK[{n}.MIME])'))[0][1]
        assert email.message_from_bytes(head, policy=email.policy.default).get_content_type() == part.get_content_type(), (n, head)
walk(letter)
structure = ok(m.fetch('1:2', '(BODYSTRUCTURE ENVELOPE)'))
assert len(structure) == 2 and structure[0].count(b'(') == structure[0].count(b')'), structure
assert ok(m.search(None, 'UNSEEN')) == [b'2']
assert ok(m.store('2', '+FLAGS', r'(\Flagged)')) == [b'2 (FLAGS (\\Recent \\Flagged))']
ok(m.create('Archivo/2026')); ok(m.subscribe('Archivo/2026'))
assert len(ok(m.list())) == 3 and len(ok(m.lsub())) == 2
answer = ok(m.append('Archivo/2026', r'(\Seen)', imaplib.Time2Internaldate(time.time()), b'Subject: propia\r\n\r\nhola\r\n'))
assert b'APPENDUID 3 3' in answer[0], answer
ok(m.copy('1:2', 'Archivo/2026')); ok(m.uid('MOVE', '2', 'Archivo/2026'))
assert ok(m.status('Archivo/2026', '(MESSAGES UNSEEN UIDVALIDITY)')) == [b'Archivo/2026 (MESSAGES 4 UNSEEN 2 UIDVALIDITY 3)']
assert ok(m.getquotaroot('INBOX'))[1][0].startswith(b'"" (STORAGE '), 'quota'
assert ok(m.namespace()) == [b'(("" "/")) NIL NIL']
ok(m.rename('Archivo', 'Viejo'))
ok(m.select('Viejo/2026')); ok(m.store('1:*', '+FLAGS.SILENT', r'(\Deleted)'))
assert ok(m.expunge()) == [b'1'] * 4
ok(m.unsubscribe('Archivo/2026')); ok(m.close()); ok(m.delete('Viejo/2026'))
m.send(b'I1 IDLE\r\n'); assert m.readline() == b'+ idling\r\n'
m.send(b'DONE\r\n'); assert m.readline() == b'I1 OK IDLE completed\r\n'
assert m.logout()[0] == 'BYE'
print('done')
)";

constexpr std::string_view kPop3 = R"(
import poplib
class Pop3(poplib.POP3):
    def _create_socket(self, timeout): return door('pop3')
p = Pop3('x')
assert p.getwelcome().startswith(b'+OK')
assert 'UIDL' in p.capa() and p.capa()['SASL'] == ['PLAIN'] and 'PIPELINING' in p.capa(), p.capa()
p.user('luis@sur.example')
try:
    p.pass_('wrong'); assert False
except poplib.error_proto as e: assert b'[AUTH]' in e.args[0]
p.user('luis@sur.example'); p.pass_('secret')
count, total = p.stat()
sizes = [int(row.split()[1]) for row in p.list()[1]]
assert count == 2 and total == sum(sizes), (count, total, sizes)
for number, size in enumerate(sizes, 1):
    answer, lines, octets = p.retr(number)
    assert sum(len(line) + 2 for line in lines) == size == int(answer.split()[1]), (number, size, octets)
letter = email.message_from_bytes(b'\r\n'.join(p.retr(1)[1]), policy=email.policy.default)
assert letter.get_body(('plain',)).get_content().splitlines() == ['Hola', '.', '..dots'], letter
assert len(p.top(2, 0)[1]) == 3 and p.top(2, 1)[1][-1] == b'adios'
ids = [row.split()[1] for row in p.uidl()[1]]
assert len(set(ids)) == 2 and p.uidl(2).split()[2] == ids[1]
p.dele(1)
try:
    p.retr(1); assert False
except poplib.error_proto: pass
p.rset(); p.noop(); p.dele(2)
assert b'1 left' in p.quit()
print('done')
)";

// What the program prints; any assertion that fails is in it.
std::string run(std::string_view program) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("mailtrek-program-{}.py", ::getpid());
    std::ofstream(file) << kDoor << program;
    FILE* pipe = ::popen(fmt::format("timeout 60 python3 {} {} 2>&1", file.string(), MAILTREK_MAIL_PIPE).c_str(), "r");
    std::string said;
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) said.append(buffer, size);
    ::pclose(pipe);
    std::filesystem::remove(file);
    return said;
}

TEST(PythonPrograms, Imaplib) { EXPECT_EQ(run(kImap), "done\n"); }

TEST(PythonPrograms, Poplib) { EXPECT_EQ(run(kPop3), "done\n"); }

}  // namespace
}  // namespace mailtrek::mail

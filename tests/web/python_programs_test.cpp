// SPDX-License-Identifier: GPL-3.0-or-later
// A web program of others, without a network: Python's http.client speaks to our front end through a pair of local sockets, its http.cookies and html.parser judge what comes.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace mailtrek::web {
namespace {

constexpr std::string_view kVisit = R"(
import http.client, http.cookies, html.parser, socket, subprocess, sys, urllib.parse
ours, theirs = socket.socketpair()
subprocess.Popen([sys.argv[1]], stdin=theirs, stdout=theirs)
theirs.close()
ours.settimeout(20)
class Door(http.client.HTTPConnection):
    def connect(self): self.sock = ours
c = Door('sur.sur.example')
cookies = http.cookies.SimpleCookie()

VOID = {'meta', 'input', 'br', 'link', 'img', 'hr'}
class Page(html.parser.HTMLParser):  # and a strict one: every element is closed, in order, and no attribute comes twice
    def __init__(self, text):
        super().__init__()
        self.open, self.forms, self.links, self.words, self.tags, self.ids = [], [], {}, [], [], {}
        self.feed(text); self.close()
        assert self.open == [], self.open
        assert text.startswith('<!DOCTYPE html>') and self.tags[0] == ('html', [('lang', 'en')]), self.tags
    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        assert len(values) == len(attributes), attributes
        self.tags.append((tag, attributes))
        if tag not in VOID: self.open.append(tag)
        if tag == 'form': self.forms.append((values['method'], values['action'], {}))
        if tag == 'input': self.forms[-1][2][values['name']] = values.get('value', '')
        if tag == 'a': self.links[values['href']] = values
    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (self.open, tag)
        self.open.pop()
    def handle_data(self, data): self.words.append(data)
    def form(self, action): return next(f for f in self.forms if f[1] == action)[2]
    def text(self): return ''.join(self.words)

def ask(method, path, form=None, status=200):
    headers = {'Cookie': '; '.join(f'{k}={v.value}' for k, v in cookies.items())} if cookies else {}
    if form is not None: headers['Content-Type'] = 'application/x-www-form-urlencoded'
    c.request(method, path, urllib.parse.urlencode(form) if form is not None else None, headers)
    answer = c.getresponse()
    octets = answer.read()
    assert answer.status == status, (answer.status, octets)
    assert answer.version == 11 and answer.getheader('Date') == 'Mon, 02 Mar 2026 10:00:00 GMT'
    for cookie in answer.headers.get_all('Set-Cookie', []):
        cookies.load(cookie)
        morsel = cookies['__Host-session']
        assert morsel['secure'] and morsel['httponly'] and morsel['samesite'] == 'Strict' and morsel['path'] == '/' and not morsel['domain'], cookie
    return answer, octets
def page(*a, **k): return Page(ask(*a, **k)[1].decode('utf-8'))

login = page('GET', '/').form('/login')
assert set(login) == {'csrf', 'user', 'password'}, login
wrong = page('POST', '/login', {**login, 'user': 'luis@sur.example', 'password': 'wrong'}, 403)
assert 'wrong' in wrong.text()
answer, _ = ask('POST', '/login', {**wrong.form('/login'), 'user': 'luis@sur.example', 'password': 'secret'}, 303)
inbox = page('GET', answer.getheader('Location'))
assert '2 letters, 2 unread' in inbox.text(), inbox.text()
assert inbox.links['/mail/1']['data-message-id'] == '<1@norte.example>'
letter = page('GET', '/mail/1')
assert '¿Qué <b>tal</b> & "cómo"?' in letter.text() and '<script>alert(1)</script>' in letter.text(), letter.text()
assert not any(tag in ('script', 'b') for tag, _ in letter.tags), letter.tags
answer, octets = ask('GET', '/mail/1/part/1')
assert octets == b'\x01\x02\xff' and "filename*=UTF-8''fot%C3%B3.jpg" in answer.getheader('Content-Disposition')
assert '2 letters, 1 unread' in page('GET', '/mail').text()
c.request('HEAD', '/mail/2', headers={'Cookie': f'__Host-session={cookies["__Host-session"].value}'})
answer = c.getresponse()
assert answer.status == 200 and answer.read() == b'' and int(answer.getheader('Content-Length')) > 100
write = page('GET', '/compose').form('/compose')
page('POST', '/compose', {**write, 'to': 'nobody', 'text': 'ñ & <x>'}, 422)
answer, _ = ask('POST', '/compose', {**write, 'to': 'ana@norte.example', 'subject': 'Sí', 'text': 'ñ & <x>'}, 303)
inbox = page('GET', answer.getheader('Location'))
assert 'Sent.' in inbox.text()
c.request('POST', '/mail/2/delete', (urllib.parse.urlencode(inbox.form('/mail/2/delete')).encode()[i:i + 1] for i in range(40)),  # in chunks of one octet
          {'Cookie': f'__Host-session={cookies["__Host-session"].value}', 'Content-Type': 'application/x-www-form-urlencoded'}, encode_chunked=True)
answer = c.getresponse()
assert answer.status == 303, answer.read()
answer.read()
inbox = page('GET', '/mail')
assert '1 letters, 0 unread' in inbox.text(), inbox.text()
ask('POST', '/mail/delete-all', inbox.form('/mail/delete-all'), 303)
inbox = page('GET', '/mail')
answer, _ = ask('POST', '/logout', inbox.form('/logout'), 303)
page('GET', '/nowhere', status=404)
assert cookies['__Host-session'].value == ''
print('done')
)";

// What the program prints; any assertion that fails is in it.
std::string run(std::string_view program) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("mailtrek-web-{}.py", ::getpid());
    std::ofstream(file) << program;
    FILE* pipe = ::popen(fmt::format("timeout 60 python3 {} {} 2>&1", file.string(), MAILTREK_WEB_PIPE).c_str(), "r");
    std::string said;
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) said.append(buffer, size);
    ::pclose(pipe);
    std::filesystem::remove(file);
    return said;
}

TEST(PythonPrograms, VisitThePage) { EXPECT_EQ(run(kVisit), "done\n"); }

}  // namespace
}  // namespace mailtrek::web

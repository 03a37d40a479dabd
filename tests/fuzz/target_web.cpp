// SPDX-License-Identifier: GPL-3.0-or-later
// The first octet says who reads: the front end (with what a request may claim), a browser that gets these answers, or whoever reads HTML. How a stream was cut changes nothing.
#include <string>

#include "sim/web/browser.h"
#include "sim/web/charset.h"
#include "sim/web/html.h"
#include "sim/web/html_reader.h"
#include "sim/web/letter.h"
#include "sim/web/web_server.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

const std::string kLetter = "Subject: a\r\nMessage-ID: <1@x.example>\r\n\r\nb\r\n";

struct House final : web::WebEvents {
    House() {
        for (const std::string& letter : {kLetter, kLetter}) {
            mail::StoredMessage message;
            message.octets = Slice::copyOf(letter);
            box.store(message);
        }
    }
    mail::Mailbox* login(std::string_view, std::string_view password) override { return password == "p" ? &box : nullptr; }
    mail::Mailbox* mailbox(std::string_view) override { return &box; }
    std::string secret() override { return "s" + std::to_string(++secrets); }
    void flagsChanged(mail::Mailbox&, const mail::StoredMessage&) override {}
    void expunged(mail::Mailbox&, const mail::StoredMessage& message) override { must(box.message(message.uid) == &message, "what goes is there"); }
    void shown(mail::Mailbox&, const mail::StoredMessage&) override {}
    std::optional<std::string> submit(const std::string&, const web::WrittenLetter& letter) override {
        must(letter.subject.find_first_of("\r\n") == std::string::npos, "a subject has one line");
        for (const std::string& to : letter.to) must(to.find_first_of("\r\n") == std::string::npos, "an address has one line");
        return std::nullopt;
    }
    mail::Mailbox box{"luis@sur.example", 1'000'000};
    unsigned secrets = 0;
};

template <class Hear>
void hearAll(std::string_view octets, bool cut, Hear&& hear) {
    if (cut)
        inPieces(octets, hear);
    else if (!octets.empty())
        hear(octets.substr(1));
}

std::string asServer(std::string_view octets, bool cut) {
    House house;
    web::WebSite site("sur.sur.example");
    web::WebServer server(site, house);
    std::string said;
    bool closed = false;
    const auto take = [&](const web::WebServerOutput& output) {
        must(!closed || output.pieces.empty(), "nothing is said after the end");
        for (const auto& piece : output.pieces) {
            web::ResponseReader reader;
            reader.add(piece.octets);
            must(reader.advance() || reader.error() == 0, "what we write can be read");
            if (piece.line != "100 Continue") said += piece.octets;  // who has sent the body already is not told to
        }
        closed |= output.close;
    };
    server.onConnect(kStart);
    take(server.onBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n", kStart));  // the first session: __Host-session=s1 with the secret s2
    take(server.onBytes(
        "POST /login HTTP/1.1\r\nHost: x\r\nCookie: __Host-session=s1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n\r\ncsrf=s2&password=p&u",
        kStart));
    hearAll(octets, cut, [&](std::string_view piece) { take(server.onBytes(piece, kStart)); });
    take(server.onTimeout(kStart + std::chrono::hours(1)));
    must(closed && server.nextDeadline() == kNever, "a silent browser is left");
    return said + std::to_string(house.box.messages().size());
}

std::string asBrowser(std::string_view octets, bool cut) {
    web::Browser browser({"sur.sur.example", "luis@sur.example", "secret", mail::ImapTask::read, {}, {}});
    std::string said;
    unsigned finished = 0;
    bool closed = false;
    const auto take = [&](const web::Browser::Actions& actions) {
        for (const auto& action : actions) {
            must(!closed, "nothing is done after the end");
            if (const auto* request = std::get_if<web::BrowserSend>(&action)) {
                web::RequestReader reader;
                reader.add(request->octets);
                must(reader.advance(), "what we ask can be read");
                said += request->octets;
            }
            if (const auto* letter = std::get_if<web::BrowserRead>(&action)) said += letter->page;
            if (std::holds_alternative<web::BrowserFinished>(action)) ++finished;
            closed |= std::holds_alternative<web::BrowserClose>(action);
        }
    };
    take(browser.onConnected(kStart));
    take(browser.onSecured(kStart));
    hearAll(octets, cut, [&](std::string_view piece) { take(browser.onBytes(piece, kStart)); });
    take(browser.onTimeout(kStart + std::chrono::hours(1)));
    take(browser.onClosed(kStart + std::chrono::hours(1)));
    must(finished == 1 && browser.nextDeadline() == kNever, "a visit ends once");
    return said;
}

void asHtml(std::string_view octets) {
    const std::string sound = web::soundUtf8(octets);
    must(web::soundUtf8(sound) == sound, "what is sound stays as it is");
    must(web::unescaped(web::escaped(octets)) == octets, "escaped text comes back");
    web::htmlForms(web::htmlPieces(octets));
    web::htmlText(octets);
    for (const web::HtmlPiece& piece : web::htmlPieces("<p>" + web::escaped(octets) + "</p>")) must(piece.tag.empty() || piece.tag == "p", "no markup comes of escaped text");
    web::letterOf(octets);
}

void take(std::string_view octets) {
    must(asServer(octets, true) == asServer(octets, false), "how the requests were cut does not matter");
    must(asBrowser(octets, true) == asBrowser(octets, false), "how the answers were cut does not matter");
    asHtml(octets);
}

}  // namespace

const Target& webTarget() {
    static const Target target{
        "web",
        take,
        {"\x07GET /mail HTTP/1.1\r\nHost: x\r\nCookie: __Host-session=s3\r\n\r\nGET /mail/1 HTTP/1.1\r\nHost: x\r\nCookie: __Host-session=s3\r\n\r\n",
         "\x05POST /mail/1/delete HTTP/1.1\r\nHost: x\r\nCookie: __Host-session=s3\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\ncsrf=s4",
         "\x09POST /compose HTTP/1.1\r\nHost: x\r\nCookie: __Host-session=s3\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
         "2b\r\ncsrf=s4&to=a%40b.example&subject=x&text=%0D\r\n0\r\n\r\n",
         "\x03HTTP/1.1 200 OK\r\nContent-Length: 96\r\n\r\n<form method=\"post\" action=\"/login\"><input name=\"user\"><input name=\"password\"></form>         \r\n"
         "HTTP/1.1 303 See Other\r\nLocation: /mail\r\nSet-Cookie: a=b; Secure\r\nContent-Length: 0\r\n\r\n"
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2d\r\n<a href=\"/mail/1\" data-message-id=\"x\">x</a>\r\n\r\n0\r\n\r\n",
         "\x02<!DOCTYPE html><p title='a&amp;b'>x<br><script>y</script><!-- z --><textarea>&lt;</textarea></p>"},
        {"\r\n",
         "\r\n\r\n",
         "HTTP/1.1 ",
         "GET ",
         "POST ",
         "HEAD ",
         "/mail/1",
         "/mail/delete-all",
         "Host: x\r\n",
         "Content-Length: ",
         "Transfer-Encoding: chunked\r\n",
         "Expect: 100-continue\r\n",
         "Connection: close\r\n",
         "0\r\n\r\n",
         "%",
         "%00",
         "&",
         "=",
         "csrf=s4",
         "<",
         ">",
         "\"",
         "</",
         "<script>",
         "&#x110000;",
         "99999999999999999999",
         std::string(1, '\0'),
         "\xc3",
         std::string(300, 'x')},
        1'500};
    return target;
}

}  // namespace mailtrek::fuzz

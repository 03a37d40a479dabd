// SPDX-License-Identifier: GPL-3.0-or-later
// The door of the web page on one machine: letters written in the page, and visitors that are no browsers.
#include <gmock/gmock.h>

#include "sim/host/mail_server.h"
#include "sim/host/web_service.h"
#include "sim/web/html_reader.h"
#include "tests/host/row_kit.h"

namespace mailtrek::host {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Says one thing after the other, each when the answer to the last is here.
class Typist final : public Application {
public:
    explicit Typist(Machine& machine) : m_machine(machine) { socket = machine.connect(Row::kServer, 443, this, {}); }
    void onEstablished(SocketId id) override {
        if (encrypts) m_machine.startTls(id, tls::ClientOptions{"c.sur.example", true, calendarSeconds(m_machine.now())}, true);
        if (!encrypts) m_machine.write(id, Slice::copyOf(std::string_view("GET / HTTP/1.1\r\nHost: c.sur.example\r\n\r\n")));
    }
    void onSecured(SocketId) override { get("/"); }
    void onReadable(SocketId id) override {
        m_reader.add(m_machine.read(id));
        while (m_reader.advance()) {
            answers.push_back(m_reader.take());
            for (const std::string& set : answers.back().fields.values("Set-Cookie")) m_cookie = set.substr(0, set.find(';'));
            if (!plan.empty()) {
                const auto next = plan.front();
                plan.erase(plan.begin());
                next(*this);
            }
        }
    }
    void onPeerClosed(SocketId id) override { m_machine.close(id); }
    void onClosed(SocketId, trace::CloseReason reason) override { ended = reason; }

    void get(const std::string& target) { ask("GET", target, {}); }
    void post(const std::string& target, web::Form form) {
        for (const web::HtmlForm& one : web::htmlForms(web::htmlPieces(answers.back().body)))
            if (one.action == target) form.add("csrf", one.fields.value("csrf"));
        ask("POST", target, form.wire());
    }

    SocketId socket;
    bool encrypts = true;
    std::vector<web::HttpResponse> answers;
    std::vector<std::function<void(Typist&)>> plan;
    std::optional<trace::CloseReason> ended;

private:
    void ask(const std::string& method, const std::string& target, const std::string& body) {
        web::HttpRequest request;
        request.method = method;
        request.target = target;
        request.body = body;
        request.fields.add("Host", "c.sur.example");
        if (!m_cookie.empty()) request.fields.add("Cookie", m_cookie);
        if (method == "POST") request.fields.add("Content-Type", "application/x-www-form-urlencoded");
        m_machine.write(socket, Slice::copyOf(request.wire()));
    }

    Machine& m_machine;
    web::ResponseReader m_reader;
    std::string m_cookie;
};

// Machine c of a row is a mail server with a page, of luis and pia.
struct Page : Row {
    Page() {
        world.newLetter = [this](const std::string& stem) {
            recording.mutableCast().mails.push_back(stem);
            return MailId{static_cast<std::uint32_t>(recording.mutableCast().mails.size() - 1)};
        };
        MailServerOptions options;
        options.mta.hostName = "c.sur.example";
        options.mta.domains = {"sur.example"};
        options.maxMessage = 10'000;
        options.mailboxes.emplace_back("luis@sur.example", std::nullopt);
        options.mailboxes.emplace_back("pia@sur.example", 5'000);
        options.tls.names = {"c.sur.example"};
        ResolverService& resolver = server().run<ResolverService>(server(), dns::ResolverOptions{});
        mail = &server().run<MailServer>(server(), resolver, std::move(options));
        page = &server().run<WebService>(server(), *mail);
    }
    Typist& typist() { return client().run<Typist>(client()); }
    // Luis logs in, opens the page to write, and does this.
    Typist& luis(std::function<void(Typist&)> then) {
        Typist& luis = typist();
        luis.plan = {[](Typist& t) {
                         t.post("/login", {{"user", "luis@sur.example"}, {"password", "luis"}});
                     },
                     [](Typist& t) { t.get("/compose"); }, std::move(then), [](Typist& t) { t.get("/mail"); }};
        return luis;
    }
    std::string text(TextId id) { return std::string(recording.text(id)); }

    MailServer* mail;
    WebService* page;
};

TEST(WebService, HandsALetterOfItsUserToTheMailServer) {
    Page page;
    Typist& luis = page.luis([](Typist& t) { t.post("/compose", {{"to", "pia@sur.example"}, {"cc", "luis@sur.example"}, {"subject", "¿Qué?"}, {"text", "Hola\r\n.\r\n"}}); });
    page.run(10s);
    ASSERT_THAT(luis.answers, SizeIs(5));
    EXPECT_EQ(luis.answers[3].line(), "303 See Other /mail");
    EXPECT_THAT(luis.answers[4].body, HasSubstr("Sent."));
    EXPECT_THAT(luis.answers[4].body, HasSubstr("1 letters, 1 unread"));
    const auto composed = page.all<trace::MailComposed>();
    ASSERT_THAT(composed, SizeIs(1));
    EXPECT_EQ(page.text(composed[0].from), "luis@sur.example");
    EXPECT_EQ(page.text(composed[0].to), "pia@sur.example, luis@sur.example");
    const auto accepted = page.all<trace::MailAccepted>();
    ASSERT_THAT(accepted, SizeIs(1));
    EXPECT_EQ(accepted[0].stage, trace::Stage::submission);
    const auto stored = page.all<trace::MailStored>();
    ASSERT_THAT(stored, SizeIs(2));
    const std::string letter(page.recording.store().message(stored[0].message).text());
    EXPECT_THAT(letter, HasSubstr("Return-Path: <luis@sur.example>\r\n"));
    EXPECT_THAT(letter, testing::ContainsRegex("Received: from \\[10.0.0.1\\] \\(.*10.0.0.1.*\\)"));
    EXPECT_THAT(letter, HasSubstr("with HTTPS"));
    EXPECT_THAT(letter, HasSubstr("From: luis@sur.example\r\n"));
    EXPECT_THAT(letter, HasSubstr("Date: Mon, 02 Mar 2026 10:00:0"));
    EXPECT_THAT(letter, testing::ContainsRegex("Message-ID: <[0-9A-F]+@c.sur.example>"));
}

TEST(WebService, SaysWhatTheMailServerSays) {
    Page page;
    Typist& luis = page.luis([](Typist& t) { t.post("/compose", {{"to", "nobody@sur.example"}, {"text", "x"}}); });
    page.run(10s);
    ASSERT_THAT(luis.answers, SizeIs(5));
    EXPECT_EQ(luis.answers[3].status, 422);
    EXPECT_THAT(luis.answers[3].body, HasSubstr("550"));
    EXPECT_THAT(page.all<trace::MailComposed>(), IsEmpty());
    Page other;
    Typist& wordy = other.luis([](Typist& t) { t.post("/compose", {{"to", "pia@sur.example"}, {"text", std::string(20'000, 'x')}}); });
    other.run(10s);
    ASSERT_THAT(wordy.answers, SizeIs(5));
    EXPECT_THAT(wordy.answers[3].body, HasSubstr("The message is too large."));
}

TEST(WebService, TellsReadersThatWaitInIdle) {  // RFC 2177: the page and IMAP have one mailbox
    Page page;
    struct Idler final : Application {
        explicit Idler(Machine& its) : machine(its) { machine.connect(Row::kServer, 143, this, {}); }
        void onEstablished(SocketId id) override { machine.write(id, Slice::copyOf(std::string_view("a LOGIN luis luis\r\nb SELECT INBOX\r\nc IDLE\r\n"))); }
        void onReadable(SocketId id) override { heard += machine.read(id); }
        Machine& machine;
        std::string heard;
    };
    Idler& idler = page.client().run<Idler>(page.client());
    page.run(2s);
    ASSERT_THAT(idler.heard, HasSubstr("+ idling\r\n"));
    idler.heard.clear();
    Typist& luis = page.luis([](Typist& t) { t.post("/compose", {{"to", "luis@sur.example"}, {"text", "x"}}); });
    luis.plan.push_back([](Typist& t) { t.get("/mail/1"); });
    luis.plan.push_back([](Typist& t) { t.post("/mail/1/delete", {}); });
    page.run(10s);
    EXPECT_THAT(idler.heard, testing::StartsWith("* 1 EXISTS\r\n"));
    EXPECT_THAT(idler.heard, HasSubstr("* 1 FETCH (FLAGS (\\Recent \\Seen))\r\n"));
    EXPECT_THAT(idler.heard, testing::EndsWith("* 1 EXPUNGE\r\n"));
}

TEST(WebService, ForgetsVisitorsInACrashAndNeverGivesASecretTwice) {
    Page page;
    page.luis([](Typist& t) { t.get("/mail"); });
    page.run(10s);
    EXPECT_EQ(page.page->site().sessions(), 1u);
    const std::string before = page.page->secret();
    page.server().stop({});
    EXPECT_EQ(page.page->site().sessions(), 0u);
    page.server().start({});
    EXPECT_NE(page.page->secret(), before);
    EXPECT_EQ(before.size(), 32u);
}

TEST(WebService, ClosesOnAVisitorThatDoesNotEncrypt) {  // HTTP on the port of HTTPS: there is no plain page
    Page page;
    Typist& plain = page.typist();
    plain.encrypts = false;
    page.run(20s);
    EXPECT_THAT(plain.answers, IsEmpty());
    EXPECT_TRUE(plain.ended.has_value());
    EXPECT_THAT(page.all<trace::AccessReply>(), IsEmpty());
}

TEST(WebService, LeavesAVisitorThatSaysNothing) {
    Page page;
    struct Silent final : Application {
        explicit Silent(Machine& machine) { machine.connect(Row::kServer, 443, this, {}); }
        void onClosed(SocketId, trace::CloseReason reason) override { ended = reason; }
        std::optional<trace::CloseReason> ended;
    };
    Silent& silent = page.client().run<Silent>(page.client());
    page.run(59s);
    EXPECT_FALSE(silent.ended.has_value());
    page.run(62s);
    EXPECT_EQ(silent.ended, trace::CloseReason::resetByPeer);
    Typist& idle = page.typist();
    page.run(6min);
    EXPECT_FALSE(idle.ended.has_value());
    page.run(7min);
    EXPECT_THAT(idle.answers, SizeIs(1));
    EXPECT_TRUE(idle.ended.has_value()) << "five minutes without a request";
}

}  // namespace
}  // namespace mailtrek::host

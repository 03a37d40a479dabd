// SPDX-License-Identifier: GPL-3.0-or-later
// The pages and what they do: who gets in, what a list and a letter show, that nothing in a letter becomes part of the page, that no other site can press our buttons.
#include <gmock/gmock.h>

#include <set>

#include "tests/web/web_kit.h"

namespace mailtrek::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const Form kRightPassword{{"user", "luis@sur.example"}, {"password", "se cret&"}};

Form with(Form form, const std::string& csrf) {
    form.add("csrf", csrf);
    return form;
}

TEST(WebSite, LetsInWhoKnowsThePassword) {
    WebHouse house;
    Visitor luis(house);
    EXPECT_THAT(luis.get("/").body, HasSubstr("<title>Webmail of sur.sur.example</title>"));
    const std::string first = luis.cookie;
    EXPECT_EQ(luis.post("/login", with(kRightPassword, luis.csrf())).status, 303);
    EXPECT_EQ(luis.page.fields.value("Location"), "/mail");
    EXPECT_THAT(luis.page.fields.value("Set-Cookie"), testing::MatchesRegex("__Host-session=.*; Path=/; Secure; HttpOnly; SameSite=Strict"));
    EXPECT_NE(luis.cookie, first) << "a cookie that somebody planted is worth nothing after the login";
    EXPECT_EQ(luis.get("/").fields.value("Location"), "/mail");
    EXPECT_EQ(luis.get("/mail").status, 200);
    luis.cookie = first;
    EXPECT_EQ(luis.get("/mail").status, 303);
}

TEST(WebSite, KeepsOutWhoDoesNot) {
    WebHouse house;
    house.writes("uno");
    Visitor eva(house);
    for (const char* target : {"/mail", "/mail/1", "/mail/1/part/1", "/compose"}) {
        EXPECT_EQ(eva.get(target).status, 303) << target;
        EXPECT_EQ(eva.page.fields.value("Location"), "/") << target;
    }
    eva.get("/");
    EXPECT_EQ(eva.post("/login", with({{"user", "luis@sur.example"}, {"password", "x"}}, eva.csrf())).status, 403);
    EXPECT_THAT(eva.page.body, HasSubstr("The address or the password is wrong."));
    EXPECT_EQ(eva.post("/login", with(kRightPassword, eva.csrf())).status, 303) << "the page that says so has the form again";
    EXPECT_THAT(house.log, IsEmpty());
}

TEST(WebSite, WantsTheSecretOfTheSessionWithEveryForm) {  // nobody else's page can press a button here
    WebHouse house;
    house.writes("uno");
    Visitor luis(house);
    luis.get("/");
    EXPECT_EQ(luis.post("/login", kRightPassword).status, 403);
    luis.loggedIn();
    for (const char* target : {"/mail/1/delete", "/mail/delete-all", "/compose", "/logout"}) {
        EXPECT_EQ(luis.post(target, {{"newest", "9"}, {"to", "a@b.example"}}).status, 403) << target;
        EXPECT_EQ(luis.post(target, {{"newest", "9"}, {"to", "a@b.example"}, {"csrf", "secret1"}}).status, 403) << target;
        EXPECT_EQ(luis.post(target, {{"csrf", luis.csrf()}}, "text/plain").status, 415) << target;
        EXPECT_EQ(luis.get(target).status, std::string_view(target) == "/compose" ? 200 : 405) << target;
        luis.get("/mail");
    }
    EXPECT_THAT(house.box.messages(), SizeIs(1));
    EXPECT_THAT(house.sent, IsEmpty());
}

TEST(WebSite, ForgetsWhoIsGone) {
    WebHouse house;
    Visitor luis(house);
    luis.loggedIn();
    luis.now += 29min;
    EXPECT_EQ(luis.get("/mail").status, 200);
    luis.now += 31min;
    EXPECT_EQ(luis.get("/mail").status, 303);
    luis.loggedIn();
    const std::string old = luis.cookie;
    EXPECT_EQ(luis.post("/logout", {{"csrf", luis.csrf()}}).status, 303);
    EXPECT_EQ(luis.cookie, "") << "the cookie is taken back";
    luis.cookie = old;
    EXPECT_EQ(luis.get("/mail").status, 303) << "and is worth nothing";
    luis.cookie.clear();
    luis.loggedIn();
    house.there = false;
    EXPECT_EQ(luis.get("/mail").status, 303) << "the mailbox is gone";
}

TEST(WebSite, RemembersAThousandVisitorsAndTheOnesInsideLongest) {
    WebHouse house;
    Visitor luis(house);
    luis.loggedIn();
    WebDialogue crowd(luis.site, house);
    for (int i = 0; i < 1500; ++i) crowd.asks("GET /").says(200);
    EXPECT_EQ(luis.site.sessions(), 1000u);
    EXPECT_EQ(luis.get("/mail").status, 200);
}

TEST(WebSite, ListsTheNewestFirst) {
    WebHouse house;
    house.writes("uno");
    house.writes("¿dos?");
    house.arrives("no header at all");
    ASSERT_EQ(house.box.create("Archivo"), mail::FolderResult::done);
    house.arrives("Subject: otra carpeta\r\n\r\n", house.box.folder("Archivo")->validity);
    house.box.message(1)->flags = mail::kSeen;
    Visitor luis(house);
    const std::string page = luis.loggedIn().page.body;
    const auto at = [&](std::string_view what) { return page.find(what); };
    EXPECT_LT(at("(no subject)"), at("¿dos?"));
    EXPECT_LT(at("¿dos?"), at(">uno<"));
    EXPECT_NE(at("<tr><td>ana@norte.example</td><td><a href=\"/mail/1\" data-message-id=\"&lt;1@norte.example&gt;\">uno</a>"), std::string::npos);
    EXPECT_NE(at("<tr class=\"unread\"><td>ana@norte.example</td><td><a href=\"/mail/2\""), std::string::npos);
    EXPECT_NE(at("3 letters, 2 unread"), std::string::npos);
    EXPECT_EQ(at("otra carpeta"), std::string::npos);
    EXPECT_EQ(luis.get("/mail/4").status, 404) << "it is in another folder";
}

TEST(WebSite, PutsFiftyOnAPage) {
    WebHouse house;
    for (int i = 1; i <= 101; ++i) house.writes("carta " + std::to_string(i));
    Visitor luis(house);
    EXPECT_THAT(luis.loggedIn().page.body, HasSubstr(">carta 101<"));
    EXPECT_THAT(luis.page.body, HasSubstr(">carta 52<"));
    EXPECT_THAT(luis.page.body, Not(HasSubstr(">carta 51<")));
    EXPECT_THAT(luis.page.body, HasSubstr("<a rel=\"next\" href=\"/mail?page=2\">"));
    EXPECT_THAT(luis.get("/mail?page=3").body, HasSubstr(">carta 1<"));
    EXPECT_THAT(luis.page.body, Not(HasSubstr("rel=\"next\"")));
    EXPECT_THAT(luis.get("/mail?page=4").body, Not(HasSubstr("<table>")));
    EXPECT_THAT(luis.get("/mail?page=-1").body, HasSubstr(">carta 101<"));
}

TEST(WebSite, ShowingALetterMarksItSeen) {
    WebHouse house;
    house.writes("uno", "texto\n");
    Visitor luis(house);
    luis.loggedIn().get("/mail/1", "HEAD");
    EXPECT_THAT(house.log, IsEmpty()) << "to ask for the head is not to read";
    EXPECT_THAT(luis.get("/mail/1").body, HasSubstr("<pre>\ntexto\r\n"));
    EXPECT_THAT(luis.get("/mail/1").body, HasSubstr("<dt>Message-ID</dt><dd>&lt;1@norte.example&gt;</dd>"));
    EXPECT_THAT(house.log, ElementsAre("flags 1", "shown 1", "shown 1"));
    EXPECT_EQ(house.box.message(1)->flags, mail::kSeen);
}

TEST(WebSite, NothingInALetterBecomesMarkup) {
    const std::string attack = "\"><script>alert(1)</script><form action=/logout>'";
    WebHouse house;
    house.arrives("From: " + attack + "\r\nTo: " + attack + "\r\nSubject: " + attack + "\r\nMessage-ID: <" + attack + ">\r\nDate: " + attack +
                  "\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n" + attack + "\r\n--x\r\nContent-Type: text/html\r\n\r\n&lt;script&gt;alert(1)&lt;/script&gt;" +
                  "\r\n--x\r\nContent-Disposition: attachment; filename=\"<script>.txt\"\r\nContent-Type: <script>/x\r\n\r\nx\r\n--x--\r\n");
    Visitor luis(house);
    for (const std::string& page : {luis.loggedIn().page.body, luis.get("/mail/1").body}) {
        std::set<std::string> actions, scripts;
        for (const HtmlForm& form : htmlForms(htmlPieces(page))) actions.insert(form.method + " " + form.action);
        for (const HtmlPiece& piece : htmlPieces(page))
            if (piece.tag == "script") scripts.insert(piece.text);
        EXPECT_THAT(scripts, IsEmpty()) << page;
        EXPECT_FALSE(actions.contains(" /logout")) << page;
        EXPECT_TRUE(actions.contains("post /logout"));
        EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }
}

TEST(WebSite, GivesAttachmentsForTheDisk) {
    WebHouse house;
    const std::string octets("<html>\0\xff", 8);
    house.writes("foto", "mira", {{"fotó 1.html", Slice::copyOf(octets)}});
    Visitor luis(house);
    EXPECT_THAT(luis.loggedIn().get("/mail/1").body, HasSubstr("<a href=\"/mail/1/part/1\">fotó 1.html</a>"));
    EXPECT_EQ(luis.get("/mail/1/part/1").body, octets);
    EXPECT_EQ(luis.page.fields.value("Content-Type"), "application/octet-stream");
    EXPECT_EQ(luis.page.fields.value("Content-Disposition"), "attachment; filename*=UTF-8''fot%C3%B3%201.html");
    EXPECT_EQ(luis.page.fields.value("X-Content-Type-Options"), "nosniff");
    for (const char* nowhere :
         {"/mail/1/part/0", "/mail/1/part/2", "/mail/1/part/01", "/mail/1/part/x", "/mail/1/part", "/mail/1/part/1/2", "/mail/2/part/1", "/mail/01", "/mail/4294967297"})
        EXPECT_EQ(luis.get(nowhere).status, 404) << nowhere;
}

TEST(WebSite, DeletesOneOrAllThatWereShown) {
    WebHouse house;
    for (const char* subject : {"uno", "dos", "tres"}) house.writes(subject);
    Visitor luis(house);
    luis.loggedIn();
    EXPECT_EQ(luis.post("/mail/2/delete", {{"csrf", luis.csrf()}}).status, 303);
    EXPECT_THAT(luis.get("/mail").body, HasSubstr("<p role=\"alert\">Deleted.</p>"));
    EXPECT_EQ(luis.post("/mail/2/delete", {{"csrf", luis.csrf()}}).status, 404);
    luis.get("/mail");
    Form all;
    for (const HtmlForm& form : htmlForms(htmlPieces(luis.page.body)))
        if (form.action == "/mail/delete-all") all = form.fields;
    house.writes("just now");
    EXPECT_EQ(luis.post("/mail/delete-all", all).status, 303);
    EXPECT_THAT(house.log, ElementsAre("expunged 2", "expunged 1", "expunged 3"));
    EXPECT_THAT(luis.get("/mail").body, HasSubstr("just now"));
}

TEST(WebSite, HandsALetterToTheMailServer) {
    WebHouse house;
    Visitor luis(house);
    luis.loggedIn().get("/compose");
    const std::string csrf = luis.csrf();
    EXPECT_EQ(luis.post("/compose",
                        {{"csrf", csrf}, {"to", "ana@norte.example, eva@norte.example;"}, {"cc", "pia@sur.example"}, {"subject", "¿Sí?\r\nBcc: x@y.example"}, {"text", "a\r\nb"}})
                  .status,
              303);
    ASSERT_THAT(house.sent, SizeIs(1));
    EXPECT_EQ(house.sent[0].first, "luis@sur.example");
    EXPECT_THAT(house.sent[0].second.to, ElementsAre("ana@norte.example", "eva@norte.example"));
    EXPECT_THAT(house.sent[0].second.cc, ElementsAre("pia@sur.example"));
    EXPECT_EQ(house.sent[0].second.subject, "¿Sí?  Bcc: x@y.example") << "a header has one line";
    EXPECT_THAT(luis.get("/mail").body, HasSubstr("Sent."));
    EXPECT_THAT(luis.get("/mail").body, Not(HasSubstr("Sent.")));
}

TEST(WebSite, SaysWhyALetterIsNotSentAndKeepsItsWords) {
    WebHouse house;
    Visitor luis(house);
    luis.loggedIn();
    const std::string csrf = luis.csrf();
    for (const char* to : {"", "ana", "ana@", "a b@x.example", "ana@norte.example\r\nx: y", " , "})
        EXPECT_EQ(luis.post("/compose", {{"csrf", csrf}, {"to", to}, {"text", "<palabras>"}}).status, 422) << to;
    EXPECT_THAT(luis.page.body, HasSubstr("&lt;palabras&gt;</textarea>"));
    house.refuses = true;
    EXPECT_EQ(luis.post("/compose", {{"csrf", csrf}, {"to", "ana@norte.example"}}).status, 422);
    EXPECT_THAT(luis.page.body, HasSubstr("The server says no."));
    EXPECT_THAT(house.sent, IsEmpty());
}

}  // namespace
}  // namespace mailtrek::web

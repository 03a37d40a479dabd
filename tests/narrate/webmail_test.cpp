// SPDX-License-Identifier: GPL-3.0-or-later
// What browser and page say to each other, told to a class.
#include <gtest/gtest.h>

#include "sim/narrate/narrate.h"
#include "tests/run/script.h"

namespace mailtrek::narrate {
namespace {

using namespace trace;
using run::test::kPc, run::test::kSubmission, run::test::kSur, run::test::Script;

struct Visit : Script {
    Visit() {
        recording.mutableCast().nodes[0].user = "luis@sur.example";
        recording.mutableCast().nodes[2].kind = NodeKind::mailServer;
        on(kPc).opened(kSubmission, kPc, kSur, 443);
    }
    std::string told(Level level, Language language) const { return sentence(recording, {recording.size() - 1}, level, language); }
    std::string asks(std::string_view line, Language language = Language::en) {
        on(kPc).add(AccessCommand{kSubmission, text(line), DialogueProtocol::http});
        return told(Level::dialogue, language);
    }
    std::string answers(std::string_view line, Language language = Language::en) {
        on(kSur).add(AccessReply{kSubmission, text(line), DialogueProtocol::http});
        return told(Level::dialogue, language);
    }
};

TEST(WebmailSentence, TellsOfPageAndMailbox) {
    Visit s;
    EXPECT_EQ(s.told(Level::mail, Language::en), "The browser on ana-pc turns to the web page of sur.");
    EXPECT_EQ(s.told(Level::mail, Language::es), "El navegador de ana-pc se dirige a la página web de sur.");
    s.on(kSur).add(PageOpened{kSubmission, s.text("luis@sur.example")});
    EXPECT_EQ(s.told(Level::story, Language::en), "Luis's browser talks to the web page of sur; the page opens the mailbox on sur.");
    EXPECT_EQ(s.told(Level::story, Language::es), "El navegador de Luis habla con la página web de sur; la página abre el buzón en sur.");
}

TEST(WebmailSentence, TellsWhatABrowserAsksFor) {
    Visit s;
    EXPECT_EQ(s.asks("GET /"), "GET /: the browser on ana-pc asks sur for its web page.");
    EXPECT_EQ(s.asks("POST /login"), "POST /login: the browser on ana-pc hands in name and password.");
    EXPECT_EQ(s.asks("GET /mail"), "GET /mail: the browser on ana-pc asks for the list of messages.");
    EXPECT_EQ(s.asks("GET /mail?page=2"), "GET /mail: the browser on ana-pc asks for the list of messages.");
    EXPECT_EQ(s.asks("GET /mail/7", Language::es), "GET /mail/7: el navegador de ana-pc pide la página de un mensaje.");
    EXPECT_EQ(s.asks("GET /mail/7/part/1"), "GET /mail/7/part/1: the browser on ana-pc asks for an attachment.");
    EXPECT_EQ(s.asks("POST /mail/7/delete"), "POST /mail/7/delete: the browser on ana-pc has messages deleted.");
    EXPECT_EQ(s.asks("POST /mail/delete-all"), "POST /mail/delete-all: the browser on ana-pc has messages deleted.");
    EXPECT_EQ(s.asks("POST /compose"), "POST /compose: the browser on ana-pc writes a message in the page.");
    EXPECT_EQ(s.asks("POST /logout", Language::es), "POST /logout: el navegador de ana-pc se despide.");
    EXPECT_EQ(s.asks("GET /favicon.ico"), "The browser on ana-pc asks: GET /favicon.ico");
}

TEST(WebmailSentence, TellsWhatThePageAnswers) {
    Visit s;
    EXPECT_EQ(s.answers("200 OK"), "200: the web page of sur answers with what it made just now.");
    EXPECT_EQ(s.answers("303 See Other /mail", Language::es), "303: la página web de sur manda al navegador a otra dirección.");
    EXPECT_EQ(s.answers("403 Forbidden"), "403: the web page of sur does not let the browser do that.");
    EXPECT_EQ(s.answers("404 Not Found"), "The web page of sur answers: 404 Not Found");
}

}  // namespace
}  // namespace mailtrek::narrate

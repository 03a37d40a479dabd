// SPDX-License-Identifier: GPL-3.0-or-later
// A person at her browser and the front end, without a network between them.
#include <gmock/gmock.h>

#include "sim/web/browser.h"
#include "tests/web/web_kit.h"

namespace mailtrek::web {
namespace {

using mail::ImapTask;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Visit {
    std::vector<std::string> lines;  // "GET / -> 200 OK"
    std::vector<std::uint32_t> read;
    std::vector<std::string> pages;
    std::vector<BrowserFinished> finished;
    bool closed = false;
};

// What is said is cut into pieces of this size.
Visit visit(WebHouse& house, BrowserOptions options, std::size_t piece = ~std::size_t{0}) {
    Visit seen;
    WebSite site("sur.sur.example");
    WebDialogue server(site, house);
    Browser browser(std::move(options));
    std::string toServer, toBrowser;
    const auto take = [&](const Browser::Actions& actions) {
        for (const BrowserAction& action : actions) {
            EXPECT_FALSE(seen.closed) << "nothing is done after the end";
            if (const auto* said = std::get_if<BrowserSend>(&action)) {
                seen.lines.push_back(said->line);
                toServer += said->octets;
            }
            if (const auto* letter = std::get_if<BrowserRead>(&action)) {
                seen.read.push_back(letter->uid);
                seen.pages.push_back(letter->page);
            }
            if (const auto* end = std::get_if<BrowserFinished>(&action)) seen.finished.push_back(*end);
            seen.closed |= std::holds_alternative<BrowserClose>(action);
        }
    };
    take(browser.onConnected(kStart));
    take(browser.onSecured(kStart));
    while (!toServer.empty() || !toBrowser.empty()) {
        const std::string up = toServer.substr(0, piece), down = toBrowser.substr(0, piece);
        toServer.erase(0, up.size());
        toBrowser.erase(0, down.size());
        server.hears(up);
        toBrowser += std::exchange(server.octets, {});
        take(browser.onBytes(down, kStart));
    }
    for (std::size_t i = 0; i < seen.lines.size() && !server.lines.empty(); ++i) {
        seen.lines[i] += " -> " + server.lines.front();
        server.lines.pop_front();
    }
    EXPECT_TRUE(seen.closed);
    EXPECT_EQ(browser.nextDeadline(), kNever);
    EXPECT_THAT(seen.finished, SizeIs(1)) << "a visit ends once";
    EXPECT_EQ(site.sessions(), 0u) << "nobody stays logged in";
    return seen;
}

BrowserOptions options(ImapTask task, const std::string& messageId = "") { return {"sur.sur.example", "luis@sur.example", "se cret&", task, messageId, {}}; }

TEST(Browser, OpensTheLetterThatIsMeant) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, ~std::size_t{0}}) {
        WebHouse house;
        house.writes("uno");
        house.writes("dos", "la segunda");
        const Visit seen = visit(house, options(ImapTask::read, "<2@norte.example>"), piece);
        EXPECT_THAT(seen.lines,
                    ElementsAre("GET / -> 200 OK", "POST /login -> 303 See Other /mail", "GET /mail -> 200 OK", "GET /mail/2 -> 200 OK", "POST /logout -> 303 See Other /"));
        EXPECT_TRUE(seen.finished[0].good);
        EXPECT_THAT(seen.read, ElementsAre(2u));
        EXPECT_THAT(seen.pages[0], HasSubstr("la segunda"));
        EXPECT_THAT(house.log, ElementsAre("flags 2", "shown 2"));
    }
}

TEST(Browser, LooksThroughThePagesOfTheList) {
    WebHouse house;
    for (int i = 1; i <= 101; ++i) house.writes("carta");
    const Visit one = visit(house, options(ImapTask::read, "<1@norte.example>"));
    EXPECT_THAT(one.lines, testing::Contains("GET /mail?page=3 -> 200 OK"));
    EXPECT_THAT(one.read, ElementsAre(1u));
    EXPECT_THAT(visit(house, options(ImapTask::read, "<101@norte.example>")).lines, testing::Not(testing::Contains(HasSubstr("page=")))) << "it is on the first page";
    BrowserOptions all = options(ImapTask::read);
    for (std::uint32_t uid = 1; uid <= 98; ++uid) all.skip.insert(uid);
    EXPECT_THAT(visit(house, all).read, ElementsAre(101u, 100u, 99u));
    EXPECT_THAT(visit(house, options(ImapTask::read)).read, SizeIs(101));
}

TEST(Browser, DeletesOneOrAll) {
    WebHouse house;
    for (int i = 1; i <= 60; ++i) house.writes("carta");
    const Visit one = visit(house, options(ImapTask::remove, "<3@norte.example>"));
    EXPECT_THAT(one.lines, ElementsAre("GET / -> 200 OK", "POST /login -> 303 See Other /mail", "GET /mail -> 200 OK", "GET /mail?page=2 -> 200 OK",
                                       "POST /mail/3/delete -> 303 See Other /mail", "GET /mail -> 200 OK", "POST /logout -> 303 See Other /"));
    EXPECT_THAT(house.log, ElementsAre("expunged 3"));
    EXPECT_TRUE(visit(house, options(ImapTask::empty)).finished[0].good);
    EXPECT_THAT(house.box.messages(), IsEmpty());
    EXPECT_TRUE(visit(house, options(ImapTask::empty)).finished[0].good) << "an empty mailbox is empty already";
}

TEST(Browser, SaysWhatItDoesNotFind) {
    WebHouse house;
    house.writes("uno");
    const Visit seen = visit(house, options(ImapTask::read, "<7@norte.example>"));
    EXPECT_FALSE(seen.finished[0].good);
    EXPECT_EQ(seen.finished[0].why, "the letter is not in the mailbox");
    EXPECT_FALSE(seen.finished[0].mayTryAgain);
    EXPECT_EQ(seen.lines.back(), "POST /logout -> 303 See Other /");
}

TEST(Browser, TypesAPasswordInOnce) {
    WebHouse house;
    BrowserOptions wrong = options(ImapTask::read);
    wrong.password = "x";
    WebSite site("sur.sur.example");
    WebDialogue server(site, house);
    Browser browser(wrong);
    std::vector<std::string> lines;
    std::vector<BrowserFinished> finished;
    bool closed = false;
    std::string said = std::get<BrowserSend>(browser.onSecured(kStart).at(0)).octets;
    while (!said.empty()) {
        server.hears(std::exchange(said, {}));
        for (const BrowserAction& action : browser.onBytes(std::exchange(server.octets, {}), kStart)) {
            if (const auto* more = std::get_if<BrowserSend>(&action)) {
                said += more->octets;
                lines.push_back(more->line);
            }
            if (const auto* end = std::get_if<BrowserFinished>(&action)) finished.push_back(*end);
            closed |= std::holds_alternative<BrowserClose>(action);
        }
    }
    EXPECT_THAT(lines, ElementsAre("POST /login")) << "and not with its password in the line";
    ASSERT_THAT(finished, SizeIs(1));
    EXPECT_EQ(finished[0].why, "the address or the password is wrong");
    EXPECT_FALSE(finished[0].mayTryAgain);
    EXPECT_TRUE(closed);
}

// What the browser makes of an answer to its first question.
BrowserFinished toldOf(std::string_view answer, bool ends = false) {
    Browser browser(options(ImapTask::read));
    browser.onSecured(kStart);
    Browser::Actions actions = browser.onBytes(answer, kStart);
    if (ends) {
        const Browser::Actions last = browser.onClosed(kStart);
        actions.insert(actions.end(), last.begin(), last.end());
    }
    for (const BrowserAction& action : actions)
        if (const auto* end = std::get_if<BrowserFinished>(&action)) return *end;
    return {true, "nothing", false};
}

TEST(Browser, TriesAgainLaterWhatMayBeOtherwiseThen) {
    EXPECT_TRUE(toldOf("220 sur.sur.example ESMTP\r\n").mayTryAgain);
    EXPECT_TRUE(toldOf("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n").mayTryAgain);
    EXPECT_EQ(toldOf("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<html>", true).why, "the connection was lost");
    EXPECT_TRUE(toldOf("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<html>", true).mayTryAgain);
    EXPECT_FALSE(toldOf("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>").mayTryAgain) << "no login page";
    EXPECT_EQ(toldOf("HTTP/1.1 100 Continue\r\n\r\n").why, "nothing");
}

TEST(Browser, WaitsFiveMinutesForAnAnswer) {
    Browser browser(options(ImapTask::read));
    EXPECT_THAT(browser.onConnected(kStart), IsEmpty()) << "not in the clear";
    EXPECT_EQ(browser.nextDeadline(), kStart + 1min) << "for the handshake";
    browser.onSecured(kStart);
    EXPECT_EQ(browser.nextDeadline(), kStart + 5min);
    EXPECT_THAT(browser.onTimeout(kStart + 299s), IsEmpty());
    const Browser::Actions actions = browser.onTimeout(kStart + 5min);
    ASSERT_THAT(actions, SizeIs(2));
    EXPECT_EQ(std::get<BrowserFinished>(actions[0]).why, "the page did not answer in time");
    EXPECT_TRUE(std::holds_alternative<BrowserClose>(actions[1]));
}

TEST(Browser, FollowsNoLinkToAnotherHostAndNoneThatIsBroken) {
    const std::string login = "<form method=post action=/login><input name=user><input name=password></form>";
    for (const char* where : {"//evil.example/mail", "https://evil.example/", "mail", "", "/a b", "/%4", "/%0d%0aX:y", "/#x", "/\xc3\xb1"}) {
        Browser browser(options(ImapTask::read));
        browser.onSecured(kStart);
        browser.onBytes("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(login.size()) + "\r\n\r\n" + login, kStart);
        for (const BrowserAction& action : browser.onBytes("HTTP/1.1 303 See Other\r\nLocation: " + std::string(where) + "\r\nContent-Length: 0\r\n\r\n", kStart))
            EXPECT_FALSE(std::holds_alternative<BrowserSend>(action)) << where;
    }
}

TEST(Browser, KeepsNoMoreCookiesThanItCanCarry) {
    Browser browser(options(ImapTask::read));
    browser.onSecured(kStart);
    const std::string login = "<form method=post action=/login><input name=user><input name=password></form>";
    std::string fields;
    for (int i = 0; i < 40; ++i) fields += "Set-Cookie: c" + std::to_string(i) + "=" + std::string(500, 'x') + "\r\n";
    const Browser::Actions actions = browser.onBytes("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(login.size()) + "\r\n\r\n" + login, kStart);
    ASSERT_THAT(actions, SizeIs(1));
    RequestReader reader;
    reader.add(std::get<BrowserSend>(actions[0]).octets);
    EXPECT_TRUE(reader.advance());
}

}  // namespace
}  // namespace mailtrek::web

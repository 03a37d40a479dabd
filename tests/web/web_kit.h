// SPDX-License-Identifier: GPL-3.0-or-later
// A web front end to talk to, with Luis's mailbox behind it: web.hears("GET / HTTP/1.1\r\n...").says(200).
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/mail/message.h"
#include "sim/web/html_reader.h"
#include "sim/web/web_server.h"

namespace mailtrek::web {

using namespace std::chrono_literals;

class WebHouse : public WebEvents {
public:
    std::uint32_t arrives(std::string_view letter, std::uint32_t folder = mail::kInbox) {
        mail::StoredMessage message;
        message.octets = Slice::copyOf(letter);
        message.folder = folder;
        return box.store(message).uid;
    }
    // A letter of Ana's with this subject and text.
    std::uint32_t writes(const std::string& subject, const std::string& text = "Hola", std::vector<mail::DraftAttachment> attachments = {}, const std::string& html = "") {
        mail::Draft draft;
        draft.from = "ana@norte.example";
        draft.to = {"luis@sur.example"};
        draft.subject = subject;
        draft.text = text;
        draft.html = html;
        draft.attachments = std::move(attachments);
        draft.messageId = "<" + std::to_string(++m_written) + "@norte.example>";
        return arrives(mail::compose(draft));
    }
    mail::Mailbox* login(std::string_view user, std::string_view password) override { return user == "luis@sur.example" && password == "se cret&" ? &box : nullptr; }
    mail::Mailbox* mailbox(std::string_view address) override { return there && address == box.address() ? &box : nullptr; }
    std::string secret() override { return "secret" + std::to_string(++m_secrets); }
    void flagsChanged(mail::Mailbox&, const mail::StoredMessage& message) override { log.push_back("flags " + std::to_string(message.uid)); }
    void expunged(mail::Mailbox&, const mail::StoredMessage& message) override { log.push_back("expunged " + std::to_string(message.uid)); }
    void shown(mail::Mailbox&, const mail::StoredMessage& message) override { log.push_back("shown " + std::to_string(message.uid)); }
    std::optional<std::string> submit(const std::string& account, const WrittenLetter& letter) override {
        if (refuses) return "The server says no.";
        sent.emplace_back(account, letter);
        return std::nullopt;
    }

    mail::Mailbox box{"luis@sur.example", std::nullopt};
    bool there = true, refuses = false;
    std::vector<std::string> log;
    std::vector<std::pair<std::string, WrittenLetter>> sent;

private:
    unsigned m_written = 0, m_secrets = 0;
};

// One connection, octet by octet.
class WebDialogue {
public:
    explicit WebDialogue(WebHouse& house) : own(std::make_unique<WebSite>("sur.sur.example")), server(*own, house) { server.onConnect(now); }
    WebDialogue(WebSite& site, WebHouse& house) : server(site, house) { server.onConnect(now); }

    WebDialogue& hears(std::string_view said) {
        take(server.onBytes(said, now));
        return *this;
    }
    // A request that is sound but for what the test is about.
    WebDialogue& asks(std::string_view line, std::string_view fields = "", std::string_view body = "") {
        return hears(std::string(line) + " HTTP/1.1\r\nHost: sur.sur.example\r\n" + std::string(fields) + "\r\n" + std::string(body));
    }
    WebDialogue& says(int status) {
        if (lines.empty()) {
            ADD_FAILURE() << "nothing said, " << status << " expected";
            return *this;
        }
        EXPECT_TRUE(lines.front().starts_with(std::to_string(status) + " ")) << lines.front() << " instead of " << status;
        lines.pop_front();
        return *this;
    }
    WebDialogue& saysNothing() {
        EXPECT_TRUE(lines.empty()) << lines.front();
        return *this;
    }
    WebDialogue& closes() {
        EXPECT_TRUE(closed);
        return *this;
    }
    WebDialogue& staysOpen() {
        EXPECT_FALSE(closed);
        return *this;
    }
    WebDialogue& waits(Duration time) {
        now += time;
        if (server.nextDeadline() <= now) take(server.onTimeout(now));
        return *this;
    }

    Instant now = kStart;
    std::unique_ptr<WebSite> own;
    WebServer server;
    std::deque<std::string> lines;  // of answers
    std::string octets;             // all that was answered
    bool closed = false;

private:
    void take(const WebServerOutput& output) {
        EXPECT_FALSE(closed && !output.pieces.empty()) << "nothing is said after the end";
        for (const WebServerOutput::Piece& piece : output.pieces) {
            lines.push_back(piece.line);
            octets += piece.octets;
        }
        closed |= output.close;
    }
};

// A visitor that keeps its cookies and reads the answers: what a page shows is in `page`.
class Visitor {
public:
    explicit Visitor(WebHouse& its) : house(its) {}

    HttpResponse get(const std::string& target, const std::string& method = "GET") {
        HttpRequest request;
        request.method = method;
        request.target = target;
        return send(std::move(request));
    }
    HttpResponse post(const std::string& target, const Form& form, const std::string& type = "application/x-www-form-urlencoded") {
        HttpRequest request;
        request.method = "POST";
        request.target = target;
        request.body = form.wire();
        request.fields.add("Content-Type", type);
        return send(std::move(request));
    }
    std::string csrf() const {
        for (const HtmlForm& form : htmlForms(htmlPieces(page.body)))
            if (!form.fields.value("csrf").empty()) return form.fields.value("csrf");
        return "none";
    }
    Visitor& loggedIn() {
        get("/");
        EXPECT_EQ(post("/login", {{"csrf", csrf()}, {"user", "luis@sur.example"}, {"password", "se cret&"}}).status, 303);
        EXPECT_EQ(get("/mail").status, 200);
        return *this;
    }

    WebHouse& house;
    WebSite site{"sur.sur.example"};
    std::string cookie;
    HttpResponse page;  // the last answer
    Instant now = kStart;

private:
    HttpResponse send(HttpRequest request) {
        request.fields.add("Host", "sur.sur.example");
        if (!cookie.empty()) request.fields.add("Cookie", cookie);
        WebDialogue dialogue(site, house);
        dialogue.now = now;
        dialogue.hears(request.wire());
        ResponseReader reader;
        reader.add(dialogue.octets);
        EXPECT_TRUE(reader.advance() || request.method == "HEAD") << dialogue.octets;
        page = reader.take();
        for (const std::string& set : page.fields.values("Set-Cookie")) cookie = set.find("Max-Age=0") == std::string::npos ? set.substr(0, set.find(';')) : "";
        return page;
    }
};

}  // namespace mailtrek::web

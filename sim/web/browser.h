// SPDX-License-Identifier: GPL-3.0-or-later
// A person at a browser, who knows the address of the page, her own and a password: opens the page, logs in, looks through the list, opens (or deletes) what she wants, logs
// out. She goes by what the pages show: their links and forms. It keeps the cookies that it is given, and follows where a 303 points.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/mail/imap_client.h"
#include "sim/web/html_reader.h"
#include "sim/web/http_request.h"
#include "sim/web/http_response.h"

namespace mailtrek::web {

struct BrowserOptions {
    std::string host;  // of the page
    std::string user, password;
    mail::ImapTask task = mail::ImapTask::read;
    std::string messageId{};         // of the one letter that is meant; empty: all there is
    std::set<std::uint32_t> skip{};  // uids that are not meant
};

struct BrowserSend {
    std::string line;  // "GET /mail", for the recording: what a form carries is not in it
    std::string octets;
};
struct BrowserRead {  // the page of a letter is here
    std::uint32_t uid = 0;
    std::string page;
};
struct BrowserFinished {
    bool good = false;
    std::string why;           // when not good
    bool mayTryAgain = false;  // it may be otherwise in a minute
};
struct BrowserClose {};
using BrowserAction = std::variant<BrowserSend, BrowserRead, BrowserFinished, BrowserClose>;

class Browser {
public:
    explicit Browser(BrowserOptions options) : m_options(std::move(options)) {}

    using Actions = std::vector<BrowserAction>;
    Actions onConnected(Instant now);  // nothing is said before the connection is encrypted
    Actions onSecured(Instant now);
    Actions onBytes(std::string_view octets, Instant now);
    Actions onTimeout(Instant now);
    Actions onClosed(Instant now);
    Instant nextDeadline() const { return m_deadline; }

private:
    enum class State : std::uint8_t { handshake, front, login, list, letter, remove, after, logout, done };
    struct Row {
        std::uint32_t uid = 0;
        std::string href;
    };
    void get(State state, const std::string& target, Instant now, Actions& out);
    void submit(State state, const HtmlForm& form, Instant now, Actions& out);
    void send(State state, HttpRequest request, Instant now, Actions& out);
    void onResponse(const HttpResponse& response, Instant now, Actions& out);
    void onFront(const HttpResponse& response, Instant now, Actions& out);
    void onList(const HttpResponse& response, Instant now, Actions& out);
    void act(Instant now, Actions& out);
    void leave(Instant now, Actions& out);
    void fail(std::string why, bool mayTryAgain, Actions& out);
    void end(Actions& out);
    const HtmlForm* form(std::string_view action) const;
    bool means(const HtmlPiece& link, const Row& row) const;
    void keepCookies(const HttpResponse& response);

    BrowserOptions m_options;
    ResponseReader m_reader;
    State m_state = State::handshake;
    Instant m_deadline = kNever;
    std::map<std::string, std::string> m_cookies;
    std::vector<HtmlForm> m_forms;  // of the list that is open
    std::set<std::string> m_seen;   // pages of the list
    std::vector<Row> m_rows;        // what is meant
    std::size_t m_next = 0;
    bool m_told = false;
};

}  // namespace mailtrek::web

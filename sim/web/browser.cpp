// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/browser.h"

#include <algorithm>
#include <charconv>

#include "sim/mail/encoding.h"

namespace mailtrek::web {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostPages = 10'000, kMostCookies = 20, kMostOfCookie = 1000;

// The uid in "/mail/7".
std::optional<std::uint32_t> uidIn(std::string_view href) {
    constexpr std::string_view kLetter = "/mail/";
    if (!href.starts_with(kLetter)) return std::nullopt;
    href.remove_prefix(kLetter.size());
    std::uint32_t uid = 0;
    const auto [end, error] = std::from_chars(href.data(), href.data() + href.size(), uid);
    if (href.empty() || error != std::errc{} || end != href.data() + href.size()) return std::nullopt;
    return uid;
}

// A link that we can follow as it stands: a path on the same host, of visible characters, that a server can read.
bool isPath(std::string_view href) {
    if (!href.starts_with('/') || href.starts_with("//") || href.size() > 2000 || !std::ranges::all_of(href, [](char c) { return c > 0x20 && c < 0x7f; })) return false;
    HttpRequest request;
    request.method = "GET";
    request.target = href;
    request.fields.add("Host", "x");
    RequestReader reader;
    reader.add(request.wire());
    return reader.advance();
}

}  // namespace

Browser::Actions Browser::onConnected(Instant now) {
    m_deadline = now + 1min;
    return {};
}

Browser::Actions Browser::onSecured(Instant now) {
    Actions out;
    get(State::front, "/", now, out);
    return out;
}

void Browser::get(State state, const std::string& target, Instant now, Actions& out) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    send(state, std::move(request), now, out);
}

void Browser::submit(State state, const HtmlForm& form, Instant now, Actions& out) {
    HttpRequest request;
    request.method = "POST";
    request.target = form.action;
    request.body = form.fields.wire();
    send(state, std::move(request), now, out);
}

void Browser::send(State state, HttpRequest request, Instant now, Actions& out) {
    m_state = state;
    m_deadline = now + 5min;
    std::string cookies;
    for (const auto& [name, value] : m_cookies) cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
    request.fields.add("Host", m_options.host);
    request.fields.add("User-Agent", "Mailtrek");
    request.fields.add("Accept", "text/html");
    if (!cookies.empty()) request.fields.add("Cookie", cookies);
    if (request.method == "POST") request.fields.add("Content-Type", "application/x-www-form-urlencoded");
    out.push_back(BrowserSend{request.method + " " + request.target, request.wire()});
}

void Browser::fail(std::string why, bool mayTryAgain, Actions& out) {
    if (!std::exchange(m_told, true)) out.push_back(BrowserFinished{false, std::move(why), mayTryAgain});
    end(out);
}

void Browser::end(Actions& out) {
    if (m_state == State::done) return;
    m_state = State::done;
    m_deadline = kNever;
    out.emplace_back(std::in_place_type<BrowserClose>);
}

Browser::Actions Browser::onTimeout(Instant now) {
    Actions out;
    if (now >= m_deadline && m_state != State::done) fail("the page did not answer in time", true, out);
    return out;
}

Browser::Actions Browser::onClosed(Instant now) {
    Actions out, last;
    if (m_state != State::done && m_reader.end()) onResponse(m_reader.take(), now, last);
    for (BrowserAction& action : last)  // there is nobody any more to whom anything could be said
        if (!std::holds_alternative<BrowserSend>(action)) out.push_back(std::move(action));
    if (!std::exchange(m_told, true)) out.push_back(BrowserFinished{false, "the connection was lost", true});
    m_state = State::done;
    m_deadline = kNever;
    return out;
}

Browser::Actions Browser::onBytes(std::string_view octets, Instant now) {
    Actions out;
    if (m_state == State::done) return out;
    m_deadline = now + 5min;
    m_reader.add(octets);
    while (m_state != State::done && m_reader.advance()) {
        const HttpResponse response = m_reader.take();
        if (response.status >= 200) onResponse(response, now, out);  // an interim one announces another (RFC 9110 15.2)
    }
    if (m_state != State::done && m_reader.error() != 0) fail("the answer is no HTTP", true, out);
    return out;
}

void Browser::keepCookies(const HttpResponse& response) {
    for (const std::string& line : response.fields.values("Set-Cookie")) {
        std::string_view rest = line;
        std::string_view pair = untilAny(rest, ";");
        const std::string name(trimmed(untilAny(pair, "=")));
        if (mail::lower(rest).find("max-age=0") != std::string::npos)
            m_cookies.erase(name);
        else if (!name.empty() && line.size() <= kMostOfCookie && (m_cookies.size() < kMostCookies || m_cookies.contains(name)))
            m_cookies[name] = trimmed(pair);
    }
}

void Browser::onResponse(const HttpResponse& response, Instant now, Actions& out) {
    keepCookies(response);
    if (m_state == State::logout) return end(out);
    if (response.status >= 500) return fail("the page says " + response.line(), true, out);
    const std::string where = response.fields.value("Location");
    switch (m_state) {
        case State::front: return onFront(response, now, out);
        case State::login:
            if (response.status == 303 && isPath(where)) return get(State::list, where, now, out);
            return fail(response.status == 403 ? "the address or the password is wrong" : "the page says " + response.line(), false, out);
        case State::list: return onList(response, now, out);
        case State::letter:
            if (response.status == 200) out.push_back(BrowserRead{m_rows[m_next].uid, response.body});
            if (response.status != 200 && !m_options.messageId.empty()) return fail("the letter is not in the mailbox", false, out);
            ++m_next;
            return act(now, out);
        case State::remove:
            if (response.status == 404) return fail("the letter is not in the mailbox", false, out);
            if (response.status != 303 || !isPath(where)) return fail("the page says " + response.line(), false, out);
            return get(State::after, where, now, out);
        case State::after: return leave(now, out);
        case State::handshake:
        case State::logout:
        case State::done: return;
    }
}

void Browser::onFront(const HttpResponse& response, Instant now, Actions& out) {
    m_forms = htmlForms(htmlPieces(response.body));
    const HtmlForm* login = form("/login");
    if (response.status != 200 || login == nullptr) return fail("there is no login page", false, out);
    HtmlForm filled{login->method, login->action, {}};
    for (const auto& [name, value] : login->fields.fields()) filled.fields.add(name, name == "user" ? m_options.user : name == "password" ? m_options.password : value);
    submit(State::login, filled, now, out);
}

const HtmlForm* Browser::form(std::string_view action) const {
    const auto found = std::ranges::find_if(m_forms, [action](const HtmlForm& one) { return one.method == "post" && one.action == action; });
    return found == m_forms.end() ? nullptr : &*found;
}

bool Browser::means(const HtmlPiece& link, const Row& row) const {
    if (m_options.skip.contains(row.uid) || std::ranges::any_of(m_rows, [&row](const Row& other) { return other.uid == row.uid; })) return false;
    return m_options.messageId.empty() || link.attribute("data-message-id") == m_options.messageId;
}

void Browser::onList(const HttpResponse& response, Instant now, Actions& out) {
    if (response.status != 200) return fail("the page says " + response.line(), false, out);
    const std::vector<HtmlPiece> pieces = htmlPieces(response.body);
    m_forms = htmlForms(pieces);
    std::string older;
    for (const HtmlPiece& piece : pieces) {
        if (piece.tag != "a" || piece.closes) continue;
        const std::string href = piece.attribute("href");
        if (piece.attribute("rel") == "next" && isPath(href)) older = href;
        const auto uid = uidIn(href);
        if (uid && piece.attributes.contains("data-message-id") && means(piece, {*uid, href})) m_rows.push_back({*uid, href});
    }
    const bool wantsMore = m_options.messageId.empty() ? m_options.task == mail::ImapTask::read : m_rows.empty();
    if (wantsMore && !older.empty() && m_seen.size() < kMostPages && m_seen.insert(older).second) return get(State::list, older, now, out);
    act(now, out);
}

void Browser::act(Instant now, Actions& out) {
    if (m_rows.empty() && !m_options.messageId.empty()) {
        if (!std::exchange(m_told, true)) out.push_back(BrowserFinished{false, "the letter is not in the mailbox", false});
        return leave(now, out);
    }
    if (m_options.task == mail::ImapTask::read) {
        if (m_next < m_rows.size()) return get(State::letter, m_rows[m_next].href, now, out);
        return leave(now, out);
    }
    const HtmlForm* remove = form(m_options.messageId.empty() ? std::string("/mail/delete-all") : m_rows.front().href + "/delete");
    if (remove == nullptr) return leave(now, out);  // nothing is there
    submit(State::remove, *remove, now, out);
}

// It is done; the page hears of it.
void Browser::leave(Instant now, Actions& out) {
    if (!std::exchange(m_told, true)) out.push_back(BrowserFinished{true, {}, false});
    const HtmlForm* logout = form("/logout");
    if (logout == nullptr) return end(out);
    submit(State::logout, *logout, now, out);
}

}  // namespace mailtrek::web

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/web_site.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/web/charset.h"
#include "sim/web/pages.h"

namespace mailtrek::web {
namespace {

using namespace std::chrono_literals;

// "__Host-": a browser takes it only with Secure and Path=/, and sends it to this host only (RFC 6265bis 4.1.3.2).
constexpr std::string_view kCookie = "__Host-session";
constexpr Duration kAnonymous = 10min, kLoggedIn = 30min;
constexpr std::size_t kMostSessions = 1000, kRows = 50, kMostRecipients = 100;

HttpResponse page(int status, std::string html) {
    HttpResponse response{status, {}, std::move(html)};
    response.fields.add("Content-Type", "text/html; charset=utf-8");
    return response;
}

HttpResponse seeOther(std::string_view where) {
    HttpResponse response{303, {}, {}};
    response.fields.add("Location", std::string(where));
    return response;
}

HttpResponse notAllowed(std::string_view allowed) {
    HttpResponse response = page(405, html(MessagePage{"Method Not Allowed", "This address does not do that."}));
    response.fields.add("Allow", std::string(allowed));
    return response;
}

HttpResponse notFound() { return page(404, html(MessagePage{"Not Found", "There is nothing at this address."})); }

HttpResponse malformed() { return page(400, html(MessagePage{"Bad Request", "This request was not understood."})); }

void setCookie(HttpResponse& response, std::string_view value, std::string_view more = "") {
    response.fields.add("Set-Cookie", fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict{}", kCookie, value, more));
}

// Every answer has a date (RFC 9110 6.6.1), is kept by nobody, and may do nothing but show itself and send forms home.
void addCommonFields(HttpResponse& response, Instant now) {
    const std::string date = mail::dateText(now);
    response.fields.add("Date", date.substr(0, date.rfind(' ')) + " GMT");
    response.fields.add("Server", "Mailtrek");
    response.fields.add("Cache-Control", "no-store");
    response.fields.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    response.fields.add("X-Content-Type-Options", "nosniff");
    response.fields.add("Referrer-Policy", "no-referrer");
}

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '0' || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool inInbox(const mail::StoredMessage& message) { return message.folder == mail::kInbox; }

// "a@x.example, b@y.example"; nothing when one of them is no address.
std::optional<std::vector<std::string>> addresses(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
        const std::string one(trimmed(untilAny(text, ",;")));
        if (one.empty()) continue;
        if (!mail::isMailbox(one) || all.size() >= kMostRecipients) return std::nullopt;
        all.push_back(one);
    }
    return all;
}

std::string oneLine(std::string_view text) {
    std::string out = soundUtf8(text);
    std::ranges::replace_if(
        out, [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
    return out;
}

}  // namespace

HttpResponse WebSite::complaint(int status, Instant now) const {
    HttpResponse response = page(status, html(MessagePage{std::string(reasonOf(status)), "This request was not understood."}));
    addCommonFields(response, now);
    response.fields.add("Connection", "close");
    return response;
}

HttpResponse WebSite::answer(const HttpRequest& request, WebEvents& events, Instant now) {
    Visit visit{request, events, now};
    visit.session = sessionOf(request, now);
    if (visit.session != nullptr && !visit.session->account.empty()) visit.box = events.mailbox(visit.session->account);
    HttpResponse response = route(visit);
    addCommonFields(response, now);
    if (!request.keepsAlive()) response.fields.add("Connection", "close");
    return response;
}

std::string WebSite::begin(WebEvents& events, const std::string& account, Instant now) {
    std::erase_if(m_sessions, [now](const auto& s) { return now - s.second.used > (s.second.account.empty() ? kAnonymous : kLoggedIn); });
    if (m_sessions.size() >= kMostSessions)
        m_sessions.erase(std::ranges::min_element(m_sessions, {}, [](const auto& s) { return std::pair(!s.second.account.empty(), s.second.used); }));
    std::string token = events.secret();
    m_sessions[token] = {account, events.secret(), {}, now};
    return token;
}

WebSite::Session* WebSite::sessionOf(const HttpRequest& request, Instant now) {
    const auto cookies = parseCookies(request.fields.value("Cookie"));
    const auto cookie = cookies.find(std::string(kCookie));
    const auto found = cookie == cookies.end() ? m_sessions.end() : m_sessions.find(cookie->second);
    if (found == m_sessions.end()) return nullptr;
    if (now - found->second.used > (found->second.account.empty() ? kAnonymous : kLoggedIn)) {
        m_sessions.erase(found);
        return nullptr;
    }
    found->second.used = now;
    return &found->second;
}

HttpResponse WebSite::route(Visit& visit) {
    const HttpRequest& request = visit.request;
    const std::string& method = request.method;
    const bool get = method == "GET" || method == "HEAD", post = method == "POST";
    if (!get && !post) return page(501, html(MessagePage{"Not Implemented", "This server knows GET, HEAD and POST."}));
    if (request.segments.empty()) return malformed();
    const std::string& first = request.segments.front();
    const bool alone = request.segments.size() == 1;
    if (first == "mail") return inMail(visit);
    if (!alone || (first != "" && first != "login" && first != "logout" && first != "compose")) return notFound();
    if (first == "") return get ? front(visit) : notAllowed("GET, HEAD");
    if (first == "compose") return visit.box != nullptr ? compose(visit) : seeOther("/");
    if (!post) return notAllowed("POST");
    return first == "login" ? login(visit) : logout(visit);
}

// /mail, /mail/delete-all, /mail/7, /mail/7/delete, /mail/7/part/1
HttpResponse WebSite::inMail(Visit& visit) {
    const auto& segments = visit.request.segments;
    const bool post = visit.request.method == "POST";
    if (visit.box == nullptr) return seeOther("/");
    if (segments.size() == 1) return post ? notAllowed("GET, HEAD") : list(visit);
    if (segments.size() == 2 && segments[1] == "delete-all") return post ? removeAll(visit) : notAllowed("POST");
    const auto uid = number(segments[1]);
    mail::StoredMessage* message = uid ? visit.box->message(*uid) : nullptr;
    if (message == nullptr || !inInbox(*message)) return notFound();
    if (segments.size() == 2) return post ? notAllowed("GET, HEAD") : letter(visit, *message);
    if (segments.size() == 3 && segments[2] == "delete") return post ? remove(visit, *uid) : notAllowed("POST");
    if (segments.size() == 4 && segments[2] == "part") return post ? notAllowed("GET, HEAD") : part(visit, *message, segments[3]);
    return notFound();
}

std::optional<HttpResponse> WebSite::refusal(Visit& visit) {
    const std::string type = visit.request.fields.value("Content-Type");
    if (mail::lower(trimmed(std::string_view(type).substr(0, type.find(';')))) != "application/x-www-form-urlencoded")
        return page(415, html(MessagePage{"Unsupported Media Type", "A form was expected."}));
    auto form = parseForm(visit.request.body);
    if (!form) return malformed();
    visit.form = std::move(*form);
    if (visit.session == nullptr || visit.form.value("csrf") != visit.session->csrf)
        return page(403, html(MessagePage{"Forbidden", "This form is out of date. Open the page again."}));
    return std::nullopt;
}

HttpResponse WebSite::front(Visit& visit, const std::string& complaint) {
    if (visit.box != nullptr) return seeOther("/mail");
    std::string cookie;
    if (visit.session == nullptr || !visit.session->account.empty()) {
        cookie = begin(visit.events, {}, visit.now);
        visit.session = &m_sessions[cookie];
    }
    HttpResponse response = page(complaint.empty() ? 200 : 403, html(LoginPage{m_hostName, visit.session->csrf, complaint}));
    if (!cookie.empty()) setCookie(response, cookie);
    return response;
}

HttpResponse WebSite::login(Visit& visit) {
    if (auto refused = refusal(visit)) return std::move(*refused);
    mail::Mailbox* box = visit.events.login(visit.form.value("user"), visit.form.value("password"));
    if (box == nullptr) return front(visit, "The address or the password is wrong.");
    std::erase_if(m_sessions, [&](const auto& s) { return &s.second == visit.session; });  // who knew the cookie before does not know the new one
    HttpResponse response = seeOther("/mail");
    setCookie(response, begin(visit.events, box->address(), visit.now));
    return response;
}

HttpResponse WebSite::logout(Visit& visit) {
    if (auto refused = refusal(visit)) return std::move(*refused);
    std::erase_if(m_sessions, [&](const auto& s) { return &s.second == visit.session; });
    HttpResponse response = seeOther("/");
    setCookie(response, "", "; Max-Age=0");
    return response;
}

HttpResponse WebSite::list(Visit& visit) {
    ListPage view;
    view.account = visit.box->address();
    view.csrf = visit.session->csrf;
    view.notice = std::exchange(visit.session->notice, {});
    view.page = number(visit.request.query.value("page")).value_or(1);
    const auto& messages = visit.box->messages();
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {  // the newest first
        if (!inInbox(*message)) continue;
        const bool unread = (message->flags & mail::kSeen) == 0;
        view.newest = std::max(view.newest, message->uid);
        view.unread += unread ? 1 : 0;
        const std::size_t place = view.letters++;
        if (place / kRows + 1 == view.page) view.rows.push_back({message->uid, unread, headOf(message->octets.text())});
        view.more |= place / kRows + 1 > view.page;
    }
    return page(200, html(view));
}

HttpResponse WebSite::letter(Visit& visit, mail::StoredMessage& message) {
    if (visit.request.method == "GET" && (message.flags & mail::kSeen) == 0) {  // HEAD changes nothing
        message.flags |= mail::kSeen;
        visit.events.flagsChanged(*visit.box, message);
    }
    if (visit.request.method == "GET") visit.events.shown(*visit.box, message);
    return page(200, html(LetterPage{visit.box->address(), visit.session->csrf, message.uid, letterOf(message.octets.text())}));
}

// An attachment is for the disk: no browser may take it for a page of ours (RFC 6266).
HttpResponse WebSite::part(Visit&, const mail::StoredMessage& message, std::string_view which) {
    const auto place = number(which);
    Letter whole = letterOf(message.octets.text());
    if (!place || *place > whole.attached.size()) return notFound();
    Attached& attached = whole.attached[*place - 1];
    HttpResponse response{200, {}, std::move(attached.octets)};
    response.fields.add("Content-Type", "application/octet-stream");
    response.fields.add("Content-Disposition", "attachment; filename*=UTF-8''" + percentEncoded(attached.name));
    return response;
}

HttpResponse WebSite::remove(Visit& visit, std::uint32_t uid) {
    if (auto refused = refusal(visit)) return std::move(*refused);
    visit.events.expunged(*visit.box, *visit.box->message(uid));
    visit.box->remove(uid);
    visit.session->notice = "Deleted.";
    return seeOther("/mail");
}

// All that was there when the list was shown.
HttpResponse WebSite::removeAll(Visit& visit) {
    if (auto refused = refusal(visit)) return std::move(*refused);
    const auto newest = number(visit.form.value("newest"));
    if (!newest) return malformed();
    std::vector<std::uint32_t> uids;
    for (const mail::StoredMessage& message : visit.box->messages())
        if (inInbox(message) && message.uid <= *newest) uids.push_back(message.uid);
    for (const std::uint32_t uid : uids) {
        visit.events.expunged(*visit.box, *visit.box->message(uid));
        visit.box->remove(uid);
    }
    visit.session->notice = "Deleted.";
    return seeOther("/mail");
}

HttpResponse WebSite::compose(Visit& visit) {
    ComposePage view{visit.box->address(), visit.session->csrf, {}, {}, {}, {}, {}};
    if (visit.request.method != "POST") return page(200, html(view));
    if (auto refused = refusal(visit)) return std::move(*refused);
    const Form& form = visit.form;
    view.to = oneLine(form.value("to"));
    view.cc = oneLine(form.value("cc"));
    view.subject = oneLine(form.value("subject"));
    view.text = soundUtf8(form.value("text"));
    auto to = addresses(view.to), cc = addresses(view.cc);
    if (!to || !cc) {
        view.complaint = "That is not an address. Write it like ana@norte.example, with commas between several.";
    } else if (to->empty() && cc->empty()) {
        view.complaint = "To whom?";
    } else if (const auto why = visit.events.submit(visit.box->address(), {std::move(*to), std::move(*cc), view.subject, view.text})) {
        view.complaint = *why;
    } else {
        visit.session->notice = "Sent.";
        return seeOther("/mail");
    }
    return page(422, html(view));
}

}  // namespace mailtrek::web

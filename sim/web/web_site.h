// SPDX-License-Identifier: GPL-3.0-or-later
// The web front end of a mail server: pages at one end, a mailbox at the other. It keeps no letters; it opens the mailbox that IMAP and POP3 open, with the password
// that they want, shows what is in it, and hands letters written here to the mail server. Sessions are known by a cookie (RFC 6265) and forgotten in a crash; whatever
// changes something is a POST that carries the session's secret, so that no other site's page can do it, and ends in a 303 (RFC 9110 15.4.4).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/mail/mailbox.h"
#include "sim/web/http_request.h"
#include "sim/web/http_response.h"

namespace mailtrek::web {

struct WrittenLetter {
    std::vector<std::string> to, cc;
    std::string subject, text;
};

// What the mail server behind the page does for it.
class WebEvents {
public:
    virtual ~WebEvents() = default;
    // The mailbox of this user when the password is right, else null.
    virtual mail::Mailbox* login(std::string_view user, std::string_view password) = 0;
    // Of somebody who logged in before; null when there is none any more.
    virtual mail::Mailbox* mailbox(std::string_view address) = 0;
    virtual std::string secret() = 0;  // nobody can guess it, and no two are equal
    virtual void flagsChanged(mail::Mailbox& box, const mail::StoredMessage& message) = 0;
    virtual void expunged(mail::Mailbox& box, const mail::StoredMessage& message) = 0;  // about to go
    virtual void shown(mail::Mailbox& box, const mail::StoredMessage& message) = 0;     // its page is the answer
    // Sends it as that user's; nothing, or why not.
    virtual std::optional<std::string> submit(const std::string& account, const WrittenLetter& letter) = 0;
};

class WebSite {
public:
    explicit WebSite(std::string hostName) : m_hostName(std::move(hostName)) {}

    HttpResponse answer(const HttpRequest& request, WebEvents& events, Instant now);
    // To what could not be read, or came too slowly.
    HttpResponse complaint(int status, Instant now) const;
    void forgetSessions() { m_sessions.clear(); }
    std::size_t sessions() const { return m_sessions.size(); }

private:
    struct Session {
        std::string account;  // empty: nobody has logged in yet
        std::string csrf;
        std::string notice;  // for the next list
        Instant used;
    };
    struct Visit {
        const HttpRequest& request;
        WebEvents& events;
        Instant now;
        Session* session = nullptr;
        mail::Mailbox* box = nullptr;  // of who is logged in
        Form form{};                   // of a POST
    };

    std::string begin(WebEvents& events, const std::string& account, Instant now);
    Session* sessionOf(const HttpRequest& request, Instant now);
    HttpResponse route(Visit& visit);
    HttpResponse front(Visit& visit, const std::string& complaint = {});
    HttpResponse login(Visit& visit);
    HttpResponse logout(Visit& visit);
    HttpResponse list(Visit& visit);
    HttpResponse letter(Visit& visit, mail::StoredMessage& message);
    HttpResponse part(Visit& visit, const mail::StoredMessage& message, std::string_view number);
    HttpResponse remove(Visit& visit, std::uint32_t uid);
    HttpResponse removeAll(Visit& visit);
    HttpResponse compose(Visit& visit);
    HttpResponse inMail(Visit& visit);
    // Nothing when the form may do what it wants; fills it in.
    std::optional<HttpResponse> refusal(Visit& visit);

    std::string m_hostName;
    std::map<std::string, Session> m_sessions;  // by the cookie's value
};

}  // namespace mailtrek::web

// SPDX-License-Identifier: GPL-3.0-or-later
// One browser's connection to the front end: requests in, answers out, one after the other, on a connection that stays open (RFC 9112 9.3). What is no HTTP is told so once,
// and the connection ends.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/web/web_site.h"

namespace mailtrek::web {

struct WebServerOutput {
    struct Piece {
        std::string line;  // "200 OK", for the recording
        std::string octets;
        bool content = false;  // the page of a letter
    };
    std::vector<Piece> pieces;
    bool close = false;  // after the pieces
};

class WebServer {
public:
    WebServer(WebSite& site, WebEvents& events) : m_site(site), m_events(events) {}

    void onConnect(Instant now) { heard(now); }
    WebServerOutput onBytes(std::string_view octets, Instant now);
    // Half a request for a minute: 408. No request for five: the connection is closed without a word (RFC 9112 9.8).
    WebServerOutput onTimeout(Instant now);
    Instant nextDeadline() const { return m_closed ? kNever : m_deadline; }

private:
    void reply(const HttpResponse& response, bool head, bool last, WebServerOutput& out);
    void heard(Instant now);

    WebSite& m_site;
    WebEvents& m_events;
    RequestReader m_reader;
    Instant m_deadline = kNever;
    bool m_half = false;  // a request is half here
    bool m_continued = false;
    bool m_closed = false;
};

}  // namespace mailtrek::web

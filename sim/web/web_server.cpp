// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/web_server.h"

#include <utility>

namespace mailtrek::web {
namespace {

using namespace std::chrono_literals;

// /mail/7 asked for with GET.
bool showsLetter(const HttpRequest& request) { return request.method == "GET" && request.segments.size() == 2 && request.segments[0] == "mail"; }

}  // namespace

void WebServer::reply(const HttpResponse& response, bool head, bool last, WebServerOutput& out) {
    out.pieces.push_back({response.line(), response.wire(head), false});
    m_closed |= last;
    out.close |= last;
}

// The minute counts from the beginning of a request: octets one by one do not prolong it.
void WebServer::heard(Instant now) {
    const bool half = m_reader.begun();
    if (!half) m_deadline = now + 5min;
    if (half && !m_half) m_deadline = now + 1min;
    m_half = half;
}

WebServerOutput WebServer::onBytes(std::string_view octets, Instant now) {
    WebServerOutput out;
    if (m_closed) return out;
    m_reader.add(octets);
    while (!m_closed && m_reader.advance()) {
        const HttpRequest request = m_reader.take();
        m_continued = m_half = false;
        const HttpResponse response = m_site.answer(request, m_events, now);
        reply(response, request.method == "HEAD", response.fields.count("Connection") > 0, out);
        out.pieces.back().content = response.status == 200 && showsLetter(request);
    }
    if (!m_closed && m_reader.error() != 0) reply(m_site.complaint(m_reader.error(), now), false, true, out);
    if (!m_closed && m_reader.expectsContinue() && !std::exchange(m_continued, true)) out.pieces.push_back({"100 Continue", HttpResponse{100, {}, {}}.wire(), false});
    heard(now);
    return out;
}

WebServerOutput WebServer::onTimeout(Instant now) {
    WebServerOutput out;
    if (m_closed || now < m_deadline) return out;
    if (m_half)
        reply(m_site.complaint(408, now), false, true, out);
    else
        m_closed = out.close = true;
    return out;
}

}  // namespace mailtrek::web

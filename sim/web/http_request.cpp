// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/http_request.h"

#include <algorithm>
#include <utility>

#include "sim/mail/encoding.h"

namespace mailtrek::web {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// host [":" port] of RFC 9110 7.2.
bool isHost(std::string_view text) {
    if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos) {
        if (!std::ranges::all_of(text.substr(colon + 1), isDigit)) return false;
        text = text.substr(0, colon);
    }
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::string_view("-._~%!$&'()*+,;=:").find(c) != std::string_view::npos;
    });
}

}  // namespace

bool HttpRequest::keepsAlive() const {
    const std::vector<std::string> options = fields.list("Connection");
    if (std::ranges::find(options, "close") != options.end()) return false;
    return minor >= 1 || std::ranges::find(options, "keep-alive") != options.end();
}

std::string HttpRequest::wire() const {
    std::string out = method + " " + target + " HTTP/1." + std::to_string(minor) + "\r\n" + fields.wire();
    if (!body.empty() || method == "POST") out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return out + "\r\n" + body;
}

HttpRequest RequestReader::take() {
    m_request.fields = std::move(m_fields);
    m_request.body = std::move(m_body);
    HttpRequest request = std::move(m_request);
    reset();
    return request;
}

bool RequestReader::expectsContinue() const { return awaitsBody() && m_request.minor >= 1 && m_fields.count("Expect") > 0; }

// method SP target SP version, with one space between them (RFC 9112 3).
int RequestReader::onStartLine(std::string_view line) {
    const std::size_t first = line.find(' '), second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos) return 400;
    const std::string_view version = line.substr(second + 1);
    m_request.method = line.substr(0, first);
    m_request.target = line.substr(first + 1, second - first - 1);
    if (!isToken(m_request.method) || m_request.target.empty()) return 400;
    if (version.size() != 8 || !version.starts_with("HTTP/") || !isDigit(version[5]) || version[6] != '.' || !isDigit(version[7])) return 400;
    if (version[5] != '1') return 505;
    m_request.minor = static_cast<unsigned>(version[7] - '0');
    return readTarget();
}

// origin-form, or absolute-form as a proxy gets it; of other forms the path stays empty (RFC 9112 3.2).
int RequestReader::readTarget() {
    std::string_view target = m_request.target;
    if (!std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f && c != '#' && c != '<' && c != '>' && c != '"'; })) return 400;
    if (!target.starts_with('/')) {
        const std::size_t scheme = target.find("://");
        const std::string name = mail::lower(target.substr(0, std::min(scheme, target.size())));
        if (scheme == std::string_view::npos || (name != "http" && name != "https")) return 0;
        target.remove_prefix(scheme + 3);
        const std::size_t path = std::min(target.find_first_of("/?"), target.size());
        if (!isHost(target.substr(0, path))) return 400;
        target.remove_prefix(path);
    }
    const std::size_t question = target.find('?');
    if (question != std::string_view::npos) {
        auto query = parseForm(target.substr(question + 1));
        if (!query) return 400;
        m_request.query = std::move(*query);
    }
    std::string_view path = target.substr(0, question);
    if (path.starts_with('/')) path.remove_prefix(1);
    for (bool more = true; more;) {
        more = path.find('/') != std::string_view::npos;
        auto segment = percentDecoded(untilAny(path, "/"), false);
        if (!segment || std::ranges::any_of(*segment, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) return 400;
        m_request.segments.push_back(std::move(*segment));
    }
    return 0;
}

int RequestReader::checkHost() const {
    const std::size_t hosts = m_fields.count("Host");
    if (hosts > 1 || (hosts == 0 && m_request.minor >= 1)) return 400;  // RFC 9112 3.2
    return hosts == 1 && !isHost(m_fields.value("Host")) ? 400 : 0;
}

HttpReader::Head RequestReader::onHead() {
    if (const int error = checkHost(); error != 0) return {error};
    const bool hasLength = m_fields.count("Content-Length") > 0;
    if (m_fields.count("Expect") > 0 && mail::lower(m_fields.value("Expect")) != "100-continue") return {417};
    if (m_fields.count("Transfer-Encoding") > 0) {
        const std::vector<std::string> codings = m_fields.list("Transfer-Encoding");
        if (hasLength || m_request.minor == 0) return {400};  // two lengths: somebody is to be fooled (RFC 9112 6.1)
        if (codings.empty() || std::ranges::count(codings, "chunked") != 1 || codings.back() != "chunked") return {400};
        return codings.size() > 1 ? Head{501} : Head{0, Framing::chunked};
    }
    if (!hasLength) return m_request.method == "POST" ? Head{411} : Head{};
    const auto length = contentLength(m_fields);
    return length ? Head{0, Framing::length, *length} : Head{400};
}

}  // namespace mailtrek::web

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/http_response.h"

#include <algorithm>
#include <utility>

namespace mailtrek::web {
namespace {

bool hasBody(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::string_view reasonOf(int status) {
    switch (status) {
        case 100: return "Continue";
        case 200: return "OK";
        case 303: return "See Other";
        case 400: return "Bad Request";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 411: return "Length Required";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 431: return "Request Header Fields Too Large";
        case 501: return "Not Implemented";
        case 505: return "HTTP Version Not Supported";
        default: return "";
    }
}

std::string HttpResponse::wire(bool head) const {
    std::string out = "HTTP/1.1 " + std::to_string(status) + " " + std::string(reasonOf(status)) + "\r\n" + fields.wire();
    if (hasBody(status)) out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return out + "\r\n" + (head || !hasBody(status) ? std::string{} : body);
}

std::string HttpResponse::line() const {
    std::string out = std::to_string(status) + " " + std::string(reasonOf(status));
    if (fields.count("Location") > 0) out += " " + fields.value("Location");
    return out;
}

HttpResponse ResponseReader::take() {
    HttpResponse response{m_status, std::move(m_fields), std::move(m_body)};
    reset();
    return response;
}

// version SP status SP [reason] (RFC 9112 4).
int ResponseReader::onStartLine(std::string_view line) {
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const bool sound = line.size() >= 12 && line.starts_with("HTTP/1.") && isDigit(line[7]) && line[8] == ' ' && std::ranges::all_of(line.substr(9, 3), isDigit) &&
                       (line.size() == 12 || line[12] == ' ');
    if (!sound) return 502;
    m_status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    return m_status < 100 || m_status > 599 || m_status == 101 ? 502 : 0;
}

HttpReader::Head ResponseReader::onHead() {
    if (!hasBody(m_status)) return {};
    if (m_fields.count("Transfer-Encoding") > 0) {
        const std::vector<std::string> codings = m_fields.list("Transfer-Encoding");
        return codings.size() == 1 && codings.front() == "chunked" && m_fields.count("Content-Length") == 0 ? Head{0, Framing::chunked} : Head{502};
    }
    if (m_fields.count("Content-Length") == 0) return {0, Framing::untilEnd};  // RFC 9112 6.3 (8)
    const auto length = contentLength(m_fields);
    return length ? Head{0, Framing::length, *length} : Head{502};
}

}  // namespace mailtrek::web

// SPDX-License-Identifier: GPL-3.0-or-later
// A response of HTTP/1.1, RFC 9112 4 and RFC 9110 15, as a server writes it and a browser reads it.
#pragma once

#include <string>
#include <string_view>

#include "sim/web/http_fields.h"
#include "sim/web/http_reader.h"

namespace mailtrek::web {

std::string_view reasonOf(int status);

struct HttpResponse {
    int status = 200;
    Fields fields;
    std::string body;

    // With Content-Length. Without the body when the request was HEAD.
    std::string wire(bool head = false) const;
    // "303 See Other /mail": what a log says of it.
    std::string line() const;
};

class ResponseReader final : public HttpReader {
public:
    explicit ResponseReader(HttpLimits limits = {.body = 64'000'000}) : HttpReader(limits, 502, 502) {}
    // REQUIRES: advance() said that it is here.
    HttpResponse take();

private:
    int onStartLine(std::string_view line) override;
    Head onHead() override;
    void begin() override { m_status = 0; }

    int m_status = 0;
};

}  // namespace mailtrek::web

// SPDX-License-Identifier: GPL-3.0-or-later
// A request of HTTP/1.1 as a server reads it, RFC 9112 3 and RFC 9110 7, and as a browser writes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/web/form.h"
#include "sim/web/http_fields.h"
#include "sim/web/http_reader.h"

namespace mailtrek::web {

struct HttpRequest {
    std::string method;                 // as it came: methods know upper and lower case
    std::string target;                 // as it came
    std::vector<std::string> segments;  // of the path, decoded: {"mail", "7"} for /mail/7, {""} for /; none when the target is no path
    Form query;
    unsigned minor = 1;  // HTTP/1.minor
    Fields fields;
    std::string body;

    bool keepsAlive() const;   // the connection, once it is answered (RFC 9112 9.3)
    std::string wire() const;  // with Content-Length when there is a body or the method wants one
};

class RequestReader final : public HttpReader {
public:
    explicit RequestReader(HttpLimits limits = {}) : HttpReader(limits, 414, 413) {}
    // REQUIRES: advance() said that it is here.
    HttpRequest take();
    // The client waits for leave to send the body (RFC 9110 10.1.1).
    bool expectsContinue() const;

private:
    int onStartLine(std::string_view line) override;
    Head onHead() override;
    void begin() override { m_request = {}; }
    int readTarget();
    int checkHost() const;

    HttpRequest m_request;
};

}  // namespace mailtrek::web

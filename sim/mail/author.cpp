// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/author.h"

#include <algorithm>

#include "sim/mail/address.h"
#include "sim/mail/dkim_canonical.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

// One mailbox (RFC 5322 3.4) as it is read: what stands in angle brackets, if anything does; else what there is.
struct Scan {
    std::vector<std::string> found;
    std::string text, angle;
    bool inAngle = false;

    void put(char c) { (inAngle ? angle : text) += c; }
    void end() {
        std::string address = angle.empty() ? text : angle;
        if (const std::size_t route = address.find(':'); address.starts_with('@') && route != std::string::npos) address.erase(0, route + 1);  // 4.4: <@a,@b:user@c>
        if (address.find('@') != std::string::npos) found.push_back(std::move(address));
        text.clear();
        angle.clear();
        inAngle = false;
    }
};

}  // namespace

std::vector<std::string> addressesIn(std::string_view field) {
    Scan scan;
    bool quoted = false;
    int comments = 0;
    for (std::size_t i = 0; i < field.size(); ++i) {
        const char c = field[i];
        if (c == '\\' && i + 1 < field.size() && (quoted || comments > 0)) {
            ++i;
            if (comments == 0) {
                scan.put(c);
                scan.put(field[i]);
            }
        } else if (comments > 0 || (!quoted && c == '(')) {
            comments += c == '(' ? 1 : c == ')' ? -1 : 0;
        } else if (c == '"') {
            quoted = !quoted;
            scan.put(c);
        } else if (quoted) {
            scan.put(c);
        } else if (c == '<') {
            scan.inAngle = true;
            scan.angle.clear();
        } else if (c == '>') {
            scan.inAngle = false;
        } else if (!scan.inAngle && (c == ',' || c == ';')) {
            scan.end();
        } else if (c == ':' && !scan.inAngle) {
            scan.text.clear();  // the name of a group
        } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            scan.put(c);
        }
    }
    scan.end();
    return scan.found;
}

std::string authorDomain(std::string_view message) {
    std::string domain;
    int froms = 0;
    for (const std::string_view field : rawFields(headersOf(message))) {
        if (!sameIgnoringCase(fieldName(field), "From")) continue;
        if (++froms > 1) return {};
        for (const std::string& address : addressesIn(fieldValue(field))) {
            const std::string one = domainOf(address);
            if (one.empty() || (!domain.empty() && one != domain)) return {};
            domain = one;
        }
    }
    return domain;
}

}  // namespace mailtrek::mail

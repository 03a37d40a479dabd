// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/smtp_server.h"

#include <fmt/format.h>

#include <charconv>

#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/smtp_parameters.h"

namespace mailtrek::mail {
namespace {

constexpr Duration kPatience = std::chrono::minutes{5};
constexpr int kMaxErrors = 20;
constexpr std::size_t kMaxRecipients = 1000;  // RFC 5321 4.5.3.1.8 asks for 100 at least
constexpr std::size_t kMaxLine = 2048;        // 4.5.3.1.4 asks for 512, extensions lengthen it

}  // namespace

SmtpReply reply(int code, std::string enhanced, std::string text) { return {code, std::move(enhanced), {std::move(text)}}; }

std::string SmtpReply::wire() const {
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const char mark = i + 1 < lines.size() ? '-' : ' ';
        out += enhanced.empty() ? fmt::format("{}{}{}\r\n", code, mark, lines[i]) : fmt::format("{}{}{} {}\r\n", code, mark, enhanced, lines[i]);
    }
    return out;
}

std::string SmtpReply::text() const {
    std::string out = wire();
    std::string joined;
    for (const char c : out)
        if (c != '\r') joined += c;
    joined.pop_back();
    return joined;
}

void SmtpServer::say(SmtpServerOutput& out, SmtpReply reply) {
    if (!m_extended && reply.code != 220) reply.enhanced.clear();  // enhanced codes are an extension: only after EHLO
    out.replies.push_back(std::move(reply));
}

void SmtpServer::bad(SmtpServerOutput& out, int code, std::string enhanced, std::string text) {
    say(out, reply(code, std::move(enhanced), std::move(text)));
    if (++m_errors < kMaxErrors) return;
    say(out, reply(421, "4.7.0", m_options.hostName + " Too many errors"));
    out.close = m_closed = true;
}

SmtpServerOutput SmtpServer::onConnect(Instant now) {
    SmtpServerOutput out;
    m_deadline = now + kPatience;
    out.replies.push_back(reply(220, "", m_options.hostName + " ESMTP Mailtrek"));
    return out;
}

SmtpServerOutput SmtpServer::onTimeout(Instant now) {
    SmtpServerOutput out;
    if (now < m_deadline || m_closed) return out;
    say(out, reply(421, "4.4.2", m_options.hostName + " Timeout, closing connection"));
    out.close = m_closed = true;
    return out;
}

SmtpServerOutput SmtpServer::onBytes(std::string_view octets, Instant now) {
    SmtpServerOutput out;
    m_deadline = now + kPatience;
    m_reader.add(octets);
    while (!m_closed) {
        if (m_inData) {
            if (!content(out)) break;
            continue;
        }
        const auto line = m_reader.line(kMaxLine);
        if (!line) break;
        if (m_reader.tooLong())
            bad(out, 500, "5.5.2", "Line too long");
        else if (m_inAuth)
            authLine(*line, out);
        else
            command(*line, out);
    }
    return out;
}

void SmtpServer::command(const std::string& line, SmtpServerOutput& out) {
    const std::size_t space = line.find(' ');
    const std::string verb = lower(std::string_view(line).substr(0, space));
    std::string_view argument = space == std::string::npos ? std::string_view{} : std::string_view(line).substr(space + 1);
    while (!argument.empty() && argument.back() == ' ') argument.remove_suffix(1);
    if (verb == "ehlo") return greet(argument, true, out);
    if (verb == "helo") return greet(argument, false, out);
    if (verb == "mail") return mailFrom(argument, out);
    if (verb == "rcpt") return rcptTo(argument, out);
    if (verb == "data") return argument.empty() ? data(out) : bad(out, 501, "5.5.4", "DATA takes no argument");
    if (verb == "rset") {
        reset();
        return say(out, reply(250, "2.0.0", "Ok"));
    }
    if (verb == "noop") return say(out, reply(250, "2.0.0", "Ok"));
    if (verb == "vrfy") return say(out, reply(252, "2.5.0", "Send some mail, I will try"));  // RFC 5321 7.3
    if (verb == "quit") {
        say(out, reply(221, "2.0.0", m_options.hostName + " Bye"));
        out.close = m_closed = true;
        return;
    }
    if (verb == "auth" && m_options.role == SmtpRole::submission) return auth(argument, out);
    if (verb == "expn" || verb == "help" || verb == "turn" || verb == "starttls" || verb == "auth") return bad(out, 502, "5.5.1", "Command not implemented");
    bad(out, 500, "5.5.1", "Command not recognized");
}

void SmtpServer::greet(std::string_view argument, bool extended, SmtpServerOutput& out) {
    if (argument.empty()) return bad(out, 501, "5.5.4", extended ? "EHLO needs a name" : "HELO needs a name");
    reset();  // a second EHLO is an RSET (RFC 5321 4.1.4)
    m_greeting = argument;
    m_extended = extended;
    SmtpReply hello{250, "", {fmt::format("{} greets {}", m_options.hostName, argument)}};
    if (extended) {
        hello.lines.insert(hello.lines.end(), {"PIPELINING", fmt::format("SIZE {}", m_options.maxMessage), "8BITMIME", "ENHANCEDSTATUSCODES", "DSN"});
        if (m_options.role == SmtpRole::submission) hello.lines.emplace_back("AUTH PLAIN");
    }
    say(out, std::move(hello));
}

void SmtpServer::auth(std::string_view argument, SmtpServerOutput& out) {
    if (!m_extended || m_from || !m_user.empty()) return bad(out, 503, "5.5.1", "AUTH is not in place here");
    const std::size_t space = argument.find(' ');
    if (!sameIgnoringCase(argument.substr(0, space), "PLAIN")) return bad(out, 504, "5.5.4", "Only AUTH PLAIN");
    if (space == std::string_view::npos) {
        m_inAuth = true;
        return say(out, SmtpReply{334, "", {""}});
    }
    authLine(argument.substr(space + 1), out);
}

void SmtpServer::authLine(std::string_view response, SmtpServerOutput& out) {
    m_inAuth = false;
    if (response == "*") return bad(out, 501, "5.7.0", "Authentication cancelled");
    const auto decoded = decodeBase64(response);
    const std::size_t first = decoded ? decoded->find('\0') : std::string::npos, second = first == std::string::npos ? first : decoded->find('\0', first + 1);
    if (second == std::string::npos) return bad(out, 501, "5.5.2", "Cannot decode the response");  // RFC 4616: authzid NUL authcid NUL password
    const std::string user = decoded->substr(first + 1, second - first - 1);
    if (!m_policy.password(user, decoded->substr(second + 1))) return bad(out, 535, "5.7.8", "Authentication credentials invalid");
    m_user = user;
    say(out, reply(235, "2.7.0", "Authentication successful"));
}

void SmtpServer::mailFrom(std::string_view argument, SmtpServerOutput& out) {
    if (m_greeting.empty()) return bad(out, 503, "5.5.1", "EHLO first");
    if (m_from) return bad(out, 503, "5.5.1", "A transaction is under way");
    if (argument.size() < 5 || !sameIgnoringCase(argument.substr(0, 5), "FROM:")) return bad(out, 501, "5.5.4", "MAIL FROM:<address>");
    const auto path = parsePath(argument.substr(5));
    if (!path) return bad(out, 501, "5.1.7", "Bad sender address");
    if (m_options.role == SmtpRole::submission && m_user.empty()) return bad(out, 530, "5.7.0", "Authentication required");
    std::string problem;
    const auto parameters = mailParameters(path->parameters, problem);
    if (!parameters) return bad(out, 555, "5.5.4", problem);
    if (parameters->size > m_options.maxMessage) return bad(out, 552, "5.3.4", "Message is too big");  // RFC 1870 6.1
    SmtpReply verdict = m_policy.sender(m_options.role, m_user, path->address);
    if (verdict.good()) {
        m_from = true;
        m_envelope = {path->address, {}, parameters->headersOnly, parameters->envelopeId, parameters->size};
    }
    say(out, std::move(verdict));
}

void SmtpServer::rcptTo(std::string_view argument, SmtpServerOutput& out) {
    if (!m_from) return bad(out, 503, "5.5.1", "MAIL first");
    if (argument.size() < 3 || !sameIgnoringCase(argument.substr(0, 3), "TO:")) return bad(out, 501, "5.5.4", "RCPT TO:<address>");
    const auto path = parsePath(argument.substr(3));
    if (!path || path->address.empty()) return bad(out, 501, "5.1.3", "Bad recipient address");
    if (m_envelope.recipients.size() >= kMaxRecipients) return say(out, reply(452, "4.5.3", "Too many recipients"));
    std::string problem;
    const auto wish = recipientParameters(path->parameters, problem);
    if (!wish) return bad(out, 555, "5.5.4", problem);
    SmtpReply verdict = m_policy.recipient(m_options.role, m_envelope, path->address);
    if (verdict.good()) m_envelope.recipients.push_back({path->address, *wish});
    say(out, std::move(verdict));
}

void SmtpServer::data(SmtpServerOutput& out) {
    if (!m_from) return bad(out, 503, "5.5.1", "MAIL first");
    if (m_envelope.recipients.empty()) return bad(out, 503, "5.5.1", "No valid recipients");
    m_inData = true;
    m_tooBig = false;
    m_scanned = 0;
    m_content.clear();
    say(out, reply(354, "", "End data with <CR><LF>.<CR><LF>"));
}

// Takes content until CRLF.CRLF and nothing else (RFC 5321 4.1.1.4). True when the content is complete.
bool SmtpServer::content(SmtpServerOutput& out) {
    for (;;) {
        const std::string_view rest = m_reader.rest();
        const std::size_t end = rest.find("\r\n", m_scanned);
        if (end == std::string_view::npos) {
            m_scanned = rest.empty() ? 0 : rest.size() - (rest.back() == '\r' ? 1 : 0);
            return false;
        }
        std::string_view line = rest.substr(0, end);
        if (line == ".") break;
        if (line.starts_with('.')) line.remove_prefix(1);  // 4.5.2
        m_tooBig |= m_content.size() + line.size() + 2 > m_options.maxMessage;
        if (!m_tooBig) {
            m_content += line;
            m_content += "\r\n";
        }
        m_reader.drop(end + 2);
        m_scanned = 0;
    }
    m_reader.drop(3);
    m_inData = false;
    const Envelope envelope = m_envelope;
    const Slice message = Slice::adopt(std::move(m_content));
    SmtpReply verdict = m_tooBig ? reply(552, "5.3.4", "Message is too big") : m_policy.content(m_options.role, envelope, m_greeting, message);
    reset();
    say(out, std::move(verdict));
    return true;
}

void SmtpServer::reset() {
    m_from = false;
    m_envelope = {};
    m_content.clear();
}

}  // namespace mailtrek::mail

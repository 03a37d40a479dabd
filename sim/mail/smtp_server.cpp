// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/smtp_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/dns/idna.h"
#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/smtp_parameters.h"

namespace mailtrek::mail {
namespace {

constexpr Duration kPatience = std::chrono::minutes{5};
constexpr int kMaxErrors = 20;
constexpr std::size_t kMaxRecipients = 1000;  // RFC 5321 4.5.3.1.8 asks for 100 at least
constexpr std::size_t kMaxLine = 2048;        // 4.5.3.1.4 asks for 512, extensions lengthen it

bool isPrintable(std::string_view line) {
    return std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool isPrintableUtf8(std::string_view line) {
    const auto points = dns::decodeUtf8(line);
    return points && std::all_of(points->begin(), points->end(), [](char32_t c) { return c >= 0x20 && !(c >= 0x7f && c <= 0x9f); });
}

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
    if (!m_hello.extended && reply.code != 220) reply.enhanced.clear();  // enhanced codes are an extension: only after EHLO
    out.replies.push_back(std::move(reply));
}

void SmtpServer::bad(SmtpServerOutput& out, int code, std::string enhanced, std::string text) {
    if (++m_errors < kMaxErrors) return say(out, reply(code, std::move(enhanced), std::move(text)));
    say(out, reply(421, "4.7.0", m_options.hostName + " Too many errors"));
    out.close = m_closed = true;
}

SmtpServerOutput SmtpServer::greeting() const {
    SmtpServerOutput out;
    out.replies.push_back(reply(220, "", m_options.hostName + " ESMTP Mailtrek"));
    return out;
}

SmtpServerOutput SmtpServer::onConnect(Instant now) {
    m_deadline = now + kPatience;
    m_securing = m_options.implicit;
    return m_securing ? SmtpServerOutput{} : greeting();
}

SmtpServerOutput SmtpServer::onTimeout(Instant now) {
    SmtpServerOutput out;
    if (now < nextDeadline()) return out;
    say(out, reply(421, "4.4.2", m_options.hostName + " Timeout, closing connection"));
    out.close = m_closed = true;
    return out;
}

SmtpServerOutput SmtpServer::onBytes(std::string_view octets, Instant now) {
    SmtpServerOutput out;
    m_deadline = now + kPatience;
    if (m_securing) return out;
    m_reader.add(octets);
    work(out);
    return out;
}

SmtpServerOutput SmtpServer::onDecided(SmtpReply verdict, Instant now) {
    SmtpServerOutput out;
    m_deadline = now + kPatience;
    switch (std::exchange(m_undecided, Undecided::nothing)) {
        case Undecided::nothing: return out;
        case Undecided::sender: senderDecided(std::move(verdict), out); break;
        case Undecided::content: say(out, std::move(verdict)); break;
    }
    work(out);
    return out;
}

void SmtpServer::work(SmtpServerOutput& out) {
    while (!m_closed && !m_securing && m_undecided == Undecided::nothing) {
        if (m_inData) {
            if (!content(out)) break;
            continue;
        }
        const auto line = m_reader.line(kMaxLine);
        if (!line) break;
        if (m_reader.tooLong()) {
            m_auth = AuthStep::none;
            bad(out, 500, "5.5.2", "Line too long");
        } else if (m_auth != AuthStep::none)
            authLine(*line, out);
        else
            command(*line, out);
    }
}

void SmtpServer::command(const std::string& line, SmtpServerOutput& out) {
    // Commands are printable US-ASCII (RFC 5321 2.4), addresses in them UTF-8 (RFC 6531 3.3): a bare CR or LF must not find its way into a reply or a header line.
    const bool takesUtf8 = m_options.utf8 && m_hello.extended && line.size() > 4 && (sameIgnoringCase(line.substr(0, 5), "MAIL ") || sameIgnoringCase(line.substr(0, 5), "RCPT "));
    if (takesUtf8 ? !isPrintableUtf8(line) : !isPrintable(line))
        return bad(out, 500, "5.5.2", takesUtf8 ? "Only printable UTF-8 in commands" : "Only printable US-ASCII in commands");
    const std::size_t space = line.find(' ');
    const std::string verb = lower(std::string_view(line).substr(0, space));
    std::string_view argument = space == std::string::npos ? std::string_view{} : std::string_view(line).substr(space + 1);
    while (!argument.empty() && argument.back() == ' ') argument.remove_suffix(1);
    if (mustSecure(verb)) return bad(out, 530, "5.7.0", "Must issue a STARTTLS command first");  // RFC 3207 4
    if (verb == "ehlo") return greet(argument, true, out);
    if (verb == "helo") return greet(argument, false, out);
    if (verb == "mail") return mailFrom(argument, out);
    if (verb == "rcpt") return rcptTo(argument, out);
    if (verb == "data") return argument.empty() ? data(out) : bad(out, 501, "5.5.4", "DATA takes no argument");
    if ((verb == "rset" || verb == "quit") && !argument.empty()) return bad(out, 501, "5.5.4", "This command takes no argument");
    if (verb == "rset") {
        reset();
        return say(out, reply(250, "2.0.0", "Ok"));
    }
    if (verb == "noop") return say(out, reply(250, "2.0.0", "Ok"));
    if (verb == "vrfy" && argument.empty()) return bad(out, 501, "5.5.4", "VRFY whom?");
    if (verb == "vrfy") return say(out, reply(252, "2.5.0", "Send some mail, I will try"));  // RFC 5321 7.3
    if (verb == "expn" && argument.empty()) return bad(out, 501, "5.5.4", "EXPN which list?");
    if (verb == "expn") return say(out, reply(252, "2.5.0", "Lists are not told; send some mail, I will try"));  // 7.3: never 250 or 550 where it is off
    if (verb == "help") {
        const bool submission = m_options.role == SmtpRole::submission;
        return say(out, {214, "2.0.0", {"Commands: EHLO HELO MAIL RCPT DATA RSET NOOP VRFY EXPN HELP QUIT" + std::string(submission ? " AUTH" : ""), "RFC 5321 has the rest"}});
    }
    if (verb == "quit") {
        say(out, reply(221, "2.0.0", m_options.hostName + " Bye"));
        out.close = m_closed = true;
        return;
    }
    if (verb == "starttls" && m_options.startTls != StartTls::off) return startTls(argument, out);
    if (verb == "auth" && m_options.role == SmtpRole::submission) return auth(argument, out);
    if (verb == "turn" || verb == "starttls" || verb == "auth") return bad(out, 502, "5.5.1", "Command not implemented");
    bad(out, 500, "5.5.1", "Command not recognized");
}

void SmtpServer::greet(std::string_view argument, bool extended, SmtpServerOutput& out) {
    if (!isMailDomain(argument)) return bad(out, 501, "5.5.4", fmt::format("{} needs a domain or an address literal", extended ? "EHLO" : "HELO"));
    reset();  // a second EHLO is an RSET (RFC 5321 4.1.4)
    m_hello = {std::string(argument), extended};
    SmtpReply hello{250, "", {fmt::format("{} greets {}", m_options.hostName, argument)}};
    if (extended) {
        hello.lines.insert(hello.lines.end(), {"PIPELINING", fmt::format("SIZE {}", m_options.maxMessage), "8BITMIME", "ENHANCEDSTATUSCODES"});
        if (m_options.dsn) hello.lines.emplace_back("DSN");
        if (m_options.utf8) hello.lines.emplace_back("SMTPUTF8");
        if (m_options.startTls != StartTls::off && !m_secured) hello.lines.emplace_back("STARTTLS");
        if (m_options.role == SmtpRole::submission && !mustSecure("auth")) hello.lines.emplace_back("AUTH PLAIN LOGIN");
    }
    say(out, std::move(hello));
}

bool SmtpServer::mustSecure(std::string_view verb) const {
    if (m_options.startTls != StartTls::require || m_secured) return false;
    return verb != "noop" && verb != "ehlo" && verb != "starttls" && verb != "quit";  // RFC 3207 4
}

// RFC 3207 4. What was pipelined behind it travelled in the clear and may be anybody's: it is dropped, as is all that was said before.
void SmtpServer::startTls(std::string_view argument, SmtpServerOutput& out) {
    if (!argument.empty()) return bad(out, 501, "5.5.4", "STARTTLS takes no argument");
    if (m_secured) return bad(out, 503, "5.5.1", "TLS is in use already");
    if (!m_options.tlsReady) return say(out, reply(454, "4.7.0", "TLS not available due to temporary reason"));
    say(out, reply(220, m_hello.extended ? "2.0.0" : "", "Ready to start TLS"));
    reset();
    m_hello = {};
    m_user.clear();
    m_reader.clear();
    m_securing = out.startTls = true;
}

SmtpServerOutput SmtpServer::onSecured(Instant now) {
    m_deadline = now + kPatience;
    m_securing = false;
    m_secured = true;
    return m_options.implicit ? greeting() : SmtpServerOutput{};
}

void SmtpServer::auth(std::string_view argument, SmtpServerOutput& out) {
    if (!m_hello.extended || m_from || !m_user.empty()) return bad(out, 503, "5.5.1", "AUTH is not in place here");
    const std::size_t space = argument.find(' ');
    const bool plain = sameIgnoringCase(argument.substr(0, space), "PLAIN");
    if (!plain && !sameIgnoringCase(argument.substr(0, space), "LOGIN")) return bad(out, 504, "5.5.4", "Only AUTH PLAIN and LOGIN");
    m_auth = plain ? AuthStep::plain : AuthStep::loginName;
    if (space != std::string_view::npos) return authLine(argument.substr(space + 1), out);
    say(out, SmtpReply{334, "", {plain ? "" : base64("Username:")}});
}

void SmtpServer::authLine(std::string_view response, SmtpServerOutput& out) {
    const AuthStep step = std::exchange(m_auth, AuthStep::none);
    if (response == "*") return bad(out, 501, "5.7.0", "Authentication cancelled");
    const auto decoded = decodeBase64(response == "=" ? std::string_view{} : response);  // RFC 4954 4: "=" is an empty initial response
    if (!decoded) return bad(out, 501, "5.5.2", "Cannot decode the response");
    switch (step) {
        case AuthStep::none:
        case AuthStep::plain: return authPlain(*decoded, out);
        case AuthStep::loginName:
            m_loginName = *decoded;
            m_auth = AuthStep::loginPassword;
            return say(out, SmtpReply{334, "", {base64("Password:")}});
        case AuthStep::loginPassword: return authenticate(m_loginName, *decoded, out);
    }
}

void SmtpServer::authPlain(std::string_view decoded, SmtpServerOutput& out) {  // RFC 4616: authzid NUL authcid NUL password
    const std::size_t first = decoded.find('\0'), second = first == std::string_view::npos ? first : decoded.find('\0', first + 1);
    if (second == std::string_view::npos) return bad(out, 501, "5.5.2", "Cannot decode the response");
    const std::string user(decoded.substr(first + 1, second - first - 1));
    const bool asHimself = first == 0 || decoded.substr(0, first) == user;
    if (!asHimself) return bad(out, 535, "5.7.8", "Authentication credentials invalid");
    authenticate(user, decoded.substr(second + 1), out);
}

void SmtpServer::authenticate(const std::string& user, std::string_view password, SmtpServerOutput& out) {
    if (!m_policy.password(user, password)) return bad(out, 535, "5.7.8", "Authentication credentials invalid");
    m_user = user;
    say(out, reply(235, "2.7.0", "Authentication successful"));
}

void SmtpServer::mailFrom(std::string_view argument, SmtpServerOutput& out) {
    if (m_hello.name.empty()) return bad(out, 503, "5.5.1", "EHLO first");
    if (m_from) return bad(out, 503, "5.5.1", "A transaction is under way");
    if (argument.size() < 5 || !sameIgnoringCase(argument.substr(0, 5), "FROM:")) return bad(out, 501, "5.5.4", "MAIL FROM:<address>");
    const auto path = parsePath(argument.substr(5));
    const bool isReversePath = path && (path->address.empty() || isMailbox(path->address));
    if (!isReversePath) return bad(out, 501, "5.1.7", "Bad sender address");
    if (m_options.role == SmtpRole::submission && m_user.empty()) return bad(out, 530, "5.7.0", "Authentication required");
    ParameterProblem problem;
    const auto parameters = mailParameters(path->parameters, problem);
    if (!parameters) return bad(out, problem.code, "5.5.4", problem.text);
    if (!m_hello.extended && !path->parameters.empty()) return bad(out, 555, "5.5.4", "Parameters need EHLO");
    const bool speaksOfNotices = parameters->ret != DsnReturn::unsaid || !parameters->envelopeId.empty();
    if (speaksOfNotices && !m_options.dsn) return bad(out, 555, "5.5.4", "Parameter not recognized: RET and ENVID need DSN");
    if (parameters->utf8 && !m_options.utf8) return bad(out, 555, "5.5.4", "Parameter not recognized: SMTPUTF8");
    if (!parameters->utf8 && !dns::isAscii(path->address)) return bad(out, 553, "5.6.7", "An address beyond ASCII needs SMTPUTF8");  // RFC 6531 3.5
    if (parameters->size > m_options.maxMessage) return bad(out, 552, "5.3.4", "Message is too big");                                // RFC 1870 6.1
    m_proposed = {path->address, {}, parameters->ret, parameters->envelopeId, parameters->size, parameters->utf8};
    auto verdict = m_policy.sender(m_options.role, m_user, path->address);
    if (verdict) return senderDecided(std::move(*verdict), out);
    m_undecided = Undecided::sender;
}

void SmtpServer::senderDecided(SmtpReply verdict, SmtpServerOutput& out) {
    if (verdict.good()) {
        m_from = true;
        m_envelope = std::move(m_proposed);
    }
    say(out, std::move(verdict));
}

void SmtpServer::rcptTo(std::string_view argument, SmtpServerOutput& out) {
    if (!m_from) return bad(out, 503, "5.5.1", "MAIL first");
    if (argument.size() < 3 || !sameIgnoringCase(argument.substr(0, 3), "TO:")) return bad(out, 501, "5.5.4", "RCPT TO:<address>");
    const auto path = parsePath(argument.substr(3));
    if (!path || path->address.empty()) return bad(out, 501, "5.1.3", "Bad recipient address");
    if (!m_envelope.utf8 && !dns::isAscii(path->address)) return bad(out, 553, "5.6.7", "An address beyond ASCII needs SMTPUTF8 in MAIL");
    if (m_envelope.recipients.size() >= kMaxRecipients) return say(out, reply(452, "4.5.3", "Too many recipients"));
    ParameterProblem problem;
    const auto wish = recipientParameters(path->parameters, problem);
    if (!wish) return bad(out, problem.code, "5.5.4", problem.text);
    if (!m_hello.extended && !path->parameters.empty()) return bad(out, 555, "5.5.4", "Parameters need EHLO");
    if (!m_options.dsn && !path->parameters.empty()) return bad(out, 555, "5.5.4", "Parameter not recognized: NOTIFY and ORCPT need DSN");
    SmtpReply verdict = m_policy.recipient(m_options.role, m_envelope, path->address);
    if (verdict.good()) m_envelope.recipients.push_back({path->address, *wish});
    say(out, std::move(verdict));
}

void SmtpServer::data(SmtpServerOutput& out) {
    if (!m_from) return bad(out, 503, "5.5.1", "MAIL first");
    if (m_envelope.recipients.empty()) return bad(out, 503, "5.5.1", "No valid recipients");
    m_inData = true;
    m_content = SmtpContentReader(m_options.maxMessage);
    say(out, reply(354, "", "End data with <CR><LF>.<CR><LF>"));
}

// True when the content is complete.
bool SmtpServer::content(SmtpServerOutput& out) {
    m_reader.drop(m_content.take(m_reader.rest()));
    if (!m_content.complete()) return false;
    m_inData = false;
    const Envelope envelope = m_envelope;
    const bool tooBig = m_content.tooBig();
    const Slice message = Slice::adopt(m_content.takeMessage());
    reset();
    auto verdict = tooBig ? reply(552, "5.3.4", "Message is too big") : m_policy.content(m_options.role, envelope, m_hello, message);
    if (verdict)
        say(out, std::move(*verdict));
    else
        m_undecided = Undecided::content;
    return true;
}

void SmtpServer::reset() {
    m_from = false;
    m_envelope = {};
    m_content = SmtpContentReader(0);
}

}  // namespace mailtrek::mail

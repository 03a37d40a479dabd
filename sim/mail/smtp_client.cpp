// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/smtp_client.h"

#include <fmt/format.h>

#include <utility>

#include "sim/mail/encoding.h"
#include "sim/mail/smtp_parameters.h"

namespace mailtrek::mail {
namespace {

using namespace std::chrono_literals;

// "550-5.1.1 text": code, enhanced code, text. Nothing when it is no reply.
bool readReplyLine(std::string_view line, HeardReply& reply, bool& more) {
    if (line.size() < 3) return false;
    int code = 0;
    for (const char c : line.substr(0, 3)) {
        if (c < '0' || c > '9') return false;
        code = code * 10 + (c - '0');
    }
    more = line.size() > 3 && line[3] == '-';
    reply.code = code;
    if (!reply.text.empty()) reply.text += '\n';
    reply.text += line;
    const std::string_view rest = line.size() > 4 ? line.substr(4) : std::string_view{};
    const std::size_t space = rest.find(' ');
    const std::string_view word = rest.substr(0, space);
    const bool enhanced = word.size() >= 5 && word[1] == '.' && word[0] == line[0] && word.find_first_not_of("0123456789.") == std::string_view::npos;
    if (enhanced && reply.enhanced.empty()) reply.enhanced = word;
    return true;
}

}  // namespace

Slice dotStuffed(const Slice& message) {
    const std::string_view text = message.text();
    std::string out;
    out.reserve(text.size() + text.size() / 64 + 8);
    bool lineStart = true;
    for (const char c : text) {
        if (lineStart && c == '.') out += '.';
        out += c;
        lineStart = c == '\n';
    }
    if (!out.ends_with("\r\n")) out += "\r\n";
    out += ".\r\n";
    return Slice::adopt(std::move(out));
}

SmtpClient::Actions SmtpClient::onConnected(Instant now) {
    m_deadline = now + 5min;  // 4.5.3.2.1
    return {};
}

SmtpClient::Actions SmtpClient::onBytes(std::string_view octets, Instant now) {
    Actions out;
    m_reader.add(octets);
    while (m_state != State::done) {
        const auto line = m_reader.line();
        if (!line) break;
        bool more = false;
        if (!readReplyLine(*line, m_partial, more)) {
            failAll({0, "", "what came is no SMTP reply: " + line->substr(0, 80)}, out);
            out.push_back(SmtpClose{});
            break;
        }
        if (more) continue;
        const HeardReply heard = std::exchange(m_partial, {});
        onReply(heard, now, out);
    }
    return out;
}

SmtpClient::Actions SmtpClient::onTimeout(Instant now) {
    Actions out;
    if (now < m_deadline || m_state == State::done) return out;
    failAll({0, "", "the server did not answer in time"}, out);
    out.push_back(SmtpClose{});
    return out;
}

SmtpClient::Actions SmtpClient::onClosed(Instant) {
    Actions out;
    failAll({0, "", "the connection was lost"}, out);
    return out;
}

void SmtpClient::send(State state, std::string line, Duration patience, Instant now, Actions& out) {
    m_state = state;
    m_deadline = now + patience;
    std::string shown = state == State::auth ? "AUTH PLAIN ********" : line;
    out.push_back(SmtpSendLine{std::move(line), std::move(shown)});
}

void SmtpClient::onReply(const HeardReply& heard, Instant now, Actions& out) {
    if (heard.code == 421 && m_state != State::quit && m_state != State::content) {  // the server shuts down (3.8)
        failAll(heard, out);
        out.push_back(SmtpClose{});
        return;
    }
    switch (m_state) {
        case State::greeting:
            if (heard.code != 220) {
                failAll(heard, out);
                return quit(now, out);
            }
            return send(State::ehlo, "EHLO " + m_options.hostName, 5min, now, out);
        case State::ehlo:
            if (heard.permanent()) return send(State::helo, "HELO " + m_options.hostName, 5min, now, out);
            [[fallthrough]];
        case State::helo:
            if (!heard.good()) {
                failAll(heard, out);
                return quit(now, out);
            }
            for (std::size_t at = 0; at < heard.text.size(); at = heard.text.find('\n', at) == std::string::npos ? heard.text.size() : heard.text.find('\n', at) + 1)
                m_extensions += "\n" + lower(std::string_view(heard.text).substr(std::min(at + 4, heard.text.size()), heard.text.find('\n', at) - at - 4)) + "\n";
            if (!m_options.user.empty() && m_extensions.find("\nauth") != std::string::npos)
                return send(State::auth, "AUTH PLAIN " + base64(std::string(1, '\0') + m_options.user + std::string(1, '\0') + m_options.password), 5min, now, out);
            return next(now, out);
        case State::auth:
            if (heard.good()) return next(now, out);
            failAll(heard, out);
            return quit(now, out);
        case State::mail:
            if (!heard.good()) {
                m_heard.assign(m_transactions.front().envelope.recipients.size(), heard);
                return conclude({}, now, out);
            }
            return send(State::rcpt, rcptLine(), 5min, now, out);
        case State::rcpt: m_heard.push_back(heard); return rcptOrData(now, out);
        case State::data:
            if (heard.code != 354) return conclude(heard, now, out);
            m_state = State::content;
            m_deadline = now + 13min;  // 3 min a chunk (4.5.3.2.5) and 10 min after the dot (4.5.3.2.6)
            out.push_back(SmtpSendContent{dotStuffed(m_transactions.front().message), m_transactions.front().message});
            return;
        case State::content: return conclude(heard, now, out);
        case State::reset: return next(now, out);
        case State::quit:
            m_state = State::done;
            m_deadline = kNever;
            out.push_back(SmtpClose{});
            return;
        case State::done: return;
    }
}

std::string SmtpClient::mailLine() const {
    const SmtpTransaction& t = m_transactions.front();
    std::string line = fmt::format("MAIL FROM:<{}>", t.envelope.from);
    if (m_extensions.find("\nsize") != std::string::npos) line += fmt::format(" SIZE={}", t.message.size());
    if (m_extensions.find("\ndsn\n") != std::string::npos) {
        if (t.envelope.headersOnly) line += " RET=HDRS";
        if (!t.envelope.id.empty()) line += " ENVID=" + xtextEncode(t.envelope.id);
    }
    return line;
}

std::string SmtpClient::rcptLine() const {
    const EnvelopeRecipient& r = m_transactions.front().envelope.recipients[m_recipient];
    std::string line = fmt::format("RCPT TO:<{}>", r.address);
    if (m_extensions.find("\ndsn\n") == std::string::npos) return line;
    if (r.dsn.never)
        line += " NOTIFY=NEVER";
    else if (r.dsn.onSuccess)
        line += r.dsn.onFailure ? " NOTIFY=SUCCESS,FAILURE" : " NOTIFY=SUCCESS";
    if (!r.dsn.originalRecipient.empty()) {
        const std::size_t semicolon = r.dsn.originalRecipient.find(';') + 1;
        line += " ORCPT=" + r.dsn.originalRecipient.substr(0, semicolon) + xtextEncode(std::string_view(r.dsn.originalRecipient).substr(semicolon));
    }
    return line;
}

void SmtpClient::next(Instant now, Actions& out) {
    if (m_transactions.empty()) return quit(now, out);
    m_recipient = 0;
    m_heard.clear();
    m_begun = true;
    out.push_back(SmtpBegin{});
    send(State::mail, mailLine(), 5min, now, out);
}

void SmtpClient::rcptOrData(Instant now, Actions& out) {
    if (++m_recipient < m_transactions.front().envelope.recipients.size()) return send(State::rcpt, rcptLine(), 5min, now, out);
    for (const HeardReply& heard : m_heard)
        if (heard.good()) return send(State::data, "DATA", 2min, now, out);
    conclude({}, now, out);  // nobody was accepted: no DATA (4.1.1.4)
}

// `heard` is the answer to DATA or to the content, and counts for all who were accepted; code 0: there was none to wait for.
void SmtpClient::conclude(const HeardReply& heard, Instant now, Actions& out) {
    const bool toContent = m_state == State::content;
    SmtpOutcome outcome{m_heard, false};
    for (HeardReply& one : outcome.recipients)
        if (one.good() && heard.code != 0) one = heard;
    m_transactions.pop_front();
    m_begun = false;
    out.push_back(std::move(outcome));
    if (toContent || m_transactions.empty()) return next(now, out);
    send(State::reset, "RSET", 5min, now, out);  // the transaction was begun and not finished
}

void SmtpClient::failAll(const HeardReply& heard, Actions& out) {
    while (!m_transactions.empty()) {
        SmtpOutcome outcome;
        if (m_begun) outcome.recipients = m_heard;
        outcome.mayHaveArrived = m_begun && m_state == State::content;
        for (HeardReply& one : outcome.recipients)
            if (one.good()) one = heard;  // accepted, but the content was not
        outcome.recipients.resize(m_transactions.front().envelope.recipients.size(), heard);
        m_transactions.pop_front();
        m_begun = false;
        m_heard.clear();
        out.push_back(std::move(outcome));
    }
    m_state = State::done;
    m_deadline = kNever;
}

void SmtpClient::quit(Instant now, Actions& out) { send(State::quit, "QUIT", 5min, now, out); }

}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/smtp_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/dns/idna.h"
#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
#include "sim/mail/smtp_parameters.h"

namespace mailtrek::mail {
namespace {

using namespace std::chrono_literals;

// "5.1.1" when the word is an enhanced code of that class (RFC 2034 4), else nothing.
std::string enhancedCode(std::string_view word, char replyClass) {
    int dots = 0;
    std::size_t digits = 0;
    for (const char c : word) {
        if (c == '.' ? digits == 0 : (c < '0' || c > '9' || digits == 3)) return {};
        dots += c == '.' ? 1 : 0;
        digits = c == '.' ? 0 : digits + 1;
    }
    return dots == 2 && digits > 0 && word[0] == replyClass && word[1] == '.' ? std::string(word) : std::string{};
}

constexpr std::size_t kMaxReply = 65536;

// "550-5.1.1 text": code, enhanced code, text. False when it is no reply, or not of the reply that was begun (RFC 5321 4.2.1).
bool readReplyLine(std::string_view line, HeardReply& reply, bool& more) {
    if (line.size() < 3 || (line.size() > 3 && line[3] != ' ' && line[3] != '-')) return false;
    int code = 0;
    for (const char c : line.substr(0, 3)) {
        if (c < '0' || c > '9') return false;
        code = code * 10 + (c - '0');
    }
    if (code < 200 || code > 599 || (reply.code != 0 && reply.code != code) || reply.text.size() + line.size() > kMaxReply) return false;
    more = line.size() > 3 && line[3] == '-';
    reply.code = code;
    if (!reply.text.empty()) reply.text += '\n';
    reply.text += line;
    const std::string_view rest = line.size() > 4 ? line.substr(4) : std::string_view{};
    if (reply.enhanced.empty()) reply.enhanced = enhancedCode(rest.substr(0, rest.find(' ')), line[0]);
    return true;
}

// A reply that stands where it makes no sense (250 to DATA) is never taken for success.
HeardReply refusal(const HeardReply& heard) { return heard.code >= 400 ? heard : HeardReply{0, "", "an answer out of place: " + heard.text}; }

// RFC 6531 3.6: what cannot be said to a server is bounced; nothing of it may be changed on the way.
const HeardReply kNoUtf8{550, "5.6.7", "550 5.6.7 the next server takes nothing beyond ASCII in addresses and header lines (no SMTPUTF8)"};

}  // namespace

SmtpClient::Actions SmtpClient::onConnected(Instant now) {
    m_deadline = now + 5min;  // 4.5.3.2.1
    return {};
}

SmtpClient::Actions SmtpClient::onBytes(std::string_view octets, Instant now) {
    Actions out;
    m_reader.add(octets);
    while (m_state != State::done && m_state != State::handshake) {
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

SmtpClient::Actions SmtpClient::onTimeout(Instant now, bool moved) {
    Actions out;
    if (now < m_deadline || m_state == State::done) return out;
    if (m_state == State::content && moved) {
        m_deadline = now + 10min;
        return out;
    }
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
    std::string shown = state != State::auth ? line : line.starts_with("AUTH ") ? "AUTH PLAIN ********" : "********";
    out.push_back(SmtpSendLine{std::move(line), std::move(shown)});
}

void SmtpClient::onReply(const HeardReply& heard, Instant now, Actions& out) {
    if (heard.code == 421 && m_state != State::quit) {  // the server shuts down (3.8)
        failAll(heard, out);
        out.push_back(SmtpClose{});
        return;
    }
    switch (m_state) {
        case State::greeting:
            if (heard.code != 220) {
                failAll(refusal(heard), out);
                return quit(now, out);
            }
            return send(State::ehlo, "EHLO " + m_options.hostName, 5min, now, out);
        case State::ehlo:
            if (heard.permanent()) return send(State::helo, "HELO " + m_options.hostName, 5min, now, out);
            [[fallthrough]];
        case State::helo:
            if (!heard.good()) {
                failAll(refusal(heard), out);
                return quit(now, out);
            }
            if (m_state == State::ehlo) readExtensions(heard);
            return afterHello(now, out);
        case State::startTls:
            if (heard.code != 220) return withoutTls(TlsTrouble::refused, heard, now, out);
            m_state = State::handshake;
            m_reader.clear();  // what stands behind the 220 in the clear may be anybody's
            out.push_back(SmtpStartTls{});
            return;
        case State::handshake: return;
        case State::loginName:
            if (heard.code == 334) return send(State::loginPassword, base64(m_options.user), 5min, now, out);
            failAll(refusal(heard), out);
            return quit(now, out);
        case State::loginPassword:
            if (heard.code == 334) return send(State::auth, base64(m_options.password), 5min, now, out);
            failAll(refusal(heard), out);
            return quit(now, out);
        case State::auth:
            if (heard.good()) return next(now, out);
            failAll(heard, out);
            return quit(now, out);
        case State::mail:
            if (!heard.good()) {
                m_heard.assign(m_transactions.front().envelope.recipients.size(), refusal(heard));
                return conclude({}, now, out);
            }
            return rcptFrom(now, out);
        case State::rcpt: m_heard.push_back(heard.good() ? heard : refusal(heard)); return rcptOrData(now, out);
        case State::data:
            if (heard.code != 354) return conclude(refusal(heard), now, out);
            m_state = State::content;
            m_deadline = now + 13min;  // 3 min a chunk (4.5.3.2.5) and 10 min after the dot (4.5.3.2.6)
            out.push_back(SmtpSendContent{dotStuffed(m_transactions.front().message), m_transactions.front().message});
            return;
        case State::content: return conclude(heard.good() ? heard : refusal(heard), now, out);
        case State::reset: return next(now, out);
        case State::quit:
            m_state = State::done;
            m_deadline = kNever;
            out.push_back(SmtpClose{});
            return;
        case State::done: return;
    }
}

void SmtpClient::afterHello(Instant now, Actions& out) {
    const bool wanted = m_options.tls != TlsWish::never && !m_secured;
    if (wanted && offers("starttls")) return send(State::startTls, "STARTTLS", 5min, now, out);
    if (wanted && m_options.tls == TlsWish::always) return withoutTls(TlsTrouble::notOffered, {0, "", "the server offers no STARTTLS"}, now, out);
    if (!m_options.user.empty() && offersAuth("plain"))
        return send(State::auth, "AUTH PLAIN " + base64(std::string(1, '\0') + m_options.user + std::string(1, '\0') + m_options.password), 5min, now, out);
    if (!m_options.user.empty() && offersAuth("login")) return send(State::loginName, "AUTH LOGIN", 5min, now, out);
    next(now, out);
}

// In the clear when that will do, else not at all.
void SmtpClient::withoutTls(TlsTrouble trouble, const HeardReply& heard, Instant now, Actions& out) {
    m_trouble = trouble;
    if (m_options.tls == TlsWish::whenever) {
        m_options.tls = TlsWish::never;
        return afterHello(now, out);
    }
    failAll({0, "", heard.text}, out);  // not for good: the server may keep its offer another time
    quit(now, out);
}

SmtpClient::Actions SmtpClient::onSecured(Instant now) {
    Actions out;
    if (m_state != State::handshake) return out;
    m_secured = true;
    m_extensions.clear();
    send(State::ehlo, "EHLO " + m_options.hostName, 5min, now, out);
    return out;
}

SmtpClient::Actions SmtpClient::onTlsFailed(const std::string& why, Instant) {
    Actions out;
    if (m_state == State::done) return out;
    m_trouble = TlsTrouble::failed;
    failAll({0, "", why}, out);
    out.push_back(SmtpClose{});
    return out;
}

// Every line but the first names an extension (RFC 5321 4.1.1.1).
void SmtpClient::readExtensions(const HeardReply& heard) {
    std::string_view rest = heard.text;
    for (bool first = true; !rest.empty(); first = false) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (first || line.size() <= 4) continue;
        const std::string words = lower(line.substr(4));
        const std::size_t space = std::min(words.find(' '), words.size());
        m_extensions[words.substr(0, space)] = words.substr(std::min(space + 1, words.size()));
    }
}

bool SmtpClient::offersAuth(std::string_view mechanism) const {
    const auto found = m_extensions.find("auth");
    return found != m_extensions.end() && (" " + found->second + " ").find(" " + std::string(mechanism) + " ") != std::string::npos;
}

std::string SmtpClient::mailLine() const {
    const SmtpTransaction& t = m_transactions.front();
    // RFC 3461 5.2.2 (d): who shall never be told has no address for a server that does not know that wish.
    const bool never = m_options.user.empty() && std::ranges::all_of(t.envelope.recipients, [](const EnvelopeRecipient& r) { return r.dsn.notify == DsnNotify::never; });
    const std::string from = never && !offers("dsn") ? std::string{} : t.envelope.from;
    std::string line = fmt::format("MAIL FROM:<{}>", wireAddress(from));
    if (offers("size")) line += fmt::format(" SIZE={}", t.message.size());
    if (!dns::isAscii(t.message.text())) line += " BODY=8BITMIME";
    const bool utf8 = needsUtf8() || std::ranges::any_of(t.envelope.recipients, [](const EnvelopeRecipient& r) { return localPartNeedsUtf8(r.address); });
    if (utf8 && offers("smtputf8")) line += " SMTPUTF8";
    if (offers("dsn")) line += dsnMailParameters(t.envelope);
    return line;
}

std::string SmtpClient::rcptLine() const {
    const EnvelopeRecipient& r = m_transactions.front().envelope.recipients[m_recipient];
    return fmt::format("RCPT TO:<{}>{}", wireAddress(r.address), offers("dsn") ? dsnRecipientParameters(r.dsn) : "");
}

void SmtpClient::next(Instant now, Actions& out) {
    if (m_transactions.empty()) return quit(now, out);
    m_recipient = 0;
    m_heard.clear();
    m_begun = true;
    out.push_back(SmtpBegin{});
    const bool noUtf8 = needsUtf8() && !offers("smtputf8");
    if (noUtf8 || (!offers("8bitmime") && !dns::isAscii(m_transactions.front().message.text()))) {  // RFC 6152 3: never to a server that does not know it
        m_heard.assign(m_transactions.front().envelope.recipients.size(), noUtf8 ? kNoUtf8 : HeardReply{554, "5.6.3", "554 5.6.3 the next server takes no 8-bit content"});
        m_transactions.pop_front();
        m_begun = false;
        out.push_back(SmtpOutcome{m_heard, false});
        return next(now, out);
    }
    send(State::mail, mailLine(), 5min, now, out);
}

// Sender and header cannot be said without SMTPUTF8; a recipient alone is a matter of that recipient.
bool SmtpClient::needsUtf8() const {
    const SmtpTransaction& t = m_transactions.front();
    return localPartNeedsUtf8(t.envelope.from) || !dns::isAscii(headersOf(t.message.text()));
}

void SmtpClient::rcptOrData(Instant now, Actions& out) {
    ++m_recipient;
    rcptFrom(now, out);
}

void SmtpClient::rcptFrom(Instant now, Actions& out) {
    const auto& recipients = m_transactions.front().envelope.recipients;
    for (; m_recipient < recipients.size() && localPartNeedsUtf8(recipients[m_recipient].address) && !offers("smtputf8"); ++m_recipient) m_heard.push_back(kNoUtf8);
    if (m_recipient < recipients.size()) return send(State::rcpt, rcptLine(), 5min, now, out);
    for (const HeardReply& heard : m_heard)
        if (heard.good()) return send(State::data, "DATA", 2min, now, out);
    conclude({}, now, out);  // nobody was accepted: no DATA (4.1.1.4)
}

// `heard` is the answer to DATA or to the content, and counts for all who were accepted; without text: there was none to wait for.
void SmtpClient::conclude(const HeardReply& heard, Instant now, Actions& out) {
    const bool toContent = m_state == State::content;
    SmtpOutcome outcome{m_heard, false};
    for (HeardReply& one : outcome.recipients)
        if (one.good() && !heard.text.empty()) one = heard;
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
        outcome.mayHaveArrived = m_begun && m_state == State::content && heard.code == 0;
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

// SPDX-License-Identifier: GPL-3.0-or-later
// The server side of one SMTP session, RFC 5321 section 4, with SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531), PIPELINING (2920), ENHANCEDSTATUSCODES (2034), DSN (3461), and on
// port 587 (submission, RFC 6409) AUTH PLAIN and LOGIN (4954); STARTTLS (3207), where the host does the TLS. Octets and the time go in, replies come out; who may send what to whom
// is asked of an SmtpPolicy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"
#include "sim/mail/line_reader.h"
#include "sim/mail/smtp_content.h"

namespace mailtrek::mail {

struct SmtpReply {
    int code = 0;
    std::string enhanced;            // "2.1.5"; empty where none belongs
    std::vector<std::string> lines;  // at least one
    bool good() const { return code < 400; }
    // One line as on the wire, CRLF included; several as a multiline reply.
    std::string wire() const;
    std::string text() const;  // without the last line end, lines joined by '\n'
};
SmtpReply reply(int code, std::string enhanced, std::string text);

enum class DsnReturn : std::uint8_t { unsaid, full, headers };  // RET
enum class DsnNotify : std::uint8_t { unsaid, never, listed };  // NOTIFY

struct DsnWish {  // RFC 3461
    DsnNotify notify = DsnNotify::unsaid;
    bool onSuccess = false;
    bool onFailure = true;
    bool onDelay = false;
    std::string originalRecipient;  // ORCPT, decoded: "rfc822;luis@sur.example"
    bool wantsFailure() const { return notify != DsnNotify::never && onFailure; }
    bool wantsDelay() const { return notify == DsnNotify::unsaid || (notify == DsnNotify::listed && onDelay); }
    bool wantsSuccess() const { return notify != DsnNotify::never && onSuccess; }
};
struct EnvelopeRecipient {
    std::string address;
    DsnWish dsn;
};
struct Envelope {
    std::string from;  // empty: the null reverse-path
    std::vector<EnvelopeRecipient> recipients;
    DsnReturn ret = DsnReturn::unsaid;
    std::string id;          // ENVID
    std::uint64_t size = 0;  // as declared with MAIL; 0: not told
    bool utf8 = false;       // SMTPUTF8 (RFC 6531): addresses and header may hold letters beyond ASCII
};

struct SmtpHello {
    std::string name;       // what the client called itself; empty before EHLO or HELO
    bool extended = false;  // by EHLO
};

enum class SmtpRole : std::uint8_t { relay, submission };
enum class StartTls : std::uint8_t { off, offer, require };

class SmtpPolicy {
public:
    virtual ~SmtpPolicy() = default;
    virtual bool password(std::string_view user, std::string_view password) = 0;
    // A good reply accepts; nothing: it takes time, and SmtpServer::onDecided brings it. `user`: who logged in, or empty.
    virtual std::optional<SmtpReply> sender(SmtpRole role, std::string_view user, std::string_view address) = 0;
    virtual SmtpReply recipient(SmtpRole role, const Envelope& so_far, std::string_view address) = 0;
    // The content is complete: 250 takes the responsibility (RFC 5321 6.1). Nothing: as with sender().
    virtual std::optional<SmtpReply> content(SmtpRole role, const Envelope& envelope, const SmtpHello& hello, const Slice& message) = 0;
};

struct SmtpServerOptions {
    SmtpRole role = SmtpRole::relay;
    std::string hostName;
    std::uint64_t maxMessage = 25'000'000;
    bool utf8 = true;  // offers SMTPUTF8
    bool dsn = true;   // offers DSN
    StartTls startTls = StartTls::off;
    bool tlsReady = true;   // false: it has no certificate to show (454)
    bool implicit = false;  // the port itself is TLS (465, RFC 8314 3.3): the greeting waits for the handshake
};

// What the host has to do, in order.
struct SmtpServerOutput {
    std::vector<SmtpReply> replies;
    bool startTls = false;  // after the replies: what comes from the client next is TLS
    bool close = false;     // after the replies
};

class SmtpServer {
public:
    SmtpServer(SmtpServerOptions options, SmtpPolicy& policy) : m_options(std::move(options)), m_policy(policy) {}

    SmtpServerOutput onConnect(Instant now);
    SmtpServerOutput onBytes(std::string_view octets, Instant now);
    // The policy has made up its mind. REQUIRES: it asked for time.
    SmtpServerOutput onDecided(SmtpReply verdict, Instant now);
    // The handshake that startTls asked for is complete; the client begins anew with EHLO (RFC 3207 4.2). What comes before is not for us. On a port of TLS: the greeting.
    SmtpServerOutput onSecured(Instant now);
    // The client was silent for five minutes (RFC 5321 4.5.3.2.7).
    SmtpServerOutput onTimeout(Instant now);
    Instant nextDeadline() const { return m_closed || m_undecided != Undecided::nothing ? kNever : m_deadline; }
    const SmtpHello& hello() const { return m_hello; }

    bool secured() const { return m_secured; }
    bool inTransaction() const { return m_from; }
    const Envelope& envelope() const { return m_envelope; }

private:
    enum class AuthStep : std::uint8_t { none, plain, loginName, loginPassword };  // what the next line is
    enum class Undecided : std::uint8_t { nothing, sender, content };              // what the policy thinks about; the client has to wait

    SmtpServerOutput greeting() const;
    void work(SmtpServerOutput& out);
    void senderDecided(SmtpReply verdict, SmtpServerOutput& out);
    void command(const std::string& line, SmtpServerOutput& out);
    void greet(std::string_view argument, bool extended, SmtpServerOutput& out);
    void startTls(std::string_view argument, SmtpServerOutput& out);
    bool mustSecure(std::string_view verb) const;
    void auth(std::string_view argument, SmtpServerOutput& out);
    void authLine(std::string_view response, SmtpServerOutput& out);
    void authPlain(std::string_view decoded, SmtpServerOutput& out);
    void authenticate(const std::string& user, std::string_view password, SmtpServerOutput& out);
    void mailFrom(std::string_view argument, SmtpServerOutput& out);
    void rcptTo(std::string_view argument, SmtpServerOutput& out);
    void data(SmtpServerOutput& out);
    bool content(SmtpServerOutput& out);
    void reset();
    void say(SmtpServerOutput& out, SmtpReply reply);
    void bad(SmtpServerOutput& out, int code, std::string enhanced, std::string text);

    SmtpServerOptions m_options;
    SmtpPolicy& m_policy;
    LineReader m_reader;
    Instant m_deadline = kNever;
    SmtpHello m_hello;
    std::string m_user;
    bool m_from = false;
    bool m_inData = false, m_closed = false;
    AuthStep m_auth = AuthStep::none;
    std::string m_loginName;
    bool m_secured = false, m_securing = false;
    int m_errors = 0;
    Undecided m_undecided = Undecided::nothing;
    Envelope m_envelope, m_proposed;
    SmtpContentReader m_content{0};
};

}  // namespace mailtrek::mail

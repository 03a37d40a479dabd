// SPDX-License-Identifier: GPL-3.0-or-later
// The client side of one SMTP session, RFC 5321: EHLO (HELO when that is refused), on submission AUTH PLAIN (or LOGIN), then transactions, QUIT. One command at a time: it waits
// for each reply, so that a class can follow. Timeouts of 4.5.3.2.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"
#include "sim/mail/line_reader.h"
#include "sim/mail/smtp_content.h"
#include "sim/mail/smtp_server.h"
#include "sim/mail/tls_wish.h"

namespace mailtrek::mail {

struct SmtpTransaction {
    Envelope envelope;
    Slice message;
};

struct SmtpClientOptions {
    std::string hostName;
    std::string user, password;  // submission only
    TlsWish tls = TlsWish::never;
    bool implicit = false;  // the port itself is TLS (465): secured before the greeting
};

// A reply as it was read. Code 0: there was none (the connection was lost, or the server kept silent).
struct HeardReply {
    int code = 0;
    std::string enhanced;
    std::string text;  // lines joined by '\n', codes included
    bool good() const { return code >= 200 && code < 300; }
    bool permanent() const { return code >= 500; }
};

struct SmtpSendLine {
    std::string line;   // without its end
    std::string shown;  // for the recording: a password is not shown
};
struct SmtpSendContent {  // dot-stuffed, with the final dot
    Slice stuffed;
    Slice message;
};
struct SmtpStartTls {};  // the server is ready: the host begins the handshake
struct SmtpBegin {};     // the next transaction starts
struct SmtpOutcome {     // of the transaction: one reply per recipient
    std::vector<HeardReply> recipients;
    bool mayHaveArrived = false;  // the content went out and its reply was lost: sending again may make a second copy
};
struct SmtpClose {};
using SmtpClientAction = std::variant<SmtpSendLine, SmtpSendContent, SmtpStartTls, SmtpBegin, SmtpOutcome, SmtpClose>;

class SmtpClient {
public:
    SmtpClient(SmtpClientOptions options, std::deque<SmtpTransaction> transactions) : m_options(std::move(options)), m_transactions(std::move(transactions)) {}

    using Actions = std::vector<SmtpClientAction>;
    Actions onConnected(Instant now);
    Actions onBytes(std::string_view octets, Instant now);
    // The handshake that SmtpStartTls asked for is complete: EHLO again, and what was learnt before is forgotten (RFC 3207 4.2).
    Actions onSecured(Instant now);
    // It failed, or the certificate will not do: nothing more is said on this connection.
    Actions onTlsFailed(const std::string& why, Instant now);
    // Nothing came in time: says what became of all transactions, and closes. While content is on its way and `moved` (the peer's TCP took more of it), patience goes on.
    Actions onTimeout(Instant now, bool moved = false);
    // The connection is gone, orderly or not.
    Actions onClosed(Instant now);
    Instant nextDeadline() const { return m_deadline; }
    bool offersDsn() const { return offers("dsn"); }  // of the server (RFC 3461), once it was greeted
    bool done() const { return m_state == State::done; }
    TlsTrouble tlsTrouble() const { return m_trouble; }  // why nothing was sent, or was sent in the clear

private:
    enum class State : std::uint8_t { greeting, ehlo, helo, startTls, handshake, auth, loginName, loginPassword, mail, rcpt, data, content, reset, quit, done };

    void onReply(const HeardReply& heard, Instant now, Actions& out);
    void next(Instant now, Actions& out);
    void send(State state, std::string line, Duration patience, Instant now, Actions& out);
    void rcptOrData(Instant now, Actions& out);
    void afterHello(Instant now, Actions& out);
    void withoutTls(TlsTrouble trouble, const HeardReply& heard, Instant now, Actions& out);
    void readExtensions(const HeardReply& heard);
    bool offers(const std::string& keyword) const { return m_extensions.contains(keyword); }
    bool offersAuth(std::string_view mechanism) const;
    void conclude(const HeardReply& heard, Instant now, Actions& out);
    void failAll(const HeardReply& heard, Actions& out);
    void quit(Instant now, Actions& out);
    bool needsUtf8() const;
    void rcptFrom(Instant now, Actions& out);
    std::string mailLine() const;
    std::string rcptLine() const;

    SmtpClientOptions m_options;
    std::deque<SmtpTransaction> m_transactions;
    LineReader m_reader;
    State m_state = State::greeting;
    Instant m_deadline = kNever;
    HeardReply m_partial;
    std::map<std::string, std::string> m_extensions;  // keyword in lower case -> its parameters, as EHLO told
    std::size_t m_recipient = 0;
    std::vector<HeardReply> m_heard;
    bool m_begun = false;
    bool m_secured = m_options.implicit;
    TlsTrouble m_trouble = TlsTrouble::none;
};

}  // namespace mailtrek::mail

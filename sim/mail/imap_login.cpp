// SPDX-License-Identifier: GPL-3.0-or-later
// Who the client is: CAPABILITY, LOGIN, AUTHENTICATE PLAIN, STARTTLS (RFC 3501 6.1, 6.2) and ID (RFC 2971).
#include <fmt/format.h>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_server.h"
#include "sim/mail/imap_text.h"
#include "sim/mail/sasl_plain.h"

namespace mailtrek::mail {

std::string ImapServer::capabilities() const {
    std::string all = "IMAP4rev1 LITERAL+ SASL-IR";
    if (m_options.startTls && !m_secured) all += " STARTTLS";
    all += mayLogIn() ? " AUTH=PLAIN" : " LOGINDISABLED";
    return all + " IDLE NAMESPACE ID CHILDREN UNSELECT UIDPLUS MOVE QUOTA";
}

void ImapServer::login(std::string_view tag, std::string_view arguments, Out& out) {
    const auto user = takeString(arguments), password = takeString(arguments);
    if (!user || !password || takeString(arguments)) return done(out, tag, "BAD LOGIN user password");
    if (m_box != nullptr) return done(out, tag, "BAD already logged in");
    if (!mayLogIn()) return done(out, tag, "NO [PRIVACYREQUIRED] encrypt the connection first");
    m_box = m_events.login(*user, *password);
    done(out, tag, m_box != nullptr ? "OK LOGIN completed" : "NO [AUTHENTICATIONFAILED] LOGIN failed");
}

void ImapServer::authenticate(std::string_view tag, std::string_view arguments, Out& out) {
    const std::string mechanism = takeWord(arguments), initial = takeWord(arguments);
    if (mechanism.empty() || takeString(arguments)) return done(out, tag, "BAD AUTHENTICATE mechanism");
    if (m_box != nullptr) return done(out, tag, "BAD already logged in");
    if (!sameIgnoringCase(mechanism, "PLAIN")) return done(out, tag, "NO only PLAIN is offered");
    if (!mayLogIn()) return done(out, tag, "NO [PRIVACYREQUIRED] encrypt the connection first");
    if (!initial.empty()) return plain(tag, initial == "=" ? std::string_view{} : initial, out);  // RFC 4959
    m_authTag = tag;
    say(out, "+ ");
}

void ImapServer::plain(std::string_view tag, std::string_view response, Out& out) {
    if (response == "*") return done(out, tag, "BAD AUTHENTICATE cancelled");
    const auto credentials = parsePlain(response);
    if (!credentials) return done(out, tag, "NO [AUTHENTICATIONFAILED] not a PLAIN response");
    m_box = m_events.login(credentials->user, credentials->password);
    done(out, tag, m_box != nullptr ? "OK AUTHENTICATE completed" : "NO [AUTHENTICATIONFAILED] AUTHENTICATE failed");
}

void ImapServer::startTls(std::string_view tag, Out& out) {
    if (!m_options.startTls) return done(out, tag, "NO not offered");
    if (m_secured || m_box != nullptr) return done(out, tag, "BAD too late for it");
    if (!m_options.tlsReady) return done(out, tag, "NO [UNAVAILABLE] TLS is not available");
    done(out, tag, "OK begin TLS");
    out.startTls = true;
}

void ImapServer::identify(std::string_view tag, std::string_view arguments, Out& out) {
    const std::string list = takeWord(arguments);
    if ((!sameIgnoringCase(list, "NIL") && !(list.starts_with('(') && list.ends_with(')'))) || takeString(arguments)) return done(out, tag, "BAD ID (names values)");
    say(out, "* ID (\"name\" \"Mailtrek\")");
    done(out, tag, "OK ID completed");
}

}  // namespace mailtrek::mail

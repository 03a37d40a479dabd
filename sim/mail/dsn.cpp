// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/dsn.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/dns/idna.h"
#include "sim/kernel/dice.h"
#include "sim/mail/address.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"

namespace mailtrek::mail {
namespace {

std::string oneLine(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '\n' || c == '\r' ? ' ' : c;
    return out.substr(0, 400);
}

// The replies of other hosts may hold anything.
bool isEightBit(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string explanation(const DsnFacts& facts) {
    const bool failed = facts.recipients.front().action == "failed";
    std::string out = fmt::format("This is the mail system at {}.\r\n\r\n", facts.reportingMta);
    const bool delayed = facts.recipients.front().action == "delayed";
    const bool relayed = facts.recipients.front().action == "relayed";
    if (relayed)  // RFC 3461 5.2.2
        out += "Your message was handed on to a server that does not tell of deliveries. You will hear only if it cannot be delivered:\r\n\r\n";
    else if (delayed)
        out += "Your message has not been delivered yet; you need not send it again. It will be tried for some more time to:\r\n\r\n";
    else
        out += failed ? "Your message could not be delivered to:\r\n\r\n" : fmt::format("Your message was {} to:\r\n\r\n", facts.recipients.front().action);
    for (const DsnRecipient& r : facts.recipients) out += fmt::format("  {}\r\n{}", r.address, r.detail.empty() ? "" : fmt::format("    {}\r\n", oneLine(r.detail)));
    return out;
}

std::string report(const DsnFacts& facts) {
    std::string out = fmt::format("Reporting-MTA: dns; {}\r\n", facts.reportingMta);
    if (!facts.envelopeId.empty()) out += fmt::format("Original-Envelope-Id: {}\r\n", facts.envelopeId);
    out += fmt::format("Arrival-Date: {}\r\n", dateText(facts.arrived));
    for (const DsnRecipient& r : facts.recipients) {
        out += "\r\n";
        if (!r.originalRecipient.empty()) out += fmt::format("Original-Recipient: {}\r\n", r.originalRecipient);
        const std::string address = wireAddress(r.address);
        out += fmt::format("Final-Recipient: {}; {}\r\nAction: {}\r\nStatus: {}\r\n", dns::isAscii(address) ? "rfc822" : "utf-8", address, r.action, r.status);  // RFC 6533 3
        if (!r.remoteHost.empty()) out += fmt::format("Remote-MTA: dns; {}\r\n", r.remoteHost);
        // "smtp" is for what an SMTP server said, and nothing else (RFC 3464 2.3.6).
        if (!r.reply.empty())
            out += fmt::format("Diagnostic-Code: smtp; {}\r\n", oneLine(r.reply));
        else if (!r.detail.empty())
            out += fmt::format("Diagnostic-Code: x-mailtrek; {}\r\n", oneLine(r.detail));
        out += fmt::format("Last-Attempt-Date: {}\r\n", dateText(r.attemptedAt));
        if (r.retriedUntil) out += fmt::format("Will-Retry-Until: {}\r\n", dateText(*r.retriedUntil));
    }
    return out;
}

std::string textType(std::string_view text) { return isEightBit(text) ? "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit" : "text/plain; charset=us-ascii"; }

}  // namespace

std::string dsnSubject(const DsnFacts& facts) {
    const std::string& action = facts.recipients.front().action;
    if (action == "failed") return "Undelivered Mail Returned to Sender";
    if (action == "delayed") return "Delayed Mail (still being tried)";
    return action == "relayed" ? "Mail Handed On (no news of its delivery)" : "Successful Mail Delivery Report";
}

std::string composeDsn(const DsnFacts& facts) {
    const std::string boundary = fmt::format("=_{:016x}", hashText(facts.messageId));
    std::string original(facts.headersOnly ? headersOf(facts.original.text()) : facts.original.text());
    if (!original.ends_with("\r\n")) original += "\r\n";
    const std::string text = explanation(facts), fields = report(facts);
    const auto eightBit = [](bool is) { return is ? "Content-Transfer-Encoding: 8bit\r\n" : ""; };
    std::string out = fmt::format(
        "Date: {}\r\nFrom: Mail Delivery System <MAILER-DAEMON@{}>\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: {}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"{}\"\r\n{}\r\n",
        dateText(facts.now), facts.reportingMta, wireAddress(facts.to), dsnSubject(facts), facts.messageId, boundary,
        eightBit(isEightBit(original) || isEightBit(text) || isEightBit(fields)));
    out += fmt::format("--{}\r\nContent-Type: {}\r\n\r\n{}\r\n", boundary, textType(text), text);
    // Beyond ASCII, the parts have types of their own (RFC 6533 4 and 5).
    const bool globalReport = !dns::isAscii(fields), globalOriginal = !dns::isAscii(headersOf(original));
    const std::string_view originalType = facts.headersOnly ? (globalOriginal ? "message/global-headers" : "text/rfc822-headers")
                                          : globalOriginal  ? "message/global"
                                                            : "message/rfc822";
    out += fmt::format("--{}\r\nContent-Type: message/{}\r\n{}\r\n{}\r\n", boundary, globalReport ? "global-delivery-status" : "delivery-status", eightBit(globalReport), fields);
    out += fmt::format("--{}\r\nContent-Type: {}\r\n{}\r\n{}\r\n--{}--\r\n", boundary, originalType, eightBit(isEightBit(original)), original, boundary);
    return out;
}

}  // namespace mailtrek::mail

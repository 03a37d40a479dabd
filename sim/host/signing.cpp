// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/signing.h"

#include "sim/host/machine.h"
#include "sim/host/mail_server.h"
#include "sim/mail/address.h"
#include "sim/mail/author.h"
#include "sim/mail/dkim.h"
#include "sim/mail/message.h"

namespace mailtrek::host {

Slice signedLetter(MailServer& server, const Slice& letter, std::string_view sender, MailId mail) {
    if (!server.policy().dkimSigns || server.mta().settings().domains.empty()) return letter;
    std::string domain = server.mta().settings().domains.front();
    for (const std::string& wanted : {mail::domainOf(sender), mail::authorDomain(letter.text())})
        if (server.mta().serves(wanted)) domain = wanted;
    Machine& machine = server.machine();
    const Slice out = mail::withHeader(mail::dkimSignatureLine(letter.text(), mail::modelledKey(domain), machine.now()), letter);
    machine.emitAndFollow(trace::PolicyApplied{kNever, machine.id(), {}, trace::Policy::signedLetter}, mail);
    return out;
}

}  // namespace mailtrek::host

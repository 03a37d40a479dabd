// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/idna.h"
#include "sim/mail/address.h"
#include "sim/mail/spf_record.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

// Addresses, paths, domain names of people, and the records that say who may write: any octets are one or are none.
void take(std::string_view octets) {
    const std::string canonical = mail::canonicalAddress(octets);
    must(mail::canonicalAddress(canonical) == canonical, "the one spelling is its own");
    must(mail::sameAddress(octets, canonical), "an address is the same as its one spelling");
    if (mail::isMailbox(octets)) {
        must(octets.size() <= 64 + 1 + 255 && !mail::localPartOf(octets).empty() && mail::isMailDomain(octets.substr(octets.rfind('@') + 1)),
             "a mailbox has two parts of their lengths");
        const std::string wire = mail::wireAddress(octets);
        must(mail::isMailbox(wire) && mail::sameAddress(wire, octets), "as it travels it is still that mailbox");
        must(mail::localPartNeedsUtf8(octets) || dns::isAscii(wire), "and in ASCII, unless the local part is not");
    }
    if (const auto path = mail::parsePath(octets)) {
        const bool postmaster = path->address.size() == 10 && path->address.find('@') == std::string::npos;
        must(path->address.empty() || postmaster || mail::isMailbox(path->address), "a path holds a mailbox, or nothing, or postmaster");
        must(path->parameters.size() < octets.size(), "parameters stand behind it");
    }
    const auto points = dns::decodeUtf8(octets);
    if (points) must(dns::encodeUtf8(*points) == octets, "UTF-8 is read and written the same");
    if (const auto label = dns::labelToAscii(octets); label && !dns::isAscii(octets)) {
        must(dns::isAscii(*label) && !label->empty() && label->size() <= 63, "an A-label is a label of ASCII");
        must(dns::labelToAscii(*label) == label, "and its own A-label");
    }
    const std::string domain = dns::canonicalDomain(octets);
    must(dns::canonicalDomain(domain) == domain, "a canonical domain is its own");
    if (!mail::isSpfRecord(octets)) return;
    const auto record = mail::parseSpfRecord(octets);
    if (!record.ok()) return;
    must(record->directives.size() < octets.size(), "a record has no more directives than letters");
    const mail::SpfMacros macros{"ana@norte.example", "ana", "norte.example", "norte.example", "norte.norte.example", {0x0a000001}};
    must(mail::expandMacros(record->redirect, macros).size() <= 253, "a name that macros make is no longer than names may be");
    for (const mail::SpfDirective& one : record->directives) must(mail::expandMacros(one.domain, macros).size() <= 253, "a name that macros make is no longer than names may be");
}

}  // namespace

const Target& addressTarget() {
    static const Target target{"address",
                               take,
                               {"ana@norte.example", "\"a b\\\"c\"@norte.example", "josé@correo.example", "ana@ñandú.example", "ana@xn--and-6ma2c.example", "x@[10.0.0.1]",
                                "<ana@norte.example> SIZE=100", "<>", "<@a.example,@b.example:c@d.example>", "<Postmaster>", "xn--and-6ma2c", "ñandú", "e\xcc\x81",
                                "v=spf1 +mx a:mail.%{d}/24 ip4:10.0.0.0/8 include:x.example -all", "v=spf1 redirect=_spf.%{o} exp=e.%{ir}.%{v}.%{d2}"},
                               {"@",
                                ".",
                                "\"",
                                "\\",
                                "<",
                                ">",
                                "[",
                                "]",
                                ",",
                                ":",
                                "xn--",
                                "-",
                                "é",
                                "e\xcc\x81",
                                "\xff",
                                "\xf0\x9f\x93\xa7",
                                "%{s1r-}",
                                "%%",
                                "%{",
                                "v=spf1 ",
                                "include:",
                                "ip4:",
                                "/33",
                                "?all",
                                std::string(70, 'a'),
                                std::string(1, '\0'),
                                " "},
                               15'000};
    return target;
}

}  // namespace mailtrek::fuzz

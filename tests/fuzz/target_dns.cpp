// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>
#include <memory>

#include "sim/dns/message.h"
#include "sim/dns/server.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

Result<dns::Message> decoded(std::string_view octets) {
    const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[octets.size()]);
    if (!octets.empty()) std::memcpy(exact.get(), octets.data(), octets.size());
    return dns::decode({exact.get(), octets.size()});
}

// What is read can be written and read again as the same.
void take(std::string_view octets) {
    const Result<dns::Message> message = decoded(octets);
    if (!message.ok()) return;
    for (const auto* section : {&message->answers, &message->authority, &message->additional})
        for (const dns::ResourceRecord& record : *section) dns::dataText(record);
    const std::string written = dns::encode(*message);
    if (written.size() > 65'000) return;  // may be cut
    const Result<dns::Message> again = decoded(written);
    must(again.ok(), "what we write is a message");
    must(*again == *message, "what we write reads as what was written");
}

}  // namespace

const Target& dnsTarget() {
    static const Target target = [] {
        dns::Message message;
        message.id = 7;
        message.response = true;
        message.questions = {{dns::Name::of("sur.example"), dns::Type::mx}};
        message.answers = {dns::makeRecord(dns::Name::of("sur.example"), 60, dns::MxRecord{10, dns::Name::of("sur.sur.example")}),
                           dns::makeRecord(dns::Name::of("sur.example"), 60, dns::TxtRecord{{"v=spf1", "-all"}}),
                           dns::makeRecord(dns::Name::of("www.sur.example"), 60, dns::CnameRecord{dns::Name::of("sur.example")})};
        message.authority = {dns::makeRecord(dns::Name::of("sur.example"), 60, dns::SoaRecord{dns::Name::of("dns.sur.example"), dns::Name::of("h.sur.example")}),
                             dns::makeRecord(dns::Name::of("sur.example"), 60, dns::NsRecord{dns::Name::of("dns.sur.example")})};
        message.additional = {dns::makeRecord(dns::Name::of("sur.sur.example"), 60, dns::ARecord{{0x0a000001}})};
        message.edns = dns::Edns{.udpSize = 1232, .extendedRcode = 1, .dnssecOk = true, .options = std::string("\0\x0a\0\x08", 4) + "cookies!"};  // RFC 7873
        message.authority.push_back(dns::makeRecord(dns::Name::of("1.0.0.10.in-addr.arpa"), 60, dns::PtrRecord{dns::Name::of("sur.sur.example")}));
        dns::Message query;
        query.questions = {{dns::Name::of("a.b.c.example"), dns::Type::a}};
        query.edns.emplace();
        return Target{"dns",
                      take,
                      {dns::encode(message), dns::encode(query)},
                      {std::string("\0\x01", 2), std::string("\0\x0f", 2), std::string("\0\x29", 2), "\xc0\x0c", "\xc0", "\xff", "\x3f", "\x40", "\x03www", std::string(1, '\0')},
                      200'000};
    }();
    return target;
}

}  // namespace mailtrek::fuzz

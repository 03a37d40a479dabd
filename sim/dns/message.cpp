// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/message.h"

#include <fmt/format.h>

#include <cassert>

namespace mailtrek::dns {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

Type typeOf(const RecordData& data) {
    return std::visit(Overloaded{[](const ARecord&) { return Type::a; }, [](const NsRecord&) { return Type::ns; }, [](const CnameRecord&) { return Type::cname; },
                                 [](const PtrRecord&) { return Type::ptr; }, [](const MxRecord&) { return Type::mx; }, [](const SoaRecord&) { return Type::soa; },
                                 [](const TxtRecord&) { return Type::txt; }, [](const RawRecord&) { return Type{}; }},
                      data);
}

std::string joined(const std::vector<std::string>& strings) {
    std::string all;
    for (const std::string& part : strings) all += part;
    return all;
}

std::string rawText(const RawRecord& raw) {  // RFC 3597 5
    std::string text = fmt::format("\\# {}", raw.octets.size());
    if (!raw.octets.empty()) text += ' ';
    for (const char c : raw.octets) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

}  // namespace

std::string rcodeName(Rcode rcode) {
    switch (rcode) {
        case Rcode::noError: return "NOERROR";
        case Rcode::formatError: return "FORMERR";
        case Rcode::serverFailure: return "SERVFAIL";
        case Rcode::nameError: return "NXDOMAIN";
        case Rcode::notImplemented: return "NOTIMP";
        case Rcode::refused: return "REFUSED";
    }
    return fmt::format("RCODE{}", static_cast<unsigned>(rcode));
}

std::string typeName(Type type) {
    switch (type) {
        case Type::a: return "A";
        case Type::ns: return "NS";
        case Type::cname: return "CNAME";
        case Type::soa: return "SOA";
        case Type::ptr: return "PTR";
        case Type::mx: return "MX";
        case Type::txt: return "TXT";
        case Type::aaaa: return "AAAA";
        case Type::opt: return "OPT";
    }
    if (type == kAnyType) return "ANY";
    return fmt::format("TYPE{}", static_cast<unsigned>(type));
}

ResourceRecord makeRecord(Name name, std::uint32_t ttl, RecordData data) {
    const Type type = typeOf(data);
    assert(type != Type{});
    return {.name = std::move(name), .type = type, .klass = kClassIn, .ttl = ttl, .data = std::move(data)};
}

std::string dataText(const ResourceRecord& record) {
    return std::visit(Overloaded{[](const ARecord& a) { return wire::toString(a.address); }, [](const NsRecord& ns) { return ns.host.text(); },
                                 [](const CnameRecord& cname) { return cname.target.text(); }, [](const PtrRecord& ptr) { return ptr.target.text(); },
                                 [](const MxRecord& mx) { return fmt::format("{} {}", mx.preference, mx.exchange.text()); },
                                 [](const SoaRecord& soa) {
                                     return fmt::format("{} {} {} {} {} {} {}", soa.primary.text(), soa.mailbox.text(), soa.serial, soa.refresh, soa.retry, soa.expire,
                                                        soa.minimum);
                                 },
                                 [](const TxtRecord& txt) { return joined(txt.strings); }, [](const RawRecord& raw) { return rawText(raw); }},
                      record.data);
}

}  // namespace mailtrek::dns

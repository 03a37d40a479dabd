// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>

#include "sim/dns/message.h"

namespace mailtrek::dns {
namespace {

constexpr std::size_t kMaxMessage = 65535;
constexpr std::size_t kOptSize = 11;  // of an OPT record without options
constexpr std::size_t kMaxPointer = 0x3fff;
constexpr std::size_t kMaxString = 255;

void put8(std::string& out, unsigned value) { out += static_cast<char>(value); }
void put16(std::string& out, unsigned value) {
    put8(out, value >> 8 & 0xff);
    put8(out, value & 0xff);
}
void put32(std::string& out, std::uint32_t value) {
    put16(out, value >> 16);
    put16(out, value & 0xffff);
}

class Encoder {
public:
    Encoder(std::string& out, std::size_t limit) : m_out(out), m_limit(limit) {}

    void question(const Question& question) {
        name(question.name);
        put16(m_out, static_cast<unsigned>(question.type));
        put16(m_out, question.klass);
    }

    // False, and nothing was added, when the message would be too long.
    bool record(const ResourceRecord& record) {
        const std::size_t start = m_out.size();
        name(record.name);
        put16(m_out, static_cast<unsigned>(record.type));
        put16(m_out, record.klass);
        put32(m_out, record.ttl);
        const std::size_t lengthAt = m_out.size();
        put16(m_out, 0);
        std::visit([this](const auto& data) { this->data(data); }, record.data);
        const std::size_t length = m_out.size() - lengthAt - 2;
        if (length > 0xffff || m_out.size() > m_limit) {
            m_out.resize(start);
            std::erase_if(m_places, [start](const auto& place) { return place.second >= start; });
            return false;
        }
        m_out[lengthAt] = static_cast<char>(length >> 8);
        m_out[lengthAt + 1] = static_cast<char>(length & 0xff);
        return true;
    }

    void opt(const Edns& edns) {
        put8(m_out, 0);  // RFC 6891 6.1.2: the root owns it
        put16(m_out, static_cast<unsigned>(Type::opt));
        put16(m_out, edns.udpSize);
        put8(m_out, edns.extendedRcode);
        put8(m_out, edns.version);
        put16(m_out, edns.dnssecOk ? 0x8000u : 0u);
        put16(m_out, static_cast<unsigned>(edns.options.size()));
        m_out += edns.options;
    }

private:
    // RFC 1035 4.1.4: the longest tail that stands in the message already is replaced by a pointer to it.
    void name(const Name& whole) {
        for (Name rest = whole; !rest.isRoot(); rest = rest.parent()) {
            const auto [place, isNew] = m_places.try_emplace(rest, m_out.size());
            if (!isNew) {
                put16(m_out, 0xc000u | static_cast<unsigned>(place->second));
                return;
            }
            if (place->second > kMaxPointer) m_places.erase(place);
            put8(m_out, static_cast<unsigned>(rest.firstLabel().size()));
            m_out += rest.firstLabel();
        }
        put8(m_out, 0);
    }

    void data(const ARecord& a) { put32(m_out, a.address.value); }
    void data(const NsRecord& ns) { name(ns.host); }
    void data(const CnameRecord& cname) { name(cname.target); }
    void data(const PtrRecord& ptr) { name(ptr.target); }
    void data(const MxRecord& mx) {
        put16(m_out, mx.preference);
        name(mx.exchange);
    }
    void data(const SoaRecord& soa) {
        name(soa.primary);
        name(soa.mailbox);
        for (const std::uint32_t number : {soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) put32(m_out, number);
    }
    void data(const TxtRecord& txt) {
        if (txt.strings.empty()) put8(m_out, 0);  // RFC 1035 3.3.14: one or more strings
        for (const std::string& text : txt.strings) {
            for (std::size_t at = 0; at == 0 || at < text.size(); at += kMaxString) {
                const std::string part = text.substr(at, kMaxString);
                put8(m_out, static_cast<unsigned>(part.size()));
                m_out += part;
            }
        }
    }
    void data(const RawRecord& raw) { m_out += raw.octets; }

    std::string& m_out;
    std::size_t m_limit;
    std::map<Name, std::size_t> m_places;
};

unsigned flagsOf(const Message& m, bool truncated) {  // RFC 1035 4.1.1
    return (m.response ? 0x8000u : 0) | (static_cast<unsigned>(m.opcode) & 0xf) << 11 | (m.authoritative ? 0x0400u : 0) | (truncated ? 0x0200u : 0) |
           (m.recursionDesired ? 0x0100u : 0) | (m.recursionAvailable ? 0x0080u : 0) | (static_cast<unsigned>(m.rcode) & 0xf);
}

}  // namespace

std::string encode(const Message& message) {
    std::string out(12, '\0');
    Encoder encoder(out, message.edns ? kMaxMessage - kOptSize - message.edns->options.size() : kMaxMessage);
    for (const Question& question : message.questions) encoder.question(question);

    bool full = false;
    unsigned counts[3] = {0, 0, 0};
    const std::vector<ResourceRecord>* sections[3] = {&message.answers, &message.authority, &message.additional};
    for (int i = 0; i < 3 && !full; ++i) {
        for (const ResourceRecord& record : *sections[i]) {
            full = !encoder.record(record);
            if (full) break;
            ++counts[i];
        }
    }
    if (message.edns) {
        encoder.opt(*message.edns);
        ++counts[2];
    }

    std::string header;
    put16(header, message.id);
    put16(header, flagsOf(message, message.truncated || full));
    put16(header, static_cast<unsigned>(message.questions.size()));
    for (const unsigned count : counts) put16(header, count);
    std::ranges::copy(header, out.begin());
    return out;
}

}  // namespace mailtrek::dns

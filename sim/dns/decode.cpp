// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/dns/message.h"

namespace mailtrek::dns {
namespace {

constexpr std::size_t kHeaderSize = 12;
constexpr std::size_t kMaxJumps = 127;  // as many as a name can have labels

// Reads forward over the message. The first thing that cannot be read makes it bad; from then on everything reads as zero.
class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> octets) : m_octets(octets), m_end(octets.size()) {}

    bool bad() const { return m_bad; }
    const char* why() const { return m_why; }
    std::size_t at() const { return m_at; }
    std::size_t left() const { return m_end - m_at; }

    void fail(const char* why) {
        if (!m_bad) m_why = why;
        m_bad = true;
        m_at = m_end;
    }

    // Nothing may be read behind `end` until the fence is moved again. REQUIRES: at() <= end <= the size of the message.
    void fence(std::size_t end) { m_end = end; }

    std::uint8_t u8() {
        if (left() < 1) {
            fail("it ends too early");
            return 0;
        }
        return m_octets[m_at++];
    }
    std::uint16_t u16() {
        const unsigned high = u8();
        return static_cast<std::uint16_t>(high << 8 | u8());
    }
    std::uint32_t u32() {
        const std::uint32_t high = u16();
        return high << 16 | u16();
    }
    std::string octets(std::size_t size) {
        if (left() < size) {
            fail("it ends too early");
            return {};
        }
        std::string out(reinterpret_cast<const char*>(m_octets.data() + m_at), size);
        m_at += size;
        return out;
    }

    Name name() {
        Name name;
        std::size_t at = m_at;
        std::size_t lowest = m_at;  // a pointer must point before everything read so far: this shrinks, so it ends
        bool jumped = false;
        for (std::size_t jumps = 0;;) {
            const std::size_t end = jumped ? m_octets.size() : m_end;
            if (at >= end) return fail("a name ends too early"), Name{};
            const unsigned length = m_octets[at];
            if ((length & 0xc0) == 0xc0) {
                if (end - at < 2) return fail("a compression pointer ends too early"), Name{};
                const std::size_t target = (length & 0x3fu) << 8 | m_octets[at + 1];
                if (!jumped) m_at = at + 2;
                jumped = true;
                if (++jumps > kMaxJumps || target < kHeaderSize) return fail("a compression pointer that no name needs"), Name{};
                if (target >= lowest) return fail("a compression pointer does not point backwards"), Name{};
                at = lowest = target;
                continue;
            }
            if (length & 0xc0) return fail("a label of unknown kind"), Name{};  // RFC 6891 5: no longer used
            if (end - at - 1 < length) return fail("a label ends too early"), Name{};
            if (length == 0) {
                if (!jumped) m_at = at + 1;
                return name;
            }
            if (!name.append({reinterpret_cast<const char*>(m_octets.data() + at + 1), length})) return fail("a name has more than 255 octets"), Name{};
            at += length + 1;
        }
    }

private:
    std::span<const std::uint8_t> m_octets;
    std::size_t m_at = 0;
    std::size_t m_end;
    bool m_bad = false;
    const char* m_why = "";
};

SoaRecord readSoa(Reader& reader) {
    SoaRecord soa;
    soa.primary = reader.name();
    soa.mailbox = reader.name();
    for (std::uint32_t* number : {&soa.serial, &soa.refresh, &soa.retry, &soa.expire, &soa.minimum}) *number = reader.u32();
    return soa;
}

TxtRecord readTxt(Reader& reader) {
    TxtRecord txt;
    do {
        const std::size_t size = reader.u8();
        txt.strings.push_back(reader.octets(size));
    } while (!reader.bad() && reader.left() > 0);
    return txt;
}

MxRecord readMx(Reader& reader) {
    MxRecord mx;
    mx.preference = reader.u16();
    mx.exchange = reader.name();
    return mx;
}

RecordData readData(Reader& reader, Type type, std::uint16_t klass) {
    if (klass == kClassIn) {
        switch (type) {
            case Type::a: return ARecord{{reader.u32()}};
            case Type::ns: return NsRecord{reader.name()};
            case Type::cname: return CnameRecord{reader.name()};
            case Type::soa: return readSoa(reader);
            case Type::ptr: return PtrRecord{reader.name()};
            case Type::mx: return readMx(reader);
            case Type::txt: return readTxt(reader);
            case Type::aaaa: break;
            case Type::opt: break;
        }
    }
    return RawRecord{reader.octets(reader.left())};
}

// The OPT record uses the common fields in its own way (RFC 6891 6.1.3).
void readOpt(const Name& owner, std::uint16_t klass, std::uint32_t ttl, std::string options, Message& message, Reader& reader) {
    if (!owner.isRoot()) return reader.fail("an OPT record that the root does not own");
    if (message.edns) return reader.fail("two OPT records");
    message.edns = Edns{.udpSize = klass,
                        .version = static_cast<std::uint8_t>(ttl >> 16 & 0xff),
                        .extendedRcode = static_cast<std::uint8_t>(ttl >> 24),
                        .dnssecOk = (ttl & 0x8000) != 0,
                        .options = std::move(options)};
}

void readRecords(Reader& reader, std::size_t size, unsigned count, std::vector<ResourceRecord>& section, Message& message, bool optAllowed) {
    for (; count > 0 && !reader.bad(); --count) {
        ResourceRecord record;
        record.name = reader.name();
        record.type = Type{reader.u16()};
        record.klass = reader.u16();
        record.ttl = reader.u32();
        const std::size_t length = reader.u16();
        if (reader.bad()) return;
        if (length > reader.left()) return reader.fail("a record is longer than the message");
        reader.fence(reader.at() + length);
        if (record.type == Type::opt && optAllowed) {
            readOpt(record.name, record.klass, record.ttl, reader.octets(length), message, reader);
        } else if (record.type == Type::opt) {
            reader.fail("an OPT record outside the additional section");
        } else {
            if (record.ttl & 0x8000'0000u) record.ttl = 0;  // RFC 2181 8
            record.data = readData(reader, record.type, record.klass);
            if (!reader.bad() && reader.left() > 0) reader.fail("a record has octets too many");
            if (!reader.bad()) section.push_back(std::move(record));
        }
        if (!reader.bad()) reader.fence(size);
    }
}

}  // namespace

Result<Message> decode(std::span<const std::uint8_t> octets) {
    Reader reader(octets);
    Message message;
    message.id = reader.u16();
    const unsigned flags = reader.u16();
    message.response = flags & 0x8000;
    message.opcode = static_cast<Opcode>(flags >> 11 & 0xf);
    message.authoritative = flags & 0x0400;
    message.truncated = flags & 0x0200;
    message.recursionDesired = flags & 0x0100;
    message.recursionAvailable = flags & 0x0080;
    message.rcode = static_cast<Rcode>(flags & 0xf);
    unsigned counts[4];
    for (unsigned& count : counts) count = reader.u16();

    for (; counts[0] > 0 && !reader.bad(); --counts[0]) {
        Question question;
        question.name = reader.name();
        question.type = Type{reader.u16()};
        question.klass = reader.u16();
        if (!reader.bad()) message.questions.push_back(std::move(question));
    }
    readRecords(reader, octets.size(), counts[1], message.answers, message, false);
    readRecords(reader, octets.size(), counts[2], message.authority, message, false);
    readRecords(reader, octets.size(), counts[3], message.additional, message, true);
    if (!reader.bad() && reader.left() > 0) reader.fail("octets behind the last record");
    if (reader.bad()) return Error{std::string("malformed DNS message: ") + reader.why()};
    return message;
}

}  // namespace mailtrek::dns

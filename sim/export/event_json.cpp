// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/export/event_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <type_traits>

namespace mailtrek::exporting {
namespace {

using trace::Recording;

// `value` / 10^9, exact, without trailing zeros.
std::string billionths(std::int64_t value) {
    constexpr std::uint64_t kBillion = 1'000'000'000;
    const std::uint64_t size = value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
    std::string text = fmt::format("{}{}", value < 0 ? "-" : "", size / kBillion);
    if (size % kBillion == 0) return text;
    text += fmt::format(".{:09}", size % kBillion);
    text.erase(text.find_last_not_of('0') + 1);
    return text;
}

// What a value of each type looks like outside. `Sink` is called as sink(name, kind, text).
template <class Sink>
class FieldVisitor {
public:
    FieldVisitor(const Recording& recording, Sink& sink) : m_recording(recording), m_sink(sink) {}

    void operator()(std::string_view name, bool value) { literal(name, value ? "true" : "false"); }
    template <std::unsigned_integral T>
    void operator()(std::string_view name, T value) {
        literal(name, fmt::format("{}", value));
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(std::string_view name, Enum value) { text(name, trace::name(value)); }
    void operator()(std::string_view name, trace::DnsType value) {
        const std::string_view known = trace::name(value);
        text(name, known == "TYPE?" ? fmt::format("TYPE{}", static_cast<unsigned>(value)) : std::string(known));  // RFC 3597 5
    }
    void operator()(std::string_view name, trace::Side value) { text(name, value == trace::Side::client ? "client" : "server"); }
    void operator()(std::string_view name, Duration value) { literal(name, secondsText(value)); }
    void operator()(std::string_view name, Instant value) {
        if (value == kNever) return absent(name);
        literal(name, secondsText(value.time_since_epoch()));
    }
    void operator()(std::string_view name, BitRate value) { literal(name, fmt::format("{}", value.bitsPerSecond)); }
    void operator()(std::string_view name, Share value) { literal(name, billionths(value.perBillion)); }
    void operator()(std::string_view name, wire::Ipv4Prefix value) { text(name, wire::toString(value)); }
    void operator()(std::string_view name, trace::EventId value) { value.valid() ? literal(name, fmt::format("{}", value.value)) : absent(name); }
    void operator()(std::string_view name, ConnectionId value) { number(name, value); }
    void operator()(std::string_view name, PacketId value) { number(name, value); }
    void operator()(std::string_view name, MessageId value) { number(name, value); }
    void operator()(std::string_view name, TextId value) { value.valid() ? text(name, m_recording.text(value)) : absent(name); }
    void operator()(std::string_view name, NodeId value) {
        const auto& nodes = m_recording.cast().nodes;
        value.index() < nodes.size() ? text(name, nodes[value.index()].name) : number(name, value);
    }
    void operator()(std::string_view name, MailId value) {
        const auto& mails = m_recording.cast().mails;
        value.index() < mails.size() ? text(name, mails[value.index()]) : number(name, value);
    }
    void operator()(std::string_view name, LinkId value) {
        const auto& links = m_recording.cast().links;
        value.index() < links.size() ? text(name, links[value.index()].name) : number(name, value);
    }
    void operator()(std::string_view name, wire::MacAddress value) { text(name, wire::toString(value)); }
    void operator()(std::string_view, trace::FrameId value) {
        if (!value.valid() || value.index() >= m_recording.store().frames()) {
            absent("source-mac");
            return absent("destination-mac");
        }
        const wire::EthernetHeader& header = m_recording.store().frame(value);
        (*this)("source-mac", header.source);
        (*this)("destination-mac", header.destination);
    }
    void operator()(std::string_view name, trace::LinkEnd value) {
        (*this)(name, value.link());
        const auto& links = m_recording.cast().links;
        const bool known = value.valid() && value.link().index() < links.size();
        (*this)("towards", !known ? NodeId{} : value.direction() == 0 ? links[value.link().index()].second : links[value.link().index()].first);
    }

    void text(std::string_view name, std::string_view value) { m_sink(name, FieldKind::text, value); }

private:
    void literal(std::string_view name, std::string_view value) { m_sink(name, FieldKind::literal, value); }
    void absent(std::string_view name) { m_sink(name, FieldKind::null, {}); }
    template <class Tag>
    void number(std::string_view name, Id<Tag> id) {
        id.valid() ? literal(name, fmt::format("{}", id.value)) : absent(name);
    }

    const Recording& m_recording;
    Sink& m_sink;
};

template <class Sink>
void visitFields(trace::EventId id, const trace::Event& event, const Recording& recording, Sink sink) {
    FieldVisitor<Sink> visitor(recording, sink);
    visitor("id", id);
    visitor("cause", event.cause);
    visitor("t", event.at);
    visitor("node", event.node);
    visitor("mail", event.mail);
    std::visit(
        [&](const auto& payload) {
            visitor.text("type", payload.kType);
            payload.fields(visitor);
        },
        event.payload);
}

// Octets of the UTF-8 character at the start of `text`, or 0 when it is none (overlong, surrogate, cut, beyond U+10FFFF: RFC 3629 4).
std::size_t utf8Length(std::string_view text) {
    const auto octet = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned>(static_cast<unsigned char>(text[i])) : 0u; };
    const auto between = [&](std::size_t i, unsigned low, unsigned high) { return octet(i) >= low && octet(i) <= high; };
    const auto tail = [&](std::size_t i) { return between(i, 0x80, 0xbf); };
    const unsigned first = octet(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const unsigned low = first == 0xe0 ? 0xa0 : 0x80, high = first == 0xed ? 0x9f : 0xbf;
        return between(1, low, high) && tail(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const unsigned low = first == 0xf0 ? 0x90 : 0x80, high = first == 0xf4 ? 0x8f : 0xbf;
        return between(1, low, high) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

void appendJsonString(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = utf8Length(text);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (length == 0) {
                    out += "\ufffd";
                } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out += text.substr(0, length);
                }
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '"';
}

template <std::size_t... I>
std::vector<std::string_view> namesOfAll(std::index_sequence<I...>) {
    std::vector<std::string_view> names;
    const Recording none;
    const auto note = [&](std::string_view name, FieldKind, std::string_view) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    };
    (visitFields({}, trace::Event{.cause = {}, .at = {}, .node = {}, .mail = {}, .payload = std::variant_alternative_t<I, trace::Payload>{}}, none, note), ...);
    return names;
}

// Most links have no frames.
bool leftOut(std::string_view name, FieldKind kind) { return kind == FieldKind::null && name.ends_with("-mac"); }

}  // namespace

std::string secondsText(Duration duration) { return billionths(duration.count()); }

std::string jsonString(std::string_view text) {
    std::string out;
    appendJsonString(out, text);
    return out;
}

std::string eventJson(trace::EventId id, const trace::Event& event, const Recording& recording) {
    std::string out;
    visitFields(id, event, recording, [&out](std::string_view name, FieldKind kind, std::string_view value) {
        if (leftOut(name, kind)) return;
        out += out.empty() ? "{\"" : ",\"";
        out += name;
        out += "\":";
        switch (kind) {
            case FieldKind::null: out += "null"; break;
            case FieldKind::literal: out += value; break;
            case FieldKind::text: appendJsonString(out, value); break;
        }
    });
    out += '}';
    return out;
}

std::vector<Field> eventFields(trace::EventId id, const trace::Event& event, const Recording& recording) {
    std::vector<Field> fields;
    visitFields(id, event, recording, [&fields](std::string_view name, FieldKind kind, std::string_view value) {
        if (!leftOut(name, kind)) fields.push_back({name, kind, std::string(value)});
    });
    return fields;
}

const std::vector<std::string_view>& allFieldNames() {
    static const std::vector<std::string_view> names = namesOfAll(std::make_index_sequence<std::variant_size_v<trace::Payload>>{});
    return names;
}

}  // namespace mailtrek::exporting

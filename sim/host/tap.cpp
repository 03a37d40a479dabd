// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/tap.h"

#include <algorithm>

#include "sim/mail/encoding.h"

namespace mailtrek::host {

using mail::sameIgnoringCase;

namespace {

// Where the word that offers TLS stands in one line of an answer; npos: nowhere. SMTP: "250-STARTTLS"; POP3: "STLS" alone; IMAP: one of the words of CAPABILITY.
std::size_t offerIn(std::string_view line, std::string_view& word) {
    if (line.size() == 12 && line.starts_with("250") && sameIgnoringCase(line.substr(4), "STARTTLS")) {
        word = "STARTTLS";
        return 4;
    }
    if (sameIgnoringCase(line, "STLS")) {
        word = "STLS";
        return 0;
    }
    const bool capabilities =
        (line.starts_with("* ") && line.size() > 12 && sameIgnoringCase(line.substr(2, 10), "CAPABILITY")) || line.find("[CAPABILITY ") != std::string_view::npos;
    if (!capabilities) return std::string_view::npos;
    word = "STARTTLS";
    for (std::size_t at = 0; at + word.size() <= line.size(); ++at)
        if (line[at - (at > 0 ? 1 : 0)] == ' ' && sameIgnoringCase(line.substr(at, word.size()), word)) return at;
    return std::string_view::npos;
}

}  // namespace

Stripped withoutStartTls(std::string_view octets) {
    Stripped stripped;
    for (std::size_t at = 0; at < octets.size();) {
        const std::size_t end = std::min(octets.find("\r\n", at), octets.size());
        std::string_view word;
        if (const std::size_t place = offerIn(octets.substr(at, end - at), word); place != std::string_view::npos) {
            if (stripped.octets.empty()) stripped.octets = octets;
            stripped.octets.replace(at + place, word.size(), word.size(), 'X');
            stripped.removed = word;
        }
        at = end + 2;
    }
    return stripped;
}

void Tap::onPassing(net::Flight& flight, trace::LinkEnd via, Instant now) {
    const wire::TcpHeader* tcp = flight.packet.tcp();
    if (tcp == nullptr || flight.damage != wire::Damage::none || !flight.connection.valid()) return;
    const Connection& known = m_world.connections[flight.connection];
    const trace::Side from = tcp->sourcePort == known.serverPort ? trace::Side::server : trace::Side::client;
    hear(flight, via, from, now);
    if (m_strips && from == trace::Side::server && !m_ears[flight.connection].sealed()) strip(flight, via, now);
}

void Tap::hear(const net::Flight& flight, trace::LinkEnd via, trace::Side from, Instant now) {
    const wire::TcpHeader& tcp = *flight.packet.tcp();
    trace::Tracer& tracer = m_world.tracer;
    const auto emit = [&](const trace::TapHeard& heard) { tracer.emit(now, flight.cause, {}, flight.mail, heard); };
    const auto [ear, isNew] = m_ears.try_emplace(flight.connection);
    if (isNew) emit({flight.connection, flight.id, {}, {}, 0, via, trace::TapKind::connection});
    for (const Overheard& heard : ear->second.hear(from, tcp.sequence, tcp.flags.syn, flight.packet.payload.text())) {
        const TextId line = heard.text.empty() ? TextId{} : tracer.text(heard.text);
        const MessageId letter = heard.kind == trace::TapKind::letter ? tracer.message(Slice::copyOf(heard.letter)) : MessageId{};
        emit({flight.connection, flight.id, line, letter, heard.size, via, heard.kind});
    }
}

void Tap::strip(net::Flight& flight, trace::LinkEnd via, Instant now) {
    Stripped stripped = withoutStartTls(flight.packet.payload.text());
    if (stripped.octets.empty()) return;
    flight.packet.payload = Slice::adopt(std::move(stripped.octets));
    const PacketId before = flight.id;
    flight.id = m_world.tracer.packet(flight.packet, flight.connection, flight.origin);  // with a checksum that fits (RFC 1071)
    flight.cause = m_world.tracer.emit(now, flight.cause, {}, flight.mail, trace::PacketAltered{before, flight.id, via, m_world.tracer.text(stripped.removed)});
}

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// `outside:` of the timeline: what a real program did that took part in a run (mailtrek-cli serve).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/mail/encoding.h"
#include "sim/scenario/builder.h"

namespace mailtrek::scenario {
namespace {

using Does = Outside::Does;

const std::vector<std::string> kDeeds{"open", "write", "octets", "took", "end", "session"};

}  // namespace

void Builder::readOutside(const Node_& value, Instant at) {
    Map map(m_reader, value, "outside");
    if (!map.valid()) return;
    Outside outside;
    const auto on = map.require("on");
    if (on) outside.on = nodeNamed(*on, "on");
    if (outside.on.valid()) {
        const Node& node = m_scenario.nodes[outside.on.index()];
        if (!isDevice(node.kind) || node.user.empty())
            m_reader.error(*on, fmt::format("on: '{}' is no device with a user", node.name));
        else if (servers(domainOf(node.user)).empty())
            m_reader.error(*on, fmt::format("on: no mail server serves the domain of '{}', the user of '{}'", node.user, node.name));
    }
    const auto connection = map.take("connection");
    if (connection) outside.connection = static_cast<std::uint32_t>(m_reader.whole(*connection, "connection", 1, kMaxEntries));
    std::vector<std::string> found;
    for (const std::string& deed : kDeeds)
        if (map.take(deed)) found.push_back(deed);
    if (found.size() != 1) {
        if (found.empty() && map.node().size() > std::size_t{on.has_value()} + std::size_t{connection.has_value()}) return;  // an unknown key, which is reported
        return m_reader.error(value, fmt::format("outside does exactly one thing: {}", fmt::join(kDeeds, ", ")));
    }
    readDeed(found.front(), *map.take(found.front()), outside);
    const bool whole = outside.does == Does::begin || outside.does == Does::end;
    if (whole && connection) return m_reader.error(*connection, "session: is of no connection in particular");
    if (!whole && !connection) m_reader.error(value, "outside needs 'connection:', a number of your own");
    m_outside.push_back({at, outside, value});
    addEntry(value, {at, "outside", std::move(outside)});
}

void Builder::readDeed(const std::string& deed, const Node_& value, Outside& outside) {
    static const std::vector<std::string> kServices{"smtp", "submission", "pop3", "imap"}, kEnds{"close", "reset"}, kSessions{"begin", "end"};
    if (deed == "open") {
        outside.does = Does::open;
        outside.service = static_cast<Service>(m_reader.choice(value, "open", kServices));
    } else if (deed == "write" || deed == "octets") {
        outside.does = Does::write;
        outside.octets = readOctets(deed, value);
    } else if (deed == "took") {
        outside.does = Does::took;
        outside.took = m_reader.whole(value, "took", 1, std::uint64_t{1} << 40);
    } else if (deed == "end") {
        outside.does = m_reader.choice(value, "end", kEnds) == 0 ? Does::close : Does::reset;
    } else {
        outside.does = m_reader.choice(value, "session", kSessions) == 0 ? Does::begin : Does::end;
    }
}

// `write:` is text with line ends as they are on the wire ("\r\n" in double quotes); `octets:` anything, as base64.
Slice Builder::readOctets(const std::string& deed, const Node_& value) {
    const auto wrong = [&](std::string why) {
        m_reader.error(value, std::move(why));
        return Slice{};
    };
    if (!value.IsScalar() || value.Scalar().empty()) return wrong(fmt::format("{} must be a text (for example \"NOOP\\r\\n\")", deed));
    std::string text = value.Scalar();
    if (deed == "octets") {
        auto octets = mail::decodeBase64(text);
        if (!octets || octets->empty()) return wrong("octets: this is not base64");
        return Slice::adopt(*std::move(octets));
    }
    const bool controls = std::any_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return (octet < 0x20 && c != '\r' && c != '\n' && c != '\t') || octet == 0x7f;
    });
    if (controls) return wrong("write holds a control character (such octets are written as base64: `octets:`)");
    return Slice::adopt(std::move(text));
}

// A connection is opened once, and before anything else happens on it.
void Builder::checkOutside() {
    std::stable_sort(m_outside.begin(), m_outside.end(), [](const OutsideMark& a, const OutsideMark& b) { return a.at < b.at; });
    std::set<std::pair<NodeId, std::uint32_t>> opened;
    for (const auto& [at, outside, mark] : m_outside) {
        if (outside.connection == 0) continue;
        const bool isOpen = opened.contains({outside.on, outside.connection});
        if (outside.does == Does::open && isOpen)
            m_reader.error(mark, fmt::format("outside: connection {} is opened twice", outside.connection));
        else if (outside.does != Does::open && !isOpen)
            m_reader.error(mark, fmt::format("outside: connection {} is not open yet", outside.connection));
        if (outside.does == Does::open) opened.emplace(outside.on, outside.connection);
    }
}

}  // namespace mailtrek::scenario

// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sim/kernel/dice.h"
#include "sim/scenario/builder.h"

namespace mailtrek::scenario {
namespace {

const std::vector<std::string> kActions{"send",    "cut",  "restore", "set",   "lose",  "stop", "start", "online",
                                        "offline", "read", "delete",  "empty", "print", "fail", "ping",  "traceroute"};
constexpr std::uint64_t kMaxAttachment = 1'000'000'000;

// Octets for an attachment of which only the size is given: the same for the same name and size, and hard to compress, like a photograph.
Slice filler(const std::string& name, std::uint64_t size) {
    std::string octets(size, '\0');
    const std::uint64_t seed = hashText(name);
    for (std::uint64_t i = 0; i < size; i += 8) {
        std::uint64_t word = combine(seed, i);
        for (std::uint64_t b = i; b < std::min(i + 8, size); ++b, word >>= 8) octets[b] = static_cast<char>(word & 0xff);
    }
    return Slice::adopt(std::move(octets));
}

}  // namespace

void Builder::readTimeline(const Node_& timeline) {
    m_reader.list(timeline, "timeline", [&](const Node_& item) { readEntry(item); });
}

void Builder::readEntry(const Node_& value) {
    Map map(m_reader, value, "a timeline entry");
    if (!map.valid()) return;
    Instant at = kStart;
    if (const auto when = map.require("at")) at = kStart + m_reader.duration(*when, "at");
    std::vector<std::string> found;
    for (const std::string& kind : kActions)
        if (map.take(kind)) found.push_back(kind);
    if (found.size() != 1) {
        if (found.empty() && map.node().size() > 1) return;  // the unknown key is reported
        return m_reader.error(value, "a timeline entry does exactly one thing: send, cut, restore, set, lose, stop, start, online, offline, read, delete, empty, print, fail");
    }
    const Node_ what = *map.take(found.front());
    if (found.front() == "send") return readSend(what, at);
    if (found.front() == "ping" || found.front() == "traceroute") return m_reader.unsupported(what, found.front());
    m_scenario.timeline.push_back({at, found.front(), readAction(found.front(), what, at)});
}

Action Builder::readAction(const std::string& kind, const Node_& value, Instant) {
    const auto node = [&](auto make, bool device) -> Action {
        const NodeId id = nodeNamed(value, kind);
        if (id.valid() && device && !isDevice(m_scenario.nodes[id.index()].kind))
            m_reader.error(value, fmt::format("{}: '{}' is no device (a server is stopped and started)", kind, m_scenario.nodes[id.index()].name));
        return make(id);
    };
    if (kind == "cut") return Cut{linkNamed(value, kind)};
    if (kind == "restore") return Restore{linkNamed(value, kind)};
    if (kind == "set") return readSet(value);
    if (kind == "lose") return readLose(value);
    if (kind == "stop") return node([](NodeId id) { return Stop{id}; }, false);
    if (kind == "start") return node([](NodeId id) { return Start{id}; }, false);
    if (kind == "online") return node([](NodeId id) { return Online{id, true}; }, true);
    if (kind == "offline") return node([](NodeId id) { return Online{id, false}; }, true);
    if (kind == "fail") {
        Fail fail;
        Map map(m_reader, value, "fail");
        if (const auto dns = map.require("dns")) {
            fail.dns = nodeNamed(*dns, "dns");
            if (fail.dns.valid() && m_scenario.nodes[fail.dns.index()].kind != NodeKind::dnsServer) m_reader.error(*dns, "fail: this is no dns-server");
        }
        if (const auto with = map.require("with")) fail.with = static_cast<dns::FailureMode>(1 + m_reader.choice(*with, "with", {"servfail", "nxdomain", "silence", "truncate"}));
        if (const auto lasts = map.require("for")) fail.lasts = m_reader.duration(*lasts, "for");
        return fail;
    }
    return readPerson(kind, value);
}

Action Builder::readPerson(const std::string& kind, const Node_& value) {
    Person person;
    person.does = kind == "read" ? PersonDoes::read : kind == "delete" ? PersonDoes::remove : kind == "empty" ? PersonDoes::empty : PersonDoes::print;
    Map map(m_reader, value, kind);
    if (const auto on = map.require("on")) {
        person.on = nodeNamed(*on, "on");
        if (person.on.valid()) {
            const Node& node = m_scenario.nodes[person.on.index()];
            if (!isDevice(node.kind) || node.user.empty()) m_reader.error(*on, fmt::format("on: '{}' is no device with a user", node.name));
        }
    }
    map.with("mail", [&](const Node_& v) {
        person.mail = m_reader.text(v, "mail");
        m_mailNames.emplace_back(person.mail, v);
    });
    return person;
}

void Builder::readSend(const Node_& value, Instant at) {
    Map map(m_reader, value, "send");
    if (!map.valid()) return;
    Send send;
    map.with("id", [&](const Node_& v) { send.id = m_reader.text(v, "id"); });
    if (send.id.empty()) send.id = fmt::format("mail-{}", m_mails.size() + 1);
    const auto from = map.require("from");
    if (from) send.from = m_reader.mailAddress(*from, "from");
    const auto on = map.take("on");
    if (on) {
        send.on = nodeNamed(*on, "on");
        if (send.on.valid() && !isDevice(m_scenario.nodes[send.on.index()].kind)) m_reader.error(*on, "on: letters are written on devices (pc, laptop, phone, tablet, printer)");
    } else if (!send.from.empty()) {
        const auto& nodes = m_scenario.nodes;
        const auto fits = std::find_if(nodes.begin(), nodes.end(), [&](const Node& n) { return isDevice(n.kind) && n.user == send.from; });
        if (fits != nodes.end())
            send.on = NodeId{static_cast<std::uint32_t>(fits - nodes.begin())};
        else
            m_reader.error(*from, fmt::format("from: no device has the user '{}' (give one, or say on: which device)", send.from));
    }
    const auto to = map.take("to"), cc = map.take("cc"), bcc = map.take("bcc");
    if (to) send.to = m_reader.mailAddresses(*to, "to");
    if (cc) send.cc = m_reader.mailAddresses(*cc, "cc");
    if (bcc) send.bcc = m_reader.mailAddresses(*bcc, "bcc");
    if (!to && !cc && !bcc)
        m_reader.error(value, "send needs 'to:'");
    else if (send.to.size() + send.cc.size() + send.bcc.size() == 0 && !m_reader.diagnostics().failed())
        m_reader.error(value, "send needs at least one recipient");
    map.with("subject", [&](const Node_& v) { send.subject = m_reader.text(v, "subject"); });
    map.with("text", [&](const Node_& v) { send.text = m_reader.text(v, "text"); });
    map.with("html", [&](const Node_& v) { send.html = m_reader.text(v, "html"); });
    map.with("envelope-from", [&](const Node_& v) { send.envelopeFrom = m_reader.mailAddress(v, "envelope-from"); });
    map.with("header-from", [&](const Node_& v) { send.headerFrom = m_reader.mailAddress(v, "header-from"); });
    map.with("attach", [&](const Node_& v) { m_reader.list(v, "attach", [&](const Node_& item) { readAttachment(item, send); }); });
    std::uint64_t times = 1;
    Duration every{};
    map.with("repeat", [&](const Node_& v) {
        Map repeat(m_reader, v, "repeat");
        if (const auto n = repeat.require("times")) times = m_reader.whole(*n, "times", 1, 100'000);
        if (const auto e = repeat.require("every")) every = m_reader.duration(*e, "every");
    });
    const std::string id = send.id;
    if (!m_mails.emplace(id, value).second) m_reader.error(value, fmt::format("there are two mails '{}'", id));
    for (std::uint64_t n = 1; n <= times; ++n) {
        if (n > 1) {
            send.id = fmt::format("{}-{}", id, n);
            if (!m_mails.emplace(send.id, value).second) m_reader.error(value, fmt::format("there are two mails '{}' (one comes from repeat:)", send.id));
        }
        m_scenario.timeline.push_back({at + static_cast<std::int64_t>(n - 1) * every, "send", send});
    }
}

void Builder::readAttachment(const Node_& value, Send& send) {
    Map map(m_reader, value, "an attachment");
    if (!map.valid()) return;
    Attachment attachment;
    const auto name = map.take("name"), size = map.take("size"), file = map.take("file");
    if (name) attachment.name = m_reader.text(*name, "name");
    if (size && file) m_reader.error(value, "an attachment has a size: or a file:, not both");
    if (!size && !file) return m_reader.error(value, "an attachment needs 'size:' or 'file:'");
    if (size) {
        const Bytes octets = m_reader.bytes(*size, "size");
        if (octets.count > kMaxAttachment) return m_reader.error(*size, "an attachment is at most 1 GB");
        if (attachment.name.empty()) attachment.name = "attachment.bin";
        attachment.octets = filler(attachment.name, octets.count);
    }
    if (file) {
        namespace fs = std::filesystem;
        const fs::path given = m_reader.text(*file, "file");
        std::error_code failed;
        const fs::path folder = fs::weakly_canonical(m_folder.empty() ? fs::path(".") : m_folder, failed);
        const fs::path whole = fs::weakly_canonical(folder / given, failed);
        const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), whole.begin(), whole.end());
        if (given.empty() || given.is_absolute() || end != folder.end())
            return m_reader.error(*file, fmt::format("file: '{}' is outside the scenario's own folder", given.string()));
        if (!fs::is_regular_file(whole, failed)) return m_reader.error(*file, fmt::format("file: there is no file '{}' beside the scenario", given.string()));
        if (fs::file_size(whole, failed) > kMaxAttachment) return m_reader.error(*file, "an attachment is at most 1 GB");
        std::ifstream in(whole, std::ios::binary);
        std::ostringstream octets;
        octets << in.rdbuf();
        if (!in) return m_reader.error(*file, fmt::format("file: '{}' could not be read", given.string()));
        if (attachment.name.empty()) attachment.name = given.filename().string();
        attachment.octets = Slice::adopt(octets.str());
    }
    send.attachments.push_back(std::move(attachment));
}

LinkChange Builder::readLinkChange(Map& map) {
    net::LinkSettings read;
    readLinkSettings(map, read);
    LinkChange change;
    if (map.has("rate")) change.rate = read.rate;
    if (map.has("delay")) change.delay = read.delay;
    if (map.has("jitter")) change.jitter = read.jitter;
    if (map.has("loss")) change.loss = read.loss;
    if (map.has("corrupt")) change.corrupt = read.corrupt;
    if (map.has("duplicate")) change.duplicate = read.duplicate;
    if (map.has("queue")) change.queue = read.queue;
    if (map.has("reorder")) {
        change.reorder = read.reorder;
        change.reorderBy = read.reorderBy;
    }
    return change;
}

Action Builder::readSet(const Node_& value) {
    Map map(m_reader, value, "set");
    const auto link = map.take("link"), node = map.take("node");
    if (map.valid() && link.has_value() == node.has_value()) m_reader.error(value, "set names one of link: and node:");
    if (link) {
        SetLink set;
        set.link = linkNamed(*link, "link");
        set.changes[0] = set.changes[1] = readLinkChange(map);
        for (const int direction : {0, 1}) {
            map.with(direction == 0 ? "forward" : "backward", [&](const Node_& v) {
                Map one(m_reader, v, direction == 0 ? "forward" : "backward");
                set.changes[static_cast<std::size_t>(direction)] = readLinkChange(one);
            });
        }
        return set;
    }
    SetNode set;
    if (node) set.node = nodeNamed(*node, "node");
    const Node* target = set.node.valid() ? &m_scenario.nodes[set.node.index()] : nullptr;
    map.with("routes", [&](const Node_& v) {
        set.routes = readRoutes(v);
        if (target != nullptr && target->kind != NodeKind::router) m_reader.error(v, "routes: only a router has them");
    });
    map.with("tcp", [&](const Node_& v) { m_reader.unsupported(v, "changing tcp of a node while it runs"); });
    map.with("policy", [&](const Node_& v) {
        Node changed = target == nullptr ? Node{} : *target;
        readPolicy(v, changed);
        set.openRelay = changed.openRelay;
    });
    map.with("mailboxes", [&](const Node_& v) {
        if (target == nullptr) return;
        Node changed = *target;
        changed.mailboxes.clear();
        readMailboxes(v, changed);
        for (const Mailbox& box : changed.mailboxes) {
            const bool known = std::any_of(target->mailboxes.begin(), target->mailboxes.end(), [&](const Mailbox& m) { return m.address == box.address; });
            if (!known) m_reader.error(v, fmt::format("there is no mailbox '{}' on '{}'", box.address, target->name));
        }
        set.quotas = changed.mailboxes;
    });
    return set;
}

Action Builder::readLose(const Node_& value) {
    Lose lose;
    Map map(m_reader, value, "lose");
    if (const auto link = map.require("link")) lose.link = linkNamed(*link, "link");
    lose.directions = {true, true};
    map.with("towards", [&](const Node_& v) {
        if (!lose.link.valid()) return;
        if (const auto direction = directionTowards(v, m_scenario.links[lose.link.index()])) lose.directions = {*direction == 0, *direction == 1};
    });
    map.with("connection", [&](const Node_& v) { lose.connection = connectionNamed(v); });
    const auto count = [&](std::string_view key, std::optional<std::int64_t>& target) {
        map.with(key, [&](const Node_& v) {
            target = v.IsScalar() && v.Scalar() == "-1" && key == "mail-segment" ? -1 : static_cast<std::int64_t>(m_reader.whole(v, key, 1, 1'000'000'000));
        });
    };
    count("data-segment", lose.dataSegment);
    count("mail-segment", lose.mailSegment);
    count("packet", lose.packet);
    map.with("transmission", [&](const Node_& v) { lose.transmission = static_cast<std::uint32_t>(m_reader.whole(v, "transmission", 1, 1000)); });
    return lose;
}

void Builder::checkMailNames() {
    std::vector<std::string> names;
    for (const auto& [name, where] : m_mails)
        if (names.size() < 1000) names.push_back(name);
    for (const auto& [name, where] : m_mailNames)
        if (!m_mails.contains(name)) m_reader.error(where, fmt::format("there is no mail '{}'{}", name, didYouMean(name, names)));
}

}  // namespace mailtrek::scenario

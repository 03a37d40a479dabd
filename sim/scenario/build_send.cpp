// SPDX-License-Identifier: GPL-3.0-or-later
// `send:` of the timeline: a letter with its recipients, attachments and repeats.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "sim/kernel/dice.h"
#include "sim/scenario/builder.h"

namespace mailtrek::scenario {
namespace {

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

void Builder::readSend(const Node_& value, Instant at) {
    Map map(m_reader, value, "send");
    if (!map.valid()) return;
    Send send;
    map.with("id", [&](const Node_& v) { send.id = m_reader.text(v, "id"); });
    if (send.id.empty()) {
        std::size_t number = m_mails.size() + 1;
        while (m_mails.contains(fmt::format("mail-{}", number))) ++number;
        send.id = fmt::format("mail-{}", number);
    }
    const auto from = map.require("from");
    if (from) send.from = m_reader.mailAddress(*from, "from");
    const auto on = map.take("on");
    if (on) {
        send.on = nodeNamed(*on, "on");
        if (send.on.valid() && !isDevice(m_scenario.nodes[send.on.index()].kind)) m_reader.error(*on, "on: letters are written on devices (pc, laptop, phone, tablet, printer)");
    } else if (!send.from.empty()) {
        const auto& nodes = m_scenario.nodes;
        const auto fits = std::find_if(nodes.begin(), nodes.end(), [&](const Node& n) { return isDevice(n.kind) && lowered(n.user) == lowered(send.from); });
        if (fits != nodes.end())
            send.on = NodeId{static_cast<std::uint32_t>(fits - nodes.begin())};
        else
            m_reader.error(*from, fmt::format("from: no device has the user '{}' (give one, or say on: which device)", send.from));
    }
    readRecipients(map, value, send);
    map.with("subject", [&](const Node_& v) { send.subject = m_reader.text(v, "subject"); });
    map.with("text", [&](const Node_& v) { send.text = m_reader.prose(v, "text"); });
    map.with("html", [&](const Node_& v) { send.html = m_reader.prose(v, "html"); });
    map.with("envelope-from", [&](const Node_& v) { send.envelopeFrom = m_reader.mailAddress(v, "envelope-from"); });
    map.with("header-from", [&](const Node_& v) { send.headerFrom = m_reader.mailAddress(v, "header-from"); });
    readNoticeWishes(map, send);
    map.with("attach", [&](const Node_& v) { m_reader.list(v, "attach", [&](const Node_& item) { readAttachment(item, send); }); });
    const std::string id = send.id;
    if (!m_mails.emplace(id, value).second) m_reader.error(value, fmt::format("there are two mails '{}'", id));
    addEntry(value, {at, "send", send});
    map.with("repeat", [&](const Node_& v) { readRepeat(v, value, at, send); });
}

// `notify: never`, or a list; `return:` (RFC 3461 4.1 and 4.3).
void Builder::readNoticeWishes(Map& map, Send& send) {
    map.with("notify", [&](const Node_& v) {
        send.notify.emplace();
        if (!v.IsSequence()) {
            if (!v.IsScalar() || v.Scalar() != "never") m_reader.error(v, "notify is a list of success, failure, delay, or 'never'");
            return;
        }
        if (v.size() == 0) m_reader.error(v, "notify: an empty list says nothing (write 'never')");
        m_reader.list(v, "notify", [&](const Node_& item) {
            switch (m_reader.choice(item, "notify", {"success", "failure", "delay"})) {
                case 0: send.notify->success = true; break;
                case 1: send.notify->failure = true; break;
                default: send.notify->delay = true;
            }
        });
    });
    map.with("return", [&](const Node_& v) { send.returnsFull = m_reader.choice(v, "return", {"headers", "full"}) == 1; });
}

void Builder::readRecipients(Map& map, const Node_& value, Send& send) {
    bool any = false, empty = true;
    const auto read = [&](std::string_view key, std::vector<std::string>& addresses) {
        map.with(key, [&](const Node_& v) {
            any = true;
            empty = empty && v.IsSequence() && v.size() == 0;
            addresses = m_reader.mailAddresses(v, key);
        });
    };
    read("to", send.to);
    read("cc", send.cc);
    read("bcc", send.bcc);
    if (!any)
        m_reader.error(value, "send needs 'to:'");
    else if (empty)
        m_reader.error(value, "send needs at least one recipient");
}

// The letter again, under the ids "<id>-2", "<id>-3", ...
void Builder::readRepeat(const Node_& repeat, const Node_& where, Instant at, Send send) {
    Map map(m_reader, repeat, "repeat");
    std::uint64_t times = 1;
    Duration every{};
    if (const auto n = map.require("times")) times = m_reader.whole(*n, "times", 1, 100'000);
    if (const auto e = map.require("every")) every = m_reader.duration(*e, "every");
    const std::uint64_t octets = times * (500 + send.text.size() + send.html.size() + 100 * (send.to.size() + send.cc.size() + send.bcc.size()));
    if (octets > kMaxAttachments) return m_reader.error(repeat, fmt::format("the repeated letters are together more than {} MB", kMaxAttachments / 1'000'000));
    if (every.count() > 0 && static_cast<std::int64_t>(times) > std::chrono::nanoseconds{std::chrono::hours{24 * 3650}} / every)
        return m_reader.error(repeat, "repeat goes on for more than 3650 days");
    const std::string id = send.id;
    for (std::uint64_t n = 2; n <= times; ++n) {
        send.id = fmt::format("{}-{}", id, n);
        if (!m_mails.emplace(send.id, where).second) return m_reader.error(where, fmt::format("there are two mails '{}' (one comes from repeat:)", send.id));
        addEntry(where, {at + static_cast<std::int64_t>(n - 1) * every, "send", send});
    }
}

void Builder::readAttachment(const Node_& value, Send& send) {
    Map map(m_reader, value, "an attachment");
    if (!map.valid()) return;
    Attachment attachment;
    const auto name = map.take("name"), size = map.take("size"), file = map.take("file");
    if (name) attachment.name = m_reader.text(*name, "name");
    if (size && file) return m_reader.error(value, "an attachment has a size: or a file:, not both");
    if (!size && !file) return m_reader.error(value, "an attachment needs 'size:' or 'file:'");
    if (size) {
        const Bytes octets = m_reader.bytes(*size, "size");
        if (!roomFor(octets.count, *size)) return;
        if (attachment.name.empty()) attachment.name = "attachment.bin";
        attachment.octets = filler(attachment.name, octets.count);
    }
    if (file && !readAttachedFile(*file, attachment)) return;
    send.attachments.push_back(std::move(attachment));
}

bool Builder::readAttachedFile(const Node_& value, Attachment& attachment) {
    namespace fs = std::filesystem;
    const auto wrong = [&](std::string why) {
        m_reader.error(value, std::move(why));
        return false;
    };
    const std::size_t errors = m_reader.diagnostics().errors();
    const fs::path given = m_reader.text(value, "file");
    if (m_reader.diagnostics().errors() > errors) return false;
    std::error_code failed;
    const fs::path folder = fs::weakly_canonical(fs::absolute(m_folder.empty() ? fs::path(".") : m_folder, failed), failed);
    const fs::path whole = fs::weakly_canonical(folder / given, failed);  // follows symbolic links
    const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), whole.begin(), whole.end());
    if (given.empty() || given.is_absolute() || end != folder.end()) return wrong(fmt::format("file: '{}' is outside the scenario's own folder", given.string()));
    if (!fs::is_regular_file(whole, failed)) return wrong(fmt::format("file: there is no file '{}' beside the scenario", given.string()));
    const std::uint64_t size = fs::file_size(whole, failed);
    if (failed) return wrong(fmt::format("file: '{}' could not be read", given.string()));
    if (!roomFor(size, value)) return false;
    std::string octets(size, '\0');
    std::ifstream in(whole, std::ios::binary);
    if (!in.read(octets.data(), static_cast<std::streamsize>(size))) return wrong(fmt::format("file: '{}' could not be read", given.string()));
    if (attachment.name.empty()) attachment.name = given.filename().string();
    attachment.octets = Slice::adopt(std::move(octets));
    return true;
}

// All attachments of a file together are bounded: they are held in memory.
bool Builder::roomFor(std::uint64_t octets, const Node_& where) {
    if (octets <= kMaxAttachments - m_attached) {
        m_attached += octets;
        return true;
    }
    m_reader.error(where, fmt::format("the attachments are together more than {} MB", kMaxAttachments / 1'000'000));
    return false;
}

}  // namespace mailtrek::scenario

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/transport/script.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "app/mailtrek-tcp-driver/driver.h"

namespace mailtrek::test {
namespace {

using Words = std::vector<std::string>;

struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

Words split(const std::string& text) {
    std::istringstream in(text);
    Words words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

std::string hex(std::string_view octets) {
    std::string out;
    for (const char c : octets) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

std::string unhex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    return out;
}

std::string flagText(const wire::TcpFlags& f) {
    std::string text;
    if (f.syn) text += 'S';
    if (f.fin) text += 'F';
    if (f.rst) text += 'R';
    if (f.psh) text += 'P';
    if (f.ece) text += 'E';
    if (f.cwr) text += 'W';
    if (f.ack) text += '.';
    return text.empty() ? "-" : text;
}

class Script {
public:
    void step(const std::string& line) {
        Words words = split(line.substr(0, line.find('#')));
        if (words.empty()) return;
        m_history += line + "\n";
        if (words[0] == "config") {
            std::string rest = "CFG";
            for (std::size_t i = 1; i < words.size(); ++i) rest += " " + words[i];
            if (ask(rest) != "OK") throw Failure("the settings were refused");
            return;
        }
        std::string time = words.at(0);
        m_tolerance = 1000;
        if (time[0] == '~') {
            m_tolerance = 20'000;
            time.erase(0, 1);
        }
        const auto micros = static_cast<std::int64_t>(std::llround(std::stod(time[0] == '+' ? time.substr(1) : time) * 1e6));
        m_now = time[0] == '+' ? m_now + micros : micros;
        dispatch(words.at(1), {words.begin() + 2, words.end()});
    }
    const std::string& history() const { return m_history; }

private:
    void dispatch(const std::string& what, Words words) {
        if (what == "call") return call(std::move(words));
        if (what == "poll") return compare(ask("POLL " + words.at(0)), words, 1);
        if (what == "in") return in(words);
        if (what == "out") return out(words);
        if (what == "info") return info(words);
        if (what == "icmp") return icmp(words);
        if (what == "none") {
            if (const std::string sent = ask(fmt::format("NEXT {}", m_now)); sent != "NONE") throw Failure("nothing should have been sent, but: " + describe(sent));
            return;
        }
        if (what == "skip") {
            for (std::string sent = "OUT"; sent != "NONE";) {
                sent = ask(fmt::format("NEXT {}", m_now));
                if (sent != "NONE") learn(parse(sent));
            }
            return;
        }
        throw Failure("there is no step '" + what + "'");
    }

    std::string ask(const std::string& line) { return m_driver.hear(line); }

    void compare(const std::string& answer, const Words& words, std::size_t at) {
        std::string wanted = "RET";
        for (std::size_t i = at + 1; i < words.size(); ++i) wanted += " " + (words[i] == "block" ? "BLOCK" : words[i]);
        if (words.size() == at + 2) wanted += " 0";
        m_history += "    " + answer + "\n";
        if (answer != wanted) throw Failure("expected " + wanted);
    }

    void call(Words words) {
        std::string line = fmt::format("CALL {}", m_now);
        std::size_t i = 0;
        for (; i < words.size() && words[i] != "="; ++i) line += " " + words[i];
        const std::string answer = ask(line);
        if (i < words.size())
            compare(answer, words, i);
        else if (answer.starts_with("ERR"))
            throw Failure(answer);
    }

    void info(const Words& words) {
        ask(fmt::format("RUN {}", m_now));
        const auto json = nlohmann::json::parse(ask("INFO " + words.at(0)));
        const auto value = json.at(words.at(1)).get<std::int64_t>(), wanted = static_cast<std::int64_t>(std::stoll(words.at(3)));
        const std::string& op = words.at(2);
        const bool ok = op == "=" ? value == wanted : op == "<" ? value < wanted : op == ">" ? value > wanted : op == "<=" ? value <= wanted : value >= wanted;
        m_history += fmt::format("    {} is {}\n", words[1], value);
        if (!ok) throw Failure(fmt::format("{} is {}", words[1], value));
    }

    // --- arriving ---
    void in(const Words& words) {
        wire::Packet packet = base();
        wire::TcpHeader header;
        header.sourcePort = header.destinationPort = driver::kPort;
        for (const char c : words.at(0)) setFlag(header.flags, c);
        const std::string& range = words.at(1);
        const auto first = static_cast<std::uint32_t>(std::stoul(range));
        header.sequence = m_remoteIsn + first;
        header.window = 65535;
        if (const auto colon = range.find(':'); colon != std::string::npos)
            packet.payload = Slice::filled(static_cast<std::uint32_t>(std::stoul(range.substr(colon + 1))) - first, 'y');
        bool bad = false;
        for (std::size_t i = 2; i < words.size(); ++i) {
            const std::string& field = words[i];
            const auto next = [&] { return words.at(++i); };
            const auto next32 = [&] { return static_cast<std::uint32_t>(std::stoul(next())); };
            if (field == "ack")
                header.acknowledgment = m_localIsn + next32();
            else if (field == "win")
                header.window = static_cast<std::uint16_t>(next32());
            else if (field == "mss")
                header.options.mss = static_cast<std::uint16_t>(next32());
            else if (field == "ws")
                header.options.windowScale = static_cast<std::uint8_t>(next32());
            else if (field == "sackok")
                header.options.sackPermitted = true;
            else if (field == "ts")
                header.options.timestamps = stampOf(next());
            else if (field == "sack")
                setSack(header.options, next());
            else if (field == "ce")
                packet.ip.ecn = wire::Ecn::congestion;
            else if (field == "bad")
                bad = true;
            else
                throw Failure("there is no field '" + field + "'");
        }
        packet.transport = header;
        std::string octets = wire::serialize(packet);
        if (bad) octets[36] = static_cast<char>(octets[36] ^ 0x55);
        if (ask(fmt::format("IN {} {}", m_now, hex(octets))) != "OK") throw Failure("the packet was refused");
    }

    wire::TcpTimestamps stampOf(const std::string& text) const {
        const auto slash = text.find('/');
        const std::string echo = text.substr(slash + 1);
        return {static_cast<std::uint32_t>(std::stoul(text)), echo == "last"   ? m_lastStamp
                                                              : echo[0] == '-' ? m_lastStamp - static_cast<std::uint32_t>(std::stoul(echo.substr(1)))
                                                                               : static_cast<std::uint32_t>(std::stoul(echo))};
    }

    void setSack(wire::TcpOptions& options, const std::string& text) const {
        std::istringstream list(text);
        for (std::string block; std::getline(list, block, ',');) {
            const auto left = static_cast<std::uint32_t>(std::stoul(block)), right = static_cast<std::uint32_t>(std::stoul(block.substr(block.find('-') + 1)));
            options.sack.at(options.sackCount++) = {m_localIsn + left, m_localIsn + right};
        }
    }

    static void setFlag(wire::TcpFlags& flags, char c) {
        switch (c) {
            case 'S': flags.syn = true; break;
            case 'F': flags.fin = true; break;
            case 'R': flags.rst = true; break;
            case 'P': flags.psh = true; break;
            case 'E': flags.ece = true; break;
            case 'W': flags.cwr = true; break;
            case '.': flags.ack = true; break;
            case '-': break;
            default: throw Failure(fmt::format("there is no flag '{}'", c));
        }
    }

    static wire::Packet base() {
        wire::Packet packet;
        packet.ip.source = driver::kRemote;
        packet.ip.destination = driver::kLocal;
        packet.ip.protocol = 6;
        packet.ip.identification = 1;
        return packet;
    }

    void icmp(const Words& words) {
        const auto field = [&](const std::string& name, std::uint32_t otherwise) {
            for (std::size_t i = 2; i + 1 < words.size(); ++i)
                if (words[i] == name) return static_cast<std::uint32_t>(std::stoul(words[i + 1]));
            return otherwise;
        };
        wire::Packet ours;
        ours.ip.source = driver::kLocal;
        ours.ip.destination = driver::kRemote;
        ours.ip.protocol = 6;
        wire::TcpHeader header;
        header.sourcePort = header.destinationPort = driver::kPort;
        header.sequence = m_localIsn + field("seq", 0);
        ours.transport = header;
        wire::Packet error = base();
        error.ip.protocol = 1;
        error.transport = wire::IcmpHeader{static_cast<std::uint8_t>(std::stoul(words.at(0))), static_cast<std::uint8_t>(std::stoul(words.at(1))), field("mtu", 0)};
        error.payload = Slice::adopt(wire::serialize(ours).substr(0, 28));
        ask(fmt::format("IN {} {}", m_now, hex(wire::serialize(error))));
    }

    // --- sent ---
    struct Seen {
        std::int64_t at = 0;
        wire::Packet packet;
        wire::TcpHeader header;
    };
    Seen parse(const std::string& answer) const {
        const Words words = split(answer);
        const std::string octets = unhex(words.at(2));
        const wire::ParsedPacket parsed = wire::parse({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
        if (parsed.damage != wire::Damage::none || parsed.packet.tcp() == nullptr) throw Failure("a damaged or strange packet was sent: " + answer);
        return {std::stoll(words.at(1)), parsed.packet, *parsed.packet.tcp()};
    }
    void learn(const Seen& seen) {
        if (seen.header.flags.syn) m_localIsn = seen.header.sequence;
        if (seen.header.options.timestamps) m_lastStamp = seen.header.options.timestamps->value;
    }
    std::uint32_t place(const Seen& seen) const { return seen.header.flags.syn ? 0 : seen.header.sequence - m_localIsn; }

    std::string describe(const std::string& answer) const {
        const Seen seen = parse(answer);
        const wire::TcpHeader& h = seen.header;
        std::string text = fmt::format("{:.6f} out {} {}:{}", static_cast<double>(seen.at) / 1e6, flagText(h.flags), place(seen), place(seen) + seen.packet.payload.size());
        if (h.flags.ack) text += fmt::format(" ack {}", h.acknowledgment - m_remoteIsn);
        text += fmt::format(" win {}", h.window);
        if (h.options.mss) text += fmt::format(" mss {}", *h.options.mss);
        if (h.options.windowScale) text += fmt::format(" ws {}", *h.options.windowScale);
        if (h.options.sackPermitted) text += " sackok";
        if (h.options.timestamps) text += fmt::format(" ts {}/{}", h.options.timestamps->value, h.options.timestamps->echo);
        for (std::size_t i = 0; i < h.options.sackCount; ++i)
            text += fmt::format("{}{}-{}", i == 0 ? " sack " : ",", h.options.sack[i].left - m_remoteIsn, h.options.sack[i].right - m_remoteIsn);
        return text;
    }

    void out(const Words& words) {
        const std::string answer = ask(fmt::format("NEXT {}", m_now + m_tolerance));
        if (answer == "NONE") throw Failure("nothing was sent");
        const Seen seen = parse(answer);
        learn(seen);
        const std::string what = describe(answer);
        m_history += "    " + what + "\n";
        const auto check = [&](bool ok, const std::string& field) {
            if (!ok) throw Failure(fmt::format("expected {}, but: {}", field, what));
        };
        check(std::abs(seen.at - m_now) <= m_tolerance, fmt::format("it at {:.6f}", static_cast<double>(m_now) / 1e6));
        wire::TcpFlags flags;
        for (const char c : words.at(0)) setFlag(flags, c);
        wire::TcpFlags sent = seen.header.flags;
        if (words[0].find('P') == std::string::npos) sent.psh = false;  // PSH is told of only where it matters
        check(flags == sent, "flags " + words[0]);
        const std::string& range = words.at(1);
        const auto first = static_cast<std::uint32_t>(std::stoul(range));
        const auto colon = range.find(':');
        const auto end = colon == std::string::npos ? first : static_cast<std::uint32_t>(std::stoul(range.substr(colon + 1)));
        check(place(seen) == first && seen.packet.payload.size() == end - first, range);
        for (std::size_t i = 2; i < words.size(); ++i) {
            const std::string& field = words[i];  // matches() may go on to its value
            const bool same = matches(seen, words, i);
            check(same, field);
        }
    }

    bool matches(const Seen& seen, const Words& words, std::size_t& i) const {
        const std::string& field = words[i];
        const wire::TcpHeader& h = seen.header;
        const auto next = [&] { return static_cast<std::uint32_t>(std::stoul(words.at(++i))); };
        if (field == "ack") return h.acknowledgment - m_remoteIsn == next();
        if (field == "win") return h.window == next();
        if (field == "win>=") return h.window >= next();
        if (field == "win<=") return h.window <= next();
        if (field == "mss") return h.options.mss == next();
        if (field == "nomss") return !h.options.mss;
        if (field == "ws") return h.options.windowScale == next();
        if (field == "nows") return !h.options.windowScale;
        if (field == "sackok") return h.options.sackPermitted;
        if (field == "nosackok") return !h.options.sackPermitted;
        if (field == "nots") return !h.options.timestamps;
        if (field == "nosack") return h.options.sackCount == 0;
        if (field == "ect0") return seen.packet.ip.ecn == wire::Ecn::capable0;
        if (field == "notect") return seen.packet.ip.ecn == wire::Ecn::notCapable;
        if (field == "df") return seen.packet.ip.dontFragment;
        if (field == "echo") return h.options.timestamps && h.options.timestamps->echo == next();
        if (field == "ts") return h.options.timestamps.has_value();
        if (field == "sack") {
            std::string text;
            for (std::size_t k = 0; k < h.options.sackCount; ++k)
                text += fmt::format("{}{}-{}", k == 0 ? "" : ",", h.options.sack[k].left - m_remoteIsn, h.options.sack[k].right - m_remoteIsn);
            return text == words.at(++i);
        }
        throw Failure("there is no field '" + field + "'");
    }

    driver::Driver m_driver;
    std::string m_history;
    std::int64_t m_now = 0, m_tolerance = 1000;
    std::uint32_t m_localIsn = 0, m_lastStamp = 0;
    const std::uint32_t m_remoteIsn = 0xfffffc00;  // 1024 before the numbers begin anew
};

}  // namespace

std::string runScript(const std::string& path) {
    std::ifstream file(path);
    if (!file) return "cannot be read";
    Script script;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        try {
            script.step(line);
        } catch (const std::exception& e) { return fmt::format("line {}: {}\nwhat happened:\n{}", number, e.what(), script.history()); }
    }
    return {};
}

}  // namespace mailtrek::test

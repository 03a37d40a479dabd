// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-tcp-driver/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace mailtrek::driver {
namespace {

using transport::Congestion;
using transport::LossDetection;
using transport::TcpSettings;

std::string_view word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r"), rest.size()));
    const std::string_view first = rest.substr(0, rest.find_first_of(" \t\r"));
    rest.remove_prefix(first.size());
    return first;
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(value) : std::nullopt;
}

std::optional<Instant> instant(std::string_view text) {
    const auto micros = number(text);
    if (!micros || *micros < 0 || *micros > 4'000'000'000'000'000) return std::nullopt;
    return Instant{std::chrono::microseconds{*micros}};
}

std::string text(const Returned& result) { return result.waits ? "RET BLOCK 0" : fmt::format("RET {} {}", result.value, result.error); }

template <class T>
bool choose(std::string_view value, T& target, std::initializer_list<std::pair<std::string_view, T>> choices) {
    for (const auto& [name, choice] : choices)
        if (name == value) {
            target = choice;
            return true;
        }
    return false;
}

// False: the key is known and the value is not.
bool apply(TcpSettings& tcp, std::string_view key, std::string_view value) {
    const auto flag = [&](bool& target) { return choose<bool>(value, target, {{"0", false}, {"1", true}}); };
    const auto amount = [&](auto&& set) {
        const auto n = number(value);
        if (!n || *n < 1 || *n > 1'000'000'000) return false;
        set(*n);
        return true;
    };
    if (key == "cc") return choose<Congestion>(value, tcp.congestion, {{"reno", Congestion::reno}, {"newreno", Congestion::newreno}, {"cubic", Congestion::cubic}});
    if (key == "loss") return choose<LossDetection>(value, tcp.lossDetection, {{"rack", LossDetection::rack}, {"dupack", LossDetection::dupack}});
    if (key == "sack") return flag(tcp.sack);
    if (key == "ts") return flag(tcp.timestamps);
    if (key == "ws") return flag(tcp.windowScaling);
    if (key == "ecn") return flag(tcp.ecn);
    if (key == "delack") return flag(tcp.delayedAck);
    if (key == "tlp") return flag(tcp.tailLossProbe);
    if (key == "nagle") return flag(tcp.nagle);
    if (key == "iw") return amount([&](std::int64_t n) { tcp.initialWindow = static_cast<std::uint32_t>(n); });
    if (key == "mss") return amount([&](std::int64_t n) { tcp.mss = static_cast<std::uint32_t>(n); });
    if (key == "rto_min_ms") return amount([&](std::int64_t n) { tcp.minRto = std::chrono::milliseconds{n}; });
    if (key == "rto_initial_ms") return amount([&](std::int64_t n) { tcp.initialRto = std::chrono::milliseconds{n}; });
    if (key == "rcvbuf") return amount([&](std::int64_t n) { tcp.receiveBuffer = static_cast<std::uint32_t>(n); });
    if (key == "sndbuf") return amount([&](std::int64_t n) { tcp.sendBuffer = static_cast<std::uint32_t>(n); });
    return true;
}

int linuxState(trace::TcpState state) {
    switch (state) {
        case trace::TcpState::established: return 1;
        case trace::TcpState::synSent: return 2;
        case trace::TcpState::synReceived: return 3;
        case trace::TcpState::finWait1: return 4;
        case trace::TcpState::finWait2: return 5;
        case trace::TcpState::timeWait: return 6;
        case trace::TcpState::closed: return 7;
        case trace::TcpState::closeWait: return 8;
        case trace::TcpState::lastAck: return 9;
        case trace::TcpState::listen: return 10;
        case trace::TcpState::closing: return 11;
    }
    return 7;
}

std::string json(const transport::TcpInfo& info) {
    const std::uint32_t mss = std::max(info.payloadLimit, 1u);
    const auto micros = [](Duration d) { return d.count() / 1000; };
    const std::uint32_t ssthresh = info.ssthresh == 0xffffffffu ? 0x7fffffffu : info.ssthresh / mss;
    return fmt::format(
        "{{\"tcpi_state\":{},\"tcpi_snd_cwnd\":{},\"tcpi_snd_ssthresh\":{},\"tcpi_rto\":{},\"tcpi_rtt\":{},\"tcpi_rttvar\":{},\"tcpi_unacked\":{},\"tcpi_sacked\":{},\"tcpi_lost\":"
        "{},"
        "\"tcpi_retrans\":{},\"tcpi_total_retrans\":{},\"tcpi_snd_mss\":{},\"tcpi_rcv_mss\":{}}}",
        linuxState(info.state), info.cwnd / mss, ssthresh, micros(info.rto), micros(info.srtt), micros(info.rttvar), info.unacked, info.sacked, info.lost, info.again,
        info.retransmits, info.payloadLimit, info.receiveMss);
}

std::optional<std::vector<std::uint8_t>> octetsOf(std::string_view hex) {
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    if (hex.size() % 2 != 0 || hex.size() > 2 * 65535) return std::nullopt;
    std::vector<std::uint8_t> octets(hex.size() / 2);
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        octets[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return octets;
}

std::string hexOf(std::string_view octets) {
    std::string hex;
    for (const char c : octets) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return hex;
}

}  // namespace

Driver::Driver() : m_sockets(m_table.machine().run<Sockets>(m_table.machine())) {
    m_sockets.defaults().connectTimeout = std::chrono::minutes{3};  // R2 for a SYN (RFC 9293 3.8.3)
}

std::string Driver::configure(std::string_view rest) {
    std::string wrong;
    for (std::string_view pair = word(rest); !pair.empty(); pair = word(rest)) {
        const std::size_t equals = pair.find('=');
        const bool ok = equals != std::string_view::npos && apply(m_sockets.defaults(), pair.substr(0, equals), pair.substr(equals + 1));
        if (!ok && wrong.empty()) wrong = fmt::format("ERR {}: not a setting", pair);
    }
    return wrong.empty() ? "OK" : wrong;
}

std::string Driver::callSocket(std::string_view rest) {
    const std::string_view time = word(rest), name = word(rest), fd = word(rest), argument = word(rest);
    const auto at = instant(time);
    if (!at) return fmt::format("ERR '{}' is no time in microseconds", time);
    const bool hasFd = !fd.empty() && fd != "-", hasArgument = !argument.empty() && argument != "-";
    const auto which = hasFd ? number(fd) : std::optional<std::int64_t>(-1), value = hasArgument ? number(argument) : std::optional<std::int64_t>(0);
    if (!which || !value) return fmt::format("ERR '{}' is no number", which ? argument : fd);
    m_table.runTo(*at);
    const auto result = m_sockets.call(name, static_cast<int>(std::clamp<std::int64_t>(*which, -1, 1 << 30)), *value);
    return result ? text(*result) : fmt::format("ERR there is no call '{}'", name);
}

std::string Driver::arrive(std::string_view rest) {
    const std::string_view time = word(rest), hex = word(rest);
    const auto at = instant(time);
    if (!at) return fmt::format("ERR '{}' is no time in microseconds", time);
    const auto octets = octetsOf(hex);
    if (!octets) return "ERR the packet is not an even number of hexadecimal digits";
    m_table.runTo(*at);
    m_table.arrive(*octets);
    return "OK";
}

std::string Driver::hear(std::string_view line) {
    const std::string_view command = word(line);
    if (command == "CFG") return configure(line);
    if (command == "CALL") return callSocket(line);
    if (command == "IN") return arrive(line);
    const std::string_view argument = word(line);
    if (command == "NEXT" || command == "RUN") {
        const auto at = instant(argument);
        if (!at) return fmt::format("ERR '{}' is no time in microseconds", argument);
        if (command == "RUN") {
            m_table.runTo(*at);
            return "OK";
        }
        const auto sent = m_table.next(*at);
        return sent ? fmt::format("OUT {} {}", sent->at.time_since_epoch().count() / 1000, hexOf(sent->octets)) : "NONE";
    }
    if (command == "POLL" || command == "INFO") {
        const auto fd = number(argument);
        if (!fd) return fmt::format("ERR '{}' is no descriptor", argument);
        if (command == "POLL") return text(m_sockets.poll(static_cast<int>(*fd)));
        const auto info = m_sockets.info(static_cast<int>(*fd));
        return info ? json(*info) : fmt::format("ERR there is no descriptor {}", *fd);
    }
    return fmt::format("ERR there is no command '{}'", command);
}

}  // namespace mailtrek::driver

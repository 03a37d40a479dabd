// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/sizes.h"

#include <charconv>
#include <limits>
#include <utility>

namespace mailtrek::cli {

std::optional<std::uint64_t> parseSize(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (unit.starts_with(' ')) unit.remove_prefix(1);
    constexpr std::pair<std::string_view, std::uint64_t> kUnits[] = {
        {"B", 1}, {"kB", 1'000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}, {"KiB", 1 << 10}, {"MiB", 1ull << 20}, {"GiB", std::uint64_t{1} << 30}};
    for (const auto& [name, factor] : kUnits) {
        if (unit != name) continue;
        if (number > std::numeric_limits<std::uint64_t>::max() / factor) return std::nullopt;
        return number * factor;
    }
    return std::nullopt;
}

std::optional<double> parseSeconds(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number == 0 || number > 1'000'000'000) return std::nullopt;
    std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (unit.starts_with(' ')) unit.remove_prefix(1);
    constexpr std::pair<std::string_view, double> kUnits[] = {{"ms", 0.001}, {"s", 1}, {"min", 60}, {"h", 3600}};
    for (const auto& [name, factor] : kUnits)
        if (unit == name) return static_cast<double>(number) * factor;
    return std::nullopt;
}

}  // namespace mailtrek::cli

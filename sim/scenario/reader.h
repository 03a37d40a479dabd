// SPDX-License-Identifier: GPL-3.0-or-later
// Typed reading of YAML nodes. Scalars are taken as the text that stands in the file and read by our own rules: yaml-cpp would take `no` for false and 025 for 21.
// Every function reports what is wrong and then goes on with a harmless value, so that all errors of a file come at once.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/time.h"
#include "sim/kernel/units.h"
#include "sim/net/link_settings.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/expect.h"
#include "sim/trace/cast.h"
#include "sim/wire/ipv4_address.h"

namespace mailtrek::scenario {

class Reader {
public:
    explicit Reader(Diagnostics& diagnostics) : m_diagnostics(diagnostics) {}

    Diagnostics& diagnostics() { return m_diagnostics; }
    void error(const YAML::Node& where, std::string message) { m_diagnostics.error(where, std::move(message)); }
    void unsupported(const YAML::Node& where, std::string_view what);

    // What "{n}" stands for while one of a range of nodes is read.
    std::optional<std::uint64_t> number;

    // --- scalars; `what` names the value in messages ---
    std::string text(const YAML::Node& node, std::string_view what);   // one line
    std::string prose(const YAML::Node& node, std::string_view what);  // may have several
    bool boolean(const YAML::Node& node, std::string_view what);
    std::uint64_t whole(const YAML::Node& node, std::string_view what, std::uint64_t least, std::uint64_t most);
    std::uint64_t count(const YAML::Node& node, std::string_view what, std::string_view unit, std::uint64_t most);  // "20 packets", from 1
    std::pair<std::uint64_t, Duration> frequency(const YAML::Node& node, std::string_view what);                    // "10 per min"
    double real(const YAML::Node& node, std::string_view what);
    Duration duration(const YAML::Node& node, std::string_view what);
    BitRate rate(const YAML::Node& node, std::string_view what);
    Bytes bytes(const YAML::Node& node, std::string_view what);
    Share share(const YAML::Node& node, std::string_view what);
    wire::Ipv4Address address(const YAML::Node& node, std::string_view what);
    std::string mailAddress(const YAML::Node& node, std::string_view what);
    std::string domain(const YAML::Node& node, std::string_view what);
    // The same for a part of what stands at `where`.
    std::uint64_t whole(const std::string& value, const YAML::Node& where, std::string_view what, std::uint64_t least, std::uint64_t most);
    Duration duration(const std::string& value, const YAML::Node& where, std::string_view what);
    std::string mailAddress(std::string value, const YAML::Node& where, std::string_view what);
    std::string domain(std::string value, const YAML::Node& where, std::string_view what);
    trace::LocalizedText localized(const YAML::Node& node, std::string_view what);
    Comparison comparison(const YAML::Node& node, std::string_view what);
    // The place of the word in the list.
    std::size_t choice(const YAML::Node& node, std::string_view what, const std::vector<std::string>& words);

    // A list of whatever `each` reads.
    void list(const YAML::Node& node, std::string_view what, const std::function<void(const YAML::Node&)>& each);
    std::vector<std::string> texts(const YAML::Node& node, std::string_view what);
    std::vector<std::string> mailAddresses(const YAML::Node& node, std::string_view what);

private:
    std::optional<std::string> scalar(const YAML::Node& node, std::string_view what, std::string_view example);
    Diagnostics& m_diagnostics;
};

// One mapping of the file: each key is asked for by name, and those that nobody asked for are errors.
class Map {
public:
    Map(Reader& reader, const YAML::Node& node, std::string_view what);
    ~Map();  // reports unknown keys
    Map(const Map&) = delete;
    Map& operator=(const Map&) = delete;

    bool valid() const { return m_valid; }
    const YAML::Node& node() const { return m_node; }
    // What messages call it from now on.
    void call(std::string_view what) { m_what = what; }
    // The value of a key, or nothing; from now on the key is known.
    std::optional<YAML::Node> take(std::string_view key);
    // The same, reported as missing when it is not there.
    std::optional<YAML::Node> require(std::string_view key);
    template <class F>
    void with(std::string_view key, F&& read) {
        if (const auto value = take(key)) read(*value);
    }
    // All pairs, for maps whose keys are names; none of them counts as unknown.
    const std::vector<std::pair<YAML::Node, YAML::Node>>& pairs();
    bool has(std::string_view key) const;

private:
    Reader& m_reader;
    YAML::Node m_node;
    std::string m_what;
    bool m_valid = false;
    bool m_named = false;
    std::vector<std::pair<YAML::Node, YAML::Node>> m_pairs;
    std::map<std::string, std::size_t, std::less<>> m_places;  // of keys in m_pairs
    std::vector<std::string> m_known;
};

}  // namespace mailtrek::scenario

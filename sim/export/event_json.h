// SPDX-License-Identifier: GPL-3.0-or-later
// One event as one JSON object on one line: id, cause, t, node, mail, type, then the fields of its payload by their own names. Ids are resolved: nodes, links,
// mails and texts by name; connections, packets and messages stay numbers. Times are seconds with as many decimals as they need, enums their names, rates bits per
// second, shares fractions. A link end is "link" (its name) and "towards" (the node it leads to). What is absent is null.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/recording.h"

namespace mailtrek::exporting {

// Without a line end.
std::string eventJson(trace::EventId id, const trace::Event& event, const trace::Recording& recording);

enum class FieldKind : std::uint8_t { null, literal, text };  // a literal is a number, true or false
struct Field {
    std::string_view name;  // lives as long as the program
    FieldKind kind{};
    std::string value;  // unquoted
};
// The same, in the same order.
std::vector<Field> eventFields(trace::EventId id, const trace::Event& event, const trace::Recording& recording);

// Every name that eventFields() can give, in the order of their first use: the columns of the CSV.
const std::vector<std::string_view>& allFieldNames();

// A JSON string with its quotes. Octets that are not UTF-8 become U+FFFD.
std::string jsonString(std::string_view text);
// "0.25", "3", "0.000000001": exact, shortest.
std::string secondsText(Duration duration);

}  // namespace mailtrek::exporting

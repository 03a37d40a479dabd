// SPDX-License-Identifier: GPL-3.0-or-later
// One event as one JSON object on one line: id, cause, t, node, mail, type, then the fields of its payload by their own names. Ids are resolved: nodes, links,
// mails and texts by name; connections, packets and messages stay numbers. Times are seconds with all nine decimals that count, enums their names.
// A link end is "link" (its name) and "towards" (the node it leads to). What is absent is null.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/recording.h"

namespace mailtrek::exporting {

// Without a line end.
std::string eventJson(trace::EventId id, const trace::Event& event, const trace::Recording& recording);

// The same as pairs, in the same order; `json` is the value as it stands in JSON ("null", "\"r1\"", "0.25", "true").
struct Field {
    std::string name;
    std::string json;
};
std::vector<Field> eventFields(trace::EventId id, const trace::Event& event, const trace::Recording& recording);

// Every name that eventFields() can give, in a fixed order: the columns of the CSV.
const std::vector<std::string>& allFieldNames();

// A JSON string with its quotes. Octets that are not UTF-8 become U+FFFD.
std::string jsonString(std::string_view text);
// "0.25", "3", "0.000000001": exact, shortest.
std::string jsonSeconds(Duration duration);

}  // namespace mailtrek::exporting

// SPDX-License-Identifier: GPL-3.0-or-later
// Events as lines: JSON lines, a JSON array, CSV per RFC 4180 (CRLF, quotes doubled).
#include <map>

#include "sim/export/event_json.h"
#include "sim/export/formats.h"

namespace mailtrek::exporting {
namespace {

template <class Each>
void forEachEvent(const trace::Recording& recording, const Filter& filter, const Output& out, Each each) {
    for (std::uint64_t n = 0; n < recording.size() && !out.failed(); ++n) {
        const trace::Event& event = recording.event({n});
        if (admits(filter, event)) each(trace::EventId{n}, event);
    }
}

std::string csvCell(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos && !text.starts_with(' ') && !text.ends_with(' ')) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace

void writeJsonLines(const trace::Recording& recording, const Filter& filter, Output& out) {
    forEachEvent(recording, filter, out, [&](trace::EventId id, const trace::Event& event) { out.write(eventJson(id, event, recording) + '\n'); });
}

void writeJson(const trace::Recording& recording, const Filter& filter, Output& out) {
    std::string_view before = "[\n";
    forEachEvent(recording, filter, out, [&](trace::EventId id, const trace::Event& event) {
        out.write(before);
        out.write(eventJson(id, event, recording));
        before = ",\n";
    });
    out.write(before == "[\n" ? "[]\n" : "\n]\n");
}

void writeCsv(const trace::Recording& recording, const Filter& filter, Output& out) {
    std::map<std::string_view, std::size_t> column;
    std::string line;
    for (const std::string_view name : allFieldNames()) {
        column.emplace(name, column.size());
        line += (line.empty() ? "" : ",") + csvCell(name);
    }
    out.write(line + "\r\n");
    std::vector<std::string> cells(column.size());
    forEachEvent(recording, filter, out, [&](trace::EventId id, const trace::Event& event) {
        for (std::string& cell : cells) cell.clear();
        for (const Field& field : eventFields(id, event, recording)) cells[column.at(field.name)] = csvCell(field.value);
        line.clear();
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) line += ',';
            line += cells[i];
        }
        out.write(line + "\r\n");
    });
}

}  // namespace mailtrek::exporting

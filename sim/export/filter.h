// SPDX-License-Identifier: GPL-3.0-or-later
// What a filter lets through.
#pragma once

#include <optional>
#include <variant>

#include "sim/kernel/result.h"
#include "sim/trace/recording.h"

namespace mailtrek::exporting {

struct Everything {};
struct AtNode {  // what a capture on that host would hold: both directions of all its interfaces
    NodeId node;
};
struct AtLink {  // both ends of that link
    LinkId link;
};
using Filter = std::variant<Everything, AtNode, AtLink>;

// The node at the sending end.
NodeId nodeAt(trace::LinkEnd end, const trace::Recording& recording);
// The same link seen from the other side.
trace::LinkEnd otherEnd(trace::LinkEnd end);

// A capture at `end` (that is, on nodeAt(end)'s interface to that link).
bool admits(const Filter& filter, trace::LinkEnd end, const trace::Recording& recording);
// What happened at the node, or on the link.
bool admits(const Filter& filter, const trace::Event& event);
// The reason when the filter names something that the recording does not have.
std::optional<Error> check(const Filter& filter, const trace::Recording& recording);

}  // namespace mailtrek::exporting

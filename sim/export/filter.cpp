// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/export/filter.h"

namespace mailtrek::exporting {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

bool concerns(const trace::Event& event, LinkId link) {
    bool found = false;
    const auto look = [&](std::string_view, const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, LinkId>) found = found || value == link;
        if constexpr (std::is_same_v<Value, trace::LinkEnd>) found = found || (value.valid() && value.link() == link);
    };
    std::visit([&](const auto& payload) { payload.fields(look); }, event.payload);
    return found;
}

}  // namespace

NodeId nodeAt(trace::LinkEnd end, const trace::Recording& recording) {
    const trace::CastLink& link = recording.cast().links[end.link().index()];
    return end.direction() == 0 ? link.first : link.second;
}

trace::LinkEnd otherEnd(trace::LinkEnd end) { return trace::LinkEnd::of(end.link(), 1 - end.direction()); }

bool admits(const Filter& filter, trace::LinkEnd end, const trace::Recording& recording) {
    return std::visit(Overloaded{[](Everything) { return true; }, [&](AtNode at) { return nodeAt(end, recording) == at.node; }, [&](AtLink at) { return end.link() == at.link; }},
                      filter);
}

bool admits(const Filter& filter, const trace::Event& event) {
    return std::visit(Overloaded{[](Everything) { return true; }, [&](AtNode at) { return event.node == at.node; }, [&](AtLink at) { return concerns(event, at.link); }}, filter);
}

std::optional<Error> check(const Filter& filter, const trace::Recording& recording) {
    const bool known = std::visit(Overloaded{[](Everything) { return true; }, [&](AtNode at) { return at.node.index() < recording.cast().nodes.size(); },
                                             [&](AtLink at) { return at.link.index() < recording.cast().links.size(); }},
                                  filter);
    if (known) return std::nullopt;
    return Error{"there is no such node or link in the recording"};
}

}  // namespace mailtrek::exporting

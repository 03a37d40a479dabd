// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "sim/trace/view.h"

namespace mailtrek::trace {
namespace {

// A keyframe costs a pointer for each object of the world, an event on the way to it costs about as much as copying one object:
// the larger the world, the farther apart.
std::uint64_t spacing(const View& view) {
    constexpr std::uint64_t kClosest = 512;
    return std::max(kClosest, std::uint64_t{view.nodes.size() + view.links.size() + view.connections.size() + view.mailboxes.size() + view.mails.size()});
}

}  // namespace

ViewIndex::ViewIndex(const Recording& recording) : m_recording(recording), m_keyframes{initialView(recording)}, m_current(m_keyframes.front()) {}

const View& ViewIndex::at(std::uint64_t cursor) {
    cursor = std::min(cursor, m_recording.size());
    if (m_current.events > cursor || m_keyframes.back().events > m_current.events) {
        const auto next = std::ranges::upper_bound(m_keyframes, cursor, {}, &View::events);
        const View& before = *std::prev(next);
        if (m_current.events > cursor || before.events > m_current.events) m_current = before;
    }
    while (m_current.events < cursor) {
        const EventId id{m_current.events};
        apply(m_current, id, m_recording.event(id), m_recording);
        if (m_current.events >= m_keyframes.back().events + spacing(m_current)) m_keyframes.push_back(m_current);
    }
    return m_current;
}

}  // namespace mailtrek::trace

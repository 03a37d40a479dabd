// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/kernel/simulator.h"

#include <algorithm>
#include <cassert>

namespace mailtrek {

namespace {
constexpr int kComponentShift = 40;  // 16 million components, 10^12 wake-ups each
constexpr std::size_t kArity = 4;
}  // namespace

ComponentId Simulator::add(Component* component) {
    assert(m_components.size() < (std::size_t{1} << (64 - kComponentShift)));
    m_components.push_back({component});
    return {static_cast<std::uint32_t>(m_components.size() - 1)};
}

void Simulator::schedule(Instant at, ComponentId who, std::uint64_t what) {
    assert(at >= m_now);
    Entry& entry = m_components[who.index()];
    const std::uint64_t order = (std::uint64_t{who.value} << kComponentShift) | entry.counter++;
    m_heap.push_back({});
    siftUp(m_heap.size() - 1, {at, order, what});
}

void Simulator::step() {
    const Wake next = m_heap.front();
    const Wake last = m_heap.back();
    m_heap.pop_back();
    if (!m_heap.empty()) siftDown(last);
    m_now = next.at;
    ++m_dispatched;
    m_components[next.order >> kComponentShift].component->onWake(next.what, m_now);
}

bool Simulator::run(Instant until, std::uint64_t budget) {
    for (; nextAt() <= until && !m_heap.empty(); --budget) {
        if (budget == 0) return false;
        step();
    }
    return true;
}

void Simulator::siftUp(std::size_t hole, Wake wake) {
    while (hole > 0) {
        const std::size_t parent = (hole - 1) / kArity;
        if (!wake.before(m_heap[parent])) break;
        m_heap[hole] = m_heap[parent];
        hole = parent;
    }
    m_heap[hole] = wake;
}

void Simulator::siftDown(Wake wake) {
    const std::size_t size = m_heap.size();
    std::size_t hole = 0;
    for (;;) {
        const std::size_t first = hole * kArity + 1;
        if (first >= size) break;
        std::size_t least = first;
        for (std::size_t child = first + 1; child < std::min(first + kArity, size); ++child)
            if (m_heap[child].before(m_heap[least])) least = child;
        if (!m_heap[least].before(wake)) break;
        m_heap[hole] = m_heap[least];
        hole = least;
    }
    m_heap[hole] = wake;
}

}  // namespace mailtrek

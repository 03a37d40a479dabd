// SPDX-License-Identifier: GPL-3.0-or-later
// What the fuzzers do, for about a second each and the same in every run: sound inputs, changed here and there, cut and joined. MAILTREK_SWEEP=N does N rounds.
#include <gtest/gtest.h>

#include "sim/kernel/dice.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/run/random_scenario.h"

namespace mailtrek::fuzz {
namespace {

class Mutator {
public:
    Mutator(const Target& target, std::uint64_t seed) : m_target(target), m_seed(seed) {}

    std::string next() {
        std::string text = any(m_target.corpus);
        for (std::uint64_t changes = 1 + pick(8); changes > 0; --changes) change(text);
        if (text.size() > kMost) text.resize(kMost);
        return text;
    }

private:
    static constexpr std::size_t kMost = 20'000;
    std::uint64_t pick(std::uint64_t bound) { return below(draw(m_seed, Purpose::corruptedBit, ++m_drawn), bound); }
    const std::string& any(const std::vector<std::string>& list) { return list[pick(list.size())]; }

    void change(std::string& text) {
        const std::uint64_t how = pick(7);
        const std::size_t place = pick(text.size() + 1);
        const std::size_t length = std::min<std::size_t>(1 + pick(pick(4) == 0 ? 200 : 8), text.size() - place);
        switch (how) {
            case 0:
                if (place < text.size()) text[place] = static_cast<char>(text[place] ^ (1 << pick(8)));
                break;
            case 1:
                if (place < text.size()) text[place] = static_cast<char>(pick(256));
                break;
            case 2: text.erase(place, length); break;
            case 3: text.insert(place, text.substr(place, length)); break;
            case 4: text.insert(place, any(m_target.words)); break;
            case 5: text.replace(place, length, any(m_target.words)); break;
            default: {
                const std::string& other = any(m_target.corpus);
                text = text.substr(0, place) + other.substr(pick(other.size() + 1));
            }
        }
    }

    const Target& m_target;
    std::uint64_t m_seed, m_drawn = 0;
};

class ShortRun : public testing::TestWithParam<const Target*> {};

TEST_P(ShortRun, KeepsEveryPromise) {
    const Target& target = *GetParam();
    for (const std::string& sound : target.corpus) target.take(sound);
    target.take("");
    Mutator mutator(target, 20261126);
    for (std::uint64_t round = test::sweep(target.rounds); round > 0; --round) target.take(mutator.next());
}

INSTANTIATE_TEST_SUITE_P(Readers, ShortRun, testing::ValuesIn(allTargets()), [](const auto& row) { return std::string(row.param->name); });

}  // namespace
}  // namespace mailtrek::fuzz

// SPDX-License-Identifier: GPL-3.0-or-later
// A small world of mail providers from a seed, as the text of a file: each with servers, people and name servers of its own, backups, smarthosts, aliases that lead on and on,
// lists, catch-alls, policies and quotas; and a timeline on which servers of mail and of names crash and fail. Beside random_scenario.h, which is about packets, this is about
// mail.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "sim/kernel/dice.h"
#include "sim/scenario/scenario.h"

namespace mailtrek::test {

class RandomProviders {
public:
    explicit RandomProviders(std::uint64_t seed) : m_seed(seed) {}
    std::string text();

private:
    // Every draw is a statement of its own: the order of arguments is the compiler's business.
    std::uint64_t pick(std::uint64_t bound) { return below(draw(m_seed, Purpose::messageId, 20'261'126u, m_drawn++), bound); }
    bool chance(std::uint64_t percent) { return pick(100) < percent; }
    std::string oneOf(std::initializer_list<const char*> choices) { return choices.begin()[pick(choices.size())]; }
    const std::string& oneOf(const std::vector<std::string>& choices) { return choices[pick(choices.size())]; }
    std::uint64_t other(std::uint64_t provider);  // another one, if there is
    std::string address(const std::string& local, std::uint64_t provider) const;
    std::string someone(std::initializer_list<const char*> locals, std::uint64_t provider);

    // --- nodes ---
    std::string nodes();
    std::string provider(std::uint64_t p);
    std::string forwards(std::uint64_t p);
    std::string policy(std::uint64_t p);
    std::string certificate();
    std::string names();
    std::string zone(std::uint64_t p);

    // --- links ---
    std::string links();
    std::string link(const std::string& a, const std::string& b);
    std::string impairments();

    // --- timeline ---
    std::string recipient();
    std::string letter(std::uint64_t i);
    std::string meanwhile();
    std::string pair(const std::string& first, const std::string& second, const std::string& whom);
    std::string reading();

    enum class Names { one, delegated, delegatedWithoutResolver, undrawn };

    std::uint64_t m_seed, m_drawn = 0;
    std::uint64_t m_providers = 1;
    Names m_names = Names::one;
    std::vector<std::uint64_t> m_smarthost;  // by provider; itself: none
    std::vector<std::uint64_t> m_backup;     // whom it stands in for; itself: nobody
    std::vector<std::string> m_routers, m_nameServers, m_links;
};

}  // namespace mailtrek::test

namespace mailtrek::run::test {

scenario::Scenario randomProviders(std::uint64_t seed);

}  // namespace mailtrek::run::test

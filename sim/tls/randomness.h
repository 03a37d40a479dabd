// SPDX-License-Identifier: GPL-3.0-or-later
// OpenSSL's random numbers come from dice of ours while a session works, so that every run gives the same octets. The state belongs to the session and is known to the
// thread that works on it: simulations on several threads do not disturb each other. Outside of a session OpenSSL's own generator answers.
#pragma once

#include <cstdint>
#include <span>

namespace mailtrek::tls {

class SessionDice {
public:
    explicit SessionDice(std::uint64_t seed) : m_seed(seed) {}
    void fill(std::span<unsigned char> octets);

private:
    std::uint64_t m_seed;
    std::uint64_t m_drawn = 0;
};

// While it lives, this thread's random numbers are those of `dice`.
class DiceScope {
public:
    explicit DiceScope(SessionDice& dice);
    ~DiceScope();
    DiceScope(const DiceScope&) = delete;
    DiceScope& operator=(const DiceScope&) = delete;

private:
    SessionDice* m_before;
};

}  // namespace mailtrek::tls

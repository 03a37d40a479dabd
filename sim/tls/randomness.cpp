// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/tls/randomness.h"

#define OPENSSL_SUPPRESS_DEPRECATED  // RAND_METHOD: OpenSSL 3 would have a provider, and asks this first all the same
#include <openssl/rand.h>

#include <utility>

#include "sim/kernel/dice.h"

namespace mailtrek::tls {
namespace {

thread_local SessionDice* t_dice = nullptr;

int giveBytes(unsigned char* out, int size) {
    if (t_dice == nullptr) return RAND_OpenSSL()->bytes(out, size);
    t_dice->fill({out, static_cast<std::size_t>(size)});
    return 1;
}
int ready() { return 1; }
int seed(const void*, int) { return 1; }
int add(const void*, int, double) { return 1; }

const RAND_METHOD kMethod{seed, giveBytes, nullptr, add, giveBytes, ready};

}  // namespace

void SessionDice::fill(std::span<unsigned char> octets) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (i % 8 == 0) word = combine(m_seed, ++m_drawn);
        octets[i] = static_cast<unsigned char>(word >> (i % 8 * 8));
    }
}

DiceScope::DiceScope(SessionDice& dice) : m_before(std::exchange(t_dice, &dice)) {
    static const bool installed = RAND_set_rand_method(&kMethod) == 1;
    static_cast<void>(installed);
}

DiceScope::~DiceScope() { t_dice = m_before; }

}  // namespace mailtrek::tls

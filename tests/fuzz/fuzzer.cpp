// SPDX-License-Identifier: GPL-3.0-or-later
// Entry points of libFuzzer for one target. With MAILTREK_FUZZ_SEEDS=FOLDER the sound inputs are written there before it begins.
#include <cstdint>
#include <fstream>

#include "tests/fuzz/fuzz_target.h"

namespace {
const mailtrek::fuzz::Target& target() { return mailtrek::fuzz::MAILTREK_FUZZ_TARGET(); }
}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    if (const char* folder = std::getenv("MAILTREK_FUZZ_SEEDS"))
        for (std::size_t i = 0; i < target().corpus.size(); ++i) std::ofstream(std::string(folder) + "/sound-" + std::to_string(i), std::ios::binary) << target().corpus[i];
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    target().take({reinterpret_cast<const char*>(octets), size});
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Something that reads octets from anywhere, and what must hold whatever they are. One file per reader: target_*.cpp.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace mailtrek::fuzz {

struct Target {
    const char* name;
    void (*take)(std::string_view octets);  // aborts when a promise is broken
    std::vector<std::string> corpus;        // sound inputs to begin with
    std::vector<std::string> words;         // pieces worth putting in
    unsigned rounds;                        // of the short run: about a second
};

const Target& scenarioTarget();
const Target& wireTarget();
const Target& routingTarget();
const Target& dnsTarget();
const Target& smtpTarget();
const Target& smtpClientTarget();
const Target& imapTarget();
const Target& imapClientTarget();
const Target& pop3Target();
const Target& mimeTarget();
const Target& tlsTarget();
const Target& webTarget();
const Target& addressTarget();
inline std::vector<const Target*> allTargets() {
    return {&scenarioTarget(),   &wireTarget(), &routingTarget(), &dnsTarget(), &smtpTarget(), &smtpClientTarget(), &imapTarget(),
            &imapClientTarget(), &pop3Target(), &mimeTarget(),    &tlsTarget(), &webTarget(),  &addressTarget()};
}

// Holds in every build, so that a fuzzer built without assertions sees it too.
inline void must(bool kept, const char* promise) {
    if (kept) return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

// A session hears the same however the stream was cut: the first octet says how, and the rest is the stream. `hear` takes a piece.
template <class Hear>
void inPieces(std::string_view octets, Hear&& hear) {
    if (octets.empty()) return;
    const std::size_t piece = static_cast<unsigned char>(octets.front()) % 64 + 1u;
    for (std::string_view rest = octets.substr(1); !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) hear(rest.substr(0, piece));
}

}  // namespace mailtrek::fuzz

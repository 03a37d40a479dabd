// SPDX-License-Identifier: GPL-3.0-or-later
// The smallest network with two providers: ana-pc -- norte -- r1 -- sur -- luis-pc.
#pragma once

#include <string>

namespace mailtrek::test {

// `head`: more keys of the file; `send`: more keys of the one letter, id "carta", from Ana to Luis; `timeline`: more entries.
inline std::string smallScenario(const std::string& head = {}, const std::string& send = "text: Hola", const std::string& timeline = {}) {
    return "mailtrek: 1\n" + head +
           "nodes:\n"
           "  ana-pc:  { kind: pc, user: ana@norte.example }\n"
           "  norte:   { kind: mail-server, domains: [norte.example], mailboxes: { ana: {} } }\n"
           "  r1:      { kind: router }\n"
           "  sur:     { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }\n"
           "  luis-pc: { kind: pc, user: luis@sur.example }\n"
           "links:\n"
           "  - { between: [ana-pc, norte] }\n"
           "  - { between: [norte, r1] }\n"
           "  - { name: backbone, between: [r1, sur], delay: 10 ms }\n"
           "  - { between: [sur, luis-pc] }\n"
           "timeline:\n"
           "  - { at: 0 s, send: { id: carta, from: ana@norte.example, to: [luis@sur.example], subject: Hola, " +
           send + " } }\n" + timeline;
}

}  // namespace mailtrek::test

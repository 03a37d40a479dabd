// SPDX-License-Identifier: GPL-3.0-or-later
// The two mail servers of host_kit.h with zones written by hand, and a third one that means no good.
#pragma once

#include <string>

#include "tests/host/host_kit.h"

namespace mailtrek::host {

// Malo, a mail server of a spammer, with a PC to write from; the line names its further keys.
inline std::string malo(const std::string& keys) {
    return "  malo: { kind: mail-server, domains: [malo.example], mailboxes: { mal: {} }" + keys + " }\n  mal-pc: { kind: pc, user: mal@malo.example }\n";
}
inline const std::string kMaloLinks = "  - { between: [mal-pc, malo] }\n  - { between: [malo, r] }\n";

// The file of `network()`, with the zones in its own name server.
inline scenario::Scenario withZones(const Plan& plan, const std::string& zoneLines) {
    return run::test::scenarioOf(fmt::format(
        "mailtrek: 1\ntitle: Host\ndefaults: {{ mail: {{ {} }} }}\nnodes:\n  ana-pc: {{ kind: pc, user: ana@norte.example }}\n"
        "  norte: {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}} }}{} }}\n  sur: {{ kind: mail-server, domains: [sur.example], mailboxes: {{ {} }}{} }}\n"
        "  r: {{ kind: router }}\n  dns: {{ kind: dns-server, zones: {{ {} }} }}\n{}links:\n  - {{ between: [ana-pc, norte] }}\n  - {{ between: [norte, r] }}\n  - {{ between: "
        "[dns, r] }}\n"
        "  - {{ name: backbone, between: [r, sur]{} }}\n{}timeline:\n{}",
        plan.mail, plan.norte, plan.surBoxes, plan.sur, zoneLines, plan.more, plan.backbone, plan.links, plan.timeline));
}
struct ZoneStory : Story {
    ZoneStory(const Plan& plan, const std::string& zoneLines) : Story(run::simulate(withZones(plan, zoneLines))) {}
};

}  // namespace mailtrek::host

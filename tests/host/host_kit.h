// SPDX-License-Identifier: GPL-3.0-or-later
// Two mail servers with their people on simulated lines, and what can be asked of such a run.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/outcome.h"
#include "sim/run/simulation.h"
#include "tests/run/random_run.h"

namespace mailtrek::host {

using namespace std::chrono_literals;
using run::Status;
using run::test::eventsOf;

struct Plan {
    std::string mail = "retry: [30 min]";
    std::string norte{};  // further keys of the servers: ", policy: {...}"
    std::string sur{};
    std::string surBoxes = "luis: {}";
    std::string access{}, backbone{};  // further keys of the links: ", delay: 1 s"
    std::string more{};                // further nodes, a line each
    std::string links{};               // further links, a line each
    std::string timeline{};
};

// ana-pc -- norte -- r -- sur -- luis-pc; the way between the servers is called backbone.
inline scenario::Scenario network(const Plan& plan) {
    return run::test::scenarioOf(fmt::format(
        "mailtrek: 1\ntitle: Host\ndefaults: {{ mail: {{ {} }} }}\nnodes:\n  ana-pc: {{ kind: pc, user: ana@norte.example }}\n  luis-pc: {{ kind: pc, user: luis@sur.example }}\n"
        "  norte: {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}}, eva: {{ quota: 5 kB }} }}{} }}\n"
        "  sur: {{ kind: mail-server, domains: [sur.example], mailboxes: {{ {} }}{} }}\n  r: {{ kind: router }}\n  dns: {{ kind: dns-server }}\n{}"
        "links:\n  - {{ name: access, between: [ana-pc, norte]{} }}\n  - {{ between: [norte, r] }}\n  - {{ between: [dns, r] }}\n  - {{ name: backbone, between: [r, sur]{} }}\n"
        "  - {{ between: [sur, luis-pc] }}\n{}timeline:\n{}",
        plan.mail, plan.norte, plan.surBoxes, plan.sur, plan.more, plan.access, plan.backbone, plan.links, plan.timeline));
}

inline std::string sendAt(std::string_view at, std::string_view id, std::string_view to, std::string_view more = "") {
    return fmt::format("  - {{ at: {}, send: {{ id: {}, from: ana@norte.example, to: [{}]{} }} }}\n", at, id, to, more);
}

struct Story {
    explicit Story(const Plan& plan) : recording(run::simulate(network(plan))) {}
    explicit Story(trace::Recording r) : recording(std::move(r)) {}

    run::RecipientOutcome outcome(std::size_t place = 0) const { return run::mailOutcomes(recording).at(place); }
    Instant timeOf(trace::EventId id) const { return recording.event(id).at; }
    template <class E>
    std::vector<Duration> times() const {
        std::vector<Duration> all;
        for (const auto& [id, e] : eventsOf<E>(recording)) all.push_back(timeOf(id) - kStart);
        return all;
    }
    NodeId node(std::string_view name) const {
        for (std::uint32_t i = 0; i < recording.cast().nodes.size(); ++i)
            if (recording.cast().nodes[i].name == name) return NodeId{i};
        return {};
    }
    // When `client` asked for connections to this port of `server`, in milliseconds.
    std::vector<Duration> connects(std::string_view client, std::string_view server, std::uint16_t port) const {
        std::vector<Duration> all;
        for (const auto& [id, e] : eventsOf<trace::ConnectionOpened>(recording))
            if (e.client == node(client) && e.server == node(server) && e.serverPort == port) all.push_back(std::chrono::floor<std::chrono::minutes>(timeOf(id) - kStart));
        return all;
    }
    // "C: EHLO ..." and "S: 250 ...", of all connections to this port.
    std::vector<std::string> dialogue(trace::DialogueProtocol protocol) const {
        std::vector<std::string> lines;
        for (std::uint64_t i = 0; i < recording.size(); ++i) {
            const trace::Payload& payload = recording.event({i}).payload;
            if (const auto* e = std::get_if<trace::SmtpCommand>(&payload); e && e->protocol == protocol) lines.push_back("C: " + std::string(recording.text(e->line)));
            if (const auto* e = std::get_if<trace::SmtpContent>(&payload); e && e->protocol == protocol) lines.push_back("C: (content)");
            if (const auto* e = std::get_if<trace::SmtpReply>(&payload); e && e->protocol == protocol) lines.push_back("S: " + std::string(recording.text(e->line)));
            if (const auto* e = std::get_if<trace::AccessCommand>(&payload); e && e->protocol == protocol) lines.push_back("C: " + std::string(recording.text(e->line)));
            if (const auto* e = std::get_if<trace::AccessReply>(&payload); e && e->protocol == protocol) lines.push_back("S: " + std::string(recording.text(e->line)));
        }
        return lines;
    }
    // Letters in this mailbox, as stored, in order.
    std::vector<std::string> letters(std::string_view mailbox) const {
        std::vector<std::string> all;
        for (const auto& [id, e] : eventsOf<trace::MailStored>(recording))
            if (recording.text(e.mailbox) == mailbox) all.emplace_back(recording.store().message(e.message).text());
        return all;
    }

    trace::Recording recording;
};

}  // namespace mailtrek::host

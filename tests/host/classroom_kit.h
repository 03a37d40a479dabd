// SPDX-License-Identifier: GPL-3.0-or-later
// Lessons as a teacher would write them, on the base topology of the classroom: ana-pc - norte - R1 - R2 - R5 - sur - luis-pc, a spare path R1 - R3 - R4 - R5, a name server at R1.
// The reader reads them, and what they expect is compared by the code behind `mailtrek-cli check`.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "sim/run/expect.h"
#include "sim/run/metrics.h"
#include "tests/host/host_kit.h"

namespace mailtrek::host {

inline const std::string kRoadNodes = R"(  R1:      { kind: router }
  R2:      { kind: router }
  R3:      { kind: router }
  R4:      { kind: router }
  R5:      { kind: router }
)";
inline const std::string kRoadLinks = R"(  - { between: [ana-pc, norte] }
  - { between: [norte, R1] }
  - { between: [R1, R2], delay: 10 ms }
  - { between: [R2, R5], delay: 10 ms }
  - { between: [R1, R3], delay: 10 ms }
  - { between: [R3, R4], delay: 10 ms }
  - { between: [R4, R5], delay: 10 ms }
  - { between: [R1, dns] }
  - { between: [R5, sur] }
  - { between: [sur, luis-pc] }
)";

class Lesson {
public:
    // `nodes`: ana-pc, norte, sur, luis-pc, dns and whoever else; `links`: theirs beyond the base topology; `rest`: timeline, variants, expect.
    Lesson(std::string_view nodes, std::string_view links, std::string_view rest)
        : m_text(fmt::format("mailtrek: 1\ntitle: {{ en: A lesson, es: Una lección }}\nseed: 7\nnodes:\n{}{}links:\n{}{}{}", kRoadNodes, nodes, kRoadLinks, links, rest)) {}

    // The file itself, or one of its variants: everything that it expects has come about.
    Story run(const std::string& variant = "") const {
        SCOPED_TRACE(variant);
        scenario::Overrides overrides;
        if (!variant.empty()) overrides.variant = variant;
        const scenario::Scenario scenario = run::test::valueOf(scenario::readText(m_text, "lesson.yaml", ".", overrides));
        EXPECT_FALSE(scenario.expect.mails.empty() && scenario.expect.metrics.empty()) << "a lesson that expects nothing shows nothing";
        Story story(run::simulate(scenario));
        for (const run::Shortfall& one : run::check(scenario.expect, story.recording)) ADD_FAILURE() << one.what << ": expected " << one.expected << ", found " << one.found;
        return story;
    }

private:
    std::string m_text;
};

// When this server began an attempt to hand something on, in whole minutes.
inline std::vector<Duration> attemptTimes(const Story& story, std::string_view server) {
    std::vector<Duration> all;
    for (const auto& [id, e] : eventsOf<trace::AttemptStarted>(story.recording))
        if (story.recording.event(id).node == story.node(server)) all.push_back(std::chrono::floor<std::chrono::minutes>(story.timeOf(id) - kStart));
    return all;
}

}  // namespace mailtrek::host

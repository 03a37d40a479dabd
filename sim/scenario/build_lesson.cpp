// SPDX-License-Identifier: GPL-3.0-or-later
// `lesson:`: what is asked, when, and what proves the answer.
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/builder.h"
#include "sim/trace/payload.h"

namespace mailtrek::scenario {
namespace {

const std::vector<std::string> kMilestones{"composed", "handed-over", "mx-found", "connected", "under-way", "relayed", "stored", "read"};

template <class... Kinds>
std::vector<std::string> typesOf(const std::variant<Kinds...>*) {
    return {std::string(Kinds::kType)...};
}

const std::vector<std::string>& eventKinds() {
    static const std::vector<std::string> kinds = typesOf(static_cast<const trace::Payload*>(nullptr));
    return kinds;
}

}  // namespace

void Builder::readLesson(const Node_& value) {
    Map map(m_reader, value, "lesson");
    map.with("goal", [&](const Node_& v) { m_scenario.lesson.goal = m_reader.localized(v, "goal"); });
    map.with("questions", [&](const Node_& v) { m_reader.list(v, "questions", [&](const Node_& item) { readQuestion(item); }); });
}

void Builder::readQuestion(const Node_& value) {
    Map map(m_reader, value, "a question");
    if (!map.valid()) return;
    Question question;
    if (const auto ask = map.require("ask")) question.ask = m_reader.localized(*ask, "ask");
    map.with("why", [&](const Node_& v) { question.why = m_reader.localized(v, "why"); });
    if (const auto before = map.require("before")) readBefore(*before, question.before);
    if (const auto choices = map.require("choices")) {
        m_reader.list(*choices, "choices", [&](const Node_& c) { question.choices.push_back(m_reader.localized(c, "a choice")); });
        if (choices->IsSequence() && question.choices.size() < 2) m_reader.error(*choices, "choices needs at least two");
    }
    if (const auto answer = map.require("answer")) readAnswer(*answer, question);
    m_scenario.lesson.questions.push_back(std::move(question));
}

void Builder::readBefore(const Node_& value, AskBefore& before) {
    Map map(m_reader, value, "before");
    map.with("event", [&](const Node_& v) { before.event = eventKinds()[m_reader.choice(v, "event", eventKinds())]; });
    map.with("nth", [&](const Node_& v) {
        before.nth = static_cast<std::uint32_t>(m_reader.whole(v, "nth", 1, 1'000'000));
        if (!map.has("event")) m_reader.error(v, "nth counts events; it needs 'event:'");
    });
    map.with("at", [&](const Node_& v) { before.at = m_reader.duration(v, "at"); });
    map.with("mail", [&](const Node_& v) {
        before.mail = m_reader.text(v, "mail");
        m_mailNames.emplace_back(before.mail, v);
    });
    map.with("milestone", [&](const Node_& v) { before.milestone = kMilestones[m_reader.choice(v, "milestone", kMilestones)]; });
    if (!map.valid()) return;
    const bool event = map.has("event"), at = map.has("at"), mail = map.has("mail"), milestone = map.has("milestone");
    if (mail != milestone || event + at + mail != 1) m_reader.error(value, "before is { event: ..., nth: ... }, { at: ... } or { mail: ..., milestone: ... }");
}

void Builder::readAnswer(const Node_& value, Question& question) {
    Map map(m_reader, value, "answer");
    const std::size_t choices = std::max<std::size_t>(question.choices.size(), 1);
    if (const auto choice = map.require("choice")) question.rightChoice = static_cast<std::uint32_t>(m_reader.whole(*choice, "choice", 1, choices));
    map.with("metric", [&](const Node_& v) {
        question.metric = m_reader.text(v, "metric");
        if (v.IsScalar()) checkMetricName(v, question.metric);
    });
    map.with("is", [&](const Node_& v) { question.is = m_reader.comparison(v, "is"); });
    if (map.has("metric") != map.has("is")) m_reader.error(value, "an answer is proved by 'metric:' and 'is:' together");
}

}  // namespace mailtrek::scenario

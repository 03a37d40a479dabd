// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/story/telling.h"
#include "ui/story/words.h"

namespace mailtrek::ui {
namespace {

QString nodeName(const trace::Recording& recording, NodeId node) {
    if (!node.valid() || node.index() >= recording.cast().nodes.size()) return {};
    return nodeText(recording.cast().nodes[node.index()], spanishNow());
}

}  // namespace

QString sentenceOf(const trace::Recording& recording, trace::EventId id, Level) {
    const trace::Event& event = recording.event(id);
    Traffic none(recording);
    QString text = calloutOf(recording, none, id);
    if (text.isEmpty()) text = std::visit([](const auto& e) { return QString::fromUtf8(e.kType.data(), static_cast<qsizetype>(e.kType.size())); }, event.payload);
    const QString who = nodeName(recording, event.node);
    return who.isEmpty() ? text : who + QStringLiteral(": ") + text;
}

std::vector<Reason> whyOf(const trace::Recording& recording, trace::EventId id, Level level) {
    std::vector<Reason> chain;
    for (const trace::EventId cause : recording.causesOf(id)) chain.push_back({cause, sentenceOf(recording, cause, level)});
    return chain;
}

}  // namespace mailtrek::ui

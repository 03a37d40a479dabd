// SPDX-License-Identifier: GPL-3.0-or-later
// The schema knows the same words as the reader: keys of every mapping, choices, metrics, kinds of events, and what is not supported yet. The reader is asked: it answers
// an unknown word with the list of those that it knows.
#include <set>

#include "sim/scenario/metric_names.h"
#include "tests/scenario/schema_kit.h"

namespace mailtrek::scenario {
namespace {

using Words = std::set<std::string>;
using nlohmann::json;

const std::string kWord = "zzzzzzzzzzzz";  // near to none

struct Question {
    std::string place;  // in the schema
    Pieces pieces;      // with the unknown word in it
};

// "(it may hold a, b)" of a key, "is none of a, b" of a choice.
Words wordsKnown(const Pieces& pieces, const std::string& asked, const std::string& opening, const std::string& closing) {
    const Loaded loaded = load(fileWith(pieces));
    for (const Diagnostic& d : loaded.diagnostics) {
        const std::size_t found = d.message.find(asked), begin = d.message.find(opening);
        if (found == std::string::npos || begin == std::string::npos) continue;
        std::string rest = d.message.substr(begin + opening.size());
        if (!closing.empty()) rest = rest.substr(0, rest.find(closing));
        Words words;
        for (std::size_t at = 0; at <= rest.size();) {
            const std::size_t comma = std::min(rest.find(", ", at), rest.size());
            words.insert(rest.substr(at, comma - at));
            at = comma + 2;
        }
        return words;
    }
    ADD_FAILURE() << "the reader does not say what it knows here:\n" << allOf(loaded);
    return {};
}

Words keysOf(const json& object) {
    Words keys;
    for (const auto& [key, value] : object.items()) keys.insert(key);
    return keys;
}

Question nodeKeys(const std::string& place, const std::string& kind, const std::string& inner = "zzzzzzzzzzzz: 1") {
    return {place, {.nodes = fmt::format("  x: {{ kind: {}, {} }}\n", kind, inner)}};
}
Question linkKeys(const std::string& place, const std::string& inner) { return {place, {.links = fmt::format("  - {{ name: x, between: [r1, sur], {} }}\n", inner)}}; }
Question entryKeys(const std::string& place, const std::string& inner) { return {place, {.timeline = fmt::format("  - {{ at: 1 s, {} }}\n", inner)}}; }
Question lessonKeys(const std::string& place, const std::string& inner) { return {place, {.rest = "lesson: " + inner + "\n"}}; }

const std::vector<Question>& mappings() {
    static const std::vector<Question> all{
        {"", {.rest = "zzzzzzzzzzzz: 1\n"}},
        {"/definitions/localized/anyOf/1", {.rest = "title: { zzzzzzzzzzzz: 1 }\n"}},
        {"/definitions/defaults", {.top = "defaults: { zzzzzzzzzzzz: 1 }\n"}},
        {"/definitions/default-link", {.top = "defaults: { link: { zzzzzzzzzzzz: 1 } }\n"}},
        {"/definitions/tcp", {.top = "defaults: { tcp: { zzzzzzzzzzzz: 1 } }\n"}},
        {"/definitions/mail-settings", {.top = "defaults: { mail: { zzzzzzzzzzzz: 1 } }\n"}},
        nodeKeys("/definitions/device", "pc"),
        nodeKeys("/definitions/printer", "printer"),
        nodeKeys("/definitions/mail-server", "mail-server"),
        nodeKeys("/definitions/dns-server", "dns-server"),
        nodeKeys("/definitions/router", "router"),
        nodeKeys("/definitions/switch", "switch"),
        nodeKeys("/definitions/policy", "mail-server", "policy: { zzzzzzzzzzzz: 1 }"),
        nodeKeys("/definitions/mailbox/anyOf/0", "mail-server", "domains: [x.example], mailboxes: { a: { zzzzzzzzzzzz: 1 } }"),
        nodeKeys("/definitions/record", "dns-server", "zones: { x.example: [ { zzzzzzzzzzzz: 1 } ] }"),
        nodeKeys("/definitions/routes/items", "router", "routes: [ { zzzzzzzzzzzz: 1 } ]"),
        nodeKeys("/definitions/router/properties/corrupt", "router", "corrupt: { zzzzzzzzzzzz: 1 }"),
        nodeKeys("/definitions/mail-server/properties/tls", "mail-server", "tls: { zzzzzzzzzzzz: 1 }"),
        nodeKeys("/definitions/router/properties/rip", "router", "routing: distance-vector, rip: { zzzzzzzzzzzz: 1 }"),
        linkKeys("/definitions/link", "zzzzzzzzzzzz: 1"),
        linkKeys("/definitions/link-settings", "forward: { zzzzzzzzzzzz: 1 }"),
        linkKeys("/definitions/bursty-loss", "loss: { zzzzzzzzzzzz: 1 }"),
        linkKeys("/definitions/jitter", "jitter: { zzzzzzzzzzzz: 1 }"),
        linkKeys("/definitions/reorder", "reorder: { zzzzzzzzzzzz: 1 }"),
        linkKeys("/definitions/queue/anyOf/2", "queue: { zzzzzzzzzzzz: 1 }"),
        linkKeys("/definitions/queue/anyOf/3", "queue: { model: red, zzzzzzzzzzzz: 1 }"),
        linkKeys("/definitions/queue/anyOf/4", "queue: { model: codel, zzzzzzzzzzzz: 1 }"),
        linkKeys("/definitions/rule", "rules: [ { zzzzzzzzzzzz: 1 } ]"),
        linkKeys("/definitions/rule-target", "rules: [ { lose: { zzzzzzzzzzzz: 1 } } ]"),
        entryKeys("/definitions/entry", "zzzzzzzzzzzz: 1"),
        entryKeys("/definitions/send", "send: { zzzzzzzzzzzz: 1 }"),
        entryKeys("/definitions/attachment", "send: { from: ana@norte.example, to: [luis@sur.example], attach: [ { zzzzzzzzzzzz: 1 } ] }"),
        entryKeys("/definitions/send/properties/repeat", "send: { from: ana@norte.example, to: [luis@sur.example], repeat: { zzzzzzzzzzzz: 1 } }"),
        entryKeys("/definitions/set-link", "set: { link: backbone, zzzzzzzzzzzz: 1 }"),
        entryKeys("/definitions/set-node", "set: { node: sur, zzzzzzzzzzzz: 1 }"),
        entryKeys("/definitions/lose", "lose: { zzzzzzzzzzzz: 1 }"),
        entryKeys("/definitions/person", "read: { zzzzzzzzzzzz: 1 }"),
        entryKeys("/definitions/fail", "fail: { zzzzzzzzzzzz: 1 }"),
        entryKeys("/definitions/ping", "ping: { zzzzzzzzzzzz: 1 }"),
        entryKeys("/definitions/traceroute", "traceroute: { zzzzzzzzzzzz: 1 }"),
        entryKeys("/definitions/outside", "outside: { zzzzzzzzzzzz: 1 }"),
        {"/definitions/expect", {.rest = "expect: { zzzzzzzzzzzz: 1 }\n"}},
        {"/definitions/expected-mail", {.rest = "expect: { mails: { carta: { zzzzzzzzzzzz: 1 } } }\n"}},
        {"/definitions/variant", {.rest = "variants: { x: { zzzzzzzzzzzz: 1 } }\n"}},
        lessonKeys("/definitions/lesson", "{ zzzzzzzzzzzz: 1 }"),
        lessonKeys("/definitions/question", "{ questions: [ { zzzzzzzzzzzz: 1 } ] }"),
        lessonKeys("/definitions/before", "{ questions: [ { before: { zzzzzzzzzzzz: 1 } } ] }"),
        lessonKeys("/definitions/answer", "{ questions: [ { answer: { zzzzzzzzzzzz: 1 } } ] }"),
    };
    return all;
}

TEST(SchemaWords, EveryMappingHoldsTheKeysThatTheReaderTakes) {
    for (const Question& question : mappings()) {
        Words taken = wordsKnown(question.pieces, "unknown key '" + kWord + "'", "(it may hold ", ")");
        if (question.place == "/definitions/set-link") taken.erase("node");  // the reader names both, and refuses them together
        if (question.place == "/definitions/set-node") taken.erase("link");
        EXPECT_EQ(keysOf(schemaAt(question.place).at("properties")), taken) << question.place;
    }
}

void closedMappings(const json& part, const std::string& place, Words& found) {
    if (part.is_object() && part.contains("properties") && part.value("additionalProperties", json(true)) == json(false) && !part.contains("patternProperties"))
        found.insert(place);
    if (part.is_structured())
        for (const auto& [key, value] : part.items()) closedMappings(value, place + "/" + key, found);
}

TEST(SchemaWords, TheReaderWasAskedAboutEveryMappingOfTheSchema) {
    Words asked, described;
    for (const Question& question : mappings()) asked.insert(question.place);
    closedMappings(schema(), "", described);
    EXPECT_EQ(asked, described);
}

TEST(SchemaWords, TheMetricsAreTheReaders) {
    const auto& names = metricNames();
    EXPECT_EQ(keysOf(schemaAt("/definitions/metric-values/properties")), Words(names.begin(), names.end()));
    Words named;
    for (const json& name : schemaAt("/definitions/metric-name/anyOf/0/enum")) named.insert(name);
    EXPECT_EQ(named, Words(names.begin(), names.end()));
}

const std::vector<Question>& choices() {
    static const std::vector<Question> all{
        {"/definitions/tcp/properties/congestion", {.top = "defaults: { tcp: { congestion: zzzzzzzzzzzz } }\n"}},
        {"/definitions/tcp/properties/loss-detection", {.top = "defaults: { tcp: { loss-detection: zzzzzzzzzzzz } }\n"}},
        {"/definitions/node-kind", {.nodes = "  x: { kind: zzzzzzzzzzzz }\n"}},
        nodeKeys("/definitions/device-reads-with", "pc", "reads-with: zzzzzzzzzzzz"),
        nodeKeys("/definitions/device-tls", "pc", "tls: zzzzzzzzzzzz"),
        nodeKeys("/definitions/policy/properties/spf", "mail-server", "policy: { spf: zzzzzzzzzzzz }"),
        nodeKeys("/definitions/policy/properties/starttls", "mail-server", "policy: { starttls: zzzzzzzzzzzz }"),
        nodeKeys("/definitions/policy/properties/relay", "mail-server", "policy: { relay: zzzzzzzzzzzz }"),
        nodeKeys("/definitions/router/properties/routing", "router", "routing: zzzzzzzzzzzz"),
        nodeKeys("/definitions/router/properties/rip/properties/split-horizon", "router", "routing: distance-vector, rip: { split-horizon: zzzzzzzzzzzz }"),
        nodeKeys("/definitions/node-icmp", "router", "icmp: zzzzzzzzzzzz"),
        nodeKeys("/definitions/dns-server/properties/role", "dns-server", "role: zzzzzzzzzzzz"),
        nodeKeys("/definitions/record/properties/type", "dns-server", "zones: { x.example: [ { type: zzzzzzzzzzzz } ] }"),
        linkKeys("/definitions/bursty-loss/properties/model", "loss: { model: zzzzzzzzzzzz }"),
        linkKeys("/definitions/queue/anyOf/2/properties/model", "queue: { size: 1 packet, model: zzzzzzzzzzzz }"),
        entryKeys("/definitions/fail/properties/with", "fail: { dns: dns, for: 1 s, with: zzzzzzzzzzzz }"),
        {"/definitions/expected-mail/properties/status", {.rest = "expect: { mails: { carta: { status: zzzzzzzzzzzz } } }\n"}},
        lessonKeys("/definitions/before/properties/event", "{ questions: [ { before: { event: zzzzzzzzzzzz } } ] }"),
        lessonKeys("/definitions/before/properties/milestone", "{ questions: [ { before: { milestone: zzzzzzzzzzzz } } ] }"),
    };
    return all;
}

TEST(SchemaWords, EveryChoiceIsAmongTheReaders) {
    for (const Question& question : choices()) {
        Words described;
        for (const json& word : schemaAt(question.place).at("enum")) described.insert(word);
        EXPECT_EQ(described, wordsKnown(question.pieces, "'" + kWord + "' is none of", "is none of ", "")) << question.place;
    }
}

// --- not supported yet: the description says so exactly as long as the reader does. A line goes when its feature comes. ---
const std::vector<Question>& notYet() {
    static const std::vector<Question> all{
        nodeKeys("/definitions/node-address", "router", "address: \"fd00::1\""),
        entryKeys("/definitions/set-link/properties/cost", "set: { link: backbone, cost: 9 }"),
        entryKeys("/definitions/set-link/properties/tap", "set: { link: backbone, tap: true }"),
        entryKeys("/definitions/set-link/properties/strip-starttls", "set: { link: backbone, strip-starttls: true }"),
        entryKeys("/definitions/set-link/properties/rules", "set: { link: backbone, rules: [] }"),
        entryKeys("/definitions/set-node/properties/tcp", "set: { node: sur, tcp: { sack: false } }"),
    };
    return all;
}

TEST(SchemaWords, WhatIsNotSupportedYetIsDescribedSo) {
    for (const Question& question : notYet()) {
        const std::string description = schemaAt(question.place).at("description");
        const bool described = description.find("Not supported yet") != std::string::npos;
        EXPECT_EQ(described, description.find("Todavía no") != std::string::npos) << question.place;
        const Loaded loaded = load(fileWith(question.pieces));
        EXPECT_EQ(described, allOf(loaded).find("not supported yet") != std::string::npos) << question.place << "\n" << allOf(loaded);
    }
}

void describedAsNotYet(const json& part, const std::string& place, Words& found) {
    if (!part.is_structured()) return;
    if (part.is_object() && part.contains("description") && part["description"].is_string() &&
        part["description"].get<std::string>().find("Not supported yet") != std::string::npos)
        found.insert(place);
    for (const auto& [key, value] : part.items()) describedAsNotYet(value, place + "/" + key, found);
}

TEST(SchemaWords, TheReaderWasAskedAboutAllThatIsDescribedAsNotYet) {
    Words asked, described;
    for (const Question& question : notYet()) asked.insert(question.place);
    describedAsNotYet(schema(), "", described);
    for (const std::string& place : described) EXPECT_TRUE(asked.contains(place)) << place;
}

void describedInBothLanguages(const json& part, const std::string& place) {
    if (!part.is_structured()) return;
    if (part.is_object() && part.contains("properties") && part.value("additionalProperties", json(true)) == json(false)) {
        for (const auto& [key, value] : part["properties"].items()) {
            const std::string words = schemaAt(place + "/properties/" + key).value("description", std::string{});
            EXPECT_GT(words.find("\n\nES: "), 0u) << place << " " << key;
            EXPECT_NE(words.find("\n\nES: "), std::string::npos) << place << " " << key;
        }
    }
    for (const auto& [key, value] : part.items()) describedInBothLanguages(value, place + "/" + key);
}

TEST(SchemaWords, EveryKeyIsDescribedInBothLanguages) { describedInBothLanguages(schema(), ""); }

}  // namespace
}  // namespace mailtrek::scenario

// SPDX-License-Identifier: GPL-3.0-or-later
// The schema and the reader judge alike: what the reader takes, the schema takes, and of what the reader refuses, the schema refuses all that a schema can express.
#include "tests/run/random_scenario.h"
#include "tests/scenario/schema_kit.h"

namespace mailtrek::scenario {
namespace {

std::string textOf(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string node(const std::string& inner) { return fileWith({.nodes = "  x: { " + inner + " }\n"}); }
std::string server(const std::string& inner) { return node("kind: mail-server, domains: [x.example], " + inner); }
std::string link(const std::string& inner) { return fileWith({.links = "  - { name: x, between: [r1, sur], " + inner + " }\n"}); }
std::string entry(const std::string& inner) { return fileWith({.timeline = "  - { at: 1 s, " + inner + " }\n"}); }
std::string send(const std::string& inner) { return entry("send: { from: ana@norte.example, to: [luis@sur.example], " + inner + " }"); }
std::string rest(const std::string& lines) { return fileWith({.rest = lines + "\n"}); }
std::string defaults(const std::string& inner) { return fileWith({.top = "defaults: { " + inner + " }\n"}); }
std::string question(const std::string& before, const std::string& answer = "{ choice: 1 }") {
    return rest("lesson: { questions: [ { ask: Why?, choices: [a, b], before: " + before + ", answer: " + answer + " } ] }");
}

TEST(SchemaFiles, TheScenariosAreValid) {
    std::vector<std::string> arguments{schemaPath()};
    for (const auto& file : std::filesystem::directory_iterator(sourceTree() / "scenarios"))
        if (file.path().extension() == ".yaml") arguments.push_back(file.path().string());
    ASSERT_GE(arguments.size(), 5u);
    const std::vector<std::string> says = validatorSays(arguments);
    ASSERT_EQ(says.size() + 1, arguments.size());
    for (std::size_t i = 0; i < says.size(); ++i) EXPECT_EQ(says[i], "valid") << arguments[i + 1];
}

TEST(SchemaFiles, TheScenariosTellEditorsOfTheSchema) {
    for (const auto& file : std::filesystem::directory_iterator(sourceTree() / "scenarios")) {
        if (file.path().extension() != ".yaml") continue;
        const std::string text = textOf(file.path());
        EXPECT_TRUE(text.starts_with("# yaml-language-server: $schema=scenario.schema.json\n")) << file.path();
    }
}

// The file that the tutorial writes.
TEST(SchemaFiles, TheFirstFileOfTheReadmeIsSound) {
    const std::string readme = textOf(sourceTree() / "scenarios" / "README.md");
    const std::size_t begin = readme.find("```yaml\n") + 8, end = readme.find("```", begin);
    const std::string text = readme.substr(begin, end - begin);
    const Loaded loaded = load(text);
    EXPECT_TRUE(loaded.ok());
    EXPECT_TRUE(loaded.diagnostics.empty()) << allOf(loaded);
    EXPECT_EQ(schemaSays({text}), std::vector<std::string>{"valid"});
}

TEST(SchemaFiles, RandomScenariosAreValid) {
    std::vector<std::string> texts;
    for (std::uint64_t seed = 0; seed < 60; ++seed) texts.push_back(test::RandomScenario(seed).text());
    const std::vector<std::string> says = schemaSays(texts);
    for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(says[i], "valid") << texts[i];
}

// A file that uses every key: sound but for what is not supported yet.
TEST(SchemaFiles, EveryKeyIsTakenByBoth) {
    const std::filesystem::path file = sourceTree() / "tests" / "scenario" / "every_key.yaml";
    const Loaded loaded = readFile(file);
    EXPECT_FALSE(refusedForGood(loaded)) << allOf(loaded);
    EXPECT_EQ(validatorSays({schemaPath(), file.string()}), std::vector<std::string>{"valid"});
    EXPECT_EQ(validatorSays({"--unused", schemaPath(), file.string()}), std::vector<std::string>{}) << "keys that every_key.yaml does not use";
}

struct Row {
    std::string name;
    std::string text;
};

TEST(SchemaFiles, WhatTheReaderTakesTheSchemaTakes) {
    const std::vector<Row> rows{
        {"Small", fileWith({})},
        {"SeedInQuotes", fileWith({.top = "seed: \"7\"\n"})},
        {"LargestSeed", fileWith({.top = "seed: 18446744073709551615\n"})},
        {"TitleIsNumber", fileWith({.top = "title: 42\n"})},
        {"TitleIsTrue", fileWith({.top = "title: true\n"})},
        {"TitleOneLanguage", fileWith({.top = "title: { es: Hola }\n"})},
        {"VersionInQuotes", "mailtrek: \"1\"\nnodes: {}\n"},
        {"NoSpaceBeforeUnit", link("delay: 5ms, rate: 2Mbit/s, queue: 10packets")},
        {"OneDay", fileWith({.top = "until: 1 day\n"})},
        {"FractionOfUnit", link("delay: 0.25 ms, rate: 1.5 Mbit/s")},
        {"ShareAsFraction", link("loss: 0.015")},
        {"ShareAll", link("loss: 100 %, corrupt: 1, duplicate: 1.0, forward: { loss: \"0.5\" }")},
        {"QueueInOctets", link("queue: 64 KiB")},
        {"QueueOnePacket", link("queue: 1 packet")},
        {"LinkNameIsNumber", fileWith({.links = "  - { name: 7, between: [r1, sur] }\n", .timeline = "  - { at: 1 s, cut: 7 }\n"})},
        {"NodeNameIsNumber", fileWith({.nodes = "  7: { kind: router }\n", .links = "  - { between: [7, r1] }\n"})},
        {"Ranges", fileWith({.nodes = "  \"pc{1..3}\": { kind: pc, user: \"u{n}@sur.example\", label: \"PC {n}\", tcp: { min-rto: \"{n} s\" } }\n",
                             .links = "  - { between: [\"pc{1..3}\", sur], delay: \"{n} ms\" }\n"})},
        {"RangeOfMailboxes", server("mailboxes: { \"u{1..9}\": {}, \"v.{1..3}@x.example\": }")},
        {"MailboxWithoutValue", server("mailboxes: { a: }")},
        {"CatchAll", server("mailboxes: { a: {} }, aliases: { \"*@x.example\": [a@x.example] }")},
        {"PolicyOff", server("policy: { greylist: off, spf: off, dkim: off, dmarc: off, dsn: off, starttls: off, rate-limit: off, relay: open }")},
        {"NotifyNever", send("notify: never, return: full")},
        {"NotifySuccess", send("notify: [success]")},
        {"NullMx", node("kind: dns-server, zones: { x.example: [ { type: MX, host: \".\" } ] }")},
        {"OnlyBcc", entry("send: { from: ana@norte.example, bcc: [luis@sur.example] }")},
        {"EmptyToBesideCc", entry("send: { from: ana@norte.example, to: [], cc: [luis@sur.example] }")},
        {"SubjectIsNumber", send("subject: 7, text: 3.50, id: 12")},
        {"LosesLastContent", entry("lose: { link: backbone, mail-segment: -1 }")},
        {"LosesAny", entry("lose: { link: backbone }")},
        {"RuleWithOne", link("rules: [ { lose: { packet: 3, towards: sur } } ]")},
        {"Comparisons", rest("expect: { metrics: { link.drops: \">=3\", tcp.segments: 2..4, sim.end-time: \"< 5 min\", link.bytes: \"<= 10 kB\", tcp.timeouts: \" 0 \" } }")},
        {"Narrowed",
         rest("expect: { metrics: { \"tcp.segments{connection: norte > sur : 25, node: sur}\": 1, \"link.drops{link:backbone}\": 0, \"mail.read{mail: carta}\": 0 } }")},
        {"Replies", rest("expect: { replies: { carta: [220, \"250\"] } }")},
        {"BeforeAt", question("{ at: 2 s }")},
        {"BeforeMilestone", question("{ mail: carta, milestone: stored }", "{ choice: 2, metric: mail.read, is: 0 }")},
        {"VariantOfNothing", rest("variants: { x: {} }")},
        {"SetsBothWays", entry("set: { link: backbone, forward: { loss: 1 % } }")},
    };
    std::vector<std::string> texts;
    for (const Row& row : rows) texts.push_back(row.text);
    const std::vector<std::string> says = schemaSays(texts);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Loaded loaded = load(rows[i].text);
        EXPECT_FALSE(refusedForGood(loaded)) << rows[i].name << "\n" << allOf(loaded);
        EXPECT_EQ(says[i], "valid") << rows[i].name;
    }
}

const std::vector<Row>& broken() {
    static const std::vector<Row> rows{
        {"NoVersion", "nodes: {}\n"},
        {"OtherVersion", "mailtrek: 2\nnodes: {}\n"},
        {"NoNodes", "mailtrek: 1\n"},
        {"List", "- mailtrek: 1\n"},
        {"Word", "hello\n"},
        {"UnknownAtTop", rest("zzz: 1")},
        {"NegativeSeed", fileWith({.top = "seed: -1\n"})},
        {"SeedTooLarge", fileWith({.top = "seed: 18446744073709551616\n"})},
        {"SeedWord", fileWith({.top = "seed: seven\n"})},
        {"SeedOctal", fileWith({.top = "seed: 025\n"})},
        {"UntilNothing", fileWith({.top = "until: 0 s\n"})},
        {"TitleList", fileWith({.top = "title: [a]\n"})},
        {"TitleNoLanguage", fileWith({.top = "title: {}\n"})},
        {"TitleThirdLanguage", fileWith({.top = "title: { fr: Salut }\n"})},
        {"TitleNothing", fileWith({.top = "title:\n"})},
        {"DefaultsUnknown", defaults("links: {}")},
        {"CongestionUnknown", defaults("tcp: { congestion: vegas }")},
        {"FlagWord", defaults("tcp: { sack: yes }")},
        {"FlagNumber", defaults("tcp: { sack: 1 }")},
        {"WindowZero", defaults("tcp: { initial-window: 0 }")},
        {"WindowTooLarge", defaults("tcp: { initial-window: 11 }")},
        {"RtoZero", defaults("tcp: { min-rto: 0 ms }")},
        {"RetryEmpty", defaults("mail: { retry: [] }")},
        {"RetryNoList", defaults("mail: { retry: 30 min }")},
        {"RetryZero", defaults("mail: { retry: [0 s] }")},
        {"HopLimitZero", defaults("mail: { hop-limit: 0 }")},
        {"NodeNameSpace", fileWith({.nodes = "  a b: { kind: pc }\n"})},
        {"NodeNameLong", fileWith({.nodes = "  " + std::string(64, 'a') + ": { kind: pc }\n"})},
        {"NodeNameBrokenRange", fileWith({.nodes = "  \"pc{1..}\": { kind: pc }\n"})},
        {"NodeWord", fileWith({.nodes = "  x: pc\n"})},
        {"NoKind", node("user: ana@norte.example")},
        {"UnknownKind", node("kind: fridge")},
        {"DomainsOnPc", node("kind: pc, domains: [x.example]")},
        {"PrintsOnPhone", node("kind: phone, prints: true")},
        {"RoutesOnSwitch", node("kind: switch, routes: []")},
        {"AddressOnSwitch", node("kind: switch, address: 10.1.1.1")},
        {"AddressTooLarge", node("kind: router, address: 10.0.0.256")},
        {"AddressShort", node("kind: router, address: 10.0.1")},
        {"AddressLoopback", node("kind: router, address: 127.0.0.1")},
        {"AddressMulticast", node("kind: router, address: 224.0.0.1")},
        {"UserNoAt", node("kind: pc, user: ana")},
        {"UserTwoDots", node("kind: pc, user: a..b@norte.example")},
        {"UserBadDomain", node("kind: pc, user: ana@-norte.example")},
        {"UserSpace", node("kind: pc, user: an a@norte.example")},
        {"PositionOne", node("kind: pc, position: [1]")},
        {"PositionWords", node("kind: pc, position: [left, top]")},
        {"DomainsWord", node("kind: mail-server, domains: x.example")},
        {"DomainEmptyLabel", node("kind: mail-server, domains: [x..example]")},
        {"MailboxWord", server("mailboxes: { a: full }")},
        {"MailboxesList", server("mailboxes: [a]")},
        {"QuotaNoUnit", server("mailboxes: { a: { quota: 100 } }")},
        {"AliasNoAddress", server("aliases: { info: [a@x.example] }")},
        {"AliasTargetNoList", server("aliases: { info@x.example: a@x.example }")},
        {"DmarcUnknown", server("policy: { dmarc: quarantine }")},
        {"DkimUnknown", server("policy: { dkim: check }")},
        {"DsnUnknown", server("policy: { dsn: always }")},
        {"NotifyWord", send("notify: success")},
        {"NotifyEmpty", send("notify: []")},
        {"NotifyUnknown", send("notify: [relayed]")},
        {"ReturnUnknown", send("return: nothing")},
        {"RelayUnknown", server("policy: { relay: maybe }")},
        {"RateLimitUnit", server("policy: { rate-limit: 10 per hour }")},
        {"RecordNoType", node("kind: dns-server, zones: { x.example: [ { host: sur } ] }")},
        {"RecordTypeUnknown", node("kind: dns-server, zones: { x.example: [ { type: AAAA, host: sur } ] }")},
        {"TxtNoText", node("kind: dns-server, zones: { x.example: [ { type: TXT, host: sur } ] }")},
        {"MxNoHost", node("kind: dns-server, zones: { x.example: [ { type: MX } ] }")},
        {"PreferenceLarge", node("kind: dns-server, zones: { x.example: [ { type: MX, host: sur, preference: 65536 } ] }")},
        {"RouteNoVia", node("kind: router, routes: [ { to: sur } ]")},
        {"LinksMapping", "mailtrek: 1\nnodes: {}\nlinks: {}\n"},
        {"LinkNoBetween", fileWith({.links = "  - { delay: 1 ms }\n"})},
        {"LinkToOne", fileWith({.links = "  - { between: [r1] }\n"})},
        {"LinkToThree", fileWith({.links = "  - { between: [r1, r2, sur] }\n"})},
        {"RateZero", link("rate: 0 Mbit/s")},
        {"RateNoUnit", link("rate: 100")},
        {"RateMbps", link("rate: 10 Mbps")},
        {"DelayNegative", link("delay: -1 ms")},
        {"DelayNoUnit", link("delay: 10")},
        {"DelayUnknownUnit", link("delay: 10 sec")},
        {"DelayExponent", link("delay: 1e3 ms")},
        {"LossAbove", link("loss: 101 %")},
        {"LossFractionAbove", link("loss: 1.5")},
        {"LossNegative", link("loss: -1 %")},
        {"LossModelUnknown", link("loss: { model: markov }")},
        {"LossModelMissing", link("loss: { p: 1 % }")},
        {"QueueZero", link("queue: 0 packets")},
        {"QueueNoUnit", link("queue: 20")},
        {"QueueModelUnknown", link("queue: { model: fq, size: 1 packet }")},
        {"QueueNoSize", link("queue: { model: drop-tail }")},
        {"ReorderNoBy", link("reorder: { share: 1 % }")},
        {"CostZero", link("cost: 0")},
        {"MtuNoUnit", link("mtu: 1500")},
        {"RuleEmpty", link("rules: [ {} ]")},
        {"RuleTwoCounts", link("rules: [ { lose: { towards: sur, packet: 1, data-segment: 1 } } ]")},
        {"RuleNoTowards", link("rules: [ { lose: { packet: 1 } } ]")},
        {"RulePacketZero", link("rules: [ { lose: { towards: sur, packet: 0 } } ]")},
        {"RulePacketLast", link("rules: [ { lose: { towards: sur, packet: -1 } } ]")},
        {"EntryNoAt", fileWith({.timeline = "  - { cut: backbone }\n"})},
        {"EntryNoAction", fileWith({.timeline = "  - { at: 1 s }\n"})},
        {"EntryTwoActions", entry("cut: backbone, stop: sur")},
        {"EntryUnknown", entry("explode: sur")},
        {"SendNoFrom", entry("send: { to: [luis@sur.example] }")},
        {"SendNoTo", entry("send: { from: ana@norte.example }")},
        {"SendNobody", entry("send: { from: ana@norte.example, to: [], cc: [] }")},
        {"SendToWord", entry("send: { from: ana@norte.example, to: luis@sur.example }")},
        {"AttachBoth", send("attach: [ { size: 1 kB, file: every_key.yaml } ]")},
        {"AttachNeither", send("attach: [ { name: x } ]")},
        {"RepeatZero", send("repeat: { times: 0, every: 1 s }")},
        {"RepeatNoEvery", send("repeat: { times: 2 }")},
        {"SetBoth", entry("set: { link: backbone, node: sur }")},
        {"SetNeither", entry("set: { loss: 1 % }")},
        {"SetNothing", entry("set: { link: backbone }")},
        {"SetNodeUnknown", entry("set: { node: sur, domains: [] }")},
        {"LoseNoLink", entry("lose: { packet: 1 }")},
        {"LoseConnection", entry("lose: { link: backbone, connection: norte-sur }")},
        {"LoseTransmissionZero", entry("lose: { link: backbone, packet: 1, transmission: 0 }")},
        {"ReadNoOn", entry("read: { mail: carta }")},
        {"FailUnknown", entry("fail: { dns: dns, with: laughter, for: 1 s }")},
        {"FailNoFor", entry("fail: { dns: dns, with: servfail }")},
        {"StatusUnknown", rest("expect: { mails: { carta: { status: lost } } }")},
        {"MetricUnknown", rest("expect: { metrics: { tcp.retransmit: 1 } }")},
        {"MetricNarrowedByOther", rest("expect: { metrics: { \"link.drops{router: r1}\": 1 } }")},
        {"MetricBracesOpen", rest("expect: { metrics: { \"link.drops{link: backbone\": 1 } }")},
        {"ComparisonWord", rest("expect: { metrics: { link.drops: few } }")},
        {"ComparisonOther", rest("expect: { metrics: { link.drops: \"!= 3\" } }")},
        {"ReplyTooLarge", rest("expect: { replies: { carta: [600] } }")},
        {"RepliesNoList", rest("expect: { replies: { carta: 250 } }")},
        {"VariantUnknownKey", rest("variants: { x: { seed: 2 } }")},
        {"VariantSetList", rest("variants: { x: { set: [] } }")},
        {"VariantTimelineMapping", rest("variants: { x: { timeline: {} } }")},
        {"QuestionNoAsk", rest("lesson: { questions: [ { choices: [a, b], before: { at: 1 s }, answer: { choice: 1 } } ] }")},
        {"QuestionOneChoice", rest("lesson: { questions: [ { ask: a, choices: [a], before: { at: 1 s }, answer: { choice: 1 } } ] }")},
        {"BeforeNothing", question("{}")},
        {"BeforeTwo", question("{ at: 1 s, event: packet-sent }")},
        {"BeforeEventUnknown", question("{ event: packet-eaten }")},
        {"BeforeMailOnly", question("{ mail: carta }")},
        {"BeforeNthAlone", question("{ at: 1 s, nth: 2 }")},
        {"AnswerZero", question("{ at: 1 s }", "{ choice: 0 }")},
        {"AnswerMetricOnly", question("{ at: 1 s }", "{ choice: 1, metric: mail.read }")},
        {"AnswerMetricUnknown", question("{ at: 1 s }", "{ choice: 1, metric: mail.eaten, is: 1 }")},
    };
    return rows;
}

TEST(SchemaFiles, BothRefuseWhatIsBroken) {
    std::vector<std::string> texts;
    for (const Row& row : broken()) texts.push_back(row.text);
    const std::vector<std::string> says = schemaSays(texts);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        EXPECT_TRUE(refusedForGood(load(texts[i]))) << broken()[i].name;
        EXPECT_TRUE(says[i].starts_with("invalid: ")) << broken()[i].name << ": " << says[i];
    }
}

}  // namespace
}  // namespace mailtrek::scenario

// SPDX-License-Identifier: GPL-3.0-or-later
// Mistakes in the structure and the names of a scenario file: each with what is said and where ('§').
#include "tests/scenario/scenario_kit.h"

namespace mailtrek::scenario {
namespace {

struct BadFile {
    std::string name;
    std::string text;  // of the whole file
    std::string message;
};
struct BadPiece {
    std::string name;
    Pieces pieces;
    std::string message;
};

class WholeFile : public testing::TestWithParam<BadFile> {};
class Piece : public testing::TestWithParam<BadPiece> {};

TEST_P(WholeFile, IsRefused) { expectErrors(GetParam().text, {GetParam().message}); }
TEST_P(Piece, IsRefused) { expectErrors(fileWith(GetParam().pieces), {GetParam().message}); }

TEST(ScenarioKit, TheSmallScenarioIsSound) {
    const Loaded loaded = load(fileWith({}));
    EXPECT_TRUE(loaded.ok());
    EXPECT_TRUE(loaded.diagnostics.empty()) << allOf(loaded);
}

INSTANTIATE_TEST_SUITE_P(
    Bad, WholeFile,
    testing::Values(BadFile{"Empty", "§", "the file is empty"}, BadFile{"Spaces", "  \n\n", "the file is empty"}, BadFile{"OnlyComments", "# nothing\n", "the file is empty"},
                    BadFile{"Scalar", "§hello\n", "the file must be a mapping"}, BadFile{"List", "§- mailtrek: 1\n", "the file must be a mapping"},
                    BadFile{"NoVersion", "§nodes: {}\n", "the file needs 'mailtrek:'"}, BadFile{"OtherVersion", "mailtrek: §2\nnodes: {}\n", "format version 1"},
                    BadFile{"NoVersionNumber", "mailtrek:§  # what version?\n\nnodes: {}\n", "format version 1"},
                    BadFile{"VersionList", "mailtrek: §[1]\nnodes: {}\n", "format version 1"}, BadFile{"NoNodes", "§mailtrek: 1\n", "the file needs 'nodes:'"},
                    BadFile{"NodesList", "mailtrek: 1\nnodes: §[a]\n", "nodes must be a mapping"},
                    BadFile{"TwoDocuments", "mailtrek: 1\nnodes: {}\n§---\nmailtrek: 1\nnodes: {}\n", "second document"},
                    BadFile{"UnknownKey", "mailtrek: 1\n§nodez: {}\nnodes: {}\n", "unknown key 'nodez' in the file (did you mean 'nodes'?)"},
                    BadFile{"FarFromAnyKey", "mailtrek: 1\n§zzzzzzzz: {}\nnodes: {}\n", "unknown key 'zzzzzzzz' in the file (it may hold mailtrek, title, about"},
                    BadFile{"DuplicateAtTop", "mailtrek: 1\nnodes: {}\n§nodes: {}\n", "duplicate key 'nodes' (first on line 2)"},
                    BadFile{"KeyIsList", "mailtrek: 1\nnodes: {}\n? §[a]\n: 1\n", "a key of the file must be a plain word"},
                    BadFile{"MergeKey", "mailtrek: 1\nnodes: {}\n§<<: {}\n", "unknown key '<<'"}, BadFile{"UnclosedFlow", "mailtrek: 1\nnodes: {\n", "not YAML"},
                    BadFile{"TabIndent", "mailtrek: 1\nnodes:\n\tana: {}\n", "not YAML"}, BadFile{"UnclosedQuote", "mailtrek: 1\ntitle: \"abc\n", "not YAML"},
                    BadFile{"BadEscape", "mailtrek: 1\ntitle: \"a\\?b\"\n", "not YAML"}, BadFile{"UnknownAnchor", "mailtrek: 1\nnodes: *x\n", "not YAML"}),
    nameOfRow);

INSTANTIATE_TEST_SUITE_P(
    Structure, Piece,
    testing::Values(
        BadPiece{"DuplicateNested", {.nodes = "  x:\n    kind: pc\n    §kind: pc\n", .links = "  - { between: [x, r1] }\n"}, "duplicate key 'kind' (first on line 11)"},
        BadPiece{"DuplicateFlow", {.nodes = "  x: { kind: pc, §kind: pc }\n", .links = "  - { between: [x, r1] }\n"}, "duplicate key 'kind'"},
        BadPiece{"DuplicateNode", {.nodes = "  §r1: { kind: router }\n"}, "duplicate key 'r1'"},
        BadPiece{"RangeMeetsName", {.nodes = "  §\"r{1..1}\": { kind: router }\n"}, "there are two nodes 'r1'"},
        BadPiece{"NodeScalar", {.nodes = "  x: §pc\n", .links = "  - { between: [x, r1] }\n"}, "a node must be a mapping"},
        BadPiece{"NodeWithoutKind", {.nodes = "  x: §{ user: ana@norte.example }\n", .links = "  - { between: [x, r1] }\n"}, "a node needs 'kind:'"},
        BadPiece{"NodeName", {.nodes = "  §a b: { kind: pc }\n"}, "'a b' is no name for a node"},
        BadPiece{"UnknownKind", {.nodes = "  x: { kind: §ruter }\n", .links = "  - { between: [x, r1] }\n"}, "kind: 'ruter' is none of pc, laptop"},
        BadPiece{"KeyOfOtherKind", {.nodes = "  x: { kind: pc, §domains: [a.example] }\n", .links = "  - { between: [x, r1] }\n"}, "unknown key 'domains' in a pc"},
        BadPiece{"PrintsOnPc", {.nodes = "  x: { kind: pc, §prints: true }\n", .links = "  - { between: [x, r1] }\n"}, "unknown key 'prints' in a pc"},
        BadPiece{"SwitchAddress", {.nodes = "  x: { kind: switch, address: §10.9.9.9 }\n", .links = "  - { between: [x, r1] }\n"}, "a switch has none"},
        BadPiece{"NodeRange", {.nodes = "  §\"x{5..1}\": { kind: pc }\n"}, "is no range"}, BadPiece{"NodeRangeWord", {.nodes = "  §\"x{a..b}\": { kind: pc }\n"}, "is no range"},
        BadPiece{"HugeRange", {.nodes = "  §\"x{1..999999999}\": { kind: pc }\n"}, "more than 100000 nodes"},
        BadPiece{"MistakeInRangeOnce", {.nodes = "  \"x{1..50}\": { kind: pc, §usr: a@b.example }\n", .links = "  - { between: [x50, r1] }\n"}, "unknown key 'usr' in a pc"},
        BadPiece{"UnknownLinkKey", {.links = "  - { between: [r1, sur], §dealy: 3 ms }\n"}, "unknown key 'dealy' in a link (did you mean 'delay'?)"},
        BadPiece{"LinkScalar", {.links = "  - §r1\n"}, "a link must be a mapping"}, BadPiece{"LinkWithoutBetween", {.links = "  - §{ delay: 1 ms }\n"}, "a link needs 'between:'"},
        BadPiece{"LinkToOne", {.links = "  - { between: §[r1] }\n"}, "a list of two nodes"},
        BadPiece{"LinkToThree", {.links = "  - { between: §[r1, r2, sur] }\n"}, "a list of two nodes"},
        BadPiece{"LinkNotList", {.links = "  - { between: §r1 }\n"}, "between must be a list"},
        BadPiece{"LinkToItself", {.links = "  - { between: §[r1, r1] }\n"}, "two different nodes, not 'r1' and itself"},
        BadPiece{"LinkToNowhere", {.links = "  - { between: [r1, §rr2] }\n"}, "between: there is no node 'rr2' (did you mean 'r2'?)"},
        BadPiece{"ParallelLinks", {.links = "  - §{ between: [r2, sur] }\n"}, "two links 'r2-sur'; parallel links need names"},
        BadPiece{"TwoRanges",
                 {.nodes = "  \"x{1..2}\": { kind: pc }\n  \"y{1..3}\": { kind: pc }\n", .links = "  - { between: [\"x{1..2}\", §\"y{1..3}\"] }\n"},
                 "must have the same numbers"},
        BadPiece{"RangeBeyondNodes", {.nodes = "  \"x{1..2}\": { kind: pc }\n", .links = "  - { between: [§\"x{1..3}\", r1] }\n"}, "there is no node 'x3'"},
        BadPiece{"LinksMapping", {.rest = "defaults: §[]\n"}, "defaults must be a mapping"},
        BadPiece{"RuleWithoutAction", {.links = "  - { between: [r1, sur], rules: [ §{} ] }\n"}, "a rule is { lose"},
        BadPiece{"RuleWithoutCount", {.links = "  - { between: [r1, sur], rules: [ { lose: §{ towards: sur } } ] }\n"}, "one of data-segment"},
        BadPiece{"RuleWithTwoCounts", {.links = "  - { between: [r1, sur], rules: [ { lose: §{ towards: sur, packet: 1, data-segment: 1 } } ] }\n"}, "one of data-segment"},
        BadPiece{"RuleWithoutTowards", {.links = "  - { between: [r1, sur], rules: [ { lose: §{ packet: 1 } } ] }\n"}, "a rule needs 'towards:'"},
        BadPiece{"RuleTowardsElsewhere", {.links = "  - { between: [r1, sur], rules: [ { lose: { packet: 1, towards: §r2 } } ] }\n"}, "'r2' is no end of the link 'r1-sur'"},
        BadPiece{"ReorderWithoutBy", {.links = "  - { between: [r1, sur], reorder: §{ share: 1 % } }\n"}, "reorder needs 'by:'"},
        BadPiece{"EntryWithoutAt", {.timeline = "  - §{ cut: backbone }\n"}, "a timeline entry needs 'at:'"},
        BadPiece{"EntryWithoutAction", {.timeline = "  - §{ at: 1 s }\n"}, "does exactly one thing"},
        BadPiece{"EntryWithTwoActions", {.timeline = "  - §{ at: 1 s, cut: backbone, stop: sur }\n"}, "does exactly one thing"},
        BadPiece{"UnknownAction", {.timeline = "  - { at: 1 s, §cuts: backbone }\n"}, "unknown key 'cuts' in a timeline entry (did you mean 'cut'?)"},
        BadPiece{"EntryScalar", {.timeline = "  - §cut\n"}, "a timeline entry must be a mapping"},
        BadPiece{"SetBoth", {.timeline = "  - { at: 1 s, set: §{ link: backbone, node: r1 } }\n"}, "one of link: and node:"},
        BadPiece{"SetNeither", {.timeline = "  - { at: 1 s, set: §{ loss: 1 % } }\n"}, "one of link: and node:"},
        BadPiece{"SetNothing", {.timeline = "  - { at: 1 s, set: §{ link: backbone } }\n"}, "set changes nothing"},
        BadPiece{"SetRoutesOfServer", {.timeline = "  - { at: 1 s, set: { node: sur, routes: §[] } }\n"}, "only a router has them"},
        BadPiece{"SetPolicyOfRouter", {.timeline = "  - { at: 1 s, set: { node: r1, policy: §{ relay: open } } }\n"}, "only a mail server has them"},
        BadPiece{
            "SetQuotaOfNobody", {.timeline = "  - { at: 1 s, set: { node: sur, mailboxes: §{ pepe: { quota: 1 MB } } } }\n"}, "there is no mailbox 'pepe@sur.example' on 'sur'"},
        BadPiece{"OnlineServer", {.timeline = "  - { at: 1 s, online: §sur }\n"}, "'sur' is no device"},
        BadPiece{"FailNoDns", {.timeline = "  - { at: 1 s, fail: { dns: §sur, with: silence, for: 1 s } }\n"}, "'sur' is no dns-server"},
        BadPiece{"ReadOnServer", {.timeline = "  - { at: 1 s, read: { on: §sur } }\n"}, "'sur' is no device with a user"},
        BadPiece{"SendWithoutTo", {.timeline = "  - { at: 1 s, send: §{ from: ana@norte.example } }\n"}, "send needs 'to:'"},
        BadPiece{"SendToNobody", {.timeline = "  - { at: 1 s, send: §{ from: ana@norte.example, to: [] } }\n"}, "at least one recipient"},
        BadPiece{"SendToScalar", {.timeline = "  - { at: 1 s, send: { from: ana@norte.example, to: §luis@sur.example } }\n"}, "to must be a list"},
        BadPiece{"SendWithoutFrom", {.timeline = "  - { at: 1 s, send: §{ to: [luis@sur.example] } }\n"}, "send needs 'from:'"},
        BadPiece{"SendOnServer", {.timeline = "  - { at: 1 s, send: { from: ana@norte.example, on: §norte, to: [luis@sur.example] } }\n"}, "written on devices"},
        BadPiece{"TwoMails", {.timeline = "  - { at: 1 s, send: §{ id: carta, from: ana@norte.example, to: [luis@sur.example] } }\n"}, "there are two mails 'carta'"},
        BadPiece{"RepeatMeetsId",
                 {.timeline = "  - { at: 1 s, send: { id: x-2, from: ana@norte.example, to: [luis@sur.example] } }\n"
                              "  - { at: 1 s, send: §{ id: x, from: ana@norte.example, to: [luis@sur.example], repeat: { times: 2, every: 1 s } } }\n"},
                 "there are two mails 'x-2'"},
        BadPiece{"FromFitsNoDevice", {.timeline = "  - { at: 1 s, send: { from: §pepe@norte.example, to: [luis@sur.example] } }\n"}, "no device has the user 'pepe@norte.example'"},
        BadPiece{"AttachmentOfNothing",
                 {.timeline = "  - { at: 1 s, send: { from: ana@norte.example, to: [luis@sur.example], attach: [ §{ name: a } ] } }\n"},
                 "needs 'size:' or 'file:'"},
        BadPiece{"AttachmentOfBoth",
                 {.timeline = "  - { at: 1 s, send: { from: ana@norte.example, to: [luis@sur.example], attach: [ §{ size: 1 B, file: nothing-there } ] } }\n"},
                 "not both"}),
    nameOfRow);

INSTANTIATE_TEST_SUITE_P(
    Names, Piece,
    testing::Values(
        BadPiece{"NodeInRouteTo",
                 {.nodes = "  x: { kind: router, routes: [ { to: §sru, via: r1 } ] }\n", .links = "  - { between: [x, r1] }\n"},
                 "to: there is no node 'sru' (did you mean 'sur'?)"},
        BadPiece{"NodeInRouteVia", {.nodes = "  x: { kind: router, routes: [ { to: sur, via: §r9 } ] }\n", .links = "  - { between: [x, r1] }\n"}, "via: there is no node 'r9'"},
        BadPiece{"NodeInSmarthost", {.nodes = "  x: { kind: mail-server, smarthost: §norrte }\n", .links = "  - { between: [x, r1] }\n"}, "smarthost: there is no node 'norrte'"},
        BadPiece{"SmarthostRouter", {.nodes = "  x: { kind: mail-server, smarthost: §r1 }\n", .links = "  - { between: [x, r1] }\n"}, "another mail server"},
        BadPiece{"SmarthostItself", {.nodes = "  x: { kind: mail-server, smarthost: §x }\n", .links = "  - { between: [x, r1] }\n"}, "another mail server"},
        BadPiece{"NodeInZone",
                 {.nodes = "  x: { kind: dns-server, zones: { a.example: [ { type: MX, host: §srr } ] } }\n", .links = "  - { between: [x, r1] }\n"},
                 "host: there is no node 'srr'"},
        BadPiece{"CnameBesideMx",
                 {.nodes = "  x: { kind: dns-server, zones: { a.example: [ { type: MX, host: sur }, §{ type: CNAME, host: sur } ] } }\n", .links = "  - { between: [x, r1] }\n"},
                 "CNAME"},
        BadPiece{"NodeInTowards", {.links = "  - { between: [r1, sur], rules: [ { lose: { packet: 1, towards: §sr } } ] }\n"}, "towards: there is no node 'sr'"},
        BadPiece{"LinkInCut", {.timeline = "  - { at: 1 s, cut: §bakbone }\n"}, "cut: there is no link 'bakbone' (did you mean 'backbone'?)"},
        BadPiece{"LinkInRestore", {.timeline = "  - { at: 1 s, restore: §r1-sur }\n"}, "restore: there is no link 'r1-sur'"},
        BadPiece{"LinkInSet", {.timeline = "  - { at: 1 s, set: { link: §x, loss: 1 % } }\n"}, "link: there is no link 'x'"},
        BadPiece{"NodeInSet", {.timeline = "  - { at: 1 s, set: { node: §x, routes: [] } }\n"}, "node: there is no node 'x'"},
        BadPiece{"NodeInSetRoutes", {.timeline = "  - { at: 1 s, set: { node: r1, routes: [ { to: §x, via: r2 } ] } }\n"}, "to: there is no node 'x'"},
        BadPiece{"LinkInLose", {.timeline = "  - { at: 1 s, lose: { link: §x, packet: 1 } }\n"}, "link: there is no link 'x'"},
        BadPiece{"NodeInLose", {.timeline = "  - { at: 1 s, lose: { link: backbone, towards: §x } }\n"}, "towards: there is no node 'x'"},
        BadPiece{"ConnectionShape", {.timeline = "  - { at: 1 s, lose: { link: backbone, connection: §norte-sur } }\n"}, "not written client>server:port"},
        BadPiece{"ConnectionNode",
                 {.timeline = "  - { at: 1 s, lose: { link: backbone, connection: §\"nort>sur:25\" } }\n"},
                 "connection: there is no node 'nort' (did you mean 'norte'?)"},
        BadPiece{"ConnectionPort", {.timeline = "  - { at: 1 s, lose: { link: backbone, connection: §\"norte>sur:x\" } }\n"}, "port must be a whole number, not 'x'"},
        BadPiece{"ConnectionPortRange", {.timeline = "  - { at: 1 s, lose: { link: backbone, connection: §\"norte>sur:70000\" } }\n"}, "port must be 1 to 65535"},
        BadPiece{"NodeInStop", {.timeline = "  - { at: 1 s, stop: §surr }\n"}, "stop: there is no node 'surr'"},
        BadPiece{"NodeInStart", {.timeline = "  - { at: 1 s, start: §surr }\n"}, "start: there is no node 'surr'"},
        BadPiece{"NodeInOnline", {.timeline = "  - { at: 1 s, online: §anapc }\n"}, "online: there is no node 'anapc' (did you mean 'ana-pc'?)"},
        BadPiece{"NodeInOffline", {.timeline = "  - { at: 1 s, offline: §anapc }\n"}, "offline: there is no node"},
        BadPiece{"NodeInRead", {.timeline = "  - { at: 1 s, read: { on: §anapc } }\n"}, "on: there is no node"},
        BadPiece{"MailInRead", {.timeline = "  - { at: 1 s, read: { on: luis-pc, mail: §crta } }\n"}, "there is no mail 'crta' (did you mean 'carta'?)"},
        BadPiece{"MailInDelete", {.timeline = "  - { at: 1 s, delete: { on: luis-pc, mail: §crta } }\n"}, "there is no mail 'crta'"},
        BadPiece{"NodeInFail", {.timeline = "  - { at: 1 s, fail: { dns: §dnss, with: silence, for: 1 s } }\n"}, "dns: there is no node 'dnss'"},
        BadPiece{"NodeInSend", {.timeline = "  - { at: 1 s, send: { from: ana@norte.example, on: §pc, to: [luis@sur.example] } }\n"}, "on: there is no node 'pc'"},
        BadPiece{"MailInExpect", {.rest = "expect: { mails: { §nota: { copies: 1 } } }\n"}, "there is no mail 'nota'"},
        BadPiece{"MailInReplies", {.rest = "expect: { replies: { §nota: [220] } }\n"}, "there is no mail 'nota'"},
        BadPiece{"Metric", {.rest = "expect: { metrics: { §tcp.retransmit: 1 } }\n"}, "there is no metric 'tcp.retransmit' (did you mean 'tcp.retransmits'?)"},
        BadPiece{"MetricLink", {.rest = "expect: { metrics: { §\"link.drops{link: bckbone}\": 1 } }\n"}, "there is no link 'bckbone' (did you mean 'backbone'?)"},
        BadPiece{"MetricNode", {.rest = "expect: { metrics: { §\"ip.packets{node: srr}\": 1 } }\n"}, "there is no node 'srr'"},
        BadPiece{"MetricMail", {.rest = "expect: { metrics: { §\"mail.stored{mail: nota}\": 1 } }\n"}, "there is no mail 'nota'"},
        BadPiece{"MetricConnection", {.rest = "expect: { metrics: { §\"tcp.segments{connection: norte>srr:25}\": 1 } }\n"}, "there is no node 'srr'"},
        BadPiece{"MetricConnectionPort", {.rest = "expect: { metrics: { §\"tcp.segments{connection: norte>sur:x}\": 1 } }\n"}, "port must be a whole number"},
        BadPiece{"MetricConnectionShape", {.rest = "expect: { metrics: { §\"tcp.segments{connection: norte}\": 1 } }\n"}, "not written client>server:port"},
        BadPiece{
            "MetricNarrowing", {.rest = "expect: { metrics: { §\"tcp.segments{lnk: backbone}\": 1 } }\n"}, "narrowed by connection, link, node or mail (did you mean 'link'?)"},
        BadPiece{"MetricBraces", {.rest = "expect: { metrics: { §\"tcp.segments{link: backbone\": 1 } }\n"}, "the braces are not closed"},
        BadPiece{"MetricInLesson",
                 {.rest = "lesson: { questions: [ { ask: a, before: { at: 1 s }, choices: [a, b], answer: { choice: 1, metric: §tcp.x, is: 1 } } ] }\n"},
                 "there is no metric 'tcp.x'"},
        BadPiece{"MailInLesson",
                 {.rest = "lesson: { questions: [ { ask: a, before: { mail: §x, milestone: read }, choices: [a, b], answer: { choice: 1 } } ] }\n"},
                 "there is no mail 'x'"},
        BadPiece{"EventInLesson",
                 {.rest = "lesson: { questions: [ { ask: a, before: { event: §segment-lost }, choices: [a, b], answer: { choice: 1 } } ] }\n"},
                 "event: 'segment-lost' is none of"},
        BadPiece{"MilestoneInLesson",
                 {.rest = "lesson: { questions: [ { ask: a, before: { mail: carta, milestone: §arrived }, choices: [a, b], answer: { choice: 1 } } ] }\n"},
                 "is none of composed"}),
    nameOfRow);

INSTANTIATE_TEST_SUITE_P(
    Lesson, Piece,
    testing::Values(
        BadPiece{"WithoutAsk", {.rest = "lesson: { questions: [ §{ before: { at: 1 s }, choices: [a, b], answer: { choice: 1 } } ] }\n"}, "a question needs 'ask:'"},
        BadPiece{"WithoutBefore", {.rest = "lesson: { questions: [ §{ ask: a, choices: [a, b], answer: { choice: 1 } } ] }\n"}, "a question needs 'before:'"},
        BadPiece{"WithoutChoices", {.rest = "lesson: { questions: [ §{ ask: a, before: { at: 1 s }, answer: { choice: 1 } } ] }\n"}, "a question needs 'choices:'"},
        BadPiece{"OneChoice", {.rest = "lesson: { questions: [ { ask: a, before: { at: 1 s }, choices: §[a], answer: { choice: 1 } } ] }\n"}, "at least two"},
        BadPiece{"ChoiceBeyond", {.rest = "lesson: { questions: [ { ask: a, before: { at: 1 s }, choices: [a, b], answer: { choice: §3 } } ] }\n"}, "choice must be 1 to 2, not 3"},
        BadPiece{"AnswerUnproved",
                 {.rest = "lesson: { questions: [ { ask: a, before: { at: 1 s }, choices: [a, b], answer: §{ choice: 1, is: 3 } } ] }\n"},
                 "'metric:' and 'is:' together"},
        BadPiece{"BeforeNothing", {.rest = "lesson: { questions: [ { ask: a, before: §{}, choices: [a, b], answer: { choice: 1 } } ] }\n"}, "before is {"},
        BadPiece{"BeforeTwo", {.rest = "lesson: { questions: [ { ask: a, before: §{ at: 1 s, event: mail-read }, choices: [a, b], answer: { choice: 1 } } ] }\n"}, "before is {"},
        BadPiece{"MilestoneOfNothing", {.rest = "lesson: { questions: [ { ask: a, before: §{ milestone: read }, choices: [a, b], answer: { choice: 1 } } ] }\n"}, "before is {"},
        BadPiece{"AskInFrench",
                 {.rest = "lesson: { questions: [ { ask: { §fr: a, en: b }, before: { at: 1 s }, choices: [a, b], answer: { choice: 1 } } ] }\n"},
                 "unknown key 'fr' in ask"},
        BadPiece{"AskInNothing", {.rest = "lesson: { questions: [ { ask: §{}, before: { at: 1 s }, choices: [a, b], answer: { choice: 1 } } ] }\n"}, "needs a text in English"}),
    nameOfRow);

INSTANTIATE_TEST_SUITE_P(
    Variants, Piece,
    testing::Values(BadPiece{"Scalar", {.rest = "variants: { x: §1 }\n"}, "a variant must be a mapping"},
                    BadPiece{"UnknownKey", {.rest = "variants: { x: { §sett: {} } }\n"}, "unknown key 'sett' in a variant (did you mean 'set'?)"},
                    BadPiece{"SetList", {.rest = "variants: { x: { set: §[] } }\n"}, "set must be a mapping"},
                    BadPiece{"SetUnknownLink",
                             {.rest = "variants: { x: { set: { §links.bakbone.loss: 1 % } } }\n"},
                             "there is no 'bakbone' in links (did you mean 'backbone'?) (in variant 'x')"},
                    BadPiece{"SetUnknownKey", {.rest = "variants: { x: { set: { §links.backbone.los: 1 % } } }\n"}, "unknown key 'los' in a link (did you mean 'loss'?)"},
                    BadPiece{"SetNewMapping", {.rest = "variants: { x: { set: { §defaults.tpc.sack: true } } }\n"}, "unknown key 'tpc' in defaults (did you mean 'tcp'?)"},
                    BadPiece{"SetBadValue", {.rest = "variants: { x: { set: { links.backbone.loss: §101 % } } }\n"}, "loss must be 0 to 100 %"},
                    BadPiece{"SetNoPath", {.rest = "variants: { x: { set: { §links..loss: 1 % } } }\n"}, "is no path"},
                    BadPiece{"SetIntoScalar", {.rest = "seed: 3\nvariants: { x: { set: { §seed.x: 1 } } }\n"}, "'seed.x' leads to no setting"},
                    BadPiece{"Timeline", {.rest = "variants: { x: { timeline: [ { at: 1 s, cut: §nothing } ] } }\n"}, "there is no link 'nothing' (in variant 'x')"},
                    BadPiece{"TimelineMapping", {.rest = "variants: { x: { timeline: §{} } }\n"}, "timeline must be a list"},
                    BadPiece{"Expect", {.rest = "variants: { x: { expect: { mails: { §nota: {} } } } }\n"}, "there is no mail 'nota'"}),
    nameOfRow);

TEST(AllAtOnce, FiveMistakesGiveFiveErrorsInOrder) {
    expectErrors(fileWith({.top = "§titel: x\nseed: §-1\n",
                           .nodes = "  x: { kind: pc, user: §nobody }\n",
                           .links = "  - { between: [x, r1], delay: §30 }\n",
                           .timeline = "  - { at: 1 s, cut: §bakbone }\n"}),
                 {"unknown key 'titel'", "seed must be a whole number, not '-1'", "user: 'nobody' is not an address", "'30' has no unit", "there is no link 'bakbone'"});
}

TEST(AllAtOnce, ColumnsCountCharactersNotOctets) { expectErrors(fileWith({.top = "title: { en: ¿Qué?, §xx: ñandú }\n"}), {"unknown key 'xx' in title"}); }

TEST(AllAtOnce, ByteOrderMarkAndLineEndsOfOtherSystems) {
    expectErrors("\xef\xbb\xbfmailtrek: 1\r\nnodes: {}\r\n§x: 1\r\n", {"unknown key 'x'"});
    EXPECT_EQ(load("mailtrek: 1\rnodes: {}\rx: 1\r").diagnostics.at(0).line, 3);
}

TEST(AllAtOnce, AThousandErrorsAreEnough) {
    std::string text = "mailtrek: 1\nnodes: {}\n";
    for (int i = 0; i < 30'000; ++i) text += fmt::format("unknown-key-{}: 1\n", i);
    const Loaded loaded = load(text);
    ASSERT_EQ(loaded.diagnostics.size(), 1001u);
    EXPECT_EQ(loaded.diagnostics.front().line, 3);
    EXPECT_EQ(loaded.diagnostics.back().message, "and 29000 more");
}

TEST(AllAtOnce, TextOfADiagnostic) {
    EXPECT_EQ(allOf(load("mailtrek: 1\nnodes: {}\nlinkz: []\n")), "test.yaml:3:1: error: unknown key 'linkz' in the file (did you mean 'links'?)\n");
}

}  // namespace
}  // namespace mailtrek::scenario

// SPDX-License-Identifier: GPL-3.0-or-later
// Values of the wrong type, unit or size; what is not simulated yet; and what is only warned of.
#include "tests/scenario/scenario_kit.h"

namespace mailtrek::scenario {
namespace {

// A value in a place that wants a certain kind of value.
struct BadValue {
    std::string name;
    std::string value;
    std::string message;
};

struct Delays : testing::TestWithParam<BadValue> {};
struct Rates : testing::TestWithParam<BadValue> {};
struct Sizes : testing::TestWithParam<BadValue> {};
struct Shares : testing::TestWithParam<BadValue> {};
struct Queues : testing::TestWithParam<BadValue> {};
struct Counts : testing::TestWithParam<BadValue> {};
struct Flags : testing::TestWithParam<BadValue> {};
struct MailNames : testing::TestWithParam<BadValue> {};
struct Addresses4 : testing::TestWithParam<BadValue> {};
struct Comparisons : testing::TestWithParam<BadValue> {};

TEST_P(Delays, AreRefused) { expectErrors(fileWith({.links = "  - { between: [r1, sur], delay: §" + GetParam().value + " }\n"}), {GetParam().message}); }
TEST_P(Rates, AreRefused) { expectErrors(fileWith({.links = "  - { between: [r1, sur], rate: §" + GetParam().value + " }\n"}), {GetParam().message}); }
TEST_P(Sizes, AreRefused) { expectErrors(fileWith({.rest = "defaults: { link: { mtu: §" + GetParam().value + " } }\n"}), {GetParam().message}); }
TEST_P(Shares, AreRefused) { expectErrors(fileWith({.links = "  - { between: [r1, sur], loss: §" + GetParam().value + " }\n"}), {GetParam().message}); }
TEST_P(Queues, AreRefused) { expectErrors(fileWith({.links = "  - { between: [r1, sur], queue: §" + GetParam().value + " }\n"}), {GetParam().message}); }
TEST_P(Counts, AreRefused) { expectErrors(fileWith({.links = "  - { between: [r1, sur], cost: §" + GetParam().value + " }\n"}), {GetParam().message}); }
TEST_P(Flags, AreRefused) { expectErrors(fileWith({.rest = "defaults: { tcp: { sack: §" + GetParam().value + " } }\n"}), {GetParam().message}); }
TEST_P(MailNames, AreRefused) {
    expectErrors(fileWith({.timeline = "  - { at: 1 s, send: { from: ana@norte.example, to: [§" + GetParam().value + "] } }\n"}), {GetParam().message});
}
TEST_P(Addresses4, AreRefused) {
    expectErrors(fileWith({.nodes = "  x: { kind: router, address: §" + GetParam().value + " }\n", .links = "  - { between: [x, r1] }\n"}), {GetParam().message});
}
TEST_P(Comparisons, AreRefused) { expectErrors(fileWith({.rest = "expect: { mails: { carta: { copies: §" + GetParam().value + " } } }\n"}), {GetParam().message}); }

INSTANTIATE_TEST_SUITE_P(Bad, Delays,
                         testing::Values(BadValue{"NoUnit", "30", "delay: '30' has no unit (ns, us, ms, s, min, h, days"}, BadValue{"Zero", "0", "'0' has no unit"},
                                         BadValue{"OtherUnit", "30 kB", "unknown unit 'kB'"}, BadValue{"NearUnit", "30 mss", "unknown unit 'mss' (did you mean 'ms'?)"},
                                         BadValue{"UpperCase", "30 MS", "unknown unit 'MS' (did you mean"}, BadValue{"Negative", "-5 ms", "delay must not be negative"},
                                         BadValue{"Word", "soon", "'soon' is not a number with a unit"}, BadValue{"Exponent", "1e3 ms", "unknown unit 'e3 ms'"},
                                         BadValue{"Plus", "+5 ms", "'+5 ms' is not a number"}, BadValue{"NoDigitBefore", ".5 ms", "'.5 ms' is not a number"},
                                         BadValue{"Octal", "025 ms", "'025 ms' is not a number"}, BadValue{"Hex", "0x10 ms", "unknown unit 'x10 ms'"},
                                         BadValue{"Comma", "\"1,5 ms\"", "unknown unit ',5 ms'"}, BadValue{"List", "[1 ms]", "delay must be a single value (for example 30 ms)"},
                                         BadValue{"Mapping", "{ ms: 1 }", "delay must be a single value"}, BadValue{"Null", "~", "delay has no value (for example 30 ms)"},
                                         BadValue{"TooLong", "4000 days", "delay is longer than 3650 days"}, BadValue{"Huge", std::string(400, '9') + " s", "is not a number"},
                                         BadValue{"Infinity", ".inf", "is not a number"}),
                         nameOfRow);
INSTANTIATE_TEST_SUITE_P(Bad, Rates,
                         testing::Values(BadValue{"Zero", "0 bit/s", "rate must be at least 1 bit/s"}, BadValue{"NoUnit", "100", "'100' has no unit (bit/s, kbit/s"},
                                         BadValue{"Bytes", "10 MB/s", "unknown unit 'MB/s'"}, BadValue{"Bps", "10 Mbps", "unknown unit 'Mbps' (did you mean 'Mbit/s'?)"},
                                         BadValue{"Negative", "-1 kbit/s", "rate must be at least 1 bit/s"}, BadValue{"TooFast", "1000001 Gbit/s", "at most 1000000 Gbit/s"}),
                         nameOfRow);
INSTANTIATE_TEST_SUITE_P(Bad, Sizes,
                         testing::Values(BadValue{"Small", "67 B", "mtu must be 68 B to 64 KiB"}, BadValue{"Large", "65537 B", "mtu must be 68 B to 64 KiB"},
                                         BadValue{"NoUnit", "1500", "'1500' has no unit (B, kB, MB"}, BadValue{"Negative", "-1 B", "mtu must not be negative"},
                                         BadValue{"Bits", "1500 bit", "unknown unit 'bit'"}, BadValue{"Time", "1500 ms", "unknown unit 'ms'"},
                                         BadValue{"Lower", "1 kb", "unknown unit 'kb' (did you mean"}),
                         nameOfRow);
INSTANTIATE_TEST_SUITE_P(Bad, Shares,
                         testing::Values(BadValue{"Over", "101 %", "loss must be 0 to 100 %"}, BadValue{"Negative", "-1 %", "loss must be 0 to 100 %"},
                                         BadValue{"Fraction", "1.5", "a number without % is a fraction"}, BadValue{"PerMille", "5 pm", "a share like 5 % or 0.05, not '5 pm'"},
                                         BadValue{"Word", "some", "a share like 5 %"}, BadValue{"NoDigitBefore", ".5", "a share like 5 % or 0.05, not '.5'"},
                                         BadValue{"Exponent", "1e-3", "a share like 5 %"}, BadValue{"List", "[5 %]", "loss must be a single value"}),
                         nameOfRow);
INSTANTIATE_TEST_SUITE_P(Bad, Queues,
                         testing::Values(BadValue{"Zero", "0 packets", "queue must be 1 to 1000000, not 0"}, BadValue{"ZeroBytes", "0 B", "queue must be more than 0 B"},
                                         BadValue{"NoUnit", "100", "'100' has no unit"}, BadValue{"Half", "2.5 packets", "not a number of packets"},
                                         BadValue{"Negative", "-3 packets", "not a number of packets"}, BadValue{"Many", "1000001 packets", "1 to 1000000"},
                                         BadValue{"TwoNumbers", "1 0 packets", "not a number of packets"}, BadValue{"Octal", "010 packets", "whole number, not '010'"},
                                         BadValue{"Overflow", "99999999999999999999 packets", "1 to 1000000"}, BadValue{"Word", "packets", "not a number of packets"},
                                         BadValue{"List", "[100 packets]", "queue must be a single value"}),
                         nameOfRow);
INSTANTIATE_TEST_SUITE_P(Bad, Counts,
                         testing::Values(BadValue{"Zero", "0", "cost must be 1 to 65535, not 0"}, BadValue{"Over", "65536", "cost must be 1 to 65535"},
                                         BadValue{"Negative", "-1", "whole number, not '-1'"}, BadValue{"Octal", "025", "whole number, not '025'"},
                                         BadValue{"Exponent", "1e3", "whole number, not '1e3'"}, BadValue{"Plus", "+5", "whole number, not '+5'"},
                                         BadValue{"Point", "5.0", "whole number, not '5.0'"}, BadValue{"Hex", "0x1F", "whole number"}, BadValue{"NewOctal", "0o17", "whole number"},
                                         BadValue{"Underscore", "1_000", "whole number"}, BadValue{"Word", "ten", "whole number"},
                                         BadValue{"Overflow", "99999999999999999999", "cost must be 1 to 65535"}, BadValue{"Unit", "5 ms", "whole number, not '5 ms'"}),
                         nameOfRow);
INSTANTIATE_TEST_SUITE_P(Bad, Flags,
                         testing::Values(BadValue{"Yes", "yes", "sack must be true or false, not 'yes'"}, BadValue{"No", "no", "not 'no'"}, BadValue{"On", "on", "not 'on'"},
                                         BadValue{"Capital", "True", "not 'True'"}, BadValue{"One", "1", "not '1'"}, BadValue{"Null", "~", "sack has no value"}),
                         nameOfRow);
INSTANTIATE_TEST_SUITE_P(Bad, MailNames,
                         testing::Values(BadValue{"NoAt", "luis", "to: 'luis' is not an address"}, BadValue{"NoLocal", "\"@sur.example\"", "is not an address"},
                                         BadValue{"NoDomain", "luis@", "is not an address"}, BadValue{"TwoAts", "l@u@sur.example", "is not an address"},
                                         BadValue{"TwoDots", "l..s@sur.example", "is not an address"}, BadValue{"DotFirst", ".l@sur.example", "is not an address"},
                                         BadValue{"Space", "\"l s@sur.example\"", "is not an address"}, BadValue{"DomainDots", "l@sur..example", "is not an address"},
                                         BadValue{"DomainDash", "l@-sur.example", "is not an address"},
                                         BadValue{"LongLabel", "l@" + std::string(64, 'a') + ".example", "is not an address"},
                                         BadValue{"LongLocal", std::string(65, 'a') + "@sur.example", "is not an address"}, BadValue{"Empty", "\"\"", "is not an address"},
                                         BadValue{"Injection", "\"l@sur.example\\nRCPT TO:<x@y>\"", "single line"},
                                         BadValue{"Control", "\"l\\u0007@sur.example\"", "control character"}),
                         nameOfRow);
INSTANTIATE_TEST_SUITE_P(Bad, Addresses4,
                         testing::Values(BadValue{"Short", "10.0.0", "10.0.0"}, BadValue{"Big", "10.0.0.256", "10.0.0.256"}, BadValue{"Zeros", "10.0.0.01", "10.0.0.01"},
                                         BadValue{"Word", "router", "router"}, BadValue{"Loopback", "127.0.0.1", "cannot be the address of a node"},
                                         BadValue{"Multicast", "224.0.0.1", "cannot be the address of a node"}, BadValue{"Nought", "0.1.2.3", "cannot be the address of a node"},
                                         BadValue{"V6", "\"fd00::1\"", "not supported yet: IPv6"}),
                         nameOfRow);
INSTANTIATE_TEST_SUITE_P(Bad, Comparisons,
                         testing::Values(BadValue{"Word", "many", "copies: 'many' is no number, comparison"}, BadValue{"Backwards", "4..2", "'4..2' is no number"},
                                         BadValue{"Open", "\"2..\"", "is no number"}, BadValue{"Equals", "\"== 3\"", "is no number"},
                                         BadValue{"Turned", "\"=> 3\"", "is no number"}, BadValue{"Octal", "03", "is no number"}, BadValue{"Unit", "3 apples", "is no number"},
                                         BadValue{"List", "[1, 2]", "copies must be a single value"}),
                         nameOfRow);

struct BadPlace {
    std::string name;
    Pieces pieces;
    std::string message;
};
struct OtherValues : testing::TestWithParam<BadPlace> {};
struct NotYet : testing::TestWithParam<BadPlace> {};

TEST_P(OtherValues, AreRefused) { expectErrors(fileWith(GetParam().pieces), {GetParam().message}); }
TEST_P(NotYet, IsRefusedWithItsPlace) { expectErrors(fileWith(GetParam().pieces), {"not supported yet: " + GetParam().message}); }

std::string server(const std::string& more) { return "  x: { kind: mail-server, domains: [x.example], " + more + " }\n"; }
const std::string kJoinX = "  - { between: [x, r1] }\n";
std::string letter(const std::string& more) { return "  - { at: 1 s, send: { from: ana@norte.example, to: [luis@sur.example], " + more + " } }\n"; }

INSTANTIATE_TEST_SUITE_P(
    Bad, OtherValues,
    testing::Values(
        BadPlace{"Seed", {.top = "seed: §seven\n"}, "seed must be a whole number"},
        BadPlace{"SeedOverflow", {.top = "seed: §18446744073709551616\n"}, "seed must be 0 to 18446744073709551615"},
        BadPlace{"Until", {.top = "until: §0 s\n"}, "until must be more than 0"}, BadPlace{"UntilUnit", {.top = "until: §10\n"}, "until: '10' has no unit"},
        BadPlace{"TitleList", {.top = "title: §[a]\n"}, "title must be a mapping"}, BadPlace{"TitleControl", {.top = "title: §\"a\\u0007b\"\n"}, "title holds a control character"},
        BadPlace{"TitleControl1", {.top = "title: §\"a\\x85b\"\n"}, "title holds a control character"}, BadPlace{"TitleEmpty", {.top = "title:§\n"}, "title must be a mapping"},
        BadPlace{"Position", {.nodes = "  x: { kind: pc, position: §[1] }\n", .links = kJoinX}, "position is [x, y]"},
        BadPlace{"Routing", {.nodes = "  x: { kind: router, routing: §ospf }\n", .links = kJoinX}, "routing: 'ospf' is none of link-state, distance-vector, static"},
        BadPlace{"RipWithoutIt", {.nodes = "  x: { kind: router, rip: §{ split-horizon: off } }\n", .links = kJoinX}, "only a router with `routing: distance-vector`"},
        BadPlace{"PositionWord", {.nodes = "  x: { kind: pc, position: [1, §left] }\n", .links = kJoinX}, "position must be a number, not 'left'"},
        BadPlace{"Domain", {.nodes = "  x: { kind: mail-server, domains: [§a b] }\n", .links = kJoinX}, "domains: 'a b' is not a domain"},
        BadPlace{"DomainTwice", {.nodes = "  x: { kind: mail-server, domains: [a.example, §A.example] }\n", .links = kJoinX}, "stands there twice"},
        BadPlace{"MailboxWithoutDomain", {.nodes = "  x: { kind: mail-server, mailboxes: { §pepe: {} } }\n", .links = kJoinX}, "a mailbox needs a server with 'domains:'"},
        BadPlace{"MailboxElsewhere", {.nodes = server("mailboxes: { §pepe@y.example: {} }"), .links = kJoinX}, "of no domain of this server"},
        BadPlace{"MailboxName", {.nodes = server("mailboxes: { §pe pe: {} }"), .links = kJoinX}, "is not an address"},
        BadPlace{"MailboxTwice", {.nodes = server("mailboxes: { pepe: {}, §Pepe@x.example: {} }"), .links = kJoinX}, "there are two mailboxes"},
        BadPlace{"MailboxRange", {.nodes = server("mailboxes: { §\"u{1..x}\": {} }"), .links = kJoinX}, "is no range"},
        BadPlace{"MailboxRangeHuge", {.nodes = server("mailboxes: { §\"u{1..99999999}\": {} }"), .links = kJoinX}, "more than 1000000 mailboxes"},
        BadPlace{"MailboxKey", {.nodes = server("mailboxes: { pepe: { §qouta: 1 MB } }"), .links = kJoinX}, "unknown key 'qouta' in a mailbox (did you mean 'quota'?)"},
        BadPlace{"Quota", {.nodes = server("mailboxes: { pepe: { quota: §10 } }"), .links = kJoinX}, "quota: '10' has no unit"},
        BadPlace{"AliasElsewhere", {.nodes = server("aliases: { §a@y.example: [a@x.example] }"), .links = kJoinX}, "'a@y.example' is of no domain of this server"},
        BadPlace{"CatchAllElsewhere", {.nodes = server("aliases: { §\"*@y.example\": [a@x.example] }"), .links = kJoinX}, "is of no domain of this server"},
        BadPlace{"CatchAllDomain", {.nodes = server("aliases: { §\"*@y z\": [a@x.example] }"), .links = kJoinX}, "'y z' is not a domain"},
        BadPlace{"AliasTarget", {.nodes = server("aliases: { a@x.example: [§b] }"), .links = kJoinX}, "aliases: 'b' is not an address"},
        BadPlace{"ListScalar", {.nodes = server("lists: { a@x.example: §b@x.example }"), .links = kJoinX}, "lists must be a list"},
        BadPlace{"PolicyKey", {.nodes = server("policy: { §relays: open }"), .links = kJoinX}, "unknown key 'relays' in policy (did you mean 'relay'?)"},
        BadPlace{"PolicyRelay", {.nodes = server("policy: { relay: §yes }"), .links = kJoinX}, "relay: 'yes' is none of deny, open"},
        BadPlace{"RecordType",
                 {.nodes = "  x: { kind: dns-server, zones: { a.example: [ { type: §MXX, host: sur } ] } }\n", .links = kJoinX},
                 "type: 'MXX' is none of A, MX, TXT, CNAME, NS, PTR, SOA (did you mean 'MX'?)"},
        BadPlace{"RecordWithoutType", {.nodes = "  x: { kind: dns-server, zones: { a.example: [ §{ host: sur } ] } }\n", .links = kJoinX}, "a record needs 'type:'"},
        BadPlace{"TxtWithoutText", {.nodes = "  x: { kind: dns-server, zones: { a.example: [ §{ type: TXT } ] } }\n", .links = kJoinX}, "a TXT record needs 'text:'"},
        BadPlace{"AWithoutAddress", {.nodes = "  x: { kind: dns-server, zones: { a.example: [ §{ type: A } ] } }\n", .links = kJoinX}, "an A record needs"},
        BadPlace{"MxWithoutHost", {.nodes = "  x: { kind: dns-server, zones: { a.example: [ §{ type: MX } ] } }\n", .links = kJoinX}, "this record needs 'host:'"},
        BadPlace{"Preference",
                 {.nodes = "  x: { kind: dns-server, zones: { a.example: [ { type: MX, host: sur, preference: §65536 } ] } }\n", .links = kJoinX},
                 "preference must be 0 to 65535"},
        BadPlace{"DnsRole", {.nodes = "  x: { kind: dns-server, role: §root }\n", .links = kJoinX}, "role: 'root' is none of all, authoritative, recursive"},
        BadPlace{"AuthoritativeWithoutZones", {.nodes = "  x: §{ kind: dns-server, role: authoritative }\n", .links = kJoinX}, "an authoritative name server needs 'zones:'"},
        BadPlace{"ZoneWord", {.nodes = "  x: { kind: dns-server, zones: { a.example: §automatic } }\n", .links = kJoinX}, "a zone must be a list of records, or 'auto'"},
        BadPlace{
            "MinimumOfMx", {.nodes = "  x: { kind: dns-server, zones: { a.example: [ { type: MX, host: sur, minimum: §1 s } ] } }\n", .links = kJoinX}, "only a SOA record has it"},
        BadPlace{"SoaBelow", {.nodes = "  x: { kind: dns-server, zones: { a.example: [ §{ type: SOA, name: sub } ] } }\n", .links = kJoinX}, "a zone has one SOA"},
        BadPlace{"NullHostForNs", {.nodes = "  x: { kind: dns-server, zones: { a.example: [ §{ type: NS, host: \".\" } ] } }\n", .links = kJoinX}, "'.' as a host is for MX only"},
        BadPlace{"Congestion", {.rest = "defaults: { tcp: { congestion: §cubik } }\n"}, "congestion: 'cubik' is none of reno, newreno, cubic (did you mean 'cubic'?)"},
        BadPlace{"InitialWindow", {.rest = "defaults: { tcp: { initial-window: §11 } }\n"}, "initial-window must be 1 to 10, not 11"},
        BadPlace{"MinRto", {.rest = "defaults: { tcp: { min-rto: §0 ms } }\n"}, "min-rto must be more than 0"},
        BadPlace{"MinRtoUnit", {.rest = "defaults: { tcp: { min-rto: §200 } }\n"}, "min-rto: '200' has no unit"},
        BadPlace{"ReceiveBuffer", {.rest = "defaults: { tcp: { receive-buffer: §1 kB } }\n"}, "receive-buffer must be 1460 B to 1 GB"},
        BadPlace{"RetryEmpty", {.rest = "defaults: { mail: { retry: §[] } }\n"}, "retry needs at least one interval"},
        BadPlace{"RetryScalar", {.rest = "defaults: { mail: { retry: §30 min } }\n"}, "retry must be a list"},
        BadPlace{"RetryShort", {.rest = "defaults: { mail: { retry: [30 min, §10 ms] } }\n"}, "at least 1 s"},
        BadPlace{"HopLimit", {.rest = "defaults: { mail: { hop-limit: §0 } }\n"}, "hop-limit must be 1 to 1000"},
        BadPlace{"QueueNested", {.links = "  - { between: [r1, sur], queue: { size: §{ size: 3 packets } } }\n"}, "size must be a single value"},
        BadPlace{"QueueModel", {.links = "  - { between: [r1, sur], queue: { model: §fifo, size: 3 packets } }\n"}, "model: 'fifo' is none of drop-tail, red, codel"},
        BadPlace{"LossOfSet", {.timeline = "  - { at: 1 s, set: { link: backbone, loss: §5 } }\n"}, "loss must be 0 to 100 %"},
        BadPlace{"LinkName", {.links = "  - { name: §\"\", between: [r1, sur] }\n"}, "name must not be empty"},
        BadPlace{"LinkNameLines", {.links = "  - { name: §\"a\\nb\", between: [r1, sur] }\n"}, "name must be a single line"},
        BadPlace{"RuleNumber", {.links = "  - { between: [r1, sur], rules: [ { lose: { data-segment: [1, §0], towards: sur } } ] }\n"}, "data-segment must be 1 to"},
        BadPlace{"LastOfData", {.links = "  - { between: [r1, sur], rules: [ { lose: { data-segment: §-1, towards: sur } } ] }\n"}, "data-segment must be a whole number"},
        BadPlace{"At", {.timeline = "  - { at: §1, cut: backbone }\n"}, "at: '1' has no unit"},
        BadPlace{"AtNegative", {.timeline = "  - { at: §-1 s, cut: backbone }\n"}, "at must not be negative"},
        BadPlace{"FailWith", {.timeline = "  - { at: 1 s, fail: { dns: dns, with: §nothing, for: 1 s } }\n"}, "with: 'nothing' is none of servfail, nxdomain, silence, truncate"},
        BadPlace{"SubjectLines", {.timeline = letter("subject: §\"a\\nBcc: x@y.example\"")}, "subject must be a single line"},
        BadPlace{"SubjectControl", {.timeline = letter("subject: §\"a\\0b\"")}, "subject holds a control character"},
        BadPlace{"RepeatTimes", {.timeline = letter("repeat: { times: §0, every: 1 s }")}, "times must be 1 to 100000"},
        BadPlace{"RepeatForever", {.timeline = letter("repeat: §{ times: 100000, every: 100 days }")}, "more than 3650 days"},
        BadPlace{"RepeatWithoutEvery", {.timeline = letter("repeat: §{ times: 3 }")}, "repeat needs 'every:'"},
        BadPlace{"EnvelopeFrom", {.timeline = letter("envelope-from: §nobody")}, "envelope-from: 'nobody' is not an address"},
        BadPlace{"PrinterInABrowser", {.nodes = "  x: { kind: printer, reads-with: §webmail }\n", .links = kJoinX}, "a printer has no browser"},
        BadPlace{"AttachmentSize", {.timeline = letter("attach: [ { size: §100 } ]")}, "size: '100' has no unit"},
        BadPlace{"Status", {.rest = "expect: { mails: { carta: { status: §arrived } } }\n"}, "status: 'arrived' is none of refused, queued, bounced, delivered, read"},
        BadPlace{"Before", {.rest = "expect: { mails: { carta: { before: §3 } } }\n"}, "before: '3' has no unit"},
        BadPlace{"Reply", {.rest = "expect: { replies: { carta: [220, §999] } }\n"}, "a reply must be 200 to 599, not 999"},
        BadPlace{"RepliesScalar", {.rest = "expect: { replies: { carta: §220 } }\n"}, "replies must be a list"},
        BadPlace{"MetricValue", {.rest = "expect: { metrics: { tcp.retransmits: §few } }\n"}, "tcp.retransmits: 'few' is no number"}),
    nameOfRow);

INSTANTIATE_TEST_SUITE_P(
    Checks, OtherValues,
    testing::Values(
        BadPlace{
            "ChecksWord", {.nodes = "  x: { kind: phone, user: luis@sur.example, checks: §often }\n", .links = kJoinX}, "checks: 'often' is none of manual, idle, every 15 min"},
        BadPlace{"ChecksUnit", {.nodes = "  x: { kind: phone, user: luis@sur.example, checks: §every 15 }\n", .links = kJoinX}, "checks: '15' has no unit"},
        BadPlace{"ChecksShort", {.nodes = "  x: { kind: phone, user: luis@sur.example, checks: §every 9 s }\n", .links = kJoinX}, "every 10 s at most"},
        BadPlace{"ChecksLong", {.nodes = "  x: { kind: phone, user: luis@sur.example, checks: §every 31 days }\n", .links = kJoinX}, "every 30 days at least"},
        BadPlace{"ChecksList", {.nodes = "  x: { kind: phone, user: luis@sur.example, checks: §[idle] }\n", .links = kJoinX}, "checks must be a single value"},
        BadPlace{"ChecksPop3Idle", {.nodes = "  x: { kind: phone, user: luis@sur.example, reads-with: pop3, checks: §idle }\n", .links = kJoinX}, "only IMAP has IDLE"},
        BadPlace{"ChecksPrints", {.nodes = "  x: { kind: printer, user: luis@sur.example, checks: §idle, prints: true }\n", .links = kJoinX}, "a printer that prints looks"},
        BadPlace{"ChecksNobody", {.nodes = "  x: { kind: phone, checks: §idle }\n", .links = kJoinX}, "without 'user:' there is no mailbox"}),
    nameOfRow);

// Everything that the format has and the simulator has not. A row that fails because the feature came is to be removed.
INSTANTIATE_TEST_SUITE_P(Bad, NotYet,
                         testing::Values(BadPlace{"SetTcp", {.timeline = "  - { at: 1 s, set: { node: sur, tcp: §{ sack: false } } }\n"}, "changing tcp"},
                                         BadPlace{"SetCost", {.timeline = "  - { at: 1 s, set: { link: backbone, cost: §3 } }\n"}, "changing cost of a link"},
                                         BadPlace{"Ipv6", {.nodes = "  x: { kind: router, address: §\"2001:db8::1\" }\n", .links = kJoinX}, "IPv6"}),
                         nameOfRow);

TEST(BeyondAscii, MustMakeAName) {
    expectErrors(fileWith({.nodes = "  x: { kind: mail-server, domains: [§\"a☃.example\"] }\n", .links = kJoinX}),
                 {"domains: 'a☃.example' cannot be the name of a domain (RFC 5891)"});
    expectErrors(fileWith({.nodes = "  x: { kind: pc, user: §ana@☃.example }\n", .links = kJoinX}), {"user: 'ana@☃.example' cannot be an address (RFC 6531, RFC 5891)"});
    expectErrors(fileWith({.nodes = "  x: { kind: pc, user: §\"jos\u200bé@norte.example\" }\n", .links = kJoinX}), {"cannot be an address"});
    expectErrors(fileWith({.nodes = "  x: { kind: mail-server, domains: [ñandú.example, §XN--AND-6ma2c.example] }\n", .links = kJoinX}),
                 {"domains: 'ñandú.example' stands there twice"});
}

TEST(Policy, IsCheckedKeyByKey) {
    expectErrors(fileWith({.nodes = server("policy: { greylist: §300 }"), .links = kJoinX}), {"greylist: '300' has no unit"});
    expectErrors(fileWith({.nodes = server("policy: { greylist: §25 h }"), .links = kJoinX}), {"greylist must be at most 24 h (or 'off')"});
    expectErrors(fileWith({.nodes = server("policy: { rate-limit: §10 }"), .links = kJoinX}), {"is not written like 10 per min"});
    expectErrors(fileWith({.nodes = server("policy: { spf: §maybe }"), .links = kJoinX}), {"spf: 'maybe' is none of off, mark, reject"});
    expectErrors(fileWith({.nodes = server("policy: { dmarc: §quarantine }"), .links = kJoinX}), {"dmarc: 'quarantine' is none of off, mark, reject"});
    expectErrors(fileWith({.nodes = server("policy: { dkim: §check }"), .links = kJoinX}), {"dkim: 'check' is none of off, sign"});
    expectErrors(fileWith({.nodes = server("policy: { dsn: §reject }"), .links = kJoinX}), {"dsn: 'reject' is none of off, offer"});
    expectErrors(fileWith({.nodes = server("list-footer: §[x]"), .links = kJoinX}), {"list-footer must be a single value"});
}

TEST(Policy, OffIsNothing) {
    const Loaded loaded = load(fileWith({.nodes = server("policy: { greylist: off, spf: off, starttls: off, rate-limit: off, relay: deny }"),
                                         .links = kJoinX + "  - { name: two, between: [r1, sur], tap: false, strip-starttls: false, mtu: 1500 B }\n"}));
    EXPECT_TRUE(loaded.ok()) << allOf(loaded);
}

// --- probes, queues, bursts, ICMP ---------------------------------------------------------------------------------------------

std::string backbone(const std::string& keys) { return "  - { name: two, between: [r1, sur], " + keys + " }\n"; }
std::string probe(const std::string& what) { return "  - { at: 1 s, " + what + " }\n"; }

class BadModel : public testing::TestWithParam<BadPlace> {};
TEST_P(BadModel, IsAnError) { expectErrors(fileWith(GetParam().pieces), {GetParam().message}); }

INSTANTIATE_TEST_SUITE_P(
    Bad, BadModel,
    testing::Values(BadPlace{"BurstsUnknownKey", {.links = backbone("loss: { model: gilbert-elliott, p: 0.5 %, r: 1 %, §rr: 30 % }")}, "unknown key 'rr' in loss"},
                    BadPlace{"BurstsWithoutP", {.links = backbone("loss: §{ model: gilbert-elliott, r: 30 % }")}, "loss needs 'p:'"},
                    BadPlace{"BurstsShare", {.links = backbone("loss: { model: gilbert-elliott, p: §101 %, r: 30 % }")}, "p must be 0 to 100 %"},
                    BadPlace{"RedMinAboveMax", {.links = backbone("queue: §{ model: red, size: 100 packets, min: 50 packets, max: 20 packets }")}, "min must be less than max"},
                    BadPlace{"RedMaxAboveSize", {.links = backbone("queue: { model: red, size: 100 packets, max: §200 packets }")}, "max must not be more than size"},
                    BadPlace{"RedOtherUnit", {.links = backbone("queue: { model: red, size: 100 packets, min: §3 kB }")}, "min counts what size counts: packets"},
                    BadPlace{"RedNever", {.links = backbone("queue: { model: red, size: 100 packets, probability: §0 }")}, "probability must be more than 0"},
                    BadPlace{"CodelTarget", {.links = backbone("queue: { model: codel, size: 100 packets, target: §0 ms }")}, "target must be more than 0"},
                    BadPlace{"CodelKeyOfRed", {.links = backbone("queue: { model: codel, size: 100 packets, §weight: 1 % }")}, "unknown key 'weight' in queue"},
                    BadPlace{"DropTailTakesNoEcn", {.links = backbone("queue: { size: 100 packets, §ecn: true }")}, "unknown key 'ecn' in queue"},
                    BadPlace{"JitterWithoutSize", {.links = backbone("jitter: §{ keep-order: false }")}, "jitter needs 'up-to:'"},
                    BadPlace{"SetMtu", {.timeline = probe("set: { link: backbone, mtu: §67 B }")}, "mtu must be 68 B to 64 KiB"},
                    BadPlace{"PingNobody", {.timeline = probe("ping: { from: ana-pc, to: §srr }")}, "to: there is no node 'srr'"},
                    BadPlace{"PingFromNowhere", {.timeline = probe("ping: §{ to: sur }")}, "ping needs 'from:'"},
                    BadPlace{"PingTooLarge", {.timeline = probe("ping: { from: ana-pc, to: sur, size: §65508 B }")}, "size must be at most 65507 B"},
                    BadPlace{"PingNever", {.timeline = probe("ping: { from: ana-pc, to: sur, count: §0 }")}, "count must be 1 to 10000"},
                    BadPlace{"PingAllAtOnce", {.timeline = probe("ping: { from: ana-pc, to: sur, interval: §0 s }")}, "interval must be more than 0"},
                    BadPlace{"PingHops", {.timeline = probe("ping: { from: ana-pc, to: sur, §max-hops: 3 }")}, "unknown key 'max-hops' in ping"},
                    BadPlace{"TracerouteHops", {.timeline = probe("traceroute: { from: ana-pc, to: sur, max-hops: §65 }")}, "max-hops must be 1 to 64"},
                    BadPlace{"Icmp", {.nodes = "  x: { kind: router, icmp: §never }\n", .links = kJoinX}, "icmp: 'never' is none of on, old-style, off"}),
    nameOfRow);

TEST(Models, AreRead) {
    const Loaded loaded = load(fileWith({.links = backbone("mtu: 68 B, jitter: { up-to: 3 ms, keep-order: false }, loss: { model: gilbert-elliott, p: 0.5 %, r: 30 % },"
                                                           " forward: { queue: { model: red, size: 90 packets, gentle: false, weight: 1 % } },"
                                                           " backward: { queue: { model: codel, size: 64 kB, target: 20 ms, ecn: false }, loss: 1 % }"),
                                         .timeline = probe("set: { link: two, mtu: 65536 B, loss: { model: gilbert-elliott, p: 1 %, r: 2 %, good: 3 %, bad: 4 % } }") +
                                                     probe("ping: { from: r1, to: 10.9.9.9, count: 2, size: 0 B }") + probe("traceroute: { from: ana-pc, to: r1, max-hops: 5 }")}));
    ASSERT_TRUE(loaded.ok()) << allOf(loaded);
    const Link& two = loaded.scenario->links[loaded.scenario->link("two").index()];
    const net::LinkSettings &forth = two.settings[0], &back = two.settings[1];
    EXPECT_EQ(two.mtu, 68u);
    EXPECT_TRUE(forth.jitterReorders);
    EXPECT_EQ(forth.bursts, (net::BurstyLoss{Share{5'000'000}, Share::percent(30), Share{}, Share::percent(100)}));
    EXPECT_EQ(forth.queue.model, trace::QueueModel::red);
    EXPECT_FALSE(forth.queue.red.gentle);
    EXPECT_EQ(forth.queue.red.weight, Share::percent(1));
    EXPECT_FALSE(back.bursts) << "a plain share takes the place of bursts";
    EXPECT_EQ(back.loss, Share::percent(1));
    EXPECT_EQ(back.queue.codel, (net::CoDelSettings{std::chrono::milliseconds(20), std::chrono::milliseconds(100)}));
    EXPECT_EQ(back.queue.bytes, 64'000u);
    EXPECT_FALSE(back.queue.ecn);
    const auto actions = [&](std::size_t fromEnd) { return loaded.scenario->timeline[loaded.scenario->timeline.size() - fromEnd].action; };
    EXPECT_EQ(std::get<SetLink>(actions(3)).mtu, 65536u);
    EXPECT_EQ(std::get<SetLink>(actions(3)).changes[1].loss->second->bad, Share::percent(4));
    EXPECT_EQ(wire::toString(std::get<Probe>(actions(2)).address), "10.9.9.9");
    EXPECT_EQ(std::get<Probe>(actions(2)).size, 0u);
    EXPECT_EQ(std::get<Probe>(actions(1)).maxHops, 5);
}

// --- warnings: said, and nothing is stopped ---------------------------------------------------------------------------------

void expectWarnings(const std::string& marked, const std::vector<std::string>& messages) {
    const auto [text, places] = unmarked(marked);
    const Loaded loaded = load(text);
    EXPECT_TRUE(loaded.ok()) << allOf(loaded);
    ASSERT_EQ(loaded.diagnostics.size(), messages.size()) << allOf(loaded);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const Diagnostic& d = loaded.diagnostics[i];
        EXPECT_EQ(d.severity, Severity::warning);
        EXPECT_NE(d.message.find(messages[i]), std::string::npos) << toText(d);
        EXPECT_EQ(d.line, places.at(i).line) << toText(d);
        EXPECT_EQ(d.column, places.at(i).column) << toText(d);
    }
}

TEST(Warnings, DomainNobodyServes) {
    expectWarnings(fileWith({.timeline = "  - { at: 1 s, send: §{ id: x, from: ana@norte.example, to: [luis@sut.example] } }\n"}),
                   {"mail 'x': no server serves the domain of 'luis@sut.example'"});
}
TEST(Warnings, RecipientNobodyServes) {
    expectWarnings(fileWith({.timeline = "  - { at: 1 s, send: §{ id: x, from: ana@norte.example, to: [luis@sur.example], cc: [lius@sur.example] } }\n"}),
                   {"no server has a mailbox 'lius@sur.example'"});
}
TEST(Warnings, AliasListCatchAllAndPostmasterAreServed) {
    expectWarnings(
        fileWith({.nodes = "  x: { kind: mail-server, domains: [x.example, y.example], aliases: { a@x.example: [luis@sur.example], \"*@y.example\": [luis@sur.example] }, lists: { "
                           "l@x.example: [luis@sur.example] } }\n",
                  .links = kJoinX,
                  .timeline = "  - { at: 1 s, send: { from: ana@norte.example, to: [A@X.example, who@y.example, l@x.example, postmaster@sur.example, LUIS@SUR.example] } }\n"}),
        {});
}
TEST(Warnings, NodeWithoutLink) { expectWarnings(fileWith({.nodes = "  §x: { kind: router }\n"}), {"node 'x' has no link"}); }
TEST(Warnings, ProtocolsThatDoNotUnderstandEachOther) {
    expectWarnings(fileWith({.nodes = "  §x: { kind: router, routing: distance-vector }\n", .links = kJoinX}),
                   {"router 'x' speaks distance-vector and its neighbour 'r1' link-state"});
    expectWarnings(fileWith({.nodes = "  x: { kind: router, routing: static }\n", .links = kJoinX}), {});
}
TEST(Warnings, LoopOfSwitches) {
    const std::string three = "  s1: { kind: switch }\n  s2: { kind: switch }\n  s3: { kind: switch }\n";
    const std::string open = "  - { between: [s1, r1] }\n  - { between: [s1, s2] }\n  - { between: [s2, s3] }\n";
    expectWarnings(fileWith({.nodes = three, .links = open}), {});
    expectWarnings(fileWith({.nodes = three, .links = open + "  - §{ name: back, between: [s3, s1] }\n"}), {"link 'back' closes a loop of switches: a port is blocked"});
    expectWarnings(fileWith({.nodes = three, .links = open + "  - §{ name: twin, between: [s2, s1] }\n"}), {"link 'twin' closes a loop of switches"});
}
TEST(Warnings, RouteOverSomebodyWhoIsNoNeighbour) {
    expectWarnings(fileWith({.nodes = "  §x: { kind: router, routes: [ { to: sur, via: r2 }, { to: norte, via: r1 } ] }\n", .links = kJoinX}),
                   {"node 'x': the route to 'sur' goes via 'r2', which is no neighbour"});
    expectWarnings(fileWith({.nodes = "  §x: { kind: router }\n", .links = kJoinX, .timeline = "  - { at: 1 s, set: { node: x, routes: [ { to: sur, via: r2 } ] } }\n"}),
                   {"which is no neighbour"});
}
TEST(Warnings, NodeWithoutRoute) {
    expectWarnings(fileWith({.nodes = "  §far: { kind: pc, user: ana@norte.example }\n  sw: { kind: switch }\n", .links = "  - { between: [far, sw] }\n"}),
                   {"node 'far' has no route to its mail server 'norte'"});
    // Servers do not forward.
    expectWarnings(fileWith({.nodes = "  §far: { kind: pc, user: ana@norte.example }\n", .links = "  - { between: [far, sur] }\n"}),
                   {"node 'far' has no route to its mail server 'norte'"});
}
TEST(TcpKeys, AreTaken) {
    const Loaded loaded = load(fileWith({.rest = "defaults: { tcp: { ecn: true, tail-loss-probe: false, keep-alive: true, keep-alive-after: 10 min, user-timeout: 2 min } }\n"}));
    ASSERT_TRUE(loaded.ok()) << allOf(loaded);
    const transport::TcpSettings& tcp = loaded.scenario->nodes.front().tcp;
    EXPECT_TRUE(tcp.ecn && tcp.keepAlive && !tcp.tailLossProbe);
    EXPECT_EQ(tcp.keepAliveAfter, std::chrono::minutes{10});
    EXPECT_EQ(tcp.userTimeout, std::chrono::minutes{2});
}
TEST(Warnings, ServersWithoutRoute) {
    expectWarnings(
        "mailtrek: 1\nnodes:\n  a: { kind: pc, user: a@x.example }\n  b: { kind: pc, user: b@y.example }\n  §x: { kind: mail-server, domains: [x.example], mailboxes: { a: {} } }\n"
        "  y: { kind: mail-server, domains: [y.example], mailboxes: { b: {} } }\n  dns: { kind: dns-server }\nlinks:\n  - { between: [a, x] }\n  - { between: [b, y] }\n  - { "
        "between: [x, dns] }\n"
        "timeline:\n  - { at: 0 s, send: { from: a@x.example, to: [b@y.example] } }\n",
        {"node 'x' has no route to 'y'"});
}
TEST(Warnings, MailboxNobodyReads) {
    expectWarnings(fileWith({.nodes = "  §x: { kind: mail-server, domains: [x.example], mailboxes: { pepe: {} } }\n", .links = kJoinX}),
                   {"nobody reads the mailbox 'pepe@x.example'"});
}
TEST(Warnings, ThousandsOfUnreadMailboxesAreOneWarning) {
    expectWarnings(fileWith({.nodes = "  §x: { kind: mail-server, domains: [x.example], mailboxes: { \"u{1..5000}\": {} } }\n", .links = kJoinX}),
                   {"nobody reads 5000 mailboxes of 'x'"});
}

}  // namespace
}  // namespace mailtrek::scenario

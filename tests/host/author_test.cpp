// SPDX-License-Identifier: GPL-3.0-or-later
// DKIM and DMARC in a run: who signs, what breaks the signature on the way, and what is done about a From that nothing stands behind.
#include <gmock/gmock.h>

#include "sim/mail/dkim.h"
#include "sim/mail/message.h"
#include "tests/host/zone_kit.h"

namespace mailtrek::host {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using trace::CheckResult;
using trace::DialogueProtocol;
using trace::SenderCheck;

std::vector<std::string> checks(const Story& run) {
    std::vector<std::string> all;
    for (const auto& [id, e] : eventsOf<trace::SenderChecked>(run.recording))
        all.push_back(fmt::format("{} {} {}{}", trace::name(e.check), trace::name(e.result), run.recording.text(e.domain), e.refuses ? " refused" : ""));
    return all;
}
std::vector<trace::Policy> policies(const Story& run) {
    std::vector<trace::Policy> all;
    for (const auto& [id, e] : eventsOf<trace::PolicyApplied>(run.recording)) all.push_back(e.policy);
    return all;
}

const std::string kMark = ", policy: { dmarc: mark }", kReject = ", policy: { dmarc: reject }", kSign = ", policy: { dkim: sign }";
const std::string kMx = "{ type: MX, host: norte }", kMxOfSur = "sur.example: [ { type: MX, host: sur }, { type: TXT, text: \"v=spf1 mx -all\" } ]";
std::string dmarc(const std::string& record) { return "{ name: _dmarc, type: TXT, text: \"v=DMARC1; " + record + "\" }"; }
std::string norteZone(const std::string& records) { return "norte.example: [ " + kMx + (records.empty() ? "" : ", ") + records + " ]"; }

// --- DKIM ----------------------------------------------------------------------------------------------------------------------------

TEST(Dkim, AnUnchangedLetterPasses) {
    const Story run({.norte = kSign, .sur = kMark, .timeline = sendAt("0 s", "carta", "luis@sur.example")});
    EXPECT_THAT(policies(run), ElementsAre(trace::Policy::signedLetter));
    EXPECT_THAT(checks(run), ElementsAre("spf none norte.example", "dkim pass norte.example", "dmarc none norte.example"));
    const auto letters = run.letters("luis@sur.example");
    ASSERT_THAT(letters, SizeIs(1));
    EXPECT_THAT(letters[0], AllOf(HasSubstr("\r\nDKIM-Signature: v=1; a=modelled-sha256; c=relaxed/relaxed; d=norte.example;\r\n"),
                                  HasSubstr(";\r\n\tdkim=pass (modelled signature)\r\n\theader.d=norte.example header.s=mailtrek;\r\n\tdmarc=none header.from=norte.example\r\n")));
    EXPECT_LT(letters[0].find("DKIM-Signature"), letters[0].find("by norte.norte.example")) << "above all that was there when it was signed";
    EXPECT_EQ(run.outcome().attempts, 1u);
}

// What the node asked the DNS for, of this type.
std::vector<std::string> asked(const Story& run, std::string_view node, trace::DnsType type) {
    std::vector<std::string> names;
    for (const auto& [id, e] : eventsOf<trace::DnsQuery>(run.recording))
        if (run.recording.event(id).node == run.node(node) && e.type == type) names.emplace_back(run.recording.text(e.name));
    return names;
}

TEST(Dkim, KeyAndPolicyAreAskedOfTheDns) {
    const Story run({.norte = kSign, .sur = kMark, .timeline = sendAt("0 s", "carta", "luis@sur.example") + sendAt("1 min", "otra", "luis@sur.example")});
    EXPECT_THAT(asked(run, "sur", trace::DnsType::txt), ElementsAre("norte.example", "mailtrek._domainkey.norte.example", "_dmarc.norte.example")) << "once: then they are known";
    EXPECT_EQ(run.outcome(1).status, Status::delivered);
    const auto checked = eventsOf<trace::SenderChecked>(run.recording);
    ASSERT_GE(checked.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<trace::DnsAnswer>(run.recording.event(run.recording.event(checked[1].first).cause).payload)) << "why? Because the DNS says so";
}

TEST(Dkim, WithoutAServerThatSignsThereIsNoKey) {
    const Story run({.sur = kMark, .timeline = sendAt("0 s", "carta", "luis@sur.example")});
    EXPECT_THAT(checks(run), ElementsAre("spf none norte.example", "dkim none norte.example", "dmarc none norte.example"));
    EXPECT_THAT(run.letters("luis@sur.example").at(0), HasSubstr(";\r\n\tdkim=none;\r\n"));
    EXPECT_THAT(policies(run), IsEmpty());
}

TEST(Dkim, MayBeSwitchedOnInTheMiddle) {
    const std::string set = "  - { at: 1 min, set: { node: norte, policy: { dkim: sign } } }\n";
    const Story run({.sur = kMark, .timeline = sendAt("0 s", "carta", "luis@sur.example") + set + sendAt("2 min", "otra", "luis@sur.example")});
    EXPECT_THAT(checks(run), ElementsAre("spf none norte.example", "dkim none norte.example", "dmarc none norte.example",  //
                                         "spf none norte.example", "dkim pass norte.example", "dmarc none norte.example"));
}

// norte and sur with a router between them that says `keys`, and a letter with a large attachment.
Story through(const std::string& keys) {
    return Story(run::simulate(run::test::scenarioOf(
        fmt::format("mailtrek: 1\nnodes:\n  pc: {{ kind: pc, user: ana@norte.example }}\n  norte: {{ kind: mail-server, domains: [norte.example], mailboxes: {{ ana: {{}} }}{} }}\n"
                    "  r: {{ kind: router{} }}\n  sur: {{ kind: mail-server, domains: [sur.example], mailboxes: {{ luis: {{}} }}{} }}\n"
                    "links: [ {{ between: [pc, norte] }}, {{ between: [norte, r] }}, {{ between: [r, sur] }} ]\ntimeline:\n"
                    "  - {{ at: 0 s, send: {{ id: carta, from: ana@norte.example, to: [luis@sur.example], attach: [ {{ name: f.bin, size: 20 kB }} ] }} }}\n",
                    kSign, keys, kMark))));
}

TEST(Dkim, SeesWhatNoChecksumSees) {  // lesson 17: two words that changed places in the memory of a router
    EXPECT_THAT(checks(through("")), Contains("dkim pass norte.example"));
    const Story damaged = through(", corrupt: { words-swapped: 3 }");
    EXPECT_THAT(checks(damaged), Contains("dkim fail norte.example"));
    EXPECT_THAT(damaged.letters("luis@sur.example").at(0), HasSubstr("dkim=fail (modelled signature)\r\n\treason=\"the body was changed\"\r\n"));
}

TEST(Dkim, TheFilesOwnRecordGoesBeforeTheAutomaticKey) {
    const Plan plan{.norte = kSign, .sur = kMark, .timeline = sendAt("0 s", "carta", "luis@sur.example")};
    const auto result = [&](const std::string& records) { return checks(ZoneStory(plan, norteZone(records))).at(1); };
    EXPECT_EQ(result(""), "dkim pass norte.example") << "a zone written by hand has the key too";
    EXPECT_EQ(result("{ name: mailtrek._domainkey, type: TXT, text: \"v=DKIM1; k=modelled; p=\" }"), "dkim permerror norte.example") << "revoked";
    EXPECT_EQ(result("{ name: mailtrek._domainkey, type: TXT, text: \"v=DKIM1; k=modelled; p=YWJj\" }"), "dkim fail norte.example") << "another key";
}

TEST(Dkim, KeysLieWhereTheZoneIsServed) {
    const Plan plan{.norte = kSign,
                    .sur = kMark,
                    .more = "  ns: { kind: dns-server, role: authoritative, zones: { norte.example: auto } }\n",
                    .links = "  - { between: [ns, r] }\n",
                    .timeline = sendAt("0 s", "carta", "luis@sur.example")};
    EXPECT_THAT(checks(Story(plan)), Contains("dkim pass norte.example"));
}

// --- what happens to letters on the way -------------------------------------------------------------------------------------------------

// Este checks; its people are reached over sur, by a list and by an alias.
Plan overSur(const std::string& keysOfSur) {
    return {.norte = kSign,
            .sur = ", lists: { clase@sur.example: [cata@este.example] }, aliases: { cata@sur.example: [cata@este.example] }" + keysOfSur,
            .more = "  este: { kind: mail-server, domains: [este.example], mailboxes: { cata: {} }, policy: { dmarc: reject } }\n",
            .links = "  - { between: [este, r] }\n"};
}
const std::string kStrictNorte = norteZone("{ type: TXT, text: \"v=spf1 mx -all\" }, " + dmarc("p=reject"));

TEST(Dmarc, ForwardingBreaksSpfButNotTheSignature) {
    Plan plan = overSur("");
    plan.timeline = sendAt("0 s", "carta", "cata@sur.example");
    const ZoneStory run(plan, kStrictNorte);
    EXPECT_THAT(checks(run), ElementsAre("spf fail norte.example", "dkim pass norte.example", "dmarc pass norte.example"));
    EXPECT_THAT(run.letters("cata@este.example"), SizeIs(1));
    plan.norte.clear();
    const ZoneStory unsignedOne(plan, kStrictNorte);
    EXPECT_THAT(checks(unsignedOne), ElementsAre("spf fail norte.example", "dkim none norte.example", "dmarc fail norte.example refused"));
    EXPECT_EQ(unsignedOne.outcome().status, Status::bounced);
}

TEST(Dmarc, AListThatWritesUnderTheLettersBreaksThem) {
    Plan plan = overSur("");
    plan.timeline = sendAt("0 s", "carta", "clase@sur.example");
    const ZoneStory plain(plan, kStrictNorte + ", " + kMxOfSur);
    EXPECT_THAT(checks(plain), ElementsAre("spf pass sur.example", "dkim pass norte.example", "dmarc pass norte.example"))
        << "SPF is about the list, the signature about the author";
    plan.sur += ", list-footer: Lista de la clase";
    const ZoneStory footed(plan, kStrictNorte + ", " + kMxOfSur);
    EXPECT_THAT(checks(footed), ElementsAre("spf pass sur.example", "dkim fail norte.example", "dmarc fail norte.example refused"));
    EXPECT_THAT(footed.dialogue(DialogueProtocol::smtp), Contains("S: 550 5.7.1 Email rejected per DMARC policy for norte.example"));
    EXPECT_THAT(footed.letters("cata@este.example"), IsEmpty());
    EXPECT_THAT(footed.letters("luis@sur.example"), ElementsAre(HasSubstr("To: clase-owner@sur.example"))) << "who looks after the list hears of it";
}

TEST(Dmarc, NoticesAreSignedToo) {
    Plan plan{.norte = ", policy: { dkim: sign }, aliases: { todos@norte.example: [nobody@sur.example] }",
              .sur = kReject,
              .more = "  luis-pc: { kind: pc, user: luis@sur.example }\n",
              .links = "  - { between: [luis-pc, sur] }\n",
              .timeline = "  - { at: 0 s, send: { id: carta, from: luis@sur.example, to: [todos@norte.example] } }\n"};
    const ZoneStory run(plan, kStrictNorte);
    const auto letters = run.letters("luis@sur.example");
    ASSERT_THAT(letters, SizeIs(1));
    EXPECT_THAT(letters[0], AllOf(HasSubstr("From: Mail Delivery System <MAILER-DAEMON@norte.norte.example>"), HasSubstr("dkim=pass"),
                                  HasSubstr("dmarc=pass header.from=norte.norte.example")));
    plan.norte = ", aliases: { todos@norte.example: [nobody@sur.example] }";
    EXPECT_THAT(ZoneStory(plan, kStrictNorte).letters("luis@sur.example"), IsEmpty()) << "without a signature nothing stands behind it";
}

// --- a false From: lesson 15 C ----------------------------------------------------------------------------------------------------------

const std::string kMaloSpf = "malo.example: [ { type: MX, host: malo }, { type: TXT, text: \"v=spf1 mx -all\" } ]";
std::string bank(const std::string& record) { return kMaloSpf + ", banco.example: [ " + dmarc(record) + " ]"; }
// Malo writes to Luis under its own envelope, as the director of the bank.
Plan asTheBank(const std::string& policyOfSur, const std::string& keysOfMalo = "") {
    return {.sur = ", policy: { " + policyOfSur + " }",
            .more = malo(keysOfMalo) + "  luis-pc: { kind: pc, user: luis@sur.example }\n",
            .links = kMaloLinks + "  - { between: [luis-pc, sur] }\n",
            .timeline =
                "  - { at: 0 s, send: { id: spam, from: mal@malo.example, header-from: director@banco.example, to: [luis@sur.example] } }\n"
                "  - { at: 1 h, read: { on: luis-pc, mail: spam } }\n"};
}

TEST(FalseAuthor, WithSpfAloneItComesIn) {
    const ZoneStory run(asTheBank("spf: reject"), bank("p=reject"));
    EXPECT_THAT(checks(run), ElementsAre("spf pass malo.example"));
    EXPECT_EQ(run.outcome().status, Status::read);
    EXPECT_EQ(mail::parse(run.letters("luis@sur.example").at(0)).header("From"), "director@banco.example");
}

TEST(FalseAuthor, DmarcSeesThatNothingStandsBehindFrom) {
    for (const char* keys : {"", ", policy: { dkim: sign }"}) {
        const ZoneStory run(asTheBank("dmarc: reject", keys), bank("p=reject"));
        const bool isSigned = std::string_view(keys) != "";
        EXPECT_THAT(checks(run), ElementsAre("spf pass malo.example", isSigned ? "dkim pass malo.example" : "dkim none banco.example", "dmarc fail banco.example refused"));
        EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains("S: 550 5.7.1 Email rejected per DMARC policy for banco.example"));
        EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains("C: (content)")) << "From is not known before";
        EXPECT_THAT(run.letters("luis@sur.example"), IsEmpty());
        EXPECT_EQ(run.outcome().status, Status::bounced);
    }
}

TEST(FalseAuthor, MarkLetsItInWithANote) {
    const ZoneStory run(asTheBank("dmarc: mark"), bank("p=reject"));
    EXPECT_THAT(checks(run), Contains("dmarc fail banco.example"));
    EXPECT_THAT(run.letters("luis@sur.example").at(0),
                AllOf(HasSubstr("spf=pass smtp.mailfrom=mal@malo.example"), HasSubstr("dmarc=fail (p=reject dis=none) header.from=banco.example")));
    EXPECT_EQ(run.outcome().status, Status::read);
    EXPECT_THAT(policies(run), IsEmpty());
}

TEST(FalseAuthor, QuarantineIsTheFolderJunk) {
    const ZoneStory run(asTheBank("dmarc: reject"), bank("p=quarantine"));
    EXPECT_THAT(run.letters("luis@sur.example").at(0), HasSubstr("dmarc=fail (p=quarantine dis=quarantine) header.from=banco.example"));
    EXPECT_EQ(run.outcome().status, Status::delivered) << "it is there, but whoever looks into the INBOX does not see it";
    EXPECT_THAT(policies(run), ElementsAre(trace::Policy::quarantined));
}

TEST(FalseAuthor, TheOwnerOfTheDomainSaysWhatIsDone) {
    EXPECT_EQ(ZoneStory(asTheBank("dmarc: reject"), bank("p=none")).outcome().status, Status::read);
    EXPECT_EQ(ZoneStory(asTheBank("dmarc: reject"), kMaloSpf).outcome().status, Status::read) << "no record: nothing is asked for";
    EXPECT_EQ(ZoneStory(asTheBank("dmarc: reject"), bank("p=rejct")).outcome().status, Status::read) << "nor with a broken one";
    EXPECT_EQ(ZoneStory(asTheBank("dmarc: reject"), bank("p=reject; pct=0")).outcome().status, Status::delivered) << "spared by one step: quarantine";
}

TEST(FalseAuthor, PercentIsOfLettersAndTheDiceAreTheirOwn) {
    Plan plan = asTheBank("dmarc: reject");
    plan.timeline = "  - { at: 0 s, send: { id: spam, from: mal@malo.example, header-from: director@banco.example, to: [luis@sur.example], repeat: { times: 60, every: 1 s } } }\n";
    const auto fate = [](const Story& run) {
        std::vector<Status> all;
        for (const auto& outcome : run::mailOutcomes(run.recording))
            if (outcome.id.starts_with("spam")) all.push_back(outcome.status);
        return all;
    };
    const auto whole = fate(ZoneStory(plan, bank("p=reject; pct=40")));
    const auto refused = std::count(whole.begin(), whole.end(), Status::bounced);
    EXPECT_GT(refused, 12) << "40 % of 60 are 24";
    EXPECT_LT(refused, 36);
    EXPECT_EQ(std::count(whole.begin(), whole.end(), Status::delivered), 60 - refused) << "the others are quarantined";
    plan.timeline += "  - { at: 500 ms, stop: dns }\n  - { at: 30500 ms, start: dns }\n";
    plan.timeline += "  - { at: 10500 ms, send: { id: otra, from: mal@malo.example, to: [luis@sur.example] } }\n";
    EXPECT_EQ(fate(ZoneStory(plan, bank("p=reject; pct=40"))), whole) << "another letter and a DNS that was away change nothing about theirs";
}

TEST(FalseAuthor, ADnsWithoutAnAnswerIsNoRefusal) {
    for (const char* with : {"servfail", "silence"}) {
        Plan plan = asTheBank("dmarc: reject");
        plan.more = malo("");  // tries again
        plan.links = kMaloLinks;
        plan.backbone = ", delay: 1 s";
        plan.timeline =
            "  - { at: 0 s, send: { id: spam, from: mal@malo.example, header-from: director@banco.example, to: [luis@sur.example] } }\n"
            "  - { at: 15 s, fail: { dns: dns, with: " +
            std::string(with) + ", for: 10 min } }\n";
        const ZoneStory run(plan, bank("p=reject"));
        EXPECT_THAT(run.dialogue(DialogueProtocol::smtp), Contains("S: 451 4.4.3 DMARC: the DNS gives no answer for now about banco.example")) << with;
        EXPECT_EQ(run.outcome().status, Status::bounced) << "the second time the answer is known";
        EXPECT_EQ(run.outcome().attempts, 2u) << with;
    }
}

TEST(FalseAuthor, ACrashInTheMiddleOfTheCheckLosesNothing) {
    const ZoneStory run({.norte = kSign,
                         .sur = kReject,
                         .backbone = ", delay: 1 s",
                         .timeline = sendAt("0 s", "carta", "luis@sur.example") + "  - { at: 18 s, stop: sur }\n  - { at: 1 min, start: sur }\n"},
                        kStrictNorte);
    EXPECT_EQ(run.outcome().status, Status::delivered);
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_EQ(run.outcome().attempts, 2u);
    EXPECT_THAT(checks(run), ElementsAre("spf pass norte.example", "spf pass norte.example", "dkim pass norte.example", "dmarc pass norte.example"))
        << "the first time it came to no end";
}

// A program that does not wait for replies: the next letter stands behind the one that is thought about.
TEST(FalseAuthor, LettersOneBehindTheOtherKeepApart) {
    const auto says = [](const std::string& text) { return "  - { at: 1 s, outside: { on: ana-pc, connection: 1, write: \"" + text + "\" } }\n"; };
    const auto envelope = [](const std::string& to) { return "MAIL FROM:<mal@malo.example>\\r\\nRCPT TO:<" + to + "@norte.example>\\r\\nDATA\\r\\n"; };
    const auto content = [](const std::string& from) { return "From: x@" + from + "\\r\\n\\r\\nHola\\r\\n.\\r\\n"; };
    const ZoneStory run(
        {.norte = ", policy: { dmarc: reject }, aliases: { eva@norte.example: [ana@norte.example] }",
         .timeline = "  - { at: 0 s, outside: { on: ana-pc, session: begin } }\n  - { at: 1 s, outside: { on: ana-pc, connection: 1, open: smtp } }\n" +
                     says("EHLO malo.malo.example\\r\\n" + envelope("ana")) + "  - { at: 2 s, outside: { on: ana-pc, connection: 1, write: \"" + content("banco.example") +
                     envelope("eva") + "\" } }\n  - { at: 3 s, outside: { on: ana-pc, connection: 1, write: \"" + content("otro.example") + "QUIT\\r\\n\" } }\n"},
        "banco.example: [ " + dmarc("p=reject") + " ]");
    EXPECT_THAT(checks(run), ElementsAre("spf none malo.example", "dkim none banco.example", "dmarc fail banco.example refused",  //
                                         "spf none malo.example", "dkim none otro.example", "dmarc none otro.example"));
    const auto letters = run.letters("ana@norte.example");
    ASSERT_THAT(letters, SizeIs(1));
    EXPECT_THAT(letters[0], AllOf(HasSubstr("From: x@otro.example"), HasSubstr("for <eva@norte.example>"), HasSubstr("dmarc=none header.from=otro.example")));
}

TEST(FalseAuthor, WhoeverNamesNobodyIsRefused) {  // RFC 7489 6.6.1
    const auto told = [](const std::string& policy, const std::string& header) {
        const Story run(
            {.norte = ", policy: { dmarc: " + policy + " }",
             .timeline =
                 "  - { at: 0 s, outside: { on: ana-pc, session: begin } }\n  - { at: 1 s, outside: { on: ana-pc, connection: 1, open: smtp } }\n"
                 "  - { at: 1 s, outside: { on: ana-pc, connection: 1, write: \"EHLO malo.malo.example\\r\\nMAIL FROM:<mal@malo.example>\\r\\nRCPT TO:<ana@norte.example>\\r\\n"
                 "DATA\\r\\n\" } }\n  - { at: 2 s, outside: { on: ana-pc, connection: 1, write: \"" +
                 header + "\\r\\n\\r\\nHola\\r\\n.\\r\\nQUIT\\r\\n\" } }\n"});
        return std::pair(checks(run).back(), run.letters("ana@norte.example").size());
    };
    for (const char* header : {"Subject: x", "From: a@norte.example\\r\\nFrom: b@norte.example", "From: a@norte.example, b@sur.example"}) {
        EXPECT_EQ(told("reject", header), std::pair(std::string("dmarc permerror  refused"), std::size_t{0})) << header;
        EXPECT_EQ(told("mark", header), std::pair(std::string("dmarc permerror "), std::size_t{1})) << header;
    }
}

TEST(FalseAuthor, StrangersOnlyAreChecked) {
    const Story own({.norte = kReject, .timeline = sendAt("0 s", "carta", "ana@norte.example", ", header-from: director@banco.example")});
    EXPECT_THAT(checks(own), IsEmpty()) << "who logs in is known";
    const ZoneStory backup({.norte = ", backup-for: [sur.example]",
                            .sur = kReject,
                            .timeline = "  - { at: 0 s, stop: sur }\n" + sendAt("1 s", "carta", "luis@sur.example") + "  - { at: 5 min, start: sur }\n"},
                           kStrictNorte);
    EXPECT_THAT(checks(backup), IsEmpty());
    EXPECT_EQ(backup.outcome().status, Status::delivered);
}

}  // namespace
}  // namespace mailtrek::host

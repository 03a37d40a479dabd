// SPDX-License-Identifier: GPL-3.0-or-later
// DKIM, RFC 6376: what a signature covers, what breaks it, and where its key comes from.
#include "sim/mail/dkim.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>

#include "sim/mail/dkim_signature.h"
#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
#include "sim/mail/sha256.h"
#include "tests/mail/spf_kit.h"

namespace mailtrek::mail {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using trace::CheckResult;

constexpr auto kSimple = Canonicalization::simple, kRelaxed = Canonicalization::relaxed;

const std::string kLetter =
    "Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nFrom: ana@norte.example\r\nTo: luis@sur.example\r\nSubject: Hola,\r\n  Luis\r\nMessage-ID: <1@norte.example>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nLine one\r\nLine  two \r\n\r\n";

std::string signedBy(const std::string& letter, DkimForm form = {}, const DkimKey& key = modelledKey("norte.example")) {
    return dkimSignatureLine(letter, key, kStart + 5s, form) + letter;
}
const std::string kKeyRecord = dkimKeyName(modelledKey("norte.example")) + " TXT " + dkimKeyRecord(modelledKey("norte.example"));

DkimVerdict checked(const std::string& letter, std::vector<std::string> names = {kKeyRecord}, Instant now = kStart + 1min) {
    TableOfNames table(names);
    const auto signatures = dkimSignatures(letter);
    EXPECT_EQ(signatures.size(), 1u);
    return concluded(table, [&](const DnsFacts& facts) { return checkDkim(letter, signatures.at(0), facts, now); });
}
std::string with(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// --- canonical forms, RFC 6376 3.4 -------------------------------------------------------------------------------------------------

TEST(DkimCanonical, TheExamplesOfTheRfc) {  // 3.4.5
    const auto fields = rawFields("A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n");
    ASSERT_EQ(fields.size(), 2u);
    EXPECT_EQ(canonicalField(fields[0], kRelaxed) + canonicalField(fields[1], kRelaxed), "a:X\r\nb:Y Z\r\n");
    EXPECT_EQ(canonicalField(fields[0], kSimple) + canonicalField(fields[1], kSimple), "A: X\r\nB : Y\t\r\n\tZ  \r\n");
    const std::string body = " C \r\nD \t E\r\n\r\n\r\n";
    EXPECT_EQ(canonicalBody(body, kRelaxed), " C\r\nD E\r\n");
    EXPECT_EQ(canonicalBody(body, kSimple), " C \r\nD \t E\r\n");
}

TEST(DkimCanonical, BodiesThatAreHardlyThere) {  // 3.4.3, 3.4.4: with the hashes that the RFC gives
    const auto hash = [](std::string_view body, Canonicalization how) {
        Sha256 sha;
        sha.add(canonicalBody(body, how));
        return base64(sha.octets());
    };
    for (const char* body : {"", "\r\n", "\r\n\r\n"}) {
        EXPECT_EQ(hash(body, kSimple), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=") << body;
        EXPECT_EQ(hash(body, kRelaxed), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") << body;
    }
    EXPECT_EQ(canonicalBody(" \t\r\n \r\n", kRelaxed), "") << "white space alone is an empty line";
    EXPECT_EQ(canonicalBody(" \r\n", kSimple), " \r\n");
    for (const auto how : {kSimple, kRelaxed}) EXPECT_EQ(canonicalBody("x", how), "x\r\n") << "a last line that does not end";
    EXPECT_EQ(canonicalBody("a\r\n\r\n\r\nb\r\n", kSimple), "a\r\n\r\n\r\nb\r\n") << "empty lines in the middle stay";
    EXPECT_EQ(hash("Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n", kSimple), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=") << "RFC 6376 A.2";
}

TEST(Hmac, KnownAnswers) {  // RFC 4231 4.2, 4.7
    const auto hex = [](const std::string& octets) {
        std::string digits;
        for (const char c : octets) digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
        return digits;
    };
    EXPECT_EQ(hex(hmacSha256(std::string(20, '\x0b'), "Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex(hmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// --- the field ---------------------------------------------------------------------------------------------------------------------

TEST(Dkim, TheFieldSaysWhatTheRfcWantsAndThatItIsModelled) {
    const std::string line = dkimSignatureLine(kLetter, modelledKey("norte.example"), kStart + 5s);
    EXPECT_EQ(line.substr(0, line.find("\r\n\tbh=")),
              "DKIM-Signature: v=1; a=modelled-sha256; c=relaxed/relaxed; d=norte.example;\r\n\ts=mailtrek; t=1772445605;\r\n\t"
              "h=From:To:Subject:Date:Message-ID:MIME-Version:Content-Type;");
    EXPECT_TRUE(line.ends_with("\r\n"));
    for (std::string_view rest = line; !rest.empty(); rest.remove_prefix(rest.find("\r\n") + 2)) EXPECT_LE(rest.find("\r\n"), 78u) << rest;
    const auto read = parseDkimSignature(fieldValue(line));
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->bodyHash.size(), 32u);
    EXPECT_EQ(read->at, 1772445605u);
    EXPECT_THAT(read->fields, ElementsAre("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"));
}

TEST(Dkim, DomainsBeyondAsciiTravelAsALabels) {
    const DkimKey key = modelledKey("ñandú.example");
    EXPECT_EQ(dkimKeyName(key), "mailtrek._domainkey.xn--and-6ma2c.example");
    EXPECT_EQ(modelledKey("xn--and-6ma2c.example").octets, key.octets) << "one domain, one key";
    const std::string letter = signedBy(kLetter, {}, key);
    EXPECT_THAT(letter, HasSubstr("d=xn--and-6ma2c.example;"));
    const DkimVerdict verdict = checked(letter, {dkimKeyName(key) + " TXT " + dkimKeyRecord(key)});
    EXPECT_EQ(verdict.result, CheckResult::pass) << verdict.problem;
    EXPECT_EQ(verdict.domain, "ñandú.example");
}

TEST(Dkim, WhatIsWrongWithAField) {
    const std::string good = "v=1; a=modelled-sha256; d=norte.example; s=x; h=From; bh=AAAA; b=AAAA";
    EXPECT_TRUE(parseDkimSignature(good).ok());
    const auto problem = [&](const std::string& from, const std::string& to) {
        const auto read = parseDkimSignature(with(good, from, to));
        return read.ok() ? std::string("none") : read.error().message;
    };
    for (const char* tag : {"v=1; ", "a=modelled-sha256; ", "d=norte.example; ", "s=x; ", "h=From; ", "bh=AAAA; ", "; b=AAAA"})
        EXPECT_THAT(problem(tag, ""), HasSubstr("the signature has no")) << tag;
    EXPECT_EQ(problem("v=1", "v=2"), "the signature is not of version 1");
    EXPECT_EQ(problem("h=From", "h=To:Subject"), "From is not signed");
    EXPECT_EQ(problem("h=From", "h=To : from"), "none") << "names are compared without regard to case, with white space around";
    EXPECT_EQ(problem("bh=AAAA", "bh=A!"), "b= or bh= is no base64");
    EXPECT_EQ(problem("s=x", "s=x; c=loose"), "c=loose is not known");
    EXPECT_EQ(problem("s=x", "s=x; c=relaxed"), "none");
    EXPECT_EQ(problem("s=x", "s=x; s=y"), "the tag s= stands there twice");
    EXPECT_EQ(problem("s=x", "s=x; i=ana@sur.example"), "i= is not within d=");
    EXPECT_EQ(problem("s=x", "s=x; i=@pc.norte.example"), "none");
    EXPECT_EQ(problem("s=x", "s=x; l=-1"), "l=, t= or x= is no number");
    EXPECT_EQ(problem("s=x", "s=x; t=5; x=5"), "the signature ends before it begins");
    EXPECT_EQ(problem("s=x", "s=x; q=http"), "q= names no way to the key");
    EXPECT_EQ(problem("s=x", "s=x; unknown=1"), "none") << "3.2: unknown tags are ignored";
    EXPECT_EQ(problem("s=x", "s=x; 5"), "'5' is no tag");
    EXPECT_EQ(parseDkimSignature(good + ";\r\n ")->selector, "x") << "a semicolon at the end is allowed";
}

// --- what breaks it ------------------------------------------------------------------------------------------------------------------

TEST(Dkim, AnUnchangedLetterPassesInEveryForm) {
    for (const auto header : {kSimple, kRelaxed})
        for (const auto body : {kSimple, kRelaxed}) {
            const DkimVerdict verdict = checked(signedBy(kLetter, {header, body}));
            EXPECT_EQ(verdict.result, CheckResult::pass) << verdict.problem;
            EXPECT_EQ(verdict.domain, "norte.example");
            EXPECT_EQ(verdict.selector, "mailtrek");
        }
}

TEST(Dkim, WhatServersWriteAboveItDoesNotHurt) {  // 5.4: not signed
    EXPECT_EQ(checked("Return-Path: <ana@norte.example>\r\nReceived: from x\r\n\tby y\r\n" + signedBy(kLetter)).result, CheckResult::pass);
    EXPECT_EQ(checked("List-Id: <clase.sur.example>\r\n" + signedBy(kLetter)).result, CheckResult::pass);
}

TEST(Dkim, AChangeOfTheBodyBreaksIt) {
    for (const DkimForm form : {DkimForm{kSimple, kSimple}, DkimForm{kRelaxed, kRelaxed}}) {
        const std::string letter = signedBy(kLetter, form);
        for (const std::string& changed : {with(letter, "Line one", "Line One"), letter + "-- \r\nclase@sur.example\r\n", with(letter, "Line one\r\n", "")}) {
            const DkimVerdict verdict = checked(changed);
            EXPECT_EQ(verdict.result, CheckResult::fail);
            EXPECT_EQ(verdict.problem, "the body was changed");
        }
        EXPECT_EQ(checked(letter + "\r\n\r\n").result, CheckResult::pass) << "empty lines at the end do not count";
    }
    const auto spaced = [](Canonicalization body) { return checked(with(signedBy(kLetter, {kRelaxed, body}), "Line  two \r\n", "Line two\r\n")).result; };
    EXPECT_EQ(spaced(kRelaxed), CheckResult::pass) << "relaxed forgives white space";
    EXPECT_EQ(spaced(kSimple), CheckResult::fail) << "simple does not";
}

TEST(Dkim, AChangeOfASignedFieldBreaksIt) {
    const std::string letter = signedBy(kLetter);
    for (const auto& [from, to] : {std::pair{"From: ana@", "From: eva@"}, std::pair{"Subject: Hola", "Subject: [clase] Hola"}, std::pair{"To: luis@sur.example\r\n", ""},
                                   std::pair{"d=norte.example;\r\n\ts=mailtrek; t=1772445605", "d=norte.example;\r\n\ts=mailtrek; t=1772445606"}}) {
        const DkimVerdict verdict = checked(with(letter, from, to));
        EXPECT_EQ(verdict.result, CheckResult::fail) << from;
        EXPECT_THAT(verdict.problem, HasSubstr("a signed header field was changed")) << from;
    }
    EXPECT_EQ(checked(with(letter, "Subject: Hola,\r\n  Luis", "Subject:  Hola, Luis")).result, CheckResult::pass) << "relaxed forgives folding";
    EXPECT_EQ(checked(with(signedBy(kLetter, {kSimple, kSimple}), "Subject: Hola,\r\n  Luis", "Subject:  Hola, Luis")).result, CheckResult::fail);
    EXPECT_EQ(checked(with(letter, "\r\n\tbh=", "\r\n bh=")).result, CheckResult::pass) << "its own field is one of them";
}

TEST(Dkim, OfSeveralFieldsWithOneNameTheLowestIsTheSignedOne) {  // 5.4.2
    const std::string letter = signedBy(kLetter);
    EXPECT_EQ(checked("Subject: more\r\n" + letter).result, CheckResult::pass) << "one added above is not covered";
    EXPECT_EQ(checked(with(letter, "\r\nMIME-Version", "\r\nSubject: more\r\nMIME-Version")).result, CheckResult::fail) << "one added below takes its place";
    const std::string twice = with(kLetter, "Subject:", "Reply-To: a@norte.example\r\nReply-To: b@norte.example\r\nSubject:");
    EXPECT_THAT(signedBy(twice), HasSubstr("h=From:Reply-To:Reply-To:To:"));
    EXPECT_EQ(checked(signedBy(twice)).result, CheckResult::pass);
    EXPECT_EQ(checked(with(signedBy(twice), "Reply-To: a@", "Reply-To: c@")).result, CheckResult::fail);
}

TEST(Dkim, ALengthLeavesTheRestUncovered) {  // 3.5, l=
    const std::string body = "Hola\r\n", whole = with(with(kLetter, "Line one\r\nLine  two \r\n\r\n", body), "Subject: Hola,\r\n  Luis", "Subject: x");
    const auto lengthOf = [&](std::uint64_t octets) {  // as a signer would have made it
        const std::string line = dkimSignatureLine(whole, modelledKey("norte.example"), kStart);
        std::string unsignedLine = with(line, "c=relaxed", fmt::format("l={}; c=relaxed", octets));
        unsignedLine = unsignedLine.substr(0, unsignedLine.find("\r\n\tb=") + 5);
        Sha256 hash;
        for (const char* name : {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"})
            for (const std::string_view field : rawFields(headersOf(whole)))
                if (fieldName(field) == name) hash.add(canonicalField(field, kRelaxed));
        hash.add(unsignedField(unsignedLine + "\r\n", kRelaxed));
        return unsignedLine + base64(hmacSha256(modelledKey("norte.example").octets, hash.octets())) + "\r\n" + whole;
    };
    EXPECT_EQ(checked(lengthOf(body.size()) + "and more\r\n").result, CheckResult::pass) << "why nobody should use l=";
    EXPECT_EQ(checked(lengthOf(body.size() + 1)).problem, "the body is shorter than what was signed");
}

// --- the key, RFC 6376 3.6 and 6.1.2 ---------------------------------------------------------------------------------------------------

TEST(Dkim, TheKeyIsATxtRecord) {
    TableOfNames table({kKeyRecord});
    const std::string letter = signedBy(kLetter);
    concluded(table, [&](const DnsFacts& facts) { return checkDkim(letter, dkimSignatures(letter).at(0), facts, kStart); });
    EXPECT_THAT(table.asked, ElementsAre("mailtrek._domainkey.norte.example TXT"));
}

TEST(Dkim, KeysThatDoNotServe) {
    const std::string letter = signedBy(kLetter), name = "mailtrek._domainkey.norte.example", p = base64(modelledKey("norte.example").octets);
    const auto is = [&](const std::string& record) { return checked(letter, {name + " " + record}); };
    EXPECT_EQ(checked(letter, {}).result, CheckResult::permerror);
    EXPECT_EQ(checked(letter, {}).problem, "no key at mailtrek._domainkey.norte.example");
    EXPECT_EQ(is("FAIL").result, CheckResult::temperror);
    EXPECT_EQ(is("TXT v=DKIM1; k=modelled; p=").problem, "the key is revoked");
    EXPECT_EQ(is("TXT v=DKIM1; p=" + p).problem, "the key is for rsa") << "what a record without k= means";
    EXPECT_EQ(is("TXT v=DKIM1; k=modelled; h=sha1; p=" + p).result, CheckResult::permerror);
    EXPECT_EQ(is("TXT v=DKIM1; k=modelled; s=tlsrpt; p=" + p).problem, "the key is not for mail");
    EXPECT_EQ(is("TXT v=DKIM2; k=modelled; p=" + p).result, CheckResult::permerror);
    EXPECT_EQ(is("TXT k=modelled; v=DKIM1; p=" + p).result, CheckResult::permerror) << "v= stands first, or not at all";
    EXPECT_EQ(is("TXT k=modelled; p=" + p).result, CheckResult::pass);
    EXPECT_EQ(is("TXT v=DKIM1; k=modelled; s=*; h=sha256; t=s:y; n=a note; p=" + p).result, CheckResult::pass);
    EXPECT_EQ(is("TXT v=DKIM1; k=modelled;| p=" + p).result, CheckResult::pass) << "3.6.2.2: the strings of a record are one text";
    EXPECT_EQ(is("TXT v=DKIM1; k=modelled; p=" + base64("another key")).result, CheckResult::fail);
    EXPECT_EQ(checked(letter, {kKeyRecord, kKeyRecord}).problem, "more than one key at mailtrek._domainkey.norte.example");
}

TEST(Dkim, TimeIsUp) {  // x=
    const std::string letter = with(signedBy(kLetter), "t=1772445605;", "t=1772445605; x=1772445665;");
    EXPECT_EQ(checked(letter, {kKeyRecord}, kStart + 66s).problem, "the signature has expired");
    EXPECT_THAT(checked(letter, {kKeyRecord}, kStart + 65s).problem, HasSubstr("a signed header field was changed")) << "not expired, but x= was not signed";
}

TEST(Dkim, WhatCannotBeProcessedIsNeutral) {  // RFC 8601 2.7.1
    EXPECT_EQ(checked("DKIM-Signature: nonsense\r\n" + kLetter, {}).result, CheckResult::neutral);
    const DkimVerdict rsa = checked(with(signedBy(kLetter), "a=modelled-sha256", "a=rsa-sha256"), {});
    EXPECT_EQ(rsa.result, CheckResult::neutral);
    EXPECT_EQ(rsa.problem, "the algorithm rsa-sha256 is not known here");
}

TEST(Dkim, EachSignatureIsLookedAtButNotWithoutEnd) {
    EXPECT_THAT(dkimSignatures(kLetter), IsEmpty());
    const std::string second = signedBy(signedBy(kLetter), {}, modelledKey("sur.example"));
    EXPECT_EQ(dkimSignatures(second).size(), 2u);
    std::string many = kLetter;
    for (int i = 0; i < 50; ++i) many = "DKIM-Signature: v=1\r\n" + many;
    EXPECT_EQ(dkimSignatures(many).size(), 5u);
}

}  // namespace
}  // namespace mailtrek::mail

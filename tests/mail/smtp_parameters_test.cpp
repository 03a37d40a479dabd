// SPDX-License-Identifier: GPL-3.0-or-later
// Parameters of MAIL and RCPT: read, refused, and handed on unchanged (RFC 1870, 6152, 3461).
#include "sim/mail/smtp_parameters.h"

#include "tests/mail/smtp_kit.h"

namespace mailtrek::mail {
namespace {

TEST(SmtpParameters, OfMail) {
    ParameterProblem problem;
    const auto all = mailParameters("SIZE=1234 BODY=8BITMIME RET=HDRS ENVID=QQ+2B1+3D", problem);
    ASSERT_TRUE(all) << problem.text;
    EXPECT_EQ(all->size, 1234u);
    EXPECT_EQ(all->ret, DsnReturn::headers);
    EXPECT_EQ(all->envelopeId, "QQ+1=");
    EXPECT_EQ(mailParameters("body=7bit  ret=full", problem)->ret, DsnReturn::full);
    EXPECT_EQ(mailParameters("", problem)->ret, DsnReturn::unsaid);
}

TEST(SmtpParameters, RefusedOfMail) {
    for (const auto& [text, code] : {std::pair{"SIZE", 501},
                                     {"SIZE=", 501},
                                     {"SIZE=-1", 501},
                                     {"SIZE=1k", 501},
                                     {"SIZE=123456789012345678901", 501},
                                     {"SIZE=1 SIZE=2", 501},
                                     {"BODY=BINARYMIME", 501},
                                     {"RET=HALF", 501},
                                     {"ENVID=", 501},
                                     {"ENVID=+2b", 501},
                                     {"ENVID=+0A", 501},
                                     {"ENVID=a+", 501},
                                     {"BINARYMIME", 555},
                                     {"AUTH=<>", 555},
                                     {"X=1", 555}}) {
        ParameterProblem problem;
        EXPECT_FALSE(mailParameters(text, problem)) << text;
        EXPECT_EQ(problem.code, code) << text;
        SmtpDialogue().greeted().hears("MAIL FROM:<ana@norte.example> " + std::string(text)).says(code, "5.5.4").hears("RCPT TO:<luis@sur.example>").says(503);
    }
}

TEST(SmtpParameters, OfRcpt) {
    ParameterProblem problem;
    const auto wish = recipientParameters("NOTIFY=SUCCESS,delay ORCPT=rfc822;luis+2Bx@sur.example", problem);
    ASSERT_TRUE(wish) << problem.text;
    EXPECT_TRUE(wish->wantsSuccess());
    EXPECT_FALSE(wish->wantsFailure());
    EXPECT_TRUE(wish->onDelay);
    EXPECT_EQ(wish->originalRecipient, "rfc822;luis+x@sur.example");
    EXPECT_TRUE(recipientParameters("", problem)->wantsFailure());  // RFC 3461 4.1: failure is told when nothing is said
    EXPECT_FALSE(recipientParameters("NOTIFY=NEVER", problem)->wantsFailure());
}

TEST(SmtpParameters, RefusedOfRcpt) {
    for (const auto& [text, code] : {std::pair{"NOTIFY", 501},
                                     {"NOTIFY=", 501},
                                     {"NOTIFY=NEVER,SUCCESS", 501},
                                     {"NOTIFY=SUCCESS,", 501},
                                     {"NOTIFY=SOMETIMES", 501},
                                     {"ORCPT=luis", 501},
                                     {"ORCPT=rfc822;", 501},
                                     {"ORCPT=;luis", 501},
                                     {"ORCPT=rfc822;a+0D", 501},
                                     {"SIZE=1", 555}}) {
        ParameterProblem problem;
        EXPECT_FALSE(recipientParameters(text, problem)) << text;
        SmtpDialogue().inTransaction().hears("RCPT TO:<luis@sur.example> " + std::string(text)).says(code, "5.5.4").hears("DATA").says(503);
    }
}

TEST(SmtpParameters, WhatWasSaidIsHandedOnAndNothingElse) {  // RFC 3461 5.2.1
    for (const std::string text :
         {"", " NOTIFY=NEVER", " NOTIFY=SUCCESS", " NOTIFY=FAILURE", " NOTIFY=DELAY", " NOTIFY=SUCCESS,FAILURE,DELAY", " NOTIFY=FAILURE ORCPT=rfc822;a+2B+3Db@c"}) {
        ParameterProblem problem;
        EXPECT_EQ(dsnRecipientParameters(*recipientParameters(text, problem)), text);
    }
    for (const std::string& text : std::vector<std::string>{"", " RET=FULL", " RET=HDRS", " RET=HDRS ENVID=a+2Bb"}) {
        ParameterProblem problem;
        const auto read = mailParameters(text, problem);
        Envelope envelope;
        envelope.ret = read->ret;
        envelope.id = read->envelopeId;
        EXPECT_EQ(dsnMailParameters(envelope), text);
    }
}

}  // namespace
}  // namespace mailtrek::mail

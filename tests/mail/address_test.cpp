// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses and paths, RFC 5321 4.1.2.
#include "sim/mail/address.h"

#include <gtest/gtest.h>

namespace mailtrek::mail {
namespace {

TEST(Address, Parts) {
    EXPECT_EQ(localPartOf("Ana@Norte.Example"), "Ana");
    EXPECT_EQ(domainOf("Ana@Norte.Example"), "norte.example");
    EXPECT_EQ(localPartOf("\"a@b\"@c.example"), "\"a@b\"");
    EXPECT_EQ(domainOf("\"a@b\"@c.example"), "c.example");
    EXPECT_EQ(localPartOf("postmaster"), "postmaster");
    EXPECT_EQ(domainOf("postmaster"), "");
}

TEST(Address, WhichAreTheSame) {
    EXPECT_TRUE(sameAddress("ana@norte.example", "ana@NORTE.example"));
    EXPECT_FALSE(sameAddress("ana@norte.example", "Ana@norte.example"));  // 2.4: local parts keep their case
    EXPECT_FALSE(sameAddress("ana@norte.example", "ana@sur.example"));
    EXPECT_TRUE(sameAddress("\"ana\"@norte.example", "ana@norte.example"));
    EXPECT_TRUE(sameAddress("\"an\\a\"@norte.example", "ana@norte.example"));
    EXPECT_TRUE(sameAddress("\"a b\"@norte.example", "\"a\\ b\"@norte.example"));
    EXPECT_FALSE(sameAddress("\"a b\"@norte.example", "ab@norte.example"));
}

TEST(Address, Mailboxes) {
    for (const char* good : {"a@b", "ana@norte.example", "a.b+c@d.e.f", "!#$%&'*+-/=?^_`{|}~@x.example", "\"\"@x", "\"a b\"@x", "\"a\\\"b\"@x", "\"a@b\"@x", "a@[10.0.0.1]",
                             "a@[IPv6:::1]", "a@under_score.example", "a@1.2"})
        EXPECT_TRUE(isMailbox(good)) << good;
    for (const char* bad : {"",      "@",    "a",    "a@",     "@b",    "a b@c", "a..b@c", ".a@b",  "a.@b",       "a@b.",      "a@.b",    "a@b..c", "a@-b",      "a@b-",
                            "a@b c", "a@[]", "a@[1", "a(b)@c", "a,b@c", "a<b@c", "\"a@c",  "a\"@c", "\"a\"b\"@c", "\"a\\\"@c", "a\xc3@c", "a\n@c",  "\"a\n\"@c", "a@c\x7f"})
        EXPECT_FALSE(isMailbox(bad)) << bad;
    const std::string longest(64, 'a');
    EXPECT_TRUE(isMailbox(longest + "@b"));
    EXPECT_FALSE(isMailbox("a" + longest + "@b"));
    EXPECT_TRUE(isMailbox("a@" + std::string(63, 'b')));
    EXPECT_FALSE(isMailbox("a@" + std::string(64, 'b')));
}

struct PathCase {
    const char* text;
    const char* address;  // null: no path
    const char* parameters = "";
};

TEST(Address, Paths) {
    for (const PathCase& c : {PathCase{"<>", ""},
                              {"<ana@norte.example>", "ana@norte.example"},
                              {" <a@b>", "a@b"},
                              {"<a@b> SIZE=1 BODY=7BIT ", "a@b", "SIZE=1 BODY=7BIT"},
                              {"<> RET=HDRS", "", "RET=HDRS"},
                              {"<@x.example,@y.example:a@b>", "a@b"},
                              {"<\"a>b\"@c>", "\"a>b\"@c"},
                              {"<\"a\\\">b\"@c> X", "\"a\\\">b\"@c", "X"},
                              {"<Postmaster>", "Postmaster"},
                              {"", nullptr},
                              {"a@b", nullptr},
                              {"<a@b", nullptr},
                              {"<a@b>x", nullptr},
                              {"<<a@b>>", nullptr},
                              {"<a>", nullptr},
                              {"<@x:>", nullptr},
                              {"<@x>", nullptr},
                              {"<a@b>>", nullptr},
                              {"<\"a>", nullptr},
                              {"<\"a\\", nullptr}}) {
        const auto path = parsePath(c.text);
        ASSERT_EQ(path.has_value(), c.address != nullptr) << c.text;
        if (!path) continue;
        EXPECT_EQ(path->address, c.address) << c.text;
        EXPECT_EQ(path->parameters, c.parameters) << c.text;
    }
}

}  // namespace
}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
// SEARCH, RFC 3501 6.4.4: every key.
#include <gmock/gmock.h>

#include "tests/mail/imap_kit.h"

namespace mailtrek::mail {
namespace {

struct Search {
    const char* keys;
    const char* found;  // sequence numbers
};

// 1: Hola, to luis and eva. 2: ñandú, flagged. 3: a day later, large, seen.
struct SearchDialogue : ImapDialogue {
    SearchDialogue() {
        now += 24h;
        arrives("Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nFrom: ana@norte.example\r\nCc: Jefe <jefe@norte.example>\r\nX-Empty:\r\nSubject: again\r\n\r\n" + std::string(2000, 'x') +
                "\r\n");
        box.messages()[1].flags = kFlagged;
        box.messages()[2].flags = kSeen | kAnswered;
        inInbox();
    }
};

TEST(ImapSearch, Keys) {
    SearchDialogue imap;
    for (const Search& s : {Search{"ALL", " 1 2 3"},
                            {"all", " 1 2 3"},
                            {"SEEN", " 3"},
                            {"UNSEEN", " 1 2"},
                            {"FLAGGED", " 2"},
                            {"UNFLAGGED", " 1 3"},
                            {"ANSWERED", " 3"},
                            {"UNANSWERED", " 1 2"},
                            {"DELETED", ""},
                            {"UNDELETED", " 1 2 3"},
                            {"DRAFT", ""},
                            {"UNDRAFT", " 1 2 3"},
                            {"NEW", ""},
                            {"OLD", " 1 2"},
                            {"RECENT", " 3"},
                            {"KEYWORD x", ""},
                            {"UNKEYWORD x", " 1 2 3"},
                            {"1", " 1"},
                            {"2:*", " 2 3"},
                            {"1,3", " 1 3"},
                            {"UID 2", " 2"},
                            {"UID 100:200", ""},
                            {"FROM ana", " 1 3"},
                            {"FROM ANA", " 1 3"},
                            {"FROM \"Ana, de\"", " 1"},
                            {"TO eva", " 1"},
                            {"CC jefe", " 3"},
                            {"BCC x", ""},
                            {"SUBJECT hola", " 1"},
                            {"SUBJECT \"\"", " 1 2 3"},
                            {"SUBJECT \xc3\xb1", " 2"},
                            {"HEADER message-id 2@sur", " 2"},
                            {"HEADER X-Empty \"\"", " 3"},
                            {"HEADER X-None \"\"", ""},
                            {"BODY luis", " 1"},
                            {"BODY norte", ""},
                            {"TEXT norte", " 1 3"},
                            {"LARGER 1000", " 3"},
                            {"SMALLER 1000", " 1 2"},
                            {"BEFORE 3-Mar-2026", " 1 2"},
                            {"ON 03-mar-2026", " 3"},
                            {"SINCE \"3-Mar-2026\"", " 3"},
                            {"SINCE 2-Mar-2026", " 1 2 3"},
                            {"SENTBEFORE 3-Mar-2026", " 1"},
                            {"SENTON 3-Mar-2026", " 3"},
                            {"SENTSINCE 1-Mar-2026", " 1 3"},
                            {"NOT SEEN", " 1 2"},
                            {"NOT NOT SEEN", " 3"},
                            {"OR FLAGGED SEEN", " 2 3"},
                            {"OR FLAGGED (SEEN LARGER 5000)", " 2"},
                            {"FROM ana UNSEEN", " 1"},
                            {"(FROM ana) (UNSEEN)", " 1"},
                            {"NOT (FROM ana UNSEEN)", " 2 3"},
                            {"OR 1 OR 2 3", " 1 2 3"},
                            {"CHARSET UTF-8 SUBJECT \xc3\xb1", " 2"},
                            {"charset us-ascii ALL", " 1 2 3"}})
        imap.hears("a SEARCH " + std::string(s.keys)).says("* SEARCH" + std::string(s.found)).says("a OK SEARCH completed");
    imap.hears("b UID SEARCH FLAGGED").says("* SEARCH 2").ends("b OK").hears("c SEARCH SUBJECT {4}").says("+ go ahead").hears("hola").says("* SEARCH 1").ends("c OK");
}

TEST(ImapSearch, UidsAreNotSequenceNumbers) {
    ImapDialogue imap;
    imap.box.remove(1);
    imap.inInbox()
        .hears("a SEARCH ALL")
        .says("* SEARCH 1")
        .ends("a OK")
        .hears("b UID SEARCH ALL")
        .says("* SEARCH 2")
        .ends("b OK")
        .hears("c UID SEARCH 1")
        .says("* SEARCH 2")
        .ends("c OK");
}

TEST(ImapSearch, Refusals) {
    SearchDialogue imap;
    for (const char* keys : {"",       "WHAT",           "FROM",          "NOT",          "OR SEEN",        "OR",     "(SEEN", "()", "4", "0", "UID x", "UID", "LARGER x",
                             "LARGER", "ON 32-Mar-2026", "ON Mar-2-2026", "ON yesterday", "HEADER Subject", "SEEN )", "\"\""})
        imap.hears("a SEARCH " + std::string(keys)).ends("a BAD");
    imap.hears("b SEARCH CHARSET KOI8-R ALL").says("b NO [BADCHARSET (US-ASCII UTF-8)] unknown charset");
    imap.hears("c SEARCH " + std::string(3000, '(') + "ALL" + std::string(3000, ')')).ends("c BAD");
    std::string many;
    for (int i = 0; i < 1500; ++i) many += "NOT ";
    imap.hears("d SEARCH " + many + "ALL").ends("d BAD");
}

}  // namespace
}  // namespace mailtrek::mail

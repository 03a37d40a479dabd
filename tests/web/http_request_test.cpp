// SPDX-License-Identifier: GPL-3.0-or-later
// Requests good and bad at the door of the front end, RFC 9112 and RFC 9110: what is answered, and whether the connection goes on.
#include <gmock/gmock.h>

#include "tests/web/web_kit.h"

namespace mailtrek::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kHost = "Host: sur.sur.example\r\n";
const std::string kForm = "Content-Type: application/x-www-form-urlencoded\r\n";

struct Row {
    const char* name;
    std::string octets;
    int status;
    bool goesOn = false;  // the connection
};

class Requests : public testing::TestWithParam<Row> {};

TEST_P(Requests, AreAnswered) {
    WebHouse house;
    for (const bool atOnce : {true, false}) {
        WebDialogue web(house);
        if (atOnce)
            web.hears(GetParam().octets);
        else
            for (const char c : GetParam().octets)
                if (!web.closed) web.hears(std::string_view(&c, 1));
        web.says(GetParam().status).saysNothing();
        EXPECT_EQ(!web.closed, GetParam().goesOn);
        EXPECT_EQ(web.octets.find("Connection: close\r\n") == std::string::npos, GetParam().goesOn) << "whoever closes says so (RFC 9112 9.6)";
    }
}

INSTANTIATE_TEST_SUITE_P(
    Good, Requests,
    testing::Values(Row{"OriginForm", "GET / HTTP/1.1\r\n" + kHost + "\r\n", 200, true},
                    Row{"AbsoluteForm", "GET https://sur.sur.example/ HTTP/1.1\r\n" + kHost + "\r\n", 200, true},  // RFC 9112 3.2.2
                    Row{"AbsoluteFormWithoutPath", "GET https://sur.sur.example HTTP/1.1\r\n" + kHost + "\r\n", 200, true},
                    Row{"EmptyLineBefore", "\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n", 200, true},  // RFC 9112 2.2
                    Row{"LaterMinorVersion", "GET / HTTP/1.7\r\n" + kHost + "\r\n", 200, true},    // RFC 9110 2.5
                    Row{"Http10", "GET / HTTP/1.0\r\n\r\n", 200}, Row{"Http10KeepAlive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 200, true},
                    Row{"SaysClose", "GET / HTTP/1.1\r\n" + kHost + "Connection: foo, Close\r\n\r\n", 200},
                    Row{"NoSpaceBehindColon", "GET / HTTP/1.1\r\nHost:sur\r\n\r\n", 200, true}, Row{"HostWithPort", "GET / HTTP/1.1\r\nhOsT: \t sur:443 \t\r\n\r\n", 200, true},
                    Row{"HostIsAddress", "GET / HTTP/1.1\r\nHost: [::1]:443\r\n\r\n", 200, true},
                    Row{"BodyOfGet", "GET / HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\n\r\nabc", 200, true},
                    Row{"Query", "GET /?a=1&b=%C3%B1 HTTP/1.1\r\n" + kHost + "\r\n", 200, true}, Row{"Head", "HEAD / HTTP/1.1\r\n" + kHost + "\r\n", 200, true},
                    Row{"NotLoggedIn", "GET /mail HTTP/1.1\r\n" + kHost + "\r\n", 303, true}, Row{"Nowhere", "GET /nowhere HTTP/1.1\r\n" + kHost + "\r\n", 404, true},
                    Row{"EncodedSlash", "GET /mail%2F1 HTTP/1.1\r\n" + kHost + "\r\n", 404, true},
                    Row{"SameLengthTwice", "POST /login HTTP/1.1\r\n" + kHost + kForm + "Content-Length: 1, 1\r\n\r\nx", 403, true},  // RFC 9112 6.3
                    Row{"FormWithoutSecret", "POST /login HTTP/1.1\r\n" + kHost + kForm + "Content-Length: 6\r\n\r\nuser=x", 403, true},
                    Row{"Chunked", "POST /login HTTP/1.1\r\n" + kHost + kForm + "Transfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\n", 403, true}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(BadLines, Requests,
                         testing::Values(Row{"NoVersion", "GET /\r\n", 400}, Row{"OtherMajorVersion", "GET / HTTP/2.0\r\n", 505}, Row{"NoSuchVersion", "GET / HTTP/1.10\r\n", 400},
                                         Row{"LowerCaseVersion", "GET / http/1.1\r\n", 400}, Row{"TwoSpaces", "GET  / HTTP/1.1\r\n", 400},
                                         Row{"SpaceInTarget", "GET /a b HTTP/1.1\r\n", 400}, Row{"Tab", "GET\t/ HTTP/1.1\r\n", 400}, Row{"TwoEmptyLines", "\r\n\r\n", 400},
                                         Row{"LoneLineFeed", "GET / HTTP/1.1\nHost: sur\n\n", 400}, Row{"LoneCarriageReturn", "GET / HTTP/1.1\rX\r\n", 400},
                                         Row{"Nul", "GET / HTTP/1.1" + std::string(1, '\0') + "\r\n", 400}, Row{"MethodIsNoToken", "G(T / HTTP/1.1\r\n", 400},
                                         Row{"Fragment", "GET /#a HTTP/1.1\r\n", 400}, Row{"BadPercent", "GET /%4 HTTP/1.1\r\n", 400},
                                         Row{"BadPercentInQuery", "GET /?a=%zz HTTP/1.1\r\n", 400}, Row{"EncodedNul", "GET /%00 HTTP/1.1\r\n", 400},
                                         Row{"BeyondAscii", "GET /\xc3\xb1 HTTP/1.1\r\n", 400}, Row{"TargetTooLong", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n", 414},
                                         Row{"EndlessTarget", "GET /" + std::string(9000, 'a'), 414},
                                         Row{"HelloOfTls", "\x16\x03\x01\x02" + std::string(1, '\0') + "\x01\r\n", 400}, Row{"AMailProgram", "EHLO norte.norte.example\r\n", 400}),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(BadFields, Requests,
                         testing::Values(Row{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400}, Row{"TwoHosts", "GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n", 400},
                                         Row{"HostIsNone", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400}, Row{"HostIsEmpty", "GET / HTTP/1.1\r\nHost: \r\n\r\n", 400},
                                         Row{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : sur\r\n", 400}, Row{"Folded", "GET / HTTP/1.1\r\nHost: sur\r\n x\r\n", 400},
                                         Row{"NoColon", "GET / HTTP/1.1\r\nHost\r\n", 400}, Row{"NoName", "GET / HTTP/1.1\r\n: x\r\n", 400},
                                         Row{"ControlInValue", "GET / HTTP/1.1\r\nHost: sur\x01\r\n", 400}, Row{"TooLong", "GET / HTTP/1.1\r\nX: " + std::string(40000, 'x'), 431},
                                         Row{"TooMany",
                                             [] {
                                                 std::string all = "GET / HTTP/1.1\r\n";
                                                 for (int i = 0; i < 101; ++i) all += "X: y\r\n";
                                                 return all;
                                             }(),
                                             431},
                                         Row{"OtherExpectation", "GET / HTTP/1.1\r\n" + kHost + "Expect: the best\r\n\r\n", 417}),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    BadBodies, Requests,
    testing::Values(Row{"NoLength", "POST /login HTTP/1.1\r\n" + kHost + "\r\n", 411}, Row{"LengthIsNone", "POST /login HTTP/1.1\r\n" + kHost + "Content-Length: x\r\n\r\n", 400},
                    Row{"LengthIsNegative", "POST /login HTTP/1.1\r\n" + kHost + "Content-Length: -1\r\n\r\n", 400},
                    Row{"LengthIsHuge", "POST /login HTTP/1.1\r\n" + kHost + "Content-Length: 99999999999999999999\r\n\r\n", 400},
                    Row{"LengthWithPlus", "POST /login HTTP/1.1\r\n" + kHost + "Content-Length: +1\r\n\r\n", 400},
                    Row{"TwoLengths", "POST /login HTTP/1.1\r\n" + kHost + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
                    Row{"TooLarge", "POST /login HTTP/1.1\r\n" + kHost + "Content-Length: 1000001\r\n\r\n", 413},
                    Row{"LengthAndChunks", "POST /login HTTP/1.1\r\n" + kHost + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},  // smuggling (RFC 9112 11.2)
                    Row{"ChunksIn10", "POST /login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
                    Row{"OtherCoding", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
                    Row{"ChunkedNotLast", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400},
                    Row{"ChunkedTwice", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked, chunked\r\n\r\n", 400},
                    Row{"ChunkSizeIsNone", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\ng\r\n", 400},
                    Row{"ChunkSizeIsEmpty", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n;a\r\n", 400},
                    Row{"ChunkSizeWithPrefix", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0x1\r\n", 400},
                    Row{"ChunkIsLonger", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n1\r\nab", 400},
                    Row{"ChunksTooLarge", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\nfffff\r\n", 413},
                    Row{"ChunkSizeOverflows", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
                    Row{"BadTrailer", "POST /login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0\r\nx y\r\n", 400}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    BadMethods, Requests,
    testing::Values(Row{"Unknown", "BREW / HTTP/1.1\r\n" + kHost + "\r\n", 501, true}, Row{"LowerCase", "get / HTTP/1.1\r\n" + kHost + "\r\n", 501, true},  // RFC 9110 9.1
                    Row{"Connect", "CONNECT sur:443 HTTP/1.1\r\n" + kHost + "\r\n", 501, true}, Row{"Options", "OPTIONS * HTTP/1.1\r\n" + kHost + "\r\n", 501, true},
                    Row{"PostToFront", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 0\r\n\r\n", 405, true},
                    Row{"GetOfLogin", "GET /login HTTP/1.1\r\n" + kHost + "\r\n", 405, true}, Row{"AsteriskForGet", "GET * HTTP/1.1\r\n" + kHost + "\r\n", 400, true},
                    Row{"NoForm", "POST /login HTTP/1.1\r\n" + kHost + "Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n", 415, true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(WebConnection, AnswersInOrderWhatComesAtOnce) {  // RFC 9112 9.3.2
    WebHouse house;
    WebDialogue web(house);
    web.hears(
        "GET /x HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\nPOST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nabGET /mail HTTP/1.1\r\nHost: a\r\n\r\n");
    web.says(404).says(200).says(415).says(303).saysNothing().staysOpen();
}

TEST(WebConnection, SaysNothingAfterTheEnd) {
    WebHouse house;
    WebDialogue web(house);
    web.hears("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").says(200).saysNothing().closes();
    web.hears("GET / HTTP/1.1\r\nHost: a\r\n\r\n").saysNothing();
    EXPECT_EQ(web.server.nextDeadline(), kNever);
}

TEST(WebConnection, TellsAClientThatWaitsToGoOn) {  // RFC 9110 10.1.1
    WebHouse house;
    WebDialogue web(house);
    web.asks("POST /login", kForm + "Content-Length: 3\r\nExpect: 100-Continue\r\n").says(100).saysNothing().hears("a").saysNothing().hears("=b").says(403).staysOpen();
    web.asks("POST /login", kForm + "Content-Length: 3\r\nExpect: 100-continue\r\n", "a=b").says(403).saysNothing();  // it did not wait
    EXPECT_THAT(web.octets, testing::StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\n"));
}

TEST(WebConnection, HasPatienceForAMinuteInARequestAndForFiveBetweenThem) {
    WebHouse house;
    WebDialogue idle(house);
    idle.waits(4min).asks("GET /").says(200).waits(4min).staysOpen().waits(1min).saysNothing().closes();
    WebDialogue slow(house);
    slow.waits(2min);
    for (int i = 0; i < 5; ++i) slow.hears("G").waits(10s).saysNothing();  // octet by octet does not help
    slow.hears("G").waits(10s).says(408).closes();
}

TEST(WebConnection, SaysWhatIsAllowed) {
    WebHouse house;
    WebDialogue web(house);
    web.asks("POST /", "Content-Length: 0\r\n").says(405).asks("GET /logout").says(405);
    EXPECT_THAT(web.octets, HasSubstr("\r\nAllow: GET, HEAD\r\n"));
    EXPECT_THAT(web.octets, HasSubstr("\r\nAllow: POST\r\n"));
}

TEST(WebConnection, HeadHasTheFieldsOfGetAndNoBody) {  // RFC 9110 9.3.2
    WebHouse house;
    WebDialogue get(house), head(house);
    get.asks("GET /nowhere").says(404);
    head.asks("HEAD /nowhere").says(404);
    EXPECT_EQ(head.octets, get.octets.substr(0, get.octets.find("\r\n\r\n") + 4));
}

TEST(WebConnection, AnswersCarryDateAndLimits) {
    WebHouse house;
    WebDialogue web(house);
    web.now = kStart + 90s;
    web.asks("GET /").says(200);
    EXPECT_THAT(web.octets, HasSubstr("\r\nDate: Mon, 02 Mar 2026 10:01:30 GMT\r\n"));
    EXPECT_THAT(web.octets, HasSubstr("\r\nCache-Control: no-store\r\n"));
    EXPECT_THAT(web.octets, HasSubstr("\r\nContent-Type: text/html; charset=utf-8\r\n"));
    EXPECT_THAT(web.octets, HasSubstr("default-src 'none'"));
}

TEST(RequestReader, KnowsThePartsOfATarget) {
    const auto read = [](const std::string& target) {
        RequestReader reader;
        reader.add("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_TRUE(reader.advance()) << target;
        return reader.take();
    };
    EXPECT_THAT(read("/").segments, ElementsAre(""));
    EXPECT_THAT(read("/mail/7/part/1").segments, ElementsAre("mail", "7", "part", "1"));
    EXPECT_THAT(read("https://a:443/mail?x=1").segments, ElementsAre("mail"));
    EXPECT_THAT(read("/a%2Fb/%C3%B1+").segments, ElementsAre("a/b", "ñ+"));
    EXPECT_THAT(read("//").segments, ElementsAre("", ""));
    EXPECT_TRUE(read("*").segments.empty());
    EXPECT_EQ(read("/?page=2&a=b+c&page=3").query.value("page"), "2");
    EXPECT_EQ(read("/?a=b+%26c").query.value("a"), "b &c");
}

TEST(RequestReader, ReadsWhatItWrites) {
    HttpRequest request;
    request.method = "POST";
    request.target = "/compose";
    request.fields.add("Host", "sur.sur.example");
    request.body = Form{{"text", "a=b&c\r\nñ %"}, {"leer", ""}}.wire();
    RequestReader reader;
    reader.add(request.wire());
    ASSERT_TRUE(reader.advance());
    const HttpRequest read = reader.take();
    EXPECT_EQ(read.body, "text=a%3Db%26c%0D%0A%C3%B1+%25&leer=");
    EXPECT_EQ(parseForm(read.body)->value("text"), "a=b&c\r\nñ %");
    EXPECT_EQ(read.fields.value("content-length"), std::to_string(read.body.size()));
}

}  // namespace
}  // namespace mailtrek::web

// SPDX-License-Identifier: GPL-3.0-or-later
// Responses as a browser reads them, RFC 9112 4 and 6.3.
#include <gmock/gmock.h>

#include "sim/web/form.h"
#include "sim/web/http_response.h"

namespace mailtrek::web {
namespace {

// The bodies that are read; "!" when what came is no response.
std::vector<std::string> bodies(std::string_view octets, bool ends = false) {
    std::vector<std::string> all;
    for (const bool atOnce : {true, false}) {
        std::vector<std::string> found;
        ResponseReader reader;
        const auto collect = [&] {
            while (reader.advance()) found.push_back(reader.take().body);
        };
        for (std::size_t i = 0; i < octets.size(); i += atOnce ? octets.size() : 1) {
            reader.add(octets.substr(i, atOnce ? octets.size() : 1));
            collect();
        }
        if (ends && reader.end()) found.push_back(reader.take().body);
        if (reader.error() != 0) found.emplace_back("!");
        if (atOnce)
            all = found;
        else
            EXPECT_EQ(found, all) << "how it was cut does not matter";
    }
    return all;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ResponseReader, KnowsWhereABodyEnds) {
    EXPECT_THAT(bodies("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n"), ElementsAre("abc", ""));
    EXPECT_THAT(bodies("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA \r\n0123456789\r\n0\r\n\r\n"), ElementsAre("abc0123456789"));
    EXPECT_THAT(bodies("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"), ElementsAre("", ""));
    EXPECT_THAT(bodies("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"), ElementsAre("", "x"));
    EXPECT_THAT(bodies("HTTP/1.0 200 OK\r\n\r\nall the rest", true), ElementsAre("all the rest"));
    EXPECT_THAT(bodies("HTTP/1.0 200 OK\r\n\r\nall the rest", false), IsEmpty());
    EXPECT_THAT(bodies("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", true), IsEmpty()) << "cut off";
}

TEST(ResponseReader, TakesNothingElse) {
    for (const char* bad :
         {"HTTP/2 200\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 099 x\r\n", "HTTP/1.1  200\r\n", "220 sur ESMTP\r\n", "\r\n\r\n", "HTTP/1.1 101 Switching\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 64000001\r\n\r\n", "HTTP/1.1 200 OK\nX: y\n\n"})
        EXPECT_THAT(bodies(bad), ElementsAre("!")) << bad;
}

TEST(HttpResponse, WritesWhatItReads) {
    HttpResponse response{303, {}, ""};
    response.fields.add("Location", "/mail");
    EXPECT_EQ(response.wire(), "HTTP/1.1 303 See Other\r\nLocation: /mail\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(response.line(), "303 See Other /mail");
    EXPECT_EQ((HttpResponse{200, {}, "abc"}.wire(true)), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
}

TEST(Cookies, AreReadAsTheyAreSent) {  // RFC 6265 4.2.1, 5.4
    const auto cookies = parseCookies("a=1; b=\"two\";c=x=y; noise; a=2; =z");
    EXPECT_EQ(cookies.at("a"), "1");
    EXPECT_EQ(cookies.at("b"), "two");
    EXPECT_EQ(cookies.at("c"), "x=y");
    EXPECT_EQ(cookies.count("noise"), 0u);
}

TEST(Forms, RefuseWhatIsNone) {
    EXPECT_FALSE(parseForm("a=%"));
    EXPECT_FALSE(parseForm("a=%1"));
    EXPECT_FALSE(parseForm("%gg=1"));
    EXPECT_TRUE(parseForm("&&a&=b&"));
    EXPECT_EQ(parseForm("a=b=c")->value("a"), "b=c");
    std::string many;
    for (int i = 0; i < 101; ++i) many += "a=b&";
    EXPECT_FALSE(parseForm(many));
}

}  // namespace
}  // namespace mailtrek::web

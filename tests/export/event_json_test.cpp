// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/export/event_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/export/export_kit.h"

namespace mailtrek::exporting {
namespace {

std::string jsonOf(Story& story, const trace::Payload& payload, Instant t = at(1'500'000'000)) {
    return eventJson({7}, {.cause = {3}, .at = t, .node = kR1, .mail = {0}, .payload = payload}, story.recording);
}

TEST(EventJson, NamesWhatIdsStandFor) {
    Story story;
    EXPECT_EQ(
        jsonOf(story, trace::PacketDropped{{12}, kR1Out, 576, trace::DropReason::queueFull, true, false}),
        R"({"id":7,"cause":3,"t":1.5,"node":"r1","mail":"carta","type":"packet-dropped","packet":12,"link":"backbone","towards":"sur","size":576,"reason":"queue-full","on-link":true,"queued":false,"told":false})");
    EXPECT_EQ(
        jsonOf(story, trace::DnsQuery{story.text("sur.example"), kSur, {5}, 4660, trace::DnsType::mx, 2}, at(1)),
        R"({"id":7,"cause":3,"t":0.000000001,"node":"r1","mail":"carta","type":"dns-query","name":"sur.example","qtype":"MX","server":"sur","query-id":4660,"packet":5,"attempt":2,"zone":null,"reason":"asked"})");
    EXPECT_EQ(
        jsonOf(story, trace::DnsReferral{story.text("sur.example"), story.text("example"), story.text("tld.example"), kSur, {5}, trace::DnsType::mx}),
        R"({"id":7,"cause":3,"t":1.5,"node":"r1","mail":"carta","type":"dns-referral","name":"sur.example","qtype":"MX","server":"sur","zone":"example","servers":"tld.example","packet":5})");
    EXPECT_EQ(
        jsonOf(story, trace::DnsRejected{story.text("sur.example"), kSur, {5}, trace::DnsType::mx, trace::DnsFlaw::wrongId, 0}),
        R"({"id":7,"cause":3,"t":1.5,"node":"r1","mail":"carta","type":"dns-rejected","name":"sur.example","qtype":"MX","server":"sur","flaw":"wrong-id","rcode":0,"packet":5})");
    EXPECT_EQ(jsonOf(story, trace::TcpStateChanged{{2}, trace::Side::server, trace::TcpState::synReceived, trace::TcpState::established}, at(60'000'000'000)),
              R"({"id":7,"cause":3,"t":60,"node":"r1","mail":"carta","type":"tcp-state","connection":2,"side":"server","from":"syn-received","to":"established"})");
    EXPECT_EQ(
        jsonOf(story, trace::LinkConfigured{BitRate::megabits(2), Duration{40'000'000}, kR1Back, Share::percent(1), 20}),
        R"({"id":7,"cause":3,"t":1.5,"node":"r1","mail":"carta","type":"link-configured","link":"norte-r1","towards":"norte","rate":2000000,"delay":0.04,"loss":0.01,"queue":20,"model":"drop-tail","bursty":false,"mtu":0})");
    EXPECT_EQ(
        jsonOf(story, trace::ProbeAnswered{Duration{84'000'000}, {5}, {kSurAddress, 32}, 2, 3, trace::ProbeReply::ttlExpired, trace::Program::traceroute}),
        R"({"id":7,"cause":3,"t":1.5,"node":"r1","mail":"carta","type":"probe-answered","program":"traceroute","packet":5,"from":"10.0.1.2/32","sequence":2,"ttl":3,"reply":"ttl-expired","round-trip":0.084})");
    EXPECT_EQ(
        jsonOf(story, trace::IcmpReceived{{5}, {2}, kSur, 576, 3, 4, trace::IcmpEffect::pathMtu}),
        R"({"id":7,"cause":3,"t":1.5,"node":"r1","mail":"carta","type":"icmp-received","packet":5,"connection":2,"from":"sur","icmp-type":3,"icmp-code":4,"mtu":576,"effect":"path-mtu"})");
    EXPECT_EQ(
        jsonOf(story, trace::RouteChanged{{kSurAddress, 32}, kSur, kR1Out, 2, trace::RouteSource::linkState, 0}),
        R"({"id":7,"cause":3,"t":1.5,"node":"r1","mail":"carta","type":"route-changed","destination":"10.0.1.2/32","next-hop":"sur","link":"backbone","towards":"sur","cost":2,"source":"link-state","alternative":0})");
}

TEST(EventJson, WhatIsAbsentIsNull) {
    Story story;
    const trace::Event event{.cause = {}, .at = at(0), .node = {}, .mail = {}, .payload = trace::MailQueued{kNever, {}, {}, 0, 0}};
    EXPECT_EQ(eventJson({0}, event, story.recording),
              R"({"id":0,"cause":null,"t":0,"node":null,"mail":null,"type":"mail-queued","recipient":null,"recipient-index":0,"message":null,"attempts":0,"next-try":null})");
}

TEST(EventJson, SecondsAreExact) {
    EXPECT_EQ(secondsText(Duration{0}), "0");
    EXPECT_EQ(secondsText(Duration{1}), "0.000000001");
    EXPECT_EQ(secondsText(Duration{1'200'000'000}), "1.2");
    EXPECT_EQ(secondsText(Duration{-1'500'000'000}), "-1.5");
    EXPECT_EQ(secondsText(Duration{2'592'000'000'000'001}), "2592000.000000001");  // 30 days and a nanosecond: no double has it
    EXPECT_EQ(secondsText(Duration::min()), "-9223372036.854775808");
}

TEST(EventJson, StringsAreEscapedAndBrokenUtf8IsReplaced) {
    EXPECT_EQ(jsonString("¿Qué \"tal\"?\\\n\r\t\x01\x7f"), "\"¿Qué \\\"tal\\\"?\\\\\\n\\r\\t\\u0001\\u007f\"");
    EXPECT_EQ(jsonString("a\xff"
                         "b"),
              "\"a\ufffdb\"");
    EXPECT_EQ(jsonString("\xe2\x82"), "\"\ufffd\ufffd\"");            // cut
    EXPECT_EQ(jsonString("\xc0\xaf"), "\"\ufffd\ufffd\"");            // overlong
    EXPECT_EQ(jsonString("\xed\xa0\x80"), "\"\ufffd\ufffd\ufffd\"");  // a surrogate
    EXPECT_EQ(jsonString("\U0001F4E7"), "\"\U0001F4E7\"");
    EXPECT_EQ(jsonString(std::string_view("\0", 1)), "\"\\u0000\"");
}

TEST(EventJson, AnUnknownDnsTypeHasItsNumber) {
    Story story;
    EXPECT_NE(jsonOf(story, trace::DnsTimedOut{story.text("x"), trace::DnsType{99}, 4}).find(R"("qtype":"TYPE99")"), std::string::npos);
}

template <std::size_t... I>
std::vector<trace::Payload> oneOfEach(std::index_sequence<I...>) {
    return {trace::Payload{std::variant_alternative_t<I, trace::Payload>{}}...};
}

TEST(EventJson, EveryKindOfEventIsOneObjectWithoutDoubleKeysAndAllKeysAreColumns) {
    Story story;
    std::set<std::string> types;
    for (const trace::Payload& payload : oneOfEach(std::make_index_sequence<std::variant_size_v<trace::Payload>>{})) {
        const std::string line = jsonOf(story, payload);
        EXPECT_EQ(line.find('\n'), std::string::npos);
        const auto object = nlohmann::json::parse(line);
        types.insert(object.at("type"));
        const auto fields = eventFields({7}, {.cause = {3}, .at = at(0), .node = kR1, .mail = {0}, .payload = payload}, story.recording);
        EXPECT_EQ(fields.size(), object.size()) << "a key stands twice: " << line;
        for (const Field& field : fields) EXPECT_NE(std::ranges::find(allFieldNames(), field.name), allFieldNames().end()) << field.name;
    }
    EXPECT_EQ(types.size(), std::variant_size_v<trace::Payload>);
}

}  // namespace
}  // namespace mailtrek::exporting

// SPDX-License-Identifier: GPL-3.0-or-later
// A phone with two networks: it goes over to the other one when the first is cut, in the middle of whatever it does, and begins that anew.
#include <gmock/gmock.h>

#include "tests/host/host_kit.h"

namespace mailtrek::host {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using trace::DialogueProtocol;

// eva-fon has wifi (over the router casa) and the mobile network (over torre), both towards norte. Its letters go to luis.
Plan phone(const std::string& timeline, const std::string& more = "", const std::string& wifi = ", rate: 1 Mbit/s") {
    return {.more = "  eva-fon: { kind: phone, user: ana@norte.example" + more + " }\n  casa: { kind: router }\n  torre: { kind: router }\n",
            .links = "  - { name: wifi, between: [eva-fon, casa]" + wifi +
                     " }\n  - { name: movil, between: [eva-fon, torre], rate: 2 Mbit/s, delay: 30 ms }\n"
                     "  - { between: [casa, r] }\n  - { between: [torre, r] }\n",
            .timeline = timeline};
}

std::string photo(std::string_view at) {
    return fmt::format("  - {{ at: {}, send: {{ id: foto, from: ana@norte.example, on: eva-fon, to: [luis@sur.example], attach: [ {{ name: f.jpg, size: 500 kB }} ] }} }}\n", at);
}

struct Phone : Story {
    explicit Phone(const Plan& plan) : Story(plan) {}
    LinkId link(std::string_view name) const {
        for (std::uint32_t i = 0; i < recording.cast().links.size(); ++i)
            if (recording.cast().links[i].name == name) return LinkId{i};
        return {};
    }
    // The packets that eva-fon sent on this link, with their sources.
    std::vector<std::pair<Duration, wire::Ipv4Address>> sent(std::string_view name) const {
        std::vector<std::pair<Duration, wire::Ipv4Address>> all;
        for (const auto& [id, e] : eventsOf<trace::PacketSent>(recording))
            if (e.via.link() == link(name) && recording.event(id).node == node("eva-fon"))
                all.emplace_back(timeOf(id) - kStart, recording.store().packet(e.packet).packet.ip.source);
        return all;
    }
    std::vector<wire::Ipv4Address> addresses() const { return recording.cast().nodes[node("eva-fon").index()].addresses; }
    std::vector<std::string> moves() const {
        std::vector<std::string> all;
        const auto nameOf = [&](trace::LinkEnd end) { return end.valid() ? recording.cast().links[end.link().index()].name : std::string("nothing"); };
        for (const auto& [id, e] : eventsOf<trace::DeviceMoved>(recording)) all.push_back(fmt::format("{} to {}", nameOf(e.from), nameOf(e.to)));
        return all;
    }
    std::vector<trace::CloseReason> ends(std::string_view name) const {
        std::vector<trace::CloseReason> all;
        for (const auto& [id, e] : eventsOf<trace::ConnectionEnded>(recording))
            if (recording.event(id).node == node(name)) all.push_back(e.reason);
        return all;
    }
    std::vector<std::string> waits() const {
        std::vector<std::string> all;
        for (const auto& [id, e] : eventsOf<trace::DeviceWaits>(recording)) all.push_back(fmt::format("{} {}", recording.text(e.what), recording.text(e.why)));
        return all;
    }
};

TEST(Roaming, TheFirstLinkOfTheFileIsUsed) {
    const Phone run(phone(photo("0 s")));
    EXPECT_THAT(run.sent("movil"), IsEmpty());
    EXPECT_THAT(run.moves(), IsEmpty());
    EXPECT_EQ(run.outcome().copies, 1u);
}

TEST(Roaming, InTheMiddleOfALetterItGoesOverAndBeginsAnew) {
    const Phone run(phone(photo("0 s") + "  - { at: 3 s, cut: wifi }\n"));
    EXPECT_THAT(run.moves(), ElementsAre("wifi to movil"));
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_THAT(run.times<trace::MailStored>(), Contains(testing::Lt(8s))) << "at once, not when TCP loses patience";
    EXPECT_THAT(run.waits(), ElementsAre("send network-lost"));
    ASSERT_THAT(run.addresses(), SizeIs(2));
    for (const auto& [at, source] : run.sent("wifi")) {
        EXPECT_LE(at, 3s);
        EXPECT_EQ(source, run.addresses()[0]);
    }
    ASSERT_FALSE(run.sent("movil").empty());
    for (const auto& [at, source] : run.sent("movil")) EXPECT_EQ(source, run.addresses()[1]) << "nothing of the old connection comes from the new address";
    EXPECT_EQ(run.sent("movil").front().first, 3s);
    const auto lines = run.dialogue(DialogueProtocol::submission);
    EXPECT_THAT(lines, Contains(fmt::format("C: EHLO [{}]", wire::toString(run.addresses()[0]))));
    EXPECT_THAT(lines, Contains(fmt::format("C: EHLO [{}]", wire::toString(run.addresses()[1])))) << "RFC 5321 4.1.3";
    EXPECT_THAT(run.ends("eva-fon"), ElementsAre(trace::CloseReason::networkLost, trace::CloseReason::closed));
}

TEST(Roaming, TheServerWaitsForTheRestAndGivesUpByItsOwnClock) {  // RFC 5321 4.5.3.2
    const Phone run(phone(photo("0 s") + "  - { at: 3 s, cut: wifi }\n"));
    std::vector<Duration> late;
    for (const auto& [id, e] : eventsOf<trace::SmtpReply>(run.recording))
        if (e.code == 421) late.push_back(run.timeOf(id) - kStart);
    ASSERT_THAT(late, SizeIs(1));
    EXPECT_GE(late[0], 5min);  // 4.5.3.2.7, from the last octet that came, before the cut at 3 s
    EXPECT_LE(late[0], 5min + 3s);
    EXPECT_THAT(run.times<trace::MailAccepted>(), SizeIs(2)) << "once by norte, once by sur: what was cut short is no letter";
}

TEST(Roaming, AFinalReplyThatIsLostMakesADuplicateAsTheRfcSays) {  // RFC 5321 4.5.4.1, RFC 1047
    const Phone whole(phone(photo("0 s")));
    const Duration accepted = whole.times<trace::MailAccepted>().at(0);
    const auto micros = std::chrono::ceil<std::chrono::microseconds>(accepted).count();
    const Phone run(phone(photo("0 s") + fmt::format("  - {{ at: {} us, cut: wifi }}\n", micros)));
    EXPECT_EQ(run.outcome().copies, 2u);
    EXPECT_THAT(run.moves(), ElementsAre("wifi to movil"));
}

TEST(Roaming, WithoutAnyNetworkItWaitsAndGoesOnWithTheNextOne) {
    const Phone run(phone("  - { at: 0 s, cut: movil }\n" + photo("0 s") + "  - { at: 3 s, cut: wifi }\n  - { at: 1 h, restore: movil }\n"));
    EXPECT_THAT(run.moves(), ElementsAre("wifi to nothing", "nothing to movil"));
    EXPECT_THAT(run.waits(), ElementsAre("send offline"));
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_THAT(run.times<trace::MailStored>(), Contains(testing::Gt(1h)));
}

TEST(Roaming, WhenTheFirstOneIsBackWhatIsUnderWayStaysWhereItIs) {  // RFC 1122 3.3.4.2
    const Phone run(phone("  - { at: 0 s, cut: wifi }\n" + photo("1 s") + "  - { at: 2 s, restore: wifi }\n" +
                          "  - { at: 1 min, send: { id: dos, from: ana@norte.example, on: eva-fon, to: [luis@sur.example] } }\n"));
    EXPECT_THAT(run.moves(), ElementsAre("wifi to movil", "movil to wifi"));
    EXPECT_EQ(run.outcome(0).copies, 1u);
    EXPECT_EQ(run.outcome(1).copies, 1u);
    EXPECT_THAT(run.waits(), IsEmpty());
    for (const auto& [at, source] : run.sent("movil")) EXPECT_EQ(source, run.addresses()[1]);
    for (const auto& [at, source] : run.sent("wifi")) {
        EXPECT_EQ(source, run.addresses()[0]);
        EXPECT_GE(at, 1min);
    }
    EXPECT_GT(run.sent("movil").back().first, 3s);
}

TEST(Roaming, ACutFurtherAwayOnlySilenceTells) {
    Plan plan = phone(photo("0 s") + "  - { at: 3 s, cut: far }\n  - { at: 5 s, restore: far }\n");
    plan.links =
        "  - { name: wifi, between: [eva-fon, casa], rate: 1 Mbit/s }\n  - { name: movil, between: [eva-fon, torre] }\n"
        "  - { name: far, between: [casa, r] }\n  - { between: [torre, r] }\n";
    const Phone run(plan);
    EXPECT_THAT(run.moves(), IsEmpty());
    EXPECT_THAT(run.ends("eva-fon"), ElementsAre(trace::CloseReason::closed));
    EXPECT_EQ(run.outcome().copies, 1u);
}

TEST(Roaming, AtHomeTheServerIsBesideIt) {  // and elsewhere it has the address that everybody knows
    const Phone run({.more = "  eva-fon: { kind: phone, user: ana@norte.example }\n",
                     .links = "  - { name: wifi, between: [eva-fon, norte], rate: 1 Mbit/s }\n  - { name: movil, between: [eva-fon, r] }\n",
                     .timeline = photo("0 s") + "  - { at: 3 s, cut: wifi }\n"});
    EXPECT_EQ(run.outcome().copies, 1u);
    EXPECT_THAT(run.times<trace::MailStored>(), Contains(testing::Lt(8s)));
}

TEST(Roaming, ReadingByImapBeginsAnewAndCountsOnce) {
    const std::string letters = sendAt("0 s", "uno", "ana@norte.example", ", attach: [ { name: a.bin, size: 300 kB } ]") +
                                sendAt("1 s", "dos", "ana@norte.example", ", attach: [ { name: b.bin, size: 300 kB } ]");
    const Phone run(phone(letters + "  - { at: 1 min, read: { on: eva-fon } }\n  - { at: 65 s, cut: wifi }\n"));
    EXPECT_EQ(run.outcome(0).reads, 1u);
    EXPECT_EQ(run.outcome(1).reads, 1u);
    EXPECT_THAT(run.waits(), ElementsAre("read network-lost"));
    EXPECT_THAT(run.connects("eva-fon", "norte", 143), ElementsAre(1min, 1min));
}

TEST(Roaming, ByPop3TheLockOfTheDeadSessionHoldsUntilTheServerTakesItForDead) {  // RFC 1939 3
    const Phone run(
        phone(sendAt("0 s", "uno", "ana@norte.example", ", attach: [ { name: a.bin, size: 500 kB } ]") + "  - { at: 1 min, read: { on: eva-fon } }\n  - { at: 63 s, cut: wifi }\n",
              ", reads-with: pop3"));
    EXPECT_EQ(run.outcome().reads, 1u);
    EXPECT_THAT(run.dialogue(DialogueProtocol::pop3), Contains(HasSubstr("[IN-USE]")));
    const auto fetched = run.times<trace::MailFetched>();
    ASSERT_THAT(fetched, SizeIs(1));
    EXPECT_THAT(fetched[0], testing::AllOf(testing::Ge(11min), testing::Lt(45min)));
}

TEST(Roaming, IdleGoesOverAtOnce) {
    const Phone run(phone("  - { at: 10 min, cut: wifi }\n" + sendAt("11 min", "carta", "ana@norte.example"), ", checks: idle"));
    EXPECT_THAT(run.connects("eva-fon", "norte", 143), ElementsAre(0min, 10min));
    const auto news = eventsOf<trace::MailKnown>(run.recording);
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_TRUE(news[0].second.told);
    EXPECT_THAT(run.moves(), ElementsAre("wifi to movil"));
}

TEST(Roaming, ServersWithTwoLinksAndDevicesWithOneAreAsTheyWere) {
    const Phone run({.access = ", rate: 1 Mbit/s",
                     .timeline = sendAt("0 s", "carta", "luis@sur.example", ", attach: [ { name: a.bin, size: 500 kB } ]") +
                                 "  - { at: 2 s, cut: access }\n  - { at: 5 s, restore: access }\n"});
    EXPECT_THAT(run.moves(), IsEmpty());
    EXPECT_THAT(run.connects("ana-pc", "norte", 587), SizeIs(1)) << "a cable pulled out for a moment: TCP goes on";
    EXPECT_EQ(run.outcome().copies, 1u);
}

}  // namespace
}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
// run --format json: the object of the contract, field by field, and what it says about letters whose way is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/process.h"
#include "tests/app/small_scenario.h"

namespace mailtrek::test {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;
using testing::MatchesRegex;

std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> names;
    for (const auto& [name, value] : object.items()) names.push_back(name);
    return names;
}

Json runJson(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"--format", "json"});
    const Ran ran = mailtrekCli(arguments);
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    EXPECT_TRUE(ran.out.ends_with("}\n"));
    return Json::parse(ran.out);
}

// The names of the scenario format, in its order.
const std::vector<std::string> kMetrics = {
    "tcp.connections",  "tcp.segments",        "tcp.data-segments", "tcp.retransmits", "tcp.fast-retransmits", "tcp.timeouts",     "tcp.duplicate-acks", "tcp.checksum-errors",
    "tcp.resets",       "tcp.bytes-delivered", "ip.packets",        "ip.hops",         "ip.ttl-expired",       "ip.fragments",     "ip.unreachable",     "icmp.time-exceeded",
    "link.packets",     "link.drops",          "link.queue-drops",  "link.loss-drops", "link.down-drops",      "link.corrupted",   "link.bytes",         "routing.updates",
    "routing.changes",  "dns.queries",         "dns.mx-queries",    "dns.failures",    "smtp.connections",     "smtp.submissions", "smtp.commands",      "smtp.replies-4xx",
    "smtp.replies-5xx", "smtp.data-transfers", "mail.sent",         "mail.stored",     "mail.bounced",         "mail.queued",      "mail.read",          "mail.retries",
    "mail.notices",     "mail.printed",        "sim.events",        "sim.end-time"};

TEST(RunJson, HasTheFieldsOfTheContractInItsOrder) {
    const Json run = runJson({scenarioPath("04_enlace_con_perdidas.yaml")});
    EXPECT_THAT(keys(run), ElementsAre("scenario", "seed", "end_time", "trace_hash", "metrics", "mails", "connections"));
    EXPECT_EQ(run["scenario"], "A link that loses");
    EXPECT_EQ(run["seed"], 7);
    EXPECT_THAT(run["trace_hash"].get<std::string>(), MatchesRegex("[0-9a-f]{16}"));
    EXPECT_EQ(keys(run["metrics"]), kMetrics);
    for (const auto& [name, value] : run["metrics"].items()) EXPECT_TRUE(name == "sim.end-time" ? value.is_number_float() : value.is_number_integer()) << name;
    EXPECT_EQ(run["metrics"]["tcp.retransmits"], 3);
    EXPECT_EQ(run["metrics"]["sim.end-time"], run["end_time"]);

    ASSERT_EQ(run["mails"].size(), 1u);
    const Json& mail = run["mails"][0];
    EXPECT_THAT(keys(mail), ElementsAre("id", "from", "to", "subject", "status", "sent_at", "accepted_at", "content_sent_at", "content_received_at", "stored_at", "read_at",
                                        "notice_at", "reads", "copies", "attempts", "received_headers", "size", "sha256"));
    EXPECT_EQ(mail["id"], "carta");
    EXPECT_EQ(mail["from"], "ana@norte.example");
    EXPECT_EQ(mail["to"], "luis@sur.example");
    EXPECT_EQ(mail["subject"], "Fotos");
    EXPECT_EQ(mail["status"], "delivered");
    EXPECT_EQ(mail["read_at"], nullptr);
    EXPECT_EQ(mail["notice_at"], nullptr);
    EXPECT_EQ(mail["copies"], 1);
    EXPECT_EQ(mail["attempts"], 1);
    EXPECT_EQ(mail["received_headers"], 2);
    EXPECT_GT(mail["size"], 106'000 / 3 * 4);  // base64

    ASSERT_EQ(run["connections"].size(), 2u);
    EXPECT_THAT(keys(run["connections"][0]),
                ElementsAre("client", "server", "port", "opened_at", "established_at", "closed_at", "bytes_to_server", "bytes_to_client", "segments", "retransmits", "timeouts"));
    const Json &submission = run["connections"][0], &relay = run["connections"][1];
    EXPECT_EQ(submission["client"], "ana-pc");
    EXPECT_EQ(submission["port"], 587);
    EXPECT_EQ(submission["retransmits"], 0);
    EXPECT_EQ(relay["client"], "norte");
    EXPECT_EQ(relay["server"], "sur");
    EXPECT_EQ(relay["port"], 25);
    EXPECT_EQ(relay["retransmits"], 3);
    EXPECT_EQ(relay["timeouts"], 0);
    EXPECT_GT(relay["bytes_to_server"], 106'000 / 3 * 4);
}

TEST(RunJson, TimesAreInOrder) {
    for (const std::string& name : scenarioNames()) {
        const Json run = runJson({scenarioPath(name)});
        for (const Json& mail : run["mails"]) {
            std::vector<double> times;
            for (const char* moment : {"sent_at", "content_sent_at", "content_received_at", "stored_at", "read_at"})
                if (!mail[moment].is_null()) times.push_back(mail[moment]);
            EXPECT_GE(times.size(), 4u) << name;
            EXPECT_LE(mail["accepted_at"].get<double>(), mail["stored_at"].get<double>()) << name;
            if (mail["received_headers"] == 2) { EXPECT_LT(mail["accepted_at"].get<double>(), mail["content_sent_at"].get<double>()) << name; }
            EXPECT_TRUE(std::ranges::is_sorted(times)) << name << mail.dump();
            EXPECT_GE(run["end_time"].get<double>(), times.back());
        }
        double last = 0;
        for (const Json& connection : run["connections"]) {
            EXPECT_LE(last, connection["opened_at"].get<double>()) << name;
            last = connection["opened_at"];
            EXPECT_LT(last, connection["established_at"].get<double>()) << name;
            EXPECT_LT(connection["established_at"].get<double>(), connection["closed_at"].get<double>()) << name;
        }
    }
}

TEST(RunJson, SaysTheTitleInTheLanguageAsked) {
    EXPECT_EQ(runJson({scenarioPath("01_primera_carta.yaml"), "--lang", "es"})["scenario"], "La primera carta");
    const TemporaryFolder folder;
    EXPECT_EQ(runJson({folder.write("x.yaml", smallScenario("title: \"a \\\"plain\\\" title\"\n"))})["scenario"], "a \"plain\" title");
}

TEST(RunJson, IsTheSameEveryTime) {
    const std::vector<std::string> arguments = {"run", scenarioPath("04_enlace_con_perdidas.yaml"), "--format", "json"};
    const Ran once = mailtrekCli(arguments), again = mailtrekCli(arguments);
    EXPECT_EQ(once.out, again.out);
    EXPECT_GT(once.out.size(), 1000u);
}

// What coreutils make of the octets that were sent.
std::string sha256(const std::string& octets) {
    const TemporaryFolder folder;
    return outputOf("sha256sum '" + folder.write("octets", octets) + "'").substr(0, 64);
}

TEST(RunJson, Sha256IsThatOfWhatWasSent) {
    struct Case {
        std::string send;  // keys of the send: entry
        std::string sent;  // texts and files, joined
    };
    std::string binary;
    for (int i = 0; i < 5000; ++i) binary += static_cast<char>(i * 7 % 256);
    const std::string table = "a,b\r\n1,2\r\n\r\n";
    const TemporaryFolder folder;
    folder.write("picture.jpg", binary);
    folder.write("table.csv", table);
    folder.write("año.txt", table);
    folder.write("empty.bin", "");
    const std::vector<Case> cases = {
        {"text: Hola", "Hola"},
        {"text: \"¿Qué tal?\\nMañana más.\"", "¿Qué tal?\nMañana más."},
        {"text: \".\\n..dots\\nFrom here\\n.\"", ".\n..dots\nFrom here\n."},
        {"text: \"" + std::string(3000, 'x') + "\"", std::string(3000, 'x')},
        {"text: \"spaces  \\n\\ttab \\nend= =3D\"", "spaces  \n\ttab \nend= =3D"},
        {"text: Hola, attach: [ { file: picture.jpg } ]", "Hola" + binary},
        {"text: Hola, attach: [ { file: table.csv }, { file: empty.bin }, { file: picture.jpg } ]", "Hola" + table + binary},
        {"text: Hola, attach: [ { file: \"año.txt\" } ]", "Hola" + table},
        {"text: Hola, html: \"<p>Hola</p>\", attach: [ { name: foto.jpg, file: picture.jpg } ]", "Hola<p>Hola</p>" + binary},
    };
    for (const Case& one : cases) {
        const Json run = runJson({folder.write("x.yaml", smallScenario("", one.send))});
        EXPECT_EQ(run["mails"][0]["status"], "delivered") << one.send;
        EXPECT_EQ(run["mails"][0]["sha256"], sha256(one.sent)) << one.send;
    }
}

TEST(RunJson, OneEntryPerRecipient) {
    const TemporaryFolder folder;
    const std::string text = replaced(smallScenario("", "text: Hola, cc: [eva@sur.example, nobody@sur.example]"), "luis: {}", "luis: {}, eva: {}");
    const Json run = runJson({folder.write("x.yaml", text)});
    ASSERT_EQ(run["mails"].size(), 3u);
    EXPECT_EQ(run["mails"][0]["to"], "luis@sur.example");
    EXPECT_EQ(run["mails"][1]["to"], "eva@sur.example");
    EXPECT_EQ(run["mails"][2]["to"], "nobody@sur.example");
    EXPECT_EQ(run["mails"][1]["status"], "delivered");
    EXPECT_EQ(run["mails"][2]["status"], "bounced");
    EXPECT_EQ(run["mails"][2]["stored_at"], nullptr);
    EXPECT_EQ(run["mails"][2]["sha256"], nullptr);
    EXPECT_GT(run["mails"][2]["notice_at"], run["mails"][2]["accepted_at"]);
    EXPECT_EQ(run["metrics"]["mail.sent"], 1);
}

}  // namespace
}  // namespace mailtrek::test

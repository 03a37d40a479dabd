// SPDX-License-Identifier: GPL-3.0-or-later
// Turns the tree of a file into a Scenario, section by section. Names are resolved as soon as all nodes and links are known.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/scenario/document.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/scenario.h"

namespace mailtrek::scenario {

class Builder {
public:
    Builder(Diagnostics& diagnostics, std::filesystem::path folder) : m_reader(diagnostics), m_folder(std::move(folder)) {}

    // The whole document; timeline entries of the chosen variant come after those of the file.
    Scenario build(const YAML::Node& document, const std::vector<YAML::Node>& moreTimeline);

private:
    using Node_ = YAML::Node;

    // build_nodes.cpp
    void readNodes(const Node_& nodes);
    void readNode(const std::string& name, const Node_& key, const Node_& value);
    void forRange(const Range& range, const Node_& value, const std::function<void(std::uint64_t)>& each);
    void later(std::function<void()> read);
    void readKind(Map& map, Node& node);
    void readDevice(Map& map, Node& node);
    void readRouter(Map& map, Node& node);
    void readRip(const Node_& value, Node& node);
    void readServer(Map& map, Node& node);
    net::IcmpMode readIcmp(const Node_& value);
    PolicyChange readPolicy(const Node_& policy);  // build_policy.cpp
    void readMailboxes(const Node_& mailboxes, Node& node);
    std::map<std::string, std::vector<std::string>> readForwards(const Node_& value, const Node& node, std::string_view what);
    std::vector<StaticRoute> readRoutes(const Node_& routes);
    void readTcp(const Node_& value, transport::TcpSettings& tcp);
    void resolveNodes();
    // build_tls.cpp
    void readServerTls(const Node_& value, Node& node);
    void readChecks(const Node_& value, Node& node);
    void readDeviceTls(const Node_& value, Node& node);
    void readTap(Map& map, Link& link);
    // build_zones.cpp
    void readNameServer(Map& map, Node& node);
    void readZones(const Node_& zones, Node& node);
    dns::RecordFact readRecord(const Node_& value);
    void checkZone(const dns::ZoneFact& zone, const std::vector<Node_>& marks, const Node_& key);
    // build_links.cpp
    void readLinks(const Node_& links);
    void readLink(const Node_& value);
    bool readEnds(const Node_& between, std::array<NodeId, 2>& ends);
    NodeId endNamed(const Node_& value);
    std::uint32_t readMtu(const Node_& value);
    void readLinkSettings(Map& map, net::LinkSettings& settings);
    net::BurstyLoss readBurstyLoss(const Node_& value);
    void readJitter(const Node_& value, net::LinkSettings& settings);
    void readRules(const Node_& rules, Link& link);
    net::QueueLimit readQueue(const Node_& value);
    net::QueueLimit readQueueSize(const Node_& value, std::string_view what);
    void readRed(Map& map, net::QueueLimit& queue, const Node_& where);
    void readCoDel(Map& map, net::QueueLimit& queue);
    std::optional<int> directionTowards(const Node_& value, const Link& link);
    void addDns();
    void warnOfNames();
    // build_rules.cpp
    void readRule(const Node_& value, net::LinkRule::Action action, Link& link);
    // build_timeline.cpp
    void readTimeline(const Node_& timeline, std::string_view what = "timeline");
    void readEntry(const Node_& value);
    void addEntry(const Node_& where, Entry entry);
    Action readAction(const std::string& kind, const Node_& value);
    Action readSet(const Node_& value);
    Action readLose(const Node_& value);
    Action readPerson(const std::string& kind, const Node_& value);
    LinkChange readLinkChange(Map& map);
    void checkMailNames();
    Probe readProbe(const std::string& kind, const Node_& value);
    void readTarget(const Node_& value, Probe& probe);
    Action readFail(const Node_& value);
    SetLink readSetLink(Map& map, const Node_& link);
    SetNode readSetNode(Map& map, const Node_& node);
    // build_outside.cpp
    void readOutside(const Node_& value, Instant at);
    void readDeed(const std::string& deed, const Node_& value, Outside& outside);
    Slice readOctets(const std::string& deed, const Node_& value);
    void checkOutside();
    // build_send.cpp
    void readSend(const Node_& value, Instant at);
    void readNoticeWishes(Map& map, Send& send);
    void readRecipients(Map& map, const Node_& value, Send& send);
    void readRepeat(const Node_& repeat, const Node_& where, Instant at, Send send);
    void readAttachment(const Node_& value, Send& send);
    bool readAttachedFile(const Node_& value, Attachment& attachment);
    bool roomFor(std::uint64_t octets, const Node_& where);
    // build_rest.cpp
    void readDefaults(const Node_& value);
    void readMailDefaults(const Node_& value);
    void readExpect(const Node_& value);
    // build_lesson.cpp
    void readLesson(const Node_& value);
    void readQuestion(const Node_& value);
    void readBefore(const Node_& value, AskBefore& before);
    void readAnswer(const Node_& value, Question& question);
    // build_rest.cpp
    void readVariants(const Node_& value);
    void checkNarrowing(const Node_& where, std::string_view name, const std::string& key, const std::string& value);
    void checkMetricName(const Node_& where, std::string_view name);
    // build_check.cpp: what can be judged only when all is read
    const std::vector<NodeId>& servers(const std::string& domain);
    void checkAddresses();
    void warn();
    void warnOfRecipients();
    void warnOfRoutes();
    void warnOfProtocols();
    void warnOfLoops();
    void warnOfMailboxes();

    NodeId nodeNamed(const Node_& value, std::string_view what);
    LinkId linkNamed(const Node_& value, std::string_view what);
    std::optional<ConnectionName> connectionNamed(const Node_& value);
    std::optional<ConnectionName> connectionNamed(const std::string& text, const Node_& value);
    std::vector<std::string> nodeNames() const;
    std::vector<std::string> linkNames() const;

    Reader m_reader;
    std::filesystem::path m_folder;
    Scenario m_scenario;
    transport::TcpSettings m_tcp;
    net::LinkSettings m_link;
    std::uint32_t m_mtu = 1500;
    std::unordered_map<std::string, NodeId> m_nodes;
    std::unordered_map<std::string, LinkId> m_links;
    std::vector<Node_> m_nodeMarks;                          // by NodeId: the key
    std::vector<Node_> m_linkMarks;                          // by LinkId
    std::map<std::string, Node_> m_addressMarks;             // by name of node: its `address:`
    std::uint64_t m_mailboxes = 0, m_repeated = 0;           // made by ranges
    std::vector<std::function<void()>> m_later;              // names of nodes inside nodes, once all are known
    std::uint64_t m_attached = 0;                            // octets of attachments so far
    std::map<std::string, std::vector<NodeId>> m_serversOf;  // by domain, and "" for none
    std::map<std::string, Node_> m_mails;                    // ids of letters, repeated ones too
    struct OutsideMark {
        Instant at;
        Outside outside;
        Node_ mark;
    };
    std::vector<OutsideMark> m_outside;
    std::vector<std::pair<std::string, Node_>> m_mailNames;  // uses of an id, checked at the end
};

}  // namespace mailtrek::scenario

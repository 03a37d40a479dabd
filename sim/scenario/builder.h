// SPDX-License-Identifier: GPL-3.0-or-later
// Turns the tree of a file into a Scenario, section by section. Names are resolved as soon as all nodes and links are known.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

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
    void readDevice(Map& map, Node& node);
    void readServer(Map& map, Node& node);
    void readPolicy(const Node_& policy, Node& node);
    void readMailboxes(const Node_& mailboxes, Node& node);
    std::map<std::string, std::vector<std::string>> readForwards(const Node_& value, const Node& node, std::string_view what);
    void readZones(const Node_& zones, Node& node);
    std::vector<StaticRoute> readRoutes(const Node_& routes);
    void readTcp(const Node_& value, transport::TcpSettings& tcp);
    void resolveNodes();
    // build_links.cpp
    void readLinks(const Node_& links);
    void readLink(const Node_& value);
    void readLinkSettings(Map& map, net::LinkSettings& settings);
    void readRules(const Node_& rules, Link& link);
    net::QueueLimit readQueue(const Node_& value);
    std::optional<int> directionTowards(const Node_& value, const Link& link);
    void addDns();
    // build_timeline.cpp
    void readTimeline(const Node_& timeline);
    void readEntry(const Node_& value);
    Action readAction(const std::string& kind, const Node_& value, Instant at);
    void readSend(const Node_& value, Instant at);
    void readAttachment(const Node_& value, Send& send);
    Action readSet(const Node_& value);
    Action readLose(const Node_& value);
    Action readPerson(const std::string& kind, const Node_& value);
    LinkChange readLinkChange(Map& map);
    void checkMailNames();
    // build_rest.cpp
    void readExpect(const Node_& value);
    void readLesson(const Node_& value);
    void readQuestion(const Node_& value);
    void readVariants(const Node_& value);
    void checkMetricName(const Node_& where, std::string_view name);
    void warn();

    NodeId nodeNamed(const Node_& value, std::string_view what);
    LinkId linkNamed(const Node_& value, std::string_view what);
    std::optional<ConnectionName> connectionNamed(const Node_& value);
    std::vector<std::string> nodeNames() const;

    Reader m_reader;
    std::filesystem::path m_folder;
    Scenario m_scenario;
    transport::TcpSettings m_tcp;
    net::LinkSettings m_link;
    std::uint32_t m_mtu = 1500;
    std::unordered_map<std::string, NodeId> m_nodes;
    std::unordered_map<std::string, LinkId> m_links;
    std::vector<Node_> m_nodeMarks;                          // by NodeId: the key
    std::vector<std::function<void()>> m_later;              // names of nodes inside nodes, once all are known
    std::map<std::string, Node_> m_mails;                    // ids of letters, repeated ones too
    std::vector<std::pair<std::string, Node_>> m_mailNames;  // uses of an id, checked at the end
};

}  // namespace mailtrek::scenario

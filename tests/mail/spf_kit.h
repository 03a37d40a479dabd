// SPDX-License-Identifier: GPL-3.0-or-later
// Answers the questions of a check out of a table: "sur.example TXT v=spf1 mx -all".
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sim/mail/spf.h"

namespace mailtrek::mail {

class TableOfNames {
public:
    // "name TYPE data"; "name FAIL" answers SERVFAIL to everything. What exists with no record of the type is no data; everything else NXDOMAIN.
    explicit TableOfNames(const std::vector<std::string>& lines) {
        for (const std::string& line : lines) add(line);
    }
    void add(const std::string& line) {
        std::istringstream in(line);
        std::string name, type, data;
        in >> name >> type;
        std::getline(in >> std::ws, data);
        m_names.insert(lowered(name));
        if (type == "FAIL") m_broken.insert(lowered(name));
        if (type == "A") put(name, dns::ARecord{*wire::parseIpv4Address(data)});
        if (type == "TXT") put(name, dns::TxtRecord{{data.substr(0, data.find('|')), data.find('|') == std::string::npos ? "" : data.substr(data.find('|') + 1)}});
        if (type == "MX") put(name, dns::MxRecord{static_cast<std::uint16_t>(std::stoi(data)), dns::Name::of(data.substr(data.find(' ') + 1))});
    }
    DnsFact answer(const dns::Question& question) {
        asked.push_back(question.name.text() + " " + dns::typeName(question.type));
        const std::string name = lowered(question.name.text());
        if (m_broken.contains(name)) return {Finding::failed};
        const auto found = m_records.find({name, question.type});
        if (found != m_records.end()) return {Finding::records, found->second};
        return {m_names.contains(name) ? Finding::noData : Finding::noSuchName};
    }
    std::vector<std::string> asked;

private:
    static std::string lowered(std::string text) {
        for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        return text;
    }
    void put(const std::string& name, dns::RecordData data) {
        const dns::ResourceRecord record = dns::makeRecord(dns::Name::of(name), 3600, std::move(data));
        m_records[{lowered(name), record.type}].push_back(record);
    }
    std::map<std::pair<std::string, dns::Type>, std::vector<dns::ResourceRecord>> m_records;
    std::set<std::string> m_names, m_broken;
};

// Runs a check to its end; every question is asked once.
template <class Check>
auto concluded(TableOfNames& table, Check check) {
    DnsFacts facts;
    auto outcome = check(facts);
    while (auto* question = std::get_if<dns::Question>(&outcome)) {
        EXPECT_EQ(facts.find(question->name, question->type), nullptr) << "asked again: " << question->name.text();
        const dns::Question asked = *question;
        facts.add(asked, table.answer(asked));
        outcome = check(facts);
    }
    return std::get<0>(outcome);
}

}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/scenario/builder.h"
#include "sim/scenario/metric_names.h"

namespace mailtrek::scenario {
namespace {

const std::vector<std::string> kStatus{"refused", "queued", "bounced", "delivered", "read"};
constexpr std::array kFates{trace::MailFate::refused, trace::MailFate::queued, trace::MailFate::bounced, trace::MailFate::delivered, trace::MailFate::read};
const std::vector<std::string> kMilestones{"composed", "handed-over", "mx-found", "connected", "under-way", "relayed", "stored", "read"};

}  // namespace

Scenario Builder::build(const YAML::Node& document, const std::vector<YAML::Node>& moreTimeline) {
    Map map(m_reader, document, "the file");
    if (!map.valid()) return {};
    if (const auto version = map.require("mailtrek")) {
        if (!version->IsScalar() || version->Scalar() != "1") m_reader.error(*version, "mailtrek: this program reads format version 1");
    }
    map.with("title", [&](const Node_& v) { m_scenario.title = m_reader.localized(v, "title"); });
    map.with("about", [&](const Node_& v) { m_scenario.about = m_reader.localized(v, "about"); });
    map.with("seed", [&](const Node_& v) { m_scenario.seed = m_reader.whole(v, "seed", 0, ~std::uint64_t{0}); });
    map.with("until", [&](const Node_& v) {
        m_scenario.until = kStart + m_reader.duration(v, "until");
        if (m_scenario.until == kStart) m_reader.error(v, "until must be more than 0");
    });
    map.with("defaults", [&](const Node_& v) {
        Map defaults(m_reader, v, "defaults");
        defaults.with("link", [&](const Node_& link) {
            Map settings(m_reader, link, "defaults.link");
            readLinkSettings(settings, m_link);
            settings.with("mtu", [&](const Node_& mtu) {
                const Bytes size = m_reader.bytes(mtu, "mtu");
                if (size < Bytes{68} || size > Bytes{65536})
                    m_reader.error(mtu, "mtu must be 68 B to 64 KiB");
                else if (size < Bytes{576} || size > Bytes{65535})
                    m_reader.unsupported(mtu, "an mtu below 576 B or above 65535 B");
                else
                    m_mtu = static_cast<std::uint32_t>(size.count);
            });
        });
        defaults.with("tcp", [&](const Node_& tcp) { readTcp(tcp, m_tcp); });
        defaults.with("mail", [&](const Node_& mail) {
            Map settings(m_reader, mail, "defaults.mail");
            settings.with("retry", [&](const Node_& retry) {
                m_scenario.mail.retry.clear();
                m_reader.list(retry, "retry", [&](const Node_& item) { m_scenario.mail.retry.push_back(m_reader.duration(item, "retry")); });
                if (m_scenario.mail.retry.empty() && retry.IsSequence()) m_reader.error(retry, "retry needs at least one interval");
                if (std::any_of(m_scenario.mail.retry.begin(), m_scenario.mail.retry.end(), [](Duration d) { return d < std::chrono::seconds{1}; }))
                    m_reader.error(retry, "a retry interval must be at least 1 s");
                if (m_scenario.mail.retry.empty()) m_scenario.mail.retry = MailSettings{}.retry;
            });
            settings.with("give-up", [&](const Node_& g) { m_scenario.mail.giveUp = m_reader.duration(g, "give-up"); });
            settings.with("max-message", [&](const Node_& m) { m_scenario.mail.maxMessage = m_reader.bytes(m, "max-message"); });
            settings.with("hop-limit", [&](const Node_& h) { m_scenario.mail.hopLimit = static_cast<std::uint32_t>(m_reader.whole(h, "hop-limit", 1, 1000)); });
        });
    });
    if (const auto nodes = map.require("nodes")) readNodes(*nodes);
    resolveNodes();
    map.with("links", [&](const Node_& v) { readLinks(v); });
    map.with("timeline", [&](const Node_& v) { readTimeline(v); });
    for (const YAML::Node& more : moreTimeline) readTimeline(more);
    std::stable_sort(m_scenario.timeline.begin(), m_scenario.timeline.end(), [](const Entry& a, const Entry& b) { return a.at < b.at; });
    map.with("variants", [&](const Node_& v) { readVariants(v); });
    map.with("lesson", [&](const Node_& v) { readLesson(v); });
    map.with("expect", [&](const Node_& v) { readExpect(v); });
    checkMailNames();
    if (!m_reader.diagnostics().failed()) {
        addDns();
        warn();
    }
    return std::move(m_scenario);
}

void Builder::checkMetricName(const Node_& where, std::string_view name) {
    const std::string bare(name.substr(0, name.find('{')));
    const auto& names = metricNames();
    if (std::find(names.begin(), names.end(), bare) == names.end()) m_reader.error(where, fmt::format("there is no metric '{}'{}", bare, didYouMean(bare, names)));
    if (name.find('{') == std::string_view::npos) return;
    if (!name.ends_with('}')) return m_reader.error(where, fmt::format("'{}': the braces are not closed", name));
    std::string_view inside = name.substr(bare.size() + 1, name.size() - bare.size() - 2);
    while (!inside.empty()) {
        const std::string_view part = inside.substr(0, inside.find(','));
        inside.remove_prefix(std::min(part.size() + 1, inside.size()));
        const std::size_t colon = part.find(':');
        const auto trimmed = [](std::string_view s) {
            while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
            while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
            return std::string(s);
        };
        const std::string key = trimmed(part.substr(0, colon)), value = colon == std::string_view::npos ? "" : trimmed(part.substr(colon + 1));
        static const std::vector<std::string> kKeys{"connection", "link", "node", "mail"};
        if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end())
            m_reader.error(where, fmt::format("'{}': a metric is narrowed by connection, link, node or mail{}", name, didYouMean(key, kKeys)));
        else if (key == "node" && !m_nodes.contains(value))
            m_reader.error(where, fmt::format("there is no node '{}'{}", value, didYouMean(value, nodeNames())));
        else if (key == "link" && !m_links.contains(value))
            m_reader.error(where, fmt::format("there is no link '{}'", value));
        else if (key == "mail")
            m_mailNames.emplace_back(value, where);
        else if (key == "connection") {
            const std::size_t arrow = value.find('>'), port = value.rfind(':');
            const bool shaped = arrow != std::string::npos && port != std::string::npos && port > arrow;
            if (!shaped || !m_nodes.contains(trimmed(std::string_view(value).substr(0, arrow))) ||
                !m_nodes.contains(trimmed(std::string_view(value).substr(arrow + 1, port - arrow - 1))))
                m_reader.error(where, fmt::format("connection: '{}' is not written client>server:port with names of nodes", value));
        }
    }
}

void Builder::readExpect(const Node_& value) {
    Map map(m_reader, value, "expect");
    map.with("mails", [&](const Node_& v) {
        Map mails(m_reader, v, "expect.mails");
        for (const auto& [key, one] : mails.pairs()) {
            m_mailNames.emplace_back(key.Scalar(), key);
            Map what(m_reader, one, "an expected mail");
            ExpectMail mail;
            what.with("status", [&](const Node_& s) { mail.status = kFates[m_reader.choice(s, "status", kStatus)]; });
            what.with("before", [&](const Node_& t) { mail.before = m_reader.duration(t, "before"); });
            what.with("after", [&](const Node_& t) { mail.after = m_reader.duration(t, "after"); });
            what.with("copies", [&](const Node_& c) { mail.copies = m_reader.comparison(c, "copies"); });
            what.with("hops", [&](const Node_& c) { mail.hops = m_reader.comparison(c, "hops"); });
            what.with("reads", [&](const Node_& c) { mail.reads = m_reader.comparison(c, "reads"); });
            what.with("attempts", [&](const Node_& c) { mail.attempts = m_reader.comparison(c, "attempts"); });
            m_scenario.expect.mails.emplace_back(key.Scalar(), mail);
        }
    });
    map.with("metrics", [&](const Node_& v) {
        Map metrics(m_reader, v, "expect.metrics");
        for (const auto& [key, one] : metrics.pairs()) {
            checkMetricName(key, key.Scalar());
            m_scenario.expect.metrics.emplace_back(key.Scalar(), m_reader.comparison(one, key.Scalar()));
        }
    });
    map.with("replies", [&](const Node_& v) {
        Map replies(m_reader, v, "expect.replies");
        for (const auto& [key, one] : replies.pairs()) {
            m_mailNames.emplace_back(key.Scalar(), key);
            std::vector<int> codes;
            m_reader.list(one, "replies", [&](const Node_& code) { codes.push_back(static_cast<int>(m_reader.whole(code, "a reply", 200, 599))); });
            m_scenario.expect.replies.emplace_back(key.Scalar(), std::move(codes));
        }
    });
}

void Builder::readLesson(const Node_& value) {
    Map map(m_reader, value, "lesson");
    map.with("goal", [&](const Node_& v) { m_scenario.lesson.goal = m_reader.localized(v, "goal"); });
    map.with("questions", [&](const Node_& v) { m_reader.list(v, "questions", [&](const Node_& item) { readQuestion(item); }); });
}

void Builder::readQuestion(const Node_& value) {
    Map map(m_reader, value, "a question");
    if (!map.valid()) return;
    Question question;
    if (const auto ask = map.require("ask")) question.ask = m_reader.localized(*ask, "ask");
    map.with("why", [&](const Node_& v) { question.why = m_reader.localized(v, "why"); });
    map.with("before", [&](const Node_& v) {
        Map before(m_reader, v, "before");
        before.with("event", [&](const Node_& e) { question.before.event = m_reader.text(e, "event"); });
        before.with("nth", [&](const Node_& n) { question.before.nth = static_cast<std::uint32_t>(m_reader.whole(n, "nth", 1, 1'000'000)); });
        before.with("at", [&](const Node_& t) { question.before.at = m_reader.duration(t, "at"); });
        before.with("mail", [&](const Node_& m) {
            question.before.mail = m_reader.text(m, "mail");
            m_mailNames.emplace_back(question.before.mail, m);
        });
        before.with("milestone", [&](const Node_& m) { question.before.milestone = kMilestones[m_reader.choice(m, "milestone", kMilestones)]; });
    });
    if (const auto choices = map.require("choices")) m_reader.list(*choices, "choices", [&](const Node_& c) { question.choices.push_back(m_reader.localized(c, "a choice")); });
    if (const auto answer = map.require("answer")) {
        Map what(m_reader, *answer, "answer");
        what.with("choice",
                  [&](const Node_& c) { question.rightChoice = static_cast<std::uint32_t>(m_reader.whole(c, "choice", 1, std::max<std::size_t>(question.choices.size(), 1))); });
        what.with("metric", [&](const Node_& m) {
            question.metric = m_reader.text(m, "metric");
            checkMetricName(m, question.metric);
        });
        what.with("is", [&](const Node_& c) { question.is = m_reader.comparison(c, "is"); });
    }
    m_scenario.lesson.questions.push_back(std::move(question));
}

void Builder::readVariants(const Node_& value) {
    Map map(m_reader, value, "variants");
    for (const auto& [key, one] : map.pairs()) {
        Map what(m_reader, one, "a variant");
        Variant variant{m_reader.text(key, "variant"), {}, what.has("expect")};
        what.with("title", [&](const Node_& v) { variant.title = m_reader.localized(v, "title"); });
        what.take("set");  // applied to the tree before this reading, when the variant is chosen
        what.take("timeline");
        what.take("expect");
        m_scenario.variants.push_back(std::move(variant));
    }
}

void Builder::warn() {
    std::set<std::string> served, users;
    for (const Node& node : m_scenario.nodes) {
        for (const std::string& domain : node.domains) served.insert(domainOf("@" + domain));
        if (!node.user.empty()) users.insert(node.user);
        for (const dns::ZoneFact& zone : node.zones) served.insert(domainOf("@" + zone.domain));
    }
    for (const Entry& entry : m_scenario.timeline) {
        const Send* send = std::get_if<Send>(&entry.action);
        if (send == nullptr) continue;
        for (const auto* list : {&send->to, &send->cc, &send->bcc})
            for (const std::string& to : *list)
                if (!served.contains(domainOf(to)))
                    m_reader.diagnostics().warning(m_mails.at(send->id), fmt::format("mail '{}': no server serves the domain of '{}'; it will come back", send->id, to));
    }
    std::vector<bool> linked(m_scenario.nodes.size());
    for (const Link& link : m_scenario.links)
        for (const NodeId end : link.between) linked[end.index()] = true;
    for (std::size_t i = 0; i < linked.size(); ++i) {
        const Node& node = m_scenario.nodes[i];
        if (!linked[i]) m_reader.diagnostics().warning(m_nodeMarks[i], fmt::format("node '{}' has no link: nothing reaches it", node.name));
        if (node.mailboxes.size() > 1000) continue;
        for (const Mailbox& box : node.mailboxes)
            if (!users.contains(box.address)) m_reader.diagnostics().warning(m_nodeMarks[i], fmt::format("nobody reads the mailbox '{}' (no device has this user)", box.address));
    }
}

}  // namespace mailtrek::scenario

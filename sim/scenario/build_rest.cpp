// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/builder.h"
#include "sim/scenario/metric_names.h"

namespace mailtrek::scenario {
namespace {

const std::vector<std::string> kStatus{"refused", "queued", "bounced", "delivered", "read"};
constexpr std::array kFates{trace::MailFate::refused, trace::MailFate::queued, trace::MailFate::bounced, trace::MailFate::delivered, trace::MailFate::read};

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
        const std::size_t errors = m_reader.diagnostics().errors();
        m_scenario.until = kStart + m_reader.duration(v, "until");
        if (m_scenario.until == kStart && m_reader.diagnostics().errors() == errors) m_reader.error(v, "until must be more than 0");
    });
    map.with("defaults", [&](const Node_& v) { readDefaults(v); });
    if (const auto nodes = map.require("nodes")) readNodes(*nodes);
    resolveNodes();
    map.with("links", [&](const Node_& v) { readLinks(v); });
    map.with("timeline", [&](const Node_& v) { readTimeline(v); });
    for (const YAML::Node& more : moreTimeline) readTimeline(more);
    map.with("interventions", [&](const Node_& v) { readTimeline(v, "interventions"); });  // what was done while the run went on
    std::stable_sort(m_scenario.timeline.begin(), m_scenario.timeline.end(), [](const Entry& a, const Entry& b) { return a.at < b.at; });
    map.with("variants", [&](const Node_& v) { readVariants(v); });
    map.with("lesson", [&](const Node_& v) { readLesson(v); });
    map.with("expect", [&](const Node_& v) { readExpect(v); });
    checkMailNames();
    checkOutside();
    if (!m_reader.diagnostics().failed()) {
        addDns();
        checkAddresses();
        warn();
    }
    return std::move(m_scenario);
}

void Builder::readDefaults(const Node_& value) {
    Map defaults(m_reader, value, "defaults");
    defaults.with("link", [&](const Node_& link) {
        Map settings(m_reader, link, "defaults.link");
        readLinkSettings(settings, m_link);
        settings.with("mtu", [&](const Node_& mtu) { m_mtu = readMtu(mtu); });
    });
    defaults.with("tcp", [&](const Node_& tcp) { readTcp(tcp, m_tcp); });
    defaults.with("mail", [&](const Node_& mail) { readMailDefaults(mail); });
}

void Builder::readMailDefaults(const Node_& value) {
    MailSettings& mail = m_scenario.mail;
    Map settings(m_reader, value, "defaults.mail");
    settings.with("retry", [&](const Node_& retry) {
        mail.retry.clear();
        m_reader.list(retry, "retry", [&](const Node_& item) {
            const std::size_t errors = m_reader.diagnostics().errors();
            mail.retry.push_back(m_reader.duration(item, "retry"));
            if (m_reader.diagnostics().errors() == errors && mail.retry.back() < std::chrono::seconds{1}) m_reader.error(item, "a retry interval must be at least 1 s");
        });
        if (mail.retry.empty() && retry.IsSequence()) m_reader.error(retry, "retry needs at least one interval");
        if (mail.retry.empty()) mail.retry = MailSettings{}.retry;
    });
    settings.with("give-up", [&](const Node_& g) { mail.giveUp = m_reader.duration(g, "give-up"); });
    settings.with("delay-notice", [&](const Node_& d) {
        if (!d.IsScalar() || d.Scalar() != "off") mail.delayNotice = m_reader.duration(d, "delay-notice");
    });
    settings.with("max-message", [&](const Node_& m) { mail.maxMessage = m_reader.bytes(m, "max-message"); });
    settings.with("hop-limit", [&](const Node_& h) { mail.hopLimit = static_cast<std::uint32_t>(m_reader.whole(h, "hop-limit", 1, 1000)); });
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
        checkNarrowing(where, name, key, value);
    }
}

void Builder::checkNarrowing(const Node_& where, std::string_view name, const std::string& key, const std::string& value) {
    static const std::vector<std::string> kKeys{"connection", "link", "node", "mail"};
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        m_reader.error(where, fmt::format("'{}': a metric is narrowed by connection, link, node or mail{}", name, didYouMean(key, kKeys)));
    } else if (key == "node" && !m_nodes.contains(value)) {
        m_reader.error(where, fmt::format("there is no node '{}'{}", value, didYouMean(value, nodeNames())));
    } else if (key == "link" && !m_links.contains(value)) {
        m_reader.error(where, fmt::format("there is no link '{}'{}", value, didYouMean(value, linkNames())));
    } else if (key == "mail") {
        m_mailNames.emplace_back(value, where);
    } else if (key == "connection") {
        connectionNamed(value, where);
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

void Builder::readVariants(const Node_& value) {
    Map map(m_reader, value, "variants");
    if (map.pairs().size() > kMaxVariants) m_reader.error(value, fmt::format("more than {} variants", kMaxVariants));
    for (const auto& [key, one] : map.pairs()) {
        Map what(m_reader, one, "a variant");
        Variant variant{m_reader.text(key, "variant"), {}, what.has("expect")};
        what.with("title", [&](const Node_& v) { variant.title = m_reader.localized(v, "title"); });
        what.with("set", [&](const Node_& v) { Map(m_reader, v, "set").pairs(); });  // applied to the tree before this reading, when the variant is chosen
        what.with("timeline", [&](const Node_& v) {
            if (!v.IsSequence()) m_reader.error(v, "timeline must be a list: [ ... ]");
        });
        what.with("expect", [&](const Node_& v) {
            if (!v.IsMap()) m_reader.error(v, "expect must be a mapping of keys to values");
        });
        m_scenario.variants.push_back(std::move(variant));
    }
}

}  // namespace mailtrek::scenario

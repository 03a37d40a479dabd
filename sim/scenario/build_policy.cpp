// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail server demands of those who bring it mail.
#include <fmt/format.h>

#include "sim/scenario/builder.h"

namespace mailtrek::scenario {

void PolicyChange::applyTo(mail::PolicySettings& policy) const {
    policy.greylist = greylist.value_or(policy.greylist);
    policy.spf = spf.value_or(policy.spf);
    policy.dmarc = dmarc.value_or(policy.dmarc);
    policy.dkimSigns = dkimSigns.value_or(policy.dkimSigns);
    policy.dsn = dsn.value_or(policy.dsn);
    policy.smtpUtf8 = smtpUtf8.value_or(policy.smtpUtf8);
    if (rateLimit) policy.rateLimit = *rateLimit;
}

PolicyChange Builder::readPolicy(const Node_& policy) {
    constexpr Duration kLongestGreylist = std::chrono::hours{24};
    PolicyChange change;
    Map map(m_reader, policy, "policy");
    const auto isOff = [](const Node_& v) { return v.IsScalar() && v.Scalar() == "off"; };
    map.with("greylist", [&](const Node_& v) {
        change.greylist = isOff(v) ? Duration{} : m_reader.duration(v, "greylist");
        if (*change.greylist > kLongestGreylist) m_reader.error(v, "greylist must be at most 24 h (or 'off')");
    });
    const auto checkMode = [&](const Node_& v, std::string_view key) { return static_cast<mail::CheckMode>(m_reader.choice(v, key, {"off", "mark", "reject"})); };  // in its order
    map.with("spf", [&](const Node_& v) { change.spf = checkMode(v, "spf"); });
    map.with("dkim", [&](const Node_& v) { change.dkimSigns = m_reader.choice(v, "dkim", {"off", "sign"}) == 1; });
    map.with("dmarc", [&](const Node_& v) { change.dmarc = checkMode(v, "dmarc"); });
    map.with("dsn", [&](const Node_& v) { change.dsn = m_reader.choice(v, "dsn", {"off", "offer"}) == 1; });
    map.with("rate-limit", [&](const Node_& v) {
        change.rateLimit.emplace();
        if (isOff(v)) return;
        const auto [messages, per] = m_reader.frequency(v, "rate-limit");
        *change.rateLimit = mail::RateLimit{messages, per};
    });
    map.with("smtputf8", [&](const Node_& v) { change.smtpUtf8 = m_reader.choice(v, "smtputf8", {"off", "offer"}) == 1; });
    map.with("starttls", [&](const Node_& v) {
        change.startTls = static_cast<StartTls>(m_reader.choice(v, "starttls", {"off", "offer", "require"}));
    });  // in the order of StartTls
    map.with("relay", [&](const Node_& v) { change.openRelay = m_reader.choice(v, "relay", {"deny", "open"}) == 1; });
    return change;
}

}  // namespace mailtrek::scenario

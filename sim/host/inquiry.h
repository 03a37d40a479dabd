// SPDX-License-Identifier: GPL-3.0-or-later
// Asks the DNS, one question after the other, until a check that lives on its answers has come to an end.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "sim/host/resolver_service.h"
#include "sim/mail/dns_facts.h"

namespace mailtrek::host {

inline constexpr Duration kDnsPatience = std::chrono::seconds{60};  // for one check. RFC 7208 4.6.4: at least 20 s; one question that nobody answers takes 60

class Inquiry : public std::enable_shared_from_this<Inquiry> {
public:
    using Step = std::function<std::optional<dns::Question>(const mail::DnsFacts&)>;  // the next question; nothing: the check has ended

    // Owned by a shared_ptr: dropped, it is never heard of again. `done` is called only when begin() could not end it at once.
    Inquiry(ResolverService& resolver, MailId mail, Step step, std::function<void()> done);

    // True: it has ended.
    bool begin();
    // Time is up: what is not answered by now has no answer. Calls `done`.
    void giveUp();

private:
    bool go();
    void take(const dns::Question& question, const ResolverService::Reply& reply);

    ResolverService& m_resolver;
    MailId m_mail;
    Step m_step;
    std::function<void()> m_done;
    mail::DnsFacts m_facts;
    bool m_asking = false, m_late = false, m_ended = false;
    std::optional<dns::Question> m_open;
};

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/inquiry.h"

#include <utility>

namespace mailtrek::host {

Inquiry::Inquiry(ResolverService& resolver, MailId mail, Step step, std::function<void()> done)
    : m_resolver(resolver), m_mail(mail), m_step(std::move(step)), m_done(std::move(done)) {}

bool Inquiry::begin() { return go(); }

bool Inquiry::go() {
    while (!m_ended) {
        m_open = m_step(m_facts);
        if (!m_open) {
            m_ended = true;
            return true;
        }
        const dns::Question question = *m_open;
        if (m_late) {
            m_facts.add(question, {mail::Finding::failed});
            continue;
        }
        m_asking = true;  // an answer from the cache comes before ask() returns
        m_resolver.ask(question.name, question.type, m_mail, [self = weak_from_this(), question](const ResolverService::Reply& reply) {
            if (const auto inquiry = self.lock()) inquiry->take(question, reply);
        });
        m_asking = false;
        if (m_open) return false;
    }
    return true;
}

void Inquiry::take(const dns::Question& question, const ResolverService::Reply& reply) {
    if (m_ended || !m_open) return;  // given up before
    const auto* answer = std::get_if<dns::Answer>(&reply);
    m_facts.add(question, answer != nullptr ? mail::factOf(*answer) : mail::DnsFact{mail::Finding::failed});
    m_open.reset();
    if (m_asking) return;
    const auto alive = shared_from_this();
    if (go()) m_done();
}

void Inquiry::giveUp() {
    if (m_ended) return;
    m_late = true;
    if (m_open) m_facts.add(*std::exchange(m_open, std::nullopt), {mail::Finding::failed});
    const auto alive = shared_from_this();
    if (go()) m_done();
}

}  // namespace mailtrek::host

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/host/server_tls.h"

#include <algorithm>

namespace mailtrek::host {
namespace {

constexpr std::int64_t kDay = 86400, kYear = 365 * kDay;

tls::CertificateFacts factsOf(const ServerTlsOptions& options) {
    tls::CertificateFacts facts;
    if (!options.faults.name.empty()) {
        facts.names.push_back(options.faults.name);
    } else {
        const auto isAscii = [](const std::string& name) { return std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; }); };
        for (const std::string& name : options.names)  // a name beyond ASCII stands in no certificate as it is (RFC 5280 7.2)
            if (isAscii(name) && std::ranges::find(facts.names, name) == facts.names.end()) facts.names.push_back(name);
    }
    facts.notBefore = kSimEpochUnixSeconds - kYear;
    facts.notAfter = kSimEpochUnixSeconds + 11 * kYear;  // a run lasts ten years at most
    if (options.faults.expired) facts.notAfter = kSimEpochUnixSeconds - kDay;
    if (options.faults.notYetValid) facts.notBefore = facts.notAfter - kDay;
    facts.selfSigned = options.faults.selfSigned;
    return facts;
}

}  // namespace

std::shared_ptr<const tls::Credentials> ServerTls::credentials() {
    if (m_options.faults.unavailable) return nullptr;
    if (!m_credentials) m_credentials = tls::Credentials::issue(factsOf(m_options));
    return m_credentials;
}

std::shared_ptr<const tls::Credentials> ServerTls::credentialsForOutside() {
    if (m_forOutside) return m_forOutside;
    tls::CertificateFacts facts = factsOf(m_options);
    facts.names.insert(facts.names.end(), {"localhost", "127.0.0.1"});
    facts.notBefore = kSimEpochUnixSeconds - kYear;
    facts.notAfter = kSimEpochUnixSeconds + 50 * kYear;
    facts.selfSigned = false;
    return m_forOutside = tls::Credentials::issue(facts);
}

std::int64_t calendarSeconds(Instant now) { return kSimEpochUnixSeconds + std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count(); }

}  // namespace mailtrek::host

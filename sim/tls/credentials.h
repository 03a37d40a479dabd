// SPDX-License-Identifier: GPL-3.0-or-later
// What a server shows of itself: a certificate (X.509, RFC 5280) signed by the throw-away authority, and the key to it. Issued when a run needs it; always the same octets for
// the same facts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace mailtrek::tls {

struct CertificateFacts {
    std::vector<std::string> names;  // DNS names (or IPv4 addresses) that it is made out to, the first one the subject's too; not empty
    std::int64_t notBefore = 0;      // seconds since 1970
    std::int64_t notAfter = 0;
    bool selfSigned = false;  // by the server's own key instead of the authority's
};

// Shared by all sessions of a server. Moves no further after it was made: several threads may use it.
class Credentials {
public:
    // Nothing when no certificate can be made of the facts (a name that is no IA5 string).
    static std::shared_ptr<const Credentials> issue(const CertificateFacts& facts);

    const std::string& certificate() const { return m_certificate; }  // DER
    ssl_ctx_st* context() const { return m_context.get(); }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    std::string m_certificate;
    std::unique_ptr<ssl_ctx_st, Free> m_context;
};

// What a client has: trust in the authority, and nothing of its own.
ssl_ctx_st* clientContext();

}  // namespace mailtrek::tls

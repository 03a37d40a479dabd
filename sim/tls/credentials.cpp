// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/tls/credentials.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>

#include "sim/kernel/dice.h"
#include "sim/tls/authority.h"

namespace mailtrek::tls {
namespace {

template <auto free>
struct With {
    template <class T>
    void operator()(T* it) const noexcept {
        free(it);
    }
};
using Key = std::unique_ptr<EVP_PKEY, With<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, With<X509_free>>;
using Bio = std::unique_ptr<BIO, With<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, With<X509_EXTENSION_free>>;

Bio over(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }
Key keyIn(std::string_view pem) { return Key(PEM_read_bio_PrivateKey(over(pem).get(), nullptr, nullptr, nullptr)); }

struct Authority {
    Certificate certificate{PEM_read_bio_X509(over(authorityPem).get(), nullptr, nullptr, nullptr)};
    Key key = keyIn(authorityKeyPem);
    Key serverKey = keyIn(serverKeyPem);
};
const Authority& authority() {
    static const Authority it;
    if (!it.certificate || !it.key || !it.serverKey) throw std::runtime_error("OpenSSL does not read the project's own certificate authority");
    return it;
}

bool isHostName(const std::string& name) {
    if (name.empty() || name.size() > 253) return false;
    for (const char c : name)
        if (c <= 0x20 || c >= 0x7f || c == ',' || c == ':') return false;  // IA5, and nothing that the configuration syntax of an extension would read
    return true;
}

bool isAddress(const std::string& name) { return name.find_first_not_of("0123456789.") == std::string::npos; }

bool extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool fill(X509* certificate, X509* issuer, const CertificateFacts& facts) {
    std::uint64_t serial = combine(static_cast<std::uint64_t>(facts.notBefore), static_cast<std::uint64_t>(facts.notAfter));
    std::string alternatives;
    for (const std::string& name : facts.names) {
        serial = combine(serial, hashText(name));
        alternatives += (alternatives.empty() ? "" : ",") + std::string(isAddress(name) ? "IP:" : "DNS:") + name;
    }
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1);  // positive, never 0 (RFC 5280 4.1.2.2)
    ASN1_TIME_set(X509_getm_notBefore(certificate), static_cast<time_t>(facts.notBefore));
    ASN1_TIME_set(X509_getm_notAfter(certificate), static_cast<time_t>(facts.notAfter));
    X509_NAME* subject = X509_get_subject_name(certificate);
    const std::string common = facts.names.front().substr(0, 64);  // ub-common-name
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common.data()), static_cast<int>(common.size()), -1, 0);
    X509_set_issuer_name(certificate, facts.selfSigned ? subject : X509_get_subject_name(issuer));
    X509_set_pubkey(certificate, authority().serverKey.get());
    return extend(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") && extend(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
           extend(certificate, issuer, NID_ext_key_usage, "serverAuth") && extend(certificate, issuer, NID_subject_alt_name, alternatives);
}

// One key exchange, one cipher, one kind of signature: so the sizes on the wire do not depend on what a version of OpenSSL would rather have.
void settle(SSL_CTX* context) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_quiet_shutdown(context, 0);
}

struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};

}  // namespace

void Credentials::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

std::shared_ptr<const Credentials> Credentials::issue(const CertificateFacts& facts) {
    if (facts.names.empty()) return nullptr;
    for (const std::string& name : facts.names)
        if (!isHostName(name)) return nullptr;
    const Authority& ours = authority();
    const Certificate certificate(X509_new());
    X509* issuer = facts.selfSigned ? certificate.get() : ours.certificate.get();
    if (!fill(certificate.get(), issuer, facts)) return nullptr;
    if (X509_sign(certificate.get(), facts.selfSigned ? ours.serverKey.get() : ours.key.get(), nullptr) == 0) return nullptr;  // Ed25519 brings its own digest
    auto made = std::make_shared<Credentials>();
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate.get(), &der);
    made->m_certificate.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(size, 0)));
    OPENSSL_free(der);
    made->m_context.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = made->m_context.get();
    settle(context);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);  // real mail programs of some age speak no 1.3
    SSL_CTX_set1_groups_list(context, "X25519:P-256");
    SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305");
    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
    if (SSL_CTX_use_certificate(context, certificate.get()) != 1 || SSL_CTX_use_PrivateKey(context, ours.serverKey.get()) != 1) return nullptr;
    return made;
}

ssl_ctx_st* clientContext() {
    static const std::unique_ptr<SSL_CTX, FreeContext> it = [] {
        std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
        settle(context.get());
        SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
        SSL_CTX_set1_groups_list(context.get(), "X25519");
        SSL_CTX_set1_sigalgs_list(context.get(), "ed25519");
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority().certificate.get());
        return context;
    }();
    return it.get();
}

}  // namespace mailtrek::tls

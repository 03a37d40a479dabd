// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/tls/session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

#include "sim/tls/alerts.h"
#include "sim/tls/randomness.h"

namespace mailtrek::tls {
namespace {

using trace::TlsVerdict;

struct FreeSsl {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};

TlsVerdict verdictOf(long result) {
    switch (result) {
        case X509_V_OK: return TlsVerdict::trusted;
        case X509_V_ERR_CERT_HAS_EXPIRED: return TlsVerdict::expired;
        case X509_V_ERR_CERT_NOT_YET_VALID: return TlsVerdict::notYetValid;
        case X509_V_ERR_HOSTNAME_MISMATCH: return TlsVerdict::wrongName;
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return TlsVerdict::selfSigned;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return TlsVerdict::unknownAuthority;
        default: return TlsVerdict::other;
    }
}

std::string commonNameOf(X509* certificate) {
    if (certificate == nullptr) return {};
    char name[256] = {};
    const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    return size > 0 ? std::string(name, static_cast<std::size_t>(size)) : std::string{};
}

}  // namespace

struct Session::Impl {
    explicit Impl(SSL_CTX* context, std::uint64_t seed) : ssl(SSL_new(context)), dice(seed) {
        SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_app_data(ssl.get(), this);
        SSL_set_info_callback(ssl.get(), [](const SSL* it, int where, int value) {
            auto* self = static_cast<Impl*>(SSL_get_app_data(it));
            if ((where & SSL_CB_ALERT) == 0 || (value & 0xff) == kCloseNotify) return;
            self->alert = static_cast<std::uint8_t>(value & 0xff);
            self->alertTold = (where & SSL_CB_READ) != 0;
        });
    }

    template <class F>
    Output run(F&& call) {
        Output out;
        if (over) return out;
        {
            const DiceScope scope(dice);
            ERR_clear_error();
            call(out);
        }
        drain(out);
        return out;
    }

    // Handshake, then everything that can be read.
    void advance(Output& out) {
        if (!SSL_is_init_finished(ssl.get())) {
            const int result = SSL_do_handshake(ssl.get());
            if (result != 1) {
                if (SSL_get_error(ssl.get(), result) != SSL_ERROR_WANT_READ) fail(out);
                return;
            }
            out.secured = Secured{SSL_get_version(ssl.get()), SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl.get())), subject(), verdict()};
            handshakeDone = true;
        }
        char buffer[16384];
        for (;;) {
            const int size = SSL_read(ssl.get(), buffer, sizeof buffer);
            if (size > 0) {
                out.plain.append(buffer, static_cast<std::size_t>(size));
                continue;
            }
            const int error = SSL_get_error(ssl.get(), size);
            if (error == SSL_ERROR_ZERO_RETURN)
                out.closedByPeer = !std::exchange(peerClosed, true);
            else if (error != SSL_ERROR_WANT_READ)
                fail(out);
            return;
        }
    }

    std::string subject() const { return commonNameOf(client ? SSL_get0_peer_certificate(ssl.get()) : SSL_get_certificate(ssl.get())); }
    TlsVerdict verdict() const { return client && SSL_get0_peer_certificate(ssl.get()) != nullptr ? verdictOf(SSL_get_verify_result(ssl.get())) : TlsVerdict::unchecked; }

    // A handshake that demands trust ends before the certificate counts as the peer's: the verdict is in the result alone.
    void fail(Output& out) {
        over = true;
        const long result = SSL_get_verify_result(ssl.get());
        const TlsVerdict judged = client && demandsTrust && result != X509_V_OK ? verdictOf(result) : verdict();
        out.failure = Failure{alert ? std::string(alertName(*alert)) : "no-tls", alertTold, judged};
    }

    void drain(Output& out) {
        BIO* bio = SSL_get_wbio(ssl.get());
        const std::size_t size = BIO_ctrl_pending(bio);
        if (size == 0) return;
        out.toPeer.resize(size);
        BIO_read(bio, out.toPeer.data(), static_cast<int>(size));
        for (std::size_t at = 0; at + 5 <= size;) {  // OpenSSL writes whole records
            const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(out.toPeer[at + i]); };
            const std::uint32_t record = 5u + (std::uint32_t{octet(3)} << 8 | octet(4));
            out.records.push_back({static_cast<trace::TlsRecordKind>(octet(0)), record});
            at += record;
        }
    }

    std::unique_ptr<SSL, FreeSsl> ssl;
    std::shared_ptr<const Credentials> credentials;
    SessionDice dice;
    std::optional<std::uint8_t> alert;
    bool alertTold = false;
    bool client = false, demandsTrust = false;
    bool handshakeDone = false;
    bool over = false;        // failed, or ended
    bool peerClosed = false;  // close_notify came
    bool closed = false;      // and went
};

Session::Session(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Session Session::client(const ClientOptions& options, std::uint64_t dice) {
    auto impl = std::make_unique<Impl>(clientContext(), dice);
    SSL* ssl = impl->ssl.get();
    impl->client = true;
    impl->demandsTrust = options.demandsTrust;
    SSL_set_connect_state(ssl);
    if (!options.serverName.empty()) {
        SSL_set_tlsext_host_name(ssl, options.serverName.c_str());
        SSL_set1_host(ssl, options.serverName.c_str());
    }
    X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), static_cast<time_t>(options.now));
    SSL_set_verify(ssl, options.demandsTrust ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    return Session(std::move(impl));
}

Session Session::server(std::shared_ptr<const Credentials> credentials, std::uint64_t dice) {
    auto impl = std::make_unique<Impl>(credentials->context(), dice);
    impl->credentials = std::move(credentials);
    SSL_set_accept_state(impl->ssl.get());
    return Session(std::move(impl));
}

bool Session::secured() const { return m_impl->handshakeDone && !m_impl->over; }
bool Session::failed() const { return m_impl->over; }

Output Session::start() {
    return m_impl->run([this](Output& out) { m_impl->advance(out); });
}

Output Session::onOctets(std::string_view octets) {
    if (m_impl->peerClosed) return {};  // what comes after close_notify counts for nothing (RFC 8446 6.1)
    return m_impl->run([this, octets](Output& out) {
        BIO_write(SSL_get_rbio(m_impl->ssl.get()), octets.data(), static_cast<int>(octets.size()));
        m_impl->advance(out);
    });
}

Output Session::write(std::string_view plain) {
    if (plain.empty() || m_impl->closed) return {};
    return m_impl->run([this, plain](Output& out) {
        if (SSL_write(m_impl->ssl.get(), plain.data(), static_cast<int>(plain.size())) <= 0) m_impl->fail(out);
    });
}

Output Session::close() {
    if (std::exchange(m_impl->closed, true) || !m_impl->handshakeDone) return {};
    return m_impl->run([this](Output&) { SSL_shutdown(m_impl->ssl.get()); });
}

Output Session::onEnd() {
    Output out;
    if (m_impl->over || m_impl->peerClosed) return out;
    m_impl->over = true;
    out.failure = Failure{"truncated", false, m_impl->verdict()};
    return out;
}

}  // namespace mailtrek::tls

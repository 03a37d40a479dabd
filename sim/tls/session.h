// SPDX-License-Identifier: GPL-3.0-or-later
// One end of one TLS connection (RFC 8446; the server knows RFC 5246 too), sans-I/O around OpenSSL: octets from the peer and plain text go in, octets for the peer and plain text
// come out. Its random numbers are dice, its clock is told once: the same inputs give the same octets in every run.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/tls/credentials.h"
#include "sim/trace/enums_tls.h"

namespace mailtrek::tls {

struct ClientOptions {
    std::string serverName;     // told in the hello (RFC 6066 3), and what the certificate must be made out to
    bool demandsTrust = false;  // breaks off with an alert when the certificate is not good; otherwise only the verdict tells (RFC 7435 5)
    std::int64_t now = 0;       // seconds since 1970: what judges the certificate's validity
};

struct Record {
    trace::TlsRecordKind kind{};
    std::uint32_t size = 0;  // with its head of five octets
};

struct Secured {
    std::string version;  // "TLSv1.3"
    std::string cipher;   // "TLS_AES_128_GCM_SHA256"
    std::string subject;  // the name in the server's certificate
    trace::TlsVerdict verdict{};
};

struct Failure {
    std::string why;    // the alert's name; "no-tls" or "truncated" when there is none
    bool told = false;  // by the peer
    trace::TlsVerdict verdict{};
};

// What came of one input.
struct Output {
    std::string toPeer;
    std::vector<Record> records;  // that toPeer is made of
    std::string plain;
    std::optional<Secured> secured;  // the handshake is complete, with this input
    std::optional<Failure> failure;  // nothing more will come of the session; toPeer may hold the alert
    bool closedByPeer = false;       // close_notify came, with this input
};

class Session {
public:
    static Session client(const ClientOptions& options, std::uint64_t dice);
    static Session server(std::shared_ptr<const Credentials> credentials, std::uint64_t dice);
    ~Session();
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;

    // --- inputs; after a failure they give nothing ---
    Output start();  // a client says hello
    Output onOctets(std::string_view octets);
    // REQUIRES: secured().
    Output write(std::string_view plain);
    Output close();  // close_notify
    Output onEnd();  // the peer's TCP says that no more will come: without close_notify something may be missing (RFC 8446 6.1)

    // --- questions ---
    bool secured() const;
    bool failed() const;

private:
    struct Impl;
    explicit Session(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mailtrek::tls

// SPDX-License-Identifier: GPL-3.0-or-later
// A client and a server that talk to each other, and every octet of it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "sim/kernel/time.h"
#include "sim/tls/session.h"

namespace mailtrek::tls {

inline constexpr std::int64_t kDay = 86400;

inline CertificateFacts factsOf(std::string name) {
    return {.names = {std::move(name), "sur.example"}, .notBefore = kSimEpochUnixSeconds - kDay, .notAfter = kSimEpochUnixSeconds + 365 * kDay};
}

struct Pair {
    explicit Pair(const CertificateFacts& facts = factsOf("sur.sur.example"), ClientOptions options = {"sur.sur.example", false, kSimEpochUnixSeconds}, std::uint64_t dice = 7)
        : client(Session::client(options, dice)), server(Session::server(Credentials::issue(facts), dice + 1)) {}

    // Carries octets to and fro until nobody has any.
    void shakeHands() {
        Output out = client.start();
        for (int round = 0; round < 10 && !out.toPeer.empty(); ++round) {
            take(out, fromClient, clientSays);
            Output answer = server.onOctets(out.toPeer);
            take(answer, fromServer, serverSays);
            if (answer.toPeer.empty()) return;
            out = client.onOctets(answer.toPeer);
        }
        take(out, fromClient, clientSays);
    }
    std::string toServer(std::string_view plain) {
        const Output out = client.write(plain);
        fromClient += out.toPeer;
        return server.onOctets(out.toPeer).plain;
    }
    std::string toClient(std::string_view plain) {
        const Output out = server.write(plain);
        fromServer += out.toPeer;
        return client.onOctets(out.toPeer).plain;
    }

    struct Said {
        std::optional<Secured> secured;
        std::optional<Failure> failure;
    };
    static void take(const Output& out, std::string& wire, Said& said) {
        wire += out.toPeer;
        if (out.secured) said.secured = out.secured;
        if (out.failure) said.failure = out.failure;
    }

    Session client, server;
    std::string fromClient, fromServer;
    Said clientSays, serverSays;
};

}  // namespace mailtrek::tls

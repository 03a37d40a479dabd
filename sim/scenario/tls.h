// SPDX-License-Identifier: GPL-3.0-or-later
// What a scenario says about TLS: who offers it, who insists on it, and what is wrong with a server's certificate.
#pragma once

#include <cstdint>
#include <string>

namespace mailtrek::scenario {

enum class StartTls : std::uint8_t { off, offer, require };  // `policy: { starttls: }` of a server

enum class DeviceTls : std::uint8_t {  // `tls:` of a device
    ifOffered,
    require,   // says nothing without it
    implicit,  // ports 465 and 993
    off
};

struct ServerTls {     // `tls:` of a server
    std::string name;  // that its certificate is made out to; empty: its own names
    bool expired = false;
    bool notYetValid = false;
    bool selfSigned = false;
    bool unavailable = false;  // it offers TLS and then cannot (454)
};

}  // namespace mailtrek::scenario

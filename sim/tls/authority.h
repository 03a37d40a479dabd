// SPDX-License-Identifier: GPL-3.0-or-later
// The throw-away authority that every device of a scenario trusts, and the one key that all servers use: Ed25519, whose signatures draw no random numbers.
#pragma once

#include <string_view>

namespace mailtrek::tls {

extern const std::string_view authorityPem;     // its certificate: what a real mail program has to be told to trust
extern const std::string_view authorityKeyPem;  // what signs the certificates of servers
extern const std::string_view serverKeyPem;

}  // namespace mailtrek::tls

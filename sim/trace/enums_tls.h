// SPDX-License-Identifier: GPL-3.0-or-later
// The closed sets that events about TLS and eavesdroppers speak of. Names in kebab-case (`name(...)`) are part of the output contract.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailtrek::trace {

// What stands in the clear at the head of a record (RFC 8446 5.1). Whatever is encrypted calls itself application data.
enum class TlsRecordKind : std::uint8_t { changeCipherSpec = 20, alert = 21, handshake = 22, applicationData = 23 };

// What the client makes of the server's certificate; `unchecked` at the server, which asks for none.
enum class TlsVerdict : std::uint8_t { unchecked, trusted, expired, notYetValid, wrongName, unknownAuthority, selfSigned, other };

// What somebody who listens on a link makes of what passes.
enum class TapKind : std::uint8_t {
    connection,  // who connects to whom: addresses and ports are never hidden
    line,        // a line in plain text
    password,    // of such a line, the name and the password in it
    letter,      // a whole letter in plain text
    sealed,      // from here on all is TLS
    record       // one TLS record, unreadable
};

std::string_view name(TlsRecordKind);
std::string_view name(TlsVerdict);
std::string_view name(TapKind);

}  // namespace mailtrek::trace

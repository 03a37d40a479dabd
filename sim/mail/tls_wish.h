// SPDX-License-Identifier: GPL-3.0-or-later
// What a client wants of TLS, and what stood in its way: the same for SMTP, IMAP and POP3.
#pragma once

#include <cstdint>

namespace mailtrek::mail {

// Whether a client wants TLS by STARTTLS (RFC 3207, RFC 3501 6.2.1) or STLS (RFC 2595).
enum class TlsWish : std::uint8_t {
    never,
    whenever,   // when it is offered; in the clear when it is not, or not to be had (RFC 7435)
    ifOffered,  // when it is offered; an offer that is not kept is a reason to stop
    always      // without it nothing is said
};

enum class TlsTrouble : std::uint8_t { none, notOffered, refused, failed };

}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
// TCP options as octets: MSS (RFC 9293 3.7.1), window scale and timestamps (RFC 7323), SACK (RFC 2018). Others are skipped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/wire/headers.h"

namespace mailtrek::wire {

// Padded with NOPs to a multiple of 4; at most 40 octets. SACK blocks that do not fit are left out, the last ones first.
std::string encodeOptions(const TcpOptions& options);
std::uint32_t optionsSize(const TcpOptions& options);

// Nothing when a length runs over the end or an option of known kind has the wrong length.
std::optional<TcpOptions> decodeOptions(std::string_view octets);

}  // namespace mailtrek::wire

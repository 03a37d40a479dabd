// SPDX-License-Identifier: GPL-3.0-or-later
// The alerts of TLS by the names of RFC 8446 6, whatever the library calls them.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailtrek::tls {

inline constexpr std::uint8_t kCloseNotify = 0;

std::string_view alertName(std::uint8_t description);

}  // namespace mailtrek::tls

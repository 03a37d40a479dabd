// SPDX-License-Identifier: GPL-3.0-or-later
// The criteria of SEARCH, RFC 3501 6.4.4: every key of the standard, over one message at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/mailbox.h"

namespace mailtrek::mail {

struct SearchPlace {
    std::size_t place;  // sequence number less one
    const StoredMessage& message;
    bool recent;
};
using SearchKey = std::function<bool(const SearchPlace&)>;
// The places that a set of sequence numbers or uids names; nothing when it is badly written.
using SearchNumbers = std::function<std::optional<std::vector<std::size_t>>(std::string_view set, bool uid)>;

// All keys together. Nothing when one is unknown or badly written; `badCharset` when it was CHARSET.
std::optional<SearchKey> parseSearch(std::string_view text, const SearchNumbers& numbers, bool& badCharset);

}  // namespace mailtrek::mail

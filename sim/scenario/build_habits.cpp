// SPDX-License-Identifier: GPL-3.0-or-later
// What a device does without its person.
#include <fmt/format.h>

#include "sim/scenario/builder.h"

namespace mailtrek::scenario {
namespace {

constexpr Duration kLeast = std::chrono::seconds{10}, kMost = std::chrono::hours{24 * 30};

}  // namespace

// REQUIRES: the other keys of the device have been read.
void Builder::readChecks(const Node_& value, Node& node) {
    static constexpr std::string_view kEvery = "every ";
    const std::string text = m_reader.text(value, "checks");
    if (!value.IsScalar() || text == "manual") return;
    const auto refused = [&](const std::string& why) { m_reader.error(value, "checks: " + why); };
    if (text == "idle") {
        node.checks.habit = CheckHabit::idle;
        if (node.readsWith == ReadsWith::pop3 || node.readsWith == ReadsWith::pop3Delete) return refused("only IMAP has IDLE; write 'every 15 min', or 'reads-with: imap'");
    } else if (text.starts_with(kEvery)) {
        node.checks.habit = CheckHabit::every;
        const std::size_t errors = m_reader.diagnostics().errors();
        node.checks.interval = m_reader.duration(text.substr(kEvery.size()), value, "checks");
        if (m_reader.diagnostics().errors() > errors) return;
        if (node.checks.interval < kLeast || node.checks.interval > kMost) return refused("every 10 s at most, and every 30 days at least");
    } else {
        return refused(fmt::format("'{}' is none of manual, idle, every 15 min (any time from 10 s to 30 days)", text));
    }
    if (node.prints) return refused("a printer that prints looks for its letters by itself; leave one of the two out");
    if (node.user.empty()) return refused("without 'user:' there is no mailbox to look into");
    if (node.readsWith == ReadsWith::webmail) refused("the page in the browser is looked at by its person only; write 'manual', or another 'reads-with:'");
}

}  // namespace mailtrek::scenario

// SPDX-License-Identifier: GPL-3.0-or-later
// The names of the metrics, as words of the format; what they count is in sim/run (a test holds the two lists together).
#pragma once

#include <string>
#include <vector>

namespace mailtrek::scenario {

inline const std::vector<std::string>& metricNames() {
    static const std::vector<std::string> names{
        "tcp.connections",  "tcp.segments",        "tcp.data-segments", "tcp.retransmits", "tcp.fast-retransmits", "tcp.timeouts",     "tcp.duplicate-acks", "tcp.checksum-errors",
        "tcp.resets",       "tcp.bytes-delivered", "ip.packets",        "ip.hops",         "ip.ttl-expired",       "ip.fragments",     "ip.unreachable",     "icmp.time-exceeded",
        "link.packets",     "link.drops",          "link.queue-drops",  "link.loss-drops", "link.down-drops",      "link.corrupted",   "link.bytes",         "routing.updates",
        "routing.changes",  "dns.queries",         "dns.mx-queries",    "dns.failures",    "smtp.connections",     "smtp.submissions", "smtp.commands",      "smtp.replies-4xx",
        "smtp.replies-5xx", "smtp.data-transfers", "mail.sent",         "mail.stored",     "mail.bounced",         "mail.queued",      "mail.read",          "mail.retries",
        "mail.notices",     "mail.printed",        "sim.events",        "sim.end-time"};
    return names;
}

}  // namespace mailtrek::scenario

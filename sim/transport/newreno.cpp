// SPDX-License-Identifier: GPL-3.0-or-later
// NewReno: Reno's window, and a recovery that mends one hole per round trip until everything sent before it is acknowledged (RFC 6582).
#include "sim/transport/reno.h"

namespace mailtrek::transport {
namespace {

class NewReno final : public Reno {
public:
    bool partialAckRepairs() const override { return true; }
};

}  // namespace

std::unique_ptr<CongestionControl> makeNewReno() { return std::make_unique<NewReno>(); }

}  // namespace mailtrek::transport

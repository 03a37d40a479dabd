// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/transport/reno.h"

namespace mailtrek::transport {

std::unique_ptr<CongestionControl> makeReno() { return std::make_unique<Reno>(); }

}  // namespace mailtrek::transport

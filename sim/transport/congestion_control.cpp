// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/transport/congestion_control.h"

namespace mailtrek::transport {

std::unique_ptr<CongestionControl> makeCongestionControl(Congestion congestion) {
    switch (congestion) {
        case Congestion::reno: return makeReno();
        case Congestion::newreno: return makeNewReno();
        case Congestion::cubic: break;
    }
    return makeCubic();
}

}  // namespace mailtrek::transport

// SPDX-License-Identifier: GPL-3.0-or-later
// CUBIC, RFC 9438: between losses the window follows W(t) = C (t - K)^3 + W_max with C = 0.4 segments/s^3, and never stays below what Reno would reach.
// Times in microseconds, windows in octets, all in whole numbers. Slow start up to ssthresh is the standard one (4.10).
#include <algorithm>

#include "sim/transport/congestion_control.h"
#include "sim/transport/cube_root.h"

namespace mailtrek::transport {
namespace {

__extension__ using Wide = __int128;

constexpr Wide kMostWindow = 0x7fffffff;

std::int64_t micros(Duration d) { return std::chrono::duration_cast<std::chrono::microseconds>(d).count(); }

class Cubic final : public CongestionControl {
public:
    std::uint32_t onCongestion(std::uint32_t cwnd, std::uint64_t flight, std::uint32_t mss) override {
        m_before = m_now;
        m_now.wMax = cwnd < m_now.wMax ? std::uint64_t{cwnd} * 17 / 20 : cwnd;  // fast convergence: (1 + beta) / 2 (4.7)
        m_now.epoch = kNever;
        return static_cast<std::uint32_t>(std::max<std::uint64_t>(flight * 7 / 10, 2 * std::uint64_t{mss}));  // beta = 0.7 (4.6)
    }

    std::uint32_t grow(std::uint32_t cwnd, std::uint64_t octets, std::uint32_t mss, Instant now, Duration smoothedRtt) override {
        if (m_now.epoch == kNever) begin(cwnd, mss, now);
        growFriendly(octets, mss);
        const Wide target = std::clamp<Wide>(wanted(mss, now + smoothedRtt), cwnd, static_cast<Wide>(cwnd) * 3 / 2);                                            // (4.2)
        if (static_cast<Wide>(m_now.wEst) > wanted(mss, now) && m_now.wEst > cwnd) return static_cast<std::uint32_t>(std::min<Wide>(m_now.wEst, kMostWindow));  // (4.3)
        m_now.counted += octets * static_cast<std::uint64_t>(target - cwnd);  // (target - cwnd) / cwnd for each segment acknowledged (4.4)
        const std::uint64_t step = std::uint64_t{cwnd} * mss;
        const std::uint64_t segments = m_now.counted / step;
        m_now.counted -= segments * step;
        return static_cast<std::uint32_t>(std::min<Wide>(static_cast<Wide>(cwnd) + segments * mss, kMostWindow));
    }

    void onIdle() override { m_now.epoch = kNever; }
    void undo() override { m_now = m_before; }

private:
    struct State {
        std::uint64_t wMax = 0;
        std::uint64_t wEst = 0;  // what Reno would have
        std::uint64_t estCounted = 0;
        std::uint64_t counted = 0;
        std::int64_t kMicros = 0;  // K
        Instant epoch = kNever;    // beginning of the growth after a loss
    };

    void begin(std::uint32_t cwnd, std::uint32_t mss, Instant now) {
        m_now.epoch = now;
        m_now.wMax = std::max<std::uint64_t>(m_now.wMax, cwnd);
        const std::uint64_t cube = (m_now.wMax - cwnd) * 5 / 2 * 1'000'000 / mss;     // (W_max - cwnd) / C in millionths of s^3
        m_now.kMicros = static_cast<std::int64_t>(cubeRoot(cube * 1'000'000) * 100);  // cbrt of 1e-12 s^3 gives 1e-4 s (figure 2)
        m_now.wEst = cwnd;
        m_now.estCounted = m_now.counted = 0;
    }

    Wide wanted(std::uint32_t mss, Instant at) const {
        const std::int64_t t = std::clamp<std::int64_t>(micros(at - m_now.epoch) - m_now.kMicros, -1'000'000'000, 1'000'000'000);  // 1000 s: beyond it the window is limited anyway
        return static_cast<Wide>(m_now.wMax) + Wide{t} * t * t * 2 * mss / 5 / 1'000'000'000'000'000'000;
    }

    // alpha = 3 (1 - beta) / (1 + beta) = 9/17 segments per window (4.3). As in Linux it stays so above the old window, where the RFC would have 1: our times are to be its times.
    void growFriendly(std::uint64_t octets, std::uint32_t mss) {
        m_now.estCounted += octets * 9;
        while (m_now.estCounted >= 17 * m_now.wEst) {
            m_now.estCounted -= 17 * m_now.wEst;
            m_now.wEst += mss;
        }
    }

    State m_now, m_before;
};

}  // namespace

std::unique_ptr<CongestionControl> makeCubic() { return std::make_unique<Cubic>(); }

}  // namespace mailtrek::transport

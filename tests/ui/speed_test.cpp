// SPDX-License-Identifier: GPL-3.0-or-later
// The window's promises about time, with room for slow machines and checking builds: the exact figures are the benchmark's.
#include <gtest/gtest.h>

#include <QElapsedTimer>

#include "tests/ui/sample.h"
#include "ui/window/main_window.h"

namespace mailtrek::ui {
namespace {

using namespace std::chrono_literals;

// The sample's cast with `count` data packets spread over the main road, all in flight at 10 ms.
trace::Recording crowded(std::uint32_t count) {
    trace::Recording r;
    r.mutableCast() = test::baseCast();
    for (std::uint32_t i = 0; i < count; ++i) {
        wire::Packet p;
        p.transport = wire::TcpHeader{};
        p.payload = Slice::filled(10, 'x');
        const PacketId id = r.mutableStore().addPacket({p, ConnectionId{0}, NodeId{1}});
        const Instant start = kStart + i * Duration(9ms) / count;
        r.append({{},
                  start,
                  NodeId{1},
                  MailId{0},
                  trace::PacketSent{start, start + Duration(20ms), id, trace::LinkEnd::of(LinkId{1 + i % 4}, static_cast<int>(i / 4 % 2)), 50, 64, false}});
    }
    r.append({{}, Instant(30ms), NodeId{1}, MailId{0}, trace::RunEnded{}});
    return r;
}

double frameMs(std::uint32_t packets) {
    const trace::Recording recording = crowded(packets);
    MainWindow window;
    window.resize(1280, 720);
    window.showRecording(&recording, "x.yaml");
    window.film().setLevel(Level::tcp);
    window.film().seekTime(Instant(10ms));
    QImage image(window.map().size(), QImage::Format_ARGB32_Premultiplied);
    window.map().render(&image);  // fills the caches
    QElapsedTimer clock;
    clock.start();
    constexpr int kFrames = 20;
    for (int i = 0; i < kFrames; ++i) {
        window.film().seekTime(Instant(10ms) + i * Duration(100us));
        window.map().render(&image);
    }
    return static_cast<double>(clock.nsecsElapsed()) / 1e6 / kFrames;
}

TEST(Speed, AFrameWithManyPackets) {
    const double few = frameMs(500), many = frameMs(5000);
    RecordProperty("frame_500_ms", std::to_string(few));
    RecordProperty("frame_5000_ms", std::to_string(many));
    std::printf("frame: %.2f ms with 500 packets, %.2f ms with 5000\n", few, many);
    EXPECT_LT(few, 40);
    EXPECT_LT(many, 120);
}

}  // namespace
}  // namespace mailtrek::ui

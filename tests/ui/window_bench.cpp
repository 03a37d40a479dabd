// SPDX-License-Identifier: GPL-3.0-or-later
// How fast the window is, in CPU time, offscreen at 1280x720: prints one JSON object. `window_bench [SECONDS]`: how long to watch the idle window (5).
// No test: numbers belong to a machine. The promises are: a frame with 500 packets in flight below 4 ms, with 5,000 below 12 ms; a jump anywhere in a
// recording of 100,000 events below 10 ms, its picture included; the first frame within 1 s; an idle window uses no CPU.
#include <sys/resource.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QStyleFactory>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <random>

#include "app/mailtrek/library.h"
#include "tests/ui/sample.h"
#include "ui/window/desk.h"

namespace mailtrek::ui {
namespace {

using namespace std::chrono_literals;

double cpuMs() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto ms = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3; };
    return ms(used.ru_utime) + ms(used.ru_stime);
}

struct Spread {
    double mean = 0, worst = 0;
};

Spread spreadOf(const std::vector<double>& all) {
    Spread s;
    for (const double v : all) s.mean += v / static_cast<double>(all.size());
    s.worst = all.empty() ? 0 : *std::max_element(all.begin(), all.end());
    return s;
}

// `count` data packets, all on the main road of the base topology at 10 ms.
trace::Recording crowded(std::uint32_t count) {
    trace::Recording r;
    r.mutableCast() = test::baseCast();
    r.mutableCast().connections.push_back({NodeId{1}, NodeId{7}, 40000, 25});
    r.append({{}, kStart, NodeId{1}, MailId{0}, trace::ConnectionOpened{ConnectionId{0}, NodeId{1}, NodeId{7}, 40000, 25}});
    for (std::uint32_t i = 0; i < count; ++i) {
        wire::Packet p;
        p.transport = wire::TcpHeader{};
        p.payload = Slice::filled(10, 'x');
        const PacketId id = r.mutableStore().addPacket({p, ConnectionId{0}, NodeId{1}});
        const Instant start = kStart + i * Duration(9ms) / count;
        const trace::LinkEnd via = trace::LinkEnd::of(LinkId{1 + i % 4}, static_cast<int>(i / 4 % 2));
        r.append({{}, start, NodeId{1}, MailId{0}, trace::PacketSent{start, start + Duration(20ms), id, via, 50, 64, false}});
    }
    r.append({{}, Instant(30ms), NodeId{1}, MailId{0}, trace::RunEnded{}});
    return r;
}

// One frame as the window paints it: what has changed asks to be painted, and is.
void paint(MainWindow& window) {
    QApplication::processEvents();
    if (!window.isVisible()) {
        window.show();
        QApplication::processEvents();
    }
}

Spread frames(std::uint32_t packets) {
    const trace::Recording recording = crowded(packets);
    MainWindow window;
    window.resize(1280, 720);
    window.film().setLevel(Level::tcp);
    window.showRecording(&recording, "x.yaml");
    window.film().seekTime(Instant(10ms));
    paint(window);  // fills the caches
    std::vector<double> all;
    for (int i = 0; i < 60; ++i) {
        const double before = cpuMs();
        window.film().seekTime(Instant(10ms) + i * Duration(30us));
        paint(window);
        all.push_back(cpuMs() - before);
    }
    return spreadOf(all);
}

// A letter with a big attachment over the lossy link, until there are 100,000 events.
Spread seeks(std::uint64_t& events) {
    const QString folder = QStringLiteral(MAILTREK_SOURCE_DIR "/tests/ui/data/");
    Opened opened = simulatorLibrary().open(folder + QStringLiteral("bench_large.yaml"));
    if (!opened.run) {
        for (const Diagnostic& d : opened.diagnostics) std::fprintf(stderr, "%d: %s\n", d.line, qPrintable(d.message));
        return {};
    }
    while (opened.run->recording().size() < 100'000 && !opened.run->advance(2000)) {}
    events = opened.run->recording().size();
    MainWindow window;
    window.resize(1280, 720);
    window.film().setLevel(Level::tcp);
    window.showRecording(&opened.run->recording(), "x.yaml");
    paint(window);  // opens it
    std::mt19937 dice(7);
    std::vector<double> all;
    for (int i = 0; i < 200; ++i) {
        const std::uint64_t goal = dice() % events;
        const double before = cpuMs();
        window.film().seek(goal);
        paint(window);
        all.push_back(cpuMs() - before);
    }
    return spreadOf(all);
}

}  // namespace
}  // namespace mailtrek::ui

int main(int argc, char** argv) {
    using namespace mailtrek;
    QElapsedTimer wall;
    wall.start();
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const int idle = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
    double startCpu = 0, startWall = 0, idleCpu = 0;
    {
        ui::Desk desk(simulatorLibrary(), QStringLiteral(MAILTREK_SOURCE_DIR "/scenarios"), false);
        ui::Options options;
        options.path = QStringLiteral(MAILTREK_SOURCE_DIR "/scenarios/04_enlace_con_perdidas.yaml");
        desk.begin(options);
        desk.window().show();
        QApplication::processEvents();
        desk.window().grab();
        startCpu = ui::cpuMs();
        startWall = static_cast<double>(wall.nsecsElapsed()) / 1e6;
        desk.window().film().seek(desk.session().recording()->size() / 2);
        QApplication::processEvents();
        const double before = ui::cpuMs();
        QTimer::singleShot(idle * 1000, &app, &QApplication::quit);
        QApplication::exec();
        idleCpu = ui::cpuMs() - before;
    }
    const ui::Spread few = ui::frames(500), many = ui::frames(5000);
    std::uint64_t events = 0;
    const ui::Spread seek = ui::seeks(events);
    std::printf(
        "{\"first_frame_cpu_ms\": %.1f, \"first_frame_wall_ms\": %.1f, \"idle_s\": %d, \"idle_cpu_ms\": %.2f, \"frame_500_ms\": %.2f, \"frame_500_worst_ms\": %.2f, "
        "\"frame_5000_ms\": %.2f, \"frame_5000_worst_ms\": %.2f, \"seek_events\": %llu, \"seek_ms\": %.2f, \"seek_worst_ms\": %.2f}\n",
        startCpu, startWall, idle, idleCpu, few.mean, few.worst, many.mean, many.worst, static_cast<unsigned long long>(events), seek.mean, seek.worst);
    return 0;
}

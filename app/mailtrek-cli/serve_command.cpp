// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-cli serve: the mail servers of a scenario, in their simulated network, for real mail programs on this machine.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "app/mailtrek-cli/commands.h"
#include "app/mailtrek-cli/serve_door.h"
#include "app/mailtrek-cli/serve_words.h"
#include "app/mailtrek-cli/simulate.h"
#include "app/mailtrek-cli/system_reason.h"
#include "app/mailtrek-cli/terminal.h"
#include "sim/export/output.h"

namespace mailtrek::cli {

namespace {

namespace fs = std::filesystem;

int g_wakeUp = -1;  // written to by the signal handler

void onSignal(int) {
    const int error = errno;
    [[maybe_unused]] const ssize_t written = write(g_wakeUp, "!", 1);
    errno = error;
}

// Ctrl-C and kill end the session in good order; a second one ends the program at once.
class Signals {
public:
    Signals() {
        std::array<int, 2> ends{-1, -1};
        if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0) {
            m_read = Descriptor(ends[0]);
            m_write = Descriptor(ends[1]);
        }
        g_wakeUp = m_write.number();
        struct sigaction action {};
        action.sa_handler = onSignal;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
    }
    int number() const { return m_read.number(); }
    bool came() const {
        char one = 0;
        return read(m_read.number(), &one, 1) == 1;
    }

private:
    Descriptor m_read, m_write;
};

struct Prepared {
    scenario::Scenario scenario;
    std::string text;  // of the file
    NodeId device, server;
};

std::string devicesOf(const scenario::Scenario& scenario) {
    std::string all;
    for (const scenario::Node& node : scenario.nodes)
        if (scenario::isDevice(node.kind) && !node.user.empty()) all += (all.empty() ? "" : ", ") + node.name;
    return all;
}

// Whose mail program it is, and its server; or what is wrong with it.
Result<std::pair<NodeId, NodeId>, std::string> placeOf(const scenario::Scenario& scenario, const std::string& name, Language language) {
    const NodeId device = scenario.node(name);
    if (!device.valid()) {
        std::vector<std::string> names;
        for (const scenario::Node& node : scenario.nodes) names.push_back(node.name);
        const auto near = closest(name, names);
        return say(language, Say::noSuchDevice, name) + (near ? say(language, Say::didYouMean, *near) : "");
    }
    const scenario::Node& node = scenario.nodes[device.index()];
    if (!scenario::isDevice(node.kind) || node.user.empty()) return say(language, Say::noDevice, name, devicesOf(scenario));
    const auto servers = scenario::serversOf(scenario, scenario::domainOf(node.user));
    if (servers.empty()) return say(language, Say::noServer, node.user, name);
    return std::pair(device, servers.front());
}

std::string fileText(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Reads the file, and once more with the first line of the session behind it, as the saved file will have it.
std::variant<Prepared, ExitCode> prepare(const ServeCommand& command, Session& session) {
    const auto loaded = load(command.file, {}, session);
    if (const auto* exitCode = std::get_if<ExitCode>(&loaded)) return *exitCode;
    const auto place = placeOf(std::get<scenario::Scenario>(loaded), command.as, session.language);
    if (!place) {
        printError(place.error());
        return ExitCode::wrongInput;
    }
    Prepared prepared{{}, fileText(command.file), place->first, place->second};
    const auto whole = scenario::withInterventions(prepared.text, ServedRun::firstLine(prepared.device, command.as));
    const fs::path folder = fs::path(command.save.empty() ? command.file : command.save).parent_path();
    scenario::Loaded again;
    if (whole) again = scenario::readText(*whole, command.save.empty() ? command.file : command.save, folder);
    if (whole && again.scenario && again.scenario->timeline.size() == std::get<scenario::Scenario>(loaded).timeline.size() + 1) {
        prepared.scenario = *std::move(again.scenario);
        return prepared;
    }
    for (const scenario::Diagnostic& diagnostic : again.diagnostics)
        if (diagnostic.severity == scenario::Severity::error) printDiagnostic(scenario::toText(diagnostic));
    printError(say(session.language, Say::notExtended, command.file, whole ? "interventions" : whole.error().message));
    return ExitCode::wrongInput;
}

std::optional<std::array<Listener, 4>> listenAll(const ServeCommand& command, Language language) {
    static constexpr std::array kNames{"--smtp", "--submission", "--pop3", "--imap"};
    std::array<Listener, 4> listeners;
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        auto listener = listenAt(command.ports[i]);
        if (!listener) {
            printError(say(language, Say::portTaken, kNames[i], command.ports[i], systemReason(listener.error(), language)));
            return std::nullopt;
        }
        listeners[i] = std::move(*listener);
    }
    return listeners;
}

Door::Reports reportsTo(Language language, const ServedRun& run) {
    const auto time = [&run] { return fmt::format("{:.3f} s", toSeconds(run.now(std::chrono::steady_clock::now()))); };
    return {[=](std::uint32_t connection, scenario::Service service, std::uint16_t port) {
                printDiagnostic(say(language, Say::serveEntered, time(), connection, scenario::name(service), port));
            },
            [=](std::uint32_t connection, trace::CloseReason reason) { printDiagnostic(say(language, Say::serveLeft, time(), connection, trace::name(reason))); },
            [=] { printDiagnostic(say(language, Say::serveFull, Door::kMost)); }};
}

// Until somebody ends it, the time is over, or the session is as long as it can be.
ExitCode serveUntilTheEnd(const ServeCommand& command, ServedRun& run, Door& door, const Signals& signals, Language language) {
    const auto now = [] { return std::chrono::steady_clock::now(); };
    const auto begun = now();
    const std::chrono::duration<double> most(command.forSeconds.value_or(1e9));
    while (!signals.came() && now() - begun < most) {
        if (run.timeIsOver(now())) {
            printDiagnostic(say(language, Say::serveOver));
            return ExitCode::done;
        }
        if (run.full()) {
            printError(say(language, Say::serveSessionFull));
            return ExitCode::limitReached;
        }
        const bool still = run.catchUp(now());
        const bool moved = door.handOut();
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(most - (now() - begun));
        door.turn(still && !moved ? std::max(std::min(run.idle(now()), left), std::chrono::milliseconds{0}) : std::chrono::milliseconds{0}, signals.number());
    }
    return ExitCode::done;
}

// Beforehand, so that no session is lost: whether the place to save can be written to.
bool canSave(const ServeCommand& command, Language language, ExitCode& exitCode) {
    if (command.save.empty()) return true;
    std::error_code failed;
    if (fs::equivalent(command.file, command.save, failed)) {
        printError(say(language, Say::saveOverFile, command.save));
        exitCode = ExitCode::wrongUsage;
        return false;
    }
    const fs::path folder = fs::absolute(command.save).parent_path();
    int trouble = access(folder.c_str(), W_OK) == 0 ? 0 : errno;
    if (trouble == 0 && fs::is_directory(command.save, failed)) trouble = EISDIR;
    if (trouble == 0) return true;
    printError(say(language, Say::cannotWrite, command.save, systemReason(trouble, language)));
    exitCode = ExitCode::fileTrouble;
    return false;
}

// First the file, which needs no more than the transcript: an impatient second Ctrl-C loses nothing.
ExitCode save(const ServeCommand& command, ServedRun& run, Language language) {
    if (command.save.empty()) return ExitCode::done;
    if (const auto wrong = exporting::writeFile(command.save, run.savedText())) {
        const std::string before = fmt::format("cannot write '{}': ", command.save);
        printError(
            say(language, Say::cannotWrite, command.save, systemReason(wrong->message.starts_with(before) ? wrong->message.substr(before.size()) : wrong->message, language)));
        return ExitCode::fileTrouble;
    }
    run.finish();
    printDiagnostic(say(language, Say::serveSaved, command.save, run.traceHash()));
    return ExitCode::done;
}

}  // namespace

ExitCode serveScenario(const ServeCommand& command, Language language) {
    ExitCode exitCode = ExitCode::done;
    if (!canSave(command, language, exitCode)) return exitCode;
    Session session(language);
    auto prepared = prepare(command, session);
    session.progress.finish();
    if (const auto* wrong = std::get_if<ExitCode>(&prepared)) return *wrong;
    auto& [scenario, text, device, server] = std::get<Prepared>(prepared);
    auto listeners = listenAll(command, language);
    if (!listeners) return ExitCode::fileTrouble;
    const Signals signals;
    const std::array<std::uint16_t, 4> ports{(*listeners)[0].port, (*listeners)[1].port, (*listeners)[2].port, (*listeners)[3].port};
    StandardOutput out;
    out.write(accountText(scenario, device, server, ports, language));
    if (const ExitCode written = out.finish(language); written != ExitCode::done) return written;

    ServedRun run(scenario, std::move(text), device, command.pace, std::chrono::steady_clock::now());
    {
        Door door(*std::move(listeners), run, reportsTo(language, run));
        exitCode = serveUntilTheEnd(command, run, door, signals, language);
        run.end(std::chrono::steady_clock::now());
    }
    const ExitCode saved = save(command, run, language);
    return saved != ExitCode::done ? saved : exitCode;
}

}  // namespace mailtrek::cli

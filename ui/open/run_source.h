// SPDX-License-Identifier: GPL-3.0-or-later
// Where runs come from, as the window sees it: something that can be advanced and watched, or the reasons why there is none.
#pragma once

#include <QString>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sim/trace/recording.h"

namespace mailtrek::ui {

struct Probe {  // sent by hand from a machine, while the class watches
    enum class Kind : std::uint8_t { ping, traceroute };
    Kind kind{};
    NodeId from, to;
    Instant at;
};

class RunSource {
public:
    virtual ~RunSource() = default;
    // True when the run is over.
    virtual bool advance(std::uint64_t budget) = 0;
    virtual const trace::Recording& recording() const = 0;
    virtual Instant now() const = 0;
    virtual Instant until() const = 0;  // it ends here at the latest
    // The same run with one entry more in its timeline, from the start; null where that cannot be done.
    virtual std::unique_ptr<RunSource> with(const Probe& /*probe*/) const { return nullptr; }
};

struct Diagnostic {
    bool error = true;  // else a warning
    int line = 0;       // from 1; 0: the file as a whole
    int column = 0;
    QString message;
    QString lineText;
    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

struct Opened {
    std::unique_ptr<RunSource> run;  // null: see the diagnostics
    std::vector<Diagnostic> diagnostics;
    bool unreadable = false;  // there is no such file, or it cannot be read
};

struct ScenarioCard {  // what the gallery shows of a file
    QString path;
    trace::Cast cast;
    trace::LocalizedText goal;
    std::vector<int> levels;  // that show what it is about, 1 to 5; empty: not known
    int errors = 0;           // it cannot be opened as it is
};

// How files become runs; the program wires in the simulator, tests wire in what they like.
struct Library {
    std::function<Opened(const QString& path)> open;
    std::function<std::optional<ScenarioCard>(const QString& path)> describe;
    QString serveProgram;  // that lets real mail programs take part; empty: there is none
};

}  // namespace mailtrek::ui

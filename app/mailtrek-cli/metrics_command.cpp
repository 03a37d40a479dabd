// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-cli metrics: a line per metric with its unit and meaning.
#include "app/mailtrek-cli/commands.h"
#include "app/mailtrek-cli/terminal.h"
#include "sim/run/metrics.h"

namespace mailtrek::cli {

ExitCode listMetrics(Language language) {
    StandardOutput out;
    for (const run::MetricInfo& metric : run::metricTable()) {
        out.write(fmt::format("{:<22}{:<7}{}\n", metric.name, run::name(metric.unit), language == Language::es ? metric.meaningEs : metric.meaning));
    }
    return out.finish(language);
}

}  // namespace mailtrek::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/options.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace mailtrek::ui {
namespace {

struct OptionWords {
    Q_DECLARE_TR_FUNCTIONS(OptionWords)
};

const QStringList kViews{"map", "journey", "ladder", "why", "charts", "inspector", "mailboxes", "letter", "packets", "tables", "lesson", "whatif", "editor", "gallery"};
const QStringList kFlags{"--help", "--version", "--presenter", "--level", "--theme", "--pace", "--at", "--lang", "--screenshot", "--size", "--view"};

// How many single changes lead from a to b; for "did you mean".
int distance(const QString& a, const QString& b) {
    std::vector<int> row(static_cast<std::size_t>(b.size()) + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = static_cast<int>(j);
    for (int i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= b.size(); ++j) {
            const int above = row[static_cast<std::size_t>(j)];
            row[static_cast<std::size_t>(j)] = std::min({above + 1, row[static_cast<std::size_t>(j) - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row.back();
}

QString hint(const QString& word, const QStringList& known) {
    QString best;
    int least = 4;
    for (const QString& k : known)
        if (const int d = distance(word, k); d < least) {
            least = d;
            best = k;
        }
    return best.isEmpty() ? QString() : ' ' + OptionWords::tr("(did you mean '%1'?)").arg(best);
}

Error wrong(const QString& text) { return Error{text.toStdString()}; }

Error badValue(const QString& flag, const QString& value, const QStringList& known) {
    return wrong(OptionWords::tr("%1 cannot be '%2'").arg(flag, value) + (known.isEmpty() ? QString() : hint(value, known)));
}

// Takes the value over, or tells what would have been right.
std::optional<Error> take(Options& o, const QString& flag, const QString& value) {
    const QStringList levels{"story", "mail", "dialogue", "tcp", "ip"}, themes{"light", "dark", "contrast"}, paces{"story", "true"}, languages{"en", "es"};
    if (flag == "--level") {
        o.level = levelNamed(value);
        if (!o.level) return badValue(flag, value, levels);
    } else if (flag == "--theme") {
        o.theme = themeNamed(value);
        if (!o.theme) return badValue(flag, value, themes);
    } else if (flag == "--pace") {
        if (!paces.contains(value)) return badValue(flag, value, paces);
        o.pace = value == "true" ? Pace::trueScale : Pace::story;
    } else if (flag == "--lang") {
        if (!languages.contains(value)) return badValue(flag, value, languages);
        o.spanish = value == "es";
    } else if (flag == "--at") {
        const auto t = parseDuration(value);
        if (!t) return badValue(flag, value, {});
        o.at = kStart + *t;
    } else if (flag == "--size") {
        const auto m = QRegularExpression(QStringLiteral("^(\\d{3,4})x(\\d{3,4})$")).match(value);
        if (!m.hasMatch()) return badValue(flag, value, {});
        o.size = QSize(m.captured(1).toInt(), m.captured(2).toInt());
    } else if (flag == "--view") {
        if (!kViews.contains(value)) return badValue(flag, value, kViews);
        o.view = value;
    } else {
        o.screenshot = value;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Duration> parseDuration(const QString& text) {
    static const std::map<QString, double> units{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}, {"days", 86400e9}, {"day", 86400e9}};
    const auto m = QRegularExpression(QStringLiteral("^\\s*(\\d+(?:\\.\\d+)?)\\s*([a-z]+)\\s*$")).match(text);
    if (!m.hasMatch()) return std::nullopt;
    const auto unit = units.find(m.captured(2));
    if (unit == units.end()) return std::nullopt;
    const double ns = m.captured(1).toDouble() * unit->second;
    if (!(ns < 9e18)) return std::nullopt;
    return Duration(static_cast<std::int64_t>(std::llround(ns)));
}

Result<Options> parseOptions(const QStringList& arguments) {
    Options o;
    bool onlyPaths = false;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        QString flag = arguments[i];
        if (onlyPaths || !flag.startsWith('-') || flag == "-") {
            if (!o.path.isEmpty()) return wrong(OptionWords::tr("one file at a time: '%1' is one too many").arg(flag));
            o.path = flag;
            continue;
        }
        if (flag == "--") {
            onlyPaths = true;
            continue;
        }
        std::optional<QString> value;
        if (const auto equals = flag.indexOf('='); equals > 0) {
            value = flag.mid(equals + 1);
            flag.truncate(equals);
        }
        if (flag == "-h") flag = QStringLiteral("--help");
        if (!kFlags.contains(flag)) return wrong(OptionWords::tr("unknown option '%1'").arg(flag) + hint(flag, kFlags));
        if (flag == "--help" || flag == "--version" || flag == "--presenter") {
            (flag == "--help" ? o.help : flag == "--version" ? o.version : o.presenter) = true;
            continue;
        }
        if (!value && i + 1 < arguments.size()) value = arguments[++i];
        if (!value || value->isEmpty()) return wrong(OptionWords::tr("%1 needs a value").arg(flag));
        if (const auto error = take(o, flag, *value)) return *error;
    }
    return o;
}

QString usageText() {
    return OptionWords::tr(
        "mailtrek [FILE|FOLDER] [options]\n"
        "  --level story|mail|dialogue|tcp|ip   the level of detail to start at\n"
        "  --pace story|true                    how simulated time becomes screen time\n"
        "  --at TIME                            where to stand, as '1 s' or 30min\n"
        "  --theme light|dark|contrast          colours\n"
        "  --lang en|es                         language (default: the system's)\n"
        "  --presenter                          everything larger, for the last row\n"
        "  --screenshot OUT.png                 draw, save and exit; needs no screen\n"
        "  --size 1280x720                      of the picture\n"
        "  --view map|ladder|...                what to bring forward\n"
        "  --help, --version\n");
}

}  // namespace mailtrek::ui

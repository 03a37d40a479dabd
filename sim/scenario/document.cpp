// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/document.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <vector>

namespace mailtrek::scenario {
namespace {

struct TooMuch {
    YAML::Mark mark;
    std::string message;
};

// Walks over the events of the parser without building anything, and throws TooMuch when a limit is passed.
class Guard final : public YAML::EventHandler {
public:
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor, 1); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto size = m_sizes.find(anchor);
        if (size == m_sizes.end()) throw TooMuch{mark, "an alias must not stand inside what it repeats"};
        leaf(mark, 0, size->second);
    }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string&) override { leaf(mark, anchor, 1); }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override { open(mark, anchor); }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override { open(mark, anchor); }
    void OnMapEnd() override { close(); }

private:
    struct Open {
        YAML::Mark mark;
        YAML::anchor_t anchor;
        std::uint64_t size;
    };
    void open(const YAML::Mark& mark, YAML::anchor_t anchor) {
        m_open.push_back({mark, anchor, 1});
        if (m_open.size() > static_cast<std::size_t>(kMaxNesting)) throw TooMuch{mark, fmt::format("nested more than {} levels deep", kMaxNesting)};
    }
    void close() {
        const Open done = m_open.back();
        m_open.pop_back();
        leaf(done.mark, done.anchor, done.size);
    }
    void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, std::uint64_t size) {
        if (size > kMaxExpanded) throw TooMuch{mark, fmt::format("aliases expand to more than {} values", kMaxExpanded)};
        if (anchor != 0) m_sizes[anchor] = size;
        if (!m_open.empty()) m_open.back().size += size;
    }
    std::vector<Open> m_open;
    std::map<YAML::anchor_t, std::uint64_t> m_sizes;
};

// Line and column of the first octet that is no UTF-8 or a control character other than tab and line end.
std::optional<std::string> spoiltText(std::string_view text, int& line, int& column) {
    line = column = 1;
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        std::size_t length = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
        if (length == 0 || i + length > text.size()) return "this is not UTF-8 text (is it a scenario file?)";
        for (std::size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return "this is not UTF-8 text (is it a scenario file?)";
        if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f) return fmt::format("control character U+{:04X}", c);
        if (c == '\n') {
            ++line;
            column = 0;
        }
        ++column;
        i += length;
    }
    return std::nullopt;
}

// The parser is recursive: what nests absurdly deep is turned away before it. Counts brackets outside quotes and comments, and "- - -".
std::optional<YAML::Mark> nestsTooDeep(std::string_view text) {
    int depth = 0, line = 0, column = 0, dashes = 0;
    char quote = 0, previous = '\n';
    YAML::Mark mark;
    for (std::size_t i = 0; i < text.size(); previous = text[i], ++i) {
        const char c = text[i];
        ++column;
        if (c == '\n') {
            ++line;
            column = dashes = 0;
            continue;
        }
        if (quote != 0) {
            if (c == '\\' && quote == '"')
                ++i;
            else if (c == quote)
                quote = 0;
            continue;
        }
        const bool begins = previous == ' ' || previous == '\n' || previous == '[' || previous == '{' || previous == ',' || previous == '\t';
        if ((c == '"' || c == '\'') && begins) quote = c;
        if (c == '#' && begins) {
            while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
            continue;
        }
        if (c == '[' || c == '{') ++depth;
        if ((c == ']' || c == '}') && depth > 0) --depth;
        if ((c == '-' || c == '?') && begins && i + 1 < text.size() && (text[i + 1] == ' ' || text[i + 1] == '\t')) ++dashes;
        if (depth > kMaxNesting || dashes > kMaxNesting || column > 100'000) {
            mark.line = line;
            mark.column = column - 1;
            return mark;
        }
    }
    return std::nullopt;
}

// yaml-cpp 0.7 ends a plain scalar of flow style at any '?', which YAML 1.2 allows inside: `{ en: Who is it?, es: ... }`. So question marks that are no
// indicators go through it as a control character, of which the text has none.
constexpr char kQuestionMark = '\x01';

std::string hideQuestionMarks(std::string_view text) {
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const bool alone = i + 1 == out.size() || out[i + 1] == ' ' || out[i + 1] == '\n' || out[i + 1] == '\r' || out[i + 1] == '\t';
        const bool first = i == 0 || out[i - 1] == ' ' || out[i - 1] == '\n' || out[i - 1] == '\t' || out[i - 1] == '[' || out[i - 1] == '{' || out[i - 1] == ',';
        if (out[i] == '?' && !(alone && first)) out[i] = kQuestionMark;
    }
    return out;
}

void showQuestionMarks(YAML::Node node) {
    if (node.IsScalar()) {
        std::string text = node.Scalar();
        if (text.find(kQuestionMark) == std::string::npos) return;
        std::replace(text.begin(), text.end(), kQuestionMark, '?');
        node = text;  // the same node with its mark
        return;
    }
    if (node.IsSequence())
        for (const auto& item : node) showQuestionMarks(item);
    if (!node.IsMap()) return;
    for (const auto& pair : node) {
        showQuestionMarks(pair.first);
        showQuestionMarks(pair.second);
    }
}

}  // namespace

std::optional<YAML::Node> parseDocument(std::string_view text, Diagnostics& diagnostics) {
    if (text.size() > kMaxFile) {
        diagnostics.error(1, 1, fmt::format("the file is larger than {} MiB", kMaxFile >> 20));
        return std::nullopt;
    }
    if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
    int line = 0, column = 0;
    if (const auto problem = spoiltText(text, line, column)) {
        diagnostics.error(line, column, *problem);
        return std::nullopt;
    }
    if (const auto mark = nestsTooDeep(text)) {
        diagnostics.error(mark->line + 1, mark->column + 1, fmt::format("nested more than {} levels deep, or a line of more than 100,000 characters", kMaxNesting));
        return std::nullopt;
    }
    try {
        const std::string hidden = hideQuestionMarks(text);
        std::istringstream stream{hidden};
        YAML::Parser parser(stream);
        Guard guard;
        if (!parser.HandleNextDocument(guard)) {
            diagnostics.error(1, 1, "the file is empty; a scenario begins with 'mailtrek: 1'");
            return std::nullopt;
        }
        YAML::Node document = YAML::Load(hidden);
        showQuestionMarks(document);
        return document;
    } catch (const TooMuch& e) { diagnostics.error(e.mark.line + 1, e.mark.column + 1, e.message); } catch (const YAML::Exception& e) {
        diagnostics.error(e.mark.line + 1, e.mark.column + 1, fmt::format("not YAML: {}", e.msg));
    }
    return std::nullopt;
}

std::optional<Range> parseRange(std::string_view name, std::string& problem) {
    const std::size_t open = name.find('{');
    if (open == std::string_view::npos) return std::nullopt;
    const std::size_t close = name.find('}', open), dots = name.find("..", open);
    Range range;
    const auto number = [&](std::size_t from, std::size_t to, std::uint64_t& value) {
        const auto done = std::from_chars(name.data() + from, name.data() + to, value);
        return from < to && to - from <= 9 && done.ec == std::errc{} && done.ptr == name.data() + to;
    };
    const bool shaped = close != std::string_view::npos && dots != std::string_view::npos && dots < close;
    if (!shaped || !number(open + 1, dots, range.first) || !number(dots + 2, close, range.last) || range.first > range.last) {
        problem = fmt::format("'{}' is no range (write for example pc{{1..20}})", name);
        return std::nullopt;
    }
    range.before = name.substr(0, open);
    range.after = name.substr(close + 1);
    return range;
}

std::string withNumber(std::string_view text, std::optional<std::uint64_t> number) {
    std::string out(text);
    if (!number) return out;
    const std::string digits = fmt::format("{}", *number);
    for (std::size_t at = out.find("{n}"); at != std::string::npos; at = out.find("{n}", at + digits.size())) out.replace(at, 3, digits);
    return out;
}

}  // namespace mailtrek::scenario

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
    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++m_documents > 1) throw TooMuch{mark, "the file holds a second document ('---'); a scenario is one"};
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor, 1); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto size = m_sizes.find(anchor);
        if (size == m_sizes.end()) throw TooMuch{mark, "an alias must not stand inside what it repeats"};
        if (m_open.size() + m_heights.at(anchor) > static_cast<std::size_t>(kMaxNesting)) throw TooMuch{mark, tooDeep()};
        if (!m_open.empty()) m_open.back().height = std::max(m_open.back().height, m_heights.at(anchor));
        leaf(mark, 0, size->second);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string&) override {
        if (tag == "!") m_lastQuoted = mark;
        leaf(mark, anchor, 1);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override { open(mark, anchor); }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override { open(mark, anchor); }
    void OnMapEnd() override { close(); }

    // The parser takes a quoted text that the end of the file cuts off for a whole one.
    void expectClosed(std::string_view text) const {
        if (m_lastQuoted.is_null()) return;
        const auto begin = static_cast<std::size_t>(m_lastQuoted.pos);
        const char quote = text[begin];
        if (quote != '"' && quote != '\'') return;
        for (std::size_t i = begin + 1; i < text.size(); ++i) {
            if (text[i] == '\\' && quote == '"')
                ++i;
            else if (text[i] == quote)
                return;
        }
        throw TooMuch{m_lastQuoted, "not YAML: this text in quotes is never closed"};
    }

private:
    struct Open {
        YAML::Mark mark;
        YAML::anchor_t anchor;
        std::uint64_t size = 1;
        std::size_t height = 0;  // levels below it
    };
    static std::string tooDeep() { return fmt::format("nested more than {} levels deep", kMaxNesting); }
    void open(const YAML::Mark& mark, YAML::anchor_t anchor) {
        m_open.push_back({mark, anchor});
        if (m_open.size() > static_cast<std::size_t>(kMaxNesting)) throw TooMuch{mark, tooDeep()};
    }
    void close() {
        const Open done = m_open.back();
        m_open.pop_back();
        if (done.anchor != 0) m_heights[done.anchor] = done.height + 1;
        if (!m_open.empty()) m_open.back().height = std::max(m_open.back().height, done.height + 1);
        leaf(done.mark, done.anchor, done.size);
    }
    void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, std::uint64_t size) {
        if (size > kMaxExpanded) throw TooMuch{mark, fmt::format("aliases expand to more than {} values", kMaxExpanded)};
        if (anchor != 0) m_sizes[anchor] = size;
        if (anchor != 0) m_heights.emplace(anchor, 0);
        if (!m_open.empty()) m_open.back().size += size;
    }
    YAML::Mark m_lastQuoted = YAML::Mark::null_mark();
    int m_documents = 0;
    std::vector<Open> m_open;
    std::map<YAML::anchor_t, std::uint64_t> m_sizes;
    std::map<YAML::anchor_t, std::size_t> m_heights;
};

// Octets of the UTF-8 character at the front (RFC 3629, section 4), 0 when it is none.
std::size_t characterLength(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const unsigned first = at(0), second = at(1);
    const auto tail = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool shortest = first != 0xe0 || second >= 0xa0, surrogate = first == 0xed && second >= 0xa0;
        return tail(1) && tail(2) && shortest && !surrogate ? 3 : 0;
    }
    if (first < 0xf0 || first > 0xf4) return 0;
    const bool inRange = (first != 0xf0 || second >= 0x90) && (first != 0xf4 || second <= 0x8f);
    return tail(1) && tail(2) && tail(3) && inRange ? 4 : 0;
}

// Line and column of the first octet that is no UTF-8 or a control character other than tab and line end.
std::optional<std::string> spoiltText(std::string_view text, int& line, int& column) {
    line = column = 1;
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        const std::size_t length = characterLength(text.substr(i));
        if (length == 0) return "this is not UTF-8 text (is it a scenario file?)";
        const unsigned next = length == 2 ? static_cast<unsigned char>(text[i + 1]) : 0u;
        if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f) return fmt::format("control character U+{:04X}", c);
        if (c == 0xc2 && next < 0xa0) return fmt::format("control character U+{:04X}", next);
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
    bool indenting = true;  // nothing but dashes on the line yet
    char quote = 0, previous = '\n';
    YAML::Mark mark;
    for (std::size_t i = 0; i < text.size(); previous = text[i], ++i) {
        const char c = text[i];
        ++column;
        if (c == '\n') {
            ++line;
            column = dashes = 0;
            indenting = true;
            continue;
        }
        if (quote != 0) {
            if (c == '\\' && quote == '"' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\'))
                ++i, ++column;
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
        if (c != '-' && c != '?' && c != ' ' && c != '\t') indenting = false;
        if (indenting && (c == '-' || c == '?')) ++dashes;
        if (depth > kMaxNesting || dashes > kMaxNesting || column > 100'000) {
            mark.line = line;
            mark.column = column - 1;
            return mark;
        }
    }
    return std::nullopt;
}

// yaml-cpp 0.7 ends a plain scalar of flow style at any '?', which YAML 1.2 allows inside: `{ en: Who is it?, es: ... }`. So question marks that are no
// indicators go through it as an octet that neither UTF-8 text nor an escape sequence can hold.
constexpr char kQuestionMark = '\xff';

std::string hideQuestionMarks(std::string_view text) {
    const auto in = [&](std::size_t i, std::string_view set) { return set.find(text[i]) != std::string_view::npos; };
    std::string out(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool alone = i + 1 == text.size() || in(i + 1, " \n\r\t");
        const bool first = i == 0 || in(i - 1, " \n\t[{,");
        if (text[i] == '?' && !(alone && first)) out[i] = kQuestionMark;
    }
    return out;
}

std::string shown(std::string text) {
    std::replace(text.begin(), text.end(), kQuestionMark, '?');
    return text;
}

void showQuestionMarks(YAML::Node node) {
    if (node.IsScalar()) {
        if (node.Scalar().find(kQuestionMark) != std::string::npos) node = shown(node.Scalar());  // the same node with its mark
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

std::string plainLineEnds(std::string_view text) {
    if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i)
        if (out[i] == '\r' && (i + 1 == out.size() || out[i + 1] != '\n')) out[i] = '\n';
    return out;
}

std::optional<YAML::Node> parseDocument(std::string_view text, Diagnostics& diagnostics) {
    if (text.size() > kMaxFile) {
        diagnostics.error(1, 1, fmt::format("the file is larger than {} MiB", kMaxFile >> 20));
        return std::nullopt;
    }
    int line = 0, column = 0;
    if (const auto problem = spoiltText(text, line, column)) {
        diagnostics.error(line, column, *problem);
        return std::nullopt;
    }
    if (const auto mark = nestsTooDeep(text)) {
        diagnostics.error(*mark, fmt::format("nested more than {} levels deep, or a line of more than 100,000 characters", kMaxNesting));
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
        parser.HandleNextDocument(guard);  // throws when there is one
        guard.expectClosed(hidden);
        YAML::Node document = YAML::Load(hidden);
        showQuestionMarks(document);
        return document;
    } catch (const TooMuch& e) { diagnostics.error(e.mark, e.message); } catch (const YAML::Exception& e) {
        diagnostics.error(e.mark, fmt::format("not YAML: {}", shown(e.msg)));
    }
    return std::nullopt;
}

std::uint64_t sizeOf(const YAML::Node& node) {
    std::uint64_t size = 1;
    if (node.IsSequence())
        for (const auto& item : node) size += sizeOf(item);
    if (node.IsMap())
        for (const auto& pair : node) size += 1 + sizeOf(pair.second);
    return size;
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/mime_tree.h"

#include <algorithm>
#include <optional>

#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
#include "sim/mail/mime_parameter.h"

namespace mailtrek::mail {
namespace {

constexpr int kMaxDepth = 20;
constexpr std::size_t kMaxParts = 1000;

struct Mark {
    std::size_t begin, end;  // the line end before it belongs to it (RFC 2046 5.1.1)
    bool last;
};

// The next line that is "--boundary" or "--boundary--", perhaps with blanks behind it.
std::optional<Mark> nextMark(std::string_view body, const std::string& mark, std::size_t from) {
    for (std::size_t at = body.find(mark, from); at != std::string_view::npos; at = body.find(mark, at + 1)) {
        const bool first = at == 0, afterLine = at >= 2 && body.substr(at - 2, 2) == "\r\n";
        if (!first && !afterLine) continue;
        std::size_t end = at + mark.size();
        const bool last = body.substr(end, 2) == "--";
        if (last) end += 2;
        while (end < body.size() && (body[end] == ' ' || body[end] == '\t')) ++end;
        if (end < body.size() && body.substr(end, 2) != "\r\n") continue;  // the mark of another, longer boundary
        return Mark{std::max(from, first ? 0 : at - 2), std::min(end + 2, body.size()), last};
    }
    return std::nullopt;
}

MimePart parsePart(std::string_view octets, int depth, std::size_t& count, bool inDigest);

void parseMultipart(MimePart& part, int depth, std::size_t& count) {
    const auto boundary = part.parameters.find("boundary");
    if (boundary != part.parameters.end() && !boundary->second.empty()) {
        const std::string mark = "--" + boundary->second;
        auto open = nextMark(part.body, mark, 0);
        while (open && !open->last && count < kMaxParts) {
            const std::size_t begin = open->end;
            // An empty part's closing mark may share its line end with the opening one.
            const auto close = nextMark(part.body, mark, begin);
            const std::size_t end = close ? std::max(begin, close->begin) : part.body.size();
            part.parts.push_back(parsePart(part.body.substr(begin, end - begin), depth + 1, count, part.subtype == "digest"));
            open = close;
        }
    }
    if (part.parts.empty()) part.type = "text", part.subtype = "plain";
}

MimePart parsePart(std::string_view octets, int depth, std::size_t& count, bool inDigest) {
    ++count;
    MimePart part;
    part.header = headersOf(octets);
    part.body = bodyOf(octets);
    const std::string field = part.field("Content-Type");
    std::string name = lower(std::string_view(field).substr(0, field.find(';')));
    std::erase_if(name, [](char c) { return c == ' ' || c == '\t'; });
    const std::size_t slash = name.find('/');
    if (slash != std::string::npos && slash > 0 && slash + 1 < name.size()) {
        part.type = name.substr(0, slash);
        part.subtype = name.substr(slash + 1);
        part.parameters = mimeParameters(field);
    } else if (inDigest) {  // RFC 2046 5.1.5
        part.type = "message";
        part.subtype = "rfc822";
    } else {
        part.parameters["charset"] = "us-ascii";  // RFC 2045 5.2
    }
    if (depth >= kMaxDepth || count >= kMaxParts) {
        if (part.isMultipart() || part.isMessage()) part.type = "application", part.subtype = "octet-stream";
    } else if (part.isMultipart()) {
        parseMultipart(part, depth, count);
    } else if (part.isMessage()) {
        part.parts.push_back(parsePart(part.body, depth + 1, count, false));
    }
    return part;
}

}  // namespace

std::string MimePart::field(std::string_view name) const {
    std::string_view block = header;
    std::string value;
    bool taking = false;
    while (!block.empty()) {
        const std::size_t end = block.find("\r\n");
        const std::string_view line = block.substr(0, end);
        block.remove_prefix(end == std::string_view::npos ? block.size() : end + 2);
        const bool folded = line.starts_with(' ') || line.starts_with('\t');
        if (taking && !folded) break;
        if (taking) value += line;
        const std::size_t colon = line.find(':');
        if (folded || colon == std::string_view::npos || !sameIgnoringCase(line.substr(0, colon), name)) continue;
        taking = true;
        value = line.substr(colon + 1);
    }
    value.erase(0, value.find_first_not_of(" \t"));
    value.erase(value.find_last_not_of(" \t") + 1);
    return value;
}

MimePart mimeTree(std::string_view letter) {
    std::size_t count = 0;
    return parsePart(letter, 0, count, false);
}

const MimePart* partAt(const MimePart& letter, const std::vector<unsigned>& number) {
    const MimePart* part = &letter;
    bool isLetter = true;  // whose only part, where it is no multipart, has the number 1
    for (const unsigned n : number) {
        if (!isLetter && part->isMessage()) {
            part = &part->parts.front();
            isLetter = true;
        }
        if (part->isMultipart()) {
            if (n == 0 || n > part->parts.size()) return nullptr;
            part = &part->parts[n - 1];
        } else if (!isLetter || n != 1) {
            return nullptr;
        }
        isLetter = false;
    }
    return part;
}

}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
#include "sim/mail/mime_parameter.h"
#include "sim/mail/sha256.h"

namespace mailtrek::mail {
namespace {

constexpr int kMaxDepth = 20;

std::vector<std::pair<std::string, std::string>> headerFields(std::string_view block) {
    std::vector<std::pair<std::string, std::string>> fields;
    while (!block.empty()) {
        const std::size_t end = block.find("\r\n");
        const std::string_view line = block.substr(0, end);
        block.remove_prefix(end == std::string_view::npos ? block.size() : end + 2);
        if (line.empty()) break;
        if ((line.front() == ' ' || line.front() == '\t') && !fields.empty()) {
            fields.back().second += line;  // unfolding takes the line end away and nothing else (RFC 5322 2.2.3)
            continue;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        std::string_view value = line.substr(colon + 1);
        while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
        fields.emplace_back(std::string(line.substr(0, colon)), std::string(value));
    }
    return fields;
}

std::string field(const std::vector<std::pair<std::string, std::string>>& fields, std::string_view name) {
    for (const auto& [key, value] : fields)
        if (sameIgnoringCase(key, name)) return value;
    return {};
}

void leaves(std::string_view octets, int depth, std::vector<Part>& parts);

// The parts between the marks. A mark is a line that begins with it; the line end before it belongs to it (RFC 2046 5.1.1).
void multipartLeaves(std::string_view body, const std::string& boundary, int depth, std::vector<Part>& parts) {
    const std::string mark = "--" + boundary, markLine = "\r\n" + mark;
    std::size_t at = 0;
    if (!body.starts_with(mark)) {
        at = body.find(markLine);
        if (at == std::string_view::npos) return;
        at += 2;
    }
    while (at < body.size()) {
        const std::size_t afterMark = at + mark.size();
        if (body.substr(afterMark, 2) == "--") return;
        const std::size_t line = body.find("\r\n", afterMark);
        if (line == std::string_view::npos) return;
        const std::size_t begin = line + 2, end = std::min(body.find(markLine, line), body.size());
        leaves(end > begin ? body.substr(begin, end - begin) : std::string_view{}, depth + 1, parts);
        at = end + 2;
    }
}

void leaves(std::string_view octets, int depth, std::vector<Part>& parts) {
    const auto fields = headerFields(headersOf(octets));
    const std::string_view body = bodyOf(octets);
    const std::string type = field(fields, "Content-Type");
    std::string plainType = lower(std::string_view(type).substr(0, type.find(';')));
    while (plainType.ends_with(' ') || plainType.ends_with('\t')) plainType.pop_back();
    if (plainType.empty()) plainType = "text/plain";
    const std::string boundary = mimeParameter(type, "boundary");
    if (plainType.starts_with("multipart/") && !boundary.empty() && depth < kMaxDepth) return multipartLeaves(body, boundary, depth, parts);
    Part part{plainType, mimeParameter(field(fields, "Content-Disposition"), "filename"), {}};
    std::string encoding = lower(field(fields, "Content-Transfer-Encoding"));
    while (encoding.ends_with(' ') || encoding.ends_with('\t')) encoding.pop_back();
    if (encoding == "base64")
        part.octets = decodeBase64(body).value_or(std::string(body));
    else if (encoding == "quoted-printable")
        part.octets = decodeQuotedPrintable(body);
    else
        part.octets = std::string(body);
    parts.push_back(std::move(part));
}

}  // namespace

std::string Message::header(std::string_view name) const { return field(headers, name); }

std::string_view headersOf(std::string_view octets) {
    if (octets.starts_with("\r\n")) return octets.substr(0, 2);
    const std::size_t end = octets.find("\r\n\r\n");
    return end == std::string_view::npos ? octets : octets.substr(0, end + 4);
}

std::string_view bodyOf(std::string_view octets) { return octets.substr(headersOf(octets).size()); }

Message parse(std::string_view octets) {
    Message message;
    message.headers = headerFields(headersOf(octets));
    leaves(octets, 0, message.parts);
    return message;
}

std::string bodySha256(std::string_view octets) {
    Sha256 hash;
    for (const Part& part : parse(octets).parts) {
        if (!part.type.starts_with("text/") || !part.fileName.empty()) {
            hash.add(part.octets);
            continue;
        }
        std::string text;  // a text ends where its words end, whatever line ends transport put there
        for (const char c : part.octets)
            if (c != '\r') text += c;
        while (!text.empty() && text.back() == '\n') text.pop_back();
        hash.add(text);
    }
    return hash.hex();
}

std::uint32_t receivedCount(std::string_view octets) {
    std::uint32_t count = 0;
    for (const auto& [name, value] : headerFields(headersOf(octets))) count += sameIgnoringCase(name, "Received") ? 1 : 0;
    return count;
}

bool hasHeader(std::string_view octets, std::string_view name) {
    const auto fields = headerFields(headersOf(octets));
    return std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return sameIgnoringCase(f.first, name); });
}

}  // namespace mailtrek::mail

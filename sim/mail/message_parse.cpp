// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "sim/mail/encoding.h"
#include "sim/mail/message.h"
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

// boundary="..." and the like.
std::string parameter(std::string_view value, std::string_view name) {
    const std::string small = lower(value);
    std::size_t at = small.find(std::string(name) + "=");
    if (at == std::string::npos) return {};
    at += name.size() + 1;
    if (at < value.size() && value[at] == '"') {
        const std::size_t end = value.find('"', at + 1);
        return std::string(value.substr(at + 1, end == std::string_view::npos ? end : end - at - 1));
    }
    return std::string(value.substr(at, std::min(value.find_first_of("; \t", at), value.size()) - at));
}

void leaves(std::string_view octets, int depth, std::vector<Part>& parts);

void multipartLeaves(std::string_view body, const std::string& boundary, int depth, std::vector<Part>& parts) {
    const std::string mark = "--" + boundary;
    std::size_t at = body.starts_with(mark) ? 0 : body.find("\r\n" + mark);
    if (at == std::string_view::npos) return;
    if (!body.starts_with(mark)) at += 2;
    while (at < body.size()) {
        const std::size_t afterMark = at + mark.size();
        if (body.substr(afterMark, 2) == "--") return;
        const std::size_t begin = body.find("\r\n", afterMark);
        if (begin == std::string_view::npos) return;
        // The line end before a mark belongs to the mark (RFC 2046 5.1.1); our own composer ends each part with one of its own.
        std::size_t end = body.find("\r\n" + mark, begin);
        const std::size_t next = end == std::string_view::npos ? body.size() : end + 2;
        if (end == std::string_view::npos) end = body.size();
        leaves(body.substr(begin + 2, next - begin - 2), depth + 1, parts);
        at = next;
    }
}

void leaves(std::string_view octets, int depth, std::vector<Part>& parts) {
    const auto fields = headerFields(headersOf(octets));
    const std::string_view body = bodyOf(octets);
    const std::string type = field(fields, "Content-Type");
    std::string plainType = lower(std::string_view(type).substr(0, type.find(';')));
    if (plainType.empty()) plainType = "text/plain";
    const std::string boundary = parameter(type, "boundary");
    if (plainType.starts_with("multipart/") && !boundary.empty() && depth < kMaxDepth) return multipartLeaves(body, boundary, depth, parts);
    Part part{plainType, parameter(field(fields, "Content-Disposition"), "filename"), {}};
    const std::string encoding = lower(field(fields, "Content-Transfer-Encoding"));
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

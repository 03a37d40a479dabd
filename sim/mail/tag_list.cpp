// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/mail/tag_list.h"

#include <fmt/format.h>

#include <algorithm>

namespace mailtrek::mail {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool isTagName(std::string_view name) {
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !name.empty() && isLetter(name.front()) && std::ranges::all_of(name, [&](char c) { return isLetter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

Result<TagList> TagList::parse(std::string_view text, Bad bad) {
    TagList list;
    while (!trimmed(text).empty()) {
        const std::size_t end = text.find(';');
        const std::string_view one = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const std::size_t equals = one.find('=');
        const std::string_view name = trimmed(one.substr(0, equals));
        const bool isTag = equals != std::string_view::npos && isTagName(name);
        if (bad == Bad::skipped && (!isTag || list.find(name) != nullptr)) continue;
        if (!isTag) return Error{fmt::format("'{}' is no tag", trimmed(one).substr(0, 40))};
        if (list.find(name) != nullptr) return Error{fmt::format("the tag {}= stands there twice", name)};  // RFC 6376 3.2: then all is invalid
        list.m_tags.emplace_back(name, trimmed(one.substr(equals + 1)));
    }
    return list;
}

const std::string* TagList::find(std::string_view name) const {
    const auto found = std::ranges::find_if(m_tags, [name](const auto& tag) { return tag.first == name; });
    return found == m_tags.end() ? nullptr : &found->second;
}

std::string withoutSpace(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (kSpace.find(c) == std::string_view::npos) out += c;
    return out;
}

std::vector<std::string> splitList(std::string_view text, char between) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(between), text.size());
        if (const std::string_view one = trimmed(text.substr(0, end)); !one.empty()) out.emplace_back(one);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

}  // namespace mailtrek::mail

// SPDX-License-Identifier: GPL-3.0-or-later
// Changes to the tree of a file before it is read: --set and the `set:` of a variant take the same paths.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.h"

namespace mailtrek::scenario {

// Where a change comes from: "--set links.a.loss", or the key of a variant's `set:`.
struct ChangeOrigin {
    std::string words;  // empty for a place in the file
    YAML::Node place;
};

// "links.backbone.loss": keys with dots between them, the longest key that fits first (names may hold dots); a link by its name.
void setPath(YAML::Node& document, std::string_view path, const YAML::Node& value, const ChangeOrigin& origin, Diagnostics& diagnostics);

// The variant's `set:`, title and expectations take the place of the file's; its timeline entries come after.
void applyVariant(YAML::Node& document, const std::string& name, Diagnostics& diagnostics, std::vector<YAML::Node>& moreTimeline);

}  // namespace mailtrek::scenario

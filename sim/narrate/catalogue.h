// SPDX-License-Identifier: GPL-3.0-or-later
// The message catalogues: a text with {blanks} for each key and language. Format of assets/narration/*.txt: "key = text" a line, # for remarks.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/narrate/narrate.h"

namespace mailtrek::narrate {

extern const std::string_view catalogueText_en;
extern const std::string_view catalogueText_es;

using Blanks = std::vector<std::pair<std::string_view, std::string>>;  // name and what goes in

// All keys of a language.
const std::map<std::string_view, std::string_view>& catalogue(Language language);

// The text of the key, its blanks filled in. The key itself when it is missing: a test makes sure that none is.
std::string fill(Language language, std::string_view key, const Blanks& blanks = {});

// In front of a name: it stays as its owner writes it, even where a sentence begins with it.
inline constexpr char kAsWritten = '\x1f';

// As a sentence: with a capital letter, and Spanish articles drawn together (de el: del, a el: al).
std::string fillSentence(Language language, std::string_view key, const Blanks& blanks = {});

}  // namespace mailtrek::narrate

// JSON that anyone may have written: files of plans, answers of programs. The only place where the project
// parses JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace convforge {

/// Far beyond what is read: a file of plans has 6 lists and objects inside each other, a plan some 25 fields.
/// Whoever walks through a value calls itself for each depth (printing it does), and a look-up of a field
/// passes over the others.
inline constexpr std::size_t most_json_depth = 32, most_json_fields = 256;

/// The value of a text. Throws Error, without the name of the text's place, for what is no JSON and for what
/// is deeper or has an object of more fields than anything that is read here. The text's length is the
/// caller's to bound; time and memory are proportional to it.
nlohmann::ordered_json parse_json(std::string_view text);

/// As much of a value as an error should repeat.
std::string json_excerpt(const nlohmann::ordered_json &value);

} // namespace convforge

// JSON of a file that anyone may have written.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace convforge::models::keras {

using Json = nlohmann::json;

inline constexpr std::size_t most_json_bytes = std::size_t{16} << 20; ///< in memory ten times as much
inline constexpr int most_json_depth = 96;                            ///< a nested model takes six levels

/// Throws Error naming `what`.
Json parse_json(std::string_view text, const std::string &what);
/// As an error may repeat it.
std::string short_text(const Json &value);
/// The member of an object; null: not there, or no object.
const Json *member_of(const Json &object, std::string_view name);

} // namespace convforge::models::keras

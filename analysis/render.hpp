// An explanation for people and for programs.
#pragma once

#include "analysis/explanation.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace convforge {

/// Aligned text, ending in a newline: the decisions, the sizes, then each hot loop with its instructions.
std::string render_text(const Explanation &explanation);

/// The same facts under the names of the fields; bytes come with their formula (null: counted in the compiled
/// code), and `mca` is null where llvm-mca could not be used.
nlohmann::ordered_json render_json(const Explanation &explanation);

} // namespace convforge

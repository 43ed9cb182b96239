// An explanation for people and for programs.
#pragma once

#include "analysis/explanation.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>

namespace convforge {

/// How much of the hot code is shown, hottest first.
struct HotCodeLimits {
  std::size_t blocks = static_cast<std::size_t>(-1);
  std::size_t instructions = static_cast<std::size_t>(-1); ///< of all of them together
};
/// What people read: a first loop in full, as most are, and beginnings of some more.
inline constexpr HotCodeLimits one_page{.blocks = 3, .instructions = 60};

/// Aligned text, ending in a newline: the decisions, the sizes, then each hot loop with its instructions.
/// What is beyond the limits is summed up, with the flag of `convforge explain` that shows it.
std::string render_text(const Explanation &explanation, const HotCodeLimits &limits = {});

/// The same facts under the names of the fields; bytes come with their formula (null: counted in the compiled
/// code), and `mca` is null where llvm-mca could not be used.
nlohmann::ordered_json render_json(const Explanation &explanation);

} // namespace convforge

// Choices: which plan was measured to be the fastest at run time, kept in the disk cache beside the kernels.
// A choice names one of the plans that the planner proposes; it brings no plan of its own, so that whatever a
// file says, the planner would have said it, too.
//
// Sealed (sealed.hpp) as "CFCHOICE". The payload is the key, then the fields of Choice in their order:
// numbers of 8 bytes, times as the bits of a double, the plan as text.
#pragma once

#include "plan/plan.hpp"
#include "planner/candidate.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

struct Choice {
  std::uint64_t budget_ms = 0;   ///< within which it was found
  bool whole = false;            ///< nothing was left out: a larger budget would measure no more
  std::uint64_t contestants = 0; ///< plans measured, the model's own among them; 0: the budget was too short
  double seconds = 0, model_seconds = 0; ///< the least time of a call, the choice's and the model's own
  std::string plan;                      ///< plan_line() without `why`; empty without contestants

  /// Would a Jit that may spend so much know more?
  bool holds_for(std::uint64_t milliseconds) const { return whole || milliseconds <= budget_ms; }
};

std::vector<std::uint8_t> encode_choice(const std::string &key, const Choice &choice);
struct KeyedChoice {
  std::string key;
  Choice choice;
};
/// Throws Error naming the first field that is wrong.
KeyedChoice decode_choice(std::span<const std::uint8_t> bytes);

/// How a choice names a plan.
std::string name_in_choice(Plan plan);
/// The plan that a choice with contestants names, with a `why` that says how it was found; none if the
/// planner no longer proposes it.
std::optional<Plan> chosen_plan(const Choice &choice, const std::vector<Candidate> &candidates,
                                const std::string &machine);

inline constexpr std::uint32_t choice_format_version = 1;
inline constexpr std::uint64_t most_choice_bytes = 64u << 10; ///< some 2 KB are usual

} // namespace convforge

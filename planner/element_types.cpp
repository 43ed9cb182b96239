#include "planner/element_types.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

std::string targets_that_take(const ElementTypes &types) {
  std::string names;
  for (const Target &target : all_targets())
    if (has_kernels(target, types))
      names += fmt::format("{}{}", names.empty() ? "" : ", ", target.name);
  return names;
}

/// What the target lacks, or has none of.
std::string lacking(const Target &target, const ElementTypes &types) {
  if (types.quantised())
    return "f32 or f16: this target has no kernels of 8-bit integers";
  if (target.quantised_only)
    return "8-bit integers (--dtype u8:s8:u8): for others this target is the next one";
  return "f32: this target has no instructions that convert halves, or no kernels with them";
}

} // namespace

void check_types(const Problem &problem, const Target &target) {
  if (!has_kernels(target, problem.types))
    fail("types", fmt::format("{} for {}", name_of(problem.types), target.name),
         fmt::format("{}; these targets have: {}", lacking(target, problem.types),
                     targets_that_take(problem.types)));
}

} // namespace convforge

#include "planner/element_types.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

std::string targets_that_convert() {
  std::string names;
  for (const Target &target : all_targets()) {
    if (target.converts_halves) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", target.name);
    }
  }
  return names;
}

} // namespace

void check_types(const Problem &problem, const Target &target) {
  // Halves are the only elements that no target computes with: they are converted as they are loaded and
  // stored. By arithmetic that would take longer than the sums.
  if (problem.types != ElementTypes{} && !target.converts_halves) {
    fail("types", fmt::format("{} for {}", name_of(problem.types), target.name),
         fmt::format(
             "f32: this target has no instructions that convert halves, or no kernels with them; these "
             "targets have: {}",
             targets_that_convert()));
  }
}

} // namespace convforge

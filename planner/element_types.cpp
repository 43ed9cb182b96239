#include "planner/element_types.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

/// Halves are elements that no target computes with: they are converted as they are loaded and stored. By
/// arithmetic that would take longer than the sums.
bool takes(const Target &target, ElementType type) {
  switch (type) {
  case ElementType::f32:
    return true;
  case ElementType::f16:
    return target.converts_halves;
  case ElementType::u8:
  case ElementType::s8:
  case ElementType::s32:
    return false;
  case ElementType::s16:
  case ElementType::f64:
    break; // of no tensor of a call
  }
  return false;
}
bool takes(const Target &target, const ElementTypes &types) {
  return takes(target, types.source) && takes(target, types.weights) && takes(target, types.destination);
}

std::string targets_that_take(const ElementTypes &types) {
  std::string names;
  for (const Target &target : all_targets())
    if (takes(target, types))
      names += fmt::format("{}{}", names.empty() ? "" : ", ", target.name);
  return names;
}

} // namespace

void check_types(const Problem &problem, const Target &target) {
  if (!takes(target, problem.types)) {
    fail("types", fmt::format("{} for {}", name_of(problem.types), target.name),
         fmt::format(
             "f32: this target has no instructions that convert halves, or no kernels with them; these "
             "targets have: {}",
             targets_that_take(problem.types)));
  }
}

} // namespace convforge

// Which element types a target's kernels take, and the bytes that a plan moves for them.
#pragma once

#include "plan/packed_type.hpp"
#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

namespace convforge {

/// Throws Error, naming targets that do, where `target` has no kernels for the problem's types.
void check_types(const Problem &problem, const Target &target);

/// Bytes of one element of a kernel's tensors, as numbers that costs are computed with.
struct ElementBytes {
  double source, destination; ///< of the caller's tensors
  double read;                ///< of the input as the loops read it: copies hold what is summed in
  double weights;             ///< packed
  double accumulator;
};
inline ElementBytes element_bytes(const Problem &problem, const Plan &plan) {
  const ElementTypes &types = problem.types;
  const auto bytes = [](ElementType type) { return static_cast<double>(bytes_of(type)); };
  const ElementType read = plan.window().padded_copy ? types.accumulator() : types.source;
  return {bytes(types.source), bytes(types.destination), bytes(read), bytes(packed_type(problem, plan)),
          bytes(types.accumulator())};
}

/// Are input elements converted where the loops read them?
inline bool converts_input(const Problem &problem, const Plan &plan) {
  return !plan.window().padded_copy && problem.types.source != problem.types.accumulator();
}
/// Are packed weights?
inline bool converts_weights(const Problem &problem, const Plan &plan) {
  return packed_type(problem, plan) != problem.types.accumulator();
}

} // namespace convforge

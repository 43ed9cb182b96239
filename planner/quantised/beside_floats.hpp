// A quantised problem beside its own shape in f32: eight bits are not the faster ones everywhere. Where a dot
// product takes two instructions, Winograd's transforms save more than narrow elements do.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/machine.hpp"
#include "target/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace convforge {

/// The same shape, layouts, math and slices in f32, with the epilogue as far as it is one of floats: limits
/// in steps become limits.
Problem in_floats(const Problem &quantised);

/// The best target with kernels of floats that every machine of this one runs.
const Target &float_target(const Target &target);

/// Predicted cycles of two kernels on a machine.
struct BesideFloats {
  std::string machine;
  double cycles = 0, float_cycles = 0;
  double ratio() const { return float_cycles / cycles; } ///< below 1: floats are faster
};

struct FloatKernel {
  std::string target;
  Algorithm algorithm = Algorithm::direct;
  std::vector<BesideFloats> times; ///< of that machine, or of all that run the target for `generic`
};

/// What the model predicts of a quantised problem's plan and of the f32 kernel that it chooses for the same
/// machine. Nothing where f32 has no kernel: slices of four times the bytes may reach too far.
std::optional<FloatKernel> float_kernel(const Plan &plan, const Problem &problem, const Target &target,
                                        const Machine &machine);

} // namespace convforge

// The Halide half of an algorithm's family: from a plan to scheduled pipelines. One row of a table in
// families.cpp; its other half is planner/family.hpp.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <Halide.h>

#include <memory>
#include <vector>

namespace convforge {

/// What one region of a plan computes: its parameters beside the input (packed_odd is undefined where it has
/// none), and its output.
struct RegionPipeline {
  Halide::ImageParam packed, packed_odd;
  std::vector<Halide::ImageParam> operands; ///< the epilogue's, in its order
  Halide::Func output;
  std::vector<Halide::ImageParam> tables = {}; ///< of the packed weights, by channel (plan/packed_tables.hpp)
  int first_channel = 0;                       ///< of the output, and of what the epilogue takes
};

/// A whole kernel, ready to be compiled.
struct KernelPipeline {
  Halide::ImageParam input;
  std::vector<RegionPipeline> regions;                    ///< of the plan, in their order
  std::unique_ptr<Halide::Internal::IRMutator> pass = {}; ///< a lowering pass of its own, or none
};

/// Of an ordinary forward convolution. `suffix` keeps the names of several in one pipeline apart. Throws
/// Error for a target whose family of schedules has none for the plan's algorithm.
KernelPipeline make_pipeline(const Problem &problem, const Plan &plan, const Target &target,
                             const std::string &suffix = "");

} // namespace convforge

// Quantised problems as the planner of floats sees them: a lane of 32 bits takes several products at once, so
// that a dot product stands for a multiply-add, and its elements for one float.
#pragma once

#include "plan/plan.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// The same shape with as many input channels as dot products: the copies of both are of the same bytes.
Problem dot_problem(const Problem &problem, const Target &target);

/// Cycles in which all sums become what is stored, beside what floats take for that.
double cycles_of_results(const Problem &problem, const Platform &platform);

/// Dot products whose elements of a pixel one load brings, for instructions that take them from a lane of a
/// register (sdot): Plan::broadcast_lanes. 1: each is loaded, and repeated, by itself.
int lanes_of_dots(const Problem &shape, const Plan &plan, const Target &target);

/// The target whose multiply-adds are the dot products of `platform`'s: no operand of them is a broadcast in
/// memory, and those that take two instructions hold a product between them. `lanes`: the plans' (above).
class DotPlatform {
public:
  explicit DotPlatform(const Platform &platform, int lanes = 1);
  const Platform &get() const { return platform_; }
  DotPlatform(const DotPlatform &) = delete;
  DotPlatform &operator=(const DotPlatform &) = delete;

private:
  Target target_;
  Platform platform_; ///< refers to target_
};

} // namespace convforge

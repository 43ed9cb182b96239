// What packed weights are stored as.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// The weights' own type, where kernels load vectors of them and convert these as they load. What is summed
/// in, where a kernel would convert scalars one by one (vectors along W broadcast weights), and for Winograd:
/// transforms of halves are no halves. Of 8-bit integers the operand of dot products.
inline ElementType packed_type(const Problem &problem, const Plan &plan) {
  if (problem.types.quantised())
    return operands_of(plan.dot).weights;
  const bool as_accumulated =
      std::holds_alternative<WinogradPart>(plan.part) || plan.vector_axis == VectorAxis::width;
  return as_accumulated ? problem.types.accumulator() : problem.types.weights;
}

} // namespace convforge

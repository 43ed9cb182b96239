#include "algorithms/staging.hpp"

#include "algorithms/halide_type.hpp"
#include "plan/dot_runs.hpp"

namespace convforge {

Halide::Type Staging::type() const {
  return halide_type(types.quantised() ? operands_of(dot).input : types.accumulator());
}

Halide::Expr Staging::of(const Halide::Expr &element) const {
  if (!types.quantised())
    return accumulated(types, element);
  if (offset_of(dot, types.source) == 0)
    return Halide::cast(type(), element);
  return Halide::reinterpret(type(),
                             Halide::reinterpret<std::uint8_t>(element) ^ Halide::cast<std::uint8_t>(128));
}

Halide::Expr Staging::outside() const {
  return types.quantised() ? Halide::cast(type(), zero_point) : Halide::Expr(0.0f);
}

Staging make_staging(const Problem &problem, const Plan &plan) {
  return {problem.types, plan.dot, problem.types.quantised() ? staged_zero_point(problem, plan.dot) : 0};
}

} // namespace convforge

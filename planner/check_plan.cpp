#include "planner/check_plan.hpp"

#include "planner/element_types.hpp"
#include "planner/family.hpp"

namespace convforge {

void check_plan(const Plan &plan, const Problem &problem, const Target &target) {
  check_types(problem, target);
  family_of(plan.algorithm).check(plan, problem, target);
}

} // namespace convforge

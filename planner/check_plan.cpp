#include "planner/check_plan.hpp"

#include "planner/checks.hpp"
#include "planner/element_types.hpp"
#include "planner/family.hpp"
#include "planner/rearranged_plans.hpp"

namespace convforge {

void check_plan(const Plan &plan, const Problem &problem, const Target &target) {
  check_types(problem, target);
  expect(plan.part.index() == part_of(plan.algorithm).index(), "algorithm", name_of(plan.algorithm),
         "the one whose part the plan has");
  if (plan.rearranges())
    check_rearranged(plan, problem, target);
  else
    family_of(plan, problem).check(plan, problem, target);
}

} // namespace convforge

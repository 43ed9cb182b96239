#include "planner/proposals.hpp"

#include "planner/element_types.hpp"
#include "planner/family.hpp"
#include "planner/phase_plans.hpp"
#include "planner/transposed_plans.hpp"

#include <algorithm>
#include <iterator>

namespace convforge {

std::vector<Candidate> proposals(const Problem &problem, const Platform &platform,
                                 std::optional<Algorithm> only) {
  problem.validate();
  check_types(problem, platform.target);
  std::vector<Candidate> all;
  for (const Family *family : families())
    if (family->quantised == problem.types.quantised() && (!only || family->algorithm == *only)) {
      std::ranges::move(family->plans(problem, platform), std::back_inserter(all));
      if (family->quantised) // copies of theirs are channels last, whatever the layout is
        continue;
      std::ranges::move(transposed_plans(*family, problem, platform), std::back_inserter(all));
      std::ranges::move(phase_plans(*family, problem, platform), std::back_inserter(all));
    }
  return all;
}

} // namespace convforge

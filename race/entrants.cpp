#include "race/entrants.hpp"

#include <algorithm>

namespace convforge {

std::vector<Plan> entrants(const std::vector<Candidate> &candidates, const EntrantRules &rules) {
  std::vector<Plan> firsts, others;
  std::size_t taken = 0; // of the best, whatever their algorithm
  for (const Candidate &candidate : candidates) {
    if (candidate.cycles() > candidates.front().cycles() * rules.most_times_the_choice)
      break; // they are sorted
    if (std::ranges::find(firsts, candidate.plan.algorithm, &Plan::algorithm) == firsts.end())
      firsts.push_back(candidate.plan);
    else if (taken < rules.most)
      others.push_back(candidate.plan);
    ++taken;
  }
  firsts.insert(firsts.end(), others.begin(), others.end());
  return firsts;
}

} // namespace convforge

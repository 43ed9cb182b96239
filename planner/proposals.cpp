#include "planner/proposals.hpp"

#include "planner/element_types.hpp"
#include "planner/family.hpp"
#include "planner/joined_plans.hpp"
#include "planner/phase_plans.hpp"
#include "planner/piece_plans.hpp"
#include "planner/plane_plans.hpp"
#include "planner/pooled_plans.hpp"
#include "planner/transposed_plans.hpp"

#include <algorithm>
#include <iterator>

namespace convforge {

namespace {

/// Of one channel to one, direct is depthwise with a vector of one channel, or of pixels by the same loops.
/// Where memory alone counts, the model could not tell them apart (32 channels at 512x512, stride 2: 11.7 ms,
/// depthwise 1.6; Zen 4).
bool has_better(const Family &family, const Problem &problem) {
  return family.algorithm == Algorithm::direct && !problem.types.quantised() && problem.depthwise() &&
         problem.group_out() == 1 && !problem.pools();
}

/// Of an ordinary forward convolution.
std::vector<Candidate> proposals_of_families(const Problem &problem, const Platform &platform,
                                             std::optional<Algorithm> only) {
  std::vector<Candidate> all;
  for (const Family *family : families())
    if (family->quantised == problem.types.quantised() &&
        (only ? family->algorithm == *only : !has_better(*family, problem))) {
      if (problem.pools()) {
        std::ranges::move(pooled_plans(*family, problem, platform), std::back_inserter(all));
        continue;
      }
      std::ranges::move(family->plans(problem, platform), std::back_inserter(all));
      if (family->quantised) // copies of theirs are channels last, whatever the layout is
        continue;
      std::ranges::move(transposed_plans(*family, problem, platform), std::back_inserter(all));
      std::ranges::move(phase_plans(*family, problem, platform), std::back_inserter(all));
      std::ranges::move(plane_plans(*family, problem, platform), std::back_inserter(all));
    }
  return all;
}

/// A piece takes any algorithm where the one that is asked for does not apply to it.
std::vector<Candidate> proposals_of_piece(const Problem &piece, const Platform &platform,
                                          std::optional<Algorithm> only) {
  std::vector<Candidate> all = proposals_of_families(piece, platform, only);
  return all.empty() && only ? proposals_of_families(piece, platform, {}) : all;
}

} // namespace

std::vector<Candidate> proposals(const Problem &problem, const Platform &platform,
                                 std::optional<Algorithm> only) {
  problem.validate();
  check_types(problem, platform.target);
  const auto all_in_pieces = [&] {
    return candidates_in_pieces(
        problem, [&](const Problem &piece) { return proposals_of_piece(piece, platform, only); });
  };
  if (!in_pieces(problem)) {
    std::vector<Candidate> whole = proposals_of_families(problem, platform, only);
    if (!whole.empty() && divides_by_taps(problem))
      std::ranges::move(all_in_pieces(), std::back_inserter(whole));
    return whole;
  }
  std::vector<Candidate> all = all_in_pieces();
  for (const Family *family : families())
    if (!family->quantised && (!only || family->algorithm == *only))
      std::ranges::move(joined_plans(*family, problem, platform), std::back_inserter(all));
  return all;
}

} // namespace convforge

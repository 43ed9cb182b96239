#include "planner/piece_plans.hpp"

#include "plan/channels_last.hpp"
#include "planner/family.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace convforge {

namespace {

/// Combinations that are proposed: the tuner races them.
constexpr std::size_t most_combinations = 12;

/// Of an output in NCHW that others' columns stand between: vectors along rows are stored element by element.
/// Beside NHWC 512 to 256 channels, 2x2 with stride 2 at 32x32, took 4 ns longer for each, 256 to 128, 4x4
/// with stride 2 at 16x16, 1.7 (Emerald Rapids).
constexpr double scattered_cycles = 3;

using Proposals = std::vector<Candidate>;

/// Number `rank` of every piece's, or its last one.
Candidate combination(const std::vector<Piece> &pieces, const std::vector<Proposals> &proposed,
                      std::size_t rank) {
  const auto chosen = [&](std::size_t piece) -> const Candidate & {
    return proposed[piece][std::min(rank, proposed[piece].size() - 1)];
  };
  const std::size_t largest = largest_piece(pieces);
  Candidate whole;
  std::vector<Plan> plans;
  for (std::size_t i = 0; i < pieces.size(); i++) {
    plans.push_back(chosen(i).plan);
    if (auto *winograd = std::get_if<WinogradPart>(&plans.back().part))
      winograd->prefetch = false; // it is of the kernel's one input
    whole.cost += of_piece(chosen(i).cost, pieces[i]);
  }
  whole.plan = plans[largest];
  whole.plan.pieces = std::move(plans);
  whole.reason = fmt::format("in {} pieces, of which the largest: {}", pieces.size(), chosen(largest).reason);
  return whole;
}

} // namespace

namespace {

/// Of the families of a plan, or of all of its pieces.
bool all_families(bool Family::*property, const Plan &plan, const Problem &problem) {
  if (plan.pieces.empty())
    return family_of(plan, planned_problem(problem, plan)).*property;
  const std::vector<Piece> pieces = pieces_of(problem);
  for (std::size_t i = 0; i < pieces.size(); i++)
    if (!all_families(property, plan.pieces.at(i), planned_piece(pieces[i])))
      return false;
  return true;
}

} // namespace

bool has_plain_sums(const Plan &plan, const Problem &problem) {
  return all_families(&Family::plain_sums, plan, problem);
}

bool takes_any_strides(const Plan &plan, const Problem &problem) {
  return all_families(&Family::any_strides, plan, problem);
}

Cost of_piece(Cost cost, const Piece &piece) {
  const Problem &problem = piece.problem;
  if (problem.layout == Layout::nchw && problem.output_strides().w > 1)
    cost.copies +=
        scattered_cycles * problem.batch * problem.out_channels * double(problem.volume(&Axis::output));
  return cost;
}

bool can_be_piece(const Plan &plan, const Piece &piece) {
  return (!plan.rearranges() && plan.planes == Planes::taps) || !piece.without_taps();
}

Problem planned_piece(const Piece &piece) {
  Problem problem = piece.problem;
  problem.in_channels = std::max(problem.in_channels, 1);
  return problem;
}

std::vector<Candidate>
candidates_in_pieces(const Problem &problem,
                     const std::function<std::vector<Candidate>(const Problem &piece)> &propose) {
  const std::vector<Piece> pieces = pieces_of(problem);
  std::vector<Proposals> proposed;
  std::size_t combinations = 0;
  for (const Piece &piece : pieces) {
    proposed.push_back(propose(planned_piece(piece)));
    std::erase_if(proposed.back(),
                  [&](const Candidate &candidate) { return !can_be_piece(candidate.plan, piece); });
    if (proposed.back().empty())
      return {};
    std::ranges::stable_sort(proposed.back(), {}, &Candidate::cycles);
    combinations = std::max(combinations, proposed.back().size());
  }
  std::vector<Candidate> all;
  for (std::size_t rank = 0; rank < std::min(combinations, most_combinations); rank++)
    all.push_back(combination(pieces, proposed, rank));
  return all;
}

Problem largest_planned_piece(const Problem &problem) {
  const std::vector<Piece> pieces = pieces_of(problem);
  return planned_piece(pieces[largest_piece(pieces)]);
}

const Plan &plan_of_largest(const Plan &plan, const Problem &problem) {
  return plan.pieces.at(largest_piece(pieces_of(problem)));
}

} // namespace convforge

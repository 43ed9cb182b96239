#include "planner/check_plan.hpp"

#include "plan/pooled_tiles.hpp"
#include "planner/checks.hpp"
#include "planner/element_types.hpp"
#include "planner/family.hpp"
#include "planner/piece_plans.hpp"
#include "planner/plane_plans.hpp"
#include "planner/rearranged_plans.hpp"
#include "problem/window_planes.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

/// The fields that stand for the largest piece are its own.
void check_fields_of_largest(const Plan &plan, const Problem &problem) {
  Plan own = plan;
  own.pieces.clear();
  const Plan &largest = plan_of_largest(plan, problem);
  own.why = largest.why;
  expect(own == largest, "pieces", "another plan than the fields beside them",
         "with the fields of the largest one beside them");
}

/// Of an ordinary forward convolution.
void check_plan_of_one(const Plan &plan, const Problem &problem, const Target &target) {
  expect(plan.part.index() == part_of(plan.algorithm).index(), "algorithm", name_of(plan.algorithm),
         "the one whose part the plan has");
  expect(!plan.regions.empty(), "regions", "none", "at least one");
  expect(problem.pools() || !plan.pools(), "pooled_rows", std::to_string(plan.pooled.rows),
         "0: the problem has no pooling");
  expect(!pools_tiles(plan, problem) || tile_pooling(plan, problem) != TilePooling::none, "pooled_rows", "0",
         "at least 1, or a plan in NHWC whose tiles are whole windows that share no output");
  expect(plan.pools() || plan.pooled.columns == 0, "pooled_columns", std::to_string(plan.pooled.columns),
         "0: there are no patches");
  expect(plan.planes == Planes::taps || has_window_planes(problem), "planes", name_of(plan.planes),
         "taps: the problem has no depth, or sums over one input channel");
  expect(plan.planes != Planes::channels || !plan.rearranges(), "planes", "channels",
         "gathered or taps, where tensors are rearranged");
  if (plan.rearranges())
    check_rearranged(plan, problem, target);
  else if (plan.planes == Planes::channels)
    check_planes_in_place(plan, problem, target);
  else
    family_of(plan, problem).check(plan, problem, target);
}

void check_pieces(const Plan &plan, const Problem &problem, const Target &target) {
  const bool by_taps = !plan.pieces.empty() && divides_by_taps(problem);
  const bool pieced = (in_pieces(problem) && !plan.joins_phases) || by_taps;
  const std::vector<Piece> pieces = pieced ? pieces_of(problem) : std::vector<Piece>{};
  expect(plan.pieces.size() == pieces.size(), "pieces", std::to_string(plan.pieces.size()),
         fmt::format("{}, as the problem has", pieces.size()));
  for (std::size_t i = 0; i < pieces.size(); i++) {
    expect(plan.pieces[i].pieces.empty(), "pieces", "of a piece", "none: pieces have no pieces");
    expect(can_be_piece(plan.pieces[i], pieces[i]), "transposed", "true",
           "false, no phases of dilations and planes as taps, of a piece without taps");
    const auto *winograd = std::get_if<WinogradPart>(&plan.pieces[i].part);
    expect(!winograd || !winograd->prefetch, "winograd_prefetch", "true", "false of pieces");
    check_plan_of_one(plan.pieces[i], planned_piece(pieces[i]), target);
  }
  if (!pieces.empty())
    check_fields_of_largest(plan, problem);
}

} // namespace

void check_plan(const Plan &plan, const Problem &problem, const Target &target) {
  check_types(problem, target);
  check_pieces(plan, problem, target);
  if (plan.pieces.empty())
    check_plan_of_one(plan, problem, target);
}

} // namespace convforge

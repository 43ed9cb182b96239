// Plans for Winograd down the columns alone: the register tiles of each size of tile that the problem's math
// allows.
#include "base/integer.hpp"
#include "plan/pooled_tiles.hpp"
#include "planner/cost.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/platform.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"
#include "planner/winograd/winograd_forms.hpp"
#include "planner/winograd_down/winograd_down_cost.hpp"
#include "planner/winograd_down/winograd_down_family.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

constexpr std::size_t tiles_weighed = 4; // candidates for each size of tile

std::string describe(const Problem &problem, const Candidate &candidate) {
  const WinogradPart &tiles = candidate.plan.winograd();
  const Region &region = candidate.plan.regions.front();
  return fmt::format("F({}x1,{}x{}), {} output channels x {} pixels in registers, {:.0f} % of the time for "
                     "transforms",
                     tiles.outputs_h, problem.height().kernel, problem.width().kernel, region.block,
                     region.tile_w, 100 * candidate.cost.copies / candidate.cycles());
}

Plan start(const Problem &problem, const Platform &platform, int outputs) {
  Plan plan = empty_plan(Algorithm::winograd);
  plan.rows_per_task = problem.height().output;
  plan.columns_per_task = problem.width().output;
  plan.winograd() = {outputs, 1, 1, vector_lanes(platform.target)};
  plan.parallel = ParallelAxis::pixels;
  return plan;
}

/// One row of tiles, but where rows are pooled half of the image, or all of one of several: each task
/// computes the row of tiles before its first once more.
void choose_rows_per_task(Plan &plan, const Problem &problem) {
  const int rows = ceil_div(problem.height().output, plan.winograd().outputs_h);
  plan.winograd().rows_per_task =
      !pools_in_rows(plan, problem) ? 1 : ceil_div(rows, problem.batch == 1 ? 2 : 1);
}

/// Every register tile of vectors of `lanes` that fits.
void add_blockings(std::vector<Candidate> &found, Plan &plan, const Problem &problem,
                   const Platform &platform, int lanes) {
  const int channels = problem.out_channels;
  for (int vectors = 1; vectors <= std::min(platform.target.tiles.channel_vectors, ceil_div(channels, lanes));
       vectors++) {
    for (int most = 1; most <= std::min(platform.target.vector_registers, problem.width().output); most++) {
      if (even_piece(problem.width().output, most) != most)
        continue;
      plan.regions = {Region{
          .channels = channels, .block = vectors * lanes, .lanes = lanes, .tile_w = most, .tile_h = 1}};
      if (problem.pools() && tile_pooling(plan, problem) == TilePooling::none)
        continue;
      choose_rows_per_task(plan, problem);
      if (registers_used(platform.target, register_tile(problem, plan, plan.regions.front())) <=
          platform.target.vector_registers)
        found.push_back({plan, cost_of_winograd_down(plan, problem, platform), {}});
    }
  }
}

/// One size of tile: the register tiles that cost least.
std::vector<Candidate> blockings(const Problem &problem, const Platform &platform, int outputs) {
  std::vector<Candidate> found;
  Plan plan = start(problem, platform, outputs);
  const int channels = problem.out_channels;
  const int lanes =
      std::min(vector_lanes(platform.target), static_cast<int>(std::bit_ceil(unsigned(channels))));
  add_blockings(found, plan, problem, platform, lanes);
  if (half_vectors_leave_less(platform, channels))
    add_blockings(found, plan, problem, platform, lanes / 2);
  std::ranges::stable_sort(found, {}, &Candidate::cycles);
  found.resize(std::min(found.size(), tiles_weighed));
  return found;
}

} // namespace

Cost cost_of_winograd_down(const Plan &plan, const Problem &problem, const Platform &platform) {
  return shared(winograd_down_cost(problem, platform, plan), plan, problem);
}

/// Not for the smallest problems, whose time is calls and starts that the model does not know.
std::vector<Candidate> winograd_down_plans(const Problem &problem, const Platform &platform) {
  std::vector<Candidate> plans;
  if (!winograd_down_obstacle(problem, platform.target).empty() || too_small_to_share(problem))
    return plans;
  for (const int outputs : winograd_down_tile_outputs(problem.height()))
    if (winograd_allowed(problem, outputs, 1))
      std::ranges::move(blockings(problem, platform, outputs), std::back_inserter(plans));
  for (Candidate &candidate : plans)
    candidate.reason = describe(problem, candidate);
  return plans;
}

} // namespace convforge

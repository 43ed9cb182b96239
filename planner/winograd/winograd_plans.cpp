// Plans for Winograd: the blockings of each size of tile that the problem's math allows.
#include "base/integer.hpp"
#include "plan/winograd_axis.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"
#include "planner/winograd/winograd_cost.hpp"
#include "planner/winograd/winograd_family.hpp"
#include "planner/winograd/winograd_forms.hpp"
#include "planner/winograd/winograd_shape.hpp"
#include "planner/winograd/winograd_stores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

constexpr std::size_t blockings_per_tile = 8; // candidates for each size of tile
constexpr int most_tiles_together = 96;       // of images: more are enough products of a weight
constexpr int least_tiles_in_a_part = 7;      // fewer fill no register tile of AVX-512

/// All blockings of one size of tile.
class Blockings {
public:
  Blockings(const Problem &problem, const Platform &platform, int outputs_h, int outputs_w)
      : problem_(problem), platform_(platform) {
    plan_ = empty_plan(Algorithm::winograd);
    plan_.rows_per_task = problem.height().output;
    plan_.columns_per_task = problem.width().output;
    plan_.winograd().outputs_h = outputs_h;
    plan_.winograd().outputs_w = outputs_w;
    plan_.winograd().input_lanes = input_lanes();
    plan_.winograd().output_passes = winograd_output_passes(
        platform.target, plan_.winograd(), winograd_points(problem.width(), outputs_w).points);
    choose_broadcast(plan_, problem, platform.target);
    plan_.unroll_c = plan_.broadcast_lanes;
  }

  /// The best few, one for each number of rows, part of a row and way to share the work.
  std::vector<Candidate> best() {
    const int rows = ceil_div(problem_.height().output, plan_.winograd().outputs_h);
    for (int at_once = 1, last = 0; at_once != last; at_once = next_even_piece(rows, last = at_once)) {
      plan_.winograd().rows_per_task = at_once;
      add(ParallelAxis::pixels);
      if (at_once == 1)
        add_parts_of_a_row();
      if (at_once == rows && !too_small_to_share(problem_))
        add(ParallelAxis::channels);
      if (at_once == rows)
        add_images_together();
    }
    std::ranges::stable_sort(found_, {}, &Candidate::cycles);
    found_.resize(std::min(found_.size(), blockings_per_tile));
    for (Candidate &candidate : found_) {
      candidate.plan.winograd().prefetch = winograd_prefetches(problem_, candidate.plan, platform_);
      candidate.reason = describe(candidate);
    }
    return found_;
  }

private:
  /// Tiles of several images as one product, as few images as make many tiles.
  void add_images_together() {
    const int tiles = winograd_tiling(problem_, plan_).tiles_per_task;
    for (const int images : divisors(problem_.batch)) {
      if (images == 1 || tiles > most_tiles_together / 2)
        continue;
      plan_.winograd().images_per_task = images;
      if (images < problem_.batch)
        add(ParallelAxis::pixels);
      if (!too_small_to_share(problem_))
        add(ParallelAxis::channels);
      if (images * tiles > most_tiles_together)
        break;
    }
    plan_.winograd().images_per_task = 1;
  }

  /// Equal parts of a row of tiles, as tasks of their own: of a wide image with many channels they stay in
  /// L2.
  void add_parts_of_a_row() {
    const int tiles = ceil_div(problem_.width().output, plan_.winograd().outputs_w);
    for (const int parts : divisors(tiles)) {
      if (tiles / parts < least_tiles_in_a_part)
        break;
      plan_.columns_per_task = tiles / parts * plan_.winograd().outputs_w;
      add(ParallelAxis::pixels);
    }
    plan_.columns_per_task = problem_.width().output;
  }

  /// The best register tile: blocks of `vectors` vectors beside tiles spread evenly over a task.
  void add(ParallelAxis parallel) {
    plan_.parallel = too_small_to_share(problem_) ? ParallelAxis::none : parallel;
    Candidate best;
    const int lanes = channel_lanes();
    consider_tiles(best, lanes);
    if (half_vectors_leave_less(platform_, problem_.group_out()))
      consider_tiles(best, lanes / 2);
    found_.push_back(best);
  }

  void consider_tiles(Candidate &best, int lanes) {
    for (int vectors = 1; vectors <= platform_.target.tiles.channel_vectors; vectors++) {
      plan_.regions = {channel_blocks(vectors, lanes)};
      const int tiles = winograd_tiling(problem_, plan_).tiles_per_task;
      const WinogradRooms rooms = winograd_rooms(problem_, plan_);
      for (int most = 1; most <= std::min(platform_.target.vector_registers, tiles); most++) {
        plan_.regions.front().tile_w = most;
        if (even_piece(tiles, most) == most && fits_registers())
          consider(best, rooms);
      }
    }
  }

  int channel_lanes() const {
    return std::min(vector_lanes(platform_.target),
                    static_cast<int>(std::bit_ceil(unsigned(problem_.group_out()))));
  }

  Region channel_blocks(int vectors, int lanes) const {
    return {
        .channels = problem_.group_out(), .block = vectors * lanes, .lanes = lanes, .tile_w = 1, .tile_h = 1};
  }

  /// Whole vectors, and as many as waste no more channels than one would and leave half of L1 to the image.
  int input_lanes() const {
    const int channels = problem_.group_in(),
              points = plan_.winograd().outputs_h + problem_.height().kernel - 1;
    const auto padded = [&](int lanes) { return ceil_div(channels, lanes) * lanes; };
    const int vector =
        std::min(vector_lanes(platform_.target), static_cast<int>(std::bit_floor(unsigned(channels))));
    int lanes = vector;
    for (int more = 2 * vector; more <= std::min(most_transformed_channels(platform_.target), channels);
         more *= 2) {
      const long row = long(element_bytes(problem_, plan_).accumulator) * more * points *
                       (problem_.width().output + problem_.width().kernel);
      lanes = padded(more) == padded(vector) && double(row) <= platform_.machine.l1_bytes / 2 ? more : lanes;
    }
    return lanes;
  }

  bool fits_registers() const {
    return registers_used(platform_.target, register_tile(problem_, plan_, plan_.regions.front())) <=
           platform_.target.vector_registers;
  }

  void consider(Candidate &best, const WinogradRooms &rooms) const {
    const WinogradShape shape = winograd_shape(problem_, plan_, rooms);
    const Cost cost = shared(winograd_cost(problem_, platform_, plan_, shape), plan_, problem_);
    if (best.plan.regions.empty() || cost.total() < best.cycles()) {
      best.plan = plan_;
      best.cost = cost;
    }
  }

  std::string describe(const Candidate &candidate) const {
    const WinogradPart &tiles = candidate.plan.winograd();
    const Region &region = candidate.plan.regions.front();
    return fmt::format(
        "F({}x{},{}x{}), {} output channels x {} tiles in registers, {} at once, {:.0f} % of the time for "
        "transforms",
        tiles.outputs_h, tiles.outputs_w, problem_.height().kernel, problem_.width().kernel, region.block,
        region.tile_w, winograd_task_in_words(candidate.plan, problem_),
        100 * candidate.cost.copies / candidate.cycles());
  }

  const Problem &problem_;
  const Platform &platform_;
  Plan plan_;
  std::vector<Candidate> found_;
};

} // namespace

std::vector<Candidate> winograd_plans(const Problem &problem, const Platform &platform) {
  std::vector<Candidate> plans;
  if (problem.layout != Layout::nhwc || !winograd_obstacle(problem).empty())
    return plans;
  for (const int h : winograd_tile_outputs(problem.height())) {
    for (const int w : winograd_tile_outputs(problem.width()))
      if (winograd_allowed(problem, h, w))
        std::ranges::move(Blockings(problem, platform, h, w).best(), std::back_inserter(plans));
  }
  return plans;
}

} // namespace convforge

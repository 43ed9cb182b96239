// Plans for direct and pointwise: regions of output channels and the register tile of each. Channels that do
// not fill a block become a region of their own, and pixels are split evenly.
#include "base/integer.hpp"
#include "plan/fused_pixels.hpp"
#include "plan/pointwise.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/direct/direct_family.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

constexpr int most_phases = 16;            // of a stride, that a copy along rows sorts columns by
constexpr int most_rows = 4;               // pixel rows of a tile
constexpr int most_fused_pixels = 8;       // of a tile: each has an address in a register (x86 has 16)
constexpr int most_lane_regions = 2;       // of vectors along input channels
constexpr std::size_t tiles_per_shape = 4; // pixel tiles worth proposing beside one number of vectors

struct Tiled {
  Region region;
  double cycles;
};

/// Where taps in the padding are skipped, a loop over input channels stands for each kernel column and each
/// kind of tile (left edge, middle, right edge): no more than this many columns, so that code stays small.
constexpr int most_columns_written_out = 9;

/// Input elements that are broadcast one by one cost a conversion each: a copy of a task's input, converted
/// by whole vectors, serves all blocks of channels.
bool converts_scalars(const Problem &problem) {
  return problem.layout == Layout::nhwc && problem.types.source != problem.types.accumulator();
}

/// Can the taps that meet the padding be left out, instead of copying the input with zeros around it? Rows
/// bound the loop over kernel rows, so all pixels of a tile must be in one.
bool can_skip_padding(const Problem &problem, const Platform &platform) {
  // One kernel row leaves no loop to bound: a lone row of padding above was read (1x1, ph1, one row more out
  // than in).
  const bool rows_to_skip = problem.height().kernel > 1 || !needs_padding(problem.height());
  return platform.target.broadcast_lanes == 1 && problem.layout == Layout::nhwc && rows_to_skip &&
         !converts_scalars(problem) && problem.width().kernel <= most_columns_written_out;
}

/// In NCHW a copy also brings the columns that a strided vector reads side by side.
bool needs_copy(const Problem &problem) {
  return needs_padding(problem) || converts_scalars(problem) ||
         (problem.layout == Layout::nchw && problem.width().stride > 1);
}

/// With many vectors a broadcast element serves enough multiply-adds; with wide strides or dilation pixels
/// share few elements.
bool can_reuse_columns(const Problem &problem, int vectors) {
  const Axis &width = problem.width();
  return vectors == 1 && width.kernel > 1 && width.kernel <= 5 && width.stride == 1 && width.dilation == 1;
}

/// Is a loop with two pointers to the weights multiply-adds enough? What LLVM writes is a load for each
/// vector of weights and each pixel, and five instructions of addresses and control.
bool multiplies_enough(const RegisterTile &tile) {
  constexpr double least_share = 0.75, control = 5;
  const double multiply_adds = tile.lanes * tile.accumulators();
  return multiply_adds >= least_share * (multiply_adds + tile.lanes * tile.vectors + tile.scalars + control);
}

/// Leaves those tiles, where there are any: few pixels or channels may have none.
void keep_multiplying(std::vector<Tiled> &tiled, const Problem &problem, const Plan &plan) {
  const auto enough = [&](const Tiled &candidate) {
    return multiplies_enough(register_tile(problem, plan, candidate.region));
  };
  if (plan.two_weight_pointers() && std::ranges::any_of(tiled, enough))
    std::erase_if(tiled, [&](const Tiled &candidate) { return !enough(candidate); });
}

/// A region with every even split of the pixels that fits the registers, cheapest first.
std::vector<Tiled> pixel_tiles(const Problem &problem, const Platform &platform, const Plan &plan,
                               Region region) {
  std::vector<Tiled> tiled;
  const Problem loops = loop_problem(problem, plan);
  const int width = loops.width().output;
  const int widest = plan.fuses_pixels() ? most_fused_pixels : platform.target.vector_registers;
  for (int h = 1; h <= (plan.window().skip_rows ? 1 : std::min(most_rows, loops.height().output)); h++) {
    for (int w = 1; w <= std::min(widest, width); w++) {
      region.tile_w = w;
      region.tile_h = h;
      if (even_piece(width, w) == w && registers_used(platform.target, register_tile(loops, plan, region)) <=
                                           platform.target.vector_registers) {
        tiled.push_back({region, region_cost(loops, platform, plan, region).total()});
      }
    }
  }
  keep_multiplying(tiled, problem, plan);
  std::ranges::stable_sort(tiled, {}, &Tiled::cycles);
  return tiled;
}

/// Output channels as a row of regions, each with its tile.
using Regions = std::vector<Region>;

/// Adds a region to every set: the first region of a set in several tiles, the others in their best.
void add_region(std::vector<Regions> &sets, const Problem &problem, const Platform &platform,
                const Plan &plan, const Region &region) {
  if (region.channels == 0)
    return;
  const auto tiled = pixel_tiles(problem, platform, plan, region);
  if (sets.empty()) {
    for (std::size_t i = 0; i < std::min(tiled.size(), tiles_per_shape); i++)
      sets.push_back({tiled[i].region});
    return;
  }
  for (Regions &regions : sets)
    regions.push_back(tiled.front().region);
}

/// Blocks of another width at the end, so that no vectors are left over.
struct LastBlocks {
  int blocks = 0, vectors = 0;
};

/// Three and five vectors make up every number from eight on: 16 are 2 x 3 + 2 x 5. The one or two that
/// blocks of three leave would run at 80 to 90 % of Cortex-A510's peak, beside 93 (llvm-mca). None where the
/// loops have no use for it, or it does not come out even.
LastBlocks last_blocks(const Plan &plan, int all, int vectors) {
  const int other = 8 - vectors;
  if (plan.two_weight_pointers() && (vectors == 3 || vectors == 5)) {
    for (int blocks = 1; blocks < vectors && blocks * other <= all; blocks++)
      if ((all - blocks * other) % vectors == 0 && all % vectors != 0)
        return {blocks, other};
  }
  return {};
}

/// Vectors along channels: whole blocks of `vectors` vectors, then the vectors that are left (last_blocks()
/// may leave none), the last of them masked (`masked`), or the channels after the last whole vector in one no
/// wider than they need.
std::vector<Regions> channel_regions(const Problem &problem, const Platform &platform, const Plan &plan,
                                     int vectors, bool masked) {
  const int lanes = vector_lanes(platform.target), channels = problem.group_out();
  const LastBlocks last = last_blocks(plan, channels / lanes, vectors);
  const int whole_blocks = (channels / lanes - last.blocks * last.vectors) / vectors * (lanes * vectors);
  const int whole_vectors = channels / lanes * lanes;
  const int rest = channels - whole_vectors;
  std::vector<Regions> sets;
  const auto add = [&](int first, int count, int block, int width) {
    add_region(sets, problem, platform, plan,
               {.first_channel = first, .channels = count, .block = block, .lanes = width});
  };
  add(0, whole_blocks, lanes * vectors, lanes);
  if (masked) {
    add(whole_blocks, channels - whole_blocks, ceil_div(channels - whole_blocks, lanes) * lanes, lanes);
    return sets;
  }
  const int others = whole_vectors - whole_blocks;
  add(whole_blocks, others, last.blocks > 0 ? lanes * last.vectors : others, lanes);
  const int narrow = static_cast<int>(std::bit_ceil(unsigned(rest)));
  add(whole_vectors, rest, narrow, narrow);
  return sets;
}

/// Vectors along input channels, `most` output channels beside them: for few output channels.
std::vector<Regions> lane_regions(const Problem &problem, const Platform &platform, const Plan &plan,
                                  int most) {
  const int channels = problem.group_out(), block = even_piece(channels, most);
  const int lanes =
      std::min(vector_lanes(platform.target), 1 << std::countr_zero(unsigned(problem.group_in())));
  std::vector<Regions> sets;
  if (lanes == 1 || block != most || ceil_div(channels, most) > most_lane_regions)
    return sets;
  for (int first = 0; first < channels; first += block) {
    add_region(
        sets, problem, platform, plan,
        {.first_channel = first, .channels = std::min(block, channels - first), .block = 1, .lanes = lanes});
  }
  return sets;
}

/// Vectors along a row of pixels, output channels beside them (NCHW). Rows shorter than a vector take a
/// narrower one.
std::vector<Regions> width_regions(const Problem &problem, const Platform &platform, const Plan &plan,
                                   int vectors) {
  const int width = problem.width().output, channels = problem.group_out();
  const int lanes =
      std::min(vector_lanes(platform.target), static_cast<int>(std::bit_floor(unsigned(width))));
  std::vector<Regions> sets;
  for (int block = 1;
       vectors * lanes <= width && block <= std::min(platform.target.vector_registers, channels); block++) {
    if (even_piece(channels, block) != block)
      continue;
    Region region{.channels = channels / block * block,
                  .block = block,
                  .lanes = lanes,
                  .tile_w = vectors * lanes,
                  .tile_h = 1};
    if (registers_used(platform.target, register_tile(problem, plan, region)) >
        platform.target.vector_registers) {
      continue;
    }
    sets.push_back({region});
    if (channels % block > 0) {
      region.first_channel = region.channels;
      region.channels = region.block = channels % block;
      sets.back().push_back(region);
    }
  }
  return sets;
}

/// Completes a plan for each set of regions. `problem` is the one the loops run over.
void propose(std::vector<Candidate> &all, const Problem &problem, const Platform &platform, Plan plan,
             const std::vector<Regions> &sets) {
  for (const Regions &regions : sets) {
    plan.regions = regions;
    choose_tasks(plan, problem, platform);
    for (Region &region : plan.regions)
      region.unroll_tiles = must_unroll_tiles(plan, region, problem);
    choose_unrolling(plan, problem, platform.target);
    if (std::ranges::find(all, plan, &Candidate::plan) == all.end()) {
      Cost cost = direct_cost(problem, platform, plan);
      cost.overhead += (sharing_factor(plan, problem) - 1) * cost.total();
      all.push_back({plan, cost, tiles_in_words(plan)});
    }
  }
}

/// All ways to tile NHWC, the plan's input copied or not.
void propose_channels_last(std::vector<Candidate> &all, const Problem &problem, const Platform &platform,
                           Plan plan) {
  for (int vectors = 1; vectors <= platform.target.tiles.direct_channel_vectors; vectors++) {
    plan.vector_axis = VectorAxis::channel;
    choose_broadcast(plan, problem, platform.target);
    if (plan.two_weight_pointers() && vectors % 2 == 0)
      continue; // 88 to 91 % of Cortex-A510's peak, where three and five vectors come to 93 (docs/arm.md)
    propose(all, problem, platform, plan, channel_regions(problem, platform, plan, vectors, false));
    if (platform.target.broadcast_lanes > 1 || plan.fuses_pixels())
      continue; // what follows is written for machines that load every scalar by itself, row by row
    if (masks_vectors(platform.target, problem.types.destination))
      propose(all, problem, platform, plan, channel_regions(problem, platform, plan, vectors, true));
    if (can_reuse_columns(problem, vectors)) {
      plan.direct().window.taps_innermost = true;
      propose(all, problem, platform, plan, channel_regions(problem, platform, plan, vectors, false));
      plan.direct().window.taps_innermost = false;
    }
    if (plan.window().padded_copy ||
        !needs_padding(problem)) { // edges and sums of lanes together are much code
      plan.vector_axis = VectorAxis::input_channel;
      propose(all, problem, platform, plan, lane_regions(problem, platform, plan, vectors));
    }
  }
}

/// Would a copy along rows have a loop for each of many phases of the stride (column_phases.hpp)? Of 160
/// Halide makes half a minute of code, of 320 it comes to no end. Such problems are computed as NHWC, which
/// 3-D cannot.
bool copies_too_many_phases(const Problem &problem) {
  const double transposed = double(bytes_of(problem.types.accumulator())) * problem.in_channels *
                            double(problem.volume(&Axis::input));
  return problem.layout == Layout::nchw && !problem.has_depth() && problem.width().stride > most_phases &&
         transposed < double(1U << 31);
}

std::vector<Candidate> plans(const Problem &problem, const Platform &platform, Algorithm algorithm) {
  Plan plan = empty_plan(algorithm);
  Window &window = plan.direct().window;
  std::vector<Candidate> all;
  for (const bool copied : {false, true}) {
    window.padded_copy = copied;
    if (copied ? !needs_copy(problem) : needs_copy(problem) && !can_skip_padding(problem, platform))
      continue;
    if (copied && copies_too_many_phases(problem))
      continue;
    window.skip_rows = !copied && needs_padding(problem.height());
    window.skip_columns = !copied && needs_padding(problem.width());
    if (problem.layout == Layout::nhwc) {
      propose_channels_last(all, problem, platform, plan);
      continue;
    }
    plan.vector_axis = VectorAxis::width;
    choose_broadcast(plan, problem, platform.target);
    for (int vectors = 1; vectors <= platform.target.tiles.channel_vectors; vectors++)
      propose(all, problem, platform, plan, width_regions(problem, platform, plan, vectors));
  }
  return all;
}

/// Has the last tile of a row nothing left over, whatever its size is?
bool rows_fill_tiles(const Problem &problem) {
  constexpr int all_sizes = 12; // what 2, 3, 4 and 6 pixels divide
  return problem.width().output % all_sizes == 0;
}

} // namespace

std::vector<Candidate> fused_plans(const Problem &problem, const Platform &platform) {
  std::vector<Candidate> all;
  if (!can_fuse_pixels(problem) || platform.target.broadcast_lanes > 1 || is_pointwise(problem) ||
      problem.depthwise() ||      rows_fill_tiles(problem))
    return all;
  Plan plan = empty_plan(Algorithm::direct);
  plan.direct().fused_pixels = true;
  plan.direct().window.padded_copy = needs_copy(problem);
  propose_channels_last(all, problem, platform, plan);
  return all;
}

std::vector<Candidate> direct_plans(const Problem &problem, const Platform &platform) {
  return plans(problem, platform, Algorithm::direct);
}

std::vector<Candidate> pointwise_plans(const Problem &problem, const Platform &platform) {
  return is_pointwise(problem) ? plans(fuse_pixels(problem), platform, Algorithm::pointwise)
                               : std::vector<Candidate>{};
}

} // namespace convforge

#include "planner/direct/direct_regions.hpp"

#include "base/integer.hpp"
#include "plan/fused_pixels.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/tiles.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

constexpr int most_rows = 4;               // pixel rows of a tile
constexpr int most_fused_pixels = 8;       // of a tile: each has an address in a register (x86 has 16)
constexpr int most_lane_regions = 2;       // of vectors along input channels
constexpr std::size_t tiles_per_shape = 4; // pixel tiles worth proposing beside one number of vectors

struct Tiled {
  Region region;
  double cycles;
};

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

} // namespace

std::vector<Regions> channel_regions(const Problem &problem, const Platform &platform, const Plan &plan,
                                     int vectors, bool masked, int lanes) {
  const int channels = problem.group_out();
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

} // namespace convforge

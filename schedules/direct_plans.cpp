// Plans for direct and pointwise: regions of output channels and the register tile of each. Channels that do
// not fill a block become a region of their own, and pixels are split evenly.
#include "algorithms/pointwise.hpp"
#include "candidate.hpp"
#include "direct_cost.hpp"
#include "machine.hpp"
#include "tasks.hpp"
#include "tiles.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

constexpr int most_rows = 4;               // pixel rows of a tile
constexpr std::size_t tiles_per_shape = 4; // pixel tiles worth proposing beside one number of vectors

struct Tiled {
  Region region;
  double cycles;
};

/// A region with every even split of the pixels that fits the registers, cheapest first.
std::vector<Tiled> pixel_tiles(const Problem &problem, const Target &target, const Plan &plan,
                               Region region) {
  std::vector<Tiled> tiled;
  for (int h = 1; h <= std::min(most_rows, problem.height.output); h++) {
    for (int w = 1; w <= std::min(vector_registers(target), problem.width.output); w++) {
      region.tile_w = w;
      region.tile_h = h;
      if (even_piece(problem.width.output, w) == w &&
          registers_used(target, register_tile(plan, region)) <= vector_registers(target)) {
        tiled.push_back({region, region_cost(problem, target, plan, region).total()});
      }
    }
  }
  std::ranges::stable_sort(tiled, {}, &Tiled::cycles);
  return tiled;
}

/// Vectors along channels: whole blocks of `vectors` vectors, then the vectors that are left, then the
/// channels that are left, in a vector no wider than they need. One set of regions for each tile of the
/// first; the others take their best.
std::vector<std::vector<Region>> channel_regions(const Problem &problem, const Target &target,
                                                 const Plan &plan, int vectors) {
  const int lanes = vector_lanes(target), channels = problem.group_out();
  const int whole_blocks = channels / (lanes * vectors) * (lanes * vectors);
  const int whole_vectors = channels / lanes * lanes;
  std::vector<std::vector<Region>> sets;
  const auto add = [&](int first, int count, int width, int per_block) {
    if (count == 0) {
      return;
    }
    const auto tiled =
        pixel_tiles(problem, target, plan,
                    {.first_channel = first, .channels = count, .block = width * per_block, .lanes = width});
    if (sets.empty()) {
      for (std::size_t i = 0; i < std::min(tiled.size(), tiles_per_shape); i++) {
        sets.push_back({tiled[i].region});
      }
      return;
    }
    for (auto &regions : sets) {
      regions.push_back(tiled.front().region);
    }
  };
  add(0, whole_blocks, lanes, vectors);
  add(whole_blocks, whole_vectors - whole_blocks, lanes, (whole_vectors - whole_blocks) / lanes);
  const int rest = channels - whole_vectors;
  add(whole_vectors, rest, static_cast<int>(std::bit_ceil(unsigned(rest))), 1);
  return sets;
}

/// Vectors along a row of pixels, output channels beside them (NCHW). Rows shorter than a vector take a
/// narrower one.
std::vector<std::vector<Region>> width_regions(const Problem &problem, const Target &target, const Plan &plan,
                                               int vectors) {
  const int width = problem.width.output, channels = problem.group_out();
  const int lanes = std::min(vector_lanes(target), static_cast<int>(std::bit_floor(unsigned(width))));
  std::vector<std::vector<Region>> sets;
  for (int block = 1; vectors * lanes <= width && block <= std::min(vector_registers(target), channels);
       block++) {
    if (even_piece(channels, block) != block) {
      continue;
    }
    Region region{.channels = channels / block * block,
                  .block = block,
                  .lanes = lanes,
                  .tile_w = vectors * lanes,
                  .tile_h = 1};
    if (registers_used(target, register_tile(plan, region)) > vector_registers(target)) {
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

/// `problem` is the one the loops run over.
std::vector<Candidate> plans(const Problem &problem, const Target &target, Algorithm algorithm) {
  Plan plan;
  plan.algorithm = algorithm;
  plan.padded_copy = needs_padding(problem);
  const bool channels_last = problem.layout == Layout::nhwc;
  plan.vector_axis = channels_last ? VectorAxis::channel : VectorAxis::width;
  choose_broadcast(plan, problem, target);
  std::vector<Candidate> all;
  for (int vectors = 1; vectors <= most_channel_vectors(target); vectors++) {
    const auto sets = channels_last ? channel_regions(problem, target, plan, vectors)
                                    : width_regions(problem, target, plan, vectors);
    for (const auto &regions : sets) {
      plan.regions = regions;
      choose_tasks(plan, problem, target);
      choose_unrolling(plan, problem);
      if (std::ranges::find(all, plan, &Candidate::plan) == all.end()) {
        all.push_back({plan, direct_cost(problem, target, plan), tiles_in_words(plan)});
      }
      plan.unroll_c = 1;
    }
  }
  return all;
}

} // namespace

std::vector<Candidate> direct_plans(const Problem &problem, const Target &target) {
  return plans(problem, target, Algorithm::direct);
}

std::vector<Candidate> pointwise_plans(const Problem &problem, const Target &target) {
  return is_pointwise(problem) ? plans(fuse_pixels(problem), target, Algorithm::pointwise)
                               : std::vector<Candidate>{};
}

} // namespace convforge

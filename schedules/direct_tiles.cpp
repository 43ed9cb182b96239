#include "tiles.hpp"

#include "cost.hpp"
#include "machine.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

constexpr int tile_overhead_cycles = 40; // zeroing, epilogue and addresses of a tile, beside its stores

int pieces(int extent, int size) {
  return (extent + size - 1) / size;
}

/// What a candidate needs to be judged: its shape, and how often it runs.
struct Candidate {
  RegisterTile tile;
  Region region;
};

double region_cycles(const Problem &problem, const Target &target, const Candidate &candidate,
                     double l2_share) {
  const Region &region = candidate.region;
  const double taps = double(problem.group_in()) * problem.height.kernel * problem.width.kernel;
  const double tiles = double(problem.batch) * problem.groups * region.blocks() *
                       pieces(problem.width.output, region.tile_w) *
                       pieces(problem.height.output, region.tile_h);
  const double bytes = candidate.tile.vectors * region.lanes * 4.0 * l2_share;
  return tiles * (taps * cycles_per_tap(target, candidate.tile, bytes) + tile_overhead_cycles +
                  candidate.tile.accumulators());
}

/// Weights of a block that stay in L1 while its tiles run cost nothing; the rest comes from L2 at every tile.
double weights_from_l2(const Problem &problem, const Target &target, int block) {
  const double panel = 4.0 * problem.group_in() * problem.height.kernel * problem.width.kernel * block;
  return panel > 0.5 * l1_bytes(target) ? 1.0 : 0.0;
}

/// The best pixels beside a fixed number of channel vectors.
Candidate best_pixels(const Problem &problem, const Target &target, Region region, int vectors,
                      double &cycles) {
  Candidate best;
  cycles = 1e300;
  for (int h = 1; h <= std::min(4, problem.height.output); h++) {
    for (int most = 1; most <= std::min(vector_registers(target), problem.width.output); most++) {
      const int w = even_piece(problem.width.output, most);
      Candidate candidate{{vectors, w * h}, region};
      candidate.region.tile_w = w;
      candidate.region.tile_h = h;
      if (w != most || registers_used(target, candidate.tile) > vector_registers(target)) {
        continue;
      }
      const double now =
          region_cycles(problem, target, candidate, weights_from_l2(problem, target, region.block));
      if (now < cycles) {
        cycles = now;
        best = candidate;
      }
    }
  }
  return best;
}

/// Vectors along channels: whole blocks of `vectors` vectors, then the vectors that are left, then the
/// channels that are left, in a vector no wider than they need.
Tiling channel_tiles(const Problem &problem, const Target &target, int vectors) {
  const int lanes = vector_lanes(target), channels = problem.group_out();
  Tiling tiling;
  const auto add = [&](int first, int count, int width, int per_block) {
    if (count > 0) {
      Region region{.first_channel = first, .channels = count, .block = width * per_block, .lanes = width};
      double cycles = 0;
      tiling.regions.push_back(best_pixels(problem, target, region, per_block, cycles).region);
      tiling.cycles += cycles;
    }
  };
  const int whole_blocks = channels / (lanes * vectors) * (lanes * vectors);
  const int whole_vectors = channels / lanes * lanes;
  const int rest = channels - whole_vectors;
  add(0, whole_blocks, lanes, vectors);
  add(whole_blocks, whole_vectors - whole_blocks, lanes, (whole_vectors - whole_blocks) / lanes);
  add(whole_vectors, rest, static_cast<int>(std::bit_ceil(unsigned(rest))), 1);
  return tiling;
}

/// Vectors along a row of pixels, output channels beside them (NCHW). Rows shorter than a vector take a
/// narrower one.
Tiling width_tiles(const Problem &problem, const Target &target, int vectors, int most_channels) {
  Tiling tiling{.vector_axis = VectorAxis::width};
  const int width = problem.width.output, channels = problem.group_out();
  const int lanes = std::min(vector_lanes(target), static_cast<int>(std::bit_floor(unsigned(width))));
  const int block = even_piece(channels, most_channels);
  if (vectors * lanes > width || block != std::min(most_channels, channels)) {
    tiling.cycles = 1e300;
    return tiling;
  }
  const auto add = [&](int first, int count, int per_block) {
    if (count > 0) {
      Candidate candidate{{vectors, per_block},
                          {.first_channel = first,
                           .channels = count,
                           .block = per_block,
                           .lanes = lanes,
                           .tile_w = vectors * lanes,
                           .tile_h = 1}};
      if (registers_used(target, candidate.tile) > vector_registers(target)) {
        tiling.cycles = 1e300;
      }
      tiling.regions.push_back(candidate.region);
      tiling.cycles += region_cycles(problem, target, candidate, 0);
    }
  };
  add(0, channels / block * block, block);
  add(channels / block * block, channels % block, channels % block);
  return tiling;
}

} // namespace

Tiling direct_tiles(const Problem &problem, const Target &target) {
  Tiling best{.cycles = 1e300};
  const auto consider = [&](Tiling tiling) {
    if (tiling.cycles < best.cycles) {
      best = std::move(tiling);
    }
  };
  for (int vectors = 1; vectors <= 4; vectors++) {
    if (problem.layout == Layout::nhwc) {
      consider(channel_tiles(problem, target, vectors));
      continue;
    }
    for (int channels = 1; channels <= vector_registers(target); channels++) {
      consider(width_tiles(problem, target, vectors, channels));
    }
  }
  return best;
}

} // namespace convforge

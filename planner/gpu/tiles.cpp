#include "planner/gpu/tiles.hpp"
#include "base/integer.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace convforge {

namespace {

constexpr int most_fmas_in_loop = 1024; // 16 KB of code; the first instruction cache holds 32 to 128 KB
constexpr int most_chunk = 32;
// What a multiprocessor needs resident to hide latencies: a warp for each of its four schedulers, and so many
// independent sums that loads from shared memory (some 25 cycles) hide behind FMAs.
constexpr double warps_wanted = 4, outputs_wanted = 2048;

/// Registers of a thread, from ptxas' reports: accumulators, as many again in flight, addresses.
int registers_of(const GpuPlan &plan) {
  return 32 + 2 * plan.thread_pixels * plan.thread_channels;
}

/// Taps staged at once: as many as fit the loop, dividing the channels; else through all taps.
void choose_chunk(GpuPlan &plan, const Problem &shape) {
  const int outputs = plan.thread_pixels * plan.thread_channels;
  const int most = std::min(most_chunk, most_fmas_in_loop / outputs);
  // NHWC reads four channels at once.
  const int step = shape.layout == Layout::nhwc && shape.group_in() % 4 == 0 ? 4 : 1;
  // A loop of one iteration is none: ptxas then moves all loads to the front, and spills (32 channels, 1x1).
  const bool only_loop = shape.height().kernel * shape.width().kernel == 1 && shape.group_in() >= 8;
  const int channels = only_loop ? shape.group_in() / 2 : shape.group_in();
  plan.chunk = 0;
  for (int chunk = step; chunk <= std::min(most, channels); chunk += step)
    if (shape.group_in() % chunk == 0)
      plan.chunk = chunk;
  plan.flat_taps = plan.chunk < std::min(4, taps_of(shape)) && taps_of(shape) > shape.group_in();
  if (plan.flat_taps || plan.chunk == 0) {
    const int loops = ceil_div(taps_of(shape), std::min(most, 16));
    plan.chunk = ceil_div(taps_of(shape), loops);
    plan.flat_taps = true;
  }
}

/// Blocks that a multiprocessor holds at once.
int resident_blocks(const Problem &shape, const GpuPlan &plan, const GpuMachine &machine) {
  return std::min({machine.most_blocks, machine.most_threads / plan.threads(),
                   machine.registers / (registers_of(plan) * plan.threads()),
                   machine.shared_bytes / std::max(1, shared_bytes(shape, plan) + 1024)});
}

} // namespace

int shared_bytes(const Problem &shape, const GpuPlan &plan) {
  const int padding = shape.layout == Layout::nhwc ? 4 : 0;
  return static_cast<int>(bytes_of(shape.types.accumulator())) * plan.chunk *
         (plan.tile_pixels + padding + plan.tile_channels);
}

double fma_share(const GpuPlan &plan) {
  const double fmas = double(plan.thread_pixels) * plan.thread_channels * plan.chunk;
  const double shared_loads =
      plan.chunk * (ceil_div(plan.thread_pixels, 4) + ceil_div(plan.thread_channels, 4));
  const double staged = double(plan.chunk) * (plan.tile_pixels + plan.tile_channels) / plan.threads();
  constexpr double control = 16; // addresses, barriers, the branch
  return fmas / (fmas + shared_loads + 1.5 * staged + control);
}

double bytes_per_flop(const GpuPlan &plan) {
  return static_cast<double>(bytes_of(ElementTypes{}.accumulator())) *
         (plan.tile_pixels + plan.tile_channels) / (2.0 * plan.tile_pixels * plan.tile_channels);
}

double predicted_cycles(const Problem &shape, const GpuPlan &plan, const GpuMachine &machine) {
  const int resident = resident_blocks(shape, plan, machine);
  if (resident == 0)
    return 1e300;
  const double blocks = static_cast<double>(grid_of(shape, plan).blocks());
  const double rounds = std::ceil(blocks / machine.multiprocessors); // blocks that the busiest one computes
  const double at_once = std::min<double>(resident, rounds), warps = at_once * plan.threads() / 32;
  const double outputs = at_once * plan.tile_pixels * plan.tile_channels;
  const double busy = std::min({1.0, warps / warps_wanted, outputs / outputs_wanted});
  const double fmas = double(plan.tile_pixels) * plan.tile_channels * taps_of(shape);
  return rounds * fmas / (machine.fp32_lanes * busy * fma_share(plan));
}

void choose_matrix_tile(GpuPlan &plan, const Problem &shape, const GpuMachine &machine) {
  GpuPlan best;
  double least = 1e300;
  // Smaller register tiles would spread small layers over more threads, but read shared memory more often
  // than they multiply; they are for layers with fewer channels or pixels than that.
  const bool few_channels = shape.group_out() < 4, few_pixels = pixels_of(shape, plan) < 4;
  for (const auto &[thread_pixels, thread_channels] :
       {std::pair{8, 8}, {8, 4}, {4, 8}, {4, 4}, {8, 2}, {8, 1}, {1, 8}, {1, 1}}) {
    if (thread_pixels * thread_channels < 16 && !few_channels && !few_pixels)
      continue;
    for (int across_pixels = 1; across_pixels <= 256; across_pixels *= 2) {
      for (int across_channels = 1; across_channels <= 256; across_channels *= 2) {
        GpuPlan now = plan;
        now.thread_pixels = thread_pixels;
        now.thread_channels = thread_channels;
        now.tile_pixels = thread_pixels * across_pixels;
        now.tile_channels = thread_channels * across_channels;
        if (now.threads() < 64 || now.threads() > 256)
          continue;
        choose_chunk(now, shape);
        const double cycles = shared_bytes(shape, now) > machine.shared_per_block
                                  ? 1e300
                                  : predicted_cycles(shape, now, machine);
        if (cycles < least) {
          least = cycles;
          best = now;
        }
      }
    }
  }
  plan = best;
}

void choose_depthwise_tile(GpuPlan &plan, const Problem &shape) {
  constexpr int threads = 128;
  const int width = shape.width().output;
  const bool vectors = shape.layout == Layout::nhwc && shape.out_channels % 4 == 0 && shape.group_out() == 1;
  plan.thread_channels = vectors ? 4 : 1;
  // Few enough that a layer of small images still fills the chip.
  plan.thread_pixels = std::min(width, 4);
  const auto up = [](int value) { return static_cast<int>(std::bit_ceil(static_cast<unsigned>(value))); };
  const int over_pixels = up(ceil_div(width, plan.thread_pixels));
  const int over_channels = up(ceil_div(shape.out_channels, plan.thread_channels));
  int across_pixels = 0, across_channels = 0;
  if (shape.layout == Layout::nhwc) {
    across_channels = std::min(over_channels, 32);
    across_pixels = std::min(over_pixels, threads / across_channels);
  } else {
    across_pixels = std::min(over_pixels, 32);
    across_channels = std::min(over_channels, threads / across_pixels);
  }
  plan.tile_pixels = across_pixels * plan.thread_pixels;
  plan.tile_channels = across_channels * plan.thread_channels;
}

} // namespace convforge

// Direct and pointwise: for every chunk of taps the threads of a block stage inputs and weights in shared
// memory, then each adds the outer products of its register tile:
//
//   sum = 0 (registers)
//   for r, s, chunk of c:
//     shared image[chunk][tile_pixels] = ...; shared weights[chunk][tile_channels] = ...
//     for c in chunk (written out): sum[pixels][channels] += image[c][pixels] * weights[c][channels]
//
// With 8 x 8 outputs a thread does 64 FMAs for 4 loads of 16 bytes. A thread's pixels (channels) are runs of
// 4, as far apart as the block's threads need to read shared memory without bank conflicts: 8 threads read
// 128 bytes side by side. The axis that is contiguous in the output runs fastest over threads.
#include "schedules/gpu/schedule.hpp"

#include <algorithm>

namespace convforge {

namespace {

using namespace Halide;

/// One axis of the tile: `threads` threads of `runs` runs of `run` elements.
struct TileAxis {
  int tile, threads, run;
  VarOrRVar of, run_of, thread, element;

  TileAxis(int tile_size, int per_thread, const std::string &name)
      : tile(tile_size), threads(tile_size / per_thread), run(std::min(4, per_thread)), of(Var(name)),
        run_of(Var(name + "o")), thread(Var(name + "t")), element(Var(name + "e")) {}

  /// Splits `axis`, which has the extent of the tile.
  void split(Stage &stage, const VarOrRVar &axis) const {
    stage.split(axis, run_of, thread, run * threads).split(thread, thread, element, run);
  }
};

struct Tile {
  TileAxis pixels, channels;
  bool channels_fastest;

  Tile(const Problem &shape, const GpuPlan &plan)
      : pixels(plan.tile_pixels, plan.thread_pixels, "p"),
        channels(plan.tile_channels, plan.thread_channels, "k"),
        channels_fastest(shape.layout == Layout::nhwc) {}

  const TileAxis &fast() const { return channels_fastest ? channels : pixels; }
  const TileAxis &slow() const { return channels_fastest ? pixels : channels; }
};

/// Writes a thread's tile out: `vectorised` where the fast axis is read and written in whole runs.
void write_out(Stage stage, const Tile &tile, bool vectorised) {
  if (vectorised && tile.fast().run > 1)
    stage.vectorize(tile.fast().element);
  else
    stage.unroll(tile.fast().element);
  stage.unroll(tile.slow().element).unroll(tile.fast().run_of).unroll(tile.slow().run_of);
  stage.gpu_threads(tile.fast().thread, tile.slow().thread);
}

/// Spreads the copy of a chunk into shared memory over all threads of the block, fastest axis first. `first`
/// is copied in runs of `run` elements.
void stage_in_shared_memory(Func func, const Tile &tile, const Var &first, const Var &second, int run) {
  Var outer("outer"), element("element"), piece("piece"), t0("t0"), t1("t1");
  func.store_in(MemoryType::GPUShared);
  func.split(first, outer, element, run, TailStrategy::RoundUp);
  func.reorder(element, outer, second).fuse(outer, second, piece);
  func.split(piece, piece, t0, tile.fast().threads, TailStrategy::GuardWithIf);
  func.split(piece, piece, t1, tile.slow().threads, TailStrategy::GuardWithIf);
  func.reorder(element, piece, t0, t1).gpu_threads(t0, t1).unroll(piece);
  if (run > 1)
    func.vectorize(element);
}

/// Inputs and weights of a chunk, and the fast-reading copy of the slow axis in registers.
void schedule_staging(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan, const Tile &tile,
                      const RVar &chunk) {
  const std::vector<Var> image = conv.image.args(), weights = conv.weights.args();
  const Var p = image[0], c = image[1], k = weights[0], weight_c = weights[1];
  // In NHWC four channels of a pixel are read at once and scattered over four rows of shared memory; rows are
  // four elements longer than the tile, so that two such columns lie in different banks.
  const bool nhwc = shape.layout == Layout::nhwc;
  const bool whole_quads = !plan.flat_taps && plan.chunk % 4 == 0 && shape.group_in() % 4 == 0;
  const bool rows_of_quads = plan.algorithm == Algorithm::pointwise && shape.width().output % 4 == 0 &&
                             shape.height().output == 1 && plan.tile_pixels % 4 == 0;
  conv.image.compute_at(conv.sum, chunk).bound_extent(p, plan.tile_pixels);
  if (nhwc) {
    conv.image.align_storage(p, plan.tile_pixels + 4);
    stage_in_shared_memory(conv.image, tile, c, p, whole_quads ? 4 : 1);
  } else {
    stage_in_shared_memory(conv.image, tile, p, c, rows_of_quads ? 4 : 1);
  }
  conv.weights.compute_at(conv.sum, chunk).bound_extent(k, plan.tile_channels);
  stage_in_shared_memory(conv.weights, tile, k, weight_c, std::min(4, plan.tile_channels));

  Func slow = tile.channels_fastest ? conv.image : conv.weights;
  Func registers = slow.in(conv.sum);
  registers.compute_at(conv.sum, tile.slow().run_of.var).store_in(MemoryType::Register);
  if (tile.slow().run > 1)
    registers.vectorize(registers.args()[0]);
}

void schedule_sum(GpuConvolution &conv, const GpuPlan &plan, const Tile &tile, const RVar &chunk) {
  const TileAxis &fast = tile.fast(), &slow = tile.slow();
  conv.sum.align_bounds(conv.p, plan.tile_pixels).bound_extent(conv.p, plan.tile_pixels);
  conv.sum.align_bounds(conv.k, plan.tile_channels).bound_extent(conv.k, plan.tile_channels);
  Stage zero = Stage(conv.sum), update = conv.sum.update();
  for (Stage *stage : {&zero, &update}) {
    tile.pixels.split(*stage, conv.p);
    tile.channels.split(*stage, conv.k);
  }
  zero.reorder(
      {fast.element, slow.element, fast.run_of, slow.run_of, fast.thread, slow.thread, conv.g, conv.n});
  write_out(zero, tile, true);
  RVar tap("tap");
  update.split(conv.taps.x, chunk, tap, plan.chunk);
  update.reorder({fast.element, fast.run_of, slow.element, slow.run_of, tap, fast.thread, slow.thread, chunk,
                  conv.taps.y, conv.taps.z, conv.g, conv.n});
  update.unroll(tap);
  write_out(update, tile, true);
}

} // namespace

void schedule_gpu_matrix_product(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan) {
  const Tile tile(shape, plan);
  const TileAxis &fast = tile.fast(), &slow = tile.slow();
  Var k_block("k_block"), k_tile("k_tile"), p_block("p_block"), p_tile("p_tile"), rest("rest");
  Func &out = conv.output;
  const int pixels = static_cast<int>(pixels_of(shape, plan));
  out.bound(conv.k, 0, shape.group_out()).bound(conv.p, 0, pixels);
  // Runs first: where a run is whole or absent, one condition guards it all.
  const int extent = tile.channels_fastest ? shape.group_out() : pixels;
  const bool whole_runs = extent % fast.run == 0;
  const auto split = [&](const Var &axis, const Var &block, const Var &in_tile, const TileAxis &along) {
    if (&along == &fast && whole_runs) {
      out.split(axis, axis, along.element.var, along.run, TailStrategy::RoundUp);
      out.split(axis, block, in_tile, along.tile / along.run, TailStrategy::GuardWithIf);
      out.split(in_tile, along.run_of.var, along.thread.var, along.threads);
    } else {
      out.split(axis, block, in_tile, along.tile, TailStrategy::GuardWithIf);
      Stage stage(out);
      along.split(stage, in_tile);
    }
  };
  split(conv.k, k_block, k_tile, tile.channels);
  split(conv.p, p_block, p_tile, tile.pixels);
  out.reorder({fast.element, slow.element, fast.run_of, slow.run_of, fast.thread, slow.thread, p_block,
               k_block, conv.g, conv.n});
  out.fuse(conv.g, conv.n, rest);
  write_out(Stage(out), tile, whole_runs);
  out.gpu_blocks(p_block, k_block, rest);

  conv.sum.compute_at(out, p_block).store_in(MemoryType::Register);
  RVar chunk("chunk");
  schedule_sum(conv, plan, tile, chunk);
  schedule_staging(conv, shape, plan, tile, chunk);
}

} // namespace convforge

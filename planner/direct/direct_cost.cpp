#include "planner/direct/direct_cost.hpp"
#include "base/integer.hpp"

#include "plan/fused_pixels.hpp"
#include "planner/cost.hpp"
#include "planner/direct/direct_conflicts.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/tiles.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace convforge {

namespace {

constexpr double tile_overhead_cycles = 40; // zeroing, epilogue and addresses of a tile, beside its stores
constexpr double few_taps = 32;             // of a short sum: 3 x 3 of three channels
constexpr double address_cycles = 6;        // of a fused pixel: its row, column and image
/// Of fused pixels under a window of several taps: LLVM computes four pixels' addresses as a vector, anew in
/// each iteration, and takes it apart again (vpaddq, vpextrq: 48 instructions for 20 multiply-adds, 74 % of
/// the peak by llvm-mca; 512 channels 14x14 to 7x7 took 1.25 times as long as by rows, 128 at 56x56 1.32).
constexpr double addresses_of_window = 1.25;
constexpr double lane_sum_cycles = 6;        // adding up the lanes of an accumulator, and a scalar epilogue
constexpr double task_overhead_cycles = 300; // taking a task, and its workspace

/// Bytes that the loops of a plan walk over.
struct Footprint {
  double panel;       ///< packed weights of one block
  double weights;     ///< all of them
  double tile_input;  ///< what one tile reads
  double task_input;  ///< what one task reads
  double task_source; ///< the same in the caller's tensor
  double input, output;
  double tasks; ///< how often the whole weights are walked over
};

/// Input elements along an axis that `count` neighbouring outputs read; a stride may leave some out.
double span(const Axis &axis, int count) {
  return double(count - 1) * std::min(axis.stride, axis.extent()) + axis.extent();
}

/// The same without what lies between the taps of a dilated kernel, and outside of the image where no copy
/// has its zeros.
double touched(const Axis &axis, int count, bool zeros = false) {
  const double elements = std::min(double(count) * axis.kernel, span(axis, count));
  return zeros ? elements : std::min(double(axis.input), elements);
}

/// The bytes of a tile's input with what comes along of lines that it begins and ends within: vectors along a
/// row take some of each of many rows. The next tile of the row needs the rest, and finds it where L1 holds
/// all these lines beside the panel. Rows of pointwise begin at multiples of what tiles and planes have in
/// common with a line: 16 pixels take one of planes of 56x56, 1.75 of 14x14 (1024 to 256 channels there
/// took 2.1 ms, transposed 1.2; 512 to 128 at 28x28 1.04 and 1.2; Zen 3, AVX2).
double tile_lines(const Platform &platform, const Problem &problem, const Plan &plan, const Region &region,
                  double bytes, int bytes_of_element, double panel) {
  const int row = region.tile_w * bytes_of_element;
  const bool in_place = problem.volume(&Axis::kernel) == 1 && !plan.window().padded_copy;
  const long plane = problem.volume(&Axis::input) * bytes_of_element;
  const long step = in_place ? std::gcd(std::gcd<long>(line_bytes, row), plane) : bytes_of_element;
  const double lines = bytes * double(row + line_bytes - step) / row;
  const bool kept = lines + panel <= 0.5 * platform.machine.l1_bytes;
  return plan.vector_axis != VectorAxis::width || kept ? bytes : lines;
}

/// Outputs that a task computes, the images that it reads for them, and how many tasks there are.
struct TaskOutputs {
  int images, planes, rows, columns;
  double tasks;
};

TaskOutputs task_outputs(const Problem &problem, const Plan &plan, const Region &region) {
  const int depth = problem.depth().output, height = problem.height().output, width = problem.width().output;
  if (plan.fuses_pixels()) {
    const FusedTask task = fused_task(problem, plan, region.tile_w);
    const Problem loops = loop_problem(problem, plan);
    const bool by_pixels = plan.parallel == ParallelAxis::pixels;
    return {task.images, 1, task.rows, width,
            double(loops.batch) * (by_pixels ? ceil_div(loops.width().output, plan.columns_per_task) : 1)};
  }
  if (plan.parallel == ParallelAxis::channels)
    return {1, depth, height, width, double(problem.batch)};
  const int rows = std::min(plan.rows_per_task, height), columns = std::min(plan.columns_per_task, width);
  return {1, 1, rows, columns,
          double(problem.batch) * depth * ceil_div(height, rows) * ceil_div(width, columns)};
}

Footprint footprint(const Problem &problem, const Platform &platform, const Plan &plan,
                    const Region &region) {
  const Axis &d = problem.depth(), &h = problem.height(), &w = problem.width();
  const TaskOutputs task = task_outputs(problem, plan, region);
  const bool copied = plan.copies_rows();
  const ElementBytes bytes = element_bytes(problem, plan);
  const double task_elements = double(task.images) * problem.in_channels * touched(d, task.planes) *
                               touched(h, task.rows, copied) * touched(w, task.columns, copied);
  Footprint f{};
  f.weights =
      bytes.weights * problem.in_channels * d.kernel * h.kernel * w.kernel * region.block * region.blocks();
  f.weights *= used_share_of_taps(problem);
  if (plan.window().skip_rows) // rows of taps in the padding are passed over
    f.weights *= inside_share(h);
  f.panel = f.weights / (double(blocks_around(plan, region)) * problem.groups);
  f.tile_input = bytes.read * problem.group_in() * touched(d, 1) * touched(h, region.tile_h, copied) *
                 touched(w, region.tile_w, copied);
  f.tile_input = tile_lines(platform, problem, plan, region, f.tile_input, bytes.read, f.panel);
  f.task_input = bytes.read * task_elements;
  f.task_source = bytes.source * task_elements;
  f.input = bytes.source * problem.in_channels * problem.batch;
  for (const Axis &axis : problem.axes)
    f.input *= std::min<double>(axis.input, span(axis, axis.output));
  f.output = bytes.destination * problem.out_channels * problem.batch * double(problem.volume(&Axis::output));
  f.tasks = task.tasks;
  return f;
}

double tiles_of(const Problem &problem, const Plan &plan, const Region &region) {
  return double(problem.batch) * problem.groups * blocks_around(plan, region) *
         ceil_div(problem.width().output, region.tile_w) * ceil_div(problem.height().output, region.tile_h) *
         problem.depth().output;
}

/// The loops: for each task, for each block, for each tile. What a loop walks over again is found where all
/// that passed in between fits.
Traffic region_traffic(const Problem &problem, const Platform &platform, const Plan &plan,
                       const Region &region) {
  const Footprint f = footprint(problem, platform, plan, region);
  const double blocks = double(blocks_around(plan, region)) * problem.groups;
  const double tiles = tiles_of(loop_problem(problem, plan), plan, region);
  const double block_input = f.task_input / problem.groups; // a block reads its own group's channels
  const double everything = f.input + f.output + f.weights;
  Traffic traffic;
  // The panel: once from afar for every task, then again for every tile.
  traffic.add(platform, f.weights * f.tasks, f.tasks > 1 ? f.weights + f.task_input : everything);
  traffic.add(platform, f.panel * (tiles - blocks * f.tasks), f.panel + f.tile_input);
  // The input: once from afar, then again for every block. Rows that tiles share stay in L1 if they fit.
  const double rows = block_input / std::max(1, plan.rows_per_task / region.tile_h);
  const double reread = rows + f.panel <= 0.5 * platform.machine.l1_bytes ? block_input : 0;
  traffic.add(platform, f.input, everything);
  traffic.add(platform, (reread > 0 ? reread : f.tile_input * tiles / (blocks * f.tasks)) * blocks * f.tasks,
              block_input + f.panel);
  traffic.add(platform, output_passes * f.output * region.channels / problem.group_out(), everything);
  return traffic;
}

/// What a region's stores cost more where a pixel's channels are stored in pieces.
double pieces_cycles(const Problem &problem, const Platform &platform, const Plan &plan,
                     const Region &region) {
  if (plan.vector_axis == VectorAxis::width || platform.machine.stream_in_pieces == 0)
    return 0;
  const Footprint f = footprint(problem, platform, plan, region);
  const double bytes = element_bytes(problem, plan).destination;
  return stored_in_pieces(platform, output_passes * f.output * region.channels / problem.group_out(),
                          bytes * std::min(region.block, region.channels), bytes * problem.out_channels);
}

/// How many columns the taps of `count` neighbouring pixels meet, each once.
int distinct_columns(const Axis &width, int count) {
  std::set<int> columns;
  for (int pixel = 0; pixel < count; pixel++)
    for (int tap = 0; tap < width.kernel; tap++)
      columns.insert(pixel * width.stride + tap * width.dilation);
  return static_cast<int>(columns.size());
}

/// Of these, those that two neighbouring columns of taps or more meet, and the one that comes in. 1 channel
/// to 16 at 256x256 took 340 us with 6 pixels a tile, 210 with 5 and 197 with 4, which leave the registers
/// for them (Zen 3).
int shared_columns(const Axis &width, int count) {
  const int distinct = distinct_columns(width, count), taps = count * width.kernel;
  return distinct == taps ? 1 : width.stride == 1 ? distinct : count + 1;
}

} // namespace

RegisterTile register_tile(const Problem &problem, const Plan &plan, const Region &region) {
  const int pixels = region.tile_w * region.tile_h;
  switch (plan.vector_axis) {
  case VectorAxis::channel: {
    RegisterTile tile{.vectors = region.block / region.lanes,
                      .scalars = pixels,
                      .elements = region.lanes,
                      .lanes = plan.broadcast_lanes,
                      .lanes_innermost = plan.lanes_innermost};
    tile.converted = converts_weights(problem, plan) ? tile.vectors : 0;
    if (problem.group_in() == 1 && plan.window().skip_columns)
      tile.kept = shared_columns(problem.width(), region.tile_w);
    if (plan.window().taps_innermost) {
      tile.columns = problem.width().kernel;
      tile.positions = distinct_columns(problem.width(), region.tile_w) * region.tile_h;
    }
    return tile;
  }
  case VectorAxis::width: {
    RegisterTile tile{.vectors = region.tile_w / region.lanes,
                      .scalars = region.block * region.tile_h,
                      .elements = region.lanes,
                      .lanes = std::gcd(region.block, plan.broadcast_lanes),
                      .lanes_of_tap = true};
    tile.converted = converts_input(problem, plan) ? tile.vectors : 0;
    return tile;
  }
  case VectorAxis::input_channel:
    break;
  }
  RegisterTile tile{.vectors = region.channels, .scalars = pixels, .elements = region.lanes};
  tile.converted = (converts_weights(problem, plan) ? tile.vectors : 0) +
                   (converts_input(problem, plan) ? tile.scalars : 0);
  return tile;
}

int blocks_around(const Plan &plan, const Region &region) {
  return plan.vector_axis == VectorAxis::input_channel ? 1 : region.blocks();
}

double inside_share(const Axis &axis) {
  long inside = 0;
  for (int tap = 0; tap < axis.kernel; tap++) {
    // Outputs whose element o * stride - before is in the input: from the first at 0 to that at its end.
    const int before = axis.pad_begin - tap * axis.dilation;
    const auto first_from = [&](int element) {
      return std::min(axis.output, ceil_div(std::max(0, element + before), axis.stride));
    };
    inside += first_from(axis.input) - first_from(0);
  }
  return double(inside) / (double(axis.output) * axis.kernel);
}

Cost region_cost(const Problem &problem, const Platform &platform, const Plan &plan, const Region &region) {
  const bool by_lanes = plan.vector_axis == VectorAxis::input_channel;
  double taps = double(problem.group_in()) * double(problem.volume(&Axis::kernel));
  taps *= used_share_of_taps(problem);
  if (by_lanes)
    taps /= region.lanes;
  const bool zeros = problem.pads_with() == PaddingMode::zeros;
  taps *= (zeros ? inside_share(problem.depth()) : 1) *
          (plan.window().skip_rows ? inside_share(problem.height()) : 1) *
          (plan.window().skip_columns ? inside_share(problem.width()) : 1);
  const RegisterTile tile = register_tile(problem, plan, region);
  const double tiles = tiles_of(problem, plan, region);
  const double addresses = plan.fuses_pixels() ? region.tile_w * address_cycles : 0;
  const double around = taps <= few_taps && !by_lanes
                            ? short_sum_cycles(platform.machine, tile)
                            : tile_overhead_cycles + tile.accumulators() * (by_lanes ? lane_sum_cycles : 1.0);
  const double windows = plan.fuses_pixels() && problem.volume(&Axis::kernel) > 1 ? addresses_of_window : 1;
  const double waiting = cycles_of_conflicts(problem, platform, plan, region);
  return {.arithmetic = tiles * taps * (windows * cycles_per_tap(platform, tile) + waiting),
          .overhead = tiles * (around + addresses)};
}

Cost direct_cost(const Problem &problem, const Platform &platform, const Plan &plan) {
  Cost cost;
  double tasks = 0;
  const Problem loops = loop_problem(problem, plan);
  for (const Region &region : plan.regions) {
    cost += region_cost(loops, platform, plan, region);
    cost.transfers += region_traffic(problem, platform, plan, region).cycles(platform) +
                      pieces_cycles(problem, platform, plan, region);
    const Footprint f = footprint(problem, platform, plan, region);
    if (plan.window().padded_copy) {
      // Each region copies for itself, and no arithmetic hides what that fetches.
      Traffic fetched;
      fetched.add(platform, f.tasks * f.task_source, f.input + f.output + f.weights);
      cost.copies +=
          f.tasks * f.task_input / platform.machine.copied_bytes_per_cycle + fetched.cycles(platform);
    }
    tasks += f.tasks;
  }
  cost.overhead += tasks * task_overhead_cycles;
  return cost;
}

} // namespace convforge

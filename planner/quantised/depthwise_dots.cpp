#include "planner/quantised/depthwise_dots.hpp"

#include "base/integer.hpp"
#include "plan/dot_runs.hpp"
#include "planner/tiles.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// Of the registers, what accumulators of a tile may take: more of them spill what is side by side. 144
/// channels 3x3 at 56x56 took 234 us with 16 pixels and 16 registers, 217 with 8 (Emerald Rapids, AVX2).
constexpr double share_of_registers = 0.5;
constexpr int most_in_workspace = 12; // accumulators of a row beside its weights
constexpr int most_dots = 28;         // of an output, written out for each pixel: 5x5 in two a row are 10
/// Vector instructions beside the dot products: a tap more of a lane is a shift and half an or, and an output
/// is converted, multiplied, kept within limits, rounded and stored.
constexpr double of_tap = 1.5, of_output = 8;

int dots_of_output(const Problem &problem, const Plan &plan) {
  return problem.depth().kernel * problem.height().kernel * dot_runs(problem, plan).dots;
}

/// Different elements along an axis that a tile's outputs read.
int elements_read(const Axis &axis, int outputs) {
  return std::min(axis.window(outputs), outputs * axis.kernel);
}

/// Instructions that make an element an operand where it is read, and not in a copy: widened by its sign,
/// then without (u8 at once; a sign that is moved in a quarter of a vector shows in no time). 192 channels at
/// 28x28 took 64 us so, 59 from a copy (s8, AVX2, Zen 4).
int to_convert(const Problem &problem, const Plan &plan) {
  return !plan.window().padded_copy && problem.types.source == ElementType::s8 &&
                 operands_of(plan.dot).input == ElementType::s16
             ? 1
             : 0;
}

/// What brings the taps of `outputs` columns of one row side by side: widening loads, shifts and ors.
double to_bring_side_by_side(const Problem &problem, const Plan &plan, int outputs) {
  const int quads = outputs * dot_runs(problem, plan).dots, taps = outputs * problem.width().kernel;
  return elements_read(problem.width(), outputs) * (1 + to_convert(problem, plan)) + of_tap * (taps - quads);
}

/// Vector instructions of a tile with taps in registers.
double instructions_of_tile(const Problem &problem, const Plan &plan, int rows, int columns) {
  const double rows_read = double(elements_read(problem.height(), rows)) * problem.depth().kernel;
  return rows_read * to_bring_side_by_side(problem, plan, columns) +
         double(rows) * columns * (dots_of_output(problem, plan) + of_output);
}

/// Of `tiles` along an axis, those at its ends, where something stands beside the image.
int tiles_at_edges(const Axis &axis, int tiles) {
  return std::min(tiles, int(axis.pad_begin > 0) + int(axis.pad_end > 0));
}

/// What tiles at edges take longer for finding padding as they read, a twentieth of their time: in tiles.
double found_padding(const Problem &problem, int rows, int columns) {
  constexpr double of_edge = 0.05;
  const double inside = double(rows - tiles_at_edges(problem.height(), rows)) *
                        (columns - tiles_at_edges(problem.width(), columns));
  return of_edge * (double(rows) * columns - inside);
}

double instructions_of_image(const Problem &problem, const Plan &plan, const Region &region) {
  const int rows = ceil_div(problem.height().output, region.tile_h),
            columns = ceil_div(problem.width().output, region.tile_w);
  const double edges = plan.window().padded_copy ? 0 : found_padding(problem, rows, columns);
  return (double(rows) * columns + edges) * instructions_of_tile(problem, plan, region.tile_h, region.tile_w);
}

/// Rows of the input that all tasks copy.
double rows_copied(const Problem &problem, const Plan &plan) {
  return double(problem.batch) * problem.depth().output * problem.depth().kernel *
         ceil_div(problem.height().output, plan.rows_per_task) * problem.height().window(plan.rows_per_task);
}

double bytes_of_copied_row(const Problem &problem, const Plan &plan) {
  return double(bytes_of(operands_of(plan.dot).input)) * problem.out_channels *
         problem.width().window(problem.width().output);
}

double cycles_of_tiles(const Problem &problem, const Plan &plan, const Platform &platform) {
  const Region &region = plan.regions.front();
  const double blocks = double(problem.batch) * problem.depth().output * problem.out_channels / region.lanes;
  const double ports = fma_per_cycle(platform);
  if (taps_in_registers(plan))
    return blocks * instructions_of_image(problem, plan, region) / ports;
  // Each dot product loads its taps.
  const double outputs = blocks * double(problem.height().output) * problem.width().output;
  return outputs * (dots_of_output(problem, plan) / std::min(platform.machine.loads_per_cycle, ports) +
                    of_output / ports);
}

} // namespace

bool writes_taps_out(const Problem &problem, const Plan &plan) {
  // Rows between taps that lie apart would be written out, too, until LLVM finds that nobody wants them:
  // three rows of dilation 36 took 19 s to compile.
  const auto dense = [](const Axis &axis) { return axis.extent() == axis.kernel; };
  const bool side_by_side = operands_of(plan.dot).elements > 1;
  return dots_of_output(problem, plan) <= most_dots &&
         (!side_by_side || (dense(problem.height()) && dense(problem.depth())));
}

bool may_pad_in_registers(const Plan &plan, const Problem &problem) {
  // By twos 5x5 took 1.1 to 1.3 times as long so (64 channels at 28x28, Zen 4).
  const bool few = operands_of(plan.dot).elements == 4 || problem.volume(&Axis::kernel) <= 9;
  return taps_in_registers(plan) && few && problem.layout == Layout::nhwc && problem.group_out() == 1 &&
         !problem.has_depth() && problem.pads_with() == PaddingMode::zeros;
}

void choose_depthwise_tiles(Plan &plan, const Problem &problem, const Target &target) {
  const int most_pixels = static_cast<int>(target.vector_registers * share_of_registers);
  const int rows = problem.height().output, columns = problem.width().output;
  Region best = plan.regions.front();
  best.tile_h = 1;
  best.tile_w = even_piece(columns, most_in_workspace);
  const bool share_rows = problem.height().stride <= problem.height().kernel;
  if (taps_in_registers(plan))
    for (int h = 1; h <= (share_rows ? std::min(rows, most_pixels) : 1); h++) {
      Region region = best;
      region.tile_h = even_piece(rows, h);
      region.tile_w = even_piece(columns, most_pixels / region.tile_h);
      if (h == 1 || instructions_of_image(problem, plan, region) < instructions_of_image(problem, plan, best))
        best = region;
    }
  for (Region &region : plan.regions) {
    region.tile_w = best.tile_w;
    region.tile_h = best.tile_h;
  }
}

double bytes_of_row(const Problem &problem, const Plan &plan) {
  const double copied = bytes_of_copied_row(problem, plan);
  if (!taps_in_workspace(plan))
    return copied;
  const DotOperands operands = operands_of(plan.dot);
  return copied + double(bytes_of(operands.input)) * operands.elements * plan.regions.front().lanes *
                      columns_side_by_side(problem, plan);
}

Cost cost_of_depthwise_dots(const Plan &plan, const Problem &problem, const Platform &platform) {
  const double outputs = double(problem.batch) * double(problem.volume(&Axis::output)) * problem.out_channels;
  const double rows = plan.window().padded_copy ? rows_copied(problem, plan) : 0;
  double copies = rows * bytes_of_copied_row(problem, plan) / platform.machine.copied_bytes_per_cycle;
  if (taps_in_workspace(plan))
    copies += rows * problem.out_channels / plan.regions.front().lanes *
              to_bring_side_by_side(problem, plan, columns_side_by_side(problem, plan)) /
              fma_per_cycle(platform);
  Traffic traffic;
  const double tensors =
      double(problem.batch) * problem.in_channels * double(problem.volume(&Axis::input)) + outputs;
  traffic.add(platform, tensors, tensors);
  return {.arithmetic = cycles_of_tiles(problem, plan, platform),
          .transfers = traffic.cycles(platform),
          .copies = copies};
}

} // namespace convforge

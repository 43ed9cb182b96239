#include "planner/depthwise/depthwise_stream.hpp"

#include "planner/depthwise/depthwise_nhwc.hpp"
#include "planner/depthwise/depthwise_rows.hpp"
#include "planner/element_types.hpp"

#include <algorithm>

namespace convforge {

namespace {

double tensor_bytes(const Problem &problem, int channels, int bytes, int Axis::*extent) {
  return double(bytes) * problem.batch * channels * double(problem.volume(extent));
}

/// By how much a chunk of some channels makes reading longer: runs of less than a page each.
double in_pieces(const MachineFacts &machine, const Plan &plan, int bytes) {
  const Region &region = plan.regions.front();
  const int blocks = plan.depthwise().blocks_per_chunk;
  const bool pieces = !plan.window().padded_copy && blocks > 0 && blocks < region.blocks() &&
                      double(blocks) * region.lanes * bytes < whole_piece;
  return pieces ? machine.stream_in_pieces : 0;
}

/// Rows of the kernel that find their input gone from L1: each is read from L2 then. 64 images of 7x7x256,
/// three rows of whole pixels, 28 KB, beside one row of output: 250 us, of half the channels 319 (48 KB).
double rows_again(const Problem &problem, const Platform &platform, const Plan &plan) {
  const int blocks = std::max(1, plan.depthwise().blocks_per_chunk);
  if (column_bytes(problem, plan, blocks) <= 0.75 * platform.machine.l1_bytes)
    return 0;
  const Axis &h = problem.height();
  return std::max(0.0, double(h.kernel) / h.stride - 1);
}

} // namespace

double depthwise_stream_cycles(const Problem &problem, const Platform &platform, const Plan &plan) {
  const ElementBytes each = element_bytes(problem, plan);
  const double input = tensor_bytes(problem, problem.in_channels, each.source, &Axis::input);
  const double output = tensor_bytes(problem, problem.out_channels, each.destination, &Axis::output);
  Traffic all;
  all.add(platform, input + output_passes * output, input + output);
  double cycles = all.cycles(platform);
  if (!plan.window().skip_rows || plan.masks_lanes())
    return cycles;
  if (all.beyond_l2()) {
    const int columns = columns_read(problem.width(), plan.regions.front().tile_w);
    const double wide = platform.machine.stream_of_wide_tiles * std::max(0, columns - columns_of_stream);
    Traffic read;
    read.add(platform, input, input + output);
    cycles += wide * cycles + in_pieces(platform.machine, plan, each.source) * read.cycles(platform);
  }
  Traffic again;
  again.add(platform, rows_again(problem, platform, plan) * input, platform.machine.l1_bytes);
  return cycles + again.cycles(platform);
}

} // namespace convforge

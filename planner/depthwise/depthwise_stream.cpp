#include "planner/depthwise/depthwise_stream.hpp"
#include "base/integer.hpp"

#include "planner/depthwise/depthwise_nhwc.hpp"
#include "planner/depthwise/depthwise_rows.hpp"
#include "planner/element_types.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// Beyond L3, narrow tiles in bands of a few rows are twice as fast as tall columns of wide tiles: 64
/// channels at 512x512 16.0 ms in tiles of 19 pixels by 64 rows, 7.7 of 2 by 2, 9.9 of 4 by 2, 11.5 of 2 by
/// 8; 16 images of 112x112x32 5.4 and 2.7 (4 by 4), 144 at 56x56 8.7 and 5.0 (2 by 4); 5x5, 16 at 640x640 5.0
/// and 3.4 (8 by 4; Zen 4, AVX-512). So a row of a tile's input is to be a few lines; each time that many
/// more cost a share, and more rows another.
constexpr int lines_of_memory = 12, most_rows_of_band = 8;
constexpr double share_of_wide = 0.3, most_of_wide = 1.5, share_of_tall = 0.5;

/// Of the whole tensors.
struct TensorBytes {
  double input, output;
  double both() const { return input + output; }
};

TensorBytes tensor_bytes(const Problem &problem, const ElementBytes &each) {
  const double images = problem.batch;
  return {images * each.source * problem.in_channels * double(problem.volume(&Axis::input)),
          images * each.destination * problem.out_channels * double(problem.volume(&Axis::output))};
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

Traffic traffic_of(const TensorBytes &bytes, const Platform &platform) {
  Traffic all;
  all.add(platform, bytes.input + output_passes * bytes.output, bytes.both());
  return all;
}

/// By how much memory takes longer where it is not passed in narrow tiles and bands of a few rows.
double out_of_order(const Problem &problem, const Plan &plan) {
  const double columns = columns_read(problem.width(), plan.regions.front().tile_w);
  const double wide = share_of_wide * std::max(0.0, columns / columns_of_memory(problem) - 1);
  const bool tall = plan.rows_per_task > most_rows_of_band;
  return 1 + std::min(wide, most_of_wide) + (tall ? share_of_tall : 0);
}

/// What bands read of their neighbours' rows.
double between_bands(const Problem &problem, const Platform &platform, const Plan &plan,
                     const TensorBytes &bytes) {
  const Axis &h = problem.height();
  const double bands = ceil_div(h.output, plan.rows_per_task);
  const double rows = std::max(0, h.extent() - h.stride) * (bands - 1);
  Traffic halo;
  halo.add(platform, bytes.input * rows / h.input, bytes.both() / problem.batch / bands);
  return halo.cycles(platform);
}

} // namespace

int columns_of_memory(const Problem &problem) {
  const int pixel = problem.in_channels * static_cast<int>(bytes_of(problem.types.source));
  return std::max(lines_of_memory * line_bytes / pixel, columns_read(problem.width(), 2));
}

bool depthwise_beyond_l3(const Problem &problem, const Platform &platform) {
  const ElementBytes each = element_bytes(problem, empty_plan(Algorithm::depthwise));
  return traffic_of(tensor_bytes(problem, each), platform).memory > 0;
}

double depthwise_stream_cycles(const Problem &problem, const Platform &platform, const Plan &plan) {
  const ElementBytes each = element_bytes(problem, plan);
  const TensorBytes bytes = tensor_bytes(problem, each);
  const Traffic all = traffic_of(bytes, platform);
  double cycles = all.cycles(platform);
  if (!plan.window().skip_rows || plan.masks_lanes())
    return cycles;
  if (all.beyond_l2()) {
    const int columns = columns_read(problem.width(), plan.regions.front().tile_w);
    const double wide = platform.machine.stream_of_wide_tiles * std::max(0, columns - columns_of_stream);
    Traffic read;
    read.add(platform, bytes.input, bytes.both());
    cycles += wide * cycles + in_pieces(platform.machine, plan, each.source) * read.cycles(platform);
  }
  if (all.memory > 0)
    cycles = out_of_order(problem, plan) * cycles + between_bands(problem, platform, plan, bytes);
  Traffic again;
  again.add(platform, rows_again(problem, platform, plan) * bytes.input, platform.machine.l1_bytes);
  return cycles + again.cycles(platform);
}

} // namespace convforge

#include "planner/direct/direct_conflicts.hpp"

#include "base/integer.hpp"
#include "planner/element_types.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace convforge {

namespace {

/// What shows of a line's way from L2. 1024 to 256 channels 1x1 at 14x14, whose pixels are 4 KB apart, so
/// that all are of one set: tiles of 4 to 10 pixels x 2 vectors at 97 to 101 % of the peak, of 12 at 88, 13
/// at 79, 14 at 78; with 1008 channels at 96 to 100, whatever the tile (Zen 4, 8 ways).
constexpr double exposed_share = 0.33;

/// Of `count` lines that far apart, the most that are of one set. Pixels that share lines are of as many as
/// there are.
int most_of_a_set(int count, long bytes, int sets) {
  const int distinct =
      bytes < line_bytes ? sets : sets / std::gcd(static_cast<int>(bytes / line_bytes % sets), sets);
  return ceil_div(count, distinct);
}

/// How many of a tile's lines find no way in their set. All are needed again for the next channel.
int lines_without_way(const Problem &problem, const Platform &platform, const Region &region,
                      long pixel_bytes) {
  const int ways = static_cast<int>(platform.machine.l1_ways);
  const int sets = std::max(1, static_cast<int>(platform.machine.l1_bytes) / line_bytes / ways);
  const long row_bytes = pixel_bytes * problem.width().input, step = problem.width().stride * pixel_bytes;
  if (most_of_a_set(region.tile_w, step, sets) * region.tile_h <= ways)
    return 0;
  std::vector<int> lines(static_cast<std::size_t>(sets));
  for (int y = 0; y < region.tile_h; y++)
    for (int x = 0; x < region.tile_w; x++) {
      const long at = long(y) * problem.height().stride * row_bytes + x * step;
      lines[at / line_bytes % sets]++;
    }
  int without = 0;
  for (const int count : lines)
    without += std::max(0, count - ways);
  return without;
}

} // namespace

double cycles_of_conflicts(const Problem &problem, const Platform &platform, const Plan &plan,
                           const Region &region) {
  const int pixels = region.tile_w * region.tile_h;
  const double ways = platform.machine.l1_ways;
  if (ways == 0 || pixels <= ways || plan.vector_axis != VectorAxis::channel || plan.fuses_pixels())
    return 0;
  const long pixel_bytes = long(element_bytes(problem, plan).read) * problem.in_channels;
  return exposed_share * lines_without_way(problem, platform, region, pixel_bytes) * line_bytes /
         platform.machine.l2_bytes_per_cycle;
}

} // namespace convforge

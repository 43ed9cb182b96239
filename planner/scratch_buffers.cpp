#include "planner/scratch_buffers.hpp"

#include "base/integer.hpp"
#include "convforge/convforge.h"
#include "plan/column_phases.hpp"
#include "plan/pointwise.hpp"
#include "planner/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {

namespace {

constexpr ElementType accumulator = ElementTypes{}.accumulator();

/// Of strided loads (depthwise NCHW, stride above 1): less than a vector's span.
std::size_t overread(const Plan &plan, const Problem &problem, const Region &region) {
  const bool strided =
      problem.layout == Layout::nchw && column_phases(problem, plan) < problem.width().stride;
  return strided ? round_up(bytes_of(accumulator) * region.lanes * problem.width().stride,
                            std::size_t{CONVFORGE_ALIGNMENT})
                 : 0;
}

Scratch padded_copy(const Plan &plan, const Problem &problem, const Region &region) {
  const bool whole = plan.parallel == ParallelAxis::channels;
  const int rows = whole ? problem.height().output
                         : std::min(problem.height().output, round_up(plan.rows_per_task, region.tile_h));
  const bool repeated = problem.layout == Layout::nhwc && plan.channelwise();
  const int chunk = plan.channels_of_rows();
  const int channels =
      chunk > 0 ? chunk / problem.group_out() : problem.in_channels * (repeated ? problem.group_out() : 1);
  const int height = problem.height().window(rows);
  const int width = round_up(problem.width().window(problem.width().output),
                             column_phases(problem, plan)); // each of as many columns
  const int planes = problem.depth().window(whole ? problem.depth().output : 1);
  Scratch copy = accumulators_kept(std::size_t(planes) * height * width * channels,
                                   fmt::format("{}{} rows x {} columns x {} channels of padded input",
                                               planes > 1 ? fmt::format("{} planes x ", planes) : "", height,
                                               width, channels));
  copy.overread = overread(plan, problem, region);
  return copy;
}

} // namespace

Scratch accumulators_kept(std::size_t elements, const std::string &counts) {
  const std::size_t element = bytes_of(accumulator), bytes = element * elements;
  return {round_up(bytes, std::size_t{CONVFORGE_ALIGNMENT}),
          fmt::format("{} x {}{}", element, counts,
                      bytes % CONVFORGE_ALIGNMENT == 0 ? "" : ", rounded up to 64")};
}

int pixels_of_task(const Plan &plan, const Problem &shape, const Region &region) {
  const int pixels = shape.width().output;
  return plan.parallel == ParallelAxis::channels
             ? pixels
             : std::min(pixels, round_up(plan.columns_per_task, region.tile_w));
}

Scratch both(const Scratch &a, const Scratch &b) {
  return {a.bytes + b.bytes, a.formula + " + " + b.formula};
}

std::vector<Scratch> padded_copies(const Plan &plan, const Problem &problem, bool /*shared*/) {
  std::vector<Scratch> copies;
  for (const Region &region : plan.regions)
    if (plan.window().padded_copy)
      copies.push_back(padded_copy(plan, problem, region));
  return copies;
}

std::vector<Scratch> converted_pixels(const Plan &plan, const Problem &problem, bool /*shared*/) {
  const Problem shape = fuse_pixels(problem);
  std::vector<Scratch> copies;
  for (const Region &region : plan.regions) {
    const int most = pixels_of_task(plan, shape, region);
    if (plan.window().padded_copy) {
      copies.push_back(accumulators_kept(std::size_t(most) * shape.in_channels,
                                         fmt::format("{} x {} of converted input", counted(most, "pixel"),
                                                     counted(shape.in_channels, "channel"))));
    }
  }
  return copies;
}

} // namespace convforge

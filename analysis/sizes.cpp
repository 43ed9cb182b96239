#include "analysis/sizes.hpp"
#include "base/integer.hpp"

#include "convforge/convforge.h"
#include "plan/column_phases.hpp"
#include "plan/pointwise.hpp"
#include "plan/winograd_axis.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/platform.hpp"
#include "planner/winograd/winograd_cost.hpp"
#include "planner/winograd/winograd_forms.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {
namespace {

std::string counted(int count, const char *noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// The registers of a tile, by name. `vector` and `scalar`: what is loaded whole, what broadcast.
std::string terms(const Target &target, const RegisterTile &tile, const char *vector, const char *scalar) {
  const RegistersHeld held = registers_held(target, tile);
  std::string text =
      fmt::format("{} + {}", counted(held.accumulators, "accumulator"), counted(held.vectors, vector));
  if (held.scalars > 0)
    text += fmt::format(" + {}", counted(held.scalars, scalar));
  return held.products > 0 ? text + fmt::format(" + {}", counted(held.products, "product")) : text;
}

/// Input elements along an axis that `outputs` outputs of it need.
int window(const Axis &axis, int outputs) {
  return (outputs - 1) * axis.stride + axis.extent();
}

/// The padded copy that `region` works on, by the loops of schedules/loops.cpp: of one task's rows, or of a
/// whole image where tasks are output channels.
Size padded_copy(const Artefact &artefact, const Region &region) {
  const Problem &problem = artefact.problem;
  const bool nhwc = problem.layout == Layout::nhwc;
  const bool whole = artefact.plan.parallel == ParallelAxis::channels;
  const int rows =
      whole ? problem.height().output
            : std::min(problem.height().output, round_up(artefact.plan.rows_per_task, region.tile_h));
  const int repeated = nhwc && artefact.plan.algorithm == Algorithm::depthwise ? problem.group_out() : 1;
  const int channels = problem.in_channels * repeated;
  const int phases = column_phases(problem, artefact.plan); // each of as many columns
  const int height = window(problem.height(), rows);
  const int width = round_up(window(problem.width(), problem.width().output), phases);
  const int planes = window(problem.depth(), whole ? problem.depth().output : 1);
  const std::size_t element = bytes_of(problem.types.accumulator()),
                    bytes = element * planes * height * width * channels;
  return {round_up(bytes, CONVFORGE_ALIGNMENT),
          fmt::format("{} x {}{} rows x {} columns x {} channels of padded input{}", element,
                      planes > 1 ? fmt::format("{} planes x ", planes) : "", height, width, channels,
                      bytes % CONVFORGE_ALIGNMENT == 0 ? "" : ", rounded up to 64")};
}

/// The converted input of a pointwise kernel: of one task's pixels, by the loops of schedules/loops.cpp.
Size converted_pixels(const Artefact &artefact, const Region &region) {
  const Problem shape = fuse_pixels(artefact.problem);
  const int pixels = shape.width().output;
  const int most = artefact.plan.parallel == ParallelAxis::channels
                       ? pixels
                       : std::min(pixels, round_up(artefact.plan.columns_per_task, region.tile_w));
  const std::size_t element = bytes_of(shape.types.accumulator()), bytes = element * most * shape.in_channels;
  return {round_up(bytes, CONVFORGE_ALIGNMENT),
          fmt::format("{} x {} x {} of converted input{}", element, counted(most, "pixel"),
                      counted(shape.in_channels, "channel"),
                      bytes % CONVFORGE_ALIGNMENT == 0 ? "" : ", rounded up to 64")};
}

/// What strided loads (depthwise NCHW, stride above 1) may read past the copy's end: less than a vector's
/// span.
std::size_t overread(const Artefact &artefact, const Region &region) {
  const Problem &problem = artefact.problem;
  return problem.layout == Layout::nchw && column_phases(problem, artefact.plan) < problem.width().stride
             ? static_cast<std::size_t>(round_up(static_cast<int>(bytes_of(problem.types.accumulator())) *
                                                     region.lanes * problem.width().stride,
                                                 static_cast<int>(CONVFORGE_ALIGNMENT)))
             : 0;
}

/// A buffer of a Winograd kernel: what it holds for each point.
Size point_buffer(std::size_t per_point, int points, const std::string &what) {
  const std::size_t element = bytes_of(ElementTypes{}.accumulator()), bytes = element * per_point * points;
  return {round_up(bytes, CONVFORGE_ALIGNMENT),
          fmt::format("{} x {} points x {}{}", element, points, what,
                      bytes % CONVFORGE_ALIGNMENT == 0 ? "" : ", rounded up to 64")};
}

Size sum(const Size &a, const Size &b) {
  return {a.value + b.value, a.formula + " + " + b.formula};
}

/// By the loops of schedules/winograd/x86_winograd_down.cpp: a transformed row beside the products of a
/// register tile.
Size winograd_down_workspace(const Artefact &artefact) {
  const Problem &problem = artefact.problem;
  const Region &region = artefact.plan.regions.front();
  const int points = winograd_points(problem.height(), artefact.plan.winograd().outputs_h).points;
  const int elements = winograd_down_elements(problem, artefact.plan);
  return sum(
      point_buffer(elements, points, fmt::format("{} of a transformed row", counted(elements, "element"))),
      point_buffer(std::size_t(region.tile_w) * region.block, points,
                   fmt::format("{} x {} of products", counted(region.tile_w, "pixel"),
                               counted(region.block, "channel"))));
}

/// By the loops of schedules/winograd/winograd_loops.hpp: the transformed input of a task beside the larger
/// of a transformed row of the image, or of all, and the products. Where tasks are blocks of channels, the
/// transformed input is shared.
Size winograd_workspace(const Artefact &artefact, bool shared) {
  const Problem &problem = artefact.problem;
  const Plan &plan = artefact.plan;
  const WinogradShape shape = winograd_shape(problem, plan);
  const auto [tiles, channels] = shape.input_room;
  const auto [product_tiles, block] = shape.product_room;
  const int columns = shape.columns * shape.rows_together;
  const int lanes = plan.winograd().input_lanes;
  const Size input = point_buffer(
      std::size_t(tiles) * channels, shape.points(),
      fmt::format("{} x {} of transformed input", counted(tiles, "tile"), counted(channels, "channel")));
  const Size row =
      point_buffer(std::size_t(columns) * lanes, shape.points_y,
                   fmt::format("{} x {} of {}", counted(columns, "column"), counted(lanes, "channel"),
                               shape.rows_together > 1 ? "transformed rows" : "a transformed row"));
  const Size products = point_buffer(
      std::size_t(product_tiles) * block, shape.points(),
      fmt::format("{} x {} of products", counted(product_tiles, "tile"), counted(block, "channel")));
  const Size &larger = row.value > products.value ? row : products;
  if (plan.parallel == ParallelAxis::channels) {
    return shared ? input : larger;
  }
  return sum(input, larger);
}

/// The number is what the compiler counted; the formula stands beside it only where it gives the same.
Size workspace(const Artefact &artefact, std::size_t bytes, bool shared) {
  if (bytes == 0)
    return {0, "nothing to keep"};
  if (artefact.plan.algorithm == Algorithm::winograd) {
    const bool down = is_winograd_down(artefact.problem, artefact.plan.winograd().outputs_w);
    const Size size = down ? winograd_down_workspace(artefact) : winograd_workspace(artefact, shared);
    return size.value == bytes ? size : Size{bytes, {}};
  }
  if (artefact.plan.window().padded_copy) {
    for (const Region &region : artefact.plan.regions) {
      Size copy = artefact.plan.algorithm == Algorithm::pointwise ? converted_pixels(artefact, region)
                                                                  : padded_copy(artefact, region);
      if (copy.value == bytes)
        return copy;
      if (copy.value < bytes && bytes - copy.value <= overread(artefact, region))
        return {bytes, fmt::format("{} + {} for strided loads", copy.formula, bytes - copy.value)};
    }
  }
  return {bytes, {}};
}

/// What a tile loads whole vectors of, beside one register of the other.
bool weights_in_vectors(const Plan &plan) {
  return plan.vector_axis != VectorAxis::width;
}

std::string describe_tile(const Problem &problem, const Plan &plan, const Region &region,
                          const RegisterTile &tile) {
  if (plan.algorithm == Algorithm::winograd && is_winograd_down(problem, plan.winograd().outputs_w))
    return fmt::format("{} of {} outputs x {} of {} channels", counted(region.tile_w, "column"),
                       plan.winograd().outputs_h, counted(tile.vectors, "vector"), region.lanes);
  if (plan.algorithm == Algorithm::winograd)
    return fmt::format("{} of {}x{} outputs x {} of {} channels", counted(region.tile_w, "tile"),
                       plan.winograd().outputs_h, plan.winograd().outputs_w, counted(tile.vectors, "vector"),
                       region.lanes);
  switch (plan.vector_axis) {
  case VectorAxis::channel:
    return fmt::format("{}x{} pixels x {} of {} channels", region.tile_h, region.tile_w,
                       counted(tile.vectors, "vector"), region.lanes);
  case VectorAxis::width:
    return fmt::format("{} x {} of {} pixels", counted(region.block, "channel"),
                       counted(tile.vectors, "vector"), region.lanes);
  case VectorAxis::input_channel:
    break;
  }
  return fmt::format("{}x{} pixels x {}, vectors of {} input channels", region.tile_h, region.tile_w,
                     counted(tile.vectors, "channel"), region.lanes);
}

} // namespace

RegisterUse register_use(const Problem &problem, const Plan &plan, const Region &region,
                         const Target &target) {
  const RegisterTile tile = register_tile(problem, plan, region);
  RegisterUse use{.accumulators = tile.accumulators(), .available = target.vector_registers};
  use.tile = describe_tile(problem, plan, region, tile);
  if (plan.algorithm == Algorithm::depthwise) {
    use.used = use.accumulators;
    use.registers = fmt::format("{} of {}, the rest for input and weights between taps",
                                counted(use.accumulators, "accumulator"), use.available);
    return use;
  }
  use.used = registers_used(target, tile);
  use.registers = fmt::format("{} = {} of {}",
                              terms(target, tile, weights_in_vectors(plan) ? "weight" : "input",
                                    weights_in_vectors(plan) ? "input" : "weight"),
                              use.used, use.available);
  return use;
}

Size packed_size(const Artefact &artefact) {
  const Pack &pack = artefact.pack;
  Size size{pack.bytes, fmt::format("{} for the header", CONVFORGE_PACK_HEADER_BYTES)};
  const auto [planes, rows, columns] = pack.points;
  const long points = long{planes} * rows * columns;
  const std::string shape =
      (artefact.problem.has_depth() ? fmt::format("{}x", planes) : "") + fmt::format("{}x{}", rows, columns);
  for (const PackRegion &region : pack.regions) {
    const int blocks = ceil_div(region.channels, region.lanes);
    const std::size_t element = bytes_of(pack.type);
    const long elements = long{pack.groups} * blocks * points * pack.group_in * region.lanes;
    size.formula +=
        fmt::format(" + {} x {}{} x {} {} x {} x {}{}", element,
                    pack.groups > 1 ? fmt::format("{} groups x ", pack.groups) : "", counted(blocks, "block"),
                    shape, pack.winograd() ? "points" : "taps", counted(pack.group_in, "input channel"),
                    counted(region.lanes, "output channel"),
                    element * elements % CONVFORGE_ALIGNMENT == 0 ? "" : ", rounded up to 64");
  }
  return size;
}

Size shared_workspace(const Artefact &artefact) {
  return workspace(artefact, artefact.workspace_shared_bytes, true);
}

Size thread_workspace(const Artefact &artefact) {
  return workspace(artefact, artefact.workspace_thread_bytes, false);
}

} // namespace convforge

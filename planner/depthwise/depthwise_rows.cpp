#include "planner/depthwise/depthwise_rows.hpp"
#include "base/integer.hpp"

#include "planner/platform.hpp"
#include "planner/tiles.hpp"

#include <algorithm>

namespace convforge {

namespace {

constexpr int most_columns_unrolled = 31; // of the kernel

/// Output columns at either side that have taps beside the image.
int left_edge(const Axis &w) {
  return std::min(w.output, ceil_div(w.pad_begin, w.stride));
}
int right_edge(const Axis &w) {
  const int inside = w.input + w.pad_begin - w.extent(); // the last output column that reads no more is here
  return inside < 0 ? w.output : std::max(0, w.output - 1 - inside / w.stride);
}

/// Vector registers that hold something at once: accumulators, and
/// - taps innermost: the weights of a kernel row, and the window that slides along the pixels;
/// - pixels innermost: one weight, and the tile's inputs that slide along the kernel.
/// With these the elements of a row are loaded once. Halide's straight-line code was spill-free with them for
/// AVX2 (3x3: 7 + 3 + 3, 5x5: 7 + 1 + 7) and AVX-512 (9x9: 12 + 9 + 9, 31x31: 14 + 1 + 14).
int registers(const Axis &w, int tile_w, bool taps_innermost) {
  if (taps_innermost)
    return tile_w + w.kernel + std::min(columns_read(w, tile_w), w.extent());
  return tile_w + 1 + std::min(columns_read(w, tile_w), tile_w * std::min(w.stride, w.kernel));
}

/// Bytes of code of one tile: multiply-adds and loads with their offsets, the epilogue and the loop's
/// control.
int tile_bytes(const Axis &w, int tile_w) {
  return 7 * tile_w * w.kernel + 9 * (columns_read(w, tile_w) + w.kernel) + 24 * tile_w + 150;
}

Columns choose_columns(const Axis &w, int tile_w, int code_bytes, bool copy) {
  const int left = left_edge(w), right = right_edge(w), count = ceil_div(w.output, tile_w);
  if (copy || w.kernel > most_columns_unrolled)
    return copy || left > 0 || right > 0 ? Columns::copied : Columns::inside;
  if (left == 0 && right == 0)
    return Columns::inside;
  // The last tile may begin within the last but one, which must not reach the edge.
  if (count >= 3 && left <= tile_w && (count - 1) * tile_w <= w.output - right &&
      3 * tile_bytes(w, tile_w) <= code_bytes) {
    return Columns::split;
  }
  return count * tile_bytes(w, tile_w) <= code_bytes ? Columns::unrolled : Columns::copied;
}

} // namespace

int columns_read(const Axis &width, int tile_w) {
  return std::min((tile_w - 1) * width.stride + width.extent(), tile_w * width.kernel);
}

double depthwise_row_cycles(const Problem &problem, const Platform &platform, int tile_w, bool copied) {
  const Axis &w = problem.width();
  const double rows = double(problem.depth().kernel) * problem.height().kernel;
  const double multiply_adds = tile_w * w.kernel / fma_per_cycle(platform);
  const double loads = (columns_read(w, tile_w) + w.kernel) / platform.machine.loads_per_cycle;
  const double control = 1.5; // of the loop over kernel rows
  const double epilogue = 1.5 * tile_w + 4;
  double cycles = ceil_div(w.output, tile_w) * (rows * (std::max(multiply_adds, loads) + control) + epilogue);
  if (copied) {
    const int copies = problem.depth().kernel;              // of a plane, for as many planes of output
    cycles += 2.0 * copies * w.stride * w.window(w.output); // a load and a store that meets L2
  }
  return cycles;
}

DepthwiseRow depthwise_row(const Problem &problem, const Platform &platform,
                           const DepthwiseRowLimits &limits) {
  const Axis &w = problem.width();
  const int most = platform.target.vector_registers - (platform.target.fma ? 1 : 2);
  DepthwiseRow best{.unroll_s = w.kernel <= most_columns_unrolled, .cycles = 1e300};
  for (const bool taps_innermost : {true, false}) {
    for (int tile_w = 1; tile_w <= std::min(w.output, most); tile_w++) {
      if (tile_w > 1 &&
          (registers(w, tile_w, taps_innermost) > most || columns_read(w, tile_w) > limits.columns))
        break;
      const Columns columns = choose_columns(w, tile_w, limits.code_bytes, limits.copy);
      const double cycles = depthwise_row_cycles(problem, platform, tile_w, columns == Columns::copied);
      if (cycles < best.cycles) {
        best.tile_w = tile_w;
        best.taps_innermost = taps_innermost;
        best.columns = columns;
        best.cycles = cycles;
      }
    }
  }
  return best;
}

} // namespace convforge

#include "algorithms/tile_output.hpp"

#include "algorithms/halide_type.hpp"
#include "plan/pooled_epilogue.hpp"

namespace convforge {

namespace {

using Halide::Expr;

/// The largest or the average of a window, which is wholly on the image.
Expr pooled_window(const Pooling &pooling, const std::function<Expr(int row, int column)> &value) {
  const int rows = pooling.height().kernel, columns = pooling.width().kernel;
  const bool largest = pooling.kind == PoolingKind::max;
  Expr result;
  for (int r = 0; r < rows; r++)
    for (int s = 0; s < columns; s++) {
      const Expr one = value(r, s);
      result = !result.defined() ? one : largest ? max(result, one) : result + one;
    }
  return largest ? result : result * (1.0f / float(rows * columns));
}

} // namespace

Expr stored_of_tile(const Problem &problem, const TileValues &values, const Expr &x, const Expr &y) {
  if (!problem.pools())
    return stored(problem.types, values.epilogue(values.sum(x, y), x, y));
  const Pooling &pooling = problem.pooling;
  const bool behind = epilogue_of_pooled(problem) == EpilogueOfPooled::behind;
  const Expr pooled = pooled_window(pooling, [&](int row, int column) {
    const Expr under_x = x * pooling.width().stride + column, under_y = y * pooling.height().stride + row;
    const Expr sum = values.sum(under_x, under_y);
    return behind ? sum : values.epilogue(sum, under_x, under_y);
  });
  return stored(problem.types, behind ? values.epilogue(pooled, x, y) : pooled);
}

} // namespace convforge

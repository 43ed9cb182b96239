#include "algorithms/transposed.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/stored_once.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Func;

constexpr int blocked_dimensions = 7; // of Convolution::output

} // namespace

TransposedInput make_transposed_input(const Problem &problem, const Halide::ImageParam &input,
                                      const std::string &suffix) {
  TransposedInput made;
  const Halide::Var &c = made.c, &x = made.x, &y = made.y, &n = made.n;
  made.square = Func("input_square_" + suffix);
  made.pixels = Func("pixels_" + suffix);
  // Tasks at the end of the image compute rows below it, which nobody stores.
  const Expr row = clamp(y, 0, problem.height().input - 1);
  made.square(c, x, y, n) = accumulated(problem.types, input(x, c, row, n));
  made.pixels(c, x, y, n) = made.square(c, x, y, n);
  return made;
}

TransposedOutput make_transposed_output(const Problem &problem, const Plan &plan, const Region &region,
                                        const Func &sums, const std::string &suffix) {
  TransposedOutput made;
  const auto &[k, b, g, x, y, z, n] = made.v;
  const bool blocked = sums.dimensions() == blocked_dimensions;
  Region stored = region;
  if (!blocked)
    stored.block = region.channels;
  made.computed = std::min(stored.block, stored.channels);
  // The last channels of depthwise are computed with some that an earlier region stores.
  const int others = first_unstored(plan, region) - region.first_channel;
  stored.first_channel += others;
  stored.channels -= others;
  stored.block = std::min(stored.block, stored.channels);
  made.first_channel = stored.first_channel;
  made.channels = stored.block;
  made.sums = sums;
  made.square = Func("output_square_" + suffix);
  made.output = Func("transposed_" + suffix);
  made.operands = region_operands(problem, plan, stored, suffix);
  const std::vector<Expr> at = {k, b, g, x, y, z, n};
  // A last square that ends earlier is loaded as a whole.
  const Expr column = takes_tensor_like_output(problem.epilogue) ? min(x, problem.width().output - 1) : x;
  made.square(k, b, g, x, y, z, n) =
      blocked ? sums(k + others, b, g, column, y, z, n) : sums(b * stored.block + k, g, column, y, n);
  made.output(k, b, g, x, y, z, n) = apply_epilogue(problem, made.square(at), made.operands, {k, b, g}, at);
  fix_like_output(made.output.output_buffer(), problem.output_strides(), problem, plan, stored);
  return made;
}

} // namespace convforge

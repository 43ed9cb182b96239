#include "algorithms/patch_input.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/padded_element.hpp"
#include "base/integer.hpp"
#include "problem/pooling_patches.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Func;

/// Where along an axis the input of patch number `patch` begins: it may be in the padding.
template <typename Number>
Number input_corner(const Axis &axis, const Axis &pooled, int outputs, const Number &patch) {
  return corner_of_patch(pooled, outputs, patch) * axis.stride - axis.pad_begin;
}

/// Pixels of fewer channels are copied in rows: 3 channels took 24 instructions a pixel.
constexpr int few_channels = 4;

/// Columns of the input that every patch has, at least.
int least_columns(const Problem &problem, const PooledPatch &patch) {
  const Axis &axis = problem.width(), &pooled = problem.pooling.width();
  const int all = pooling_patches(problem, patch).width().input;
  int least = all;
  for (int i = 0; i < patch_counts(problem, patch).along; i++) {
    const int left = input_corner(axis, pooled, patch.columns, i);
    least = std::min(least, std::min(left + all, axis.input) - std::max(left, 0));
  }
  return least;
}

} // namespace

Expr element_of_patch(const Problem &problem, const PooledPatch &patch, const Halide::ImageParam &input,
                      const RearrangedInput &at) {
  const auto [down, along] = patch_counts(problem, patch);
  const PaddingMode mode = problem.pads_with();
  const Expr top =
      input_corner<Expr>(problem.height(), problem.pooling.height(), patch.rows, at.n / along % down);
  const Expr left = input_corner<Expr>(problem.width(), problem.pooling.width(), patch.columns, at.n % along);
  const PaddedElement y = padded_element(problem.height(), mode, top + at.y);
  const PaddedElement x = padded_element(problem.width(), mode, left + at.x);
  return within(element_of_input(problem, input, at.c, x.near, y.near, at.n / (down * along)), {x, y});
}

bool copies_rows_of_elements(const Problem &problem, const Plan &plan, int lanes) {
  return plan.pools() && problem.layout == Layout::nhwc && problem.in_channels <= few_channels &&
         problem.input_strides().w == problem.in_channels && problem.pads_with() == PaddingMode::zeros &&
         least_columns(problem, plan.pooled) * problem.in_channels >= lanes;
}

void define_rows_of_patch(RearrangedInput &made, const Problem &problem, const PooledPatch &patch,
                          const Halide::ImageParam &input, int lanes, const std::string &suffix) {
  const auto [down, along] = patch_counts(problem, patch);
  const int channels = problem.in_channels, all = problem.width().input * channels;
  const int elements = pooling_patches(problem, patch).width().input * channels;
  const Expr top =
      input_corner<Expr>(problem.height(), problem.pooling.height(), patch.rows, made.n / along % down);
  const Expr left =
      channels * input_corner<Expr>(problem.width(), problem.pooling.width(), patch.columns, made.n % along);
  made.row = Func("row_" + suffix);
  made.row(made.e, made.y, made.n) = 0.0f;
  made.span = Halide::RDom(0, lanes, 0, ceil_div(elements, lanes), "span");
  const Expr y = top + made.y;
  made.span.where(y >= 0 && y < problem.height().input);
  const Expr first = max(left, 0), behind = min(left + elements, all);
  const Expr vector = min(first + made.span.y * lanes, behind - lanes);
  const auto promise = [](const Expr &at, int extent) {
    return Halide::unsafe_promise_clamped(at, 0, extent - 1);
  };
  made.row(promise(vector - left, elements - lanes + 1) + made.span.x, made.y, made.n) =
      accumulated(problem.types, input(promise(vector, all - lanes + 1) + made.span.x, 0,
                                       promise(y, problem.height().input), made.n / (down * along)));
  made.pixels(made.c, made.x, made.y, made.n) = made.row(made.x * channels + made.c, made.y, made.n);
}

} // namespace convforge

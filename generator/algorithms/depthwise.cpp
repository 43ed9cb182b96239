// Depthwise: each output channel is the sum over one filter window of one input channel. With a multiplier m,
// output channel o reads input channel o / m.
#include "algorithms/convolution.hpp"
#include "algorithms/halide_type.hpp"
#include "algorithms/masked_lanes.hpp"
#include "algorithms/padding.hpp"
#include "algorithms/strict.hpp"
#include "plan/masked_tiles.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;

/// Whether padded coordinate `i` lies in the image.
Expr inside(const Axis &axis, const Expr &i) {
  return i >= axis.pad_begin && i < axis.pad_begin + axis.input;
}

/// Do taps of every window share an element along an axis, as the compiler can tell? (1 x 7 over one column
/// or two: the window is larger than the image.)
bool shares_elements(const Problem &problem) {
  return std::ranges::any_of(problem.axes,
                             [](const Axis &axis) { return axis.kernel > 1 && axis.input < axis.extent(); });
}

/// Where a tap lies in the padded input.
struct PaddedTap {
  Expr channel, x, y, z, n;
};

/// The same of its columns and rows.
struct PaddedPixel {
  Expr x, y;
};

/// The sum with a tap where the padding is made of elements, which are read from the input: no tap is left
/// out. Rows and planes cost a few scalar instructions each; which columns lie outside is known where the
/// schedule writes the tiles at the edges out. There several taps may be on one element, which LLVM would
/// multiply by the sum of their weights: infinity, where their products' sum is NaN. (It looks at the sum
/// alone when it takes the element out of two products.) Where tasks rearrange the input, its rows of padding
/// are there.
Expr sum_of_padded(const Image &image, const Problem &problem, const PaddedTap &at, const Expr &sum,
                   const Expr &weight) {
  const PaddingMode mode = problem.padding_mode;
  const Axis &h = problem.height(), &w = problem.width(), &d = problem.depth();
  const Expr row = at.y - h.pad_begin, column = at.x - w.pad_begin;
  const Expr line = image.row(image.input.rearranged.defined() ? row : padded_within_reach(h, mode, row),
                              padded_within_reach(d, mode, at.z - d.pad_begin));
  const auto element = [&](const Expr &i) {
    return image.staging.of(image.element(at.channel, i, line, at.n));
  };
  const Expr product = element(Halide::unsafe_promise_clamped(column, 0, w.input - 1)) * weight;
  Expr within = shares_elements(problem) ? strict::add(sum, product) : sum + product;
  if (w.pad_begin <= 0 && w.pad_end <= 0)
    return within;
  const Expr outside = strict::add(sum, strict::mul(element(padded_from(w, mode, column)), weight));
  return select(inside(w, at.x), likely(within), outside);
}

/// Of rows that are read where they lie: the lanes of a vector that are in the image. The schedule makes the
/// conditions constants at the edges, and true everywhere else.
Expr masked_element(Expr element, const Problem &problem, const Region &region, const PaddedPixel &at) {
  const Axis &h = problem.height(), &w = problem.width();
  if (reaches_beside(w, region.tile_w)) {
    const Expr lanes = masked_lanes(element, at.x - w.pad_begin, w.input);
    element = select(inside(w, at.x), likely(lanes), 0.0f);
  }
  return reaches_beside(h, region.tile_h) ? select(inside(h, at.y), likely(element), 0.0f) : element;
}

} // namespace

void define_depthwise(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  const Axis &h = problem.height(), &w = problem.width();
  const auto &[k, b, g, x, y, z, n] = conv.v;
  conv.taps = declare_taps(conv, problem, 1);
  const auto &[c, s, r, t] = Taps(conv.taps);
  const Expr o = region.first_channel + b * region.block + k;
  const Expr channel = conv.image.expanded ? o : o / problem.group_out();
  const Expr column = x * w.stride + s * w.dilation, row = y * h.stride + r * h.dilation;

  const Expr weight = accumulated(problem.types, conv.packed(k, 0, s, r, t, b, g));
  conv.sum(k, b, g, x, y, z, n) = 0.0f;
  if (problem.pads_with() != PaddingMode::zeros && !plan.window().padded_copy) {
    const Expr plane = z * problem.depth().stride + t * problem.depth().dilation;
    const Expr sum = conv.sum(k, b, g, x, y, z, n);
    conv.sum(k, b, g, x, y, z, n) =
        sum_of_padded(conv.image, problem, {channel, column, row, plane, n}, sum, weight);
    return;
  }
  Expr element = element_under(conv, problem, channel, s, r, t);
  if (plan.masks_lanes()) {
    conv.sum(k, b, g, x, y, z, n) += masked_element(element, problem, region, {column, row}) * weight;
    return;
  }
  if (plan.window().skip_rows &&
      !plan.window().padded_copy) { // a copy holds zeros there, and is kept from its first row on
    conv.taps.where(inside(h, row));
  }
  if (plan.window().skip_columns) {
    // The schedule makes the condition a constant everywhere; `likely` is how Halide splits the loop for
    // that.
    element = select(inside(w, column), likely(element), 0.0f);
  }
  conv.sum(k, b, g, x, y, z, n) += element * weight;
}

} // namespace convforge

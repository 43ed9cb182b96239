#include "algorithms/rearranged.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/padding.hpp"
#include "algorithms/stored_once.hpp"
#include "algorithms/tensor_dims.hpp"
#include "base/integer.hpp"
#include "plan/dilation_phases.hpp"
#include "problem/pooling_patches.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Func;

/// Where an element along an axis lies that is counted with the zeros before the input.
struct PaddedElement {
  Expr near;   ///< the coordinate, or one that there is
  Expr inside; ///< undefined: always
};

/// At a coordinate, which may lie in the padding.
PaddedElement padded_element(const Axis &axis, PaddingMode mode, const Expr &coordinate) {
  const bool zeros = mode == PaddingMode::zeros && (axis.pad_begin > 0 || axis.pad_end > 0);
  return {padded_from(axis, mode, coordinate), zeros ? coordinate >= 0 && coordinate < axis.input : Expr()};
}

Expr element(const Problem &problem, const Halide::ImageParam &input, const Expr &c, const Expr &x,
             const Expr &y, const Expr &n) {
  const Expr value = problem.layout == Layout::nhwc
                         ? input(x * steps_of(problem.input_strides()).x + c, 0, y, n)
                         : input(x, c, y, n);
  return accumulated(problem.types, value);
}

/// Zero unless it is inside along both axes.
Expr within(Expr value, std::initializer_list<PaddedElement> axes) {
  for (const PaddedElement &axis : axes)
    if (axis.inside.defined())
      value = select(axis.inside, value, 0.0f);
  return value;
}

PaddedElement element_of(const Axis &axis, PaddingMode mode, const Expr &element, const Expr &phase) {
  if (!is_dilated(axis))
    return {padded_from(axis, mode, element), Expr()};
  const Expr coordinate = element * axis.dilation + phase - axis.pad_begin;
  const Expr inside = coordinate >= 0 && coordinate < axis.input;
  return {padded_from(axis, mode, coordinate), mode == PaddingMode::zeros ? inside : Expr()};
}

/// Where along an axis the input of patch number `patch` begins: it may be in the padding.
Expr corner_of_patch(const Axis &axis, const Axis &pooled, int outputs, const Expr &patch) {
  const Expr output = first_of_patch(pooled) + patch * patch_step(pooled, outputs); // of the convolution
  return output * axis.stride - axis.pad_begin;
}

/// The element of the patch n (problem/pooling_patches.hpp), with the zeros around the image.
Expr element_of_patch(const Problem &problem, const PooledPatch &patch, const Halide::ImageParam &input,
                      const RearrangedInput &at) {
  const auto [down, along] = patch_counts(problem, patch);
  const PaddingMode mode = problem.pads_with();
  const Expr top =
      corner_of_patch(problem.height(), problem.pooling.height(), patch.rows, at.n / along % down);
  const Expr left = corner_of_patch(problem.width(), problem.pooling.width(), patch.columns, at.n % along);
  const PaddedElement y = padded_element(problem.height(), mode, top + at.y);
  const PaddedElement x = padded_element(problem.width(), mode, left + at.x);
  return within(element(problem, input, at.c, x.near, y.near, at.n / (down * along)), {x, y});
}

/// Pixels of fewer channels are copied in rows: 3 channels took 24 instructions a pixel.
constexpr int few_channels = 4;

/// Columns of the input that every patch of a row has, whose number is `along`.
int least_columns(const Problem &problem, const PooledPatch &patch) {
  const Axis &axis = problem.width(), &pooled = problem.pooling.width();
  const int all = pooling_patches(problem, patch).width().input;
  int least = all;
  for (int i = 0; i < patch_counts(problem, patch).along; i++) {
    const int output = first_of_patch(pooled) + i * patch_step(pooled, patch.columns);
    const int left = output * axis.stride - axis.pad_begin;
    least = std::min(least, std::min(left + all, axis.input) - std::max(left, 0));
  }
  return least;
}

bool copies_rows_of_elements(const Problem &problem, const Plan &plan, int lanes) {
  return plan.pools() && problem.layout == Layout::nhwc && problem.in_channels <= few_channels &&
         problem.input_strides().w == problem.in_channels && problem.pads_with() == PaddingMode::zeros &&
         least_columns(problem, plan.pooled) * problem.in_channels >= lanes;
}

/// The rows of patches: vectors of elements that there are, the last of which begins as early as it must.
void define_rows(RearrangedInput &made, const Problem &problem, const PooledPatch &patch,
                 const Halide::ImageParam &input, int lanes, const std::string &suffix) {
  const auto [down, along] = patch_counts(problem, patch);
  const int channels = problem.in_channels, all = problem.width().input * channels;
  const int elements = pooling_patches(problem, patch).width().input * channels;
  const Expr top =
      corner_of_patch(problem.height(), problem.pooling.height(), patch.rows, made.n / along % down);
  const Expr left =
      channels * corner_of_patch(problem.width(), problem.pooling.width(), patch.columns, made.n % along);
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

/// The element of the dense problem's image n, which is a phase.
Expr element_of_phase(const Problem &problem, const Halide::ImageParam &input, const RearrangedInput &at) {
  const auto [rows, columns] = dilation_phases(problem);
  const PaddedElement column = element_of(problem.width(), problem.pads_with(), at.x, at.n % columns);
  const PaddedElement row = element_of(problem.height(), problem.pads_with(), at.y, at.n / columns % rows);
  return within(element(problem, input, at.c, column.near, row.near, at.n / (rows * columns)), {column, row});
}

/// What the sums are that column x of row y of the rows' phase z is stored from.
struct SumOfPhase {
  Expr x, n;
};

SumOfPhase sum_of_phase(const Problem &problem, const OutputVars &v, const Expr &x) {
  const auto [rows, columns] = dilation_phases(problem);
  if (columns == 1)
    return {x, v.n * rows + v.z};
  const int dilation = problem.width().dilation;
  return {x / dilation, (v.n * rows + v.z) * columns + x % dilation};
}

/// The row whose output is defined next: y, or where not all phases of rows have as many, a row of an update
/// that leaves out those which are not there.
Expr stored_row(RearrangedOutput &made, const Problem &problem, const Plan &plan) {
  const auto &[k, b, g, x, y, z, n] = made.v;
  const Axis &height = problem.height();
  made.guarded = plan.phases_per_task > 0 && height.output % dilation_phases(problem).rows != 0;
  if (!made.guarded)
    return y;
  made.output(k, b, g, x, y, z, n) = Halide::undef(halide_type(problem.types.destination));
  Halide::RDom one(0, 1, "row");
  one.where(y * height.dilation + z < height.output);
  return y + one;
}

} // namespace

Region stored_part(const Plan &plan, const Region &region, bool blocked) {
  Region stored = region;
  if (!blocked)
    stored.block = region.channels;
  const int others = first_unstored(plan, region) - region.first_channel;
  stored.first_channel += others;
  stored.channels -= others;
  stored.block = std::min(stored.block, stored.channels);
  return stored;
}

RearrangedInput make_rearranged_input(const Problem &problem, const Plan &plan,
                                      const Halide::ImageParam &input, int lanes, const std::string &suffix) {
  RearrangedInput made;
  const Halide::Var &c = made.c, &x = made.x, &y = made.y, &n = made.n;
  made.pixels = Func("pixels_" + suffix);
  if (copies_rows_of_elements(problem, plan, lanes)) {
    define_rows(made, problem, plan.pooled, input, lanes, suffix);
    return made;
  }
  // Tasks at the end of the image compute rows below it, which nobody stores. What pads with elements has its
  // rows of padding here: they may be of another task's.
  const Expr element =
      plan.pools() ? element_of_patch(problem, plan.pooled, input, made)
      : plan.phases_per_task > 0
          ? element_of_phase(problem, input, made)
          : accumulated(problem.types, input(x, c, padded_from(problem.height(), problem.pads_with(), y), n));
  if (!plan.transposed) {
    made.pixels(c, x, y, n) = element;
    return made;
  }
  made.square = Func("input_square_" + suffix);
  made.square(c, x, y, n) = element;
  made.pixels(c, x, y, n) = made.square(c, x, y, n);
  return made;
}

RearrangedOutput make_rearranged_output(const Problem &problem, const Plan &plan, const Region &region,
                                        const Func &sums, const std::string &suffix) {
  RearrangedOutput made;
  const auto &[k, b, g, x, y, z, n] = made.v;
  const bool blocked = sums.dimensions() == blocked_dimensions;
  made.computed = blocked ? std::min(region.block, region.channels) : region.channels;
  const Region stored = stored_part(plan, region, blocked);
  const int others = stored.first_channel - region.first_channel;
  made.first_channel = stored.first_channel;
  made.channels = stored.block;
  made.sums = sums;
  made.output = Func("rearranged_" + suffix);
  const bool phases = plan.phases_per_task > 0;
  const Problem stored_as = phases ? outputs_by_phase(problem) : problem;
  made.operands = region_operands(stored_as, plan, stored, suffix);
  const auto sum = [&](const Expr &column, const Expr &row) -> Expr {
    const SumOfPhase at = phases ? sum_of_phase(problem, made.v, column) : SumOfPhase{column, made.v.n};
    const Expr plane = phases ? Expr(0) : Expr(made.v.z);
    return blocked ? sums(made.v.k + others, made.v.b, made.v.g, at.x, row, plane, at.n)
                   : sums(made.v.b * stored.block + made.v.k, made.v.g, at.x, row, at.n);
  };
  if (plan.transposed) {
    // A last square that ends earlier is loaded as a whole.
    const Expr column =
        takes_tensor_like_output(problem.epilogue) || phases ? min(x, problem.width().output - 1) : x;
    made.square = Func("output_square_" + suffix);
    made.square(k, b, g, x, y, z, n) = sum(column, y);
  }
  const Expr row = stored_row(made, problem, plan);
  const std::vector<Expr> at = {k, b, g, x, row, z, n};
  const Expr value = plan.transposed ? made.square(at) : sum(x, row);
  made.output(k, b, g, x, y, z, n) = apply_epilogue(problem, value, made.operands, {k, b, g}, at);
  fix_like_output(made.output.output_buffer(), stored_as.output_strides(), stored_as, plan, stored);
  return made;
}

} // namespace convforge

#include "algorithms/pooled.hpp"

#include "algorithms/epilogue.hpp"
#include "algorithms/halide_type.hpp"
#include "plan/pooled_epilogue.hpp"
#include "plan/pooled_tiles.hpp"
#include "problem/pooling_patches.hpp"

#include <functional>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::Var;

/// A pixel of a patch, which is image n of the sums.
struct PatchPixel {
  Expr x, y, n;
};
/// The value at a pixel: Var k, b and g are the channel.
using ValueAt = std::function<Expr(const PatchPixel &)>;

bool leaves_image(const Axis &pooled) {
  return pooled.pad_begin > 0 || pooled.pad_end > 0;
}

/// One axis of the pooling, in patches of so many outputs.
class PooledAxis {
public:
  PooledAxis(const Axis &axis, int outputs) : axis_(axis), outputs_(outputs) {}

  Expr patch_of(const Expr &output) const { return output / outputs_; }
  Expr pooled_in_patch(const Expr &output) const { return output % outputs_; }
  /// The convolution's output under a tap; it may lie beside the image.
  Expr under(const Expr &output, int tap) const { return output * axis_.stride - axis_.pad_begin + tap; }
  Expr inside(const Expr &at) const { return at >= 0 && at < axis_.input; }
  /// Where a patch has the output under a tap; beside the image that on its edge, which is another tap's.
  /// Said aloud where it is in the patch, for Halide cannot know.
  Expr in_patch(const Expr &output, int tap) const {
    if (!leaves_image(axis_))
      return output % outputs_ * axis_.stride + tap;
    const Expr at = clamp(under(output, tap), 0, axis_.input - 1);
    return clamp(at - first(patch_of(output)), 0, axis_.window(outputs_) - 1);
  }
  /// The output of the convolution that a patch has there, or one that there is.
  Expr of_image(const Expr &patch, const Expr &at) const {
    return clamp(first(patch) + at, 0, axis_.input - 1);
  }
  /// Of the taps of an output those on the image.
  Expr taps_inside(const Expr &output) const {
    if (!leaves_image(axis_))
      return axis_.kernel;
    const Expr first = under(output, 0);
    return min(first + axis_.kernel, axis_.input) - max(first, 0);
  }
  const Axis &axis() const { return axis_; }

private:
  Expr first(const Expr &patch) const { return corner_of_patch(axis_, outputs_, patch); }
  const Axis &axis_;
  int outputs_;
};

class PooledAlgebra {
public:
  PooledAlgebra(const Problem &problem, const Plan &plan, const OutputVars &v)
      : kind_(problem.pooling.kind), v_(v), down_(problem.pooling.height(), plan.pooled.rows),
        along_(problem.pooling.width(), plan.pooled.columns), counts_(patch_counts(problem, plan.pooled)) {}

  /// The coordinates of a pixel among the convolution's outputs, as operands of its epilogue are read.
  std::vector<Expr> in_image(const PatchPixel &pixel) const {
    const Expr row = pixel.n / counts_.along % counts_.down, column = pixel.n % counts_.along;
    return {v_.k,
            v_.b,
            v_.g,
            along_.of_image(column, pixel.x),
            down_.of_image(row, pixel.y),
            0,
            pixel.n / counts_.count()};
  }

  /// The pooled output at column x of row y. Beside the image lies nothing; for the largest one what is on
  /// its edge stands there, which is looked at anyway.
  Expr pooled(const Expr &x, const ValueAt &value) const {
    Expr result;
    for (int r = 0; r < down_.axis().kernel; r++)
      for (int s = 0; s < along_.axis().kernel; s++) {
        const Expr one = counted(value(pixel(x, r, s)), x, r, s);
        result = !result.defined() ? one : kind_ == PoolingKind::max ? max(result, one) : result + one;
      }
    return kind_ == PoolingKind::max ? result : result * share(x);
  }

  /// The pooled output at column x of row y, where each patch's are in the workspace.
  PatchPixel in_patch(const Expr &x) const {
    return {along_.pooled_in_patch(x), down_.pooled_in_patch(v_.y), patch_of(x)};
  }

private:
  Expr patch_of(const Expr &x) const {
    return (v_.n * counts_.down + down_.patch_of(v_.y)) * counts_.along + along_.patch_of(x);
  }
  PatchPixel pixel(const Expr &x, int r, int s) const {
    return {along_.in_patch(x, s), down_.in_patch(v_.y, r), patch_of(x)};
  }
  /// What an average counts of a value under a tap.
  Expr counted(Expr value, const Expr &x, int r, int s) const {
    if (kind_ == PoolingKind::max)
      return value;
    if (leaves_image(down_.axis()))
      value = select(down_.inside(down_.under(v_.y, r)), value, 0.0f);
    if (leaves_image(along_.axis()))
      value = select(along_.inside(along_.under(x, s)), value, 0.0f);
    return value;
  }
  /// Of one number in the average.
  Expr share(const Expr &x) const {
    const bool all = kind_ == PoolingKind::avg_p;
    const Expr taps = all ? Expr(down_.axis().kernel * along_.axis().kernel)
                          : down_.taps_inside(v_.y) * along_.taps_inside(x);
    return 1.0f / cast<float>(taps);
  }

  PoolingKind kind_;
  const OutputVars &v_;
  PooledAxis down_, along_;
  PatchCounts counts_;
};

/// What is pooled: the sums, or what the epilogue makes of them.
ValueAt pooled_values(PooledOutput &made, const Problem &problem, const PooledAlgebra &algebra,
                      const ValueAt &sum, const std::string &suffix) {
  const RearrangedOutput &out = made.stored;
  const auto &[k, b, g, x, y, z, n] = out.v;
  const ValueAt with_epilogue = [&, sum](const PatchPixel &at) {
    return epilogue_of(problem, sum(at), out.operands, {out.v.k, out.v.b, out.v.g}, algebra.in_image(at));
  };
  switch (epilogue_of_pooled(problem)) {
  case EpilogueOfPooled::behind:
    return sum;
  case EpilogueOfPooled::inside:
    return with_epilogue;
  case EpilogueOfPooled::before:
    break;
  }
  made.finished = Func("finished_" + suffix);
  made.finished(k, b, g, x, y, z, n) = with_epilogue({x, y, n});
  return [&](const PatchPixel &at) -> Expr {
    return made.finished(out.v.k, out.v.b, out.v.g, at.x, at.y, 0, at.n);
  };
}

/// Tensors as the pooled region sees them.
void fix_tensors(RearrangedOutput &out, const Problem &problem, const Plan &plan, const Region &stored) {
  fix_like_output(out.output.output_buffer(), problem.output_strides(), with_stored_outputs(problem), plan,
                  stored);
}

} // namespace

PooledOutput make_pooled_output(const Problem &problem, const Plan &plan, const Region &region,
                                const Func &sums, const std::string &suffix) {
  const Region stored_region = stored_part(plan, region, sums);
  PooledOutput made{output_of_sums(region, stored_region, sums), {}};
  RearrangedOutput &out = made.stored;
  const auto &[k, b, g, x, y, z, n] = out.v;
  out.operands = region_operands(unpooled(problem), plan, stored_region, suffix); // a residual is not pooled
  const PooledAlgebra algebra(problem, plan, out.v);
  const bool in_tiles = patches_of_plan(plan, problem).pools();
  const ValueAt sum = [&](const PatchPixel &at) {
    return sum_at(out, region, stored_region, {at.x, at.y, 0, at.n});
  };
  const Expr column = plan.transposed ? min(x, problem.pooling.width().output - 1) : Expr(x);
  Expr pooled = in_tiles ? sum(algebra.in_patch(column))
                         : algebra.pooled(column, pooled_values(made, problem, algebra, sum, suffix));
  if (epilogue_of_pooled(problem) == EpilogueOfPooled::behind)
    pooled = epilogue_of(problem, pooled, out.operands, {k, b, g}, {});
  if (plan.transposed) {
    out.square = Func("output_square_" + suffix);
    out.square(k, b, g, x, y, z, n) = pooled;
    pooled = out.square(k, b, g, x, y, z, n);
  }
  out.output = Func("pooled_" + suffix);
  out.output(k, b, g, x, y, z, n) = stored(problem.types, pooled);
  fix_tensors(out, problem, plan, stored_region);
  return made;
}

} // namespace convforge

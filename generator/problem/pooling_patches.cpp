#include "problem/pooling_patches.hpp"

#include "base/integer.hpp"

namespace convforge {

namespace {

/// With its zeros, for so many outputs.
Axis without_padding(const Axis &axis, int outputs) {
  Axis all = axis;
  all.output = outputs;
  all.input = axis.window(outputs);
  all.pad_begin = all.pad_end = 0;
  return all;
}

} // namespace

PatchCounts patch_counts(const Problem &problem, const PooledPatch &patch) {
  return {ceil_div(problem.pooling.height().output, patch.rows),
          ceil_div(problem.pooling.width().output, patch.columns)};
}

Problem pooling_patches(const Problem &problem, const PooledPatch &patch) {
  Problem all = unpooled(problem);
  all.batch = problem.batch * patch_counts(problem, patch).count();
  all.height() = without_padding(problem.height(), problem.pooling.height().window(patch.rows));
  all.width() = without_padding(problem.width(), problem.pooling.width().window(patch.columns));
  all.strides = {};
  return all;
}

} // namespace convforge

#include "plan/fused_pixels.hpp"

#include "base/integer.hpp"
#include "plan/pointwise.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// Of as many neighbours as there are, those in which `count` lie that begin anywhere.
int touched(int count, int size, int all) {
  const int most = count % size == 0 ? count / size : (count - 2 + size) / size + 1;
  return std::min(most, all);
}

int pixels_of_image(const Problem &problem) {
  return problem.width().output * problem.height().output;
}

} // namespace

bool can_fuse_pixels(const Problem &problem) {
  return problem.layout == Layout::nhwc && !problem.has_depth() &&
         (problem.height().output > 1 || problem.batch > 1) && outputs_follow(problem, rows_follow);
}

bool fuses_images(const Problem &problem, const Plan &plan) {
  return problem.batch > 1 && outputs_follow(problem, images_follow) &&
         (plan.parallel != ParallelAxis::pixels || plan.columns_per_task >= pixels_of_image(problem));
}

Problem loop_problem(const Problem &problem, const Plan &plan) {
  if (!plan.fuses_pixels())
    return problem;
  Problem loops = problem;
  const bool images = fuses_images(problem, plan);
  loops.width().output = pixels_of_image(problem) * (images ? problem.batch : 1);
  loops.height().output = 1;
  loops.batch = images ? 1 : problem.batch;
  loops.strides = {problem.input_strides(), without_rows(problem.residual_strides()),
                   without_rows(problem.output_strides())};
  return loops;
}

FusedTask fused_task(const Problem &problem, const Plan &plan, int tile) {
  const int rows = problem.height().output;
  if (plan.parallel != ParallelAxis::pixels)
    return {fuses_images(problem, plan) ? problem.batch : 1, rows};
  const int pixels = round_up(plan.columns_per_task, tile);
  if (fuses_images(problem, plan))
    return {touched(pixels, pixels_of_image(problem), problem.batch), rows};
  return {1, touched(pixels, problem.width().output, rows)};
}

} // namespace convforge

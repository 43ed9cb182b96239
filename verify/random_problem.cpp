#include "verify/random_problem.hpp"

#include "base/error.hpp"
#include "problem/pieces.hpp"
#include "verify/quantised/random_quantisation.hpp"
#include "verify/random_epilogue.hpp"

#include <algorithm>

namespace convforge {
namespace {

constexpr std::int64_t most_multiply_adds = 1 << 20;
constexpr std::int64_t most_outputs = 1 << 14; // of a channel, few of which may have taps

/// Output size and leading padding that the descriptor's rules allow: the trailing padding ends up between
/// -stride and the filter's extent.
Axis random_axis(Random &random, int largest) {
  Axis axis;
  axis.input = random.chance(3) ? random.integer(1, 4) : random.integer(1, largest);
  axis.kernel = pick({1, 1, 2, 3, 3, 3, 4, 5, 7}, random);
  axis.stride = pick({1, 1, 1, 2, 2, 3, 5}, random);
  axis.dilation = random.chance(4) ? random.integer(2, 4) : 1;
  const int extent = axis.extent();
  axis.pad_begin = random.chance(3) ? 0 : random.integer(0, extent);
  const int far = random.integer(1 - axis.stride, random.chance(2) ? 0 : extent + axis.stride - 1);
  const int room = axis.input + axis.pad_begin + far - extent;
  axis.output = std::max(room, 0) / axis.stride + 1;
  axis.pad_end = (axis.output - 1) * axis.stride + extent - axis.input - axis.pad_begin;
  return axis;
}

/// Output size and cropping of a transposed axis; output padding makes the cropping at the end negative.
Axis random_transposed_axis(Random &random, int largest) {
  Axis axis;
  axis.input = random.chance(3) ? random.integer(1, 4) : random.integer(1, largest);
  axis.kernel = pick({1, 2, 2, 3, 3, 4, 4, 5, 7}, random);
  axis.stride = pick({1, 2, 2, 2, 3, 4}, random);
  axis.dilation = random.chance(5) ? random.integer(2, 4) : 1;
  axis.pad_begin = random.chance(2) ? 0 : random.integer(-1, axis.extent());
  axis.pad_end = random.chance(2) ? axis.pad_begin : random.integer(-axis.stride, axis.extent());
  axis.output = std::max(1, (axis.input - 1) * axis.stride + axis.extent() - axis.pad_begin - axis.pad_end);
  axis.pad_end = (axis.input - 1) * axis.stride + axis.extent() - axis.output - axis.pad_begin;
  return axis;
}

/// More padding than a window, on either side, or less than none.
void widen_or_crop(Axis &axis, Random &random) {
  const int reach = axis.extent() + axis.stride;
  axis.pad_begin = random.integer(1 - std::min(axis.input, 4), random.chance(2) ? 3 * reach : 0);
  const int far = random.integer(-std::min(axis.input, 4), random.chance(2) ? 3 * reach : 0);
  const int room = axis.input + axis.pad_begin + far - axis.extent();
  axis.output = std::max(room, 0) / axis.stride + 1;
  axis.pad_end = (axis.output - 1) * axis.stride + axis.extent() - axis.input - axis.pad_begin;
}

Axis random_axis_of(const Problem &problem, Random &random, int largest) {
  if (problem.transposed)
    return random_transposed_axis(random, largest / 2);
  Axis axis = random_axis(random, largest);
  if (random.chance(16))
    widen_or_crop(axis, random);
  return axis;
}

void choose_channels(Problem &problem, Random &random) {
  constexpr int counts[] = {1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 23, 31, 32, 33, 48, 64};
  switch (random.integer(0, 5)) {
  case 0: // depthwise, with a channel multiplier now and then
    problem.groups = problem.in_channels = pick(counts, random);
    problem.out_channels = problem.in_channels * pick({1, 1, 1, 2, 3}, random);
    break;
  case 1: // grouped
    problem.groups = pick({2, 3, 4, 8}, random);
    problem.in_channels = problem.groups * random.integer(1, 9);
    problem.out_channels = problem.groups * random.integer(1, 20);
    break;
  default:
    problem.in_channels = pick(counts, random);
    problem.out_channels = random.chance(4) ? random.integer(1, 100) : pick(counts, random);
  }
}

/// Rows as ever, where there is no depth; else smaller ones, so that three axes are not too much.
void choose_axes(Problem &problem, Random &random, int dimensions) {
  const bool has_depth = dimensions == 3;
  problem.width() = random_axis_of(problem, random, has_depth ? 20 : 40);
  if (!random.chance(8)) // else 1-D
    problem.height() = random_axis_of(problem, random, has_depth ? 12 : 24);
  while (has_depth && !problem.has_depth())
    problem.depth() = random_axis_of(problem, random, 10);
}

/// One in four has a mode, of its own draw: a seed gives the shape that it gave before there were modes.
PaddingMode random_padding_mode(std::uint64_t seed) {
  Random random(~seed);
  if (!random.chance(4))
    return PaddingMode::zeros;
  return pick({PaddingMode::reflect, PaddingMode::replicate, PaddingMode::circular}, random);
}

/// Of a window along an axis that has these outputs.
Axis random_pooled_axis(int outputs, Random &random) {
  const int kernel = std::min(pick({2, 2, 3, 3, 1, 4}, random), outputs);
  const int stride = pick({1, 2, 2, 3}, random);
  const int begin = random.integer(0, kernel / 2), end = random.integer(0, kernel / 2);
  return Axis::padded(outputs, kernel, begin, end, stride);
}

/// One in six has one, of its own draw, too.
Pooling random_pooling(std::uint64_t seed, const Problem &problem) {
  Random random(seed ^ 0x706f6f6c);
  Pooling pooling;
  if (!random.chance(6) || problem.has_depth() || problem.types.quantised() || in_pieces(problem))
    return pooling;
  pooling.kind = pick({PoolingKind::max, PoolingKind::max, PoolingKind::avg_np, PoolingKind::avg_p}, random);
  pooling.height() = random_pooled_axis(problem.height().output, random);
  pooling.width() = random_pooled_axis(problem.width().output, random);
  return pooling;
}

Problem candidate(Random &random, const ElementTypes &types, int dimensions) {
  Problem problem;
  problem.types = types;
  problem.transposed = random.chance(8);
  problem.batch = random.chance(4) ? random.integer(2, 3) : 1;
  choose_channels(problem, random);
  choose_axes(problem, random, dimensions);
  problem.layout = random.chance(2) ? Layout::nchw : Layout::nhwc;
  problem.weights_layout =
      random.chance(5)
          ? pick({WeightsLayout::hwio, WeightsLayout::oihw, WeightsLayout::ohwi, WeightsLayout::iohw}, random)
          : default_weights_layout(problem);
  if (types.quantised())
    choose_quantisation(problem, random);
  else
    problem.epilogue = random_epilogue(random);
  return problem;
}

bool has_elements_to_pad_with(const Problem &problem) {
  try {
    check_padding_mode(problem);
    return true;
  } catch (const Error &) {
    return false;
  }
}

bool suitable(const Problem &problem) {
  try {
    problem.validate();
    return problem.multiply_adds() <= most_multiply_adds && problem.volume(&Axis::output) <= most_outputs &&
           Problem::parse(problem.descriptor()).axes == problem.axes;
  } catch (const Error &) {
    return false; // for example an output without a single tap inside the image
  }
}

/// Of half of the transposed ones all phases read the same inputs: of a draw of its own, too.
void make_phases_alike(Problem &problem, std::uint64_t seed) {
  Random random(seed ^ 0x70686173);
  if (!problem.transposed || !random.chance(2))
    return;
  Problem alike = problem;
  for (Axis *axis : {&alike.height(), &alike.width()}) {
    if (*axis == Axis{})
      continue;
    const int stride = random.integer(1, 3), kernel = stride * random.integer(1, 3);
    const auto padding = [&] { return stride * random.integer(0, std::max(0, kernel / stride - 1)); };
    const int begin = padding(), end = padding();
    const int full = (axis->input - 1) * stride + kernel;
    if (begin + end < full)
      *axis = Axis::transposed(axis->input, kernel, begin, end, stride);
  }
  if (suitable(alike))
    problem = alike;
}

} // namespace

Problem random_problem(std::uint64_t seed, const ElementTypes &types, int dimensions) {
  Random random(seed);
  for (;;)
    if (Problem problem = candidate(random, types, dimensions); suitable(problem)) {
      make_phases_alike(problem, seed);
      problem.padding_mode = random_padding_mode(seed);
      if (!has_elements_to_pad_with(problem))
        problem.padding_mode = PaddingMode::replicate; // takes any padding
      if (!has_elements_to_pad_with(problem))          // transposed, or with input cut off
        problem.padding_mode = PaddingMode::zeros;
      problem.pooling = random_pooling(seed, problem);
      return problem;
    }
}

} // namespace convforge

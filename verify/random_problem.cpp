#include "verify/random_problem.hpp"

#include "base/error.hpp"
#include "verify/random.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

namespace convforge {
namespace {

constexpr std::int64_t most_multiply_adds = 1 << 20;

template <typename T, std::size_t n>
T pick(const T (&choices)[n], Random &random) {
  return choices[random.integer(0, n - 1)];
}

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

std::string random_activation(Random &random) {
  switch (random.integer(0, 16)) {
  case 0:
    return fmt::format("leaky_relu:{}", random.uniform(-0.5f, 0.5f));
  case 1:
    return fmt::format("clip:{}:{}", random.uniform(-2, 0), random.uniform(0, 2));
  case 2:
    return fmt::format("elu:{}", random.uniform(0.1f, 2));
  default:
    return pick({"relu", "relu", "relu6", "relu6", "sigmoid", "tanh", "silu", "hard_sigmoid", "hard_swish",
                 "gelu", "gelu_tanh", "softplus", "mish", "relu"},
                random);
  }
}

/// What most models have.
std::vector<std::string> usual_operations(Random &random) {
  std::vector<std::string> ops;
  if (!random.chance(4))
    ops.emplace_back("bias");
  if (random.chance(3))
    ops.emplace_back("residual");
  if (!random.chance(4))
    ops.push_back(random_activation(random));
  if (random.chance(4) && ops.size() > 1)
    std::swap(ops[random.integer(0, static_cast<int>(ops.size()) - 1)], ops.back());
  return ops;
}

std::string random_tensor_operation(Random &random) {
  const std::vector<std::string_view> names = operations_with_tensor();
  return std::string(names[random.integer(0, static_cast<int>(names.size()) - 1)]);
}

std::string random_operation(Random &random) {
  switch (random.integer(0, 7)) {
  case 0:
    return random.chance(2)
               ? fmt::format("affine:{}:{}", random.uniform(-2, 2), random.uniform(-1, 1))
               : fmt::format("affine:{}:{}", pick({-2, -1, 1, 2}, random), random.integer(-8, 8));
  case 1:
    return random_activation(random);
  default:
    return random_tensor_operation(random);
  }
}

/// Any operations, also several of one kind.
std::vector<std::string> unusual_operations(Random &random) {
  std::vector<std::string> ops(random.integer(1, random.chance(8) ? 16 : 5));
  for (std::string &op : ops)
    op = random_operation(random);
  return ops;
}

Epilogue random_epilogue(Random &random) {
  const auto ops = random.chance(3) ? unusual_operations(random) : usual_operations(random);
  return Epilogue::parse(fmt::format("{}", fmt::join(ops, ",")));
}

/// Rows as ever, where there is no depth; else smaller ones, so that three axes are not too much.
void choose_axes(Problem &problem, Random &random, int dimensions) {
  const bool has_depth = dimensions == 3;
  problem.width() = random_axis(random, has_depth ? 20 : 40);
  if (!random.chance(8)) // else 1-D
    problem.height() = random_axis(random, has_depth ? 12 : 24);
  while (has_depth && !problem.has_depth())
    problem.depth() = random_axis(random, 10);
}

Problem candidate(Random &random, int dimensions) {
  Problem problem;
  problem.batch = random.chance(4) ? random.integer(2, 3) : 1;
  choose_channels(problem, random);
  choose_axes(problem, random, dimensions);
  problem.layout = random.chance(2) ? Layout::nchw : Layout::nhwc;
  problem.weights_layout = random.chance(5) ? (random.chance(2) ? WeightsLayout::hwio : WeightsLayout::oihw)
                                            : default_weights_layout(problem.layout);
  problem.epilogue = random_epilogue(random);
  return problem;
}

bool suitable(const Problem &problem) {
  try {
    problem.validate();
    return problem.multiply_adds() <= most_multiply_adds &&
           Problem::parse(problem.descriptor()).axes == problem.axes;
  } catch (const Error &) {
    return false; // for example an output without a single tap inside the image
  }
}

} // namespace

Problem random_problem(std::uint64_t seed, const ElementTypes &types, int dimensions) {
  Random random(seed);
  for (;;)
    if (Problem problem = candidate(random, dimensions); suitable(problem)) {
      problem.types = types; // at most as wide as f32's
      return problem;
    }
}

} // namespace convforge

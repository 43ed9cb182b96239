#include "verify/quantised/random_quantisation.hpp"

#include "verify/random_epilogue.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge {
namespace {

/// The least number of an 8-bit type; the largest is 255 more.
int lowest(ElementType type) {
  return type == ElementType::u8 ? 0 : -128;
}

int random_zero_point(ElementType type, Random &random) {
  const int low = lowest(type);
  switch (random.integer(0, 4)) {
  case 0:
    return low;
  case 1:
    return low + 255;
  case 2:
    return 0;
  default:
    return random.integer(low, low + 255);
  }
}

std::string random_residual(ElementType type, Random &random) {
  const float factor = random.chance(3) ? pick({0.25f, 0.5f, 1.0f, 2.0f}, random) : random.uniform(0.01f, 2);
  return fmt::format("residual:{}:{}", factor, random_zero_point(type, random));
}

std::string random_clamp(ElementType type, Random &random) {
  const int low = lowest(type);
  const int a = random.integer(low, low + 255), b = random.chance(8) ? a : random.integer(low, low + 255);
  return fmt::format("clamp:{}:{}", std::min(a, b), std::max(a, b));
}

/// relu6 and clip need an output scale.
std::string random_limits(Problem &problem, Random &random) {
  if (random.chance(3))
    return "relu";
  if (random.chance(2))
    return random_clamp(problem.types.destination, random);
  problem.quantisation.output_scale = random.uniform(0.005f, 0.1f);
  return random.chance(2) ? "relu6" : fmt::format("clip:{}:{}", random.uniform(-8, 0), random.uniform(0, 8));
}

std::vector<std::string> operations_in_steps(Problem &problem, Random &random) {
  std::vector<std::string> ops;
  if (problem.quantisation.rounding == Rounding::onnx && random.chance(3))
    ops.push_back(random_residual(problem.types.destination, random));
  if (random.chance(2))
    ops.push_back(random_limits(problem, random));
  return ops;
}

std::vector<std::string> operations_of_real_numbers(Random &random) {
  std::vector<std::string> ops = random_operations(random);
  std::erase(ops, "bias"); // is part of the sums
  ops.resize(std::min(ops.size(), Epilogue::most_operations - 1));
  return ops;
}

} // namespace

void choose_quantisation(Problem &problem, Random &random) {
  Quantisation &quantisation = problem.quantisation;
  const ElementTypes &types = problem.types;
  quantisation.source_zero_point = random_zero_point(types.source, random);
  std::vector<std::string> ops;
  if (types.requantises()) {
    quantisation.destination_zero_point = random_zero_point(types.destination, random);
    quantisation.rounding =
        pick({Rounding::onnx, Rounding::onnx, Rounding::tflite, Rounding::tflite_single}, random);
    ops = operations_in_steps(problem, random);
  } else if (types.destination == ElementType::f32) {
    ops = operations_of_real_numbers(random);
  }
  if (!random.chance(4))
    ops.insert(ops.begin(), "bias");
  problem.epilogue = epilogue_of(ops);
}

} // namespace convforge

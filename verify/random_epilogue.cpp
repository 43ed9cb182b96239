#include "verify/random_epilogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>
#include <utility>

namespace convforge {
namespace {

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

} // namespace

std::vector<std::string> random_operations(Random &random) {
  return random.chance(3) ? unusual_operations(random) : usual_operations(random);
}

Epilogue random_epilogue(Random &random) {
  return epilogue_of(random_operations(random));
}

Epilogue epilogue_of(const std::vector<std::string> &operations) {
  return Epilogue::parse(fmt::format("{}", fmt::join(operations, ",")));
}

} // namespace convforge

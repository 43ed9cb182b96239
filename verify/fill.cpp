#include "verify/fill.hpp"

#include "base/integer.hpp"
#include "problem/operand.hpp"
#include "verify/element.hpp"
#include "verify/layout.hpp"
#include "verify/random.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <numeric>
#include <optional>

namespace convforge {
namespace {

void fill_integers(std::vector<float> &values, int most, Random &random) {
  for (float &value : values)
    value = static_cast<float>(random.integer(-most, most));
}

void fill_reals(std::vector<float> &values, float low, float high, Random &random) {
  for (float &value : values)
    value = random.chance(16) ? (random.chance(2) ? -0.0f : 0.0f) : random.uniform(low, high);
}

/// What is known to be zero, of either sign.
void clear_zeros(const Problem &problem, std::vector<float> &weights) {
  if (problem.zeros.none())
    return;
  const IsKnownZero is_zero(problem);
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (is_zero(i))
      weights[i] = i % 2 == 0 ? 0.0f : -0.0f;
}

/// Keeps 2^22 weights of each filter at most, so that the sum of |x*w| stays below 2^23 with |x| = |w| = 1.
void thin_out(const Problem &problem, std::vector<float> &weights) {
  const auto n = static_cast<std::size_t>(taps(problem));
  const std::size_t keep_one_in = n / (1 << 22) + 1;
  const bool channels_last = problem.weights_layout == WeightsLayout::hwio;
  for (std::size_t i = 0; keep_one_in > 1 && i < weights.size(); ++i)
    if ((channels_last ? i / problem.out_channels : i % n) % keep_one_in != 0)
      weights[i] = 0;
}

void fill_integer(const Problem &problem, Tensors &tensors, Random &random) {
  // n * most^2 <= 2^23 leaves as much again for the epilogue's summands, which are far smaller.
  const int most = std::clamp(static_cast<int>(std::sqrt(0x1p23 / static_cast<double>(taps(problem)))), 1, 8);
  fill_integers(tensors.input, most, random);
  fill_integers(tensors.weights, most, random);
  auto values = tensors.epilogue.begin();
  for (const EpilogueOp &op : problem.epilogue.ops())
    if (const std::optional<OpTensor> tensor = tensor_of(op.kind))
      fill_integers(*values++, tensor->use == OpTensor::Use::summand ? most_summand : 1, random);
  thin_out(problem, tensors.weights);
}

void fill_real(const Problem &problem, Tensors &tensors, Random &random) {
  // Sums of size about 1, or about 8 so that activations meet their far ends.
  const float scale = (random.chance(2) ? 8.0f : 1.0f) / std::sqrt(static_cast<float>(taps(problem)));
  fill_reals(tensors.input, -1, 1, random);
  fill_reals(tensors.weights, -scale, scale, random);
  auto values = tensors.epilogue.begin();
  for (const EpilogueOp &op : problem.epilogue.ops())
    if (tensor_of(op.kind)) {
      const bool bias = op.kind == EpilogueOp::Kind::bias;
      fill_reals(*values++, bias ? -0.25f : -1, bias ? 0.75f : 1, random);
    }
}

void sprinkle(std::vector<float> &values, std::initializer_list<float> specials, Random &random) {
  for (const float value : specials)
    values[random.next() % values.size()] = value;
}

void sprinkle_specials(const Problem &problem, Tensors &tensors, Random &random) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  sprinkle(tensors.input, {std::numeric_limits<float>::quiet_NaN(), infinity, -infinity}, random);
  // The largest half, the least normal one, and the largest and least subnormal ones.
  if (problem.types.source == ElementType::f16)
    sprinkle(tensors.input, {65504, -65504, 0x1p-14f, 0x1.ff8p-15f, -0x1p-24f}, random);
  if (problem.types.weights == ElementType::f16)
    sprinkle(tensors.weights, {0x1.ff8p-15f, 0x1p-24f}, random);
}

} // namespace

Tensors fill(const Problem &problem, Fill kind, std::uint64_t seed) {
  Random random(seed_of(problem.canonical()) ^ (seed * 3 + static_cast<std::uint64_t>(kind)));
  Tensors tensors;
  tensors.input.resize(elements(problem.input_shape()));
  tensors.weights.resize(elements(problem.weights_shape()));
  const std::vector<Operand> operands = epilogue_operands(problem);
  for (const Operand &operand : operands)
    tensors.epilogue.emplace_back(static_cast<std::size_t>(operand.elements()));
  if (kind == Fill::integer)
    fill_integer(problem, tensors, random);
  else
    fill_real(problem, tensors, random);
  if (kind == Fill::special)
    sprinkle_specials(problem, tensors, random);
  round_all(problem.types.source, tensors.input);
  round_all(problem.types.weights, tensors.weights);
  clear_zeros(problem, tensors.weights);
  for (std::size_t i = 0; i < operands.size(); ++i)
    round_all(operands[i].type, tensors.epilogue[i]);
  return tensors;
}

std::vector<std::vector<float>> Tensors::all() const {
  std::vector<std::vector<float>> list = {input, weights};
  list.insert(list.end(), epilogue.begin(), epilogue.end());
  return list;
}

std::int64_t taps(const Problem &problem) {
  std::int64_t all = problem.group_in();
  for (const Axis &axis : problem.axes) // of a transposed convolution's those of one phase of the stride
    all *= problem.transposed ? ceil_div(axis.kernel, axis.stride / std::gcd(axis.stride, axis.dilation))
                              : axis.kernel;
  return all;
}

} // namespace convforge

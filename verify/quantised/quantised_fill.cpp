#include "verify/quantised/quantised_fill.hpp"

#include "problem/operand.hpp"
#include "verify/fill.hpp"
#include "verify/layout.hpp"
#include "verify/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace convforge {
namespace {

/// What an element may be.
struct StepRange {
  std::int32_t low, high;
};

StepRange all_steps(ElementType type) {
  return type == ElementType::u8 ? StepRange{0, 255} : StepRange{-128, 127};
}

/// How a fill comes about: its problem, its numbers, and what has been chosen so far.
class Filling {
public:
  Filling(const Problem &problem, std::uint64_t seed) : p_(problem), random_(seed) {
    const std::vector<Operand> taken = packed_operands(problem);
    const auto takes = [&](const char *name) {
      return std::ranges::find(taken, name, &Operand::name) != taken.end();
    };
    t_.input.resize(elements(problem.input_shape()));
    t_.weights.resize(elements(problem.weights_shape()));
    t_.bias.resize(takes("bias") ? channels() : 0);
    t_.multipliers.resize(takes("multipliers") ? channels() : 0);
  }

  QuantisedTensors take(QuantisedFill kind);

private:
  std::size_t channels() const { return static_cast<std::size_t>(p_.out_channels); }
  std::size_t channel_of_weight(std::size_t i) const {
    return static_cast<std::size_t>(convforge::channel_of_weight(p_, static_cast<std::int64_t>(i)));
  }
  double power_of_two(float low, float high) { return std::exp2(double{random_.uniform(low, high)}); }

  void uniform(std::vector<std::int32_t> &values, StepRange range);
  void at_ends(std::vector<std::int32_t> &values, StepRange range);
  void lowest_tensors();
  void tensors_of_ties();
  void choose_bias(double size);
  void large_bias();
  void beside_ties();
  void multipliers_for(double sum);
  void choose_multipliers(QuantisedFill kind);
  void choose_tensors(QuantisedFill kind);
  void choose_epilogue(QuantisedFill kind);
  double size_of_sums() const;

  const Problem &p_;
  Random random_;
  QuantisedTensors t_;
};

void Filling::uniform(std::vector<std::int32_t> &values, StepRange range) {
  for (std::int32_t &value : values)
    value = random_.integer(range.low, range.high);
}

void Filling::at_ends(std::vector<std::int32_t> &values, StepRange range) {
  for (std::int32_t &value : values)
    value = random_.chance(2) ? range.low : range.high;
}

void Filling::lowest_tensors() {
  const StepRange range = all_steps(p_.types.source);
  const std::int32_t zero = p_.quantisation.source_zero_point;
  std::ranges::fill(t_.input, zero - range.low > range.high - zero ? range.low : range.high);
  std::ranges::fill(t_.weights, -128);
}

/// Few and small products, times 2^j in channel j modulo 7: sums are multiples of 2^j.
void Filling::tensors_of_ties() {
  const StepRange range = all_steps(p_.types.source);
  const std::int32_t zero = p_.quantisation.source_zero_point;
  for (std::int32_t &x : t_.input)
    x = std::clamp(zero + random_.integer(-4, 4), range.low, range.high);
  const int keep_one_in = static_cast<int>(taps(p_) / 512) + 1;
  for (std::size_t i = 0; i < t_.weights.size(); ++i)
    t_.weights[i] =
        random_.chance(keep_one_in) ? random_.integer(-1, 1) * (1 << channel_of_weight(i) % 7) : 0;
  for (std::size_t k = 0; k < t_.bias.size(); ++k)
    t_.bias[k] = random_.integer(-40, 40) * (1 << k % 7);
  for (std::size_t k = 0; k < t_.multipliers.size(); ++k)
    t_.multipliers[k] = std::ldexp(1.0, -1 - static_cast<int>(k % 7));
}

void Filling::choose_bias(double size) {
  const std::vector<std::int64_t> room = room_for_bias(p_, t_.weights);
  for (std::size_t k = 0; k < t_.bias.size(); ++k) {
    const double most = std::min(size, static_cast<double>(room[k]));
    t_.bias[k] = static_cast<std::int32_t>(most * double{random_.uniform(-1, 1)});
  }
}

void Filling::large_bias() {
  const std::vector<std::int64_t> room = room_for_bias(p_, t_.weights);
  for (std::size_t k = 0; k < t_.bias.size(); ++k) {
    const double part = random_.chance(4) ? (random_.chance(2) ? 1 : -1) : double{random_.uniform(-1, 1)};
    t_.bias[k] = static_cast<std::int32_t>(static_cast<double>(room[k]) * part);
  }
}

/// In every other channel a bias that is a tie of the multiplier 2^-24, and small products beside it: what
/// float makes of such a sum may be the tie itself.
void Filling::beside_ties() {
  const int keep_one_in = static_cast<int>(taps(p_) / 8) + 1;
  for (std::size_t i = 0; i < t_.weights.size(); ++i)
    if (channel_of_weight(i) % 2 == 0)
      t_.weights[i] = random_.chance(keep_one_in) ? random_.integer(-1, 1) : 0;
  for (std::size_t k = 0; k < t_.bias.size(); k += 2)
    t_.bias[k] = (2 * random_.integer(-120, 119) + 1) * (1 << 23);
  for (std::size_t k = 0; k < t_.multipliers.size(); k += 2)
    t_.multipliers[k] = 0x1p-24;
}

/// About as large as sums of these tensors are.
double Filling::size_of_sums() const {
  const double zero = p_.quantisation.source_zero_point;
  double x2 = 0, w2 = 0;
  for (const std::int32_t x : t_.input)
    x2 += (x - zero) * (x - zero);
  for (const std::int32_t w : t_.weights)
    w2 += double{static_cast<float>(w)} * w;
  const double n = static_cast<double>(taps(p_));
  return std::sqrt(n * x2 / static_cast<double>(t_.input.size()) * w2 /
                   static_cast<double>(t_.weights.size())) +
         1;
}

/// Sums of this size become about a quarter of the steps there are; of real numbers 1, or 8 so that
/// activations meet their far ends.
void Filling::multipliers_for(double sum) {
  const double size = p_.types.requantises() ? 64 : random_.chance(2) ? 8 : 1;
  for (double &multiplier : t_.multipliers)
    multiplier = size / sum * double{random_.uniform(0.5f, 1.5f)};
}

void Filling::choose_tensors(QuantisedFill kind) {
  if (kind == QuantisedFill::ties)
    return tensors_of_ties();
  if (kind == QuantisedFill::lowest)
    return lowest_tensors();
  const StepRange source = all_steps(p_.types.source), weights = all_steps(p_.types.weights);
  if (kind == QuantisedFill::extremes) {
    at_ends(t_.input, source);
    at_ends(t_.weights, weights);
  } else {
    uniform(t_.input, source);
    uniform(t_.weights, weights);
  }
}

void Filling::choose_multipliers(QuantisedFill kind) {
  constexpr double least[] = {0, 0x1p-31, 0x1p-32, 1e-40, 1e-310};
  switch (kind) {
  case QuantisedFill::ties:
    return;
  case QuantisedFill::spread:
  case QuantisedFill::extremes:
    return multipliers_for(size_of_sums());
  case QuantisedFill::lowest:
    return multipliers_for(128.0 * farthest_from_zero_point(p_) * static_cast<double>(taps(p_)));
  case QuantisedFill::saturating:
    for (double &multiplier : t_.multipliers)
      multiplier = random_.chance(4) ? 1 : power_of_two(0, random_.chance(4) ? 30.9f : 4);
    return;
  case QuantisedFill::tiny:
    for (double &multiplier : t_.multipliers)
      multiplier = random_.chance(3) ? least[random_.integer(0, 4)] : power_of_two(-31, -20);
    return;
  case QuantisedFill::large_bias:
    return multipliers_for(0x1p30);
  }
}

void Filling::choose_epilogue(QuantisedFill kind) {
  for (const Operand &operand : epilogue_operands(p_)) {
    std::vector<float> values(static_cast<std::size_t>(operand.elements()));
    const StepRange range = all_steps(operand.type);
    for (float &value : values)
      if (operand.type == ElementType::f32)
        value = random_.uniform(-1, 1);
      else if (kind == QuantisedFill::spread || kind == QuantisedFill::ties)
        value = static_cast<float>(random_.integer(range.low, range.high));
      else
        value = static_cast<float>(random_.chance(2) ? range.low : range.high);
    t_.epilogue.push_back(std::move(values));
  }
}

QuantisedTensors Filling::take(QuantisedFill kind) {
  choose_tensors(kind);
  if (kind == QuantisedFill::large_bias || kind == QuantisedFill::tiny)
    large_bias();
  else if (kind != QuantisedFill::ties)
    choose_bias(size_of_sums());
  choose_multipliers(kind);
  if (kind == QuantisedFill::large_bias)
    beside_ties();
  choose_epilogue(kind);
  return std::move(t_);
}

} // namespace

std::string_view name_of(QuantisedFill kind) {
  switch (kind) {
  case QuantisedFill::spread:
    return "the whole range";
  case QuantisedFill::extremes:
    return "both ends";
  case QuantisedFill::lowest:
    return "the largest sums";
  case QuantisedFill::ties:
    return "ties";
  case QuantisedFill::saturating:
    return "multipliers of 1 and more";
  case QuantisedFill::tiny:
    return "the least multipliers";
  case QuantisedFill::large_bias:
    return "the largest biases";
  }
  return "";
}

QuantisedTensors fill(const Problem &problem, QuantisedFill kind, std::uint64_t seed) {
  return Filling(problem, seed_of(problem.canonical()) ^ (seed * 7 + static_cast<std::uint64_t>(kind)))
      .take(kind);
}

std::int32_t farthest_from_zero_point(const Problem &problem) {
  const StepRange range = all_steps(problem.types.source);
  const std::int32_t zero = problem.quantisation.source_zero_point;
  return std::max(zero - range.low, range.high - zero);
}

std::vector<std::int64_t> room_for_bias(const Problem &problem, const std::vector<std::int32_t> &weights) {
  const auto K = static_cast<std::size_t>(problem.out_channels);
  std::vector<std::int64_t> room(K, std::numeric_limits<std::int32_t>::max());
  for (std::size_t i = 0; i < weights.size(); ++i)
    room[static_cast<std::size_t>(channel_of_weight(problem, static_cast<std::int64_t>(i)))] -=
        std::int64_t{std::abs(weights[i])} * farthest_from_zero_point(problem);
  return room;
}

std::vector<Elements> QuantisedTensors::all(const Problem &problem) const {
  std::vector<Elements> list;
  auto next = epilogue.begin();
  for (const Operand &operand : operands(problem))
    switch (operand.role) {
    case Role::input:
      list.push_back(to_elements(operand.type, input));
      break;
    case Role::weights:
      list.push_back(to_elements(operand.type, weights));
      break;
    case Role::packed:
      list.push_back(operand.type == ElementType::f64 ? to_elements(operand.type, multipliers)
                                                      : to_elements(operand.type, bias));
      break;
    case Role::epilogue:
      list.push_back(to_elements(operand.type, *next++));
      break;
    case Role::output:
      break;
    }
  return list;
}

} // namespace convforge

#include "verify/quantised/quantised_reference.hpp"

#include "base/error.hpp"
#include "convforge/quantise.h"
#include "problem/operand.hpp"
#include "verify/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace convforge {
namespace {

/// What an 8-bit result takes beside its sum and multiplier.
convforge_requantisation requantisation_of(const Problem &problem) {
  const Steps steps = steps_of_output(problem);
  convforge_requantisation how{};
  how.rounding = static_cast<std::int32_t>(problem.quantisation.rounding);
  how.zero_point = problem.quantisation.destination_zero_point;
  how.low = steps.low, how.high = steps.high;
  for (const EpilogueOp &op : problem.epilogue.ops())
    if (op.kind == EpilogueOp::Kind::residual)
      how.residual_factor = op.factor, how.residual_zero_point = static_cast<std::int32_t>(op.summand);
  return how;
}

std::vector<Expected> requantised(const Problem &problem, const QuantisedTensors &tensors,
                                  const std::vector<std::int32_t> &sums) {
  const convforge_requantisation how = requantisation_of(problem);
  std::vector<Expected> expected;
  expected.reserve(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto residual = tensors.epilogue.empty() ? 0 : static_cast<std::int32_t>(tensors.epilogue[0][i]);
    const double multiplier = tensors.multipliers[channel_of(problem, i)];
    expected.push_back({static_cast<double>(convforge_requantise(&how, sums[i], multiplier, residual)), 0});
  }
  return expected;
}

/// The epilogue that is left when bias has become part of the sums.
Epilogue without_bias(const Epilogue &epilogue) {
  const std::string text = epilogue.text(), bias(name_of(EpilogueOp::Kind::bias));
  if (epilogue.count(EpilogueOp::Kind::bias) == 0)
    return epilogue;
  return Epilogue::parse(std::string_view(text).substr(std::min(text.size(), bias.size() + 1)));
}

/// Two roundings, which are as they are on every machine.
float real_number(std::int32_t sum, double multiplier) {
  return static_cast<float>(sum) * static_cast<float>(multiplier);
}

std::vector<Expected> dequantised(const Problem &problem, const QuantisedTensors &tensors,
                                  const std::vector<std::int32_t> &sums) {
  const std::vector<Operand> operands = epilogue_operands(problem);
  const Epilogue epilogue = without_bias(problem.epilogue);
  std::vector<Expected> expected;
  expected.reserve(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const std::size_t channel = channel_of(problem, i);
    const double value = real_number(sums[i], tensors.multipliers[channel]);
    Element element{value, std::abs(value), {}};
    for (std::size_t j = 0; j < operands.size(); ++j)
      element.operands.push_back(tensors.epilogue[j][operands[j].by_channel() ? channel : i]);
    expected.push_back(expect(epilogue, 0, element));
  }
  return expected;
}

} // namespace

std::vector<std::int32_t> exact_sums(const Problem &problem, const QuantisedTensors &tensors) {
  std::vector<float> input, weights(tensors.weights.begin(), tensors.weights.end());
  for (const std::int32_t x : tensors.input)
    input.push_back(static_cast<float>(x - problem.quantisation.source_zero_point));
  const Sums sums = convolve(problem, input, weights); // float64 has every whole number below 2^53
  std::vector<std::int32_t> exact;
  exact.reserve(sums.value.size());
  for (std::size_t i = 0; i < sums.value.size(); ++i) {
    const double sum = sums.value[i] + (tensors.bias.empty() ? 0 : tensors.bias[channel_of(problem, i)]);
    if (std::abs(sum) >= 0x1p31)
      fail("sum", std::to_string(sum), "one of 32 bits");
    exact.push_back(static_cast<std::int32_t>(sum));
  }
  return exact;
}

QuantisedReference::QuantisedReference(const Problem &problem, const QuantisedTensors &tensors)
    : destination_(problem.types.destination) {
  const std::vector<std::int32_t> sums = exact_sums(problem, tensors);
  if (problem.types.requantises())
    expected_ = requantised(problem, tensors, sums);
  else if (destination_ == ElementType::f32)
    expected_ = dequantised(problem, tensors, sums);
  else
    for (const std::int32_t sum : sums)
      expected_.push_back({static_cast<double>(sum), 0});
}

Worst QuantisedReference::compare(const Elements &output) const {
  const std::vector<double> actual = from_elements<double>(destination_, output);
  WorstSearch search;
  for (std::size_t i = 0; i < expected_.size() && i < actual.size(); ++i)
    search.see(actual[i], expected_[i], excess(actual[i], expected_[i]));
  Worst worst = search.worst();
  if (actual.size() != expected_.size())
    worst.passed = false;
  return worst;
}

} // namespace convforge

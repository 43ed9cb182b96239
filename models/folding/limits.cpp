// Activations of 8-bit results, which are limits in their steps.
#include "models/folding/quantised_kernel.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace convforge::models {
namespace {

/// The step that stands for a real number, as results are rounded: docs/quantisation.md.
int step_for(float real, const Scale &scale, Quantize::Ties ties) {
  const float quotient = real / scale.scales[0]; // may be infinite
  const float step = ties == Quantize::Ties::even ? std::nearbyint(quotient) : std::round(quotient);
  return static_cast<int>(std::clamp(step, -1e6f, 1e6f)) + scale.zero_points[0];
}

} // namespace

Limits limits_of_type(ElementType type) {
  return type == ElementType::u8 ? Limits{0, 255} : Limits{-128, 127};
}

bool narrow(Limits &limits, const Epilogue &activations, const Scale &scale, Quantize::Ties ties) {
  Limits narrowed = limits;
  const auto at_least = [&](float real) {
    const int step = std::clamp(step_for(real, scale, ties), limits.low, limits.high);
    narrowed = {std::max(narrowed.low, step), std::max(narrowed.high, step)};
  };
  const auto at_most = [&](float real) {
    const int step = std::clamp(step_for(real, scale, ties), limits.low, limits.high);
    narrowed = {std::min(narrowed.low, step), std::min(narrowed.high, step)};
  };
  for (const EpilogueOp &op : activations.ops()) {
    if (op.kind != EpilogueOp::Kind::activation)
      return false;
    const Activation &activation = op.activation;
    if (activation.kind == ActivationKind::relu)
      at_least(0);
    else if (activation.kind == ActivationKind::relu6)
      at_least(0), at_most(6);
    else if (activation.kind == ActivationKind::clip)
      at_least(activation.a), at_most(activation.b);
    else
      return false;
  }
  limits = narrowed;
  return true;
}

std::string text_of(const Limits &limits, const Problem &problem) {
  const Limits range = limits_of_type(problem.types.destination);
  if (limits.low == range.low && limits.high == range.high)
    return "";
  if (limits.low == problem.quantisation.destination_zero_point && limits.high == range.high)
    return "relu";
  return fmt::format("clamp:{}:{}", limits.low, limits.high);
}

} // namespace convforge::models

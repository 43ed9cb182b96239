#include "models/folding/steps.hpp"

#include <cmath>

namespace convforge::models {
namespace {

/// Numbers of models are floats, and what should be 1/6 has been rounded once or twice.
bool near(double a, double b) {
  return std::abs(a - b) <= 2e-7 * std::max(1.0, std::abs(b));
}

Step activation_step(ActivationKind kind) {
  return {.kind = EpilogueOp::Kind::activation, .activation = {.kind = kind}};
}

Step affine_step(double factor, double summand = 0) {
  return {.factor = factor, .summand = summand};
}

bool is(const Step &step, ActivationKind kind) {
  return step.kind == EpilogueOp::Kind::activation && step.activation.kind == kind;
}

bool is_affine(const Step &step, double factor, double summand) {
  return step.kind == EpilogueOp::Kind::affine && near(step.factor, factor) && near(step.summand, summand);
}

bool is_clip(const Step &step, float low, float high) {
  return (low == 0 && high == 6 && is(step, ActivationKind::relu6)) ||
         (is(step, ActivationKind::clip) && step.activation.a == low && step.activation.b == high);
}

/// x clip(x + 3, 0, 6), divided by 6 or not, and x clip(x / 6 + 1 / 2, 0, 1).
std::optional<std::vector<Step>> gated_by_clip(const std::vector<Step> &gate) {
  if (gate.size() < 2)
    return std::nullopt;
  if (is_affine(gate[0], 1.0 / 6, 0.5) && is_clip(gate[1], 0, 1) && gate.size() == 2)
    return {{activation_step(ActivationKind::hard_swish)}};
  if (!is_affine(gate[0], 1, 3) || !is_clip(gate[1], 0, 6))
    return std::nullopt;
  if (gate.size() == 2)
    return {{activation_step(ActivationKind::hard_swish), affine_step(6)}};
  if (gate.size() == 3 && is_affine(gate[2], 1.0 / 6, 0))
    return {{activation_step(ActivationKind::hard_swish)}};
  return std::nullopt;
}

} // namespace

bool Steps::affine(double factor, double summand) {
  const bool behind = !steps_.empty() && steps_.back().kind == EpilogueOp::Kind::affine;
  const Step merged =
      behind ? affine_step(steps_.back().factor * factor, steps_.back().summand * factor + summand)
             : affine_step(factor, summand);
  // Of such a size that products stay normal floats; NaN is not.
  const bool harmless =
      std::abs(merged.factor) > 1e-20 && std::abs(merged.factor) < 1e20 && std::abs(merged.summand) < 1e30;
  if (!harmless)
    return false;
  if (behind)
    steps_.pop_back();
  if (!near(merged.factor, 1) || merged.summand != 0)
    steps_.push_back(merged);
  return true;
}

bool Steps::multiply(double factor) {
  return affine(factor, 0);
}

bool Steps::add(double summand) {
  return affine(1, summand);
}

bool Steps::append(const Epilogue &epilogue) {
  for (const EpilogueOp &op : epilogue.ops()) {
    if (op.kind == EpilogueOp::Kind::affine && !affine(op.factor, op.summand))
      return false;
    if (op.kind == EpilogueOp::Kind::activation)
      steps_.push_back({.kind = op.kind, .activation = op.activation});
  }
  return true;
}

std::optional<std::vector<Step>> gated(const Steps &steps) {
  const std::vector<Step> &gate = steps.all();
  if (gate.size() == 1 && is(gate[0], ActivationKind::sigmoid))
    return {{activation_step(ActivationKind::silu)}};
  if (gate.size() == 1 && is(gate[0], ActivationKind::hard_sigmoid))
    return {{activation_step(ActivationKind::hard_swish)}};
  if (gate.size() == 2 && is(gate[0], ActivationKind::softplus) && is(gate[1], ActivationKind::tanh))
    return {{activation_step(ActivationKind::mish)}};
  // x sigmoid(k x) = silu(k x) / k
  if (gate.size() == 2 && gate[0].kind == EpilogueOp::Kind::affine && gate[0].summand == 0 &&
      is(gate[1], ActivationKind::sigmoid))
    return {{affine_step(gate[0].factor), activation_step(ActivationKind::silu),
             affine_step(1 / gate[0].factor)}};
  return gated_by_clip(gate);
}

} // namespace convforge::models

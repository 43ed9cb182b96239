#include "models/folding/folded_kernel.hpp"

#include "base/error.hpp"
#include "problem/operand.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace convforge::models {
namespace {

std::vector<double> constant_input(const Graph &graph, const Node &node, std::size_t i, const char *name) {
  const TensorId id = i < node.inputs.size() ? node.inputs[i] : no_tensor;
  if (id == no_tensor)
    fail(name, "missing", "a tensor");
  if (!graph.tensor(id).constant())
    fail(name, fmt::format("'{}' is computed", graph.tensor(id).name), "a constant of the model");
  return numbers_of(graph.tensor(id));
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

/// Of such a size that products stay normal floats.
bool harmless(std::span<const double> factors) {
  return std::ranges::all_of(factors, [](double factor) {
    return factor == 0 || (std::abs(factor) > 1e-20 && std::abs(factor) < 1e20);
  });
}

std::vector<float> rounded_values(std::span<const double> values) {
  std::vector<float> floats;
  floats.reserve(values.size());
  for (const double value : values)
    floats.push_back(static_cast<float>(value));
  return floats;
}

std::string text_of(const Step &step) {
  const auto digits = [](double number) { return fmt::format("{}", static_cast<float>(number)); };
  if (step.kind == EpilogueOp::Kind::affine)
    return fmt::format("affine:{}:{}", digits(step.factor), digits(step.summand));
  if (step.kind != EpilogueOp::Kind::activation)
    return std::string(name_of(step.kind));
  std::string text(name_of(step.activation.kind));
  if (const ActivationKind kind = step.activation.kind; kind == ActivationKind::clip)
    text += fmt::format(":{}:{}", step.activation.a, step.activation.b);
  else if (kind == ActivationKind::leaky_relu || kind == ActivationKind::elu)
    text += fmt::format(":{}", step.activation.a);
  return text;
}

} // namespace

FoldedKernel::FoldedKernel(const Graph &graph, const Node &node) {
  const Convolution &convolution = std::get<Convolution>(node.operation);
  if (!convolution.problem)
    throw Error(convolution.refusal);
  problem_ = *convolution.problem;
  scale_.assign(static_cast<std::size_t>(problem_.out_channels), 1);
  limits_ = limits_of_type(problem_.types.destination);
  if (problem_.types.quantised()) {
    integers_ = eight_bit_constants(graph, node);
    return;
  }
  weights_ = constant_input(graph, node, 1, "weights");
  if (weights_.size() != static_cast<std::size_t>(elements_of(problem_.weights_shape())))
    fail("weights", fmt::format("{} of them", weights_.size()), text_of_shape(problem_.weights_shape()));
  if (problem_.epilogue.count(EpilogueOp::Kind::bias) > 0)
    bias_ = constant_input(graph, node, 2, "bias");
}

std::vector<double> FoldedKernel::widened(std::span<const double> values) const {
  if (values.size() == 1)
    return std::vector<double>(scale_.size(), values[0]);
  return {values.begin(), values.end()};
}

bool FoldedKernel::has_room() const {
  return steps_.all().size() + 4 <
         Epilogue::most_operations; // the bias, and the three of a swish with a factor
}

bool FoldedKernel::multiply(std::span<const double> values) {
  if (!in_floats() || !all_finite(values) || !harmless(values))
    return false;
  if (!linear() || problem_.types.weights != ElementType::f32) {
    if (values.size() == 1)
      return steps_.multiply(values[0]);
    add_step(EpilogueOp::Kind::scale, values);
    return true;
  }
  const std::vector<double> factors = widened(values);
  for (std::size_t k = 0; k < scale_.size(); ++k) {
    scale_[k] *= factors[k];
    if (!bias_.empty())
      bias_[k] *= factors[k];
  }
  return true;
}

/// Of integers the one bias is a part of the sums.
bool FoldedKernel::takes_sum(std::span<const double> values) const {
  return in_floats() && all_finite(values) && (!integers_ || values.size() == 1);
}

bool FoldedKernel::add(std::span<const double> values) {
  if (!takes_sum(values))
    return false;
  if (!linear() || integers_) {
    if (values.size() == 1)
      return steps_.add(values[0]);
    add_step(EpilogueOp::Kind::bias, values);
    return true;
  }
  const std::vector<double> summands = widened(values);
  bias_.resize(scale_.size());
  for (std::size_t k = 0; k < scale_.size(); ++k)
    bias_[k] += summands[k];
  return true;
}

void FoldedKernel::add_step(EpilogueOp::Kind kind, std::span<const double> values) {
  steps_.append({.kind = kind, .values = widened(values)});
}

bool FoldedKernel::prelu(std::span<const double> values) {
  if (!in_floats() || !all_finite(values))
    return false;
  add_step(EpilogueOp::Kind::prelu, values);
  return true;
}

bool FoldedKernel::append(const Epilogue &epilogue) {
  if (!in_floats())
    return false;
  const Steps before = steps_;
  if (steps_.append(epilogue))
    return true;
  steps_ = before;
  return false;
}

bool FoldedKernel::append(std::vector<Step> steps) {
  if (!in_floats())
    return false;
  for (Step &step : steps)
    if (step.kind != EpilogueOp::Kind::affine)
      steps_.append(std::move(step));
    else if (const double factor = step.factor; !steps_.multiply(factor))
      return false;
  return true;
}

bool FoldedKernel::residual(TensorId tensor) {
  if (!in_floats())
    return false;
  steps_.append({.kind = EpilogueOp::Kind::residual, .tensor = tensor});
  return true;
}

void FoldedKernel::take_integers(const DequantisedConvolution &convolution) {
  problem_ = convolution.problem;
  integers_ = convolution.constants;
  weights_.clear(), bias_.clear();
  limits_ = limits_of_type(problem_.types.destination);
}

bool FoldedKernel::limit(const Epilogue &activations, const Scale &scale, Quantize::Ties ties) {
  return problem_.types.requantises() && narrow(limits_, activations, scale, ties);
}

std::string FoldedKernel::finish_floats(FoldedConvolution &folded) const {
  std::vector<float> weights(weights_.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::int64_t k = channel_of_weight(problem_, static_cast<std::int64_t>(i));
    weights[i] = static_cast<float>(weights_[i] * scale_[static_cast<std::size_t>(k)]);
  }
  folded.constants = {{"weights", std::move(weights)}};
  if (bias_.empty())
    return "";
  folded.constants.emplace_back("bias", rounded_values(bias_));
  return "bias";
}

std::string FoldedKernel::finish_integers(FoldedConvolution &folded) const {
  folded.eight_bits = integers_;
  const std::string limits = problem_.types.requantises() ? text_of(limits_, problem_) : "";
  if (integers_->bias.empty())
    return limits;
  return limits.empty() ? "bias" : "bias," + limits;
}

void FoldedKernel::finish(FoldedConvolution &folded) const {
  std::string text = integers_ ? finish_integers(folded) : finish_floats(folded);
  std::vector<int> count(16);
  count[static_cast<std::size_t>(EpilogueOp::Kind::bias)] = text.starts_with("bias") ? 1 : 0;
  const auto add = [&](EpilogueOp::Kind kind) {
    return operand_name(name_of(kind), ++count[static_cast<std::size_t>(kind)]);
  };
  for (const Step &step : steps_.all()) {
    text += fmt::format("{}{}", text.empty() ? "" : ",", text_of(step));
    if (step.tensor != no_tensor)
      folded.residuals.emplace_back(add(step.kind), step.tensor);
    else if (!step.values.empty())
      folded.constants.emplace_back(add(step.kind), rounded_values(step.values));
  }
  folded.problem = problem_;
  folded.problem.epilogue = Epilogue::parse(text);
  folded.problem.validate();
}

} // namespace convforge::models

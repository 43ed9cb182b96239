// One convolution's kernel while nodes are folded into it: its weights and bias, and the steps behind them.
#pragma once

#include "models/folding/fold.hpp"
#include "models/folding/quantised_kernel.hpp"
#include "models/folding/steps.hpp"

#include <span>

namespace convforge::models {

constexpr bool is_integer(ElementType type) {
  return type != ElementType::f32 && type != ElementType::f16;
}

/// Numbers stay in double precision until the end. What comes before the first step that is not linear goes
/// into the weights and the bias, each of which is then rounded once: beside the direct sum's bound that is
/// one rounding more of each product, gamma(n + 2) (docs/numerics.md).
class FoldedKernel {
public:
  /// Throws Error where the weights or the bias are no constants, or there is no problem.
  FoldedKernel(const Graph &graph, const Node &node);

  // One number, or one an output channel. False: it cannot be folded, and nothing has changed.
  bool multiply(std::span<const double> values);
  bool add(std::span<const double> values);
  /// Would add() take them, and multiply() what comes before it?
  bool takes_sum(std::span<const double> values) const;
  bool prelu(std::span<const double> values);
  bool append(const Epilogue &steps);
  bool append(std::vector<Step> steps);
  bool residual(TensorId tensor);
  /// Makes it a kernel of 8-bit integers; nothing has been folded into it.
  void take_integers(const DequantisedConvolution &convolution);
  /// Of 8-bit results, which an epilogue may do nothing else to. False: activations that are no limits.
  bool limit(const Epilogue &activations, const Scale &scale, Quantize::Ties ties);
  /// Is there room for a few more steps in the longest epilogue?
  bool has_room() const;
  Problem &problem() { return problem_; }
  const Problem &problem() const { return problem_; }
  /// Fills in the problem, with its epilogue, and the constants. Throws Error.
  void finish(FoldedConvolution &folded) const;

private:
  bool linear() const { return steps_.empty(); }
  /// Does the epilogue take any operation?
  bool in_floats() const { return !is_integer(problem_.types.destination); }
  std::vector<double> widened(std::span<const double> values) const;
  void add_step(EpilogueOp::Kind kind, std::span<const double> values);
  /// Its weights, and what of the epilogue comes before the steps.
  std::string finish_floats(FoldedConvolution &folded) const;
  std::string finish_integers(FoldedConvolution &folded) const;

  Problem problem_;
  std::vector<double> weights_, scale_, bias_; ///< scale and bias by output channel; no bias: empty
  Steps steps_;
  std::optional<EightBitConstants> integers_; ///< instead of weights, scale and bias
  Limits limits_{};                           ///< of 8-bit results
};

} // namespace convforge::models

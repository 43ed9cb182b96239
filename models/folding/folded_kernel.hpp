// One convolution's kernel while nodes are folded into it: its weights and bias, and the steps behind them.
#pragma once

#include "models/folding/fold.hpp"
#include "models/folding/steps.hpp"

#include <span>

namespace convforge::models {

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
  bool prelu(std::span<const double> values);
  bool append(const Epilogue &steps);
  bool append(std::vector<Step> steps);
  bool residual(TensorId tensor);
  /// Is there room for a few more steps in the longest epilogue?
  bool has_room() const;
  Problem &problem() { return problem_; }
  const Problem &problem() const { return problem_; }
  /// Fills in the problem, with its epilogue, and the constants. Throws Error.
  void finish(FoldedConvolution &folded) const;

private:
  bool linear() const { return steps_.empty(); }
  std::vector<double> widened(std::span<const double> values) const;
  void add_step(EpilogueOp::Kind kind, std::span<const double> values);

  Problem problem_;
  std::vector<double> weights_, scale_, bias_; ///< scale and bias by output channel; no bias: empty
  Steps steps_;
};

} // namespace convforge::models

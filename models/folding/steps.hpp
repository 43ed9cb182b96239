// What is done to a convolution's sum, in the order of a model's nodes, while it is being collected.
#pragma once

#include "models/graph.hpp"
#include "problem/epilogue.hpp"

#include <optional>
#include <vector>

namespace convforge::models {

/// An operation of an epilogue, with numbers that are not rounded yet and its tensor.
struct Step {
  EpilogueOp::Kind kind = EpilogueOp::Kind::affine;
  Activation activation = {};
  double factor = 1, summand = 0;  ///< of affine
  std::vector<double> values = {}; ///< of bias, scale and prelu: one an output channel
  TensorId tensor = no_tensor;     ///< of residual
};

/// Affine steps behind one another are one, and one that does nothing is none.
class Steps {
public:
  // False: an epilogue cannot say it, and nothing has changed.
  bool multiply(double factor);
  bool add(double summand);
  bool append(const Epilogue &steps);
  void append(Step step) { steps_.push_back(std::move(step)); }
  const std::vector<Step> &all() const { return steps_; }
  bool empty() const { return steps_.empty(); }

private:
  bool affine(double factor, double summand);

  std::vector<Step> steps_;
};

/// x times the steps of x, by its name where it has one: of x sigmoid(x) silu. None: it has no name.
std::optional<std::vector<Step>> gated(const Steps &gate);

} // namespace convforge::models

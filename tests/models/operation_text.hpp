// An operation between convolutions in words, so that tests compare one text.
#pragma once

#include "models/graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string>

namespace convforge::test {

/// "node 'name': ...", with the shape of the first output behind it.
class OperationText {
public:
  OperationText(const models::Graph &graph, const models::Node &node) : graph_(graph), node_(node) {}

  std::string text() const { return std::visit(*this, node_.operation) + " -> " + shape(); }

  std::string operator()(const models::OtherOperation &other) const {
    return fmt::format("{} '{}': {}", node_.type, node_.name, other.refusal);
  }
  std::string operator()(const models::Convolution &convolution) const {
    if (!convolution.problem)
      return "refused: " + convolution.refusal;
    const Problem &problem = *convolution.problem;
    return fmt::format("convolution {}x{} to {}, {}, [{}]", problem.width().input, problem.in_channels,
                       problem.out_channels, name_of(problem.weights_layout), problem.epilogue.text());
  }
  std::string operator()(const models::Elementwise &elementwise) const {
    return "steps [" + elementwise.steps.text() + "]";
  }
  std::string operator()(const models::Arithmetic &arithmetic) const {
    constexpr const char *names[] = {
        "add",  "subtract",      "multiply", "divide",           "maximum",   "minimum", "power", "equal",
        "less", "less or equal", "greater",  "greater or equal", "not equal", "and",     "or",    "xor"};
    return names[static_cast<int>(arithmetic.kind)];
  }
  std::string operator()(const models::UnaryFunction &function) const {
    constexpr const char *names[] = {"absolute",   "exponential", "logarithm",
                                     "reciprocal", "square root", "reciprocal square root",
                                     "square",     "not"};
    return names[static_cast<int>(function.kind)];
  }
  std::string operator()(const models::Selection &) const { return "selection"; }
  std::string operator()(const models::WindowPooling &pooling) const {
    constexpr const char *names[] = {"maximum", "average", "average of padding"};
    return fmt::format("{} {} stride {} dilation {} begin {}", names[static_cast<int>(pooling.kind)],
                       list(pooling.kernel), list(pooling.stride), list(pooling.dilation),
                       list(pooling.begin));
  }
  std::string operator()(const models::Reduction &reduction) const {
    constexpr const char *names[] = {"mean", "sum", "maximum", "minimum"};
    return fmt::format("{} over {}", names[static_cast<int>(reduction.kind)], list(reduction.axes));
  }
  std::string operator()(const models::Concatenation &concatenation) const {
    return fmt::format("concatenation by {}", concatenation.axis);
  }
  std::string operator()(const models::Split &split) const { return fmt::format("split by {}", split.axis); }
  std::string operator()(const models::Slice &slice) const {
    return fmt::format("slice from {} by {}", list(slice.begin), list(slice.step));
  }
  std::string operator()(const models::Transposition &transposition) const {
    return "transposition " + list(transposition.order);
  }
  std::string operator()(const models::Reshape &) const { return "reshape"; }
  std::string operator()(const models::Expansion &) const { return "expansion"; }
  std::string operator()(const models::Resampling &resampling) const {
    std::string text = "resampling";
    for (const auto &axis : resampling.axes)
      text += fmt::format(" axis {} of {}: {}{}{}", axis.axis, axis.taps, list(axis.index),
                          axis.weight.empty() ? "" : " times ", axis.weight.empty() ? "" : list(axis.weight));
    return text;
  }
  std::string operator()(const models::Softmax &softmax) const {
    return fmt::format("softmax by {}", softmax.axis);
  }
  template <typename Other>
  std::string operator()(const Other &) const {
    return "another one";
  }

private:
  template <typename Numbers>
  static std::string list(const Numbers &numbers) {
    return fmt::format("{}", fmt::join(numbers, ","));
  }
  std::string shape() const {
    const models::Tensor &output = graph_.tensor(node_.outputs.at(0));
    return output.shape ? models::text_of_shape(output.sizes()) : "no shape";
  }

  const models::Graph &graph_;
  const models::Node &node_;
};

inline std::string text_of(const models::Graph &graph, const models::Node &node) {
  return OperationText(graph, node).text();
}

} // namespace convforge::test

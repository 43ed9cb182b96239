// A model as a graph in memory: what the readers of every format make, and all that is known behind them. Its
// words are ConvForge's: a convolution is a Problem, an activation an Epilogue. What has no word here keeps
// the name that its file calls it by.
#pragma once

#include "models/tensor.hpp"
#include "problem/problem.hpp"

#include <string>
#include <variant>
#include <vector>

namespace convforge::models {

/// The place of a tensor in its graph.
using TensorId = int;
inline constexpr TensorId no_tensor = -1; ///< an input that a node leaves out

/// Inputs: data, weights and, where the problem's epilogue begins with `bias`, a bias.
struct Convolution {
  std::optional<Problem> problem;
  std::string refusal; ///< why there is no problem
};
/// The same of each element of the one input; no operation takes a tensor.
struct Elementwise {
  Epilogue steps;
};
/// Of two tensors, broadcast as NumPy does.
struct Arithmetic {
  enum class Kind { add, subtract, multiply, divide };
  Kind kind;
};
/// Inputs: data, slopes, which are broadcast.
struct Prelu {};
/// Inputs: data, scale, offset, mean, variance; these have a value for each place of an axis of the data.
struct BatchNormalization {
  double epsilon;
  std::size_t axis;
};
/// Of the first input, by axis; numbers below zero cut off.
struct Pad {
  std::vector<std::int64_t> begin, end;
  PaddingMode mode = PaddingMode::zeros; ///< zeros: `value`
  double value = 0;
};
/// Branches and loops, which are not looked into. Inputs are also what is read inside of it.
struct Nested {
  std::vector<std::string> convolutions; ///< those inside of it, each in words
};
/// What has no word here yet.
struct OtherOperation {};

using Operation = std::variant<OtherOperation, Convolution, Elementwise, Arithmetic, Prelu,
                               BatchNormalization, Pad, Nested>;

struct Node {
  std::string name; ///< not empty, and no other node's
  std::string type; ///< as the format calls it: "Conv", "CONV_2D"
  Operation operation;
  std::vector<TensorId> inputs, outputs;
};

struct Graph {
  std::string format; ///< "ONNX"
  std::vector<Tensor> tensors;
  std::vector<Node> nodes; ///< each after those whose outputs it reads
  std::vector<TensorId> inputs, outputs;

  const Tensor &tensor(TensorId id) const { return tensors[static_cast<std::size_t>(id)]; }
};

/// Takes from a node the operation whose tensors it does not have, so that nobody has to ask: a Convolution
/// keeps the reason.
void require_tensors(Node &node);
/// Throws Error unless each tensor is made by one node at most, and read by later ones only.
void check_order(const Graph &graph);
/// The nodes, by their places, that read each tensor; a node once.
std::vector<std::vector<int>> readers_of_tensors(const Graph &graph);
/// The node whose output each tensor is; -1: an input of the model or a constant.
std::vector<int> makers_of_tensors(const Graph &graph);
/// Elements of the constants that a node reads: its parameters.
std::int64_t parameters_of(const Graph &graph, const Node &node);

} // namespace convforge::models

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
  // Of 8-bit integers, what the problem does not say.
  std::vector<double> multipliers = {}; ///< one an output channel; none where sums are stored
  /// What stands for 0 in the weights: one, or one an output channel.
  std::vector<std::int32_t> weights_zero_points = {};
};
/// The same of each element of the one input; no operation takes a tensor.
struct Elementwise {
  Epilogue steps;
};
/// Of two tensors, broadcast as NumPy does. Comparisons make 1 where they hold, else 0; those
/// and no other numbers are what the logical ones read and make.
struct Arithmetic {
  enum class Kind {
    add,
    subtract,
    multiply,
    divide,
    maximum,
    minimum,
    power,
    equal,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    not_equal,
    logical_and,
    logical_or,
    logical_xor
  };
  Kind kind;
};
/// The same of each element of the one input, which kernels have no word for.
struct UnaryFunction {
  enum class Kind {
    absolute,
    exponential,
    logarithm,
    reciprocal,
    square_root,
    reciprocal_square_root,
    square,
    logical_not
  };
  Kind kind;
};
/// Inputs: a condition, what is taken where it is not 0, and what elsewhere; broadcast as NumPy does.
struct Selection {};
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
/// A window moved over axes of the one input; numbers are by axis of the data, those of an axis that is not
/// pooled 1, 1, 1 and 0. Where windows reach at the end follows from the output's sizes.
struct WindowPooling {
  enum class Kind { maximum, average, average_of_padding }; ///< the last one: with zeros in the padding
  Kind kind = Kind::maximum;
  std::vector<std::int64_t> kernel, stride, dilation, begin;
};
/// Of the one input over axes, which the output has with a size of 1 or leaves out.
struct Reduction {
  enum class Kind { mean, sum, maximum, minimum };
  Kind kind = Kind::mean;
  std::vector<std::size_t> axes;
};
/// Of all inputs, by an axis.
struct Concatenation {
  std::size_t axis;
};
/// Of the first input: the outputs' parts of an axis, one after another.
struct Split {
  std::size_t axis;
};
/// Of the first input, by axis: the first element and the distance between elements, which may be below 0.
struct Slice {
  std::vector<std::int64_t> begin, step;
};
/// Axis i of the output is axis order[i] of the one input.
struct Transposition {
  std::vector<std::size_t> order;
};
/// The first input's elements, row-major, in the output's shape.
struct Reshape {};
/// The one input, repeated along axes as NumPy broadcasts.
struct Expansion {};
/// Along some axes each element is a sum of elements of the one input times weights: resized images, and
/// elements that are gathered. Element i of the axis is made of those at index[i * taps] and so on.
struct Resampling {
  struct Axis {
    std::size_t axis;
    std::size_t taps;
    std::vector<std::int32_t> index; ///< of the input's axis: in range
    std::vector<float> weight;       ///< empty: 1, of a single tap
  };
  std::vector<Axis> axes;
};
/// Of images: blocks of pixels become channels, or channels such blocks. Pixel (i, j) of a block of b x b has
/// channel (i b + j) C + c of the deep tensor for channel c of C of the other; where `block_innermost` is
/// set, (c b + i) b + j.
struct DepthToSpace {
  std::int64_t block = 1;
  std::size_t channel_axis = 1; ///< 1 or 3 of four
  bool to_depth = false;
  bool block_innermost = false;
};
/// Along an axis of the one input.
struct Softmax {
  std::size_t axis;
};
/// Of the one input, which are real numbers: the nearest steps of a scale, plus its zero point, saturated to
/// the output's type.
struct Quantize {
  enum class Ties { even, away };
  Scale scale;
  Ties ties = Ties::even;
};
/// The real numbers that the one input's elements stand for.
struct Dequantize {
  Scale scale;
};
/// Of the one input, 8-bit integers of a scale: those of another scale that stand for nearly the same
/// numbers, within limits (relu, relu6 and clip). By rounding rule `tflite` (docs/quantisation.md); the
/// multiplier is the scales' quotient in float64.
struct Requantize {
  Scale from, to;
  Epilogue limits = {};
};
/// Of two tensors of 8-bit integers, each of a scale, broadcast as NumPy does: their sum, difference or
/// product in steps of a third scale. Rounded as LiteRT's reference kernels do (`tflite`) or as ONNX Runtime
/// does
/// (`onnx`): docs/quantisation.md.
struct QuantisedArithmetic {
  enum class Kind { add, subtract, multiply };
  Kind kind = Kind::add;
  Scale a, b, result;
  Rounding rounding = Rounding::tflite;
};
/// Of the one input, 8-bit integers of a scale: what an operation makes of the real numbers that they stand
/// for, as the nearest steps of another scale, ties to even. Computed in float32, means of whole numbers
/// exactly and then times one float (docs/quantisation.md).
struct Quantised {
  Scale from, to;
  std::variant<Epilogue, WindowPooling, Reduction, Softmax> operation;
};
/// Of 8-bit integers, by an axis: each input's, of a scale of its own, in the nearest steps of one for all.
struct QuantisedConcatenation {
  std::size_t axis;
  std::vector<Scale> parts; ///< one an input
  Scale whole;
};
/// Branches and loops, which are not looked into. Inputs are also what is read inside of it.
struct Nested {
  std::vector<std::string> convolutions; ///< those inside of it, each in words
};
/// What has no word here yet.
struct OtherOperation {
  std::string refusal = {}; ///< the attribute that has none, and its value; empty: the operator itself
};

using Operation =
    std::variant<OtherOperation, Convolution, Elementwise, Arithmetic, UnaryFunction, Selection, Prelu,
                 BatchNormalization, Pad, WindowPooling, Reduction, Concatenation, Split, Slice,
                 Transposition, Reshape, Expansion, Resampling, DepthToSpace, Softmax, Quantize, Dequantize,
                 Requantize, QuantisedArithmetic, Quantised, QuantisedConcatenation, Nested>;

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

// A network as calls in order: which kernel or operation reads and writes what, where. What is made of a
// model's graph, and printed as C. Sizes, strides and places are in elements, all of them float32.
#pragma once

#include "convforge/operations.h"
#include "models/folding/fold.hpp"
#include "models/graph.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace convforge::network {

/// Memory that tensors lie in.
struct Buffer {
  enum class Kind { input, output, constant, arena };
  Kind kind = Kind::arena;
  std::int64_t elements = 0;
  std::int64_t place = 0;         ///< arena: where it begins; constant: the same, among all constants
  models::TensorId tensor = -1;   ///< of input, output and constant: whose
  std::vector<float> values = {}; ///< of constants
};

/// A tensor's elements in a buffer, by the tensor's own axes.
struct View {
  int buffer = -1;
  std::int64_t offset = 0;
  models::Shape sizes, strides;
};

/// An argument of a call: a buffer's element.
struct Place {
  int buffer = -1;
  std::int64_t offset = 0;
};

struct KernelCall {
  std::size_t convolution = 0; ///< of FoldedModel
  std::size_t kernel = 0;      ///< of Program
};
/// With the tables that the structure points at, by axis.
struct ResamplingCall {
  convforge_resampling operation = {};
  std::array<std::vector<std::int32_t>, CONVFORGE_MAX_RANK> index;
  std::array<std::vector<float>, CONVFORGE_MAX_RANK> weight;
};
/// With the steps that the structure points at.
struct ElementwiseCall {
  convforge_elementwise operation = {};
  std::vector<convforge_op> steps;
};
using Operation = std::variant<KernelCall, ElementwiseCall, convforge_window_pooling, convforge_reduction,
                               convforge_softmax, ResamplingCall>;

struct Step {
  std::string name; ///< of the node, for people
  Operation operation;
  std::vector<Place> reads; ///< of a kernel its input and the residuals; else in the order of the call
  Place writes;
};

/// A node that no call does the work of.
struct MissingOperation {
  std::string name, type, reason;
};

struct Program {
  std::vector<Buffer> buffers;
  std::vector<Problem> kernels;       ///< each once, named "conv_0", ...
  std::vector<std::size_t> kernel_of; ///< by convolution of FoldedModel
  std::vector<Step> steps;
  std::vector<int> inputs, outputs;      ///< buffers, in the order of the graph's inputs and outputs
  std::vector<MissingOperation> missing; ///< not empty: the steps are not the network
  std::int64_t arena_elements = 0;
};

} // namespace convforge::network

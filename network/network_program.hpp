// A network as calls in order: which kernel or operation reads and writes what, where. What is made of a
// model's graph, and printed as C. Sizes, strides and offsets are in elements, places in bytes.
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
  ElementType type = ElementType::f32; ///< or u8 or s8
  std::int64_t elements = 0;
  std::int64_t place = 0;       ///< arena: where it begins; constant: the same, among all constants; in bytes
  models::TensorId tensor = -1; ///< of input, output and constant: whose
  std::vector<std::byte> values = {}; ///< of constants: their elements

  std::int64_t bytes() const { return elements * static_cast<std::int64_t>(bytes_of(type)); }
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
/// With the arrays that the structure points at.
struct QuantisedCall {
  convforge_quantised operation = {};
  std::vector<float> scales;
  std::vector<std::int32_t> zero_points;
  bool to_integers = true; ///< else to real numbers
};
/// With the table that the structure points at; none: a copy.
struct ByteMapCall {
  convforge_byte_map operation = {};
  std::vector<std::uint8_t> table;
};
/// With the table that the structure points at; none: by its line.
struct BytePairsCall {
  convforge_byte_pairs operation = {};
  std::vector<std::uint8_t> table;
};
/// Pooling and resampling are of the type of what they read, all others of bytes or of floats.
using Operation = std::variant<KernelCall, ElementwiseCall, convforge_window_pooling, convforge_reduction,
                               convforge_softmax, ResamplingCall, QuantisedCall, ByteMapCall, BytePairsCall>;

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
  std::int64_t arena_bytes = 0;

  const Buffer &buffer(const Place &place) const { return buffers[static_cast<std::size_t>(place.buffer)]; }
  const Buffer &buffer(const View &view) const { return buffers[static_cast<std::size_t>(view.buffer)]; }
};

} // namespace convforge::network

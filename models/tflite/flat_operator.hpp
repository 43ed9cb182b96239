// An operator of a TensorFlow Lite graph while it is read, and what it is in the graph's words.
#pragma once

#include "models/graph.hpp"
#include "models/tflite/flat_table.hpp"
#include "models/tflite/schema.hpp"

#include <optional>
#include <string>
#include <vector>

namespace convforge::models::tflite {

struct FlatOperator {
  int code = 0;
  std::string type; ///< "CONV_2D", or the name of a custom one
  std::optional<FlatTable> options;
  Bytes custom_options;               ///< of a custom one: as the program has them that made it
  std::vector<const Tensor *> inputs; ///< null: left out
  const Tensor *output = nullptr;     ///< the first; null: none

  /// Null where there is none.
  const Tensor *input(std::size_t i) const { return i < inputs.size() ? inputs[i] : nullptr; }
  template <typename Number>
  Number option(int field, Number otherwise) const {
    return options && field >= 0 ? options->number(field, otherwise) : otherwise;
  }
};

/// Of anything but convolutions. What is fused behind it is another step: fused_activation(). Where `between`
/// becomes a shape, the operation makes that, and the operator's output is the same in another one.
Operation operation_of(const FlatOperator &op, std::optional<Shape> &between);
// Parts of it: pools, resized images and FULLY_CONNECTED; what moves elements, and reductions.
Operation window_operation(const FlatOperator &op);
Operation shape_operation(const FlatOperator &op, std::optional<Shape> &between);
/// Is the operation a concatenation along a last axis that the operator's inputs do not have yet?
bool is_stack(const FlatOperator &op, const Operation &operation);
/// Is it one, or the custom one that MediaPipe has?
bool is_convolution(const FlatOperator &op);
/// With inputs in the order of Convolution's: input_order().
Convolution convolution_of(const FlatOperator &op);
/// Of a convolution: which of the operator's inputs are data, weights and bias; of SPLIT which is the data.
std::vector<std::size_t> input_order(const FlatOperator &op);
/// The activation that is done to the output of an operator whose operation is known; empty: none. Throws
/// Error for one without a word here.
Epilogue fused_activation(const FlatOperator &op);

} // namespace convforge::models::tflite

// A node of an ONNX graph while it is read, and what its operator makes of it.
#pragma once

#include "models/graph.hpp"
#include "models/onnx/messages.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace convforge::models::onnx {

/// A node, with what is known of the tensors that it reads.
class Call {
public:
  Call(const NodeMessage &node, std::vector<const Tensor *> inputs, std::int64_t opset)
      : node_(node), inputs_(std::move(inputs)), opset_(opset) {}

  std::string_view type() const { return node_.op_type; }
  std::int64_t opset() const { return opset_; } ///< the operator set of the model
  std::size_t outputs() const { return node_.outputs.size(); }
  bool has_output(std::size_t i) const { return i < outputs() && !node_.outputs[i].empty(); }
  std::size_t inputs() const { return inputs_.size(); }
  const Tensor *input(std::size_t i) const; ///< null: left out
  /// The input's shape, where it has one that is known to this degree; else none.
  std::optional<Shape> shape(std::size_t i) const;
  std::optional<Shape> known_shape(std::size_t i) const;
  /// The whole numbers of an input that is a constant, or of the attribute that older versions of the
  /// operator have instead. None where neither is there or a tensor is no constant.
  std::optional<std::vector<std::int64_t>> integers(std::size_t i, std::string_view attribute = {}) const;
  /// The one number of an input that is a constant.
  std::optional<double> number(std::size_t i) const;

  const Attribute *attribute(std::string_view name) const { return node_.attribute(name); }
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  double real(std::string_view name, double otherwise) const;
  std::string_view text(std::string_view name, std::string_view otherwise) const;
  std::vector<std::int64_t> list(std::string_view name) const; ///< empty: not there
  /// Throws Error naming the attribute unless its numbers are ints.
  std::vector<int> int_list(std::string_view name) const;

private:
  const NodeMessage &node_;
  std::vector<const Tensor *> inputs_;
  std::int64_t opset_;
};

/// What an operator says of a node. What it leaves out is not known.
struct Meaning {
  Operation operation = {};
  std::vector<std::optional<Shape>> shapes = {}; ///< of the outputs
  /// Of the outputs; one for all of them; none: of the first input.
  std::vector<DataType> types = {};
  Data data = nullptr; ///< of the first output, where it is a constant
  /// What the operation makes, where the first output is that in another shape: a Reshape stands behind it.
  std::optional<Shape> between = std::nullopt;
  std::shared_ptr<const Integers> integers = nullptr; ///< that this constant was made of
  std::vector<std::size_t> inputs = {}; ///< which of the node's are the operation's; none: all of them
};

using Operator = Meaning (*)(const Call &call);
/// Of the domain ai.onnx; null: not known.
Operator find_operator(std::string_view type);
/// Of com.microsoft, ONNX Runtime's own.
Operator find_runtime_operator(std::string_view type);

/// Of windows, largest or average: MaxPool, AveragePool and QLinearAveragePool.
Meaning pool(const Call &call);
/// QGemm.
Meaning quantised_general_product(const Call &call);

/// A row of a table of operators.
struct OperatorRow {
  std::string_view type;
  Operator meaning;
};
// The tables, a file each.
std::vector<OperatorRow> elementwise_operators();
std::vector<OperatorRow> arithmetic_operators();
std::vector<OperatorRow> window_operators();
std::vector<OperatorRow> shape_operators();
std::vector<OperatorRow> slice_operators();
std::vector<OperatorRow> resize_operators();
std::vector<OperatorRow> product_operators();
std::vector<OperatorRow> byte_operators();
std::vector<OperatorRow> quantised_operators();

/// Of a node whose inputs have no shapes, or else an attribute that does not fit them.
Meaning without_word(const Call &call, std::string_view attribute);

/// NumPy's rule; sizes that are not known stay so. None where the shapes do not fit.
std::optional<Shape> broadcast(const std::optional<Shape> &a, const std::optional<Shape> &b);
/// The axis counted from the front; none: out of range.
std::optional<std::size_t> axis_of(std::int64_t axis, std::size_t rank);
/// Constants of at most this many elements are computed with: shapes, and what they are made of.
inline constexpr std::int64_t most_computed = 4096;
/// Is it a constant of that kind?
bool computable(const Tensor *tensor);

} // namespace convforge::models::onnx

// The nodes of an ONNX graph, one after another, with the shapes of their outputs.
#pragma once

#include "models/constant_budget.hpp"
#include "models/graph.hpp"
#include "models/input_shapes.hpp"
#include "models/onnx/messages.hpp"
#include "models/onnx/operators/call.hpp"
#include "models/resize_taps.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace convforge::models::onnx {

class GraphBuilder {
public:
  /// `file_bytes`: of the model's file, for which its computed constants must not be too large.
  GraphBuilder(std::filesystem::path folder, std::size_t file_bytes, std::int64_t opset)
      : folder_(std::move(folder)), budget_(file_bytes), opset_(opset) {
    graph_.format = "ONNX";
  }
  // Throw Error.
  void add_inputs(const GraphMessage &message, const InputShapes &sizes);
  /// Initializers and nodes, of this graph and of branches whose condition is a constant.
  void add_nodes(const GraphMessage &message, int depth = 0);
  Graph finish(const GraphMessage &message);

private:
  TensorId add_tensor(Tensor tensor);
  /// Throws Error for a name that nothing before has made.
  TensorId find(std::string_view name, const std::string &reader) const;
  void add_node(const NodeMessage &node);
  bool add_constant(const NodeMessage &node);
  bool add_chosen_branch(const NodeMessage &node, int depth);
  void add_outputs(const NodeMessage &message, Node &node, const Meaning &meaning);
  void push(Node node, const std::optional<Shape> &between);
  std::string unique_name(const NodeMessage &node);
  std::string fresh_name(const std::string &base);

  std::filesystem::path folder_;
  ConstantBudget budget_;
  TapBudget taps_;
  std::int64_t opset_;
  Graph graph_;
  std::unordered_map<std::string, TensorId> by_name_;
  std::unordered_map<std::string, ValueInfo> said_; ///< what the file says of tensors
  std::set<std::string> names_;
};

} // namespace convforge::models::onnx

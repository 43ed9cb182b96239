// The messages of an ONNX file that are read, with the names of onnx.proto. They point into the file's bytes.
#pragma once

#include "models/onnx/wire.hpp"
#include "models/tensor.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace convforge::models::onnx {

struct TensorMessage {
  Shape dims;
  std::int64_t data_type = 0;
  std::string_view name;
  std::optional<Bytes> raw_data;
  std::vector<float> float_data;
  std::vector<std::int64_t> int32_data, int64_data;
  std::vector<double> double_data;
  std::vector<std::pair<std::string_view, std::string_view>> external_data;
  std::int64_t data_location = 0; ///< 1: external_data says where
};

struct Attribute {
  std::string_view name;
  float f = 0;
  std::int64_t i = 0;
  std::string_view s;
  std::optional<Bytes> t, g; ///< a tensor, a graph
  std::vector<float> floats;
  std::vector<std::int64_t> ints;
  bool is_float = false; ///< holds f
};

struct NodeMessage {
  std::vector<std::string_view> inputs, outputs;
  std::string_view name, op_type, domain;
  std::vector<Attribute> attributes;

  const Attribute *attribute(std::string_view name) const; ///< null: it has none
};

struct ValueInfo {
  std::string_view name;
  std::int64_t elem_type = 0;
  std::optional<Shape> shape; ///< sizes without a number are unknown_size
};

struct GraphMessage {
  std::vector<NodeMessage> nodes;
  std::vector<TensorMessage> initializers;
  std::vector<ValueInfo> inputs, outputs, value_info;
};

struct OperatorSet {
  std::string_view domain;
  std::int64_t version = 0;
};

struct ModelMessage {
  std::vector<OperatorSet> opset_import;
  std::optional<GraphMessage> graph;
};

// Throw Error, also for more nodes, tensors or attributes than any model has: two bytes of a file are enough
// for one of them, which takes a hundred here.
ModelMessage parse_model(Bytes bytes);
GraphMessage parse_graph(Bytes bytes);
TensorMessage parse_tensor(Bytes bytes);

} // namespace convforge::models::onnx

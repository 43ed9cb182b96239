#include "models/onnx/messages.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

constexpr std::size_t most_of_a_graph = 100000, most_attributes = 32;

template <typename Item>
void append(std::vector<Item> &list, Item item, std::size_t most, const char *what) {
  if (list.size() == most)
    throw Error(fmt::format("more than {} {}: no model has as many", most, what));
  list.push_back(std::move(item));
}

std::pair<std::string_view, std::string_view> parse_entry(Bytes bytes) {
  std::pair<std::string_view, std::string_view> entry;
  for (Fields field(bytes); field.next();)
    if (field.number() == 1)
      entry.first = field.text();
    else if (field.number() == 2)
      entry.second = field.text();
  return entry;
}

Attribute parse_attribute(Bytes bytes) {
  Attribute attribute;
  for (Fields field(bytes); field.next();)
    switch (field.number()) {
    case 1:
      attribute.name = field.text();
      break;
    case 2:
      attribute.f = field.number32(), attribute.is_float = true;
      break;
    case 3:
      attribute.i = field.integer();
      break;
    case 4:
      attribute.s = field.text();
      break;
    case 5:
      attribute.t = field.bytes();
      break;
    case 6:
      attribute.g = field.bytes();
      break;
    case 7:
      field.append_to(attribute.floats);
      break;
    case 8:
      field.append_to(attribute.ints);
      break;
    default:
      break;
    }
  return attribute;
}

NodeMessage parse_node(Bytes bytes) {
  NodeMessage node;
  for (Fields field(bytes); field.next();)
    switch (field.number()) {
    case 1:
      node.inputs.push_back(field.text());
      break;
    case 2:
      node.outputs.push_back(field.text());
      break;
    case 3:
      node.name = field.text();
      break;
    case 4:
      node.op_type = field.text();
      break;
    case 5:
      append(node.attributes, parse_attribute(field.bytes()), most_attributes, "attributes of a node");
      break;
    case 7:
      node.domain = field.text();
      break;
    default:
      break;
    }
  return node;
}

std::int64_t parse_dimension(Bytes bytes) {
  std::int64_t size = unknown_size;
  for (Fields field(bytes); field.next();)
    if (field.number() == 1 && field.integer() >= 0)
      size = field.integer();
  return size;
}

Shape parse_shape(Bytes bytes) {
  Shape shape;
  for (Fields field(bytes); field.next();)
    if (field.number() == 1)
      shape.push_back(parse_dimension(field.bytes()));
  return shape;
}

/// TypeProto.Tensor, inside of a TypeProto.
void parse_type(Bytes bytes, ValueInfo &value) {
  for (Fields type(bytes); type.next();)
    if (type.number() == 1) {
      for (Fields field(type.bytes()); field.next();)
        if (field.number() == 1)
          value.elem_type = field.integer();
        else if (field.number() == 2)
          value.shape = parse_shape(field.bytes());
    }
}

ValueInfo parse_value(Bytes bytes) {
  ValueInfo value;
  for (Fields field(bytes); field.next();)
    if (field.number() == 1)
      value.name = field.text();
    else if (field.number() == 2)
      parse_type(field.bytes(), value);
  return value;
}

OperatorSet parse_opset(Bytes bytes) {
  OperatorSet opset;
  for (Fields field(bytes); field.next();)
    if (field.number() == 1)
      opset.domain = field.text();
    else if (field.number() == 2)
      opset.version = field.integer();
  return opset;
}

} // namespace

const Attribute *NodeMessage::attribute(std::string_view wanted) const {
  const auto found = std::ranges::find(attributes, wanted, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

TensorMessage parse_tensor(Bytes bytes) {
  TensorMessage tensor;
  for (Fields field(bytes); field.next();)
    switch (field.number()) {
    case 1:
      field.append_to(tensor.dims);
      break;
    case 2:
      tensor.data_type = field.integer();
      break;
    case 4:
      field.append_to(tensor.float_data);
      break;
    case 5:
      field.append_to(tensor.int32_data);
      break;
    case 7:
      field.append_to(tensor.int64_data);
      break;
    case 8:
      tensor.name = field.text();
      break;
    case 9:
      tensor.raw_data = field.bytes();
      break;
    case 10:
      field.append_to(tensor.double_data);
      break;
    case 13:
      tensor.external_data.push_back(parse_entry(field.bytes()));
      break;
    case 14:
      tensor.data_location = field.integer();
      break;
    default:
      break;
    }
  return tensor;
}

GraphMessage parse_graph(Bytes bytes) {
  GraphMessage graph;
  for (Fields field(bytes); field.next();)
    switch (field.number()) {
    case 1:
      append(graph.nodes, parse_node(field.bytes()), most_of_a_graph, "nodes of a graph");
      break;
    case 5:
      append(graph.initializers, parse_tensor(field.bytes()), most_of_a_graph, "initializers of a graph");
      break;
    case 11:
      append(graph.inputs, parse_value(field.bytes()), most_of_a_graph, "inputs of a graph");
      break;
    case 12:
      append(graph.outputs, parse_value(field.bytes()), most_of_a_graph, "outputs of a graph");
      break;
    case 13:
      append(graph.value_info, parse_value(field.bytes()), most_of_a_graph, "values of a graph");
      break;
    default:
      break;
    }
  return graph;
}

ModelMessage parse_model(Bytes bytes) {
  ModelMessage model;
  for (Fields field(bytes); field.next();)
    if (field.number() == 7)
      model.graph = parse_graph(field.bytes());
    else if (field.number() == 8)
      model.opset_import.push_back(parse_opset(field.bytes()));
  return model;
}

} // namespace convforge::models::onnx

#include "models/onnx/graph_builder.hpp"

#include "base/error.hpp"
#include "models/onnx/constants.hpp"
#include "models/onnx/nested.hpp"
#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

constexpr int most_depth = 16; ///< of branches in branches

bool of_onnx(const NodeMessage &node) {
  return node.domain.empty() || node.domain == "ai.onnx";
}

Operator operator_of(const NodeMessage &node) {
  if (of_onnx(node))
    return find_operator(node.op_type);
  return node.domain == "com.microsoft" ? find_runtime_operator(node.op_type) : nullptr;
}

/// What the operator says; of what contradicts itself only that it is there.
Meaning meaning_of(const NodeMessage &node, std::vector<const Tensor *> inputs, std::int64_t opset) {
  const Operator known = operator_of(node);
  if (!known)
    return {.types = {DataType::other}};
  try {
    return known(Call(node, std::move(inputs), opset));
  } catch (const Error &) {
    return {}; // An activation with numbers that are none, say: it stays as it is, with no word of its own.
  }
}

std::vector<TensorId> chosen_inputs(const std::vector<TensorId> &all, const std::vector<std::size_t> &which) {
  std::vector<TensorId> inputs;
  inputs.reserve(which.size());
  for (const std::size_t i : which)
    inputs.push_back(i < all.size() ? all[i] : no_tensor);
  return inputs;
}

/// Lists of numbers that a node takes from constants, which many nodes may share.
std::size_t bytes_of_scales(const Meaning &meaning) {
  const auto bytes = [](const Scale &scale) {
    return scale.scales.size() * (sizeof(float) + sizeof(std::int32_t));
  };
  if (const auto *convolution = std::get_if<Convolution>(&meaning.operation))
    return convolution->multipliers.size() * sizeof(double) +
           convolution->weights_zero_points.size() * sizeof(std::int32_t);
  if (const auto *quantize = std::get_if<Quantize>(&meaning.operation))
    return bytes(quantize->scale);
  if (const auto *dequantize = std::get_if<Dequantize>(&meaning.operation))
    return bytes(dequantize->scale);
  return meaning.integers ? bytes(meaning.integers->scale) : 0;
}

/// The sizes that only one of the two knows, too.
std::optional<Shape> merged(const std::optional<Shape> &inferred, const std::optional<Shape> &said) {
  if (!inferred || !said || inferred->size() != said->size())
    return inferred ? inferred : said;
  Shape shape = *inferred;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == unknown_size)
      shape[i] = (*said)[i];
  return shape;
}

} // namespace

TensorId GraphBuilder::add_tensor(Tensor tensor) {
  constexpr std::size_t most_axes =
      64; // each node has its output's again, and a hostile file may say millions
  if (!tensor.constant() && tensor.sizes().size() > most_axes)
    tensor.shape.reset();
  const auto id = static_cast<TensorId>(graph_.tensors.size());
  by_name_[tensor.name] = id;
  graph_.tensors.push_back(std::move(tensor));
  return id;
}

TensorId GraphBuilder::find(std::string_view name, const std::string &reader) const {
  if (name.empty())
    return no_tensor;
  const auto found = by_name_.find(std::string(name));
  if (found == by_name_.end())
    fail(reader, fmt::format("reads '{}'", name),
         "an input, an initializer, or the output of a node before it: nodes of ONNX are in that order");
  return found->second;
}

void GraphBuilder::add_inputs(const GraphMessage &message, const InputShapes &sizes) {
  std::set<std::string_view> constants; // which old files list among the inputs
  for (const TensorMessage &initializer : message.initializers)
    constants.insert(initializer.name);
  std::vector<std::string> names;
  for (const ValueInfo &input : message.inputs)
    if (!constants.contains(input.name))
      names.emplace_back(input.name);
  check_input_names(sizes, names);
  for (const ValueInfo &input : message.inputs) {
    if (constants.contains(input.name))
      continue;
    Tensor tensor{std::string(input.name), data_type_of(input.elem_type), input.shape, nullptr};
    if (input.shape || sizes.contains(tensor.name))
      tensor.shape = with_given_sizes(tensor, sizes);
    graph_.inputs.push_back(add_tensor(std::move(tensor)));
  }
}

void GraphBuilder::add_nodes(const GraphMessage &message, int depth) {
  for (const TensorMessage &initializer : message.initializers)
    add_tensor(read_tensor(initializer, folder_));
  for (const auto *list : {&message.value_info, &message.outputs})
    for (const ValueInfo &value : *list)
      said_.emplace(std::string(value.name), value);
  for (const NodeMessage &node : message.nodes)
    if (!add_constant(node) && !add_chosen_branch(node, depth))
      add_node(node);
}

bool GraphBuilder::add_constant(const NodeMessage &node) {
  if (node.op_type != "Constant" || !of_onnx(node) || node.outputs.size() != 1)
    return false;
  Tensor tensor{std::string(node.outputs[0]), DataType::f32, std::nullopt, nullptr};
  if (const Attribute *value = node.attribute("value"); value && value->t) {
    tensor = read_tensor(parse_tensor(*value->t), folder_);
    tensor.name = node.outputs[0];
  } else if (const Attribute *number = node.attribute("value_float")) {
    tensor.shape = Shape{}, tensor.data = data_of(DataType::f32, std::vector<double>{number->f});
  } else if (const Attribute *numbers = node.attribute("value_floats")) {
    tensor.shape = Shape{static_cast<std::int64_t>(numbers->floats.size())};
    tensor.data = copy_of(std::as_bytes(std::span(numbers->floats)));
  } else if (const Attribute *integer = node.attribute("value_int")) {
    tensor.type = DataType::s64, tensor.shape = Shape{}, tensor.data = data_of(std::vector{integer->i});
  } else if (const Attribute *integers = node.attribute("value_ints")) {
    tensor.type = DataType::s64, tensor.shape = Shape{static_cast<std::int64_t>(integers->ints.size())};
    tensor.data = data_of(integers->ints);
  } else {
    return false;
  }
  add_tensor(std::move(tensor));
  return true;
}

/// The nodes of the branch that a constant condition takes stand for the If.
bool GraphBuilder::add_chosen_branch(const NodeMessage &node, int depth) {
  if (node.op_type != "If" || !of_onnx(node) || node.inputs.size() != 1 || depth >= most_depth)
    return false;
  const TensorId id = find(node.inputs[0], fmt::format("If '{}'", node.name));
  if (id == no_tensor || !graph_.tensor(id).constant() || graph_.tensor(id).data->empty())
    return false;
  const bool taken = numbers_of(graph_.tensor(id)).front() != 0;
  const Attribute *branch = node.attribute(taken ? "then_branch" : "else_branch");
  if (!branch || !branch->g)
    return false;
  const GraphMessage graph = parse_graph(*branch->g);
  if (graph.outputs.size() < node.outputs.size())
    return false;
  add_nodes(graph, depth + 1);
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (const TensorId output = find(graph.outputs[i].name, "If"); output != no_tensor) {
      by_name_[std::string(node.outputs[i])] = output;
      graph_.tensors[static_cast<std::size_t>(output)].name = node.outputs[i]; // which other programs see
    }
  return true;
}

std::string GraphBuilder::unique_name(const NodeMessage &node) {
  constexpr std::size_t most_characters = 256; // one of a hostile file could be a gigabyte
  std::string name(node.name.substr(0, most_characters));
  if (name.empty())
    name = fmt::format("{}_{}", node.op_type.substr(0, most_characters), graph_.nodes.size());
  return fresh_name(name);
}

std::string GraphBuilder::fresh_name(const std::string &base) {
  std::string name = base;
  for (std::size_t n = graph_.nodes.size(); !names_.insert(name).second; ++n)
    name = fmt::format("{}#{}", base, n);
  return name;
}

void GraphBuilder::add_node(const NodeMessage &message) {
  if (message.op_type.find('\0') != std::string_view::npos) // errors that begin with it would say nothing
    fail("op_type", "a name with a zero byte", "an operator's name");
  Node node{unique_name(message), std::string(message.op_type), {}, {}, {}};
  std::vector<const Tensor *> inputs;
  for (const std::string_view name : message.inputs) {
    const TensorId id = find(name, fmt::format("{} '{}'", message.op_type, node.name));
    node.inputs.push_back(id);
    inputs.push_back(id == no_tensor ? nullptr : &graph_.tensors[static_cast<std::size_t>(id)]);
  }
  const Data first = inputs.empty() || !inputs[0] ? nullptr : inputs[0]->data;
  Meaning meaning = meaning_of(message, std::move(inputs), opset_);
  if (meaning.data && meaning.data != first)
    budget_.take(meaning.data->size());
  budget_.take(bytes_of_scales(meaning));
  if (auto *convolution = std::get_if<Convolution>(&meaning.operation); convolution && convolution->problem)
    convolution->problem->name = node.name;
  if (Inside inside = inside_of(message, most_depth); !inside.reads.empty()) {
    for (const std::string_view name : inside.reads)
      if (const auto found = by_name_.find(std::string(name)); found != by_name_.end())
        node.inputs.push_back(found->second);
    meaning.operation = Nested{std::move(inside.convolutions)};
  }
  node.operation = meaning.operation;
  add_outputs(message, node, meaning);
  if (!meaning.inputs.empty())
    node.inputs = chosen_inputs(node.inputs, meaning.inputs);
  if (!meaning.data)
    push(std::move(node), meaning.between);
}

/// What is not in the shape of the node's output yet becomes so by a node of its own.
void GraphBuilder::push(Node node, const std::optional<Shape> &between) {
  std::optional<Node> behind;
  if (between && !node.outputs.empty() && node.outputs[0] != no_tensor) {
    Tensor made = graph_.tensor(node.outputs[0]);
    made.name += " before reshape", made.shape = between;
    graph_.tensors.push_back(std::move(made));
    const auto id = static_cast<TensorId>(graph_.tensors.size()) - 1;
    behind = Node{fresh_name(node.name + "/reshape"), "Reshape", Reshape{}, {id}, {node.outputs[0]}};
    node.outputs[0] = id;
  }
  for (Node *each : {&node, behind ? &*behind : nullptr})
    if (each) {
      require_tensors(*each);
      taps_.take(each->operation);
      require_sizes(graph_, *each);
      graph_.nodes.push_back(std::move(*each));
    }
}

void GraphBuilder::add_outputs(const NodeMessage &message, Node &node, const Meaning &meaning) {
  const DataType first = node.inputs.empty() || node.inputs[0] == no_tensor
                             ? DataType::other
                             : graph_.tensor(node.inputs[0]).type;
  for (std::size_t i = 0; i < message.outputs.size(); ++i) {
    if (message.outputs[i].empty()) {
      node.outputs.push_back(no_tensor);
      continue;
    }
    Tensor tensor{std::string(message.outputs[i]), meaning.types.empty() ? first : meaning.types[0],
                  i < meaning.shapes.size() ? meaning.shapes[i] : std::nullopt, nullptr};
    if (const auto said = said_.find(tensor.name); said != said_.end()) {
      tensor.shape = merged(tensor.shape, said->second.shape);
      if (tensor.type == DataType::other)
        tensor.type = data_type_of(said->second.elem_type);
    }
    if (i == 0)
      tensor.data = meaning.data, tensor.integers = meaning.integers;
    node.outputs.push_back(add_tensor(std::move(tensor)));
  }
}

Graph GraphBuilder::finish(const GraphMessage &message) {
  for (const ValueInfo &output : message.outputs)
    graph_.outputs.push_back(find(output.name, "the graph's outputs"));
  return std::move(graph_);
}

} // namespace convforge::models::onnx

#include "models/tflite/tflite_model.hpp"

#include "base/error.hpp"
#include "models/dequantise.hpp"
#include "models/refusal.hpp"
#include "models/resize_taps.hpp"
#include "models/tflite/flat_operator.hpp"
#include "models/tflite/flat_quantisation.hpp"
#include "models/tflite/flat_tensors.hpp"

#include <fmt/format.h>
#include <set>

namespace convforge::models::tflite {
namespace {

constexpr std::size_t most_of_a_graph = 100000, most_inputs = 10000;

/// The first graph of a file.
class TfliteReader {
public:
  explicit TfliteReader(Bytes file) : file_(file), budget_(file.size()) { graph_.format = "TensorFlow Lite"; }

  Graph read(const InputShapes &sizes) {
    const FlatTable root = FlatTable::root(file_);
    codes_ = root.tables(model::operator_codes);
    const std::vector<FlatTable> graphs = root.tables(model::subgraphs);
    if (graphs.empty())
      throw Error("no graph in it");
    read_tensors(graphs[0], root.tables(model::buffers));
    graph_.inputs = ids(graphs[0].numbers<std::int32_t>(subgraph::inputs), "the graph");
    graph_.outputs = ids(graphs[0].numbers<std::int32_t>(subgraph::outputs), "the graph");
    check_sizes(sizes);
    const std::vector<FlatTable> operators = graphs[0].tables(subgraph::operators);
    if (operators.size() > most_of_a_graph)
      fail("operators", std::to_string(operators.size()), fmt::format("at most {}", most_of_a_graph));
    for (const FlatTable &table : operators)
      add_operator(table);
    for (std::size_t i = 1; i < graphs.size(); ++i)
      add_other_graph(graphs[i]);
    check_order(graph_);
    return std::move(graph_);
  }

private:
  void read_tensors(const FlatTable &table, const std::vector<FlatTable> &buffers) {
    const std::vector<FlatTable> tensors = table.tables(subgraph::tensors);
    if (tensors.size() > most_of_a_graph)
      fail("tensors", std::to_string(tensors.size()), fmt::format("at most {}", most_of_a_graph));
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      FlatTensor read = read_tensor(tensors[i], buffers, file_, budget_);
      if (read.tensor.name.empty() || !names_.insert(read.tensor.name).second)
        names_.insert(read.tensor.name += fmt::format("#{}", i));
      graph_.tensors.push_back(std::move(read.tensor));
      sparse_.push_back(std::move(read.sparse));
    }
  }

  std::vector<TensorId> ids(const std::vector<std::int32_t> &numbers, const std::string &whose) const {
    if (numbers.size() > most_inputs)
      fail(whose, fmt::format("{} tensors", numbers.size()), fmt::format("at most {}", most_inputs));
    for (const std::int32_t id : numbers)
      if (id < no_tensor || id >= static_cast<std::int32_t>(sparse_.size()))
        fail(whose, fmt::format("tensor {}", id), fmt::format("one of {}", sparse_.size()));
    return {numbers.begin(), numbers.end()};
  }

  void check_sizes(const InputShapes &sizes) const {
    std::vector<std::string> names;
    for (const TensorId id : graph_.inputs)
      if (id != no_tensor)
        names.push_back(graph_.tensor(id).name), with_given_sizes(graph_.tensor(id), sizes);
    check_input_names(sizes, names);
  }

  FlatOperator flat_operator(const FlatTable &table) const {
    const auto number = table.number<std::uint32_t>(operation::code, 0);
    if (number >= codes_.size())
      fail("operator", fmt::format("code {}", number), fmt::format("one of {}", codes_.size()));
    const FlatTable &code = codes_[number];
    FlatOperator op;
    op.code = std::max<int>(code.number<std::int32_t>(operator_code::builtin_code, 0),
                            code.number<std::int8_t>(operator_code::deprecated_builtin_code, 0));
    op.type =
        op.code == CUSTOM ? code.text(operator_code::custom_code).substr(0, 256) : name_of_builtin(op.code);
    op.options = table.table(operation::options);
    if (op.code == CUSTOM)
      op.custom_options = table.bytes(operation::custom_options);
    return op;
  }

  void add_operator(const FlatTable &table) {
    FlatOperator op = flat_operator(table);
    const std::vector<TensorId> inputs = ids(table.numbers<std::int32_t>(operation::inputs), op.type),
                                outputs = ids(table.numbers<std::int32_t>(operation::outputs), op.type);
    for (const TensorId id : inputs)
      op.inputs.push_back(id == no_tensor ? nullptr : &graph_.tensor(id));
    op.output = outputs.empty() || outputs[0] == no_tensor ? nullptr : &graph_.tensor(outputs[0]);
    if (!outputs.empty() && make_constant(op, inputs, outputs[0]))
      return;
    Node node{name_of_node(op), op.type, {}, inputs, outputs};
    std::optional<Shape> between;
    node.operation = is_convolution(op) ? convolution_of(op) : with_scales(operation_of(op, between), op);
    if (auto *convolution = std::get_if<Convolution>(&node.operation); convolution && convolution->problem)
      convolution->problem->name = node.name;
    if (is_convolution(op) || op.code == SPLIT) {
      node.inputs.clear();
      for (const std::size_t i : input_order(op))
        node.inputs.push_back(i < inputs.size() ? inputs[i] : no_tensor);
    }
    Epilogue activation;
    try {
      activation = fused_activation(op);
    } catch (const Error &error) {
      if (is_convolution(op))
        node.operation = Convolution{std::nullopt, error.what()};
      else
        node.operation = OtherOperation{error.what()};
    }
    if (std::holds_alternative<Reshape>(node.operation))
      node.inputs.resize(std::min<std::size_t>(node.inputs.size(), 1)); // sizes and axes are the output's
    require_tensors(node);
    taps_.take(node.operation);
    if (is_stack(op, node.operation))
      add_last_axes(node);
    if (between && op.output)
      add_in_other_shape(std::move(node), *between);
    else
      add_node(std::move(node), activation);
  }

  /// Gives each input of a stack the axis that it is to be joined along.
  void add_last_axes(Node &node) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == no_tensor)
        continue;
      Tensor made = graph_.tensor(node.inputs[i]);
      const std::string name = fmt::format("{}/input{}", node.name, i);
      made.name = name;
      if (made.shape)
        made.shape->push_back(1);
      const auto id = static_cast<TensorId>(graph_.tensors.size());
      const bool constant = made.constant();
      graph_.tensors.push_back(std::move(made));
      if (!constant)
        add_node({name, "RESHAPE", Reshape{}, {node.inputs[i]}, {id}}, {});
      node.inputs[i] = id;
    }
  }

  /// What is not in the shape of the operator's output yet becomes so by a node of its own.
  void add_in_other_shape(Node node, const Shape &between) {
    Tensor made = graph_.tensor(node.outputs[0]);
    made.name += " before reshape", made.shape = between;
    const auto id = static_cast<TensorId>(graph_.tensors.size());
    graph_.tensors.push_back(std::move(made));
    Node behind{node.name + "/reshape", "RESHAPE", Reshape{}, {id}, {node.outputs[0]}};
    node.outputs[0] = id;
    add_node(std::move(node), {});
    add_node(std::move(behind), {});
  }

  /// What is stored in fewer bytes: halves, integers of a scale, and sparse tensors.
  bool make_constant(const FlatOperator &op, const std::vector<TensorId> &inputs, TensorId output) {
    if ((op.code != DEQUANTIZE && op.code != DENSIFY) || inputs.size() != 1 || inputs[0] == no_tensor ||
        output == no_tensor || inputs[0] == output)
      return false;
    const Tensor &from = graph_.tensor(inputs[0]);
    Tensor &to = graph_.tensors[static_cast<std::size_t>(output)];
    const auto &sparse = sparse_[static_cast<std::size_t>(inputs[0])];
    if (op.code == DENSIFY && sparse && from.type == to.type && from.shape == to.shape && to.known()) {
      to.data = densified(*sparse, from, budget_);
    } else if (op.code == DEQUANTIZE && from.constant() && from.type == DataType::f16 &&
               from.shape == to.shape && to.type == DataType::f32) {
      budget_.take(2 * from.data->size());
      to.data = data_of(DataType::f32, numbers_of(from));
    } else if (op.code == DEQUANTIZE && from.constant() && from.scale && fits(*from.scale, from) &&
               from.shape == to.shape && to.type == DataType::f32) {
      budget_.take(4 * from.data->size() +
                   from.scale->scales.size() * (sizeof(float) + sizeof(std::int32_t)));
      to.data = dequantised(from, *from.scale, DataType::f32);
      to.integers = std::make_shared<Integers>(Integers{from.type, from.data, *from.scale});
    }
    return to.constant();
  }

  /// Operators have no names: that of the first output is what tools show.
  std::string name_of_node(const FlatOperator &op) {
    std::string name = op.output ? op.output->name.substr(0, 256) : op.type;
    if (name.empty())
      name = "operator"; // a custom one without a name and an output
    if (!node_names_.insert(name).second)
      node_names_.insert(name += fmt::format("#{}", graph_.nodes.size()));
    return name;
  }

  /// An activation that is fused becomes a node of its own.
  void add_node(Node node, const Epilogue &activation) {
    require_sizes(graph_, node);
    if (activation.ops().empty() || std::holds_alternative<OtherOperation>(node.operation) ||
        node.outputs.empty() || node.outputs[0] == no_tensor) {
      graph_.nodes.push_back(std::move(node));
      return;
    }
    Tensor between = graph_.tensor(node.outputs[0]);
    between.name += " before " + activation.text();
    const auto id = static_cast<TensorId>(graph_.tensors.size());
    graph_.tensors.push_back(std::move(between));
    Node behind{node.name + "/" + activation.text(),
                "fused activation",
                Elementwise{activation},
                {id},
                {node.outputs[0]}};
    node.outputs[0] = id;
    graph_.nodes.push_back(std::move(node));
    graph_.nodes.push_back(std::move(behind));
  }

  /// Of branches and loops: only what convolutions are in it is told.
  void add_other_graph(const FlatTable &table) {
    Nested nested;
    for (const FlatTable &each : table.tables(subgraph::operators))
      if (const FlatOperator op = flat_operator(each);
          is_convolution(op) && nested.convolutions.size() < most_of_a_graph)
        nested.convolutions.push_back(op.type + " in another graph of the file");
    if (nested.convolutions.empty())
      return;
    const std::string name(table.text(subgraph::name).substr(0, 256));
    graph_.nodes.push_back({fmt::format("{}#{}", name, graph_.nodes.size()), "graph", nested, {}, {}});
  }

  const Bytes file_;
  ConstantBudget budget_;
  TapBudget taps_;
  Graph graph_;
  std::vector<FlatTable> codes_;
  std::vector<std::optional<SparseConstant>> sparse_; ///< by tensor of the file
  std::set<std::string> names_, node_names_;
};

} // namespace

Graph parse_tflite_model(std::span<const std::uint8_t> bytes, const InputShapes &sizes) {
  return TfliteReader(bytes).read(sizes);
}

} // namespace convforge::models::tflite

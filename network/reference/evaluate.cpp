#include "network/reference/evaluate.hpp"

#include "base/error.hpp"
#include "network/reference/reference_operations.hpp"
#include "verify/npy.hpp"
#include "verify/random.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace convforge::network::reference {

const Value &Call::input(std::size_t number) const {
  if (number >= inputs.size() || !inputs[number])
    throw Error(fmt::format("input {} is left out", number));
  return *inputs[number];
}

const models::Shape &Call::shape(std::size_t number) const {
  const models::Tensor &tensor = graph.tensor(node.outputs.at(number));
  if (!tensor.known())
    throw Error(fmt::format("'{}' is {} (expected sizes that are known)", tensor.name,
                            models::text_of_shape(tensor.sizes())));
  return tensor.sizes();
}

namespace {

struct Computation {
  const Call &call;

  std::vector<Value> operator()(const models::Split &split) const { return compute_parts(split, call); }
  std::vector<Value> operator()(const models::Nested &) const {
    throw Error("branches and loops are not looked into");
  }
  std::vector<Value> operator()(const models::OtherOperation &other) const {
    throw Error(other.refusal.empty() ? "there is no such operation" : other.refusal);
  }
  template <typename Operation>
  std::vector<Value> operator()(const Operation &operation) const {
    std::vector<Value> one;
    one.push_back(compute(operation, call));
    return one;
  }
};

/// Values of tensors, each kept until its last reader is done.
class Evaluation {
public:
  /// Readers come behind makers: from the end on, a node is needed where what it makes is read.
  explicit Evaluation(const models::Graph &graph) : graph_(graph), left_(graph.tensors.size()) {
    for (const models::TensorId id : graph.outputs)
      ++left_[static_cast<std::size_t>(id)];
    for (std::size_t n = graph.nodes.size(); n-- > 0;)
      if (needs(graph.nodes[n]))
        for (const models::TensorId id : read_by(graph.nodes[n]))
          ++left_[static_cast<std::size_t>(id)];
  }

  /// What has been computed when the model was read is a constant, and needs no node.
  bool needs(const models::Node &node) const {
    return std::ranges::any_of(node.outputs, [&](models::TensorId id) {
      return id != models::no_tensor && left_[static_cast<std::size_t>(id)] > 0 &&
             !graph_.tensor(id).constant();
    });
  }

  void set(models::TensorId id, Value value) { values_[id] = std::move(value); }

  /// Constants are made of their tensors when they are first asked for.
  const Value &get(models::TensorId id) {
    const auto found = values_.find(id);
    if (found != values_.end())
      return found->second;
    const models::Tensor &tensor = graph_.tensor(id);
    if (!tensor.constant())
      throw Error(fmt::format("'{}' has no value", tensor.name));
    return values_[id] = {tensor.sizes(), models::numbers_of(tensor)};
  }

  void run(const models::Node &node) {
    Call call{graph_, node, {}};
    for (const models::TensorId id : node.inputs)
      call.inputs.push_back(id == models::no_tensor ? nullptr : &get(id));
    std::vector<Value> results = std::visit(Computation{call}, node.operation);
    for (std::size_t i = 0; i < results.size(); ++i)
      if (node.outputs[i] != models::no_tensor)
        set_output(node.outputs[i], std::move(results[i]));
    forget(node);
  }

private:
  void set_output(models::TensorId id, Value value) {
    const models::Tensor &tensor = graph_.tensor(id);
    if (tensor.known() && tensor.sizes() != value.shape)
      throw Error(fmt::format("'{}' is {} (expected {})", tensor.name, models::text_of_shape(value.shape),
                              models::text_of_shape(tensor.sizes())));
    set(id, std::move(value));
  }

  void forget(const models::Node &node) {
    for (const models::TensorId id : read_by(node))
      if (--left_[static_cast<std::size_t>(id)] == 0)
        values_.erase(id);
  }

  /// Each once.
  static std::set<models::TensorId> read_by(const models::Node &node) {
    std::set<models::TensorId> read(node.inputs.begin(), node.inputs.end());
    read.erase(models::no_tensor);
    return read;
  }

  const models::Graph &graph_;
  std::vector<std::size_t> left_; ///< readers to come, the caller of outputs among them
  std::map<models::TensorId, Value> values_;
};

Member npy_file(const std::string &name, const Value &value) {
  const std::vector<float> floats(value.elements.begin(), value.elements.end());
  return {name, format_npy(value.shape, floats)};
}

} // namespace

std::vector<Value> evaluate(const models::Graph &graph, const std::vector<Value> &inputs) {
  Evaluation evaluation(graph);
  for (std::size_t i = 0; i < graph.inputs.size(); ++i)
    evaluation.set(graph.inputs[i], inputs.at(i));
  for (const models::Node &node : graph.nodes)
    try {
      if (evaluation.needs(node))
        evaluation.run(node);
    } catch (const Error &error) {
      throw Error(fmt::format("{} '{}': {}", node.type, node.name, error.what()));
    }
  std::vector<Value> outputs;
  outputs.reserve(graph.outputs.size());
  for (const models::TensorId id : graph.outputs)
    outputs.push_back(evaluation.get(id));
  return outputs;
}

std::vector<Value> random_inputs(const models::Graph &graph) {
  std::vector<Value> inputs;
  for (const models::TensorId id : graph.inputs) {
    const models::Tensor &tensor = graph.tensor(id);
    if (!tensor.known())
      fail("input " + tensor.name, models::text_of_shape(tensor.sizes()), "sizes that are known");
    Random random(inputs.size() + 1);
    Value value = value_of(tensor.sizes());
    const auto least = tensor.type == models::DataType::s8 ? -128 : 0;
    for (double &x : value.elements)
      if (is_of_bytes(tensor))
        x = std::floor(random.uniform(least, least + 256));
      else // as files of it have it: what is quantised is to be the same number
        x = static_cast<double>(static_cast<float>(random.uniform(-1, 1)));
    inputs.push_back(std::move(value));
  }
  return inputs;
}

std::vector<Member> reference_files(const models::Graph &graph, const std::string &name) {
  const std::vector<Value> inputs = random_inputs(graph), outputs = evaluate(graph, inputs);
  std::vector<Member> files;
  files.reserve(inputs.size() + outputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    files.push_back(npy_file(fmt::format("{}_input{}.npy", name, i), inputs[i]));
  for (std::size_t i = 0; i < outputs.size(); ++i)
    files.push_back(npy_file(fmt::format("{}_output{}.npy", name, i), outputs[i]));
  return files;
}

} // namespace convforge::network::reference

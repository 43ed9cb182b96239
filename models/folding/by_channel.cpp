#include "models/folding/by_channel.hpp"

namespace convforge::models {

std::size_t channel_axis(const Problem &problem, std::size_t rank) {
  return problem.layout == Layout::nchw ? 1 : rank - 1;
}

std::optional<std::vector<double>> by_channel(const Graph &graph, TensorId id, TensorId value,
                                              const Problem &problem) {
  if (id == no_tensor || !graph.tensor(id).constant() || !graph.tensor(value).known())
    return std::nullopt;
  const Tensor &constant = graph.tensor(id);
  const Shape &own = constant.sizes(), &whole = graph.tensor(value).sizes();
  if (own.size() > whole.size())
    return std::nullopt;
  const std::size_t ahead = whole.size() - own.size();
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i] != 1 && (ahead + i != channel_axis(problem, whole.size()) || own[i] != whole[ahead + i]))
      return std::nullopt;
  std::vector<double> values = numbers_of(constant);
  if (values.size() != 1 && values.size() != static_cast<std::size_t>(problem.out_channels))
    return std::nullopt;
  return values;
}

bool append_scalar(const Graph &graph, const Node &node, TensorId value, Steps &steps) {
  if (const auto *elementwise = std::get_if<Elementwise>(&node.operation))
    return steps.append(elementwise->steps);
  const auto *arithmetic = std::get_if<Arithmetic>(&node.operation);
  if (!arithmetic)
    return false;
  const bool first = node.inputs[0] == value;
  const TensorId other = node.inputs[first ? 1 : 0];
  if (other == no_tensor || !graph.tensor(other).constant() || elements_of(graph.tensor(other).sizes()) != 1)
    return false;
  const double number = numbers_of(graph.tensor(other)).front();
  switch (arithmetic->kind) {
  case Arithmetic::Kind::add:
    return steps.add(number);
  case Arithmetic::Kind::multiply:
    return steps.multiply(number);
  case Arithmetic::Kind::subtract:
    return first && steps.add(-number);
  case Arithmetic::Kind::divide:
    return first && steps.multiply(1 / number);
  default:
    break;
  }
  return false;
}

} // namespace convforge::models

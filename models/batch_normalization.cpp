#include "models/batch_normalization.hpp"

#include <algorithm>
#include <cmath>

namespace convforge::models {

std::optional<FactorsAndSummands> factors_and_summands(const Graph &graph, const Node &node) {
  const double epsilon = std::get<BatchNormalization>(node.operation).epsilon;
  std::vector<std::vector<double>> values; // scale, offset, mean, variance
  for (std::size_t i = 1; i < 5; ++i) {
    if (node.inputs[i] == no_tensor || !graph.tensor(node.inputs[i]).constant())
      return std::nullopt;
    values.push_back(numbers_of(graph.tensor(node.inputs[i])));
    if (values.back().size() != values[0].size())
      return std::nullopt;
  }
  FactorsAndSummands result{std::vector<double>(values[0].size()), std::vector<double>(values[0].size())};
  for (std::size_t k = 0; k < values[0].size(); ++k) {
    result.factors[k] = values[0][k] / std::sqrt(values[3][k] + epsilon);
    result.summands[k] = values[1][k] - values[2][k] * result.factors[k];
  }
  const bool finite = std::ranges::all_of(result.summands, [](double value) { return std::isfinite(value); });
  return finite ? std::optional(std::move(result)) : std::nullopt;
}

} // namespace convforge::models

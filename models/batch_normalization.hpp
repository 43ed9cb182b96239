// Batch normalisation as a factor and a summand for each channel.
#pragma once

#include "models/graph.hpp"

#include <optional>
#include <vector>

namespace convforge::models {

struct FactorsAndSummands {
  std::vector<double> factors, summands;
};

/// Of a node that is a BatchNormalization: (x - mean) / sqrt(variance + epsilon) * scale + offset. None where
/// one of them is no constant, they are not equally many, or a result is not finite.
std::optional<FactorsAndSummands> factors_and_summands(const Graph &graph, const Node &node);

} // namespace convforge::models

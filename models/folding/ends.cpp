#include "models/folding/ends.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models {

std::string in_words(const Node &node) {
  return fmt::format("{} '{}'", node.type, node.name);
}

std::string several_readers(const Graph &graph, const std::vector<int> &readers) {
  const auto reader = [&](std::size_t i) {
    return in_words(graph.nodes[static_cast<std::size_t>(readers[i])]);
  };
  return fmt::format("{} nodes read it: {}, {}{}", readers.size(), reader(0), reader(1),
                     readers.size() > 2 ? ", ..." : "");
}

std::string end_at(const Graph &graph, TensorId value, const std::vector<int> &readers) {
  if (std::ranges::find(graph.outputs, value) != graph.outputs.end())
    return "an output of the model";
  if (readers.empty())
    return "nothing reads it";
  return readers.size() > 1 ? several_readers(graph, readers) : "";
}

} // namespace convforge::models

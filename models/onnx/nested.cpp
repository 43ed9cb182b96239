#include "models/onnx/nested.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

constexpr std::string_view convolution_types[] = {"Conv", "ConvTranspose", "ConvInteger", "QLinearConv"};

void add_graphs_of(const NodeMessage &node, int depth, Inside &found);

void add_graph(Bytes bytes, std::string_view where, int depth, Inside &found) {
  if (depth == 0)
    throw Error("branches in branches, deeper than any model has them");
  const GraphMessage graph = parse_graph(bytes);
  for (const ValueInfo &output : graph.outputs)
    found.reads.insert(output.name);
  for (const NodeMessage &node : graph.nodes) {
    found.reads.insert(node.inputs.begin(), node.inputs.end());
    if (std::ranges::find(convolution_types, node.op_type) != std::end(convolution_types))
      found.convolutions.push_back(fmt::format("{} '{}' in {}", node.op_type, node.name, where));
    add_graphs_of(node, depth - 1, found);
  }
}

void add_graphs_of(const NodeMessage &node, int depth, Inside &found) {
  for (const Attribute &attribute : node.attributes)
    if (attribute.g)
      add_graph(*attribute.g, attribute.name, depth, found);
}

} // namespace

Inside inside_of(const NodeMessage &node, int most_depth) {
  Inside found;
  add_graphs_of(node, most_depth, found);
  return found;
}

} // namespace convforge::models::onnx

#include "network/lowering/lowering.hpp"

#include "base/error.hpp"
#include "network/lowering/arena.hpp"
#include "network/lowering/kernel_lowering.hpp"
#include "network/lowering/node_lowering.hpp"

namespace convforge::network {
namespace {

/// What is said of an item that no call does the work of.
MissingOperation missing_of(const models::Graph &graph, const models::FoldedModel &model, const Item &item,
                            const std::string &reason) {
  const int node =
      item.is_kernel() ? model.convolutions[static_cast<std::size_t>(item.convolution)].node : item.node;
  const models::Node &of_graph = graph.nodes[static_cast<std::size_t>(node)];
  return {of_graph.name, of_graph.type, reason};
}

} // namespace

Program lower(const models::Graph &graph, const models::FoldedModel &model, Layout layout) {
  Program program;
  const Items items(graph, model);
  ProgramBuilder builder(graph, items, layout, model, program);
  KernelLowering kernels(graph, model, layout, builder);
  NodeLowering nodes(graph, model, items, builder);
  for (const Item &item : items.all()) {
    try {
      if (item.is_kernel())
        kernels.lower(static_cast<std::size_t>(item.convolution));
      else
        nodes.lower(graph.nodes[static_cast<std::size_t>(item.node)]);
    } catch (const Error &error) {
      program.missing.push_back(missing_of(graph, model, item, error.what()));
    }
    for (const models::TensorId id : items.writes(item)) // else what reads it would be missing, too
      if (graph.tensor(id).known())
        builder.made(id);
  }
  if (program.missing.empty())
    builder.copy_to_outputs();
  kernels.add_unused_kernels();
  place_in_arena(program);
  return program;
}

} // namespace convforge::network

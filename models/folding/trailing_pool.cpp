#include "models/folding/trailing_pool.hpp"

#include "base/error.hpp"
#include "models/folding/by_channel.hpp"
#include "models/folding/ends.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models {
namespace {

using Readers = std::vector<std::vector<int>>; // by tensor

PoolingKind kind_of_window(WindowPooling::Kind kind) {
  switch (kind) {
  case WindowPooling::Kind::maximum:
    return PoolingKind::max;
  case WindowPooling::Kind::average:
    return PoolingKind::avg_np;
  case WindowPooling::Kind::average_of_padding:
    return PoolingKind::avg_p;
  }
  return PoolingKind::none;
}

/// The pool along an axis of the tensors; padding at the end is what the last window reaches into.
Axis axis_of_window(const WindowPooling &pool, std::size_t i, const Shape &in, const Shape &out) {
  if (pool.dilation[i] != 1)
    fail("pooling", fmt::format("a dilation of {}", pool.dilation[i]), "1, windows of neighbours");
  Axis axis{.input = static_cast<int>(in[i]),
            .output = static_cast<int>(out[i]),
            .kernel = static_cast<int>(pool.kernel[i]),
            .stride = static_cast<int>(pool.stride[i]),
            .dilation = 1,
            .pad_begin = static_cast<int>(pool.begin[i])};
  axis.pad_end = axis.window(axis.output) - axis.input - axis.pad_begin;
  return axis;
}

/// Throws Error where the problem has no such pooling.
Pooling pooling_behind(const Problem &problem, const WindowPooling &pool, const Shape &in, const Shape &out) {
  const std::size_t rank = in.size(), channel = channel_axis(problem, rank);
  const std::size_t first = channel == 1 ? 2 : 1, last = first + rank - 2;
  if (rank < 3 || rank > 5 || in[0] != problem.batch || in[channel] != problem.out_channels)
    fail("pooling", text_of_shape(in), "of a convolution's output, by its own axes");
  Pooling pooling{.kind = kind_of_window(pool.kind), .axes = {}};
  for (std::size_t i = 0; i < rank; ++i)
    if (i >= first && i < last)
      pooling.axes[3 - (last - i)] = axis_of_window(pool, i, in, out);
    else if (pool.kernel[i] != 1 || pool.stride[i] != 1 || in[i] != out[i])
      fail("pooling", fmt::format("along axis {}", i), "along spatial axes alone");
  return pooling;
}

/// max(f(x)) is f(max(x)) to the bit where f only cuts off: a kernel's other activations are rounded, and may
/// fall by a last bit where they should rise.
bool only_cuts_off(const Epilogue &steps) {
  return std::ranges::all_of(steps.ops(), [](const EpilogueOp &op) {
    const ActivationKind kind = op.activation.kind;
    return op.kind == EpilogueOp::Kind::activation &&
           (kind == ActivationKind::relu || kind == ActivationKind::relu6 || kind == ActivationKind::clip);
  });
}

/// Behind what there is; false, with nothing changed, where there is no room.
bool append_steps(const Epilogue &steps, Problem &problem) {
  if (problem.epilogue.ops().size() + steps.ops().size() > Epilogue::most_operations)
    return false;
  const std::string before = problem.epilogue.text();
  problem.epilogue = Epilogue::parse(before + (before.empty() ? "" : ",") + steps.text());
  return true;
}

/// Activations behind it, as far as they may as well stand before it, and why it ends there.
void take_activations(const Graph &graph, const Readers &readers, TrailingPool &pool) {
  for (;;) {
    const std::vector<int> &reading = readers[static_cast<std::size_t>(pool.output)];
    pool.stop = end_at(graph, pool.output, reading);
    if (!pool.stop.empty())
      return;
    const Node &node = graph.nodes[static_cast<std::size_t>(reading[0])];
    const auto *elementwise = std::get_if<Elementwise>(&node.operation);
    if (pool.problem.pooling.kind != PoolingKind::max || !elementwise || !only_cuts_off(elementwise->steps) ||
        !append_steps(elementwise->steps, pool.problem)) {
      pool.stop = in_words(node) + " stands behind the pooling";
      return;
    }
    pool.folded.push_back(reading[0]), pool.output = node.outputs[0];
  }
}

/// The pool that alone reads what the kernel stores; -1: there is none.
int pool_behind(const Graph &graph, const Readers &readers, TensorId value) {
  const std::vector<int> &reading = readers[static_cast<std::size_t>(value)];
  if (!end_at(graph, value, reading).empty())
    return -1;
  const Node &node = graph.nodes[static_cast<std::size_t>(reading[0])];
  return std::holds_alternative<WindowPooling>(node.operation) ? reading[0] : -1;
}

} // namespace

std::vector<TrailingPool> trailing_pools(const Graph &graph, FoldedModel &model) {
  const Readers readers = readers_of_tensors(graph);
  std::vector<TrailingPool> pools;
  for (std::size_t i = 0; i < model.convolutions.size(); ++i) {
    FoldedConvolution &convolution = model.convolutions[i];
    const int number = pool_behind(graph, readers, convolution.output);
    if (number < 0)
      continue;
    const Node &node = graph.nodes[static_cast<std::size_t>(number)];
    TrailingPool pool{i, convolution.problem, {number}, node.outputs[0], ""};
    try {
      pool.problem.pooling =
          pooling_behind(pool.problem, std::get<WindowPooling>(node.operation),
                         graph.tensor(convolution.output).sizes(), graph.tensor(node.outputs[0]).sizes());
      pool.problem.validate();
    } catch (const Error &error) {
      convolution.stop = fmt::format("{}: {}", in_words(node), error.what());
      continue;
    }
    take_activations(graph, readers, pool);
    pools.push_back(std::move(pool));
  }
  return pools;
}

void take_pools(const std::vector<TrailingPool> &pools, const Graph &graph, FoldedModel &model) {
  for (const TrailingPool &pool : pools) {
    FoldedConvolution &convolution = model.convolutions[pool.convolution];
    convolution.problem = pool.problem;
    convolution.folded.insert(convolution.folded.end(), pool.folded.begin(), pool.folded.end());
    convolution.output = pool.output;
    convolution.stop = pool.stop;
  }
  model.glue = glue_of(graph, model);
}

} // namespace convforge::models

// How a Folder takes what makes real numbers of 8-bit integers, and integers of them again.
#include "base/error.hpp"
#include "models/folding/folder.hpp"

namespace convforge::models {

/// Between a Dequantize of its input and constants of integers it is a convolution of integers.
void Folder::take_dequantize(Walk &walk) {
  const int maker = makers_[static_cast<std::size_t>(walk.folded.input)];
  if (maker < 0)
    return;
  const Node &node = graph_.nodes[static_cast<std::size_t>(maker)];
  const auto *dequantize = std::get_if<Dequantize>(&node.operation);
  if (!dequantize)
    return;
  try {
    DequantisedConvolution convolution =
        dequantised_convolution(graph_, graph_.nodes[static_cast<std::size_t>(walk.folded.node)],
                                walk.kernel.problem(), graph_.tensor(node.inputs[0]), dequantize->scale);
    walk.folded.folded.push_back(maker);
    walk.folded.input = node.inputs[0];
    if (!take_quantize(walk, convolution))
      walk.kernel.take_integers(convolution);
  } catch (const Error &error) {
    walk.folded.in_floats = error.what(); // the nodes say it, too, and are right
  }
}

/// Takes what is behind it down to a Quantize: activations that are limits of its results. False, with
/// nothing changed: the results are real numbers.
bool Folder::take_quantize(Walk &walk, DequantisedConvolution &convolution) {
  std::vector<const Epilogue *> activations;
  std::vector<int> nodes;
  TensorId value = walk.value;
  const Quantize *quantize = nullptr;
  while (!quantize) {
    const std::vector<int> &readers = readers_[static_cast<std::size_t>(value)];
    if (is_output_[static_cast<std::size_t>(value)] || readers.size() != 1)
      return false;
    const Node &node = graph_.nodes[static_cast<std::size_t>(readers[0])];
    const auto *elementwise = std::get_if<Elementwise>(&node.operation);
    quantize = std::get_if<Quantize>(&node.operation);
    if (!elementwise && !quantize)
      return false;
    if (elementwise)
      activations.push_back(&elementwise->steps);
    nodes.push_back(readers[0]), value = node.outputs[0];
  }
  if (quantize->ties != Quantize::Ties::even)
    return false;
  DequantisedConvolution whole = convolution;
  Limits limits{};
  try {
    requantise(whole, graph_.tensor(value).type, quantize->scale);
    limits = limits_of_type(whole.problem.types.destination);
    for (const Epilogue *steps : activations)
      if (!narrow(limits, *steps, quantize->scale, quantize->ties))
        return false;
  } catch (const Error &error) {
    walk.folded.in_floats = error.what();
    return false;
  }
  walk.kernel.take_integers(whole);
  for (const Epilogue *steps : activations)
    walk.kernel.limit(*steps, quantize->scale, quantize->ties);
  walk.folded.folded.insert(walk.folded.folded.end(), nodes.begin(), nodes.end());
  walk.value = value;
  return true;
}

/// Of integers that stand for real numbers, and for the same ones before and behind it.
bool Folder::take_limits(Walk &walk, const Node &node) {
  const Tensor &before = graph_.tensor(walk.value), &behind = graph_.tensor(node.outputs[0]);
  return before.scale && before.scale == behind.scale && !before.scale->by_axis() &&
         before.type == behind.type &&
         walk.kernel.limit(std::get<Elementwise>(node.operation).steps, *before.scale, Quantize::Ties::away);
}

} // namespace convforge::models

#include "models/folding/folder.hpp"

#include "models/batch_normalization.hpp"
#include "models/folding/by_channel.hpp"
#include "models/folding/ends.hpp"
#include "models/folding/leading_pad.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace convforge::models {
namespace {

std::size_t place(int number) {
  return static_cast<std::size_t>(number);
}

/// The input of a node of two that is not the value.
TensorId other_input(const Node &node, TensorId value) {
  return node.inputs[0] == value ? node.inputs[1] : node.inputs[0];
}

} // namespace

Folder::Folder(const Graph &graph)
    : graph_(graph), readers_(readers_of_tensors(graph)), makers_(makers_of_tensors(graph)),
      is_output_(graph.tensors.size()), taken_by_(graph.nodes.size(), -1) {
  for (const TensorId id : graph.outputs)
    if (id != no_tensor)
      is_output_[place(id)] = true;
}

FoldedConvolution Folder::fold(int number) {
  const Node &node = graph_.nodes[place(number)];
  Walk walk(graph_, node);
  walk.folded.node = number, walk.folded.input = node.inputs[0];
  take_pad(walk);
  take_dequantize(walk);
  while (step(walk)) {
  }
  walk.folded.output = walk.value;
  walk.kernel.finish(walk.folded);
  for (const int folded : walk.folded.folded)
    taken_by_[place(folded)] = number;
  return std::move(walk.folded);
}

void Folder::take_pad(Walk &walk) {
  const Tensor &input = graph_.tensor(walk.folded.input);
  const int maker = makers_[place(walk.folded.input)];
  if (maker < 0 || !input.shape)
    return;
  const Node &node = graph_.nodes[place(maker)];
  if (!std::holds_alternative<Pad>(node.operation))
    return;
  Pad pad = std::get<Pad>(node.operation);
  if (!input.scale) // integers as they are: of floats the zero point is 0
    pad.value -= walk.kernel.problem().quantisation.source_zero_point;
  if (!take_padding(pad, input.sizes(), walk.kernel.problem()))
    return;
  walk.folded.input = node.inputs[0];
  walk.folded.folded.push_back(maker);
}

/// Takes what reads the value; false, with the reason, where that cannot be.
bool Folder::step(Walk &walk) {
  const std::vector<int> &readers = readers_[place(walk.value)];
  if (is_output_[place(walk.value)])
    walk.folded.stop = "an output of the model";
  else if (readers.empty())
    walk.folded.stop = "nothing reads it";
  else if (!walk.kernel.has_room())
    walk.folded.stop = "the epilogue is full";
  else if (readers.size() == 1)
    return take(walk, readers[0]);
  else if (!take_gate(walk, readers))
    walk.folded.stop = several_readers(graph_, readers);
  else
    return true;
  return false;
}

bool Folder::take(Walk &walk, int reader) {
  const Node &node = graph_.nodes[place(reader)];
  if (const int taker = taken_by_[place(reader)]; taker >= 0) {
    walk.folded.stop =
        fmt::format("{} is done by the kernel of '{}'", in_words(node), graph_.nodes[place(taker)].name);
    return false;
  }
  bool taken = false;
  walk.folded.stop = fmt::format("{} is not an operation of epilogues", in_words(node));
  if (const auto *elementwise = std::get_if<Elementwise>(&node.operation))
    taken = walk.kernel.append(elementwise->steps) || take_limits(walk, node);
  else if (std::holds_alternative<Arithmetic>(node.operation))
    taken = take_arithmetic(walk, node);
  else if (std::holds_alternative<BatchNormalization>(node.operation))
    taken = take_normalization(walk, node);
  else if (std::holds_alternative<Prelu>(node.operation) && node.inputs[0] == walk.value) {
    const auto slopes = by_channel(graph_, node.inputs[1], walk.value, walk.kernel.problem());
    taken = slopes && walk.kernel.prelu(*slopes);
  }
  if (!taken)
    return false;
  walk.folded.stop.clear();
  walk.folded.folded.push_back(reader);
  walk.value = node.outputs[0];
  return true;
}

bool Folder::take_arithmetic(Walk &walk, const Node &node) {
  using Kind = Arithmetic::Kind;
  const Kind kind = std::get<Arithmetic>(node.operation).kind;
  if (kind != Kind::add && kind != Kind::subtract && kind != Kind::multiply && kind != Kind::divide)
    return false;
  const TensorId other = other_input(node, walk.value);
  if (other == walk.value || other == no_tensor)
    return false;
  if (!graph_.tensor(other).constant())
    return kind == Kind::add ? take_residual(walk, node, other) : false;
  std::optional<std::vector<double>> values = by_channel(graph_, other, walk.value, walk.kernel.problem());
  const bool first = node.inputs[0] == walk.value;
  if (!values || (kind == Kind::divide && !first))
    return false;
  if (kind == Kind::divide)
    std::ranges::transform(*values, values->begin(), [](double value) { return 1 / value; });
  if (kind == Kind::multiply || kind == Kind::divide)
    return walk.kernel.multiply(*values);
  if (kind == Kind::subtract && first)
    std::ranges::transform(*values, values->begin(), std::negate<>());
  const double negative = -1;
  if (kind == Kind::subtract && !first &&
      (!walk.kernel.takes_sum(*values) || !walk.kernel.multiply({&negative, 1})))
    return false;
  return walk.kernel.add(*values);
}

/// The other summand must be there when the kernel begins.
bool Folder::take_residual(Walk &walk, const Node &node, TensorId other) {
  const Tensor &value = graph_.tensor(walk.value), &summand = graph_.tensor(other);
  if (!value.known() || summand.shape != value.shape || summand.type != value.type) {
    walk.folded.stop = fmt::format("{} broadcasts '{}'", in_words(node), summand.name);
    return false;
  }
  if (depends_on(other, walk.folded.node)) {
    walk.folded.stop = fmt::format("{} adds '{}', which is made of it", in_words(node), summand.name);
    return false;
  }
  return walk.kernel.residual(other);
}

/// Whether a tensor is made of what a node makes. Says yes where that takes long to find out.
bool Folder::depends_on(TensorId tensor, int node) const {
  constexpr std::size_t most = 1000; // of the nodes between the two: a block of a network has tens
  std::vector<int> open{makers_[place(tensor)]};
  std::vector<int> seen;
  while (!open.empty()) {
    const int maker = open.back();
    open.pop_back();
    if (maker < node || std::ranges::find(seen, maker) != seen.end())
      continue;
    if (maker == node || seen.size() == most)
      return true;
    seen.push_back(maker);
    for (const TensorId input : graph_.nodes[place(maker)].inputs)
      if (input != no_tensor)
        open.push_back(makers_[place(input)]);
  }
  return false;
}

bool Folder::take_normalization(Walk &walk, const Node &node) {
  const BatchNormalization &norm = std::get<BatchNormalization>(node.operation);
  const std::size_t channels = place(walk.kernel.problem().out_channels);
  const Tensor &value = graph_.tensor(walk.value);
  if (!value.shape || norm.axis != channel_axis(walk.kernel.problem(), value.shape->size()))
    return false;
  const auto by_channel = factors_and_summands(graph_, node);
  return by_channel && by_channel->factors.size() == channels &&
         walk.kernel.takes_sum(by_channel->summands) && walk.kernel.multiply(by_channel->factors) &&
         walk.kernel.add(by_channel->summands);
}

/// x times something made of x, which is an activation: the last reader multiplies, the other begins it.
bool Folder::take_gate(Walk &walk, const std::vector<int> &readers) {
  const Node &product = graph_.nodes[place(readers.back())];
  const auto *arithmetic = std::get_if<Arithmetic>(&product.operation);
  if (readers.size() != 2 || !arithmetic || arithmetic->kind != Arithmetic::Kind::multiply)
    return false;
  const TensorId end = other_input(product, walk.value);
  Steps gate;
  std::vector<int> nodes;
  TensorId value = walk.value;
  for (int next = readers[0]; value != end; next = readers_[place(value)][0]) {
    const Node &node = graph_.nodes[place(next)];
    if (!append_scalar(graph_, node, value, gate) || nodes.size() == 4)
      return false;
    nodes.push_back(next), value = node.outputs[0];
    if (is_output_[place(value)] || readers_[place(value)].size() != 1)
      return false;
  }
  const auto named = gated(gate);
  if (!named || !walk.kernel.append(*named))
    return false;
  nodes.push_back(readers.back());
  walk.folded.folded.insert(walk.folded.folded.end(), nodes.begin(), nodes.end());
  walk.value = product.outputs[0];
  return true;
}

} // namespace convforge::models

#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>

namespace convforge::models {
namespace {

/// What an operation makes of its inputs' sizes, beside what its outputs have. Throws Error.
class SizesOfNode {
public:
  SizesOfNode(const Graph &graph, const Node &node) : graph_(graph), node_(node) {}

  void operator()(const WindowPooling &pooling) const;
  void operator()(const Reduction &reduction) const;
  void operator()(const Concatenation &concatenation) const;
  void operator()(const Split &split) const;
  void operator()(const Slice &slice) const;
  void operator()(const Transposition &transposition) const;
  void operator()(const Reshape &) const;
  void operator()(const Expansion &) const;
  void operator()(const Resampling &resampling) const;
  void operator()(const DepthToSpace &operation) const;
  void operator()(const Softmax &softmax) const;
  void operator()(const Convolution &convolution) const;
  void operator()(const Elementwise &) const { expect_broadcast(1); }
  void operator()(const Prelu &) const { expect_broadcast(2); }
  void operator()(const Arithmetic &) const { expect_broadcast(2); }
  void operator()(const UnaryFunction &) const { expect_broadcast(1); }
  void operator()(const Selection &) const { expect_broadcast(3); }
  void operator()(const Quantize &) const { expect_broadcast(1); }
  void operator()(const Dequantize &) const { expect_broadcast(1); }
  void operator()(const Requantize &) const { expect_broadcast(1); }
  void operator()(const QuantisedArithmetic &) const { expect_broadcast(2); }
  void operator()(const Epilogue &) const { expect_broadcast(1); }
  void operator()(const Quantised &quantised) const { std::visit(*this, quantised.operation); }
  void operator()(const QuantisedConcatenation &concatenation) const {
    expect_parts(output(), concatenation.axis, node_.inputs);
  }
  template <typename Other>
  void operator()(const Other &) const {} // those that have no sizes of their own

private:
  const Tensor &known(TensorId id) const;
  const Shape &input(std::size_t i = 0) const { return known(node_.inputs[i]).sizes(); }
  const Shape &output(std::size_t i = 0) const { return known(node_.outputs[i]).sizes(); }
  void expect_output(const Shape &expected) const;
  void expect_axis(std::size_t axis) const;
  /// That the first inputs are broadcast to the output, as far as sizes are known.
  void expect_broadcast(std::size_t inputs) const;
  void expect_rank(std::size_t numbers) const;
  /// Of several tensors the sizes of one axis together; the other sizes are those of `whole`.
  void expect_parts(const Shape &whole, std::size_t axis, const std::vector<TensorId> &parts) const;

  const Graph &graph_;
  const Node &node_;
};

void check_broadcast(const Shape &from, const Shape &to) {
  bool fits = from.size() <= to.size();
  for (std::size_t i = 0; fits && i < from.size(); ++i)
    fits = from[i] == 1 || from[i] == to[to.size() - from.size() + i];
  if (!fits)
    refuse("output", text_of_shape(to), fmt::format("a shape that {} is broadcast to", text_of_shape(from)));
}

/// Whose elements can be counted and are of a type that operations are of.
const Tensor &SizesOfNode::known(TensorId id) const {
  if (id == no_tensor)
    refuse("tensors", "one that is left out", "all of them");
  const Tensor &tensor = graph_.tensor(id);
  if (!tensor.known())
    throw Error(sizes_not_known);
  if (elements_of(tensor.sizes()) == 0)
    refuse("sizes", text_of_shape(tensor.sizes()), "at least one element");
  if (!is_floating(tensor.type) && tensor.type != DataType::u8 && tensor.type != DataType::s8)
    refuse("type", std::string(name_of(tensor.type)), "f32, f16, f64, u8 or s8");
  return tensor;
}

void SizesOfNode::expect_output(const Shape &expected) const {
  if (output() != expected)
    refuse("output", text_of_shape(output()), text_of_shape(expected));
}

void SizesOfNode::expect_axis(std::size_t axis) const {
  if (axis >= input().size())
    refuse("axis", std::to_string(axis), fmt::format("one of {}", input().size()));
}

void SizesOfNode::expect_rank(std::size_t numbers) const {
  if (numbers != input().size() || output().size() != input().size())
    refuse("output", text_of_shape(output()), fmt::format("{} axes", numbers));
}

void SizesOfNode::operator()(const WindowPooling &pooling) const {
  expect_rank(pooling.kernel.size());
  for (std::size_t i = 0; i < input().size(); ++i) {
    const std::int64_t last = input()[i] - 1 + pooling.begin[i], extent = pooling.kernel[i] - 1;
    const bool same = pooling.kernel[i] > 1 || pooling.stride[i] > 1 || output()[i] == input()[i];
    if (!same || output()[i] - 1 > last / pooling.stride[i] ||
        extent * pooling.dilation[i] < pooling.begin[i])
      refuse("output", text_of_shape(output()),
             fmt::format("windows that begin before the end of {}, none in its padding alone",
                         text_of_shape(input())));
  }
}

/// Axes are there with a size of 1, or not at all.
void SizesOfNode::operator()(const Reduction &reduction) const {
  Shape kept = input(), dropped;
  for (const std::size_t axis : reduction.axes)
    expect_axis(axis), kept[axis] = 1;
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (std::ranges::find(reduction.axes, i) == reduction.axes.end())
      dropped.push_back(kept[i]);
  if (output() != dropped)
    expect_output(kept);
}

void SizesOfNode::expect_parts(const Shape &whole, std::size_t axis,
                               const std::vector<TensorId> &parts) const {
  expect_axis(axis);
  std::int64_t sum = 0;
  for (const TensorId id : parts) {
    Shape part = known(id).sizes();
    if (axis < part.size() && axis < whole.size())
      sum += part[axis], part[axis] = whole[axis];
    if (part != whole || sum > whole[axis])
      refuse("sizes", text_of_shape(known(id).sizes()),
             fmt::format("a part of {} by axis {}", text_of_shape(whole), axis));
  }
  if (sum != whole[axis])
    refuse("sizes", std::to_string(sum), fmt::format("{} by axis {}", whole[axis], axis));
}

void SizesOfNode::operator()(const Concatenation &concatenation) const {
  expect_parts(output(), concatenation.axis, node_.inputs);
}

void SizesOfNode::operator()(const Split &split) const {
  expect_parts(input(), split.axis, node_.outputs);
}

void SizesOfNode::operator()(const Slice &slice) const {
  expect_rank(slice.begin.size());
  for (std::size_t i = 0; i < input().size(); ++i) {
    const std::int64_t begin = slice.begin[i], step = slice.step[i], size = input()[i];
    const std::int64_t room = step > 0 ? size - 1 - begin : begin, distance = std::abs(std::max(step, -size));
    if (begin < 0 || begin >= size || step == 0 || output()[i] - 1 > room / distance)
      refuse("output", text_of_shape(output()), fmt::format("elements of {}", text_of_shape(input())));
  }
}

void SizesOfNode::operator()(const Transposition &transposition) const {
  expect_rank(transposition.order.size());
  std::vector<std::size_t> sorted = transposition.order;
  std::ranges::sort(sorted);
  Shape expected;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] != i)
      throw Error("the order of axes has not each of them once");
    expected.push_back(input()[transposition.order[i]]);
  }
  expect_output(expected);
}

void SizesOfNode::operator()(const Reshape &) const {
  if (elements_of(input()) != elements_of(output()))
    refuse("output", text_of_shape(output()), fmt::format("as many elements as {}", text_of_shape(input())));
}

void SizesOfNode::operator()(const Expansion &) const {
  check_broadcast(input(), output());
}

void SizesOfNode::expect_broadcast(std::size_t inputs) const {
  const Tensor &made = graph_.tensor(node_.outputs[0]);
  Shape largest;
  for (std::size_t i = 0; i < inputs; ++i) {
    const Tensor &read = graph_.tensor(node_.inputs[i]);
    if (!read.known() || !made.known())
      return;
    check_broadcast(read.sizes(), made.sizes());
    largest.resize(made.sizes().size(), 1);
    for (std::size_t k = 0; k < read.sizes().size(); ++k) {
      const std::int64_t size = read.sizes()[read.sizes().size() - 1 - k];
      if (size != 1)
        largest[largest.size() - 1 - k] = size;
    }
  }
  if (made.sizes() != largest)
    refuse("output", text_of_shape(made.sizes()), text_of_shape(largest));
}

void SizesOfNode::operator()(const Resampling &resampling) const {
  Shape expected = input();
  std::size_t wide = 0;
  for (const Resampling::Axis &axis : resampling.axes) {
    expect_axis(axis.axis);
    expected[axis.axis] = static_cast<std::int64_t>(axis.index.size() / axis.taps);
    wide += axis.taps > 1 ? 1 : 0;
  }
  constexpr std::size_t most_wide_axes = 3; // of the runtime's
  if (wide > most_wide_axes)
    refuse("axes", std::to_string(wide), fmt::format("at most {} between elements", most_wide_axes));
  expect_output(expected);
}

/// The deep tensor's sizes from the wide one's.
void SizesOfNode::operator()(const DepthToSpace &operation) const {
  const Shape &wide = operation.to_depth ? input() : output(),
              &deep = operation.to_depth ? output() : input();
  const std::int64_t block = operation.block;
  if (wide.size() != 4 || deep.size() != 4 || block < 1)
    refuse("block", std::to_string(block), "at least 1, of four axes");
  for (std::size_t axis = 1; axis < 4; ++axis) {
    const bool channels = axis == operation.channel_axis;
    const std::int64_t larger = channels ? deep[axis] : wide[axis],
                       smaller = channels ? wide[axis] : deep[axis], ratio = channels ? block * block : block;
    if (larger / ratio != smaller || larger % ratio != 0)
      refuse(operation.to_depth ? "output" : "input", text_of_shape(deep),
             fmt::format("blocks of {0} x {0} as channels of {1}", block, text_of_shape(wide)));
  }
  if (wide[0] != deep[0])
    refuse("output", text_of_shape(output()), "as many images as are read");
}

void SizesOfNode::operator()(const Softmax &softmax) const {
  expect_axis(softmax.axis);
  expect_output(input());
}

/// Formats that say the sizes of outputs may say others. Of tensors that are not known, nothing.
void SizesOfNode::operator()(const Convolution &convolution) const {
  if (!convolution.problem)
    return;
  const Tensor &tensor = graph_.tensor(node_.outputs[0]);
  if (tensor.known() && elements_of(tensor.sizes()) != elements_of(convolution.problem->output_shape()))
    refuse("output", text_of_shape(tensor.sizes()), text_of_shape(convolution.problem->output_shape()));
}

} // namespace

void refuse(std::string_view attribute, const std::string &value, std::string_view expected) {
  throw Error(fmt::format("{}={} (expected {})", attribute, value, expected));
}

std::string text_of_numbers(std::span<const std::int64_t> numbers) {
  constexpr std::size_t most = 8;
  return fmt::format("{}{}", fmt::join(numbers.first(std::min(numbers.size(), most)), ","),
                     numbers.size() > most ? ",..." : "");
}

void require_sizes(const Graph &graph, Node &node) {
  try {
    std::visit(SizesOfNode(graph, node), node.operation);
  } catch (const Error &error) {
    if (std::holds_alternative<Convolution>(node.operation))
      node.operation = Convolution{std::nullopt, error.what()};
    else
      node.operation = OtherOperation{error.what()};
  }
}

} // namespace convforge::models

#include "network/lowering/node_lowering.hpp"

#include "base/error.hpp"
#include "models/batch_normalization.hpp"
#include "network/at.hpp"
#include "network/lowering/view.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::network {
namespace {

using models::Node;
using models::TensorId;

} // namespace

void NodeLowering::lower(const Node &node) {
  for (const TensorId id : node.outputs)
    if (id != models::no_tensor && !graph_.tensor(id).constant())
      element_type(graph_.tensor(id));
  std::visit([&](const auto &operation) { lower_operation(node, operation); }, node.operation);
}

const View &NodeLowering::input(const Node &node, std::size_t i) {
  const View &view = builder_.view_of(node.inputs.at(i));
  if (const ElementType type = builder_.type_of(view); type != output_type(node))
    throw Error(fmt::format("'{}' is of type {} (expected {}, the output's)",
                            graph_.tensor(node.inputs[i]).name, name_of(type), name_of(output_type(node))));
  return view;
}

/// Throws Error where a call is of real numbers alone.
void NodeLowering::require_floats(const Node &node) const {
  require_type(graph_.tensor(node.outputs[0]), ElementType::f32);
}

// ---- Views ----

void NodeLowering::lower_operation(const Node &node, const models::Reshape &) {
  const Order order = row_major(input(node).sizes.size());
  const View dense = builder_.dense(node.inputs[0], order, node.name);
  if (const auto view = reshaped(dense, output_sizes(node))) // always, of dense memory
    builder_.set_view(node.outputs[0], *view);
}

void NodeLowering::lower_operation(const Node &node, const models::Transposition &transposition) {
  builder_.set_view(node.outputs[0], transposed(input(node), transposition.order));
}

void NodeLowering::lower_operation(const Node &node, const models::Slice &slice) {
  View view = input(node);
  const models::Shape &sizes = output_sizes(node);
  for (std::size_t axis = 0; axis < sizes.size(); ++axis)
    view = part_of(view, axis, slice.begin[axis], sizes[axis], slice.step[axis]);
  builder_.set_view(node.outputs[0], view);
}

void NodeLowering::lower_operation(const Node &node, const models::Split &split) {
  const View whole = input(node);
  std::int64_t begin = 0;
  for (const TensorId id : node.outputs) {
    if (id == models::no_tensor)
      throw Error("an output is left out (expected all parts)");
    const std::int64_t size = graph_.tensor(id).sizes()[split.axis];
    builder_.set_view(id, part_of(whole, split.axis, begin, size));
    begin += size;
  }
}

void NodeLowering::lower_operation(const Node &node, const models::Expansion &) {
  builder_.set_view(node.outputs[0], broadcast(input(node), output_sizes(node)));
}

// ---- Calls ----

void NodeLowering::lower_operation(const Node &node, const models::Elementwise &steps) {
  if (output_type(node) != ElementType::f32) {
    add_limits(node, steps);
    return;
  }
  const TensorId from = node.inputs[0], to = node.outputs[0];
  if (joins(from, to)) {
    const int step = joinable_step_[at(from)];
    append_steps(std::get<ElementwiseCall>(builder_.program().steps[at(step)].operation), steps.steps);
    builder_.set_view(to, builder_.view_of(from));
    joinable_step_[at(to)] = step;
    return;
  }
  const View a = input(node);
  add_elementwise(node, elementwise(CONVFORGE_COPY, builder_.made(to), a, nullptr, steps.steps),
                  {place_of(a)});
}

/// Is what an elementwise call has just made read by this node alone, so that it may be done there?
bool NodeLowering::joins(TensorId from, TensorId to) const {
  return joinable_step_[at(from)] >= 0 && items_.readers(from) == 1 && !items_.is_output(from) &&
         !items_.is_output(to) && builder_.part(to).whole == models::no_tensor &&
         builder_.part(from).whole == models::no_tensor;
}

void NodeLowering::add_elementwise(const Node &node, ElementwiseCall call, std::vector<Place> reads) {
  joinable_step_[at(node.outputs[0])] = static_cast<int>(builder_.program().steps.size());
  builder_.add_step(node.name, std::move(call), std::move(reads), builder_.made(node.outputs[0]));
}

void NodeLowering::add_binary(const Node &node, convforge_arithmetic arithmetic, const View &a, const View &b,
                              const Epilogue &steps) {
  require_floats(node);
  add_elementwise(node, elementwise(arithmetic, builder_.made(node.outputs[0]), a, &b, steps),
                  {place_of(a), place_of(b)});
}

void NodeLowering::lower_operation(const Node &node, const models::Prelu &) {
  const View a = input(node), slopes = input(node, 1);
  add_binary(node, CONVFORGE_PRELU, a, slopes);
}

void NodeLowering::lower_operation(const Node &node, const models::BatchNormalization &norm) {
  const auto by_channel = models::factors_and_summands(graph_, node);
  if (!by_channel)
    throw Error("scale, offset, mean or variance is no constant");
  require_floats(node);
  const std::size_t rank = output_sizes(node).size();
  const View factor = builder_.values_view(by_channel->factors, norm.axis, rank),
             summand = builder_.values_view(by_channel->summands, norm.axis, rank),
             output = builder_.made(node.outputs[0]), from = input(node);
  builder_.add_step(node.name + ": factors", elementwise(CONVFORGE_MULTIPLY, output, from, &factor),
                    {place_of(from), place_of(factor)}, output);
  add_binary(node, CONVFORGE_ADD, output, summand);
}

void NodeLowering::lower_operation(const Node &node, const models::Concatenation &concatenation) {
  const View whole = builder_.made(node.outputs[0]);
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const View from = input(node, i);
    const std::int64_t size = from.sizes[concatenation.axis];
    if (builder_.part(node.inputs[i]).whole != node.outputs[0])
      builder_.add_copy(node.name, from, part_of(whole, concatenation.axis, begin, size));
    begin += size;
  }
}

template <typename Make>
void NodeLowering::add_call(const Node &node, const Make &make) {
  const View from = input(node), to = builder_.made(node.outputs[0]);
  builder_.add_step(node.name, make(to, from), {place_of(from)}, to);
}

void NodeLowering::lower_operation(const Node &node, const models::WindowPooling &operation) {
  if (operation.kind != models::WindowPooling::Kind::maximum)
    require_floats(node);
  add_call(node, [&](const View &to, const View &from) { return pooling(operation, to, from); });
}
void NodeLowering::lower_operation(const Node &node, const models::Reduction &operation) {
  require_floats(node);
  add_call(node, [&](const View &to, const View &from) { return reduction(operation, to, from); });
}
void NodeLowering::lower_operation(const Node &node, const models::Softmax &operation) {
  require_floats(node);
  add_call(node, [&](const View &to, const View &from) { return softmax(operation, to, from); });
}
void NodeLowering::lower_operation(const Node &node, const models::Resampling &operation) {
  if (std::ranges::any_of(operation.axes,
                          [](const auto &axis) { return axis.taps > 1 || !axis.weight.empty(); }))
    require_floats(node);
  add_call(node, [&](const View &to, const View &from) { return resampling(operation, to, from); });
}
void NodeLowering::lower_operation(const Node &node, const models::Pad &operation) {
  const models::Pad pad =
      output_type(node) == ElementType::f32 ? operation : padding_in_steps(node, operation);
  add_call(node, [&](const View &to, const View &from) { return padding(pad, to, from); });
}

void NodeLowering::lower_operation(const Node &node, const models::DepthToSpace &operation) {
  add_call(node, [&](const View &to, const View &from) {
    return depth_to_space(output_type(node), operation, to, from);
  });
}

// ---- Nothing ----

void NodeLowering::lower_operation(const Node &node, const models::Convolution &) {
  const auto refused = std::ranges::find(model_.refused, node.name, &models::RefusedConvolution::name);
  throw Error(refused == model_.refused.end() ? "a convolution that --match leaves out" : refused->reason);
}

void NodeLowering::lower_operation(const Node &, const models::Nested &) {
  throw Error("branches and loops are not looked into");
}

void NodeLowering::lower_operation(const Node &, const models::OtherOperation &other) {
  throw Error(other.refusal.empty() ? "networks have no such operation" : other.refusal);
}

} // namespace convforge::network

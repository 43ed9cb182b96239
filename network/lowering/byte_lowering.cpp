// Of node_lowering.hpp: what is of 8-bit integers.
#include "base/error.hpp"
#include "network/at.hpp"
#include "network/lowering/node_lowering.hpp"
#include "network/lowering/view.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace convforge::network {
namespace {

using models::Node;

/// What its elements stand for. Throws Error where nothing says it: those of ONNX are integers.
const models::Scale &scale_of(const models::Tensor &tensor) {
  if (!tensor.scale)
    throw Error(
        fmt::format("'{}' is of type {} without a scale (expected f32)", tensor.name, name_of(tensor.type)));
  return *tensor.scale;
}

void expect_bytes(const std::string &name, ElementType type) {
  if (bytes_of(type) != 1)
    throw Error(fmt::format("'{}' is of type {} (expected u8 or s8)", name, name_of(type)));
}

} // namespace

void NodeLowering::lower_operation(const Node &node, const models::Quantize &operation) {
  const View from = builder_.view_of(node.inputs[0]);
  require_bytes(node);
  require_type(graph_.tensor(node.inputs[0]), ElementType::f32);
  const View to = builder_.made(node.outputs[0]);
  builder_.add_step(node.name, quantised(true, output_type(node), operation.scale, operation.ties, to, from),
                    {place_of(from)}, to);
}

void NodeLowering::lower_operation(const Node &node, const models::Dequantize &operation) {
  const View from = builder_.view_of(node.inputs[0]);
  expect_bytes(graph_.tensor(node.inputs[0]).name, builder_.type_of(from));
  require_floats(node);
  const View to = builder_.made(node.outputs[0]);
  builder_.add_step(
      node.name,
      quantised(false, builder_.type_of(from), operation.scale, models::Quantize::Ties::even, to, from),
      {place_of(from)}, to);
}

void NodeLowering::lower_operation(const Node &node, const models::Requantize &operation) {
  const ElementType from_type = builder_.type_of(builder_.view_of(node.inputs[0])), type = output_type(node);
  expect_bytes(graph_.tensor(node.inputs[0]).name, from_type);
  expect_bytes(graph_.tensor(node.outputs[0]).name, type);
  const double slope = static_cast<double>(operation.from.scales.at(0)) / operation.to.scales.at(0);
  add_map(node, requantised(operation, from_type, type), slope);
}

/// Throws Error where a call is of 8-bit integers alone.
void NodeLowering::require_bytes(const Node &node) const {
  expect_bytes(graph_.tensor(node.outputs[0]).name, output_type(node));
}

void NodeLowering::lower_operation(const Node &node, const models::QuantisedArithmetic &operation) {
  require_bytes(node);
  const View a = input(node), b = input(node, 1), to = builder_.made(node.outputs[0]);
  joinable_step_[at(node.outputs[0])] = static_cast<int>(builder_.program().steps.size());
  builder_.add_step(node.name, byte_pairs(operation, output_type(node), to, a, b), {place_of(a), place_of(b)},
                    to);
}

/// In the call that makes what it reads, where that may be and has room for it; else by itself.
void NodeLowering::add_map(const Node &node, const ByteTable &table, double slope) {
  const models::TensorId from = node.inputs[0], to = node.outputs[0];
  if (graph_.tensor(from).type == graph_.tensor(to).type && joins(from, to)) {
    const int step = joinable_step_[at(from)];
    auto *pairs = std::get_if<BytePairsCall>(&builder_.program().steps[at(step)].operation);
    if (pairs && append_table(*pairs, table, slope)) {
      builder_.set_view(to, builder_.view_of(from));
      joinable_step_[at(to)] = step;
      return;
    }
  }
  const View input = builder_.view_of(from), output = builder_.made(to);
  builder_.add_step(node.name, byte_map(output, input, table), {place_of(input)}, output);
}

/// Activations of integers whose scale the output has, too.
void NodeLowering::add_limits(const Node &node, const models::Elementwise &limits) {
  input(node); // of the output's type
  const models::Scale &scale = scale_of(graph_.tensor(node.outputs[0]));
  add_map(node, limited(limits.steps, output_type(node), scale), 1);
}

/// With the byte that stands for the value in the padding: of a scale its nearest step, else the value
/// itself.
models::Pad NodeLowering::padding_in_steps(const Node &node, models::Pad pad) const {
  const models::Tensor &tensor = graph_.tensor(node.outputs[0]);
  if (tensor.scale) {
    models::check_single(*tensor.scale, "scale");
    pad.value = std::round(pad.value / tensor.scale->scales[0]) + tensor.scale->zero_points[0];
  }
  const double low = output_type(node) == ElementType::s8 ? -128 : 0;
  if (pad.value < low || pad.value > low + 255 || pad.value != std::floor(pad.value)) // NaN, too
    throw Error(
        fmt::format("{} in the padding (expected one of type {})", pad.value, name_of(output_type(node))));
  return pad;
}

} // namespace convforge::network

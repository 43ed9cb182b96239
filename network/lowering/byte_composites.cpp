// Of node_lowering.hpp: operations on 8-bit integers that are several calls, on floats between them.
#include "base/error.hpp"
#include "network/lowering/node_lowering.hpp"
#include "network/lowering/view.hpp"

#include <fmt/format.h>

namespace convforge::network {
namespace {

using models::Node;

constexpr auto to_even = models::Quantize::Ties::even;

/// One that changes nothing.
models::Scale steps_of_one(std::int32_t zero_point) {
  return {{1}, {zero_point}, 0};
}

} // namespace

/// From integers of one scale to floats, what `add` adds between the two views of floats, and back.
template <typename Make>
void NodeLowering::add_in_floats(const Node &node, const models::Scale &from, const models::Scale &to,
                                 const Make &add) {
  const View input = this->input(node), output = builder_.made(node.outputs[0]);
  const ElementType type = output_type(node);
  const View real = builder_.new_view(ElementType::f32, input.sizes, order_in_memory(input));
  const View result = builder_.new_view(ElementType::f32, output.sizes, order_in_memory(output));
  builder_.add_step(node.name + ": its input as floats", quantised(false, type, from, to_even, real, input),
                    {place_of(input)}, real);
  add(result, real);
  builder_.add_step(node.name + ": its result in steps", quantised(true, type, to, to_even, output, result),
                    {place_of(result)}, output);
}

void NodeLowering::lower_operation(const Node &node, const models::Quantised &all) {
  require_bytes(node);
  std::visit([&](const auto &operation) { add_quantised(node, all, operation); }, all.operation);
}

void NodeLowering::add_quantised(const Node &node, const models::Quantised &all,
                                 const Epilogue &activations) {
  input(node); // of the output's type
  const double slope = static_cast<double>(all.from.scales.at(0)) / all.to.scales.at(0);
  add_map(node, through_floats(activations, all.from, all.to, output_type(node)), slope);
}

void NodeLowering::add_quantised(const Node &node, const models::Quantised &all,
                                 const models::WindowPooling &operation) {
  add_in_floats(node, all.from, all.to, [&](const View &to, const View &from) {
    builder_.add_step(node.name, pooling(operation, to, from), {place_of(from)}, to);
  });
}

void NodeLowering::add_quantised(const Node &node, const models::Quantised &all,
                                 const models::Softmax &operation) {
  add_in_floats(node, all.from, all.to, [&](const View &to, const View &from) {
    builder_.add_step(node.name, softmax(operation, to, from), {place_of(from)}, to);
  });
}

/// Sums of whole numbers, which floats hold exactly, times one float: that of ONNX Runtime's
/// MlasQLinearGlobalAveragePool().
void NodeLowering::add_quantised(const Node &node, const models::Quantised &all,
                                 const models::Reduction &operation) {
  constexpr std::int64_t most = 1 << 16; // elements of 8 bits whose sum a float holds
  std::int64_t count = 1;
  for (const std::size_t axis : operation.axes)
    count *= graph_.tensor(node.inputs[0]).sizes().at(axis);
  if (operation.kind != models::Reduction::Kind::mean || count > most)
    throw Error(fmt::format("a mean of {} elements (expected at most {})", count, most));
  const float factor = all.from.scales.at(0) / (all.to.scales.at(0) * static_cast<float>(count));
  const models::Reduction sum{models::Reduction::Kind::sum, operation.axes};
  const Epilogue times = Epilogue::parse(fmt::format("affine:{}:0", factor));
  add_in_floats(node, steps_of_one(all.from.zero_points.at(0)), steps_of_one(all.to.zero_points.at(0)),
                [&](const View &to, const View &from) {
                  builder_.add_step(node.name + ": sums", reduction(sum, to, from), {place_of(from)}, to);
                  builder_.add_step(node.name, elementwise(CONVFORGE_COPY, to, to, nullptr, times),
                                    {place_of(to)}, to);
                });
}

void NodeLowering::lower_operation(const Node &node, const models::QuantisedConcatenation &operation) {
  require_bytes(node);
  const View whole = builder_.made(node.outputs[0]);
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const View from = input(node, i);
    const std::int64_t size = from.sizes[operation.axis];
    const View to = part_of(whole, operation.axis, begin, size);
    const models::Scale &scale = operation.parts.at(i);
    ByteTable table;
    if (scale != operation.whole)
      table = through_floats({}, scale, operation.whole, output_type(node));
    builder_.add_step(node.name, byte_map(to, from, std::move(table)), {place_of(from)}, to);
    begin += size;
  }
}

} // namespace convforge::network

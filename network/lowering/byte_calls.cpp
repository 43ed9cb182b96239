// Of operation_calls.hpp: calls on 8-bit integers.
#include "base/error.hpp"
#include "convforge/generic.h"
#include "convforge/quantise.h"
#include "models/folding/quantised_kernel.hpp"
#include "network/lowering/operation_calls.hpp"
#include "network/lowering/view.hpp"
#include "problem/dtype.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace convforge::network {
namespace {

constexpr std::size_t all_bytes = 256;

/// The number that a byte is.
int number_of(std::size_t byte, ElementType type) {
  return type == ElementType::s8 && byte > 127 ? static_cast<int>(byte) - 256 : static_cast<int>(byte);
}

/// Scales stand along their axis, or for all elements.
View view_of_scales(const models::Scale &scale, const View &tensor) {
  View view{-1, 0, models::Shape(tensor.sizes.size(), 1), models::Shape(tensor.sizes.size())};
  if (!scale.by_axis())
    return view;
  if (scale.axis >= tensor.sizes.size() ||
      tensor.sizes[scale.axis] != static_cast<std::int64_t>(scale.scales.size()))
    throw Error(fmt::format("{} scales along axis {} (expected as many as it has elements)",
                            scale.scales.size(), scale.axis));
  view.sizes[scale.axis] = tensor.sizes[scale.axis];
  view.strides[scale.axis] = 1;
  return view;
}

models::Limits limits_of(const Epilogue &activations, ElementType type, const models::Scale &scale) {
  models::Limits limits = models::limits_of_type(type);
  models::check_single(scale, "scale");
  if (!models::narrow(limits, activations, scale, models::Quantize::Ties::away))
    throw Error(fmt::format("{} of {} (expected relu, relu6 or clip)", activations.text(), name_of(type)));
  return limits;
}

} // namespace

ByteMapCall byte_map(const View &output, const View &input, ByteTable table) {
  const convforge_elementwise axes = elementwise(CONVFORGE_COPY, output, input).operation;
  ByteMapCall call{{}, std::move(table)};
  call.operation.rank = axes.rank;
  std::ranges::copy(axes.size, call.operation.size);
  call.operation.output = axes.output;
  call.operation.input = axes.a;
  return call;
}

Operation copy(ElementType type, const View &output, const View &input) {
  if (bytes_of(type) == 1)
    return byte_map(output, input);
  return elementwise(CONVFORGE_COPY, output, input);
}

QuantisedCall quantised(bool to_integers, ElementType type, const models::Scale &scale,
                        models::Quantize::Ties ties, const View &output, const View &input) {
  models::check_scale(scale, "scale");
  const View scales = view_of_scales(scale, output);
  const convforge_elementwise axes = elementwise(CONVFORGE_ADD, output, input, &scales).operation;
  QuantisedCall call{{}, scale.scales, scale.zero_points, to_integers};
  call.operation.dtype = dtype_of(type);
  call.operation.ties_away = ties == models::Quantize::Ties::away ? 1 : 0;
  call.operation.rank = axes.rank;
  std::ranges::copy(axes.size, call.operation.size);
  call.operation.output = axes.output;
  call.operation.input = axes.a;
  call.operation.scale = axes.b;
  return call;
}

ByteTable requantised(const models::Requantize &operation, ElementType from, ElementType to) {
  const auto [low, high] = limits_of(operation.limits, to, operation.to);
  const convforge_requantisation how{CONVFORGE_ROUND_TFLITE, operation.to.zero_points.at(0), low, high, 0, 0};
  const double multiplier = static_cast<double>(operation.from.scales.at(0)) / operation.to.scales.at(0);
  ByteTable table;
  for (std::size_t byte = 0; byte < all_bytes; ++byte)
    table.push_back(static_cast<std::uint8_t>(
        convforge_requantise(&how, number_of(byte, from) - operation.from.zero_points.at(0), multiplier, 0)));
  return table;
}

ByteTable limited(const Epilogue &activations, ElementType type, const models::Scale &scale) {
  const models::Limits limits = limits_of(activations, type, scale);
  ByteTable table;
  for (std::size_t byte = 0; byte < all_bytes; ++byte)
    table.push_back(static_cast<std::uint8_t>(std::clamp(number_of(byte, type), limits.low, limits.high)));
  return table;
}

ByteTable through_floats(const Epilogue &activations, const models::Scale &from, const models::Scale &to,
                         ElementType type) {
  const auto [low, high] = models::limits_of_type(type);
  ByteTable table;
  for (std::size_t byte = 0; byte < all_bytes; ++byte) {
    float real = from.scales.at(0) * static_cast<float>(number_of(byte, type) - from.zero_points.at(0));
    for (const EpilogueOp &op : activations.ops()) {
      if (op.kind != EpilogueOp::Kind::activation)
        throw Error(fmt::format("{} of {} (expected activations)", activations.text(), name_of(type)));
      const Activation &activation = op.activation;
      real = static_cast<float>(
          convforge_activate(static_cast<std::int32_t>(activation.kind), static_cast<double>(activation.a),
                             static_cast<double>(activation.b), static_cast<double>(real)));
    }
    const float steps = std::nearbyint(std::clamp(real / to.scales.at(0), -1e6F, 1e6F));
    table.push_back(
        static_cast<std::uint8_t>(std::clamp(static_cast<int>(steps) + to.zero_points.at(0), low, high)));
  }
  return table;
}

} // namespace convforge::network

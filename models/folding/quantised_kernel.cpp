#include "models/folding/quantised_kernel.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <limits>

namespace convforge::models {
namespace {

const Tensor &constant_of(const Graph &graph, const Node &node, std::size_t i, const char *name) {
  const TensorId id = i < node.inputs.size() ? node.inputs[i] : no_tensor;
  if (id == no_tensor)
    fail(name, "missing", "a tensor");
  if (!graph.tensor(id).constant())
    fail(name, fmt::format("'{}' is computed", graph.tensor(id).name), "a constant of the model");
  return graph.tensor(id);
}

/// Less what stands for 0 in them, as kernels have no zero point of weights: exact where it fits.
std::vector<std::int8_t> centred_weights(const Problem &problem, DataType type, const Data &data,
                                         std::span<const std::int32_t> zero_points) {
  if (type != DataType::s8 && type != DataType::u8)
    fail("weights", std::string(name_of(type)), "8-bit integers");
  if (data->size() != static_cast<std::size_t>(elements_of(problem.weights_shape())))
    fail("weights", fmt::format("{} of them", data->size()), text_of_shape(problem.weights_shape()));
  if (zero_points.size() > 1 && zero_points.size() != static_cast<std::size_t>(problem.out_channels))
    fail("zero points of weights", std::to_string(zero_points.size()), "one, or one an output channel");
  std::vector<std::int8_t> weights(data->size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto bits = std::to_integer<std::uint8_t>((*data)[i]);
    const std::int64_t element = type == DataType::u8 ? bits : static_cast<std::int8_t>(bits);
    const auto k = static_cast<std::size_t>(channel_of_weight(problem, static_cast<std::int64_t>(i)));
    const std::int64_t zero = zero_points.empty() ? 0 : zero_points[zero_points.size() > 1 ? k : 0];
    if (element - zero < -128 || element - zero > 127)
      fail("zero point of weights", fmt::format("{} beside a weight of {}", zero, element),
           "weights that are -128 to 127 when it is taken from them: kernels have none");
    weights[i] = static_cast<std::int8_t>(element - zero);
  }
  return weights;
}

std::vector<std::int32_t> bias_of(const Problem &problem, DataType type, const Data &data) {
  if (type != DataType::s32)
    fail("bias", std::string(name_of(type)), "s32, a part of the sums");
  std::vector<std::int32_t> bias(data->size() / sizeof(std::int32_t));
  if (bias.size() != static_cast<std::size_t>(problem.out_channels))
    fail("bias", fmt::format("{} of them", bias.size()), std::to_string(problem.out_channels));
  std::memcpy(bias.data(), data->data(), bias.size() * sizeof(std::int32_t));
  return bias;
}

/// As convforge_pack_operands() asks it: no sum may wrap, whatever the input holds.
void check_sums(const Problem &problem, const EightBitConstants &constants) {
  const Limits range = limits_of_type(problem.types.source);
  const int zero = problem.quantisation.source_zero_point;
  const std::int64_t largest = std::max(range.high - zero, zero - range.low);
  std::vector<std::int64_t> sums(static_cast<std::size_t>(problem.out_channels));
  for (std::size_t i = 0; i < constants.weights.size(); ++i)
    sums[static_cast<std::size_t>(channel_of_weight(problem, static_cast<std::int64_t>(i)))] +=
        largest * std::abs(int{constants.weights[i]});
  for (std::size_t k = 0; k < constants.bias.size(); ++k)
    sums[k] += std::abs(std::int64_t{constants.bias[k]});
  for (std::size_t k = 0; k < sums.size(); ++k)
    if (sums[k] > std::numeric_limits<std::int32_t>::max())
      fail("sums", fmt::format("up to {} of channel {}", sums[k], k), "at most 2^31 - 1, with the bias");
}

ElementType eight_bit_type(DataType type, const char *field) {
  if (type != DataType::u8 && type != DataType::s8)
    fail(field, std::string(name_of(type)), "8-bit integers behind it");
  return type == DataType::u8 ? ElementType::u8 : ElementType::s8;
}

/// Which axis of the weights the output channels are.
std::size_t channel_axis_of_weights(const Problem &problem, std::size_t rank) {
  switch (problem.weights_layout) {
  case WeightsLayout::oihw:
  case WeightsLayout::ohwi:
    return 0;
  case WeightsLayout::iohw:
    return 1;
  case WeightsLayout::hwoi:
    return rank - 2;
  case WeightsLayout::hwio:
    break;
  }
  return rank - 1;
}

void check_weights_scale(const Problem &problem, const Tensor &weights) {
  const Scale &scale = weights.integers->scale;
  check_scale(scale, "weights");
  if (!scale.by_axis())
    return;
  const std::size_t axis = channel_axis_of_weights(problem, weights.sizes().size());
  if (scale.axis != axis || scale.scales.size() != static_cast<std::size_t>(problem.out_channels))
    fail("weights", fmt::format("{} scales along axis {}", scale.scales.size(), scale.axis),
         fmt::format("one, or {} along axis {}", problem.out_channels, axis));
}

/// Of the scale that sums have: that of the source times that of the weights.
void check_bias_scale(const Scale &bias, const DequantisedConvolution &convolution) {
  check_scale(bias, "bias");
  const auto channels = static_cast<std::size_t>(convolution.problem.out_channels);
  if (bias.by_axis() && bias.scales.size() != channels)
    fail("bias", fmt::format("{} scales", bias.scales.size()), fmt::format("one, or {}", channels));
  for (std::size_t k = 0; k < channels; ++k) {
    const std::size_t i = bias.by_axis() ? k : 0;
    const double sums = convolution.constants.multipliers[k], scale = bias.scales[i];
    if (bias.zero_points[i] != 0)
      fail("bias", fmt::format("a zero point of {}", bias.zero_points[i]), "0");
    if (std::abs(scale - sums) > 1e-6 * sums)
      fail("bias", fmt::format("a scale of {} of channel {}", scale, k),
           fmt::format("{}, the input's times the weights'", sums));
  }
}

const Integers &integers_of_constant(const Tensor &constant, const char *name) {
  if (!constant.integers)
    fail(name, fmt::format("'{}' is {}", constant.name, name_of(constant.type)),
         "a constant of integers that are dequantised");
  return *constant.integers;
}

} // namespace

EightBitConstants eight_bit_constants(const Graph &graph, const Node &node) {
  const auto &convolution = std::get<Convolution>(node.operation);
  const Problem &problem = *convolution.problem;
  const Tensor &weights = constant_of(graph, node, 1, "weights");
  EightBitConstants constants{
      centred_weights(problem, weights.type, weights.data, convolution.weights_zero_points),
      convolution.multipliers,
      {}};
  if (problem.epilogue.count(EpilogueOp::Kind::bias) > 0) {
    const Tensor &bias = constant_of(graph, node, 2, "bias");
    constants.bias = bias_of(problem, bias.type, bias.data);
  }
  check_sums(problem, constants);
  return constants;
}

DequantisedConvolution dequantised_convolution(const Graph &graph, const Node &node, const Problem &floats,
                                               const Tensor &source, const Scale &scale) {
  DequantisedConvolution made{floats, {}, 1, {}};
  Problem &problem = made.problem;
  if (floats.types != ElementTypes{})
    fail("types", name_of(floats.types), "f32");
  check_single(scale, fmt::format("input '{}'", source.name));
  made.source_scale = scale.scales[0];
  problem.types = {eight_bit_type(source.type, "input"), ElementType::s8, ElementType::f32};
  problem.quantisation.source_zero_point = scale.zero_points[0];
  problem.validate();
  const Tensor &weights = constant_of(graph, node, 1, "weights");
  const Integers &integers = integers_of_constant(weights, "weights");
  check_weights_scale(problem, weights);
  made.weights_scales = integers.scale.scales;
  made.constants.weights = centred_weights(problem, integers.type, integers.data, integers.scale.zero_points);
  made.constants.multipliers =
      single_multipliers({made.source_scale, made.weights_scales, 0}, problem.out_channels);
  if (floats.epilogue.count(EpilogueOp::Kind::bias) > 0) {
    const Integers &bias = integers_of_constant(constant_of(graph, node, 2, "bias"), "bias");
    check_bias_scale(bias.scale, made);
    made.constants.bias = bias_of(problem, bias.type, bias.data);
  }
  check_sums(problem, made.constants);
  return made;
}

void requantise(DequantisedConvolution &convolution, DataType destination, const Scale &scale) {
  check_single(scale, "output");
  Problem problem = convolution.problem;
  problem.types.destination = eight_bit_type(destination, "output");
  problem.quantisation.destination_zero_point = scale.zero_points[0];
  problem.validate();
  convolution.constants.multipliers = single_multipliers(
      {convolution.source_scale, convolution.weights_scales, scale.scales[0]}, problem.out_channels);
  convolution.problem = problem;
}

} // namespace convforge::models

// Of reference_operations.hpp: operations on 8-bit integers, exactly as they are defined. Elements of
// integers are whole numbers. Functions of one byte and of two are the tables by which networks are made: how
// those come to their results, by lines, kernels and strides, is what the reference is for.
#include "base/error.hpp"
#include "convforge/quantise.h"
#include "models/folding/quantised_kernel.hpp"
#include "network/lowering/operation_calls.hpp"
#include "network/reference/reference_operations.hpp"
#include "verify/quantised/quantised_reference.hpp"

#include <cmath>
#include <fmt/format.h>

namespace convforge::network::reference {
namespace {

ElementType byte_type(const models::Tensor &tensor) {
  if (tensor.type != models::DataType::u8 && tensor.type != models::DataType::s8)
    throw Error(fmt::format("'{}' is of type {} (expected u8 or s8)", tensor.name, name_of(tensor.type)));
  return tensor.type == models::DataType::u8 ? ElementType::u8 : ElementType::s8;
}

const models::Tensor &output_of(const Call &call) {
  return call.graph.tensor(call.node.outputs.at(0));
}
const models::Tensor &input_of(const Call &call, std::size_t i = 0) {
  return call.graph.tensor(call.node.inputs.at(i));
}

/// Each element by a table of bytes.
Value mapped(const Value &input, const ByteTable &table, ElementType type) {
  Value result = input;
  for (double &x : result.elements) {
    const std::uint8_t byte = table.at(static_cast<std::uint8_t>(static_cast<int>(x)));
    x = type == ElementType::u8 ? byte : static_cast<std::int8_t>(byte);
  }
  return result;
}

/// By the scale of each element's place along the scale's axis.
template <typename Function>
Value by_scale(const Value &input, const models::Scale &scale, const Function &function) {
  Value result = input;
  for_each_place(input.shape, [&](const models::Shape &place, std::size_t i) {
    const std::size_t at = scale.by_axis() ? static_cast<std::size_t>(place.at(scale.axis)) : 0;
    result.elements[i] = function(input.elements[i], scale.scales.at(at), scale.zero_points.at(at));
  });
  return result;
}

Value quantised(const Value &input, const models::Scale &scale, models::Quantize::Ties ties,
                ElementType type) {
  const auto [low, high] = models::limits_of_type(type);
  return by_scale(input, scale, [&](double x, float step, std::int32_t zero) {
    const float steps = static_cast<float>(x) / step;
    const double nearest = std::isnan(steps)                      ? 0
                           : ties == models::Quantize::Ties::even ? std::nearbyint(steps)
                                                                  : std::round(steps);
    return std::clamp(nearest + zero, static_cast<double>(low), static_cast<double>(high));
  });
}

Value dequantised(const Value &input, const models::Scale &scale) {
  return by_scale(input, scale, [](double x, float step, std::int32_t zero) {
    return static_cast<double>(step * static_cast<float>(x - zero));
  });
}

/// The same node with other inputs.
Call with_inputs(const Call &call, const std::vector<Value> &values) {
  Call other{call.graph, call.node, {}};
  for (const Value &value : values)
    other.inputs.push_back(&value);
  return other;
}

std::vector<std::int32_t> whole_numbers(const Value &value) {
  return {value.elements.begin(), value.elements.end()};
}

/// What a Quantised does in real numbers, or, of means, in whole ones.
struct InReals {
  const models::Quantised &all;
  const Call &call;
  ElementType type;

  Value operator()(const Epilogue &activations) const {
    return mapped(call.input(), through_floats(activations, all.from, all.to, type), type);
  }
  Value operator()(const models::Reduction &reduction) const {
    const models::Scale whole{{1}, all.from.zero_points, 0}, steps{{1}, all.to.zero_points, 0};
    const std::vector<Value> numbers{dequantised(call.input(), whole)};
    Value sums =
        compute(models::Reduction{models::Reduction::Kind::sum, reduction.axes}, with_inputs(call, numbers));
    const auto count =
        static_cast<float>(call.input().elements.size()) / static_cast<float>(sums.elements.size());
    const float factor = all.from.scales.at(0) / (all.to.scales.at(0) * count);
    for (double &x : sums.elements)
      x = static_cast<double>(static_cast<float>(x) * factor);
    return quantised(sums, steps, models::Quantize::Ties::even, type);
  }
  template <typename Operation>
  Value operator()(const Operation &operation) const {
    const std::vector<Value> reals{dequantised(call.input(), all.from)};
    return quantised(compute(operation, with_inputs(call, reals)), all.to, models::Quantize::Ties::even,
                     type);
  }
};

} // namespace

bool is_of_bytes(const models::Tensor &tensor) {
  return tensor.type == models::DataType::u8 || tensor.type == models::DataType::s8;
}

Value compute_limits(const models::Elementwise &operation, const Call &call) {
  const models::Tensor &made = output_of(call);
  if (!made.scale)
    throw Error(fmt::format("'{}' is of integers without a scale", made.name));
  return mapped(call.input(), limited(operation.steps, byte_type(made), *made.scale), byte_type(made));
}

double padding_in_steps(double value, const models::Tensor &tensor) {
  if (!tensor.scale)
    return value;
  return std::round(value / static_cast<double>(tensor.scale->scales.at(0))) +
         tensor.scale->zero_points.at(0);
}

Value compute_integers(const models::Convolution &operation, const Call &call) {
  if (!operation.problem)
    throw Error(operation.refusal);
  const Problem &problem = *operation.problem;
  const models::EightBitConstants constants = models::eight_bit_constants(call.graph, call.node);
  QuantisedTensors tensors;
  tensors.input = whole_numbers(call.input());
  tensors.weights.assign(constants.weights.begin(), constants.weights.end());
  tensors.bias = constants.bias, tensors.multipliers = constants.multipliers;
  const std::vector<std::int32_t> sums = exact_sums(problem, tensors);
  Value result{call.shape(), {}};
  if (problem.types.destination == ElementType::s32) {
    result.elements.assign(sums.begin(), sums.end());
    return result;
  }
  const Steps steps = steps_of_output(problem);
  const convforge_requantisation how{static_cast<std::int32_t>(problem.quantisation.rounding),
                                     problem.quantisation.destination_zero_point,
                                     steps.low,
                                     steps.high,
                                     0,
                                     0};
  for (std::size_t i = 0; i < sums.size(); ++i)
    result.elements.push_back(convforge_requantise(
        &how, sums[i], constants.multipliers.at(channel_of(problem, i, sums.size())), 0));
  return result;
}

Value compute(const models::Quantize &operation, const Call &call) {
  return quantised(call.input(), operation.scale, operation.ties, byte_type(output_of(call)));
}
Value compute(const models::Dequantize &operation, const Call &call) {
  return dequantised(call.input(), operation.scale);
}
Value compute(const models::Requantize &operation, const Call &call) {
  const ElementType type = byte_type(output_of(call));
  return mapped(call.input(), requantised(operation, byte_type(input_of(call)), type), type);
}

Value compute(const models::QuantisedArithmetic &operation, const Call &call) {
  const ElementType type = byte_type(output_of(call));
  const std::vector<std::int8_t> results = pair_results(operation, type);
  const int least = type == ElementType::u8 ? 0 : -128, offset = type == ElementType::u8 ? 128 : 0;
  return of_two(call, [&](double a, double b) {
    const auto place =
        static_cast<std::size_t>((static_cast<int>(a) - least) * 256 + static_cast<int>(b) - least);
    return static_cast<double>(results.at(place) + offset);
  });
}

Value compute(const models::Quantised &operation, const Call &call) {
  return std::visit(InReals{operation, call, byte_type(output_of(call))}, operation.operation);
}

Value compute(const models::QuantisedConcatenation &operation, const Call &call) {
  const ElementType type = byte_type(output_of(call));
  std::vector<Value> parts;
  parts.reserve(call.inputs.size());
  for (std::size_t i = 0; i < call.inputs.size(); ++i)
    parts.push_back(
        mapped(call.input(i), through_floats({}, operation.parts.at(i), operation.whole, type), type));
  return compute(models::Concatenation{operation.axis}, with_inputs(call, parts));
}

} // namespace convforge::network::reference

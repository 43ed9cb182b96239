// Convolutions of TensorFlow Lite as problems. Its padding is that of ONNX's SAME_UPPER and VALID, so they
// are made as nodes of ONNX are, and then have this format's layouts.
#include "models/tflite/flat_quantisation.hpp"

#include "base/error.hpp"
#include "problem/frameworks.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace convforge::models::tflite {
namespace {

struct ConvolutionKind {
  ConvolutionFields fields;
  WeightsLayout weights;
  std::vector<std::size_t> inputs; ///< which are data, weights, bias
};

/// MediaPipe's TRANSPOSE_CONV with a bias.
bool is_mediapipe_transposed(const FlatOperator &op) {
  return op.code == CUSTOM && op.type == "Convolution2DTransposeBias";
}
bool is_transposed(const FlatOperator &op) {
  return op.code == TRANSPOSE_CONV || is_mediapipe_transposed(op);
}

const ConvolutionKind *kind_of(const FlatOperator &op) {
  static const ConvolutionKind custom{transpose_conv, WeightsLayout::ohwi, {0, 1, 2}};
  if (is_mediapipe_transposed(op))
    return &custom;
  static const ConvolutionKind plain{conv_2d, WeightsLayout::ohwi, {0, 1, 2}},
      depthwise{depthwise_conv_2d, WeightsLayout::hwio, {0, 1, 2}},
      transposed{transpose_conv, WeightsLayout::ohwi, {2, 1, 3}},
      volume{conv_3d, WeightsLayout::hwio, {0, 1, 2}};
  switch (op.code) {
  case CONV_2D:
    return &plain;
  case DEPTHWISE_CONV_2D:
    return &depthwise;
  case TRANSPOSE_CONV:
    return &transposed;
  case CONV_3D:
    return &volume;
  default:
    return nullptr;
  }
}

const Tensor &needed(const FlatOperator &op, std::size_t i, const char *name, std::size_t rank) {
  const Tensor *tensor = op.input(i);
  if (!tensor || !tensor->known() || tensor->sizes().size() != rank)
    fail(name, tensor && tensor->shape ? text_of_shape(tensor->sizes()) : "missing",
         fmt::format("a tensor of {} axes whose sizes are known", rank));
  return *tensor;
}

/// Data and outputs from N..C to NC...
LayerShape channels_second(const Shape &shape) {
  LayerShape moved = shape;
  std::ranges::rotate(moved.begin() + 1, moved.end() - 1, moved.end());
  return moved;
}

/// As ONNX has W: K,C/g,... of those that are not transposed, else C,K,...
LayerShape onnx_weights(const FlatOperator &op, const Shape &w) {
  if (is_transposed(op)) // K,R,S,C
    return {w[3], w[0], w[1], w[2]};
  switch (op.code) {
  case DEPTHWISE_CONV_2D: // 1,R,S,K
    return {w[3], 1, w[1], w[2]};
  case CONV_3D: // T,R,S,C,K
    return {w[4], w[3], w[0], w[1], w[2]};
  default: // K,R,S,C/g
    return {w[0], w[3], w[1], w[2]};
  }
}

std::vector<int> steps_of(const FlatOperator &op, int d, int h, int w) {
  std::vector<int> steps{op.option<std::int32_t>(h, 1), op.option<std::int32_t>(w, 1)};
  if (op.code == CONV_3D)
    steps.insert(steps.begin(), op.option<std::int32_t>(d, 1));
  return steps;
}

/// TfLiteTransposeConvParams of tensorflow/lite/core/c/builtin_op_data.h: 32 bits each, in the order of x86
/// and ARM.
struct TransposeParameters {
  std::int32_t padding, stride_w, stride_h;
};

TransposeParameters transpose_parameters(const FlatOperator &op) {
  TransposeParameters parameters{};
  if (op.custom_options.size() < sizeof parameters)
    fail("custom_options", fmt::format("{} bytes", op.custom_options.size()),
         fmt::format("{}: padding, stride_width and stride_height", sizeof parameters));
  std::memcpy(&parameters, op.custom_options.data(), sizeof parameters);
  constexpr std::int32_t same = 1, valid = 2;
  if (parameters.padding != same && parameters.padding != valid)
    fail("padding", std::to_string(parameters.padding), "1, SAME, or 2, VALID");
  return parameters;
}

/// Of an axis of the custom one's output, whose padding is what the window reaches beyond the last input.
std::int64_t transposed_size(std::int64_t input, std::int64_t kernel, std::int64_t stride, bool same) {
  const std::int64_t cut = same ? std::max<std::int64_t>(kernel - (input - 1) % stride - 1, 0) : 0;
  return stride * (input - 1) + kernel - cut;
}

/// Throws Error unless the output is what the operator makes.
void set_custom_strides(const FlatOperator &op, const Shape &data, const Shape &weights, OnnxConv &node) {
  const TransposeParameters parameters = transpose_parameters(op);
  node.strides = {parameters.stride_h, parameters.stride_w};
  for (std::size_t axis : {1u, 2u}) {
    const std::int64_t stride = node.strides[axis - 1];
    if (stride < 1)
      fail(axis == 1 ? "stride_height" : "stride_width", std::to_string(stride), "1 at least");
    const std::int64_t size = transposed_size(data[axis], weights[axis], stride, parameters.padding == 1);
    if (node.output_shape[axis - 1] != size)
      fail("output", text_of_shape(op.output->sizes()), fmt::format("{} elements of axis {}", size, axis));
  }
}

/// Of a transposed one, whose sizes the output says.
std::vector<int> output_sizes(const FlatOperator &op) {
  if (!op.output || !op.output->known() || op.output->sizes().size() != 4)
    fail("output", "no shape", "sizes that are known");
  return {static_cast<int>(op.output->sizes()[1]), static_cast<int>(op.output->sizes()[2])};
}

Convolution convolution_of_kind(const FlatOperator &op, const ConvolutionKind &kind) {
  const std::size_t rank = op.code == CONV_3D ? 5 : 4;
  const Tensor &data = needed(op, kind.inputs[0], "input", rank),
               &weights = needed(op, kind.inputs[1], "weights", rank);
  const ConvolutionFields &fields = kind.fields;
  OnnxConv node{.transposed = is_transposed(op)};
  node.strides = steps_of(op, fields.stride_d, fields.stride_h, fields.stride_w);
  node.dilations = steps_of(op, fields.dilation_d, fields.dilation_h, fields.dilation_w);
  node.auto_pad = op.option<std::int8_t>(fields.padding, 0) == 0 ? "SAME_UPPER" : "VALID";
  if (node.transposed)
    node.output_shape = output_sizes(op),
    node.auto_pad = "SAME_UPPER"; // what is cut off follows from the output
  if (is_mediapipe_transposed(op))
    set_custom_strides(op, data.sizes(), weights.sizes(), node);
  OnnxShapes shapes{.input = channels_second(data.sizes()), .weights = onnx_weights(op, weights.sizes())};
  const std::int64_t channels = data.sizes().back(), taken = shapes.weights[1];
  if (op.code == DEPTHWISE_CONV_2D)
    node.group = static_cast<int>(channels);
  else if (!node.transposed && taken > 0 && channels % taken == 0)
    node.group = static_cast<int>(channels / taken);
  if (const Tensor *bias = op.input(kind.inputs[2]))
    shapes.bias = bias->shape.value_or(Shape{});
  const ConvolutionTensors tensors{data, weights, op.input(kind.inputs[2]), op.output};
  set_types(op, tensors, node);
  Convolution convolution{problem_of(node, shapes), ""};
  convolution.problem->layout = Layout::nhwc, convolution.problem->weights_layout = kind.weights;
  convolution.problem->validate();
  if (node.types.quantised())
    add_scales(tensors, convolution);
  return convolution;
}

} // namespace

bool is_convolution(const FlatOperator &op) {
  return kind_of(op) || op.code == CONV_3D_TRANSPOSE || op.code == STABLEHLO_CONVOLUTION ||
         (op.code == CUSTOM && op.type.starts_with("Convolution"));
}

Convolution convolution_of(const FlatOperator &op) {
  const ConvolutionKind *kind = kind_of(op);
  if (!kind)
    return {std::nullopt, fmt::format("operator: {} (expected CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, "
                                      "CONV_3D or Convolution2DTransposeBias)",
                                      op.type)};
  try {
    return convolution_of_kind(op, *kind);
  } catch (const Error &error) {
    return {std::nullopt, error.what()};
  }
}

/// Of SPLIT the axis comes before the data.
std::vector<std::size_t> input_order(const FlatOperator &op) {
  if (op.code == SPLIT)
    return {1, 0};
  const ConvolutionKind *kind = kind_of(op);
  return kind ? kind->inputs : std::vector<std::size_t>{};
}

} // namespace convforge::models::tflite

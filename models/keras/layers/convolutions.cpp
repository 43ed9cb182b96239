// Layers of Keras that are convolutions.
#include "models/keras/layer_call.hpp"

#include "base/error.hpp"
#include "problem/frameworks/layer_types.hpp"

#include <array>
#include <fmt/format.h>

namespace convforge::models::keras {
namespace {

using ConvKind = KerasConv::Kind;

constexpr std::size_t bias_place = 1, bias_place_of_separable = 2;

struct NamedConvolution {
  std::string_view type;
  int rank;
  ConvKind kind;
};
constexpr std::array<NamedConvolution, 10> named_convolutions{{{"Conv1D", 1, ConvKind::conv},
                                                               {"Conv2D", 2, ConvKind::conv},
                                                               {"Conv3D", 3, ConvKind::conv},
                                                               {"DepthwiseConv1D", 1, ConvKind::depthwise},
                                                               {"DepthwiseConv2D", 2, ConvKind::depthwise},
                                                               {"SeparableConv1D", 1, ConvKind::depthwise},
                                                               {"SeparableConv2D", 2, ConvKind::depthwise},
                                                               {"Conv1DTranspose", 1, ConvKind::transposed},
                                                               {"Conv2DTranspose", 2, ConvKind::transposed},
                                                               {"Conv3DTranspose", 3, ConvKind::transposed}}};

const NamedConvolution &named_convolution(const std::string &type) {
  return *std::ranges::find(named_convolutions, type, &NamedConvolution::type);
}

int int_argument(const LayerConfig &layer, std::string_view argument, int otherwise) {
  return static_cast<int>(layer.integer(argument, otherwise)); // of at most 2^30
}

/// The arguments of the constructor; what is fused behind is a node of its own.
KerasConv arguments_of(const LayerConfig &layer) {
  const NamedConvolution &named = named_convolution(layer.type());
  KerasConv conv{.rank = named.rank, .kind = named.kind};
  conv.filters = int_argument(layer, "filters", 1);
  conv.kernel_size = PerAxis(layer.integers("kernel_size", 1));
  conv.strides = PerAxis(layer.integers("strides", 1));
  conv.padding = layer.text("padding", "valid");
  if (layer.find("output_padding"))
    conv.output_padding = PerAxis(layer.integers("output_padding", 0));
  conv.depth_multiplier = int_argument(layer, "depth_multiplier", 1);
  conv.data_format = layer.text("data_format", "channels_last");
  conv.dilation_rate = PerAxis(layer.integers("dilation_rate", 1));
  conv.groups =
      named.kind == ConvKind::conv ? int_argument(layer, "groups", 1) : 1; // older files say 1 of others
  conv.use_bias = layer.flag("use_bias", true);
  conv.types = float_types(layer.dtype());
  return conv;
}

/// The shape that Keras' kernel has for the problem.
Shape kernel_shape(const Problem &problem, const KerasConv &conv) {
  Shape shape;
  for (std::size_t axis = 3 - static_cast<std::size_t>(conv.rank); axis < 3; ++axis)
    shape.push_back(problem.axes[axis].kernel);
  const int in = problem.in_channels, out = problem.out_channels;
  if (conv.kind == ConvKind::depthwise)
    shape.insert(shape.end(), {in, out / in});
  else if (conv.kind == ConvKind::transposed)
    shape.insert(shape.end(), {out, in});
  else
    shape.insert(shape.end(), {in / problem.groups, out});
  return shape;
}

void check_weights(const char *name, const Tensor &tensor, const Shape &expected) {
  if (tensor.sizes() != expected || !is_floating(tensor.type))
    fail(name, fmt::format("{} of {}", text_of_shape(tensor.sizes()), name_of(tensor.type)),
         fmt::format("{}, floating-point numbers", text_of_shape(expected)));
}

Problem problem_of_layer(const LayerCall &call, const KerasConv &conv, const std::vector<TensorId> &reads) {
  const Tensor &input = call.graph.tensor(reads[0]);
  if (!input.known())
    fail("input", input.shape ? text_of_shape(input.sizes()) : "no shape",
         "a shape whose sizes are all known: --input says those of the model's inputs");
  if (input.sizes().size() != static_cast<std::size_t>(conv.rank) + 2)
    fail("input", text_of_shape(input.sizes()), fmt::format("{} axes", conv.rank + 2));
  if (input.type != call.output_type())
    fail("input", fmt::format("elements of {}", name_of(input.type)),
         fmt::format("{}, which the layer computes in", name_of(call.output_type())));
  Problem problem = problem_of(conv, input.sizes());
  check_weights("kernel", call.graph.tensor(reads[1]), kernel_shape(problem, conv));
  if (conv.use_bias)
    check_weights("bias", call.graph.tensor(reads[2]), {problem.out_channels});
  problem.name = call.name;
  return problem;
}

/// Problems have a height of 1 that 1-D tensors do not have, and lack a depth of 1.
Shape shape_of_output(const Problem &problem, std::size_t rank) {
  Shape shape = problem.output_shape();
  const auto first = problem.layout == Layout::nchw ? 2 : 1;
  if (shape.size() > rank)
    shape.erase(shape.begin() + first,
                shape.begin() + first + static_cast<std::ptrdiff_t>(shape.size() - rank));
  while (shape.size() < rank)
    shape.insert(shape.begin() + first, 1);
  return shape;
}

struct ReadConvolution {
  Convolution operation;
  std::optional<Shape> shape;
};

ReadConvolution read_convolution(const LayerCall &call, const KerasConv &conv,
                                 const std::vector<TensorId> &reads) {
  try {
    const Problem problem = problem_of_layer(call, conv, reads);
    return {{problem, ""}, shape_of_output(problem, static_cast<std::size_t>(conv.rank) + 2)};
  } catch (const Error &error) {
    return {{std::nullopt, error.what()}, std::nullopt};
  }
}

TensorId refused_convolution(const LayerCall &call, const Error &error) {
  return call.add_activated(Convolution{std::nullopt, error.what()}, call.inputs, std::nullopt);
}

TensorId convolution_layer(const LayerCall &call) {
  KerasConv conv;
  try {
    conv = arguments_of(call.layer);
  } catch (const Error &error) {
    return refused_convolution(call, error);
  }
  std::vector<TensorId> reads{call.inputs[0], call.variable({0, {"kernel", "depthwise_kernel"}})};
  if (conv.use_bias)
    reads.push_back(call.variable({bias_place, {"bias"}}));
  ReadConvolution read = read_convolution(call, conv, reads);
  return call.add_activated(std::move(read.operation), std::move(reads), std::move(read.shape));
}

/// A depthwise convolution without bias, and one of a single tap over the channels.
TensorId separable_layer(const LayerCall &call) {
  KerasConv depthwise;
  try {
    depthwise = arguments_of(call.layer);
  } catch (const Error &error) {
    return refused_convolution(call, error);
  }
  KerasConv pointwise{.rank = depthwise.rank, .filters = depthwise.filters};
  pointwise.data_format = depthwise.data_format, pointwise.use_bias = depthwise.use_bias;
  pointwise.types = depthwise.types;
  depthwise.use_bias = false;
  const std::vector<TensorId> first_reads{call.inputs[0], call.variable({0, {"depthwise_kernel"}})};
  ReadConvolution first = read_convolution(call, depthwise, first_reads);
  if (first.operation.problem)
    first.operation.problem->name = call.name + "/depthwise";
  const TensorId between =
      call.add(std::move(first.operation), first_reads, std::move(first.shape), "/depthwise");
  std::vector<TensorId> reads{between, call.variable({1, {"pointwise_kernel"}})};
  if (pointwise.use_bias)
    reads.push_back(call.variable({bias_place_of_separable, {"bias"}}));
  ReadConvolution second = read_convolution(call, pointwise, reads);
  return call.add_activated(std::move(second.operation), std::move(reads), std::move(second.shape));
}

} // namespace

std::vector<LayerRow> convolution_layers() {
  std::vector<LayerRow> rows;
  rows.reserve(named_convolutions.size());
  for (const NamedConvolution &named : named_convolutions)
    rows.push_back({named.type, named.type.starts_with("Separable") ? separable_layer : convolution_layer});
  return rows;
}

} // namespace convforge::models::keras

// Keras' layers from the text of their constructors.
#include "base/error.hpp"
#include "problem/frameworks/call_arguments.hpp"
#include "problem/frameworks/layer_types.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>

namespace convforge {
namespace {

using KerasKind = KerasConv::Kind;

struct KerasLayerName {
  std::string_view name;
  int rank;
  KerasKind kind;
};
constexpr std::array<KerasLayerName, 8> keras_layers{{{"Conv1D", 1, KerasKind::conv},
                                                      {"Conv2D", 2, KerasKind::conv},
                                                      {"Conv3D", 3, KerasKind::conv},
                                                      {"DepthwiseConv1D", 1, KerasKind::depthwise},
                                                      {"DepthwiseConv2D", 2, KerasKind::depthwise},
                                                      {"Conv1DTranspose", 1, KerasKind::transposed},
                                                      {"Conv2DTranspose", 2, KerasKind::transposed},
                                                      {"Conv3DTranspose", 3, KerasKind::transposed}}};

constexpr std::array<std::string_view, 9> conv_positions{"filters", "kernel_size", "strides",
                                                         "padding", "data_format", "dilation_rate",
                                                         "groups",  "activation",  "use_bias"};
constexpr std::array<std::string_view, 8> depthwise_positions{
    "kernel_size", "strides",       "padding",    "depth_multiplier",
    "data_format", "dilation_rate", "activation", "use_bias"};
constexpr std::array<std::string_view, 8> transposed_positions{
    "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation", "use_bias"};
constexpr std::array<std::string_view, 3> plain_names{"name", "dtype", "input_shape"};
constexpr std::array<std::string_view, 4> transposed_names{"name", "dtype", "input_shape", "output_padding"};
// What training and saving ask for.
constexpr std::array<std::string_view, 12> keras_ignored{
    "kernel_initializer", "bias_initializer", "depthwise_initializer", "kernel_regularizer",
    "bias_regularizer",   "trainable",        "depthwise_regularizer", "activity_regularizer",
    "kernel_constraint",  "bias_constraint",  "depthwise_constraint",  "autocast"};

CallSignature keras_signature(KerasKind kind) {
  switch (kind) {
  case KerasKind::conv:
    return {conv_positions, plain_names, keras_ignored};
  case KerasKind::depthwise:
    return {depthwise_positions, plain_names, keras_ignored};
  case KerasKind::transposed:
    return {transposed_positions, transposed_names, keras_ignored};
  }
  return {};
}

KerasLayerName find_keras_layer(std::string_view name) {
  if (name.starts_with("SeparableConv"))
    fail(
        "layer", repeated_text(name),
        fmt::format(
            "one convolution; this is two: Depthwise{0}(kernel_size, ..., use_bias=False), then {0}(filters, "
            "1, activation=...)",
            repeated_text(name.substr(std::string_view("Separable").size()))));
  const auto found = std::ranges::find(keras_layers, name, &KerasLayerName::name);
  if (found != keras_layers.end())
    return *found;
  std::string known;
  for (const KerasLayerName &layer : keras_layers)
    known.append(known.empty() ? "" : ", ").append(layer.name);
  fail("layer", repeated_text(name), "a convolution of Keras: " + known);
}

/// Of the first layer of a Sequential, without the batch.
void check_input_shape(const CallArguments &given, const LayerShape &input) {
  const std::vector<int> shape = given.numbers("input_shape");
  const std::size_t batch = input.size() == shape.size() + 1 ? 1 : 0;
  if (!shape.empty() && !std::ranges::equal(shape, std::span(input).subspan(batch)))
    fail("input_shape", fmt::format("({})", fmt::join(shape, ", ")),
         fmt::format("that of the input, {}", fmt::join(input, "x")));
}

} // namespace

Problem parse_keras(std::string_view text, const LayerShape &input) {
  const Call call = parse_call(text);
  const KerasLayerName named = find_keras_layer(call.name);
  const CallArguments given(call, keras_signature(named.kind));
  KerasConv layer{.rank = named.rank, .kind = named.kind};
  if (named.kind != KerasKind::depthwise)
    given.require("filters");
  given.require("kernel_size");
  check_input_shape(given, input);
  layer.filters = given.number("filters", 1);
  layer.kernel_size = given.per_axis("kernel_size", 1);
  layer.strides = given.per_axis("strides", 1);
  layer.padding = given.word("padding", layer.padding);
  if (given.given("output_padding"))
    layer.output_padding = given.per_axis("output_padding", 0);
  layer.depth_multiplier = given.number("depth_multiplier", 1);
  layer.data_format = given.word("data_format", layer.data_format);
  layer.dilation_rate = given.per_axis("dilation_rate", 1);
  layer.groups = given.number("groups", 1);
  layer.activation = given.word("activation", "");
  layer.use_bias = given.flag("use_bias", true);
  layer.name = given.word("name", "");
  layer.types = float_types(given.word("dtype", "float32"));
  return problem_of(layer, input);
}

} // namespace convforge

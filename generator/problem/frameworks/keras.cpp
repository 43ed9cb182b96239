// Keras' layers as problems. Formulas: keras/src/ops/operation_utils.py and keras/src/backend/common/
// backend_utils.py of Keras 3.
#include "base/error.hpp"
#include "problem/frameworks/call_syntax.hpp"
#include "problem/frameworks/keras_activation.hpp"
#include "problem/frameworks/layer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {
namespace {

using KerasKind = KerasConv::Kind;

std::string keras_name(const KerasConv &layer) {
  return fmt::format("{}Conv{}D{}", layer.kind == KerasKind::depthwise ? "Depthwise" : "", layer.rank,
                     layer.kind == KerasKind::transposed ? "Transpose" : "");
}

Layout keras_layout(const std::string &data_format) {
  if (data_format == "channels_last")
    return Layout::nhwc;
  if (data_format != "channels_first")
    fail("data_format", repeated_text(data_format), "channels_last or channels_first");
  return Layout::nchw;
}

/// Keras lets the case of padding be.
std::string keras_padding(const KerasConv &layer) {
  std::string padding = layer.padding;
  std::ranges::transform(padding, padding.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const bool causal = layer.rank == 1 && layer.kind == KerasKind::conv;
  if (padding != "valid" && padding != "same" && !(padding == "causal" && causal))
    fail("padding", repeated_text(layer.padding),
         padding == "causal" ? "valid or same: only Conv1D takes causal"
                             : (causal ? "valid, same or causal" : "valid or same"));
  return padding;
}

Axis forward_axis(const Axis &window, const std::string &padding) {
  if (padding == "same")
    return same_axis(window, true, keras_fields);
  return padded_axis(window, padding == "causal" ? window.extent() - 1 : 0, 0, keras_fields);
}

/// Outputs that leave the size of the input times the stride ("same"), or cut nothing off ("valid"); with
/// output_padding, that many more than a window of "same" leaves or than "valid" has.
std::int64_t transposed_output(const Axis &window, bool same, std::optional<int> output_padding) {
  if (same)
    return output_padding
               ? (std::int64_t{window.input} - 1) * window.stride + window.extent() % 2 + *output_padding
               : std::int64_t{window.input} * window.stride;
  return spread(window) + output_padding.value_or(std::max(window.stride - window.extent(), 0));
}

Axis transposed_axis(const Axis &window, bool same, std::optional<int> output_padding) {
  if (output_padding && (*output_padding < 0 || *output_padding >= window.stride))
    fail("output_padding", std::to_string(*output_padding),
         fmt::format("0 to {}, less than the stride", window.stride - 1));
  const std::int64_t output = transposed_output(window, same, output_padding);
  const std::int64_t cut = same ? std::max<std::int64_t>(spread(window) - output, 0) / 2 : 0;
  return with_output(window, output, cut, keras_fields, true);
}

std::vector<Axis> keras_axes(const KerasConv &layer, const LayerInput &input) {
  const int rank = layer.rank;
  const Windows all = layer_windows(input, on_axes("kernel_size", layer.kernel_size, rank),
                                    on_axes("strides", layer.strides, rank),
                                    on_axes("dilation_rate", layer.dilation_rate, rank), keras_fields);
  const std::string padding = keras_padding(layer);
  std::vector<int> output_padding;
  if (layer.output_padding)
    output_padding = on_axes("output_padding", *layer.output_padding, rank);
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < all.size(); ++i)
    axes.push_back(
        layer.kind != KerasKind::transposed
            ? forward_axis(all[i], padding)
            : transposed_axis(all[i], padding == "same",
                              layer.output_padding ? std::optional(output_padding[i]) : std::nullopt));
  return axes;
}

void set_keras_channels(const KerasConv &layer, int channels, Problem &problem) {
  problem.in_channels = channels;
  if (layer.kind == KerasKind::depthwise) {
    check_at_least_one("depth_multiplier", layer.depth_multiplier);
    problem.groups = channels;
    problem.out_channels = channels_of("depth_multiplier", std::int64_t{channels} * layer.depth_multiplier);
    return;
  }
  check_at_least_one("filters", layer.filters);
  check_groups("input channels", channels, layer.groups, "groups");
  check_groups("filters", layer.filters, layer.groups, "groups");
  problem.groups = layer.groups, problem.out_channels = layer.filters;
}

/// Keras keeps its kernels' order in either data format.
WeightsLayout keras_weights(const KerasConv &layer) {
  return layer.kind == KerasKind::transposed ? WeightsLayout::hwoi : WeightsLayout::hwio;
}

void check_keras_kind(const KerasConv &layer) {
  const int most = layer.kind == KerasKind::depthwise ? 2 : 3;
  if (layer.rank < 1 || layer.rank > most)
    fail("rank", std::to_string(layer.rank), fmt::format("1 to {}", most));
  if (layer.kind != KerasKind::transposed && layer.output_padding)
    fail("output_padding", numbers_text(layer.output_padding->values),
         fmt::format("none of a {}", keras_name(layer)));
  if (layer.kind != KerasKind::conv && layer.groups != 1)
    fail("groups", std::to_string(layer.groups), fmt::format("none of a {}", keras_name(layer)));
}

} // namespace

Problem problem_of(const KerasConv &layer, const LayerShape &shape) {
  check_keras_kind(layer);
  Problem problem;
  problem.transposed = layer.kind == KerasKind::transposed;
  problem.layout = keras_layout(layer.data_format);
  problem.weights_layout = keras_weights(layer);
  const LayerInput input = layer_input(shape, layer.rank, problem.layout, keras_name(layer));
  problem.batch = input.batch;
  set_keras_channels(layer, input.channels, problem);
  set_axes(problem, keras_axes(layer, input));
  const std::string activation = epilogue_of_keras(layer.activation);
  problem.epilogue = Epilogue::parse(fmt::format(
      "{}{}{}", layer.use_bias ? "bias" : "", layer.use_bias && !activation.empty() ? "," : "", activation));
  problem.types = layer.types;
  problem.name = layer.name;
  problem.validate();
  return problem;
}

} // namespace convforge

// PyTorch's layers as problems. Formulas: the pages of torch.nn.Conv2d and torch.nn.ConvTranspose2d.
#include "base/error.hpp"
#include "problem/frameworks/call_syntax.hpp"
#include "problem/frameworks/layer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {
namespace {

std::string torch_name(const TorchConv &layer) {
  return fmt::format("Conv{}{}d", layer.transposed ? "Transpose" : "", layer.rank);
}

/// Padding in words is of forward layers.
void check_torch_word(const TorchConv &layer, const Windows &all) {
  const std::string &word = layer.padding.word;
  if (layer.transposed && !word.empty())
    fail("padding", repeated_text(word), fmt::format("numbers: a {} takes no words", torch_name(layer)));
  if (word != "" && word != "same" && word != "valid")
    fail("padding", repeated_text(word), "numbers, same or valid");
  if (word == "same" && std::ranges::any_of(all, [](const Axis &axis) { return axis.stride != 1; }))
    fail("padding", "same", "numbers: PyTorch takes same with a stride of 1 only");
}

void check_not_negative(std::string_view argument, int value) {
  if (value < 0)
    fail(std::string(argument), std::to_string(value), "at least 0");
}

Axis torch_transposed_axis(const Axis &window, int padding, int output_padding) {
  check_not_negative("output_padding", output_padding);
  if (output_padding >= std::max(window.stride, window.dilation))
    fail("output_padding", std::to_string(output_padding),
         fmt::format("less than the stride of {} or the dilation of {}", window.stride, window.dilation));
  const std::int64_t output = spread(window) - 2 * std::int64_t{padding} + output_padding;
  return with_output(window, output, padding, torch_fields, true);
}

std::vector<Axis> torch_axes(const TorchConv &layer, const LayerInput &input) {
  const int rank = layer.rank;
  const Windows all = layer_windows(input, on_axes("kernel_size", layer.kernel_size, rank),
                                    on_axes("stride", layer.stride, rank),
                                    on_axes("dilation", layer.dilation, rank), torch_fields);
  check_torch_word(layer, all);
  const std::vector<int> padding = on_axes("padding", layer.padding.numbers, rank);
  const std::vector<int> output_padding = on_axes("output_padding", layer.output_padding, rank);
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < all.size(); ++i) {
    check_not_negative("padding", padding[i]);
    axes.push_back(layer.transposed ? torch_transposed_axis(all[i], padding[i], output_padding[i])
                   : layer.padding.word == "same" ? same_axis(all[i], true, torch_fields)
                   : layer.padding.word == "valid"
                       ? padded_axis(all[i], 0, 0, torch_fields)
                       : padded_axis(all[i], padding[i], padding[i], torch_fields));
  }
  return axes;
}

void check_torch_channels(const TorchConv &layer, int channels) {
  check_at_least_one("in_channels", layer.in_channels);
  check_at_least_one("out_channels", layer.out_channels);
  check_groups("in_channels", layer.in_channels, layer.groups, "groups");
  check_groups("out_channels", layer.out_channels, layer.groups, "groups");
  if (channels != layer.in_channels)
    fail("in_channels", std::to_string(layer.in_channels),
         fmt::format("{}, the channels of the input", channels));
}

void check_torch_modes(const TorchConv &layer) {
  const auto output_padding = [](int number) { return number != 0; };
  if (!layer.transposed && std::ranges::any_of(layer.output_padding.values, output_padding))
    fail("output_padding", numbers_text(layer.output_padding.values),
         fmt::format("none of a {}", torch_name(layer)));
  if (layer.transposed && layer.padding_mode != "zeros")
    fail("padding_mode", repeated_text(layer.padding_mode),
         fmt::format("zeros: PyTorch's {} takes no other", torch_name(layer)));
}

PaddingMode torch_mode(const std::string &name) {
  for (const PaddingMode mode :
       {PaddingMode::zeros, PaddingMode::reflect, PaddingMode::replicate, PaddingMode::circular})
    if (name_of(mode) == name)
      return mode;
  fail("padding_mode", repeated_text(name), "zeros, reflect, replicate or circular");
}

} // namespace

Problem problem_of(const TorchConv &layer, const LayerShape &shape) {
  if (layer.rank < 1 || layer.rank > 3)
    fail("rank", std::to_string(layer.rank), "1 to 3");
  check_torch_modes(layer);
  const LayerInput input = layer_input(shape, layer.rank, Layout::nchw, torch_name(layer));
  check_torch_channels(layer, input.channels);
  Problem problem;
  problem.transposed = layer.transposed;
  problem.layout = Layout::nchw;
  problem.weights_layout = layer.transposed ? WeightsLayout::iohw : WeightsLayout::oihw;
  problem.batch = input.batch, problem.groups = layer.groups;
  problem.in_channels = layer.in_channels, problem.out_channels = layer.out_channels;
  set_axes(problem, torch_axes(layer, input));
  problem.epilogue = Epilogue::parse(layer.bias ? "bias" : "");
  problem.padding_mode = torch_mode(layer.padding_mode);
  problem.types = layer.types;
  problem.validate();
  return problem;
}

} // namespace convforge

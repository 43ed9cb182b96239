// PyTorch's layers from the text of their constructors, or as print(model) shows them.
#include "base/error.hpp"
#include "problem/frameworks/call_arguments.hpp"
#include "problem/frameworks/layer_types.hpp"

#include <fmt/format.h>

#include <array>

namespace convforge {
namespace {

constexpr std::array<std::string_view, 11> torch_conv_positions{
    "in_channels", "out_channels", "kernel_size",  "stride", "padding", "dilation",
    "groups",      "bias",         "padding_mode", "device", "dtype"};
constexpr std::array<std::string_view, 12> torch_transposed_positions{
    "in_channels", "out_channels", "kernel_size", "stride",       "padding", "output_padding",
    "groups",      "bias",         "dilation",    "padding_mode", "device",  "dtype"};

/// The layer that a name is of, with nothing but rank and direction set.
TorchConv find_torch_layer(const std::string &name) {
  for (int rank = 1; rank <= 3; ++rank)
    for (const bool transposed : {false, true})
      if (name == fmt::format("Conv{}{}d", transposed ? "Transpose" : "", rank))
        return {.rank = rank, .transposed = transposed};
  fail("layer", repeated_text(name),
       "a convolution of torch.nn: Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d or "
       "ConvTranspose3d");
}

void read_torch_padding(const CallArguments &given, TorchConv &layer) {
  if (given.is_word("padding"))
    layer.padding.word = given.word("padding", "");
  else
    layer.padding.numbers = given.per_axis("padding", 0);
}

} // namespace

Problem parse_torch(std::string_view text, const LayerShape &input) {
  const Call call = parse_call(text);
  TorchConv layer = find_torch_layer(call.name);
  const CallArguments given(call, layer.transposed ? CallSignature{torch_transposed_positions, {}, {}}
                                                   : CallSignature{torch_conv_positions, {}, {}});
  for (const char *needed : {"in_channels", "out_channels", "kernel_size"})
    given.require(needed);
  layer.in_channels = given.number("in_channels", 1);
  layer.out_channels = given.number("out_channels", 1);
  layer.kernel_size = given.per_axis("kernel_size", 1);
  layer.stride = given.per_axis("stride", 1);
  read_torch_padding(given, layer);
  layer.output_padding = given.per_axis("output_padding", 0);
  layer.dilation = given.per_axis("dilation", 1);
  layer.groups = given.number("groups", 1);
  layer.bias = given.flag("bias", true);
  layer.padding_mode = given.word("padding_mode", "zeros");
  layer.types = float_types(given.word("dtype", "float32"));
  return problem_of(layer, input);
}

} // namespace convforge

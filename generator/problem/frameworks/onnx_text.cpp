// ONNX's nodes from text: the operator with its attributes.
#include "base/error.hpp"
#include "problem/frameworks/call_arguments.hpp"

#include <array>

namespace convforge {
namespace {

constexpr std::array<std::string_view, 6> onnx_conv_attributes{"kernel_shape", "strides", "pads",
                                                               "dilations",    "group",   "auto_pad"};
constexpr std::array<std::string_view, 8> onnx_transposed_attributes{
    "kernel_shape", "strides", "pads", "dilations", "group", "auto_pad", "output_padding", "output_shape"};
constexpr std::array<std::string_view, 1> onnx_ignored{"name"};

struct OnnxOperator {
  std::string_view name, types;
};
constexpr std::array<OnnxOperator, 4> onnx_operators{
    {{"Conv", "f32"}, {"ConvTranspose", "f32"}, {"ConvInteger", "u8:s8:s32"}, {"QLinearConv", "u8:s8:u8"}}};

OnnxOperator find_onnx_operator(std::string_view name) {
  for (const OnnxOperator &known : onnx_operators)
    if (known.name == name)
      return known;
  fail("layer", repeated_text(name), "an operator of ONNX: Conv, ConvTranspose, ConvInteger or QLinearConv");
}

} // namespace

Problem parse_onnx(std::string_view text, const OnnxShapes &shapes, std::string_view types,
                   std::string_view zero_points) {
  const Call call = parse_call(text);
  const OnnxOperator named = find_onnx_operator(call.name);
  OnnxConv node{.transposed = named.name == "ConvTranspose"};
  const CallArguments given(call, node.transposed
                                      ? CallSignature{{}, onnx_transposed_attributes, onnx_ignored}
                                      : CallSignature{{}, onnx_conv_attributes, onnx_ignored});
  node.kernel_shape = given.numbers("kernel_shape");
  node.strides = given.numbers("strides");
  node.pads = given.numbers("pads");
  node.dilations = given.numbers("dilations");
  node.group = given.number("group", 1);
  node.auto_pad = given.word("auto_pad", node.auto_pad);
  node.output_padding = given.numbers("output_padding");
  node.output_shape = given.numbers("output_shape");
  node.types = parse_element_types(types.empty() ? named.types : types);
  parse_zero_points(zero_points, node.quantisation);
  return problem_of(node, shapes);
}

} // namespace convforge

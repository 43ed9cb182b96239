// ONNX's nodes as problems. Formulas: the operators' pages of the specification (Conv 11, ConvTranspose 11).
#include "base/error.hpp"
#include "problem/frameworks/call_syntax.hpp"
#include "problem/frameworks/layer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace convforge {
namespace {

std::string list_text(const std::vector<int> &numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ","));
}

/// An attribute with a number for each axis; `otherwise` where the node does not have it.
std::vector<int> attribute(std::string_view name, const std::vector<int> &numbers, std::size_t count,
                           int otherwise) {
  if (numbers.empty())
    return std::vector<int>(count, otherwise);
  if (numbers.size() != count)
    fail(std::string(name), list_text(numbers), fmt::format("{} numbers, as the weights have axes", count));
  return numbers;
}

/// The kernel's sizes, which the weights' shape has, too.
std::vector<int> kernel_sizes(const OnnxConv &node, const LayerShape &weights) {
  std::vector<int> sizes;
  for (std::size_t i = 2; i < weights.size(); ++i)
    sizes.push_back(channels_of("weights", weights[i]));
  if (!node.kernel_shape.empty() && node.kernel_shape != sizes)
    fail("kernel_shape", list_text(node.kernel_shape), list_text(sizes) + ", as the weights' shape has it");
  return sizes;
}

void check_auto_pad(const OnnxConv &node) {
  const std::string &word = node.auto_pad;
  if (word != "NOTSET" && word != "VALID" && word != "SAME_UPPER" && word != "SAME_LOWER")
    fail("auto_pad", repeated_text(word), "NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  if (word != "NOTSET" && std::ranges::any_of(node.pads, [](int pad) { return pad != 0; }))
    fail("pads", list_text(node.pads), "none beside auto_pad = " + word);
}

Axis onnx_axis(const Axis &window, const OnnxConv &node, int begin, int end) {
  if (node.auto_pad.starts_with("SAME"))
    return same_axis(window, node.auto_pad == "SAME_UPPER", onnx_fields);
  return padded_axis(window, begin, end, onnx_fields);
}

/// What is cut off an output of a given size is halved; an odd element goes to the end with SAME_UPPER only.
Axis sized_axis(const Axis &window, const OnnxConv &node, std::int64_t output, int output_padding) {
  const std::int64_t cut = std::max<std::int64_t>(spread(window) + output_padding - output, 0);
  const std::int64_t begin = node.auto_pad == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
  return with_output(window, output, begin, onnx_fields, true);
}

void check_output_padding(const Axis &window, int padding) {
  if (padding < 0 || padding >= std::max(window.stride, window.dilation))
    fail("output_padding", std::to_string(padding),
         fmt::format("at least 0, less than the stride of {} or the dilation of {}", window.stride,
                     window.dilation));
}

std::vector<Axis> transposed_axes(const OnnxConv &node, const Windows &all, const std::vector<int> &pads) {
  const std::size_t rank = all.size();
  const std::vector<int> more = attribute("output_padding", node.output_padding, rank, 0);
  const std::vector<int> sizes = attribute("output_shape", node.output_shape, rank, 0);
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < rank; ++i) {
    check_output_padding(all[i], more[i]);
    if (!node.output_shape.empty())
      axes.push_back(sized_axis(all[i], node, sizes[i], more[i]));
    else if (node.auto_pad.starts_with("SAME"))
      axes.push_back(sized_axis(all[i], node, std::int64_t{all[i].input} * all[i].stride, more[i]));
    else
      axes.push_back(with_output(all[i], spread(all[i]) + more[i] - pads[i] - pads[rank + i], pads[i],
                                 onnx_fields, true));
  }
  return axes;
}

std::vector<Axis> onnx_axes(const OnnxConv &node, const LayerInput &input, const LayerShape &weights) {
  const std::size_t rank = weights.size() - 2;
  const Windows all =
      layer_windows(input, kernel_sizes(node, weights), attribute("strides", node.strides, rank, 1),
                    attribute("dilations", node.dilations, rank, 1), onnx_fields);
  if (!node.pads.empty() && node.pads.size() != 2 * rank)
    fail("pads", list_text(node.pads), fmt::format("{} numbers: all beginnings, then all ends", 2 * rank));
  const std::vector<int> pads = attribute("pads", node.pads, 2 * rank, 0);
  if (node.transposed)
    return transposed_axes(node, all, pads);
  std::vector<Axis> axes;
  axes.reserve(rank);
  for (std::size_t i = 0; i < rank; ++i)
    axes.push_back(onnx_axis(all[i], node, pads[i], pads[rank + i]));
  return axes;
}

/// W is K,C/g,... of Conv and C,K/g,... of ConvTranspose.
void set_onnx_channels(const OnnxConv &node, int channels, const LayerShape &weights, Problem &problem) {
  problem.groups = node.group, problem.in_channels = channels;
  check_groups("input channels", channels, node.group, "group");
  const std::int64_t taken = node.transposed ? weights[0] : weights[1] * node.group;
  if (taken != channels)
    fail("weights", fmt::format("{}", fmt::join(weights, "x")),
         fmt::format("{} of {} input channels in {} groups",
                     node.transposed ? "CxK/gx..., the C" : "KxC/gx..., the C/g", channels, node.group));
  problem.out_channels = channels_of("weights", node.transposed ? weights[1] * node.group : weights[0]);
  check_groups("output channels", problem.out_channels, node.group, "group");
}

void check_onnx_shapes(const OnnxConv &node, const OnnxShapes &shapes) {
  constexpr std::int64_t most = 2147483647;
  for (const std::int64_t size : shapes.weights)
    if (size < 1 || size > most)
      fail("weights", fmt::format("{}", fmt::join(shapes.weights, "x")), "sizes of at least 1, below 2^31");
  if (shapes.weights.size() < 3 || shapes.weights.size() > 5)
    fail("weights", fmt::format("{}", fmt::join(shapes.weights, "x")),
         "the shape of W, 3 to 5 numbers: 64x3x3x3");
  if (!node.transposed && !(node.output_padding.empty() && node.output_shape.empty()))
    fail(node.output_shape.empty() ? "output_padding" : "output_shape",
         list_text(node.output_shape.empty() ? node.output_padding : node.output_shape),
         "none: it is an attribute of ConvTranspose");
}

} // namespace

Problem problem_of(const OnnxConv &node, const OnnxShapes &shapes) {
  check_onnx_shapes(node, shapes);
  check_auto_pad(node);
  const int rank = static_cast<int>(shapes.weights.size()) - 2;
  const LayerInput input = layer_input(shapes.input, rank, Layout::nchw,
                                       fmt::format("convolution whose weights have {} axes", rank));
  Problem problem;
  problem.transposed = node.transposed;
  problem.layout = Layout::nchw;
  problem.weights_layout = node.transposed ? WeightsLayout::iohw : WeightsLayout::oihw;
  problem.batch = input.batch;
  set_onnx_channels(node, input.channels, shapes.weights, problem);
  set_axes(problem, onnx_axes(node, input, shapes.weights));
  if (!shapes.bias.empty() && shapes.bias != LayerShape{problem.out_channels})
    fail("bias", fmt::format("{}", fmt::join(shapes.bias, "x")),
         fmt::format("{}, one an output channel", problem.out_channels));
  problem.epilogue = Epilogue::parse(shapes.bias.empty() ? "" : "bias");
  problem.types = node.types, problem.quantisation = node.quantisation;
  problem.validate();
  return problem;
}

} // namespace convforge

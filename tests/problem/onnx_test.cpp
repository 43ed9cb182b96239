// ONNX's nodes: each attribute, pairs of them, and what is refused.
#include "problem/frameworks.hpp"

#include "framework_pairs.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

const OnnxShapes first{.input = {1, 3, 224, 224}, .weights = {64, 3, 3, 3}};
const OnnxShapes upsampled{.input = {1, 8, 7, 9}, .weights = {8, 4, 3, 3}};

std::string line(const std::string &node, const OnnxShapes &shapes) {
  return one_line(parse_onnx(node, shapes));
}

void expect_refused(const std::string &node, const OnnxShapes &shapes, const std::string &part) {
  const std::string error = error_of([&] { parse_onnx(node, shapes); });
  EXPECT_TRUE(contains(error, part)) << node << "\n" << error;
}

TEST(Onnx, NodesAreDescriptors) {
  EXPECT_EQ(line("Conv(kernel_shape=[3,3], strides=[2,2], pads=[1,1,1,1], dilations=[1,1], group=1, "
                 "auto_pad='NOTSET')",
                 first),
            "g1mb1ic3ih224iw224oc64oh112ow112kh3kw3sh2sw2ph1pw1dh0dw0 --layout nchw");
  EXPECT_EQ(line("Conv()", {.input = {1, 3, 224, 224}, .weights = {64, 3, 3, 3}, .bias = {64}}),
            "g1mb1ic3ih224iw224oc64oh222ow222kh3kw3sh1sw1ph0pw0dh0dw0 --layout nchw --epilogue bias");
  EXPECT_EQ(line("Conv(auto_pad='SAME_UPPER', strides=[2,2])", first),
            "g1mb1ic3ih224iw224oc64oh112ow112kh3kw3sh2sw2ph0pw0dh0dw0 --layout nchw");
  EXPECT_EQ(line("Conv(auto_pad=SAME_LOWER, strides=[2,2])", first),
            "g1mb1ic3ih224iw224oc64oh112ow112kh3kw3sh2sw2ph1pw1dh0dw0 --layout nchw");
  EXPECT_EQ(line("Conv(pads=[0,1,2,3])", first),
            "g1mb1ic3ih224iw224oc64oh224ow226kh3kw3sh1sw1ph0pw1dh0dw0 --layout nchw");
  EXPECT_EQ(line("Conv(group=8, name='dw')", {.input = {2, 8, 100}, .weights = {16, 1, 5}}),
            "g8mb2ic8ih1iw100oc16oh1ow96kh1kw5sh1sw1ph0pw0dh0dw0 --layout nchw");
}

TEST(Onnx, NodesOfIntegersHaveTheirTypes) {
  EXPECT_EQ(line("ConvInteger(pads=[1,1,1,1])", first),
            "g1mb1ic3ih224iw224oc64oh224ow224kh3kw3sh1sw1ph1pw1dh0dw0 --layout nchw --dtype u8:s8:s32");
  EXPECT_EQ(one_line(parse_onnx("QLinearConv(pads=[1,1,1,1])", first, "s8:s8:s8", "3:-4")),
            "g1mb1ic3ih224iw224oc64oh224ow224kh3kw3sh1sw1ph1pw1dh0dw0 --layout nchw --dtype s8:s8:s8 "
            "--zero-points 3:-4");
}

TEST(Onnx, TransposedNodesAreDescriptors) {
  EXPECT_EQ(line("ConvTranspose(strides=[2,2], pads=[1,1,1,1], output_padding=[1,0])", upsampled),
            "transposed_g1mb1ic8ih7iw9oc4oh14ow17kh3kw3sh2sw2ph1pw1dh0dw0 --layout nchw");
  EXPECT_EQ(line("ConvTranspose(strides=[3,2], output_shape=[20,18])", upsampled), // 21 and 19 uncut
            "transposed_g1mb1ic8ih7iw9oc4oh20ow18kh3kw3sh3sw2ph1pw1dh0dw0 --layout nchw");
  EXPECT_EQ(line("ConvTranspose(strides=[3,2], output_shape=[20,18], auto_pad=SAME_UPPER)", upsampled),
            "transposed_g1mb1ic8ih7iw9oc4oh20ow18kh3kw3sh3sw2ph0pw0dh0dw0 --layout nchw");
  EXPECT_EQ(line("ConvTranspose(strides=[2,2], auto_pad=SAME_UPPER)", upsampled),
            "transposed_g1mb1ic8ih7iw9oc4oh14ow18kh3kw3sh2sw2ph0pw0dh0dw0 --layout nchw");
  EXPECT_EQ(line("ConvTranspose(strides=[2,2], auto_pad=SAME_LOWER)", upsampled),
            "transposed_g1mb1ic8ih7iw9oc4oh14ow18kh3kw3sh2sw2ph1pw1dh0dw0 --layout nchw");
  EXPECT_EQ(line("ConvTranspose(group=2, dilations=[2,1], pads=[0,1,2,3])", upsampled),
            "transposed_g2mb1ic8ih7iw9oc8oh9ow7kh3kw3sh1sw1ph0pw1dh1dw0 --layout nchw");
}

TEST(Onnx, AttributesComeTogether) {
  const std::vector<Choice> choices = {
      {"strides=[2,3]", [](Expected &e) { e.stride = {2, 3}; }},
      {"pads=[1,0,2,3]", [](Expected &e) { e.pad_begin = {1, 0}, e.pad_end = {2, 3}; }},
      {"dilations=[2,3]", [](Expected &e) { e.dilation = {2, 3}; }},
      {"auto_pad=SAME_UPPER", [](Expected &e) { e.padding = Expected::Padding::same; }},
      {"auto_pad=SAME_LOWER", [](Expected &e) { e.padding = Expected::Padding::same_lower; }},
      {"auto_pad='VALID'", [](Expected &e) { e.padding = Expected::Padding::numbers; }},
      {"kernel_shape=[3,5]", [](Expected &) {}}};
  Expected plain;
  plain.layout = Layout::nchw, plain.bias = false, plain.groups = 4;
  for_pairs(
      choices,
      [](const std::string &attributes, const Expected &expected) {
        const std::string node = "Conv(group=4" + attributes + ")";
        const OnnxShapes shapes{.input = {1, 8, 23, 29}, .weights = {12, 2, 3, 5}};
        if (contains(node, "auto_pad") && contains(node, "pads="))
          expect_refused(node, shapes, "pads: [1,0,2,3] (expected none beside auto_pad");
        else
          EXPECT_EQ(parse_onnx(node, shapes), expected.problem()) << node;
      },
      plain);
}

TEST(Onnx, RefusesTheOneAttributeThatCannotBeTaken) {
  expect_refused("Gemm()", first, "layer: Gemm (expected an operator of ONNX");
  expect_refused("Conv(3)", first, "argument 1 of Conv: 3 (expected at most 0 arguments without a name)");
  expect_refused("Conv(kernel_shape=[5,5])", first, "kernel_shape: [5,5] (expected [3,3], as the weights'");
  expect_refused("Conv(kernel_shape=3)", first, "kernel_shape: 3 (expected a list");
  expect_refused("Conv(strides=[2])", first, "strides: [2] (expected 2 numbers");
  expect_refused("Conv(strides=[0,1])", first, "strides: 0");
  expect_refused("Conv(pads=[1,1])", first,
                 "pads: [1,1] (expected 4 numbers: all beginnings, then all ends)");
  expect_refused("Conv(auto_pad=SAME)", first, "auto_pad: SAME (expected NOTSET");
  expect_refused("Conv(group=2)", first, "input channels: 3 (expected a multiple of group = 2)");
  expect_refused("Conv(group=3)", first,
                 "weights: 64x3x3x3 (expected KxC/gx..., the C/g of 3 input channels");
  expect_refused("Conv(group=0)", first, "group: 0");
  expect_refused("Conv(output_shape=[4,4])", first, "output_shape: [4,4]");
  expect_refused("ConvTranspose(output_shape=[1,4,8,8])", upsampled,
                 "output_shape: [1,4,8,8] (expected 2 numbers");
  expect_refused("ConvTranspose(output_padding=[1,1])", upsampled, "output_padding: 1");
  expect_refused("ConvTranspose()", first, "weights: 64x3x3x3 (expected CxK/gx..., the C of 3");
  expect_refused("Conv()", {.input = {1, 3, 9, 9}, .weights = {64, 3}},
                 "weights: 64x3 (expected the shape of W");
  expect_refused("Conv()", {.input = {1, 3, 9, 9}, .weights = {64, 3, 3, 3}, .bias = {63}}, "bias: 63");
  expect_refused("Conv()", {.input = {3, 9}, .weights = {64, 3, 3, 3}}, "input: 3x9");
  expect_refused("Conv(pads=[-9,0,0,0])", {.input = {1, 3, 9, 9}, .weights = {64, 3, 3, 3}}, "");
}

TEST(Onnx, IsMadeOfValuesToo) {
  EXPECT_EQ(problem_of(OnnxConv{.strides = {2, 2}, .pads = {1, 1, 1, 1}}, first),
            parse_onnx("Conv(strides=[2,2], pads=[1,1,1,1])", first));
}

TEST(LayerShapeText, IsSizesWithSeparators) {
  EXPECT_EQ(parse_layer_shape("1x3x224x224", "--input"), (LayerShape{1, 3, 224, 224}));
  EXPECT_EQ(parse_layer_shape("1,3,5", "--input"), (LayerShape{1, 3, 5}));
  for (const char *text : {"", "1x", "0x3", "-1x3", "axb", "1x3,5", "1 x 3", "99999999999999999999"})
    EXPECT_TRUE(contains(error_of([&] { parse_layer_shape(text, "--input"); }), "--input: ")) << text;
}

} // namespace
} // namespace convforge

// Conv between DequantizeLinear and QuantizeLinear: one 8-bit kernel where the pattern is whole, else floats
// with the reason.
#include "models/folding/fold.hpp"
#include "models/onnx/onnx_model.hpp"
#include "onnx_writer.hpp"

#include <gtest/gtest.h>
#include <map>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::test;

namespace {

/// A convolution of 1x1 from two channels to two; parts of it can be replaced.
struct Pattern {
  std::map<std::string, Message> constants{
      {"xs", tensor("xs", {}, {0.5f})},
      {"xz", raw_tensor<std::uint8_t>("xz", {}, 2, {128})},
      {"wq", raw_tensor<std::int8_t>("wq", {2, 2, 1, 1}, 3, {1, -2, 3, 4})},
      {"ws", tensor("ws", {2}, {0.25f, 0.125f})},
      {"wz", raw_tensor<std::int8_t>("wz", {2}, 3, {0, 0})},
      {"bq", raw_tensor<std::int32_t>("bq", {2}, 6, {8, -16})},
      {"bs", tensor("bs", {2}, {0.125f, 0.0625f})},
      {"ys", tensor("ys", {}, {0.25f})},
      {"yz", raw_tensor<std::uint8_t>("yz", {}, 2, {10})},
      {"zero", tensor("zero", {}, {0})},
      {"six", tensor("six", {}, {6})},
  };
  int axis = 0; ///< of the weights' scales
  /// From "x" dequantised as "xf" to "c", and on to "y".
  std::vector<Message> behind{node("QuantizeLinear", {"c", "ys", "yz"}, {"y"}, {}, "q")};
  std::vector<Message> outputs{value("y", {})};

  Graph graph() const {
    std::vector<Message> nodes{
        node("DequantizeLinear", {"x", "xs", "xz"}, {"xf"}, {}, "dx"),
        node("DequantizeLinear", {"wq", "ws", "wz"}, {"w"}, {integer("axis", axis)}, "dw"),
        node("DequantizeLinear", {"bq", "bs"}, {"b"}, {integer("axis", 0)}, "db"),
        node("Conv", {"xf", "w", "b"}, {"c"}, {}, "conv")};
    nodes.insert(nodes.end(), behind.begin(), behind.end());
    GraphParts parts{nodes, {}, {value("x", {1, 2, 4, 4}, 2)}, outputs};
    for (const auto &[name, constant] : constants)
      parts.constants.push_back(constant);
    return onnx::parse_onnx_model(test::bytes_of(onnx_file(parts)), {});
  }
};

std::string words(const FoldedConvolution &one) {
  return name_of(one.problem.types) + " " + zero_points_text(one.problem.quantisation) + " " +
         one.problem.epilogue.text();
}

FoldedConvolution only(const Pattern &pattern) {
  const FoldedModel model = fold(pattern.graph());
  EXPECT_EQ(model.convolutions.size(), 1u);
  return model.convolutions.at(0);
}

TEST(QuantisedPattern, AWholeOneIsOneKernel) {
  const Pattern pattern;
  const Graph graph = pattern.graph();
  const FoldedModel model = fold(graph);
  ASSERT_EQ(model.convolutions.size(), 1u);
  const FoldedConvolution &one = model.convolutions[0];
  EXPECT_EQ(words(one), "u8:s8:u8 128:10 bias");
  EXPECT_EQ(one.eight_bits->weights, (std::vector<std::int8_t>{1, -2, 3, 4}));
  EXPECT_EQ(one.eight_bits->bias, (std::vector<std::int32_t>{8, -16}));
  EXPECT_EQ(one.eight_bits->multipliers, (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(graph.tensor(one.input).name, "x");
  EXPECT_EQ(graph.tensor(one.output).name, "y");
  EXPECT_TRUE(model.glue.empty());
  EXPECT_EQ(one.in_floats, "");
}

std::string behind(const std::vector<Message> &nodes) {
  Pattern pattern;
  pattern.behind = nodes;
  return words(only(pattern));
}

TEST(QuantisedPattern, ActivationsAreLimitsInSteps) {
  EXPECT_EQ(behind({node("Relu", {"c"}, {"r"}), node("QuantizeLinear", {"r", "ys", "yz"}, {"y"})}),
            "u8:s8:u8 128:10 bias,relu");
  EXPECT_EQ(
      behind({node("Clip", {"c", "zero", "six"}, {"r"}), node("QuantizeLinear", {"r", "ys", "yz"}, {"y"})}),
      "u8:s8:u8 128:10 bias,clamp:10:34");
  Pattern wide; // 0 is the least step and 6 beyond the last one.
  wide.constants["yz"] = raw_tensor<std::uint8_t>("yz", {}, 2, {0});
  wide.constants["ys"] = tensor("ys", {}, {0.02f});
  wide.behind = {node("Clip", {"c", "zero", "six"}, {"r"}), node("QuantizeLinear", {"r", "ys", "yz"}, {"y"})};
  EXPECT_EQ(words(only(wide)), "u8:s8:u8 128:0 bias");
}

TEST(QuantisedPattern, ResultsInFloats) {
  EXPECT_EQ(behind({node("Sigmoid", {"c"}, {"y"})}), "u8:s8:f32 128:0 bias,sigmoid");
  EXPECT_EQ(behind({node("Sigmoid", {"c"}, {"r"}), node("QuantizeLinear", {"r", "ys", "yz"}, {"y"})}),
            "u8:s8:f32 128:0 bias,sigmoid");
  Pattern pattern;
  pattern.behind = {node("Mul", {"c", "six"}, {"y"})};
  const FoldedConvolution one = only(pattern);
  EXPECT_EQ(words(one), "u8:s8:f32 128:0 bias,affine:6:0");
  EXPECT_EQ(one.eight_bits->multipliers, (std::vector<double>{0.125, 0.0625}));
  pattern.constants["v"] = tensor("v", {2, 1, 1}, {1, 2}); // a bias that is no part of the sums
  pattern.behind = {node("Add", {"c", "v"}, {"y"}, {}, "sum")};
  EXPECT_EQ(words(only(pattern)), "u8:s8:f32 128:0 bias");
}

TEST(QuantisedPattern, WhatAddsByChannelBehindItIsTakenWholeOrNotAtAll) {
  Pattern pattern;
  pattern.constants["v"] = tensor("v", {2, 1, 1}, {1, 2});
  pattern.constants["n"] = tensor("n", {2}, {1, 2});
  pattern.behind = {node("Sub", {"v", "c"}, {"y"})};
  EXPECT_EQ(words(only(pattern)), "u8:s8:f32 128:0 bias");
  pattern.behind = {node("BatchNormalization", {"c", "n", "n", "n", "n"}, {"y"})};
  EXPECT_EQ(words(only(pattern)), "u8:s8:f32 128:0 bias");
  pattern.behind = {node("Mul", {"c", "v"}, {"y"})};
  const FoldedConvolution one = only(pattern);
  EXPECT_EQ(words(one), "u8:s8:f32 128:0 bias,scale");
  EXPECT_EQ(one.constants.at(0).second, (std::vector<float>{1, 2}));
}

TEST(QuantisedPattern, WhatSomethingElseReadsStaysInFloats) {
  Pattern pattern;
  pattern.outputs.push_back(value("c", {}));
  EXPECT_EQ(words(only(pattern)), "u8:s8:f32 128:0 bias");
  pattern.outputs = {value("y", {}), value("other", {})};
  pattern.behind.push_back(node("Relu", {"xf"}, {"other"}));
  const FoldedModel model = fold(pattern.graph());
  EXPECT_EQ(words(model.convolutions.at(0)), "u8:s8:u8 128:10 bias");
  EXPECT_EQ(model.glue.size(), 2u); // the DequantizeLinear, too, which Relu reads
}

/// Why the kernel is in floats; its weights are those of the nodes.
std::string in_floats(const Pattern &pattern) {
  const FoldedConvolution one = only(pattern);
  EXPECT_EQ(words(one), "f32 0:0 bias");
  EXPECT_FALSE(one.eight_bits);
  EXPECT_EQ(one.stop, "QuantizeLinear 'q' is not an operation of epilogues");
  return one.in_floats;
}

TEST(QuantisedPattern, WhatDoesNotFitStaysInFloatsWithTheReason) {
  const auto with = [](const std::string &name, const Message &constant) {
    Pattern pattern;
    pattern.constants[name] = constant;
    return pattern;
  };
  EXPECT_EQ(
      in_floats(with("bs", tensor("bs", {2}, {0.125f, 0.07f}))),
      "bias: a scale of 0.07000000029802322 of channel 1 (expected 0.0625, the input's times the weights')");
  EXPECT_EQ(in_floats(with("xs", tensor("xs", {2}, {0.5f, 0.25f}))),
            "input 'x': 2 scales (expected one for all elements)");
  EXPECT_EQ(in_floats(with("wq", raw_tensor<std::uint8_t>("wq", {2, 2, 1, 1}, 2, {0, 1, 2, 200}))),
            "zero point of weights: 0 beside a weight of 200 (expected weights that are -128 to 127 when it "
            "is taken from them: "
            "kernels have none)");
  Pattern by_input;
  by_input.axis = 1;
  EXPECT_EQ(in_floats(by_input), "weights: 2 scales along axis 1 (expected one, or 2 along axis 0)");
  const FoldedConvolution one = only(by_input);
  EXPECT_EQ(one.constants.at(0).second, (std::vector<float>{0.25f, -0.25f, 0.75f, 0.5f}));
  Pattern other_type;
  other_type.constants["yz"] = raw_tensor<std::int8_t>("yz", {}, 3, {10});
  const FoldedConvolution wide = only(other_type);
  EXPECT_EQ(words(wide), "u8:s8:f32 128:0 bias");
  EXPECT_TRUE(wide.in_floats.starts_with("types: u8:s8:s8 (expected")) << wide.in_floats;
}

TEST(QuantisedPattern, ConstantsInFloatsAreQuantisedAndDequantised) {
  Pattern pattern;
  pattern.constants["wf"] = tensor("wf", {2, 2, 1, 1}, {0.25f, -0.5f, 0.4f, 1e9f});
  Graph graph = pattern.graph();
  const std::string file =
      onnx_file({{node("QuantizeLinear", {"wf", "ws", "wz"}, {"wq"}, {integer("axis", 0)}),
                  node("DequantizeLinear", {"wq", "ws", "wz"}, {"y"}, {integer("axis", 0)})},
                 {pattern.constants["wf"], pattern.constants["ws"], pattern.constants["wz"]},
                 {},
                 {value("y", {})}});
  graph = onnx::parse_onnx_model(test::bytes_of(file), {});
  const Tensor &y = graph.tensor(graph.outputs[0]);
  EXPECT_EQ(numbers_of(y), (std::vector<double>{0.25, -0.5, 0.375, 127 * 0.125}));
  ASSERT_TRUE(y.integers);
  EXPECT_EQ(y.integers->scale.scales, (std::vector<float>{0.25f, 0.125f}));
}

} // namespace

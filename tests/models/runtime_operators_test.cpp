// ONNX Runtime's own operators of 8-bit integers: what they are in the graph's words, and what is refused.
#include "models/onnx/onnx_model.hpp"
#include "onnx_writer.hpp"

#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::test;

namespace {

constexpr int u8_type = 2, s8_type = 3, s32_type = 6;

Message microsoft(const std::string &type, const std::vector<std::string> &inputs,
                  const std::vector<Message> &attributes = {}) {
  return node(type, inputs, {"y"}, attributes, "n").text(7, "com.microsoft");
}

std::vector<Message> constants() {
  return {tensor("s", {}, {0.5f}),
          tensor("t", {}, {0.25f}),
          tensor("two", {2}, {1, 2}),
          tensor("tiny", {}, {1e-6f}),
          raw_tensor("u", {}, u8_type, std::vector<std::uint8_t>{128}),
          raw_tensor("v", {}, u8_type, std::vector<std::uint8_t>{3}),
          raw_tensor("i", {}, s8_type, std::vector<std::int8_t>{-3}),
          raw_tensor("w", {4, 3}, s8_type, std::vector<std::int8_t>(12, 1)),
          tensor("ws", {3}, {0.5f, 0.25f, 1}),
          raw_tensor("wz", {3}, s8_type, std::vector<std::int8_t>(3)),
          raw_tensor("b", {3}, s32_type, std::vector<std::int32_t>{1, 2, 3})};
}

Node read(const Message &of, const Sizes &shape = {1, 2, 4, 4}) {
  GraphParts parts{
      {of}, constants(), {value("x", shape, u8_type), value("z", shape, u8_type)}, {value("y", {})}};
  const std::string file = onnx_file(parts);
  static Graph graph;
  graph = onnx::parse_onnx_model(test::bytes_of(file), {});
  return graph.nodes.at(0);
}

std::string refusal(const Message &of) {
  const Node made = read(of);
  if (const auto *convolution = std::get_if<Convolution>(&made.operation))
    return convolution->refusal;
  return std::get<OtherOperation>(made.operation).refusal;
}

} // namespace

TEST(RuntimeOperators, SumsAndProducts) {
  const Node sum = read(microsoft("QLinearAdd", {"x", "s", "u", "z", "t", "v", "s", "v"}));
  const auto &add = std::get<QuantisedArithmetic>(sum.operation);
  EXPECT_EQ(add.kind, QuantisedArithmetic::Kind::add);
  EXPECT_EQ(add.rounding, Rounding::onnx);
  EXPECT_EQ(add.b, (Scale{{0.25f}, {3}, 0}));
  EXPECT_EQ(sum.inputs.size(), 2U);
  const Node product = read(microsoft("QLinearMul", {"x", "s", "u", "z", "t", "", "s", "v"}));
  EXPECT_EQ(std::get<QuantisedArithmetic>(product.operation).kind, QuantisedArithmetic::Kind::multiply);
  EXPECT_EQ(std::get<QuantisedArithmetic>(product.operation).b.zero_points, std::vector<std::int32_t>{0});
}

TEST(RuntimeOperators, FunctionsMeansAndPools) {
  const auto leaky = std::get<Quantised>(
      read(microsoft("QLinearLeakyRelu", {"x", "s", "u", "t", "v"}, {real("alpha", 0.1f)})).operation);
  EXPECT_EQ(std::get<Epilogue>(leaky.operation).text(), "leaky_relu:0.1");
  EXPECT_EQ(leaky.to, (Scale{{0.25f}, {3}, 0}));
  const auto mean =
      std::get<Quantised>(read(microsoft("QLinearGlobalAveragePool", {"x", "s", "u", "t", "v"})).operation);
  EXPECT_EQ(std::get<Reduction>(mean.operation).axes, (std::vector<std::size_t>{2, 3}));
  const auto last = std::get<Quantised>(
      read(microsoft("QLinearGlobalAveragePool", {"x", "s", "u", "t", "v"}, {integer("channels_last", 1)}))
          .operation);
  EXPECT_EQ(std::get<Reduction>(last.operation).axes, (std::vector<std::size_t>{1, 2}));
  const auto pool = std::get<Quantised>(
      read(microsoft("QLinearAveragePool", {"x", "s", "u", "t", "v"}, {ints("kernel_shape", {2, 2})}))
          .operation);
  EXPECT_EQ(std::get<WindowPooling>(pool.operation).kind, WindowPooling::Kind::average);
  const auto softmax =
      std::get<Quantised>(read(microsoft("QLinearSoftmax", {"x", "s", "u", "t", "v"})).operation);
  EXPECT_EQ(std::get<Softmax>(softmax.operation).axis, 3U);
}

TEST(RuntimeOperators, ConcatenationsHaveAScaleAnInput) {
  const Node joined =
      read(microsoft("QLinearConcat", {"s", "u", "x", "t", "v", "z", "s", "u"}, {integer("axis", 1)}));
  const auto &operation = std::get<QuantisedConcatenation>(joined.operation);
  EXPECT_EQ(operation.axis, 1U);
  EXPECT_EQ(operation.parts.at(0), (Scale{{0.25f}, {3}, 0}));
  EXPECT_EQ(operation.parts.at(1), operation.whole);
  EXPECT_EQ(joined.inputs.size(), 2U);
}

TEST(RuntimeOperators, ProductsOfMatricesAreConvolutions) {
  const Node rows = read(microsoft("QGemm", {"x", "s", "u", "w", "ws", "wz", "b", "t", "v"}), {5, 4});
  const auto &product = std::get<Convolution>(rows.operation);
  ASSERT_TRUE(product.problem) << product.refusal;
  EXPECT_EQ(name_of(product.problem->types), "u8:s8:u8");
  EXPECT_EQ(product.problem->epilogue.text(), "bias");
  EXPECT_EQ(product.multipliers, (std::vector<double>{1, 0.5, 2}));
  EXPECT_EQ(rows.inputs.size(), 3U);
  const Node plain =
      read(node("QLinearMatMul", {"x", "s", "u", "w", "ws", "wz", "t", "v"}, {"y"}), {2, 5, 4});
  ASSERT_TRUE(std::get<Convolution>(plain.operation).problem)
      << std::get<Convolution>(plain.operation).refusal;
  EXPECT_EQ(std::get<Convolution>(plain.operation).problem->width().input, 10);
}

TEST(RuntimeOperators, AreRefusedWithNames) {
  EXPECT_EQ(refusal(microsoft("QLinearAdd", {"x", "two", "u", "z", "t", "v", "s", "v"})),
            "A_scale: 2 scales (expected one for all elements)");
  EXPECT_EQ(refusal(microsoft("QLinearAdd", {"x", "s", "i", "z", "t", "v", "s", "v"})),
            "types=s8 (expected u8 or s8, all the same)");
  EXPECT_EQ(refusal(microsoft("QLinearAdd", {"x", "s", "u", "z", "t", "v", "tiny", "v"})),
            "C_scale=1e-06 (expected a step of 0.5 and 0.25, not that much smaller)");
  EXPECT_EQ(refusal(microsoft("QLinearSoftmax", {"x", "s", "u", "t", "v"}, {integer("axis", 4)})),
            "axis=4 (expected an axis of the data)");
  EXPECT_EQ(refusal(microsoft("QLinearSoftmax", {"x", "s", "u", "t", "v"},
                              {integer("axis", 1), integer("opset", 12)})),
            "opset=12 (expected 13 at least, or the last axis)");
  EXPECT_EQ(refusal(microsoft("QLinearAveragePool", {"x", "s", "u", "t", "v"},
                              {ints("kernel_shape", {2, 2}), integer("channels_last", 1)})),
            "channels_last=1 (expected 0)");
  EXPECT_EQ(refusal(microsoft("QLinearLeakyRelu", {"x", "z", "u", "t", "v"})),
            "X_scale: 'z' is computed (expected a constant of the model)");
  EXPECT_EQ(refusal(microsoft("QGemm", {"x", "s", "u", "w", "ws", "wz", "b"})),
            "y_scale: missing (expected a constant of the model: 8-bit results)");
  EXPECT_EQ(
      refusal(microsoft("QGemm", {"x", "s", "u", "w", "ws", "wz", "b", "t", "v"}, {integer("transA", 1)})),
      "transA: 1 (expected 0)");
}
